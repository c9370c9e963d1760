"""Everything that is wrong in a folder of facts, at once.

Two stages. First each file by itself: can it be read, does it have the columns of the schema, has each row
as many cells as the header, do types, allowed values and required cells hold (Frictionless, against the
schema ``datapackage.json`` is made of). Then what only the tables together can say: keys, units, spans,
geography, crossings, parents. A file that fails the first stage badly is left out of the second. Nothing
raises: a broken file is a finding.

Row numbers are those of a spreadsheet: the header is row 1.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from landbridge.facts.package import (
    DESCRIPTOR,
    NUMBERS,
    REQUIRED_TABLES,
    datapackage_text,
    table_files,
    table_schema,
)
from landbridge.io.atlas import country_table
from landbridge.kernels.sphere import EARTH_RADIUS_KM, great_circle_km
from landbridge.schema.errors import Finding
from landbridge.schema.tables import quantities, tables
from landbridge.schema.words import CARGO_UNITS

#: A coordinate may lie this far outside its country: borders of the atlas are coarse and ports lie off the coast.
COUNTRY_TOLERANCE_KM = 25.0
#: A section may be this much shorter than the great circle between its ends: coordinates are rounded.
LENGTH_TOLERANCE = 0.01
LENGTH_TOLERANCE_KM = 2.0
#: A line longer than this is no row of a table.
LONGEST_LINE = 100_000
#: More findings of one kind in one file are counted, not listed.
MOST_PER_FILE = 200

_REMEDY_READ = "Save it as CSV in UTF-8 with commas and one header line."


@dataclass(frozen=True)
class Row:
    """One row of a table as text, and where it stands."""

    file: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def at(self, column: str = "") -> str:
        """``ports.csv, row 12, field lat``."""
        where = f"{self.file}, row {self.line}"
        return f"{where}, field {column}" if column else where

    def decimal(self, column: str) -> float | None:
        """The cell as a finite number, or ``None``: what is no number is reported by the first stage."""
        try:
            value = float(self[column])
        except ValueError:
            return None
        return value if math.isfinite(value) else None


@dataclass(frozen=True)
class Book:
    """All rows that could be read, by table, with the ids of each."""

    rows: Mapping[str, Sequence[Row]]
    ids: Mapping[str, Mapping[str, Row]] = field(repr=False)
    countries: frozenset[str] = field(repr=False)  # ISO alpha-3
    straits: frozenset[str] = field(repr=False)  # of the world, not of a study

    def of(self, table: str) -> Sequence[Row]:
        """The rows of a table, in file order."""
        return self.rows.get(table, ())

    def find(self, table: str, row_id: str) -> Row | None:
        """The row with this id."""
        return self.ids.get(table, {}).get(row_id)


def check_facts(folder: Path) -> list[Finding]:
    """Every finding of a folder of facts, in the order of tables and rows; empty = nothing wrong."""
    if not folder.is_dir():
        return [Finding(str(folder), "there is no such folder", "Name the folder that holds sources.csv.")]
    findings: list[Finding] = []
    rows: dict[str, list[Row]] = {}
    files = table_files(folder)
    for table, paths in files.items():
        if not paths and table in REQUIRED_TABLES:
            name = f"{NUMBERS}/*.csv" if table == NUMBERS else f"{table}.csv"
            remedy = f"Add it with the header {','.join(column.name for column in tables()[table])}."
            findings.append(Finding(name, "the table is missing", remedy))
        for path in paths:
            shown = path.relative_to(folder).as_posix()
            found, read = _read(path, shown, table)
            findings.extend(found)
            rows.setdefault(table, []).extend(read)
            if read:
                findings.extend(_shape(folder, shown, table))
    findings.extend(_strangers(folder, files))
    if not findings:
        findings.extend(_descriptor(folder))
    ids = {
        table: {row["id"]: row for row in reversed(found)}
        for table, found in rows.items()
        if "id" in {column.name for column in tables()[table]}
    }
    book = Book(rows, ids, frozenset(row["iso3"] for row in country_table()), _straits())
    for rule in RULES:
        findings.extend(rule(book))
    return findings


# ---------------------------------------------------------------- one file by itself


def _read(path: Path, shown: str, table: str) -> tuple[list[Finding], list[Row]]:
    """The rows of a file, or why it has none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return [Finding(shown, f"it cannot be read: {error.strerror}", "Mend the file or its rights.")], []
    if not data.strip():
        header = ",".join(column.name for column in tables()[table])
        return [Finding(shown, "the file is empty", f"Begin it with the header {header}.")], []
    if b"\0" in data:
        return [Finding(shown, "it holds bytes that are no text", _REMEDY_READ)], []
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return [Finding(f"{shown}, row {line}", "it is not UTF-8", _REMEDY_READ)], []
    if text.startswith("\ufeff"):
        return [Finding(f"{shown}, row 1", "a byte order mark stands before the header", _REMEDY_READ)], []
    for line, content in enumerate(text.splitlines(), start=1):
        if len(content) > LONGEST_LINE:
            found = f"a line of {len(content):,} characters"
            return [Finding(f"{shown}, row {line}", found, "Look for a quote that is never closed.")], []
    return _parse(text, shown, table)


