"""The quality of a study's network as tables for views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from landbridge.network.quality import Quality
from landbridge.result.report import Column, ColumnKind, Table

_TITLES: Final = {
    "km": "length",
    "from_place": "from",
    "to_place": "to",
    "kind": "joined in",
    "largest": "nodes of the largest",
    "official_km": "official",
    "model_km": "model",
    "straight_km": "straight line",
}
#: What the network calls weak and strong, for readers.
_KINDS: Final = {"weak": "one direction", "strong": "both directions"}


def quality_tables(found: Quality, places: Mapping[str, str]) -> tuple[Table, ...]:
    """The quality report as tables for views; ``places``: names by id."""
    ratio = f"Median of official length to straight line: {found.median_ratio:.3f}."
    components = found.components.assign(kind=found.components["kind"].map(_KINDS))
    lengths, aggregates = (
        frame.assign(**{end: frame[end].map(lambda name: places.get(name, name)) for end in ("from_place", "to_place")})
        for frame in (found.worst_lengths(), found.aggregates)
    )
    return (
        _table("components", "What hangs together", components),
        _table("links", "Links by mode, country and status", found.links),
        _table("unreachable", "Places that no operating link joins to the rest", found.unreachable),
        _table("lengths", "Sections longest against their straight line", lengths, ratio),
        _table("aggregates", "Published lengths against the model's shortest way", aggregates),
        _table("ports_without_land", "Ports to whose quay no rail or road leads", found.ports_without_land, _QUAYS),
    )


_QUAYS: Final = "A box starts or ends in the port's own city there, or changes ships."


def _table(identifier: str, title: str, frame: pd.DataFrame, note: str = "") -> Table:
    """Ends first, the id last."""
    names = sorted(frame.columns, key=lambda name: (name == "id", not name.endswith("_place")))
    frame = frame[names]
    columns = tuple(_column(str(name), frame[name]) for name in frame.columns)
    rows = tuple(
        tuple(None if pd.isna(cell) else cell for cell in row) for row in frame.itertuples(index=False, name=None)
    )
    return Table(identifier, title, columns, rows, note)


def _column(name: str, values: pd.Series[Any]) -> Column:
    unit = "km" if name.endswith("km") else ""
    title = _TITLES.get(name, name.removesuffix("_km").replace("_", " "))
    kind: ColumnKind = "number" if pd.api.types.is_numeric_dtype(values) else "text"
    kind = "country" if name == "country" else kind
    decimals = 2 if name == "ratio" else 0
    return Column(name, title, unit, kind, decimals)
