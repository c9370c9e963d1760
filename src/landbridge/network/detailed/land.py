"""The rail and road graphs of the world as one graph: countries, gauges, terminals, crossings, official lengths.

``build_land`` runs the rules of ``repair`` in order and writes down each repair. Nodes: those of the package,
rail first, then road, each in the package's order, then terminals (a place in one mode, country and gauge) in
the order of their keys.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from landbridge.kernels.dijkstra import Search, path_arcs
from landbridge.kernels.graph import build_graph
from landbridge.kernels.sphere import great_circle_km, great_circles_km
from landbridge.network.detailed.curated import Crossing, CuratedLand, Section
from landbridge.network.detailed.nearness import search_tree, within
from landbridge.network.detailed.places import KnownLink, WorldPlace
from landbridge.network.detailed.repair import (
    Edges,
    crossing_join,
    dead_end_joins,
    false_enclaves,
    loose_part_joins,
    loose_parts,
    no_edges,
    terminal_edges,
)
from landbridge.network.detailed.rules import ARC_RULES, Rules
from landbridge.network.detailed.source import SourceGraph
from landbridge.network.territory import countries_of, country_codes, gap_km, gauges_of, on_land
from landbridge.schema.words import MODES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Shorts = npt.NDArray[np.int16]
Bytes = npt.NDArray[np.int8]

#: Tells how far a stage is: ``progress(stage, done, total)``.
Progress = Callable[[str, int, int], None]

_RULE = {name: i for i, name in enumerate(ARC_RULES)}
_LAND_MODES = ("rail", "road")


@dataclass(frozen=True)
class Terminal:
    """A place's node in one mode, country and gauge. ``origin`` is ``curated`` or ``world``, whose ids are apart."""

    origin: str
    place: str
    mode: str
    country: str
    gauge_mm: int
    lat: float
    lon: float


@dataclass(frozen=True)
class Repair:
    """One repair: the rule, what it concerns, where from and to, how long."""

    rule: str
    mode: str
    subject: str
    from_lat: float
    from_lon: float
    from_country: str
    to_lat: float
    to_lon: float
    to_country: str
    km: float
    note: str


@dataclass(frozen=True)
class SectionLength:
    """A curated section against the detailed network: ``path_km`` with circuity, ``inf`` without a path."""

    section: str
    mode: str
    official_km: float
    path_km: float
    bridged: bool
    finding: str  # "", "no path", "through a third country", "too long", "too short"


@dataclass(frozen=True)
class LandGraph:
    """Undirected land graph: nodes with mode, country and gauge, edges with length and rule.

    ``edge_subject`` int32[e]: position in ``curated.crossings`` of the crossing an edge was made for, -1 = none.
    ``on_section`` int32[e]: position in ``curated.sections`` of a section that runs over the edge, -1 = none.
    ``terminal_node`` int32[t]: node of every terminal. ``circuity``: (mode, continent) -> factor applied to
    the package's lengths; continent "" is the median of the mode, taken where a continent has too few
    sections.
    """

    lat: Floats
    lon: Floats
    mode: Bytes
    country: Shorts
    gauge_mm: Shorts
    tail: Ints
    head: Ints
    km: Floats
    rule: Bytes
    edge_subject: Ints
    on_section: Ints
    terminals: tuple[Terminal, ...]
    terminal_node: Ints
    circuity: dict[tuple[str, str], float]
    repairs: tuple[Repair, ...]
    section_lengths: tuple[SectionLength, ...]


