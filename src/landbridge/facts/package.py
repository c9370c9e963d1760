"""A folder of facts as one frozen object, and the Frictionless description of it.

The folder holds one CSV per table of ``schema/tables.csv``; the table ``numbers`` is spread over
``numbers/*.csv``. Loading trusts the folder (``landbridge facts check`` judges it) but never ends in a
traceback: what cannot be read is a ``FactsError`` that names it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from landbridge.facts.ledger import Number, number_from_cells
from landbridge.schema.errors import FactsError, Finding, OutputError, UnknownName
from landbridge.schema.tables import Column, tables

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = "numbers"
DESCRIPTOR = "datapackage.json"

#: Tables every folder of facts has; the others may be absent and are then empty.
REQUIRED_TABLES = ("sources", "places", "sections", "crossings", "ports", NUMBERS)


@dataclass(frozen=True)
class Facts:
    """The facts of one study.

    Frozen: two loads of the same bytes are equal in everything but ``folder``. Tables of things and spans
    are pandas frames by ``table``; the ledger of numbers is indexed for picking.
    """

    folder: Path
    digest: str  # over the names and bytes of every table
    numbers: Mapping[str, Number]  # id -> number, sorted by id
    index: Mapping[tuple[str, str], tuple[Number, ...]] = field(repr=False, compare=False)
    series: Mapping[str, Mapping[int, Number]] = field(repr=False, compare=False)  # series:NAME -> year -> number
    content: Mapping[str, bytes] = field(repr=False, compare=False)  # table -> bytes of its file
    _frames: dict[str, pd.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)
    _rows: dict[str, list[dict[str, str]]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def number(self, number_id: str) -> Number:
        """The number with this id; ``UnknownName`` lists the nearest ids."""
        found = self.numbers.get(number_id)
        if found is None:
            nearest = get_close_matches(number_id, self.numbers, n=4, cutoff=0.5)
            raise UnknownName(number_id, nearest, "number", "landbridge facts list")
        return found

    def candidates(self, subject: str, quantity: str, partner: str | None = None) -> tuple[Number, ...]:
        """All numbers of this quantity about this subject, by id.

        With a ``partner``: those about exactly this partner, and those about none.
        """
        found = self.index.get((subject, quantity), ())
        if partner is None:
            return found
        return tuple(number for number in found if number.partner in ("", partner))

    def table(self, name: str) -> pd.DataFrame:
        """The rows of a table of things or spans, in file order, typed by the schema.

        Text is ``str`` with ``""`` for not known; ``number`` is float64 with NaN, ``integer`` Int64 with
        NA, ``date`` datetime64 with NaT.
        """
        if name not in self._frames:
            self._frames[name] = _frame(name, self.content.get(name))
        return self._frames[name].copy()

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of a table as text, for readers that want neither pandas nor types; not to be changed.

        A column of the schema that the file has not is empty.
        """
        if name not in self._rows:
            self._rows[name] = _text_rows(name, self.content.get(name))
        return list(self._rows[name])

    def columns(self, name: str, *wanted: str) -> list[dict[str, str]]:
        """As ``rows``, with only these columns: for a reader of little of a long table, in a third of the time."""
        content = self.content.get(name, b"")
        reader = csv.reader(io.StringIO(content.decode("utf-8")))
        header = next(reader, [])
        nowhere = len(content)  # no row has so many cells
        places = [(column, header.index(column) if column in header else nowhere) for column in wanted]
        return [{column: cells[at] if at < len(cells) else "" for column, at in places} for cells in reader if cells]

    def source(self, source_id: str) -> Mapping[str, str]:
        """The row of ``sources.csv`` with this id."""
        found = self._sources.get(source_id)
        if found is None:
            raise UnknownName(
                source_id, get_close_matches(source_id, self._sources, n=4), "source", "landbridge facts sources"
            )
        return found

    @property
    def sources(self) -> Mapping[str, Mapping[str, str]]:
        """All sources by id, in file order."""
        return self._sources

    def wider(self, subject: str) -> tuple[str, ...]:
        """The subject itself, then ever wider ones that contain it, then ``world``.

        A port or country: regions it is listed in (few members first), the country of a port, regions of
        that country. A proxy chain asks along this list.
        """
        return self._wider.get(subject, (subject,) if subject == "world" else (subject, "world"))

    @cached_property
    def units(self) -> tuple[str, ...]:
        """Load units with a factor to another, sorted."""
        found = {subject for subject, quantity in self.index if quantity == "unit_factor"}
        return tuple(sorted(subject.removeprefix("unit:") for subject in found))

    @cached_property
    def _sources(self) -> dict[str, dict[str, str]]:
        return {row["id"]: row for row in self.rows("sources")}

    @cached_property
    def _wider(self) -> dict[str, tuple[str, ...]]:
        regions = [(row["id"], row["members"].split(";")) for row in self.rows("regions")]
        regions.sort(key=lambda region: (len(region[1]), region[0]))
        around: dict[str, list[str]] = {}
        for name, members in regions:
            for member in members:
                around.setdefault(member, []).append(f"region:{name}")
        ports = {row["id"]: row["country"] for row in self.rows("ports")}
        found: dict[str, tuple[str, ...]] = {}
        found.update((f"region:{name}", (f"region:{name}", "world")) for name, _ in regions)
        for code, country in ports.items():
            names = [*around.get(code, ()), f"country:{country}", *around.get(country, ())]
            found[f"port:{code}"] = (f"port:{code}", *dict.fromkeys(names), "world")
        countries = [code for code in around if code not in ports]
        found.update({f"country:{code}": (f"country:{code}", *around[code], "world") for code in countries})
        return found


