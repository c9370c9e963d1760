"""Corridor tables: parts add up to the way, ranks order it, indicators are what their definitions say."""

from __future__ import annotations

import datetime
import itertools
import math
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge.facts.ledger import Number
from landbridge.result.corridors import INDICATORS, Corridors
from landbridge.run.ask_pairs import ask_pairs
from landbridge.run.corridor_tables import (
    STOPS,
    ArcKeys,
    CorridorTables,
    corridors_over_time,
    days_between,
    ends_of,
    nearest_published,
    over_time_json,
)
from landbridge.run.folder import asked_of
from landbridge.schema.errors import BadRequest
from shipped import session

BASE = datetime.date(2024, 12, 31)


@cache
def table() -> Corridors:
    pairs = ask_pairs(session(), ("tokyo-astana", "tokyo-dushanbe"))
    return CorridorTables(session(), "teu", "middle").on(session().resolved(), pairs)


def test_parts_add_up_to_the_way() -> None:
    for row in table().rows:
        parts = [part for part in table().parts if (part.pair, part.corridor) == (row.pair, row.corridor)]
        if not row.open:
            assert not parts
            assert row.why_closed
            continue
        assert [part.position for part in parts] == list(range(1, len(parts) + 1))
        for column in ("km", "hours", "usd"):
            whole = row.distance_km if column == "km" else getattr(row, column)
            assert math.isclose(math.fsum(getattr(part, column) for part in parts), whole, rel_tol=1e-9)
        assert math.isclose(math.fsum(part.share_hours for part in parts), 1.0, rel_tol=1e-9)
        assert math.isclose(math.fsum(part.share_usd for part in parts), 1.0, rel_tol=1e-9)


def test_every_crossing_and_port_of_a_way_is_a_part_once() -> None:
    for row in table().rows:
        if not row.open:
            continue
        parts = [part for part in table().parts if (part.pair, part.corridor) == (row.pair, row.corridor)]
        by_land = [name for name in row.crossings if not name.startswith("ferry:")]
        assert sum(part.kind == "crossing" for part in parts) == len(by_land)
        route = table().routes[row.pair, row.as_of, row.route]
        for part in parts:
            if part.kind == "port":
                assert any(part.where == route.called(port) for port in route.ports), part


def test_the_bottleneck_is_the_longest_stop() -> None:
    for row in table().rows:
        stops = [
            part
            for part in table().parts
            if (part.pair, part.corridor) == (row.pair, row.corridor) and part.kind in STOPS
        ]
        if row.open:
            assert row.bottleneck_hours == max(part.hours for part in stops)
            assert any(row.bottleneck == f"{part.kind} {part.where}" for part in stops)


def test_ranks_rise_with_the_objective_and_start_at_one() -> None:
    for pair in {row.pair for row in table().rows}:
        rows = [row for row in table().rows if row.pair == pair and row.open]
        ordered = sorted(rows, key=lambda row: (row.generalised_usd or 0.0, row.rank or 0))
        ranks = [row.rank or 0 for row in ordered]
        assert ranks[0] == 1
        assert ranks == sorted(ranks)
        for row, other in itertools.pairwise(ordered):
            assert (row.rank == other.rank) == (row.route == other.route)


def test_indicators_are_their_definitions_on_the_parts() -> None:
    """A second way to the same figures: from parts and legs instead of contributions."""
    seen = set()
    for item in table().indicators:
        row = next(row for row in table().rows if (row.pair, row.corridor) == (item.pair, item.corridor))
        route = table().routes[row.pair, row.as_of, row.route]
        crossings = [
            part
            for part in table().parts
            if (part.pair, part.corridor, part.kind) == (row.pair, row.corridor, "crossing")
        ]
        if len({leg.mode for leg in route.legs if leg.mode in ("rail", "road")}) != 1:
            continue  # with both, parts do not say which crossing belongs to which
        land = [leg for leg in route.legs if leg.mode == item.mode]
        ports = [part for part in route.contributions if part.component == "port" and part.leg >= 0]
        in_port = {
            measure: math.fsum(
                part.amount for part in ports if part.measure == measure and route.legs[part.leg].mode == item.mode
            )
            for measure in ("hours", "usd")
        }
        km = math.fsum(leg.distance_km for leg in land)
        hours = math.fsum(leg.hours for leg in land) - in_port["hours"]
        usd = math.fsum(leg.usd for leg in land) - in_port["usd"]
        expected = {
            "TFI1": lambda: math.fsum(part.hours for part in crossings) / len(crossings),  # noqa: B023
            "TFI3": lambda: 500 * usd / km,  # noqa: B023
            "TFI4-SWD": lambda: km / hours,  # noqa: B023
        }.get(item.indicator)
        if expected and not (item.indicator == "TFI1" and any(part.km for part in crossings)):
            assert math.isclose(item.value, expected(), rel_tol=1e-9), item
            seen.add(item.indicator)
    assert seen == {"TFI1", "TFI3", "TFI4-SWD"}


