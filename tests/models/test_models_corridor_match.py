"""A route follows a corridor when it passes one gateway of each group, in order or in the opposite order."""

from __future__ import annotations

from route_maps import read

from landbridge.models.corridor_match import CorridorIndex, index_corridors
from landbridge.models.routes import find_routes
from landbridge.network.select import SelectorContext
from landbridge.scenario.selector import parse_selector

LINE = """
origin:a:A      > rail:a:A:1520      access
origin:a:A      > sea_out:PA:A       access port:PA
rail:a:A:1520   = rail:b:B:1520      crossing 1h 1$ crossing:rail:A-B:ab
rail:b:B:1520   = rail:c:C:1520      crossing 1h 1$ crossing:rail:B-C:bc
rail:c:C:1520   > destination:c:C    access
origin:c:C      > rail:c:C:1520      access
rail:a:A:1520   > destination:a:A    access
rail:a:A:1520   > sea_out:PA:A       load 1h 1$ port:PA
sea_out:PA:A    > sea_in:PC:C        lane 10h 10$ strait:narrow
sea_in:PC:C     > destination:c:C    access port:PC
"""


def named(*groups: str) -> SelectorContext:
    """One corridor; alternatives of a group are joined by '|'."""
    return SelectorContext(
        gateways={"x": tuple(tuple(parse_selector(text) for text in group.split("|")) for group in groups)}
    )


def follows(origin: str, destination: str, *groups: str, modes: set[str] | None = None) -> bool:
    costs = read(LINE)
    index = index_corridors(costs.network, {"x": "X"}, named(*groups))
    answer = find_routes(costs, origin, destination, k=1, corridors=index, modes=modes)  # type: ignore[arg-type]
    return answer.routes[0].corridors == ("X",)


def test_in_order_and_in_the_opposite_order() -> None:
    assert follows("a", "c", "crossing.rail:A-B:ab", "crossing.rail:B-C:bc")
    assert follows("c", "a", "crossing.rail:A-B:ab", "crossing.rail:B-C:bc")


def test_one_of_each_group() -> None:
    assert follows("a", "c", "place.nowhere|place.b", "border.B-C")
    assert not follows("a", "c", "place.nowhere", "border.B-C")


def test_neither_order_is_not_enough() -> None:
    assert not follows("a", "c", "place.b", "crossing.rail:A-B:ab", "crossing.rail:B-C:bc")


def test_a_gateway_counts_once() -> None:
    assert not follows("a", "c", "crossing.rail:A-B:ab", "crossing.rail:A-B:ab")


def test_straits_and_ports_are_passed_on_the_ship() -> None:
    assert follows("a", "c", "port.PA", "strait.narrow", "port.PC", modes={"sea"})
    assert not follows("a", "c", "strait.narrow")


def test_a_port_is_passed_by_what_starts_in_its_city() -> None:
    assert follows("a", "c", "port.PA", "crossing.rail:B-C:bc", modes={"rail"})


def test_vias_of_a_corridor_keep_a_search_on_it() -> None:
    costs = read(LINE)
    index = index_corridors(costs.network, {"x": "X"}, named("port.PA", "strait.narrow"))
    there, back = index.vias(0)
    found = find_routes(costs, "a", "c", k=1, corridors=index, vias=there).routes[0]
    assert found.corridors == ("X",)
    assert found.straits == ("narrow",)
    assert find_routes(costs, "a", "c", k=1, corridors=index, vias=back).unreachable is not None


def test_no_corridors_no_names() -> None:
    costs = read(LINE)
    index: CorridorIndex = index_corridors(costs.network, {}, SelectorContext())
    assert index.followed([0], [0, 1]) == ()