def _parse(text: str, shown: str, table: str) -> tuple[list[Finding], list[Row]]:
    findings: list[Finding] = []
    rows: list[Row] = []
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        return [Finding(shown, f"it is no CSV: {error}", _REMEDY_READ)], []
    header = records[0]
    expected = [column.name for column in tables()[table]]
    findings.extend(
        Finding(f"{shown}, row 1", f"the column '{name}' is missing", "Add it; its cells may be empty if not required.")
        for name in expected
        if name not in header
    )
    findings.extend(
        Finding(f"{shown}, row 1", f"the column '{name}' is unknown", "Remove it or add it to schema/tables.csv.")
        for name in dict.fromkeys(header)
        if name not in expected
    )
    findings.extend(
        Finding(f"{shown}, row 1", f"the column '{name}' stands {header.count(name)} times", "Keep one.")
        for name in dict.fromkeys(header)
        if header.count(name) > 1
    )
    if not findings and header != expected:
        findings.append(Finding(f"{shown}, row 1", "the columns stand in another order", f"Use {','.join(expected)}."))
    if findings:
        return findings, []
    for line, record in enumerate(records[1:], start=2):
        if len(record) != len(header):
            found = f"{len(record)} cells where the header has {len(header)}"
            findings.append(Finding(f"{shown}, row {line}", found, "Look for a missing or unquoted comma."))
            continue
        rows.append(Row(shown, line, dict(zip(header, record, strict=True))))
    return findings, rows


def _shape(folder: Path, shown: str, table: str) -> Iterator[Finding]:
    """Types, allowed values and required cells of one file, by Frictionless."""
    from frictionless import Resource, Schema

    schema: Any = Schema.from_descriptor(table_schema(table))
    resource: Any = Resource(path=shown, basepath=str(folder), schema=schema, format="csv", encoding="utf-8")
    report: Any = resource.validate(limit_errors=MOST_PER_FILE)
    for error in report.flatten(["rowNumber", "fieldName", "type", "note", "cell"]):
        row, name, kind, note, cell = error
        if kind in ("extra-cell", "missing-cell"):
            continue  # a ragged row, reported by the reader
        where = ", ".join(
            part for part in (shown, f"row {row}" if row else "", f"field {name}" if name else "") if part
        )
        yield Finding(where, _found(kind, cell, note), _remedy(table, name, kind))


def _found(kind: str, cell: object, note: str) -> str:
    if kind == "constraint-error" and not cell:
        return "the cell is empty"
    if kind in ("constraint-error", "type-error"):
        return f"'{cell}' is not allowed here"
    return note.strip().rstrip(".") or kind


def _remedy(table: str, name: str | None, kind: str) -> str:
    column = next((column for column in tables()[table] if column.name == name), None)
    if column is None:
        return "Write the row as the schema says."
    allowed = column.values
    if allowed:
        return f"Use one of {', '.join(allowed)}{'' if column.required else ' or nothing'}."
    example = {"date": " (YYYY-MM-DD)", "number": " (decimal point, no thousands)"}.get(column.type, "")
    article = "an" if column.type == "integer" else "a"
    return f"Write {article} {column.type}{example}{'' if column.required else ' or nothing'}."


