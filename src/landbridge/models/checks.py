"""Parts of the model beside published figures for the same parts.

Two kinds: the cost of 500 km of a country's corridors with one side of a border (CPMM TFI3 contains borders), and the
mean hours of one side of a country's borders. A check says how far the parts are off; nothing is fitted to it.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.costs.arccosts import ArcCosts
from landbridge.facts.ledger import Number
from landbridge.facts.money import in_money_year
from landbridge.facts.package import Facts
from landbridge.schema.words import MODES, Mode


@dataclass(frozen=True)
class Check:
    """A published figure and the model's, in one unit; ``number`` is the id of the published one."""

    subject: str
    quantity: str
    unit: str
    published: float
    model: float
    number: str
    source: str
    note: str


def component_checks(costs: ArcCosts, facts: Facts) -> tuple[Check, ...]:
    """All checks for the request of ``costs``, in the order of the ids of the published numbers."""
    return (*_corridor_costs(costs, facts), *_border_hours(costs, facts))


def _latest(numbers: Iterable[Number]) -> list[Number]:
    """The newest normal number per subject and mode."""
    best: dict[tuple[str, str], Number] = {}
    for number in sorted(numbers, key=lambda number: number.id):
        key = (number.subject, number.mode)
        if number.normal and (key not in best or number.last_day > best[key].last_day):
            best[key] = number
    return [best[key] for key in sorted(best)]


def _of(facts: Facts, quantity: str, scope: str) -> list[Number]:
    return [
        number
        for (_, kind), rows in facts.index.items()
        if kind == quantity
        for number in rows
        if number.scope == scope and number.use != "out"
    ]


def _corridor_costs(costs: ArcCosts, facts: Facts) -> Iterable[Check]:
    network = costs.network
    for number in _latest(_of(facts, "haul_price_500km", "with_borders")):
        kind, _, country = number.subject.partition(":")
        if kind != "country" or country not in network.country_codes or number.mode not in ("rail", "road"):
            continue
        hauls = _arcs(costs, "haul", number.mode, country)
        borders = _border_arcs(costs, number.mode, country)
        km = float(network.km[hauls].sum())
        if km == 0 or len(borders) == 0:
            continue
        per_km = float(costs.total("usd")[hauls].sum()) / km
        # A trip of 500 km passes half a crossing: one side of one border.
        border = float(costs.total("usd")[borders].mean()) / 2
        year = costs.request.money_year
        published, _ = in_money_year(facts, number.value, number.money_year or year, year)
        shipments = "CPMM shipments are single wagons and trucks of 20 t"
        note = f"500 km x {per_km:.3g} + one side of a border {border:.0f}; {shipments}"
        yield Check(
            f"{country} by {number.mode}",
            "cost of 500 km with one border side",
            "usd_per_unit",
            published,
            500 * per_km + border,
            number.id,
            number.source,
            note,
        )


def _border_hours(costs: ArcCosts, facts: Facts) -> Iterable[Check]:
    for number in _latest(_of(facts, "crossing_hours", "one_side")):
        kind, _, country = number.subject.partition(":")
        if kind != "country" or country not in costs.network.country_codes or number.mode not in ("rail", "road"):
            continue
        arcs = _border_arcs(costs, number.mode, country)
        if len(arcs) == 0:
            continue
        sides = [hours / 2 for hours in costs.total("hours")[arcs].tolist()]
        yield Check(
            f"{country} by {number.mode}",
            "hours of one border side",
            "hours",
            number.value,
            statistics.fmean(sides),
            number.id,
            number.source,
            f"mean of {len(sides)} directions of the country's crossings, half of both sides",
        )


def _arcs(costs: ArcCosts, kind: str, mode: str, country: str) -> NDArray[np.int32]:
    network = costs.network
    arcs = network.arcs_of_kind(kind)
    wanted: Mode = "rail" if mode == "rail" else "road"
    code = network.country_codes.index(country)
    chosen = (network.mode[arcs] == MODES.index(wanted)) & (network.country[arcs] == code) & costs.open[arcs]
    found: NDArray[np.int32] = arcs[chosen]
    return found


def _border_arcs(costs: ArcCosts, mode: str, country: str) -> NDArray[np.int32]:
    network = costs.network
    arcs = network.arcs_of_kind("crossing")
    wanted: Mode = "rail" if mode == "rail" else "road"
    code = network.country_codes.index(country)
    sides = (network.node_country[network.tail[arcs]] == code) | (network.node_country[network.head[arcs]] == code)
    found: NDArray[np.int32] = arcs[(network.mode[arcs] == MODES.index(wanted)) & sides & costs.open[arcs]]
    return found
