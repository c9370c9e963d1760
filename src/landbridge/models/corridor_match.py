"""Which named corridors a path follows.

A corridor is a list of groups of gateways (selectors). A path follows it when it passes one gateway of each group, in
the order of the groups or in the opposite one. What passing means is said once, in ``landbridge.network.select``
(``touching``); beyond that a path passes a port where it starts or ends in the port's own city, whichever mode it
takes there. A gateway that the network does not hold is never passed: whether ids exist is checked where the study is
read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from landbridge.models.search import Bools, Target, flags
from landbridge.network.select import SelectorContext, touching
from landbridge.network.topology import Network
from landbridge.scenario.changes import Selector
from landbridge.schema.words import ARC_KINDS, NODE_KINDS

_ENDS = [NODE_KINDS.index(kind) for kind in ("origin", "destination")]


@dataclass(frozen=True)
class CorridorIndex:
    """Corridors resolved against one network: which arcs and nodes each group of gateways is made of."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    groups: tuple[tuple[int, ...], ...]  # corridor -> rows of the masks, in order
    arcs: Bools  # [n_groups, n_arcs]
    nodes: Bools  # [n_groups, n_nodes]

    def followed(self, arcs: Sequence[int], nodes: Sequence[int]) -> tuple[int, ...]:
        """Positions of the corridors that a path follows; ``nodes`` has one more entry than ``arcs``."""
        if not self.ids:
            return ()
        passed = np.zeros((len(self.arcs), 2 * len(arcs) + 1), dtype=np.bool_)
        passed[:, 0::2] = self.nodes[:, nodes]
        passed[:, 1::2] = self.arcs[:, arcs]
        hit: Bools = np.any(passed, axis=1)
        found = []
        for corridor, rows in enumerate(self.groups):
            if all(hit[row] for row in rows):
                places = [np.flatnonzero(passed[row]).tolist() for row in rows]
                if _in_order(places) or _in_order(places[::-1]):
                    found.append(corridor)
        return tuple(found)

    def vias(self, corridor: int) -> tuple[tuple[Target, ...], tuple[Target, ...]]:
        """The groups of a corridor as places to pass, in both orders: what a search takes to stay on the corridor."""
        targets = tuple(
            Target(
                self.names[corridor],
                frozenset(np.flatnonzero(self.nodes[row]).tolist()),
                frozenset(np.flatnonzero(self.arcs[row]).tolist()),
            )
            for row in self.groups[corridor]
        )
        return targets, targets[::-1]


def _in_order(places: Sequence[Sequence[int]]) -> bool:
    """Whether one position can be taken of each list so that they rise."""
    last = -1
    for options in places:
        later = [place for place in options if place > last]
        if not later:
            return False
        last = later[0]
    return True


def index_corridors(network: Network, names: Mapping[str, str], context: SelectorContext) -> CorridorIndex:
    """Resolve the gateways of the corridors ``names`` (id -> name; gateways in ``context``); once per network."""
    arcs: list[Bools] = []
    nodes: list[Bools] = []
    groups: list[tuple[int, ...]] = []
    for corridor in names:
        first = len(arcs)
        for gateways in context.gateways[corridor]:
            group_nodes, group_arcs = touching(network, gateways, context)
            arcs.append(flags(group_arcs, network.n_arcs))
            nodes.append(flags(group_nodes, network.n_nodes) | _own_cities(network, gateways))
        groups.append(tuple(range(first, len(arcs))))
    return CorridorIndex(
        ids=tuple(names),
        names=tuple(names.values()),
        groups=tuple(groups),
        arcs=np.array(arcs, dtype=np.bool_).reshape(len(arcs), network.n_arcs),
        nodes=np.array(nodes, dtype=np.bool_).reshape(len(nodes), network.n_nodes),
    )


def _own_cities(network: Network, gateways: Sequence[Selector]) -> Bools:
    """Origins and destinations that lie at a berth of one of the ports among the gateways, with no way to drive."""
    mask = np.zeros(network.n_nodes, dtype=np.bool_)
    named = {gateway.value for gateway in gateways if gateway == Selector("port", gateway.value)}
    ports = [i for i, port in enumerate(network.port_ids) if port in named]
    at_berth = (network.kind == ARC_KINDS.index("access")) & (network.km == 0) & np.isin(network.port, ports)
    for end in (network.tail[at_berth], network.head[at_berth]):
        mask[end[np.isin(network.node_kind[end], _ENDS)]] = True
    return mask
