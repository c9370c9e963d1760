"""A node order for ``cch``: nested dissection by inertial flow, after peeling nodes of small degree.

1. *Peel.* Nodes with at most two neighbours are eliminated first, in rounds of nodes that do not touch; two
   neighbours become joined. On road and rail graphs that is most nodes, and it adds no arcs that any other order
   would save.
2. *Dissect.* What is left is cut in two along the smallest cut found: for each of nine directions in space the first
   and the last quarter of the nodes are held apart by a maximum flow (Schild, Sommer, "On Balanced Separators in
   Road Networks", 2015). The nodes of the cut come last in the order, both sides are treated in the same way.

Places are points in space, so the date line and the poles are nothing special; ``sphere_points`` makes them from
latitude and longitude. Where there are none, or links join what lies far apart, ``min_degree`` is the better order.

Promises. Any order is correct for ``cch``; this one is small. Deterministic; independent of the number of threads.
Nodes of one place, unconnected graphs, loops and parallel arcs work. Measured figures: benchmarks/README.md.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from landbridge.kernels.graph import Bools, Floats, Ints, Longs, floats, ints
from landbridge.kernels.jit import jit
from landbridge.kernels.threads import run_on_threads

Bytes = npt.NDArray[np.int8]

#: Share of a cell's nodes held on either side of a cut.
SIDE_SHARE = 0.25
#: Cells up to this size are ordered by degree alone.
SMALLEST_CELL = 4

#: Directions along which cells are cut: axes and diagonals of faces.
DIRECTIONS = np.array(
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, -1, 0], [1, 0, 1], [1, 0, -1], [0, 1, 1], [0, 1, -1]],
    np.float64,
)


@jit
def simple_neighbours(tail: Ints, head: Ints, count: int) -> tuple[Longs, Ints]:
    """Neighbours of every node over arcs of either direction, each once, ascending, without loops."""
    first = np.zeros(count + 1, np.int64)
    for a in range(tail.size):
        if tail[a] != head[a]:
            first[tail[a] + 1] += 1
            first[head[a] + 1] += 1
    for v in range(count):
        first[v + 1] += first[v]
    place = first[:-1].copy()
    other = np.empty(first[count], np.int32)
    for a in range(tail.size):
        if tail[a] != head[a]:
            other[place[tail[a]]] = head[a]
            place[tail[a]] += 1
            other[place[head[a]]] = tail[a]
            place[head[a]] += 1
    filled = 0
    for v in range(count):
        begin = first[v]
        end = place[v]
        first[v] = filled
        row = np.sort(other[begin:end])
        for i in range(row.size):
            if i == 0 or row[i] != row[i - 1]:
                other[filled] = row[i]
                filled += 1
    first[count] = filled
    return first, other[:filled].copy()


@jit
def _peel_round(first: Longs, other: Ints, peeled: Bools) -> tuple[Ints, Ints, Ints]:
    """One round: eliminated nodes, and the edges (both ends) of the graph that is left.

    ``peeled`` bool[n] marks nodes eliminated before and is extended.
    """
    n = first.size - 1
    blocked = np.zeros(n, np.bool_)
    gone = np.empty(n, np.int32)
    count = 0
    for v in range(n):
        if peeled[v] or blocked[v] or first[v + 1] - first[v] > 2:
            continue
        peeled[v] = True
        gone[count] = v
        count += 1
        for k in range(first[v], first[v + 1]):
            blocked[other[k]] = True
    tail = np.empty(other.size // 2 + count, np.int32)
    head = np.empty(other.size // 2 + count, np.int32)
    edges = 0
    for v in range(n):
        if not peeled[v]:
            for k in range(first[v], first[v + 1]):
                if other[k] > v and not peeled[other[k]]:
                    tail[edges] = v
                    head[edges] = other[k]
                    edges += 1
    for i in range(count):
        v = gone[i]
        if first[v + 1] - first[v] == 2:
            tail[edges] = other[first[v]]
            head[edges] = other[first[v] + 1]
            edges += 1
    return gone[:count].copy(), tail[:edges].copy(), head[:edges].copy()


@jit
def _reverse_arcs(first: Longs, other: Ints) -> Longs:
    """Index of the opposite of every entry of a symmetric neighbour list."""
    place = first[:-1].copy()
    reverse = np.empty(other.size, np.int64)
    # Rows ascend and are visited in ascending order, so the opposites of a node's entries come in order.
    for v in range(first.size - 1):
        for k in range(first[v], first[v + 1]):
            reverse[k] = place[other[k]]
            place[other[k]] += 1
    return reverse


@jit
def _max_flow(
    first: Longs,
    other: Ints,
    reverse: Longs,
    cell: Ints,
    cell_id: int,
    side: Bytes,
    sources: Ints,
    bound: int,
    flow: Bytes,
    level: Ints,
    pointer: Longs,
    queue: Ints,
    path: Longs,
) -> int:
    """Unit-capacity flow inside a cell from nodes of ``side`` 1 to nodes of ``side`` 2 (Dinic); stops at ``bound``.

    ``sources``: the nodes of side 1 that have neighbours outside it. On return ``level`` is >= 0 for sources
    and the middle nodes they still reach, unless the flow is ``bound``.
    """
    total = 0
    while True:
        # Levels by breadth-first search; ``level`` is -1 at all nodes of the cell before.
        size = 0
        for i in range(sources.size):
            level[sources[i]] = 0
            queue[size] = sources[i]
            size += 1
        found = False
        head = 0
        while head < size and not found:
            layer = level[queue[head]]
            layer_end = size
            while head < layer_end:
                v = queue[head]
                head += 1
                for k in range(first[v], first[v + 1]):
                    w = other[k]
                    if cell[w] != cell_id or flow[k] > 0 or level[w] >= 0 or side[w] == 1:
                        continue
                    level[w] = layer + 1
                    queue[size] = w
                    size += 1
                    if side[w] == 2:
                        found = True
        if not found:
            return total
        for i in range(size):
            pointer[queue[i]] = first[queue[i]]
        for i in range(sources.size):
            v = sources[i]
            length = 0
            while True:
                if side[v] == 2:
                    for p in range(length):
                        flow[path[p]] += 1
                        flow[reverse[path[p]]] -= 1
                    total += 1
                    if total >= bound:
                        for q in range(size):
                            level[queue[q]] = -1
                        return total
                    v = sources[i]
                    length = 0
                    continue
                advanced = False
                while pointer[v] < first[v + 1]:
                    k = pointer[v]
                    w = other[k]
                    if cell[w] == cell_id and flow[k] <= 0 and level[w] == level[v] + 1:
                        path[length] = k
                        length += 1
                        v = w
                        advanced = True
                        break
                    pointer[v] += 1
                if not advanced:
                    if length == 0:
                        break
                    length -= 1
                    v = other[reverse[path[length]]]
                    pointer[v] += 1
        for q in range(size):
            level[queue[q]] = -1


@jit
def _try_direction(
    first: Longs,
    other: Ints,
    reverse: Longs,
    point: Floats,
    direction: Floats,
    nodes: Ints,
    cell: Ints,
    cell_id: int,
    bound: int,
    side: Bytes,
    flow: Bytes,
    level: Ints,
    pointer: Longs,
    queue: Ints,
    path: Longs,
    near: Bools,
) -> tuple[int, int]:
    """Smallest cut across ``direction`` if it is below ``bound``; ``near`` marks the nodes on the first side.

    Returns the number of cut edges and of nodes on the smaller side.
    """
    k = nodes.size
    along = np.empty(k)
    for i in range(k):
        v = nodes[i]
        along[i] = point[v, 0] * direction[0] + point[v, 1] * direction[1] + point[v, 2] * direction[2]
    by_place = np.argsort(along, kind="mergesort")
    share = max(1, int(k * SIDE_SHARE))
    for i in range(k):
        v = nodes[by_place[i]]
        side[v] = 1 if i < share else (2 if i >= k - share else 0)
        level[v] = -1
        for e in range(first[v], first[v + 1]):
            flow[e] = 0
    sources = np.empty(share, np.int32)
    count = 0
    for i in range(share):
        v = nodes[by_place[i]]
        for e in range(first[v], first[v + 1]):
            if cell[other[e]] == cell_id and side[other[e]] != 1:
                sources[count] = v
                count += 1
                break
    cut = _max_flow(
        first, other, reverse, cell, cell_id, side, sources[:count], bound, flow, level, pointer, queue, path
    )
    if cut >= bound:
        return cut, 0
    # Two minimal cuts: nearest to the sources (what they still reach) and nearest to the sinks.
    near_count = 0
    for i in range(k):
        v = nodes[i]
        near[v] = side[v] == 1 or level[v] >= 0
        near_count += near[v]
        level[v] = -1
    size = 0
    far_count = 0
    for i in range(k):
        v = nodes[i]
        if side[v] == 2:
            level[v] = 0
            queue[size] = v
            size += 1
    head = 0
    while head < size:
        v = queue[head]
        head += 1
        for e in range(first[v], first[v + 1]):
            w = other[e]
            if cell[w] == cell_id and level[w] < 0 and flow[reverse[e]] <= 0:
                level[w] = 0
                queue[size] = w
                size += 1
    far_count = size
    smaller = min(near_count, k - near_count)
    if min(far_count, k - far_count) > smaller:
        smaller = min(far_count, k - far_count)
        for i in range(k):
            near[nodes[i]] = level[nodes[i]] < 0
    for i in range(k):
        level[nodes[i]] = -1
    return cut, smaller


@jit
def _order_small(first: Longs, other: Ints, nodes: Ints, cell: Ints, cell_id: int) -> None:
    """Sort a small cell by the number of neighbours inside it, then by node."""
    key = np.empty(nodes.size, np.int64)
    for i in range(nodes.size):
        v = nodes[i]
        degree = 0
        for e in range(first[v], first[v + 1]):
            degree += cell[other[e]] == cell_id
        key[i] = (np.int64(degree) << 32) + v
    key.sort()
    for i in range(nodes.size):
        nodes[i] = key[i] & 0xFFFFFFFF


@jit
def _part_cell(first: Longs, other: Ints, nodes: Ints, cell: Ints, cell_id: int, queue: Ints) -> int:
    """Bring the nodes of the connected part of ``nodes[0]`` to the front; returns how many they are."""
    size = 1
    queue[0] = nodes[0]
    cell[nodes[0]] = -2
    head = 0
    while head < size:
        v = queue[head]
        head += 1
        for e in range(first[v], first[v + 1]):
            if cell[other[e]] == cell_id:
                cell[other[e]] = -2
                queue[size] = other[e]
                size += 1
    if size < nodes.size:
        at = size
        for i in range(nodes.size):
            if cell[nodes[i]] != -2:
                queue[at] = nodes[i]
                at += 1
        for i in range(nodes.size):
            nodes[i] = queue[i]
        nodes[:size].sort()
    for i in range(size):
        cell[nodes[i]] = cell_id
    return size


@jit
def _dissect(
    first: Longs,
    other: Ints,
    reverse: Longs,
    point: Floats,
    directions: Floats,
    order: Ints,
    begin: int,
    end: int,
    cell: Ints,
    stop_size: int,
    side: Bytes,
    flow: Bytes,
    level: Ints,
    pointer: Longs,
    near: Bools,
    best_near: Bools,
) -> list[tuple[int, int]]:
    """Rearrange ``order[begin:end]`` into a nested dissection order; cells of at most ``stop_size`` are left.

    A cell is a range of ``order`` and, in ``cell``, the number of its first entry. Returns the ranges that were
    left undone. Scratch arrays are indexed by node or entry, so disjoint cells may be worked on at one time.
    """
    undone = [(0, 0)]
    undone.pop()
    queue = np.empty(end - begin, np.int32)
    path = np.empty(end - begin + 1, np.int64)
    stack = [(begin, end)]
    for i in range(begin, end):
        cell[order[i]] = begin
    while len(stack) > 0:
        start, stop = stack.pop()
        nodes = order[start:stop]
        if nodes.size <= SMALLEST_CELL:
            _order_small(first, other, nodes, cell, start)
            for i in range(nodes.size):
                cell[nodes[i]] = -1
            continue
        if nodes.size <= stop_size:
            undone.append((start, stop))
            continue
        size = _part_cell(first, other, nodes, cell, start, queue)
        if size < nodes.size:
            for i in range(size, nodes.size):
                cell[nodes[i]] = start + size
            stack.append((start, start + size))
            stack.append((start + size, stop))
            continue
        best_cut = 1 << 30
        best_smaller = 0
        for d in range(directions.shape[0]):
            cut, smaller = _try_direction(
                first,
                other,
                reverse,
                point,
                directions[d],
                nodes,
                cell,
                start,
                best_cut + 1,
                side,
                flow,
                level,
                pointer,
                queue,
                path,
                near,
            )
            if cut < best_cut or (cut == best_cut and smaller > best_smaller):
                best_cut = cut
                best_smaller = smaller
                for i in range(nodes.size):
                    best_near[nodes[i]] = near[nodes[i]]
        # The ends of the cut edges on one side separate; take the side with fewer of them.
        near_ends = 0
        far_ends = 0
        for i in range(nodes.size):
            v = nodes[i]
            for e in range(first[v], first[v + 1]):
                w = other[e]
                if cell[w] == start and best_near[w] != best_near[v]:
                    if best_near[v]:
                        near_ends += 1
                    else:
                        far_ends += 1
                    break
        cut_near = near_ends <= far_ends
        one = 0
        two = 0
        last = 0
        for i in range(nodes.size):
            v = nodes[i]
            in_cut = False
            if best_near[v] == cut_near:
                for e in range(first[v], first[v + 1]):
                    w = other[e]
                    if cell[w] == start and best_near[w] != best_near[v]:
                        in_cut = True
                        break
            side[v] = 2 if in_cut else (0 if best_near[v] else 1)
            if in_cut:
                last += 1
            elif best_near[v]:
                one += 1
            else:
                two += 1
        at_one = 0
        at_two = one
        at_last = one + two
        for i in range(nodes.size):
            v = nodes[i]
            if side[v] == 0:
                queue[at_one] = v
                at_one += 1
            elif side[v] == 1:
                queue[at_two] = v
                at_two += 1
            else:
                queue[at_last] = v
                at_last += 1
        for i in range(nodes.size):
            nodes[i] = queue[i]
            cell[nodes[i]] = start if i < one else (start + one if i < one + two else -1)
        if one > 0:
            stack.append((start, start + one))
        if two > 0:
            stack.append((start + one, start + one + two))
    return undone


def sphere_points(lat: Floats, lon: Floats) -> Floats:
    """Points of the unit sphere, float64[n, 3], from degrees."""
    phi, lam = np.radians(lat), np.radians(lon)
    return np.column_stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)))


def nested_dissection(tail: Ints, head: Ints, point: Floats, threads: int = 1) -> Ints:
    """An order of all nodes, int32[n], lowest rank first, for ``cch.build_hierarchy``.

    ``point`` float64[n, 3]: where the nodes are (``sphere_points``).
    """
    n = point.shape[0]
    tail, head, point = ints(tail), ints(head), floats(point)
    peeled = np.zeros(n, np.bool_)
    done: list[Ints] = []
    while True:
        first, other = simple_neighbours(tail, head, n)
        gone, tail, head = _peel_round(first, other, peeled)
        if gone.size == 0:
            break
        done.append(gone)
    core = np.flatnonzero(~peeled)
    # Numbered along the first axis of the finest grid that matters, neighbours in space lie close in memory.
    core = core[_grid_order(point[core])].astype(np.int32)
    index = np.full(n, -1, np.int32)
    index[core] = np.arange(core.size, dtype=np.int32)
    first, other = simple_neighbours(index[tail], index[head], core.size)
    inner = _dissect_core(first, other, point[core], threads)
    return np.concatenate([*done, core[inner]]).astype(np.int32)


def _grid_order(point: Floats) -> Longs:
    """Order of points along a Morton curve of 2**10 cells a side."""
    if point.shape[0] == 0:
        return np.empty(0, np.int64)
    span = np.ptp(point, axis=0)
    scaled = ((point - point.min(axis=0)) / np.where(span > 0, span, 1.0) * 1023).astype(np.int64)
    code = np.zeros(point.shape[0], np.int64)
    for bit in range(10):
        for axis in range(3):
            code |= ((scaled[:, axis] >> bit) & 1) << (3 * bit + axis)
    return np.argsort(code, kind="stable")


def _dissect_core(first: Longs, other: Ints, point: Floats, threads: int) -> Ints:
    """Dissect what peeling left: large cells one by one, then the small ones side by side."""
    n = point.shape[0]
    reverse = _reverse_arcs(first, other)
    order = np.arange(n, dtype=np.int32)
    cell = np.full(n, -1, np.int32)
    side = np.zeros(n, np.int8)
    flow = np.zeros(other.size, np.int8)
    level = np.full(n, -1, np.int32)
    pointer = np.zeros(n, np.int64)
    near = np.zeros(n, np.bool_)
    best_near = np.zeros(n, np.bool_)

    def dissect(begin: int, end: int, stop_size: int) -> list[tuple[int, int]]:
        cells: list[tuple[int, int]] = _dissect(
            first,
            other,
            reverse,
            point,
            DIRECTIONS,
            order,
            begin,
            end,
            cell,
            stop_size,
            side,
            flow,
            level,
            pointer,
            near,
            best_near,
        )
        return cells

    if n == 0:
        return order
    undone = dissect(0, n, 0 if threads <= 1 else n // (8 * threads))

    def finish(_worker: int, piece: tuple[int, int]) -> None:
        dissect(*piece, 0)

    run_on_threads(finish, undone, threads)
    return order
