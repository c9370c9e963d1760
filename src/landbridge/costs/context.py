"""What the modules of one cost computation share, and the words they look subjects up by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from landbridge.costs.arccosts import CostRequest
from landbridge.costs.draft import Draft
from landbridge.costs.lane_pairs import LanePairs
from landbridge.costs.rates import Chain, Rate, Rates
from landbridge.facts.choose import Question
from landbridge.facts.package import Facts
from landbridge.network.state import Modifier
from landbridge.network.topology import Network

Int32 = NDArray[np.int32]
Bools = NDArray[np.bool_]

#: A row of a table of things as text; an empty cell is an empty string.
Row = dict[str, str]


def records(facts: Facts, table: str) -> dict[str, Row]:
    """Rows of a table by id."""
    return {row["id"]: row for row in facts.rows(table)}


@dataclass(frozen=True)
class Context:
    """One cost computation: the network, the request, the rates and the draft that collects entries."""

    network: Network
    request: CostRequest
    rates: Rates
    draft: Draft
    modifiers: tuple[Modifier, ...] = ()
    shut_by_event: Bools | None = None  # [n_arcs] arcs that an event of the day closes; None = none
    #: What stands in for a crossing of two countries, as found so far (``landbridge.costs.border``).
    stand_ins: dict[tuple[object, ...], tuple[Rate, str] | None] = field(default_factory=dict, repr=False)

    @cached_property
    def ports(self) -> dict[str, Row]:
        """Rows of ``ports`` by id."""
        return records(self.rates.facts, "ports")

    @cached_property
    def crossings(self) -> dict[str, Row]:
        """Rows of ``crossings`` by id."""
        return records(self.rates.facts, "crossings")

    @cached_property
    def services(self) -> dict[str, Row]:
        """Rows of ``services`` by id."""
        return records(self.rates.facts, "services")

    @cached_property
    def lane_pairs(self) -> LanePairs:
        """The lanes by the pair of ports they join."""
        return LanePairs.of(self.network)

    @cached_property
    def links_with_speed(self) -> Int32:
        """Sections of the network that have a haul speed of their own, by position in ``link_ids``, in order of id."""
        of_sections = (
            subject.removeprefix("section:")
            for subject, quantity in self.rates.facts.index
            if quantity == "haul_speed" and subject.startswith("section:")
        )
        known = sorted(section for section in of_sections if section in self.network.link_index)
        return np.array([self.network.link_index[section] for section in known], dtype=np.int32)

    @cached_property
    def ports_at_station(self) -> dict[str, tuple[str, ...]]:
        """Ports by the place of their station."""
        found: dict[str, tuple[str, ...]] = {}
        for port, row in sorted(self.ports.items()):
            if row["rail_place"]:
                found[row["rail_place"]] = (*found.get(row["rail_place"], ()), port)
        return found

    @cached_property
    def sailings(self) -> dict[str, tuple[Modifier, ...]]:
        """Changes of departures per service, in their order."""
        found: dict[str, tuple[Modifier, ...]] = {}
        for modifier in self.modifiers:
            if modifier.quantity != "sailings":
                continue
            for link in np.unique(self.network.link[modifier.arcs]).tolist():
                service = self.network.link_ids[link]
                found[service] = (*found.get(service, ()), modifier)
        return found

    @cached_property
    def customs_unions(self) -> tuple[frozenset[str], ...]:
        """Member countries of each customs union: the regions whose id starts with ``customs_union``."""
        rows = self.rates.facts.rows("regions")
        unions = [row for row in rows if row["id"].startswith("customs_union")]
        return tuple(frozenset(row["members"].split(";")) for row in sorted(unions, key=lambda row: row["id"]))

    def country_subjects(self, country: str) -> tuple[str, ...]:
        """Subjects to ask for a country, nearest first: itself, its regions, the world."""
        return self.rates.facts.wider(f"country:{country}")

    def port_subjects(self, port: str) -> tuple[str, ...]:
        """Subjects to ask for a port, nearest first: itself, its regions, its country, that one's, the world."""
        return self.rates.facts.wider(f"port:{port}")

    def by_country(self, arcs: Int32) -> list[tuple[str, Int32]]:
        """Arcs by the country they run in, in the order of the codes; the order of arcs inside a country stays."""
        if len(arcs) == 0:
            return []
        codes = (*self.network.country_codes, "")
        country = self.network.country[arcs]
        order = np.argsort(country, kind="stable")
        groups = np.split(arcs[order], np.flatnonzero(np.diff(country[order])) + 1)
        return sorted(((codes[self.network.country[group[0]]], group) for group in groups), key=lambda item: item[0])

    def country_of_nodes(self, nodes: Int32) -> list[str]:
        """ISO3 of the country each node lies in; empty at sea."""
        codes = (*self.network.country_codes, "")
        return [codes[country] for country in self.network.node_country[nodes].tolist()]

    def sigma(self, component: str, mode: str = "") -> float:
        """Standard deviation of the logarithm of a time component; 0 where the facts have none."""
        rate = self.rates.number(
            Question("world", "spread_sigma", scope=component, mode=mode),
        )
        return rate.value if rate else 0.0

    def tonnes(self) -> Rate | None:
        """Payload of one unit of the request's cargo."""
        return self.rates.number(Question(f"unit:{self.request.cargo}", "cargo_tonnes"))


def first_known(
    subjects: Iterable[str],
    quantity: str,
    *,
    mode: str = "",
    vehicle: str = "",
    direction: str = "",
    scopes: tuple[str, ...] = ("",),
) -> Chain:
    """The same question put to several subjects in order."""
    return Chain(tuple(subjects), quantity, mode, vehicle, direction, scopes)
