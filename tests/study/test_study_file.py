"""The study file: every mistake at once, with its line and what to do."""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from landbridge.schema.errors import Finding, StudyError
from landbridge.study import NEWEST_EVENT, available_studies, check_study, load_study, studies_folder

SHIPPED = "japan_central_asia"

SMALL = """\
format = 1
id = "small"
name = "Small"
question = "Which way?"
base_date = 2024-12-31
money_year = 2024

[region]
name = "Inland"
countries = ["KAZ"]

[partner]
name = "Overseas"
countries = ["JPN"]

[actors]
countries = ["CHN", "KAZ"]

[cargo]
default = "teu"
value = "middle"

[[pairs]]
id = "a-b"
origin = "tokyo"
destination = "almaty"

[[corridors]]
id = "main"
name = "Main"
axis = "east-west"
gateways = [["port.CNLYG"], ["border.KAZ-CHN"]]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def findings(folder: Path, text: str) -> list[Finding]:
    with pytest.raises(StudyError) as error:
        load_study(written(folder, text))
    return list(error.value.findings)


def test_a_study_by_file_folder_and_id(tmp_path: Path) -> None:
    written(tmp_path, SMALL)
    assert load_study(tmp_path) == load_study(tmp_path / "study.toml")
    assert SHIPPED in available_studies()
    shipped = load_study(SHIPPED)
    assert shipped == load_study(studies_folder() / SHIPPED)
    assert shipped.base_date == datetime.date(2024, 12, 31)
    assert shipped.dates["latest"] == NEWEST_EVENT
    assert shipped.facts_folder.is_dir()
    assert shipped.corridor("traceca").axis == "east-west"


def test_every_shipped_study_loads() -> None:
    for identifier in available_studies():
        assert load_study(identifier).id == identifier


def test_a_study_is_frozen_and_lists_its_countries_once(tmp_path: Path) -> None:
    study = load_study(written(tmp_path, SMALL))
    assert study.countries == ("KAZ", "JPN", "CHN")
    with pytest.raises(ValidationError):
        study.name = "Other"  # type: ignore[misc]


def test_same_bytes_same_digest(tmp_path: Path) -> None:
    one = load_study(written(tmp_path, SMALL)).digest
    assert one == load_study(written(tmp_path, SMALL)).digest
    assert one != load_study(written(tmp_path, SMALL + "\n")).digest


def test_an_unknown_study_names_the_nearest() -> None:
    with pytest.raises(StudyError, match="Did you mean 'japan_central_asia'"):
        load_study("japan-central-asia")


@pytest.mark.parametrize(
    ("old", "new", "where", "found", "remedy"),
    [
        ("money_year = 2024", 'money_year = "2024"', "line 6, key money_year", "'2024'", "integer"),
        ("money_year = 2024", "money_year = 20240", "line 6, key money_year", "20240", "2100"),
        ("2024-12-31", "2024-02-30", "line 5", "2024-02-30 is not a day", "YYYY-MM-DD"),
        ("2024-12-31", '"2024-12-31"', "line 5, key base_date", "'2024-12-31'", "without quotes"),
        ('default = "teu"', 'default = "box"', "line 20, cargo, key default", "'box'", "'teu'"),
        ('value = "middle"', 'vallue = "middle"', "line 21, cargo, key vallue", "not known", "'value'"),
        ('countries = ["KAZ"]', 'countries = ["Kazakhstan"]', "line 10, region, countries 1", "Kazakhstan", "ISO"),
        ('countries = ["KAZ"]', "countries = []", "line 10, region, key countries", "[]", "1 item"),
        ('origin = "tokyo"\n', "", "line 23, pairs 1, key origin", "missing", "Add it"),
        ('origin = "tokyo"', 'origin = "almaty"', "line 26, pairs 1, key destination", "origin and destination", "two"),
        ('axis = "east-west"', 'axis = "east"', "line 31, corridors 1, key axis", "'east'", "'north-south'"),
        ("port.CNLYG", "prot.CNLYG", "line 32, corridors 1, key gateways", "prot.CNLYG", "port."),
        ('id = "a-b"', 'id = "A B"', "line 24, pairs 1, key id", "'A B'", "small letters"),
        ("format = 1", "format = 2", "line 1, key format", "found 2", "1"),
    ],
)
def test_one_mistake(tmp_path: Path, old: str, new: str, where: str, found: str, remedy: str) -> None:
    assert old in SMALL
    (finding,) = [item for item in findings(tmp_path, SMALL.replace(old, new, 1)) if found in item.found]
    assert where in finding.where
    assert finding.where.startswith("study.toml")
    assert remedy in finding.remedy


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    wrong = (
        SMALL.replace("2024-12-31", "2024-13-01")
        .replace('value = "middle"', 'value = "dear"')
        .replace('axis = "east-west"', 'axis = "up"')
        .replace(
            "[[corridors]]", '[[pairs]]\nid = "a-b"\norigin = "osaka"\ndestination = "almaty"\nvia = "x"\n[[corridors]]'
        )
    )
    found = findings(tmp_path, wrong)
    text = " | ".join(map(str, found))
    for part in ("2024-13-01", "'dear'", "'up'", "stands twice", "'via'"):
        assert part in text
    assert len(found) == 5


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"format = ", "not TOML"),
        (b"", "empty"),
        (b'name = "\xff"', "not UTF-8"),
        (b"#" * 1_000_001, "at most 1,000,000"),
    ],
)
def test_files_that_are_no_study(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "study.toml"
    path.write_bytes(content)
    with pytest.raises(StudyError, match=found):
        load_study(path)


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, SMALL.replace('name = "Inland"', "name = Inland"))
    assert finding.where == "study.toml, line 9"


def test_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_bytes(SMALL.replace("\n", "\r\n").encode())
    assert load_study(path).id == "small"


def test_ids_are_checked_against_what_the_facts_know(tmp_path: Path) -> None:
    study = load_study(written(tmp_path, SMALL))
    known = {"place": {"tokyo", "almaty"}, "port": {"CNLYG"}, "country": {"KAZ", "JPN", "CHN"}}
    check_study(study, known)
    with pytest.raises(StudyError) as error:
        check_study(study, {"place": {"tokio", "almaty"}, "port": {"CNSHA"}, "country": {"KAZ", "JPN"}})
    assert [finding.found for finding in error.value.findings] == [
        "no country has the id 'CHN'",
        "no place has the id 'tokyo'",
        "no port has the id 'CNLYG'",
        "no country has the id 'CHN'",
    ]
    assert error.value.findings[1].remedy == "Nearest known: tokio."
    assert "line 25" in error.value.findings[1].where


@given(st.text(max_size=200))
def test_any_text_is_a_study_or_an_error(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.toml"
        path.write_text(text, encoding="utf-8", errors="ignore")
        with pytest.raises(StudyError):
            load_study(path)
