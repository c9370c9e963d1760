"""Changes of some weights of a metric, and their exact undoing.

Changing an arc can only touch arcs of the supergraph above it (partial customisation, as RoutingKit has it). Nodes are
taken in ascending order. At each, the arcs that may hold a wrong value are found anew from their original arcs
and lower triangles, as ``customise`` does it; where all values stay the same the spreading ends. Of what changed,
those arcs further up are marked that may notice.

A value that rose is noticed only by what comes through it, and ``via`` says what does. Most arcs are the lower side of
no such triangle, and one bit per arc knows that: on the detailed network this leaves one triangle in
thirteen to look at, and looking at triangles all over memory is what changes cost. A value that fell is noticed by
what it now serves as well or better, and there every triangle has to be asked.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from landbridge.kernels.cch import UP, Hierarchy, Metric, find_up, lower_bound
from landbridge.kernels.graph import Bools, Floats, Ints, ints
from landbridge.kernels.jit import jit

#: What is known of a supergraph arc while changes spread: to be found anew; its values changed.
_ANEW, _CHANGED_UP, _CHANGED_DOWN = 1, 2, 4
_CHANGED = _CHANGED_UP | _CHANGED_DOWN

#: Bit of an arc that some slot comes through or once came through. Most arcs are none such, and what nothing comes
#: through is not looked at when a value rises.
_USED = 8

#: If more than one in so many of the arcs above a node are to be found anew, all are, at once.
_SHARE_AT_ONCE = 4


class Undo(NamedTuple):
    """What a change overwrote: weights in the order they were overwritten, each slot once."""

    arc: Ints
    weight: Floats
    slot: Ints
    value: Floats
    via: Ints


class _Scratch(NamedTuple):
    """Scratch of changes: ``state`` uint8[c] and ``waits`` bool[n], zero before and after; the rest is anything.

    ``heap`` and ``place`` int32[n]; ``found`` float64[2d], ``found_via`` int32[2d] and ``changed`` int32[d], d being
    the largest number of arcs above a node.
    """

    state: npt.NDArray[np.uint8]
    waits: Bools
    heap: Ints
    place: Ints
    found: Floats
    found_via: Ints
    changed: Ints


class _Log(NamedTuple):
    """Overwritten slots; the arrays are replaced by larger ones when full."""

    slot: Ints
    value: Floats
    via: Ints


@jit
def _heap_push(heap: Ints, size: int, item: int) -> None:
    """Insert into a binary heap of ``size`` entries."""
    i = size
    while i > 0:
        parent = (i - 1) >> 1
        if heap[parent] <= item:
            break
        heap[i] = heap[parent]
        i = parent
    heap[i] = item


@jit
def _heap_pop(heap: Ints, size: int) -> int:
    """Remove and return the smallest of ``size`` entries."""
    top = heap[0]
    last = heap[size - 1]
    size -= 1
    i = 0
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= last:
            break
        heap[i] = heap[child]
        i = child
    if size > 0:
        heap[i] = last
    return top


@jit
def _cheapest_original(hierarchy: Hierarchy, weight: Floats, slot: int) -> float:
    """Least weight of the original arcs of a slot."""
    best = np.inf
    for k in range(hierarchy.first_original[slot], hierarchy.first_original[slot + 1]):
        best = min(best, weight[hierarchy.original[k]])
    return best


@jit
def _find_anew(hierarchy: Hierarchy, metric: Metric, b: int) -> tuple[float, int, float, int]:
    """Value and via of both slots of an arc from its original arcs and all lower triangles, as ``customise`` does."""
    value, below, below_low = metric.value, hierarchy.below, hierarchy.below_low
    up = _cheapest_original(hierarchy, metric.weight, 2 * b)
    down = _cheapest_original(hierarchy, metric.weight, 2 * b + 1)
    via_up = -1
    via_down = -1
    y = hierarchy.low[b]
    z = hierarchy.high[b]
    k = hierarchy.first_below[y]
    k_end = hierarchy.first_below[y + 1]
    if k == k_end:
        return up, via_up, down, via_down
    # Both lists ascend by their lower ends. What is below z but not under y is skipped; the rest is walked together,
    # without branches that depend on the data except where they meet.
    j = lower_bound(below_low, hierarchy.first_below[z], hierarchy.first_below[z + 1], below_low[k])
    j_end = hierarchy.first_below[z + 1]
    while k < k_end and j < j_end:
        one = below_low[k]
        two = below_low[j]
        if one == two:
            a = below[k]
            c = below[j]
            through = value[2 * a + 1] + value[2 * c]
            if through < up:
                up = through
                via_up = a
            through = value[2 * a] + value[2 * c + 1]
            if through < down:
                down = through
                via_down = a
        k += one <= two
        j += two <= one
    return up, via_up, down, via_down


@jit
def _find_all_anew(hierarchy: Hierarchy, metric: Metric, x: int, place: Ints, found: Floats, found_via: Ints) -> None:
    """What ``_find_anew`` finds, for all arcs above ``x`` at once; ``found`` by slot, from x's first on."""
    value = metric.value
    begin = hierarchy.first_up[x]
    for b in range(begin, hierarchy.first_up[x + 1]):
        place[hierarchy.high[b]] = 2 * (b - begin)
    for i in range(2 * (hierarchy.first_up[x + 1] - begin)):
        found[i] = _cheapest_original(hierarchy, metric.weight, 2 * begin + i)
        found_via[i] = -1
    for k in range(hierarchy.first_below[x], hierarchy.first_below[x + 1]):
        a = hierarchy.below[k]
        from_x = value[2 * a + 1]
        to_x = value[2 * a]
        for c in range(a + 1, hierarchy.first_up[hierarchy.low[a] + 1]):
            i = place[hierarchy.high[c]]
            through = from_x + value[2 * c]
            if through < found[i]:
                found[i] = through
                found_via[i] = a
            through = to_x + value[2 * c + 1]
            if through < found[i + 1]:
                found[i + 1] = through
                found_via[i + 1] = a


