"""The lanes of a network by the pair of ports they join."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.network.topology import Network

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


@dataclass(frozen=True)
class LanePairs:
    """The lanes of a network by directed pair of ports, and what is longer than the pair's shortest lane.

    ``pair``: key of each lane's pair (port of departure x number of ports + port of arrival); ``shortest``: position
    among ``lanes`` of the shortest lane of its pair, ties by position.
    """

    lanes: Int32
    pair: Int64
    shortest: Int64
    n_ports: int

    @classmethod
    def of(cls, network: Network) -> LanePairs:
        """The pairs of a network."""
        lanes = network.arcs_of_kind("lane")
        pair = network.node_port[network.tail[lanes]].astype(np.int64) * len(network.port_ids)
        pair += network.node_port[network.head[lanes]]
        order = np.lexsort((lanes, network.km[lanes], pair))
        new = np.ones(len(lanes), dtype=np.bool_)
        new[1:] = np.diff(pair[order]) != 0
        shortest = np.empty(len(lanes), dtype=np.int64)
        shortest[order] = order[np.maximum.accumulate(np.where(new, np.arange(len(lanes)), 0))]
        return cls(lanes, pair, shortest, len(network.port_ids))
