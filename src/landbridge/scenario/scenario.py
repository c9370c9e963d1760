"""Scenario files and quick changes: what a user says is different, on which day, why, and who says so.

``load_scenario`` is the door. A file's mistakes are all reported at once, with line and remedy; so are those of the
files it extends.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from landbridge.scenario.changes import Action, Change, Resolved, Selector
from landbridge.scenario.events import events_in_force, newest_day, read_events
from landbridge.scenario.selector import (
    TRANSIT,
    Namer,
    canonical,
    check_value,
    field_of,
    parse_assignment,
    parse_selector,
    with_article,
)
from landbridge.schema.errors import AmbiguousName, Finding, LandbridgeError, ScenarioError, UnknownName
from landbridge.schema.rows import Table
from landbridge.schema.words import MODES
from landbridge.study.model import NEWEST_EVENT, Study
from landbridge.study.tomlfile import TomlFile, model_findings, nearest, read_toml

FileAction = Literal["close", "open", "set", "scale", "add", "no_transit", "lift"]
QuickAction = Literal["close", "open", "set", "scale"]
Text = Annotated[str, Field(min_length=1)]

_WITH_VALUE: Final = ("set", "scale", "add")
#: What ``as_of`` may say beside a date and the names of the study's dates.
BASE: Final = "base"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _FileChange(_Frozen):
    select: Annotated[tuple[Text, ...], Field(min_length=1)]  # one text in the file stands for a list of one
    action: FileAction
    value: float | None = None
    unit: Text | None = None
    why: Text
    source: Text

    @field_validator("select", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("value", mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        raise ValueError("a plain number in the unit of the field, without quotes")


class _File(_Frozen):
    format: Literal[1]
    name: Text
    definition: Text = ""
    as_of: Any = None  # a day or a text
    extends: Text | None = None
    changes: tuple[_FileChange, ...] = ()

    @field_validator("as_of")
    @classmethod
    def _day(cls, value: object) -> object:
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            return value
        raise ValueError("a day as YYYY-MM-DD, or the name of one of the study's dates")


@dataclass(frozen=True)
class Scenario:
    """A scenario with everything it extends: changes in the order in which they apply, the oldest ancestor's first."""

    id: str  # stem of the file
    name: str
    definition: str
    as_of: datetime.date | str | None  # a day, "base", a name of the study's dates, None = the study's base date
    extends: tuple[str, ...]  # ids of the ancestors, nearest first
    changes: tuple[Change, ...]
    digest: str  # of the file and those it extends


def preset_ids(study: Study) -> tuple[str, ...]:
    """Ids of the presets that come with a study, sorted."""
    return tuple(sorted(path.stem for path in study.scenarios_folder.glob("*.toml")))


def presets(study: Study) -> tuple[Scenario, ...]:
    """The presets that come with a study, by id."""
    return tuple(load_scenario(identifier, study) for identifier in preset_ids(study))


def load_scenario(reference: str | Path, study: Study) -> Scenario:
    """Scenario of a preset's id or of a file.

    Errors: ``ScenarioError`` with one finding per mistake of the file and of those it extends.
    """
    findings: list[Finding] = []
    scenario = _load(_locate(reference, study, study.scenarios_folder, str(reference)), study, findings, ())
    if findings or scenario is None:
        raise ScenarioError(f"The scenario '{reference}' cannot be used.", findings)
    return scenario


def _locate(reference: str | Path, study: Study, beside: Path, where: str) -> Path:
    """Path of a preset id or of a file, which may be named relative to the file that extends it."""
    known = preset_ids(study)
    if str(reference) in known:
        return study.scenarios_folder / f"{reference}.toml"
    for path in (Path(reference), beside / str(reference)):
        if path.is_file():
            return path
    close = nearest(str(reference), known, 1)
    remedy = f"Did you mean '{close[0]}'?" if close else f"Presets: {', '.join(known) or 'none'}."
    found = f"'{reference}' is neither a preset of the study nor a file"
    raise ScenarioError(f"There is no scenario '{reference}'.", [Finding(where, found, remedy)])


