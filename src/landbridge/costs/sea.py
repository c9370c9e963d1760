"""Sea lanes and named services: hours under way, freight, detours.

A freight rate belongs to a trade lane and a direction: a pair of ports, of the countries or of the regions they lie in,
nearest first, the spot rate before the contract rate; it holds for the shortest lane of the pair of ports. Where
none is known, that of another port of the same country stands in if its lane is about as long (``STAND_IN_RATIO``): a
port on another sea has another price. Where that fails too, the distance rule serves. Each leg has one price rule.

A longer lane round a closed strait pays the extra distance on top at the rate of the distance rule, or what carriers
published for the event that shuts the strait if that is more, unless the rate itself is of the time when ships
sailed round. A lane without a rate that an event sends round pays as much above the distance rule as the lanes to the
same coast that have a rate of these days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from landbridge.costs.context import Context, first_known, records
from landbridge.costs.haul import add_emissions
from landbridge.costs.lane_pairs import LanePairs
from landbridge.costs.rates import Rate, combined
from landbridge.facts.choose import Question
from landbridge.facts.ledger import Number
from landbridge.facts.package import Facts
from landbridge.network.state import Closure

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bools = NDArray[np.bool_]

_CALLS = Question("world", "call_hours", mode="sea")

#: Surcharges of carriers that are in force only while an event shuts the usual lane.
_OF_AN_EVENT = ("detour", "war_risk")
#: A rate of another port of the same country stands in if the longer of the two lanes is at most this many times
#: the shorter one.
STAND_IN_RATIO: Final = 1.5
#: The extra distance of a detour is paid in steps of this length, so that lanes share ledger entries.
DETOUR_STEP_KM: Final = 50.0


def _of_quantity(facts: Facts, quantity: str) -> list[Number]:
    return [number for (_, kind), rows in facts.index.items() if kind == quantity for number in rows]


class _Ends(NamedTuple):
    """Subjects a port stands under in freight rates and in surcharges, as the port of departure and of arrival."""

    rated_out: tuple[str, ...]
    rated_in: tuple[str, ...]
    charged_out: tuple[str, ...]
    charged_in: tuple[str, ...]


class OceanPrices:
    """Freight between ports: rates of pairs, surcharges, and the distance rule for pairs without a rate.

    Only pairs of subjects that have a rate at all are asked for one, which keeps the chain short.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._rules: dict[str, tuple[Rate, Rate] | None] = {}
        self._of_subjects: dict[tuple[tuple[str, ...], tuple[str, ...]], Rate | None] = {}
        self._ends: dict[str, _Ends] = {}

    @cached_property
    def _partners(self) -> dict[str, frozenset[str]]:
        """Subject -> partners to which it has a freight rate."""
        found: dict[str, set[str]] = {}
        for number in _of_quantity(self._context.rates.facts, "ocean_price"):
            found.setdefault(number.subject, set()).add(number.partner)
        return {subject: frozenset(partners) for subject, partners in found.items()}

    @cached_property
    def _arrivals(self) -> frozenset[str]:
        """Subjects to which any freight rate leads."""
        return frozenset(partner for partners in self._partners.values() for partner in partners)

    @cached_property
    def _rated_ports(self) -> dict[str, tuple[str, ...]]:
        """Country -> its ports that are an end of a freight rate themselves."""
        ends = {*self._partners, *self._arrivals}
        found: dict[str, tuple[str, ...]] = {}
        for port, row in sorted(self._context.ports.items()):
            if f"port:{port}" in ends:
                found[row["country"]] = (*found.get(row["country"], ()), port)
        return found

    @cached_property
    def _km(self) -> dict[int, float]:
        """Length of the shortest lane of each pair of ports."""
        pairs = self._context.lane_pairs
        first = np.flatnonzero(pairs.shortest == np.arange(len(pairs.lanes)))
        km = self._context.network.km[pairs.lanes[first]]
        return dict(zip(pairs.pair[first].tolist(), km.tolist(), strict=True))

    @cached_property
    def _number_of(self) -> dict[str, int]:
        return {port: i for i, port in enumerate(self._context.network.port_ids)}

    def _lane_km(self, start: str, end: str) -> float | None:
        first, last = self._number_of.get(start, -1), self._number_of.get(end, -1)
        return None if min(first, last) < 0 else self._km.get(first * len(self._number_of) + last)

    def ends(self, port: str) -> _Ends:
        """The subjects of a port that have a rate or a surcharge, nearest first; the world has no rate."""
        if port not in self._ends:
            own = self._context.port_subjects(port)
            charged = ({row[place] for row in self._surcharged} for place in (0, 1))
            wanted = (self._partners.keys() - {"world"}, self._arrivals - {"world"}, *charged)
            self._ends[port] = _Ends(*(tuple(subject for subject in own if subject in some) for some in wanted))
        return self._ends[port]

    def has_rated_sibling(self, port: str) -> bool:
        """Whether another port of the country is an end of a freight rate."""
        return any(other != port for other in self._rated_ports.get(self._context.ports[port]["country"], ()))

    def rate(self, start: str, end: str, km: float | None = None) -> Rate | None:
        """Freight of the pair in the request's unit and money; None where only the distance rule is left.

        ``km``: length of the way where the network has no lane of the pair.
        """
        own = self.rate_of(self.ends(start).rated_out, self.ends(end).rated_in)
        return own if own is not None else self.stand_in(start, end, km)

    def rate_of(self, starts: tuple[str, ...], ends: tuple[str, ...]) -> Rate | None:
        """The rate of the nearest pair of subjects that has one; nearness is the sum of their places in the chains."""
        key = (starts, ends)
        if key not in self._of_subjects:
            place = {subject: j for j, subject in enumerate(ends)}
            known = sorted(
                (i + place[partner], i, subject, partner)
                for i, subject in enumerate(starts)
                for partner in self._partners.get(subject, ())
                if partner in place
            )
            rates = (self._asked(subject, partner) for _, _, subject, partner in known)
            self._of_subjects[key] = next((rate for rate in rates if rate is not None), None)
        return self._of_subjects[key]

    def _asked(self, subject: str, partner: str) -> Rate | None:
        return self._context.rates.price(
            *(
                Question(subject, "ocean_price", partner=partner, mode="sea", scope=scope)
                for scope in ("spot", "contract")
            )
        )

    def stand_in(self, start: str, end: str, km: float | None = None) -> Rate | None:
        """The rate of a port of the same country at one end or at both, whose lane is about as long.

        Of several the one whose lane differs least in length. A longer lane pays the difference by the distance rule.
        """
        length = self._lane_km(start, end) if km is None else km
        if length is None:
            return None
        ports = self._context.ports
        found: list[tuple[float, str, str]] = []
        for first in dict.fromkeys((start, *self._rated_ports.get(ports[start]["country"], ()))):
            for last in dict.fromkeys((end, *self._rated_ports.get(ports[end]["country"], ()))):
                other = self._lane_km(first, last)
                if other is None or (first, last) == (start, end):
                    continue
                if max(length, other) <= STAND_IN_RATIO * min(length, other):
                    found.append((abs(length - other), first, last))
        for _, first, last in sorted(found):
            rate = self.rate_of(self.ends(first).rated_out, self.ends(last).rated_in)
            if rate is None:
                continue
            extra = length - (self._lane_km(first, last) or length)
            rule = self.distance_rule(start, end)
            if extra > 0 and rule is not None:
                formula = f"{rate.formula} + {extra:.0f} km x {rule[1].value:.4g}"
                rate = combined(rate.value + extra * rule[1].value, [rate, rule[1]], formula)
            note = f"no freight rate {start} to {end}: port:{first} to port:{last} stands in"
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

    def surcharges(self, starts: Sequence[str], ends: Sequence[str]) -> dict[str, Rate]:
        """Surcharges dated to the day between subjects, one per kind; carriers add them to a normal rate."""
        context = self._context
        found: dict[str, Rate] = {}
        for subject, partner, scope in self._surcharged:
            if subject not in starts or partner not in ends or scope in found:
                continue
            rate = context.rates.price(Question(subject, "surcharge_usd", partner=partner, mode="sea", scope=scope))
            if rate is not None:
                found[scope] = rate
        return found

    @cached_property
    def _headhaul_origins(self) -> frozenset[str]:
        """Ports in the countries of the region ``headhaul_origin``."""
        region = records(self._context.rates.facts, "regions").get("headhaul_origin", {})
        countries = region.get("members", "").split(";")
        return frozenset(port for port, row in self._context.ports.items() if row["country"] in countries)

    def direction(self, start: str, end: str) -> str:
        """Direction of trade of a pair of ports in the distance rule.

        Boxes leave the countries of the region ``headhaul_origin`` full and come back cheap; between two countries
        outside it a rule of its own holds (``elsewhere``), between two inside that without direction.
        """
        first, last = start in self._headhaul_origins, end in self._headhaul_origins
        if first == last:
            return "" if first else "elsewhere"
        return "headhaul" if first else "backhaul"

    def distance_rule(self, start: str, end: str) -> tuple[Rate, Rate] | None:
        """Fixed part and rate per kilometre of a sea leg without a freight rate, by the direction of trade.

        Where the facts have no rule of the direction, the one without direction serves.
        """
        return self.rule(self.direction(start, end))

    def rule(self, direction: str) -> tuple[Rate, Rate] | None:
        """The distance rule of a direction."""
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
    pairs = context.lane_pairs
    lanes = pairs.lanes
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
    _add_freight(context, pairs)


