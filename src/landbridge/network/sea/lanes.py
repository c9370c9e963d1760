"""Sea lanes between ports: shortest, under closures, and all that remain worth knowing under any few closures.

**Law of the variants.** ``lane_variants(..., max_closures=k)`` contains, for any closure of at most k
straits (compounds count as one), the shortest lane that remains, or none if none remains. Reason: start
from the shortest lane; whatever is closed either leaves it open, and then it is the answer, or closes one
of its straits, and each of those was tried. No variant is dominated: each is the shortest under some closure,
so no shorter one passes a subset of its straits.

How it is computed: without the edges that cross a gate the graph is fixed, and distances in it are found
once, between the ports and the ends of the gate edges. A closure then only concerns a small matrix over
those ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from landbridge.io.polyline import Line, cut_at_date_line, encode, unwrapped
from landbridge.network.sea.access import SeaAccess, ways_to_ends
from landbridge.network.sea.graph import Float64, Int32, SeaGraph, edge_line, gate_parity
from landbridge.schema.errors import BadRequest, Finding

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True)
class Lane:
    """One way by sea between two ports.

    ``straits`` are the straits it passes, in order; ``mask`` their bits. The path runs from the port to its
    join, along the edge of the join to ``nodes[0]``, over ``edges`` (``edges[i]`` joins ``nodes[i]`` and
    ``nodes[i + 1]``), and in the same way to the other port. Without nodes both joins lie on one edge and
    the lane runs between them.
    """

    from_port: str
    to_port: str
    km: float
    straits: tuple[str, ...]
    mask: int
    nodes: tuple[int, ...]
    edges: tuple[int, ...]
    start: SeaAccess
    end: SeaAccess


def distances(
    graph: SeaGraph,
    sources: Sequence[SeaAccess],
    targets: Sequence[SeaAccess],
    closed: Collection[str] = (),
    opened: Collection[str] = (),
    draft_m: float | None = None,
) -> Float64:
    """Kilometres of the shortest lanes float64[sources, targets]; ``inf`` where there is no lane.

    ``closed`` straits are shut, as are those closed by default unless ``opened`` names them, and those with
    less depth than ``draft_m`` needs. Raises ``UnknownName`` for a strait nobody knows.
    """
    from scipy.sparse.csgraph import dijkstra

    shut = graph.closed_bits(closed, opened, draft_m)
    matrix, _ = _open_graph(graph, shut)
    first = [_stubs(graph, access) for access in sources]
    last = [_stubs(graph, access) for access in targets]
    ends = np.unique([stub.node for stubs in first for stub in stubs])
    if not ends.size or not targets:
        return np.full((len(sources), len(targets)), np.inf)
    tree = dijkstra(matrix, indices=ends)
    result = np.full((len(sources), len(targets)), np.inf)
    for i, stubs in enumerate(first):
        from_here = np.full(graph.n_nodes, np.inf)
        for stub in stubs:
            if not stub.mask & shut:
                np.minimum(from_here, stub.km + tree[np.searchsorted(ends, stub.node)], out=from_here)
        for j, others in enumerate(last):
            ways = [from_here[stub.node] + stub.km for stub in others if not stub.mask & shut]
            km, mask = _along_one_edge(graph, sources[i], targets[j])
            if not mask & shut:
                ways.append(km)
            result[i, j] = min(ways, default=np.inf)
    return result


def lane_variants(
    graph: SeaGraph,
    ports: Mapping[str, SeaAccess],
    pairs: Sequence[tuple[str, str]],
    max_closures: int = 3,
    closed: Collection[str] = (),
    opened: Collection[str] = (),
    draft_m: float | None = None,
) -> tuple[Lane, ...]:
    """Lanes of each pair that can be the best under at most ``max_closures`` further closures (law above).

    Ordered as ``pairs``, then by length, the unrestricted shortest lane first; a pair without a lane has no
    row. The lane of a pair and of its reverse are the same line. ``closed``, ``opened`` and ``draft_m`` as
    in ``distances``; they hold for every variant and are not counted. Raises ``BadRequest`` for a pair of
    one port or with a port that ``ports`` does not have.
    """
    findings = [
        Finding(f"pair {i + 1}", f"{a} - {b}", "Name two different ports that have access to the sea.")
        for i, (a, b) in enumerate(pairs)
        if a == b or a not in ports or b not in ports
    ]
    if findings:
        raise BadRequest("These pairs of ports have no lane.", findings)
    wanted = sorted({(min(pair), max(pair)) for pair in pairs})
    search = _LaneSearch(graph, ports, wanted, graph.closed_bits(closed, opened, draft_m))
    found = search.variants(max_closures)
    lanes: list[Lane] = []
    for a, b in pairs:
        for lane in found[min(a, b), max(a, b)]:
            lanes.append(lane if lane.from_port == a else _reversed(lane))
    return tuple(lanes)


def lane_line(graph: SeaGraph, lane: Lane) -> tuple[Float64, Float64]:
    """Latitudes and unwrapped longitudes of a lane from port to port, degrees."""
    if lane.nodes:
        first, last = _to_node(graph, lane.start, lane.nodes[0]), _to_node(graph, lane.end, lane.nodes[-1])
        middle_lat, middle_lon = _along(graph, lane.nodes, lane.edges)
        pieces = [first, (middle_lat, middle_lon), (last[0][::-1], last[1][::-1])]
    else:
        pieces = [_between_joins(graph, lane.start, lane.end)]
    lat = np.concatenate([[lane.start.lat], *(piece[0] for piece in pieces), [lane.end.lat]])
    lon = unwrapped(np.concatenate([[lane.start.lon], *(piece[1] for piece in pieces), [lane.end.lon]]))
    new = np.concatenate([[True], (np.diff(lat) != 0) | (np.diff(lon) != 0)])
    return lat[new], lon[new]


def _along(graph: SeaGraph, nodes: Sequence[int], edges: Sequence[int]) -> Line:
    """Points of a path, longitudes as they come; straight edges need no decoding."""
    lat, lon = [float(graph.lat[nodes[0]])], [float(graph.lon[nodes[0]])]
    for node, following, edge in zip(nodes[:-1], nodes[1:], edges, strict=True):
        if graph.inner[edge]:
            edge_lat, edge_lon = edge_line(graph, edge)
            inner = slice(1, -1) if graph.tail[edge] == node else slice(-2, 0, -1)
            lat.extend(edge_lat[inner].tolist())
            lon.extend(edge_lon[inner].tolist())
        lat.append(float(graph.lat[following]))
        lon.append(float(graph.lon[following]))
    return np.array(lat), np.array(lon)


def lane_geometry(graph: SeaGraph, lane: Lane) -> list[Line]:
    """The lane as lines (lat, lon) within [-180, 180] degrees, cut at the date line, for maps."""
    return cut_at_date_line(*lane_line(graph, lane))


def lane_parity(graph: SeaGraph, lane: Lane) -> tuple[str, ...]:
    """Straits whose gate the whole line of a lane, ports included, crosses an odd number of times.

    ``Lane.straits`` has these and, rarely, a strait whose gate the lane only touches (in and out again):
    closing it closes the lane too.
    """
    lat, lon = lane_line(graph, lane)
    return graph.names(gate_parity(lat, lon, graph.gates))


def lane_rows(graph: SeaGraph, lanes: Iterable[Lane]) -> list[dict[str, str | float]]:
    """Lanes as rows of a table; ``straits`` joined by ``;``, ``geometry`` an encoded line, two decimals, unwrapped."""
    return [
        {
            "from_port": lane.from_port,
            "to_port": lane.to_port,
            "km": round(lane.km, 1),
            "straits": ";".join(lane.straits),
            "geometry": encode(*lane_line(graph, lane)),
        }
        for lane in lanes
    ]


@dataclass(frozen=True)
class _Stub:
    """The way of a port to one end of its edge."""

    node: int
    km: float
    mask: int


@dataclass(frozen=True)
class _Gates:
    """Shortest ways between the k gate nodes under one closure, as matrices [k, k]."""

    km: Float64
    onward: Int32  # first gate node of the way
    edge: Int32  # the gate edge that is the hop, -1: the hop is the shortest way over no gate
    reached: dict[int, Float64] = field(default_factory=dict)  # node -> km to each gate node, as found so far


def _stubs(graph: SeaGraph, access: SeaAccess) -> tuple[_Stub, _Stub]:
    length = float(graph.km[access.edge])
    return (
        _Stub(int(graph.tail[access.edge]), access.access_km + access.fraction * length, access.mask_tail),
        _Stub(int(graph.head[access.edge]), access.access_km + (1.0 - access.fraction) * length, access.mask_head),
    )


def _along_one_edge(graph: SeaGraph, a: SeaAccess, b: SeaAccess) -> tuple[float, int]:
    """Length and gates of the way between two joins of one edge; infinite where the edges differ."""
    if a.edge != b.edge:
        return np.inf, 0
    km = a.access_km + abs(a.fraction - b.fraction) * float(graph.km[a.edge]) + b.access_km
    # The two ways to the tail together cross what the way between the ports crosses, and the common rest
    # twice.
    return km, a.mask_tail ^ b.mask_tail


def _open_graph(graph: SeaGraph, shut: int) -> tuple[csr_array[Any], dict[int, int]]:
    """``shortest_between`` over the edges that cross no shut gate, with their own ids."""
    usable = np.flatnonzero((graph.mask & shut) == 0)
    matrix, chosen = shortest_between(graph.n_nodes, graph.tail[usable], graph.head[usable], graph.km[usable])
    return matrix, {key: int(usable[i]) for key, i in chosen.items()}


def shortest_between(n: int, tail: ArrayLike, head: ArrayLike, km: ArrayLike) -> tuple[csr_array[Any], dict[int, int]]:
    """Symmetric matrix [n, n] of edges, and ``lower end * n + upper end`` -> position of the edge it holds.

    Of parallel edges the shortest is taken, ties by position; loops are left out. ``km`` must be positive
    (a sparse zero is no edge).
    """
    from scipy.sparse import csr_array

    ends = np.sort(np.column_stack([tail, head]).astype(np.int64), axis=1)
    length = np.asarray(km, dtype=np.float64)
    key = ends[:, 0] * n + ends[:, 1]
    order = np.lexsort((length, key))
    order = order[ends[order, 0] != ends[order, 1]]
    edge = order[np.concatenate([[True], np.diff(key[order]) != 0])] if order.size else order
    low, high = ends[edge].T
    matrix = csr_array(
        (np.tile(length[edge], 2), (np.concatenate([low, high]), np.concatenate([high, low]))), shape=(n, n)
    )
    return matrix, dict(zip(key[edge].tolist(), edge.tolist(), strict=True))


class _LaneSearch:
    """Distances between ports and gates that serve all closures, and the search over closures."""

    def __init__(
        self,
        graph: SeaGraph,
        ports: Mapping[str, SeaAccess],
        pairs: Sequence[tuple[str, str]],
        shut: int,
    ) -> None:
        from scipy.sparse.csgraph import dijkstra

        self.graph, self.ports, self.pairs, self.shut = graph, ports, pairs, shut
        names = sorted({port for pair in pairs for port in pair})
        self.stubs = {port: _stubs(graph, ports[port]) for port in names}
        self.gate_edges = np.flatnonzero((graph.mask != 0) & (graph.mask & shut == 0) & (graph.tail != graph.head))
        gate_ends = [graph.tail[self.gate_edges], graph.head[self.gate_edges]]
        self.gate_nodes = np.unique(np.concatenate(gate_ends)).astype(np.int64)
        stub_nodes = np.array([s.node for stubs in self.stubs.values() for s in stubs], dtype=np.int64)
        self.sources = np.unique(np.concatenate([self.gate_nodes, stub_nodes]))
        matrix, self.between = _open_graph(graph, -1)
        # int64 -1 has every bit: no gate edge is in this matrix.
        self.km, self.before = dijkstra(matrix, indices=self.sources, return_predecessors=True)
        self.row = {int(node): i for i, node in enumerate(self.sources)}
        self.gate_rows = np.array([self.row[int(node)] for node in self.gate_nodes], dtype=np.int64)
        self.between_gates: Float64 = self.km[np.ix_(self.gate_rows, self.gate_nodes)]
        self.place = {int(node): i for i, node in enumerate(self.gate_nodes)}
        self.walked: dict[tuple[int, int], tuple[list[int], list[int]]] = {}

    def variants(self, max_closures: int) -> dict[tuple[str, str], list[Lane]]:
        """Lanes of each pair that are the shortest under some closure, by ascending length."""
        found: dict[tuple[str, str], dict[int, Lane]] = {pair: {} for pair in self.pairs}
        tried: dict[tuple[str, str], set[int]] = {pair: {self.shut} for pair in self.pairs}
        pending: dict[int, list[tuple[str, str]]] = {self.shut: list(self.pairs)}
        for depth in range(max_closures + 1):
            further: dict[int, list[tuple[str, str]]] = defaultdict(list)
            for closed in sorted(pending):
                gates = self._between_gates(closed)
                for pair in pending[closed]:
                    lane = self._lane(pair, closed, gates)
                    if lane is None:
                        continue
                    known = found[pair].get(lane.mask)
                    if known is None or lane.km < known.km:
                        found[pair][lane.mask] = lane
                    if depth == max_closures:
                        continue
                    for bits in self._closable(lane.mask):
                        if closed | bits not in tried[pair]:
                            tried[pair].add(closed | bits)
                            further[closed | bits].append(pair)
            pending = further
        return {
            pair: sorted(lanes.values(), key=lambda lane: (lane.km, lane.mask.bit_count(), lane.mask))
            for pair, lanes in found.items()
        }

    def _closable(self, mask: int) -> list[int]:
        single = [1 << i for i in range(len(self.graph.strait_ids)) if mask >> i & 1]
        return single + [bits for bits in self.graph.compounds.values() if bits & mask]

    def _between_gates(self, closed: int) -> _Gates:
        """All shortest ways between gate nodes under a closure (Floyd and Warshall)."""
        graph = self.graph
        km = self.between_gates.copy()
        gate_edge = np.full(km.shape, -1, dtype=np.int32)
        for edge in self.gate_edges[(graph.mask[self.gate_edges] & closed) == 0].tolist():
            a, b = self.place[int(graph.tail[edge])], self.place[int(graph.head[edge])]
            if graph.km[edge] < km[a, b]:
                km[a, b] = km[b, a] = graph.km[edge]
                gate_edge[a, b] = gate_edge[b, a] = edge
        n = len(km)
        onward = np.broadcast_to(np.arange(n, dtype=np.int32), (n, n)).copy()
        for k in range(n):
            through = km[:, k, None] + km[None, k, :]
            shorter = through < km
            if shorter.any():
                km = np.where(shorter, through, km)
                onward = np.where(shorter, onward[:, k, None], onward)
        return _Gates(km, onward, gate_edge)

    def _lane(self, pair: tuple[str, str], closed: int, gates: _Gates) -> Lane | None:
        """The shortest lane of a pair under a closure; of equally long ones the first in a fixed order of trial."""
        graph, over_gates = self.graph, gates.km
        start, end = self.ports[pair[0]], self.ports[pair[1]]
        best, mask = _along_one_edge(graph, start, end)
        choice: tuple[_Stub, _Stub, int, int] | None = None
        if mask & closed:
            best = np.inf
        for first in self.stubs[pair[0]]:
            if first.mask & closed:
                continue
            from_first = self.km[self.row[first.node]]
            to_gates = self._to_gates(first.node, gates)
            for last in self.stubs[pair[1]]:
                if last.mask & closed:
                    continue
                direct = first.km + from_first[last.node] + last.km
                if direct < best:
                    best, choice = direct, (first, last, -1, -1)
                if to_gates is None:
                    continue
                from_last = self.km[self.row[last.node]]
                total = to_gates + from_last[self.gate_nodes]
                y = int(np.argmin(total))
                if first.km + total[y] + last.km < best:
                    x = int(np.argmin(from_first[self.gate_nodes] + over_gates[:, y]))
                    best, choice = first.km + total[y] + last.km, (first, last, x, y)
        if not np.isfinite(best):
            return None
        if choice is None:
            return Lane(*pair, float(best), graph.names(mask), mask, (), (), start, end)
        first, last, x, y = choice
        nodes, edges = self._path(first, last, x, y, gates)
        masks = [first.mask, *graph.mask[edges].tolist(), last.mask] if edges else [first.mask, last.mask]
        straits = list(dict.fromkeys(name for part in masks if part for name in graph.names(part)))
        return Lane(*pair, float(best), tuple(straits), graph.bits(straits), tuple(nodes), tuple(edges), start, end)

    def _to_gates(self, node: int, gates: _Gates) -> Float64 | None:
        """Kilometres from a node to each gate node over any of them; None without gates."""
        if len(gates.km) == 0:
            return None
        if node not in gates.reached:
            gates.reached[node] = (self.km[self.row[node]][self.gate_nodes, None] + gates.km).min(axis=0)
        return gates.reached[node]

    def _path(self, first: _Stub, last: _Stub, x: int, y: int, gates: _Gates) -> tuple[list[int], list[int]]:
        """Nodes and edges from the first stub's end to the last one's, over gate nodes x ... y (x = -1: over none)."""
        if x < 0:
            return self._walk(first.node, last.node)
        nodes, edges = (list(part) for part in self._walk(first.node, int(self.gate_nodes[x])))
        while x != y:
            following = int(gates.onward[x, y])
            a, b = int(self.gate_nodes[x]), int(self.gate_nodes[following])
            gate_edge = int(gates.edge[x, following])
            more_nodes, more_edges = self._walk(a, b) if gate_edge < 0 else ([a, b], [gate_edge])
            nodes += more_nodes[1:]
            edges += more_edges
            x = following
        more_nodes, more_edges = self._walk(last.node, int(self.gate_nodes[y]))
        return nodes + more_nodes[::-1][1:], edges + more_edges[::-1]

    def _walk(self, source: int, target: int) -> tuple[list[int], list[int]]:
        """Nodes and edges from a source of the trees to a node, over no gate; not to be changed."""
        if (source, target) not in self.walked:
            before = self.before[self.row[source]]
            nodes = [target]
            while nodes[-1] != source:
                nodes.append(int(before[nodes[-1]]))
            nodes.reverse()
            n = self.graph.n_nodes
            edges = [self.between[min(a, b) * n + max(a, b)] for a, b in pairwise(nodes)]
            self.walked[source, target] = nodes, edges
        return self.walked[source, target]


def _reversed(lane: Lane) -> Lane:
    return Lane(
        lane.to_port,
        lane.from_port,
        lane.km,
        lane.straits[::-1],
        lane.mask,
        lane.nodes[::-1],
        lane.edges[::-1],
        lane.end,
        lane.start,
    )


def _to_node(graph: SeaGraph, access: SeaAccess, node: int) -> Line:
    """The line from a join to an end of its edge."""
    to_tail, to_head = ways_to_ends(graph, access.edge, access.fraction)
    return to_tail if node == graph.tail[access.edge] else to_head


def _between_joins(graph: SeaGraph, start: SeaAccess, end: SeaAccess) -> Line:
    """The line along one edge between two joins."""
    to_tail, to_head = ways_to_ends(graph, start.edge, start.fraction)
    towards_head = end.fraction >= start.fraction
    lat, lon = to_head if towards_head else to_tail
    back, onward = ways_to_ends(graph, end.edge, end.fraction)
    rest = len((onward if towards_head else back)[0]) - 1
    target = (back[0][:1], back[1][:1])
    return np.concatenate([lat[: len(lat) - rest], target[0]]), np.concatenate([lon[: len(lon) - rest], target[1]])
