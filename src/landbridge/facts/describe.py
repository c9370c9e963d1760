"""Where a number comes from, what was made of it, and who it lost to: what ``landbridge facts`` prints.

Nothing here formats; the command line and the report render these objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from landbridge.facts.choose import Picked, Question, answer
from landbridge.facts.ledger import Number
from landbridge.facts.package import Facts
from landbridge.schema.tables import quantities, tables


@dataclass(frozen=True)
class Ancestor:
    """A number another one is made of, with its own ancestors; ``repeated`` stands for a branch already shown."""

    number: Number
    parents: tuple[Ancestor, ...]
    repeated: bool = False


@dataclass(frozen=True)
class Description:
    """All there is to say about one number."""

    number: Number
    meaning: str  # of its quantity
    source_title: str
    source_url: str
    parents: tuple[Ancestor, ...]
    children: tuple[Number, ...]  # numbers made of it
    rivals: tuple[Number, ...]  # all other numbers of the same subject and quantity
    picked: Picked | None  # the answer to its own question on the day asked for
    wins: bool  # it is that answer


@dataclass(frozen=True)
class SourceUse:
    """A source and how much rests on it."""

    id: str
    title: str
    url: str
    kind: str
    numbers: int
    rows: int  # of tables of things and spans


def describe(facts: Facts, number_id: str, as_of: date) -> Description:
    """The number with this id, and how it fares on the day ``as_of``; ``UnknownName`` lists the nearest ids."""
    number = facts.number(number_id)
    source = facts.source(number.source)
    picked = answer(facts, own_question(number), as_of)
    return Description(
        number=number,
        meaning=quantities()[number.quantity].doc,
        source_title=source["title"],
        source_url=source["url"],
        parents=ancestors(facts, number),
        children=tuple(other for other in facts.numbers.values() if number_id in other.parents),
        rivals=tuple(other for other in facts.candidates(number.subject, number.quantity) if other.id != number_id),
        picked=picked,
        wins=picked is not None and picked.number.id == number_id,
    )


def own_question(number: Number) -> Question:
    """The question a number answers exactly."""
    return Question(
        number.subject,
        number.quantity,
        number.partner,
        number.mode,
        number.vehicle,
        number.direction,
        number.scope,
    )


def ancestors(facts: Facts, number: Number) -> tuple[Ancestor, ...]:
    """The parents of a number, theirs, and so on. A parent shown before is not opened again, so rings end."""
    seen = {number.id}

    def grown(parent_id: str) -> Ancestor:
        parent = facts.number(parent_id)
        if parent_id in seen:
            return Ancestor(parent, (), repeated=bool(parent.parents))
        seen.add(parent_id)
        return Ancestor(parent, tuple(grown(grand) for grand in parent.parents))

    return tuple(grown(parent_id) for parent_id in number.parents)


def list_numbers(
    facts: Facts,
    *,
    subject: str = "",
    quantity: str = "",
    source: str = "",
    basis: str = "",
    use: str = "",
    text: str = "",
) -> tuple[Number, ...]:
    """Numbers that meet every filter given, by id.

    ``subject`` also matches the partner; ``text`` is sought in id, subject, partner and note.
    """
    wanted = text.casefold()
    return tuple(
        number
        for number in facts.numbers.values()
        if (not subject or subject in (number.subject, number.partner))
        and (not quantity or number.quantity == quantity)
        and (not source or number.source == source)
        and (not basis or number.basis == basis)
        and (not use or number.use == use)
        and (not wanted or wanted in f"{number.id} {number.subject} {number.partner} {number.note}".casefold())
    )


def list_sources(facts: Facts, text: str = "") -> tuple[SourceUse, ...]:
    """All sources by id, with the numbers and rows that name them.

    ``text`` is sought in id, title and address.
    """
    numbers: dict[str, int] = {}
    for number in facts.numbers.values():
        numbers[number.source] = numbers.get(number.source, 0) + 1
    rows: dict[str, int] = {}
    for name, columns in tables().items():
        if name in facts.content and any(column.key == "sources.id" for column in columns):
            for row in facts.rows(name):
                rows[row["source"]] = rows.get(row["source"], 0) + 1
    wanted = text.casefold()
    return tuple(
        SourceUse(
            id=source_id,
            title=row["title"],
            url=row["url"],
            kind=row["kind"],
            numbers=numbers.get(source_id, 0),
            rows=rows.get(source_id, 0),
        )
        for source_id, row in sorted(facts.sources.items())
        if wanted in f"{source_id} {row['title']} {row['url']}".casefold()
    )
