"""Accessibility equals adding up what is within reach by hand, and obeys what everybody expects of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zone_networks import naive_distance, networks

from landbridge.models.accessibility import Accessibility, accessibility
from landbridge.models.wires import Wires, wires_of_zones

Case = tuple[list[tuple[int, int, int]], int, int, list[tuple[int, int, int]]]


def wires_of(links: list[tuple[int, int, int]], n: int, first_thru: int) -> Wires:
    columns = [np.array(column) for column in zip(*links, strict=True)]
    tail, head = columns[0].astype(np.int32), columns[1].astype(np.int32)
    return wires_of_zones(tail, head, columns[2].astype(np.float64), n, first_thru)


def access(case: Case, mass: dict[str, float], limit: float, closed: int = -1) -> Accessibility:
    links, n, first_thru, _ = case
    wires = wires_of(links, n, first_thru)
    if closed >= 0:
        wires.weight[closed] = np.inf
    return accessibility(wires, [str(i + 1) for i in range(n)], mass, limit, 2.0)


def masses(data: st.DataObject, n: int) -> dict[str, float]:
    amounts = data.draw(st.dictionaries(st.integers(1, n), st.integers(0, 9), max_size=n))
    return {str(zone): float(amount) for zone, amount in amounts.items()}


@given(networks(), st.sampled_from([0.5, 3.0, 50.0]), st.data())
@settings(max_examples=60, deadline=None)
def test_equals_adding_up_by_hand(case: Case, limit: float, data: st.DataObject) -> None:
    links, n, first_thru, _ = case
    mass = masses(data, n)
    found = access(case, mass, limit)
    for i, zone in enumerate(found.zones):
        away = naive_distance(links, n, first_thru, int(zone))
        others = [(away[int(other)], amount, other) for other, amount in mass.items() if other != zone and amount > 0]
        assert found.within[i] == sum(amount for cost, amount, _ in others if cost <= limit)
        assert found.gravity[i] == pytest.approx(sum(amount * 2 ** (-cost / 2.0) for cost, amount, _ in others))
        total = sum(amount for _, amount, _ in others)
        assert found.share[i] == (found.within[i] / total if total else 0.0)
        least = min((cost for cost, _, _ in others), default=np.inf)
        assert found.nearest_cost[i] == least
        near = {other for cost, _, other in others if cost == least < np.inf}
        assert found.nearest[i] in (near or {""})
    gravity = found.gravity[found.order].tolist()
    assert gravity == sorted(gravity, reverse=True)


@given(networks(), st.data())
@settings(max_examples=40, deadline=None)
def test_a_closure_never_brings_anything_nearer_and_a_wider_limit_never_loses_any(
    case: Case, data: st.DataObject
) -> None:
    mass = masses(data, case[1])
    free, wider = access(case, mass, 3.0), access(case, mass, 4.0)
    shut = access(case, mass, 3.0, closed=data.draw(st.integers(0, len(case[0]) - 1)))
    assert (shut.within <= free.within).all()
    assert (shut.gravity <= free.gravity + 1e-9).all()
    assert (shut.nearest_cost >= free.nearest_cost).all()
    assert (free.within <= wider.within).all()


def test_many_places_are_asked_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    from landbridge.models import accessibility as model

    links = [(i, i % 9 + 1, i) for i in range(1, 10)]
    mass = {str(i): float(i) for i in range(1, 10)}
    whole = access((links, 9, 1, []), mass, 12.0)
    monkeypatch.setattr(model, "ROWS", 2)
    for one, other in zip(vars(whole).values(), vars(access((links, 9, 1, []), mass, 12.0)).values(), strict=True):
        np.testing.assert_array_equal(one, other)
