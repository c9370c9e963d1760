"""How long a user waits: commands in new processes, from start to answer.

``python benchmarks/commands.py [table.md]``. Times are of the wall clock, the middle one of three runs, and of the
processor; the caches (network, compiled kernels) are filled by one run before. A day that was not asked before is drawn
anew for each run, so that no stored costs serve it.
"""

from __future__ import annotations

import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from landbridge.run.session import open_study

RUNS = 3
#: Cities of the table of pairs have at least so many people.
CITY_PEOPLE = 500_000


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "landbridge", *words]


def timed(words: list[str]) -> tuple[float, float]:
    """Seconds of the wall clock and of the processor; a command that fails ends the benchmark."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(words, check=True, capture_output=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def some_day() -> str:
    """A day between 2015 and 2024, another one each time."""
    draw = random.SystemRandom()
    return f"{draw.randint(2015, 2024)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"


def pairs_file(folder: Path, count: int) -> Path:
    """A table of pairs of the world's cities, drawn from a seed."""
    places = open_study().world.facts.rows("places")
    cities = sorted(
        row["id"] for row in places if row["kind"] == "city" and float(row["population"] or 0) >= CITY_PEOPLE
    )
    draw = random.Random(1)
    path = folder / "pairs.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["origin", "destination"])
        rows.writerows([f"place.{end}" for end in draw.sample(cities, 2)] for _ in range(count))
    return path


def main(arguments: list[str]) -> int:
    folder = Path(tempfile.mkdtemp())
    pairs = pairs_file(folder, 1000)
    rows = []

    def measure(what: str, target: str, words: list[str] | None, runs: int = RUNS) -> None:
        found = []
        for run in range(runs):
            day = command("routes", "Nairobi", "Berlin", "--as-of", some_day(), "--cargo", "feu")
            (folder / f"answers-{run}.csv").unlink(missing_ok=True)
            found.append(timed(day if words is None else words))
        wall, processor = (median(times) for times in zip(*found, strict=True))
        rows.append(f"| {what} | {wall:.1f} s | {processor:.1f} s | {target} |")
        print(rows[-1], flush=True)

    timed(command("routes", "Nairobi", "Berlin"))
    timed(command("closures"))
    measure("`routes Tokyo Tashkent`", "≤ 3 s", command("routes", "Tokyo", "Tashkent"))
    measure("`routes Nairobi Berlin`, the world's network", "≤ 3 s", command("routes", "Nairobi", "Berlin"))
    measure("the same for 40 ft on a day not asked before", "≤ 3 s", None)
    answers = str(folder / "answers-0.csv")
    measure("`routes --pairs`, 1,000 pairs of cities, up to 5 ways each", "≤ 60 s",
            command("routes", "--pairs", str(pairs), "--out", answers), runs=1)  # fmt: skip
    for what in ("links", "crossings", "borders", "ports", "straits", "countries"):
        measure(f"`closures --what {what}`", "≤ 30 s in all", command("closures", "--what", what), runs=1)
    measure(
        "`corridors --between 2010 2026`, 17 yearly tables",
        "≤ 60 s",
        command("corridors", "--between", "2010", "2026"),
        runs=1,
    )
    measure("`access`, all landlocked countries of the study", "", command("access"), runs=1)
    measure("`report`, the built-in study", "≤ 5 min", command("report", "--out", str(folder / "study")), runs=1)
    text = "\n".join(["| command | wall clock | processor | target |", "| --- | ---: | ---: | --- |", *rows, ""])
    if arguments:
        head = "Two processors, a new process each. `python benchmarks/commands.py FILE` writes this page.\n"
        Path(arguments[0]).write_text(f"# How long a user waits\n\n{head}\n{text}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
