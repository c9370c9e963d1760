"""Networks to measure on: an ``.npz`` of arrays, TNTP files from a folder, made-up towns of a given size."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import minimum_spanning_tree


@dataclass(frozen=True)
class Network:
    """Arcs ``tail -> head``, the optimised ``weight``, accompanying ``attributes`` (m, q), places in degrees."""

    name: str
    tail: np.ndarray
    head: np.ndarray
    weight: np.ndarray
    attributes: np.ndarray
    lat: np.ndarray
    lon: np.ndarray

    @property
    def node_count(self) -> int:
        return self.lat.size


@dataclass(frozen=True)
class Demand:
    """A network with origins, destinations (nodes) and trips (o, d); ``things``: arcs that close together."""

    network: Network
    origin: np.ndarray
    destination: np.ndarray
    trips: np.ndarray
    things: list[np.ndarray]


def read_npz(path: Path) -> Network:
    """Arrays ``tail``, ``head``, ``lat``, ``lon`` and at least one float array per arc: the first is optimised.

    ``hours``, ``weight`` or ``km`` come first if they are there; at most three others accompany it.
    """
    file = np.load(path)
    m, n = file["tail"].size, file["lat"].size
    taken = ("tail", "head", "lat", "lon")
    names = [k for k in file.files if k not in taken and file[k].shape == (m,) and file[k].dtype.kind == "f"]
    names.sort(key=lambda name: next((i for i, k in enumerate(("hours", "weight", "km")) if k == name), 9))
    if not names:
        raise SystemExit(f"{path}: no float array of {m} arcs beside tail and head")
    attributes = np.column_stack([file[k] for k in names[1:4]] or [file[names[0]]])
    return Network(
        f"{path.stem} ({n:,} nodes, {m:,} arcs, least {names[0]}, with {', '.join(names[1:4]) or names[0]})",
        file["tail"].astype(np.int32),
        file["head"].astype(np.int32),
        file[names[0]].astype(np.float64),
        attributes.astype(np.float64),
        file["lat"].astype(np.float64),
        file["lon"].astype(np.float64),
    )


#: Plain speeds and prices that make weights of the detailed network's kilometres, by mode (transfers last): only for
#: measuring, the model's own come from its facts.
KM_PER_HOUR = np.array([40.0, 50.0, 30.0, 25.0, 10.0])
USD_PER_KM = np.array([0.6, 1.2, 0.08, 0.4, 1.0])


def from_detailed(detailed: Any) -> Network:
    """The detailed world network of the project (``landbridge.network.detailed``), weighed by hours."""
    mode = np.where(detailed.mode < 0, 4, detailed.mode)
    km = np.array(detailed.km)
    # Transfers take half a day, so that ways do not change mode at every station.
    hours = km / KM_PER_HOUR[mode] + np.where(mode == 4, 12.0, 0.0)
    usd = km * USD_PER_KM[mode] + np.where(mode == 4, 100.0, 0.0)
    return Network(
        f"detailed world network ({detailed.node_count:,} nodes, {detailed.arc_count:,} arcs), least hours, "
        "with usd, km and crossings",
        np.array(detailed.tail),
        np.array(detailed.head),
        hours,
        np.column_stack([usd, km, detailed.crossing >= 0]).astype(np.float64),
        np.array(detailed.node_lat),
        np.array(detailed.node_lon),
    )


def town(nodes: int, links: int, seed: int) -> Network:
    """A made-up street network: a grid with a two-way spanning tree and some one-way streets, then subdivided.

    Subdividing gives the many nodes of two neighbours that real networks have. Strongly connected.
    """
    rng = np.random.default_rng(seed)
    side = int((nodes / 1.5) ** 0.5)
    n = side * side
    node = np.arange(n).reshape(side, side)
    pairs = np.concatenate(
        [np.c_[node[:, :-1].ravel(), node[:, 1:].ravel()], np.c_[node[:-1].ravel(), node[1:].ravel()]]
    )
    weights = csr_matrix((rng.random(len(pairs)) + 0.1, (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    tree = minimum_spanning_tree(weights).tocoo()
    in_tree = np.isin(pairs @ (n, 1), tree.row.astype(np.int64) * n + tree.col)
    rest = rng.permutation(pairs[~in_tree])
    divided = nodes - n
    left = links - 2 * int(in_tree.sum()) - 2 * divided
    two_way_count = int(np.clip(left * 0.4, 0, len(rest)))
    two_way = [tuple(pair) for pair in np.concatenate([pairs[in_tree], rest[:two_way_count]]).tolist()]
    one_way = rest[two_way_count : two_way_count + max(0, left - 2 * two_way_count)]
    y, x = (list(part) for part in np.divmod(np.arange(n), side))
    for new in range(n, nodes):
        i = int(rng.integers(len(two_way)))
        a, b = two_way[i]
        two_way[i] = (a, new)
        two_way.append((new, b))
        y.append((y[a] + y[b]) / 2)
        x.append((x[a] + x[b]) / 2)
    both = np.array(two_way)
    arcs = np.concatenate([both, both[:, ::-1], one_way]).astype(np.int32)
    weight = rng.lognormal(0.0, 0.5, len(arcs))
    return Network(
        f"town ({nodes:,} nodes, {len(arcs):,} arcs)",
        arcs[:, 0].copy(),
        arcs[:, 1].copy(),
        weight,
        np.column_stack([weight * rng.uniform(0.5, 2.0, len(arcs)) for _ in range(3)]),
        np.asarray(y, np.float64) * 60 / side,
        np.asarray(x, np.float64) * 90 / side,
    )


def single(network: Network) -> list[np.ndarray]:
    """Every arc by itself."""
    return [np.array([arc], np.int32) for arc in range(network.tail.size)]


def strategic(name: str, zones: int, seed: int) -> Demand:
    """The study's or the world's network as the program opens it: boxes, least cost, all links, some places at random.

    Arcs closed on the study's base date are left out, because some peers take finite weights only.
    """
    from landbridge.run.net import net_of_session, things_of_net
    from landbridge.run.session import open_study

    session = open_study()
    if name == "world":
        session = session.world
    cargo = session.study.cargo
    net = net_of_session(session, cargo=cargo.default, value=cargo.value, by="cost", resolved=session.resolved())
    wires = net.wires
    is_open = np.isfinite(wires.weight)
    number = np.where(is_open, np.cumsum(is_open) - 1, -1)
    things = [number[thing.arcs][is_open[thing.arcs]].astype(np.int32) for thing in things_of_net(net)]
    taken = np.random.default_rng(seed).choice(len(net.zones), zones, replace=False)
    places = [net.zones[i] for i in sorted(taken.tolist())]
    network = Network(
        f"strategic network of the {name} ({wires.n_nodes:,} nodes, {is_open.sum():,} open arcs, {zones} places)",
        wires.tail[is_open],
        wires.head[is_open],
        wires.weight[is_open],
        np.column_stack([values[is_open] for values in wires.attributes.values()]),
        session.network.node_lat,
        session.network.node_lon,
    )
    origin, destination = (
        np.array([ends[place] for place in places], np.int32) for ends in (wires.origin_node, wires.destination_node)
    )
    return Demand(network, origin, destination, 1.0 - np.eye(zones), [arcs for arcs in things if arcs.size])


def town_with_zones(name: str, nodes: int, links: int, zones: int, seed: int) -> Demand:
    """A town whose zones hang on it by one connector each way and cannot be passed through; one trip per pair."""
    base = town(nodes, links - 2 * zones, seed)
    rng = np.random.default_rng(seed + 1)
    at = rng.choice(nodes, zones, replace=False).astype(np.int32)
    origin = np.arange(nodes, nodes + zones, dtype=np.int32)
    destination = origin + zones
    network = Network(
        f"{name} ({nodes:,} nodes, {links:,} links, {zones} zones)",
        np.concatenate([base.tail, origin, at]),
        np.concatenate([base.head, at, destination]),
        np.concatenate([base.weight, np.full(2 * zones, 0.3)]),
        np.concatenate([base.attributes, np.full((2 * zones, 3), 0.3)]),
        np.concatenate([base.lat, base.lat[at], base.lat[at]]),
        np.concatenate([base.lon, base.lon[at], base.lon[at]]),
    )
    return Demand(network, origin, destination, 1.0 - np.eye(zones), single(network))


def read_tntp(folder: Path, name: str) -> Demand:
    """A TNTP network at free-flow time; nodes below FIRST THRU NODE are split so that nothing passes through them."""
    text = (folder / f"{name}_net.tntp").read_text()
    head = {key.strip(): value.split()[0] for key, value in re.findall(r"<([^>]+)>\s+(\d+)", text)}
    body = text.split("<END OF METADATA>")[1]
    rows = [line.split() for line in body.splitlines() if line.strip() and not line.strip().startswith("~")]
    zones, nodes, first_through = (int(head[key]) for key in ("NUMBER OF ZONES", "NUMBER OF NODES", "FIRST THRU NODE"))
    arc_tail = np.array([int(row[0]) - 1 for row in rows], np.int32)
    arc_head = np.array([int(row[1]) - 1 for row in rows], np.int32)
    time = np.array([float(row[4]) for row in rows])
    origin = np.arange(zones, dtype=np.int32)
    destination = origin.copy()
    if first_through > 1:
        destination = origin + nodes
        arc_head = np.where(arc_head < zones, arc_head + nodes, arc_head).astype(np.int32)
        nodes += zones
    trips = np.zeros((zones, zones))
    start = -1
    table = (folder / f"{name}_trips.tntp").read_text().split("<END OF METADATA>")[1]
    for word, number, target, volume in re.findall(r"(Origin)\s+(\d+)|(\d+)\s*:\s*([\d.eE+-]+)", table):
        if word:
            start = int(number) - 1
        else:
            trips[start, int(target) - 1] = float(volume)
    np.fill_diagonal(trips, 0.0)
    places = np.zeros(nodes)
    network = Network(
        f"{name} ({head['NUMBER OF NODES']} nodes, {len(rows):,} links, {zones} zones)",
        arc_tail,
        arc_head,
        time,
        np.column_stack([time]),
        places,
        places,
    )
    return Demand(network, origin, destination, trips, single(network))