def test_speed_with_delay_is_never_above_speed_without() -> None:
    speeds = {(i.pair, i.corridor, i.mode, i.indicator): i.value for i in table().indicators}
    compared = 0
    for (pair, corridor, mode, indicator), value in speeds.items():
        if indicator == "TFI4-SWD":
            assert value <= speeds[pair, corridor, mode, "TFI4-SWOD"] * (1 + 1e-12)
            compared += 1
    assert compared > 10
    assert {item.indicator for item in table().indicators} == set(INDICATORS)


def test_published_figures_are_those_of_the_ledger_and_cover_no_more_than_there_is() -> None:
    some = 0
    for item in table().indicators:
        assert 0.0 <= item.covered <= 1.0 + 1e-9
        assert (item.published is None) == (item.covered == 0.0)
        for fact in item.published_facts:
            number = session().facts.numbers[fact]
            assert number.use != "out" or number.subject.startswith("series:")
        some += item.published is not None
    assert some > 10


def naive_published(country: str, quantity: str, mode: str, scope: str, day: datetime.date) -> Number | None:
    fitting = [
        number
        for number in session().facts.numbers.values()
        if (number.subject, number.quantity, number.mode, number.scope) == (f"country:{country}", quantity, mode, scope)
        and number.use != "out"
        and number.normal
        and number.basis == "reported"
        and not number.partner
        and not number.direction
    ]

    def away(number: Number) -> tuple[int, bool, str]:
        first, last = (datetime.date.fromordinal(item) for item in (number.first_day, number.last_day))
        days = (first - day).days if day < first else (day - last).days if day > last else 0
        return days, first > day, number.id

    return min(fitting, key=away, default=None)


@given(
    st.sampled_from(["KAZ", "CHN", "UZB", "TKM", "MNG", "GEO", "JPN"]),
    st.sampled_from(["rail", "road"]),
    st.sampled_from([("haul_price_500km", "with_borders"), ("haul_speed", "moving"), ("haul_speed", "with_borders")]),
    st.dates(datetime.date(2015, 1, 1), datetime.date(2027, 1, 1)),
)
def test_the_nearest_published_figure_is_found(
    country: str, mode: str, kind: tuple[str, str], day: datetime.date
) -> None:
    found = nearest_published(session().facts, country, kind[0], mode, kind[1], day)
    assert found == naive_published(country, kind[0], mode, kind[1], day)


def test_arc_keys_lead_back() -> None:
    network = session().network
    keys = ArcKeys(network)
    for arc in range(0, network.n_arcs, 97):
        again = keys.arc(keys.keys[arc])
        assert (network.tail[again], network.head[again], network.link[again]) == (
            network.tail[arc],
            network.head[arc],
            network.link[arc],
        )


# --- over time ---


def test_the_base_year_is_the_base_day_and_closed_ways_say_why() -> None:
    asked = asked_of(session(), None, None, None, "cost", ask_pairs(session(), ("tokyo-astana",)))
    days = days_between("2022", "2024", "2y", BASE)
    found = corridors_over_time(session(), asked, days, None, (("close", "crossing.khorgos"),), explain=True)
    content = over_time_json(session(), asked.pairs, found)
    rows = content["rows"]
    assert {row["as_of"] for row in rows} == {"2022-12-31", "2024-12-31"}
    for row in rows:
        assert row["open"] == (row["hours"] is not None) == (row["rank"] is not None)
        assert (row["why_closed"] is None) == row["open"]
        assert row["pair"] == "tokyo-astana"
        assert row["destination"] == "Astana"
        if row["corridor"] == "china-land-bridge-khorgos":
            assert "option-1" in row["why_closed"]
    now = {row.corridor: row for row in table().rows if row.pair == "tokyo-astana"}
    for row in rows:
        if row["as_of"] == "2024-12-31" and row["open"]:
            assert math.isclose(row["hours"], now[row["corridor"]].hours or 0.0, rel_tol=1e-9)