def build_land(
    sources: dict[str, SourceGraph],
    places: Sequence[WorldPlace],
    links: Sequence[KnownLink],
    curated: CuratedLand,
    continents: dict[str, str],
    rules: Rules,
    progress: Progress,
) -> LandGraph:
    """Run all rules; ``sources`` by mode (rail, road), ``continents``: ISO alpha-3 -> continent code."""
    progress("countries", 0, 1)
    graph = _joined(sources)
    progress("joins", 0, 1)
    graph = _with_dead_end_joins(graph, rules)
    graph = _with_known_links(graph, links, rules)
    graph = _with_loose_part_joins(graph, rules)
    graph = _without_false_enclaves(graph, rules)
    graph = _without_false_chords(graph, rules)
    graph = _with_border_stub_joins(graph, rules)
    progress("terminals", 0, 1)
    graph = _with_terminals(graph, places, curated, rules)
    progress("crossings", 0, 1)
    graph = _with_crossing_joins(graph, curated, rules)
    progress("circuity", 0, 1)
    graph = _with_circuity(graph, curated, continents, rules, progress)
    graph = _with_sections(graph, curated, rules, progress)
    return _with_crossing_joins(graph, curated, rules)


def _joined(sources: dict[str, SourceGraph]) -> LandGraph:
    parts = [sources[mode] for mode in _LAND_MODES]
    offsets = np.cumsum([0] + [part.lat.size for part in parts])
    lat, lon = np.concatenate([part.lat for part in parts]), np.concatenate([part.lon for part in parts])
    mode = np.repeat(np.array([MODES.index(mode) for mode in _LAND_MODES], np.int8), [part.lat.size for part in parts])
    country = countries_of(lat, lon)
    gauge = np.where(mode == MODES.index("rail"), gauges_of(lat, lon, country), 0).astype(np.int16)
    tail = np.concatenate([part.tail + offset for part, offset in zip(parts, offsets, strict=False)])
    loops = [
        Repair("loop", name, "", 0.0, 0.0, "", 0.0, 0.0, "", 0.0, f"{part.loop_count} loops of the package dropped")
        for name, part in zip(_LAND_MODES, parts, strict=True)
    ]
    return LandGraph(
        lat=lat,
        lon=lon,
        mode=mode,
        country=country,
        gauge_mm=gauge,
        tail=tail.astype(np.int32),
        head=np.concatenate([part.head + offset for part, offset in zip(parts, offsets, strict=False)]).astype(
            np.int32
        ),
        km=np.concatenate([part.km for part in parts]),
        rule=np.full(tail.size, _RULE["package"], np.int8),
        edge_subject=np.full(tail.size, -1, np.int32),
        on_section=np.full(tail.size, -1, np.int32),
        terminals=(),
        terminal_node=np.empty(0, np.int32),
        circuity={},
        repairs=tuple(loops),
        section_lengths=(),
    )


def with_edges(graph: LandGraph, edges: Edges, rule: str, subject: npt.NDArray[np.int32] | None = None) -> LandGraph:
    """The graph with edges added at the end."""
    if subject is None:
        subject = np.full(len(edges), -1, np.int32)
    return replace(
        graph,
        tail=np.concatenate([graph.tail, edges.tail]).astype(np.int32),
        head=np.concatenate([graph.head, edges.head]).astype(np.int32),
        km=np.concatenate([graph.km, edges.km]),
        rule=np.concatenate([graph.rule, np.full(len(edges), _RULE[rule], np.int8)]),
        edge_subject=np.concatenate([graph.edge_subject, subject]).astype(np.int32),
        on_section=np.concatenate([graph.on_section, np.full(len(edges), -1, np.int32)]),
    )


def _repair(graph: LandGraph, rule: str, a: int, b: int, km: float, subject: str = "", note: str = "") -> Repair:
    codes = country_codes()
    return Repair(
        rule,
        MODES[graph.mode[a]],
        subject,
        float(graph.lat[a]),
        float(graph.lon[a]),
        codes[graph.country[a]],
        float(graph.lat[b]),
        float(graph.lon[b]),
        codes[graph.country[b]],
        float(km),
        note,
    )


def _with_dead_end_joins(graph: LandGraph, rules: Rules) -> LandGraph:
    """Rule 2."""
    joins = dead_end_joins(graph.lat, graph.lon, _group(graph), graph.tail, graph.head, rules.join_limit_km)
    return _with_listed(graph, joins, "dead-end-join")


