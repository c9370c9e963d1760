"""How far is a landlocked country from the sea, by how many independent ways, and whom does it hang on?

The sea begins where a box stands loaded in a deep-sea port (tier ``main``): at its outbound berth, the dwell and the
loading in. A way may use ferries and feeder ships.

**Independent ways.** The largest number of ways of which no two share a thing, counted exactly as a maximum flow in
which each thing takes one unit, however many links use it (integer linear programme, ``scipy.optimize.milp``, HiGHS):

- by crossing: no two pass the same border crossing (a row of the table of crossings);
- by neighbour: no two leave the country into the same neighbour, ferries included; none comes back into it. Beyond the
  neighbour they may meet again;
- by country: no two touch the same country, the port's included, the own one left out.

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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from landbridge.costs.arccosts import ArcCosts
from landbridge.kernels.dijkstra import Search, path_arcs
from landbridge.kernels.graph import Graph, build_graph
from landbridge.models.corridor_match import CorridorIndex, index_corridors
from landbridge.models.route_account import Names, route_of
from landbridge.models.routes import end_node
from landbridge.models.search import Bools, flags
from landbridge.network.select import SelectorContext
from landbridge.network.topology import Float64, Int32, Int64, Network
from landbridge.result.routes import Route
from landbridge.schema.words import NODE_KINDS, Objective

Disjoint = Literal["crossing", "neighbour", "country"]

#: Hours a box takes more for one hour squared of variance, in the searches for the most reliable way.
_VARIANCE_PREMIUMS: Final = (0.002, 0.01, 0.05)


@dataclass(frozen=True)
class SeaWay:
    """A way to a port."""

    port: str  # id
    port_name: str
    route: Route


@dataclass(frozen=True)
class Dependence:
    """What the loss of one country costs: share as in the module; extra_cost per unit, None where cut off."""

    country: str
    share: float
    extra_cost: float | None

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {"country": self.country, "share": self.share, "extra_cost": self.extra_cost}


@dataclass(frozen=True)
class Remedy:
    """What a project or a waiver changes for one country; costs per unit, negative is better.

    extra_ways: change of the number of independent ways by country.
    """

    id: str
    name: str
    change_cost: float
    change_hours: float
    change_usd: float
    extra_ways: int
    port: str

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {
            "id": self.id,
            "name": self.name,
            "change_cost": self.change_cost,
            "change_hours": self.change_hours,
            "change_usd": self.change_usd,
            "extra_ways": self.extra_ways,
            "port": self.port,
        }


@dataclass(frozen=True)
class AccessRow:
    """A country's ways to the sea. cheapest: least cost with the value of time; None: no way at all."""

    country: str
    country_name: str
    origin: str  # place id
    origin_name: str
    cheapest: SeaWay | None
    fastest: SeaWay | None
    most_reliable: SeaWay | None
    independent_by_crossing: int
    independent_by_neighbour: int
    independent_by_country: int
    dependences: tuple[Dependence, ...]  # largest first, then by code; those of share 0 left out
    remedies: tuple[Remedy, ...] = ()  # best first; those that change nothing left out

    @property
    def largest_dependence(self) -> Dependence | None:
        """The country whose loss costs most."""
        return self.dependences[0] if self.dependences else None

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        way, largest = self.cheapest, self.largest_dependence
        return {
            "country": self.country,
            "name": self.country_name,
            "origin": self.origin,
            "port": way.port if way else None,
            "port_name": way.port_name if way else None,
            "hours": way.route.hours if way else None,
            "usd": way.route.usd if way else None,
            "distance_km": way.route.distance_km if way else None,
            "crossings": list(way.route.crossings) if way else [],
            "fastest": _way_json(self.fastest),
            "most_reliable": _way_json(self.most_reliable),
            "independent_by_crossing": self.independent_by_crossing,
            "independent_by_neighbour": self.independent_by_neighbour,
            "independent_by_country": self.independent_by_country,
            "largest_dependence": {"country": largest.country, "share": largest.share} if largest else None,
            "dependences": [item.to_json() for item in self.dependences],
            "biggest_change": self.remedies[0].to_json() if self.remedies else None,
        }


