"""Standing still: gauge changes, ports, transfers between rail and road, the first and the last terminal.

A port's dwell holds the wait for the onward vessel or train, so the larger of dwell and half the interval of
departures is taken, never their sum (CONVENTIONS 12). The wait at the origin is a measure of its own and no part of
the hours (CONVENTIONS 10).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np

from landbridge.costs.arccosts import Measure
from landbridge.costs.context import Context, Int32, first_known
from landbridge.costs.rates import Rate, combined
from landbridge.facts.choose import Question
from landbridge.network.build import loading_in_price
from landbridge.network.state import Closure
from landbridge.schema.words import NODE_KINDS

_HOURS_PER_WEEK = 168.0
_INBOUND = ("transit", "import")
_OUTBOUND = ("export", "transit", "import")
_CO2: tuple[tuple[str, Measure], ...] = (("wtw", "co2_wtw_kg"), ("ttw", "co2_ttw_kg"))
#: What is known to cost nothing.
_NOTHING = Rate(0.0, "derived", ())
_DEFAULT_TRAIN_INTERVAL = Question("world", "departure_interval_hours", mode="rail", scope="train")


def add_terminals(context: Context) -> None:
    """Entries for gauge, load, unload, transship, transfer and access arcs."""
    _add_gauge_breaks(context)
    _add_transfers(context)
    _add_port_arcs(context)
    _add_access(context)


def gauge_change(context: Context, arcs: Sequence[int], country: str) -> None:
    """A change of gauge that no crossing's time contains."""
    subjects = context.country_subjects(country)
    hours = context.rates.number(first_known(subjects, "gauge_change_hours"))
    usd = context.rates.price(first_known(subjects, "gauge_change_usd"))
    if hours is None or usd is None:
        return _close(context, arcs, f"no time or price of a change of gauge is known in {country}")
    context.draft.add(arcs, "gauge_change", "hours", hours, sigma=context.sigma("gauge_change"), country=country)
    context.draft.add(arcs, "gauge_change", "usd", usd)
    return None


def _close(context: Context, arcs: Sequence[int] | Int32, reason: str) -> None:
    context.draft.close(arcs, Closure("no-fact", reason, "no fact"))


def _add_gauge_breaks(context: Context) -> None:
    network = context.network
    breaks = network.arcs_of_kind("gauge")
    if len(breaks) == 0:
        return
    contained = _places_with_gauge_change_in_a_crossing(context)
    for arc in breaks.tolist():
        place = network.place_ids[network.node_place[network.tail[arc]]]
        country = network.country_codes[network.country[arc]]
        if (place, country) not in contained:  # else the crossing's entries say that they hold it
            gauge_change(context, [arc], country)


def _places_with_gauge_change_in_a_crossing(context: Context) -> dict[tuple[str, str], str]:
    """(place, country) -> the crossing whose hours contain the change of gauge made there."""
    named: list[tuple[str, str, str]] = []  # crossing, names, country
    for crossing_id, crossing in sorted(context.crossings.items()):
        if crossing["gauge_change_included"] == "yes":
            for text in str(crossing["gauge_change_places"]).split(";"):
                match = re.fullmatch(r"\s*(.+?)\s*\((\w{3})\)\s*", text)
                if match is not None:
                    named.append((crossing_id, match[1], match[2]))
    called: dict[str, list[tuple[str, frozenset[str]]]] = {country: [] for _, _, country in named}
    for row in context.rates.facts.rows("places"):
        if row["country"] in called:
            called[row["country"]].append((row["id"], _words(row["name"])))
    found: dict[tuple[str, str], str] = {}
    for crossing_id, names, country in named:
        for wanted in filter(None, map(_words, names.split(","))):
            for place, words in called[country]:
                if wanted <= words:
                    found.setdefault((place, country), crossing_id)
    return found


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", name.lower()))


def _add_transfers(context: Context) -> None:
    """Rail to road and back; a box that changes to rail waits for its train where that takes longer."""
    network = context.network
    arcs = network.arcs_of_kind("transfer")
    train = _half_or_none(context.rates.number(_DEFAULT_TRAIN_INTERVAL))
    for country, of_country in context.by_country(arcs):
        to_rail = network.node_kind[network.head[of_country]] == NODE_KINDS.index("rail")
        subjects = context.country_subjects(country)
        handling = context.rates.number(first_known(subjects, "transfer_hours"))
        usd = context.rates.price(first_known(subjects, "transfer_usd"))
        for group, hours in ((of_country[to_rail], _larger(handling, train)), (of_country[~to_rail], handling)):
            if hours is None or usd is None:
                _close(context, group, f"no time or price of a transfer between rail and road is known in {country}")
                continue
            context.draft.add(group, "transfer", "hours", hours, sigma=context.sigma("transfer"), country=country)
            context.draft.add(group, "transfer", "usd", usd)
    _add_lifts(context, arcs, "transfer")