def _load(path: Path, study: Study, findings: list[Finding], chain: tuple[Path, ...]) -> Scenario | None:
    file = read_toml(path)
    findings += file.findings
    if not file.data:
        if not file.findings:
            findings.append(Finding(path.name, "the file is empty", "docs/scenarios.md shows a scenario."))
        return None
    content: _File | None = None
    try:
        content = _File.model_validate(file.data)
    except ValidationError as error:
        findings += model_findings(file, error, _File)
    findings += _as_of_findings(file, study)
    changes = _changes(file, path.stem, findings)
    parent = _parent(file, study, findings, (*chain, path.resolve()))
    if content is None:
        return None
    return Scenario(
        id=path.stem,
        name=content.name,
        definition=content.definition,
        as_of=content.as_of if content.as_of is not None else (parent.as_of if parent else None),
        extends=(parent.id, *parent.extends) if parent else (),
        changes=(*(parent.changes if parent else ()), *changes),
        digest=hashlib.sha256((file.digest + (parent.digest if parent else "")).encode()).hexdigest(),
    )


def _parent(file: TomlFile, study: Study, findings: list[Finding], chain: tuple[Path, ...]) -> Scenario | None:
    reference = file.data.get("extends")
    if not isinstance(reference, str) or not reference:
        return None
    try:
        path = _locate(reference, study, file.path.parent, file.where(("extends",)))
    except ScenarioError as error:
        findings += error.findings
        return None
    if path.resolve() in chain:
        names = " -> ".join(item.stem for item in (*chain, path))
        findings.append(Finding(file.where(("extends",)), f"a circle: {names}", "Take one 'extends' out."))
        return None
    return _load(path, study, findings, chain)


def _as_of_findings(file: TomlFile, study: Study) -> list[Finding]:
    as_of = file.data.get("as_of")
    if not isinstance(as_of, str):
        return []
    try:
        day_of(as_of, study, None)
    except ScenarioError as error:
        return [replace(finding, where=file.where(("as_of",))) for finding in error.findings]
    return []


def _changes(file: TomlFile, name: str, findings: list[Finding]) -> list[Change]:
    """Changes of a file; what the model has found already is skipped here."""
    tables = file.data.get("changes", ())
    changes = []
    for i, table in enumerate(tables if isinstance(tables, tuple) else ()):
        try:
            item = _FileChange.model_validate(table)
        except ValidationError:
            _selector_findings(table, file.where(("changes", i, "select")), findings)
            continue
        where = file.where(("changes", i, "select"))
        try:
            change = _change(f"{name}#{i + 1}", item.action, item.select, item.value, where)
            _check_unit(change, item.unit, file.where(("changes", i, "unit")))
        except ScenarioError as error:
            findings += error.findings
            continue
        changes.append(replace(change, note=item.why, source=item.source))
    return changes


def _selector_findings(table: object, where: str, findings: list[Finding]) -> None:
    select = table.get("select") if isinstance(table, dict) else None
    for text in select if isinstance(select, tuple) else (select,):
        if isinstance(text, str) and text:
            try:
                parse_selector(text, where)
            except ScenarioError as error:
                findings += error.findings