@jit
def _renew(
    hierarchy: Hierarchy, metric: Metric, scratch: _Scratch, x: int, log: _Log, logged: int
) -> tuple[int, int, bool]:
    """Find anew the arcs above ``x`` that need it; ``log`` has room for all of them.

    Returns how many entries the log has, how many arcs have a changed value (``scratch.changed``, ascending), and
    whether any value fell.
    """
    state, found, found_via = scratch.state, scratch.found, scratch.found_via
    begin = hierarchy.first_up[x]
    end = hierarchy.first_up[x + 1]
    wanted = 0
    for b in range(begin, end):
        wanted += state[b] & _ANEW
    at_once = wanted * _SHARE_AT_ONCE > end - begin
    if at_once:
        _find_all_anew(hierarchy, metric, x, scratch.place, found, found_via)
    count = 0
    fell = False
    for b in range(begin, end):
        if state[b] & _ANEW == 0:
            continue
        if at_once:
            at = 2 * (b - begin)
        else:
            at = 0
            found[0], found_via[0], found[1], found_via[1] = _find_anew(hierarchy, metric, b)
        state[b] &= _USED
        for direction in range(2):
            slot = 2 * b + direction
            new = found[at + direction]
            new_via = found_via[at + direction]
            old = metric.value[slot]
            if new == old and new_via == metric.via[slot]:
                continue
            log.slot[logged] = slot
            log.value[logged] = old
            log.via[logged] = metric.via[slot]
            logged += 1
            metric.value[slot] = new
            metric.via[slot] = new_via
            if new_via >= 0:
                state[new_via] |= _USED
            if new != old:
                state[b] |= _CHANGED_UP if direction == UP else _CHANGED_DOWN
                fell = fell or new < old
        if state[b] & _CHANGED:
            scratch.changed[count] = b
            count += 1
    return logged, count, fell


@jit
def _turned(changed: int) -> int:
    """The directions of a far side as those of a near side that the same way uses: one is left, the other entered."""
    return ((changed & _CHANGED_UP) << 1) | ((changed & _CHANGED_DOWN) >> 1)


@jit
def _await(scratch: _Scratch, size: int, y: int) -> int:
    """Put a node on the heap of those that wait, unless it is there; returns the heap's size."""
    if scratch.waits[y]:
        return size
    scratch.waits[y] = True
    _heap_push(scratch.heap, size, y)
    return size + 1


@jit
def _mark_dependents(hierarchy: Hierarchy, metric: Metric, scratch: _Scratch, x: int, count: int, size: int) -> int:
    """Mark all arcs whose value comes through one of the ``count`` changed arcs above ``x``; returns the heap's size.

    In a triangle x < y < z, (x, y) is ``near`` and (x, z) is ``far``; ``e`` is (y, z), and comes through x if its
    ``via`` is ``near``.
    """
    first_up, high, via = hierarchy.first_up, hierarchy.high, metric.via
    state, changed = scratch.state, scratch.changed
    end = first_up[x + 1]
    last = changed[count - 1]
    after = 0
    for near in range(first_up[x], last + 1):
        while after < count and changed[after] <= near:
            after += 1
        if state[near] & _USED == 0:
            continue
        # Of what is above x and y all is above y, in the same order: that bounds where e can stand.
        y = high[near]
        begin_e = first_up[y]
        end_e = first_up[y + 1]
        if state[near] & _CHANGED == 0:
            begin_e += changed[after] - near - 1
            end_e -= end - 1 - last
        marked = False
        for e in range(begin_e, end_e):
            if via[2 * e] != near and via[2 * e + 1] != near:
                continue
            use = state[near] | _turned(state[find_up(first_up, high, x, high[e])])
            if (via[2 * e] == near and use & _CHANGED_DOWN) or (via[2 * e + 1] == near and use & _CHANGED_UP):
                state[e] |= _ANEW
                marked = True
        if marked:
            size = _await(scratch, size, y)
    return size


