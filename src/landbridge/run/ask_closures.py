"""Closures of a session: which things, for which pairs, on which day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from landbridge.costs.arccosts import ArcCosts
from landbridge.facts.ledger import Number
from landbridge.io.atlas import country_names
from landbridge.models.closures import (
    Closable,
    WeightedPair,
    closable,
    closures,
    pairs_of,
)
from landbridge.models.recovery import pair_recovery, recovery
from landbridge.result.closures import ClosureRow, ClosureTable, PairRecovery, Recovery
from landbridge.run.other_costs import OtherCosts
from landbridge.run.session import Session
from landbridge.scenario import Resolved, parse_selector
from landbridge.schema.errors import AmbiguousName, BadRequest, Finding, ScenarioError, UnknownName
from landbridge.schema.words import CargoUnit, Objective, ValueClass, What

#: Share of what it can pass that a crossing passes on a normal day, where nothing is known.
ASSUMED_USE = 0.8


def study_pairs(session: Session) -> tuple[WeightedPair, ...]:
    """The study's pairs, each counting 1."""
    return tuple(WeightedPair(pair.id, pair.origin, pair.destination) for pair in session.study.pairs)


def names_of(session: Session, what: What) -> Mapping[str, str]:
    """Names of all things of a kind, by id."""
    countries = country_names()
    if what == "crossings":
        return session.names.crossings
    if what == "ports":
        return session.names.ports
    if what == "straits":
        return session.names.straits
    if what == "countries":
        return countries
    if what == "borders":
        codes = session.network.country_codes
        return {f"{a}-{b}": f"{countries.get(a, a)} - {countries.get(b, b)}" for a in codes for b in codes if a != b}
    return _link_names(session)


def _link_names(session: Session) -> dict[str, str]:
    places, ports = session.names.places, session.names.ports
    names = {
        row["id"]: f"{row['mode']} {places.get(row['from_place'], row['from_place'])} - "
        f"{places.get(row['to_place'], row['to_place'])}"
        for row in session.facts.rows("sections")
    }
    for row in session.facts.rows("services"):
        ends = (ports.get(row["from_port"], row["from_port"]), ports.get(row["to_port"], row["to_port"]))
        names[row["id"]] = f"{row['kind'].replace('_', ' ')} {ends[0]} - {ends[1]}"
    return names


def things_of(session: Session, what: What, only: Sequence[str] | None = None) -> tuple[Closable, ...]:
    """Everything of a kind that can shut, or those with the ids given."""
    return closable(session.network, session.selectors, what, names_of(session, what), only)


def chosen_things(session: Session, selectors: Sequence[str]) -> tuple[Closable, ...]:
    """Things by selector, names allowed: ``strait.hormuz``, ``crossing.khorgos``. A name may stand for several.

    Raises ``BadRequest`` with everything that cannot be read, is not known or closes no link.
    """
    kinds: dict[str, What] = {
        "link": "links", "service": "links", "crossing": "crossings", "border": "borders", "port": "ports",
        "strait": "straits", "country": "countries",
    }  # fmt: skip
    found: list[Closable] = []
    findings: list[Finding] = []
    for text in selectors:
        try:
            selector = parse_selector(text, f"--together {text}")
        except ScenarioError as error:
            findings += error.findings
            continue
        what = kinds.get(selector.kind)
        if what is None or selector.field:
            remedy = f"Name one of {', '.join(kinds)} without a field."
            findings.append(Finding(text, "this cannot be closed in a table", remedy))
            continue
        try:
            identifiers = session.gazetteer.ids(selector.kind, selector.value)
        except (UnknownName, AmbiguousName) as error:
            findings.append(Finding(f"--together {text}", str(error).rstrip("."), "Correct the name."))
            continue
        things = [
            thing
            for identifier in identifiers
            for thing in things_of(session, what, (identifier,)) or _other_spelling(session, what, identifier)
        ]
        if not things:  # of several that share a name, those without a link in the network are left out
            remedy = "Name another thing."
            findings.append(Finding(text, f"{', '.join(identifiers)} closes no link of the network", remedy))
        found += [thing for thing in things if all(thing.id != other.id for other in found)]
    if findings:
        raise BadRequest("These closures cannot be computed.", findings)
    return tuple(found)


def _other_spelling(session: Session, what: What, identifier: str) -> tuple[Closable, ...]:
    """A border named from its other side."""
    first, _, second = identifier.partition("-")
    return things_of(session, what, (f"{second}-{first}",)) if what == "borders" else ()


