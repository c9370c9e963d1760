"""Chapter "Which corridor, when": ranks over time, with what moved them, with and without sanctions."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence
from typing import Final

from landbridge.models.closures import WeightedPair
from landbridge.models.over_time import DatedWay, Move, OverTime
from landbridge.result.report import (
    Cell,
    Chapter,
    Column,
    DatedEvent,
    Figure,
    Part,
    RankChart,
    RankLine,
    Sentence,
    Table,
)
from landbridge.run.ask_over_time import ask_over_time, flags, yearly
from landbridge.run.other_costs import OtherCosts
from landbridge.run.session import Session
from landbridge.scenario import Event, day_of, presets
from landbridge.scenario.events import read_events
from landbridge.schema.words import Objective

CHAPTER: Final = "which-corridor-when"
#: Years of the rank charts.
YEARS: Final = (2010, 2026)
#: So many corridors of a chart are drawn strong: those that were ever best, then those whose rank moved most.
STRONG: Final = 4

Step = Callable[[str], None]


def when_chapter(
    session: Session,
    pairs: Sequence[WeightedPair],
    costs: OtherCosts,
    *,
    by: Objective = "cost",
    years: tuple[int, int] = YEARS,
    step: Step = lambda _: None,
) -> Chapter:
    """Yearly ranks of all corridors for all pairs, and a comparison of the study's named days."""
    named = named_days(session)
    days = tuple(sorted({*yearly(*years), *named}))
    found = ask_over_time(session, days, pairs=pairs, by=by, costs=costs, step=step)
    then_and_now = _then_and_now(session, found, pairs, named)
    parts: list[Part] = [_gains(found, pairs, named), _axes(session, found, pairs, named)]
    parts += [_chart(session, found, pair, "", f"{_ends(session, pair)}: rank of each corridor") for pair in pairs]
    parts += [_moves(session, found), then_and_now]
    lead = [_best_on(found, named), *_who_gained(found, pairs, named)]
    worlds: dict[str, OverTime] = {}
    for flag in flags(session):
        step(f"corridors for a carrier under the flag {flag}")
        worlds[flag] = ask_over_time(session, days, pairs=pairs, by=by, flag=flag, costs=costs)
        barred = _barred(session, found, worlds[flag], flag)
        if barred.rows:
            lead.append(_barred_sentence(found, worlds[flag], flag, named))
            parts.append(barred)
    if worlds:
        # One more chart per pair: of the flag that is barred most.
        flag = min(worlds, key=lambda name: (sum(row.cost is not None for row in worlds[name].rows), name))
        parts += [
            _chart(session, worlds[flag], pair, f"-{flag}", f"{_ends(session, pair)}: for a carrier of flag {flag}")
            for pair in pairs
            if _differ(found, worlds[flag], pair)
        ]
    lead += _lifted(session, pairs, costs, by, named)
    parts += [_premiums(session, found, named), _data(session, found)]
    return Chapter(CHAPTER, "Which corridor, when", tuple(lead), tuple(parts))


def named_days(session: Session) -> tuple[datetime.date, ...]:
    """The study's named days and its base date, rising."""
    spans = session.facts.table("spans")
    found = {day_of(name, session.study, spans) for name in session.study.dates}
    return tuple(sorted({*found, session.study.base_date}))


def _ends(session: Session, pair: WeightedPair) -> str:
    places = session.names.places
    return f"{places.get(pair.origin, pair.origin)} to {places.get(pair.destination, pair.destination)}"


def _rows(found: OverTime, pair: WeightedPair, day: datetime.date) -> tuple[DatedWay, ...]:
    return tuple(
        row
        for row in found.rows
        if row.day == day and (row.way.origin, row.way.destination) == (pair.origin, pair.destination)
    )


def _corridors(found: OverTime) -> dict[str, str]:
    """Corridors that are open for some pair on some day: id -> name, in the study's order."""
    return {row.way.corridor: row.way.name for row in found.rows if row.cost is not None}


