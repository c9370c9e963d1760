"""What the repository holds and what it must not hold."""

from __future__ import annotations

import re
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "landbridge"

#: Addresses of package indexes and paths of somebody's machine; built from parts so that this file passes itself.
FORBIDDEN = re.compile(
    "|".join(["/" + "work/(main|shared)", "py" + "pi.org", "python" + "hosted.org", "registry." + "npmjs"])
)


def _tracked() -> list[Path]:
    if not (ROOT / ".git").exists():  # an unpacked archive: what it was packed from, without what was made since
        folders = ("src", "tests", "docs", "scripts", "benchmarks", "requirements", ".ci")
        listed = [*ROOT.glob("*"), *(path for name in folders for path in (ROOT / name).rglob("*"))]
        return [path for path in listed if path.is_file() and "__pycache__" not in path.parts]
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in names.splitlines() if (ROOT / line).is_file()]


def test_no_address_of_an_index_and_no_path_of_a_machine() -> None:
    found = []
    for path in _tracked():
        if path.suffix in {".png", ".parquet", ".npz"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in FORBIDDEN.finditer(text)]
    assert found == []


def test_the_wheel_stays_small(tmp_path: Path) -> None:
    target = tmp_path / "package.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(PACKAGE.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, path.relative_to(PACKAGE))
    assert target.stat().st_size < 25_000_000


def test_every_folder_of_foreign_data_says_whose_it_is() -> None:
    for folder in ("world/atlas", "world/sea", "world/land"):
        names = {path.name for path in (PACKAGE / folder).iterdir()}
        assert "README.md" in names, folder
        assert names & {"LICENSE", "NOTICE", "LICENSE.md"} or folder in (ROOT / "NOTICE").read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", ["run", "dev"])
def test_the_lock_files_hold_every_dependency(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    if lock == "dev":
        wanted += project["optional-dependencies"]["dev"]
    names = {re.split(r"[<>=!\[; ]", line)[0].lower().replace("_", "-") for line in wanted}
    text = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
    locked = {line.split("==")[0].split("[")[0].strip().lower() for line in text.splitlines() if "==" in line}
    assert names <= locked


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for document in [
        ROOT / "README.md",
        ROOT / "ARCHITECTURE.md",
        ROOT / "CONVENTIONS.md",
        *(ROOT / "docs").glob("*.md"),
    ]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
            if not target.startswith(("http:", "https:", "mailto:")) and not (document.parent / target).exists():
                broken.append(f"{document.name}: {target}")
    assert broken == []
