"""Laws of lanes and their variants, against plain Dijkstra on the whole graph."""

from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sea_sample import access, accesses, graph, ports

from landbridge.kernels.sphere import great_circles_km
from landbridge.network.sea import Lane, SeaAccess, distances, lane_geometry, lane_parity, lane_rows, lane_variants
from landbridge.network.sea.graph import SeaGraph, Strait, gate_parity
from landbridge.network.sea.lanes import lane_line

SETTINGS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)

#: Ports on all sides of all straits.
PLACES = (
    *("JPTYO", "JPHKT", "JPKIJ", "KRPUS", "RUVVO", "RUKOR", "CNSHA", "HKHKG", "PHMNL", "SGSIN", "MYPKG", "IDBPN"),
    *("AUFRE", "LKCMB", "INNSA", "IRZBR", "IRBND", "AEJEA", "SAJED", "EGPSD", "TRMER", "TRAMR", "GEPTI", "NLRTM"),
    *("RULED", "USNYC", "USLAX", "PABLB", "PAONX", "ZACPT", "ZADUR", "AZBAK", "TMKRW"),
)
pairs = st.lists(st.sampled_from(PLACES), min_size=2, max_size=2, unique=True).map(tuple)


@cache
def named_closures() -> tuple[str, ...]:
    sea = graph()
    closable = [key for key in sea.strait_ids if not sea.bits({key}) & sea.closed_by_default]
    return (*closable, *sorted(sea.compounds))


@cache
def variants(pair: tuple[str, str]) -> tuple[Lane, ...]:
    return lane_variants(graph(), accesses(*pair), [pair])


@cache
def world() -> tuple[SeaAccess, ...]:
    return tuple(port.access for port in ports().values() if port.access and port.component == 0)


@st.composite
def closures(draw: st.DrawFn) -> frozenset[str]:
    return frozenset(draw(st.lists(st.sampled_from(named_closures()), max_size=3, unique=True)))


def best_open(pair: tuple[str, str], closed: frozenset[str]) -> float:
    shut = graph().bits(closed)
    return min((lane.km for lane in variants(pair) if not lane.mask & shut), default=np.inf)


@SETTINGS
@given(pairs, closures())
def test_the_best_remaining_lane_is_among_the_variants(pair: tuple[str, str], closed: frozenset[str]) -> None:
    plain = distances(graph(), [access(pair[0])], [access(pair[1])], closed=closed)[0, 0]
    assert best_open(pair, closed) == pytest.approx(plain, abs=1e-6)


@SETTINGS
@given(pairs, st.data())
def test_so_it_is_when_the_closures_hit_the_lane(pair: tuple[str, str], data: st.DataObject) -> None:
    """Random closures mostly miss: here each shuts a strait of the lane that was left."""
    closed: frozenset[str] = frozenset()
    for _ in range(3):
        shut = graph().bits(closed)
        left = [lane for lane in variants(pair) if not lane.mask & shut]
        if not left or not left[0].straits:
            break
        closed |= {data.draw(st.sampled_from(left[0].straits))}
        plain = distances(graph(), [access(pair[0])], [access(pair[1])], closed=closed)[0, 0]
        assert best_open(pair, closed) == pytest.approx(plain, abs=1e-6)


@SETTINGS
@given(pairs)
def test_variants_are_ordered_and_none_is_dominated(pair: tuple[str, str]) -> None:
    lanes = variants(pair)
    assert [lane.km for lane in lanes] == sorted(lane.km for lane in lanes)
    for i, lane in enumerate(lanes):
        for shorter in lanes[:i]:
            assert shorter.mask & ~lane.mask, (shorter.straits, lane.straits)
        assert graph().bits(lane.straits) == lane.mask
        assert len(set(lane.straits)) == len(lane.straits)
        assert lane.km > 0


@SETTINGS
@given(pairs, closures(), st.sampled_from(named_closures()))
def test_closing_more_never_shortens(pair: tuple[str, str], closed: frozenset[str], another: str) -> None:
    first, last = [access(pair[0])], [access(pair[1])]
    more = distances(graph(), first, last, closed=closed | {another})[0, 0]
    assert more >= distances(graph(), first, last, closed=closed)[0, 0] - 1e-9


