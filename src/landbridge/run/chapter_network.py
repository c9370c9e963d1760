"""Chapter "The network": what the study's network is made of, what hangs together, and how long its links are."""

from __future__ import annotations

import bisect
import itertools
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import shapely

from landbridge.costs.arccosts import ArcCosts
from landbridge.io.polyline import cut_at_date_line
from landbridge.network.geometry import section_ratios
from landbridge.network.quality import Quality, quality
from landbridge.network.state import Closure, Shipment, closures
from landbridge.result.report import (
    Cell,
    Chapter,
    Column,
    Figure,
    Histogram,
    MapData,
    MapLine,
    MapPoint,
    Part,
    RatioChart,
    RatioPoint,
    Sentence,
    Table,
)
from landbridge.result.routes import Line
from landbridge.run.credits import credits_of
from landbridge.run.quality_tables import quality_tables
from landbridge.run.session import Session
from landbridge.scenario import Resolved

CHAPTER: Final = "network"
#: Edges of the classes of official length to straight line.
RATIO_EDGES: Final = (1.0, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.35, 1.4, 1.45, 1.5, 1.55, 1.6, 1.65, 1.7, 1.75, 1.8)


def network_chapter(session: Session, costs: ArcCosts, resolved: Resolved) -> Chapter:
    """Map, lengths, holes and crossings of the study's network on a day.

    costs: of the study's cargo on that day, for the hours at the crossings.
    """
    found = quality(session.network, session.tables)
    shut = _shut(session, resolved)
    hours = border_hours(session, costs)
    paths = _paths(session)
    tables = {table.id: table for table in quality_tables(found, session.names.places)}
    lead = [
        _size(session, found),
        _joined(found),
        *([_lengths_sentence(paths)] if paths else []),
        *([_crossings_sentence(hours)] if hours else []),
    ]
    parts: tuple[Part, ...] = (
        _map(session, found, shut, hours, resolved),
        *([_path_chart(paths)] if paths else []),
        _straight_chart(found),
        tables["lengths"],
        tables["aggregates"],
        tables["unreachable"],
        tables["ports_without_land"],
        _crossings(session, hours),
        tables["components"],
        tables["links"],
    )
    return Chapter(CHAPTER, "The network", tuple(lead), parts)


# --- sentences ------------------------------------------------------------------------------------------------------


def _size(session: Session, found: Quality) -> Sentence:
    links = found.links[found.links["status"] == "operating"]
    values = {"crossings": Figure(len(session.facts.rows("crossings")), "number")}
    pieces = []
    for mode in ("rail", "road"):
        own = links[links["mode"] == mode]
        if len(own):
            values |= {
                mode: Figure(float(own["km"].sum()), "number"),
                f"{mode}_n": Figure(int(own["links"].sum()), "number"),
            }
            pieces.append(f"{{{mode}}} km of {mode} in {{{mode}_n}} sections")
    values["ports"] = Figure(len(session.facts.rows("ports")), "number")
    text = f"The study's network has {' and '.join(pieces) or 'no land line'} in operation, "
    return Sentence(text + "{crossings} border crossings, and sea lanes between {ports} ports.", values)


def _joined(found: Quality) -> Sentence:
    names = [str(name) for name in found.unreachable["name"]]
    if not names:
        return Sentence("Every place of the network can be reached from every other and back.")
    values = {"n": Figure(len(names), "number", 0, CHAPTER), "names": Figure(", ".join(names))}
    return Sentence(
        "All its places reach each other and back but {n}, to which no operating link leads: {names}.", values
    )


def _lengths_sentence(paths: Sequence[RatioPoint]) -> Sentence:
    ratios = [point.ratio for point in paths]
    middle = statistics.median(ratios)
    worst = max(paths, key=lambda point: (abs(math.log(point.ratio / middle)), point.label))
    values = {
        "n": Figure(len(paths), "number"),
        "median": Figure(middle, "number", 3, CHAPTER),
        "near": Figure(sum(abs(ratio - 1) <= 0.2 for ratio in ratios) / len(ratios), "share"),
        "worst": Figure(worst.label),
        "ratio": Figure(worst.ratio, "number", 2),
    }
    return Sentence(
        "The path of a section on OpenStreetMap is {median} times as long as its official length in the median of {n}; "
        "{near} are within 20 %, and the furthest off is {worst}, {ratio} times. The official length counts.",
        values,
    )


