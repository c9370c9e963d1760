"""The one rule that picks among numbers that disagree.

A question names a subject, a quantity, qualifiers (partner, mode, vehicle, direction, scope) and a day. A
number can answer it if

1. its ``use`` is ``model``,
2. each of its qualifiers equals the one in the question or is empty (a number without direction holds for
   both; a question without direction is not answered by a number of one direction),
3. it is ``normal``, or the day lies inside what it describes: its dates (widened by
   ``EPISODE_MARGIN_DAYS``, because a quote of one week speaks for the weeks around it) or, where only a
   year is known, that year.

Among those that can, the first in this order wins:

1. more qualifiers that match exactly (the narrower number; it answers the question that was asked),
2. basis ``reported`` before ``derived`` before ``assumed``,
3. fewer days between the day asked for and the days it describes (a number without any date comes last),
4. what lies before the day before what lies after it,
5. the lower id.

The others stay, each with the reason why it lost. The order of rows in the files changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from landbridge.facts.ledger import BASIS_RANK, UNDATED, Number, weakest
from landbridge.facts.package import Facts
from landbridge.schema.errors import BadRequest

#: An episode that was seen on some days is taken to have lasted this long before and after them.
EPISODE_MARGIN_DAYS = 30

_REASONS = (
    "answers a wider question than the winner",
    "weaker basis than the winner",
    "further from the day asked for",
    "as far from the day, but after it",
    "same rank, higher id",
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for; an empty qualifier asks for a number that holds whatever it is."""

    subject: str
    quantity: str
    partner: str = ""
    mode: str = ""
    vehicle: str = ""
    direction: str = ""
    scope: str = ""

    def __str__(self) -> str:
        parts = (self.partner, self.mode, self.vehicle, self.direction, self.scope)
        return " ".join((self.quantity, "of", self.subject, *(part for part in parts if part)))


@dataclass(frozen=True, slots=True)
class Picked:
    """The number that answers a question, and what was made of it.

    ``value``, ``low`` and ``high`` are in ``unit`` and, where it is money, in dollars of ``money_year``.
    ``parents`` are the ids of all numbers the value was made of: the winner first, then price indices,
    exchange rates and factors. ``basis`` is the weakest of them; a proxy is ``assumed``.
    """

    number: Number
    value: float
    low: float | None
    high: float | None
    unit: str
    money_year: int | None
    basis: str
    parents: tuple[str, ...]
    losers: tuple[tuple[Number, str], ...]
    note: str = ""


def pick(
    facts: Facts,
    subject: str,
    quantity: str,
    *,
    partner: str | None = None,
    mode: str | None = None,
    vehicle: str | None = None,
    direction: str | None = None,
    scope: str | None = None,
    as_of: date,
) -> Picked | None:
    """The number that answers the question on the day ``as_of`` by the rule above, or ``None``.

    ``losers`` holds every other candidate of the same subject, quantity and partner with its reason. Cost:
    some microseconds per candidate.
    """
    question = Question(subject, quantity, partner or "", mode or "", vehicle or "", direction or "", scope or "")
    return answer(facts, question, as_of)


def answer(facts: Facts, question: Question, as_of: date) -> Picked | None:
    """As ``pick``, for a question that is already an object."""
    day = as_of.toordinal()
    ranked: list[tuple[tuple[int, int, int, int, str], Number]] = []
    refused: list[tuple[Number, str]] = []
    for number in facts.index.get((question.subject, question.quantity), ()):
        if number.partner and number.partner != question.partner:
            continue
        reason, rank = _judge(number, question, day)
        if rank is None:
            refused.append((number, reason))
        else:
            ranked.append((rank, number))
    if not ranked:
        return None
    ranked.sort(key=_rank)
    best_rank, best = ranked[0]
    lost = [(number, _why(best_rank, rank)) for rank, number in ranked[1:]]
    return Picked(
        number=best,
        value=best.value,
        low=best.low,
        high=best.high,
        unit=best.unit,
        money_year=best.money_year,
        basis=best.basis,
        parents=(best.id,),
        losers=(*lost, *refused),
    )


def first(facts: Facts, questions: Sequence[Question], as_of: date) -> Picked | None:
    """The answer to the first question that has one.

    The first question is the one that is meant; an answer to a later one is a proxy: its basis is
    ``assumed`` and its note names both.
    """
    for place, question in enumerate(questions):
        picked = answer(facts, question, as_of)
        if picked is None:
            continue
        if place == 0:
            return picked
        note = f"proxy: {question} stands for {questions[0]}"
        return replace(picked, basis="assumed", note=_joined(picked.note, note))
    return None