def _add_lifts(context: Context, arcs: Int32, component: str) -> None:
    """Emissions of lifting one unit once."""
    for scope, measure in _CO2:
        lift = context.rates.price(Question("world", "co2_handling", scope=scope))
        if lift is not None:
            context.draft.add(arcs, component, measure, lift)


def _add_port_arcs(context: Context) -> None:
    network = context.network
    sigma = context.sigma("port")
    lifted: list[int] = []
    for kind in ("load", "unload", "transship"):
        for arc in network.arcs_of_kind(kind).tolist():
            port = network.port_ids[network.port[arc]]
            tail, head = int(network.tail[arc]), int(network.head[arc])
            hours, usd = _port_hours(context, kind, port, tail, head), _port_usd(context, kind, port, tail, head)
            if hours is None or usd is None:
                _close(context, [arc], f"no dwell or handling price is known in the port {port}")
                continue
            context.draft.add([arc], "port", "hours", hours, sigma=sigma, country=context.ports[port]["country"])
            context.draft.add([arc], "port", "usd", usd)
            if usd is not _NOTHING:
                lifted.append(arc)
    _add_lifts(context, np.array(lifted, dtype=np.int32), "port")


def _port_hours(context: Context, kind: str, port: str, tail: int, head: int) -> Rate | None:
    """Hours between ship and land or ship and ship.

    A ferry is boarded on wagons and trucks, without a container yard: only the port's own figures of dwell count there,
    and where it has none its passengers drive off at once.
    """
    network = context.network
    if kind == "unload":
        mode = NODE_KINDS[network.node_kind[head]]
        if network.node_kind_name(tail) == "service_in":
            return _larger(_own_dwell(context, port, _INBOUND, mode), train_wait(context, port, mode)) or _NOTHING
        return _larger(_inbound_dwell(context, port, mode), train_wait(context, port, mode))
    departure = sailing_wait(context, head)
    berth = network.node_key[head].split(":")
    ferry = berth[0] == "service_out" and _loading_in_price(context, berth[1])
    if kind == "load":
        mode = NODE_KINDS[network.node_kind[tail]]
        waits = _own_dwell if ferry else dwell
        return _larger(waits(context, port, _OUTBOUND, mode), departure)
    return _larger(None if ferry else dwell(context, port, ("transship",)), departure)


def _own_dwell(context: Context, port: str, scopes: tuple[str, ...], mode: str = "") -> Rate | None:
    """The port's own figure of dwell, without proxies."""
    return context.rates.number(first_known((f"port:{port}",), "dwell_hours", mode=mode, scopes=scopes))


def dwell(context: Context, port: str, scopes: tuple[str, ...], mode: str = "") -> Rate | None:
    """Dwell of a box in a port, hours: the port's own figures for these purposes first, then proxies."""
    return context.rates.number(first_known(context.port_subjects(port), "dwell_hours", mode=mode, scopes=scopes))


def _inbound_dwell(context: Context, port: str, mode: str) -> Rate | None:
    """Dwell of a box that goes on by land.

    A box that leaves by train waits as transit boxes do, by the nearest figure there is, for a train is formed in no
    port by the time of its imports. A box that leaves by truck waits as the port's transit or import boxes do.
    """
    if mode == "rail":
        return dwell(context, port, ("transit",), mode) or dwell(context, port, ("import",), mode)
    return _own_dwell(context, port, _INBOUND, mode) or dwell(context, port, _INBOUND, mode)


def train_wait(context: Context, port: str, mode: str) -> Rate | None:
    """Mean wait for a train at a port: half the interval, or what was seen there where that is longer.

    Trains to the country of destination come before trains in general.
    """
    if mode != "rail":
        return None
    subject, partner = f"port:{port}", f"country:{context.request.destination_country}"
    seen = context.rates.number(Question(subject, "wait_hours", mode="rail", scope="train_formation"))
    interval = context.rates.number(
        Question(subject, "departure_interval_hours", partner=partner, mode="rail", scope="train"),
    )
    half = _half_or_none(interval)
    if seen is None or half is None:
        return seen or half
    return seen if seen.value >= half.value else half


