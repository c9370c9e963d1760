"""What events and scenarios do to hours and money: every changed amount names the change that made it.

A changed entry keeps its component and its facts, gains the change, and shows what was done in its formula. A set
amount has basis ``scenario``; a scaled or added one too, if a scenario or an option asked for it, else the basis of
the event.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

import numpy as np

from landbridge.costs.arccosts import Entry, Measure
from landbridge.costs.context import Context
from landbridge.costs.rates import Rate, combined
from landbridge.costs.terminals import default_sailing_wait
from landbridge.facts.ledger import weakest
from landbridge.network.state import Modifier
from landbridge.schema.words import Basis


def apply_changes(context: Context, modifiers: Iterable[Modifier]) -> None:
    """Apply modifiers in their order; ``sailings`` are applied where the wait for a departure is made."""
    for modifier in modifiers:
        if modifier.quantity == "sailings" or len(modifier.arcs) == 0:
            continue
        if modifier.kind == "wait_factor":
            _wait(context, modifier)
        elif modifier.kind == "extra_hours" or modifier.kind == "add":
            _add(context, modifier)
        elif modifier.kind in ("price_factor", "scale"):
            _scale(context, modifier)
        else:
            _set(context, modifier)


def _measure(modifier: Modifier) -> Measure:
    return "hours" if modifier.quantity in ("hours", "speed") else "usd"


def _changed(entry: Entry, modifier: Modifier, formula: str, fixed: float, per_km: float) -> Entry:
    basis = _basis(entry.basis, modifier)
    facts = (*entry.facts, f"change:{modifier.change}")
    note = "; ".join(filter(None, (entry.note, modifier.what)))
    return replace(entry, fixed=fixed, per_km=per_km, basis=basis, formula=formula, facts=facts, note=note)


def _basis(basis: Basis, modifier: Modifier) -> Basis:
    return "scenario" if modifier.basis == "scenario" else cast(Basis, weakest(basis, modifier.basis))


def _wait(context: Context, modifier: Modifier) -> None:
    """A capacity factor f: waiting hours / f; where the wait lies in no entry of the arc, that of a sailing."""
    factor = 1 / modifier.value
    if modifier.component == "waiting":
        wait = default_sailing_wait(context)
        if wait is not None:
            extra = combined(wait.value * (factor - 1), [wait], f"{wait.formula} x (1 / {modifier.value:g} - 1)")
            rate = replace(
                extra,
                basis=_basis(extra.basis, modifier),
                facts=(*extra.facts, f"change:{modifier.change}"),
                note=modifier.what,
            )
            context.draft.add(modifier.arcs, "waiting", "hours", rate, sigma=context.sigma("waiting"))
        return
    _times(context, modifier, "hours", factor, f"/ {modifier.value:g}")


def _scale(context: Context, modifier: Modifier) -> None:
    inverse = modifier.quantity == "speed"
    factor = 1 / modifier.value if inverse else modifier.value
    sign = "/" if inverse else "x"
    _times(context, modifier, _measure(modifier), factor, f"{sign} {modifier.value:g}")


def _times(context: Context, modifier: Modifier, measure: Measure, factor: float, text: str) -> None:
    def changed(entry: Entry) -> Entry:
        formula = f"({entry.formula}) {text} ({modifier.change})"
        return _changed(entry, modifier, formula, entry.fixed * factor, entry.per_km * factor)

    context.draft.change(modifier.arcs, modifier.component, measure, changed)


def _add(context: Context, modifier: Modifier) -> None:
    measure = _measure(modifier)
    rate = Rate(
        modifier.value, cast(Basis, modifier.basis), (f"change:{modifier.change}",), modifier.what, modifier.change
    )
    sigma = context.sigma(modifier.component) if measure == "hours" else 0.0
    network = context.network
    heads = network.node_country[network.head[modifier.arcs]]
    for country in np.unique(heads).tolist():
        code = network.country_codes[country] if country >= 0 else ""
        arcs = modifier.arcs[heads == country]
        component = modifier.component or "surcharge"
        context.draft.add(arcs, component, measure, rate, sigma=sigma, country=code)


def _set(context: Context, modifier: Modifier) -> None:
    """Replace what the field had by the value; a rate per kilometre (speed, price) stays one."""
    measure = _measure(modifier)
    per_km = modifier.quantity in ("speed", "price")
    value = 1 / modifier.value if modifier.quantity == "speed" else modifier.value
    arcs = context.draft.drop(modifier.arcs, modifier.component, measure)
    formula = f"1 / ({modifier.value:g} km per hour)" if modifier.quantity == "speed" else f"{modifier.value:g}"
    rate = Rate(
        value,
        "scenario",
        (f"change:{modifier.change}",),
        modifier.what,
        f"{formula} ({modifier.change})",
    )
    network = context.network
    heads = network.node_country[network.head[arcs]]
    for country in np.unique(heads).tolist():
        code = network.country_codes[country] if country >= 0 else ""
        sigma = context.sigma(modifier.component) if measure == "hours" else 0.0
        context.draft.add(
            arcs[heads == country], modifier.component, measure, rate, per_km=per_km, sigma=sigma, country=code
        )
