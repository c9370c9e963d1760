"""The sea graph of ``world/sea`` and its ports joined to the land arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from landbridge.kernels.sphere import great_circles_km
from landbridge.network.detailed.arrays import DetailedNetwork
from landbridge.network.detailed.nearness import search_tree, within
from landbridge.network.detailed.repair import loose_parts
from landbridge.network.detailed.rules import ARC_RULES, Rules
from landbridge.network.sea import SeaGraph, SeaPort
from landbridge.network.sea.graph import sea_folder
from landbridge.schema.words import ARC_KINDS, MODES

_SEA = MODES.index("sea")


def sea_inputs() -> str:
    """Digest of the tables of the sea graph."""
    parts = [
        sea_folder().joinpath(name).read_bytes()
        for name in ("sea_nodes.csv", "sea_edges.csv", "straits.csv", "ports.csv")
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def join_sea(network: DetailedNetwork, sea: SeaGraph, ports: Mapping[str, SeaPort], rules: Rules) -> DetailedNetwork:
    """The land arrays with sea nodes and arcs behind them, one berth per port that has access, and its ways
    to the land.

    A berth joins the sea at both ends of its edge (rule ``port``, straits of the stub included) and the rails
    and roads within reach: per mode the nearest node of the largest part of the network there, an arc
    ``load`` and one ``unload`` each with the straight distance.
    """
    offset = network.node_count
    locodes = tuple(sorted(locode for locode, port in ports.items() if port.access is not None))
    berth = offset + sea.n_nodes + np.arange(len(locodes), dtype=np.int32)
    rows: list[tuple[int, int, float, int, int, int, int, int]] = []  # tail head km mode kind country straits rule
    lane, port_rule = ARC_KINDS.index("lane"), ARC_RULES.index("port")
    load, unload = ARC_KINDS.index("load"), ARC_KINDS.index("unload")
    codes = _land_ends(network, [(ports[code].lat, ports[code].lon) for code in locodes], rules)
    for node, locode, ends in zip(berth.tolist(), locodes, codes, strict=True):
        access = ports[locode].access
        assert access is not None  # filtered above
        length = float(sea.km[access.edge])
        for end, share, mask in (
            (sea.tail, access.fraction, access.mask_tail),
            (sea.head, 1.0 - access.fraction, access.mask_head),
        ):
            other = offset + int(end[access.edge])
            km = access.access_km + share * length
            rows.append((node, other, km, _SEA, lane, -1, mask, port_rule))
            rows.append((other, node, km, _SEA, lane, -1, mask, port_rule))
        for land, km in ends:
            mode, country = int(network.node_mode[land]), int(network.node_country[land])
            rows.append((land, node, km, mode, load, country, 0, port_rule))
            rows.append((node, land, km, mode, unload, country, 0, port_rule))
    columns = [np.array(column) for column in zip(*rows, strict=True)] if rows else [np.empty(0) for _ in range(8)]
    tail = np.concatenate([sea.tail + offset, sea.head + offset, columns[0]]).astype(np.int32)
    count, sea_arcs = tail.size, 2 * sea.n_edges

    def filled(value: int, column: npt.NDArray[np.generic], kind: type[np.generic]) -> npt.NDArray[np.generic]:
        return np.concatenate([np.full(sea_arcs, value), column]).astype(kind)

    nodes = sea.n_nodes + len(locodes)
    return replace(
        network,
        node_lat=np.concatenate([network.node_lat, sea.lat, [ports[code].lat for code in locodes]]),
        node_lon=np.concatenate([network.node_lon, sea.lon, [ports[code].lon for code in locodes]]),
        node_mode=np.concatenate([network.node_mode, np.full(nodes, _SEA, np.int8)]),
        node_country=np.concatenate([network.node_country, np.full(nodes, -1, np.int16)]),
        node_gauge_mm=np.concatenate([network.node_gauge_mm, np.zeros(nodes, np.int16)]),
        tail=np.concatenate([network.tail, tail]),
        head=np.concatenate([network.head, sea.head + offset, sea.tail + offset, columns[1]]).astype(np.int32),
        km=np.concatenate([network.km, sea.km, sea.km, columns[2]]),
        mode=np.concatenate([network.mode, filled(_SEA, columns[3], np.int8)]).astype(np.int8),
        kind=np.concatenate([network.kind, filled(lane, columns[4], np.int8)]).astype(np.int8),
        country=np.concatenate([network.country, filled(-1, columns[5], np.int16)]).astype(np.int16),
        gauge_mm=np.concatenate([network.gauge_mm, np.zeros(count, np.int16)]),
        crossing=np.concatenate([network.crossing, np.full(count, -1, np.int32)]),
        straits=np.concatenate([network.straits, sea.mask, sea.mask, columns[6]]).astype(np.int64),
        rule=np.concatenate([network.rule, filled(ARC_RULES.index("sea"), columns[7], np.int8)]).astype(np.int8),
        section=np.concatenate([network.section, np.full(count, -1, np.int32)]),
        port_ids=locodes,
        port_node=berth.astype(np.int32),
        strait_ids=tuple(sea.strait_ids),
    )


def _land_ends(
    network: DetailedNetwork, points: list[tuple[float, float]], rules: Rules
) -> list[list[tuple[int, float]]]:
    """Per point the nearest node of the largest part within reach, one for rail and one for road, with its distance."""
    part = loose_parts(network.node_count, network.tail, network.head)
    found: list[list[tuple[int, float]]] = [[] for _ in points]
    if not points:
        return found
    lat, lon = np.array(points).T
    for mode in ("rail", "road"):
        of_mode = np.flatnonzero(network.node_mode == MODES.index(mode))
        if not of_mode.size:
            continue
        tree = search_tree(network.node_lat[of_mode], network.node_lon[of_mode])
        near = within(tree, lat, lon, rules.port_reach_km)
        for i, members in enumerate(near):
            if members.size:
                nodes = of_mode[members]
                nodes = nodes[part[nodes] == part[nodes].min()]
                km = great_circles_km(lat[i], lon[i], network.node_lat[nodes], network.node_lon[nodes])
                best = int(np.argmin(km))
                found[i].append((int(nodes[best]), float(km[best])))
    return found
