"""Dated events of a study and what each acts on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landbridge.network.select import arcs_of
from landbridge.run.session import Session
from landbridge.scenario import EventRow


def links_of_events(session: Session, rows: Sequence[EventRow]) -> dict[str, tuple[str, ...]]:
    """Links of the network each event acts on, sorted; none where it is only recorded."""
    network = session.network
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        event = row.event
        arcs = [
            arcs_of(network, selector, session.selectors, event.modes, event.direction)
            for selector in event.selectors
            if event.action != "note"
        ]
        touched = np.unique(np.concatenate(arcs)) if arcs else np.zeros(0, dtype=np.int32)
        links = {network.link_ids[link] for link in network.link[touched].tolist()}
        found[event.id] = tuple(sorted(links))
    return found
