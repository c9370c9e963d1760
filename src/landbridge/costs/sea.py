"""Sea lanes and named services: hours under way, freight, detours.

A freight rate belongs to a pair of ports (or of the countries or regions they lie in), the spot rate before the
contract rate; it holds for the shortest lane
of the pair. A longer lane round a closed strait pays the extra distance on top at the rate of the distance rule,
unless the rate itself is of a time when ships sailed round. Where no rate is known for a pair the distance rule
serves. Each leg has one price rule.
"""

from __future__ import annotations

from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from landbridge.costs.context import Context, first_known
from landbridge.costs.haul import add_emissions
from landbridge.costs.rates import Rate, combined
from landbridge.facts.choose import Question
from landbridge.facts.ledger import Number
from landbridge.facts.package import Facts
from landbridge.network.state import Closure

Int32 = NDArray[np.int32]

_CALLS = Question("world", "call_hours", mode="sea")


def _of_quantity(facts: Facts, quantity: str) -> list[Number]:
    return [number for (_, kind), rows in facts.index.items() if kind == quantity for number in rows]


class _OceanPrices:
    """Which pairs of subjects have a freight rate at all; asking only those keeps the chain short."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @cached_property
    def _pairs(self) -> frozenset[tuple[str, str]]:
        facts = self._context.rates.facts
        return frozenset((number.subject, number.partner) for number in _of_quantity(facts, "ocean_price"))

    def _levels(self, port: str) -> list[str]:
        context = self._context
        own = list(context.port_subjects(port))
        country = str(context.ports[port]["country"])
        siblings = [
            f"port:{other}"
            for other, row in sorted(context.ports.items())
            if row["country"] == country and other != port
        ]
        return [*own[:-1], *siblings]

    def rate(self, start: str, end: str) -> Rate | None:
        """Freight of the pair in the request's unit and money; None where only the distance rule is left."""
        context = self._context
        levels = [self._levels(start), self._levels(end)]
        ranked = sorted(product(range(len(levels[0])), range(len(levels[1]))), key=lambda ij: (ij[0] + ij[1], ij))
        known = [(levels[0][i], levels[1][j]) for i, j in ranked if (levels[0][i], levels[1][j]) in self._pairs]
        for subject, partner in known:
            rate = context.rates.price(
                *(
                    Question(subject, "ocean_price", partner=partner, mode="sea", scope=scope)
                    for scope in ("spot", "contract")
                )
            )
            if rate is None:
                continue
            own = {*context.port_subjects(start), *context.port_subjects(end)}
            if subject in own and partner in own:
                return rate
            note = f"no freight rate {start} to {end}: {subject} to {partner} stands in"
            return Rate(rate.value, "assumed", rate.facts, note, rate.formula)
        return None

    @cached_property
    def _surcharged(self) -> tuple[tuple[str, str, str], ...]:
        facts = self._context.rates.facts
        found = {(n.subject, n.partner, n.scope) for n in _of_quantity(facts, "surcharge_usd") if n.use == "model"}
        return tuple(sorted(found))

    def surcharges(self, start: str, end: str) -> list[Rate]:
        """Surcharges in force on the day for the pair, one per kind; carriers add them to a normal rate."""
        context = self._context
        levels = [set(context.port_subjects(port)) for port in (start, end)]
        found: dict[str, Rate] = {}
        for subject, partner, scope in self._surcharged:
            if subject not in levels[0] or partner not in levels[1] or scope in found:
                continue
            rate = context.rates.price(Question(subject, "surcharge_usd", partner=partner, mode="sea", scope=scope))
            if rate is not None:
                found[scope] = rate
        return list(found.values())


def add_lanes(context: Context) -> None:
    """Entries for the generic lanes of every pair of ports."""
    network = context.network
    lanes = network.arcs_of_kind("lane")
    if len(lanes) == 0:
        return
    speed = context.rates.number(Question("world", "haul_speed", mode="sea", scope="daily"))
    if speed is None:
        context.draft.close(lanes, Closure("no-fact", "no speed of ships is known", "no fact"))
        return
    slowness = Rate(1 / speed.value, speed.basis, speed.facts, speed.note, f"1 / ({speed.value:g} km per hour)")
    context.draft.add(lanes, "haul", "hours", slowness, per_km=True, sigma=context.sigma("haul", "sea"))
    _add_calls(context, lanes)
    add_emissions(context, "sea", lanes)
    prices = _OceanPrices(context)
    tails, heads = network.node_port[network.tail[lanes]], network.node_port[network.head[lanes]]
    pairs = np.stack([tails, heads], axis=1)
    unique, inverse = np.unique(pairs, axis=0, return_inverse=True)
    for position, (first, last) in enumerate(unique.tolist()):
        arcs = lanes[np.flatnonzero(inverse.ravel() == position)]
        start, end = network.port_ids[first], network.port_ids[last]
        rate, rule = prices.rate(start, end), _distance_rule(context, start, end)
        if rate is not None:
            context.draft.add(arcs, "haul", "usd", rate)
            if rate.normal:
                for surcharge in prices.surcharges(start, end):
                    context.draft.add(arcs, "surcharge", "usd", surcharge)
                if rule is not None:
                    _add_detour(context, arcs, rule[1])
        elif rule is not None:
            context.draft.add(arcs, "haul", "usd", rule[0])
            context.draft.add(arcs, "haul", "usd", rule[1], per_km=True)
        else:
            reason = f"no freight rate is known {start} to {end}, and no distance rule"
            context.draft.close(arcs, Closure("no-fact", reason, "no fact"))