def sailing_wait(context: Context, berth: int) -> Rate | None:
    """Mean wait for the departure of a berth's service: half the interval; weekly where nothing is known."""
    key = context.network.node_key[berth].split(":")
    if key[0] == "service_out":
        changed = _changed_sailings(context, key[1])
        if changed is not None:
            return changed
        known = _known_wait(context, key[1])
        if known is not None:
            return known
    return default_sailing_wait(context)


def default_sailing_wait(context: Context) -> Rate | None:
    """Wait for a sailing of a service of which nothing is known: half the default interval, hours."""
    interval = context.rates.number(Question("world", "departure_interval_hours", mode="sea", scope="sailing"))
    return None if interval is None else _half(interval)


def _known_wait(context: Context, service: str) -> Rate | None:
    """Mean wait for a named service by its own departures, or by the waits seen in its inland sea."""
    interval = context.rates.number(
        *(
            Question(f"service:{service}", "departure_interval_hours", mode=mode, scope="sailing")
            for mode in ("ferry", "sea")
        )
    )
    if interval is not None:
        return _half(interval)
    weekly = context.rates.number(
        *(Question(f"service:{service}", "sailings_per_week", mode=mode) for mode in ("ferry", "sea"))
    )
    if weekly is not None:
        half = _HOURS_PER_WEEK / weekly.value / 2
        return combined(half, [weekly], f"half of 168 h / {weekly.value:g} sailings a week")
    port = str(context.services[service]["from_port"])
    if context.ports[port]["tier"] != "inland-sea":
        return None
    return context.rates.number(first_known(context.port_subjects(port), "wait_hours", mode="ferry", scopes=("ferry",)))


def _changed_sailings(context: Context, service: str) -> Rate | None:
    """Wait for a service whose departures a scenario set or scaled; None where none did."""
    changes = context.sailings.get(service, ())
    if not changes:
        return None
    rate = _known_wait(context, service)
    for modifier in changes:
        fact = f"change:{modifier.change}"
        if modifier.kind == "set" or rate is None:
            half = _HOURS_PER_WEEK / modifier.value / 2
            formula = f"half of 168 h / {modifier.value:g} sailings a week ({modifier.change})"
            rate = Rate(half, "scenario", (fact,), modifier.what, formula)
        else:
            formula = f"({rate.formula}) / {modifier.value:g} ({modifier.change})"
            rate = Rate(rate.value / modifier.value, "scenario", (*rate.facts, fact), modifier.what, formula)
    return rate


@cache
def _half(interval: Rate) -> Rate:
    return combined(interval.value / 2, [interval], f"half of {interval.value:g} h between departures")


def _half_or_none(interval: Rate | None) -> Rate | None:
    return None if interval is None else _half(interval)


def _larger(first: Rate | None, second: Rate | None) -> Rate | None:
    if first is None or second is None:
        return first or second
    winner = first if first.value >= second.value else second
    return Rate(
        winner.value,
        winner.basis,
        tuple(dict.fromkeys((*first.facts, *second.facts))),
        winner.note,
        f"larger of dwell {first.value:g} h and wait for departure {second.value:g} h",
    )


def _port_usd(context: Context, kind: str, port: str, tail: int, head: int) -> Rate | None:
    """Terminal handling; nothing where a service's price holds the loading."""
    network = context.network
    handling = context.rates.price(first_known(context.port_subjects(port), "handling_usd", mode="sea"))
    inbound = network.node_kind_name(tail)
    outbound = network.node_key[head].split(":")
    if kind == "unload":
        return _NOTHING if inbound == "service_in" else handling
    loading_in = outbound[0] == "service_out" and _loading_in_price(context, outbound[1])
    if kind == "load":
        return _NOTHING if loading_in else handling
    if inbound == "service_in" and loading_in:
        return _NOTHING
    if inbound == "sea_in" and outbound[0] == "sea_out":
        transship = context.rates.price(first_known(context.port_subjects(port), "transship_usd", mode="sea"))
        return transship or handling
    return handling


def _loading_in_price(context: Context, service: str) -> bool:
    return loading_in_price(context.services[service], context.ports)


