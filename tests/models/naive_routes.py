"""Naive twins: every walk tried out, nothing clever."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from landbridge.models.search import Target
from landbridge.network.topology import Network


def vias_done(network: Network, walk: Sequence[int], start: int, vias: Sequence[Target]) -> int:
    """How many vias a walk has touched, in order: looked up along it, node by arc by node."""
    done = 0
    while done < len(vias) and start in vias[done].nodes:
        done += 1
    for arc in walk:
        while done < len(vias) and (arc in vias[done].arcs or int(network.head[arc]) in vias[done].nodes):
            done += 1
    return done


def walks(
    network: Network, weight: Sequence[float], start: int, end: int, vias: Sequence[Target]
) -> Iterator[tuple[tuple[int, ...], float]]:
    """Every open walk from start to end that does all vias and is never twice in one node with as many vias done."""

    def go(
        walk: tuple[int, ...], node: int, seen: frozenset[tuple[int, int]], cost: float
    ) -> Iterator[tuple[tuple[int, ...], float]]:
        done = vias_done(network, walk, start, vias)
        if node == end and done == len(vias):
            yield walk, cost
            return
        for arc in range(network.n_arcs):
            if int(network.tail[arc]) == node and math.isfinite(weight[arc]):
                longer = (*walk, arc)
                head = int(network.head[arc])
                state = (head, vias_done(network, longer, start, vias))
                if state not in seen:
                    yield from go(longer, head, seen | {state}, cost + weight[arc])

    yield from go((), start, frozenset({(start, vias_done(network, (), start, vias))}), 0.0)


def cheapest(network: Network, weight: Sequence[float], start: int, end: int, vias: Sequence[Target] = ()) -> float:
    """Cost of the cheapest walk, ``inf`` if there is none."""
    return min((cost for _, cost in walks(network, weight, start, end, vias)), default=math.inf)


def distances(network: Network, weight: Sequence[float], start: int) -> np.ndarray:
    """Distances from a node by relaxing every arc until nothing changes."""
    distance = np.full(network.n_nodes, np.inf)
    distance[start] = 0.0
    for _ in range(network.n_nodes):
        for arc in range(network.n_arcs):
            through = distance[network.tail[arc]] + weight[arc]
            if through < distance[network.head[arc]]:
                distance[network.head[arc]] = through
    return distance


def smallest_cause_size(network: Network, shut_by: Sequence[int], count: int, start: int, end: int) -> int:
    """Least number of closures to lift so that the end is reached; -1 if all of them do not help."""
    for size in range(count + 1):
        for chosen in itertools.combinations(range(count), size):
            lifted = sum(1 << i for i in chosen)
            weight = [0.0 if not shut & ~lifted else math.inf for shut in shut_by]
            if np.isfinite(distances(network, weight, start)[end]):
                return size
    return -1
