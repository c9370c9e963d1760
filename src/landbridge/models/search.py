"""Shortest paths through a network that must pass given places in order, in one search.

A *state* is (node, how many vias are done), numbered ``layer * n_nodes + node``. An arc leads from a state to the
state of its head, and as many layers up as it touches vias next in turn: an arc touches a via when it is one of its
arcs or ends in one of its nodes (an arc and the node it ends in are one spot). So a via is passed, not changed at,
and the search is one search, not a chain of legs whose ends would have to match. More vias done is never worse, hence
going up at once loses nothing and the shortest path over states is the shortest walk that touches the vias in order.
Without vias it is a simple path; with vias it repeats no state, but it may turn back at a via and then pass a node
twice.

Plain Python on lists: on some thousand nodes a tree takes a few milliseconds, less than importing a compiled engine.
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


def walk_back(tree: Tree, state: int) -> tuple[list[int], list[int]]:
    """Arcs and states from a state to the root of a tree, in that order; the states start with ``state``."""
    arcs: list[int] = []
    states = [state]
    while tree.arc[state] >= 0:
        arcs.append(tree.arc[state])
        state = tree.before[state]
        states.append(state)
    return arcs, states
