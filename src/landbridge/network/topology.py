"""The frozen network: what is joined to what, whether open or not.

A network holds no hours and no money. Planned, suspended and forbidden links are in it; what is closed on a day is
decided by ``landbridge.network.state`` and becomes an infinite cost, never a missing arc (CONVENTIONS 8).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from landbridge.schema.words import ARC_KINDS, MODES, NODE_KINDS

Int8 = NDArray[np.int8]
Int16 = NDArray[np.int16]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Network:
    """Topology as arrays; a node's and an arc's id is its position.

    Index arrays point into the tuples of ids; -1 is none. ``opened_day`` is a proleptic ordinal day, 0 = not known,
    treated as always open. Arc direction is +1 from side a to side b as the table of the link writes them, -1 the
    other way, 0 where there is none.
    """

    # nodes
    node_key: tuple[str, ...]  # readable and stable: "rail:tashkent-freight:UZB:1520", "sea_out:JPTYO"
    node_kind: Int8  # position in NODE_KINDS
    node_place: Int32  # into place_ids
    node_port: Int32  # into port_ids
    node_country: Int16  # into country_codes
    node_gauge_mm: Int16
    node_lat: Float64
    node_lon: Float64
    # arcs
    tail: Int32
    head: Int32
    kind: Int8  # position in ARC_KINDS
    mode: Int8  # position in MODES, -1 for arcs that do not move
    km: Float64
    country: Int16  # where it runs, into country_codes; -1 at sea and on crossings
    gauge_mm: Int16
    link: Int32  # into link_ids: the row of the table the arc was made from
    crossing: Int32  # into crossing_ids
    port: Int32  # into port_ids
    direction: Int8
    straits: Int64  # bit i set: passes strait_ids[i]
    status: Int8  # position in STATUSES
    opened_day: Int32
    # vocabularies
    place_ids: tuple[str, ...]
    port_ids: tuple[str, ...]
    country_codes: tuple[str, ...]
    crossing_ids: tuple[str, ...]
    link_ids: tuple[str, ...]
    strait_ids: tuple[str, ...]

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_key)

    @property
    def n_arcs(self) -> int:
        """Number of arcs."""
        return len(self.tail)

    @cached_property
    def node_index(self) -> dict[str, int]:
        """Node key -> node id."""
        return {key: i for i, key in enumerate(self.node_key)}

    @cached_property
    def link_index(self) -> dict[str, int]:
        """Link id -> position in ``link_ids``."""
        return {key: i for i, key in enumerate(self.link_ids)}

    def arcs_of_kind(self, kind: str) -> Int32:
        """Ids of the arcs of one kind of ARC_KINDS, ascending."""
        return np.flatnonzero(self.kind == ARC_KINDS.index(kind)).astype(np.int32)

    def kind_name(self, arc: int) -> str:
        """Kind of an arc in words."""
        return ARC_KINDS[self.kind[arc]]

    def mode_name(self, arc: int) -> str:
        """Mode of an arc in words; empty for arcs that do not move."""
        return MODES[self.mode[arc]] if self.mode[arc] >= 0 else ""

    def node_kind_name(self, node: int) -> str:
        """Kind of a node in words."""
        return NODE_KINDS[self.node_kind[node]]

    def straits_of(self, arc: int) -> tuple[str, ...]:
        """Ids of the straits an arc passes, in the order of ``strait_ids``."""
        mask = int(self.straits[arc])
        return tuple(name for i, name in enumerate(self.strait_ids) if mask >> i & 1)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Every array field by name; for storing."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
