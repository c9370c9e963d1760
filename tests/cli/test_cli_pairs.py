"""Routes anywhere and for tables of pairs, from the command line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from cli_run import answer, command


def test_a_place_the_study_does_not_know_is_answered_on_the_worlds_network() -> None:
    found = answer("routes", "Nairobi", "Berlin", "-k", "1")
    assert found["routes"][0]["distance_km"] > 6000
    assert any("world's network" in note for note in found["notes"])


def test_coordinates_south_of_the_equator_are_no_option() -> None:
    found = answer("routes", "-33.92,18.42", "48.85,2.35", "-k", "1")
    assert found["origin"] == "-33.92,18.42"
    assert found["routes"][0]["legs"][0]["mode"] == "road"


def test_a_table_of_pairs_names_bad_rows_and_answers_the_rest(tmp_path: Path) -> None:
    source, target = tmp_path / "pairs.csv", tmp_path / "out.parquet"
    source.write_text("origin,destination,cargo\nTokyo,Tashkent,teu;truck20t\nAtlantis,Paris,\n", encoding="utf-8")
    done = command("routes", "--pairs", str(source), "--out", str(target), "-k", "1", "--by", "time")
    assert done.exit_code == 2
    assert "row 3" in done.stderr
    rows = pd.read_parquet(target)
    assert rows[["row", "cargo", "status"]].to_numpy().tolist() == [
        [2, "teu", "ok"],
        [2, "truck20t", "ok"],
        [3, "", "bad row"],
    ]
    assert set(rows["by"][:2]) == {"time"}


@pytest.mark.parametrize(
    "words",
    [
        ("routes",),
        ("routes", "Tokyo"),
        ("routes", "Tokyo", "Tashkent", "--out", "x.csv"),
        ("routes", "--pairs", "pairs.csv"),
        ("routes", "Tokyo", "Tashkent", "--pairs", "pairs.csv", "--out", "x.csv"),
    ],
)
def test_questions_that_are_half_said_end_with_2(words: tuple[str, ...]) -> None:
    done = command(*words)
    assert done.exit_code == 2
    assert "Traceback" not in done.stderr


def test_quality_of_the_worlds_network() -> None:
    found = answer("network", "quality", "--network", "world")
    assert set(found) == {"size", "holes", "links", "checks"}
    sizes = {row["what"]: row["n"] for row in found["size"]}
    assert sizes["places that reach each other"] / sizes["places"] > 0.95
    assert {row["mode"] for row in found["checks"]} == {"sea", "rail", "road"}
