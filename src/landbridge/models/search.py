"""Shortest paths through a network that must pass given places in order, in one search.

A *state* is (node, how many vias are done), numbered ``layer * n_nodes + node``. An arc leads from a state to the
state of its head, and as many layers up as it touches vias next in turn: an arc touches a via when it is one of its
arcs or ends in one of its nodes (an arc and the node it ends in are one spot). So a via is passed, not changed at,
and the search is one search, not a chain of legs whose ends would have to match. More vias done is never worse, hence
going up at once loses nothing and the shortest path over states is the shortest walk that touches the vias in order.
Without vias it is a simple path; with vias it repeats no state, but it may turn back at a via and then pass a node
twice.

Plain Python on lists: on some thousand nodes a tree takes a few milliseconds, less than importing a compiled engine.
From ``COMPILED_FROM_ARCS`` arcs on the same trees are grown by ``landbridge.kernels.through`` (``trees_of_pair``).
Distances are sums in path order from the source, and the arc that leads to a state is the lowest id among those that
give its distance from a state settled before it, as in ``landbridge.kernels.dijkstra``; so trees are unique, also
with ties and zero weights.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]

#: Sums of the same weights in another order differ by rounding only; two objectives this close (relative) are equal.
ROUNDING = 1e-9

Successor = tuple[float, int, int]  # weight, state, arc

#: Networks of at least so many arcs are searched by compiled kernels.
COMPILED_FROM_ARCS = 40_000


class Touchable(Protocol):
    """Something a path can be asked to pass: it does when it uses one of the arcs or stands in one of the nodes."""

    @property
    def name(self) -> str:
        """As the user knows it."""
        ...

    @property
    def nodes(self) -> Iterable[int]:
        """Node ids."""
        ...

    @property
    def arcs(self) -> Iterable[int]:
        """Arc ids."""
        ...


@dataclass(frozen=True)
class Target:
    """Nodes and arcs of which a path must touch one."""

    name: str
    nodes: frozenset[int] = frozenset()
    arcs: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Layers:
    """The layered graph of one question, closed arcs left out; the arcs of a state are found when it is asked for."""

    n_nodes: int
    upper: tuple[Ints, ...]  # layer -> [n_arcs] the layer an arc leads to
    leaving: list[list[Successor]]  # per node: (weight, head, arc), arcs ascending
    entering: list[list[Successor]]  # per node: (weight, tail, arc), arcs ascending
    rising: tuple[dict[int, int], ...]  # layer -> arcs that lead to a higher one, and to which
    sources: tuple[
        dict[int, tuple[int, ...]], ...
    ]  # layer -> for arcs that rise anywhere: from which layers to this one

    def state(self, layer: int, node: int) -> int:
        """Number of a state."""
        return layer * self.n_nodes + node

    @property
    def n_states(self) -> int:
        """Number of states."""
        return len(self.upper) * self.n_nodes

    def out(self, state: int) -> list[Successor]:
        """(weight, next state, arc) of the arcs that leave a state."""
        layer, node = divmod(state, self.n_nodes)
        base = state - node
        rising = self.rising[layer]
        if not rising:
            return [(w, base + head, arc) for w, head, arc in self.leaving[node]] if base else self.leaving[node]
        size = self.n_nodes
        return [(w, rising.get(arc, layer) * size + head, arc) for w, head, arc in self.leaving[node]]

    def into(self, state: int) -> list[Successor]:
        """(weight, state before, arc) of the arcs that enter a state."""
        layer, node = divmod(state, self.n_nodes)
        if len(self.upper) == 1:
            return self.entering[node]
        sources, same = self.sources[layer], (layer,)
        size = self.n_nodes
        return [
            (w, below * size + tail, arc) for w, tail, arc in self.entering[node] for below in sources.get(arc, same)
        ]


@dataclass(frozen=True)
class Tree:
    """Shortest paths from (or, backward, to) one state: per state its distance, the last (next) arc and the state
    before (after) it.
    """

    distance: list[float]
    arc: list[int]
    before: list[int]


@dataclass(frozen=True)
class ArrayTree:
    """The same as arrays [n_states], and the states in the order they were settled."""

    distance: Float64
    arc: Int32
    before: Int32
    settled: Int32


@dataclass(frozen=True)
class PairTrees:
    """The trees of one pair: from state ``source``, and to state ``goal``; ``upper`` as in ``Layers``.

    ``forward`` is None where there is no way.
    """

    n_nodes: int
    upper: tuple[Ints, ...]
    source: int
    goal: int
    forward: Tree | ArrayTree | None
    backward: Tree | ArrayTree


def flags(ids: Iterable[int], size: int) -> Bools:
    """Ids as a mask."""
    mask = np.zeros(size, dtype=np.bool_)
    listed = np.fromiter(ids, dtype=np.int64)
    mask[listed] = True
    return mask


def upper_layers(tail: Int32, head: Int32, n_nodes: int, vias: Sequence[Touchable]) -> tuple[Ints, ...]:
    """Layer -> per arc the layer it leads to; the last entry is the layer in which all vias are done."""
    count = len(vias)
    upper = [np.full(len(tail), count, dtype=np.int64)]
    for layer in range(count - 1, -1, -1):
        via = vias[layer]
        touched = flags(via.arcs, len(tail)) | flags(via.nodes, n_nodes)[head]
        upper.append(np.where(touched, upper[-1], layer))
    return tuple(reversed(upper))


def state_arcs(tail: Int32, head: Int32, n_nodes: int, upper: tuple[Ints, ...]) -> tuple[Int32, Int32]:
    """Tails and heads of the arcs between states: arc a leaving layer l is arc ``a * len(upper) + l``, so that among
    equals the order of the arcs decides.
    """
    if len(upper) == 1:
        return tail, head
    base = np.arange(len(upper), dtype=np.int64) * n_nodes
    tails = (tail[:, None] + base).ravel().astype(np.int32)
    return tails, (head[:, None] + np.stack(upper, axis=1) * n_nodes).ravel().astype(np.int32)


def first_layer(origin: int, vias: Sequence[Touchable]) -> int:
    """How many vias the origin itself satisfies."""
    layer = 0
    while layer < len(vias) and origin in set(vias[layer].nodes):
        layer += 1
    return layer


def layered(tail: Int32, head: Int32, weight: Float64, n_nodes: int, vias: Sequence[Touchable] = ()) -> Layers:
    """Lay the open arcs (finite weight) out in ``len(vias) + 1`` layers."""
    upper = upper_layers(tail, head, n_nodes, vias)
    layers = range(len(upper))
    rising = tuple(
        {arc: int(upper[layer][arc]) for arc in np.flatnonzero(upper[layer] > layer).tolist()} for layer in layers
    )
    somewhere = sorted(set[int]().union(*rising))
    leads_to = {arc: [int(upper[layer][arc]) for layer in layers] for arc in somewhere}
    sources = tuple(
        {arc: tuple(below for below in layers if ends[below] == layer) for arc, ends in leads_to.items()}
        for layer in layers
    )
    opened = np.flatnonzero(np.isfinite(weight))
    return Layers(
        n_nodes,
        upper,
        _rows(tail[opened], head[opened], weight[opened], opened, n_nodes),
        _rows(head[opened], tail[opened], weight[opened], opened, n_nodes),
        rising,
        sources,
    )


def _rows(node: Int32, other: Int32, weight: Float64, arc: Ints, n_nodes: int) -> list[list[Successor]]:
    """Per node its (weight, other node, arc), arcs ascending."""
    order = np.argsort(node, kind="stable")
    first = np.zeros(n_nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(node, minlength=n_nodes), out=first[1:])
    rows = list(zip(weight[order].tolist(), other[order].tolist(), arc[order].tolist(), strict=True))
    return [rows[a:b] for a, b in itertools.pairwise(first.tolist())]


def grow(
    successors: Callable[[int], list[Successor]],
    source: int,
    size: int,
    *,
    through: int = -1,
    stretch: float = 1.0,
    limit: float = np.inf,
    rest: list[float] | None = None,
) -> Tree:
    """Tree of ``size`` states from ``source`` over ``successors`` (``Layers.out`` forward, ``into`` backward).

    Once ``through`` is settled at distance d, nothing beyond ``stretch * d`` is settled. With ``rest`` (distance from
    each state to the goal) only states with distance + rest within ``limit`` are reached. Distances within the limits
    are exact; others are ``inf``.
    """
    distance = [np.inf] * size
    arc, before = [-1] * size, [-1] * size
    done = bytearray(size)
    distance[source] = 0.0
    heap = [(0.0, source)]
    bound = limit
    pop, push = heapq.heappop, heapq.heappush
    while heap:
        base, state = pop(heap)
        if done[state]:
            continue
        if base > bound and rest is None:
            distance[state] = np.inf
            break
        done[state] = 1
        if state == through:
            bound = min(bound, base * stretch * (1 + ROUNDING))
        for weight, other, via in successors(state):
            reached = base + weight
            known = distance[other]
            if reached < known:
                if rest is not None and reached + rest[other] > limit:
                    continue
                distance[other] = reached
                arc[other] = via
                before[other] = state
                push(heap, (reached, other))
            elif reached == known and via < arc[other] and not done[other]:
                arc[other] = via
                before[other] = state
    for _, state in heap:
        if not done[state]:
            distance[state] = np.inf
    return Tree(distance, arc, before)


def trees_of_pair(
    tail: Int32,
    head: Int32,
    weight: Float64,
    n_nodes: int,
    vias: Sequence[Touchable],
    start: int,
    end: int,
    stretch: float,
    *,
    compiled: bool | None = None,
) -> PairTrees:
    """Trees from node ``start`` and to node ``end``, exact for every state on a way within ``stretch`` times the best.

    compiled: which engine; None = by the number of arcs. Both give the same distances, arcs and order.
    """
    if len(tail) >= COMPILED_FROM_ARCS if compiled is None else compiled:
        return _compiled_trees(tail, head, weight, n_nodes, vias, start, end, stretch)
    layers = layered(tail, head, weight, n_nodes, vias)
    source, goal = layers.state(first_layer(start, vias), start), layers.state(len(vias), end)
    backward = grow(layers.into, goal, layers.n_states, through=source, stretch=stretch)
    forward = None
    if np.isfinite(backward.distance[source]):
        limit = backward.distance[source] * stretch * (1 + _SLACK)
        forward = grow(layers.out, source, layers.n_states, limit=limit, rest=backward.distance)
    return PairTrees(n_nodes, layers.upper, source, goal, forward, backward)


#: Beyond the stretch, relative: distances added in the other direction differ by rounding.
_SLACK = 1e-6


def _compiled_trees(
    tail: Int32,
    head: Int32,
    weight: Float64,
    n_nodes: int,
    vias: Sequence[Touchable],
    start: int,
    end: int,
    stretch: float,
) -> PairTrees:
    # Imported here: a small network needs no compiled kernel, and importing one takes a third of a second.
    from landbridge.kernels.graph import build_graph, reverse_graph
    from landbridge.kernels.through import tree_through

    upper = upper_layers(tail, head, n_nodes, vias)
    count = len(upper)
    source, goal = first_layer(start, vias) * n_nodes + start, (count - 1) * n_nodes + end
    tails, heads = state_arcs(tail, head, n_nodes, upper)
    weights = np.repeat(weight, count) if count > 1 else weight
    graph = build_graph(tails, heads, n_nodes * count)
    found = tree_through(reverse_graph(graph), weights, goal, source, stretch * (1 + ROUNDING))
    backward = _array_tree(found.distance, found.arc, found.settled, heads, count)
    forward = None
    if np.isfinite(found.distance[source]):
        limit = float(found.distance[source]) * stretch * (1 + _SLACK)
        grown = tree_through(graph, weights, source, limit=limit, rest=found.distance)
        forward = _array_tree(grown.distance, grown.arc, grown.settled, tails, count)
    return PairTrees(n_nodes, upper, source, goal, forward, backward)


def _array_tree(distance: Float64, arc: Int32, settled: Int32, other_end: Int32, layers: int) -> ArrayTree:
    before = np.where(arc >= 0, other_end[arc], -1).astype(np.int32)
    return ArrayTree(distance, np.where(arc >= 0, arc // layers, -1).astype(np.int32), before, settled)


def walk_back(tree: Tree | ArrayTree, state: int) -> tuple[list[int], list[int]]:
    """Arcs and states from a state to the root of a tree, in that order; the states start with ``state``."""
    arcs: list[int] = []
    states = [state]
    while (arc := int(tree.arc[state])) >= 0:
        arcs.append(arc)
        state = int(tree.before[state])
        states.append(state)
    return arcs, states
