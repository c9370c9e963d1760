"""How far is a landlocked country from the sea, by how many independent ways, and whom does it hang on?

The sea begins where a box stands loaded in a deep-sea port (tier ``main``): at its outbound berth, the dwell and the
loading in. A way may use ferries and feeder ships.

**Independent ways.** The largest number of ways of which no two share a thing, counted exactly as a maximum flow in
which each thing takes one unit, however many links use it (integer linear programme, ``scipy.optimize.milp``, HiGHS):

- by crossing: no two pass the same border crossing (a row of the table of crossings; a named service to another
  country that has none is one of its own);
- by neighbour: no two leave the country into the same neighbour, ferries included. Beyond it they may meet again;
- by country: no two touch the same country, the port's included, the own one left out.

A way takes what it passes each time, so it passes nothing twice.
Unit capacities on single arcs would not do: a crossing serves several links, a country many crossings.

**Dependence** on a country is what its loss costs: ``share = 1 - cost / cost without it``, with the generalised cost of
the best way to any port. 0: the next best way is as good; 1: there is no other way. It needs no assumption about how
traffic spreads over ways.

**Most reliable** is the way with the lowest P95 of its hours. P95 does not add up over arcs, so it is the lowest among
candidates: the best way to every port by cost, by time, and by time plus a premium on each arc's variance, for several
premiums.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from landbridge.costs.arccosts import ArcCosts
from landbridge.kernels.dijkstra import Search, path_arcs
from landbridge.kernels.graph import Graph, build_graph
from landbridge.models.corridor_match import CorridorIndex, index_corridors
from landbridge.models.route_account import Names, route_of
from landbridge.models.routes import end_node
from landbridge.models.search import Bools
from landbridge.network.select import SelectorContext
from landbridge.network.topology import Float64, Int32, Int64, Network
from landbridge.result.access import AccessRow, Dependence, Remedy, SeaWay
from landbridge.schema.words import ARC_KINDS, NODE_KINDS

Disjoint = Literal["crossing", "neighbour", "country"]

#: Hours a box takes more for one hour squared of variance, in the searches for the most reliable way.
_VARIANCE_PREMIUMS: Final = (0.002, 0.01, 0.05)


def access(
    costs: ArcCosts,
    country: str,
    origin: str,
    ports: Sequence[str],
    *,
    country_name: str = "",
    names: Names | None = None,
) -> AccessRow:
    """Ways of a country (ISO3) from a place (id) to the deep-sea ``ports`` (ids).

    Raises ``BadRequest`` for a place without terminal.
    """
    network, names = costs.network, names or Names()
    graph = build_graph(network.tail, network.head, network.n_nodes)
    start = end_node(network, origin, "origin", names)
    berths = outbound_berths(network, ports)
    best = _best(graph, costs.weight("cost"), start, berths)
    corridors = index_corridors(network, {}, SelectorContext())
    ways = {arcs.tobytes(): _way(costs, arcs, corridors, names) for arcs in _candidates(costs, graph, start, berths)}
    by_objective = {
        "cost": min(ways.values(), key=lambda way: (way.route.generalised_usd, way.port), default=None),
        "time": min(ways.values(), key=lambda way: (way.route.hours, way.port), default=None),
        "p95": min(ways.values(), key=lambda way: (way.route.hours_p95, way.port), default=None),
    }
    counts = {
        by: independent_ways(network, costs.open, start, berths, by) for by in ("crossing", "neighbour", "country")
    }
    return AccessRow(
        country=country,
        country_name=country_name or country,
        origin=origin,
        origin_name=names.places.get(origin, origin),
        cheapest=by_objective["cost"],
        fastest=by_objective["time"],
        most_reliable=by_objective["p95"],
        independent_by_crossing=counts["crossing"],
        independent_by_neighbour=counts["neighbour"],
        independent_by_country=counts["country"],
        dependences=_dependences(costs, graph, start, berths, best),
    )


@dataclass(frozen=True)
class BestWay:
    """Cost, hours and money of the way of least cost to any port, per unit, and the port (id)."""

    cost: float
    hours: float
    usd: float
    port: str
    ways_by_country: int


def best_way(costs: ArcCosts, origin: str, ports: Sequence[str], names: Names | None = None) -> BestWay | None:
    """The same cheapest way as that of ``access``, without the rest; None: no way."""
    network = costs.network
    graph = build_graph(network.tail, network.head, network.n_nodes)
    start = end_node(network, origin, "origin", names or Names())
    berths = outbound_berths(network, ports)
    weight = costs.weight("cost")
    arcs = _best(graph, weight, start, berths)
    if arcs is None:
        return None
    cost, hours, usd = (
        math.fsum(values[arcs].tolist()) for values in (weight, costs.total("hours"), costs.total("usd"))
    )
    return BestWay(
        cost=cost,
        hours=hours,
        usd=usd,
        port=network.port_ids[network.node_port[network.head[arcs[-1]]]],
        ways_by_country=independent_ways(network, costs.open, start, berths, "country"),
    )


def remedies(before: BestWay, found: Sequence[tuple[str, str, BestWay | None]]) -> tuple[Remedy, ...]:
    """What each project or waiver (id, name, best way with it) changes: lowest cost first, then most ways, then id.

    Those that neither lower the cost nor add a way are left out.
    """
    changes = [
        Remedy(
            identifier,
            name,
            after.cost - before.cost,
            after.hours - before.hours,
            after.usd - before.usd,
            after.ways_by_country - before.ways_by_country,
            after.port,
        )
        for identifier, name, after in found
        if after is not None
    ]
    kept = [item for item in changes if item.change_cost < -1e-6 or item.extra_ways > 0]
    return tuple(sorted(kept, key=lambda item: (item.change_cost, -item.extra_ways, item.id)))


def outbound_berths(network: Network, ports: Sequence[str]) -> Int32:
    """Nodes where a box stands loaded in one of the ports, ascending."""
    wanted = [network.port_ids.index(port) for port in ports if port in network.port_ids]
    at_berth = network.node_kind == NODE_KINDS.index("sea_out")
    return np.flatnonzero(at_berth & np.isin(network.node_port, wanted)).astype(np.int32)


def _best(graph: Graph, weight: Float64, start: int, berths: Int32) -> Int32 | None:
    """Arcs of the best way to any berth; None if there is none. Ties: the lower berth."""
    tree = Search(graph).tree(weight, np.array([start], dtype=np.int32), targets=berths)
    distance = tree.distance[berths]
    if not len(berths) or not np.isfinite(distance.min()):
        return None
    return path_arcs(tree.arc, graph.tail, int(berths[int(np.argmin(distance))]))


def _candidates(costs: ArcCosts, graph: Graph, start: int, berths: Int32) -> list[Int32]:
    """Best ways to every berth by cost, by time and by time with a premium on variance; each once, in this order."""
    hours, variance = costs.weight("time"), _variances(costs)
    found: dict[bytes, Int32] = {}
    for weight in (costs.weight("cost"), hours, *(hours + premium * variance for premium in _VARIANCE_PREMIUMS)):
        tree = Search(graph).tree(weight, np.array([start], dtype=np.int32), targets=berths)
        for berth in berths.tolist():
            if np.isfinite(tree.distance[berth]):
                arcs = path_arcs(tree.arc, graph.tail, berth)
                found.setdefault(arcs.tobytes(), arcs)
    return list(found.values())


def _variances(costs: ArcCosts) -> Float64:
    """Variance of the hours of each arc, its entries taken as independent [n_arcs], hours squared."""
    sigma = np.array([entry.sigma if entry.measure == "hours" else 0.0 for entry in costs.entries])
    arc = np.repeat(np.arange(costs.network.n_arcs), np.diff(costs.first))
    own = costs.amount**2 * np.expm1(sigma[costs.entry] ** 2) if len(sigma) else np.zeros(0)
    return np.bincount(arc, weights=own, minlength=costs.network.n_arcs).astype(np.float64)


def _way(costs: ArcCosts, arcs: Int32, corridors: CorridorIndex, names: Names) -> SeaWay:
    network = costs.network
    port = network.port_ids[network.node_port[network.head[arcs[-1]]]]
    return SeaWay(port, names.ports.get(port, port), route_of(costs, arcs.tolist(), (), corridors, names, 1.0))


def _dependences(
    costs: ArcCosts, graph: Graph, start: int, berths: Int32, best: Int32 | None
) -> tuple[Dependence, ...]:
    """Only countries on the best way can have a share above 0."""
    if best is None:
        return ()
    network, weight = costs.network, costs.weight("cost")
    cost = math.fsum(weight[best].tolist())
    own = int(network.node_country[start])
    touched = {int(code) for code in network.node_country[network.head[best]].tolist() if code >= 0} - {own}
    found = []
    for code in sorted(touched):
        inside = network.node_country == code
        shut = np.where(inside[network.tail] | inside[network.head], np.inf, weight)
        other = _best(graph, shut, start, berths)
        name = network.country_codes[code]
        if other is None:
            found.append(Dependence(name, 1.0, None))
            continue
        without = math.fsum(weight[other].tolist())
        if without > cost:
            found.append(Dependence(name, 1.0 - cost / without, without - cost))
    return tuple(sorted(found, key=lambda item: (-item.share, item.country)))


def independent_ways(network: Network, is_open: Bools, start: int, ends: Int32, by: Disjoint) -> int:
    """Largest number of ways from a node to any of ``ends`` of which no two share a thing (module); exact.

    is_open [n_arcs]. The own country is that of ``start``. An own coast counts as one way, beside those abroad.
    """
    if not len(ends):
        return 0
    thing = _things(network, start, by)
    found = _ways(network, is_open, thing, start, ends)
    if found is not None:
        return found
    own = (network.node_country == network.node_country[start]) & (network.node_port >= 0)
    by_coast = (own[network.tail] | own[network.head]) & (thing < 0)
    abroad = _ways(network, is_open & ~by_coast, thing, start, ends)
    return 1 + (abroad or 0)


def _ways(network: Network, usable: Bools, thing: Int64, start: int, ends: Int32) -> int | None:
    """Largest number of ways; None where one of them takes nothing, so that there is no largest."""
    shared = usable & (thing >= 0)
    free = usable & ~shared
    if _reaches(network, free, start, ends):
        return None
    part, count = _parts(network, free)
    goal, source = count, int(part[start])
    is_end = np.zeros(count, dtype=np.bool_)
    is_end[part[ends]] = True
    tail, head = part[network.tail], part[network.head]
    # All ends are one: what leaves an end, or comes back to the start, adds no way.
    keep = usable & (tail != head) & ~is_end[tail] & (head != source)
    head = np.where(is_end[head], goal, head)
    rows = np.unique(np.column_stack([tail[keep], head[keep], np.where(shared[keep], thing[keep], -1)]), axis=0)
    return _most_ways(rows.astype(np.int64), source, goal, count + 1)


def _reaches(network: Network, usable: Bools, start: int, ends: Int32) -> bool:
    tree = Search(build_graph(network.tail, network.head, network.n_nodes)).tree(
        np.where(usable, 0.0, np.inf), np.array([start], dtype=np.int32)
    )
    return bool(np.isfinite(tree.distance[ends]).any())


def _things(network: Network, start: int, by: Disjoint) -> Int64:
    """Per arc what it takes one unit of: position of a crossing or country, -1 = nothing."""
    own = int(network.node_country[start])
    tail, head = (network.node_country[end].astype(np.int64) for end in (network.tail, network.head))
    if by == "crossing":
        crossing = network.crossing.astype(np.int64)
        line = (network.kind == ARC_KINDS.index("service")) & (tail != head)
        return np.where((crossing < 0) & line, len(network.crossing_ids) + network.link, crossing)
    entering = (tail != head) & (head >= 0) & (head != own)
    if by == "neighbour":
        entering &= tail == own
    return np.where(entering, head, -1)


def _parts(network: Network, free: Bools) -> tuple[Int64, int]:
    """Strongly connected parts over arcs that take nothing: moving inside one is free."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    n = network.n_nodes
    matrix = csr_matrix((np.ones(int(free.sum()), np.int8), (network.tail[free], network.head[free])), shape=(n, n))
    count, label = connected_components(matrix, directed=True, connection="strong")
    return label.astype(np.int64), int(count)