# --- charts ---------------------------------------------------------------------------------------------------------


def _chart(session: Session, found: OverTime, pair: WeightedPair, suffix: str, title: str) -> RankChart:
    lines: dict[str, tuple[str, list[int | None]]] = {}
    for row in found.rows:
        if (row.way.origin, row.way.destination) == (pair.origin, pair.destination):
            lines.setdefault(row.way.corridor, (row.way.name, []))[1].append(row.rank)
    shown = {corridor: line for corridor, line in lines.items() if any(rank is not None for rank in line[1])}
    strong = _strong({corridor: ranks for corridor, (_, ranks) in shown.items()})
    return RankChart(
        id=f"ranks-{pair.id}{suffix}",
        title=title,
        dates=tuple(day.isoformat() for day in found.days),
        lines=tuple(RankLine(name, tuple(ranks), corridor in strong) for corridor, (name, ranks) in shown.items()),
        events=_dated(session, [move for move in found.moves if _is(move, pair) and move.ranks_differ]),
    )


def _strong(ranks: dict[str, list[int | None]]) -> set[str]:
    def span(corridor: str) -> int:
        known = [rank for rank in ranks[corridor] if rank is not None]
        return max(known) - min(known)

    best = [corridor for corridor in ranks if 1 in ranks[corridor]]
    movers = sorted((corridor for corridor in ranks if corridor not in best), key=lambda name: -span(name))
    return set([*best, *movers][:STRONG])


def _is(move: Move, pair: WeightedPair) -> bool:
    return (move.origin, move.destination) == (pair.origin, pair.destination)


def _dated(session: Session, moves: Sequence[Move]) -> tuple[DatedEvent, ...]:
    """Beginnings and ends of the events that moved a rank, by day; each once."""
    known = {event.id: event for event in read_events(session.facts.table("spans"))}
    found: dict[tuple[str, str], DatedEvent] = {}
    for move in moves:
        for identifier in move.events:
            event = known[identifier]
            day, words = _turn(event, move)
            found.setdefault((day, identifier), DatedEvent(identifier, day, words))
    return tuple(found[key] for key in sorted(found))


def _turn(event: Event, move: Move) -> tuple[str, str]:
    """When between the two days of a move an event began or ended."""
    if event.end is not None and not event.live(move.after):
        return event.end.isoformat(), f"end: {event.what}"
    return max(event.start, move.before).isoformat(), event.what


# --- sentences ------------------------------------------------------------------------------------------------------


def _changes(
    found: OverTime, pairs: Sequence[WeightedPair], first: datetime.date, last: datetime.date
) -> dict[str, tuple[int, float, float, float]]:
    """Corridor -> number of pairs open on both days, and over those the mean change of cost, hours and rank."""
    known = {(row.day, row.way.origin, row.way.destination, row.way.corridor): row for row in found.rows}
    changes: dict[str, tuple[int, float, float, float]] = {}
    for corridor in _corridors(found):
        deltas = []
        for pair in pairs:
            one, other = (known[(day, pair.origin, pair.destination, corridor)] for day in (first, last))
            if one.cost is not None and other.cost is not None and one.way.route and other.way.route:
                hours = other.way.route.hours - one.way.route.hours
                deltas.append((other.cost - one.cost, hours, float((other.rank or 0) - (one.rank or 0))))
        if deltas:
            cost, hours, rank = (math.fsum(column) / len(deltas) for column in zip(*deltas, strict=True))
            changes[corridor] = (len(deltas), cost, hours, rank)
    return changes


_BY: Final = {"cost": "cost with the value of time", "time": "time", "money": "price", "co2": "CO2"}


