"""A table of pairs: bad rows are named and the rest answered, and an interrupted run ends as one that was not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from landbridge.run.pairs import OUTPUT, read_pairs, route_pairs
from landbridge.schema.errors import BadRequest, LandbridgeError
from world_opened import study

ROWS = """origin,destination,cargo,value,by,as_of,weight
Lagos,Warsaw,,,,,2
Nowhereville,Paris,,,,,
Denver,Toronto,teu;feu,,time,,
"48.85,2.35",Tokyo,,high,cost,2022-06-30,
"139.7,35.7",Paris,,,,,
,Paris,,,,,
Lima,Quito,spoon,,,,-1
Paris,Paris,,,,,
=cmd|x,Paris,,,,,
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_bad_rows_are_reported_and_the_rest_is_answered(source: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    target = tmp_path / "out.csv"
    report = route_pairs(study(), source, target, k=2, progress=lambda done, total: seen.append((done, total)))
    assert (report.asked, report.answered, report.no_route) == (10, 4, 0)
    assert [line.split(":")[0] for line in report.bad] == ["row 3", "row 6", "row 7", "row 8", "row 9", "row 10"]
    assert "35.7,139.7" in report.bad[1]
    assert "no origin" in report.bad[2]
    assert "spoon" in report.bad[3]
    assert "weight" in report.bad[3]
    assert seen == [(i, 10) for i in range(1, 11)]
    table = pd.read_csv(target)
    assert list(table.columns) == list(OUTPUT)
    good = table[table["status"] == "ok"]
    assert sorted(set(good["row"])) == [2, 4, 5]
    assert set(good.loc[good["row"] == 4, "cargo"]) == {"teu", "feu"}
    assert (good["distance_km"] > 0).all()
    for _, row in good.iterrows():
        by_mode = row[["rail_km", "road_km", "sea_km", "ferry_km"]].sum()
        assert by_mode == pytest.approx(row["distance_km"])
    assert not list(tmp_path.glob("*.partial*"))


def test_an_interrupted_run_goes_on_and_ends_the_same(source: Path, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole.csv", tmp_path / "broken.csv"
    route_pairs(study(), source, whole, k=2)

    class Stop(Exception):  # noqa: N818
        pass

    def stop(done: int, total: int) -> None:
        if done == 4:
            raise Stop

    with pytest.raises(Stop):
        route_pairs(study(), source, broken, k=2, progress=stop)
    assert not broken.exists()
    side = tmp_path / "broken.csv.partial.jsonl"
    assert len(side.read_text(encoding="utf-8").splitlines()) == 4
    side.write_text(side.read_text(encoding="utf-8") + '{"key": "cut sho', encoding="utf-8")
    report = route_pairs(study(), source, broken, k=2)
    assert report.resumed == 4
    assert broken.read_bytes() == whole.read_bytes()
    # Another question is another answer: nothing is taken over.
    with pytest.raises(Stop):
        route_pairs(study(), source, broken, k=2, progress=stop)
    assert route_pairs(study(), source, broken, k=1).resumed == 0


def test_the_formats_hold_the_same_table(source: Path, tmp_path: Path) -> None:
    book = tmp_path / "pairs.xlsx"
    settings = {"options": {"strings_to_formulas": False}}
    with pd.ExcelWriter(book, engine="xlsxwriter", engine_kwargs=settings) as writer:
        pd.read_csv(source, dtype=str, keep_default_na=False).to_excel(writer, index=False)
    assert read_pairs(book) == read_pairs(source)
    few = tmp_path / "few.csv"
    few.write_text("Origin;Destination\nLagos;Warsaw\n=1+1;Paris\n", encoding="utf-8-sig")
    frames = []
    for name in ("out.csv", "out.parquet", "out.xlsx"):
        route_pairs(study(), few, tmp_path / name, k=2)
    frames = [
        pd.read_csv(tmp_path / "out.csv"),
        pd.read_parquet(tmp_path / "out.parquet"),
        pd.read_excel(tmp_path / "out.xlsx"),
    ]
    assert frames[2]["origin"].tolist()[-1] == "=1+1"
    for frame in frames[1:]:
        for column in ("row", "alternative", "distance_km", "usd", "hours"):
            pd.testing.assert_series_equal(
                frame[column].astype(float), frames[0][column].astype(float), check_names=False, rtol=1e-12
            )


def test_same_inputs_same_bytes(source: Path, tmp_path: Path) -> None:
    for suffix in (".csv", ".xlsx", ".parquet"):
        one, other = tmp_path / f"one{suffix}", tmp_path / f"other{suffix}"
        route_pairs(study(), source, one, k=1)
        route_pairs(study(), source, other, k=1)
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "empty"), ("from,to\nA,B\n", "no column 'origin'"), ("origin\nA\n", "no column 'destination'")],
)
def test_a_file_that_is_no_table_of_pairs_says_what_is_missing(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadRequest, match=says):
        read_pairs(path)


def test_files_and_words_that_cannot_be(source: Path, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="no file"):
        read_pairs(tmp_path / "none.csv")
    with pytest.raises(BadRequest, match="cannot be read"):
        read_pairs(tmp_path / "pairs.ods")
    damaged = tmp_path / "damaged.xlsx"
    damaged.write_bytes(b"not a workbook")
    with pytest.raises(BadRequest, match="cannot be read"):
        read_pairs(damaged)
    with pytest.raises(BadRequest, match="cannot be written"):
        route_pairs(study(), source, tmp_path / "out.txt")
    with pytest.raises(BadRequest, match="No such cargo"):
        route_pairs(study(), source, tmp_path / "out.csv", cargoes=("spoon",))


def test_what_holds_for_all_rows_is_checked_before_any_is_asked(tmp_path: Path) -> None:
    source = tmp_path / "pairs.csv"
    source.write_text("origin,destination\nTokyo,Tashkent\n")
    (tmp_path / "folder.csv").mkdir()
    bare = tmp_path / "bare.csv"
    bare.write_text("origin,destination\n\n,\n")
    out = tmp_path / "out.csv"

    def said(asked: Path, target: Path, **more: Any) -> str:
        with pytest.raises(LandbridgeError) as caught:
            route_pairs(study(), asked, target, network="study", **more)
        return str(caught.value)

    assert "neither a preset" in said(source, out, scenario="nonsense")
    assert "no kind of selector" in said(source, out, options=(("close", "strat.hormuz"),))
    assert "'someday' is not a day" in said(source, out, defaults={"as_of": "someday"})
    assert "Name another file for the answers" in said(source, source)
    assert "is a folder" in said(source, tmp_path / "folder.csv")
    assert "There is no folder" in said(source, tmp_path / "none" / "out.csv")
    assert "no row below its header" in said(bare, out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bare.csv", "folder.csv", "pairs.csv"]
    assert source.read_text() == "origin,destination\nTokyo,Tashkent\n"


def test_words_in_capitals_and_names_of_days_are_understood(tmp_path: Path) -> None:
    source, out = tmp_path / "pairs.csv", tmp_path / "out.csv"
    source.write_text("origin,destination,cargo,by,as_of\nTokyo,Tashkent,TEU,Time,text\nTokyo,Tashkent,,,someday\n")
    report = route_pairs(study(), source, out, k=1, network="study")
    assert report.answered == 1
    (bad,) = report.bad
    assert "row 3" in bad
    assert "'someday' is not a day" in bad
    assert pd.read_csv(out)["as_of"].tolist() == ["2017-06-30", "someday"]
