"""Named corridors between pairs on a day or over time: rows with ranks, indicators beside published ones, and parts.

The land part of a way are its legs by rail and by road without what is paid and waited for in ports. Published figures
are those of the countries on the way (CPMM means per country): the normal figure nearest to the day, an earlier one
before a later one as near.
"""

from __future__ import annotations

import calendar
import datetime
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from landbridge.facts.ledger import Number
from landbridge.facts.money import in_money_year
from landbridge.facts.package import Facts
from landbridge.models.closures import WeightedPair
from landbridge.models.corridors import CorridorWay
from landbridge.models.over_time import DatedWay, OverTime, arc_keys, ranked
from landbridge.network.topology import Network
from landbridge.result.corridors import INDICATORS, CorridorPart, CorridorRow, Corridors, IndicatorRow
from landbridge.result.routes import Contribution, Route
from landbridge.run.ask_over_time import ask_over_time
from landbridge.run.other_costs import OtherCosts
from landbridge.run.session import Session
from landbridge.scenario import Resolved, Scenario, load_scenario
from landbridge.scenario.scenario import QuickAction, quick_changes
from landbridge.schema.errors import BadRequest, Finding
from landbridge.schema.words import CargoUnit, Objective, ValueClass

if TYPE_CHECKING:
    from landbridge.run.folder import Asked

#: What a part of a way is called, by the kind of its arc.
PART_KINDS: Final[Mapping[str, str]] = {
    "haul": "section",
    "crossing": "crossing",
    "gauge": "gauge break",
    "lane": "lane",
    "service": "service",
    "load": "port",
    "unload": "port",
    "transship": "port",
    "transfer": "terminal",
    "access": "terminal",
}
#: Parts that are stops: the longest of them is the bottleneck.
STOPS: Final = ("crossing", "port", "gauge break", "terminal")
#: More days than this are not asked in one go.
MOST_DAYS: Final = 400

Step = Callable[[str], None]