def _group(graph: LandGraph) -> npt.NDArray[np.int64]:
    """Equal for nodes of one mode, country and gauge."""
    return (graph.mode.astype(np.int64) * 1000 + graph.country) * 10_000 + graph.gauge_mm


def _with_loose_part_joins(graph: LandGraph, rules: Rules) -> LandGraph:
    """Rule 3, until no part finds another one; the largest part of a group waits for the others."""
    group = _group(graph)
    while True:
        part = loose_parts(graph.lat.size, graph.tail, graph.head)
        asking = np.bincount(part)[part] >= rules.loose_part_nodes
        main = np.full(int(group.max()) + 1, part.size, np.int64)
        np.minimum.at(main, group[asking], part[asking])
        asking &= part != main[group]
        joins = loose_part_joins(
            graph.lat, graph.lon, group, part, asking, rules.loose_part_nodes, rules.loose_part_limit_km
        )
        joins = _over_land(graph, joins, free_modes=("rail",))
        if not len(joins):
            return graph
        graph = _with_listed(graph, joins, "loose-part-join")


def _with_border_stub_joins(graph: LandGraph, rules: Rules) -> LandGraph:
    """Rule 5, once: parts are those inside countries."""
    crosses = graph.country[graph.tail] != graph.country[graph.head]
    part = loose_parts(graph.lat.size, graph.tail[~crosses], graph.head[~crosses])
    asking = np.zeros(graph.lat.size, np.bool_)
    asking[graph.tail[crosses]] = True
    asking[graph.head[crosses]] = True
    asking &= np.bincount(part)[part] < rules.loose_part_nodes
    joins = loose_part_joins(
        graph.lat, graph.lon, _group(graph), part, asking, rules.loose_part_nodes, rules.border_stub_limit_km
    )
    return _with_listed(graph, _over_land(graph, joins, free_modes=()), "border-stub-join")


def _over_land(graph: LandGraph, joins: Edges, free_modes: tuple[str, ...]) -> Edges:
    """Those joins whose straight line is on land; ``free_modes`` need not be."""
    free = [MODES.index(mode) for mode in free_modes]
    good = [
        int(graph.mode[a]) in free
        or on_land(graph.lat[a], graph.lon[a], graph.lat[b], graph.lon[b], int(graph.country[a]))
        for a, b in zip(joins.tail.tolist(), joins.head.tolist(), strict=True)
    ]
    return Edges(joins.tail[good], joins.head[good], joins.km[good])


def _with_listed(graph: LandGraph, joins: Edges, rule: str) -> LandGraph:
    """The graph with joins, each of them written down."""
    listed = tuple(
        _repair(graph, rule, a, b, km)
        for a, b, km in zip(joins.tail.tolist(), joins.head.tolist(), joins.km.tolist(), strict=True)
    )
    return replace(with_edges(graph, joins, rule), repairs=graph.repairs + listed)


