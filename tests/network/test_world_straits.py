"""Straits of the world's network: shut means shut, near is not through, and the way round is the right one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from landbridge.network.sea import load_straits
from landbridge.network.state import Shipment, closures
from landbridge.run.session import Session
from world_opened import study, world

STRAITS = {strait.id: strait.parts or (strait.id,) for strait in load_straits()}
#: Closed unless opened by name: no lane of the network passes them.
BY_DEFAULT = {strait.id for strait in load_straits() if strait.closed_by_default}


def lanes_between(first: str, second: str, session: Session | None = None) -> list[int]:
    """Lanes from the first port's berth for boxes that start there, by length."""
    network = (session or world()).network
    leaves = network.tail == network.node_index[f"sea_out:{first}"]
    arrives = network.node_port[network.head] == network.port_ids.index(second)
    return sorted(np.flatnonzero(leaves & arrives).tolist(), key=lambda arc: network.km[arc])


def open_lanes(first: str, second: str, shut: Sequence[str]) -> list[int]:
    """Lanes of a pair that stay open when straits are shut by an option."""
    session = world()
    resolved = session.resolved(None, "2022-06-30", [("close", f"strait.{strait}") for strait in shut])
    state = closures(session.network, resolved, session.selectors, Shipment("teu"))
    return [arc for arc in lanes_between(first, second) if state.closure[arc] < 0]


@pytest.mark.parametrize("strait", sorted(STRAITS.keys() - BY_DEFAULT))
def test_no_ship_comes_through_a_shut_strait(strait: str) -> None:
    network = world().network
    bits = sum(1 << network.strait_ids.index(part) for part in STRAITS[strait])
    passing = np.flatnonzero(network.straits & bits)
    ends = {(int(network.node_port[network.tail[arc]]), int(network.node_port[network.head[arc]])) for arc in passing}
    pairs = sorted({(min(pair), max(pair)) for pair in ends})
    assert len(pairs) >= 2, "the network has at least two pairs of ports that use the strait"
    for a, b in (pairs[0], pairs[len(pairs) // 2], pairs[-1]):
        first, second = network.port_ids[a], network.port_ids[b]
        for arc in open_lanes(first, second, [strait]):
            assert not set(network.straits_of(arc)) & set(STRAITS[strait])
    places = {row["id"]: row["place"] for row in world().facts.rows("ports")}
    asked = 0
    for a, b in pairs:
        start, end = (places[network.port_ids[port]] for port in (a, b))
        if asked == 2 or start == end or not start or not end:
            continue
        ends_known = all(f"origin:{place}" in network.node_index for place in (start, end))
        if ends_known and len({start, end}) == 2:
            asked += 1
            answer = world().routes(
                f"place.{start}", f"place.{end}", mode=("sea",), avoid=(f"strait.{strait}",), as_of="2022-06-30"
            )
            for route in answer.routes:
                assert not set(route.straits) & set(STRAITS[strait])
                assert route.distance_km > 0
            assert bool(answer.routes) != (answer.unreachable is not None), "no route is no route"
    assert asked == 2


@pytest.mark.parametrize("strait", sorted(BY_DEFAULT))
def test_what_is_closed_by_default_is_on_no_lane(strait: str) -> None:
    network = world().network
    assert not np.any(network.straits >> network.strait_ids.index(strait) & 1)


@pytest.mark.parametrize(
    ("first", "second", "strait"),
    [
        ("IRBND", "AEJEA", "hormuz"),
        ("SGSIN", "IDJKT", "malacca"),
        ("EGPSD", "GRPIR", "suez"),
        ("ESALG", "ESVLC", "gibraltar"),
    ],
)
def test_a_lane_that_only_ends_near_a_strait_does_not_pass_it(first: str, second: str, strait: str) -> None:
    lanes = lanes_between(first, second)
    assert strait not in world().network.straits_of(lanes[0])
    assert lanes[0] in open_lanes(first, second, [strait])


def test_no_way_out_of_the_gulf_but_hormuz() -> None:
    assert lanes_between("AEJEA", "INNSA")
    assert not open_lanes("AEJEA", "INNSA", ["hormuz"])
    answer = world().routes("KWSWK", "Mumbai", mode=("sea",), avoid=("hormuz",))
    assert not answer.routes
    assert answer.unreachable is not None
    assert "hormuz" in answer.unreachable.reason


@pytest.mark.parametrize("session", [world, study])
def test_with_suez_shut_the_large_ship_sails_round_the_cape_and_not_through_panama(
    session: Callable[[], Session],
) -> None:
    opened = session()
    resolved = opened.resolved(None, "2022-06-30", [("close", "strait.suez")])
    costs = opened.costs("teu", "middle", resolved)
    lanes = lanes_between("JPTYO", "DEHAM", opened)
    usable = [arc for arc in lanes if costs.open[arc]]
    assert usable
    assert "cape_good_hope" in opened.network.straits_of(usable[0])
    through = [arc for arc in lanes if "panama" in opened.network.straits_of(arc)]
    assert through
    for arc in through:
        assert not costs.open[arc]
        assert costs.closures[costs.closure[arc]].kind == "limit"


def test_panama_is_open_to_the_ships_of_its_own_trades_and_priced_where_it_is_a_detour() -> None:
    session = world()
    network = session.network
    costs = session.costs("teu", "middle", session.resolved(None, "2022-06-30"))
    own = lanes_between("CNSHA", "USNYC")[0]
    assert "panama" in network.straits_of(own)
    assert costs.open[own]

    def tolls(arc: int) -> list[float]:
        rows = range(costs.first[arc], costs.first[arc + 1])
        return [
            float(costs.amount[row])
            for row in rows
            if any(fact.startswith("toll.") for fact in costs.entries[costs.entry[row]].facts)
        ]

    assert tolls(own) == [], "the freight of a pair holds the toll of its shortest lane"
    detour = next(arc for arc in lanes_between("CNSHA", "USNYC") if "suez" in network.straits_of(arc))
    assert sum(tolls(detour)) > 0
