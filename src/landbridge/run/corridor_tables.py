"""Named corridors between pairs on a day or over time: rows with ranks, indicators beside published ones, and parts.

The land part of a way are its legs by rail and by road without what is paid and waited for in ports. Published figures
are those of the countries on the way (CPMM means per country): the normal figure nearest to the day, an earlier one
before a later one as near.
"""

from __future__ import annotations

import calendar
import concurrent.futures
import datetime
import functools
import math
import multiprocessing
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from landbridge.facts.ledger import Number
from landbridge.facts.money import in_money_year
from landbridge.facts.package import Facts
from landbridge.models.corridors import CorridorWay
from landbridge.network.topology import Network
from landbridge.result.corridors import INDICATORS, CorridorPart, CorridorRow, Corridors, IndicatorRow
from landbridge.result.routes import Contribution, Route
from landbridge.run.session import Session, open_study
from landbridge.scenario import Resolved
from landbridge.schema.errors import BadRequest, Finding
from landbridge.schema.words import CargoUnit, Objective, ValueClass

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

Step = Callable[[str], None]


@dataclass(frozen=True)
class AskedPair:
    """An origin and a destination by place id, with a weight for sums over pairs."""

    id: str
    origin: str
    destination: str
    weight: float = 1.0


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
        return {key: arc for arc, key in reversed(list(enumerate(self.keys)))}

    def arc(self, key: str) -> int:
        """The first arc of a key."""
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

    def on(self, resolved: Resolved, pairs: Sequence[AskedPair], step: Step = lambda _: None) -> Corridors:
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
            ranks = _ranks(ways, self.by)
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
        self, way: CorridorWay, pair: AskedPair, as_of: str, rank: int | None, parts: Sequence[CorridorPart]
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
        """Arcs of the way in order with what each adds; what adds neither kilometres nor hours nor money is left out."""
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
                weights = [(km_there, self._figure(country, quantity, mode, scope, day)) for country, km_there in lengths]
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
        value, more = number.value, ()
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


def objective_of(route: Route, by: Objective) -> float:
    """What a route was chosen by."""
    return {"cost": route.generalised_usd, "time": route.hours, "money": route.usd, "co2": route.co2_kg}[by]


def _ranks(ways: Sequence[CorridorWay], by: Objective) -> dict[str, int]:
    open_ways = {way.corridor: (way.route.id, objective_of(way.route, by)) for way in ways if way.route is not None}
    return {
        corridor: 1 + sum(other < amount and other_id != route for other_id, other in open_ways.values())
        for corridor, (route, amount) in open_ways.items()
    }


# --- days and pairs -------------------------------------------------------------------------------------------------


def days_between(first: str, last: str, step: str, base: datetime.date) -> tuple[datetime.date, ...]:
    """Days from ``first`` to ``last`` in steps such as ``1y``, ``6m``, ``2w``, ``30d``; the last day only if it is met.

    A year alone stands for the study's base day in that year, so that the base year gives the study's own answer.
    Raises ``BadRequest``.
    """
    start, end = _day(first, base), _day(last, base)
    match = re.fullmatch(r"([1-9]\d{0,3})([ymwd])", step)
    findings = [
        Finding("--between", f"'{text}' is no day", "Write a year or YYYY-MM-DD.")
        for text, day in ((first, start), (last, end))
        if day is None
    ]
    if match is None:
        findings.append(Finding("--step", f"'{step}' is no step", "Write a number and y, m, w or d, such as 1y."))
    if start is not None and end is not None and end < start:
        findings.append(Finding("--between", f"{last} is before {first}", "Name the earlier day first."))
    if findings or start is None or end is None or match is None:
        raise BadRequest("There are no such days.", findings)
    days = []
    for count in range(10_000):
        day = _after(start, count * int(match[1]), match[2])
        if day > end:
            break
        days.append(day)
    return tuple(days)


def _day(text: str, base: datetime.date) -> datetime.date | None:
    if re.fullmatch(r"\d{4}", text) and 1 <= int(text):
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


def over_time(
    session: Session,
    days: Sequence[Resolved],
    pairs: Sequence[AskedPair],
    *,
    cargo: CargoUnit,
    value: ValueClass,
    by: Objective,
    workers: int = 1,
    step: Step = lambda _: None,
) -> Corridors:
    """Corridors of the pairs on several days, without routes; ``step`` is called with each day that is done.

    workers: processes that share the days; the answer is the same for any number. More than one needs a caller that can
    be imported (a script guarded by ``if __name__ == "__main__"``).
    """
    jobs = [_Job(str(session.study.path), resolved, tuple(pairs), cargo, value, by) for resolved in days]
    found: list[Corridors] = []
    if workers <= 1 or len(jobs) < 2 * workers:
        for job in jobs:
            found.append(_on_one_day(session, job))
            step(job.resolved.as_of.isoformat())
        return together(found)
    with concurrent.futures.ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        for job, table in zip(jobs, pool.map(_in_worker, jobs), strict=True):
            found.append(table)
            step(job.resolved.as_of.isoformat())
    return together(found)


@dataclass(frozen=True)
class _Job:
    study: str
    resolved: Resolved
    pairs: tuple[AskedPair, ...]
    cargo: CargoUnit
    value: ValueClass
    by: Objective


@functools.lru_cache(maxsize=1)
def _session_of(study: str) -> Session:
    """The session of a worker process; a worker serves one study."""
    return open_study(study)


def _in_worker(job: _Job) -> Corridors:
    return _on_one_day(_session_of(job.study), job)


def _on_one_day(session: Session, job: _Job) -> Corridors:
    table = CorridorTables(session, job.cargo, job.value, job.by).on(job.resolved, job.pairs)
    session.forget()
    return replace(table, routes={})


def together(tables: Iterable[Corridors]) -> Corridors:
    """Several days as one."""
    every = list(tables)
    return Corridors(
        tuple(row for table in every for row in table.rows),
        tuple(row for table in every for row in table.indicators),
        tuple(part for table in every for part in table.parts),
        {key: route for table in every for key, route in table.routes.items()},
    )