def _add_calls(context: Context, lanes: Int32) -> None:
    """Hours at ports on the way, on lanes inside one sea basin: short-sea ships make a round of its ports.

    On ocean lanes the calls are part of the speed between ports.
    """
    calls = context.rates.number(_CALLS)
    if calls is None:
        return
    network = context.network
    basins = [
        {subject for subject in context.port_subjects(port) if subject.startswith("region:basin_")}
        for port in network.port_ids
    ]
    ends = zip(
        network.node_port[network.tail[lanes]].tolist(), network.node_port[network.head[lanes]].tolist(), strict=True
    )
    inside = np.array([bool(basins[start] & basins[end]) for start, end in ends], dtype=np.bool_)
    context.draft.add(lanes[inside], "haul", "hours", calls, sigma=context.sigma("haul", "sea"))


def _distance_rule(context: Context, start: str, end: str) -> tuple[Rate, Rate] | None:
    """Fixed part and rate per kilometre of a sea leg without a freight rate, by the direction of trade.

    Boxes leave the countries of the region ``headhaul_origin`` full and come back cheap; between two countries
    inside, or two outside, the rule without direction holds.
    """
    facts = context.rates.facts
    members = {row["id"]: row["members"].split(";") for row in facts.rows("regions")}.get("headhaul_origin", [])
    inside = [str(context.ports[port]["country"]) in members for port in (start, end)]
    direction = "" if inside[0] == inside[1] else "headhaul" if inside[0] else "backhaul"
    for wanted in dict.fromkeys((direction, "")):
        fixed = context.rates.price(Question("world", "ocean_price_fixed", mode="sea", direction=wanted))
        per_km = context.rates.price(Question("world", "ocean_price_per_km", mode="sea", direction=wanted))
        if fixed is not None and per_km is not None:
            return fixed, per_km
    return None


def _add_detour(context: Context, arcs: Int32, per_km: Rate) -> None:
    """What a lane longer than the shortest of its pair costs more."""
    shortest = float(context.network.km[arcs].min())
    for arc in arcs.tolist():
        extra = float(context.network.km[arc]) - shortest
        if extra > 0:
            formula = f"{extra:.0f} km more than the shortest lane x {per_km.value:.4g} USD per km"
            context.draft.add([arc], "surcharge", "usd", combined(extra * per_km.value, [per_km], formula))


def add_services(context: Context) -> None:
    """Entries for named ferry and feeder services."""
    network = context.network
    prices = _OceanPrices(context)
    for arc in network.arcs_of_kind("service").tolist():
        identifier = network.link_ids[network.link[arc]]
        mode = network.mode_name(arc)
        hours = _service_hours(context, identifier, mode, float(network.km[arc]))
        if hours is not None:
            context.draft.add([arc], "haul", "hours", hours, sigma=context.sigma("haul", mode))
        usd = _service_price(context, prices, arc)
        if usd is None:
            reason = f"no price is known for {context.request.cargo} on {identifier}"
            context.draft.close([arc], Closure("no-fact", reason, "no fact"))
            continue
        for rate, per_km in usd:
            context.draft.add([arc], "haul", "usd", rate, per_km=per_km)
        add_emissions(context, mode, np.array([arc], dtype=np.int32))


def _service_hours(context: Context, service: str, mode: str, km: float) -> Rate | None:
    stated = context.rates.number(Question(f"service:{service}", "passage_hours", mode=mode))
    if stated is not None:
        return stated
    row = context.services[service]
    inland = context.ports[str(row["from_port"])]["tier"] == "inland-sea"
    speed = context.rates.number(Question("world", "haul_speed", mode="ferry" if inland else mode, scope="daily"))
    if speed is None:
        return None
    sailing = combined(km / speed.value, [speed], f"{km:.0f} km / {speed.value:g} km per hour")
    calls = context.rates.number(_CALLS) if mode == "sea" and not inland else None
    if calls is None:
        return sailing
    return combined(sailing.value + calls.value, [sailing, calls], f"{sailing.formula} + {calls.value:g} h of calls")


def _service_price(context: Context, prices: _OceanPrices, arc: int) -> list[tuple[Rate, bool]] | None:
    """Entries (rate, per kilometre) of a service's price: its own, the pair's freight rate, or a distance rule."""
    network = context.network
    service, mode = network.link_ids[network.link[arc]], network.mode_name(arc)
    direction = "a_to_b" if network.direction[arc] == 1 else "b_to_a"
    start = network.port_ids[network.node_port[network.tail[arc]]]
    end = network.port_ids[network.node_port[network.head[arc]]]
    inland = context.ports[start]["tier"] == "inland-sea"
    own = context.rates.price(
        *(
            Question(f"service:{service}", "service_price", mode=mode, scope=scope, direction=direction)
            for mode in ("ferry", "sea")
            for scope in ("loading_in", "loading_out")
        )
    )
    if own is not None:
        return [(own, False)]
    if not inland:
        rate = prices.rate(start, end)
        if rate is not None:
            return [(rate, False)]
        rule = _distance_rule(context, start, end) if mode == "sea" else None
        if rule is not None:
            return [(rule[0], False), (rule[1], True)]
    subjects = [subject for subject in context.port_subjects(start) if subject.startswith("region:")]
    subjects.append("world")
    fixed = context.rates.price(*first_known(subjects, "ocean_price_fixed", mode="ferry"))
    per_km = context.rates.price(*first_known(subjects, "ocean_price_per_km", mode="ferry"))
    if fixed is None or per_km is None:
        return None
    return [(fixed, False), (per_km, True)]