def _strangers(folder: Path, files: Mapping[str, Sequence[Path]]) -> Iterator[Finding]:
    known = {path for paths in files.values() for path in paths}
    for path in sorted(folder.rglob("*.csv")):
        if path not in known:
            shown = path.relative_to(folder).as_posix()
            yield Finding(shown, "no table has this name", f"Rename or remove it; tables are {', '.join(tables())}.")


def _descriptor(folder: Path) -> Iterator[Finding]:
    """The data package description is there and says what the schema says."""
    path = folder / DESCRIPTOR
    remedy = "Write it anew with landbridge.facts.package.write_datapackage."
    if not path.is_file():
        yield Finding(DESCRIPTOR, "the description of the data package is missing", remedy)
    elif path.read_bytes() != datapackage_text(folder).encode("utf-8"):
        yield Finding(DESCRIPTOR, "it does not say what schema/tables.csv says", remedy)


def _straits() -> frozenset[str]:
    text = resources.files("landbridge").joinpath("world/sea/straits.csv").read_text(encoding="utf-8")
    return frozenset(row["id"] for row in csv.DictReader(io.StringIO(text)))


# ---------------------------------------------------------------- tables together


def keys(book: Book) -> Iterator[Finding]:
    """Ids are unique in a table over all its files, and every reference meets one."""
    for table, columns in tables().items():
        primary = next((column.name for column in columns if column.key == "primary"), "")
        if primary:
            seen: dict[str, Row] = {}
            for row in book.of(table):
                first = seen.setdefault(row[primary], row)
                if first is not row and row[primary]:
                    found = f"'{row[primary]}' stands already in {first.at()}"
                    yield Finding(row.at(primary), found, "Give each row an id of its own.")
        for column in columns:
            target, _, name = column.key.partition(".")
            if not name:
                continue
            for row in book.of(table):
                value = row[column.name]
                if value and book.find(target, value) is None:
                    found = f"'{value}' is no {name} in {target}.csv"
                    yield Finding(row.at(column.name), found, f"Correct it or add the row to {target}.csv.")


def subjects(book: Book) -> Iterator[Finding]:
    """Names, numbers, limits and spans point at something that is there."""
    for table, columns in (("numbers", ("subject", "partner")), ("names", ("subject",)), ("limits", ("subject",))):
        for row in book.of(table):
            for column in columns:
                if row[column] and (why := _points_nowhere(book, row[column], ":")):
                    yield Finding(row.at(column), why, "Write kind:ID of a row that exists.")
    for row in book.of("spans"):
        for part in row["selector"].split(";"):
            if why := _points_nowhere(book, part, "."):
                yield Finding(row.at("selector"), why, "Write kind.ID of a row that exists.")


_TABLE_OF_KIND = {
    "place": "places",
    "port": "ports",
    "crossing": "crossings",
    "section": "sections",
    "link": "sections",
    "service": "services",
    "region": "regions",
}


def _points_nowhere(book: Book, subject: str, between: str) -> str:
    """Why a subject cannot be resolved; empty if it can, or if it is of a kind only the study knows."""
    kind, _, rest = subject.partition(between)
    if subject == "world" or kind in ("corridor", "series", "organisation", "supplier"):
        return "" if subject == "world" or rest else f"'{subject}' names nothing"
    if kind in ("country", "border", "supply"):
        codes = rest.split("-")
        wrong = [code for code in codes if code not in book.countries]
        if wrong or len(codes) != (1 if kind == "country" else 2):
            return f"'{subject}' names no {kind} by ISO alpha-3 codes"
        return ""
    if kind == "unit":
        return "" if rest in CARGO_UNITS else f"'{rest}' is no cargo unit"
    if kind == "strait":
        return "" if rest in book.straits else f"'{rest}' is no strait of world/sea/straits.csv"
    table = _TABLE_OF_KIND.get(kind)
    if table is None:
        return f"'{subject}' is of no known kind"
    if table == "sections" and book.find("services", rest) is not None:
        return ""
    return "" if book.find(table, rest) is not None else f"'{rest}' is not in {table}.csv"