def _with_known_links(graph: LandGraph, links: Sequence[KnownLink], rules: Rules) -> LandGraph:
    """Known links between the two largest different parts near their ends.

    Where one part holds both ends, between its nodes if its own way is more than three times as long.
    """
    paths = SectionPaths(graph)
    number = {code: i for i, code in enumerate(country_codes())}
    part = loose_parts(graph.lat.size, graph.tail, graph.head)
    rows: list[tuple[int, int, float]] = []
    listed: list[Repair] = []
    for link in links:
        ends = (
            (link.country_from, link.from_lat, link.from_lon),
            (link.country_to, link.to_lat, link.to_lon),
        )
        nearest: list[dict[int, int]] = []  # of each end: part -> its node nearest to the end
        for country, lat, lon in ends:
            here = np.flatnonzero((graph.mode == MODES.index(link.mode)) & (graph.country == number[country]))
            km = great_circles_km(np.array(lat), np.array(lon), graph.lat[here], graph.lon[here])
            near = np.flatnonzero(km <= rules.terminal_reach_km)
            order = near[np.lexsort((here[near], km[near]))][::-1]
            nearest.append(dict(zip(part[here[order]].tolist(), here[order].tolist(), strict=True)))
        pairs = [(a + b, a, b) for a in nearest[0] for b in nearest[1] if a != b]
        common = sorted(set(nearest[0]) & set(nearest[1]))
        if not pairs and common:
            a = b = common[0]
            if not np.isfinite(paths.between([nearest[0][a]], nearest[1][b], 3.0 * link.km).km):
                pairs = [(0, a, b)]
        if pairs:
            _, a, b = min(pairs)
            rows.append((nearest[0][a], nearest[1][b], link.km))
            listed.append(_repair(graph, "known-link", *rows[-1], link.id))
    if not rows:
        return graph
    tail, head, km_column = (np.array(column) for column in zip(*rows, strict=True))
    edges = Edges(tail.astype(np.int32), head.astype(np.int32), km_column.astype(np.float64))
    return replace(with_edges(graph, edges, "known-link"), repairs=graph.repairs + tuple(listed))


def _without_false_enclaves(graph: LandGraph, rules: Rules) -> LandGraph:
    codes = country_codes()
    country = graph.country.copy()
    listed: list[Repair] = []
    for mode in _LAND_MODES:
        of_mode = graph.mode[graph.tail] == MODES.index(mode)
        for enclave in false_enclaves(
            graph.lat,
            graph.lon,
            graph.country,
            graph.tail[of_mode],
            graph.head[of_mode],
            rules.enclave_extent_km,
            rules.enclave_depth_km,
        ):
            country[enclave.nodes] = enclave.country_to
            first = int(enclave.nodes[0])
            listed.append(
                replace(
                    _repair(graph, "enclave", first, int(enclave.nodes[-1]), 0.0),
                    to_country=codes[enclave.country_to],
                    note=f"{enclave.nodes.size} nodes",
                )
            )
    gauge = np.where(graph.mode == MODES.index("rail"), gauges_of(graph.lat, graph.lon, country), 0).astype(np.int16)
    return replace(graph, country=country, gauge_mm=gauge, repairs=graph.repairs + tuple(listed))


def _without_false_chords(graph: LandGraph, rules: Rules) -> LandGraph:
    codes = country_codes()
    a, b = graph.country[graph.tail], graph.country[graph.head]
    drop = np.zeros(graph.tail.size, np.bool_)
    listed = []
    for edge in np.flatnonzero(a != b).tolist():
        gap = gap_km(*sorted((codes[a[edge]], codes[b[edge]])))
        if gap > rules.neighbour_gap_km and graph.rule[edge] == _RULE["package"]:
            drop[edge] = True
            note = f"the countries lie {gap:.0f} km apart"
            listed.append(_repair(graph, "false-chord", graph.tail[edge], graph.head[edge], graph.km[edge], note=note))
    keep = ~drop
    return replace(
        graph,
        tail=graph.tail[keep],
        head=graph.head[keep],
        km=graph.km[keep],
        rule=graph.rule[keep],
        edge_subject=graph.edge_subject[keep],
        on_section=graph.on_section[keep],
        repairs=graph.repairs + tuple(listed),
    )