@given(
    st.dates(datetime.date(2000, 1, 1), datetime.date(2030, 12, 31)),
    st.integers(0, 2000),
    st.sampled_from(["1y", "6m", "1m", "5w", "90d"]),
)
def test_days_rise_from_the_first_and_stay_inside(first: datetime.date, length: int, step: str) -> None:
    last = first + datetime.timedelta(days=length)
    days = days_between(first.isoformat(), last.isoformat(), step, BASE)
    assert days[0] == first
    assert all(one < other <= last for one, other in itertools.pairwise(days))
    months = {"1y": 12, "6m": 6, "1m": 1}.get(step)
    if months:
        gaps = {(b.year - a.year) * 12 + b.month - a.month for a, b in itertools.pairwise(days)}
        assert gaps <= {months}


def test_a_year_is_the_base_day_in_it_and_the_31st_becomes_the_last() -> None:
    assert ends_of("2010", "2026", BASE) == (datetime.date(2010, 12, 31), datetime.date(2026, 12, 31))
    months = days_between("2024-01-31", "2024-04-30", "1m", BASE)
    assert [day.isoformat() for day in months] == ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]


@pytest.mark.parametrize(
    ("first", "last", "step", "words"),
    [
        ("2010", "2005", "1y", "2005 is before 2010"),
        ("soon", "later", "1y", "'soon' is no day"),
        ("2010", "2011", "yearly", "'yearly' is no step"),
        ("2010", "2011", "0y", "'0y' is no step"),
        ("2010", "2026", "1d", "more than 400 days"),
        ("2010-02-30", "2011", "1y", "'2010-02-30' is no day"),
    ],
)
def test_days_that_cannot_be_are_said(first: str, last: str, step: str, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        days_between(first, last, step, BASE)


# --- pairs ---


def test_pairs_by_id_by_name_and_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text("origin,destination,weight,id\nYokohama,Almaty,3.5,yo-al\nTashkent,Istanbul,,\n")
    found = ask_pairs(session(), ("tokyo-astana", "Tashkent:Tokyo", str(file), "tokyo-astana"))
    assert [pair.id for pair in found] == ["tokyo-astana", "tashkent-tokyo", "yo-al", "tashkent-istanbul"]
    assert [pair.weight for pair in found] == [1.0, 1.0, 3.5, 1.0]
    assert [pair.id for pair in ask_pairs(session())] == [pair.id for pair in session().study.pairs]


def test_a_table_of_pairs_may_be_a_workbook_or_have_semicolons(tmp_path: Path) -> None:
    plain, marked, book = (tmp_path / name for name in ("a.csv", "b.csv", "c.xlsx"))
    plain.write_text("origin,destination,weight\nYokohama,Almaty,3.5\n", encoding="utf-8")
    marked.write_text("Weight;Destination;note;Origin\n3.5; Almaty ;x;Yokohama\n", encoding="utf-8-sig")
    pd.DataFrame({"origin": ["Yokohama"], "destination": ["Almaty"], "weight": [3.5]}).to_excel(book, index=False)
    assert ask_pairs(session(), (str(plain),)) == ask_pairs(session(), (str(marked),))
    assert ask_pairs(session(), (str(plain),)) == ask_pairs(session(), (str(book),))
    marked.write_bytes("origin,destination\nZ\u00fcrich,Almaty\n".encode("cp1252"))
    with pytest.raises(BadRequest, match=r"b.csv: row 2 is not in UTF-8. .*CSV UTF-8"):
        ask_pairs(session(), (str(marked),))


def test_all_that_is_wrong_with_pairs_is_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text(
        "origin,destination,weight\nTokyo,Tokyo,1\nTokio,Atlantis,1\n\nTokyo,Astana,-2\nTokyo,\n"
        "Osaka,Astana,1\nOsaka,Astana,2\n"
    )
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    with pytest.raises(BadRequest) as caught:
        ask_pairs(session(), ("tokyo-astna", str(file), str(empty), "nowhere.xlsx"))
    text = str(caught.value)
    for words in (
        "Did you mean tokyo-astana",
        "row 2: origin and destination are both tokyo",
        "row 3: No place is called 'Atlantis'",
        "row 5: the weight is '-2'",
        "row 6: no destination",
        "row 8: the pair 'osaka-astana' stands in pairs.csv, row 7 too",
        "empty.csv: it is empty",
        "there is no such file",
    ):
        assert words in text, text
