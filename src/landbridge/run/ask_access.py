"""Access to the sea of a session's landlocked countries, and what would change it most."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from landbridge.io.atlas import country_names, country_table
from landbridge.models.access import BestWay, access, best_way, remedies
from landbridge.network.state import Shipment, applies
from landbridge.result.access import AccessRow, AccessTable
from landbridge.run.other_costs import OtherCosts
from landbridge.run.session import Session
from landbridge.scenario import Change, Resolved, presets
from landbridge.scenario.events import read_events
from landbridge.schema.errors import AmbiguousName, BadRequest, Finding, UnknownName
from landbridge.schema.words import CargoUnit, ValueClass

#: Deep-sea lines call at ports of this tier.
DEEP_SEA = "main"
#: What an event does that a waiver could undo.
_HINDERS = ("close", "cargo_ban", "capacity_factor", "extra_hours", "price_factor")

Step = Callable[[str], None]


def landlocked(session: Session) -> tuple[str, ...]:
    """Landlocked countries of the study's region, ISO3, in the study's order."""
    without_coast = {row["iso3"] for row in country_table() if row["landlocked"] == "yes"}
    return tuple(code for code in session.study.region.countries if code in without_coast)


def ask_access(
    session: Session,
    countries: Sequence[str] = (),
    *,
    cargo: CargoUnit | None = None,
    value: ValueClass | None = None,
    resolved: Resolved | None = None,
    with_remedies: bool = True,
    costs: OtherCosts | None = None,
    step: Step = lambda _: None,
) -> AccessTable:
    """Ways to a deep-sea port from the capital of each country.

    countries: names or codes; none = the landlocked ones of the region. with_remedies: also open every project of the
    presets and lift every event in force in turn. Raises ``BadRequest`` with all countries that are not known or have
    no terminal in the network.
    """
    resolved = resolved or session.resolved()
    costs = costs or OtherCosts(session, cargo or session.study.cargo.default, value or session.study.cargo.value)
    codes = _codes(session, countries) or landlocked(session)
    origins = _capitals(session, codes)
    ports = [row["id"] for row in session.facts.rows("ports") if row["tier"] == DEEP_SEA]
    rows: list[AccessRow] = []
    before: dict[str, BestWay | None] = {}
    for code in codes:
        step(f"way to the sea of {country_names()[code]}")
        here = costs.of(resolved, Shipment(costs.cargo, origin_country=code))
        name = country_names()[code]
        rows.append(access(here, code, origins[code], ports, country_name=name, names=session.names))
        before[code] = best_way(here, origins[code], ports, session.names)
    if not with_remedies:
        return AccessTable(resolved.as_of.isoformat(), tuple(rows))
    after: dict[str, list[tuple[str, str, BestWay | None]]] = {code: [] for code in codes}
    for identifier, name, other in _changed_worlds(session, resolved, costs.cargo):
        step(name)
        for code in codes:
            there = costs.of(other, Shipment(costs.cargo, origin_country=code))
            after[code].append((identifier, name, best_way(there, origins[code], ports, session.names)))
    found = [
        dataclasses.replace(row, remedies=remedies(own, after[row.country]))
        if (own := before[row.country]) is not None
        else row
        for row in rows
    ]
    return AccessTable(resolved.as_of.isoformat(), tuple(found))


def _codes(session: Session, countries: Sequence[str]) -> tuple[str, ...]:
    """ISO3 of each country named, once."""
    found: list[str] = []
    findings: list[Finding] = []
    for text in countries:
        try:
            found += session.gazetteer.ids("country", text)
        except (UnknownName, AmbiguousName) as error:
            findings.append(Finding(f"'{text}'", str(error).rstrip("."), "Give its name or ISO code."))
    if findings:
        raise BadRequest("These countries cannot be asked about.", findings)
    return tuple(dict.fromkeys(found))


def _capitals(session: Session, codes: Sequence[str]) -> dict[str, str]:
    """Place id of each country's capital; where it has no terminal the largest city that has one."""
    capitals = {row["iso3"]: row["capital"] for row in country_table()}
    found: dict[str, str] = {}
    findings: list[Finding] = []
    for code in codes:
        place = _capital(session, code, capitals.get(code, ""))
        if place:
            found[code] = place
        else:
            remedy = "Ask for a country with cities in the table of places."
            findings.append(Finding(code, "no city of the country has a terminal in the network", remedy))
    if findings:
        raise BadRequest("These countries cannot be asked about.", findings)
    return found


def _capital(session: Session, code: str, capital: str) -> str:
    rows = [
        row
        for row in session.facts.rows("places")
        if row["country"] == code and f"origin:{row['id']}" in session.network.node_index
    ]
    ids = {row["id"] for row in rows}
    try:
        place = session.gazetteer.place(capital).place
    except (UnknownName, AmbiguousName):
        place = ""
    if place in ids:
        return place
    largest = max(rows, key=lambda row: (float(row["population"] or 0), row["id"]), default=None)
    return largest["id"] if largest else ""


def _changed_worlds(session: Session, resolved: Resolved, cargo: CargoUnit) -> list[tuple[str, str, Resolved]]:
    """(id, name, world) of every project or waiver: presets that open or lift something, and each event in force that
    hinders, lifted. Seasons are no decision and stay.
    """
    worlds: list[tuple[str, str, Resolved]] = []
    for preset in presets(session.study):
        own = session.resolved(preset.id, resolved.as_of).changes
        changes = tuple(change for change in own if change.origin == "scenario")
        if changes and all(change.action in ("open", "lift") for change in changes):
            worlds.append((preset.id, preset.name, _changed(resolved, preset.id, changes)))
    seasons = {event.id for event in read_events(session.facts.table("spans")) if event.recurs}
    for change in resolved.changes:
        bites = change.action in _HINDERS and applies(change.applies_to, Shipment(cargo))
        if change.origin == "event" and bites and change.id not in seasons:
            rest = tuple(other for other in resolved.changes if other.id != change.id)
            worlds.append((change.id, f"without: {change.what}", Resolved(change.id, resolved.as_of, rest)))
    return worlds


def _changed(resolved: Resolved, name: str, changes: tuple[Change, ...]) -> Resolved:
    """The world with further changes; lifted events are taken out."""
    lifted = {selector.value for change in changes if change.action == "lift" for selector in change.selectors}
    kept = tuple(change for change in resolved.changes if change.origin != "event" or change.id not in lifted)
    return Resolved(name, resolved.as_of, (*kept, *changes))