def _with_terminals(graph: LandGraph, places: Sequence[WorldPlace], curated: CuratedLand, rules: Rules) -> LandGraph:
    number = {code: i for i, code in enumerate(country_codes())}
    part = loose_parts(graph.lat.size, graph.tail, graph.head)
    part_size = np.bincount(part)
    wanted = [
        ("world", place.id, mode, place.territory, place.lat, place.lon) for place in places for mode in _LAND_MODES
    ]
    at = {place.id: place for place in curated.places}
    ends = sorted(
        {
            (place, section.mode, country)
            for section in curated.sections
            for place, country in (
                (section.from_place, section.country_from),
                (section.to_place, section.country_to),
            )
        }
    )
    wanted += [("curated", place, mode, country, at[place].lat, at[place].lon) for place, mode, country in ends]
    trees = {}
    for mode in _LAND_MODES:
        of_mode = np.flatnonzero(graph.mode == MODES.index(mode))
        trees[mode] = (of_mode, search_tree(graph.lat[of_mode], graph.lon[of_mode]))
    terminals: list[Terminal] = []
    far: list[tuple[int, int, float]] = []
    tails: list[npt.NDArray[np.int64]] = []
    heads: list[npt.NDArray[np.int64]] = []
    kms: list[Floats] = []
    count = graph.lat.size
    for origin, place, mode, country, lat, lon in wanted:
        of_mode, tree = trees[mode]
        near = of_mode[within(tree, lat, lon, rules.terminal_reach_km)[0]]
        near = near[graph.country[near] == number[country]]
        gauges = np.unique(graph.gauge_mm[near]).tolist()
        if not gauges and origin == "curated":
            gauges = [int(gauges_of(np.array([lat]), np.array([lon]), np.array([number[country]], np.int16))[0])]
            gauges = gauges if mode == "rail" else [0]
        for gauge in gauges:
            node = count + len(terminals)
            terminals.append(Terminal(origin, place, mode, country, int(gauge), lat, lon))
            here, km = terminal_edges(graph.lat, graph.lon, part, near[graph.gauge_mm[near] == gauge], lat, lon)
            heads.append(np.full(here.size, node, np.int64))
            tails.append(here)
            kms.append(km)
        if origin == "world" and mode == "road" and not (part_size[part[near]] >= rules.far_terminal_part_nodes).any():
            other, km_far = _far_node(graph, part, of_mode, tree, number[country], lat, lon, rules)
            if other >= 0:
                if not gauges:
                    terminals.append(Terminal(origin, place, mode, country, 0, lat, lon))
                far.append((other, count + len(terminals) - 1, rules.far_terminal_circuity * km_far))
    grown = replace(
        graph,
        lat=np.concatenate([graph.lat, [t.lat for t in terminals]]),
        lon=np.concatenate([graph.lon, [t.lon for t in terminals]]),
        mode=np.concatenate([graph.mode, [MODES.index(t.mode) for t in terminals]]).astype(np.int8),
        country=np.concatenate([graph.country, [number[t.country] for t in terminals]]).astype(np.int16),
        gauge_mm=np.concatenate([graph.gauge_mm, [t.gauge_mm for t in terminals]]).astype(np.int16),
        terminals=tuple(terminals),
        terminal_node=np.arange(count, count + len(terminals), dtype=np.int32),
    )
    edges = no_edges()
    if tails:
        edges = Edges(
            np.concatenate(tails).astype(np.int32), np.concatenate(heads).astype(np.int32), np.concatenate(kms)
        )
    grown = with_edges(grown, edges, "terminal")
    if not far:
        return grown
    tail, head, far_km = (np.array(column) for column in zip(*far, strict=True))
    added = Edges(tail.astype(np.int32), head.astype(np.int32), far_km.astype(np.float64))
    listed = tuple(_repair(grown, "far-terminal", a, b, km, grown.terminals[b - count].place) for a, b, km in far)
    return replace(with_edges(grown, added, "far-terminal"), repairs=grown.repairs + listed)


def _far_node(
    graph: LandGraph,
    part: Ints,
    of_mode: npt.NDArray[np.int64],
    tree: cKDTree,
    country: int,
    lat: float,
    lon: float,
    rules: Rules,
) -> tuple[int, float]:
    """Nearest node of the country's largest part within the far reach, over land; (-1, inf) where there is none."""
    near = of_mode[within(tree, lat, lon, rules.far_terminal_reach_km)[0]]
    near = near[graph.country[near] == country]
    if not near.size:
        return -1, np.inf
    near = near[part[near] == part[near].min()]
    km = great_circles_km(np.array(lat), np.array(lon), graph.lat[near], graph.lon[near])
    best = int(np.argmin(km))
    if not on_land(lat, lon, graph.lat[near[best]], graph.lon[near[best]], country):
        return -1, np.inf
    return int(near[best]), float(km[best])