def _best_on(found: OverTime, named: Sequence[datetime.date]) -> Sentence:
    """Which corridors are best for how many pairs on each named day."""
    names = _corridors(found)
    values: dict[str, Figure] = {}
    pieces = []
    for place, day in enumerate(named):
        first = [row.way.corridor for row in found.rows if row.day == day and row.rank == 1]
        counts = {corridor: first.count(corridor) for corridor in names if corridor in first}
        listed: list[str] = []
        for corridor, count in sorted(counts.items(), key=lambda item: -item[1]):
            key = f"best{place}_{len(listed)}"
            values |= {f"{key}_n": Figure(count, "number"), f"{key}_name": Figure(names[corridor])}
            listed.append(f"{{{key}_name}} for {{{key}_n}}")
        values[f"day{place}"] = Figure(day.isoformat())
        pieces.append(f"on {{day{place}}} {', '.join(listed) or 'none'}")
    text = "; ".join(pieces)
    values["by"] = Figure(_BY[found.by])
    return Sentence("The best named corridor by {by}, for how many pairs: " + text + ".", values)


def _who_gained(found: OverTime, pairs: Sequence[WeightedPair], named: Sequence[datetime.date]) -> list[Sentence]:
    """Who gained and lost most since the first named day, once per later named day."""
    names = _corridors(found)
    sentences = []
    first = named[0]
    for last in named[1:]:
        changes = _changes(found, pairs, first, last)
        if not changes:
            continue
        order = sorted(changes, key=lambda corridor: (changes[corridor][1], corridor))
        losers = [corridor for corridor in reversed(order) if changes[corridor][1] > 1][:3]
        winners = [corridor for corridor in order if changes[corridor][1] < -1][:3]
        values = {"first": Figure(first.isoformat()), "last": Figure(last.isoformat())}
        pieces = []
        for word, group in (("dearer", losers), ("cheaper", winners)):
            listed: list[str] = []
            for corridor in group:
                key = f"{word}{len(listed)}"
                amount = abs(changes[corridor][1])
                values |= {f"{key}_name": Figure(names[corridor]), f"{key}_usd": Figure(amount, "number")}
                listed.append(f"{{{key}_name}} by USD {{{key}_usd}}")
            if listed:
                pieces.append(f"became {word}: {', '.join(listed)}")
        closed = [
            names[corridor]
            for corridor in names
            if _open_pairs(found, corridor, first) > 0 and _open_pairs(found, corridor, last) == 0
        ]
        if closed:
            values["closed"] = Figure(", ".join(closed))
            pieces.append("closed to all: {closed}")
        same = len(changes) - sum(abs(change[1]) > 1 for change in changes.values())
        values["same"] = Figure(same, "number")
        if same:
            pieces.append("{same} corridors cost the same")
        sentences.append(
            Sentence(
                "From {first} to {last}, with the value of time, " + "; ".join(pieces) + " (means of the pairs).",
                values,
            )
        )
    return sentences


def _open_pairs(found: OverTime, corridor: str, day: datetime.date) -> int:
    return sum(row.day == day and row.way.corridor == corridor and row.cost is not None for row in found.rows)


def _barred_sentence(found: OverTime, bound: OverTime, flag: str, named: Sequence[datetime.date]) -> Sentence:
    last = named[-1]
    names = _corridors(found)
    barred = [
        names[corridor]
        for corridor in names
        if _open_pairs(found, corridor, last) > 0 and _open_pairs(bound, corridor, last) == 0
    ]
    values = {"flag": Figure(flag), "day": Figure(last.isoformat()), "barred": Figure(", ".join(barred))}
    if not barred:
        return Sentence("Sanctions that name the flag {flag} close no corridor to its carriers on {day}.", values)
    return Sentence("To a carrier whom sanctions on the flag {flag} bind, closed on {day}: {barred}.", values)


