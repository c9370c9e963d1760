"""The result folder: same bytes, readable twice, explains itself to the number, comparable, never half-written."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.models.closures import WeightedPair
from landbridge.result.folder import (
    MANIFEST,
    TABLES,
    TIMINGS,
    Result,
    ResultTable,
    is_result,
    open_result,
    parted,
    result_of,
    write_result,
)
from landbridge.run.ask_closures import study_pairs
from landbridge.run.compare import compare_results
from landbridge.run.explain import explain, key_of, number_of, recomputable
from landbridge.run.folder import Answered, Asked, answer_pairs, made_by, scenario_files, scenario_toml, tables_of
from landbridge.run.grid import run_grid
from landbridge.scenario import Resolved, load_scenario
from landbridge.schema.errors import BadRequest, OutputError, UnknownName
from shipped import session

PAIRS = ("tokyo-tashkent", "tokyo-ashgabat")


def asked() -> Asked:
    pairs = tuple(pair for pair in study_pairs(session()) if pair.id in PAIRS)
    return Asked("teu", "middle", "cost", pairs)


@cache
def world(scenario: str = "base", options: tuple[tuple[str, str], ...] = ()) -> Resolved:
    return session().resolved(None if scenario == "base" else scenario, None, options)  # type: ignore[arg-type]


@cache
def answered(scenario: str = "base", options: tuple[tuple[str, str], ...] = ()) -> Answered:
    return answer_pairs(session(), world(scenario, options), asked())


@cache
def tables(scenario: str = "base", options: tuple[tuple[str, str], ...] = ()) -> tuple[ResultTable, ...]:
    return tables_of(session(), world(scenario, options), asked(), answered(scenario, options))


def result(scenario: str = "base", options: tuple[tuple[str, str], ...] = ()) -> Result:
    made = made_by(session(), world(scenario, options), asked(), "run", "landbridge run")
    return result_of(scenario if not options else "changed", made, tables(scenario, options))


def write(target: Path, **more: object) -> None:
    made = made_by(session(), world(), asked(), "run", "landbridge run")
    write_result(target, made, tables(), scenario_files(world()), timings="1 s\n", **more)  # type: ignore[arg-type]


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != TIMINGS
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("result") / "base"
    write(target)
    return target


# --- what is in it ---


def test_every_file_is_listed_with_its_digest_but_the_timings(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    listed = {name: item["sha256"] for name, item in manifest["files"].items()}
    assert {**listed, MANIFEST: digests(folder)[MANIFEST]} == digests(folder)
    assert (folder / TIMINGS).exists()
    assert manifest["study"] == "japan_central_asia"
    assert set(manifest["inputs"]) == {"facts", "study", "network", "scenario"}
    assert manifest["as_of"] == "2024-12-31"


def test_csv_and_parquet_hold_the_same_rows(folder: Path) -> None:
    stored = open_result(folder)
    assert len(stored.tables) > 15
    for name in stored.tables:
        read = pq.read_table(folder / "tables" / f"{name}.parquet")
        assert read.to_pylist() == stored.rows(name), name
        assert read.column_names == [item.name for item in stored.fields(name)]


def test_a_cell_without_a_value_is_empty_and_never_a_word(folder: Path) -> None:
    for path in (folder / "tables").glob("*.csv"):
        for row in csv.reader(io.StringIO(path.read_text(), newline="")):
            assert not {"nan", "NaN", "inf", "-inf", "None"} & set(row), path.name


def test_keys_name_one_row_each() -> None:
    for table in tables():
        if table.key:
            keys = [tuple(record[name] for name in table.key) for record in table.records()]
            assert len(set(keys)) == len(keys), table.name


def test_every_declared_table_is_written_and_every_fact_named_is_there() -> None:
    made = result()
    report_only = {"benchmarks", "benchmark_medians", "checks"}
    assert set(TABLES) - report_only <= set(made.tables)
    known = {row["id"] for row in made.rows("facts")}
    named = {fact for row in made.rows("contributions") for fact in str(row["facts"]).split(";") if fact}
    assert named
    assert named <= known
    sources = {row["id"] for row in made.rows("sources")}
    assert {row["source"] for row in made.rows("facts") if row["source"]} <= sources


# --- same question, same bytes ---


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    found = []
    for seed, name in (("1", "a"), ("2", "b")):
        target = tmp_path / name / "out"
        command = [sys.executable, "-m", "landbridge", "run", "hormuz-closed", "--pairs", PAIRS[0], "-o", str(target)]
        command += ["--set", "port.IRBND.dwell=24"]
        subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PYTHONHASHSEED": seed})
        found.append(digests(target))
    assert found[0] == found[1]
    assert len(found[0]) > 30


# --- nothing half-written ---


def test_a_result_is_replaced_by_a_result(tmp_path: Path) -> None:
    write(tmp_path / "out")
    before = digests(tmp_path / "out")
    write(tmp_path / "out")
    assert digests(tmp_path / "out") == before


def test_a_folder_with_anything_else_in_it_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="not a result"):
        write(tmp_path / "out")
    write(tmp_path / "result")
    (tmp_path / "result" / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"notes\.txt"):
        write(tmp_path / "result")
    (tmp_path / "result" / "notes.txt").rename(tmp_path / "result" / ".~lock.report.xlsx#")
    write(tmp_path / "result")  # what a spreadsheet leaves behind is nobody's work


def test_a_full_disk_leaves_the_old_result(tmp_path: Path) -> None:
    write(tmp_path / "out")
    before = digests(tmp_path / "out")
    left = 5

    def full(path: Path, data: bytes) -> None:
        nonlocal left
        left -= 1
        path.write_bytes(data if left else data[: len(data) // 2])
        if not left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OutputError, match="the disk is full"):
        write(tmp_path / "out", write=full)
    assert digests(tmp_path / "out") == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_killed_run_leaves_a_whole_result_or_none(tmp_path: Path) -> None:
    draw = random.Random(3)
    target = tmp_path / "out"
    command = [sys.executable, "-m", "landbridge", "run", "--pairs", PAIRS[0], "-o", str(target)]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    took = time.perf_counter() - start
    whole = digests(target)
    for _ in range(4):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            time.sleep(draw.uniform(0.3, 1.0) * took)
            run.send_signal(signal.SIGKILL)
        assert digests(target) == whole


def test_what_was_changed_or_is_no_result_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="no result of Landbridge"):
        open_result(tmp_path)
    (tmp_path / MANIFEST).write_text("{}")
    assert is_result(tmp_path)
    with pytest.raises(BadRequest, match="no manifest of a result"):
        open_result(tmp_path)
    write(tmp_path / "out")
    path = tmp_path / "out" / "tables" / "routes.csv"
    path.write_text(path.read_text().replace("rail", "raIl"))
    with pytest.raises(BadRequest, match="not the file that the run wrote"):
        open_result(tmp_path / "out").rows("routes")


# --- the scenario can be run again ---


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                ("close", "strait.hormuz"),
                ("close", "country.RUS.transit"),
                ("close", "country.IRN.rail"),
                ("open", "crossing.torkham"),
                ("set", "crossing.altynkol.rail.hours=24"),
                ("scale", "country.KAZ.crossings.hours=0.5"),
                ("scale", "mode.ferry.sailings=2"),
            ]
        ),
        max_size=4,
    ),
    st.sampled_from(["base", "iran-no-sanctions", "suez-closed", "carec-half-time"]),
)
def test_the_written_scenario_resolves_to_the_same_changes(options: list[tuple[str, str]], preset: str) -> None:
    first = world(preset, tuple(options))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scenario.toml"
        file.write_text(scenario_toml(first), encoding="utf-8")
        again = session().resolved(load_scenario(file, session().study))
    assert again.as_of == first.as_of
    plain = [(c.selectors, c.action, c.value, c.modes, c.note) for c in first.changes if c.origin != "event"]
    assert [(c.selectors, c.action, c.value, c.modes, c.note) for c in again.changes if c.origin != "event"] == plain
    assert [c for c in again.changes if c.origin == "event"] == [c for c in first.changes if c.origin == "event"]


# --- explained to the number ---


def test_every_number_with_a_formula_recomputes() -> None:
    seen = set()
    for made in (result(), result("hormuz-closed")):
        for name in made.tables:
            for row in made.rows(name)[:400]:
                for item in made.fields(name):
                    value = row[item.name]
                    if isinstance(value, bool) or not isinstance(value, int | float):
                        continue
                    explained = number_of(made, name, row, item)
                    assert explained.agrees, (name, explained.key, item.name, value, explained.recomputed)
                    if (name, item.name) in recomputable():
                        assert explained.recomputed is not None
                        assert explained.components or value == 0, (name, item.name)
                        seen.add((name, item.name))
    report_only = {"benchmarks", "benchmark_medians", "checks"}
    assert seen == {(name, column) for name, column in recomputable() if name not in report_only}


def test_contributions_come_from_their_facts_but_for_the_few_that_say_why_not() -> None:
    made = result()
    names = {item.name: item for item in made.fields("contributions")}
    stopped = []
    rows = made.rows("contributions")
    for row in rows:
        explained = number_of(made, "contributions", row, names["amount"])
        assert explained.agrees, (explained.key, explained.formula, explained.value, explained.recomputed)
        assert math.isclose(row["amount"], row["fixed"] + row["per_km"] * row["km"], rel_tol=1e-9, abs_tol=1e-9)  # type: ignore[operator]
        if explained.stops:
            stopped.append(row)
        else:
            assert {fact for part in explained.components for fact in part.facts} <= set(parted(row["facts"]))
    assert len(stopped) < 0.03 * len(rows)


def test_a_changed_fact_shows_up_in_the_contributions_made_of_it_and_above() -> None:
    made = result()
    way = made.rows("routes")[0]
    parts = [part for part in made.rows("contributions") if part["route"] == way["route"] and part["measure"] == "usd"]
    fact = next(name for part in parts for name in parted(part["facts"]) if ":" not in name and "cpi" not in name)
    tampered = {}
    for table in made.made.values():
        rows = table.rows
        if table.name == "facts":
            at = table.names.index("value")
            rows = tuple(
                (*row[:at], float(row[at]) * 2, *row[at + 1 :]) if row[0] == fact else row  # type: ignore[arg-type]
                for row in rows
            )
        tampered[table.name] = replace(table, rows=rows)
    explained = explain(Result("tampered", made.manifest, None, tampered), "routes", f"{way['pair']}/{way['route']}")
    wrong = {number.column for number in explained.numbers if not number.agrees}
    assert "usd" in wrong
    (number,) = [number for number in explained.numbers if number.column == "usd"]
    assert {fact in part.facts for part in number.components if not part.agrees} == {True}


def test_a_column_says_its_formula_exactly_where_it_is_recomputed() -> None:
    declared = {(name, item.name) for name, shape in TABLES.items() for item in shape.fields if item.formula}
    assert declared == set(recomputable())


def test_a_changed_contribution_shows_up_in_every_sum_above_it() -> None:
    made = result()
    way = made.rows("routes")[0]
    tampered = []
    for table in made.made.values():
        rows = table.rows
        if table.name == "contributions":
            at = table.names.index("amount")
            which = next(
                i for i, row in enumerate(rows) if row[1] == way["route"] and row[table.names.index("measure")] == "usd"
            )
            changed = list(rows[which])
            changed[at] = float(changed[at]) + 1.0  # type: ignore[arg-type]
            rows = (*rows[:which], tuple(changed), *rows[which + 1 :])
        tampered.append(replace(table, rows=rows))
    other = Result("tampered", made.manifest, None, {table.name: table for table in tampered})
    explained = explain(other, "routes", f"{way['pair']}/{way['route']}")
    wrong = {number.column for number in explained.numbers if not number.agrees}
    assert "usd" in wrong
    assert "hours" not in wrong


def test_a_row_is_named_by_key_rank_or_number_and_a_wrong_name_lists_near_ones(folder: Path) -> None:
    stored = open_result(folder)
    way = next(row for row in stored.rows("routes") if row["rank"] == 1 and row["pair"] == PAIRS[0])
    by_key = explain(stored, "routes", key_of(stored, "routes", way))
    assert explain(stored, "routes", f"{PAIRS[0]}/1") == by_key
    (number,) = explain(stored, "routes", f"{PAIRS[0]}/1.hours").numbers
    assert number.value == way["hours"]
    assert math.isclose(number.recomputed or 0, number.value, rel_tol=1e-12)
    assert {row["id"] for row in by_key.facts} >= {fact for part in number.components for fact in part.facts}
    with pytest.raises(UnknownName, match="contributions"):
        explain(stored, "contribution", "x")
    with pytest.raises(UnknownName, match=f"{PAIRS[0]}/chabahar"):
        explain(stored, "corridors", f"{PAIRS[0]}/chabahr")
    with pytest.raises(UnknownName, match="hours_p95"):
        explain(stored, "routes", f"{PAIRS[0]}/1.hours_p96")
    closed = next(row for row in stored.rows("corridors") if not row["open"])
    with pytest.raises(BadRequest, match=str(closed["why_closed"])[:20]):
        explain(stored, "corridors", f"{closed['pair']}/{closed['corridor']}.hours")


# --- compared ---


def test_a_result_compared_with_itself_differs_in_nothing() -> None:
    found = compare_results(result(), result())
    assert not any(row.differs or row.because for row in (*found.best, *found.corridors))
    assert found.settings == found.only_a == found.only_b == found.components == found.missing == ()
    assert [row.pair for row in found.best] == [pair.id for pair in asked().pairs]


def test_what_shuts_is_named_and_the_other_way_round_it_is_what_opens() -> None:
    there = compare_results(result(), result("hormuz-closed"))
    back = compare_results(result("hormuz-closed"), result())
    affected = [row for row in there.corridors if row.differs]
    assert any(row.corridor == "bandar-abbas" for row in affected)
    for row in affected:
        assert [cause.id for cause in row.because] == ["hormuz-closed#1"], row
        assert row.because[0].kind == "closed"
    assert [row.corridor for row in back.corridors if row.differs] == [row.corridor for row in affected]
    for row in back.corridors:
        if row.differs:
            assert [(cause.kind, cause.id) for cause in row.because] == [("opened", "hormuz-closed#1")], row
    for one, other in zip(there.corridors, back.corridors, strict=True):
        for column in ("hours", "usd"):
            change, reverse = one.change(column), other.change(column)
            assert (change is None) == (reverse is None)
            if change is not None and reverse is not None:
                assert math.isclose(change, -reverse, abs_tol=1e-9)


def test_a_changed_number_is_traced_to_its_change() -> None:
    option = (("set", "crossing.altynkol.rail.hours=200"),)
    found = compare_results(result(), result("base", option))
    khorgos = next(row for row in found.corridors if row.corridor == "china-land-bridge-khorgos")
    assert khorgos.differs
    assert khorgos.change("hours") is not None
    assert [(cause.kind, cause.id) for cause in khorgos.because] == [("changed", "option-1")]
    assert [cause.id for cause in found.only_b] == ["option-1"]
    untouched = next(row for row in found.corridors if row.corridor == "trans-siberian")
    assert not untouched.differs


def test_another_day_is_traced_to_figures_or_events() -> None:
    made = made_by(session(), session().resolved(None, "2017-06-30"), asked(), "run", "")
    resolved = session().resolved(None, "2017-06-30")
    then = result_of("2017", made, tables_of(session(), resolved, asked(), answer_pairs(session(), resolved, asked())))
    found = compare_results(then, result())
    assert ("as_of", "2017-06-30", "2024-12-31") in found.settings
    differing = [row for row in (*found.best, *found.corridors) if row.differs]
    assert differing
    assert all(row.because for row in differing)


# --- grid ---


def grid_of(folder: Path, scenarios: tuple[str, ...], seen: list[bool] | None = None, **more: object) -> object:
    worlds = [session().resolved(None if name == "base" else name) for name in scenarios]
    kept = seen if seen is not None else []
    return run_grid(
        session(),
        folder,
        worlds,
        asked().pairs,
        cargo="teu",
        value="middle",
        by="cost",
        progress=lambda cell: kept.append(cell.kept),
        **more,  # type: ignore[arg-type]
    )


def test_a_grid_goes_on_where_it_stopped_and_ends_the_same(tmp_path: Path) -> None:
    scenarios = ("base", "iran-closed", "suez-closed")
    whole = grid_of(tmp_path / "whole", scenarios)
    left = 4  # the manifest and three cells

    def dies(path: Path, data: bytes) -> None:
        nonlocal left
        if not left:
            raise KeyboardInterrupt
        left -= 1
        path.write_bytes(data)

    with pytest.raises(KeyboardInterrupt):
        grid_of(tmp_path / "again", scenarios, write=dies)
    assert json.loads((tmp_path / "again" / "grid.json").read_text())["complete"] is False
    seen: list[bool] = []
    assert grid_of(tmp_path / "again", scenarios, seen) == whole
    assert seen == [True] * 3 + [False] * 3
    assert digests(tmp_path / "again") == digests(tmp_path / "whole")
    assert json.loads((tmp_path / "again" / "grid.json").read_text())["complete"] is True


def test_a_cell_made_from_something_else_or_broken_is_made_again(tmp_path: Path) -> None:
    grid_of(tmp_path, ("base",))
    cells = sorted((tmp_path / "cells").iterdir())
    first = json.loads(cells[0].read_text())
    cells[0].write_text(json.dumps({**first, "key": "older"}))
    cells[1].write_text(cells[1].read_text()[:100])
    seen: list[bool] = []
    grid_of(tmp_path, ("base",), seen)
    assert seen == [False, False]
    assert json.loads(cells[0].read_text()) == first


def test_a_grid_does_not_start_in_a_folder_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(OutputError, match="not a grid"):
        grid_of(tmp_path, ("base",))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_pairs_without_a_way_have_no_extra_but_a_reason(tmp_path: Path) -> None:
    worlds = [world(), world("base", (("close", "country.UZB"),))]
    pairs = [WeightedPair("x", "tokyo", "tashkent", 2.0)]
    grid = run_grid(
        session(), tmp_path, [worlds[0], replace(worlds[1], name="shut")], pairs, cargo="teu", value="middle", by="cost"
    )
    shut = dict(zip(grid.columns, grid.rows[1], strict=True))
    assert shut["reachable"] is False
    assert shut["hours"] is None
    assert shut["extra_hours"] is None
    assert "option-1" in str(shut["why_not"])