def _with_crossing_joins(graph: LandGraph, curated: CuratedLand, rules: Rules) -> LandGraph:
    """Rule 6, for operating crossings that no edge crosses yet."""
    paths = SectionPaths(graph)
    part = loose_parts(graph.lat.size, graph.tail, graph.head)
    part_size = np.bincount(part)
    number = {code: i for i, code in enumerate(country_codes())}
    across = np.flatnonzero(graph.country[graph.tail] != graph.country[graph.head])
    trees: dict[str, tuple[npt.NDArray[np.int64], cKDTree]] = {}
    rows: list[tuple[int, int, float, int]] = []
    listed: list[Repair] = []
    for position, crossing in enumerate(curated.crossings):
        if crossing.status != "operating":
            continue
        a, b = number[crossing.country_a], number[crossing.country_b]
        apart = _border_terminals_apart(graph, crossing, paths, rules)
        if apart is not None:
            rows.append((*apart, 0.0, position))
            listed.append(_repair(graph, "crossing-join", *apart, 0.0, crossing.id, "both sides of a border place"))
            continue
        if _is_crossed(graph, across, crossing, a, b, rules.crossing_reach_km):
            continue
        if crossing.mode not in trees:
            of_mode = np.flatnonzero(graph.mode == MODES.index(crossing.mode))
            trees[crossing.mode] = (of_mode, search_tree(graph.lat[of_mode], graph.lon[of_mode]))
        of_mode, tree = trees[crossing.mode]
        near = of_mode[within(tree, crossing.lat, crossing.lon, rules.crossing_reach_km)[0]]
        u, v, km = crossing_join(
            graph.lat,
            graph.lon,
            near[graph.country[near] == a],
            near[graph.country[near] == b],
            part,
            part_size,
            rules.crossing_part_nodes,
        )
        if km <= rules.crossing_join_limit_km:
            rows.append((u, v, km, position))
            listed.append(_repair(graph, "crossing-join", u, v, km, crossing.id))
    if not rows:
        return graph
    tail, head, km_column, subject = (np.array(column) for column in zip(*rows, strict=True))
    edges = Edges(tail.astype(np.int32), head.astype(np.int32), km_column.astype(np.float64))
    grown = with_edges(graph, edges, "crossing-join", subject.astype(np.int32))
    return replace(grown, repairs=graph.repairs + tuple(listed))


def _border_terminals_apart(
    graph: LandGraph, crossing: Crossing, paths: SectionPaths, rules: Rules
) -> tuple[int, int] | None:
    """Terminals of a border place in both countries of a crossing, if no short path joins them."""
    here: dict[str, dict[str, int]] = {}
    for terminal, node in zip(graph.terminals, graph.terminal_node.tolist(), strict=True):
        if terminal.origin != "curated" or terminal.mode != crossing.mode:
            continue
        if terminal.country not in (crossing.country_a, crossing.country_b):
            continue
        km = great_circle_km(terminal.lat, terminal.lon, crossing.lat, crossing.lon)
        if km <= rules.crossing_reach_km:
            here.setdefault(terminal.place, {}).setdefault(terminal.country, node)
    for _, sides in sorted(here.items()):
        if len(sides) == 2:
            a, b = sides[crossing.country_a], sides[crossing.country_b]
            if not np.isfinite(paths.between([a], b, 2.0 * rules.crossing_reach_km).km):
                return a, b
    return None