@jit
def _mark_bettered(hierarchy: Hierarchy, metric: Metric, scratch: _Scratch, x: int, count: int, size: int) -> int:
    """Mark all arcs to which a changed arc above ``x`` offers something as good as they have; returns the heap's size.

    Words are those of ``_mark_dependents``. An equal offer counts too: a lower triangle takes over.
    """
    first_up, high, value = hierarchy.first_up, hierarchy.high, metric.value
    state, changed = scratch.state, scratch.changed
    end = first_up[x + 1]
    for near in range(first_up[x], changed[count - 1] + 1):
        y = high[near]
        e = first_up[y]
        marked = False
        for far in range(near + 1, end):
            use = state[near] | _turned(state[far])
            if use & _CHANGED == 0:
                continue
            while high[e] < high[far]:
                e += 1
            up = value[2 * near + 1] + value[2 * far] if use & _CHANGED_DOWN else np.inf
            down = value[2 * near] + value[2 * far + 1] if use & _CHANGED_UP else np.inf
            if (up < np.inf and up <= value[2 * e]) or (down < np.inf and down <= value[2 * e + 1]):
                state[e] |= _ANEW
                marked = True
        if marked:
            size = _await(scratch, size, y)
    return size


@jit
def _apply(
    hierarchy: Hierarchy, metric: Metric, arc: Ints, new_weight: Floats, scratch: _Scratch
) -> tuple[Floats, _Log]:
    """Re-weigh ``arc`` and everything above that depends on it; returns old weights and the log of slots.

    Nodes are taken in ascending order, so that all lower triangles of an arc are final when its turn comes.
    """
    state = scratch.state
    old_weight = np.empty(arc.size)
    log = _Log(np.empty(64, np.int32), np.empty(64), np.empty(64, np.int32))
    logged = 0
    size = 0
    for i in range(arc.size):
        old_weight[i] = metric.weight[arc[i]]
        metric.weight[arc[i]] = new_weight[i]
        slot = hierarchy.slot[arc[i]]
        if slot < 0 or old_weight[i] == new_weight[i]:
            continue
        state[slot >> 1] |= _ANEW
        size = _await(scratch, size, hierarchy.low[slot >> 1])
    while size > 0:
        x = _heap_pop(scratch.heap, size)
        size -= 1
        scratch.waits[x] = False
        room = 2 * (hierarchy.first_up[x + 1] - hierarchy.first_up[x])
        if logged + room > log.slot.size:
            more = logged + room
            log = _Log(
                np.concatenate((log.slot, np.empty(more, np.int32))),
                np.concatenate((log.value, np.empty(more))),
                np.concatenate((log.via, np.empty(more, np.int32))),
            )
        logged, count, fell = _renew(hierarchy, metric, scratch, x, log, logged)
        if count > 0:
            size = _mark_dependents(hierarchy, metric, scratch, x, count, size)
        if fell:
            size = _mark_bettered(hierarchy, metric, scratch, x, count, size)
        for i in range(count):
            state[scratch.changed[i]] &= _USED
    return old_weight, _Log(log.slot[:logged].copy(), log.value[:logged].copy(), log.via[:logged].copy())


@jit
def _mark_used(via: Ints, state: npt.NDArray[np.uint8]) -> None:
    """Set the bit of every arc that a slot comes through."""
    for slot in range(via.size):
        if via[slot] >= 0:
            state[via[slot]] = _USED


class Editor:
    """Changes of a metric and their exact undoing; owns scratch memory, serves one thread.

    After ``apply`` the metric is bit for bit what ``customise`` would make of the new weights. After
    ``restore`` it is bit for bit what it was. Changes must be taken back in reverse order of their making, and
    nobody else may leave other weights in the metric while an editor is used.
    """

    def __init__(self, hierarchy: Hierarchy, metric: Metric) -> None:
        self.hierarchy = hierarchy
        self.metric = metric
        n = hierarchy.order.size
        most = 2 * max(1, int(np.diff(hierarchy.first_up).max(initial=0)))
        state = np.zeros(hierarchy.high.size, np.uint8)
        _mark_used(metric.via, state)
        self._scratch = _Scratch(
            state,
            np.zeros(n, np.bool_),
            np.empty(n, np.int32),
            np.empty(n, np.int32),
            np.empty(most),
            np.empty(most, np.int32),
            np.empty(most, np.int32),
        )

    def apply(self, arc: Ints, weight: Floats | float) -> Undo:
        """Give the original arcs ``arc`` new weights (one each, or one for all; ``np.inf`` closes)."""
        arc = ints(arc)
        new = np.broadcast_to(np.asarray(weight, np.float64), arc.shape).copy()
        old, log = _apply(self.hierarchy, self.metric, arc, new, self._scratch)
        return Undo(arc, old, log.slot, log.value, log.via)

    def restore(self, undo: Undo) -> None:
        """Take back a change."""
        self.metric.value[undo.slot] = undo.value
        self.metric.via[undo.slot] = undo.via
        # Of an arc that was given twice the first entry has the weight from before.
        self.metric.weight[undo.arc[::-1]] = undo.weight[::-1]
