"""How good a network is: what hangs together, what does not, and how long it thinks its links are.

Everything here is about the links that operate (status "operating"), whatever the day; a figure that needs
a cost (crossings without an hour figure) is asked of the costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components, dijkstra

from landbridge.kernels.sphere import great_circles_km
from landbridge.network.topology import Network
from landbridge.schema.rows import Table, as_rows
from landbridge.schema.words import ARC_KINDS, MODES, NODE_KINDS, STATUSES

Mask = NDArray[np.bool_]

#: Which arcs each row of ``components`` looks at.
SCOPES: Final[Mapping[str, str]] = {
    "all": "every mode, ports and transfers in; origins and destinations left out",
    "rail": "rail, a change of gauge counted as a gap",
    "rail with gauge changes": "rail, gauges joined where they can be changed",
    "road": "road",
}


@dataclass(frozen=True)
class Quality:
    """Tables of the quality report.

    - components: scope, kind (weak: joined in some direction; strong: in both), nodes (that an operating arc touches),
      components, largest.
    - links: mode, country (empty = between countries), status, links, km.
    - unreachable: id, name, country, why; places that are not joined to the largest strongly connected part.
    - lengths: id, mode, from_place, to_place, official_km, model_km, straight_km, ratio (official to straight line);
      sections routed over.
    - aggregates: id, mode, use, from_place, to_place, official_km, model_km (shortest way over sections; empty = none),
      ratio (model to official).
    - ports_without_land: id, name, country, tier; no rail or road leads to their quays.
    """

    components: pd.DataFrame
    links: pd.DataFrame
    unreachable: pd.DataFrame
    lengths: pd.DataFrame
    aggregates: pd.DataFrame
    ports_without_land: pd.DataFrame

    @property
    def median_ratio(self) -> float:
        """Median of official length to straight line, over sections of more than 1 km."""
        return float(self.lengths.loc[self.lengths["straight_km"] > 1, "ratio"].median())

    def worst_lengths(self, count: int = 10) -> pd.DataFrame:
        """Sections whose length is furthest from the usual multiple of their straight line, up or down."""
        known = self.lengths[self.lengths["straight_km"] > 1]
        off = np.abs(np.log(known["ratio"] / self.median_ratio))
        worst: pd.DataFrame = known.loc[off.sort_values(ascending=False, kind="stable").index[:count]]
        return worst


def quality(network: Network, tables: Mapping[str, Table]) -> Quality:
    """Quality tables of a network and of the tables ``places``, ``sections``, ``ports`` it was built from."""
    operating: Mask = network.status == STATUSES.index("operating")
    sections = _rows(tables["sections"])
    return Quality(
        components=_components(network, operating),
        links=_links(network),
        unreachable=_unreachable(network, operating, _rows(tables["places"])),
        lengths=_lengths(network, sections, _rows(tables["places"])),
        aggregates=_aggregates(network, operating, sections),
        ports_without_land=_ports_without_land(network, _rows(tables["ports"])),
    )


def _rows(table: Table) -> list[Mapping[str, Any]]:
    return sorted(as_rows(table), key=lambda row: str(row["id"]))


def _kinds(network: Network, *kinds: str) -> Mask:
    return np.isin(network.kind, [ARC_KINDS.index(kind) for kind in kinds])


def _mode(network: Network, mode: str) -> Mask:
    found: Mask = network.mode == MODES.index(mode)
    return found


def _joined(network: Network, arcs: Mask) -> csr_matrix:
    ones = np.ones(int(np.count_nonzero(arcs)), dtype=np.int8)
    size = network.n_nodes
    return csr_matrix((ones, (network.tail[arcs], network.head[arcs])), shape=(size, size))


def _scopes(network: Network, operating: Mask) -> list[tuple[str, Mask, Mask]]:
    """Name, nodes and arcs of each scope."""
    end = np.isin(network.node_kind, [NODE_KINDS.index("origin"), NODE_KINDS.index("destination")])
    rail: Mask = network.node_kind == NODE_KINDS.index("rail")
    road: Mask = network.node_kind == NODE_KINDS.index("road")
    moving = _kinds(network, "haul", "crossing") & operating
    masks = {
        "all": (~end, operating & ~_kinds(network, "access")),
        "rail": (rail, moving & _mode(network, "rail")),
        "rail with gauge changes": (rail, (moving & _mode(network, "rail")) | (_kinds(network, "gauge") & operating)),
        "road": (road, moving & _mode(network, "road")),
    }
    return [(scope, *masks[scope]) for scope in SCOPES]


def _components(network: Network, operating: Mask) -> pd.DataFrame:
    rows = []
    for scope, nodes, arcs in _scopes(network, operating):
        graph = _joined(network, arcs)
        touched = np.zeros(network.n_nodes, dtype=np.bool_)
        used = arcs & ~_kinds(network, "gauge")
        touched[network.tail[used]] = touched[network.head[used]] = True
        nodes = nodes & touched
        for kind in ("weak", "strong"):
            _, label = connected_components(graph, directed=True, connection=kind)
            sizes = np.bincount(label[nodes]) if nodes.any() else np.zeros(1, dtype=np.int64)
            rows.append((scope, kind, int(nodes.sum()), int(np.count_nonzero(sizes)), int(sizes.max())))
    return pd.DataFrame(rows, columns=["scope", "kind", "nodes", "components", "largest"])


def _links(network: Network) -> pd.DataFrame:
    """Links and kilometres by mode, country and status; a link open both ways counts once."""
    once = (network.mode >= 0) & (network.direction >= 0)
    frame = pd.DataFrame(
        {
            "mode": [MODES[code] for code in network.mode[once]],
            "country": [network.country_codes[code] if code >= 0 else "" for code in network.country[once]],
            "status": [STATUSES[code] for code in network.status[once]],
            "link": network.link[once],
            "km": network.km[once],
        }
    )
    grouped = frame.groupby(["mode", "country", "status"], sort=True)
    return grouped.agg(links=("link", "nunique"), km=("km", "sum")).reset_index()


def _unreachable(network: Network, operating: Mask, places: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Places from which, or to which, the largest strongly connected part cannot be reached."""
    graph = _joined(network, operating)
    _, label = connected_components(graph, directed=True, connection="strong")
    core = int(np.flatnonzero(label == np.bincount(label).argmax())[0])
    reached = np.zeros(network.n_nodes, dtype=np.bool_)
    reached[breadth_first_order(graph, core, return_predecessors=False)] = True
    reaches = np.zeros(network.n_nodes, dtype=np.bool_)
    reaches[breadth_first_order(graph.T.tocsr(), core, return_predecessors=False)] = True
    rows = []
    for place in places:
        if place["kind"] == "border" or (place["hub"] and place["hub"] != place["id"]):
            continue
        start = network.node_index.get(f"origin:{place['id']}")
        end = network.node_index.get(f"destination:{place['id']}")
        if start is None or end is None:
            rows.append((place["id"], place["name"], place["country"], "no link and no port there"))
        elif not reaches[start] or not reached[end]:
            ways = [word for word, lost in (("out", not reaches[start]), ("in", not reached[end])) if lost]
            rows.append((place["id"], place["name"], place["country"], f"no way {' and '.join(ways)}"))
    return pd.DataFrame(rows, columns=["id", "name", "country", "why"])


