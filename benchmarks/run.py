"""Speed of the kernels beside their peers: one command, one table, answers compared before anything is timed.

    python benchmarks/run.py --network detailed.npz --tntp FOLDER --out benchmarks/table.md

``--network`` takes any ``.npz`` of arrays (``networks.read_npz``); without it the detailed world network of the
project is loaded, and without that a made-up town of its size. Every row is a ratio within this run. Weights of the
large network are rounded to whole thousandths, because the peers take whole numbers; ours are the same numbers
as float64, so that answers can be asked to be equal to the last bit.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import io
import json
import os
import platform
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from networks import Demand, Network, from_detailed, read_npz, read_tntp, strategic, town, town_with_zones
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra as scipy_dijkstra

from landbridge.kernels import critical
from landbridge.kernels.alternatives import make_anchors, via_alternatives
from landbridge.kernels.cch import build_hierarchy, customise, empty_metric, perfect_values
from landbridge.kernels.changes import Editor
from landbridge.kernels.critical_pairs import hierarchy_closures, link_closures, sparse_closures
from landbridge.kernels.dijkstra import Search, distance_matrix
from landbridge.kernels.graph import build_graph, strong_parts
from landbridge.kernels.labels import make_sums, skim
from landbridge.kernels.loading import all_or_nothing
from landbridge.kernels.min_degree import minimum_degree
from landbridge.kernels.order import nested_dissection, sphere_points
from landbridge.kernels.paths import PathQuery
from landbridge.kernels.sweep import build_fan, sweep_distances
from landbridge.kernels.warm import warm
from landbridge.models.criticality import criticality
from landbridge.models.wires import Wire, Wires

PEERS = (
    "numpy",
    "scipy",
    "numba",
    "igraph",
    "networkit",
    "routingkit-cch",
    "pyroutingkit",
    "aequilibrae",
    "scgraph",
    "searoute",
)


@dataclass
class Table:
    """Rows of the report, printed as they come."""

    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add(
        self,
        what: str,
        ours: float,
        threads: int,
        peer: str = "",
        theirs: float = np.nan,
        peer_threads: int = 1,
        target: str = "",
        *,
        met: bool | None = None,
    ) -> None:
        ratio = f"{ours / theirs:.3g}" if np.isfinite(theirs) else ""
        row = (
            what,
            seconds(ours),
            str(threads),
            peer,
            seconds(theirs) if np.isfinite(theirs) else "",
            str(peer_threads) if peer else "",
            ratio,
            target,
            verdict(met=met, slower=bool(peer) and not peer.startswith("our own") and ours > 1.005 * theirs),
        )
        self.rows.append(row)
        print(" | ".join(row), flush=True)

    def markdown(self) -> str:
        head = ("workload", "ours", "threads", "peer", "theirs", "threads", "ours / theirs", "target", "")
        lines = [head, ("---",) * len(head), *self.rows]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def verdict(*, met: bool | None, slower: bool) -> str:
    """Whether a target is met, and whether a peer is faster; both are said."""
    words = [] if met is None else ["met" if met else "MISSED"]
    return ", ".join([*words, *(["slower than the peer"] if slower else [])])


def seconds(value: float) -> str:
    if value < 1e-3:
        return f"{value * 1e6:.0f} µs"
    return f"{value * 1e3:.1f} ms" if value < 1 else f"{value:.1f} s"


def clock(work: Callable[[], object], repeat: int = 3) -> float:
    """Least wall time of ``repeat`` runs; the same for both sides of every row."""
    best = np.inf
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def matrix_of(network: Network, weight: np.ndarray) -> csr_matrix:
    """scipy's matrix: of parallel arcs the cheapest, since building it would add them up; zero weights kept."""
    n = network.node_count
    by_pair = np.lexsort((weight, network.head, network.tail))
    key = network.tail[by_pair].astype(np.int64) * n + network.head[by_pair]
    kept = by_pair[np.concatenate(([True], key[1:] != key[:-1]))]
    return csr_matrix((weight[kept], (network.tail[kept], network.head[kept])), shape=(n, n))


def peak_gib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