def in_unit(facts: Facts, picked: Picked, unit: str, *, kind: str, mode: str = "", as_of: date) -> Picked | None:
    """The picked amount for another cargo unit, through a stated factor (``unit_factor``).

    ``kind`` is the scope of the factor: ``price``, ``border`` or ``handling``; ``mode`` where it holds. The
    factor is looked up both ways and over one unit between; ``None`` if the facts have none. A number without
    a unit holds for every unit.
    """
    have = picked.number.vehicle
    if have in ("", unit):
        return picked
    steps = _factor(facts, have, unit, kind, mode, as_of)
    if steps is None:
        return None
    factor, used = steps
    bases = [facts.numbers[number_id].basis for number_id in used]
    return replace(
        scaled(picked, factor),
        basis=weakest(picked.basis, *bases),
        parents=(*picked.parents, *used),
        note=_joined(picked.note, f"for one {unit}: {factor:.3g} times the price of one {have}"),
    )


def scaled(picked: Picked, factor: float) -> Picked:
    """The same answer with value and band multiplied by a factor that is not negative."""
    if factor < 0:
        raise BadRequest(f"A number cannot be multiplied by {factor}: amounts are never negative.")
    low, high = picked.low, picked.high
    return replace(
        picked,
        value=picked.value * factor,
        low=None if low is None else low * factor,
        high=None if high is None else high * factor,
    )


def _judge(number: Number, question: Question, day: int) -> tuple[str, tuple[int, int, int, int, str] | None]:
    """Why a number cannot answer, or its rank: lower is better."""
    exact = 0
    if number.partner:
        exact += 1
    if number.mode:
        if number.mode != question.mode:
            return f"mode is {number.mode}", None
        exact += 1
    if number.vehicle:
        if number.vehicle != question.vehicle:
            return f"unit is {number.vehicle}", None
        exact += 1
    if number.direction:
        if number.direction != question.direction:
            return f"direction is {number.direction}", None
        exact += 1
    if number.scope:
        if number.scope != question.scope:
            return f"scope is {number.scope}", None
        exact += 1
    if number.use != "model":
        return ("for comparison only" if number.use == "check" else "kept for the record"), None
    first_day, last_day = number.first_day, number.last_day
    if not number.normal:
        margin = 0 if number.from_date is None and number.to_date is None else EPISODE_MARGIN_DAYS
        if first_day == UNDATED[0] or not first_day - margin <= day <= last_day + margin:
            return "an episode at another time", None
    distance = first_day - day if day < first_day else day - last_day if day > last_day else 0
    return "", (-exact, BASIS_RANK[number.basis], distance, int(first_day > day), number.id)


def _rank(item: tuple[tuple[int, int, int, int, str], Number]) -> tuple[int, int, int, int, str]:
    return item[0]


def _why(best: tuple[int, int, int, int, str], rank: tuple[int, int, int, int, str]) -> str:
    for place, reason in enumerate(_REASONS):
        if best[place] != rank[place]:
            return reason
    return _REASONS[-1]


def _factor(
    facts: Facts, have: str, want: str, kind: str, mode: str, as_of: date
) -> tuple[float, tuple[str, ...]] | None:
    direct = _step(facts, have, want, kind, mode, as_of)
    if direct is not None:
        return direct
    for between in facts.units:
        one = _step(facts, have, between, kind, mode, as_of)
        two = _step(facts, between, want, kind, mode, as_of)
        if one is not None and two is not None:
            return one[0] * two[0], (*one[1], *two[1])
    return None


def _step(
    facts: Facts, have: str, want: str, kind: str, mode: str, as_of: date
) -> tuple[float, tuple[str, ...]] | None:
    """What one ``want`` costs as a multiple of one ``have``."""
    for subject, partner, upward in ((want, have, True), (have, want, False)):
        question = Question(f"unit:{subject}", "unit_factor", f"unit:{partner}", mode=mode, scope=kind)
        picked = answer(facts, question, as_of)
        if picked is not None:
            return (picked.value if upward else 1.0 / picked.value), (picked.number.id,)
    return None


def _joined(*notes: str) -> str:
    return "; ".join(note for note in notes if note)
