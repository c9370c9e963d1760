"""The queue of a closure: its formulas against vehicles sent one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge.models.recovery import delay_days, pair_recovery, recovery
from landbridge.schema.errors import BadRequest

DAYS = st.floats(0.5, 30.0)
USE = st.floats(0.05, 0.95)


def queue(closed_days: float, use: float, per_day: int, until: float) -> list[tuple[float, float]]:
    """(arrival, delay) of vehicles that arrive evenly and pass one after the other."""
    found, free = [], closed_days
    for number in range(round(until * per_day * use)):
        arrival = number / (per_day * use)
        passed = max(arrival, free)
        free = passed + 1 / per_day
        found.append((arrival, passed - arrival))
    return found


@given(DAYS, USE)
def test_delays_are_those_of_vehicles_sent_one_by_one(closed_days: float, use: float) -> None:
    per_day = 400
    for arrival, delay in queue(closed_days, use, per_day, 2 * closed_days)[::97]:
        assert delay == pytest.approx(delay_days(arrival, closed_days, use), abs=2 / per_day)


def test_a_fortnight_at_four_fifths_takes_seventy_days_to_clear() -> None:
    found = recovery(14, 0.8, 30, "trains")
    assert found.clear_after_days == pytest.approx(70)
    assert found.mean_delay_days == 7
    assert found.waiting_at_reopening == pytest.approx(336)
    assert found.lost_vehicle_days == pytest.approx(24 * 70 * 7)
    total = sum(delay for _, delay in queue(14, 0.8, 30, 75))
    assert found.lost_vehicle_days == pytest.approx(total, rel=0.02)


def test_a_full_crossing_never_recovers_and_says_so() -> None:
    found = recovery(3, 1.0)
    assert found.clear_after_days is None
    assert found.mean_delay_days is None
    assert found.longest_delay_days == 3
    assert recovery(3, 1.2).longest_delay_days is None
    assert found.waiting_at_reopening is None


@given(DAYS, USE, st.floats(0.0, 40.0), st.one_of(st.none(), st.floats(0.0, 40.0)))
def test_means_of_a_pair_are_those_of_boxes_sent_one_by_one(
    closed_days: float, use: float, lead: float, extra: float | None
) -> None:
    found = pair_recovery("p", lead, extra, closed_days, use)
    steps = 2000
    leaving = [closed_days * (i + 0.5) / steps for i in range(steps)]
    waits = [delay_days(day + lead, closed_days, use) for day in leaving]
    chosen = [wait if extra is None else min(wait, extra) for wait in waits]
    assert found.departure_delay_days == pytest.approx(sum(chosen) / steps, abs=0.01)
    if found.go_round is not None:
        assert extra is not None
        first, last = found.go_round
        assert all((wait > extra - 0.05) == (day < last + 0.05) or abs(day - last) < 0.1 or abs(wait - extra) < 0.1
                   for day, wait in zip(leaving, waits, strict=True))  # fmt: skip
        assert first == 0.0
    under_way = [delay_days(lead * (i + 0.5) / steps, closed_days, use) for i in range(steps)]
    assert found.under_way_delay_days == pytest.approx(sum(under_way) / steps, abs=0.01)


@given(DAYS, USE, st.floats(0.0, 20.0))
def test_a_longer_closure_never_delays_less(closed_days: float, use: float, lead: float) -> None:
    shorter, longer = (pair_recovery("p", lead, None, days, use) for days in (closed_days, closed_days + 1))
    assert longer.under_way_delay_days >= shorter.under_way_delay_days
    assert longer.departure_delay_days >= shorter.departure_delay_days - 1e-9


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(BadRequest) as caught:
        recovery(-1, -0.5, 0.0)
    assert len(caught.value.findings) == 3
