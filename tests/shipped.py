"""The shipped study, opened once per test process, and the routes that the laws are checked on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from unittest.mock import patch

from landbridge.costs.arccosts import ArcCosts
from landbridge.models.corridors import CorridorWay
from landbridge.result.report import ReportData
from landbridge.result.routes import Route, RoutesAnswer
from landbridge.run.report import build_report
from landbridge.run.session import Session, open_study
from landbridge.schema.words import CargoUnit

#: Days on which the laws are checked: the study's base date, the world of its text, and one after its newest events.
BASE, TEXT, LATE = "2024-12-31", "2017-06-30", "2026-07-01"

#: Questions: origin, destination, cargo, day. Boxes from Japan; wagons and trucks where they can go.
QUESTIONS: tuple[tuple[str, str, CargoUnit, str], ...] = (
    *(("Tokyo", capital, "teu", BASE) for capital in ("Astana", "Bishkek", "Dushanbe", "Ashgabat", "Tashkent")),
    *(("Tokyo", capital, "teu", day) for capital in ("Dushanbe", "Tashkent") for day in (TEXT, LATE)),
    ("Osaka", "Astana", "feu", BASE),
    ("Tashkent", "Tokyo", "teu", BASE),
    ("Tashkent", "Istanbul", "teu", BASE),
    ("Tashkent", "Istanbul", "truck20t", BASE),
    ("Almaty", "Kabul", "truck20t", TEXT),
    ("Almaty", "Baku", "wagon", BASE),
    ("Pavlodar", "Duisburg", "wagon", TEXT),
    ("Karaganda", "Karachi", "tonne", BASE),
    ("Nhava Sheva", "Moscow", "teu", BASE),
    ("Yokohama", "Moscow", "teu", TEXT),
    ("Tokyo", "Duisburg", "teu", LATE),
)


@dataclass(frozen=True)
class Asked:
    """A question, its answer and the costs it was answered with."""

    answer: RoutesAnswer
    costs: ArcCosts


@cache
def session() -> Session:
    """The built-in study."""
    return open_study()


@cache
def asked(origin: str, destination: str, cargo: CargoUnit, day: str) -> Asked:
    """The answer to one of the questions; the costs are those of the same shipment."""
    study = session()
    answer = study.routes(origin, destination, cargo=cargo, as_of=day)
    ends = [study.gazetteer.place(name).place for name in (origin, destination)]
    costs = study.costs(cargo, study.study.cargo.value, study.resolved(as_of=day), study.shipment(cargo, *ends))
    return Asked(answer, costs)


@cache
def ways_from(port_city: str) -> tuple[CorridorWay, ...]:
    """The way along each named corridor from a city to the five capitals, with the reasons of closed ones."""
    study = session()
    costs = study.costs("teu", "middle", study.resolved())
    capitals = [study.gazetteer.place(pair.destination).place for pair in study.study.pairs]
    return study.corridor_search.ways(costs, port_city, capitals, names=study.names)


def japanese_port_cities() -> tuple[str, ...]:
    """Cities of Japan that have a port and can be an origin."""
    study = session()
    cities = sorted({row["place"] for row in study.facts.rows("ports") if row["country"] == "JPN"})
    return tuple(city for city in cities if f"origin:{city}" in study.network.node_index)


def every_route() -> list[tuple[str, Route, ArcCosts]]:
    """Label, route and costs of every alternative of every question, and of every corridor way from Tokyo."""
    found = []
    for question in QUESTIONS:
        case = asked(*question)
        found += [(" ".join((*question, route.id)), route, case.costs) for route in case.answer.routes]
    study = session()
    costs = study.costs("teu", "middle", study.resolved())
    ways = [way for way in ways_from("tokyo") if way.route is not None]
    found += [(f"{way.corridor} tokyo {way.destination}", way.route, costs) for way in ways if way.route is not None]
    return found


@cache
def report() -> ReportData:
    """The report of the study, benchmarks included; without its further chapters, which take a minute and have tests
    of their own.
    """
    with patch("landbridge.run.report.chapters", return_value=()):
        return build_report(session())
