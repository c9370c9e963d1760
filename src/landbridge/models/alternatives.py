"""Real alternatives: a handful of different corridors, not variants of one.

**Candidates.** One tree from the origin, one to the destination; for every *anchor* arc (port transfers, crossings,
gauge breaks, named services, gateways of named corridors) the shortest path through it is the path to its tail, the
arc, and the path from its head. So between the origin, its anchor and the destination every candidate is a shortest
path (Abraham, Delling, Goldberg, Werneck, "Alternative routes in road networks", ACM J. Exp. Algorithmics 18, 2013,
call these single-via paths).

**What is thrown out.** In ascending order of the objective a candidate is kept if

1. it costs at most ``STRETCH`` times the best and passes no node twice that the best does not pass twice;
2. no kept one has its corridor signature (modes, ports and crossings in order) and follows the same named corridors;
3. it shares at most ``SHARED`` of the objective of any kept one;
4. it is another corridor than every kept one: either each of the two follows a named corridor that the other does not
   (a kept one that follows none is told apart by the candidate's name alone), or at most ``SHARED_INLAND`` of what
   the kept one costs inland lies on common arcs. So another port of call, another hub or another berth is a variant,
   and another way through the continent is an alternative;
5. no detour in it is silly: wherever it leaves a kept one and comes back to it, it costs at most ``STRETCH`` times
   what it replaces there ("uniformly bounded stretch" in the paper named).

The first is the best itself. Asking for more never changes those already found.

**Large networks** have ten thousands of anchors. After each route kept, what the paths through all anchors share with
it is summed along the two trees at once, and anchors that rules 3 or 4 are sure to throw out are not looked at again.
That changes no answer.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from landbridge.models.corridor_match import CorridorIndex
from landbridge.models.search import ROUNDING, ArrayTree, Bools, Float64, Int32, Ints, PairTrees, walk_back
from landbridge.network.topology import Network
from landbridge.schema.words import ARC_KINDS

#: An alternative costs at most this many times the best, as a whole and on each detour. Wide enough for the dearest
#: corridor a forwarder would still name (sea and the Caspian instead of a land bridge costs about twice as much); the
#: number of alternatives asked for cuts first.
STRETCH: Final = 2.5
#: Share of a kept route's objective that may lie on arcs in common.
SHARED: Final = 0.9
#: Share of a kept route's inland objective that routes of the same name, or of none, may have in common.
SHARED_INLAND: Final = 0.5

ANCHOR_KINDS: Final = ("crossing", "gauge", "service", "load", "unload", "transship")
#: Where corridors differ; a ferry or feeder that has a name is part of its corridor.
INLAND_KINDS: Final = ("haul", "crossing", "gauge", "transfer", "service")


@dataclass(frozen=True)
class Path:
    """A way from origin to destination; ``states[i]`` is before ``arcs[i]``, the last one is the goal."""

    arcs: tuple[int, ...]
    states: tuple[int, ...]
    objective: float
    corridors: tuple[int, ...]


@dataclass(frozen=True)
class _Kept:
    path: Path
    arcs: dict[int, float]  # arc -> its weight
    inland: dict[int, float]  # the same for its inland arcs, or for all where it has none
    inland_cost: float
    position: dict[int, int]  # state -> position in path.states
    cost_to: list[float]  # per state of the path
    twice: frozenset[int]  # nodes passed more than once


def real_alternatives(
    network: Network,
    weight: Float64,
    trees: PairTrees,
    corridors: CorridorIndex,
    k: int,
    stretch: float = STRETCH,
) -> tuple[Path, ...]:
    """At most ``k`` different ways in ascending order of the objective, the shortest path first.

    ``trees``: of the pair, which must have a way; they hold every state within ``stretch`` times the best.
    """
    kept: list[_Kept] = []
    signatures: set[tuple[object, ...]] = set()
    candidates = _Candidates(network, weight, trees, corridors, stretch)
    for arcs, states in candidates:
        if len(kept) == k:
            break
        nodes = [state % trees.n_nodes for state in states]
        twice = _passed_twice(nodes)
        if kept and (len(set(states)) < len(states) or not twice <= kept[0].twice):
            continue
        if any(_likeness(arcs, other.arcs, other.path.objective) > SHARED for other in kept):
            continue
        costs = weight[arcs].tolist()
        path = Path(tuple(arcs), tuple(states), sum(costs), corridors.followed(arcs, nodes))
        differs = all(_other_corridor(path, other) for other in kept)
        if not differs or not all(_no_silly_detour(path, costs, other, stretch) for other in kept):
            continue
        signature = (corridor_signature(network, arcs), path.corridors)
        if signature not in signatures:
            signatures.add(signature)
            kept.append(_keep(network, path, costs, twice))
            if len(kept) < k:
                candidates.leave_out_like(kept[-1])
    best, others = kept[0].path, sorted((other.path for other in kept[1:]), key=lambda path: path.objective)
    return best, *others


def _keep(network: Network, path: Path, costs: Sequence[float], twice: frozenset[int]) -> _Kept:
    arcs = dict(zip(path.arcs, costs, strict=True))
    inland_kinds = {ARC_KINDS.index(kind) for kind in INLAND_KINDS}
    inland = {arc: cost for arc, cost in arcs.items() if int(network.kind[arc]) in inland_kinds} or arcs
    position = {state: i for i, state in enumerate(path.states)}
    return _Kept(path, arcs, inland, sum(inland.values()), position, [0.0, *itertools.accumulate(costs)], twice)


def corridor_signature(network: Network, arcs: Sequence[int]) -> tuple[object, ...]:
    """Modes, ports and crossings of a path in order, repetitions in a row left out."""
    columns = [column[list(arcs)].tolist() for column in (network.port, network.crossing, network.mode)]
    found: list[tuple[str, int]] = [("", -1)]
    for values in zip(*columns, strict=True):
        for kind, value in zip(("port", "crossing", "mode"), values, strict=True):
            if value >= 0 and (kind, value) != found[-1]:
                found.append((kind, value))
    return tuple(found)


class _Candidates:
    """The best path, then the one through each anchor, ascending; a path with many anchors comes once."""

    def __init__(
        self, network: Network, weight: Float64, trees: PairTrees, corridors: CorridorIndex, stretch: float
    ) -> None:
        assert trees.forward is not None
        self._trees, self._forward, self._backward = trees, trees.forward, trees.backward
        self._weight = weight
        best = float(self._forward.distance[trees.goal])
        gateways: Bools = np.any(corridors.arcs, axis=0)
        gateways = gateways | np.any(corridors.nodes, axis=0)[network.head]
        totals, anchors, starts, ends = _anchors(network, weight, trees, gateways)
        within = np.flatnonzero(totals <= best * stretch * (1 + ROUNDING))
        order = within[np.lexsort((starts[within], anchors[within], totals[within]))]
        self._totals, self._anchors, self._starts, self._ends = (
            totals[order],
            anchors[order],
            starts[order],
            ends[order],
        )
        self._alive = np.ones(len(order), dtype=np.bool_)
        self._gateways = gateways
        self._at_gateway = np.any(corridors.nodes[:, trees.source % trees.n_nodes])

    def __iter__(self) -> Iterator[tuple[list[int], list[int]]]:
        arcs, states = walk_back(self._forward, self._trees.goal)
        yield arcs[::-1], states[::-1]
        best = float(self._forward.distance[self._trees.goal])
        done: dict[tuple[int, int], float] = dict.fromkeys(zip(states[:0:-1], arcs[::-1], strict=True), best)
        i = -1
        while (i := self._next(i + 1)) >= 0:
            start, anchor, total = int(self._starts[i]), int(self._anchors[i]), float(self._totals[i])
            if (start, anchor) in done and total <= done[start, anchor] * (1 + ROUNDING):
                continue
            before, states_before = walk_back(self._forward, start)
            after, states_after = walk_back(self._backward, int(self._ends[i]))
            path = [*reversed(before), anchor, *after]
            passed = [*reversed(states_before), *states_after]
            for state, arc in zip(passed, path, strict=False):
                done.setdefault((state, arc), total)
            yield path, passed

    def _next(self, i: int) -> int:
        """Position of the first candidate from ``i`` on that is not left out, -1 = none."""
        if i >= len(self._alive):
            return -1
        ahead = int(np.argmax(self._alive[i:]))
        return i + ahead if self._alive[i + ahead] else -1

    def leave_out_like(self, kept: _Kept) -> None:
        """Leave out candidates that share too much with a route for any rule to keep them (compiled trees only).

        Sums along a tree are made in another order than those of the rules: near the thresholds the rules decide.
        """
        if not isinstance(self._forward, ArrayTree) or not isinstance(self._backward, ArrayTree):
            return
        shared = self._sums(kept.arcs)
        out = shared > (SHARED + ROUNDING) * kept.path.objective
        inland = self._sums(kept.inland)
        out |= (inland > (SHARED_INLAND + ROUNDING) * kept.inland_cost) & ~self._may_follow
        self._alive &= ~out

    @cached_property
    def _may_follow(self) -> Bools:
        """Candidates that touch a gateway of a named corridor, so that they may follow one."""
        if self._at_gateway:
            return np.ones(len(self._alive), dtype=np.bool_)
        touched: Bools = self._along(self._gateways.astype(np.float64)) > 0.0
        return touched

    def _sums(self, amounts: Mapping[int, float]) -> Float64:
        value = np.zeros(len(self._weight))
        value[list(amounts)] = list(amounts.values())
        return self._along(value)

    def _along(self, value: Float64) -> Float64:
        """Per candidate the sum of a value per arc over its path."""
        from landbridge.kernels.through import sums_along

        assert isinstance(self._forward, ArrayTree)
        assert isinstance(self._backward, ArrayTree)
        there = sums_along(self._forward.settled, self._forward.before, self._forward.arc, value)
        onward = sums_along(self._backward.settled, self._backward.before, self._backward.arc, value)
        found: Float64 = there[self._starts] + value[self._anchors] + onward[self._ends]
        return found


def _anchors(network: Network, weight: Float64, trees: PairTrees, gateways: Bools) -> tuple[Float64, Int32, Ints, Ints]:
    """Per anchor and layer: objective of the shortest path through it, the arc, its state before and after."""
    assert trees.forward is not None
    is_anchor = np.isin(network.kind, [ARC_KINDS.index(kind) for kind in ANCHOR_KINDS]) | gateways
    anchors = np.flatnonzero(is_anchor & np.isfinite(weight)).astype(np.int32)
    to, onward = np.array(trees.forward.distance), np.array(trees.backward.distance)
    parts = []
    for layer, upper in enumerate(trees.upper):
        starts = layer * trees.n_nodes + network.tail[anchors].astype(np.int64)
        ends = upper[anchors] * trees.n_nodes + network.head[anchors].astype(np.int64)
        totals = to[starts] + weight[anchors] + onward[ends]
        reached = np.isfinite(totals)
        parts.append((totals[reached], anchors[reached], starts[reached], ends[reached]))
    totals, arcs, starts, ends = (np.concatenate(column) for column in zip(*parts, strict=True))
    return totals, arcs, starts, ends


def _passed_twice(nodes: Sequence[int]) -> frozenset[int]:
    seen: set[int] = set()
    twice = set()
    for node in nodes:
        if node in seen:
            twice.add(node)
        seen.add(node)
    return frozenset(twice)


def _likeness(arcs: Sequence[int], kept: Mapping[int, float], cost: float) -> float:
    """Share of the ``cost`` of a kept path's arcs that lies on arcs of another path too; 1 where it costs nothing."""
    common = sum([kept[arc] for arc in arcs if arc in kept])
    return common / cost if cost > 0 else 1.0


def _other_corridor(path: Path, kept: _Kept) -> bool:
    ours, theirs = set(path.corridors), set(kept.path.corridors)
    if ours - theirs and (theirs - ours or not theirs):
        return True
    return _likeness(path.arcs, kept.inland, kept.inland_cost) <= SHARED_INLAND


def _no_silly_detour(path: Path, costs: Sequence[float], kept: _Kept, stretch: float) -> bool:
    """Whether each part of a path between two points of a kept one costs at most ``stretch`` times what it replaces."""
    left_at, since = 0, 0.0
    for i, state in enumerate(path.states):
        if i > 0:
            since += costs[i - 1]
        back_at = kept.position.get(state, -1)
        if back_at > left_at:
            replaced = kept.cost_to[back_at] - kept.cost_to[left_at]
            if since > stretch * replaced + ROUNDING * kept.path.objective:
                return False
        if back_at >= left_at:
            left_at, since = back_at, 0.0
    return True