def load_facts(folder: Path) -> Facts:
    """Load a folder of facts.

    Raises ``FactsError`` where a required table is missing or the numbers cannot be read; everything else
    is for ``check_facts``.
    """
    files = table_files(folder)
    missing = [name for name in REQUIRED_TABLES if not files.get(name)]
    if missing:
        raise FactsError(
            f"{folder} is no folder of facts",
            [
                Finding(f"{_file_name(name)}", "the table is missing", "Add it with the header of the schema.")
                for name in missing
            ],
        )
    digest = hashlib.blake2b(digest_size=16)
    content: dict[str, bytes] = {}
    numbers: dict[str, Number] = {}
    findings: list[Finding] = []
    for name, paths in files.items():
        for path in paths:
            try:
                data = path.read_bytes()
            except OSError as error:
                raise FactsError(f"{path} cannot be read: {error.strerror}") from error
            shown = path.relative_to(folder).as_posix()
            digest.update(shown.encode() + b"\0" + len(data).to_bytes(8, "little") + data)
            if name == NUMBERS:
                findings.extend(_read_numbers(shown, data, numbers))
            else:
                content[name] = data
                findings.extend(_unreadable(shown, data))
    if findings:
        raise FactsError(f"The facts in {folder} cannot be read ('landbridge facts check' says more)", findings)
    return facts_from(numbers.values(), content, folder, digest.hexdigest())


def facts_from(
    numbers: Iterable[Number],
    content: Mapping[str, bytes] | None = None,
    folder: Path = Path(),
    digest: str = "",
) -> Facts:
    """Facts made in memory of numbers with unique ids, in any order, and the bytes of other tables."""
    ordered = {number.id: number for number in sorted(numbers, key=lambda number: number.id)}
    return Facts(
        folder=folder,
        digest=digest,
        numbers=MappingProxyType(ordered),
        index=MappingProxyType(_index(ordered)),
        series=MappingProxyType(_series(ordered)),
        content=MappingProxyType(dict(content or {})),
    )


def table_files(folder: Path) -> dict[str, list[Path]]:
    """Table name -> the files that hold it, sorted; tables without a file have an empty list."""
    found = {name: [folder / f"{name}.csv"] for name in tables() if name != NUMBERS}
    found = {name: [path for path in paths if path.is_file()] for name, paths in found.items()}
    found[NUMBERS] = sorted((folder / NUMBERS).glob("*.csv"))
    return found


def descriptor(folder: Path) -> dict[str, Any]:
    """The Frictionless data package of the folder.

    Shapes, keys, units and meanings are those of ``schema/tables.csv``.
    """
    files = table_files(folder)
    present = [name for name in tables() if files[name]]
    return {
        "profile": "tabular-data-package",
        "name": folder.parent.name.replace("_", "-").lower() or "facts",
        "title": "Facts of a Landbridge study",
        "description": "Things, spans and numbers with their sources; empty cells mean not known.",
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "title": "Creative Commons Attribution 4.0; figures belong to the sources they name",
                "path": "https://creativecommons.org/licenses/by/4.0/",
            }
        ],
        "sources": [{"title": "Publications named row by row", "path": "sources.csv"}],
        "resources": [_resource(name, files[name], folder, present) for name in present],
    }