def _lifted(
    session: Session,
    pairs: Sequence[WeightedPair],
    costs: OtherCosts,
    by: Objective,
    named: Sequence[datetime.date],
) -> list[Sentence]:
    """What the presets that only lift events change for a carrier whom no sanction names."""
    sentences = []
    plain = ask_over_time(session, named, pairs=pairs, by=by, costs=costs)
    for preset in presets(session.study):
        if not preset.changes or any(change.action != "lift" for change in preset.changes):
            continue
        without = ask_over_time(session, named, pairs=pairs, by=by, scenario=preset, costs=costs)
        moved = sum(one.cost != other.cost for one, other in zip(plain.rows, without.rows, strict=True))
        values = {
            "name": Figure(preset.name),
            "n": Figure(moved, "number"),
            "days": Figure(", ".join(day.isoformat() for day in named)),
        }
        if moved:
            template = "{name}: {n} of the costs on {days} change for a carrier whom no sanction names."
        else:
            template = (
                "{name}: no cost on {days} changes for a carrier whom no sanction names, because what is lifted bars "
                "flags and goods, not boxes. The risk itself has no price here; the table of premiums says what a "
                "price would change."
            )
        sentences.append(Sentence(template, values))
    return sentences


# --- tables ---------------------------------------------------------------------------------------------------------


def _gains(found: OverTime, pairs: Sequence[WeightedPair], named: Sequence[datetime.date]) -> Table:
    """Mean change of each corridor since the first named day."""
    first = named[0]
    changes = [_changes(found, pairs, first, day) for day in named[1:]]
    columns = [Column("corridor", "corridor")]
    for day in named[1:]:
        key = day.isoformat()
        columns += [
            Column(f"pairs-{key}", f"pairs open on {first.isoformat()} and {key}", kind="number"),
            Column(f"cost-{key}", f"change of cost with time to {key}", "USD", "number"),
            Column(f"hours-{key}", f"change of time to {key}", "days", "days", 1),
            Column(f"rank-{key}", f"change of rank to {key} (+ is worse)", kind="number", decimals=1),
        ]
    rows: list[tuple[Cell, ...]] = []
    for corridor, name in _corridors(found).items():
        cells: list[Cell] = [name]
        for change in changes:
            cells += change.get(corridor, (0, None, None, None))
        rows.append(tuple(cells))
    rows.sort(key=lambda row: (row[-3] is None, row[-3] if isinstance(row[-3], float) else 0.0))
    note = "Means over the pairs for which the corridor is open on both days; cheapest gain first, by the last day."
    return Table("gains", f"Who gained since {first.isoformat()}", tuple(columns), tuple(rows), note)


def _axes(session: Session, found: OverTime, pairs: Sequence[WeightedPair], named: Sequence[datetime.date]) -> Table:
    """The best corridor of each axis."""
    axis = {corridor.id: corridor.axis for corridor in session.study.corridors}
    columns = [Column("pair", "from and to")]
    for day in named:
        key = day.isoformat()
        columns += [
            Column(f"east-west-{key}", f"best east-west on {key}"),
            Column(f"north-south-{key}", f"best north-south on {key}"),
            Column(f"ratio-{key}", f"north-south dearer by, {key}", "%", "signed_share"),
        ]
    rows: list[tuple[Cell, ...]] = []
    for pair in pairs:
        cells: list[Cell] = [_ends(session, pair)]
        for day in named:
            best: dict[str, tuple[float, str]] = {}
            for row in _rows(found, pair, day):
                if row.cost is not None:
                    one = (row.cost, row.way.name)
                    best[axis[row.way.corridor]] = min(best.get(axis[row.way.corridor], one), one)
            east, south = best.get("east-west"), best.get("north-south")
            cells += [east[1] if east else None, south[1] if south else None]
            cells.append(south[0] / east[0] - 1 if east and south and east[0] > 0 else None)
        rows.append(tuple(cells))
    note = "Cost with the value of time of the best corridor of each axis."
    return Table("axes", "North-south against east-west", tuple(columns), tuple(rows), note)