def _most_ways(rows: Int64, source: int, goal: int, n_parts: int) -> int:
    """Maximum flow over arcs (tail, head, thing): each thing at most once, each arc a whole number of times."""
    # Imported here: a third of a second that most processes need not spend.
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    if not len(rows):
        return 0
    m = len(rows)
    tail, head, thing = rows.T
    things, thing_row = np.unique(thing[thing >= 0], return_inverse=True)
    limit = float(max(len(things), 1))
    column = np.arange(m)
    balance = coo_array(
        (np.r_[np.ones(m), -np.ones(m)], (np.r_[head, tail], np.r_[column, column])), shape=(n_parts, m)
    ).tocsr()
    inner = np.ones(n_parts, dtype=np.bool_)
    inner[[source, goal]] = False
    constraints = [LinearConstraint(balance[np.flatnonzero(inner)], 0.0, 0.0)]
    if len(things):
        takes = coo_array((np.ones(len(thing_row)), (thing_row, column[thing >= 0])), shape=(len(things), m)).tocsr()
        constraints.append(LinearConstraint(takes, -np.inf, 1.0))
    gain = -(head == goal).astype(np.float64)
    # Every way takes something, so no arc is needed more often than there are things.
    answer = milp(gain, integrality=np.ones(m, dtype=np.int64), bounds=Bounds(0.0, limit), constraints=constraints)
    assert answer.success, answer.message
    return round(-float(answer.fun))
