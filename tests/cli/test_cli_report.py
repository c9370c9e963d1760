"""The main job: a report with everything behind it, the same bytes each time."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from landbridge.result.folder import TABLES, TIMINGS, open_result
from landbridge.run.explain import number_of, recomputable
from landbridge.study import load_study


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != TIMINGS
    }


def small_study(folder: Path) -> Path:
    """The built-in study with one pair, a few corridors, presets and benchmarks: all parts of a report, quickly."""
    study = folder / "small"
    shutil.copytree(load_study("japan_central_asia").folder, study)
    text = (study / "study.toml").read_text()
    head, *pairs = text.split("[[pairs]]")
    last, *corridors = pairs[-1].split("[[corridors]]")
    kept = [block for block in corridors if 'id = "bandar-abbas"' in block or 'id = "deep-sea-suez"' in block]
    (study / "study.toml").write_text(head + "[[pairs]]" + last + "".join(f"[[corridors]]{block}" for block in kept))
    for preset in (study / "scenarios").iterdir():
        if preset.stem not in ("base", "hormuz-closed"):
            preset.unlink()
    rows = (study / "facts" / "benchmarks.csv").read_text().splitlines()
    (study / "facts" / "benchmarks.csv").write_text("\n".join(rows[:9]) + "\n")
    return study


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, str]]:
    """The report made twice at the same time, in processes that hash differently."""
    study = small_study(tmp_path_factory.mktemp("study"))
    runs = []
    for seed in ("1", "2"):
        target = tmp_path_factory.mktemp(f"report{seed}") / "out"
        words = [sys.executable, "-m", "landbridge", "report", "--study", str(study), "--out", str(target), "--xlsx"]
        run = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONHASHSEED": seed}
        )
        runs.append((target, run))
    found = []
    for target, run in runs:
        text, errors = run.communicate(timeout=300)
        assert run.returncode == 0, errors
        found.append((target, text))
    return found


def test_two_reports_have_the_same_bytes(reports: list[tuple[Path, str]]) -> None:
    one, other = (digests(folder) for folder, _ in reports)
    assert one == other
    assert {"report.html", "report.xlsx", "manifest.json", "scenario.toml", "tables/benchmarks.csv"} <= set(one)


def test_the_answer_is_printed_with_the_path(reports: list[tuple[Path, str]]) -> None:
    folder, text = reports[0]
    assert "From Tokyo" in text
    assert f"Report: {folder / 'report.html'}" in text
    assert f"Workbook: {folder / 'report.xlsx'}" in text
    stored = open_result(folder)
    assert str(folder) not in (folder / "report.html").read_text(encoding="utf-8")
    command = str(stored.manifest["command"])
    assert command.startswith("landbridge report --study ")
    assert command.endswith("--xlsx")


def test_benchmarks_and_checks_recompute(reports: list[tuple[Path, str]]) -> None:
    stored = open_result(reports[0][0])
    seen = set()
    for name in ("benchmarks", "benchmark_medians", "checks"):
        for row in stored.rows(name):
            for item in stored.fields(name):
                if isinstance(row[item.name], int | float) and (name, item.name) in recomputable():
                    explained = number_of(stored, name, row, item)
                    assert explained.agrees, explained
                    seen.add((name, item.name))
    assert seen == {(name, column) for name, column in recomputable() if name.startswith(("benchmark", "checks"))}


def test_chapters_are_tables_too(reports: list[tuple[Path, str]]) -> None:
    stored = open_result(reports[0][0])
    chapters = [name for name in stored.tables if name not in TABLES and not name.startswith("network_")]
    assert chapters
    assert any(stored.rows(name) for name in chapters)
