"""Which links matter most where demand spreads over several ways: N-1 for logit choice, on any network at fixed costs.

Every pair chooses among a few listed ways with probability proportional to ``exp(-theta * cost)``. The expected least
cost (logsum) of a pair is ``-ln(sum of exp(-theta * cost)) / theta``; closing a thing raises it in closed form
(``kernels.critical_choice``). Where a closure leaves a way that nobody listed and that is cheaper than every listed one
that is left, it is chosen among as well, so demand is cut off only where no way at all is left, and with a growing
``theta`` the answer becomes that of ``models.criticality``.

Ways are listed by the engine's alternatives through anchors: the best, then others in ascending order of cost that cost
at most ``STRETCH`` times as much, as a whole and on each detour, and share at most ``SHARED`` of their cost with any
listed before.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from landbridge.kernels.alternatives import Alternatives, rooted_alternatives
from landbridge.kernels.cch import DOWN, UP, Hierarchy, Metric, build_hierarchy, customise
from landbridge.kernels.critical import PIECES, Demand, Groups, Progress, distances_after, make_groups
from landbridge.kernels.critical_choice import (
    GroupsOfArcs,
    LogitClosures,
    WaysLeft,
    groups_of_arcs,
    logit_closures,
)
from landbridge.kernels.dijkstra import Search, Tree
from landbridge.kernels.graph import Graph, build_graph
from landbridge.kernels.labels import distances, make_labels
from landbridge.kernels.min_degree import minimum_degree
from landbridge.kernels.paths import PathQuery
from landbridge.kernels.threads import ranges, run_on_threads
from landbridge.models.criticality import demand_between, fields, useful_part, worst_first
from landbridge.models.wires import Float64, Int32, Wire, Wires

#: A listed way costs at most so many times the best, and each of its detours so many times what it replaces; beyond
#: that hardly anybody chooses it.
STRETCH: Final = 1.5
#: Part of its cost that a listed way may share with one listed before. Logit takes ways as unlike each other: two that
#: share nearly all would be counted as two.
SHARED: Final = 0.7
#: Ways listed per pair where no number is asked for.
ROUTES: Final = 5
#: With the standard theta a way dearer by this part of the mean cost ...
DEARER: Final = 0.1
#: ... is taken by one where so many take the best. Assumed. For the study's pairs it gives 0.0024 per USD and TEU;
#: Yamaguchi, Shibasaki, Samizo, Ushirooka (2021, Sustainability 13(2) 668) use 0.01 for the Greater Mekong.
ONE_IN: Final = 10.0
#: No more anchors are used: a regular sample where there are more candidates.
MOST_ANCHORS: Final = 2000


@dataclass(frozen=True)
class ChoiceCriticality:
    """Effects of closing each thing where demand chooses.

    theta: in 1/unit of cost; routes: listed ways per pair that has one, mean over pairs; mean_cost: least cost of a
    unit of demand before; order: worst first, by cut-off demand, then extra cost, then position.
    """

    things: tuple[Wire, ...]
    result: LogitClosures
    theta: float
    routes: float
    mean_cost: float
    order: NDArray[np.int64]
    seconds: float

    def measures(self) -> dict[str, Float64]:
        """Per thing: expected flow, uncertain volume, extra cost per unit of expected flow and as a share of the total,
        and the loss, at which what is cut off is priced at the mean cost of a unit.
        """
        result = self.result
        nothing = np.zeros_like(result.flow)
        share = result.delta_total / result.base_total if result.base_total > 0 else nothing
        through = result.flow - result.cut_off
        return {
            "delta_share": share,
            "flow": result.flow,
            "uncertain": result.uncertain,
            "delta_mean": np.divide(
                result.delta_total, through, out=nothing.copy(), where=through > 1e-9 * result.flow
            ),
            "loss": result.delta_total + self.mean_cost * result.cut_off,
        }

    def to_json(self, most: int | None = None) -> dict[str, Any]:
        """The fields other programs may rely on: those of ``models.criticality``."""
        result = self.result
        shown = self.order[:most]
        return fields(self.things, shown, result.base_total, result.delta_total, result.cut_off, self.seconds)


def standard_theta(mean_cost: float) -> float:
    """Theta at which a way dearer by ``DEARER`` of the mean cost is taken by one in ``ONE_IN``; 1 where all is free."""
    return math.log(ONE_IN) / (DEARER * mean_cost) if mean_cost > 0 else 1.0


def sample_anchors(candidates: Int32, most: int = MOST_ANCHORS) -> Int32:
    """All candidates, or every second, third ... so that at most ``most`` are left."""
    step = max(1, -(-candidates.size // most))
    return np.ascontiguousarray(candidates[::step], dtype=np.int32)


def choice_criticality(
    wires: Wires,
    things: Sequence[Wire],
    origin: Sequence[str],
    destination: Sequence[str],
    volume: Float64,
    anchors: Int32,
    *,
    theta: float | None = None,
    routes: int = ROUTES,
    threads: int = 2,
    progress: Progress | None = None,
) -> ChoiceCriticality:
    """Close each of ``things`` in turn. Demand goes between zones of ``wires``; demand within one is left out.

    anchors: nodes through which ways are looked for; theta: in 1/unit of cost, ``standard_theta`` of the mean cost of a
    unit of demand where None; routes: ways listed per pair, at most.
    """
    started = time.perf_counter()
    demand = demand_between(wires, origin, destination, volume)
    tail, head, weight, groups = useful_part(wires, demand, make_groups([thing.arcs for thing in things]))
    hierarchy = build_hierarchy(tail, head, minimum_degree(tail, head, wires.n_nodes))
    lists = RouteLists(
        build_graph(tail, head, wires.n_nodes),
        hierarchy,
        customise(hierarchy, weight, threads),
        demand,
        anchors,
        routes,
    )
    reached = np.isfinite(lists.distance)
    moved = float(demand.volume[reached].sum())
    mean_cost = float((demand.volume[reached] * lists.distance[reached]).sum()) / moved if moved else 0.0
    theta = standard_theta(mean_cost) if theta is None else theta
    closing = groups_of_arcs(groups, tail.size)
    pieces = ranges(demand.origin.size, PIECES)
    found: list[list[LogitClosures]] = [[] for _ in pieces]
    listed = np.zeros(len(pieces), dtype=np.int64)
    workers = [lists.worker() for _ in range(max(1, threads))]

    def work(worker: int, number: int) -> None:
        total: list[LogitClosures] = []
        for i in range(*pieces[number]):
            tree, choices = lists.of(workers[worker], i)
            listed[number] += sum(choice.cost.size for choice in choices)
            total.append(_close_from(lists, tree, choices, i, theta, groups, closing))
            total = [_added(total)]
        found[number] = total
        if progress is not None:
            progress(len(pieces))

    run_on_threads(work, range(len(pieces)), threads)
    empty = LogitClosures(0.0, *(np.zeros(len(things)) for _ in range(4)))
    result = _added([empty, *(part for piece in found for part in piece)])
    order = worst_first(result.delta_total, result.cut_off)
    per_pair = float(listed.sum()) / max(1, int(reached.sum()))
    seconds = time.perf_counter() - started
    return ChoiceCriticality(tuple(things), result, theta, per_pair, mean_cost, order, seconds)


class RouteLists:
    """The ways every pair of some demand chooses among, origin by origin.

    distance: least cost per pair, in the order of the demand.
    """

    def __init__(
        self, graph: Graph, hierarchy: Hierarchy, metric: Metric, demand: Demand, anchors: Int32, routes: int
    ) -> None:
        self.graph, self.metric, self.demand = graph, metric, demand
        self._hierarchy, self._routes = hierarchy, routes
        targets, self._column = np.unique(demand.destination, return_inverse=True)
        backward = make_labels(hierarchy, metric, targets, DOWN)
        rows = np.repeat(np.arange(demand.origin.size), np.diff(demand.first))
        from_origins = distances(make_labels(hierarchy, metric, demand.origin, UP), backward)
        self.distance: Float64 = from_origins[rows, self._column]
        onward = distances(make_labels(hierarchy, metric, anchors, UP), backward)
        # An anchor that leads nowhere is on no way.
        leads = np.isfinite(onward).any(axis=1)
        self._anchors = anchors[leads]
        self._onward = np.ascontiguousarray(onward[leads].T)

    def worker(self) -> tuple[Search, PathQuery]:
        """Scratch memory of one thread."""
        return Search(self.graph), PathQuery(self._hierarchy, self.metric)

    def of(self, worker: tuple[Search, PathQuery], i: int) -> tuple[Tree, list[Alternatives]]:
        """Tree of origin ``i`` and the ways to each of its destinations."""
        search, query = worker
        tree = search.tree(self.metric.weight, self.demand.origin[i : i + 1])
        return tree, [
            rooted_alternatives(
                query,
                self.graph,
                tree,
                int(self.demand.destination[pair]),
                self._anchors,
                self._onward[self._column[pair]],
                STRETCH,
                SHARED,
                STRETCH,
                self._routes,
            )
            for pair in range(int(self.demand.first[i]), int(self.demand.first[i + 1]))
        ]


def _close_from(
    lists: RouteLists,
    tree: Tree,
    choices: Sequence[Alternatives],
    i: int,
    theta: float,
    groups: Groups,
    closing: GroupsOfArcs,
) -> LogitClosures:
    """Effects of all groups on the pairs of origin ``i``."""
    begin, end = int(lists.demand.first[i]), int(lists.demand.first[i + 1])
    # Only what closes the best way of a pair changes its least cost.
    hit = [_groups_on(choice.path[: choice.first[1]], closing) if choice.cost.size else None for choice in choices]
    some = [found for found in hit if found is not None]
    on_tree = np.unique(np.concatenate(some)) if some else np.empty(0, np.int32)
    members = [groups.arc[groups.first[g] : groups.first[g + 1]] for g in on_tree.tolist()]
    after = distances_after(
        lists.graph, lists.metric.weight, tree, lists.demand.destination[begin:end], make_groups(members)
    )
    first = np.append(0, np.cumsum([0 if found is None else found.size for found in hit])).astype(np.int64)
    cost = [after[np.searchsorted(on_tree, found), k] for k, found in enumerate(hit) if found is not None]
    left = WaysLeft(
        first,
        np.concatenate(some) if some else np.empty(0, np.int32),
        np.concatenate(cost) if cost else np.empty(0),
    )
    lengths = np.concatenate([np.diff(choice.first) for choice in choices])
    return logit_closures(
        np.append(0, np.cumsum([choice.cost.size for choice in choices])).astype(np.int64),
        np.concatenate([choice.cost for choice in choices]),
        theta,
        np.append(0, np.cumsum(lengths)).astype(np.int64),
        np.concatenate([choice.path for choice in choices]),
        lists.demand.volume[begin:end],
        closing,
        left,
        groups.first.size - 1,
    )


def _groups_on(path: Int32, closing: GroupsOfArcs) -> Int32:
    """Groups that close an arc of a path, ascending."""
    if path.size == 0:
        return np.empty(0, np.int32)
    return np.unique(np.concatenate([closing.group[closing.first[a] : closing.first[a + 1]] for a in path.tolist()]))


def _added(parts: Sequence[LogitClosures]) -> LogitClosures:
    """Sum of effects, in the order given."""
    first = parts[0]
    for part in parts[1:]:
        first = LogitClosures(
            first.base_total + part.base_total,
            first.delta_total + part.delta_total,
            first.cut_off + part.cut_off,
            first.flow + part.flow,
            first.uncertain + part.uncertain,
        )
    return first
