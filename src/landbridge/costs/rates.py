"""Numbers for one request: asked of the ledger once, in the load unit and the money of the request.

The ledger's rule picks among disagreeing rows of one subject (``landbridge.facts.choose``). This module asks a
*chain* of questions, nearest subject first: the named crossing, then the country's mean for that side, then the
region. An answer about another subject than the first is a proxy: its basis is ``assumed`` and its note names it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, cast

from landbridge.costs.arccosts import CostRequest
from landbridge.facts.choose import Picked, Question, answer, in_unit
from landbridge.facts.ledger import weakest
from landbridge.facts.money import in_year
from landbridge.facts.package import Facts
from landbridge.schema.words import Basis

FactorKind = Literal["price", "border", "handling", "mass"]


@dataclass(frozen=True)
class Rate:
    """A number ready for a ledger entry: value, how well it is known, and the facts it rests on."""

    value: float
    basis: Basis
    facts: tuple[str, ...]
    note: str = ""
    formula: str = ""
    normal: bool = True  # False: of an episode (a price peak, a detour), picked because the day lies in it


def combined(value: float, parts: Sequence[Rate], formula: str, note: str = "") -> Rate:
    """A rate made from others: ``derived``, or the weakest basis among them."""
    basis = cast(Basis, weakest("derived", *(part.basis for part in parts)))
    facts = tuple(dict.fromkeys(fact for part in parts for fact in part.facts))
    notes = [note, *(part.note for part in parts)]
    text = "; ".join(dict.fromkeys(text for text in notes if text))
    return Rate(value, basis, facts, text, formula, all(part.normal for part in parts))


#: Load units a price may be converted from, nearest first, per unit asked for.
_CONVERTED_FROM = {
    "teu": ("teu", "feu", "truck20t", "wagon", "tonne"),
    "feu": ("feu", "teu", "truck20t", "wagon", "tonne"),
    "truck20t": ("truck20t", "feu", "teu"),
    "wagon": ("wagon", "feu", "teu", "truck20t"),
    "tonne": ("tonne", "teu", "truck20t", "feu"),
}


class Chain(NamedTuple):
    """One question put to several subjects, nearest first, and to each of them about several scopes in turn."""

    subjects: tuple[str, ...]
    quantity: str
    mode: str = ""
    vehicle: str = ""
    direction: str = ""
    scopes: tuple[str, ...] = ("",)

    def questions(self, known: Collection[tuple[str, str]]) -> Iterator[Question]:
        """The questions in the order in which they are put, but for those to subjects without such a number.

        known: (subject, quantity) of the ledger.
        """
        for subject in self.subjects:
            if (subject, self.quantity) in known:
                for scope in self.scopes:
                    yield Question(subject, self.quantity, "", self.mode, self.vehicle, self.direction, scope)


@dataclass
class Rates:
    """The numbers of one request. Every question is put to the ledger once."""

    facts: Facts
    request: CostRequest
    _memo: dict[tuple[object, ...], Rate | None] = field(default_factory=dict)
    _answers: dict[tuple[str, Question], Rate | None] = field(default_factory=dict)

    def knows(self, subject: str, quantity: str) -> bool:
        """Whether the ledger has any number of this quantity about this subject."""
        return (subject, quantity) in self.facts.index

    def number(self, *chain: Question | Chain) -> Rate | None:
        """First answered question of the chain, without conversion of unit or money; None if none is."""
        return self._remembered("number", chain)

    def price(self, *chain: Question | Chain) -> Rate | None:
        """First answered question of the chain in the request's load unit and money year; None if none is.

        A question that names a vehicle asks for a price per that unit; it is converted all the same.
        """
        return self._remembered("price", chain)

    def money(self, *chain: Question | Chain) -> Rate | None:
        """First answered question of the chain in the request's money year, whatever its unit."""
        return self._remembered("money", chain)

    def _remembered(self, how: str, chain: tuple[Question | Chain, ...]) -> Rate | None:
        key = (how, chain)
        try:  # one look-up: the hash of a long chain takes longer than the rest
            return self._memo[key]
        except KeyError:
            return self._memo.setdefault(key, self._search(how, chain))

    def _search(self, how: str, chain: tuple[Question | Chain, ...]) -> Rate | None:
        if not chain:
            return None
        start = chain[0]
        meant = start.subject if isinstance(start, Question) else start.subjects[0]
        for question in self._answerable(chain):
            rate = self._answer(how, question)
            if rate is None:
                continue
            if question.subject != meant:
                note = f"no figure for {meant}: {question.subject} stands in"
                rate = replace(rate, basis="assumed", note="; ".join(filter(None, (rate.note, note))))
            return rate
        return None

    def _answerable(self, chain: tuple[Question | Chain, ...]) -> Iterator[Question]:
        """Of the questions of a chain those whose subject has such a number at all."""
        known = self.facts.index
        for part in chain:
            if isinstance(part, Chain):
                yield from part.questions(known)
            elif (part.subject, part.quantity) in known:
                yield part

    def _answer(self, how: str, question: Question) -> Rate | None:
        key = (how, question)
        if key not in self._answers:
            self._answers[key] = (
                self._one_price(question) if how == "price" else self._one(question, money=how == "money")
            )
        return self._answers[key]

    def _one(self, question: Question, *, money: bool) -> Rate | None:
        picked = answer(self.facts, question, self.request.as_of)
        if picked is not None and money:
            picked = in_year(self.facts, picked, self.request.money_year)
        return None if picked is None else _as_rate(picked, question.quantity.replace("_", " "))

    def _one_price(self, question: Question) -> Rate | None:
        kind = _factor_kind(question)
        units = (question.vehicle,) if question.vehicle else _CONVERTED_FROM[self.request.cargo]
        for unit in units:
            picked = answer(self.facts, replace(question, vehicle=unit), self.request.as_of)
            if picked is None:
                continue
            converted = in_unit(
                self.facts, picked, self.request.cargo, kind=kind, mode=question.mode, as_of=self.request.as_of
            )
            if converted is None:
                continue
            money = in_year(self.facts, converted, self.request.money_year)
            formula = question.quantity.replace("_", " ")
            if picked.value == 0:
                return _as_rate(money, f"{formula}: nothing")
            if picked.number.vehicle not in ("", self.request.cargo):
                formula += f" per {picked.number.vehicle} x {converted.value / picked.value:.3g}"
            if picked.money_year not in (None, self.request.money_year):
                formula += f" of {picked.money_year} x {money.value / converted.value:.4g} to {self.request.money_year}"
            return _as_rate(money, formula)
        return None


def _as_rate(picked: Picked, formula: str) -> Rate:
    basis = cast(Basis, picked.basis)
    return Rate(picked.value, basis, picked.parents, picked.note, formula, picked.number.normal)


def _factor_kind(question: Question) -> FactorKind:
    """By which factor an amount moves to another load unit. A truck pays its fees whatever box it carries."""
    if question.quantity.startswith("crossing") or (question.quantity == "fee_usd" and question.mode == "road"):
        return "border"
    if question.quantity.startswith(("handling", "transship", "transfer", "gauge", "co2_handling")):
        return "handling"
    return "price"
