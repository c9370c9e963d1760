"""Parts of the model beside published figures for the same parts.

Three kinds: the cost of 500 km of a country's corridors with one side of a border (CPMM TFI3 contains borders), the
mean hours of one side of a country's borders, and the freight of a pair of ports by the distance rule that serves
where no rate is known, beside the rate of a pair where one is. Each is asked for the cargo that the published figure
is about. A check says how far the parts are off; nothing is fitted to it.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from landbridge.costs.arccosts import ArcCosts
from landbridge.costs.context import Context
from landbridge.costs.draft import Draft
from landbridge.costs.rates import Rates
from landbridge.costs.sea import OceanPrices
from landbridge.facts.ledger import Number
from landbridge.facts.money import in_money_year
from landbridge.facts.package import Facts
from landbridge.schema.words import CARGO_UNITS, MODES, CargoUnit

#: What CPMM's figures without a load unit are about: single wagons, and trucks of 20 t.
_OBSERVED: Final[Mapping[str, CargoUnit]] = {"rail": "wagon", "road": "truck20t"}


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


#: Costs of one cargo unit on the day that is checked.
CostsOf = Callable[[CargoUnit], ArcCosts]


def component_checks(costs_of: CostsOf, facts: Facts) -> tuple[Check, ...]:
    """All checks, by kind, then in the order of subjects and modes of the published numbers."""
    unions = _customs_unions(facts)
    return (
        *_corridor_costs(costs_of, facts),
        *_border_hours(costs_of, facts, unions),
        *_ocean_rule(costs_of("teu"), facts),
    )


def _customs_unions(facts: Facts) -> tuple[frozenset[str], ...]:
    return tuple(
        frozenset(row["members"].split(";")) for row in facts.rows("regions") if row["id"].startswith("customs_union")
    )


def _latest(numbers: Iterable[Number]) -> list[Number]:
    """The newest normal number per subject, partner, mode and direction."""
    best: dict[tuple[str, str, str, str], Number] = {}
    for number in sorted(numbers, key=lambda number: number.id):
        key = (number.subject, number.partner, number.mode, number.direction)
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


def _corridor_costs(costs_of: CostsOf, facts: Facts) -> Iterable[Check]:
    for number in _latest(_of(facts, "haul_price_500km", "with_borders")):
        kind, _, country = number.subject.partition(":")
        cargo = next((unit for unit in CARGO_UNITS if unit == number.vehicle), None)
        if kind != "country" or cargo is None or number.mode not in _OBSERVED:
            continue
        costs = costs_of(cargo)
        network = costs.network
        hauls = _arcs(costs, "haul", number.mode, country)
        borders = _border_arcs(costs, number.mode, country, (), "")
        km = float(network.km[hauls].sum())
        if km == 0 or len(borders) == 0:
            continue
        per_km = float(costs.total("usd")[hauls].sum()) / km
        # A trip of 500 km passes half a crossing: one side of one border.
        border = float(costs.total("usd")[borders].mean()) / 2
        year = costs.request.money_year
        published, _ = in_money_year(facts, number.value, number.money_year or year, year)
        shipments = f"per {cargo}; CPMM follows single wagons and trucks of 20 t"
        yield Check(
            f"{country} by {number.mode}",
            "cost of 500 km with one border side",
            "usd_per_unit",
            published,
            500 * per_km + border,
            number.id,
            number.source,
            f"500 km x {per_km:.3g} + one side of a border {border:.0f}; {shipments}",
        )


def _border_hours(costs_of: CostsOf, facts: Facts, unions: tuple[frozenset[str], ...]) -> Iterable[Check]:
    for number in _latest(_of(facts, "crossing_hours", "one_side")):
        kind, _, country = number.subject.partition(":")
        if kind != "country" or number.mode not in _OBSERVED:
            continue
        cargo = _OBSERVED[number.mode]
        costs = costs_of(cargo)
        arcs = _border_arcs(costs, number.mode, country, unions, number.direction)
        if len(arcs) == 0:
            continue
        sides = [hours / 2 for hours in costs.total("hours")[arcs].tolist()]
        heading = f", {number.direction}" if number.direction else ""
        yield Check(
            f"{country} by {number.mode}{heading}",
            "hours of one border side",
            "hours",
            number.value,
            statistics.fmean(sides),
            number.id,
            number.source,
            f"mean of {len(sides)} directions of the country's crossings out of its customs union, "
            f"half of both sides; for a {cargo}",
        )


def _ocean_rule(costs: ArcCosts, facts: Facts) -> Iterable[Check]:
    """The distance rule on the shortest lane of each pair of ports that has a normal rate of its own."""
    network, request = costs.network, costs.request
    prices = OceanPrices(Context(network, request, Rates(facts, request), Draft(network)))
    lanes = network.arcs_of_kind("lane")
    ports = {f"port:{port}": i for i, port in enumerate(network.port_ids)}
    rates = [number for number in _of(facts, "ocean_price", "spot") if number.vehicle == request.cargo]
    for number in _latest(rates):
        start, end = ports.get(number.subject, -1), ports.get(number.partner, -1)
        between = (network.node_port[network.tail[lanes]] == start) & (network.node_port[network.head[lanes]] == end)
        if min(start, end) < 0 or not between.any():
            continue
        rule = prices.distance_rule(network.port_ids[start], network.port_ids[end])
        if rule is None:
            continue
        km = float(network.km[lanes[between]].min())
        year = request.money_year
        published, _ = in_money_year(facts, number.value, number.money_year or year, year)
        yield Check(
            f"{network.port_ids[start]} to {network.port_ids[end]}",
            "freight by the distance rule",
            "usd_per_unit",
            published,
            rule[0].value + rule[1].value * km,
            number.id,
            number.source,
            f"{rule[0].value:.0f} + {km:.0f} km x {rule[1].value:.4g}; the model itself takes the published rate here",
        )


def _arcs(costs: ArcCosts, kind: str, mode: str, country: str) -> NDArray[np.int32]:
    network = costs.network
    arcs = network.arcs_of_kind(kind)
    code = network.country_codes.index(country) if country in network.country_codes else -2
    chosen = (network.mode[arcs] == _mode_code(mode)) & (network.country[arcs] == code) & costs.open[arcs]
    found: NDArray[np.int32] = arcs[chosen]
    return found


def _border_arcs(
    costs: ArcCosts, mode: str, country: str, unions: tuple[frozenset[str], ...], direction: str
) -> NDArray[np.int32]:
    """Open crossing arcs of a country, less those inside a customs union; ``inbound`` or ``outbound`` if said."""
    network = costs.network
    arcs = network.arcs_of_kind("crossing")
    arcs = arcs[(network.mode[arcs] == _mode_code(mode)) & costs.open[arcs]]
    codes = np.array([*network.country_codes, ""])
    tails, heads = codes[network.node_country[network.tail[arcs]]], codes[network.node_country[network.head[arcs]]]
    side = {"inbound": heads == country, "outbound": tails == country}.get(
        direction, (heads == country) | (tails == country)
    )
    inside = [any({tail, head} <= union for union in unions) for tail, head in zip(tails, heads, strict=True)]
    found: NDArray[np.int32] = arcs[side & ~np.array(inside, dtype=np.bool_)]
    return found


def _mode_code(mode: str) -> int:
    return next(i for i, known in enumerate(MODES) if known == mode)