def _change(identifier: str, action: FileAction, texts: Sequence[str], value: float | None, where: str) -> Change:
    """One change, checked; error: ``ScenarioError`` with a finding per wrong selector."""
    findings: list[Finding] = []
    selectors: list[Selector] = []
    for text in texts:
        try:
            selectors.append(parse_selector(text, where))
            _check(selectors[-1], action, value, where)
        except ScenarioError as error:
            findings += error.findings
    if findings:
        raise ScenarioError("This change cannot be made.", findings)
    modes: tuple[str, ...] = ()
    resolved_action: Action = action
    if action in ("close", "open", "no_transit"):
        fields = {selector.field for selector in selectors}
        if len(fields) > 1:
            raise _error(where, "the selectors differ in what follows the name", "Give each its own change.")
        field = fields.pop()
        if field == TRANSIT:
            resolved_action = "no_transit"
        elif field:
            modes = (field,)
        selectors = [replace(selector, field="") for selector in selectors]
    listed = ", ".join(map(str, selectors))
    return Change(
        id=identifier,
        what=f"{_VERB[resolved_action]} {listed}" + ("" if value is None else f" {value:g}"),
        selectors=tuple(selectors),
        action=resolved_action,
        value=value,
        modes=modes,
        direction="both",
        applies_to="all",
        basis="scenario",
        source="",
        note="",
        origin="scenario",
    )


_VERB: Final = {
    "close": "closed:",
    "open": "opened:",
    "set": "set:",
    "scale": "scaled:",
    "add": "added:",
    "no_transit": "no transit through",
    "lift": "lifted:",
}


def _check(selector: Selector, action: FileAction, value: float | None, where: str) -> None:
    """Whether a selector, an action and a value go together."""
    if action in _WITH_VALUE:
        field_of(selector, where)
        if value is None:
            raise _error(where, f"'{action}' has no value", "Give the number, in the unit of the field.")
        check_value(selector, action, value, where)
        return
    if value is not None:
        raise _error(where, f"'{action}' takes no value", "Leave the value out, or use set, scale or add.")
    if action == "lift":
        if selector.kind != "event" or selector.field:
            raise _error(where, f"'{selector}' is no event", "'lift' takes event.ID; 'landbridge events' lists them.")
        return
    if selector.kind in ("event", "supply", "organisation"):
        raise _error(
            where,
            f"{with_article(selector.kind)} cannot be {_DONE[action]}",
            "Select links, places, ports or countries.",
        )
    if action == "no_transit":
        if selector.kind != "country" or selector.field:
            raise _error(where, f"'{selector}' is no country", "'no_transit' takes country.ISO3.")
        return
    if selector.field == TRANSIT:
        if selector.kind != "country" or action != "close":
            raise _error(
                where, f"'{selector}' cannot be {_DONE[action]}", "Only close country.ISO3.transit is possible."
            )
        return
    if selector.field and selector.field not in MODES:
        raise _error(where, f"'{action}' takes no field", f"Leave '.{selector.field}' out, or use set, scale or add.")


_DONE: Final = {"close": "closed", "open": "opened", "no_transit": "closed to transit"}


def _check_unit(change: Change, unit: str | None, where: str) -> None:
    if unit is None:
        return
    if change.action not in ("set", "add"):
        raise _error(where, f"'{change.action}' has the unit '{unit}'", "Leave the unit out: a factor has none.")
    for selector in change.selectors:
        field = field_of(selector)[1]
        if unit != field.unit:
            remedy = f"'{field.name}' is in {field.unit}: convert the value and write unit = \"{field.unit}\"."
            raise _error(where, f"the unit is '{unit}'", remedy)


def _error(where: str, found: str, remedy: str) -> ScenarioError:
    return ScenarioError("This change cannot be made.", [Finding(where, found, remedy)])


def quick_changes(options: Sequence[tuple[QuickAction, str]]) -> tuple[Change, ...]:
    """Changes of command-line options, in their order.

    options: pairs such as ``("close", "strait.hormuz")`` and ``("set", "port.IRBND.dwell=72")``.
    Error: ``ScenarioError`` with a finding per wrong option.
    """
    findings: list[Finding] = []
    changes: list[Change] = []
    for number, (action, text) in enumerate(options, start=1):
        where = f"--{action} {text}"
        try:
            if action in _WITH_VALUE:
                selector, value = parse_assignment(text, where)
                change = _change(f"option-{number}", action, (str(selector),), value, where)
            else:
                change = _change(f"option-{number}", action, (text,), None, where)
        except ScenarioError as error:
            findings += error.findings
            continue
        changes.append(replace(change, origin="option", note=where, source="command line"))
    if findings:
        raise ScenarioError("These options cannot be used.", findings)
    return tuple(changes)