class Large:
    """The workloads on the large network."""

    def __init__(self, network: Network, threads: int, order_file: Path | None, table: Table) -> None:
        self.network, self.threads, self.table = network, threads, table
        self.scale = 1000.0
        self.whole = np.round(network.weight * self.scale)
        self.graph = build_graph(network.tail, network.head, network.node_count)
        part = strong_parts(network.tail, network.head, network.node_count, self.whole)
        self.inside = np.flatnonzero(part == 0).astype(np.int32)
        self.rng = np.random.default_rng(7)
        self.order = self._order(order_file)
        self.hierarchy = build_hierarchy(network.tail, network.head, self.order)
        self.metric = customise(self.hierarchy, self.whole, threads)

    def sample(self, count: int) -> np.ndarray:
        return self.rng.choice(self.inside, count, replace=False)

    def _order(self, order_file: Path | None) -> np.ndarray:
        network = self.network
        if order_file is not None and order_file.exists():
            order = np.load(order_file)
            if order.size == network.node_count:
                return order
        point = sphere_points(network.lat, network.lon)
        start = time.perf_counter()
        order = nested_dissection(network.tail, network.head, point, self.threads)
        ours = time.perf_counter() - start
        if order_file is not None:
            np.save(order_file, order)
        import routingkit_cch

        start = time.perf_counter()
        theirs_order = routingkit_cch.compute_order_inertial(
            network.node_count,
            network.tail.tolist(),
            network.head.tolist(),
            network.lat.tolist(),
            network.lon.tolist(),
        )
        theirs = time.perf_counter() - start
        self.table.add(
            "node order, once",
            ours,
            self.threads,
            "routingkit-cch inertial flow",
            theirs,
            target="≤ 180 s",
            met=ours <= 180,
        )
        ours_size, theirs_size = (order_figures(network, o) for o in (order, np.array(theirs_order, np.int32)))
        for name, one, two in zip(("arcs", "triangles", "arcs per climb"), ours_size, theirs_size, strict=True):
            row = (f"order: {name} of the supergraph", f"{one:,.0f}", "", "routingkit-cch", f"{two:,.0f}", "")
            self.table.rows.append((*row, f"{one / two:.3g}", "", ""))
            print(" | ".join(self.table.rows[-1]))
        return order

    def run(self, pairs: int) -> None:
        self.build()
        self.customise()
        self.trees()
        self.paths()
        self.skims()
        self.edits()
        self.alternatives()
        self.closures(pairs)
        memory = peak_gib()
        self.table.rows.append(
            ("peak memory of the whole run, peers included", f"{memory:.1f} GiB", "", "", "", "", "", "≤ 4 GiB", "")
        )

    def build(self) -> None:
        import routingkit_cch

        network = self.network
        ours = clock(lambda: build_hierarchy(network.tail, network.head, self.order), 2)
        lists = self.order.tolist(), network.tail.tolist(), network.head.tolist()
        start = time.perf_counter()
        self.peer = routingkit_cch.CCH(*lists, False)
        self.table.add("supergraph, once", ours, 1, "routingkit-cch", time.perf_counter() - start)
        self.peer_weight = self.whole.astype(np.int64).tolist()
        self.peer_metric = routingkit_cch.CCHMetric(self.peer, self.peer_weight)

    def customise(self) -> None:
        import pyroutingkit

        metric = empty_metric(self.hierarchy)
        theirs = clock(lambda: self.peer_metric.reset(self.peer_weight))
        for threads in sorted({1, self.threads}):
            ours = clock(lambda t=threads: customise(self.hierarchy, self.whole, t, metric))
            self.table.add(
                "customise",
                ours,
                threads,
                "routingkit-cch",
                theirs,
                target="≤ 1.5 x",
                met=ours <= 1.5 * theirs,
            )
        network = self.network
        topology = pyroutingkit.CCHTopology()
        topology.build(
            network.tail.astype(np.uint32),
            network.head.astype(np.uint32),
            network.lat.astype(np.float32),
            network.lon.astype(np.float32),
            network.node_count,
        )
        self.pyrouting = pyroutingkit.CCHMetric(topology)
        self._topology = topology
        weight = self.whole.astype(np.uint32)
        for threads in sorted({1, self.threads}):
            theirs = clock(lambda t=threads: self.pyrouting.customize(weight, t))
            ours = clock(lambda t=threads: customise(self.hierarchy, self.whole, t, metric))
            self.table.add("customise", ours, threads, "pyroutingkit, its own order", theirs, threads)
        ours = clock(lambda: perfect_values(self.hierarchy, self.metric, self.threads))
        self.table.add("perfect customisation", ours, self.threads)

    def trees(self) -> None:
        import igraph
        import networkit

        sources = self.sample(64)
        few = sources[:4]
        matrix = matrix_of(self.network, self.whole)
        fan = build_fan(self.hierarchy, self.metric)
        result = sweep_distances(self.hierarchy, self.metric, fan, sources, threads=self.threads)
        expected = scipy_dijkstra(matrix, indices=few)
        np.testing.assert_array_equal(result[:4], expected)
        search = Search(self.graph)
        np.testing.assert_array_equal(search.tree(self.whole, few[:1]).distance, expected[0])
        scipy_time = clock(lambda: scipy_dijkstra(matrix, indices=few)) / few.size
        for threads in sorted({1, self.threads}):
            ours = (
                clock(
                    lambda t=threads: sweep_distances(self.hierarchy, self.metric, fan, sources, threads=t, into=result)
                )
                / sources.size
            )
            self.table.add(
                "one tree in a batch of 64",
                ours,
                threads,
                "scipy Dijkstra",
                scipy_time,
                target="≤ 5 ms and ≤ 1/15" if threads == self.threads else "",
                met=ours <= min(0.005, scipy_time / 15) if threads == self.threads else None,
            )
        one = clock(lambda: search.tree(self.whole, few[:1]))
        self.table.add("one tree by our Dijkstra, with arcs", one, 1, "scipy Dijkstra", scipy_time)
        graph = igraph.Graph(
            n=self.network.node_count,
            edges=np.column_stack([self.network.tail, self.network.head]),
            directed=True,
        )
        weight = self.whole.tolist()
        found = np.array(graph.distances(int(few[0]), weights=weight)[0])
        np.testing.assert_array_equal(found, expected[0])
        theirs = clock(lambda: graph.distances(int(few[0]), weights=weight), 1)
        self.table.add("one tree in a batch of 64", ours, self.threads, "igraph distances", theirs)
        coo = matrix.tocoo()
        theirs_graph = networkit.GraphFromCoo(
            (coo.data, (coo.row, coo.col)), n=self.network.node_count, weighted=True, directed=True
        )
        networkit.setNumberOfThreads(self.threads)
        many = networkit.distance.SPSP(theirs_graph, few.tolist())
        many.run()
        found = np.array(many.getDistances())
        np.testing.assert_array_equal(np.where(found > 1e300, np.inf, found), expected)
        theirs = clock(lambda: networkit.distance.SPSP(theirs_graph, few.tolist()).run()) / few.size
        self.table.add("one tree in a batch of 64", ours, self.threads, "networkit SPSP", theirs, self.threads)

    def paths(self) -> None:
        import routingkit_cch

        pairs = [(int(s), int(t)) for s, t in self.sample(1000).reshape(500, 2)]
        query = PathQuery(self.hierarchy, self.metric)
        peer = routingkit_cch.CCHQuery(self.peer_metric)

        def peer_path(s: int, t: int) -> tuple[int, list[int]]:
            answer = peer.run(s, t)
            return answer.distance, answer.arc_path

        def peer_distance(s: int, t: int) -> int:
            return peer.run(s, t).distance

        for s, t in pairs:
            distance, arcs = query.path(s, t)
            assert distance == peer_path(s, t)[0] == self.whole[arcs].sum()
        ours = clock(lambda: [query.path(s, t) for s, t in pairs]) / len(pairs)
        theirs = clock(lambda: [peer_path(s, t) for s, t in pairs]) / len(pairs)
        self.table.add(
            "one pair with path",
            ours,
            1,
            "routingkit-cch",
            theirs,
            target="≤ 2 x",
            met=ours <= 2 * theirs,
        )
        ours = clock(lambda: [query.distance(s, t) for s, t in pairs]) / len(pairs)
        theirs = clock(lambda: [peer_distance(s, t) for s, t in pairs]) / len(pairs)
        self.table.add("one pair, distance", ours, 1, "routingkit-cch", theirs)
        theirs = clock(lambda: [self.pyrouting.query(s, t) for s, t in pairs]) / len(pairs)
        ours = clock(lambda: [query.path(s, t) for s, t in pairs]) / len(pairs)
        self.table.add("one pair with path", ours, 1, "pyroutingkit", theirs)

    def skims(self) -> None:
        sources, targets = self.sample(300), self.sample(300)
        attributes = self.network.attributes
        result = skim(self.hierarchy, self.metric, sources, targets, make_sums(self.hierarchy, attributes), 1)
        theirs_input = sources.astype(np.uint32), targets.astype(np.uint32)
        np.testing.assert_array_equal(result.distance, self.pyrouting.distances_many_to_many(*theirs_input))
        theirs = clock(lambda: self.pyrouting.distances_many_to_many(*theirs_input))
        for threads in sorted({1, self.threads}):
            ours = clock(
                lambda t=threads: skim(
                    self.hierarchy, self.metric, sources, targets, make_sums(self.hierarchy, attributes), t
                )
            )
            self.table.add(
                f"300 x 300 skim of {attributes.shape[1] + 1} attributes",
                ours,
                threads,
                "pyroutingkit, distances only",
                theirs,
                target="≤ 2 x",
                met=ours <= 2 * theirs,
            )
        none = make_sums(self.hierarchy, attributes[:, :0])
        ours = clock(lambda: skim(self.hierarchy, self.metric, sources, targets, none, 1))
        self.table.add("300 x 300 distances", ours, 1, "pyroutingkit", theirs)
        few = sources[:2]
        exact = distance_matrix(self.graph, self.network.weight, few, targets)
        metric = customise(self.hierarchy, self.network.weight, self.threads)
        ours_exact = skim(self.hierarchy, metric, few, targets, none, 1).distance
        worst = float(np.max(np.abs(ours_exact - exact) / exact))
        row = ("unrounded weights: largest relative difference from Dijkstra", f"{worst:.1e}")
        self.table.rows.append((*row, "", "", "", "", "", "rounding", "met" if worst < 1e-12 else "MISSED"))
        print(" | ".join(self.table.rows[-1]))

    def edits(self) -> None:
        import routingkit_cch

        query = PathQuery(self.hierarchy, self.metric)
        pairs = [(int(s), int(t)) for s, t in self.sample(40).reshape(20, 2)]
        arcs = np.unique(np.concatenate([query.path(s, t)[1] for s, t in pairs]))
        arcs = self.rng.choice(arcs, 200, replace=False)
        editor = Editor(self.hierarchy, self.metric)
        updater = routingkit_cch.CCHMetricPartialUpdater(self.peer)
        closed = 2**31 - 1

        def ours_edit(arc: int) -> None:
            editor.restore(editor.apply(np.array([arc], np.int32), np.inf))

        def peer_edit(arc: int) -> None:
            updater.apply(self.peer_metric, {arc: closed})
            updater.apply(self.peer_metric, {arc: self.peer_weight[arc]})

        ours = clock(lambda: [ours_edit(arc) for arc in arcs.tolist()], 2) / arcs.size
        theirs = clock(lambda: [peer_edit(arc) for arc in arcs.tolist()], 2) / arcs.size
        self.table.add("close and restore an arc on a shortest path", ours, 1, "routingkit-cch", theirs)

    def alternatives(self) -> None:
        anchors = make_anchors(self.hierarchy, self.metric, self.sample(2000), self.threads)
        pairs = self.sample(40).reshape(20, 2).tolist()

        def ask() -> None:
            for s, t in pairs:
                via_alternatives(self.hierarchy, self.metric, self.graph, s, t, anchors, count=5)

        self.table.add("5 alternatives through 2,000 anchors, mean of 20 pairs", clock(ask) / len(pairs), 1)

    def closures(self, pairs: int) -> None:
        origins = max(1, pairs // 10)
        origin = np.repeat(self.sample(origins), 10)
        destination = self.rng.choice(self.inside, origin.size)
        volume = np.ones(origin.size)
        ours = clock(lambda: all_or_nothing(self.hierarchy, self.metric, origin, destination, volume, self.threads))
        self.table.add(f"load {origin.size:,} pairs all-or-nothing", ours, self.threads)
        loading = all_or_nothing(self.hierarchy, self.metric, origin, destination, volume, self.threads)
        used = np.flatnonzero(loading.flow > 0).astype(np.int32)
        key = origin.astype(np.int64) * self.network.node_count + destination
        distinct = np.sort(np.unique(key, return_index=True)[1])
        demand = critical.make_demand(origin[distinct], destination[distinct], volume[distinct])
        start = time.perf_counter()
        result = sparse_closures(self.graph, self.hierarchy, self.metric, demand, used, self.threads)
        ours = time.perf_counter() - start
        some = self.rng.choice(used.size, 100, replace=False)
        start = time.perf_counter()
        check = hierarchy_closures(self.hierarchy, self.metric, demand, critical.single_arcs(used[some]), self.threads)
        by_edit = (time.perf_counter() - start) / some.size * used.size
        # Of ties between paths the two ways may take different ones, so only effects are compared.
        np.testing.assert_allclose(result.delta_total[some], check.delta_total, rtol=1e-9)
        np.testing.assert_allclose(result.cut_off[some], check.cut_off, rtol=1e-9)
        self.table.add(
            f"N-1 of all {used.size:,} used links, {demand.destination.size:,} pairs",
            ours,
            self.threads,
            "our own edits, estimated from 100 links",
            by_edit,
            self.threads,
            target="≤ 200 s",
            met=ours <= 200,
        )


def order_figures(network: Network, order: np.ndarray) -> tuple[float, float, float]:
    """Arcs, triangles and mean arcs relaxed in a climb."""
    hierarchy = build_hierarchy(network.tail, network.head, order)
    degree = np.diff(hierarchy.first_up).astype(np.float64)
    above = degree.copy()
    for x in range(degree.size - 1, -1, -1):
        if hierarchy.parent[x] >= 0:
            above[x] += above[hierarchy.parent[x]]
    return float(degree.sum()), float((degree * (degree - 1) / 2).sum()), float(above.mean())


def demand_workloads(demand: Demand, threads: int, limit: float | None, table: Table) -> None:
    """N-1 of every link for all trips beside the same by scipy, link by link; skims, paths and edits."""
    network = demand.network
    rows, columns = np.nonzero(demand.trips)
    names = [str(i) for i in range(demand.origin.size)]
    wires = Wires(
        network.tail,
        network.head,
        network.weight,
        network.node_count,
        ("",) * network.node_count,
        dict(zip(names, demand.origin.tolist(), strict=True)),
        dict(zip(names, demand.destination.tolist(), strict=True)),
    )
    things = [Wire(str(i), "", "", arcs) for i, arcs in enumerate(demand.things)]
    ends = [names[i] for i in rows.tolist()], [names[i] for i in columns.tolist()]
    volume = demand.trips[rows, columns]
    start = time.perf_counter()
    result = criticality(wires, things, *ends, volume, threads=threads).result
    ours = time.perf_counter() - start
    check_and_time_closures(demand, result, rows.size, ours, threads, limit, table)
    order = minimum_degree(network.tail, network.head, network.node_count)
    if np.ptp(network.lat) > 0:
        point = sphere_points(network.lat, network.lon)
        in_space = nested_dissection(network.tail, network.head, point, threads)
        figures = [order_figures(network, each)[1] for each in (order, in_space)]
        row = (f"order: triangles: {network.name}", f"{figures[0]:,.0f}", "", "our own dissection in space")
        table.rows.append((*row, f"{figures[1]:,.0f}", "", f"{figures[0] / figures[1]:.3g}", "", ""))
    hierarchy = build_hierarchy(network.tail, network.head, order)
    metric = customise(hierarchy, network.weight)
    if rows.size <= 10_000:
        pairs = critical.make_demand(demand.origin[rows], demand.destination[columns], volume)
        graph = build_graph(network.tail, network.head, network.node_count)
        groups = critical.make_groups(demand.things)
        start = time.perf_counter()
        critical.closures(graph, network.weight, pairs, groups, threads)
        by_trees = time.perf_counter() - start
        start = time.perf_counter()
        by_pair = link_closures(graph, hierarchy, metric, pairs, groups, threads)
        by_pairs = time.perf_counter() - start
        np.testing.assert_allclose(by_pair.delta_total, result.delta_total, atol=1e-9 * result.base_total)
        what = f"N-1 pair by pair, network not shortened: {network.name}"
        table.add(what, by_pairs, threads, "our own repair of trees", by_trees, threads)
    sources = np.flatnonzero(demand.trips.any(axis=1))
    matrix = matrix_of(network, network.weight)
    base = scipy_dijkstra(matrix, indices=demand.origin[sources])[:, demand.destination]
    none = make_sums(hierarchy, network.attributes[:, :0])
    ours = clock(lambda: skim(hierarchy, metric, demand.origin, demand.destination, none, threads))
    found = skim(hierarchy, metric, demand.origin[sources], demand.destination, none, threads).distance
    np.testing.assert_allclose(found, base, rtol=1e-12)
    what = f"{demand.origin.size} x {demand.destination.size} distances: {network.name}"
    table.add(what, ours, threads, "scipy Dijkstra", clock(lambda: scipy_dijkstra(matrix, indices=demand.origin)))
    aequilibrae_skim(demand, what, ours, threads, base, sources, table)
    query, editor = PathQuery(hierarchy, metric), Editor(hierarchy, metric)
    scgraph_paths(demand, query, base, sources, table)
    rng = np.random.default_rng(5)
    some = rng.integers(0, demand.origin.size, (20, 2)).tolist()
    ends = [(int(demand.origin[i]), int(demand.destination[j])) for i, j in some if i != j]
    edits = [(s, t, arc) for s, t in ends for arc in query.path(s, t)[1].tolist()]

    def edit(s: int, t: int, arc: int) -> None:
        undo = editor.apply(np.array([arc], np.int32), np.inf)
        query.path(s, t)
        editor.restore(undo)

    ours = clock(lambda: [edit(*each) for each in edits]) / len(edits)
    what = f"edit to answer (close, path, restore), mean of every arc of 20 ways: {network.name}"
    table.add(what, ours, 1, target="≤ 2 ms", met=ours <= 0.002)


def check_and_time_closures(
    demand: Demand, result: critical.Closures, pairs: int, ours: float, threads: int, limit: float | None, table: Table
) -> None:
    """The row of N-1, after ten links that are used have been closed by scipy with the same answer."""
    network = demand.network
    rng = np.random.default_rng(3)
    used = np.flatnonzero(result.affected > 0)
    sample = np.sort(rng.choice(used, min(used.size, 10), replace=False))
    sources = np.flatnonzero(demand.trips.any(axis=1))

    def total(weight: np.ndarray) -> np.ndarray:
        return scipy_dijkstra(matrix_of(network, weight), indices=demand.origin[sources])[:, demand.destination]

    base = total(network.weight)
    trips = demand.trips[sources]
    wanted = (trips > 0) & np.isfinite(base)
    spent = 0.0
    for thing in sample.tolist():
        weight = network.weight.copy()
        weight[demand.things[thing]] = np.inf
        start = time.perf_counter()
        after = total(weight)
        spent += time.perf_counter() - start
        lost = wanted & np.isinf(after)
        kept = wanted & ~lost
        np.testing.assert_allclose(result.cut_off[thing], trips[lost].sum(), rtol=1e-9)
        np.testing.assert_allclose(
            result.delta_total[thing],
            (trips[kept] * (after[kept] - base[kept])).sum(),
            rtol=1e-7,
            atol=1e-9 * result.base_total,
        )
    table.add(
        f"N-1 of all {len(demand.things):,} links, {pairs:,} pairs: {network.name}",
        ours,
        threads,
        f"scipy Dijkstra per link, estimated from {sample.size} links",
        spent / sample.size * len(demand.things),
        target="" if limit is None else f"≤ {limit:.0f} s",
        met=None if limit is None else ours <= limit,
    )


def aequilibrae_skim(
    demand: Demand,
    what: str,
    ours: float,
    threads: int,
    base: np.ndarray,
    sources: np.ndarray,
    table: Table,
) -> None:
    """AequilibraE's skim on the network as it comes, zones not passed through."""
    import pandas as pd
    from aequilibrae.paths import Graph, NetworkSkimming

    network = demand.network
    # AequilibraE has one node per zone, numbered first: destinations are folded back on origins.
    name = np.arange(network.node_count) + demand.origin.size + 1
    name[demand.origin] = np.arange(demand.origin.size) + 1
    name[demand.destination] = np.arange(demand.origin.size) + 1
    frame = pd.DataFrame(
        {
            "link_id": np.arange(network.tail.size) + 1,
            "a_node": name[network.tail],
            "b_node": name[network.head],
            "direction": 1,
            "cost": network.weight,
        }
    )
    graph = Graph()
    graph.network = frame

    def work() -> NetworkSkimming:
        skimming = NetworkSkimming(graph)
        skimming.set_cores(threads)
        with contextlib.redirect_stderr(io.StringIO()):  # its progress bar
            skimming.execute()
        return skimming

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of places without an open link
        graph.prepare_graph(np.arange(demand.origin.size) + 1)
    graph.set_graph("cost")
    graph.set_skimming(["cost"])
    graph.set_blocked_centroid_flows(not np.array_equal(demand.origin, demand.destination))
    found = np.asarray(work().results.skims.matrix_view).reshape(demand.trips.shape)[sources]
    off_diagonal = sources[:, None] != np.arange(demand.origin.size)[None, :]
    other = ~np.isclose(found, base, rtol=1e-9) & off_diagonal & np.isfinite(base)
    # Ours were compared with scipy's; where a peer says otherwise the table says so.
    peer = "AequilibraE skimming" + (f" (other at {other.sum()} pairs)" if other.any() else "")
    if other.mean() >= 0.05:
        table.add(what, ours, threads, f"{peer}: not timed")
        return
    table.add(what, ours, threads, peer, clock(work), threads)


def scgraph_paths(demand: Demand, query: PathQuery, base: np.ndarray, sources: np.ndarray, table: Table) -> None:
    """scgraph's Dijkstra on the same arcs (the cheapest of parallel ones), from a few origins to one destination."""
    from scgraph import Graph

    network = demand.network
    adjacency: list[dict[int, float]] = [{} for _ in range(network.node_count)]
    for t, h, w in zip(network.tail.tolist(), network.head.tolist(), network.weight.tolist(), strict=True):
        adjacency[t][h] = min(w, adjacency[t].get(h, np.inf))
    last = int(demand.destination[-1])
    few = demand.origin[sources[:5]].tolist()

    def ask(origin: int) -> float:
        return float(Graph.dijkstra(graph=adjacency, origin_id=origin, destination_id=last)["length"])

    np.testing.assert_allclose([ask(origin) for origin in few], base[:5, -1], rtol=1e-9)
    ours = clock(lambda: [query.path(origin, last) for origin in few]) / len(few)
    theirs = clock(lambda: [ask(origin) for origin in few]) / len(few)
    table.add(f"one pair with path: {network.name}", ours, 1, "scgraph Dijkstra in Python", theirs)


def cold_start(table: Table) -> None:
    """A new process that imports the kernels and runs every one of them once, from compiled code on disk."""
    command = [sys.executable, "-c", "from landbridge.kernels.warm import warm; warm()"]
    ours = clock(lambda: subprocess.run(command, check=True))
    table.add("new process: import all kernels, run each once", ours, 1, target="≤ 3 s", met=ours <= 3)


def sea_lanes(table: Table) -> None:
    """Ways between 100 pairs of nodes of searoute's lanes, the Northwest passage closed as it does itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import searoute
        from searoute.searoute import setup_M

    lanes = setup_M("networkx")
    number = {node: i for i, node in enumerate(lanes.nodes)}
    edges = [(number[a], number[b], d) for a, b, d in lanes.edges(data=True)]
    if not lanes.is_directed():
        edges += [(b, a, d) for a, b, d in edges]
    tail, head = (np.array([edge[i] for edge in edges], np.int32) for i in (0, 1))
    weight = np.array([np.inf if edge[2].get("passage") == "northwest" else float(edge[2]["weight"]) for edge in edges])
    places = np.array(list(number), np.float64)
    order = nested_dissection(tail, head, sphere_points(places[:, 1].copy(), places[:, 0].copy()))
    hierarchy = build_hierarchy(tail, head, order)
    query = PathQuery(hierarchy, customise(hierarchy, weight))
    inside = np.flatnonzero(strong_parts(tail, head, len(number), weight) == 0)
    pairs = np.random.default_rng(1).choice(inside, (100, 2)).tolist()
    node = list(number)

    def theirs_length(s: int, t: int) -> float:
        return float(searoute.searoute(node[s], node[t]).properties["length"])

    for s, t in pairs[:20]:
        if s != t:
            np.testing.assert_allclose(query.distance(s, t), theirs_length(s, t), rtol=2e-3)
    ours = clock(lambda: [query.path(s, t) for s, t in pairs]) / len(pairs)
    theirs = clock(lambda: [theirs_length(s, t) for s, t in pairs], 1) / len(pairs)
    table.add(f"one sea way over searoute's lanes ({len(number):,} nodes)", ours, 1, "searoute, networkx", theirs)


def load_large(path: Path | None) -> Network:
    if path is not None:
        return read_npz(path)
    try:
        from landbridge.network import detailed

        network = detailed.load()
    except detailed.NoDetailedNetwork as reason:
        print(f"{reason}\nMeasuring on a made-up town of the detailed network's size.", file=sys.stderr)
        return town(840_000, 2_300_000, seed=1)
    return from_detailed(network)


def describe() -> str:
    cpu = platform.processor() or platform.machine()
    cpu_info = Path("/proc/cpuinfo")
    if cpu_info.exists():
        names = [line.split(":", 1)[1].strip() for line in cpu_info.read_text().splitlines() if "model name" in line]
        cpu = names[0] if names else cpu
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PEERS)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return (
        f"Machine: {cpu}, {os.cpu_count()} processors, {platform.system()}, Python {platform.python_version()}, "
        f"load at the start {load:.1f}.\n\nVersions: {versions}."
    )


def parts(options: argparse.Namespace) -> list[tuple[str, str, Callable[[Table], None]]]:
    """What ``--only`` calls it, its own name, and the work, in the order of the table."""

    def large(table: Table) -> None:
        network = load_large(options.network)
        table.rows.append((f"Below: {network.name}", *("",) * 8))
        Large(network, options.threads, options.order, table).run(options.pairs)

    found: list[tuple[str, str, Callable[[Table], None]]] = [
        ("large", "new process", cold_start),
        ("large", "large", large),
    ]
    for name in ("study", "world"):
        found.append(
            (
                "strategic",
                name,
                lambda table, n=name: demand_workloads(strategic(n, 100, 2), options.threads, 5.0, table),
            )
        )
    for name in ("SiouxFalls", "Anaheim", "Barcelona") if options.tntp else ():
        found.append(
            (
                "towns",
                name,
                lambda table, n=name: demand_workloads(read_tntp(options.tntp, n), options.threads, None, table),
            )
        )
    for size in (
        ("Winnipeg-sized town", 1_052, 2_836, 147, 2.0),
        ("strategic-sized town", 9_000, 30_000, 100, 5.0),
        ("Berlin-sized town", 12_981, 28_376, 865, 300.0),
    ):

        def made_up(table: Table, size: tuple[str, int, int, int, float] = size) -> None:
            demand_workloads(town_with_zones(*size[:4], seed=1), options.threads, size[4], table)

        found.append(("towns", size[0], made_up))
    found.append(("sea", "sea", sea_lanes))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", type=Path, help=".npz with tail, head, lat, lon and weights")
    parser.add_argument("--order", type=Path, help=".npy that keeps the node order of the large network")
    parser.add_argument("--tntp", type=Path, help="folder with *_net.tntp and *_trips.tntp")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=2000, help="pairs of the N-1 on the large network")
    parser.add_argument("--only", choices=("large", "strategic", "towns", "sea"), help="one part of the table")
    parser.add_argument("--keep", type=Path, help=".json of finished parts: a run that was stopped goes on from there")
    parser.add_argument("--out", type=Path, help="write the table here as well")
    options = parser.parse_args()
    heading = describe()
    print(heading)
    warm()
    kept: dict[str, list[tuple[str, ...]]] = {}
    if options.keep is not None and options.keep.exists():
        kept = {name: [tuple(row) for row in rows] for name, rows in json.loads(options.keep.read_text()).items()}
    rows: list[tuple[str, ...]] = []
    for part, name, work in parts(options):
        if options.only not in (None, part):
            continue
        if name not in kept:
            table = Table()
            work(table)
            kept[name] = table.rows
            if options.keep is not None:
                options.keep.write_text(json.dumps(kept))
        rows += kept[name]
    table = Table(rows)
    text = f"{heading}\n\n{table.markdown()}\n"
    print(text)
    if options.out is not None:
        options.out.write_text(text)


if __name__ == "__main__":
    main()
