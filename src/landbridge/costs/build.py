"""All components together: a network, facts, a day and a cargo to the costs of every arc."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landbridge.costs.arccosts import ArcCosts, CostRequest
from landbridge.costs.border import add_crossings
from landbridge.costs.cargo import close_unsuitable, value_of_time
from landbridge.costs.changes import apply_changes
from landbridge.costs.context import Context
from landbridge.costs.draft import Draft
from landbridge.costs.haul import add_hauls
from landbridge.costs.large_ships import close_for_large_ships
from landbridge.costs.rates import Rates
from landbridge.costs.sea import add_lanes, add_services
from landbridge.costs.terminals import add_terminals
from landbridge.costs.tolls import add_tolls
from landbridge.facts.choose import Question
from landbridge.facts.package import Facts
from landbridge.network.state import Modifier, State
from landbridge.network.topology import Network
from landbridge.schema.errors import FactsError, Finding


def arc_costs(
    network: Network, facts: Facts, request: CostRequest, state: State, modifiers: Sequence[Modifier] = ()
) -> ArcCosts:
    """Costs of every arc of the network for one request.

    ``state`` says what is closed on the day and ``modifiers`` what is different (``landbridge.network.state``). Never
    rebuilds topology: another cargo, day or number makes another ArcCosts of the same network.

    Raises FactsError if the facts cannot value an hour of this cargo.
    """
    rates = Rates(facts, request)
    by_event = np.array([*(closure.kind == "event" for closure in state.closures), False])
    context = Context(network, request, rates, Draft(network), tuple(modifiers), by_event[state.closure])
    # First, because what never carries this cargo needs no price.
    close_unsuitable(context)
    close_for_large_ships(context)
    add_hauls(context)
    add_crossings(context)
    add_terminals(context)
    add_lanes(context)
    add_tolls(context)
    add_services(context)
    for position, reason in enumerate(state.closures):
        context.draft.close(np.flatnonzero(state.closure == position), reason)
    apply_changes(context, modifiers)
    hour = value_of_time(context)
    if hour is None:
        finding = Finding(
            "numbers",
            f"no cargo_value of unit:{request.cargo} with scope {request.value}, or no time_value_share of world",
            "Add both numbers.",
        )
        raise FactsError(f"An hour of a {request.cargo} of {request.value} value cannot be valued", [finding])
    correlation = rates.number(Question("world", "country_correlation"))
    entry, amount, first = context.draft.contributions()
    return ArcCosts(
        network=network,
        request=request,
        entries=tuple(context.draft.entries),
        entry=entry,
        amount=amount,
        first=first,
        closures=tuple(context.draft.closures),
        closure=context.draft.closure_of_arcs(),
        value_of_time_usd_per_hour=hour.value,
        value_of_time_facts=hour.facts,
        country_correlation=correlation.value if correlation else 0.0,
        notes=state.notes,
    )