def write_datapackage(folder: Path) -> Path:
    """Write ``datapackage.json`` of the folder, whole or not at all; returns its path."""
    text = datapackage_text(folder)
    target = folder / DESCRIPTOR
    try:
        handle, name = tempfile.mkstemp(dir=folder, prefix=f".{DESCRIPTOR}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            os.chmod(name, 0o644)
            os.replace(name, target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror}") from error
    return target


def datapackage_text(folder: Path) -> str:
    """The text ``datapackage.json`` should have."""
    return json.dumps(descriptor(folder), indent=1, ensure_ascii=False) + "\n"


def table_schema(name: str, present: Sequence[str] | None = None) -> dict[str, Any]:
    """The Table Schema of one table, with keys to the tables in ``present``; without ``present`` no keys at all."""
    columns = tables()[name]
    schema: dict[str, Any] = {"fields": [_field(column) for column in columns], "missingValues": [""]}
    primary = [column.name for column in columns if column.key == "primary"]
    if present is not None:
        if primary:
            schema["primaryKey"] = primary
        foreign = []
        for column in columns:
            table, _, target = column.key.partition(".")
            if target and table in present:
                reference = {"resource": "" if table == name else table, "fields": [target]}
                foreign.append({"fields": [column.name], "reference": reference})
        if foreign:
            schema["foreignKeys"] = foreign
    return schema


def _resource(name: str, paths: list[Path], folder: Path, present: list[str]) -> dict[str, Any]:
    shown = [path.relative_to(folder).as_posix() for path in paths]
    path = shown[0] if len(shown) == 1 else shown
    resource: dict[str, Any] = {"name": name, "path": path, "profile": "tabular-data-resource", "format": "csv"}
    resource["encoding"] = "utf-8"
    resource["schema"] = table_schema(name, present=present)
    return resource


def _field(column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {"name": column.name, "type": column.type}
    if column.doc:
        found["description"] = column.doc
    if column.unit:
        found["unit"] = column.unit
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    words = column.values  # noqa: PD011 - not a frame
    if words:
        constraints["enum"] = [int(word) for word in words] if column.type == "integer" else list(words)
    if constraints:
        found["constraints"] = constraints
    return found


def _read_numbers(shown: str, data: bytes, into: dict[str, Number]) -> Iterator[Finding]:
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""))
        for line, cells in enumerate(reader, start=2):
            try:
                number = number_from_cells(cells, shown, line)
            except (KeyError, ValueError, TypeError, AttributeError) as error:
                yield Finding(f"{shown}, row {line}", f"{error}", "Write the row as the schema says.")
                continue
            if number.id in into:
                first = into[number.id]
                yield Finding(
                    f"{shown}, row {line}, field id",
                    f"'{number.id}' stands already in {first.file}, row {first.row}",
                    "Give it an id of its own.",
                )
                continue
            into[number.id] = number
    except (UnicodeDecodeError, csv.Error) as error:
        yield Finding(shown, f"{error}", "Save it as CSV in UTF-8.")


def _unreadable(shown: str, data: bytes) -> Iterator[Finding]:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        yield Finding(shown, f"{error}", "Save it as CSV in UTF-8.")


def _index(numbers: Mapping[str, Number]) -> dict[tuple[str, str], tuple[Number, ...]]:
    found: dict[tuple[str, str], list[Number]] = {}
    for number in numbers.values():
        found.setdefault((number.subject, number.quantity), []).append(number)
    return {key: tuple(group) for key, group in found.items()}


def _series(numbers: Mapping[str, Number]) -> dict[str, dict[int, Number]]:
    found: dict[str, dict[int, Number]] = {}
    for number in numbers.values():
        if number.subject.startswith("series:") and number.year is not None and number.use == "model":
            found.setdefault(number.subject, {}).setdefault(number.year, number)
    return found


def _frame(name: str, content: bytes | None) -> pd.DataFrame:
    import pandas as pd

    columns = tables()[name]
    frame = (
        pd.read_csv(io.BytesIO(content or b""), dtype=str, keep_default_na=False, na_filter=False)
        if content
        else pd.DataFrame()
    )
    for column in columns:
        if column.name not in frame:
            frame[column.name] = pd.Series([""] * len(frame), dtype=str)
        text = frame[column.name]
        try:
            if column.type == "number":
                frame[column.name] = pd.to_numeric(text.where(text != "")).astype("float64")
            elif column.type == "integer":
                frame[column.name] = pd.to_numeric(text.where(text != "")).astype("Int64")
            elif column.type == "date":
                frame[column.name] = pd.to_datetime(text.where(text != ""), format="%Y-%m-%d").astype("datetime64[s]")
        except (ValueError, TypeError) as error:
            finding = Finding(f"{name}.csv, field {column.name}", f"{error}", f"Write a {column.type} or nothing.")
            raise FactsError(f"{name}.csv cannot be read", [finding]) from error
    return frame[[column.name for column in columns]]


def _text_rows(name: str, content: bytes | None) -> list[dict[str, str]]:
    if not content:
        return []
    reader = csv.DictReader(io.StringIO(content.decode("utf-8")))
    known = reader.fieldnames or ()
    absent = {column.name: "" for column in tables().get(name, ()) if column.name not in known}
    return [{**row, **absent} for row in reader] if absent else list(reader)


def _file_name(name: str) -> str:
    return f"{NUMBERS}/*.csv" if name == NUMBERS else f"{name}.csv"
