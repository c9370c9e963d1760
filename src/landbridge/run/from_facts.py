"""A contribution made again from its facts: their values in the cargo's unit and the money year, put together as its
formula says.

The amount of a contribution is ``fixed + per_km * km``. One of the two is a *rate*: a fact's value, times the factor
to another load unit, times the ratio of two price indices; or a few such values put together. What is done here is
what ``landbridge.costs`` does, read from the result alone, so that a folder proves its own numbers. Where a formula
holds more than its facts say (a length that stands in the network only), the chain stops and says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from landbridge.io.tabular import Value
from landbridge.result.explained import Component, Record
from landbridge.result.folder import parted

#: Rows of tables that a contribution names for their kilometres.
_ROWS: Final = ("section:", "lane:", "port:", "service:")


@dataclass(frozen=True)
class Question:
    """What prices are brought to: load unit and year of money."""

    cargo: str
    money_year: int


@dataclass(frozen=True)
class Remade:
    """The amount again, None where the chain stops; what it was made of; and why it stops."""

    amount: float | None
    parts: tuple[Component, ...]
    stops: str = ""


class _StopError(Exception):
    """The chain cannot be followed further."""


def remade(part: Record, known: Mapping[str, Record], question: Question) -> Remade:
    """A row of ``contributions`` again, from the rows of ``facts``."""
    fixed, per_km = part.get("fixed"), part.get("per_km")
    if not isinstance(fixed, float | int) or not isinstance(per_km, float | int):
        return Remade(None, (), "the result was written without the rates of its contributions")
    km = _number(part["km"])
    names = parted(part["facts"])
    inputs = [known[name] for name in names if name in known]
    length = [row for row in inputs if str(row["id"]).startswith(_ROWS)]
    try:
        rate, parts = _rate(str(part["formula"]).removeprefix("km x "), km, inputs, question)
    except _StopError as stop:
        return Remade(None, (), str(stop))
    if per_km:
        parts = [_length(km, length), *parts]
        return Remade(rate * km, tuple(parts))
    return Remade(rate, tuple(parts))


def _length(km: float, rows: Sequence[Record]) -> Component:
    whole = rows[0]["value"] if rows else None
    note = ""
    if isinstance(whole, float | int) and not math.isclose(whole, km, rel_tol=1e-9):
        note = f"of {whole:,.1f} km: the rest lies beyond the border, or is another way to the berth"
    basis = str(rows[0]["basis"]) if rows else ""
    return Component("length of the arc", km, "km", basis, facts=tuple(str(row["id"]) for row in rows), note=note)


# --- what formulas mean -----------------------------------------------------------------------------------------------

_N: Final = r"[-+\d.,e]+"
Made = Callable[[Sequence[float], float], float]

#: Formulas of several values, or of another shape than a value itself: number of values, and what is made of them. The
#: second argument is the length of the arc.
_SHAPES: Final[tuple[tuple[re.Pattern[str], int, Made], ...]] = tuple(
    (re.compile(pattern), count, made)
    for pattern, count, made in (
        (rf"1 / \({_N} km per hour\)", 1, lambda v, _: 1 / v[0]),
        (rf"half of {_N} h between departures", 1, lambda v, _: v[0] / 2),
        (rf"half of 168 h / {_N} sailings a week", 1, lambda v, _: 168 / v[0] / 2),
        (rf"larger of dwell {_N} h and wait for departure {_N} h", 2, lambda v, _: max(v[0], v[1] / 2)),
        (rf"{_N} g per tonne-km x {_N} tonnes", 2, lambda v, _: v[0] * v[1] / 1000),
        (rf"{_N} km / {_N} km per hour", 1, lambda v, km: km / v[0]),
        (rf"{_N} km / {_N} km per hour \+ {_N} h of calls", 2, lambda v, km: km / v[0] + v[1]),
        (rf"\(.*\) - {_N} assumed for the border with fees in", 2, lambda v, _: v[0] - v[1]),
        (rf"{_N} \+ {_N} \(.*\)", 2, lambda v, _: v[0] + v[1]),
    )
)
#: A value itself, in words, with the factors that were applied: "ocean price per feu x 0.667 of 2025 x 0.974 to 2024".
_VALUE: Final = re.compile(rf"[a-z0-9 ]+?(?: per [a-z0-9]+ x {_N})?(?: of \d{{4}} x {_N} to \d{{4}})?(?:: nothing)?")
#: Kilometres inside a formula that are not those of the arc.
_KILOMETRES: Final = re.compile(rf"{_N} km (?:more than|x) ")
#: The price of a shipment, shared by what is in it.
_SHARED: Final = re.compile(rf"\(.*\) x {_N} of a shipment")
#: What a scenario or an event did to a value, and what it set or added.
_CHANGED: Final = re.compile(rf"\((?P<inner>.*)\) (?P<sign>[x/]) {_N} \((?P<change>[^()]+)\)")
_SET: Final = re.compile(rf"(?:(?P<speed>1 / \({_N} km per hour\))|{_N}) \((?P<change>[^()]+)\)|(?P<only>[^()]+)")


def _rate(formula: str, km: float, inputs: Sequence[Record], question: Question) -> tuple[float, list[Component]]:
    """The value of a formula, and the values that it was made of."""
    changes = {str(row["id"]).removeprefix("change:"): row for row in inputs if str(row["id"]).startswith("change:")}
    changed = _CHANGED.fullmatch(formula)
    if changed and changed["change"] in changes:
        rate, parts = _rate(changed["inner"].removeprefix("km x "), km, inputs, question)
        change = _change(changes[changed["change"]])
        return (rate * change.amount if changed["sign"] == "x" else rate / change.amount), [*parts, change]
    put = _SET.fullmatch(formula)
    if put and (put["change"] or put["only"]) in changes:
        change = _change(changes[put["change"] or put["only"]])
        return (1 / change.amount if put["speed"] else change.amount), [change]
    heads = [row for row in inputs if not _is_tool(row) and not str(row["id"]).startswith(_ROWS)]
    for pattern, count, made in _SHAPES:
        if pattern.fullmatch(formula):
            values = [_value(row, inputs, question, convert=True) for row in heads]
            if len(values) == 1 and count == 2:
                values *= 2  # one fact answers for both, and is named once
            if len(values) != count:
                raise _StopError(f"the formula puts {count} values together and {len(values)} facts are named")
            return made([value.amount for value in values], km), list(dict.fromkeys(values))
    if _VALUE.fullmatch(formula) and len(heads) == 1:
        # A price in words that names no other load unit holds for the shipment, whatever its unit.
        value = _value(heads[0], inputs, question, convert=" per " in formula)
        return value.amount, [value]
    if _SHARED.fullmatch(formula):
        shares = [_plain(row) for row in inputs if str(row["quantity"]).startswith("unit factor")]
        values = [*(_value(row, inputs, question, convert=False) for row in heads), *shares]
        if len(values) != 2:
            raise _StopError("the formula takes a share of one price, and the facts name another number of values")
        return values[0].amount * values[1].amount, values
    if _KILOMETRES.search(formula):
        raise _StopError("its kilometres lie between two lanes of the network and stand in no fact")
    raise _StopError("the formula holds more than its facts say")


def _change(row: Record) -> Component:
    value = row["value"]
    if not isinstance(value, float | int):
        raise _StopError(f"{row['id']} has no value")
    return Component(
        f"{row['quantity']}: {row['subject']}", float(value), "", str(row["basis"]), facts=(str(row["id"]),)
    )


# --- one value --------------------------------------------------------------------------------------------------------


def _is_tool(row: Record) -> bool:
    """Whether a fact brings others to a unit or a year: a factor between load units, a price index, a change."""
    quantity, identifier = str(row["quantity"]), str(row["id"])
    return (
        quantity.startswith("unit factor") or str(row["subject"]).startswith("series:") or identifier[:7] == "change:"
    )


def _plain(row: Record) -> Component:
    return Component(str(row["quantity"]), _number(row["value"]), "", str(row["basis"]), facts=(str(row["id"]),))


def _value(head: Record, inputs: Sequence[Record], question: Question, *, convert: bool) -> Component:
    """A fact's value in the load unit and the money year asked for, with the way there in its formula."""
    value = _number(head["value"])
    unit, _, vehicle = str(head["unit"]).partition(" (")
    vehicle = vehicle.removesuffix(")")
    year = head["year"] or head["money_year"]
    steps = [f"{value:g} {unit}" + (f" for one {vehicle}" if vehicle else "") + (f" ({year})" if year else "")]
    used = [str(head["id"])]
    factors = [row for row in inputs if str(row["quantity"]).startswith("unit factor")]
    while convert and vehicle and vehicle != question.cargo:
        step = next((row for row in factors if f"unit:{vehicle}" in str(row["subject"]).split(" to ")), None)
        if step is None:
            if unit.startswith("usd"):
                raise _StopError(
                    f"{head['id']} is a price of one {vehicle}, and no factor to one {question.cargo} is named"
                )
            break
        factors.remove(step)
        factor = _number(step["value"])
        of, to = (name.removeprefix("unit:") for name in str(step["subject"]).split(" to "))
        # A factor says what one ``of`` costs as a multiple of one ``to``.
        up = vehicle == to
        value, vehicle = (value * factor, of) if up else (value / factor, to)
        steps.append(f"{'x' if up else '/'} {factor:g} ({step['id']})")
        used.append(str(step["id"]))
    money = head["money_year"]
    if isinstance(money, float | int) and int(money) != question.money_year:
        then, now = (_index(inputs, year) for year in (int(money), question.money_year))
        value *= _number(now["value"]) / _number(then["value"])
        steps.append(f"x {_number(now['value']):g} / {_number(then['value']):g} ({now['id']} / {then['id']})")
        used += [str(now["id"]), str(then["id"])]
    what = f"{head['quantity']}, {head['subject']}"
    return Component(what, value, unit, str(head["basis"]), " ".join(steps), tuple(used), str(head["source"]))


def _index(inputs: Sequence[Record], year: int) -> Record:
    for row in inputs:
        if str(row["quantity"]) == "price index" and row["year"] == year:
            return row
    raise _StopError(f"no price index of {year} is named")


def _number(value: Value) -> float:
    if isinstance(value, bool) or not isinstance(value, float | int):
        raise _StopError("a fact that is named has no value")
    return float(value)
