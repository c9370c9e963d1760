"""The grammar of selectors and of quick changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge.scenario.changes import SELECTOR_KINDS, Selector
from landbridge.scenario.scenario import quick_changes
from landbridge.scenario.selector import FIELDS, canonical, check_value, field_of, parse_assignment, parse_selector
from landbridge.schema.errors import ScenarioError
from landbridge.schema.words import COMPONENTS, MODES


@pytest.mark.parametrize(
    ("text", "kind", "value", "field"),
    [
        ("country.KAZ", "country", "KAZ", ""),
        ("country.Kazakhstan.crossings.hours", "country", "Kazakhstan", "crossings.hours"),
        ("border.KAZ-CHN", "border", "KAZ-CHN", ""),
        ("crossing.rail:KAZ-CHN:dostyk", "crossing", "rail:KAZ-CHN:dostyk", ""),
        ("crossing.altynkol.rail.hours", "crossing", "altynkol", "rail.hours"),
        ("port.KZ-KURYK.dwell", "port", "KZ-KURYK", "dwell"),
        ("place.St. Petersburg", "place", "St. Petersburg", ""),
        ("mode.rail.speed", "mode", "rail", "speed"),
        ("country.RUS.transit", "country", "RUS", "transit"),
        ("country.IRN.rail", "country", "IRN", "rail"),
        ("corridor.TRACECA / Trans-Caspian", "corridor", "TRACECA / Trans-Caspian", ""),
        ("strait.bab_el_mandeb.surcharge", "strait", "bab_el_mandeb", "surcharge"),
    ],
)
def test_what_a_selector_says(text: str, kind: str, value: str, field: str) -> None:
    assert parse_selector(text) == Selector(kind, value, field)  # type: ignore[arg-type]
    assert str(parse_selector(text)) == text


@pytest.mark.parametrize(
    ("text", "found", "remedy"),
    [
        ("contry.KAZ", "'contry' is no kind", "Did you mean 'country'"),
        ("KAZ", "'KAZ' is a name without its kind", "Kinds:"),
        ("country", "names nothing", "country.KAZ"),
        ("country.", "names nothing", "country.KAZ"),
        ("country..hours", "names nothing", "country.KAZ"),
        ("country.KAZ.crossing.hours", "no field 'crossing.hours'", "Did you mean 'crossings.hours'"),
        ("port.IRBND.xyz", "no field 'xyz'", "dwell, handling"),
        ("", "'' is a name without", "Kinds:"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(text: str, found: str, remedy: str) -> None:
    with pytest.raises(ScenarioError) as error:
        parse_selector(text)
    (finding,) = error.value.findings
    assert found in finding.found
    assert remedy in finding.remedy


def test_every_field_can_be_written_and_read_with_and_without_a_mode() -> None:
    for field in FIELDS:
        assert field.component in COMPONENTS
        for kind in field.kinds:
            for prefix in ("", *(f"{mode}." for mode in MODES)):
                modes, found = field_of(parse_selector(f"{kind}.x.{prefix}{field.name}"))
                assert found is field
                assert modes == ((prefix.rstrip("."),) if prefix else ())


def test_a_field_of_another_kind_is_refused_with_those_there_are() -> None:
    with pytest.raises(ScenarioError, match="Fields of a port: dwell, handling, sailings, surcharge"):
        field_of(parse_selector("port.IRBND.crossings.hours"))


def test_assignments() -> None:
    assert parse_assignment("crossing.altynkol.rail.hours=24") == (Selector("crossing", "altynkol", "rail.hours"), 24)
    assert parse_assignment("country.KAZ.crossings.hours = 0.5")[1] == 0.5
    for text, found in (
        ("port.X.dwell", "no '='"),
        ("port.X.dwell=24 h", "not a number"),
        ("port.X.dwell=inf", "not a"),
    ):
        with pytest.raises(ScenarioError, match=found):
            parse_assignment(text)


@pytest.mark.parametrize(
    ("text", "action", "value", "found"),
    [
        ("port.X.dwell", "set", -1, "0 or more"),
        ("port.X.dwell", "scale", 0, "more than 0"),
        ("port.X.dwell", "add", -5, "use scale or set"),
        ("mode.rail.speed", "set", 0, "more than 0"),
        ("mode.rail.speed", "add", 5, "cannot be add"),
        ("strait.hormuz.surcharge", "set", 5, "cannot be set"),
    ],
)
def test_values_that_make_no_sense(text: str, action: str, value: float, found: str) -> None:
    with pytest.raises(ScenarioError, match=found):
        check_value(parse_selector(text), action, value)


def test_zero_hours_can_be_set() -> None:
    check_value(parse_selector("crossing.x.hours"), "set", 0)


def test_names_become_ids_each_once() -> None:
    names = {"khorgos": ("rail:x", "road:x"), "altynkol": ("rail:x",)}
    wanted = (parse_selector("crossing.khorgos.hours"), parse_selector("crossing.altynkol.hours"))
    found = canonical(wanted, lambda _, value: names[value])
    assert [str(selector) for selector in found] == ["crossing.rail:x.hours", "crossing.road:x.hours"]


def test_quick_changes_in_their_order() -> None:
    changes = quick_changes(
        [
            ("close", "strait.hormuz"),
            ("open", "link.RAIL288"),
            ("set", "crossing.altynkol.rail.hours=24"),
            ("scale", "country.KAZ.crossings.hours=0.5"),
            ("close", "country.RUS.transit"),
            ("close", "country.IRN.rail"),
        ]
    )
    assert [change.action for change in changes] == ["close", "open", "set", "scale", "no_transit", "close"]
    assert [change.id for change in changes] == [f"option-{i}" for i in range(1, 7)]
    assert [change.value for change in changes] == [None, None, 24, 0.5, None, None]
    assert changes[-1].modes == ("rail",)
    assert str(changes[-1].selectors[0]) == "country.IRN"
    assert {change.origin for change in changes} == {"option"}
    assert changes[0].note == "--close strait.hormuz"


def test_all_wrong_options_at_once() -> None:
    with pytest.raises(ScenarioError) as error:
        quick_changes(
            [
                ("close", "strat.hormuz"),
                ("open", "port.IRBND.dwell"),
                ("set", "port.IRBND.dwell"),
                ("scale", "port.IRBND.hours=2"),
                ("close", "supply.RUS-JPN"),
                ("open", "country.RUS.transit"),
                ("close", "link.RAIL001.transit"),
            ]
        )
    assert [finding.where.split()[0] for finding in error.value.findings] == [
        "--close", "--open", "--set", "--scale", "--close", "--open", "--close",
    ]  # fmt: skip


@given(st.text(max_size=40))
def test_any_text_is_a_selector_that_reads_back_or_an_error(text: str) -> None:
    try:
        selector = parse_selector(text)
    except ScenarioError:
        return
    assert selector.kind in SELECTOR_KINDS
    assert parse_selector(str(selector)) == selector
