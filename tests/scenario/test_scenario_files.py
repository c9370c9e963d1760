"""Scenario files: presets, extending, every mistake at once."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pandas as pd
import pytest

from landbridge.scenario import Scenario, day_of, load_scenario, preset_ids, presets, resolve
from landbridge.schema.errors import AmbiguousName, Finding, ScenarioError, UnknownName
from landbridge.study import Study, load_study

PRESETS = {
    "base", "latest", "hormuz-closed", "malacca-closed", "suez-closed", "russia-no-transit", "iran-no-sanctions",
    "iran-closed", "chabahar-zahedan-rail", "cku-rail", "carec-half-time", "khorgos-double-time", "caspian-double",
    "trans-afghan-rail",
}  # fmt: skip

HEAD = 'format = 1\nname = "Test"\n'


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study("japan_central_asia")


@pytest.fixture(scope="module")
def spans(study: Study) -> pd.DataFrame:
    return pd.read_csv(study.facts_folder / "spans.csv")


def written(folder: Path, body: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(HEAD + body, encoding="utf-8")
    return path


def change(select: str, action: str, *more: str) -> str:
    shown = select if select.startswith("[") else f'"{select}"'
    return "\n".join(
        ["[[changes]]", f"select = {shown}", f'action = "{action}"', *more, 'why = "w"', 'source = "s"', ""]
    )


def findings(study: Study, path: Path) -> list[Finding]:
    with pytest.raises(ScenarioError) as error:
        load_scenario(path, study)
    return list(error.value.findings)


def test_the_presets_are_there_with_a_written_definition(study: Study) -> None:
    assert set(preset_ids(study)) == PRESETS
    for preset in presets(study):
        assert len(preset.definition) > 40
        assert preset.id == "base" or preset.id == "latest" or preset.extends == ("base",)
        for item in preset.changes:
            assert item.note
            assert item.source


def test_days_of_the_presets(study: Study, spans: pd.DataFrame) -> None:
    assert resolve(study, spans).as_of == study.base_date
    assert resolve(study, spans, load_scenario("base", study)).as_of == study.base_date
    assert resolve(study, spans, load_scenario("latest", study)).as_of == datetime.date(2026, 6, 14)
    assert resolve(study, spans, load_scenario("hormuz-closed", study)).as_of == study.base_date
    assert resolve(study, spans, load_scenario("latest", study), "2017-06-30").as_of == datetime.date(2017, 6, 30)


def test_days_by_name(study: Study, spans: pd.DataFrame) -> None:
    assert day_of("text", study, spans) == datetime.date(2017, 6, 30)
    assert day_of("2020-02-29", study, spans) == datetime.date(2020, 2, 29)
    assert day_of(None, study, spans) == day_of("base", study, spans) == study.base_date
    for text in ("2023-02-29", "yesterday", ""):
        with pytest.raises(ScenarioError, match="YYYY-MM-DD or one of base, text, latest"):
            day_of(text, study, spans)


def test_events_come_first_then_the_scenario_then_the_options(study: Study, spans: pd.DataFrame) -> None:
    scenario = load_scenario("cku-rail", study)
    resolved = resolve(study, spans, scenario, options=[("close", "strait.hormuz")])
    origins = [item.origin for item in resolved.changes]
    assert origins == sorted(origins, key=("event", "scenario", "option").index)
    assert [item.id for item in resolved.changes[-3:]] == ["cku-rail#1", "cku-rail#2", "option-1"]
    assert resolved.name == "cku-rail"


def test_an_event_is_lifted_by_its_id(study: Study, spans: pd.DataFrame) -> None:
    before = {item.id for item in resolve(study, spans).changes}
    after = {item.id for item in resolve(study, spans, load_scenario("iran-no-sanctions", study)).changes}
    assert before - after == {"us_iran_2018"}


def test_lifting_an_unknown_event_names_the_nearest(study: Study, spans: pd.DataFrame, tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, change("event.us_iran_2019", "lift")), study)
    with pytest.raises(ScenarioError, match="Nearest known: us_iran_2018"):
        resolve(study, spans, scenario)


def test_a_file_extends_a_preset_or_a_file_beside_it(study: Study, tmp_path: Path) -> None:
    written(tmp_path, 'extends = "hormuz-closed"\n' + change("port.IRBND", "close"), "one.toml")
    two = load_scenario(written(tmp_path, 'extends = "one.toml"\nas_of = 2020-01-01\n', "two.toml"), study)
    assert two.extends == ("one", "hormuz-closed", "base")
    assert [item.id for item in two.changes] == ["hormuz-closed#1", "one#1"]
    assert two.as_of == datetime.date(2020, 1, 1)


def test_the_digest_follows_the_files_it_extends(study: Study, tmp_path: Path) -> None:
    def digest(body: str) -> str:
        written(tmp_path, body, "one.toml")
        return load_scenario(written(tmp_path, 'extends = "one.toml"\n', "two.toml"), study).digest

    assert digest(change("port.IRBND", "close")) == digest(change("port.IRBND", "close"))
    assert digest(change("port.IRBND", "close")) != digest(change("port.IRZBR", "close"))


def test_a_circle_is_found_and_named(study: Study, tmp_path: Path) -> None:
    written(tmp_path, 'extends = "b.toml"\n', "a.toml")
    (finding,) = findings(study, written(tmp_path, 'extends = "a.toml"\n', "b.toml"))
    assert "a circle: b -> a -> b" in finding.found
    (finding,) = findings(study, written(tmp_path, 'extends = "c.toml"\n', "c.toml"))
    assert "c -> c" in finding.found
    assert finding.where == "c.toml, line 3, key extends"


@pytest.mark.parametrize(
    ("body", "where", "found", "remedy"),
    [
        ('extends = "hormuz-close"\n', "line 3, key extends", "'hormuz-close'", "'hormuz-closed'"),
        ("as_of = 2024-02-30\n", "line 3", "2024-02-30 is not a day", "calendar"),
        ('as_of = "2024-02-30"\n', "line 3, key as_of", "not a day", "YYYY-MM-DD"),
        ('as_of = "lates"\n', "line 3, key as_of", "'lates'", "latest"),
        ("as_of = 5\n", "line 3, key as_of", "5", "day"),
        ('colour = "red"\n', "line 3, key colour", "not known", "Known here"),
        (change("contry.KAZ", "close"), "line 4, changes 1, key select", "contry", "'country'"),
        (change("country.KAZ", "shut"), "line 5, changes 1, key action", "'shut'", "'close'"),
        (change("country.KAZ", "close", "value = 1"), "changes 1, key select", "takes no value", "use set"),
        (change("country.KAZ.crossings.hours", "set"), "changes 1, key select", "has no value", "number"),
        (change("country.KAZ", "set", "value = 1"), "changes 1, key select", "a field is missing", "crossings.hours"),
        (change("port.X.dwell", "set", 'value = "24 h"'), "line 6, changes 1, key value", "'24 h'", "plain number"),
        (change("port.X.dwell", "set", "value = 3", 'unit = "days"'), "key unit", "'days'", 'unit = "hours"'),
        (change("port.X.dwell", "scale", "value = 3", 'unit = "hours"'), "key unit", "'hours'", "factor"),
        (change("port.X.dwell", "set", "value = nan"), "key select", "nan", "finite"),
        (change("port.X.dwell", "scale", "value = -1"), "key select", "-1", "more than 0"),
        (change("link.RAIL001", "no_transit"), "key select", "no country", "country.ISO3"),
        (change("country.IRN", "lift"), "key select", "no event", "event.ID"),
        (change("event.us_iran_2018", "close"), "key select", "cannot be closed", "links"),
        (change('["country.IRN.rail", "country.PAK"]', "close"), "key select", "differ", "own change"),
        (change("[]", "close"), "key select", "[]", "1 item"),
        ('[[changes]]\nselect = "country.IRN"\naction = "close"\nsource = "s"\n', "key why", "missing", "Add it"),
    ],
)
def test_one_mistake(study: Study, tmp_path: Path, body: str, where: str, found: str, remedy: str) -> None:
    reported = findings(study, written(tmp_path, body))
    assert len(reported) == 1, reported
    assert reported[0].where.startswith("mine.toml")
    assert where in reported[0].where
    assert found in reported[0].found
    assert remedy in reported[0].remedy


def test_all_mistakes_of_a_file_and_of_those_it_extends_at_once(study: Study, tmp_path: Path) -> None:
    written(tmp_path, change("prot.IRBND", "close"), "parent.toml")
    body = (
        'extends = "parent.toml"\nas_of = 2024-13-01\n'
        + change("contry.KAZ", "close")
        + change("port.X.dwell", "set", "value = 3", 'unit = "days"')
        + change("strait.hormuz", "shut")
        + change('["link.X.speeed", "link.Y"]', "scale", "value = 2")
    )
    text = " | ".join(map(str, findings(study, written(tmp_path, body))))
    for part in ("parent.toml", "prot", "2024-13-01", "contry", "'days'", "'shut'", "speeed", "a field is missing"):
        assert part in text


@pytest.mark.parametrize(
    ("content", "found"),
    [(b"#" * 1_000_001, "at most 1,000,000"), (b"x = [", "not TOML"), (b"", "empty"), (b"\xff", "not UTF-8")],
)
def test_files_that_are_no_scenario(study: Study, tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "huge.toml"
    path.write_bytes(content)
    with pytest.raises(ScenarioError, match=found):
        load_scenario(path, study)


def test_an_unknown_scenario_names_the_nearest(study: Study) -> None:
    with pytest.raises(ScenarioError, match="Did you mean 'hormuz-closed'"):
        load_scenario("hormuz_closed", study)


def test_unknown_names_of_all_changes_are_reported_together(study: Study, spans: pd.DataFrame, tmp_path: Path) -> None:
    def namer(kind: str, value: str) -> tuple[str, ...]:
        if value == "Brest":
            raise AmbiguousName(value, ["place.brest-blr", "place.brest-fra"])
        if value != "KAZ":
            raise UnknownName(value, ["Hormuz"], kind)
        return (value,)

    body = change("strait.hormus", "close") + change("country.KAZ", "close") + change("place.Brest", "close")
    scenario = load_scenario(written(tmp_path, body), study)
    with pytest.raises(ScenarioError) as error:
        resolve(study, spans, scenario, options=[("close", "port.nowhere")], namer=namer)
    where = [finding.where for finding in error.value.findings]
    assert where == ["mine#1, strait.hormus", "mine#3, place.Brest", "--close port.nowhere"]
    assert "place.brest-fra" in error.value.findings[1].found


def test_a_study_without_presets_has_none(study: Study, tmp_path: Path) -> None:
    shutil.copy(study.path, tmp_path / "study.toml")
    bare = load_study(tmp_path)
    assert preset_ids(bare) == ()
    assert isinstance(load_scenario(written(tmp_path, ""), bare), Scenario)
