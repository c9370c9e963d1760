"""Ships too large for a canal that is not on their own way.

Two main ports whose shortest lane leads through Suez are served by the largest ships (Asia with Europe above all).
With Suez shut such a ship sails round the Cape: another canal takes it only if its draught fits (``limits``). The
ship is the world's (``world/facts/vehicles.csv``), whatever vehicles a study has.
"""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib import resources

import numpy as np

from landbridge.costs.context import Context
from landbridge.costs.limits import limits
from landbridge.network.sea import load_straits
from landbridge.network.state import Closure

LARGE_SHIP = "ship_large"
_OWN_WAY = "suez"


@cache
def large_ship_draft_m() -> float:
    """Draught of the large ship, metres."""
    text = resources.files("landbridge").joinpath("world/facts/vehicles.csv").read_text(encoding="utf-8")
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    return float(rows[LARGE_SHIP]["draft_m"])


def close_for_large_ships(context: Context) -> None:
    """Close lanes through canals too shallow for the large ship, where the shortest lane of the ports passes Suez."""
    network = context.network
    if _OWN_WAY not in network.strait_ids:
        return
    draft = large_ship_draft_m()
    lanes = network.arcs_of_kind("lane")
    if len(lanes) == 0:
        return
    pairs = context.lane_pairs
    main = np.array([context.ports[port]["tier"] == "main" for port in network.port_ids], dtype=np.bool_)
    own_way = network.straits[lanes[pairs.shortest]] >> network.strait_ids.index(_OWN_WAY) & 1 == 1
    start, end = np.divmod(pairs.pair, pairs.n_ports)
    large = own_way & main[start] & main[end]
    canals = {strait.id for strait in load_straits() if strait.canal}
    for identifier, limit in sorted(limits(context.rates.facts).items()):
        kind, _, strait = str(limit["subject"]).partition(":")
        if kind != "strait" or strait not in canals or limit["limit"] != "draft_m" or float(limit["value"]) >= draft:
            continue
        if strait not in network.strait_ids:
            continue
        through = network.straits[lanes] >> network.strait_ids.index(strait) & 1 == 1
        reason = f"{strait} takes draft_m up to {float(limit['value']):g}, a {LARGE_SHIP} has {draft:g}"
        context.draft.close(lanes[large & through], Closure(f"limit-{identifier}-large", reason, "limit"))