def number_shapes(book: Book) -> Iterator[Finding]:
    """Each number has the unit and a scope of its quantity, an ordered band, and a money year if it is money."""
    for row in book.of(NUMBERS):
        quantity = quantities().get(row["quantity"])
        if quantity is None:
            yield Finding(row.at("quantity"), f"'{row['quantity']}' is unknown", "Use one of schema/quantities.csv.")
            continue
        if row["unit"] != quantity.unit:
            found = f"'{row['unit']}', but {quantity.name} is in {quantity.unit}"
            yield Finding(row.at("unit"), found, "Convert the value and say in the note how it was published.")
        if row["scope"] and row["scope"] not in quantity.scopes:
            allowed = ", ".join(quantity.scopes) or "none"
            yield Finding(row.at("scope"), f"'{row['scope']}' is no scope of {quantity.name}", f"Allowed: {allowed}.")
        if quantity.unit.startswith("usd") and not row["money_year"]:
            yield Finding(row.at("money_year"), "an amount of money without a year", "Add the year of the money.")
        yield from _band(row)
        if row["use"] in ("check", "out") and not row["note"]:
            yield Finding(row.at("note"), f"use is '{row['use']}' without a reason", "Say why it is not picked.")


def _band(row: Row) -> Iterator[Finding]:
    value, low, high = row.decimal("value"), row.decimal("low"), row.decimal("high")
    if value is None:
        if row["value"]:
            yield Finding(row.at("value"), f"'{row['value']}' is no finite number", "Write a decimal number.")
        return
    if value < 0 and row["use"] != "out":
        yield Finding(
            row.at("value"), f"{value:g} is negative", "A subsidy is a smaller price; amounts are never below zero."
        )
    if (low is not None and low > value) or (high is not None and high < value):
        found = f"{value:g} lies outside its band {row['low'] or '?'} to {row['high'] or '?'}"
        yield Finding(row.at("value"), found, "Order low, value, high.")


def bases(book: Book) -> Iterator[Finding]:
    """Parents exist and form no ring; what is made of an assumed number, or known to nobody, is assumed."""
    for row in book.of(NUMBERS):
        source = book.find("sources", row["source"])
        if source is not None and source["kind"] == "assumed" and row["basis"] != "assumed":
            found = f"'{row['basis']}', but its source is general knowledge"
            yield Finding(row.at("basis"), found, "Name a publication, or write assumed.")
        for parent in _parents(row):
            other = book.find(NUMBERS, parent)
            if other is None:
                yield Finding(row.at("parents"), f"'{parent}' is no number", "Correct the id of the parent.")
            elif other["basis"] == "assumed" and row["basis"] != "assumed":
                found = f"'{row['basis']}', but its parent {parent} is assumed"
                yield Finding(row.at("basis"), found, "Write assumed.")
    yield from _rings(book)


def _parents(row: Row) -> list[str]:
    return [part for part in row["parents"].split(";") if part]


def _rings(book: Book) -> Iterator[Finding]:
    state: dict[str, int] = {}  # 1 = being visited, 2 = done
    for start in book.of(NUMBERS):
        stack = [(start["id"], iter(_parents(start)))]
        if state.get(start["id"]):
            continue
        state[start["id"]] = 1
        while stack:
            number_id, rest = stack[-1]
            parent = next(rest, None)
            if parent is None:
                state[number_id] = 2
                stack.pop()
            elif state.get(parent) == 1:
                row = book.find(NUMBERS, number_id)
                assert row is not None
                found = f"'{parent}' is made of '{number_id}', and the other way round"
                yield Finding(row.at("parents"), found, "Break the ring: one of them is not a parent.")
            elif (next_row := book.find(NUMBERS, parent)) is not None and not state.get(parent):
                state[parent] = 1
                stack.append((parent, iter(_parents(next_row))))


