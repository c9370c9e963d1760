"""A TOML file read so that every mistake can name its line.

``tomllib`` stops at the first error and forgets where keys stood. Here impossible dates are found first and reported
beside the other mistakes, and each key's line is kept, so that the findings of a model read "study.toml, line 31,
pairs 3, key origin".
"""

from __future__ import annotations

import datetime
import difflib
import hashlib
import re
import tomllib
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from landbridge.schema.errors import Finding

#: Larger files are refused unread: a study or a scenario is written by hand.
LIMIT_BYTES: Final = 1_000_000

_TABLE = re.compile(r"^\s*(\[\[|\[)\s*([A-Za-z0-9_.\-]+)\s*\]")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-]+)\s*=")
_DATE = re.compile(r"^(\s*[A-Za-z0-9_\-]+\s*=\s*)(\d{4}-\d{1,2}-\d{1,2})(\s*(?:#.*)?)$")
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")

Location = tuple[str | int, ...]


@dataclass(frozen=True)
class TomlFile:
    """What a file holds (lists as tuples), the line of each key, and what is wrong already.

    ``data`` is empty where the file could not be read at all; ``findings`` then says why.
    """

    path: Path
    data: Mapping[str, Any]
    lines: Mapping[Location, int]
    findings: tuple[Finding, ...]
    digest: str  # SHA-256 of the bytes; empty where unread

    def where(self, location: Sequence[str | int] = ()) -> str:
        """Where a key stands, for a finding: file, line, table (counted from 1), key."""
        parts = [self.path.name]
        for length in range(len(location), 0, -1):
            line = self.lines.get(tuple(location[:length]))
            if line is not None:
                parts.append(f"line {line}")
                break
        words: list[str] = []
        for step in location:
            if isinstance(step, int) and words:
                words[-1] += f" {step + 1}"
            elif isinstance(step, str):
                words.append(step)
        if words and isinstance(location[-1], str):
            words[-1] = f"key {words[-1]}"
        return ", ".join(parts + words)