Hours = Mapping[str, tuple[tuple[float, str, tuple[str, ...]] | None, ...]]


def _crossings_sentence(hours: Hours) -> Sentence:
    unsourced = [name for name, sides in hours.items() if not _sourced(sides)]
    values = {"n": Figure(len(hours), "number"), "assumed": Figure(len(unsourced), "number", 0, CHAPTER)}
    return Sentence(
        "Of the {n} crossings, {assumed} have hours that rest on an assumption in one direction at least; they are "
        "dashed on the map.",
        values,
    )


def _sourced(sides: Iterable[tuple[float, str, tuple[str, ...]] | None]) -> bool:
    return all(side is not None and side[1] != "assumed" for side in sides)


# --- what is open, and what a border takes --------------------------------------------------------------------------


def _shut(session: Session, resolved: Resolved) -> dict[str, Closure]:
    """Links and crossings that nothing can use on the day, with the reason of one of their arcs."""
    network = session.network
    state = closures(network, resolved, session.selectors, Shipment(session.study.cargo.default))
    reasons: dict[str, list[int]] = {}
    for arc in np.flatnonzero(network.mode >= 0).tolist():
        names = [network.link_ids[network.link[arc]]]
        if network.crossing[arc] >= 0:
            names.append(network.crossing_ids[network.crossing[arc]])
        for name in names:
            reasons.setdefault(name, []).append(int(state.closure[arc]))
    return {name: state.closures[found[0]] for name, found in reasons.items() if min(found) >= 0}


def border_hours(session: Session, costs: ArcCosts) -> Hours:
    """Crossing -> per direction (from side a, from side b) its hours, their basis and facts; None = no figure.

    A sum is ``assumed`` if an addend is.
    """
    network = session.network
    found: dict[str, dict[int, tuple[float, str, tuple[str, ...]]]] = {}
    for arc in np.flatnonzero(network.crossing >= 0).tolist():
        if network.kind_name(arc) != "crossing":
            continue
        own = range(int(costs.first[arc]), int(costs.first[arc + 1]))
        entries = [(costs.entries[costs.entry[i]], float(costs.amount[i])) for i in own]
        border = [
            (entry, amount) for entry, amount in entries if (entry.component, entry.measure) == ("border", "hours")
        ]
        sides = found.setdefault(network.crossing_ids[network.crossing[arc]], {})
        if border:
            bases = {entry.basis for entry, _ in border}
            basis = "assumed" if "assumed" in bases else "derived" if "derived" in bases else border[0][0].basis
            facts = tuple(dict.fromkeys(fact for entry, _ in border for fact in entry.facts))
            sides[int(network.direction[arc])] = (math.fsum(amount for _, amount in border), basis, facts)
    return {name: (sides.get(1), sides.get(-1)) for name, sides in sorted(found.items())}


def _crossings(session: Session, hours: Hours) -> Table:
    """Crossings whose hours rest on an assumption, or on nothing."""
    rows: list[tuple[Cell, ...]] = []
    for crossing in session.facts.rows("crossings"):
        sides = hours.get(crossing["id"])
        if sides is None or _sourced(sides):
            continue
        cells: list[Cell] = [crossing["name"], crossing["mode"], f"{crossing['country_a']}-{crossing['country_b']}"]
        facts: list[str] = []
        for side in sides:
            cells += [side[0] if side else None, side[1] if side else "no figure"]
            facts += side[2] if side else ()
        rows.append((*cells, tuple(dict.fromkeys(facts))))
    columns = (
        Column("name", "crossing"),
        Column("mode", "mode"),
        Column("countries", "sides"),
        Column("hours_forth", "first to second", "hours", "number", 1),
        Column("basis_forth", "rests on", "", "basis"),
        Column("hours_back", "second to first", "hours", "number", 1),
        Column("basis_back", "rests on", "", "basis"),
        Column("facts", "facts", "", "facts"),
    )
    note = "Hours of the study's cargo on the day, formalities and waiting; a change of gauge is apart."
    return Table("crossings_without_source", "Crossings whose hours rest on no source", columns, tuple(rows), note)


