"""The import contracts hold, and they bite."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: A file that breaks a contract: where it is put, what it imports.
BREACHES = {
    "views compute": ("views/breach.py", "import landbridge.models.routes\n"),
    "facts look up": ("facts/breach.py", "import landbridge.network.topology\n"),
    "kernels know frames": ("kernels/breach.py", "import pandas\n"),
    "neighbours know each other": ("study/breach.py", "import landbridge.facts.choose\n"),
}


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "pyproject.toml"]
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def _copy(folder: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", folder / "pyproject.toml")
    ignored = shutil.ignore_patterns("*.csv", "*.json", "*.toml", "__pycache__", "*.html.j2")
    shutil.copytree(ROOT / "src" / "landbridge", folder / "src" / "landbridge", ignore=ignored)


def test_the_contracts_hold(tmp_path: Path) -> None:
    _copy(tmp_path)
    done = _lint(tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_is_found(name: str, tmp_path: Path) -> None:
    _copy(tmp_path)
    where, text = BREACHES[name]
    (tmp_path / "src" / "landbridge" / where).write_text(text, encoding="utf-8")
    done = _lint(tmp_path)
    assert done.returncode != 0
    assert "breach" in done.stdout


def test_kernels_import_nothing_of_the_program() -> None:
    for path in sorted((ROOT / "src" / "landbridge" / "kernels").glob("*.py")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(("import landbridge", "from landbridge")):
                assert "landbridge.kernels" in line, f"{path.name}: {line}"
