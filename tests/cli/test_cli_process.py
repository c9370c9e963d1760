"""The command as a process: quick to start, quiet when its reader leaves, clean when interrupted; the public face."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import landbridge
from landbridge.cli.manual import MANUALS

COMMAND = [sys.executable, "-m", "landbridge"]
DOCS = Path(__file__).parents[2] / "docs"


def imported(words: list[str]) -> set[str]:
    """Modules a command imports."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "landbridge", *words], check=True, capture_output=True, text=True
    )
    return {line.rpartition("|")[2].strip() for line in run.stderr.splitlines() if line.startswith("import time:")}


def test_help_and_version_import_nothing_heavy() -> None:
    for words in (["--help"], ["--version"], ["routes", "--help"]):
        assert not imported(words) & {"numpy", "pandas", "rich", "numba", "scipy"}, words


def test_a_route_of_the_study_wakes_no_compiler() -> None:
    assert not imported(["routes", "Tokyo", "Tashkent"]) & {"numba", "frictionless", "pandas", "pyarrow", "scipy"}


def test_looking_up_wakes_neither_compiler_nor_frames() -> None:
    for words in (["find", "Khorgos"], ["scenarios"], ["facts", "sources"]):
        assert not imported(words) & {"numba", "frictionless", "pandas", "pyarrow", "scipy"}, words


def test_the_worlds_network_wakes_no_frames() -> None:
    code = "import sys, landbridge.run.world_session; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "landbridge.network.world" in run.stdout.split()
    assert not set(run.stdout.split()) & {"pandas", "pyarrow", "numba", "scipy"}


def test_piped_output_is_plain_and_json_stands_alone() -> None:
    run = subprocess.run([*COMMAND, "routes", "Tokyo", "Tashkent"], check=True, capture_output=True)
    assert b"\x1b" not in run.stdout
    assert run.stderr == b""
    noted = subprocess.run(
        [*COMMAND, "corridors", "--pairs", "tokyo-astana", "--json"], check=True, capture_output=True
    )
    assert json.loads(noted.stdout)["rows"]


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes that break")
def test_a_reader_that_leaves_is_no_error() -> None:
    with subprocess.Popen([*COMMAND, "facts", "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.readline()
        run.stdout.close()
        assert run.stderr.read() == b""
        assert run.wait() in (0, 1, 141)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT")
def test_an_interrupted_report_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    words = [*COMMAND, "report", "--out", str(tmp_path / "out")]
    with subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A test run started in the background ignores the signal, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as run:
        assert run.stderr is not None
        assert run.stdout is not None
        assert any("routes" in line for line in run.stderr)
        run.send_signal(signal.SIGINT)
        rest = run.stderr.read()
        assert run.stdout.read() == ""
        assert run.wait() == 130
    assert "Interrupted" in rest
    assert "Traceback" not in rest
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_a_full_standard_output_is_no_traceback() -> None:
    with Path("/dev/full").open("wb") as full:
        run = subprocess.run([*COMMAND, "scenarios"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode != 0
    assert "Traceback" not in run.stderr


# --- the public face ---


def test_the_public_names_are_there_and_there_are_no_others() -> None:
    assert landbridge.__all__ == ["__version__", "find", "open_study", "routes"]
    for name in landbridge.__all__:
        assert getattr(landbridge, name)
    code = "import landbridge, sys; print(sorted(m for m in sys.modules if m.split('.')[0] in ('numpy', 'pandas')))"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "[]"
    with pytest.raises(AttributeError, match="no attribute 'root'"):
        landbridge.root  # noqa: B018


def test_the_functions_answer_as_the_command_does() -> None:
    found = landbridge.routes("Tokyo", "Tashkent", k=1, options=[("close", "crossing.khorgos")])
    words = [*COMMAND, "routes", "Tokyo", "Tashkent", "-k", "1", "--close", "crossing.khorgos", "--json"]
    run = subprocess.run(words, check=True, capture_output=True, env=os.environ | {"PYTHONHASHSEED": "5"})
    assert json.loads(run.stdout) == json.loads(json.dumps(found.to_json()))
    assert landbridge.find("UZTAS" if not landbridge.find("Tashkent") else "Tashkent")[0].id == "tashkent"
    assert landbridge.open_study().study.id == "japan_central_asia"


@pytest.mark.parametrize("name", sorted(MANUALS))
def test_pages_made_from_the_program_are_current(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == MANUALS[name](), "run scripts/docs"
