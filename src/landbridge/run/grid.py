"""Scenarios times pairs: one cell each, kept on disk as it is finished, so that a run that was stopped goes on.

A cell is a file of its own under ``cells/``, written whole or not at all. It holds the digest of everything it was made
from; a cell with another digest is made again. When all cells are there, ``tables/grid.csv`` and ``.parquet`` put them
together and ``grid.json`` says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from landbridge.io.atomic import WriteFile, cannot_write, whole_file, write_file
from landbridge.io.tabular import Kind, Row, csv_bytes, parquet_bytes
from landbridge.models.closures import WeightedPair
from landbridge.result.routes import RoutesAnswer
from landbridge.run.report import digests
from landbridge.run.session import Session
from landbridge.scenario import Resolved
from landbridge.schema.errors import OutputError
from landbridge.schema.words import CargoUnit, Objective, ValueClass

FORMAT: Final = 1
MANIFEST: Final = "grid.json"

_COLUMNS: Final[tuple[tuple[str, Kind, str], ...]] = (
    ("scenario", "text", "id of the scenario"),
    ("pair", "text", "id of the pair"),
    ("origin", "text", "name of the place"),
    ("destination", "text", "name of the place"),
    ("weight", "number", "what the pair counts"),
    ("as_of", "text", "day"),
    ("reachable", "flag", "whether there is a way"),
    ("corridors", "text", "named corridors of the best way, separated by ';'"),
    ("distance_km", "number", "length of the best way"),
    ("hours", "number", "mean time"),
    ("hours_p95", "number", "19 of 20 units take at most this"),
    ("usd", "number", "price of one unit"),
    ("generalised_usd", "number", "price with time"),
    ("co2_kg", "number", "CO2 well to wheel"),
    ("extra_hours", "number", "against the first scenario; empty where one of the two has no way"),
    ("extra_usd", "number", "against the first scenario"),
    ("why_not", "text", "why there is no way"),
)


@dataclass(frozen=True)
class GridProgress:
    """What became of one cell."""

    done: int
    cells: int
    what: str
    kept: bool  # it was there already


@dataclass(frozen=True)
class Grid:
    """All cells, scenarios outside, pairs inside."""

    rows: tuple[Row, ...]

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        names = [name for name, _, _ in _COLUMNS]
        return {"rows": [dict(zip(names, row, strict=True)) for row in self.rows]}

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(name for name, _, _ in _COLUMNS)


def run_grid(
    session: Session,
    folder: Path,
    scenarios: Sequence[Resolved],
    pairs: Sequence[WeightedPair],
    *,
    cargo: CargoUnit,
    value: ValueClass,
    by: Objective,
    progress: Callable[[GridProgress], None] = lambda _: None,
    write: WriteFile = write_file,
) -> Grid:
    """Fill the missing cells of a grid and put it together; raises ``OutputError``."""
    _open(folder, write)
    cells: dict[tuple[str, str], dict[str, Any]] = {}
    total = len(scenarios) * len(pairs)
    for resolved in scenarios:
        for pair in pairs:
            path = folder / "cells" / f"{_safe(resolved.name)}--{_safe(pair.id)}.json"
            key = _key(session, resolved, pair, (cargo, value, by))
            cell = _read(path, key)
            kept = cell is not None
            if cell is None:
                answer = session.routes(
                    pair.origin, pair.destination, cargo=cargo, value=value, by=by, k=1, resolved=resolved
                )
                cell = _cell(key, resolved, pair, answer)
                whole_file(path, _json(cell), write)
            cells[resolved.name, pair.id] = cell
            progress(GridProgress(len(cells), total, f"{resolved.name}, {pair.id}", kept))
        session.forget()
    grid = Grid(tuple(_rows(scenarios, pairs, cells)))
    _close(folder, grid, scenarios, pairs, write)
    return grid


def _open(folder: Path, write: WriteFile) -> None:
    """Make the folder of a grid, or go on in one; another folder with anything in it is not touched."""
    try:
        if folder.is_dir() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
            raise OutputError(f"{folder} holds something that is not a grid of Landbridge. Name another folder.")
        (folder / "cells").mkdir(parents=True, exist_ok=True)
        (folder / "tables").mkdir(exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    whole_file(folder / MANIFEST, _json({"landbridge_grid": FORMAT, "complete": False}), write)


def _safe(name: str) -> str:
    """A name that every file system takes; names that differ stay different."""
    plain = "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in name)
    return plain if plain == name else f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def _key(session: Session, resolved: Resolved, pair: WeightedPair, asked: tuple[str, ...]) -> str:
    """Digest of everything a cell is made from."""
    parts = (FORMAT, version("landbridge"), digests(session), resolved, pair, asked)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _read(path: Path, key: str) -> dict[str, Any] | None:
    """A finished cell, or None where there is none or it was made from something else."""
    try:
        cell = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return cell if isinstance(cell, dict) and cell.get("key") == key and "answer" in cell else None


def _cell(key: str, resolved: Resolved, pair: WeightedPair, answer: RoutesAnswer) -> dict[str, Any]:
    return {
        "key": key,
        "scenario": resolved.name,
        "pair": pair.id,
        "weight": pair.weight,
        "answer": answer.to_json(),
    }


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _rows(
    scenarios: Sequence[Resolved], pairs: Sequence[WeightedPair], cells: dict[tuple[str, str], dict[str, Any]]
) -> list[Row]:
    rows: list[Row] = []
    for resolved in scenarios:
        for pair in pairs:
            first, answer = (cells[name, pair.id]["answer"] for name in (scenarios[0].name, resolved.name))
            best = answer["routes"][0] if answer["routes"] else None
            base = first["routes"][0] if first["routes"] else None
            numbers = ("distance_km", "hours", "hours_p95", "usd", "generalised_usd", "co2_kg")
            rows.append(
                (
                    resolved.name,
                    pair.id,
                    answer["origin"],
                    answer["destination"],
                    pair.weight,
                    answer["as_of"],
                    best is not None,
                    ";".join(best["corridors"]) if best else "",
                    *(best[name] if best else None for name in numbers),
                    best["hours"] - base["hours"] if best and base else None,
                    best["usd"] - base["usd"] if best and base else None,
                    answer["unreachable"]["reason"] if answer["unreachable"] else "",
                )
            )
    return rows


def _close(
    folder: Path, grid: Grid, scenarios: Sequence[Resolved], pairs: Sequence[WeightedPair], write: WriteFile
) -> None:
    names, kinds, docs = zip(*_COLUMNS, strict=True)
    whole_file(folder / "tables" / "grid.csv", csv_bytes(names, grid.rows), write)
    whole_file(folder / "tables" / "grid.parquet", parquet_bytes(names, kinds, docs, grid.rows), write)
    content = {
        "landbridge_grid": FORMAT,
        "complete": True,
        "landbridge": version("landbridge"),
        "scenarios": [resolved.name for resolved in scenarios],
        "pairs": [pair.id for pair in pairs],
        "columns": [{"name": name, "kind": kind, "doc": doc} for name, kind, doc in _COLUMNS],
    }
    whole_file(folder / MANIFEST, _json(content), write)