def _is_crossed(
    graph: LandGraph, across: npt.NDArray[np.int64], crossing: Crossing, a: int, b: int, reach_km: float
) -> bool:
    tail, head = graph.tail[across], graph.head[across]
    ends = (graph.country[tail], graph.country[head])
    mode = graph.mode[tail] == MODES.index(crossing.mode)
    here = mode & (((ends[0] == a) & (ends[1] == b)) | ((ends[0] == b) & (ends[1] == a)))
    if not here.any():
        return False
    u, v = tail[here], head[here]
    share = np.array([[0.0], [0.5], [1.0]])
    lat = graph.lat[u] + share * (graph.lat[v] - graph.lat[u])
    lon = graph.lon[u] + share * (graph.lon[v] - graph.lon[u])
    km = great_circles_km(np.array(crossing.lat), np.array(crossing.lon), lat, lon)
    return bool(km.min() <= reach_km)


@dataclass(frozen=True)
class SectionPath:
    """Shortest path between a section's terminals: ``nodes`` and ``edges`` int64 from end to end, empty
    without a path.
    """

    km: float
    nodes: npt.NDArray[np.int64]
    edges: npt.NDArray[np.int64]


class SectionPaths:
    """Shortest paths between terminals of a land graph, both directions of every edge; scratch memory of one thread."""

    def __init__(self, graph: LandGraph) -> None:
        self.graph = graph
        self._weight = np.concatenate([graph.km, graph.km])
        self._arcs = build_graph(
            np.concatenate([graph.tail, graph.head]), np.concatenate([graph.head, graph.tail]), graph.lat.size
        )
        self._search = Search(self._arcs)
        self._nodes: dict[tuple[str, str, str], list[int]] = {}
        for terminal, node in zip(graph.terminals, graph.terminal_node.tolist(), strict=True):
            if terminal.origin == "curated":
                key = (terminal.place, terminal.mode, terminal.country)
                self._nodes.setdefault(key, []).append(node)

    def ends(self, section: Section) -> tuple[list[int], list[int]]:
        """Terminal nodes of both ends, one per gauge."""
        return (
            self._nodes[section.from_place, section.mode, section.country_from],
            self._nodes[section.to_place, section.mode, section.country_to],
        )

    def path(self, section: Section, limit_km: float) -> SectionPath:
        """The shortest path no longer than ``limit_km``."""
        sources, targets = self.ends(section)
        return min((self.between(sources, target, limit_km) for target in targets), key=lambda path: path.km)

    def between(self, sources: list[int], target: int, limit_km: float) -> SectionPath:
        """The shortest path from any source to a node, no longer than ``limit_km``."""
        tree = self._search.tree(
            self._weight, np.array(sources, np.int32), limit=limit_km, targets=np.array([target], np.int32)
        )
        if not np.isfinite(tree.distance[target]):
            return SectionPath(np.inf, np.empty(0, np.int64), np.empty(0, np.int64))
        arcs = path_arcs(tree.arc, self._arcs.tail, target)
        nodes = np.concatenate([self._arcs.tail[arcs[:1]], self._arcs.head[arcs]])
        edges = arcs.astype(np.int64) % self.graph.km.size
        return SectionPath(float(tree.distance[target]), nodes.astype(np.int64), edges)

    def leaves(self, section: Section, path: SectionPath) -> bool:
        """Whether a path runs through a country the section does not belong to."""
        codes = country_codes()
        seen = {codes[c] for c in np.unique(self.graph.country[path.nodes]).tolist()}
        return bool(seen - {section.country_from, section.country_to})


