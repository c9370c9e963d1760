"""The rules of repair, each against a naive twin or on a map."""

from __future__ import annotations

import detailed_sample as sample
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.kernels.sphere import great_circle_km
from landbridge.network.detailed.repair import (
    crossing_join,
    dead_end_joins,
    false_enclaves,
    loose_part_joins,
    loose_parts,
    terminal_edges,
)
from landbridge.network.territory import country_codes

SEEDS = st.integers(0, 10_000)
USA, CAN = country_codes().index("USA"), country_codes().index("CAN")


def cloud(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Random nodes within a few km, two groups, few edges; some over the date line."""
    random = np.random.default_rng(seed)
    count = int(random.integers(2, 25))
    lat = random.uniform(0.0, 0.08, count)
    lon = (179.96 + random.uniform(0.0, 0.08, count) + 180.0) % 360.0 - 180.0
    group = random.integers(0, 2, count)
    pairs = {tuple(sorted(pair)) for pair in random.integers(0, count, (count // 2, 2)).tolist() if pair[0] != pair[1]}
    edges = np.array(sorted(pairs), np.int32).reshape(-1, 2)
    return lat, lon, group.astype(np.int64), edges[:, 0], edges[:, 1]


def naive_parts(count: int, tail: np.ndarray, head: np.ndarray) -> list[int]:
    part = list(range(count))
    for _ in range(count):
        for a, b in zip(tail.tolist(), head.tolist(), strict=True):
            part[a] = part[b] = min(part[a], part[b])
    size = {p: part.count(p) for p in set(part)}
    order = sorted(size, key=lambda p: (-size[p], p))
    return [order.index(p) for p in part]


@given(SEEDS)
def test_parts_by_size_then_lowest_node(seed: int) -> None:
    lat, _, _, tail, head = cloud(seed)
    assert loose_parts(lat.size, tail, head).tolist() == naive_parts(lat.size, tail, head)


@given(SEEDS)
def test_dead_end_joins_as_the_rule_says(seed: int) -> None:
    lat, lon, group, tail, head = cloud(seed)
    count, limit = lat.size, 2.5
    degree = np.bincount(np.concatenate([tail, head]), minlength=count)
    part = naive_parts(count, tail, head)
    known = set(zip(tail.tolist(), head.tolist(), strict=True))
    expected = set()
    for a in range(count):
        if degree[a] > 1:
            continue
        near = [
            (great_circle_km(lat[a], lon[a], lat[b], lon[b]), b)
            for b in range(count)
            if b != a and group[a] == group[b] and (min(a, b), max(a, b)) not in known
        ]
        near = [row for row in near if row[0] <= limit]
        for p in {part[b] for _, b in near} - {part[a]}:
            expected.add(tuple(sorted((a, min(row for row in near if part[row[1]] == p)[1]))))
        dead = [row for row in near if degree[row[1]] <= 1]
        if dead:
            expected.add(tuple(sorted((a, min(dead)[1]))))
    joins = dead_end_joins(lat, lon, group, tail, head, limit)
    assert set(zip(joins.tail.tolist(), joins.head.tolist(), strict=True)) == expected
    for a, b, km in zip(joins.tail, joins.head, joins.km, strict=True):
        assert km == pytest.approx(great_circle_km(lat[a], lon[a], lat[b], lon[b]))


@given(SEEDS, st.integers(1, 4))
def test_every_asking_part_gets_its_nearest_answer(seed: int, min_nodes: int) -> None:
    lat, lon, group, tail, head = cloud(seed)
    count, limit = lat.size, 3.0
    part = loose_parts(count, tail, head)
    # a part of two groups cannot be: the groups are countries and gauges, the parts lie inside them
    group = group[[int(np.flatnonzero(part == p)[0]) for p in part]]
    asking = np.random.default_rng(seed).random(count) < 0.5
    size = np.bincount(part)
    expected = set()
    for p in set(part[asking].tolist()):
        pairs = [
            (great_circle_km(lat[a], lon[a], lat[b], lon[b]), a, b)
            for a in range(count)
            for b in range(count)
            if part[a] == p and part[b] != p and group[a] == group[b] and size[part[b]] >= min_nodes
        ]
        pairs = [row for row in pairs if row[0] <= limit]
        if pairs:
            expected.add(tuple(sorted(min(pairs)[1:])))
    joins = loose_part_joins(lat, lon, group, part, asking, min_nodes, limit)
    assert set(zip(joins.tail.tolist(), joins.head.tolist(), strict=True)) == expected


def enclave_map(entries: int) -> tuple[np.ndarray, ...]:
    """A Canadian road along the border with a piece of three nodes just south of it, entered once or twice.

    c-c-c-c-c-c-c     49.02
        u u u         48.99   (u-u-u joined along)
    U-U-U-U-U-U-U     48.60   the main road of the USA
    """
    lon = -100.0 + 0.03 * np.arange(7)
    lat = np.concatenate([np.full(7, 49.02), np.full(3, 48.99), np.full(7, 48.60)])
    all_lon = np.concatenate([lon, lon[2:5], lon])
    country = np.array([CAN] * 7 + [USA] * 10, np.int16)
    edges = [(i, i + 1) for i in range(6)] + [(7, 8), (8, 9)] + [(10 + i, 11 + i) for i in range(6)]
    edges += [(2, 7), (4, 9)][:entries]
    tail, head = np.array(edges, np.int32).T
    return lat, all_lon, country, tail, head


def test_a_road_that_dips_over_a_rough_border_stays_in_its_country() -> None:
    lat, lon, country, tail, head = enclave_map(entries=2)
    found = false_enclaves(lat, lon, country, tail, head, 30.0, 6.0)
    assert [(e.nodes.tolist(), e.country_from, e.country_to) for e in found] == [([7, 8, 9], USA, CAN)]


def test_a_piece_entered_once_stays_abroad() -> None:
    lat, lon, country, tail, head = enclave_map(entries=1)
    assert false_enclaves(lat, lon, country, tail, head, 30.0, 6.0) == []


def test_a_piece_deep_in_the_country_or_wide_stays_abroad() -> None:
    lat, lon, country, tail, head = enclave_map(entries=2)
    assert false_enclaves(lat, lon, country, tail, head, 30.0, 0.1) == []
    assert false_enclaves(lat, lon, country, tail, head, 3.0, 6.0) == []


def test_the_main_part_of_a_country_is_no_enclave() -> None:
    lat, lon, country, tail, head = enclave_map(entries=2)
    keep = np.arange(10)  # without the main road of the USA
    inside = (tail < 10) & (head < 10)
    assert false_enclaves(lat[keep], lon[keep], country[keep], tail[inside], head[inside], 30.0, 6.0) == []


@given(SEEDS)
def test_crossing_joins_the_largest_parts_at_their_nearest_nodes(seed: int) -> None:
    lat, lon, group, tail, head = cloud(seed)
    part = loose_parts(lat.size, tail, head)
    size = np.bincount(part)
    near_a, near_b = np.flatnonzero(group == 0), np.flatnonzero(group == 1)
    u, v, km = crossing_join(lat, lon, near_a, near_b, part, size, 2)
    sides = [[i for i in near.tolist() if size[part[i]] >= 2] for near in (near_a, near_b)]
    if not all(sides):
        assert (u, v, km) == (-1, -1, np.inf)
        return
    best = [[i for i in side if part[i] == min(part[j] for j in side)] for side in sides]
    pairs = [great_circle_km(lat[a], lon[a], lat[b], lon[b]) for a in best[0] for b in best[1]]
    assert u in best[0]
    assert v in best[1]
    assert km == pytest.approx(min(pairs))


@given(SEEDS)
@settings(max_examples=50)
def test_terminal_reaches_every_part_by_its_nearest_node(seed: int) -> None:
    lat, lon, _, tail, head = cloud(seed)
    part = loose_parts(lat.size, tail, head)
    chosen, km = terminal_edges(lat, lon, part, np.arange(lat.size), 0.04, 180.0)
    distance = np.array([great_circle_km(0.04, 180.0, a, b) for a, b in zip(lat, lon, strict=True)])
    assert km == pytest.approx(distance[chosen])
    for p in range(part.max() + 1):
        own = chosen[part[chosen] == p]
        assert 1 <= own.size <= 8
        assert distance[own].min() == pytest.approx(distance[part == p].min())


def test_grid_of_the_sample_lies_on_both_sides() -> None:
    lat, _ = sample.grid(8, 3)
    assert (lat < 49.0).sum() == (lat > 49.0).sum() == 12