def dates(book: Book) -> Iterator[Finding]:
    """No span and no number ends before it begins."""
    for table, begin, end in (("spans", "start", "end"), (NUMBERS, "from_date", "to_date")):
        for row in book.of(table):
            if row[begin] and row[end] and _is_date(row[begin]) and _is_date(row[end]) and row[end] < row[begin]:
                yield Finding(
                    row.at(end),
                    f"{row[end]} is before {row[begin]}",
                    "Both days are included: end at or after the start.",
                )


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def twins(book: Book) -> Iterator[Finding]:
    """No number stands twice: the same subject, quantity, qualifiers, days, value, source and note under two ids."""
    seen: dict[tuple[str, ...], Row] = {}
    for row in book.of(NUMBERS):
        key = tuple(text for name, text in row.cells.items() if name not in ("id", "locator"))
        first = seen.setdefault(key, row)
        if first is not row:
            yield Finding(
                row.at(),
                f"the same as {first['id']} in {first.at()}",
                "Remove one, or say in the note how they differ.",
            )


def used_sources(book: Book) -> Iterator[Finding]:
    """Every source is the source of something."""
    used = {row["source"] for rows in book.rows.values() for row in rows if "source" in row.cells}
    for row in book.of("sources"):
        if row["id"] not in used:
            yield Finding(row.at("id"), f"nothing names '{row['id']}'", "Remove it or use it.")


def countries(book: Book) -> Iterator[Finding]:
    """Countries are ISO alpha-3 codes, and a place belongs to the country of its hub; a port to that of its places."""
    columns = {
        "places": ("country",),
        "ports": ("country",),
        "sections": ("country_from", "country_to"),
        "crossings": ("country_a", "country_b"),
    }
    for table, names in columns.items():
        for row in book.of(table):
            for name in names:
                if row[name] and row[name] not in book.countries:
                    yield Finding(row.at(name), f"'{row[name]}' is no ISO alpha-3 code", "See world/countries.csv.")
    for table, names in (("places", ("hub",)), ("ports", ("place", "rail_place", "road_place"))):
        for row in book.of(table):
            for name in names:
                other = book.find("places", row[name]) if row[name] else None
                if other is not None and other["country"] and row["country"] and other["country"] != row["country"]:
                    found = f"'{row[name]}' is in {other['country']}, this is in {row['country']}"
                    yield Finding(row.at(name), found, "A place never joins two countries.")


def coordinates(book: Book) -> Iterator[Finding]:
    """Coordinates are on the globe and inside the named country or within 25 km of it."""
    asked: list[tuple[Row, str, str, str]] = []
    for table in ("places", "ports"):
        asked.extend((row, "lat", "lon", row["country"]) for row in book.of(table))
    for row in book.of("crossings"):
        ferry = row["mode"] == "ferry"
        asked.append((row, "lat", "lon", row["country_a"]))
        if row["country_b"] and not ferry:
            asked.append((row, "lat", "lon", row["country_b"]))
        if row["lat_b"] or row["lon_b"]:
            asked.append((row, "lat_b", "lon_b", row["country_b"]))
    for row, lat_name, lon_name, country in asked:
        lat, lon = row.decimal(lat_name), row.decimal(lon_name)
        if lat is None or lon is None:
            continue
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            found = f"{lat:g}, {lon:g} is not on the globe"
            yield Finding(row.at(lat_name), found, "Degrees, latitude before longitude.")
            continue
        away = _km_outside(lat, lon, country) if country else None
        if away is not None and away > COUNTRY_TOLERANCE_KM:
            found = f"{lat:g}, {lon:g} lies {away:.0f} km outside {country}"
            yield Finding(row.at(lat_name), found, "Correct the coordinates or the country.")


def _km_outside(lat: float, lon: float, country: str) -> float | None:
    """Kilometres from a point to a country: 0 inside, ``inf`` beyond some hundred, ``None`` if not in the atlas."""
    import shapely

    from landbridge.io.atlas import country_polygons

    polygon = country_polygons().get(country)
    if polygon is None:
        return None
    point = shapely.Point(lon, lat)
    if polygon.contains(point):
        return 0.0
    narrow = max(math.cos(math.radians(lat)), 0.05)
    reach = 4.0
    near = shapely.clip_by_rect(polygon, lon - reach / narrow, lat - reach, lon + reach / narrow, lat + reach)
    if near.is_empty:
        return math.inf
    # Degrees of longitude shrink with the cosine of the latitude: good to a percent over a few degrees.
    flat = shapely.transform(near, lambda xy: (xy - [lon, lat]) * [narrow, 1.0])
    return float(shapely.Point(0.0, 0.0).distance(flat)) * math.pi / 180.0 * EARTH_RADIUS_KM