# --- lengths --------------------------------------------------------------------------------------------------------


def _paths(session: Session) -> tuple[RatioPoint, ...]:
    """Sections with a path on OpenStreetMap: its length over the official one."""
    ratios, places = section_ratios(), session.names.places
    return tuple(
        RatioPoint(_section_name(row, places), float(row["length_km"]), ratios[row["id"]], row["mode"], _guessed(row))
        for row in session.facts.rows("sections")
        if row["use"] == "section" and row["id"] in ratios and float(row["length_km"]) > 0
    )


def _section_name(row: Mapping[str, str], places: Mapping[str, str]) -> str:
    ends = (places.get(row[end], row[end]) for end in ("from_place", "to_place"))
    return " - ".join(ends)


def _guessed(row: Mapping[str, str]) -> bool:
    return row["basis"] == "assumed"


def _path_chart(paths: tuple[RatioPoint, ...]) -> RatioChart:
    return RatioChart(
        "paths",
        "Path on OpenStreetMap over official length, per section; far from 1 it is another line, or a hole in the map",
        "official length, km",
        "path / official length",
        paths,
        statistics.median(point.ratio for point in paths),
    )


def _straight_chart(found: Quality) -> Histogram:
    ratios = found.lengths.loc[found.lengths["straight_km"] > 1, "ratio"].tolist()
    return counted("straight", "Official length over straight line", "official length / straight line", ratios)


def counted(identifier: str, title: str, axis: str, ratios: Sequence[float]) -> Histogram:
    """Sections by ratio; what lies beyond the edges is in the first and the last class."""
    counts = [0] * (len(RATIO_EDGES) - 1)
    for ratio in ratios:
        counts[min(max(bisect.bisect_right(RATIO_EDGES, ratio) - 1, 0), len(counts) - 1)] += 1
    middle = statistics.median(ratios) if ratios else 1.0
    return Histogram(identifier, title, axis, "sections", RATIO_EDGES, tuple(counts), middle)


# --- map ------------------------------------------------------------------------------------------------------------


def _map(session: Session, found: Quality, shut: Mapping[str, Closure], hours: Hours, resolved: Resolved) -> MapData:
    lines = [*_lanes(session), *_sections(session, shut), *_services(session, shut)]
    points = [*_holes(session, found), *_gates(session, shut, hours), *_ports(session, found)]
    return MapData(
        id="map",
        title=f"The study's network on {resolved.as_of.isoformat()}",
        lines=tuple(lines),
        points=tuple(points),
        shaded=session.study.region.countries,
        attributions=credits_of({line.mode for line in lines}),
        assumed="length or course assumed",
    )


def _lanes(session: Session) -> list[MapLine]:
    """All lanes as one drawing: what several share is drawn once."""
    courses = [session.shapes[link] for link, text in session.lines.items() if text]
    drawn = drawn_once(courses)
    return [MapLine("sea", drawn, title="sea lanes between the ports", derived=True)] if drawn else []


def drawn_once(courses: Iterable[Line], decimals: int = 2) -> tuple[Line, ...]:
    """Lines that cover all courses, every stretch once; coordinates rounded to the decimals given."""
    steps = set()
    for course in courses:
        for lat, lon in cut_at_date_line([lat for lat, _ in course], [lon for _, lon in course]):
            points = zip(np.round(lat, decimals).tolist(), np.round(lon, decimals).tolist(), strict=True)
            steps |= {(min(pair), max(pair)) for pair in itertools.pairwise(points) if pair[0] != pair[1]}
    if not steps:
        return ()
    merged = shapely.line_merge(shapely.multilinestrings([shapely.linestrings(sorted(steps))]))
    parts = shapely.get_parts(merged)
    return tuple(sorted(tuple(map(tuple, shapely.get_coordinates(part).tolist())) for part in parts))


