"""Borders inside a customs union: what crossing one takes where its two countries have no figures of their own."""

from __future__ import annotations

from landbridge.costs.context import Context
from landbridge.costs.rates import Rate
from landbridge.facts.choose import Question

#: Regions whose id starts so are customs unions.
UNION = "region:customs_union"


def within_union(context: Context, quantity: str, mode: str, tail: str, head: str) -> Rate | None:
    """Hours or money of both sides together by the figure of a union that holds both countries; None without one.

    None too where either country has a mean of its own: a measured side says more than a union's default.
    """
    around = context.country_subjects(head)
    unions = [subject for subject in context.country_subjects(tail) if subject.startswith(UNION) and subject in around]
    if not unions:
        return None
    ask = context.rates.price if quantity == "crossing_usd" else context.rates.number
    for country, direction in ((tail, "outbound"), (head, "inbound")):
        own = Question(f"country:{country}", quantity, mode=mode, scope="one_side", direction=direction)
        if ask(own) is not None:
            return None
    for union in unions:
        found = ask(Question(union, quantity, mode=mode, scope="full"))
        if found is not None:
            note = f"no figure for the crossing or its countries: {union} stands in"
            return Rate(found.value, "assumed", found.facts, note, found.formula)
    return None