def _add_access(context: Context) -> None:
    """The first and the last terminal, forwarding, and the wait at the origin."""
    network = context.network
    lifted: list[Int32] = []
    for kind, country, node, arcs in _alike(context, network.arcs_of_kind("access")):
        usd = _access_usd(context, node, kind, country)
        if usd is None:
            _close(context, arcs, f"no price of handling in a terminal is known in {country}")
            continue
        component = "port" if network.port[arcs[0]] >= 0 else "transfer"
        context.draft.add(arcs, component, "usd", usd)
        if usd is not _NOTHING:
            lifted.append(arcs)
        out = arcs[network.direction[arcs] == 1]
        fee = _forwarding(context, country)
        if fee is not None:
            context.draft.add(out, "fee", "usd", fee)
        wait = _origin_wait(context, node, kind)
        if wait is not None:
            context.draft.add(out, "waiting", "origin_wait_hours", wait, country=country)
    all_lifted = np.sort(np.concatenate([*lifted, np.zeros(0, np.int32)]))
    at_port = network.port[all_lifted] >= 0
    _add_lifts(context, all_lifted[at_port], "port")
    _add_lifts(context, all_lifted[~at_port], "transfer")


def _alike(context: Context, arcs: Int32) -> list[tuple[str, str, int, Int32]]:
    """(kind of node, country, a node, arcs) of access arcs that cost the same, in this order.

    Alike are those of one country to roads, or to stations that serve no port; others are taken node by node.
    """
    network = context.network
    node = np.where(network.direction[arcs] == 1, network.head[arcs], network.tail[arcs])
    kind, country = network.node_kind[node], network.country[arcs]
    served = np.array([*(place in context.ports_at_station for place in network.place_ids), False], dtype=np.bool_)
    alone = ~np.isin(kind, [NODE_KINDS.index(name) for name in ("road", "rail")])
    alone |= (kind == NODE_KINDS.index("rail")) & (served[network.node_place[node]] | (network.port[arcs] >= 0))
    group = np.where(alone, node, -1)
    order = np.lexsort((arcs, group, country, kind))
    keys = np.stack([kind[order], country[order], group[order]])
    starts = np.flatnonzero(np.any(np.diff(keys, axis=1, prepend=-2), axis=0))
    codes = (*network.country_codes, "")
    found = []
    for members in np.split(order, starts[1:]) if len(arcs) else ():
        first = members[np.argmin(node[members])]
        found.append((NODE_KINDS[kind[first]], codes[country[first]], int(node[first]), arcs[members]))
    return sorted(found, key=lambda item: item[:3])


def _forwarding(context: Context, country: str) -> Rate | None:
    """Forwarding is paid per shipment, whatever its unit; a tonne is a part of one and pays its part."""
    chain = first_known(context.country_subjects(country), "fee_usd", vehicle="teu", scopes=("forwarding",))
    fee = context.rates.money(chain)
    if fee is None or context.request.cargo != "tonne":
        return fee
    part = context.rates.number(Question("unit:tonne", "unit_factor", partner="unit:teu", scope="handling"))
    if part is None:
        return fee
    return combined(fee.value * part.value, [fee, part], f"({fee.formula}) x {part.value:g} of a shipment")


def _access_usd(context: Context, node: int, kind: str, country: str) -> Rate | None:
    """Handling in the first or last terminal; a road haul starts and ends at the door."""
    network = context.network
    if kind == "rail":
        return context.rates.price(first_known(context.country_subjects(country), "transfer_usd"))
    if kind not in ("sea_in", "sea_out", "service_out"):
        return _NOTHING
    if kind == "service_out" and _loading_in_price(context, network.node_key[node].split(":")[1]):
        return _NOTHING
    port = network.port_ids[network.node_port[node]]
    return context.rates.price(first_known(context.port_subjects(port), "handling_usd", mode="sea"))


def _origin_wait(context: Context, node: int, kind: str) -> Rate | None:
    if kind in ("sea_out", "service_out"):
        return sailing_wait(context, node)
    if kind != "rail":
        return None
    place = int(context.network.node_place[node])
    ports = context.ports_at_station.get(context.network.place_ids[place], ()) if place >= 0 else ()
    questions = [Question(f"port:{port}", "departure_interval_hours", mode="rail", scope="train") for port in ports]
    return _half_or_none(context.rates.number(*questions) or context.rates.number(_DEFAULT_TRAIN_INTERVAL))
