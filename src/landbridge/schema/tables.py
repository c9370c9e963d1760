"""The declared shape of every table:

one row of ``tables.csv`` is one column, one of ``quantities.csv`` one quantity.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Column:
    """One column of a table of facts."""

    table: str
    name: str
    type: str  # string, number, integer, date
    unit: str
    required: bool
    key: str  # "primary", "" or "table.column" it refers to
    values: tuple[str, ...]  # the only values allowed; empty = free
    doc: str


@dataclass(frozen=True)
class Quantity:
    """A kind of number: its one unit and the scopes it may have."""

    name: str
    unit: str
    scopes: tuple[str, ...]
    doc: str


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("landbridge.schema").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def tables() -> dict[str, tuple[Column, ...]]:
    """Table name -> its columns, in the order of the file."""
    found: dict[str, list[Column]] = {}
    for row in _rows("tables.csv"):
        values = tuple(row["values"].split("|")) if row["values"] else ()
        column = Column(
            table=row["table"],
            name=row["column"],
            type=row["type"],
            unit=row["unit"],
            required=row["required"] == "yes",
            key=row["key"],
            values=values,
            doc=row["doc"],
        )
        found.setdefault(column.table, []).append(column)
    return {table: tuple(columns) for table, columns in found.items()}


@cache
def quantities() -> dict[str, Quantity]:
    """Quantity name -> its unit, scopes and meaning."""
    return {
        row["quantity"]: Quantity(
            row["quantity"], row["unit"], tuple(row["scopes"].split("|")) if row["scopes"] else (), row["doc"]
        )
        for row in _rows("quantities.csv")
    }
