"""How does each named corridor do between two places?

For a corridor the best way that passes one gateway of each of its groups in order (or in the opposite order) is
searched in one tree per origin: the network is laid out in layers, one more than the corridor has groups, and an arc
that touches a gateway of the next group leads one layer up. Destinations of one origin share the tree. A corridor
whose best way turns back on itself, in both orders, lies off the way and has none. So does one whose best way goes
past its destination: it has been in the destination's country, leaves it, and passes a gateway before it comes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbridge.costs.arccosts import ArcCosts
from landbridge.kernels.dijkstra import Search, Tree, path_arcs
from landbridge.kernels.graph import Graph, build_graph
from landbridge.models.corridor_match import CorridorIndex
from landbridge.models.route_account import Names, node_name, route_of
from landbridge.models.routes import end_node, why_no_way
from landbridge.models.search import Bools, Target, first_layer, flags, state_arcs, upper_layers
from landbridge.network.topology import Float64, Int32, Network
from landbridge.result.routes import Line, Route, Unreachable
from landbridge.schema.words import Objective


@dataclass(frozen=True)
class CorridorWay:
    """The best way along a corridor from origin to destination; no route = closed, with the reason."""

    corridor: str  # id
    name: str
    origin: str  # place ids
    destination: str
    route: Route | None
    closed: Unreachable | None


@dataclass(frozen=True)
class _Layout:
    """A network in the layers of one corridor and direction."""

    vias: tuple[Target, ...]
    graph: Graph
    arc: Int32  # layered arc -> arc of the network
    tail: Int32


@dataclass(frozen=True)
class CorridorSearch:
    """Layouts of all corridors of a network, made once and used for every day and cargo."""

    network: Network
    corridors: CorridorIndex
    _layouts: dict[tuple[int, int], _Layout] = field(default_factory=dict, repr=False)

    def layout(self, corridor: int, order: int) -> _Layout:
        """Layers of a corridor in one of its two orders."""
        key = (corridor, order)
        if key not in self._layouts:
            self._layouts[key] = _lay_out(self.network, self.corridors.vias(corridor)[order])
        return self._layouts[key]

    def ways(
        self,
        costs: ArcCosts,
        origin: str,
        destinations: Sequence[str],
        *,
        by: Objective = "cost",
        names: Names | None = None,
        shapes: Mapping[str, Line] | None = None,
        only: Sequence[str] | None = None,
        explain: bool = True,
        known: dict[tuple[int, ...], Route] | None = None,
    ) -> tuple[CorridorWay, ...]:
        """The best way along each corridor to each destination, corridors in the study's order.

        known: routes by their arcs that were accounted for already with the same contributions, names and shapes;
        what is found is added.
        only: ids of corridors (None = all); explain: for a closed corridor find a smallest set of closures that causes
        it.
        Raises BadRequest for a place without terminal.
        """
        names = names or Names()
        known = {} if known is None else known
        weight = costs.weight(by)
        start = end_node(self.network, origin, "origin", names)
        ends = [end_node(self.network, place, "destination", names) for place in destinations]
        found: list[CorridorWay] = []
        for corridor, identifier in enumerate(self.corridors.ids):
            if only is not None and identifier not in only:
                continue
            trees = [self._tree(corridor, order, weight, start, ends) for order in (0, 1)]
            for destination, end in zip(destinations, ends, strict=True):
                if end == start:
                    continue
                paths = _paths(self.network, trees, end)
                faults = [self._fault(corridor, path, names) for path in paths]
                straight = [path for path, fault in zip(paths, faults, strict=True) if not fault]
                route, closed = None, None
                if straight:
                    route = self._route(costs, straight[0], names, shapes, known)
                elif paths:
                    closed = Unreachable(f"The corridor lies off the way: the best way along it {faults[0]}.", ())
                elif explain:
                    # The order of the study's file is the one that is explained.
                    closed = why_no_way(costs, by, (), start, end, _named_once(self.corridors.vias(corridor)[0]))
                found.append(
                    CorridorWay(identifier, self.corridors.names[corridor], origin, destination, route, closed)
                )
        return tuple(found)

    def _tree(
        self, corridor: int, order: int, weight: Float64, start: int, ends: Sequence[int]
    ) -> tuple[_Layout, Tree]:
        layout = self.layout(corridor, order)
        n = self.network.n_nodes
        source = first_layer(start, layout.vias) * n + start
        last = len(layout.vias) * n
        targets = np.array([last + end for end in ends], dtype=np.int32)
        search = Search(layout.graph)
        return layout, search.tree(weight[layout.arc], np.array([source], dtype=np.int32), targets=targets)

    def _fault(self, corridor: int, arcs: Sequence[int], names: Names) -> str:
        """What shows that a path along the corridor lies off the way; empty where nothing does."""
        twice = _turns_back(self.network, arcs)
        if twice >= 0:
            return f"turns back at {node_name(self.network, twice, names)}"
        heads = self.network.head[list(arcs)]
        groups = list(self.corridors.groups[corridor])
        at_arc, at_node = self.corridors.arcs[groups][:, list(arcs)], self.corridors.nodes[groups][:, heads]
        gateway = np.any(at_arc | at_node, axis=0)
        countries = self.network.node_country[[int(self.network.tail[arcs[0]]), *heads.tolist()]]
        passed = np.concatenate([[False], gateway])
        if _goes_past(countries, passed):
            return f"goes past {self.network.country_codes[countries[-1]]} and comes back"
        if _goes_past(countries[::-1], np.concatenate([gateway, [False]])[::-1]):
            return f"comes back to {self.network.country_codes[countries[0]]} on the way"
        return ""

    def _route(
        self,
        costs: ArcCosts,
        arcs: Sequence[int],
        names: Names,
        shapes: Mapping[str, Line] | None,
        known: dict[tuple[int, ...], Route],
    ) -> Route:
        key = tuple(arcs)
        if key not in known:
            network = self.network
            nodes = [int(network.tail[arcs[0]]), *(int(network.head[arc]) for arc in arcs)]
            followed = self.corridors.followed(arcs, nodes)
            known[key] = route_of(costs, arcs, followed, self.corridors, names, 1.0, shapes)
        return known[key]


def _named_once(vias: Sequence[Target]) -> tuple[Target, ...]:
    """Groups of gateways for a sentence: all have the corridor's name, which is said of the first only."""
    return tuple(replace(via, name="its next gateway") if i else via for i, via in enumerate(vias))


