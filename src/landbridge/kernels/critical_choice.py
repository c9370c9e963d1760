"""Exact N-1 for logit choice among listed routes, in closed form from one loading.

The list of routes is held fixed, with one exception: where a closure leaves a way that is on nobody's list and cheaper
than every listed route that is left, that way is chosen among as well. Without it demand would seem cut off, or
driven to the dearest of the list, by a closure that everybody drives round.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landbridge.kernels.critical import ROUNDING, Groups
from landbridge.kernels.graph import Floats, Ints, Longs, floats, group, ints, longs
from landbridge.kernels.jit import jit


class LogitClosures(NamedTuple):
    """Effects of g closures on logit demand of p pairs.

    ``base_total``: volume times expected least cost (logsum). ``delta_total`` float64[g]: its rise over pairs that keep
    a way; ``cut_off`` float64[g]: volume of pairs that have none left; ``flow`` float64[g]: expected volume that uses
    the group; ``uncertain`` float64[g]: volume of pairs whose cheapest way left was not listed: how many choose it
    rests on one way where there may be more.
    """

    base_total: float
    delta_total: Floats
    cut_off: Floats
    flow: Floats
    uncertain: Floats


class WaysLeft(NamedTuple):
    """Least cost of any way, listed or not, once a group is closed.

    Of pair p, ``cost[i]`` float64 (``inf``: none) holds when ``group[i]`` int32 is closed, for i in
    ``first[p]:first[p + 1]``; the closure of any other group leaves a way as cheap as its cheapest route.
    """

    first: Longs
    group: Ints
    cost: Floats


class GroupsOfArcs(NamedTuple):
    """Groups that close arc a: ``group[first[a]:first[a + 1]]``."""

    first: Longs
    group: Ints


def groups_of_arcs(groups: Groups, arc_count: int) -> GroupsOfArcs:
    """Turn groups round."""
    member = np.repeat(np.arange(groups.first.size - 1, dtype=np.int32), np.diff(groups.first))
    first, position = group(groups.arc, arc_count)
    return GroupsOfArcs(first, member[position])


@jit
def _logit_closures(
    first_route: Longs,
    cost: Floats,
    theta: float,
    first_arc: Longs,
    route_arc: Ints,
    volume: Floats,
    closing: GroupsOfArcs,
    left: WaysLeft,
    delta: Floats,
    cut_off: Floats,
    flow: Floats,
    uncertain: Floats,
) -> float:
    """Closed form for every pair and group."""
    groups = delta.size
    lost = np.zeros(groups)
    # Of the routes that avoid a group: the least cost, and the sum of exp(-theta * (cost - least cost)). Summed over
    # these, not taken from one: where nearly all is lost that would lose all digits, and far from the best every
    # weight would be zero.
    least_kept = np.zeros(groups)
    sum_kept = np.zeros(groups)
    way_left = np.zeros(groups)
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
                for j in range(closing.first[a], closing.first[a + 1]):
                    g = closing.group[j]
                    if seen_by[g] == r:
                        continue
                    seen_by[g] = r
                    if stamp[g] != p:
                        stamp[g] = p
                        lost[g] = 0.0
                        least_kept[g] = np.inf
                        sum_kept[g] = 0.0
                        way_left[g] = least
                        touched[count] = g
                        count += 1
                    lost[g] += share
        for i in range(left.first[p], left.first[p + 1]):
            way_left[left.group[i]] = left.cost[i]
        for r in range(begin, end):
            if cost[r] == np.inf:
                continue
            mark = cost.size + r
            for k in range(first_arc[r], first_arc[r + 1]):
                a = route_arc[k]
                for j in range(closing.first[a], closing.first[a + 1]):
                    seen_by[closing.group[j]] = mark
            for i in range(count):
                g = touched[i]
                if seen_by[g] == mark:
                    continue
                if cost[r] < least_kept[g]:
                    sum_kept[g] = 1.0 + sum_kept[g] * np.exp(-theta * (least_kept[g] - cost[r]))
                    least_kept[g] = cost[r]
                else:
                    sum_kept[g] += np.exp(-theta * (cost[r] - least_kept[g]))
        for i in range(count):
            g = touched[i]
            flow[g] += volume[p] * lost[g]
            if way_left[g] == np.inf:
                cut_off[g] += volume[p]
                continue
            if way_left[g] < least_kept[g] * (1.0 - ROUNDING):
                sum_kept[g] = 1.0 + sum_kept[g] * np.exp(-theta * (least_kept[g] - way_left[g]))
                least_kept[g] = way_left[g]
                uncertain[g] += volume[p]
            rise = least_kept[g] - least - np.log(sum_kept[g] / total) / theta
            delta[g] += volume[p] * max(rise, 0.0)
    return base_total


def logit_closures(
    first_route: Longs,
    cost: Floats,
    theta: float,
    first_arc: Longs,
    route_arc: Ints,
    volume: Floats,
    closing: GroupsOfArcs,
    left: WaysLeft,
    group_count: int,
) -> LogitClosures:
    """N-1 for logit choice among listed routes, exact and in closed form.

    Pair p chooses among routes ``first_route[p]:first_route[p + 1]`` of ``cost`` float64[r] (``inf``: closed) with
    probability proportional to ``exp(-theta * cost)``, ``theta`` in 1/unit of cost; route r uses the arcs
    ``route_arc[first_arc[r]:first_arc[r + 1]]``. If what uses a group has probability q, closing it raises the
    expected least cost by ``-ln(1 - q) / theta``, and by less where ``left`` knows a cheaper way round.
    """
    delta, cut_off, flow, uncertain = (np.zeros(group_count) for _ in range(4))
    base_total = _logit_closures(
        longs(first_route),
        floats(cost),
        float(theta),
        longs(first_arc),
        ints(route_arc),
        floats(volume),
        closing,
        WaysLeft(longs(left.first), ints(left.group), floats(left.cost)),
        delta,
        cut_off,
        flow,
        uncertain,
    )
    return LogitClosures(float(base_total), delta, cut_off, flow, uncertain)
