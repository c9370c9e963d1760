"""Tables as CSV and Parquet: same rows, same bytes, and the same values in both.

A cell is text, a number, a flag or nothing; ``None`` is an empty cell in CSV and a null in Parquet. Text in CSV keeps
line breaks by quoting; numbers are written with the fewest digits that read back to the same number.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from typing import Final, Literal

Kind = Literal["text", "number", "integer", "flag"]
Value = str | float | int | bool | None
Row = tuple[Value, ...]

_FLAGS: Final = {"true": True, "false": False}


def csv_bytes(names: Sequence[str], rows: Sequence[Row]) -> bytes:
    """UTF-8, commas, one header line, line feeds."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([[_text(value) for value in row] for row in rows])
    return text.getvalue().encode()


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is no value of a table")
    return str(value)


def read_csv(data: bytes, kinds: Sequence[Kind]) -> list[Row]:
    """Rows of ``csv_bytes``. An empty cell of text is '', of anything else ``None``."""
    reader = csv.reader(io.StringIO(data.decode("utf-8"), newline=""))
    next(reader)
    return [tuple(_value(cell, kind) for cell, kind in zip(row, kinds, strict=True)) for row in reader]


def _value(cell: str, kind: Kind) -> Value:
    if kind == "text":
        return cell
    if not cell:
        return None
    if kind == "flag":
        return _FLAGS[cell]
    return int(cell) if kind == "integer" else float(cell)


def parquet_bytes(names: Sequence[str], kinds: Sequence[Kind], docs: Sequence[str], rows: Sequence[Row]) -> bytes:
    """One row group, compressed; the meaning of each column stands in its metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"text": pa.string(), "number": pa.float64(), "integer": pa.int64(), "flag": pa.bool_()}
    fields = [
        pa.field(name, types[kind], metadata={"doc": doc}) for name, kind, doc in zip(names, kinds, docs, strict=True)
    ]
    columns = [pa.array([row[i] for row in rows], type=fields[i].type) for i in range(len(fields))]
    target = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(columns, schema=pa.schema(fields)), target, compression="zstd")
    return target.getvalue()