def _way_json(way: SeaWay | None) -> dict[str, Any] | None:
    if way is None:
        return None
    return {
        "port": way.port,
        "port_name": way.port_name,
        "hours": way.route.hours,
        "hours_p95": way.route.hours_p95,
        "usd": way.route.usd,
        "distance_km": way.route.distance_km,
        "crossings": list(way.route.crossings),
    }


@dataclass(frozen=True)
class AccessTable:
    """Rows of the countries asked for, in their order."""

    as_of: str
    rows: tuple[AccessRow, ...]

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {"as_of": self.as_of, "rows": [row.to_json() for row in self.rows]}


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
    best = _best(costs, graph, costs.weight("cost"), start, berths)
    corridors = index_corridors(network, {}, SelectorContext())
    ways = {
        arcs.tobytes(): _way(costs, arcs, corridors, names) for arcs in _candidates(costs, graph, start, berths)
    }
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


def outbound_berths(network: Network, ports: Sequence[str]) -> Int32:
    """Nodes where a box stands loaded in one of the ports, ascending."""
    wanted = [network.port_ids.index(port) for port in ports if port in network.port_ids]
    at_berth = network.node_kind == NODE_KINDS.index("sea_out")
    return np.flatnonzero(at_berth & np.isin(network.node_port, wanted)).astype(np.int32)


def _best(costs: ArcCosts, graph: Graph, weight: Float64, start: int, berths: Int32) -> Int32 | None:
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
    return SeaWay(
        port, names.ports.get(port, port), route_of(costs, arcs.tolist(), (), corridors, names, 1.0)
    )


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
        other = _best(costs, graph, shut, start, berths)
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

    is_open [n_arcs]. The own country is that of ``start``. A way that shares nothing countable with any other (it
    crosses no border) counts once.
    """
    thing = _things(network, start, by)
    usable = is_open & (thing != _BARRED)
    shared = usable & (thing >= 0)
    part, count = _parts(network, usable & ~shared)
    goal = count
    tail, head = part[network.tail], part[network.head]
    # All ends are one: an arc that leaves an end leads nowhere new.
    is_end = np.zeros(count + 1, dtype=np.bool_)
    is_end[part[ends]] = True
    if not len(ends):
        return 0
    source = int(part[start])
    if is_end[source]:
        return 1
    tail, head = np.where(is_end[tail], goal, tail), np.where(is_end[head], goal, head)
    keep = usable & (tail != head) & (tail != goal) & (head != source)
    rows = np.unique(np.column_stack([tail[keep], head[keep], np.where(shared[keep], thing[keep], -1)]), axis=0)
    return _most_ways(rows.astype(np.int64), source, goal, count + 1)


_BARRED: Final = -2


def _things(network: Network, start: int, by: Disjoint) -> Int64:
    """Per arc what it takes one unit of: position of a crossing or country, -1 = nothing, -2 = not to be used."""
    if by == "crossing":
        return network.crossing.astype(np.int64)
    own = int(network.node_country[start])
    tail, head = (network.node_country[end].astype(np.int64) for end in (network.tail, network.head))
    entering = (tail != head) & (head >= 0)
    if by == "country":
        return np.where(entering, np.where(head == own, _BARRED, head), -1)
    return np.where(entering & (head == own), _BARRED, np.where(entering & (tail == own), head, -1))


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
        takes = coo_array(
            (np.ones(len(thing_row)), (thing_row, column[thing >= 0])), shape=(len(things), m)
        ).tocsr()
        constraints.append(LinearConstraint(takes, -np.inf, 1.0))
    gain = -(head == goal).astype(np.float64)
    # Ways that take nothing are one and the same way: arcs that take nothing are bounded, and one more unit
    # than there are things is never needed.
    answer = milp(gain, integrality=np.ones(m), bounds=Bounds(0.0, limit), constraints=constraints)
    assert answer.success, answer.message
    return round(-float(answer.fun))


Cost = Callable[[Objective], Float64]
