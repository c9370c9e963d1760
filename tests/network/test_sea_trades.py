"""The trades and coasts that ship with the program, and what follows from them on the world's network."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from importlib import resources

import pytest

from landbridge.network.sea.trades import Trades, load_trades
from landbridge.network.world_ports import hub_codes, sea_port
from landbridge.run.session import open_study
from world_opened import world


def rows(name: str) -> list[dict[str, str]]:
    text = resources.files("landbridge").joinpath(f"world/{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def named() -> set[str]:
    trades = {row[end] for row in rows("sea/trades") for end in ("a", "b")}
    return trades | {coast for row in rows("sea/far_shores") for coast in row["coasts"].split(";")}


def test_every_trade_joins_two_known_coasts_and_stands_once() -> None:
    regions = {row["id"] for row in rows("facts/regions")}
    assert named() <= regions
    pairs = Counter(frozenset((row["a"], row["b"])) for row in rows("sea/trades"))
    assert all(len(pair) == 2 and count == 1 for pair, count in pairs.items())


def test_every_port_of_the_oceans_lies_on_exactly_one_coast() -> None:
    coasts = {*named(), "arctic"}  # no line trades with the Arctic
    members = {row["id"]: row["members"].split(";") for row in rows("facts/regions") if row["id"] in coasts}
    found = Counter(member for coast in members.values() for member in coast)
    assert {member for member, count in found.items() if count > 1} == set()
    for port in rows("sea/ports"):
        if port["component"] == "0":
            on = [member for member in (port["locode"], port["country"]) if member in found]
            assert len(on) == 1, port


def test_main_ports_have_a_lane_where_a_trade_joins_their_coasts() -> None:
    trades = Trades({"JPN": "east", "USLAX": "west", "USNYC": "far"}, frozenset([frozenset(("east", "west"))]), {})
    assert trades.direct(("JPTYO", "JPN"), ("USLAX", "USA"))
    assert trades.direct(("JPTYO", "JPN"), ("JPOSA", "JPN"))
    assert not trades.direct(("JPTYO", "JPN"), ("USNYC", "USA"))
    assert trades.direct(("XX-LOCAL", "ZZZ"), ("USNYC", "USA")), "nothing is known of the coast of a study's own port"


def test_every_main_port_of_the_study_and_the_world_lies_on_a_coast() -> None:
    trades = load_trades()
    main = {row["id"]: row["country"] for row in open_study().facts.rows("ports") if row["tier"] == "main"}
    main |= {code: port["country"] for code in hub_codes() if (port := sea_port(code)) is not None}
    assert {code for code, country in main.items() if not trades.coast(code, country)} == set()


def sample() -> list[tuple[str, str]]:
    """Two main ports of the Old World each, of different coasts, drawn once for all."""
    trades, ports = load_trades(), {row["id"]: row for row in world().facts.rows("ports")}
    known = {
        code: trades.coast(code, row["country"])
        for code, row in sorted(ports.items())
        if row["tier"] == "main" and not trades.far_shore(code, row["country"])
    }
    draw = random.Random(5)
    pairs = [tuple(draw.sample(sorted(known), 2)) for _ in range(60)]
    return [(a, b) for a, b in pairs if known[a] != known[b]][:30]


@pytest.mark.parametrize(("day", "shut"), [("2024-12-31", ()), ("2017-06-30", ("suez",)), ("2017-06-30", ("malacca",))])
def test_no_box_between_two_ports_of_the_old_world_changes_ships_in_america_or_oceania(
    day: str, shut: tuple[str, ...]
) -> None:
    trades, ports = load_trades(), {row["id"]: row for row in world().facts.rows("ports")}
    asked = 0
    for start, end in sample():
        answer = world().routes(
            f"place.{ports[start]['place']}", f"place.{ports[end]['place']}", mode=("sea",), k=1, as_of=day,
            avoid=tuple(f"strait.{strait}" for strait in shut),
        )  # fmt: skip
        for route in answer.routes:
            asked += 1
            assert [port for port in route.ports if trades.far_shore(port, ports[port]["country"])] == [], route.ports
    assert asked > 20
