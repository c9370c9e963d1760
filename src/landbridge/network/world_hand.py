"""Links that the derived tables lack or have by mistake, written by hand.

``world/land/hand_links.csv``: a road or a railway between two places of the network, or a bridge over a border; its
length is the great circle times ``CIRCUITY`` where the row has no ``km``. ``world/land/cut_links.csv``: derived links
that are no road, because the package draws a ferry as one. Basis of every row: assumed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from importlib import resources
from itertools import pairwise
from typing import Final

from landbridge.kernels.sphere import great_circle_km

Row = dict[str, str]
Position = tuple[float, float]

#: Length of a link over the straight line.
CIRCUITY: Final = 1.25
FILES: Final = ("land/hand_links.csv", "land/cut_links.csv")
SOURCE: Final = "landbridge-world"


def _table(path: str) -> list[Row]:
    text = resources.files("landbridge").joinpath(f"world/{path}").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def cut_links() -> frozenset[str]:
    """Ids of the derived links that are none."""
    return frozenset(row["link"] for row in _table(FILES[1]))


def hand_links(same: Mapping[str, str], at: Mapping[str, Position]) -> tuple[list[Row], list[Row]]:
    """Sections and crossings, in the columns of the tables; ``same``: world place -> the curated place that it is.

    Raises ``KeyError`` for a row with a place that ``at`` has not.
    """
    sections: list[Row] = []
    crossings: dict[str, Row] = {}
    for row in _table(FILES[0]):
        ends = [same.get(row[f"{end}_place"], row[f"{end}_place"]) for end in ("from", "to")]
        border = _crossing(row) if row["crossing"] else None
        points = [at[ends[0]], at[ends[1]]]
        if border is not None:
            crossings[border["id"]] = border
            points.insert(1, (float(border["lat"]), float(border["lon"])))
        km = _km(points, row["km"])
        sections.append(
            {
                "id": f"{row['mode']}:{ends[0]}--{ends[1]}" + (f":{_slug(row)}" if border else ""),
                "mode": row["mode"], "from_place": ends[0], "to_place": ends[1], "length_km": f"{sum(km):.1f}",
                "km_to_crossing": f"{km[0]:.1f}" if border else "", "country_from": row["country_from"],
                "country_to": row["country_to"], "gauge_mm": row["gauge_mm"], "gauge_to_mm": row["gauge_mm"],
                "status": "operating", "opened_year": "", "crossing": border["id"] if border else "",
                "use": "section", "basis": row["basis"], "source": SOURCE, "note": row["note"] or "written by hand",
            }
        )  # fmt: skip
    return sections, list(crossings.values())


def _km(points: Sequence[Position], stated: str) -> list[float]:
    """Kilometres between the points, in the proportion of the great circles where the sum is stated."""
    straight = [great_circle_km(*a, *b) for a, b in pairwise(points)]
    factor = float(stated) / sum(straight) if stated else CIRCUITY
    return [part * factor for part in straight]


def _slug(row: Row) -> str:
    return row["crossing"].lower().replace(" ", "-")


def _crossing(row: Row) -> Row:
    first, second = sorted((row["country_from"], row["country_to"]))
    name = row["crossing"]
    return {
        "id": f"{row['mode']}:{first}-{second}:{_slug(row)}", "name": f"{name} ({first}-{second})", "mode": row["mode"],
        "name_a": name, "country_a": first, "name_b": name, "country_b": second, "lat": row["crossing_lat"],
        "lon": row["crossing_lon"], "lat_b": "", "lon_b": "", "gauge_a_mm": row["gauge_mm"],
        "gauge_b_mm": row["gauge_mm"], "status": "operating", "gauge_change_places": "", "gauge_change_included": "",
        "basis": row["basis"], "source": SOURCE, "locator": "hand_links.csv", "note": row["note"],
    }  # fmt: skip
