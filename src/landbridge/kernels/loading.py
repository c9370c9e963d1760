"""Flows on arcs when all demand takes its shortest path, and the demand that passes chosen arcs (select-link).

Demand of a pair is put on the supergraph arcs of its climb; then every supergraph arc, highest first, hands its
flow to the two arcs it stands for ("unpack once"). The cost does not grow with the length of paths: labels of
the origins and destinations, one look per pair, one pass over the supergraph.

Promises. Flow is conserved at every node: out minus in is what starts there minus what ends there. Each pair uses
one path, the one ``labels.pair_paths`` returns. Demand without a path loads nothing and is told by a meeting depth
of -1. Sums are made in a fixed order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landbridge.kernels.cch import DOWN, UP, Hierarchy, Metric
from landbridge.kernels.graph import Bools, Floats, Ints, floats
from landbridge.kernels.jit import jit
from landbridge.kernels.labels import Labels, make_labels, pair_distances
from landbridge.kernels.paths import halves, original_arc


class Loading(NamedTuple):
    """``flow`` float64[m] on original arcs; ``distance`` float64[p] of every pair, ``inf`` where there is no path."""

    flow: Floats
    distance: Floats


@jit
def _spread_labels(low: Ints, depth: Ints, labels: Labels, amount: Floats, slot_flow: Floats) -> None:
    """Hand ``amount`` float64[k, levels] down from meeting points to the nodes; overwrites ``amount``."""
    for k in range(labels.position.size):
        for at in range(depth[labels.position[k]]):
            flow = amount[k, at]
            if flow != 0.0:
                a = labels.last[k, at]
                slot_flow[2 * a + labels.direction] += flow
                amount[k, depth[low[a]]] += flow


@jit
def _load_slots(
    hierarchy: Hierarchy,
    forward: Labels,
    backward: Labels,
    row: Ints,
    column: Ints,
    meeting: Ints,
    volume: Floats,
) -> Floats:
    """Flows on slots before unpacking, float64[2c]."""
    slot_flow = np.zeros(2 * hierarchy.high.size)
    out = np.zeros(forward.distance.shape)
    back = np.zeros(backward.distance.shape)
    for i in range(row.size):
        if meeting[i] >= 0:
            out[row[i], meeting[i]] += volume[i]
            back[column[i], meeting[i]] += volume[i]
    _spread_labels(hierarchy.low, hierarchy.depth, forward, out, slot_flow)
    _spread_labels(hierarchy.low, hierarchy.depth, backward, back, slot_flow)
    return slot_flow


@jit
def _unpack_flow(hierarchy: Hierarchy, metric: Metric, slot_flow: Floats) -> Floats:
    """Flows on original arcs; hands ``slot_flow`` down in place, so that it ends as all that passed each slot."""
    flow = np.zeros(hierarchy.slot.size)
    for slot in range(slot_flow.size - 1, -1, -1):
        amount = slot_flow[slot]
        if amount != 0.0:
            if metric.via[slot] < 0:
                flow[original_arc(hierarchy, metric, slot)] += amount
            else:
                one, two = halves(hierarchy, metric.via, slot)
                slot_flow[one] += amount
                slot_flow[two] += amount
    return flow


class _Pairs(NamedTuple):
    """Labels of the distinct ends of pairs, where each pair finds its own, and where the climbs meet."""

    forward: Labels
    backward: Labels
    row: Ints
    column: Ints
    distance: Floats
    meeting: Ints


def _match(hierarchy: Hierarchy, metric: Metric, origin: Ints, destination: Ints, threads: int) -> _Pairs:
    """Labels and meeting depths for pairs of nodes."""
    sources, source_of = np.unique(np.asarray(origin, np.int32), return_inverse=True)
    targets, target_of = np.unique(np.asarray(destination, np.int32), return_inverse=True)
    row: Ints = source_of.astype(np.int32)
    column: Ints = target_of.astype(np.int32)
    forward = make_labels(hierarchy, metric, sources, UP, threads)
    backward = make_labels(hierarchy, metric, targets, DOWN, threads)
    distance, meeting = pair_distances(forward, backward, row, column)
    return _Pairs(forward, backward, row, column, distance, meeting)


def all_or_nothing(
    hierarchy: Hierarchy, metric: Metric, origin: Ints, destination: Ints, volume: Floats, threads: int = 1
) -> Loading:
    """Load ``volume[i]`` from node ``origin[i]`` to node ``destination[i]``, int32[p] each, on shortest paths."""
    pairs = _match(hierarchy, metric, origin, destination, threads)
    volume = floats(volume)
    slot_flow = _load_slots(hierarchy, pairs.forward, pairs.backward, pairs.row, pairs.column, pairs.meeting, volume)
    return Loading(_unpack_flow(hierarchy, metric, slot_flow), pairs.distance)


@jit
def _slots_with(hierarchy: Hierarchy, metric: Metric, slot_flow: Floats, chosen: Bools) -> Bools:
    """Whether the path of a slot passes a chosen original arc; known for slots with flow only."""
    passes = np.zeros(slot_flow.size, np.bool_)
    for slot in range(slot_flow.size):
        if slot_flow[slot] != 0.0:
            if metric.via[slot] < 0:
                passes[slot] = chosen[original_arc(hierarchy, metric, slot)]
            else:
                one, two = halves(hierarchy, metric.via, slot)
                passes[slot] = passes[one] or passes[two]
    return passes


@jit
def _labels_with(hierarchy: Hierarchy, labels: Labels, slot_flow: Floats, passes: Bools) -> Bools:
    """Whether the climb of a label up to a depth passes a chosen arc, bool[k, levels], where there is flow."""
    result = np.zeros(labels.last.shape, np.bool_)
    for k in range(labels.position.size):
        for at in range(hierarchy.depth[labels.position[k]] - 1, -1, -1):
            a = labels.last[k, at]
            if a >= 0:
                slot = 2 * a + labels.direction
                before = hierarchy.depth[hierarchy.low[a]]
                result[k, at] = result[k, before] or (slot_flow[slot] != 0.0 and passes[slot])
    return result


class Selection(NamedTuple):
    """``uses`` bool[p]: pairs whose path passes a chosen arc; ``flow`` float64[m] of these pairs alone."""

    uses: Bools
    flow: Floats


def select_link(
    hierarchy: Hierarchy,
    metric: Metric,
    origin: Ints,
    destination: Ints,
    volume: Floats,
    arcs: Ints,
    threads: int = 1,
) -> Selection:
    """The pairs whose path passes at least one of ``arcs``, and what they load.

    Pairs of no volume are asked as well.
    """
    pairs = _match(hierarchy, metric, origin, destination, threads)
    chosen = np.zeros(hierarchy.slot.size, np.bool_)
    chosen[arcs] = True
    ones = np.ones(pairs.row.size)
    slot_flow = _load_slots(hierarchy, pairs.forward, pairs.backward, pairs.row, pairs.column, pairs.meeting, ones)
    _unpack_flow(hierarchy, metric, slot_flow)
    passes = _slots_with(hierarchy, metric, slot_flow, chosen)
    out = _labels_with(hierarchy, pairs.forward, slot_flow, passes)
    back = _labels_with(hierarchy, pairs.backward, slot_flow, passes)
    at = np.maximum(pairs.meeting, 0)
    uses = (pairs.meeting >= 0) & (out[pairs.row, at] | back[pairs.column, at])
    slot_flow = _load_slots(
        hierarchy,
        pairs.forward,
        pairs.backward,
        pairs.row,
        pairs.column,
        pairs.meeting,
        np.where(uses, np.asarray(volume, np.float64), 0.0),
    )
    return Selection(uses, _unpack_flow(hierarchy, metric, slot_flow))


@jit
def tree_loading(arc: Ints, tail: Ints, settled: Ints, volume_at: Floats, flow: Floats) -> None:
    """Add to ``flow`` float64[m] what one tree (``dijkstra.Tree``) carries to ``volume_at`` float64[n].

    For graphs without a hierarchy. Volume at nodes that were not reached is not loaded.
    """
    below = np.zeros(volume_at.size)
    for i in range(settled.size - 1, -1, -1):
        v = settled[i]
        below[v] += volume_at[v]
        if arc[v] >= 0 and below[v] != 0.0:
            flow[arc[v]] += below[v]
            below[tail[arc[v]]] += below[v]
