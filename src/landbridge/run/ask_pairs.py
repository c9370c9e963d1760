"""Pairs as a user writes them: ids of the study's pairs, ORIGIN:DESTINATION, or a table."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from landbridge.io.sheet import READS, number_of, read_sheet
from landbridge.models.closures import WeightedPair
from landbridge.network.names import normalise
from landbridge.run.ask_closures import study_pairs
from landbridge.run.session import Session
from landbridge.schema.errors import BadRequest, Finding, LandbridgeError

#: Columns of a table of pairs; the first two are required.
COLUMNS: Final = ("origin", "destination", "weight", "id")


def ask_pairs(session: Session, texts: Sequence[str] = ()) -> tuple[WeightedPair, ...]:
    """Pairs of some texts, each once; none = those of the study.

    A text is the id of one of the study's pairs, ``Tokyo:Tashkent``, or the path of a table (``read_sheet``) with the
    columns ``origin`` and ``destination`` and, where wanted, ``weight`` and ``id``.
    Raises ``BadRequest`` with all findings.
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
        if Path(text).is_file() or Path(text).suffix.casefold() in READS:
            rows = _rows_of(Path(text), findings)
        elif ":" in text:
            origin, _, destination = text.partition(":")
            named = {"origin": origin.strip(), "destination": destination.strip()}
            rows = [(f"--pairs {text}", {**dict.fromkeys(COLUMNS, ""), **named})]
        else:
            close = difflib.get_close_matches(text, known, 3)
            remedy = f"Did you mean {' or '.join(close)}?" if close else f"The study has {', '.join(known)}."
            remedy += " Other pairs are written ORIGIN:DESTINATION, or stand in a table (.csv, .xlsx)."
            findings.append(Finding(f"--pairs {text}", "neither a pair of the study nor a file", remedy))
            continue
        own: dict[str, str] = {}  # rows of one table add up to nothing: which of two weights would count?
        for where, cells in rows:
            pair = _pair(session, where, cells, findings)
            if pair is None:
                continue
            if pair.id in own or found.setdefault(pair.id, pair) != pair:
                other = own.get(pair.id, "another --pairs")
                remedy = "Add the weights up in one row, or give it an id of its own."
                findings.append(Finding(where, f"the pair '{pair.id}' stands in {other} too", remedy))
            own.setdefault(pair.id, where)
    if findings:
        raise BadRequest("These pairs cannot be asked.", findings)
    return tuple(found.values())


def _rows_of(path: Path, findings: list[Finding]) -> list[tuple[str, dict[str, str]]]:
    """Where each row of a table stands, and its cells."""
    try:
        rows = read_sheet(path, COLUMNS, COLUMNS[:2])
    except BadRequest as error:
        findings += error.findings or [Finding(str(path), "there is no such file", "Correct its name.")]
        return []
    return [(f"{path.name}, row {number}", cells) for number, cells in rows]


def _pair(session: Session, where: str, cells: Mapping[str, str], findings: list[Finding]) -> WeightedPair | None:
    places: list[str] = []
    for end in COLUMNS[:2]:
        try:
            if cells[end]:
                places.append(session.gazetteer.place(cells[end]).place)
            else:
                findings.append(Finding(where, f"no {end}", "Name a place."))
        except LandbridgeError as error:
            findings.append(Finding(where, str(error).rstrip("."), "Correct the name."))
    weight = number_of(cells["weight"]) if cells["weight"] else 1.0
    if not weight > 0:
        findings.append(Finding(where, f"the weight is '{cells['weight']}'", "Write a number greater than 0."))
        return None
    if len(places) < 2:
        return None
    if places[0] == places[1]:
        findings.append(Finding(where, f"origin and destination are both {places[0]}", "Name two places."))
        return None
    return WeightedPair(cells["id"] or "-".join(map(normalise, places)), places[0], places[1], weight)
