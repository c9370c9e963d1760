"""Routes for a table of pairs: CSV or xlsx in; CSV, Parquet or xlsx out.

One question per row and cargo. A row that cannot be asked or has no route stays in the answer with its reason; the
others are answered. Finished questions are kept in a side file beside the output, so that an interrupted run goes on
where it stopped; the side file goes when the output is written. An output is the same with and without interruption.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from landbridge.io.atomic import cannot_write
from landbridge.io.sheet import number_of, read_sheet
from landbridge.models.routes import ALTERNATIVES
from landbridge.network.world_points import in_reach
from landbridge.result.routes import Route, RoutesAnswer
from landbridge.run.session import Session
from landbridge.run.world_session import WorldSession
from landbridge.schema.errors import BadRequest, Finding, LandbridgeError, OutputError
from landbridge.schema.words import CARGO_UNITS, OBJECTIVES, VALUE_CLASSES

Progress = Callable[[int, int], None]

#: Columns of the input; the first two are required. ``cargo`` may name several units with ``;`` between.
COLUMNS: Final = ("origin", "destination", "cargo", "value", "by", "as_of", "weight")
#: Suffixes of tables that can be written.
WRITES: Final = (".csv", ".parquet", ".xlsx")
#: Columns of the output: text, then numbers.
TEXT: Final = (
    "origin", "destination", "cargo", "value", "by", "as_of", "status", "reason", "origin_place", "destination_place",
    "corridors", "modes", "countries", "crossings", "ports", "straits", "notes",
)  # fmt: skip
NUMBERS: Final = (
    "row", "weight", "alternative", "distance_km", "rail_km", "road_km", "sea_km", "ferry_km", "hours", "hours_p95",
    "origin_wait_hours", "usd", "generalised_usd", "co2_kg", "assumed_share_hours", "assumed_share_usd",
    "stretch",
)  # fmt: skip
OUTPUT: Final = (
    "row", "origin", "destination", "cargo", "value", "by", "as_of", "weight", "status", "reason", "origin_place",
    "destination_place", "alternative", "distance_km", "rail_km", "road_km", "sea_km", "ferry_km", "hours", "hours_p95",
    "origin_wait_hours", "usd", "generalised_usd", "co2_kg", "assumed_share_hours", "assumed_share_usd", "stretch",
    "corridors", "modes", "countries", "crossings", "ports", "straits", "notes",
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """One question: the row of the file (the header is row 1), who to where, and how; empty = the study's default."""

    row: int
    origin: str
    destination: str
    cargo: str = ""
    value: str = ""
    by: str = ""
    as_of: str = ""
    weight: float | None = None
    problem: str = ""  # why it cannot be asked


@dataclass(frozen=True)
class PairsReport:
    """What became of a table of pairs: questions, those with a route, without, and those that could not be asked."""

    asked: int
    answered: int
    no_route: int
    bad: tuple[str, ...]  # "row 7: ..." each
    resumed: int  # answers taken over from an interrupted run
    path: Path


def read_pairs(path: Path) -> tuple[Pair, ...]:
    """Questions of a table, in the order of its rows; a row that cannot be asked says why in ``problem``.

    Raises ``BadRequest`` as ``read_sheet`` does.
    """
    return tuple(pair for row, cells in read_sheet(path, COLUMNS, COLUMNS[:2]) for pair in _pairs_of(row, cells))


def _pairs_of(row: int, cells: Mapping[str, str]) -> list[Pair]:
    """The questions of a row, one per cargo. Words count in any case."""
    cells = {**cells, **{name: cells[name].casefold() for name in ("cargo", "value", "by")}}
    problems = [f"no {name}" for name in COLUMNS[:2] if not cells[name]]
    cargoes = [unit.strip() for unit in cells["cargo"].replace(",", ";").split(";") if unit.strip()] or [""]
    allowed = (
        ("cargo", cargoes, CARGO_UNITS),
        ("value", [cells["value"]], VALUE_CLASSES),
        ("by", [cells["by"]], OBJECTIVES),
    )
    for name, values, words in allowed:
        problems += [f"{name} '{item}' is none of {', '.join(words)}" for item in values if item and item not in words]
    weight = None
    if cells["weight"]:
        weight = number_of(cells["weight"])
        if not weight >= 0:
            problems.append(f"weight '{cells['weight']}' is no number from 0 on")
            weight = None
    return [
        Pair(
            row, cells["origin"], cells["destination"], cargo, cells["value"], cells["by"], cells["as_of"], weight,
            "; ".join(problems),
        )
        for cargo in cargoes
    ]  # fmt: skip