def _then_and_now(
    session: Session, found: OverTime, pairs: Sequence[WeightedPair], named: Sequence[datetime.date]
) -> Table:
    columns = [Column("pair", "from and to"), Column("corridor", "corridor")]
    for day in named:
        key = day.isoformat()
        columns += [
            Column(f"rank-{key}", f"rank {key}", kind="number"),
            Column(f"cost-{key}", f"cost with time {key}", "USD", "number"),
            Column(f"behind-{key}", f"behind the best {key}", "USD", "number"),
            Column(f"hours-{key}", f"time {key}", "days", "days", 1),
            Column(f"usd-{key}", f"price {key}", "USD", "number"),
        ]
    rows: list[tuple[Cell, ...]] = []
    for pair in pairs:
        by_day = [{row.way.corridor: row for row in _rows(found, pair, day)} for day in named]
        for corridor, name in _corridors(found).items():
            cells: list[Cell] = [_ends(session, pair), name]
            for rows_of_day in by_day:
                best = min((row.cost for row in rows_of_day.values() if row.cost is not None), default=None)
                row = rows_of_day[corridor]
                route = row.way.route
                behind = row.cost - best if row.cost is not None and best is not None else None
                cells += [row.rank, row.cost, behind, route.hours if route else None, route.usd if route else None]
            if any(cell is not None for cell in cells[2:]):
                rows.append(tuple(cells))
    note = "Empty where the corridor is closed or lies off the way."
    return Table("then-and-now", "Then and now", tuple(columns), tuple(rows), note)


def _moves(session: Session, found: OverTime) -> Table:
    """Changes of rank that have a cause of their own."""
    places = session.names.places
    what = {event.id: event.what for event in read_events(session.facts.table("spans"))}
    rows: list[tuple[Cell, ...]] = []
    for move in found.moves:
        why = [what[event] for event in move.events] + [f"{link} opened" for link in move.opened]
        if move.place:
            why.append(f"another figure: {move.place}, {move.place_hours:+.0f} h, {move.place_usd:+.0f} USD")
        if move.ranks_differ and why:
            change = (
                move.cost_after - move.cost_before
                if move.cost_before is not None and move.cost_after is not None
                else None
            )
            rows.append(
                (
                    move.before.isoformat(),
                    move.after.isoformat(),
                    places.get(move.destination, move.destination),
                    move.name,
                    move.rank_before,
                    move.rank_after,
                    change,
                    "; ".join(why),
                )
            )
    columns = (
        Column("before", "between"),
        Column("after", "and"),
        Column("destination", "to"),
        Column("corridor", "corridor"),
        Column("rank_before", "rank before", kind="number"),
        Column("rank_after", "rank after", kind="number"),
        Column("change", "change of cost with time", "USD", "number"),
        Column("why", "why"),
    )
    note = (
        "An empty rank is a closed corridor. 'Another figure': the facts hold one nearer to the later day. "
        "Changes of rank without a cause of their own (another corridor moved past) are left out."
    )
    return Table("moves", "What moved the ranks", columns, tuple(rows), note)


def _differ(found: OverTime, bound: OverTime, pair: WeightedPair) -> bool:
    return any(
        one.cost != other.cost
        for one, other in zip(found.rows, bound.rows, strict=True)
        if (one.way.origin, one.way.destination) == (pair.origin, pair.destination)
    )