def lengths(book: Book) -> Iterator[Finding]:
    """No section and no service is shorter than the great circle, less 1 percent and 2 km for rounded coordinates."""
    for table, ends, from_name, to_name in (
        ("sections", "places", "from_place", "to_place"),
        ("services", "ports", "from_port", "to_port"),
    ):
        for row in book.of(table):
            length = row.decimal("length_km")
            start, stop = book.find(ends, row[from_name]), book.find(ends, row[to_name])
            if length is None or start is None or stop is None:
                continue
            points = [end.decimal(name) for end in (start, stop) for name in ("lat", "lon")]
            if None in points:
                continue
            straight = great_circle_km(*[point for point in points if point is not None])
            if length < straight * (1 - LENGTH_TOLERANCE) - LENGTH_TOLERANCE_KM:
                found = f"{length:g} km, but the great circle is {straight:.0f} km"
                yield Finding(row.at("length_km"), found, "Correct the length or the coordinates of its ends.")


def borders(book: Book) -> Iterator[Finding]:
    """A section that changes country has exactly one crossing, of its mode and these countries; others none inside."""
    for row in book.of("sections"):
        if row["use"] != "section":
            continue  # aggregates may pass several borders; the model does not route over them
        pair = {row["country_from"], row["country_to"]}
        changes = len(pair) == 2
        named = [(name, row[name]) for name in ("crossing", "crossing_from", "crossing_to") if row[name]]
        fitting = 0
        for name, crossing_id in named:
            crossing = book.find("crossings", crossing_id)
            if crossing is None:
                continue  # reported by keys
            sides = {crossing["country_a"], crossing["country_b"]}
            if crossing["mode"] != row["mode"]:
                found = f"{crossing_id} is a crossing of mode {crossing['mode']}, the section of mode {row['mode']}"
                yield Finding(row.at(name), found, "Name the crossing of this mode.")
            here = {"crossing_from": {row["country_from"]}, "crossing_to": {row["country_to"]}}.get(name, pair)
            if not here <= sides:
                found = f"{crossing_id} does not touch {' and '.join(sorted(here - sides))}"
                yield Finding(row.at(name), found, "Name a crossing of these countries.")
            elif changes and sides == pair:
                fitting += 1
        if changes and fitting != 1:
            found = f"the section goes from {row['country_from']} to {row['country_to']} over {fitting} crossings"
            yield Finding(row.at("crossing"), found, "Name exactly one: inside it, or in one of its ends.")
        if not changes and row["crossing"]:
            found = f"a border inside a section that stays in {row['country_from']}"
            yield Finding(row.at("crossing"), found, "Remove it, or correct the countries of the ends.")


def border_places(book: Book) -> Iterator[Finding]:
    """A place that is a state border names its crossing and no country; another names a country."""
    for row in book.of("places"):
        if row["kind"] == "border" and not row["crossing"]:
            yield Finding(row.at("crossing"), "a border without its crossing", "Name the crossing that lies here.")
        if row["kind"] != "border" and not row["country"]:
            yield Finding(row.at("country"), "a place without a country", "Only a state border belongs to none.")


def lists(book: Book) -> Iterator[Finding]:
    """Cells that hold several words hold only known ones."""
    for row in book.of("vehicles"):
        for word in row["cargo"].split(";"):
            if word not in CARGO_UNITS:
                yield Finding(row.at("cargo"), f"'{word}' is no cargo unit", f"Use {', '.join(CARGO_UNITS)}.")
    for row in book.of("regions"):
        for word in row["members"].split(";"):
            if word not in book.countries and book.find("ports", word) is None:
                yield Finding(row.at("members"), f"'{word}' is neither a port nor a country", "Correct the member.")


RULES: tuple[Callable[[Book], Iterable[Finding]], ...] = (
    keys,
    subjects,
    number_shapes,
    bases,
    dates,
    twins,
    used_sources,
    countries,
    coordinates,
    lengths,
    borders,
    border_places,
    lists,
)
