"""Costs of a network that has grown by a few access arcs, without costing the rest again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from landbridge.costs.arccosts import ArcCosts
from landbridge.costs.build import arc_costs
from landbridge.facts.package import Facts
from landbridge.network.state import State
from landbridge.network.topology import Network

_ARC_FIELDS = (
    "tail", "head", "kind", "mode", "km", "country", "gauge_mm", "link", "crossing", "port", "direction", "straits",
    "status", "opened_day",
)  # fmt: skip


def with_more_arcs(costs: ArcCosts, network: Network, facts: Facts) -> ArcCosts:
    """Costs of ``network``, whose first arcs are those of ``costs`` and whose others are open access arcs.

    Equal to costing the whole network anew: an access arc's cost depends on nothing but itself.
    """
    known = costs.network.n_arcs
    added = replace(network, **{name: getattr(network, name)[known:] for name in _ARC_FIELDS})
    # No gauge break is among the arcs: the table of places, which only they need, may be empty.
    places = facts.content["places"].split(b"\n", 1)[0] + b"\n"
    bare = replace(facts, content={**facts.content, "places": places})
    state = State(np.full(added.n_arcs, -1, dtype=np.int32), ())
    more = arc_costs(added, bare, costs.request, state)
    return ArcCosts(
        network=network,
        request=costs.request,
        entries=(*costs.entries, *more.entries),
        entry=np.concatenate([costs.entry, more.entry + np.int32(len(costs.entries))]),
        amount=np.concatenate([costs.amount, more.amount]),
        first=np.concatenate([costs.first, more.first[1:] + costs.first[-1]]),
        closures=(*costs.closures, *more.closures),
        closure=np.concatenate(
            [costs.closure, np.where(more.closure >= 0, more.closure + np.int32(len(costs.closures)), -1)]
        ).astype(np.int32),
        value_of_time_usd_per_hour=costs.value_of_time_usd_per_hour,
        value_of_time_facts=costs.value_of_time_facts,
        country_correlation=costs.country_correlation,
        notes=costs.notes,
    )
