"""Chapter "The world's network": its size, its holes by name, and its lengths beside published ones."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import shapely

from landbridge.io.polyline import cut_at_date_line
from landbridge.result.report import (
    Cell,
    Chapter,
    Column,
    Figure,
    MapData,
    MapLine,
    MapPoint,
    RatioChart,
    RatioPoint,
    Sentence,
    Table,
)
from landbridge.result.routes import Line
from landbridge.run.chapter_network import drawn_once
from landbridge.run.credits import credits_of
from landbridge.run.session import Session
from landbridge.run.world_page import world_tables
from landbridge.run.world_quality import SpotCheck, WorldQuality, spread, world_quality
from landbridge.run.world_session import WorldSession

CHAPTER: Final = "world-network"
#: Lines of the world map are simplified to this many degrees, a third of a pixel of the map.
_TOLERANCE_DEGREES: Final = 0.12


def world_chapter(session: Session) -> Chapter:
    """The world's network as it stands with the study's own sections in it."""
    world = session.world
    assert isinstance(world, WorldSession)
    found = world_quality(world)
    tables = {table.id: table for table in world_tables(found)}
    checks = _named_checks(world, found.checks)
    parts = (
        _map(session, world, found),
        _check_chart(checks),
        _check_table(checks),
        _holes(found),
        replace(tables["size"], title="The world's network: size and parts"),
        _links(found),
    )
    return Chapter(CHAPTER, "The world's network", tuple(_lead(found)), parts)


def _lead(found: WorldQuality) -> list[Sentence]:
    capitals = [hole for hole in found.holes if hole.what == "capital"]
    values = {
        "all": Figure(found.places, "number"),
        "main": Figure(found.part_sizes[0], "number"),
        "n": Figure(len(capitals), "number", 0, CHAPTER),
        "names": Figure(", ".join(hole.name for hole in capitals)),
    }
    text = "The world's network, with the study's sections in it, joins {all} places; {main} of them reach each other "
    text += "and back"
    if capitals:
        text += ". {n} capitals are out of reach, most of them of islands and dependencies: {names}"
    else:
        text += ", every capital among them"
    sentences = [Sentence(text + ".", values)]
    modes = [mode for mode in ("sea", "rail", "road") if any(check.mode == mode for check in found.checks)]
    figures: dict[str, Figure] = {}
    words = []
    for mode in modes:
        count, middle, deviation = spread(found.checks, mode)
        figures |= {
            f"{mode}_n": Figure(count, "number"),
            f"{mode}_median": Figure(middle, "number", 2, CHAPTER),
            f"{mode}_off": Figure(deviation, "share"),
        }
        words.append(f"by {mode} {{{mode}_median}} times ({{{mode}_n}} pairs, off by {{{mode}_off}} in the median)")
    if words:
        text = "Beside published distances the shortest way of the network is as long as, in the median, "
        sentences.append(Sentence(text + ", ".join(words) + ".", figures))
    values = {"n": Figure(found.crossings, "number"), "assumed": Figure(found.crossings_without_source, "number")}
    text = "{assumed} of its {n} border crossings stand in no source: they are derived from the map, or assumed"
    sentences.append(Sentence(text + ", and so is every hour spent there that the study does not curate.", values))
    return sentences


# --- map ------------------------------------------------------------------------------------------------------------


def _map(session: Session, world: WorldSession, found: WorldQuality) -> MapData:
    curated = {row["id"] for row in session.facts.rows("sections")}
    places = {row["id"]: (float(row["lat"]), float(row["lon"])) for row in session.facts.rows("places")}
    groups: dict[tuple[str, bool, str], list[Line]] = {}
    for row in world.facts.rows("sections"):
        shape, own = world.shapes.get(row["id"]), row["id"] in curated
        if row["use"] != "section" or (shape is None and not own):
            continue
        guessed = row["basis"] == "assumed" or shape is None
        state = "closed" if row["status"] != "operating" else "assumed" if guessed else ""
        straight = () if shape else (places[row["from_place"]], places[row["to_place"]])
        groups.setdefault((row["mode"], own, state), []).append(shape or straight)
    lines = [MapLine("sea", _lanes(world), title="sea lanes", derived=True)]
    for (mode, own, state), courses in sorted(groups.items(), key=lambda item: ("road", "rail").index(item[0][0])):
        title = ", ".join(filter(None, (mode, "curated" if own else "derived", state)))
        drawn = drawn_once(_simple(courses))
        lines.append(MapLine(mode, drawn, state == "assumed", state == "closed", title=title, derived=not own))
    return MapData(
        id="map",
        title="The world's network: what the study curates stands out from what is derived",
        lines=tuple(lines),
        points=tuple(
            MapPoint(
                hole.name,
                "quay" if hole.what == "port" else "hole",
                hole.lat,
                hole.lon,
                note=hole.why,
                named=hole.what != "port",
            )
            for hole in found.holes
            if hole.what != "place" or hole.loose
        ),
        attributions=credits_of({line.mode for line in lines}),
        assumed="assumed",
        whole=True,
    )


def _lanes(world: WorldSession) -> tuple[Line, ...]:
    """The shortest lane of every two ports that have one; variants by other straits are left out."""
    courses = (world.shapes[link] for link, text in world.lines.items() if text and "/" not in link)
    return tuple(_simple(drawn_once(courses)))


def _simple(courses: Iterable[Line]) -> list[Line]:
    """Courses as coarse as a map of the world is."""
    pieces = [
        np.column_stack([lat, lon])
        for course in courses
        for lat, lon in cut_at_date_line([lat for lat, _ in course], [lon for _, lon in course])
    ]
    lines = [shapely.LineString(piece) for piece in pieces]
    simple = shapely.simplify(lines, _TOLERANCE_DEGREES)
    return [tuple(map(tuple, shapely.get_coordinates(line).tolist())) for line in simple]


# --- tables ---------------------------------------------------------------------------------------------------------


def _named_checks(world: WorldSession, checks: Sequence[SpotCheck]) -> list[SpotCheck]:
    """The checks with names of ports and straits for their codes."""
    ports, straits = world.names.ports, world.names.straits
    return [
        replace(
            check,
            origin=ports.get(check.origin, check.origin),
            destination=ports.get(check.destination, check.destination),
            closed=", ".join(straits.get(strait, strait) for strait in check.closed.split(";")),
        )
        for check in checks
    ]


def _check_chart(checks: Sequence[SpotCheck]) -> RatioChart:
    points = tuple(
        RatioPoint(_pair(check), check.published_km, check.ratio, check.mode)
        for check in checks
        if math.isfinite(check.ratio)
    )
    return RatioChart(
        "ratios",
        "Lengths beside published distances",
        "published distance, km",
        "length in the network / published distance",
        points,
        statistics.median(point.ratio for point in points),
    )


def _pair(check: SpotCheck) -> str:
    without = f", {check.closed} shut" if check.closed else ""
    return f"{check.origin} - {check.destination}{without}"


def _check_table(checks: Sequence[SpotCheck]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            check.mode,
            check.origin,
            check.destination,
            check.closed or None,
            check.published_km,
            check.model_km if math.isfinite(check.model_km) else None,
            check.ratio if math.isfinite(check.ratio) else None,
            check.note or None,
            check.source,
        )
        for check in checks
    ]
    columns = (
        Column("mode", "mode"),
        Column("origin", "from"),
        Column("destination", "to"),
        Column("closed", "strait shut"),
        Column("published_km", "published", "km", "number"),
        Column("model_km", "network", "km", "number"),
        Column("ratio", "network / published", "", "number", 2),
        Column("note", "what was published"),
        Column("source", "where", "", "url"),
    )
    note = (
        "The shortest way by kilometres alone; a published length follows a named line, which need not be the shortest."
    )
    return Table("checks", "Lengths beside published distances, pair by pair", columns, tuple(rows), note)


def _holes(found: WorldQuality) -> Table:
    rows = tuple((hole.what, hole.name, hole.country, hole.why) for hole in found.holes)
    columns = (
        Column("what", "what"),
        Column("name", "name"),
        Column("country", "country", kind="country"),
        Column("why", "why"),
    )
    note = "A place without a terminal is answered from the nearest road by an access leg, or by its port."
    return Table("holes", "What the world's network does not reach", columns, rows, note)


def _links(found: WorldQuality) -> Table:
    """Pieces and kilometres per country, most kilometres first."""
    total: Counter[str] = Counter()
    for (country, _), km in found.km.items():
        total[country] += round(km)
    rows: list[tuple[Cell, ...]] = []
    for country in sorted(total, key=lambda code: (-total[code], code)):
        cells: list[Cell] = [country]
        for mode in ("rail", "road"):
            cells += [found.links.get((country, mode)), found.km.get((country, mode))]
        rows.append(tuple(cells))
    columns = (
        Column("country", "country", kind="country"),
        Column("rail", "rail", "pieces", "number"),
        Column("rail_km", "rail", "km", "number"),
        Column("road", "road", "pieces", "number"),
        Column("road_km", "road", "km", "number"),
    )
    note = "Main lines and roads only; a piece lies between two places or junctions."
    return Table("links", "Links per mode and country", columns, tuple(rows), note)
