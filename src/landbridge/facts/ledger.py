"""One row of the ledger of numbers, and how it is read from a cell of text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

#: First and last day a number describes where nothing is said: so far away that any dated row is nearer.
UNDATED = (date(1, 1, 1).toordinal(), date(1, 1, 2).toordinal())

#: Bases from firm to weak. What is made of several numbers has the weakest of their bases.
BASIS_RANK: Mapping[str, int] = {"scenario": 0, "reported": 1, "derived": 2, "assumed": 3}


@dataclass(frozen=True, slots=True)
class Number:
    """One number with its parents: a row of ``facts/numbers/*.csv``.

    ``value``, ``low`` and ``high`` are in ``unit``, which is the unit of ``quantity``. Empty cells are
    ``""`` for text and ``None`` for numbers and dates. ``first_day`` and ``last_day`` are the ordinals of
    the days it describes: its dates, else its year, else ``UNDATED``.
    """

    id: str
    subject: str
    partner: str
    quantity: str
    mode: str
    vehicle: str
    direction: str
    scope: str
    value: float
    low: float | None
    high: float | None
    unit: str
    year: int | None
    from_date: date | None
    to_date: date | None
    money_year: int | None
    basis: str
    use: str
    normal: bool
    source: str
    locator: str
    parents: tuple[str, ...]
    note: str
    file: str = field(compare=False, default="")
    row: int = field(compare=False, default=0)
    first_day: int = field(compare=False, default=UNDATED[0])
    last_day: int = field(compare=False, default=UNDATED[1])


def number_from_cells(cells: Mapping[str, str], file: str = "", row: int = 0) -> Number:
    """The number of one row of text cells.

    Raises ``ValueError`` or ``KeyError`` where a cell is not what it should be.
    """
    from_date, to_date = _date(cells["from_date"]), _date(cells["to_date"])
    year = int(cells["year"]) if cells["year"] else None
    first_day, last_day = _days(year, from_date, to_date)
    return Number(
        id=cells["id"],
        subject=cells["subject"],
        partner=cells["partner"],
        quantity=cells["quantity"],
        mode=cells["mode"],
        vehicle=cells["vehicle"],
        direction=cells["direction"],
        scope=cells["scope"],
        value=float(cells["value"]),
        low=_float(cells["low"]),
        high=_float(cells["high"]),
        unit=cells["unit"],
        year=year,
        from_date=from_date,
        to_date=to_date,
        money_year=int(cells["money_year"]) if cells["money_year"] else None,
        basis=cells["basis"],
        use=cells["use"],
        normal=cells["normal"] != "no",
        source=cells["source"],
        locator=cells["locator"],
        parents=tuple(part for part in cells["parents"].split(";") if part),
        note=cells["note"],
        file=file,
        row=row,
        first_day=first_day,
        last_day=last_day,
    )


def weakest(*bases: str) -> str:
    """The weakest of some bases: what a value made of all of them rests on."""
    return max(bases, key=BASIS_RANK.__getitem__)


def _float(text: str) -> float | None:
    return float(text) if text else None


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _days(year: int | None, from_date: date | None, to_date: date | None) -> tuple[int, int]:
    if from_date is None and to_date is None:
        if year is None:
            return UNDATED
        return date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    # An open end holds for the year of the row where that is later than the known end, else for that day.
    first = from_date or min(date(year, 1, 1), to_date) if year and to_date else from_date or to_date
    last = to_date or max(date(year, 12, 31), from_date) if year and from_date else to_date or from_date
    assert first is not None
    assert last is not None
    return first.toordinal(), last.toordinal()
