"""Dated events, against a reading day by day."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge.scenario.events import events, events_in_force, newest_day, read_events
from landbridge.study import load_study

DAY = datetime.date

COLUMNS = (
    "id", "what", "start", "end", "end_basis", "recurs", "selector", "modes", "effect", "value", "value_basis",
    "direction", "applies_to", "lifts", "effect_text", "basis", "source", "note",
)  # fmt: skip


def spans(*rows: dict[str, Any]) -> pd.DataFrame:
    plain = {
        "what": "x",
        "start": "2020-01-01",
        "end_basis": "source",
        "selector": "country.IRN",
        "modes": "rail",
        "effect": "closed",
        "direction": "both",
        "applies_to": "all",
        "basis": "reported",
        "source": "s",
    }
    return pd.DataFrame([plain | row for row in rows], columns=list(COLUMNS), dtype=object)


def live(table: pd.DataFrame, day: datetime.date) -> set[str]:
    return {change.id for change in events_in_force(table, day)}


def test_both_end_days_are_in() -> None:
    table = spans({"id": "a", "start": "2023-02-19", "end": "2023-02-25"})
    assert [day for day in range(17, 29) if live(table, DAY(2023, 2, day))] == [19, 20, 21, 22, 23, 24, 25]


def test_an_open_end_holds_for_ever() -> None:
    assert live(spans({"id": "a"}), DAY(9999, 12, 31)) == {"a"}
    assert live(spans({"id": "a"}), DAY(2019, 12, 31)) == set()


@pytest.mark.parametrize("kind", [str, pd.Timestamp, datetime.date.fromisoformat])
def test_dates_may_be_texts_timestamps_or_dates(kind: Any) -> None:
    table = spans({"id": "a", "start": kind("2023-02-19"), "end": kind("2023-02-25"), "value": np.nan})
    assert live(table, DAY(2023, 2, 25)) == {"a"}
    assert live(table, DAY(2023, 2, 26)) == set()


day_of_year = st.dates(DAY(2019, 1, 1), DAY(2024, 12, 31))


@given(day_of_year, day_of_year, day_of_year)
def test_a_season_comes_round_every_year_also_over_the_new_year(first: DAY, last: DAY, today: DAY) -> None:
    table = spans({"id": "a", "start": "2000-01-01", "recurs": f"{first:%m-%d}/{last:%m-%d}"})
    key = f"{today:%m-%d}"
    inside = (
        f"{first:%m-%d}" <= key <= f"{last:%m-%d}"
        if f"{first:%m-%d}" <= f"{last:%m-%d}"
        else not (f"{last:%m-%d}" < key < f"{first:%m-%d}")
    )
    assert bool(live(table, today)) == inside


@given(day_of_year, day_of_year, day_of_year, day_of_year, st.booleans())
def test_events_between_two_days_are_those_of_some_day_between(
    a: DAY,
    b: DAY,
    c: DAY,
    d: DAY,
    seasonal: bool,  # noqa: FBT001 - drawn
) -> None:
    start, end = sorted((a, b))
    first, last = sorted((c, d))
    table = spans({"id": "a", "start": start, "end": end, "recurs": "12-01/03-31" if seasonal else ""})
    days = [first + datetime.timedelta(days=i) for i in range((last - first).days + 1)]
    in_force = [start <= day <= end and (not seasonal or day.month in (12, 1, 2, 3)) for day in days]
    rows = events(table, between=(first, last))
    assert bool(rows) == any(in_force)
    if rows:
        assert rows[0].live == in_force[-1]


def test_an_event_that_lifts_another_suspends_it_for_its_own_selector_only() -> None:
    table = spans(
        {"id": "ban", "effect": "cargo_ban", "applies_to": "flag:USA"},
        {
            "id": "waiver",
            "start": "2021-01-01",
            "end": "2021-12-31",
            "effect": "note",
            "selector": "port.IRZBR",
            "lifts": "ban",
        },
    )
    (before,) = events_in_force(table, DAY(2020, 6, 1))
    assert before.exempt == ()
    ban = next(change for change in events_in_force(table, DAY(2021, 6, 1)) if change.id == "ban")
    assert [exemption.by for exemption in ban.exempt] == ["waiver"]
    assert [str(selector) for selector in ban.exempt[0].selectors] == ["port.IRZBR"]
    (after,) = events_in_force(table, DAY(2022, 1, 1))
    assert after.exempt == ()


def test_a_change_says_what_when_and_who() -> None:
    (change,) = events_in_force(
        spans(
            {
                "id": "a", "selector": "border.KAZ-CHN;link.RAIL001", "modes": "rail;road", "effect": "capacity_factor",
                "value": "0.5", "value_basis": "assumed", "direction": "a_to_b", "applies_to": "cargo:container",
            }
        ),
        DAY(2024, 1, 1),
    )  # fmt: skip
    assert [str(selector) for selector in change.selectors] == ["border.KAZ-CHN", "link.RAIL001"]
    assert (change.action, change.value, change.modes) == ("capacity_factor", 0.5, ("rail", "road"))
    assert (change.direction, change.applies_to, change.origin) == ("a_to_b", "cargo:container", "event")
    assert change.basis == "assumed"  # the row is reported, its value is not


def test_order_is_by_start_and_id_whatever_the_rows() -> None:
    table = spans({"id": "b"}, {"id": "a"}, {"id": "c", "start": "2019-01-01"})
    for rows in (table, table.iloc[::-1]):
        assert [event.id for event in read_events(rows)] == ["c", "a", "b"]
    assert newest_day(table) == DAY(2020, 1, 1)


def test_exactly_one_question() -> None:
    table = spans({"id": "a"})
    with pytest.raises(ValueError, match="as_of or between"):
        events(table)
    with pytest.raises(ValueError, match="as_of or between"):
        events(table, as_of=DAY(2020, 1, 1), between=(DAY(2020, 1, 1), DAY(2020, 1, 2)))


def study_spans() -> pd.DataFrame:
    return pd.read_csv(load_study("japan_central_asia").facts_folder / "spans.csv")


def test_what_is_in_force_on_the_base_date_of_the_study() -> None:
    """The list that the notes of the source table give for that day; events found later come on top.

    Without the winter closure of Khunjerab: the pass is open all year since 1 December 2024.
    """
    assert live(study_spans(), DAY(2024, 12, 31)) >= {
        "arm_tur_1993", "us_iran_2018", "chab_waiver_2018", "kgtj_2021", "rus_sanctions_2022", "jp_rus_oil_ban",
        "jpn_rus_lines_2022", "redsea_2023", "dostyk_2024", "rus_dualuse_2024", "kulma_winter",
    }  # fmt: skip


def test_the_listing_of_events() -> None:
    rows = events(study_spans(), as_of=DAY(2024, 12, 31))
    assert len(rows) == len(study_spans())
    redsea = next(row for row in rows if row.event.id == "redsea_2023").to_json()
    assert redsea["live"] is True
    assert redsea["effect"] == "capacity 0.41 of normal"
    assert set(redsea) == {"id", "what", "start", "end", "effect", "live"}
    torkham = {row.event.id for row in events(study_spans(), between=(DAY(2023, 2, 1), DAY(2023, 2, 28)))}
    assert "torkham_2023_02" in torkham
    assert "torkham_2023_09" not in torkham