@dataclass(frozen=True)
class ArcKeys:
    """What the arc of a contribution is: its key ("tail>head#link") back to the network."""

    network: Network

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Key of each arc; parallel arcs of one link share one."""
        network = self.network
        links = [network.link_ids[link] for link in network.link.tolist()]
        ends = zip(network.tail.tolist(), network.head.tolist(), links, strict=True)
        return tuple(f"{network.node_key[tail]}>{network.node_key[head]}#{link}" for tail, head, link in ends)

    @cached_property
    def _arcs(self) -> dict[str, int]:
        return arc_keys(self.network)

    def arc(self, key: str) -> int:
        """An arc of a key."""
        return self._arcs[key]

    def kind(self, key: str) -> str:
        """Kind of an arc in words of ARC_KINDS."""
        return self.network.kind_name(self.arc(key))

    def countries(self, key: str) -> tuple[str, str]:
        """Countries of both ends; empty at sea."""
        arc = self.arc(key)
        codes = (*self.network.country_codes, "")
        ends = (self.network.node_country[self.network.tail[arc]], self.network.node_country[self.network.head[arc]])
        return codes[ends[0]], codes[ends[1]]


@dataclass
class CorridorTables:
    """Makes the tables of a session; holds what is looked up often."""

    session: Session
    cargo: CargoUnit
    value: ValueClass
    by: Objective = "cost"
    _published: dict[tuple[str, ...], Number | None] = field(default_factory=dict)

    @cached_property
    def keys(self) -> ArcKeys:
        """Arcs by the keys of contributions."""
        return ArcKeys(self.session.network)

    def on(self, resolved: Resolved, pairs: Sequence[WeightedPair], step: Step = lambda _: None) -> Corridors:
        """Corridors of all pairs on one day; ``step`` is called with each pair."""
        names = self.session.names.places
        rows: list[CorridorRow] = []
        indicators: list[IndicatorRow] = []
        parts: list[CorridorPart] = []
        routes: dict[tuple[str, str, str], Route] = {}
        for pair in pairs:
            step(f"{names.get(pair.origin, pair.origin)} to {names.get(pair.destination, pair.destination)}")
            ways = self.session.corridor_ways(
                pair.origin, [pair.destination], cargo=self.cargo, value=self.value, by=self.by, resolved=resolved
            )
            ranks = {item.way.corridor: item.rank for item in ranked(resolved.as_of, ways, self.by)}
            as_of = resolved.as_of.isoformat()
            for way in ways:
                made = self._parts(way, pair.id, as_of) if way.route is not None else []
                rows.append(self._row(way, pair, as_of, ranks.get(way.corridor), made))
                parts += made
                if way.route is not None:
                    routes[(pair.id, as_of, way.route.id)] = way.route
                    indicators += self._indicators(way, way.route, pair.id, resolved.as_of)
        return Corridors(tuple(rows), tuple(indicators), tuple(parts), routes)

    def _row(
        self, way: CorridorWay, pair: WeightedPair, as_of: str, rank: int | None, parts: Sequence[CorridorPart]
    ) -> CorridorRow:
        route, names = way.route, self.session.names.places
        stops = [part for part in parts if part.kind in STOPS and part.hours > 0]
        worst = max(stops, key=lambda part: (part.hours, -part.position), default=None)
        return CorridorRow(
            pair=pair.id,
            corridor=way.corridor,
            name=way.name,
            axis=self.session.study.corridor(way.corridor).axis,
            origin=names.get(way.origin, way.origin),
            destination=names.get(way.destination, way.destination),
            as_of=as_of,
            route=route.id if route else "",
            distance_km=route.distance_km if route else None,
            hours=route.hours if route else None,
            hours_p95=route.hours_p95 if route else None,
            usd=route.usd if route else None,
            generalised_usd=route.generalised_usd if route else None,
            co2_kg=route.co2_kg if route else None,
            rank=rank,
            crossings=route.crossings if route else (),
            assumed_share_hours=route.assumed_share_hours if route else None,
            assumed_share_usd=route.assumed_share_usd if route else None,
            open=route is not None,
            why_closed=way.closed.reason if way.closed else "",
            closures=way.closed.closures if way.closed else (),
            bottleneck=f"{worst.kind} {worst.where}" if worst else "",
            bottleneck_hours=worst.hours if worst else None,
        )

    def _parts(self, way: CorridorWay, pair: str, as_of: str) -> list[CorridorPart]:
        """Arcs of the way in order with what each adds."""
        route = way.route
        assert route is not None
        found: list[CorridorPart] = []
        for key, group in _by_arc(route.contributions).items():
            km, hours, usd = group[0].km, _sum(group, "hours"), _sum(group, "usd")
            found.append(
                CorridorPart(
                    pair=pair,
                    corridor=way.corridor,
                    as_of=as_of,
                    position=len(found) + 1,
                    kind=PART_KINDS[self.keys.kind(key)],
                    where=group[0].where.removeprefix("port of ").removeprefix("gauge break at "),
                    km=km,
                    hours=hours,
                    usd=usd,
                    share_hours=hours / route.hours if route.hours else 0.0,
                    share_usd=usd / route.usd if route.usd else 0.0,
                )
            )
        return found

    # --- indicators ---

    def _indicators(self, way: CorridorWay, route: Route, pair: str, day: datetime.date) -> Iterator[IndicatorRow]:
        for mode in ("rail", "road"):
            land = [
                part
                for part in route.contributions
                if part.leg >= 0 and route.legs[part.leg].mode == mode and part.component != "port"
            ]
            borders = self._borders(land, mode)
            if borders:
                yield self._border_mean("TFI1", "hours", "crossing_hours", way, pair, mode, day, borders)
                yield self._border_mean("TFI2", "usd", "crossing_usd", way, pair, mode, day, borders)
            km = math.fsum(group[0].km for group in _by_arc(land).values())
            if km < 1:
                continue
            hours, usd = _sum(land, "hours"), _sum(land, "usd")
            moving = math.fsum(part.amount for part in land if part.measure == "hours" and part.component == "haul")
            values = {
                "TFI3": (500 * usd / km, f"500 km x {usd:.10g} usd / {km:.10g} km", "haul_price_500km", "with_borders"),
                "TFI4-SWOD": (km / moving, f"{km:.10g} km / {moving:.10g} h under way", "haul_speed", "moving"),
                "TFI4-SWD": (km / hours, f"{km:.10g} km / {hours:.10g} h", "haul_speed", "with_borders"),
            }
            lengths = self._country_km(land)
            for indicator, (value, formula, quantity, scope) in values.items():
                weights = [
                    (km_there, self._figure(country, quantity, mode, scope, day)) for country, km_there in lengths
                ]
                yield self._row_of(indicator, value, formula, km, weights, way, pair, mode, day)

    def _borders(self, land: Sequence[Contribution], mode: str) -> list[tuple[str, float, float]]:
        """Arc key, hours and USD of each border crossed by the mode."""
        found = []
        for key, group in _by_arc(land).items():
            if self.keys.kind(key) == "crossing" and self.session.network.mode_name(self.keys.arc(key)) == mode:
                at_border = [part for part in group if part.component in ("border", "fee", "gauge_change")]
                found.append((key, _sum(at_border, "hours"), _sum(at_border, "usd")))
        return found

    def _border_mean(
        self,
        indicator: str,
        measure: str,
        quantity: str,
        way: CorridorWay,
        pair: str,
        mode: str,
        day: datetime.date,
        borders: Sequence[tuple[str, float, float]],
    ) -> IndicatorRow:
        amounts = [hours if measure == "hours" else usd for _, hours, usd in borders]
        value = math.fsum(amounts) / len(amounts)
        formula = f"({' + '.join(f'{amount:.10g}' for amount in amounts)}) / {len(amounts)}"
        weights = []
        for key, _, _ in borders:
            left, entered = self.keys.countries(key)
            sides = (
                self._figure(left, quantity, mode, "one_side", day, "outbound"),
                self._figure(entered, quantity, mode, "one_side", day, "inbound"),
            )
            known = [side for side in sides if side is not None]
            weights.append((1.0, _added(known) if len(known) == 2 else None))
        return self._row_of(indicator, value, formula, float(len(borders)), weights, way, pair, mode, day)

    def _row_of(
        self,
        indicator: str,
        value: float,
        formula: str,
        of: float,
        weights: Sequence[tuple[float, _Figure | None]],
        way: CorridorWay,
        pair: str,
        mode: str,
        day: datetime.date,
    ) -> IndicatorRow:
        known = [(weight, figure) for weight, figure in weights if figure is not None]
        total = math.fsum(weight for weight, _ in known)
        published = None
        if total > 0:
            if indicator.startswith("TFI4"):  # speeds: hours add up over kilometres, not speeds
                published = total / math.fsum(weight / figure.value for weight, figure in known)
            else:
                published = math.fsum(weight * figure.value for weight, figure in known) / total
        years = sorted({year for _, figure in known for year in figure.years})
        return IndicatorRow(
            pair=pair,
            corridor=way.corridor,
            mode=mode,
            as_of=day.isoformat(),
            indicator=indicator,
            value=value,
            unit=INDICATORS[indicator][0],
            formula=formula,
            of=of,
            published=published,
            covered=total / of if of else 0.0,
            published_facts=tuple(dict.fromkeys(fact for _, figure in known for fact in figure.facts)),
            published_years="-".join(str(year) for year in dict.fromkeys((years[0], years[-1]))) if years else "",
        )

    def _country_km(self, land: Sequence[Contribution]) -> list[tuple[str, float]]:
        """Kilometres per country; a crossing's kilometres go to the country it enters."""
        lengths: dict[str, list[float]] = {}
        for key, group in _by_arc(land).items():
            lengths.setdefault(self.keys.countries(key)[1], []).append(group[0].km)
        return [(country, math.fsum(km)) for country, km in lengths.items()]

    def _figure(
        self, country: str, quantity: str, mode: str, scope: str, day: datetime.date, direction: str = ""
    ) -> _Figure | None:
        """The published figure of a country, in dollars of the study's money year where it is money."""
        key = (country, quantity, mode, scope, day.isoformat(), direction)
        if key not in self._published:
            self._published[key] = nearest_published(self.session.facts, *key[:4], day, direction)
        number = self._published[key]
        if number is None:
            return None
        value, more = number.value, tuple[str, ...]()
        if number.money_year is not None:
            value, more = in_money_year(
                self.session.facts, number.value, number.money_year, self.session.study.money_year
            )
        return _Figure(value, (number.id, *more), (number.year,) if number.year is not None else ())