def _with_circuity(
    graph: LandGraph,
    curated: CuratedLand,
    continents: dict[str, str],
    rules: Rules,
    progress: Progress,
) -> LandGraph:
    """Rule 8: estimate on good sections, apply to the package's edges and to joins."""
    paths = SectionPaths(graph)
    ratios: dict[tuple[str, str], list[float]] = {}
    for done, section in enumerate(curated.sections):
        if done % 50 == 0:
            progress("circuity", done, len(curated.sections))
        if section.km < rules.circuity_min_km:
            continue
        path = paths.path(section, section.km / rules.section_ratio_low)
        if not np.isfinite(path.km) or paths.leaves(section, path):
            continue
        ratio = section.km / path.km
        if 1.0 / rules.section_ratio_high <= ratio <= 1.0 / rules.section_ratio_low:
            for continent in {"", continents[section.country_from]}:
                ratios.setdefault((section.mode, continent), []).append(ratio)
    circuity = {
        key: float(np.median(values))
        for key, values in sorted(ratios.items())
        if key[1] == "" or len(values) >= rules.circuity_min_sections
    }
    codes = country_codes()
    factor = np.ones((len(MODES), len(codes)))
    for mode in _LAND_MODES:
        whole = circuity.get((mode, ""), 1.0)
        for i, code in enumerate(codes):
            factor[MODES.index(mode), i] = circuity.get((mode, continents.get(code, "")), whole)
    stretch = np.isin(
        graph.rule,
        [
            _RULE["package"],
            _RULE["dead-end-join"],
            _RULE["loose-part-join"],
            _RULE["border-stub-join"],
            _RULE["crossing-join"],
            _RULE["terminal"],
        ],
    )
    scale = np.where(stretch, factor[graph.mode[graph.tail], graph.country[graph.tail]], 1.0)
    return replace(graph, km=graph.km * scale, circuity=circuity)


def _with_sections(graph: LandGraph, curated: CuratedLand, rules: Rules, progress: Progress) -> LandGraph:
    """Rules 7 and 9; an edge on the paths of two sections takes the scale of the first."""
    paths = SectionPaths(graph)
    scale = np.ones(graph.km.size)
    on_section = np.full(graph.km.size, -1, np.int32)
    crossing_position = {crossing.id: i for i, crossing in enumerate(curated.crossings)}
    rows: list[tuple[int, int, float, int]] = []
    lengths: list[SectionLength] = []
    listed: list[Repair] = []
    for done, section in enumerate(curated.sections):
        if done % 50 == 0:
            progress("sections", done, len(curated.sections))
        path = paths.path(section, max(3.0 * section.km, section.km + 50.0))
        finding = _section_finding(section, path, paths, rules)
        bridged = finding not in ("", "too short")
        lengths.append(SectionLength(section.id, section.mode, section.km, path.km, bridged, finding))
        if not finding and path.km > 0.0:
            fresh = path.edges[on_section[path.edges] < 0]
            on_section[fresh] = done
            if section.km >= 2.0 * rules.terminal_reach_km:
                scale[fresh] = section.km / path.km
        if bridged:
            a, b = paths.ends(section)
            subject = crossing_position.get(section.crossing, -1)
            rows.append((a[0], b[0], section.km, subject))
            listed.append(_repair(graph, "section", a[0], b[0], section.km, section.id, finding))
    graph = replace(graph, km=graph.km * scale, on_section=on_section, section_lengths=tuple(lengths))
    if not rows:
        return graph
    tail, head, km, subject_column = (np.array(column) for column in zip(*rows, strict=True))
    edges = Edges(tail.astype(np.int32), head.astype(np.int32), km.astype(np.float64))
    grown = with_edges(graph, edges, "section", subject_column.astype(np.int32))
    bridging = [i for i, length in enumerate(lengths) if length.bridged]
    grown.on_section[-len(rows) :] = bridging
    return replace(grown, repairs=graph.repairs + tuple(listed))


def _section_finding(section: Section, path: SectionPath, paths: SectionPaths, rules: Rules) -> str:
    """What is wrong with a path; sections shorter than twice the terminals' reach are judged only by absence."""
    if not np.isfinite(path.km):
        return "no path"
    if paths.leaves(section, path):
        return "through a third country"
    if section.km < 2.0 * rules.terminal_reach_km:
        return ""
    if path.km > section.km * rules.section_ratio_high:
        return "too long"
    return "too short" if path.km < section.km * rules.section_ratio_low else ""