class _Group(NamedTuple):
    """What the price of a lane depends on: subjects of both ends, direction of trade, and the pair of ports itself
    where only a port of the same country may have a rate (else empty)."""

    rated: tuple[tuple[str, ...], tuple[str, ...]]
    charged: tuple[tuple[str, ...], tuple[str, ...]]
    direction: str
    pair: tuple[str, str]


def _add_freight(context: Context, pairs: LanePairs) -> None:
    """Money of the lanes; lanes whose price depends on the same share their entries."""
    prices = OceanPrices(context)
    extra_km, sails_round = _way_round(context, pairs)
    groups = _grouped(context, pairs, prices)
    rates = {group: prices.stand_in(*group.pair) if group.pair[0] else prices.rate_of(*group.rated) for group in groups}
    levels = _levels_of_the_way_round(context, pairs, prices, groups, rates, sails_round)
    for group, members in groups.items():
        rule, rate = prices.rule(group.direction), rates[group]
        arcs = pairs.lanes[members]
        if rate is not None:
            context.draft.add(arcs, "haul", "usd", rate)
            surcharges = prices.surcharges(*group.charged) if rate.normal else {}
            per_km = None if rule is None else rule[1]
            _add_on_top(context, arcs, rate, surcharges, per_km, extra_km[members], sails_round[members])
        elif rule is not None:
            context.draft.add(arcs, "haul", "usd", rule[0])
            context.draft.add(arcs, "haul", "usd", rule[1], per_km=True)
            level = next((levels[subject] for subject in group.rated[1] if subject in levels), None)
            if level is not None:
                _add_level(context, arcs[sails_round[members]], rule, level)
        else:
            _close_unpriced(context, arcs)