def route_pairs(
    session: Session,
    source: Path,
    target: Path,
    *,
    cargoes: Sequence[str] = (),
    k: int = ALTERNATIVES,
    network: str = "world",
    progress: Progress = lambda done, total: None,
    resume: bool = True,
    defaults: Mapping[str, str] | None = None,
    **options: Any,
) -> PairsReport:
    """Answer the pairs of a file into a table whose format its suffix says; see the head of the module.

    cargoes: asked for each row that names none; defaults: value, by and as_of of rows that name none;
    k: alternatives per question; network: as in ``Session.routes``;
    progress: called with how many questions are done, and of how many; resume: go on with the side file of an
    interrupted run; options: further ones of ``Session.routes`` (via, avoid, mode, scenario, options).

    Raises ``BadRequest`` for files and words that cannot be, ``ScenarioError`` for days, scenarios and changes that
    cannot, ``OutputError`` where the answer cannot be written.
    """
    _check_target(source, target)
    unknown = [unit for unit in cargoes if unit not in CARGO_UNITS]
    if unknown:
        finding = Finding("--cargo", f"'{unknown[0]}'", f"Choose among {', '.join(CARGO_UNITS)}.")
        raise BadRequest("No such cargo", [finding])
    session.resolved(options.get("scenario"), (defaults or {}).get("as_of") or None, options.get("options", ()))
    pairs: list[Pair] = []
    for pair in read_pairs(source):
        given: dict[str, Any] = {
            name: text for name, text in (defaults or {}).items() if text and not getattr(pair, name)
        }
        units = cargoes if cargoes and not pair.cargo else (pair.cargo,)
        pairs += [replace(pair, cargo=unit, **given) for unit in units]
    side = target.with_name(target.name + ".partial.jsonl")
    settings = json.dumps([session.network_digest, session.facts.digest, k, network, repr(sorted(options.items()))])
    keys = [hashlib.blake2b(f"{settings}{asdict(pair)}".encode(), digest_size=12).hexdigest() for pair in pairs]
    done = _finished(side) if resume else {}
    resumed = sum(key in done for key in keys)
    found = [done.get(key) for key in keys]
    try:
        with side.open("a" if done else "w", encoding="utf-8", newline="\n") as kept:
            todo = [i for i, rows in enumerate(found) if rows is None]
            for count, (i, rows) in enumerate(_answers(session, pairs, todo, k, network, options), start=1):
                found[i] = rows
                kept.write(json.dumps({"key": keys[i], "rows": rows}) + "\n")
                kept.flush()
                progress(len(pairs) - len(todo) + count, len(pairs))
        _write([row for rows in found for row in rows or ()], target)
    except OSError as error:
        raise cannot_write(target, error) from error
    side.unlink(missing_ok=True)
    return _report([rows or [] for rows in found], resumed, target)


def _check_target(source: Path, target: Path) -> None:
    """What is sure to fail at the end is said at the beginning."""
    if target.suffix.casefold() not in WRITES:
        raise BadRequest(f"{target} cannot be written. Use {', '.join(WRITES)}.")
    if target.is_dir():
        raise OutputError(f"{target} is a folder. Name a file.")
    if not target.parent.is_dir():
        raise OutputError(f"There is no folder {target.parent}. Make it, or name another file.")
    if target.exists() and source.exists() and target.samefile(source):
        raise BadRequest(f"{target} holds the questions and would be replaced. Name another file for the answers.")


def _finished(side: Path) -> dict[str, list[dict[str, Any]]]:
    """Answers of an interrupted run; a line cut short is none."""
    found: dict[str, list[dict[str, Any]]] = {}
    if side.is_file():
        for line in side.read_text(encoding="utf-8").splitlines():
            try:
                item = json.loads(line)
                found[item["key"]] = item["rows"]
            except (ValueError, KeyError, TypeError):
                continue
    return found


def _answers(
    session: Session, pairs: Sequence[Pair], todo: Sequence[int], k: int, network: str, options: Mapping[str, Any]
) -> Iterable[tuple[int, list[dict[str, Any]]]]:
    """(position, rows of the output) of each question, in an order that lets equal questions share their costs."""
    asked = session
    problems: dict[str, str] = {}
    if network == "world":
        home = session.world
        assert isinstance(home, WorldSession)
        texts = dict.fromkeys(text for i in todo for text in (pairs[i].origin, pairs[i].destination))
        good = []
        for text in texts:
            try:
                point = home.point(text)
                if point is not None and not in_reach(home.network, point):
                    problems[text] = f"'{text}': no road, railway or port of {point.country} is near enough"
                elif point is not None:
                    good.append(text)
            except LandbridgeError as error:
                problems[text] = _one_line(error)
        asked = home.with_points(good)
    for i in sorted(todo, key=lambda i: (pairs[i].as_of, pairs[i].cargo, pairs[i].value, pairs[i].destination, i)):
        pair = pairs[i]
        problem = pair.problem or problems.get(pair.origin, "") or problems.get(pair.destination, "")
        yield i, [_problem(pair, "bad row", problem)] if problem else _ask(asked, pair, k, network, options)


