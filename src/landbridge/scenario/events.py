"""Dated events: what the table of spans says about a day.

A span holds from ``start`` to ``end``, both days included (CONVENTIONS 11); an open end holds for ever, and
``end_basis`` says how that is known. ``recurs`` (``MM-DD/MM-DD``) limits it to a part of each year, which may run over
the new year. An event that ``lifts`` another suspends it for its own selector only. A sanction closes what it names and
nothing else.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast, get_args

from landbridge.scenario.changes import Action, Change, Direction, Exemption, Selector
from landbridge.scenario.selector import parse_selector
from landbridge.schema.rows import Table, as_rows

_ACTION: Final[dict[str, Action]] = {
    "closed": "close",
    "capacity_factor": "capacity_factor",
    "extra_hours": "extra_hours",
    "price_factor": "price_factor",
    "cargo_ban": "cargo_ban",
    "note": "note",
}


@dataclass(frozen=True)
class Event:
    """A row of the table of spans."""

    id: str
    what: str
    start: datetime.date
    end: datetime.date | None  # last day; None = open
    end_basis: str
    recurs: str
    selectors: tuple[Selector, ...]
    modes: tuple[str, ...]
    action: Action
    value: float | None
    value_basis: str
    direction: Direction
    applies_to: str
    lifts: str
    effect_text: str
    basis: str
    source: str
    note: str

    def live(self, day: datetime.date) -> bool:
        """Whether the event is in force on a day."""
        return self.start <= day and (self.end is None or day <= self.end) and _in_season(self.recurs, day)

    @property
    def effect(self) -> str:
        """Effect in words: "closed", "capacity 0.41", "137 h more" ..."""
        value = "" if self.value is None else f"{self.value:g}"
        return {
            "close": "closed",
            "capacity_factor": f"capacity {value} of normal",
            "extra_hours": f"{value} h more",
            "price_factor": f"price times {value}",
            "cargo_ban": f"barred: {self.applies_to}",
            "note": "recorded, no effect",
        }[self.action]


@dataclass(frozen=True)
class EventRow:
    """An event and whether it is in force on the day asked for."""

    event: Event
    live: bool

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        end = self.event.end
        return {
            "id": self.event.id,
            "what": self.event.what,
            "start": self.event.start.isoformat(),
            "end": end.isoformat() if end else None,
            "effect": self.event.effect,
            "live": self.live,
        }


def _in_season(recurs: str, day: datetime.date) -> bool:
    if not recurs:
        return True
    first, last = (tuple(int(part) for part in side.split("-")) for side in recurs.split("/"))
    today = (day.month, day.day)
    return first <= today <= last if first <= last else today >= first or today <= last


def read_events(spans: Table) -> tuple[Event, ...]:
    """Events of the table, in the order of start and id. The table must have passed ``facts check``."""
    return tuple(sorted(_events(spans), key=lambda event: (event.start, event.id)))


def _events(spans: Table) -> Iterator[Event]:
    for row in as_rows(spans):
        start = _day(row["start"])
        if start is None:
            raise ValueError(f"event {row['id']} has no start")
        direction = str(row["direction"] or "both")
        yield Event(
            id=str(row["id"]),
            what=str(row["what"]),
            start=start,
            end=_day(row["end"]),
            end_basis=str(row["end_basis"]),
            recurs=str(row["recurs"]),
            selectors=tuple(parse_selector(text) for text in _terms(row["selector"])),
            modes=tuple(_terms(row["modes"])),
            action=_ACTION[str(row["effect"])],
            value=None if row["value"] == "" else float(row["value"]),
            value_basis=str(row["value_basis"]),
            direction=cast(Direction, direction if direction in get_args(Direction) else "both"),
            applies_to=str(row["applies_to"] or "all"),
            lifts=str(row["lifts"]),
            effect_text=str(row["effect_text"]),
            basis=str(row["basis"]),
            source=str(row["source"]),
            note=str(row["note"]),
        )


def _terms(cell: object) -> list[str]:
    return [term.strip() for term in str(cell).split(";") if term.strip()]


def _day(cell: object) -> datetime.date | None:
    if isinstance(cell, datetime.datetime):  # pandas' Timestamp is one
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    return datetime.date.fromisoformat(str(cell)) if cell != "" else None


def events_in_force(spans: Table, as_of: datetime.date) -> tuple[Change, ...]:
    """Changes of the events in force on a day, by start and id."""
    live = [event for event in read_events(spans) if event.live(as_of)]
    return tuple(_change(event, tuple(other for other in live if other.lifts == event.id)) for event in live)


def _change(event: Event, suspended_by: tuple[Event, ...]) -> Change:
    return Change(
        id=event.id,
        what=event.what,
        selectors=event.selectors,
        action=event.action,
        value=event.value,
        modes=event.modes,
        direction=event.direction,
        applies_to=event.applies_to,
        # A figure is no better known than the less known of the row and its value.
        basis="assumed" if "assumed" in (event.basis, event.value_basis) else event.basis,
        source=event.source,
        note=event.effect_text,
        origin="event",
        exempt=tuple(Exemption(other.id, other.selectors, other.applies_to) for other in suspended_by),
    )


def events(
    spans: Table,
    *,
    as_of: datetime.date | None = None,
    between: tuple[datetime.date, datetime.date] | None = None,
) -> tuple[EventRow, ...]:
    """Every event with whether it is in force on ``as_of``; or those in force on some day of ``between`` (both days
    included), with whether they are in force on its last day. Exactly one of the two is given.
    """
    if (as_of is None) == (between is None):
        raise ValueError("give as_of or between")
    found = read_events(spans)
    if as_of is not None:
        return tuple(EventRow(event, event.live(as_of)) for event in found)
    assert between is not None
    first, last = between
    return tuple(EventRow(event, event.live(last)) for event in found if _live_between(event, first, last))


def _live_between(event: Event, first: datetime.date, last: datetime.date) -> bool:
    begin = max(first, event.start)
    end = last if event.end is None else min(last, event.end)
    if begin > end:
        return False
    # A season comes round within a year, so no longer stretch needs looking at.
    days = min((end - begin).days, 366)
    return any(event.live(begin + datetime.timedelta(days=i)) for i in range(days + 1))


def newest_day(spans: Table) -> datetime.date:
    """The first day of the newest dated event: what ``latest`` stands for."""
    return max(event.start for event in read_events(spans))
