"""Compiling every kernel once, so that no user waits for it later.

Compiled code is kept on disk (``jit.py``). ``warm`` runs all public functions on a graph of a few nodes; after
installation that takes a minute or two, from the cache a second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from landbridge.kernels import (
    alternatives,
    cch,
    changes,
    critical,
    critical_choice,
    critical_pairs,
    dijkstra,
    labels,
    loading,
    min_degree,
    order,
    paths,
    reach,
    sweep,
    through,
)
from landbridge.kernels.graph import build_graph, floats, ints, reverse_graph, strong_parts, useful_arcs

Step = tuple[str, Callable[[], object]]


def _steps() -> Sequence[Step]:
    """What there is to compile, by name; each step uses what earlier ones compiled."""
    side = 10  # wide enough for nodes with so many changed arcs above that they are found anew all at once
    node = np.arange(side * side, dtype=np.int32).reshape(side, side)
    pairs = np.concatenate(
        [np.c_[node[:, :-1].ravel(), node[:, 1:].ravel()], np.c_[node[:-1].ravel(), node[1:].ravel()]]
    )
    tail, head = pairs.ravel(), pairs[:, ::-1].ravel()
    n, m = node.size, tail.size
    weight = floats(1.0 + np.arange(m) % 7)
    y, x = np.divmod(np.arange(n), side)
    graph = build_graph(tail, head, n)
    nodes = np.arange(n, dtype=np.int32)
    hierarchy = cch.build_hierarchy(tail, head, nodes)
    metric = cch.customise(hierarchy, weight)
    demand = critical.make_demand(np.array([0, 1, 1]), np.array([n - 1, n - 2, 2]), np.ones(3))
    arcs = np.arange(m, dtype=np.int32)
    attributes = np.ones((m, 2))

    def searches() -> None:
        tree = dijkstra.shortest_tree(graph, weight, nodes[:1], targets=nodes[3:5])
        dijkstra.path_arcs(tree.arc, tail, 3)
        dijkstra.distance_matrix(graph, weight, nodes[:2], nodes)
        loading.tree_loading(tree.arc, tail, tree.settled, np.ones(n), np.zeros(m))
        strong_parts(tail, head, n)
        useful_arcs(tail, head, weight, nodes == 0, nodes == n - 1)

    def bounded_trees() -> None:
        tree = through.tree_through(graph, weight, 0, 5, 1.5, rest=floats(np.zeros(n)))
        before = ints(np.where(tree.arc < 0, -1, tail[tree.arc]))
        through.sums_along(tree.settled, before, tree.arc, weight)

    def orders() -> None:
        order.nested_dissection(tail, head, order.sphere_points(floats(y), floats(x)))
        min_degree.minimum_degree(tail, head, n)

    def edits() -> None:
        editor = changes.Editor(hierarchy, metric)
        editor.restore(editor.apply(arcs[:1], np.inf))
        editor.restore(editor.apply(arcs[::2], np.inf))
        editor.restore(editor.apply(arcs, 0.5))

    def queries() -> None:
        query = paths.PathQuery(hierarchy, metric)
        query.distance(0, 5)
        query.path(0, 5)

    def matrices() -> None:
        labels.skim(hierarchy, metric, nodes, nodes, labels.make_sums(hierarchy, attributes))
        forward = labels.make_labels(hierarchy, metric, nodes, cch.UP)
        backward = labels.make_labels(hierarchy, metric, nodes, cch.DOWN)
        labels.distances(forward, backward)
        _, meeting = labels.pair_distances(forward, backward, nodes, nodes)
        labels.pair_paths(hierarchy, metric, forward, backward, nodes, nodes, meeting)

    def sweeps() -> None:
        fan = sweep.build_fan(hierarchy, metric, cch.UP, nodes[:3], cch.perfect_values(hierarchy, metric))
        sweep.sweep_distances(hierarchy, metric, fan, nodes, nodes[:3])

    def flows() -> None:
        loading.all_or_nothing(hierarchy, metric, nodes, nodes[::-1], np.ones(n))
        loading.select_link(hierarchy, metric, nodes, nodes[::-1], np.ones(n), arcs[:2])

    def reaches() -> None:
        reach.isochrone(graph, weight, nodes[:1], 3.0)
        reach.catchment(graph, weight, nodes[:2])

    def routes() -> None:
        anchors = alternatives.make_anchors(hierarchy, metric, nodes)
        alternatives.via_alternatives(hierarchy, metric, graph, 0, n - 1, anchors, max_detour=2.0)
        forward = dijkstra.shortest_tree(graph, weight, nodes[:1])
        alternatives.rooted_alternatives(
            paths.PathQuery(hierarchy, metric), graph, forward, n - 1, nodes, forward.distance, max_detour=2.0
        )

    def closures() -> None:
        groups = critical.groups_of(arcs % 3, 3)
        critical.closures(graph, weight, demand, groups)
        critical_pairs.hierarchy_closures(hierarchy, metric, demand, groups)
        critical_pairs.sparse_closures(graph, hierarchy, metric, demand, arcs)
        critical.distances_after(graph, weight, dijkstra.shortest_tree(graph, weight, nodes[:1]), nodes[3:5], groups)
        first_route, first_arc = np.array([0, 2]), np.array([0, 1, 2])
        closing = critical_choice.groups_of_arcs(groups, m)
        left = critical_choice.WaysLeft(first_arc[:2], arcs[:1], np.ones(1))
        critical_choice.logit_closures(first_route, np.ones(2), 1.0, first_arc, arcs[:2], np.ones(1), closing, left, 3)

    def replacement() -> None:
        # The one kernel that an ordinary network may never need, called as ``sparse_closures`` would.
        scratch = critical_pairs.PairScratch(graph, hierarchy, metric)
        to_target = dijkstra.shortest_tree(reverse_graph(graph), weight, nodes[n - 1 :]).distance
        scratch.replacement(weight, to_target, 0, n - 1, 0)

    return (
        ("searches", searches),
        ("bounded trees", bounded_trees),
        ("node order", orders),
        ("changes", edits),
        ("paths", queries),
        ("matrices", matrices),
        ("sweeps", sweeps),
        ("flows", flows),
        ("reach", reaches),
        ("alternatives", routes),
        ("closures", closures),
        ("replacements", replacement),
    )


def warm(progress: Callable[[str, int, int], None] | None = None) -> None:
    """Compile all kernels or load them from the cache.

    ``progress(name, done, total)`` is called before each step and, with an empty name, at the end.
    """
    if progress is not None:
        progress("hierarchy", 0, 1)
    steps = _steps()
    total = len(steps) + 1
    for done, (name, step) in enumerate(steps, start=1):
        if progress is not None:
            progress(name, done, total)
        step()
    if progress is not None:
        progress("", total, total)
