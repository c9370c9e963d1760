"""Exact N-1 for logit choice among listed routes, in closed form from one loading."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landbridge.kernels.critical import Groups
from landbridge.kernels.graph import Floats, Ints, Longs, floats, group, ints, longs
from landbridge.kernels.jit import jit


class LogitClosures(NamedTuple):
    """Effects of g closures on logit demand of p pairs.

    ``base_total``: volume times expected least cost (logsum). ``delta_total`` float64[g]: its rise over pairs that keep
    a route; ``cut_off`` float64[g]: volume of pairs all of whose routes use the group; ``flow`` float64[g]: expected
    volume that uses the group; ``uncertain`` float64[g]: volume of pairs left with less than 5 % of their
    choice, where routes outside the list would matter.
    """

    base_total: float
    delta_total: Floats
    cut_off: Floats
    flow: Floats
    uncertain: Floats


@jit
def _logit_closures(
    first_route: Longs,
    cost: Floats,
    theta: float,
    first_arc: Longs,
    route_arc: Ints,
    volume: Floats,
    first_group: Longs,
    group_of: Ints,
    delta: Floats,
    cut_off: Floats,
    flow: Floats,
    uncertain: Floats,
) -> float:
    """Closed form for every pair and group; groups of an arc are ``group_of[first_group[a]:first_group[a + 1]]``."""
    groups = delta.size
    lost = np.zeros(groups)
    kept = np.zeros(groups)
    stamp = np.full(groups, -1, np.int64)
    seen_by = np.full(groups, -1, np.int64)
    touched = np.empty(groups, np.int64)
    base_total = 0.0
    for p in range(volume.size):
        begin = first_route[p]
        end = first_route[p + 1]
        least = np.inf
        for r in range(begin, end):
            least = min(least, cost[r])
        if least == np.inf:
            continue
        total = 0.0
        for r in range(begin, end):
            total += np.exp(-theta * (cost[r] - least))
        base_total += volume[p] * (least - np.log(total) / theta)
        count = 0
        for r in range(begin, end):
            share = np.exp(-theta * (cost[r] - least)) / total
            for k in range(first_arc[r], first_arc[r + 1]):
                a = route_arc[k]
                for j in range(first_group[a], first_group[a + 1]):
                    g = group_of[j]
                    if seen_by[g] == r:
                        continue
                    seen_by[g] = r
                    if stamp[g] != p:
                        stamp[g] = p
                        lost[g] = 0.0
                        touched[count] = g
                        count += 1
                    lost[g] += share
        # What is kept is summed over the routes that avoid the group, not taken from one: near 1 that would
        # lose all digits. Each route is gone through once more for that.
        for i in range(count):
            kept[touched[i]] = 0.0
        for r in range(begin, end):
            share = np.exp(-theta * (cost[r] - least)) / total
            mark = volume.size + cost.size + r
            for k in range(first_arc[r], first_arc[r + 1]):
                a = route_arc[k]
                for j in range(first_group[a], first_group[a + 1]):
                    seen_by[group_of[j]] = mark
            for i in range(count):
                if seen_by[touched[i]] != mark:
                    kept[touched[i]] += share
        for i in range(count):
            g = touched[i]
            flow[g] += volume[p] * lost[g]
            if kept[g] > 0.0:
                delta[g] += volume[p] * (-np.log(min(kept[g], 1.0)) / theta)
                if kept[g] < 0.05:
                    uncertain[g] += volume[p]
            else:
                cut_off[g] += volume[p]
    return base_total


def logit_closures(
    first_route: Longs,
    cost: Floats,
    theta: float,
    first_arc: Longs,
    route_arc: Ints,
    volume: Floats,
    groups: Groups,
    arc_count: int,
) -> LogitClosures:
    """N-1 for logit choice among listed routes, exact and in closed form.

    Pair p chooses among routes ``first_route[p]:first_route[p + 1]`` of ``cost`` float64[r] (``inf``: closed) with
    probability proportional to ``exp(-theta * cost)``, ``theta`` in 1/unit of cost; route r uses the arcs
    ``route_arc[first_arc[r]:first_arc[r + 1]]``. If what uses a group has probability q, closing it raises the
    expected least cost by ``-ln(1 - q) / theta``. The list of routes is held fixed.
    """
    group_count = groups.first.size - 1
    member = np.repeat(np.arange(group_count, dtype=np.int32), np.diff(groups.first))
    first_group, position = group(groups.arc, arc_count)
    delta, cut_off, flow, uncertain = (np.zeros(group_count) for _ in range(4))
    base_total = _logit_closures(
        longs(first_route),
        floats(cost),
        theta,
        longs(first_arc),
        ints(route_arc),
        floats(volume),
        first_group,
        member[position],
        delta,
        cut_off,
        flow,
        uncertain,
    )
    return LogitClosures(float(base_total), delta, cut_off, flow, uncertain)
