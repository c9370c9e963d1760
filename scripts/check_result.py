"""Looks at the result of ``make study``: is it whole, does it answer, do its numbers recompute from their parts?"""

from __future__ import annotations

import hashlib
import sys
import zipfile
from pathlib import Path

import pandas as pd

from landbridge.result.folder import open_result
from landbridge.run.explain import explain, key_of


def problems(folder: Path) -> list[str]:
    """Everything that is wrong with the result in a folder."""
    found = []
    result = open_result(folder)
    files = result.manifest["files"]
    for name in ("report.html", "report.xlsx", "tables/routes.csv", "tables/routes.parquet"):
        if name not in files:
            found.append(f"{name} is not in the manifest")
    for name, listed in files.items():
        path = folder / name
        if not path.is_file():
            found.append(f"{name} is missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != listed["sha256"]:
            found.append(f"{name} is not what the manifest says")
    page = (folder / "report.html").read_text(encoding="utf-8")
    for what in ("The answer", "How right is it?", "Which corridor, when", "What if it shuts", "The way to the sea"):
        if what not in page:
            found.append(f"the report has no chapter '{what}'")
    for outside in ('src="http', "@import", '<link rel="stylesheet" href'):
        if outside in page:
            found.append(f"the report loads something from elsewhere: {outside}")
    if zipfile.ZipFile(folder / "report.xlsx").testzip() is not None:
        found.append("the workbook is damaged")
    routes = pd.read_csv(folder / "tables" / "routes.csv")
    pairs = set(pd.read_csv(folder / "tables" / "comparison.csv")["pair"])
    if not pairs or set(routes["pair"]) != pairs:
        found.append("not every pair has a route")
    rows = result.rows("routes")
    for row in rows[:: max(1, len(rows) // 20)]:
        for number in explain(result, "routes", key_of(result, "routes", row)).numbers:
            if not number.agrees:
                found.append(f"{number.key}.{number.column} is {number.value}, recomputed {number.recomputed}")
    return found


def main(arguments: list[str]) -> int:
    """Print what is wrong; 1 if anything is."""
    folder = Path(arguments[0] if arguments else "out/study")
    found = problems(folder)
    for problem in found:
        print(problem)
    print(f"{folder}: {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
