"""Moving by rail and road: hours, money and emissions per kilometre, by country, mode and heading.

Hours come from speeds over 24 hours (rests and yards in, borders out). Money comes from the carriage price without
borders. Neither a speed nor a price that contains border stops is ever used for a haul.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from landbridge.costs.context import Context, first_known
from landbridge.costs.rates import Rate, combined
from landbridge.facts.choose import Question
from landbridge.network.state import Closure
from landbridge.schema.words import ARC_KINDS, NODE_KINDS

Int32 = NDArray[np.int32]


def add_hauls(context: Context) -> None:
    """Entries for all rail and road sections, and for the truck ride between a berth and its terminal."""
    network = context.network
    hauls = network.arcs_of_kind("haul")
    for mode in ("rail", "road"):
        of_mode = hauls[network.mode[hauls] == _mode_code(mode)]
        for country, arcs in context.by_country(of_mode):
            _add_country(context, mode, country, arcs)
    for mode, moving in _drayage(context):
        for country, arcs in context.by_country(moving):
            _add_country(context, mode, country, arcs)


def _drayage(context: Context) -> list[tuple[str, Int32]]:
    """Arcs between a berth and its terminal, by what moves on them: port railways to stations, trucks elsewhere."""
    network = context.network
    kinds = np.concatenate([network.arcs_of_kind(kind) for kind in ("load", "unload", "access")])
    moving = np.sort(kinds[network.km[kinds] > 0])
    rail = NODE_KINDS.index("rail")
    by_rail = (network.node_kind[network.tail[moving]] == rail) | (network.node_kind[network.head[moving]] == rail)
    by_rail &= network.kind[moving] != ARC_KINDS.index("access")  # the first and last mile is a truck's
    return [("rail", moving[by_rail]), ("road", moving[~by_rail])]


def _mode_code(mode: str) -> int:
    return ("rail", "road").index(mode)


def _add_country(context: Context, mode: str, country: str, arcs: Int32) -> None:
    speed = haul_speed(context, mode, country)
    if speed is None:
        _close(context, arcs, f"no speed is known for {mode} in {country}")
        return
    sigma = context.sigma("haul", mode)
    own = _own_speeds(context, mode, arcs)
    others = arcs[~np.isin(arcs, np.concatenate([group for group, _ in own]))] if own else arcs
    for group, rate in ((others, speed), *own):
        slowness = Rate(1 / rate.value, rate.basis, rate.facts, rate.note, f"1 / ({rate.value:.4g} km per hour)")
        context.draft.add(group, "haul", "hours", slowness, per_km=True, sigma=sigma, country=country)
    for heading, group in _by_heading(context, arcs):
        price = haul_price(context, mode, country, heading)
        if price is None:
            _close(context, group, f"no carriage price is known for {context.request.cargo} by {mode} in {country}")
            continue
        context.draft.add(group, "haul", "usd", price, per_km=True)
    add_emissions(context, mode, arcs, country)


def _own_speeds(context: Context, mode: str, arcs: Int32) -> list[tuple[Int32, Rate]]:
    """Sections with a speed of their own, which wins over their country's."""
    network = context.network
    found = []
    links = network.link[arcs]
    for link in np.intersect1d(links, context.links_with_speed).tolist():
        question = Question(f"section:{network.link_ids[link]}", "haul_speed", mode=mode, scope="daily")
        rate = context.rates.number(question)
        if rate is not None:
            found.append((arcs[links == link], rate))
    return found


def _close(context: Context, arcs: Int32, reason: str) -> None:
    context.draft.close(arcs, Closure("no-fact", reason, "no fact"))


def haul_speed(context: Context, mode: str, country: str) -> Rate | None:
    """Speed over 24 hours, km per hour: that of ordinary (container) trains and trucks.

    A single box does not fill a block train; the block train's speed serves where no other is known.
    """
    subjects = context.country_subjects(country)
    return context.rates.number(first_known(subjects, "haul_speed", mode=mode, scopes=("daily", "block_train")))


def haul_price(context: Context, mode: str, country: str, heading: str = "") -> Rate | None:
    """Carriage price per kilometre in the request's unit and money."""
    subjects = context.country_subjects(country)
    return context.rates.price(first_known(subjects, "haul_price", mode=mode, scopes=("line",), direction=heading))


def _by_heading(context: Context, arcs: Int32) -> list[tuple[str, Int32]]:
    """Arcs split by where they lead: some carriage prices differ by direction."""
    network = context.network
    north = network.node_lat[network.head[arcs]] >= network.node_lat[network.tail[arcs]]
    groups = [("northbound", arcs[north]), ("southbound", arcs[~north])]
    return [(heading, group) for heading, group in groups if len(group)]


def add_emissions(context: Context, mode: str, arcs: Int32, country: str = "") -> None:
    """Emissions of moving the payload, well to wheel and tank to wheel."""
    tonnes = context.tonnes()
    if tonnes is None:
        return
    subjects = context.country_subjects(country) if country else ("world",)
    for scope, measure in (("wtw", "co2_wtw_kg"), ("ttw", "co2_ttw_kg")):
        grams = context.rates.number(
            first_known(subjects, "co2_intensity", mode=mode, vehicle="tonne", scopes=(scope,))
        )
        if grams is None:
            continue
        rate = combined(
            grams.value * tonnes.value / 1000,
            [grams, tonnes],
            f"{grams.value:g} g per tonne-km x {tonnes.value:g} tonnes",
        )
        context.draft.add(arcs, "haul", measure, rate, per_km=True)  # type: ignore[arg-type]
