"""What lines offer: direct lanes between coasts, and where a box changes ships.

Main ports have a direct lane on one coast, and between two coasts that a trade joins. A trade is a pair of coasts
between which lines offer direct services (``world/sea/trades.csv``, assumed). Coasts are regions of
``world/facts/regions.csv``; a country with several has its ports listed one by one. A box between two coasts without
a trade changes ships. A far shore (``world/sea/far_shores.csv``, assumed) is a set of coasts from which no line carries
on a box that came over the ocean.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Trades:
    """The coasts by member (UN/LOCODE or country), the pairs of coasts that a trade joins, far shores by coast."""

    coasts: Mapping[str, str]
    joined: frozenset[frozenset[str]]
    shores: Mapping[str, str]

    def coast(self, port: str, country: str) -> str:
        """The coast a port lies on; empty where it is not known."""
        return self.coasts.get(port) or self.coasts.get(country, "")

    def far_shore(self, port: str, country: str) -> str:
        """The far shore a port lies on; empty where it lies on none."""
        return self.shores.get(self.coast(port, country), "")

    def direct(self, a: tuple[str, str], b: tuple[str, str]) -> bool:
        """Whether two main ports (id, country) have a lane; a port of an unknown coast has one to every other."""
        ends = frozenset((self.coast(*a), self.coast(*b)))
        return len(ends) == 1 or "" in ends or ends in self.joined


@cache
def load_trades() -> Trades:
    """The trades that ship with the program."""
    joined = frozenset(frozenset((row["a"], row["b"])) for row in _rows("sea/trades.csv"))
    shores = {coast: row["id"] for row in _rows("sea/far_shores.csv") for coast in row["coasts"].split(";")}
    named = {*shores, *(coast for pair in joined for coast in pair)}
    members = {row["id"]: row["members"].split(";") for row in _rows("facts/regions.csv") if row["id"] in named}
    return Trades({member: coast for coast in sorted(members) for member in members[coast]}, joined, shores)


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("landbridge").joinpath(f"world/{name}").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))