def _barred(session: Session, found: OverTime, bound: OverTime, flag: str) -> Table:
    """Corridors whose best way a bound carrier cannot take, per pair: since when, and what is left."""
    groups: dict[tuple[str, str], list[tuple[DatedWay, DatedWay]]] = {}
    for one, other in zip(found.rows, bound.rows, strict=True):
        if one.cost != other.cost:
            groups.setdefault((one.way.destination, one.way.name), []).append((one, other))
    rows: list[tuple[Cell, ...]] = []
    for (destination, name), changed in groups.items():
        shut = [one.day.isoformat() for one, other in changed if other.cost is None]
        dearer = [other.cost - one.cost for one, other in changed if one.cost is not None and other.cost is not None]
        rows.append(
            (
                session.names.places.get(destination, destination),
                name,
                len(shut),
                shut[0] if shut else None,
                shut[-1] if shut else None,
                max(dearer, default=None),
            )
        )
    columns = (
        Column("destination", "to"),
        Column("corridor", "corridor"),
        Column("closed", f"days of {len(found.days)} on which it is closed to him", kind="number"),
        Column("first", "first"),
        Column("last", "last"),
        Column("dearer", "else dearer by at most", "USD", "number"),
    )
    note = "Only bans that name the flag itself; bans on goods concern no box of unnamed goods."
    return Table(f"barred-{flag}", f"What sanctions close to a carrier of flag {flag}", columns, tuple(rows), note)


def _premiums(session: Session, found: OverTime, named: Sequence[datetime.date]) -> Table:
    """How large a premium or a rebate would have to be to move a corridor by a rank, on the last two named days."""
    rows: list[tuple[Cell, ...]] = []
    for day in named[-2:]:
        groups: dict[tuple[str, str], list[DatedWay]] = {}
        for row in found.rows:
            if row.day == day and row.cost is not None:
                groups.setdefault((row.way.origin, row.way.destination), []).append(row)
        for (_, destination), group in groups.items():
            ordered = sorted(group, key=lambda row: (row.cost or 0.0, row.way.corridor))
            best = ordered[0].cost or 0.0
            for row in ordered:
                cost = row.cost or 0.0
                dearer = [other.cost for other in ordered if other.cost is not None and other.cost > cost]
                cheaper = [other.cost for other in ordered if other.cost is not None and other.cost < cost]
                rows.append(
                    (
                        day.isoformat(),
                        session.names.places.get(destination, destination),
                        row.way.name,
                        row.rank,
                        dearer[0] - cost if dearer else None,
                        cost - cheaper[-1] if cheaper else None,
                        cost - best,
                    )
                )
    columns = (
        Column("day", "day"),
        Column("destination", "to"),
        Column("corridor", "corridor"),
        Column("rank", "rank", kind="number"),
        Column("premium", "premium that costs it its rank", "USD", "number"),
        Column("rebate", "rebate that gains it a rank", "USD", "number"),
        Column("best", "rebate that makes it best", "USD", "number"),
    )
    note = (
        "What is not priced, such as the risk of a fine, would have to be as large as this to matter. Per unit of "
        "cargo; an hour saved counts with the value of time."
    )
    return Table("premiums", "What a premium or a rebate would change", columns, tuple(rows), note)


def _data(session: Session, found: OverTime) -> Table:
    """The data behind the charts."""
    places = session.names.places
    rows: list[tuple[Cell, ...]] = []
    for row in found.rows:
        route = row.way.route
        if route is not None:
            rows.append(
                (
                    row.day.isoformat(),
                    places.get(row.way.destination, row.way.destination),
                    row.way.name,
                    row.rank,
                    route.hours,
                    route.hours_p95,
                    route.usd,
                    row.cost,
                    route.distance_km,
                    route.assumed_share_hours,
                )
            )
    columns = (
        Column("day", "day"),
        Column("destination", "to"),
        Column("corridor", "corridor"),
        Column("rank", "rank", kind="number"),
        Column("hours", "time", "days", "days", 1),
        Column("hours_p95", "P95", "days", "days", 1),
        Column("usd", "price", "USD", "number"),
        Column("cost", "cost with time", "USD", "number"),
        Column("km", "distance", "km", "number"),
        Column("assumed", "assumed share of time", "%", "share"),
    )
    note = "A corridor that is closed, or off the way, on a day has no row for it."
    return Table("over-time", "Every corridor on every day", columns, tuple(rows), note)