def _turns_back(network: Network, arcs: Sequence[int]) -> int:
    """The first node that a path passes twice, -1 if none."""
    seen = {int(network.tail[arcs[0]])}
    for arc in arcs:
        node = int(network.head[arc])
        if node in seen:
            return node
        seen.add(node)
    return -1


def _goes_past(countries: NDArray[np.integer[Any]], passed: Bools) -> bool:
    """Whether a path was in the country of its last node before, and passed a gateway on its way back there.

    countries: code per node of the path; passed: whether a gateway is passed on the way into the node.
    """
    inside = np.flatnonzero(countries == countries[-1])
    outside = np.flatnonzero(countries != countries[-1])
    if len(outside) == 0 or inside[0] > outside[-1]:
        return False
    back = int(outside[-1]) + 1  # where the last stay begins
    left = int(outside[outside > inside[0]][0])  # where the first stay ended
    return bool(passed[left : back + 1].any())


def _lay_out(network: Network, vias: Sequence[Target]) -> _Layout:
    """Layers of a corridor. Its groups are passed in order: none before its turn, none again after a later one."""
    n, layers = network.n_nodes, len(vias) + 1
    upper = upper_layers(network.tail, network.head, n, vias)
    touches = [flags(via.arcs, network.n_arcs) | flags(via.nodes, n)[network.head] for via in vias]
    tails, heads = state_arcs(network.tail, network.head, n, upper)
    stay, lead = tails.reshape(-1, layers), heads.reshape(-1, layers).copy()
    for layer in range(layers):
        for group, touched in enumerate(touches):
            out_of_turn = touched & ((group < layer - 1) | (group >= upper[layer]))
            lead[out_of_turn, layer] = stay[out_of_turn, layer]  # a loop leads nowhere
    arc = np.repeat(np.arange(network.n_arcs, dtype=np.int32), layers)
    return _Layout(tuple(vias), build_graph(tails, lead.ravel(), n * layers), arc, tails)


def _paths(network: Network, trees: Sequence[tuple[_Layout, Tree]], end: int) -> list[list[int]]:
    """Arcs of the best path in each of the two orders, the shorter first; the order of the study's file wins a tie."""
    found: list[tuple[float, list[int]]] = []
    for layout, tree in trees:
        goal = len(layout.vias) * network.n_nodes + end
        if np.isfinite(tree.distance[goal]):
            path = path_arcs(tree.arc, layout.tail, goal)
            found.append((float(tree.distance[goal]), [int(arc) for arc in layout.arc[path]]))
    return [arcs for _, arcs in sorted(found, key=lambda item: item[0])]
