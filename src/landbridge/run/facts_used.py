"""What a result was made from: the facts its contributions name, their parents, the losers, the sources."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from landbridge.facts.choose import answer
from landbridge.facts.describe import own_question
from landbridge.facts.ledger import Number
from landbridge.result.report import BasisCount, FactUsed, Loser, SourceUsed
from landbridge.run.session import Session
from landbridge.scenario import Resolved

#: Kinds of row that a contribution may name, and the table and the column that hold their number.
_ROWS = {
    "section": ("sections", "length_km", "length", "km"),
    "service": ("services", "length_km", "length", "km"),
    "port": ("ports", "rail_km", "distance from berth to station, or to the road where there is none", "km"),
}


def facts_used(session: Session, ids: Iterable[str], resolved: Resolved) -> tuple[FactUsed, ...]:
    """Facts with these ids and all their ancestors, by id; ids are numbers, rows (``section:RAIL001``) or changes."""
    found: dict[str, FactUsed] = {}
    rows = {kind: {row["id"]: row for row in session.facts.rows(table)} for kind, (table, *_) in _ROWS.items()}
    waiting = sorted(set(ids))
    while waiting:
        identifier = waiting.pop()
        if identifier in found:
            continue
        fact = _fact(session, identifier, resolved, rows)
        found[identifier] = fact
        waiting += [parent for parent in fact.parents if parent not in found]
    return tuple(found[identifier] for identifier in sorted(found))


def _fact(
    session: Session, identifier: str, resolved: Resolved, rows: Mapping[str, Mapping[str, Mapping[str, str]]]
) -> FactUsed:
    if identifier in session.facts.numbers:
        return _number(session, session.facts.numbers[identifier], resolved.as_of)
    kind, _, name = identifier.partition(":")
    if kind == "lane":
        return _lane(session, identifier, name)
    if kind == "change":
        return _change(identifier, name, resolved)
    _, column, quantity, unit = _ROWS[kind]
    row = rows[kind][name]
    cell = row[column] or (row["road_km"] if kind == "port" else "")
    value = float(cell) if cell else None
    return FactUsed(
        id=identifier,
        subject=identifier,
        quantity=quantity,
        value=value,
        unit=unit,
        year=None,
        money_year=None,
        basis=row["basis"],
        source=row["source"],
        locator=row["locator"],
        note=row["note"],
    )


def _number(session: Session, number: Number, as_of: datetime.date) -> FactUsed:
    picked = answer(session.facts, own_question(number), as_of)
    losers = picked.losers if picked is not None and picked.number.id == number.id else ()
    return FactUsed(
        id=number.id,
        subject=" to ".join(filter(None, (number.subject, number.partner))),
        quantity=" ".join(
            filter(None, (number.quantity.replace("_", " "), number.mode, number.scope, number.direction))
        ),
        value=number.value,
        unit=f"{number.unit} ({number.vehicle})" if number.vehicle else number.unit,
        year=number.year,
        money_year=number.money_year,
        basis=number.basis,
        source=number.source,
        locator=number.locator,
        note=number.note,
        low=number.low,
        high=number.high,
        parents=number.parents,
        losers=tuple(
            Loser(other.id, other.value, other.year, other.basis, other.source, why) for other, why in losers[:12]
        ),
    )


def _lane(session: Session, identifier: str, link: str) -> FactUsed:
    network = session.network
    arc = int((network.link == network.link_index[link]).argmax())
    return FactUsed(
        id=identifier,
        subject=identifier,
        quantity="length",
        value=float(network.km[arc]),
        unit="km",
        year=None,
        money_year=None,
        basis="derived",
        source="searoute",
        note="shortest way in the sea graph that passes these straits: "
        + (", ".join(network.straits_of(arc)) or "none"),
    )


def _change(identifier: str, name: str, resolved: Resolved) -> FactUsed:
    change = next(change for change in resolved.changes if change.id == name)
    return FactUsed(
        id=identifier,
        subject=", ".join(str(selector) for selector in change.selectors),
        quantity=change.action.replace("_", " "),
        value=change.value,
        unit="",
        year=resolved.as_of.year,
        money_year=None,
        basis=change.basis,
        source=change.source,
        note="; ".join(filter(None, (change.what, change.note))),
    )


def sources_used(session: Session, facts: Iterable[FactUsed], more: Iterable[str] = ()) -> tuple[SourceUsed, ...]:
    """The sources of facts, by id; the sea graph is one of its own."""
    ids = {fact.source for fact in facts if fact.source} | {source for source in more if source}
    found = []
    for identifier in sorted(ids):
        if identifier == "searoute":
            title = "searoute 1.6.0: marine network, and landbridge's graph of the sea made from it (world/sea)"
            found.append(SourceUsed(identifier, title, "", licence="Apache-2.0"))
        elif identifier in session.facts.sources:
            row = session.facts.sources[identifier]
            found.append(
                SourceUsed(
                    identifier, row["title"], row["url"], row.get("publisher", ""), row.get("licence", ""), row["kind"]
                )
            )
        else:
            found.append(SourceUsed(identifier, identifier, "", kind="reported"))
    return tuple(found)


def basis_counts(session: Session, facts: Iterable[FactUsed]) -> tuple[BasisCount, ...]:
    """How many facts rest on what: those used here, and all of the study's ledger."""
    return (
        _count("used in this report", [fact.basis for fact in facts]),
        _count("all numbers of the study", [number.basis for number in session.facts.numbers.values()]),
    )


def _count(group: str, bases: list[str]) -> BasisCount:
    return BasisCount(
        group,
        reported=bases.count("reported"),
        derived=bases.count("derived"),
        assumed=bases.count("assumed"),
        scenario=bases.count("scenario"),
    )
