"""Sea lanes and named services: hours under way, freight, detours.

A freight rate belongs to a pair of ports (or of the countries or regions they lie in), the spot rate before the
contract rate; it holds for the shortest lane of the pair. A longer lane round a closed strait pays the extra distance
on top at the rate of the distance rule, or what carriers published for the event that shuts the strait if that is
more, unless the rate itself is of the time when ships sailed round. Where no rate is known for a pair the distance
rule serves. Each leg has one price rule.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from landbridge.costs.context import Context, first_known, records
from landbridge.costs.haul import add_emissions
from landbridge.costs.rates import Rate, combined
from landbridge.facts.choose import Question
from landbridge.facts.ledger import Number
from landbridge.facts.package import Facts
from landbridge.network.state import Closure

Int32 = NDArray[np.int32]

_CALLS = Question("world", "call_hours", mode="sea")

#: Surcharges of carriers that are in force only while an event shuts the usual lane.
_OF_AN_EVENT = ("detour", "war_risk")


def _of_quantity(facts: Facts, quantity: str) -> list[Number]:
    return [number for (_, kind), rows in facts.index.items() if kind == quantity for number in rows]


class OceanPrices:
    """Freight between ports: rates of pairs, surcharges, and the distance rule for pairs without a rate.

    Only pairs of subjects that have a rate at all are asked for one, which keeps the chain short.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._levels_of: dict[str, dict[str, int]] = {}
        self._rules: dict[str, tuple[Rate, Rate] | None] = {}

    @cached_property
    def _partners(self) -> dict[str, frozenset[str]]:
        """Subject -> partners to which it has a freight rate."""
        found: dict[str, set[str]] = {}
        for number in _of_quantity(self._context.rates.facts, "ocean_price"):
            found.setdefault(number.subject, set()).add(number.partner)
        return {subject: frozenset(partners) for subject, partners in found.items()}

    @cached_property
    def _ports_of(self) -> dict[str, list[str]]:
        """Country -> its ports by id."""
        found: dict[str, list[str]] = {}
        for port, row in sorted(self._context.ports.items()):
            found.setdefault(row["country"], []).append(port)
        return found

    def _levels(self, port: str) -> dict[str, int]:
        """Subjects that may stand for a port in a freight rate and have any, to how far they are; the world is none."""
        if port not in self._levels_of:
            own = [subject for subject in self._context.port_subjects(port) if subject != "world"]
            siblings = [f"port:{other}" for other in self._ports_of[self._context.ports[port]["country"]]]
            levels = {subject: place for place, subject in enumerate(dict.fromkeys([*own, *siblings]))}
            self._levels_of[port] = {subject: levels[subject] for subject in levels if subject in self._priced}
        return self._levels_of[port]

    @cached_property
    def _priced(self) -> frozenset[str]:
        """Subjects from or to which there is a freight rate."""
        return frozenset(self._partners).union(*self._partners.values())

    def rate(self, start: str, end: str) -> Rate | None:
        """Freight of the pair in the request's unit and money; None where only the distance rule is left."""
        context = self._context
        ends = self._levels(end)
        known = [
            (i + ends[partner], i, subject, partner)
            for subject, i in self._levels(start).items()
            for partner in self._partners.get(subject, frozenset()) & ends.keys()
        ]
        for _, _, subject, partner in sorted(known):
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
            return replace(rate, basis="assumed", note="; ".join(filter(None, (rate.note, note))))
        return None

    @cached_property
    def _surcharged(self) -> tuple[tuple[str, str, str], ...]:
        """Subject, partner and kind of the surcharges whose dates hold the day."""
        day = self._context.request.as_of
        facts = self._context.rates.facts
        found = {
            (number.subject, number.partner, number.scope)
            for number in _of_quantity(facts, "surcharge_usd")
            if number.use == "model"
            and (number.from_date is None or number.from_date <= day)
            and (number.to_date is None or day <= number.to_date)
        }
        return tuple(sorted(found))

    def surcharges(self, start: str, end: str) -> dict[str, Rate]:
        """Surcharges dated to the day for the pair, one per kind; carriers add them to a normal rate."""
        context = self._context
        levels = [set(context.port_subjects(port)) for port in (start, end)]
        found: dict[str, Rate] = {}
        for subject, partner, scope in self._surcharged:
            if subject not in levels[0] or partner not in levels[1] or scope in found:
                continue
            rate = context.rates.price(Question(subject, "surcharge_usd", partner=partner, mode="sea", scope=scope))
            if rate is not None:
                found[scope] = rate
        return found

    @cached_property
    def _headhaul_origins(self) -> frozenset[str]:
        return frozenset(
            records(self._context.rates.facts, "regions").get("headhaul_origin", {}).get("members", "").split(";")
        )

    def distance_rule(self, start: str, end: str) -> tuple[Rate, Rate] | None:
        """Fixed part and rate per kilometre of a sea leg without a freight rate, by the direction of trade.

        Boxes leave the countries of the region ``headhaul_origin`` full and come back cheap; between two countries
        inside, or two outside, the rule without direction holds.
        """
        inside = [self._context.ports[port]["country"] in self._headhaul_origins for port in (start, end)]
        direction = "" if inside[0] == inside[1] else "headhaul" if inside[0] else "backhaul"
        if direction not in self._rules:
            self._rules[direction] = self._rule(direction)
        return self._rules[direction]

    def _rule(self, direction: str) -> tuple[Rate, Rate] | None:
        rates = self._context.rates
        for wanted in dict.fromkeys((direction, "")):
            fixed = rates.price(Question("world", "ocean_price_fixed", mode="sea", direction=wanted))
            per_km = rates.price(Question("world", "ocean_price_per_km", mode="sea", direction=wanted))
            if fixed is not None and per_km is not None:
                return fixed, per_km
        return None


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
    prices = OceanPrices(context)
    pairs = network.node_port[network.tail[lanes]].astype(np.int64) * len(network.port_ids)
    pairs += network.node_port[network.head[lanes]]
    order = np.argsort(pairs, kind="stable")
    for arcs in np.split(lanes[order], np.flatnonzero(np.diff(pairs[order])) + 1):
        start, end = (
            network.port_ids[network.node_port[node]] for node in (network.tail[arcs[0]], network.head[arcs[0]])
        )
        rate, rule = prices.rate(start, end), prices.distance_rule(start, end)
        if rate is not None:
            context.draft.add(arcs, "haul", "usd", rate)
            _add_on_top(context, arcs, rate, prices.surcharges(start, end), None if rule is None else rule[1])
        elif rule is not None:
            context.draft.add(arcs, "haul", "usd", rule[0])
            context.draft.add(arcs, "haul", "usd", rule[1], per_km=True)
        else:
            reason = f"no freight rate is known {start} to {end}, and no distance rule"
            context.draft.close(arcs, Closure("no-fact", reason, "no fact"))