def _lengths(
    network: Network, sections: Sequence[Mapping[str, Any]], places: Sequence[Mapping[str, Any]]
) -> pd.DataFrame:
    at = {place["id"]: (float(place["lat"]), float(place["lon"])) for place in places}
    routed = [section for section in sections if section["use"] == "section"]
    forth = _kinds(network, "haul") & (network.direction == 1)
    model = np.bincount(network.link[forth], weights=network.km[forth], minlength=len(network.link_ids))
    ends = np.array([(*at[row["from_place"]], *at[row["to_place"]]) for row in routed]).reshape(-1, 4)
    straight = great_circles_km(ends[:, 0], ends[:, 1], ends[:, 2], ends[:, 3])
    official = np.array([float(row["length_km"]) for row in routed])
    return pd.DataFrame(
        {
            "id": [row["id"] for row in routed],
            "mode": [row["mode"] for row in routed],
            "from_place": [row["from_place"] for row in routed],
            "to_place": [row["to_place"] for row in routed],
            "official_km": official,
            "model_km": [model[network.link_index[row["id"]]] for row in routed],
            "straight_km": straight,
            "ratio": np.divide(official, straight, out=np.full(len(official), np.inf), where=straight > 0),
        }
    )


def _aggregates(network: Network, operating: Mask, sections: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows that are not routed over, beside the shortest way over those that are, in their mode."""
    rows = [section for section in sections if section["use"] != "section"]
    graphs = {scope: _distances(network, arcs) for scope, _, arcs in _scopes(network, operating)}
    found = []
    for row in rows:
        graph = graphs["road" if row["mode"] == "road" else "rail with gauge changes"]
        starts = _land_nodes(network, row["mode"], row["from_place"], row["country_from"])
        ends = _land_nodes(network, row["mode"], row["to_place"], row["country_to"])
        km = np.inf
        if len(starts) and len(ends):
            km = float(np.min(dijkstra(graph, directed=True, indices=starts)[:, ends]))
        official = float(row["length_km"])
        known = bool(np.isfinite(km))
        found.append(
            (
                row["id"],
                row["mode"],
                row["use"],
                row["from_place"],
                row["to_place"],
                official,
                km if known else None,
                km / official if known else None,
            )
        )
    columns = ["id", "mode", "use", "from_place", "to_place", "official_km", "model_km", "ratio"]
    return pd.DataFrame(found, columns=columns)


def _distances(network: Network, arcs: Mask) -> csr_matrix:
    """Kilometres between neighbours, the shortest of parallel arcs; a zero stays an arc."""
    chosen = np.flatnonzero(arcs)
    order = chosen[np.lexsort((network.km[chosen], network.head[chosen], network.tail[chosen]))]
    tail, head = network.tail[order], network.head[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    order = order[first]
    indptr = np.searchsorted(network.tail[order], np.arange(network.n_nodes + 1))
    size = network.n_nodes
    return csr_matrix((network.km[order], network.head[order], indptr), shape=(size, size))


def _land_nodes(network: Network, mode: str, place: str, country: str) -> NDArray[np.int64]:
    """Nodes of a place in one country, of any gauge."""
    if place not in network.place_ids or country not in network.country_codes:
        return np.zeros(0, dtype=np.int64)
    here = network.node_place == network.place_ids.index(place)
    same = network.node_country == network.country_codes.index(country)
    return np.flatnonzero(here & same & (network.node_kind == NODE_KINDS.index(mode)))


def _ports_without_land(network: Network, ports: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    on_land = np.unique(network.port[_kinds(network, "unload")])
    served = {network.port_ids[port] for port in on_land if port >= 0}
    rows = [(row["id"], row["name"], row["country"], row["tier"]) for row in ports if row["id"] not in served]
    return pd.DataFrame(rows, columns=["id", "name", "country", "tier"])