def _levels_of_the_way_round(
    context: Context,
    pairs: LanePairs,
    prices: OceanPrices,
    groups: Mapping[_Group, Int64],
    rates: Mapping[_Group, Rate | None],
    sails_round: Bools,
) -> dict[str, Rate]:
    """Coast of arrival -> how many times the distance rule is asked there while ships sail round a strait.

    By the lanes that have a rate of the episode, each on the way that is left to it, the middle one of them. Without
    that a box would be cheaper by a port on the way, from which nobody quoted a rate of these days. Levels of one or
    less are none.
    """
    if context.shut_by_event is None or not sails_round.any():
        return {}
    km = context.network.km[pairs.lanes]
    left = np.flatnonzero(sails_round & ~context.shut_by_event[pairs.lanes])
    left = left[np.lexsort((left, km[left], pairs.pair[left]))]
    taken = np.zeros(len(km), dtype=np.bool_)
    taken[left[np.concatenate([[True], np.diff(pairs.pair[left]) != 0])[: len(left)]]] = True
    found: dict[str, list[tuple[float, float, _Group]]] = defaultdict(list)
    for group, rate in rates.items():
        rule = prices.rule(group.direction)
        if rate is None or rate.normal or rule is None:
            continue
        for length in km[groups[group][taken[groups[group]]]].tolist():
            for subject in group.rated[1]:
                found[subject].append((rate.value / (rule[0].value + rule[1].value * length), length, group))
    levels: dict[str, Rate] = {}
    for subject, lanes in found.items():
        ratio, length, group = sorted(lanes)[(len(lanes) - 1) // 2]
        rate, rule = rates[group], prices.rule(group.direction)
        if ratio > 1 and rate is not None and rule is not None:
            formula = f"{rate.value:.4g} / ({rule[0].value:.4g} + {length:.0f} km x {rule[1].value:.4g})"
            note = f"no rate of these days: as much above the distance rule as the middle one of the lanes to {subject}"
            levels[subject] = replace(combined(ratio, [rate, *rule], formula, note), basis="assumed")
    return levels


def _add_level(context: Context, arcs: Int32, rule: tuple[Rate, Rate], level: Rate) -> None:
    for part, per_km in zip(rule, (False, True), strict=True):
        formula = f"({level.formula} - 1) x {part.value:.4g}"
        more = combined((level.value - 1) * part.value, [level, part], formula)
        context.draft.add(arcs, "surcharge", "usd", more, per_km=per_km)


def _close_unpriced(context: Context, arcs: Int32) -> None:
    network = context.network
    for arc in arcs.tolist():
        ends = (network.port_ids[network.node_port[node]] for node in (network.tail[arc], network.head[arc]))
        reason = f"no freight rate is known {' to '.join(ends)}, and no distance rule"
        context.draft.close([arc], Closure("no-fact", reason, "no fact"))


def _grouped(context: Context, pairs: LanePairs, prices: OceanPrices) -> dict[_Group, Int64]:
    """Positions of the lanes by what their price depends on, in a fixed order."""
    names = context.network.port_ids
    order = np.argsort(pairs.pair, kind="stable")
    keys, first = np.unique(pairs.pair[order], return_index=True)
    sailing = {place for key in keys.tolist() for place in divmod(key, pairs.n_ports)}
    ends = {place: prices.ends(names[place]) for place in sailing}
    siblings = {place: prices.has_rated_sibling(names[place]) for place in sailing}
    found: dict[_Group, list[Int64]] = defaultdict(list)
    for key, members in zip(keys.tolist(), np.split(order, first[1:]), strict=True):
        i, j = divmod(key, pairs.n_ports)
        rated = ends[i].rated_out, ends[j].rated_in
        alone = (siblings[i] or siblings[j]) and prices.rate_of(*rated) is None
        pair = (names[i], names[j]) if alone else ("", "")
        charged = ends[i].charged_out, ends[j].charged_in
        found[_Group(rated, charged, prices.direction(names[i], names[j]), pair)].append(members)
    return {group: np.concatenate(found[group]) for group in sorted(found)}


def _way_round(context: Context, pairs: LanePairs) -> tuple[Float64, Bools]:
    """By lane: kilometres more than the shortest lane of its pair, and whether events shut all lanes of that length."""
    km = context.network.km[pairs.lanes]
    extra: Float64 = km - km[pairs.shortest]
    if context.shut_by_event is None:
        return extra, np.zeros(len(km), dtype=np.bool_)
    usable = np.zeros(len(km), dtype=np.bool_)
    usable[pairs.shortest[(extra == 0) & ~context.shut_by_event[pairs.lanes]]] = True
    return extra, ~usable[pairs.shortest]


def _add_on_top(
    context: Context,
    arcs: Int32,
    rate: Rate,
    surcharges: dict[str, Rate],
    per_km: Rate | None,
    extra_km: Float64,
    sails_round: Bools,
) -> None:
    """What is paid on top of a freight rate on the lanes it holds for.

    A rate of an episode that the day lies in holds all that was charged then, the way round an event in force too.
    """
    for kind, surcharge in surcharges.items():
        # Carriers charge for a danger, and for the way round it, while the usual lane is shut by it.
        if kind not in _OF_AN_EVENT:
            context.draft.add(arcs, "surcharge", "usd", surcharge)
        elif kind == "war_risk":
            context.draft.add(arcs[sails_round], "surcharge", "usd", surcharge)
    _add_detour(context, arcs[~sails_round], extra_km[~sails_round], per_km, None)
    if rate.normal:
        _add_detour(context, arcs[sails_round], extra_km[sails_round], per_km, surcharges.get("detour"))


def _add_detour(context: Context, arcs: Int32, extra_km: Float64, per_km: Rate | None, published: Rate | None) -> None:
    """What a lane longer than the shortest of its pair costs more: by distance, or the published charge if larger."""
    steps = np.ceil(extra_km / DETOUR_STEP_KM).astype(np.int64)
    for step in np.unique(steps[steps > 0]).tolist():
        extra, found = step * DETOUR_STEP_KM, published
        if per_km is not None and (published is None or extra * per_km.value > published.value):
            formula = f"{extra:.0f} km more than the shortest lane x {per_km.value:.4g} USD per km"
            found = combined(extra * per_km.value, [per_km], formula)
        if found is not None:
            context.draft.add(arcs[steps == step], "surcharge", "usd", found)


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
        rate = prices.rate(start, end, float(network.km[arc]))
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
