"""Pairs as a user writes them: ids of the study's pairs, ORIGIN:DESTINATION, or a table."""

from __future__ import annotations

import csv
import difflib
import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from landbridge.models.closures import WeightedPair
from landbridge.network.names import normalise
from landbridge.run.ask_closures import study_pairs
from landbridge.run.session import Session
from landbridge.schema.errors import BadRequest, Finding, LandbridgeError

#: Columns of a table of pairs; the first two are required.
COLUMNS: Final = ("origin", "destination", "weight", "id")
#: A table of pairs is no larger than this.
_LARGEST: Final = 10_000_000


def ask_pairs(session: Session, texts: Sequence[str] = ()) -> tuple[WeightedPair, ...]:
    """Pairs of some texts, each once; none = those of the study.

    A text is the id of one of the study's pairs, ``Tokyo:Tashkent``, or the path of a CSV file with the columns
    ``origin`` and ``destination`` and, where wanted, ``weight`` and ``id``. Raises ``BadRequest`` with all findings.
    """
    known = {pair.id: pair for pair in study_pairs(session)}
    if not texts:
        return tuple(known.values())
    findings: list[Finding] = []
    found: dict[str, WeightedPair] = {}
    for text in texts:
        if text in known:
            found.setdefault(text, known[text])
            continue
        if Path(text).is_file():
            rows = list(_read(Path(text), findings))
        elif ":" in text:
            origin, _, destination = text.partition(":")
            rows = [(f"--pairs {text}", origin, destination, "", "")]
        else:
            close = difflib.get_close_matches(text, known, 3)
            remedy = f"Did you mean {' or '.join(close)}?" if close else f"The study has {', '.join(known)}."
            remedy += " Other pairs are written ORIGIN:DESTINATION, or stand in a CSV file."
            findings.append(Finding(f"--pairs {text}", "neither a pair of the study nor a file", remedy))
            continue
        for row in rows:
            pair = _pair(session, row, findings)
            if pair is not None:
                found.setdefault(pair.id, pair)
    if findings:
        raise BadRequest("These pairs cannot be asked.", findings)
    return tuple(found.values())


def _read(path: Path, findings: list[Finding]) -> Iterator[tuple[str, str, str, str, str]]:
    """Where, origin, destination, weight and id of each row of a file."""
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError(f"it is larger than {_LARGEST:,} bytes")
        text = path.read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except (OSError, ValueError, csv.Error) as error:
        found = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        findings.append(Finding(path.name, f"it cannot be read: {found}", "Save it as CSV in UTF-8 with a header."))
        return
    missing = [name for name in COLUMNS[:2] if not rows or name not in rows[0]]
    if missing:
        remedy = f"Begin it with the header {','.join(COLUMNS)}; the last two may be left out."
        findings.append(Finding(path.name, f"it has no rows with {' and '.join(missing)}", remedy))
        return
    for line, row in enumerate(rows, start=2):
        cells = [(row.get(name) or "").strip() for name in COLUMNS]
        yield f"{path.name}, row {line}", cells[0], cells[1], cells[2], cells[3]


def _pair(session: Session, row: tuple[str, str, str, str, str], findings: list[Finding]) -> WeightedPair | None:
    where, origin, destination, weight_text, name = row
    places: list[str] = []
    for text in (origin, destination):
        try:
            places.append(session.gazetteer.place(text).place)
        except LandbridgeError as error:
            findings.append(Finding(where, str(error).rstrip("."), "Correct the name."))
    weight = 1.0
    if weight_text:
        try:
            weight = float(weight_text)
        except ValueError:
            weight = math.nan
        if not (math.isfinite(weight) and weight > 0):
            findings.append(Finding(where, f"the weight is '{weight_text}'", "Write a number greater than 0."))
            return None
    if len(places) < 2:
        return None
    if places[0] == places[1]:
        findings.append(Finding(where, f"origin and destination are both {places[0]}", "Name two places."))
        return None
    return WeightedPair(name or f"{normalise(places[0])}-{normalise(places[1])}", places[0], places[1], weight)
