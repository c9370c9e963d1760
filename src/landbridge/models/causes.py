"""Why there is no way: a smallest set of closures whose lifting would open one.

Every closed arc names the closures that shut it (usually one). Looking for the path that needs the fewest closures
lifted is a label-setting search over (state, set of closures lifted so far): a label is dropped only for one at the
same state whose set is contained in its own, and labels are settled by (number of closures, rank, cost), so the first
one at the goal has the smallest possible number. That is exact; the search stops at ``MOST_LABELS`` and then falls
back on the path with the fewest closed arcs, from whose closures superfluous ones are struck out one by one: still
such that every one of them is needed, no longer surely the smallest number.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from landbridge.models.search import Float64, Int32, Layers, Touchable, layered
from landbridge.network.state import Closure

#: Labels settled before the exact search gives up; some seconds.
MOST_LABELS: Final = 300_000

#: Among equally small sets the one nearest to the asker is named: first what he ruled out himself, last what was
#: never built.
RANK: Final = {"option": 0, "scenario": 1, "event": 2, "cargo": 3, "limit": 4, "no fact": 5, "status": 6}


@dataclass(frozen=True)
class Cause:
    """Positions of the closures to lift, ascending; ``exact`` unless the search gave up. ``None`` for a goal not joined
    at all.
    """

    closures: tuple[int, ...] | None
    exact: bool


def smallest_cause(
    tail: Int32,
    head: Int32,
    weight: Float64,
    shut_by: Sequence[int],
    closures: Sequence[Closure],
    source: int,
    destination: int,
    n_nodes: int,
    vias: Sequence[Touchable] = (),
    most_labels: int = MOST_LABELS,
) -> Cause:
    """The smallest set of closures that keeps the state ``source`` from ``destination`` with all vias done.

    weight [n_arcs]: what each arc would cost if it were open, finite; shut_by [n_arcs]: bit i set where
    ``closures[i]`` shuts the arc.
    """
    layers = layered(tail, head, weight, n_nodes, vias)
    goal = layers.state(len(vias), destination)
    rank = [RANK.get(closure.kind, len(RANK)) for closure in closures]
    found, exact = _fewest(layers, shut_by, rank, source, goal, most_labels)
    if found is None:
        return Cause(None, exact=True)
    kept = _without_superfluous(layers, shut_by, found, source, goal)
    return Cause(tuple(i for i in range(len(closures)) if kept >> i & 1), exact)


def _fewest(
    layers: Layers,
    shut_by: Sequence[int],
    rank: Sequence[int],
    source: int,
    goal: int,
    most_labels: int,
) -> tuple[int | None, bool]:
    heap = [(0, 0, 0.0, 0, source)]
    settled: list[list[int]] = [[] for _ in range(layers.n_states)]
    labels = 0
    while heap:
        count, ranks, cost, lifted, state = heapq.heappop(heap)
        if any(other & lifted == other for other in settled[state]):
            continue
        if state == goal:
            return lifted, True
        settled[state].append(lifted)
        labels += 1
        if labels > most_labels:
            return _fewest_arcs(layers, shut_by, source, goal), False
        for weight, other, arc in layers.out(state):
            new = shut_by[arc] & ~lifted
            together = lifted | new
            if any(known & together == known for known in settled[other]):
                continue
            more, worse = count, ranks
            while new:
                lowest = new & -new
                more, worse, new = more + 1, worse + rank[lowest.bit_length() - 1], new ^ lowest
            heapq.heappush(heap, (more, worse, cost + weight, together, other))
    return None, True


def _fewest_arcs(layers: Layers, shut_by: Sequence[int], source: int, goal: int) -> int | None:
    """Closures of the path with the fewest closed arcs (then the cheapest)."""
    best: dict[int, tuple[int, float]] = {source: (0, 0.0)}
    heap = [(0, 0.0, source, 0)]
    done: set[int] = set()
    while heap:
        count, cost, state, lifted = heapq.heappop(heap)
        if state in done:
            continue
        if state == goal:
            return lifted
        done.add(state)
        for weight, other, arc in layers.out(state):
            reached = (count + (1 if shut_by[arc] else 0), cost + weight)
            if other not in done and (other not in best or reached < best[other]):
                best[other] = reached
                heapq.heappush(heap, (*reached, other, lifted | shut_by[arc]))
    return None


def _without_superfluous(layers: Layers, shut_by: Sequence[int], lifted: int, source: int, goal: int) -> int:
    """Strike out, from the highest position down, every closure that need not be lifted."""
    for i in range(lifted.bit_length() - 1, -1, -1):
        less = lifted & ~(1 << i)
        if less != lifted and is_open(layers, shut_by, less, source, goal):
            lifted = less
    return lifted


def is_open(layers: Layers, shut_by: Sequence[int], lifted: int, source: int, goal: int) -> bool:
    """Whether the goal can be reached with these closures lifted."""
    seen, waiting = {source}, [source]
    while waiting:
        state = waiting.pop()
        if state == goal:
            return True
        for _, other, arc in layers.out(state):
            if other not in seen and not shut_by[arc] & ~lifted:
                seen.add(other)
                waiting.append(other)
    return False
