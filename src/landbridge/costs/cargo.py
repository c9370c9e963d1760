"""What a cargo unit can travel on, what an hour of it is worth, and the limits of the vehicles that carry it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from landbridge.costs.context import Context, records
from landbridge.costs.limits import limits
from landbridge.costs.rates import Rate, combined
from landbridge.facts.choose import Question
from landbridge.network.state import Closure
from landbridge.schema.words import ARC_KINDS, MODES

_HOURS_PER_DAY = 24.0

#: What a named service must carry for each cargo unit; a box also travels on a wagon or a truck.
_CARRIED_AS = {
    "teu": ("containers", "wagons", "trucks"),
    "feu": ("containers", "wagons", "trucks"),
    "tonne": ("containers", "wagons", "trucks"),
    "wagon": ("wagons",),
    "truck20t": ("trucks",),
}

#: Modes a cargo unit never uses, and kinds of arc that would put it on another vehicle.
_NEVER_BY = {"truck20t": ("rail",), "wagon": ("road",)}
_NEVER_OVER = {"truck20t": ("lane", "transfer", "gauge"), "wagon": ("lane", "transfer")}


def value_of_time(context: Context) -> Rate | None:
    """Dollars per hour of one unit: value of its goods x share lost per day / 24.

    Rule: the ad-valorem equivalent of a day in transit (lower estimate of the literature) on the cargo value of the
    class.
    """
    cargo, value = context.request.cargo, context.request.value
    worth = context.rates.price(Question(f"unit:{cargo}", "cargo_value", scope=value))
    share = context.rates.number(Question("world", "time_value_share"))
    if worth is None or share is None:
        return None
    amount = worth.value * share.value / 100 / _HOURS_PER_DAY
    return combined(amount, [worth, share], f"{worth.value:.0f} USD x {share.value:g} % a day / 24")


def close_unsuitable(context: Context) -> None:
    """Close what this cargo cannot travel on, and ports, straits and sections its vehicles do not fit."""
    _close_modes(context)
    _close_services(context)
    _close_limits(context)


def _close_modes(context: Context) -> None:
    network, cargo = context.network, context.request.cargo
    for mode in _NEVER_BY.get(cargo, ()):
        arcs = np.flatnonzero(network.mode == MODES.index(mode))
        context.draft.close(arcs, Closure(f"cargo-{mode}", f"a {cargo} does not travel by {mode}", "cargo"))
    for kind in _NEVER_OVER.get(cargo, ()):
        context.draft.close(
            network.arcs_of_kind(kind), Closure(f"cargo-{kind}", f"a {cargo} is not moved over a {kind}", "cargo")
        )


def _close_services(context: Context) -> None:
    network, cargo = context.network, context.request.cargo
    wanted = _CARRIED_AS[cargo]
    services = network.arcs_of_kind("service")
    for identifier, row in sorted(context.services.items()):
        carries = [item.strip() for item in str(row["carries"]).split(";") if item.strip()]
        if identifier in network.link_index and not any(item in wanted for item in carries):
            arcs = services[network.link[services] == network.link_index[identifier]]
            reason = f"{identifier} carries {', '.join(carries) or 'nothing'}, no {cargo}"
            context.draft.close(arcs, Closure(f"cargo-{identifier}", reason, "cargo"))


def _close_limits(context: Context) -> None:
    """Close arcs whose limit the vehicle of this cargo exceeds (draught, axle load, length)."""
    vehicles = records(context.rates.facts, "vehicles")
    vehicle_of_arc = vehicles_of_arcs(context)
    for identifier, limit in sorted(limits(context.rates.facts).items()):
        arcs = _arcs_under(context, str(limit["subject"]), str(limit["mode"]))
        for vehicle in sorted(set(vehicle_of_arc[arcs]) - {""}):
            size = vehicles[vehicle][str(limit["limit"])]
            if size == "" or float(size) <= float(limit["value"]):
                continue
            reason = (
                f"{limit['subject']} takes {limit['limit']} up to {float(limit['value']):g}, "
                f"a {vehicle} has {float(size):g}"
            )
            too_big = arcs[vehicle_of_arc[arcs] == vehicle]
            context.draft.close(too_big, Closure(f"limit-{identifier}", reason, "limit"))


def vehicles_of_arcs(context: Context) -> NDArray[np.str_]:
    """Id of the vehicle on each moving arc [n_arcs]; empty where none of the table serves.

    Rail: the train of the section's gauge that takes this cargo. Sea: the large ship on lanes between two main ports,
    the feeder elsewhere. Ferry and road: the first of the table that takes this cargo.
    """
    network, cargo = context.network, context.request.cargo
    fitting = {
        identifier: row
        for identifier, row in sorted(records(context.rates.facts, "vehicles").items())
        if cargo in [item.strip() for item in str(row["cargo"]).split(";")]
    }
    found = np.full(network.n_arcs, "", dtype="U32")
    for identifier, row in reversed(fitting.items()):
        of_mode = network.mode == MODES.index(row["mode"])
        if row["mode"] == "rail":
            of_mode &= network.gauge_mm == int(identifier.rsplit("_", 1)[1])
        elif row["mode"] == "sea":
            of_mode &= _main_lanes(context) == (identifier == "ship_main")
        found[of_mode] = identifier
    return found


def _main_lanes(context: Context) -> NDArray[np.bool_]:
    """Lanes between two main ports [n_arcs]; a named service between them sails with small ships."""
    network = context.network
    main = np.array([context.ports[port]["tier"] == "main" for port in network.port_ids] or [False])
    tail, head = network.node_port[network.tail], network.node_port[network.head]
    lanes = network.kind == ARC_KINDS.index("lane")
    both: NDArray[np.bool_] = lanes & (tail >= 0) & (head >= 0) & main[tail] & main[head]
    return both


def _of_main_gauge(context: Context, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of these arcs those of the gauge that most kilometres have: a country's limit is that of its own network.

    A line of the neighbour's gauge across the border is built for the neighbour's wagons.
    """
    network = context.network
    km = {
        int(gauge): network.km[inside & (network.gauge_mm == gauge)].sum()
        for gauge in np.unique(network.gauge_mm[inside])
    }
    main = max(sorted(km), key=lambda gauge: float(km[gauge]), default=-1)
    chosen: NDArray[np.bool_] = network.gauge_mm == main
    return chosen


def _arcs_under(context: Context, subject: str, mode: str) -> NDArray[np.int64]:
    network = context.network
    kind, value = subject.split(":", 1)
    of_mode = network.mode == MODES.index(mode)
    if kind == "section" and value in network.link_index:
        return np.flatnonzero(of_mode & (network.link == network.link_index[value]))
    if kind == "country" and value in network.country_codes:
        inside = of_mode & (network.country == network.country_codes.index(value))
        return np.flatnonzero(inside & _of_main_gauge(context, inside))
    if kind == "strait" and value in network.strait_ids:
        return np.flatnonzero(of_mode & (network.straits >> network.strait_ids.index(value) & 1 == 1))
    if kind == "port" and value in network.port_ids:
        port = network.port_ids.index(value)
        ends = (network.node_port[network.tail] == port) | (network.node_port[network.head] == port)
        return np.flatnonzero(of_mode & ends)
    return np.zeros(0, np.int64)
