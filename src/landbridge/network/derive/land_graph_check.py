"""How well the strategic links stand for the detailed network, and what the network cannot reach: numbers
for the quality report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from landbridge.kernels.dijkstra import Search
from landbridge.kernels.graph import build_graph
from landbridge.network.derive.land_graph import moving_weight
from landbridge.network.derive.land_graph_tables import Skeleton
from landbridge.network.detailed.arrays import DetailedNetwork
from landbridge.network.detailed.land import SectionLength
from landbridge.network.detailed.places import WorldPlace
from landbridge.network.detailed.repair import loose_parts
from landbridge.network.territory import country_codes
from landbridge.schema.words import ARC_KINDS, MODES

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Stretch:
    """Strategic over detailed shortest path length on random pairs of places of one mode.

    ``ratio`` float64[p] of the pairs joined in both, ascending; ``lost``: pairs joined in the detailed network only.
    """

    mode: str
    ratio: Floats
    lost: int


def stretch(skeleton: Skeleton, mode: str, source_count: int, pairs_each: int, seed: int) -> Stretch:
    """Compare on ``source_count`` random world terminals, each with up to ``pairs_each`` random others it can reach."""
    network, chains = skeleton.network, skeleton.chains[mode]
    random = np.random.default_rng(seed)
    own = [i for i, t in enumerate(network.terminals) if t.origin == "world" and t.mode == mode]
    node = np.asarray(network.terminal_node)[own].astype(np.int32)
    a = np.array([chain.a for chain in chains], np.int32)
    b = np.array([chain.b for chain in chains], np.int32)
    km = np.array([chain.km for chain in chains])
    both = np.concatenate([km, km])
    coarse_search = Search(build_graph(np.concatenate([a, b]), np.concatenate([b, a]), network.node_count))
    exact_search = Search(network.graph())
    weight = moving_weight(network, mode)
    ratios: list[float] = []
    lost = 0
    for source in random.choice(node, min(source_count, node.size), replace=False).tolist():
        start = np.array([source], np.int32)
        exact = exact_search.tree(weight, start).distance[node]
        coarse = coarse_search.tree(both, start).distance[node]
        reached = np.flatnonzero(np.isfinite(exact) & (exact > 0.0))
        for target in random.choice(reached, min(pairs_each, reached.size), replace=False).tolist():
            if np.isfinite(coarse[target]):
                ratios.append(float(coarse[target] / exact[target]))
            else:
                lost += 1
    return Stretch(mode, np.sort(np.array(ratios)), lost)


@dataclass(frozen=True)
class LandQuality:
    """Numbers about the land part of a detailed network, by mode.

    ``parts``: loose parts of 20 nodes and more; ``main_share``: share of nodes in the largest;
    ``links_by_country``: undirected haul links;
    ``unreachable_capitals``: capitals without a terminal of the mode; ``small_part_capitals``: capitals on a
    part of fewer than a thousand nodes, with that number.
    """

    mode: str
    parts: int
    main_share: float
    links_by_country: dict[str, int]
    unreachable_capitals: tuple[str, ...]
    small_part_capitals: tuple[tuple[str, int], ...]


def land_quality(network: DetailedNetwork, places: Sequence[WorldPlace], mode: str, min_nodes: int = 20) -> LandQuality:
    """Parts, links and capitals of one mode; a capital on a part of under 1,000 nodes is listed with its
    part's size.
    """
    number = MODES.index(mode)
    own = np.asarray(network.mode) == number
    part = loose_parts(network.node_count, np.asarray(network.tail)[own], np.asarray(network.head)[own])
    of_mode = np.asarray(network.node_mode) == number
    size = np.bincount(part[of_mode], minlength=int(part.max()) + 1)
    codes = country_codes()
    haul = own & (np.asarray(network.kind) == ARC_KINDS.index("haul"))
    counts = Counter(np.asarray(network.country)[haul].tolist())
    seat = {
        t.place: int(node)
        for t, node in zip(network.terminals, network.terminal_node, strict=True)
        if t.origin == "world" and t.mode == mode
    }
    capitals = [place.id for place in places if place.kind == "capital"]
    return LandQuality(
        mode=mode,
        parts=int((size >= min_nodes).sum()),
        main_share=float(size.max() / max(1, of_mode.sum())),
        links_by_country={codes[c]: n // 2 for c, n in sorted(counts.items())},
        unreachable_capitals=tuple(capital for capital in capitals if capital not in seat),
        small_part_capitals=tuple(
            (capital, int(size[part[seat[capital]]]))
            for capital in capitals
            if capital in seat and size[part[seat[capital]]] < 1000
        ),
    )


@dataclass(frozen=True)
class SectionAgreement:
    """Detailed over official length of curated sections of one mode: those with a path, and the worst of them."""

    mode: str
    sections: int
    with_path: int
    median_ratio: float
    within_20_percent: int
    worst: tuple[tuple[str, float], ...]


def section_agreement(lengths: Sequence[SectionLength], mode: str, min_km: float, worst: int = 10) -> SectionAgreement:
    """Agreement over the sections of ``min_km`` and more, before their official lengths were built in."""
    own = [row for row in lengths if row.mode == mode and row.official_km >= min_km]
    ratios = {row.section: row.path_km / row.official_km for row in own if np.isfinite(row.path_km)}
    values = np.array(list(ratios.values()))
    order = sorted(ratios, key=lambda section: (-abs(np.log(ratios[section])), section))
    return SectionAgreement(
        mode=mode,
        sections=len(own),
        with_path=len(ratios),
        median_ratio=float(np.median(values)) if values.size else np.nan,
        within_20_percent=int(((values >= 0.8) & (values <= 1.2)).sum()),
        worst=tuple((section, ratios[section]) for section in order[:worst]),
    )


QUALITY_COLUMNS = ("measure", "mode", "subject", "value")

#: Pairs on which the stretch is measured, and their seed.
_STRETCH_SOURCES, _STRETCH_PAIRS, _STRETCH_SEED = 60, 40, 1


def quality_rows(
    skeleton: Skeleton, places: Sequence[WorldPlace], lengths: Sequence[SectionLength], min_km: float
) -> list[dict[str, str]]:
    """Rows of ``quality.csv``: one number or name per row, for both land modes."""
    rows: list[dict[str, str]] = []

    def add(measure: str, mode: str, subject: str, value: str) -> None:
        rows.append({"measure": measure, "mode": mode, "subject": subject, "value": value})

    for mode in ("rail", "road"):
        quality = land_quality(skeleton.network, places, mode)
        add("parts_of_20_nodes", mode, "", str(quality.parts))
        add("share_of_largest_part", mode, "", f"{quality.main_share:.3f}")
        for capital in quality.unreachable_capitals:
            add("capital_without_network", mode, capital, "")
        for capital, nodes in quality.small_part_capitals:
            add("capital_on_small_part", mode, capital, str(nodes))
        for country, count in quality.links_by_country.items():
            add("detailed_links", mode, country, str(count))
        measured = stretch(skeleton, mode, _STRETCH_SOURCES, _STRETCH_PAIRS, _STRETCH_SEED)
        add("stretch_pairs", mode, "", str(measured.ratio.size))
        add("stretch_pairs_lost", mode, "", str(measured.lost))
        for percent in (5, 50, 95, 99) if measured.ratio.size else ():
            add("stretch_percentile", mode, str(percent), f"{np.percentile(measured.ratio, percent):.3f}")
        agreement = section_agreement(lengths, mode, min_km)
        add("sections", mode, "", str(agreement.sections))
        add("sections_with_path", mode, "", str(agreement.with_path))
        add("sections_within_20_percent", mode, "", str(agreement.within_20_percent))
        if agreement.with_path:
            add("section_length_ratio_median", mode, "", f"{agreement.median_ratio:.3f}")
        for section, ratio in agreement.worst:
            add("section_length_ratio_worst", mode, section, f"{ratio:.3f}")
        bridged = [row for row in lengths if row.mode == mode and row.bridged]
        for row in bridged:
            add("section_bridged", mode, row.section, row.finding)
    return rows
