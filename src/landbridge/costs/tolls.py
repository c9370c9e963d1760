"""Tolls of canals that a freight rate does not hold.

A freight of a pair of ports, published or by the distance rule, holds the tolls of the pair's shortest lane. A longer
lane through another canal (Panama for Suez) pays that canal's toll on top, where the facts have one per box
(``fee_usd`` of ``strait:ID``, scope ``toll``).
"""

from __future__ import annotations

from landbridge.costs.context import Context
from landbridge.facts.choose import Question


def add_tolls(context: Context) -> None:
    """Entries ``fee`` for the canals of lanes that the shortest lane of their pair of ports does not pass."""
    network = context.network
    pairs = context.lane_pairs
    lanes = pairs.lanes
    extra = network.straits[lanes] & ~network.straits[lanes[pairs.shortest]]
    for bit, strait in enumerate(network.strait_ids):
        rate = context.rates.price(Question(f"strait:{strait}", "fee_usd", mode="sea", scope="toll"))
        if rate is not None:
            context.draft.add(lanes[extra >> bit & 1 == 1], "fee", "usd", rate)
