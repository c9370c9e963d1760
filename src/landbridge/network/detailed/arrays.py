"""The detailed network: the world's rail and road arcs, and the sea's where its tables are there, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from landbridge.kernels.graph import Graph, build_graph
from landbridge.network.detailed.crossings import BorderCrossing
from landbridge.network.detailed.land import Terminal


@dataclass(frozen=True)
class DetailedNetwork:
    """A directed network of n nodes and m arcs; everything in it is ``derived``, lengths of rule ``section`` excepted.

    Arcs stand by tail, then head; every land link is two arcs. Index arrays hold -1 for none. Arrays may be
    memory-mapped and are not to be written to. Which arcs may be used on a day, and what they cost, is not
    known here.
    """

    # nodes
    node_lat: npt.NDArray[np.float64]
    node_lon: npt.NDArray[np.float64]
    node_mode: npt.NDArray[np.int8]  # position in schema.words.MODES
    node_country: npt.NDArray[np.int16]  # position in territory.country_codes(); -1 at sea
    node_gauge_mm: npt.NDArray[np.int16]  # 0 off the rails
    # arcs
    tail: npt.NDArray[np.int32]
    head: npt.NDArray[np.int32]
    first_out: npt.NDArray[np.int64]  # arcs of node v: first_out[v] .. first_out[v + 1]
    mode: npt.NDArray[np.int8]  # position in MODES; -1 on transfers
    kind: npt.NDArray[np.int8]  # position in schema.words.ARC_KINDS
    km: npt.NDArray[np.float64]
    country: npt.NDArray[np.int16]  # -1 on crossings and at sea
    gauge_mm: npt.NDArray[np.int16]  # of the tail's side
    crossing: npt.NDArray[np.int32]  # position in ``crossings``
    straits: npt.NDArray[np.int64]  # bit i set: passes strait i of the sea tables
    rule: npt.NDArray[np.int8]  # position in rules.ARC_RULES
    section: npt.NDArray[np.int32]  # position in ``section_ids`` of a curated section that runs over the arc
    # terminals
    terminal_node: npt.NDArray[np.int32]  # node of every terminal
    # tables
    crossings: tuple[BorderCrossing, ...]
    terminals: tuple[Terminal, ...]
    port_ids: tuple[str, ...]
    port_node: npt.NDArray[np.int32]  # sea node of every port; -1 = none near
    strait_ids: tuple[str, ...]
    section_ids: tuple[str, ...]
    digest: str

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return int(self.node_lat.size)

    @property
    def arc_count(self) -> int:
        """Number of arcs."""
        return int(self.tail.size)

    def graph(self) -> Graph:
        """The arcs as the kernels want them; costs about a tenth of a second."""
        return build_graph(np.array(self.tail), np.array(self.head), self.node_count)

    def nodes_of(self, place: str, mode: str, origin: str = "world") -> list[int]:
        """Nodes of a place in one mode, one per gauge and country."""
        return [
            int(node)
            for terminal, node in zip(self.terminals, self.terminal_node, strict=True)
            if (terminal.place, terminal.mode, terminal.origin) == (place, mode, origin)
        ]


def array_names() -> tuple[str, ...]:
    """Names of the fields that are arrays, in the order of the class."""
    return tuple(field.name for field in fields(DetailedNetwork) if "NDArray" in str(field.type))
