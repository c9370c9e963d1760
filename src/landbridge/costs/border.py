"""Crossing a state border: hours and money of both sides together, per direction.

Order of choice (the nearest answered wins): the two sides of this very crossing in this direction; the crossing's
figure for both sides together; for containers by rail its figure for block trains with a slot, which leaves the queue
out (a single box travels with ordinary container trains, here as on the line); each side's mean over its country, in
this direction; the mean of a region, twice; a default. The change of gauge is part of these hours
where the crossing says so, and an entry of its own where it does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from landbridge.costs.context import Context, first_known
from landbridge.costs.rates import Rate, combined
from landbridge.costs.terminals import gauge_change
from landbridge.costs.unions import within_union
from landbridge.facts.choose import Question
from landbridge.network.build import loading_in_price
from landbridge.network.state import Closure

#: Cargo that crosses as part of a block train.
_BLOCK_TRAIN_CARGO = ("teu", "feu")


def add_crossings(context: Context) -> None:
    """Entries for crossing arcs, and for border control on services whose ships are boarded without a terminal.

    Those are the services with a crossing of their own, and others between two countries whose price holds the
    loading (ferries, and all of an inland sea).
    """
    network = context.network
    arcs = network.arcs_of_kind("crossing")
    tails, heads = (context.country_of_nodes(ends[arcs]) for ends in (network.tail, network.head))
    for arc, tail, head in zip(arcs.tolist(), tails, heads, strict=True):
        crossing = network.crossing_ids[network.crossing[arc]]
        mode = network.mode_name(arc)
        hours = crossing_rate(context, "crossing_hours", crossing, mode, tail, head)
        usd = crossing_rate(context, "crossing_usd", crossing, mode, tail, head)
        if hours is None or usd is None:
            reason = f"no border time or cost is known for {crossing}"
            context.draft.close([arc], Closure("no-fact", reason, "no fact"))
            continue
        holds_gauge_change = mode == "rail" and context.crossings[crossing]["gauge_change_included"] == "yes"
        if holds_gauge_change:
            hours, usd = (
                replace(rate, note="; ".join(filter(None, (rate.note, "the change of gauge is in"))))
                for rate in (hours, usd)
            )
        context.draft.add([arc], "border", "hours", hours, sigma=context.sigma("border", mode), country=head)
        context.draft.add([arc], "border", "usd", usd)
        if mode == "road":
            _add_entry_fees(context, arc, tail, head, usd)
        gauges = network.node_gauge_mm[network.tail[arc]], network.node_gauge_mm[network.head[arc]]
        if mode == "rail" and gauges[0] != gauges[1] and not holds_gauge_change:
            gauge_change(context, [arc], head)
    for arc in network.arcs_of_kind("service").tolist():
        tail, head = context.country_of_nodes(np.array([network.tail[arc], network.head[arc]]))
        crossing = network.crossing_ids[network.crossing[arc]] if network.crossing[arc] >= 0 else ""
        service = network.link_ids[network.link[arc]]
        if not crossing and (tail == head or not loading_in_price(context.services[service], context.ports)):
            continue  # a container terminal's dwell and handling hold its customs
        hours = crossing_rate(context, "crossing_hours", crossing, "ferry", tail, head)
        usd = crossing_rate(context, "crossing_usd", crossing, "ferry", tail, head)
        if hours is None or usd is None:
            reason = f"no border time or cost is known for {crossing or service}"
            context.draft.close([arc], Closure("no-fact", reason, "no fact"))
            continue
        context.draft.add([arc], "border", "hours", hours, sigma=context.sigma("border", "ferry"), country=head)
        context.draft.add([arc], "border", "usd", usd)


def crossing_rate(context: Context, quantity: str, crossing: str, mode: str, tail: str, head: str) -> Rate | None:
    """Hours or money of a crossing from country ``tail`` to country ``head``, both sides together."""
    subject = f"crossing:{crossing}"
    sides: list[Rate | None] = [None, None]
    if context.rates.knows(subject, quantity):
        ask = context.rates.price if quantity == "crossing_usd" else context.rates.number
        sides = [
            ask(Question(subject, quantity, f"country:{country}", mode, scope="one_side", direction=direction))
            for country, direction in ((tail, "outbound"), (head, "inbound"))
        ]
        if sides[0] is not None and sides[1] is not None:
            return _both(sides[0], sides[1], f"{tail} outbound + {head} inbound")
        full = ask(Question(subject, quantity, mode=mode, scope="full"))
        if full is not None:
            return full
        if mode == "rail" and context.request.cargo in _BLOCK_TRAIN_CARGO:
            block = ask(Question(subject, quantity, mode=mode, scope="block_train_full"))
            if block is not None:
                return block
    key = (quantity, mode, tail, head, *sides)
    if key not in context.stand_ins:
        context.stand_ins[key] = _stand_in(context, quantity, mode, tail, head, sides)
    found = context.stand_ins[key]
    if found is None or found[1] == "":
        return None if found is None else found[0]
    rate, why = found
    place = crossing or f"a crossing by {mode} {tail}-{head}"
    return Rate(rate.value, "assumed", rate.facts, f"no figure for {place}{why}", rate.formula)


def _stand_in(
    context: Context, quantity: str, mode: str, tail: str, head: str, sides: Sequence[Rate | None]
) -> tuple[Rate, str] | None:
    """What stands in for a crossing without a figure of its own, whichever of two countries it is; and how it does so.

    An empty text: the rate says it itself.
    """
    inside = within_union(context, quantity, mode, tail, head)
    if inside is not None:
        return inside, ""
    means = [
        side or _side_mean(context, quantity, mode, country, direction)
        for side, country, direction in ((sides[0], tail, "outbound"), (sides[1], head, "inbound"))
    ]
    if means[0] is None or means[1] is None:
        ask = context.rates.price if quantity == "crossing_usd" else context.rates.number
        default = ask(Question("world", quantity, mode=mode, scope="full"))
        return None if default is None else (default, ", its countries or their regions: a default stands in")
    both = _both(means[0], means[1], f"mean of {tail} outbound + mean of {head} inbound")
    return both, ": the means of its sides stand in"


def _side_mean(context: Context, quantity: str, mode: str, country: str, direction: str) -> Rate | None:
    ask = context.rates.price if quantity == "crossing_usd" else context.rates.number
    subjects = context.country_subjects(country)
    return ask(first_known(subjects, quantity, mode=mode, direction=direction, scopes=("one_side",)))


def _both(first: Rate, second: Rate, label: str) -> Rate:
    return combined(first.value + second.value, [first, second], f"{first.value:g} + {second.value:g} ({label})")


def _add_entry_fees(context: Context, arc: int, tail: str, head: str, border: Rate) -> None:
    """What a truck from ``tail`` pays to enter and cross ``head``, beside the border post's own cost.

    An assumed cost of both sides together was set with fees in: there only what a published fee exceeds it by is
    added, because it cannot lie inside. The guarantee is one carnet for the whole journey, sold by its sheets,
    and every country takes two of them: each border out of a customs union pays the sheets it uses up, so that the
    sum over a journey is a carnet of its length.
    """
    subject = f"country:{head}"
    fee = context.rates.price(
        Question(subject, "fee_usd", partner=f"country:{tail}", mode="road", scope="entry"),
        Question(subject, "fee_usd", partner="", mode="road", scope="entry"),
        Question(subject, "fee_usd", partner="", mode="road", scope="transit"),
    )
    fees_in = _holds_fees(context, border)
    if fee is not None and fees_in and fee.value > border.value:
        formula = f"({fee.formula}) - {border.value:.4g} assumed for the border with fees in"
        context.draft.add([arc], "fee", "usd", combined(fee.value - border.value, [fee, border], formula))
    elif fee is not None and not fees_in:
        context.draft.add([arc], "fee", "usd", fee)
    guarantee = context.rates.price(Question("world", "fee_usd", mode="road", scope="guarantee"))
    if guarantee is not None and not fees_in and not _customs_union(context, tail, head):
        context.draft.add([arc], "fee", "usd", guarantee)


def _holds_fees(context: Context, border: Rate) -> bool:
    """Whether the cost of a crossing is an assumed sum of both sides, not measured and not a mean of measured ones."""
    number = context.rates.facts.numbers[border.facts[0]]
    return number.basis == "assumed" and number.scope == "full"


def _customs_union(context: Context, tail: str, head: str) -> bool:
    """Whether no customs line lies between two countries: both in one region of kind customs union."""
    unions = context.customs_unions
    return any(tail in members and head in members for members in unions)
