"""What goes wrong is said in words, on standard error, with the exit code of its kind."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from cli_run import answer, command, refused

from landbridge.cli import looking_up
from landbridge.cli.group import DEBUG
from landbridge.study import load_study


def test_an_unknown_place_lists_the_nearest() -> None:
    text = refused("routes", "Tokyo", "Tashknt")
    assert "Tashknt" in text
    assert "Tashkent" in text


def test_a_tie_lists_what_it_could_be() -> None:
    text = refused("routes", "Tokyo", "Tashkent", "--via", "Karasu")
    for code in ("crossing.rail:UZB-KGZ:savay", "crossing.road:TJK-CHN:kulma"):
        assert code in text
    assert "place.khorgos-kaz" in refused("routes", "Tokyo", "Tashkent", "--close", "place.Khorgos")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("routes", "Tokyo"), "Give ORIGIN and DESTINATION"),
        (("routes", "Tokyo", "Tashkent", "--by", "magic"), "magic"),
        (("routes", "Tokyo", "Tashkent", "--mode", "air"), "Choose one of rail, road, sea, ferry"),
        (("routes", "Tokyo", "Tashkent", "--quick"), "No such option"),
        (("routes", "Tokyo", "Tokyo"), "same place"),
        (("routes", "Tokyo", "Tashkent", "--close", "Hormuz"), "such as strait.hormuz"),
        (("routes", "Tokyo", "Tashkent", "--close", "strait.hormus"), "--close strait.hormus: 'hormus' is not known"),
        (("routes", "Tokyo", "Tashkent", "--close", "border.KAZ"), "A border is two countries"),
        (("routes", "Tokyo", "Tashkent", "--close", "event.us_iran_2018"), "an event cannot be closed"),
        (("routes", "Tokyo", "Tashkent", "--set", "strait.suez.surcharge=5"), "Use add in a scenario file"),
        (("routes", "Tokyo", "Tashkent", "--as-of", "tomorrow"), "Write YYYY-MM-DD"),
        (("routes", "Tokyo", "Tashkent", "-k", "0"), "Invalid value for '-k'"),
        (("routes", "Tokyo", "Tashkent", "--scenario", "hormuz-shut"), "hormuz-closed"),
        (("corridors", "--pairs", "tokyo-astna"), "tokyo-astana"),
        (("corridors", "--between", "2010", "2012", "--as-of", "2020-01-01"), "Give one of them"),
        (("corridors", "--between", "2020", "2010"), "2010 is before 2020"),
        (("events", "--between", "x", "2010"), "'x' is no day"),
        (("closures", "--together", "strait.hormuz"), "two or more"),
        (("access", "Utopia", "Uzbekistn"), "'Utopia'"),
        (("access", "Utopia", "Uzbekistn"), "'Uzbekistn'"),
        (("grid", "no-such", "nor-this", "-o", "x"), "'no-such'"),
        (("grid", "no-such", "nor-this", "-o", "x"), "'nor-this'"),
        (("closures", "--together", "Hormuz", "--together", "strait.malaca"), "--together Hormuz"),
        (("closures", "--together", "Hormuz", "--together", "strait.malaca"), "--together strait.malaca"),
        (("facts", "show", "nonsense"), "landbridge facts list"),
        (("routes", "Kazakhstan", "Tokyo", "--network", "study"), "Almaty"),
        (("routes", "48.85 2.35", "Tokyo"), "latitude first: 48.85,2.35"),
        (("routes", "48.85N, 2.35E", "Tokyo"), "latitude first: 48.85,2.35"),
        (("routes", "48,85 2,35", "Tokyo"), "latitude first: 48.85,2.35"),
        (("facts", "show", "TS9999"), "TS9"),
        (("find", "qqqqqqqqqq"), "qqqqqqqqqq"),
        (("run",), "-o DIR"),
        (("grid", "base"), "-o DIR"),
        (("compare", "base", "no-such-thing"), "no-such-thing"),
        (("explain", "nowhere", "routes", "x"), "no result of Landbridge"),
        (("routes", "Tokyo", "Tashkent", "--study", "atlantis"), "japan_central_asia"),
        (("nonsense",), "No such command"),
    ],
)
def test_wrong_input_is_exit_code_2(words: tuple[str, ...], said: str) -> None:
    assert said in refused(*words)


def test_options_do_not_silently_hold_for_results_that_are_made(tmp_path: Path) -> None:
    made = str(tmp_path / "made")
    assert command("run", "-o", made, "--pairs", "tokyo-tashkent").exit_code == 0
    said = refused("compare", made, made, "--by", "time", "--close", "strait.suez")
    assert "--by, --close: both results are made already" in said
    assert command("compare", made, made).exit_code == 0


def test_all_wrong_changes_are_said_at_once() -> None:
    text = refused(
        "routes", "Tokyo", "Tashkent",
        "--close", "strat.hormuz", "--set", "crossing.altynkol.hours=fast", "--scale", "port.IRBND.speed=2",
    )  # fmt: skip
    assert "strat" in text
    assert "'fast' is not a number" in text
    assert "speed" in text


def test_a_bad_scenario_file_lists_every_mistake(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(
        'format = 1\nname = "Wrong"\nas_of = "someday"\n[[changes]]\nselect = "strat.hormuz"\naction = "close"\n'
        'why = "x"\nsource = "y"\n[[changes]]\nselect = "port.IRBND.dwell"\naction = "set"\nvalue = 3\nunit = "days"\n'
        'why = "x"\nsource = "y"\n'
    )
    text = refused("run", str(file), "-o", str(tmp_path / "out"))
    for words in ("someday", "strat", "unit is 'days'"):
        assert words in text
    assert not (tmp_path / "out").exists()


@pytest.fixture
def own_study(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    shutil.copytree(load_study("japan_central_asia").folder, folder)
    return folder


def test_a_bad_study_file_lists_every_mistake(own_study: Path) -> None:
    path = own_study / "study.toml"
    text = path.read_text().replace("money_year = 2024", 'money_year = "new"')
    path.write_text(text.replace('axis = "east-west"', 'axis = "up-down"', 1))
    said = refused("routes", "Tokyo", "Tashkent", "--study", str(own_study))
    assert "money_year" in said
    assert "axis" in said
    path.write_text(path.read_text().replace('"new"', "2024").replace('"up-down"', '"east-west"'))
    path.write_text(path.read_text().replace('destination = "astana"', 'destination = "astena"'))
    said = refused("routes", "Tokyo", "Tashkent", "--study", str(own_study))
    assert "no place has the id 'astena'" in said
    assert "astana" in said


def test_bad_facts_are_said_with_file_row_and_remedy(own_study: Path) -> None:
    sections = own_study / "facts" / "sections.csv"
    rows = sections.read_text().splitlines()
    rows[1] = rows[1].replace(rows[1].split(",")[2], "nowhere", 1)
    sections.write_text("\n".join(rows) + "\n")
    said = refused("routes", "Tokyo", "Tashkent", "--study", str(own_study))
    assert "sections.csv, row 2" in said
    assert "nowhere" in said
    found = answer("facts", "check", "--study", str(own_study), code=2)
    assert any("sections.csv, row 2" in item["where"] for item in found["findings"])
    (own_study / "facts" / "ports.csv").unlink()
    assert "ports.csv" in refused("routes", "Tokyo", "Tashkent", "--study", str(own_study))


def test_a_folder_that_must_not_or_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").write_text("mine")
    for words in (("run", "-o"), ("report", "--out")):
        text = refused(*words, str(tmp_path / "mine"))
        assert "is not replaced" in text
        assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.docx"]
        (tmp_path / "file").write_text("x")
        assert "is a file" in refused(*words, str(tmp_path / "file"))
        assert "cannot be written" in refused(*words, str(tmp_path / "file" / "out"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "mine"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_rights(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    assert "not permitted" in refused("run", "-o", str(tmp_path / "locked" / "out"))


def test_a_wrong_option_leaves_no_folder(tmp_path: Path) -> None:
    refused("run", "-o", str(tmp_path / "a" / "out"), "--close", "strat.hormuz")
    refused("report", "--out", str(tmp_path / "a" / "out"), "--scenario", "nonsense")
    assert list(tmp_path.iterdir()) == []


def test_a_fault_is_one_line_and_the_traceback_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(study: str) -> Any:
        raise ZeroDivisionError("nothing left")

    monkeypatch.setattr(looking_up, "_facts", broken)
    monkeypatch.delenv(DEBUG, raising=False)
    found = command("facts", "list")
    assert found.exit_code == 1
    assert found.stdout == ""
    assert "ZeroDivisionError: nothing left" in found.stderr
    assert "report" in found.stderr
    assert len(found.stderr.splitlines()) == 1
    monkeypatch.setenv(DEBUG, "1")
    again = command("facts", "list")
    assert again.exit_code == 1
    assert "Traceback" in again.stderr


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(study: str) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(looking_up, "_facts", interrupted)
    found = command("facts", "list")
    assert found.exit_code == 130
    assert "Interrupted" in found.stderr


def test_names_are_never_read_as_markup() -> None:
    text = refused("routes", "[red]Tokyo[/red]", "Tashkent")
    assert "[red]Tokyo[/red]" in text
