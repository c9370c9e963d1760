"""Tables that users write: CSV with commas, semicolons or tabs between, or the first sheet of a workbook."""

from __future__ import annotations

import csv
import datetime
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from landbridge.schema.errors import BadRequest, Finding

#: Suffixes of tables that can be read.
READS: Final = (".csv", ".xlsx")
#: A table is no larger than this.
LARGEST_BYTES: Final = 50_000_000

NamedRow = tuple[int, dict[str, str]]  # number of the row (the header is 1), cell of every column asked for


def read_sheet(path: Path, columns: Sequence[str], required: Sequence[str], of: str = "pairs") -> list[NamedRow]:
    """Rows of a table ``of`` something that are not empty.

    Columns may stand in any order, further ones are left out, cells come without spaces around them.

    A column the table does not have is empty. Raises ``BadRequest`` where there is no file, it is no table or too
    large, is not in UTF-8, lacks a required column, or has no row.
    """
    rows = _cells(path)
    remedy = f"Begin it with a row of names: {', '.join(columns)}; needed are {' and '.join(required)}."
    if not rows:
        raise BadRequest(f"This is no table of {of}.", [Finding(str(path), "it is empty", remedy)])
    header = [name.strip().casefold() for name in rows[0]]
    missing = [Finding(f"{path}, row 1", f"no column '{name}'", remedy) for name in required if name not in header]
    if missing:
        raise BadRequest(f"This is no table of {of}.", missing)
    places = {name: header.index(name) for name in columns if name in header}
    found = []
    for number, cells in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in cells):
            named = {name: cells[i].strip() for name, i in places.items() if i < len(cells)}
            found.append((number, {name: named.get(name, "") for name in columns}))
    if not found:
        remedy = f"Write {' and '.join(required)} into each row."
        raise BadRequest(f"This is no table of {of}.", [Finding(str(path), "it has no row below its header", remedy)])
    return found


def number_of(text: str) -> float:
    """The finite number a cell holds, NaN where it holds none."""
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def _cells(path: Path) -> list[list[str]]:
    """All rows as text."""
    suffix = path.suffix.casefold()
    if suffix not in READS:
        raise _unreadable(path, f"'{path.suffix or path.name}' is no kind of table", f"Use {' or '.join(READS)}.")
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise _unreadable(path, f"it is larger than {LARGEST_BYTES:,} bytes", "Split it.")
        if suffix == ".csv":
            text = path.read_text(encoding="utf-8-sig")
            first = text.split("\n", 1)[0]
            comma = max(",;\t", key=first.count)
            return list(csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True))
        from openpyxl import load_workbook

        book = load_workbook(path, read_only=True, data_only=True)
        return [[_text(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    except BadRequest:
        raise
    except FileNotFoundError as error:
        raise BadRequest(f"There is no file {path}.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        remedy = 'In a spreadsheet: save as "CSV UTF-8", or as .xlsx.'
        raise _unreadable(path, f"row {line} is not in UTF-8", remedy) from error
    except Exception as error:  # a damaged workbook raises whatever the reader of its format meets first
        raise _unreadable(path, f"it cannot be read: {error}", "Save it anew as CSV in UTF-8, or as .xlsx.") from error


def _unreadable(path: Path, found: str, remedy: str) -> BadRequest:
    return BadRequest(f"{path} cannot be read.", [Finding(path.name, found, remedy)])


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
