"""Rows of a table as dicts, whether they come as dicts or as a data frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, Union, cast

if TYPE_CHECKING:
    import pandas as pd

#: A table: rows as they stand in a file, or a frame. What answers a question reads rows: pandas is slow to import.
Table: TypeAlias = Union[Iterable[Mapping[str, Any]], "pd.DataFrame"]


def as_rows(table: Table) -> list[Mapping[str, Any]]:
    """Rows of a table in its order; an empty cell is an empty string."""
    if isinstance(table, list):
        return table
    if not hasattr(table, "columns"):
        return list(table)
    frame = cast("pd.DataFrame", table)
    names = [str(name) for name in frame.columns]
    columns = []
    for name in frame.columns:
        column = frame[name].astype(object)
        columns.append(column.where(column.notna(), "").tolist())
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