def ask_closures(
    session: Session,
    what: What,
    *,
    pairs: Sequence[WeightedPair] | None = None,
    cargo: CargoUnit | None = None,
    value: ValueClass | None = None,
    by: Objective = "cost",
    resolved: Resolved | None = None,
    costs: OtherCosts | None = None,
) -> ClosureTable:
    """Every link, crossing, border, port, strait or country of the network shut in turn.

    pairs: default those of the study; resolved: default the base date. Raises ``BadRequest``.
    """
    return close_things(
        session, what, things_of(session, what), pairs=pairs, cargo=cargo, value=value, by=by, resolved=resolved,
        costs=costs,
    )  # fmt: skip


def ask_joint_closures(
    session: Session,
    selectors: Sequence[str],
    *,
    pairs: Sequence[WeightedPair] | None = None,
    cargo: CargoUnit | None = None,
    value: ValueClass | None = None,
    by: Objective = "cost",
    resolved: Resolved | None = None,
) -> tuple[ClosureTable, ClosureTable]:
    """Things of a chosen list shut alone, and every two of them at once."""
    things = chosen_things(session, selectors)
    if len(things) < 2:
        raise BadRequest(f"{len(things)} thing was named. Name two or more to shut them in pairs.")
    costs = OtherCosts(session, cargo or session.study.cargo.default, value or session.study.cargo.value)
    alone, joint = (
        close_things(session, what, group, pairs=pairs, by=by, resolved=resolved, costs=costs)
        for what, group in (("chosen", things), ("pairs of chosen", pairs_of(things)))
    )
    return alone, joint


def close_things(
    session: Session,
    what: str,
    things: Sequence[Closable],
    *,
    pairs: Sequence[WeightedPair] | None = None,
    cargo: CargoUnit | None = None,
    value: ValueClass | None = None,
    by: Objective = "cost",
    resolved: Resolved | None = None,
    costs: OtherCosts | None = None,
) -> ClosureTable:
    """Shut each of the things in turn."""
    asked = _by_costs(
        session, pairs if pairs is not None else study_pairs(session), resolved or session.resolved(),
        costs or OtherCosts(session, cargo or session.study.cargo.default, value or session.study.cargo.value),
    )  # fmt: skip
    return closures(what, asked, things, by=by, names=session.names)


def _by_costs(
    session: Session, pairs: Sequence[WeightedPair], resolved: Resolved, costs: OtherCosts
) -> list[tuple[ArcCosts, list[WeightedPair]]]:
    """Pairs by what their costs depend on of the countries of both ends."""
    groups: dict[object, tuple[ArcCosts, list[WeightedPair]]] = {}
    for pair in pairs:
        shipment = session.class_of(session.shipment(costs.cargo, pair.origin, pair.destination), resolved)
        if shipment not in groups:
            groups[shipment] = (costs.of(resolved, shipment), [])
        groups[shipment][1].append(pair)
    return list(groups.values())


def ask_recovery(
    session: Session,
    row: ClosureRow,
    closed_days: float,
    *,
    use: float = ASSUMED_USE,
    resolved: Resolved | None = None,
) -> tuple[Recovery, tuple[PairRecovery, ...]]:
    """A closure of ``closed_days`` days: queue at the thing, and what it does to each pair that used it.

    use: share of capacity taken on a normal day, assumed. The capacity is that of the facts where one is known for the
    thing (crossings, ports).
    """
    number = _capacity(session, row.selector, resolved or session.resolved())
    found = recovery(closed_days, use, number.value if number else None, number.scope if number else "")
    pairs = tuple(
        pair_recovery(
            effect.pair,
            effect.lead_hours / 24,
            None if effect.extra_hours is None else effect.extra_hours / 24,
            closed_days,
            use,
        )
        for effect in row.effects
        if not effect.inside
    )
    return found, pairs


def _capacity(session: Session, selector: str, resolved: Resolved) -> Number | None:
    """What the thing can pass in a day, in its own vehicle; where several are published the largest group of boxes.

    Figures are kept out of the routes (``use`` is ``out``), so the rule of choice does not apply: the newest one not
    after the day wins, then the lower id.
    """
    kind, _, identifier = selector.partition(".")
    if kind not in ("crossing", "port"):
        return None
    found = [
        number
        for number in session.facts.candidates(f"{kind}:{identifier}", "capacity_per_day")
        if number.first_day <= resolved.as_of.toordinal()
    ]
    return min(found, key=lambda number: (-number.first_day, number.id), default=None)
