"""Answers about bare networks as tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from landbridge.result.report import Cell, Column, Table

Matrix = NDArray[np.float64]

_UNITS: Final = {"hours": "h", "usd": "USD", "co2_kg": "kg", "distance_km": "km"}


def _attribute(name: str) -> Column:
    return Column(name, name.replace("_", " "), _UNITS.get(name, ""), "number")


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def skim_view(
    unit: str,
    names: Mapping[str, str],
    origins: Sequence[str],
    destinations: Sequence[str],
    weight: Matrix,
    attributes: Mapping[str, Matrix],
) -> Table:
    """One row per pair of matrices [origins, destinations]; a pair without a way has empty cells.

    Pairs of a place with itself are left out.
    """
    columns = (
        Column("origin", "origin"),
        Column("origin_name", "from"),
        Column("destination", "destination"),
        Column("destination_name", "to"),
        Column("least", "least", unit, "number", 1),
        *map(_attribute, attributes),
    )
    rows: list[tuple[Cell, ...]] = []
    for i, origin in enumerate(origins):
        for j, destination in enumerate(destinations):
            if origin == destination:
                continue
            values = [_finite(float(matrix[i, j])) for matrix in (weight, *attributes.values())]
            ends = (origin, names.get(origin, origin), destination, names.get(destination, destination))
            rows.append((*ends, *values))
    return Table("skim", f"Least {unit} between places", columns, tuple(rows))


def reach_view(
    unit: str,
    names: Mapping[str, str],
    origin: str,
    limit: float,
    reached: Sequence[tuple[str, float, Mapping[str, float]]],
) -> Table:
    """Places with their least cost and what else the way takes, in the order given."""
    keys = list(reached[0][2]) if reached else []
    columns = (
        Column("place", "place"),
        Column("name", "name"),
        Column("least", "least", unit, "number", 1),
        *map(_attribute, keys),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (place, names.get(place, place), weight, *(attributes[key] for key in keys))
        for place, weight, attributes in reached
    )
    title = f"Within {limit:g} {unit} of {names.get(origin, origin)}: {len(rows)} places"
    return Table("reach", title, columns, rows)


def access_view(
    title: str,
    unit: str,
    limit: float,
    half: float,
    what: str,
    note: str,
    rows: Sequence[Mapping[str, Any]],
    places: int,
) -> Table:
    """Rows of ``Accessibility.to_json`` as a table; ``places``: how many there are in all."""
    columns = (
        Column("place", "place"),
        Column("name", "name"),
        Column("within", f"within {limit:g}", what, "number"),
        Column("share", "of all", "%", "share", 1),
        Column("gravity", "gravity", what, "number"),
        Column("nearest", "nearest"),
        Column("nearest_name", "nearest, by name"),
        Column("nearest_cost", "away", unit, "number", 1),
    )
    told = (
        f"{note} A place does not count itself. Gravity: the sum of what each other place has, halved for every "
        f"{half:g} {unit} it is away. Most gravity first."
    )
    cells: tuple[tuple[Cell, ...], ...] = tuple(tuple(row[column.key] for column in columns) for row in rows)
    return Table("access", f"What {places:,} places reach: {title}", columns, cells, told)


def critical_view(
    title: str, unit: str, content: Mapping[str, Any], measures: Mapping[str, Sequence[float]], top: int
) -> Table:
    """The answer of ``landbridge net critical`` worst first, with the usual measures of criticality side by side.

    measures: per row of the answer, by the names of ``critical_measures.Measures``. What is cut off has a column of its
    own, in no sum but the loss.
    """
    columns = (
        Column("link", "id"),
        Column("from", "from"),
        Column("to", "to"),
        Column("cut_off_demand", "cut off", "demand", "number", 1),
        Column("delta_total", "extra cost", unit, "number"),
        Column("share", "of the total", "%", "share", 1),
        Column("flow", "used by", "demand", "number", 1),
        Column("delta_mean", "extra per user", unit, "number", 1),
        Column("worst", "worst pair", unit, "number", 1),
        Column("lack_of_redundancy", "no substitute", "", "number", 2),
        Column("loss", "loss", unit, "number"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            row["link"],
            row["from"],
            row["to"],
            row["cut_off_demand"],
            row["delta_total"],
            measures["delta_share"][i],
            *(measures[name][i] for name in ("flow", "delta_mean", "worst", "lack_of_redundancy", "loss")),
        )
        for i, row in enumerate(content["links"][:top])
    )
    note = (
        f"{len(content['links']):,} closures in {content['seconds']:.2f} s; all demand before: "
        f"{content['base_total']:,.0f} {unit}. Demand that is cut off is in no sum. No substitute: 1 less the mean of "
        "cost before over cost after for those who used it (0: an equal second way; 1: none). Loss: extra cost, and "
        "for each unit cut off the mean cost of a unit."
    )
    return Table("critical", f"What hurts most to lose: {title}", columns, rows, note)


def choice_view(
    title: str, unit: str, content: Mapping[str, Any], measures: Mapping[str, Sequence[float]], top: int
) -> Table:
    """The answer of ``landbridge net critical --choice logit`` worst first.

    measures: per row of the answer, by the names of ``ChoiceCriticality.measures``.
    """
    columns = (
        Column("link", "id"),
        Column("from", "from"),
        Column("to", "to"),
        Column("cut_off_demand", "cut off", "demand", "number", 1),
        Column("delta_total", "rise of expected cost", unit, "number"),
        Column("share", "of the total", "%", "share", 1),
        Column("flow", "expected flow", "demand", "number", 1),
        Column("delta_mean", "rise per unit of flow", unit, "number", 1),
        Column("uncertain", "uncertain", "demand", "number", 1),
        Column("loss", "loss", unit, "number"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            row["link"],
            row["from"],
            row["to"],
            row["cut_off_demand"],
            row["delta_total"],
            *(measures[name][i] for name in ("delta_share", "flow", "delta_mean", "uncertain", "loss")),
        )
        for i, row in enumerate(content["links"][:top])
    )
    note = (
        f"{len(content['links']):,} closures in {content['seconds']:.2f} s; expected least cost (logsum) of all demand "
        f"before: {content['base_total']:,.0f} {unit}. Demand that is cut off is in no sum. Uncertain: volume whose "
        "cheapest way left was not on its list. Loss: rise of the expected cost, and for each unit cut off the mean "
        "cost of a unit."
    )
    return Table("critical", f"What hurts most to lose where demand chooses: {title}", columns, rows, note)