@dataclass(frozen=True)
class _Figure:
    value: float
    facts: tuple[str, ...]
    years: tuple[int, ...]


def _added(figures: Sequence[_Figure]) -> _Figure:
    return _Figure(
        math.fsum(figure.value for figure in figures),
        tuple(fact for figure in figures for fact in figure.facts),
        tuple(year for figure in figures for year in figure.years),
    )


def nearest_published(
    facts: Facts, country: str, quantity: str, mode: str, scope: str, day: datetime.date, direction: str = ""
) -> Number | None:
    """The normal reported number of a country nearest to a day; earlier before later, then the lower id.

    A number for the direction asked for comes before one without direction. Figures kept "out" of the model because
    they hold more than their name says are left out here too.
    """
    best: tuple[tuple[int, int, int, str], Number] | None = None
    at = day.toordinal()
    for number in facts.candidates(f"country:{country}", quantity):
        if number.mode != mode or number.scope != scope or number.partner or number.use == "out" or not number.normal:
            continue
        if number.basis != "reported" or (number.direction and number.direction != direction):
            continue
        away = max(number.first_day - at, at - number.last_day, 0)
        key = (0 if number.direction else 1, away, int(number.first_day > at), number.id)
        if best is None or key < best[0]:
            best = (key, number)
    return best[1] if best else None


def _by_arc(contributions: Iterable[Contribution]) -> dict[str, list[Contribution]]:
    """Contributions of a way by arc, in order; the wait before departure is left out."""
    groups: dict[str, list[Contribution]] = {}
    for part in contributions:
        if part.leg >= 0:
            groups.setdefault(part.arc, []).append(part)
    return groups


def _sum(parts: Iterable[Contribution], measure: str) -> float:
    return math.fsum(part.amount for part in parts if part.measure == measure)


