"""Tables of docs/benchmarks.md from the benchmarks of the built-in study: DOCUMENT [--check]."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from landbridge.result.report import BenchmarkRow, Benchmarks

#: A row further off than this in any measure is explained in the document.
EXPLAINED = 0.25

UNITS = {"days": "days", "usd": "USD", "km": "km"}


def tables(benchmarks: Benchmarks) -> dict[str, str]:
    """Text of each generated part by the name in its markers."""
    return {
        "medians": medians(benchmarks),
        "rows": rows(benchmarks),
        "far": far_rows(benchmarks),
        "left-out": left_out(benchmarks),
        "checks": checks(benchmarks),
    }


def medians(benchmarks: Benchmarks) -> str:
    """Median errors over all rows that count."""
    return table(
        ("measure", "rows", "median absolute error", "median signed error"),
        [
            (UNITS[item.measure], item.n, percent(item.median_absolute, sign=""), percent(item.median_signed))
            for item in benchmarks.medians
        ],
    )


def rows(benchmarks: Benchmarks) -> str:
    """Every row that was compared."""
    asked = [row for row in benchmarks.rows if errors(row)]
    return table(
        ("row", "from", "to", "year", "days", "model", "error", "USD", "model", "error", "km", "model", "error"),
        [
            (
                row.id + ("" if row.usable == "yes" else " (bound)"),
                row.origin,
                row.destination,
                row.year,
                *measured(row.published_days, row.model_days, row.error_days, 1),
                *measured(row.published_usd, row.model_usd, row.error_usd, 0),
                *measured(row.published_km, row.model_km, row.error_km, 0),
            )
            for row in asked
        ],
    )


def far_rows(benchmarks: Benchmarks) -> str:
    """What the model's answer is made of, for rows that are far off."""
    return table(
        ("row", "days", "USD", "km", "days of the model", "USD of the model"),
        [
            (
                row.id,
                percent(row.error_days),
                percent(row.error_usd),
                percent(row.error_km),
                ", ".join(f"{part.component} {part.hours / 24:.1f}" for part in row.components if part.hours),
                ", ".join(f"{part.component} {part.usd:,.0f}" for part in row.components if part.usd),
            )
            for row in benchmarks.rows
            if is_far(row)
        ],
    )


def left_out(benchmarks: Benchmarks) -> str:
    """Rows that were not compared, with the reason."""
    return table(
        ("row", "from", "to", "why it is not asked"),
        [(row.id, row.origin, row.destination, row.reason) for row in benchmarks.rows if not errors(row)],
    )


def checks(benchmarks: Benchmarks) -> str:
    """Components beside published figures."""
    return table(
        ("what", "part", "unit", "published", "model", "model / published"),
        [
            (
                item.subject,
                item.quantity,
                item.unit,
                f"{item.published:,.1f}",
                f"{item.model:,.1f}",
                f"{item.ratio:.2f}",
            )
            for item in benchmarks.checks
        ],
    )


def errors(row: BenchmarkRow) -> list[float]:
    """Signed errors of the measures that were compared."""
    return [error for error in (row.error_days, row.error_usd, row.error_km) if error is not None]


def is_far(row: BenchmarkRow) -> bool:
    """Whether the document explains the row."""
    return any(abs(error) > EXPLAINED for error in errors(row))


def measured(published: float | None, model: float | None, error: float | None, decimals: int) -> tuple[str, str, str]:
    """Cells of one measure of a row; empty where it was not compared."""
    if model is None or published is None:
        return ("", "", "")
    return (f"{published:,.{decimals}f}", f"{model:,.{decimals}f}", percent(error))


def percent(value: float | None, sign: str = "+") -> str:
    """A fraction in percent, one decimal; empty for none."""
    return "" if value is None else f"{100 * value:{sign}.1f} %"


def table(head: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """A Markdown table; a bar in a cell is escaped."""
    cells = [[str("" if cell is None else cell).replace("|", "\\|") for cell in line] for line in (head, *lines)]
    cells.insert(1, ["---"] * len(head))
    return "\n".join("| " + " | ".join(line) + " |" for line in cells)


def written(document: str, benchmarks: Benchmarks) -> str:
    """The document with every generated part replaced; ValueError for a marker without a part or a part without one."""
    parts = tables(benchmarks)
    for name, text in parts.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        document, count = pattern.subn(lambda match, text=text: f"{match[1]}{text}\n{match[2]}", document)
        if count != 1:
            raise ValueError(f"the document has {count} parts called {name}, not one")
    return document


def main(arguments: Sequence[str]) -> int:
    """Write the document anew, or compare it."""
    from landbridge.run.ask_benchmarks import ask_benchmarks
    from landbridge.run.session import open_study

    path = Path(arguments[0])
    before = path.read_text(encoding="utf-8")
    after = written(before, ask_benchmarks(open_study()))
    if "--check" in arguments:
        if after != before:
            print(f"{path} is out of date: run scripts/docs_benchmarks", file=sys.stderr)
        return int(after != before)
    path.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