@SETTINGS
@given(pairs)
def test_a_lane_is_as_long_as_its_edges_and_as_its_line(pair: tuple[str, str]) -> None:
    sea = graph()
    for lane in variants(pair)[:4]:
        assert len(lane.edges) == max(len(lane.nodes) - 1, 0)
        for a, b, edge in zip(lane.nodes[:-1], lane.nodes[1:], lane.edges, strict=True):
            assert {a, b} == {int(sea.tail[edge]), int(sea.head[edge])}
        lat, lon = lane_line(sea, lane)
        assert (lat[0], lat[-1]) == (lane.start.lat, lane.end.lat)
        # Lines are stored simplified and rounded to two decimals: a little shorter or longer than the lane.
        drawn = great_circles_km(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum()
        assert drawn == pytest.approx(lane.km, rel=0.01, abs=5.0)
        assert sum(len(piece[0]) for piece in lane_geometry(sea, lane)) >= len(lat)


def test_the_straits_of_a_lane_are_the_gates_its_line_crosses() -> None:
    """Over the study's ports none only touches a gate; the parity of the whole line, ports included, says the same."""
    codes = ("JPTYO", "JPHKT", "KRPUS", "RUVVO", "CNSHA", "SGSIN", "INNSA", "IRBND", "AEJEA", "GEPTI", "TRAMR", "NLRTM")
    wanted = [(a, b) for i, a in enumerate(codes) for b in codes[i + 1 :]]
    lanes = lane_variants(graph(), accesses(*codes), wanted, max_closures=1)
    assert len(lanes) > 150
    for lane in lanes:
        assert set(lane_parity(graph(), lane)) == set(lane.straits)


@SETTINGS
@given(pairs)
def test_the_way_back_is_the_same_line(pair: tuple[str, str]) -> None:
    back = variants((pair[1], pair[0]))
    assert [lane.km for lane in back] == [lane.km for lane in variants(pair)]
    for there, again in zip(variants(pair), back, strict=True):
        assert again.straits == there.straits[::-1]
        assert again.edges == there.edges[::-1]


@SETTINGS
@given(st.data())
def test_distances_are_symmetric_and_keep_the_triangle(data: st.DataObject) -> None:
    places = [data.draw(st.sampled_from(world())) for _ in range(3)]
    assume(len(set(places)) == 3)
    km = distances(graph(), places, places)
    np.testing.assert_allclose(km, km.T, rtol=0, atol=1e-6)
    assert np.all(km[np.triu_indices(3, 1)] > 0)
    for a, b, c in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        assert km[a, c] <= km[a, b] + km[b, c] + 1e-6
    for i in range(3):
        for j in range(3):
            straight = great_circles_km(
                *(np.array(value) for value in (places[i].lat, places[i].lon, places[j].lat, places[j].lon))
            )
            # The join is sought on a flat map around the place: a tenth of a per cent of slack.
            assert km[i, j] >= straight * 0.999 - 1.0


def test_every_port_of_the_ocean_reaches_every_other() -> None:
    some = world()[::40]
    assert np.all(np.isfinite(distances(graph(), some, some)))


def test_two_places_on_one_edge_do_not_sail_round_it() -> None:
    sea = graph()
    edge = int(np.argmax(sea.km))
    t, h = int(sea.tail[edge]), int(sea.head[edge])

    def at(fraction: float) -> SeaAccess:
        lat = float(sea.lat[t] + fraction * (sea.lat[h] - sea.lat[t]))
        lon = float(sea.lon[t] + fraction * (sea.lon[h] - sea.lon[t]))
        return SeaAccess(lat, lon, edge, fraction, 1.0, 0, 0)

    a, b = at(0.4), at(0.5)
    expected = 2.0 + 0.1 * sea.km[edge]
    assert distances(sea, [a], [b])[0, 0] == pytest.approx(expected)
    (lane,) = lane_variants(sea, {"a": a, "b": b}, [("a", "b")])
    assert lane.km == pytest.approx(expected)
    assert lane.nodes == ()
    lat, lon = lane_line(sea, lane)
    assert gate_parity(lat, lon, sea.gates) == 0


def test_rows_are_the_same_bytes_twice_and_in_any_order() -> None:
    codes = ("JPTYO", "NLRTM", "INNSA", "AEJEA", "SGSIN")
    wanted = [(a, b) for a in codes for b in codes if a != b]
    lanes = lane_rows(graph(), lane_variants(graph(), accesses(*codes), wanted))
    again = lane_rows(graph(), lane_variants(graph(), accesses(*codes[::-1]), wanted[::-1]))
    assert sorted(map(repr, lanes)) == sorted(map(repr, again))


def three_channels() -> tuple[SeaGraph, dict[str, SeaAccess]]:
    """Two ports joined by three channels, each with a gate; the first two are one compound.

    a == p (short) == b,   a == q (longer) == b,   a == r (longest) == b
    """
    gates = {"p": (0.5, 2.0, -0.5, 2.0), "q": (1.5, 2.0, 0.6, 2.0), "r": (2.5, 2.0, 1.6, 2.0)}
    straits = [Strait(key, key, gate, (), 12.0, False, False, None, None, "") for key, gate in gates.items()]
    both = Strait("pq", "p and q", None, ("p", "q"), np.inf, False, False, None, None, "")
    lat, lon = np.array([0.0, 0.0, 0.0, 1.0, 2.0]), np.array([0.0, 4.0, 1.0, 1.0, 1.0])
    tail, head = np.array([0, 0, 0, 1, 1, 1], dtype=np.int32), np.array([2, 3, 4, 2, 3, 4], dtype=np.int32)
    sea = SeaGraph(
        lat,
        lon,
        np.zeros(5, dtype=np.int32),
        tail,
        head,
        np.array([100.0, 200.0, 300.0, 300.0, 400.0, 500.0]),
        np.array([0, 0, 0, 1, 2, 4], dtype=np.int64),
        ("",) * 6,
        (*straits, both),
    )
    # Port a lies where the edge 0-2 starts, port b where the edge 1-2 does; the way from b to node 2 passes the gate p.
    return sea, {"a": SeaAccess(0.0, 0.0, 0, 0.0, 1.0, 0, 0), "b": SeaAccess(0.0, 4.0, 3, 0.0, 1.0, 0, 1)}


def test_a_compound_counts_as_one_closure() -> None:
    sea, both = three_channels()
    (shortest,) = lane_variants(sea, both, [("a", "b")], max_closures=0)
    assert (shortest.straits, shortest.km) == (("p",), 402.0)
    one = lane_variants(sea, both, [("a", "b")], max_closures=1)
    assert [(lane.straits, lane.km) for lane in one] == [(("p",), 402.0), (("q",), 602.0), (("r",), 802.0)]
    assert distances(sea, [both["a"]], [both["b"]], closed={"pq"})[0, 0] == 802.0
    assert np.isinf(distances(sea, [both["a"]], [both["b"]], closed={"pq", "r"})[0, 0])
    assert np.isinf(distances(sea, [both["a"]], [both["b"]], draft_m=12.5)[0, 0])
    assert distances(sea, [both["a"]], [both["b"]], draft_m=12.0)[0, 0] == 402.0


@given(st.frozensets(st.sampled_from(["p", "q", "r", "pq"]), max_size=3))
def test_every_closure_of_the_three_channels(closed: frozenset[str]) -> None:
    sea, both = three_channels()
    shut = sea.bits(closed)
    expected = min((km for bit, km in ((1, 402.0), (2, 602.0), (4, 802.0)) if not bit & shut), default=np.inf)
    assert distances(sea, [both["a"]], [both["b"]], closed=closed)[0, 0] == expected
    lanes = lane_variants(sea, both, [("a", "b")], max_closures=0, closed=closed)
    assert [lane.km for lane in lanes] == ([expected] if np.isfinite(expected) else [])