def _add_on_top(context: Context, arcs: Int32, rate: Rate, surcharges: dict[str, Rate], per_km: Rate | None) -> None:
    """What is paid on top of a freight rate on the lanes of its pair.

    A rate of an episode that the day lies in holds all that was charged then, the way round an event in force too.
    """
    km = context.network.km[arcs]
    shortest = float(km.min())
    sails_round = context.shut_by_event is not None and bool(context.shut_by_event[arcs[km == shortest]].all())
    in_force = surcharges if rate.normal else {}
    for kind, surcharge in in_force.items():
        # Carriers charge for a danger, and for the way round it, while the usual lane is shut by it.
        if kind not in _OF_AN_EVENT or (kind == "war_risk" and sails_round):
            context.draft.add(arcs, "surcharge", "usd", surcharge)
    if rate.normal or not sails_round:
        _add_detour(context, arcs, per_km, in_force.get("detour") if sails_round else None)


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


def _add_detour(context: Context, arcs: Int32, per_km: Rate | None, published: Rate | None) -> None:
    """What a lane longer than the shortest of its pair costs more: by distance, or the published charge if larger."""
    shortest = float(context.network.km[arcs].min())
    for arc in arcs.tolist():
        extra = float(context.network.km[arc]) - shortest
        if extra <= 0:
            continue
        found = published
        if per_km is not None and (published is None or extra * per_km.value > published.value):
            formula = f"{extra:.0f} km more than the shortest lane x {per_km.value:.4g} USD per km"
            found = combined(extra * per_km.value, [per_km], formula)
        if found is not None:
            context.draft.add([arc], "surcharge", "usd", found)


def add_services(context: Context) -> None:
    """Entries for named ferry and feeder services."""
    network = context.network
    prices = OceanPrices(context)
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


def _service_price(context: Context, prices: OceanPrices, arc: int) -> list[tuple[Rate, bool]] | None:
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
    # What container ships ask from quay to quay is no price of a ferry, whose loading is in its price.
    if mode == "sea" and not inland:
        rate = prices.rate(start, end)
        if rate is not None:
            return [(rate, False)]
        rule = prices.distance_rule(start, end)
        if rule is not None:
            return [(rule[0], False), (rule[1], True)]
    subjects = [subject for subject in context.port_subjects(start) if subject.startswith("region:")]
    subjects.append("world")
    fixed = context.rates.price(first_known(subjects, "ocean_price_fixed", mode="ferry"))
    per_km = context.rates.price(first_known(subjects, "ocean_price_per_km", mode="ferry"))
    if fixed is None or per_km is None:
        return None
    return [(fixed, False), (per_km, True)]
