"""From packages to the shipped tables of ``world/land`` in one call; for maintainers."""

from __future__ import annotations

from pathlib import Path

from landbridge.network.derive.land_graph_check import QUALITY_COLUMNS, quality_rows
from landbridge.network.derive.land_graph_places import PLACE_COLUMNS, place_rows
from landbridge.network.derive.land_graph_tables import table_text, world_land_tables, world_skeleton
from landbridge.network.detailed.assemble import build
from landbridge.network.detailed.curated import CuratedLand
from landbridge.network.detailed.land import Progress, Repair, SectionLength
from landbridge.network.detailed.places import world_places
from landbridge.network.detailed.rules import RULES
from landbridge.network.detailed.store import load, read_rows, rows_as_csv
from landbridge.network.detailed.towns import read_towns

#: Too many to be read; they stay with the detailed network.
_UNLISTED_REPAIRS = ("dead-end-join",)


def derive_world_places() -> str:
    """Text of ``world_places.csv``; must be in place before the rest is derived."""
    return table_text(PLACE_COLUMNS, place_rows(read_towns()))


def derive_world_land(curated: CuratedLand, progress: Progress, cache_dir: Path | None = None) -> dict[str, str]:
    """File name -> text of every table derived from the detailed network, which is built first where it is not there.

    Takes about two minutes and 1 GB. Raises ``MissingPackage`` without the extra ``build``.
    """
    folder = build(cache_dir, progress=progress, curated=curated)
    network = load(cache_dir)
    skeleton = world_skeleton(network, progress)
    texts = world_land_tables(skeleton, curated, progress)
    lengths: list[SectionLength] = read_rows(folder / "section_lengths.csv", SectionLength)
    progress("quality", 0, 1)
    texts["quality.csv"] = table_text(
        QUALITY_COLUMNS, quality_rows(skeleton, world_places(), lengths, RULES.circuity_min_km)
    )
    repairs: list[Repair] = read_rows(folder / "repairs.csv", Repair)
    texts["repairs.csv"] = rows_as_csv(
        sorted(
            (row for row in repairs if row.rule not in _UNLISTED_REPAIRS),
            key=lambda row: (row.rule, row.mode, row.subject, row.from_lat, row.from_lon),
        )
    )
    return texts
