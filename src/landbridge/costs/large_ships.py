"""Ships too large for a canal that is not on their own way.

Two main ports whose shortest lane leads through Suez are served by the largest ships (Asia with Europe above all).
With Suez shut such a ship sails round the Cape: another canal takes it only if its draught fits (``limits``).
"""

from __future__ import annotations

import numpy as np

from landbridge.costs.context import Context, records
from landbridge.network.sea import load_straits
from landbridge.network.state import Closure

#: The vehicle of these lanes in the table of vehicles; without such a row nothing is closed here.
LARGE_SHIP = "ship_large"
_OWN_WAY = "suez"


def close_for_large_ships(context: Context) -> None:
    """Close lanes through canals too shallow for the large ship, where the shortest lane of the ports passes Suez."""
    vehicles = records(context.rates.facts, "vehicles")
    network = context.network
    if LARGE_SHIP not in vehicles or _OWN_WAY not in network.strait_ids:
        return
    draft = float(vehicles[LARGE_SHIP]["draft_m"])
    lanes = network.arcs_of_kind("lane")
    if len(lanes) == 0:
        return
    ends = np.stack([network.node_port[network.tail[lanes]], network.node_port[network.head[lanes]]], axis=1)
    main = np.array([context.ports[port]["tier"] == "main" for port in network.port_ids], dtype=np.bool_)
    order = np.lexsort((lanes, network.km[lanes], ends[:, 1], ends[:, 0]))
    new = np.concatenate([[True], np.any(np.diff(ends[order], axis=0) != 0, axis=1)])
    shortest = np.empty(len(lanes), dtype=np.int64)
    shortest[order] = order[np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))]
    own_way = network.straits[lanes[shortest]] >> network.strait_ids.index(_OWN_WAY) & 1 == 1
    large = own_way & main[ends[:, 0]] & main[ends[:, 1]]
    canals = {strait.id for strait in load_straits() if strait.canal}
    for identifier, limit in sorted(records(context.rates.facts, "limits").items()):
        kind, _, strait = str(limit["subject"]).partition(":")
        if kind != "strait" or strait not in canals or limit["limit"] != "draft_m" or float(limit["value"]) >= draft:
            continue
        if strait not in network.strait_ids:
            continue
        through = network.straits[lanes] >> network.strait_ids.index(strait) & 1 == 1
        reason = f"{strait} takes draft_m up to {float(limit['value']):g}, a {LARGE_SHIP} has {draft:g}"
        context.draft.close(lanes[large & through], Closure(f"limit-{identifier}-large", reason, "limit"))