def day_of(text: str | datetime.date | None, study: Study, spans: Table | None) -> datetime.date:
    """Day of ``--as-of``: a date, ``base``, or a name of the study's dates such as ``latest``; None is the base date.

    spans: the table of events, for dates that stand for the newest of them; None only checks the text.
    Error: ``ScenarioError``.
    """
    if text is None or text == BASE:
        return study.base_date
    if isinstance(text, datetime.date):
        return text
    named = study.dates.get(text)
    if named == NEWEST_EVENT:
        return newest_day(spans) if spans is not None else study.base_date
    if isinstance(named, datetime.date):
        return named
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        names = ", ".join((BASE, *study.dates))
        finding = Finding("as_of", f"'{text}' is not a day", f"Write YYYY-MM-DD or one of {names}.")
        raise ScenarioError("There is no such day.", [finding]) from None


def resolve(
    study: Study,
    spans: Table,
    scenario: Scenario | None = None,
    as_of: datetime.date | str | None = None,
    options: Sequence[tuple[QuickAction, str]] = (),
    namer: Namer | None = None,
) -> Resolved:
    """What is different on a day: events in force, then the scenario's changes, then the options; later wins.

    as_of: overrides the scenario's, which overrides the study's base date. namer: brings names in selectors to ids;
    without one they must be ids already. Errors: ``ScenarioError`` with all of them.
    """
    day = day_of(as_of if as_of is not None else (scenario.as_of if scenario else None), study, spans)
    wanted = (*(scenario.changes if scenario else ()), *quick_changes(options))
    findings: list[Finding] = []
    named = [_named(change, namer, findings) for change in wanted]
    events = {event.id for event in read_events(spans)}
    lifted: set[str] = set()
    for change in named:
        if change.action == "lift":
            for selector in change.selectors:
                if selector.value not in events:
                    close = nearest(selector.value, events)
                    remedy = f"Nearest known: {', '.join(close)}." if close else "'landbridge events' lists them."
                    findings.append(Finding(_where(change, selector), "there is no such event", remedy))
                lifted.add(selector.value)
    if findings:
        who = "These options name" if not scenario or not scenario.changes else "The scenario names"
        raise ScenarioError(f"{who} what is not known.", findings)
    in_force = tuple(change for change in events_in_force(spans, day) if change.id not in lifted)
    return Resolved(
        name=scenario.id if scenario else BASE,
        as_of=day,
        changes=(*in_force, *named),
    )


def _named(change: Change, namer: Namer | None, findings: list[Finding]) -> Change:
    if namer is None:
        return change
    found: list[Selector] = []
    for selector in change.selectors:
        try:
            found += [item for item in canonical((selector,), namer) if item not in found]
        except (UnknownName, AmbiguousName) as error:
            findings.append(Finding(_where(change, selector), _sentence(error), _way_out(error, selector)))
    return replace(change, selectors=tuple(found))


def _where(change: Change, selector: Selector) -> str:
    """An option as it was written; a change of a file by its number."""
    return change.note if change.origin == "option" else f"{change.id}, {selector}"


def _sentence(error: LandbridgeError) -> str:
    if isinstance(error, AmbiguousName):
        return f"'{error.name}' could be {', '.join(error.candidates)}"
    name = error.name if isinstance(error, UnknownName) else ""
    return f"'{name}' is not known"


def _way_out(error: LandbridgeError, selector: Selector) -> str:
    if isinstance(error, AmbiguousName):
        return "Name one of them as written here."
    if selector.kind == "border":
        return "A border is two countries, such as border.KAZ-CHN."
    near = error.nearest if isinstance(error, UnknownName) else ()
    return f"Nearest known: {', '.join(near)}." if near else "'landbridge find' lists what is known."