def _course(session: Session, link: str, ends: Line) -> tuple[tuple[Line, ...], bool]:
    """The line of a link and whether it is known; else straight between its ends."""
    shape = session.shapes.get(link)
    points = shape or ends
    pieces = cut_at_date_line([lat for lat, _ in points], [lon for _, lon in points])
    return tuple(tuple(zip(lat.tolist(), lon.tolist(), strict=True)) for lat, lon in pieces), shape is not None


def _sections(session: Session, shut: Mapping[str, Closure]) -> list[MapLine]:
    places = {row["id"]: (float(row["lat"]), float(row["lon"])) for row in session.facts.rows("places")}
    lines = []
    for row in session.facts.rows("sections"):
        if row["use"] != "section":
            continue
        course, known = _course(session, row["id"], (places[row["from_place"]], places[row["to_place"]]))
        closure = shut.get(row["id"])
        title = f"{row['mode']} {_section_name(row, session.names.places)}, {float(row['length_km']):,.0f} km"
        title += f", length {row['basis']}" + ("" if known else ", course assumed")
        title += f"; closed: {closure.reason}" if closure else ""
        lines.append(
            MapLine(
                row["mode"],
                course,
                assumed=_guessed(row) or not known,
                closed=closure is not None,
                title=title,
                derived=row["basis"] == "derived" and closure is None,
            )
        )
    return lines


def _services(session: Session, shut: Mapping[str, Closure]) -> list[MapLine]:
    """Ferries and feeders that the study names; their courses are drawn from port to port."""
    ports = {row["id"]: (float(row["lat"]), float(row["lon"])) for row in session.facts.rows("ports")}
    names = session.names.ports
    lines = []
    for row in session.facts.rows("services"):
        ends = (ports[row["from_port"]], ports[row["to_port"]])
        course, known = _course(session, row["id"], ends)
        closure = shut.get(row["id"])
        title = f"{row['mode']} {names[row['from_port']]} - {names[row['to_port']]}"
        title += f", {float(row['length_km']):,.0f} km, length {row['basis']}" if row["length_km"] else ""
        title += f"; closed: {closure.reason}" if closure else ""
        guessed = _guessed(row) or not known
        lines.append(MapLine(row["mode"], course, assumed=guessed, closed=closure is not None, title=title))
    return lines


def _holes(session: Session, found: Quality) -> list[MapPoint]:
    at = {row["id"]: row for row in session.facts.rows("places")}
    return [
        MapPoint(str(name), "hole", float(at[place]["lat"]), float(at[place]["lon"]), note=str(why))
        for place, name, why in found.unreachable[["id", "name", "why"]].itertuples(index=False, name=None)
    ]


def _gates(session: Session, shut: Mapping[str, Closure], hours: Hours) -> list[MapPoint]:
    points = []
    for row in session.facts.rows("crossings"):
        if not row["lat"]:
            continue
        sides = hours.get(row["id"], ())
        words = [f"{side[0]:.1f} hours ({side[1]})" if side else "no figure" for side in sides]
        closure = shut.get(row["id"])
        points.append(
            MapPoint(
                row["name"],
                "crossing",
                float(row["lat"]),
                float(row["lon"]),
                closed=closure is not None,
                note=closure.reason if closure else f"{row['mode']}, " + " there, ".join(words) + " back",
                assumed=not _sourced(sides),
                named=False,
            )
        )
    return points


def _ports(session: Session, found: Quality) -> list[MapPoint]:
    alone = set(found.ports_without_land["id"])
    return [
        MapPoint(
            row["name"],
            "quay" if row["id"] in alone else "port",
            float(row["lat"]),
            float(row["lon"]),
            named=row["id"] in alone,
        )
        for row in session.facts.rows("ports")
    ]