# --- days and pairs -------------------------------------------------------------------------------------------------


def ends_of(first: str, last: str, base: datetime.date) -> tuple[datetime.date, datetime.date]:
    """Two days, the first not after the last.

    A year alone stands for the study's base day in that year, so that the base year gives the study's own answer.
    Raises ``BadRequest``.
    """
    start, end = _day(first, base), _day(last, base)
    findings = [
        Finding("--between", f"'{text}' is no day", "Write a year or YYYY-MM-DD.")
        for text, day in ((first, start), (last, end))
        if day is None
    ]
    if start is not None and end is not None and end < start:
        findings.append(Finding("--between", f"{last} is before {first}", "Name the earlier day first."))
    if findings or start is None or end is None:
        raise BadRequest("There are no such days.", findings)
    return start, end


def days_between(first: str, last: str, step: str, base: datetime.date) -> tuple[datetime.date, ...]:
    """Days from ``first`` to ``last`` in steps such as ``1y``, ``6m``, ``2w``, ``30d``; the last day only if it is met.

    Raises ``BadRequest``, also for more than ``MOST_DAYS`` days.
    """
    start, end = ends_of(first, last, base)
    match = re.fullmatch(r"([1-9]\d{0,3})([ymwd])", step)
    if match is None:
        finding = Finding("--step", f"'{step}' is no step", "Write a number and y, m, w or d, such as 1y.")
        raise BadRequest("There are no such days.", [finding])
    days = [start]
    while len(days) <= MOST_DAYS:
        day = _after(start, len(days) * int(match[1]), match[2])
        if day > end:
            return tuple(days)
        days.append(day)
    finding = Finding("--step", f"more than {MOST_DAYS} days", "Take longer steps, or name days closer together.")
    raise BadRequest("These are too many days.", [finding])


def _day(text: str, base: datetime.date) -> datetime.date | None:
    if re.fullmatch(r"\d{4}", text) and int(text) >= 1:
        return _after(base, int(text) - base.year, "y")
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _after(start: datetime.date, count: int, unit: str) -> datetime.date:
    """A day some years, months, weeks or days later; the 31st becomes the last day of a shorter month."""
    if unit in "wd":
        return start + datetime.timedelta(days=count * (7 if unit == "w" else 1))
    months = start.year * 12 + start.month - 1 + count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    return datetime.date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def corridors_over_time(
    session: Session,
    asked: Asked,
    days: Sequence[datetime.date],
    scenario: str | None,
    changes: Sequence[tuple[QuickAction, str]],
    step: Step = lambda _: None,
    *,
    explain: bool = False,
) -> OverTime:
    """Named corridors on many days, ranked, with what moved them; explain: also why each closed one is closed."""
    world = load_scenario(scenario, session.study) if scenario is not None else None
    if changes:
        base = world or Scenario("options", "quick changes", "", None, (), (), "")
        world = replace(base, changes=(*base.changes, *quick_changes(changes)))
    costs = OtherCosts(session, asked.cargo, asked.value)
    found = ask_over_time(session, days, pairs=asked.pairs, by=asked.by, scenario=world, costs=costs, step=step)
    return _with_reasons(session, asked, found, costs, world) if explain else found


def _with_reasons(
    session: Session, asked: Asked, found: OverTime, costs: OtherCosts, world: Scenario | None
) -> OverTime:
    """The same with the reason of each closed way."""
    rows: list[DatedWay] = []
    for day in found.days:
        resolved = session.resolved(world, day)
        for pair in asked.pairs:
            here = [
                row
                for row in found.rows
                if row.day == day and (row.way.origin, row.way.destination) == (pair.origin, pair.destination)
            ]
            shut = [row.way.corridor for row in here if row.way.route is None and row.way.closed is None]
            ways = session.corridor_search.ways(
                costs.of(resolved, session.shipment(asked.cargo, pair.origin, pair.destination)),
                pair.origin,
                [pair.destination],
                by=asked.by,
                names=session.names,
                only=shut,
            )
            why = {way.corridor: way for way in ways}
            rows += [replace(row, way=why.get(row.way.corridor, row.way)) for row in here]
    return replace(found, rows=tuple(rows))


def over_time_json(session: Session, pairs: Sequence[WeightedPair], found: OverTime) -> dict[str, Any]:
    """Many days in the words of one day: places by name, with the id of the pair."""
    ids = {(pair.origin, pair.destination): pair.id for pair in pairs}
    names = session.names.places

    def named(row: dict[str, Any]) -> dict[str, Any]:
        ends = (row["origin"], row["destination"])
        return {
            "pair": ids[ends],
            **row,
            "origin": names.get(ends[0], ends[0]),
            "destination": names.get(ends[1], ends[1]),
        }

    content = found.to_json()
    return {**content, "rows": list(map(named, content["rows"])), "moves": list(map(named, content["moves"]))}