def _ask(session: Session, pair: Pair, k: int, network: str, options: Mapping[str, Any]) -> list[dict[str, Any]]:
    try:
        # Points are part of the session already: the question is asked of it directly.
        answer = Session.routes(
            session,
            pair.origin,
            pair.destination,
            cargo=pair.cargo or None,
            value=pair.value or None,
            by=pair.by or "cost",
            k=k,
            as_of=pair.as_of or None,
            network=network,
            **options,
        )
    except LandbridgeError as error:
        return [_problem(pair, "bad row", _one_line(error))]
    if answer.unreachable is not None:
        return [{**_problem(pair, "no route", answer.unreachable.reason), **_ends(answer)}]
    return [_row(pair, answer, number, route) for number, route in enumerate(answer.routes, start=1)]


def _one_line(error: LandbridgeError) -> str:
    return " ".join(str(error).split())


def _asked(pair: Pair) -> dict[str, Any]:
    found: dict[str, Any] = dict.fromkeys(OUTPUT)
    found.update(dict.fromkeys(TEXT, ""))
    cells = asdict(pair)
    return {**found, **{name: cells[name] for name in ("row", *COLUMNS)}}


def _problem(pair: Pair, status: str, reason: str) -> dict[str, Any]:
    return {**_asked(pair), "status": status, "reason": reason}


def _ends(answer: RoutesAnswer) -> dict[str, Any]:
    return {
        "cargo": answer.cargo,
        "value": answer.value,
        "by": answer.by,
        "as_of": answer.as_of,
        "origin_place": answer.origin,
        "destination_place": answer.destination,
        "notes": "; ".join(answer.notes),
    }


def _row(pair: Pair, answer: RoutesAnswer, number: int, route: Route) -> dict[str, Any]:
    km = route.distance_by_mode
    return {
        **_asked(pair),
        **_ends(answer),
        "status": "ok",
        "alternative": number,
        "distance_km": route.distance_km,
        **{f"{mode}_km": km.get(mode, 0.0) for mode in ("rail", "road", "sea", "ferry")},
        "hours": route.hours,
        "hours_p95": route.hours_p95,
        "origin_wait_hours": route.origin_wait_hours,
        "usd": route.usd,
        "generalised_usd": route.generalised_usd,
        "co2_kg": route.co2_kg,
        "assumed_share_hours": route.assumed_share_hours,
        "assumed_share_usd": route.assumed_share_usd,
        "stretch": route.stretch,
        "corridors": "; ".join(route.corridors),
        "modes": "; ".join(dict.fromkeys(route.modes)),
        "countries": "; ".join(route.countries),
        "crossings": "; ".join(route.crossings),
        "ports": "; ".join(route.ports),
        "straits": "; ".join(route.straits),
    }


def _write(rows: Sequence[Mapping[str, Any]], target: Path) -> None:
    """Write the table whole or not at all."""
    frame = pd.DataFrame(list(rows), columns=list(OUTPUT))
    for name in NUMBERS:
        frame[name] = pd.to_numeric(frame[name]).astype("Int64" if name in ("row", "alternative") else "float64")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
        part = Path(folder) / target.name
        suffix = target.suffix.casefold()
        if suffix == ".csv":
            frame.to_csv(part, index=False, lineterminator="\n")
        elif suffix == ".parquet":
            frame.to_parquet(part, index=False)
        else:
            # A name that begins with "=" is a name, no formula.
            settings = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
            with pd.ExcelWriter(part, engine="xlsxwriter", engine_kwargs=settings) as writer:
                writer.book.set_properties({"created": datetime.datetime(2000, 1, 1)})  # same inputs, same bytes
                frame.to_excel(writer, sheet_name="routes", index=False, freeze_panes=(1, 0))
        part.replace(target)


def _report(found: Sequence[Sequence[Mapping[str, Any]]], resumed: int, target: Path) -> PairsReport:
    first = [rows[0] for rows in found if rows]
    bad = tuple(f"row {row['row']}: {row['reason']}" for row in first if row["status"] == "bad row")
    return PairsReport(
        asked=len(first),
        answered=sum(row["status"] == "ok" for row in first),
        no_route=sum(row["status"] == "no route" for row in first),
        bad=bad,
        resumed=resumed,
        path=target,
    )
