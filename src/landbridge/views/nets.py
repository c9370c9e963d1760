"""Answers about bare networks as tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from landbridge.models.criticality import Criticality
from landbridge.models.skims import Reached, SkimTable
from landbridge.result.report import Cell, Column, Table

_UNITS: Final = {"hours": "h", "usd": "USD", "co2_kg": "kg", "distance_km": "km"}


def _attribute(name: str) -> Column:
    return Column(name, name.replace("_", " "), _UNITS.get(name, ""), "number")


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def skim_view(unit: str, names: Mapping[str, str], table: SkimTable) -> Table:
    """One row per pair; a pair without a way has empty cells. The diagonal is left out."""
    columns = (
        Column("origin", "origin"),
        Column("origin_name", "from"),
        Column("destination", "destination"),
        Column("destination_name", "to"),
        Column("least", "least", unit, "number", 1),
        *map(_attribute, table.attributes),
    )
    rows: list[tuple[Cell, ...]] = []
    for i, origin in enumerate(table.origins):
        for j, destination in enumerate(table.destinations):
            if origin == destination:
                continue
            values = [_finite(float(matrix[i, j])) for matrix in (table.weight, *table.attributes.values())]
            ends = (origin, names.get(origin, origin), destination, names.get(destination, destination))
            rows.append((*ends, *values))
    return Table("skim", f"Least {unit} between places", columns, tuple(rows))


def reach_view(unit: str, names: Mapping[str, str], origin: str, limit: float, reached: Sequence[Reached]) -> Table:
    """Nearest first."""
    keys = list(reached[0].attributes) if reached else []
    columns = (
        Column("place", "place"),
        Column("name", "name"),
        Column("least", "least", unit, "number", 1),
        *map(_attribute, keys),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (item.zone, names.get(item.zone, item.zone), item.weight, *(item.attributes[key] for key in keys))
        for item in reached
    )
    title = f"Within {limit:g} {unit} of {names.get(origin, origin)}: {len(rows)} places"
    return Table("reach", title, columns, rows)


def critical_view(title: str, unit: str, found: Criticality, top: int) -> Table:
    """Worst first: what is cut off stands in a column of its own and in no sum."""
    columns = (
        Column("link", "id"),
        Column("from", "from"),
        Column("to", "to"),
        Column("cut_off_demand", "cut off", "demand", "number", 1),
        Column("delta_total", "extra cost", unit, "number"),
        Column("share", "of the total", "%", "share", 1),
        Column("affected_demand", "used by", "demand", "number", 1),
        Column("redundancy", "redundancy", "", "number", 2),
    )
    content = found.to_json(top)
    base = content["base_total"]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            row["link"],
            row["from"],
            row["to"],
            row["cut_off_demand"],
            row["delta_total"],
            row["delta_total"] / base if base else 0.0,
            row["affected_demand"],
            row["redundancy"],
        )
        for row in content["links"]
    )
    note = (
        f"{len(found.things):,} closures in {found.seconds:.2f} s; all demand before: {base:,.0f} {unit}. Demand that "
        "is cut off is in no sum. Redundancy: mean of cost before over cost after for those who used it (1: an equal "
        "second way; 0: none)."
    )
    return Table("critical", f"What hurts most to lose: {title}", columns, rows, note)
