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
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from landbridge.models.corridor_match import CorridorIndex
from landbridge.models.search import ROUNDING, Bools, Float64, Ints, Layers, Tree, walk_back
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
    layers: Layers,
    forward: Tree,
    backward: Tree,
    origin: int,
    goal: int,
    corridors: CorridorIndex,
    k: int,
    stretch: float = STRETCH,
) -> tuple[Path, ...]:
    """At most ``k`` different ways in ascending order of the objective, the shortest path first.

    ``forward`` is the tree from state ``origin``, ``backward`` the one to state ``goal``, which must be reached; both
    hold every state within ``stretch`` times the best.
    """
    kept: list[_Kept] = []
    signatures: set[tuple[object, ...]] = set()
    for arcs, states in _candidates(network, weight, layers, forward, backward, goal, corridors, stretch):
        if len(kept) == k:
            break
        nodes = [state % layers.n_nodes for state in states]
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


def _candidates(
    network: Network,
    weight: Float64,
    layers: Layers,
    forward: Tree,
    backward: Tree,
    goal: int,
    corridors: CorridorIndex,
    stretch: float,
) -> Iterator[tuple[list[int], list[int]]]:
    """The best path, then the one through each anchor, ascending; a path with many anchors comes once."""
    arcs, states = walk_back(forward, goal)
    yield arcs[::-1], states[::-1]
    limit = forward.distance[goal] * stretch * (1 + ROUNDING)
    totals, anchors, starts, ends = _anchors(network, weight, layers, forward, backward, corridors)
    within = np.flatnonzero(totals <= limit)
    order = within[np.lexsort((starts[within], anchors[within], totals[within]))].tolist()
    best = forward.distance[goal]
    done: dict[tuple[int, int], float] = dict.fromkeys(zip(states[:0:-1], arcs[::-1], strict=True), best)
    for i in order:
        start, anchor, total = int(starts[i]), int(anchors[i]), float(totals[i])
        if (start, anchor) in done and total <= done[start, anchor] * (1 + ROUNDING):
            continue
        before, states_before = walk_back(forward, start)
        after, states_after = walk_back(backward, int(ends[i]))
        path = [*reversed(before), anchor, *after]
        passed = [*reversed(states_before), *states_after]
        for state, arc in zip(passed, path, strict=False):
            done.setdefault((state, arc), total)
        yield path, passed


def _anchors(
    network: Network, weight: Float64, layers: Layers, forward: Tree, backward: Tree, corridors: CorridorIndex
) -> tuple[Float64, Ints, Ints, Ints]:
    """Per anchor and layer: objective of the shortest path through it, the arc, its state before and after."""
    is_anchor = np.isin(network.kind, [ARC_KINDS.index(kind) for kind in ANCHOR_KINDS])
    gateway_arcs: Bools = np.any(corridors.arcs, axis=0)
    gateway_nodes: Bools = np.any(corridors.nodes, axis=0)
    is_anchor |= gateway_arcs | gateway_nodes[network.head]
    anchors = np.flatnonzero(is_anchor & np.isfinite(weight))
    to, onward = np.array(forward.distance), np.array(backward.distance)
    parts = []
    for layer, upper in enumerate(layers.upper):
        starts = layer * layers.n_nodes + network.tail[anchors].astype(np.int64)
        ends = upper[anchors] * layers.n_nodes + network.head[anchors].astype(np.int64)
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