def read_toml(path: Path, limit_bytes: int = LIMIT_BYTES) -> TomlFile:
    """Read a file; never raises for what is in it or for its absence, but says so in ``findings``."""
    try:
        size = path.stat().st_size
        if size > limit_bytes:
            return _unread(
                path,
                f"the file has {size:,} bytes; at most {limit_bytes:,} are read",
                "Split it, or check that it is the file you mean.",
            )
        raw = path.read_bytes()
    except OSError as error:
        return _unread(path, f"the file cannot be read ({error.strerror})", "Check the path and its permissions.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return _unread(path, f"byte {error.start} is not UTF-8", "Save the file as UTF-8.")
    text = text.replace("\r\n", "\n")
    text, findings = _impossible_dates(path, text)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _TOML_LINE.search(str(error))
        where = f"{path.name}, line {line[1]}" if line else path.name
        message = _TOML_LINE.sub("", str(error)).strip()
        broken = Finding(where, f"this is not TOML: {message}", "Correct the line; strings need quotes.")
        return TomlFile(path, {}, {}, (*findings, broken), hashlib.sha256(raw).hexdigest())
    return TomlFile(path, _frozen(data), _lines(text), findings, hashlib.sha256(raw).hexdigest())


def _unread(path: Path, found: str, remedy: str) -> TomlFile:
    return TomlFile(path, {}, {}, (Finding(path.name, found, remedy),), "")


def _impossible_dates(path: Path, text: str) -> tuple[str, tuple[Finding, ...]]:
    """Days that no calendar has, each replaced by a possible one so that reading goes on."""
    findings: list[Finding] = []
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        match = _DATE.match(line)
        if not match:
            continue
        try:
            datetime.date.fromisoformat(match[2])
        except ValueError:
            findings.append(
                Finding(
                    f"{path.name}, line {number}",
                    f"{match[2]} is not a day",
                    "Write a day of the calendar as YYYY-MM-DD, without quotes.",
                )
            )
            lines[number - 1] = f"{match[1]}2000-01-01{match[3]}"
    return "\n".join(lines), tuple(findings)


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _lines(text: str) -> dict[Location, int]:
    """Line of each table header and key; arrays of tables count from 0 as in the parsed data."""
    found: dict[Location, int] = {}
    count: dict[str, int] = {}
    table: Location = ()
    for number, line in enumerate(text.split("\n"), start=1):
        header = _TABLE.match(line)
        if header:
            name = header[2]
            table = tuple(name.split("."))
            if header[1] == "[[":
                count[name] = count.get(name, -1) + 1
                table = (*table, count[name])
            found.setdefault(table, number)
            continue
        key = _KEY.match(line)
        if key:
            found.setdefault((*table, key[1]), number)
    return found


def nearest(word: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Known words most like the one given, best first."""
    return difflib.get_close_matches(word, sorted(known), n=count, cutoff=0.6)


def model_findings(file: TomlFile, error: ValidationError, model: type[BaseModel]) -> list[Finding]:
    """Findings of a model's errors, in the order of the file."""
    findings = []
    items = error.errors(include_url=False)
    for item in items:
        inside = [other for other in items if len(other["loc"]) > len(item["loc"])]
        if item["type"] == "too_short" and any(other["loc"][: len(item["loc"])] == item["loc"] for other in inside):
            continue  # short only because what is in it is wrong
        location = tuple(step for step in item["loc"] if not _is_choice(step))
        findings.append((_line(file, location), _finding(file, item, location, model)))
    return [finding for _, finding in sorted(findings, key=lambda pair: pair[0])]


def _line(file: TomlFile, location: Location) -> int:
    for length in range(len(location), 0, -1):
        if location[:length] in file.lines:
            return file.lines[location[:length]]
    return 0


def _is_choice(step: str | int) -> bool:
    """Whether a step names a branch of a union and not a key (pydantic adds these)."""
    return isinstance(step, str) and ("[" in step or step in ("date", "str", "float", "int"))


def _finding(file: TomlFile, item: ErrorDetails, location: Location, model: type[BaseModel]) -> Finding:
    where, kind = file.where(location), item["type"]
    if kind == "extra_forbidden":
        allowed = _keys_at(model, location[:-1])
        close = nearest(str(location[-1]), allowed, 1)
        remedy = f"Did you mean '{close[0]}'?" if close else f"Known here: {', '.join(allowed)}."
        return Finding(where, f"the key '{location[-1]}' is not known", remedy)
    if kind == "missing":
        return Finding(where, f"the key '{location[-1]}' is missing", "Add it.")
    found = f"found {_shown(item['input'])}"
    if kind == "literal_error":
        return Finding(where, found, f"Write one of {item['ctx']['expected']}.")
    if "date" in kind:
        return Finding(where, found, "Write a day of the calendar as YYYY-MM-DD, without quotes.")
    if kind == "string_pattern_mismatch":
        return Finding(where, found, _PATTERN_REMEDY.get(item["ctx"]["pattern"], "Write it in the form described."))
    message = item["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return Finding(where, found, f"Write {message}." if not message.endswith(".") else message)


_PATTERN_REMEDY: Final = {
    "^[A-Z]{3}$": "Write a country as its three-letter ISO code in capitals, such as KAZ.",
    "^[a-z0-9][a-z0-9_-]*$": "Write small letters, digits, '-' and '_' only.",
}


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "a table"
    text = repr(list(value)) if isinstance(value, tuple) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _keys_at(model: type[BaseModel], location: Location) -> list[str]:
    """Keys a model allows at a location."""
    current: Any = model
    for step in location:
        current = _model_in(current)
        if isinstance(step, int) or current is None:
            continue
        field = current.model_fields.get(step)
        current = field.annotation if field else None
    found = _model_in(current)
    return sorted(found.model_fields) if found else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (tuple, list, Union, types.UnionType):
        for argument in get_args(annotation):
            found = _model_in(argument)
            if found:
                return found
    return None
