"""A study's session on the world's network: any two places on Earth.

The study's tables, facts, corridors, events and scenarios hold here too; the world's derived tables and assumed
defaults stand beside them (``landbridge.network.world``, ``world/facts``). Network, merged tables and the costs of a
question are kept in the cache folder under the digest of what they were made from.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib import resources
from typing import Any, Final

import numpy as np

from landbridge.costs.arccosts import ArcCosts, CostRequest, Entry
from landbridge.costs.more_arcs import with_more_arcs
from landbridge.facts.ledger import Number, number_from_cells
from landbridge.facts.package import Facts, facts_from
from landbridge.io.atlas import country_table
from landbridge.models.corridor_match import CorridorIndex
from landbridge.models.route_account import Names
from landbridge.network.build import build_network
from landbridge.network.cache import (
    KEPT_NETWORKS,
    cache_folder,
    cached_network,
    forget_old,
    network_digest,
    write_arrays,
)
from landbridge.network.gazetteer import Gazetteer, Resolution
from landbridge.network.geometry import Shapes, section_lines
from landbridge.network.lanes import service_straits
from landbridge.network.names import NameIndex
from landbridge.network.sea import load_straits
from landbridge.network.state import Closure, Shipment
from landbridge.network.stored_names import pack, unpack
from landbridge.network.topology import Network
from landbridge.network.world import TABLES, WorldTables, as_csv, link_lines, merge_world, tables_for_build, world_files
from landbridge.network.world_ferries import FILES as FERRY_FILES
from landbridge.network.world_ferries import ferry_lines, ferry_numbers
from landbridge.network.world_points import ACCESS_KM, Point, looks_like_point, read_point, with_points
from landbridge.network.world_ports import sea_port, world_lanes
from landbridge.result.routes import Line, RoutesAnswer
from landbridge.run.session import NamedTables, Progress, Session, silent
from landbridge.scenario import Resolved
from landbridge.schema.rows import as_rows
from landbridge.schema.words import CargoUnit, ValueClass

#: Answers' costs kept in the cache folder.
KEPT_COSTS: Final = 16
#: Files of numbers in the folder ``world``.
_NUMBERS: Final = ("facts/numbers/defaults.csv", "facts/numbers/ocean.csv")
_STAGES: Final = ("merging the tables", "sea lanes", "joining the network")
_CODE: Final = (
    "network/world.py", "network/world_ports.py", "network/world_ferries.py", "network/world_hand.py",
    "network/build.py", "network/names.py", "network/stored_names.py", "network/territory.py",
    "network/sea/trades.py",
)  # fmt: skip


@dataclass(frozen=True)
class WorldSession(Session):
    """A session on the world's network. Make one with ``open_world``."""

    points: Mapping[str, Point] = field(default_factory=dict)  # text as asked -> place added to the network
    base: WorldSession | None = None  # the session without the points

    @cached_property
    def named(self) -> NamedTables:
        """Tables of what has a name; junctions of lines are no places to name."""
        return replace(super().named, left_out="junction")

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Names of the study and the world, and the points of this session."""
        if self.base is not None:
            known = self.base.gazetteer
            return PointGazetteer(known.tables, known.study, known.countries, self.points, known.names)
        names = NameIndex(self.named, self.study, country_table())
        return PointGazetteer(
            names.tables, self.study, names.countries, index=_cached_names(names, self.network_digest)
        )

    @cached_property
    def corridors(self) -> CorridorIndex:
        """The study's named corridors on this network; no point lies on one."""
        if self.base is None:
            return super().corridors
        known = self.base.corridors
        more_arcs = self.network.n_arcs - self.base.network.n_arcs
        more_nodes = self.network.n_nodes - self.base.network.n_nodes
        arcs, nodes = (
            np.pad(mask, ((0, 0), (0, more))) for mask, more in ((known.arcs, more_arcs), (known.nodes, more_nodes))
        )
        return replace(known, arcs=arcs, nodes=nodes)

    @cached_property
    def names(self) -> Names:
        """Names of places, ports and crossings for answers."""
        if self.base is not None:
            known = self.base.names
            return replace(known, places={**known.places, **{p.id: p.name for p in self.points.values()}})
        return super().names

    @cached_property
    def shapes(self) -> Mapping[str, Line]:
        """Lines of links, for maps."""
        if self.base is not None:
            return self.base.shapes
        sea = {link: text for link, text in self.lines.items() if text}
        return Shapes({**sea, **ferry_lines()}, link_lines(section_lines()))

    @cached_property
    def _country(self) -> Mapping[str, str]:
        if self.base is not None:
            return {**self.base._country, **{point.id: point.country for point in self.points.values()}}
        return super()._country

    def _make_costs(self, cargo: CargoUnit, value: ValueClass, resolved: Resolved, shipment: Shipment) -> ArcCosts:
        if self.base is not None:
            whole = self.base.costs(cargo, value, resolved, shipment)
            return with_more_arcs(whole, self.network, self.facts)
        digest = self._costs_digest(cargo, value, resolved, shipment)
        fresh = super()._make_costs
        return _cached_costs(digest, self.network, lambda: fresh(cargo, value, resolved, shipment))

    def _costs_digest(self, cargo: str, value: str, resolved: Resolved, shipment: Shipment) -> str:
        made_from = (self.network_digest, self.facts.digest, _costs_code(), str(self.study.money_year))
        parts = (*made_from, cargo, value, repr(resolved), repr(shipment))
        return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()

    @cached_property
    def world(self) -> WorldSession:
        """Itself."""
        return self

    def outside(self, network: str, ends: Sequence[str], others: Sequence[str]) -> str | None:
        """Nothing lies outside the world's network."""
        return None

    def point(self, text: str) -> Point | None:
        """The place a text means that is no row of the tables: coordinates, or a port outside the network."""
        if looks_like_point(text):
            return read_point(text, self.network)
        port = sea_port(text)
        if port is not None and port["locode"] not in self.network.port_ids:
            name = f"{port['name']} ({port['locode']})"
            return Point(f"at:{port['locode']}", name, float(port["lat"]), float(port["lon"]), port["country"])
        return None

    def with_points(self, texts: Sequence[str]) -> WorldSession:
        """This session with the places that texts mean and no table has; the same session where there are none.

        Raises ``BadRequest`` for coordinates that cannot be, or that are too far from everything.
        """
        home = self.base or self
        found = {text: point for text in dict.fromkeys(texts) if (point := home.point(text)) is not None}
        if not found:
            return self
        unique = {point.id: point for point in found.values()}
        network = with_points(home.network, list(unique.values()))
        return replace(home, network=network, points=found, base=home, _costs={}, _resolved=home._resolved)

    def routes(self, origin: str, destination: str, **options: Any) -> RoutesAnswer:
        """As ``Session.routes``, also for ``lat,lon`` and for UN/LOCODEs of ports outside the network."""
        session = self.with_points([origin, destination])
        if session is not self:
            return Session.routes(session, origin, destination, **options)
        return super().routes(origin, destination, **options)


@dataclass(frozen=True)
class PointGazetteer(Gazetteer):
    """A gazetteer that knows points too."""

    points: Mapping[str, Point] = field(default_factory=dict)
    index: NameIndex | None = None  # where it is made already

    @cached_property
    def names(self) -> NameIndex:
        """What is called how."""
        return self.index or NameIndex(self.tables, self.study, self.countries)

    def place(self, text: str) -> Resolution:
        """The place a text means; a point is taken as it is."""
        point = self.points.get(text)
        if point is None:
            return super().place(text)
        note = f"{point.name} lies in {point.country}; it is joined to the network by an access leg by truck (assumed)."
        return Resolution(point.id, point.name, point.country, note)


# -- opening -----------------------------------------------------------------------------------------------------


def open_world(session: Session, progress: Progress = silent) -> WorldSession:
    """The session of a study on the world's network; built and cached where it is not yet.

    ``progress``: called with the stage, how many are done, and of how many.
    """
    content = [session.facts.content.get(name, b"") for name in TABLES]
    package = resources.files("landbridge")
    code = [package.joinpath(name).read_bytes() for name in _CODE]
    digest = network_digest([*content, *world_files(), *code])
    merged: list[WorldTables] = []

    def tables() -> WorldTables:
        if not merged:
            progress(_STAGES[0], 0, len(_STAGES))
            merged.append(merge_world({name: session.facts.rows(name) for name in TABLES}))
        return merged[0]

    def build() -> tuple[Network, dict[str, str]]:
        frames = tables_for_build(tables())
        progress(_STAGES[1], 1, len(_STAGES))
        lanes = world_lanes(frames["ports"])
        progress(_STAGES[2], 2, len(_STAGES))
        straits = service_straits(frames["services"], frames["ports"])
        network = build_network(frames, lanes, straits, ACCESS_KM)
        return network, dict(zip(lanes.link_ids(), lanes.lines, strict=True))

    network, lines = cached_network(digest, build)
    texts = _cached_tables(digest, lambda: as_csv(tables()))
    progress("done", len(_STAGES), len(_STAGES))
    facts = world_facts(session.facts, texts)
    return WorldSession(session.study, facts, network, lines, digest)


def world_facts(facts: Facts, merged: Mapping[str, bytes]) -> Facts:
    """A study's facts with the merged tables and the world's numbers, regions and sources; the study's rows win.

    A region that both have keeps the study's name and has the members of both.
    """
    folder = resources.files("landbridge").joinpath("world/facts")
    content = {**facts.content, **merged}
    for name in ("regions", "sources"):
        rows = {row["id"]: dict(row) for row in facts.rows(name)}
        for row in csv.DictReader(io.StringIO(folder.joinpath(f"{name}.csv").read_text(encoding="utf-8"), newline="")):
            own = rows.setdefault(row["id"], row)
            if name == "regions":
                own["members"] = ";".join(dict.fromkeys([*own["members"].split(";"), *row["members"].split(";")]))
        content[name] = _csv(list(rows.values()))
    numbers = {number.id: number for number in (*world_numbers(), *facts.numbers.values())}
    digest = hashlib.blake2b(facts.digest.encode(), digest_size=16)
    for part in (*content.values(), repr(sorted(number.id for number in numbers.values())).encode()):
        digest.update(len(part).to_bytes(8, "little") + part)
    for path in _fact_files():
        digest.update(path)
    return facts_from(numbers.values(), content, facts.folder, digest.hexdigest())


@cache
def _fact_files() -> tuple[bytes, ...]:
    package = resources.files("landbridge").joinpath("world")
    names = (*_NUMBERS, "facts/vehicles.csv", "sea/straits.csv", *FERRY_FILES)
    return tuple(package.joinpath(name).read_bytes() for name in names)


def world_numbers() -> list[Number]:
    """The world's assumed defaults, freight rates of trade lanes, tolls of straits per box, and figures of ferries."""
    rows: list[Number] = []
    for name in _NUMBERS:
        shown = f"world/{name}"
        text = resources.files("landbridge").joinpath(shown).read_text(encoding="utf-8")
        reader = csv.DictReader(io.StringIO(text, newline=""))
        rows += [number_from_cells(row, shown, line) for line, row in enumerate(reader, start=2)]
    for strait in load_straits():
        if strait.toll_usd_per_teu is None:
            continue
        parts = strait.parts or (strait.id,)
        for part in parts:
            cells = dict.fromkeys((field.name for field in dataclasses.fields(Number)), "")
            cells.update(id=f"toll.{part}", subject=f"strait:{part}", quantity="fee_usd", mode="sea", vehicle="teu")
            cells.update(scope="toll", value=str(strait.toll_usd_per_teu / len(parts)), unit="usd_per_unit")
            cells.update(year=str(strait.toll_year), money_year=str(strait.toll_year), basis=strait.toll_basis)
            cells.update(use="model", normal="yes", source="landbridge-world", locator=f"straits.csv {strait.id}")
            rows.append(number_from_cells(cells, "world/sea/straits.csv", 0))
    return [*rows, *ferry_numbers()]


def _csv(rows: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


# -- the cache ---------------------------------------------------------------------------------------------------


def _cached_tables(digest: str, make: Callable[[], Mapping[str, bytes]]) -> dict[str, bytes]:
    path = cache_folder() / f"world-tables-{digest}.npz"
    with suppress(OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError), np.load(path) as stored:
        return {name: bytes(stored[name]) for name in stored.files}
    tables = dict(make())
    arrays = {name: np.frombuffer(text, dtype=np.uint8) for name, text in tables.items()}
    with suppress(OSError):
        write_arrays(path, arrays)
        forget_old(path.parent, "world-tables-*.npz", KEPT_NETWORKS)
    return tables


def _cached_names(names: NameIndex, network_digest: str) -> NameIndex:
    """The same names with an index from the cache; ``network_digest`` covers the tables and the code."""
    digest = hashlib.blake2b(network_digest.encode(), digest_size=16)
    digest.update(repr([(corridor.id, corridor.name) for corridor in names.study.corridors]).encode())
    digest.update(repr(as_rows(names.countries)).encode())
    path = cache_folder() / f"world-names-{digest.hexdigest()}.npz"
    with suppress(OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError), np.load(path) as stored:
        return replace(names, stored=unpack(stored))
    with suppress(OSError, ValueError):
        write_arrays(path, pack(names))
        forget_old(path.parent, "world-names-*.npz", KEPT_NETWORKS)
    return names


@cache
def _costs_code() -> str:
    """Digest of the code that makes costs of facts."""
    digest = hashlib.blake2b(digest_size=16)
    package = resources.files("landbridge")
    files = [
        item
        for part in ("costs", "facts", "network")
        for item in sorted(package.joinpath(part).iterdir(), key=lambda entry: entry.name)
        if item.name.endswith(".py")
    ]
    for item in files:
        digest.update(item.read_bytes())
    return digest.hexdigest()


def _cached_costs(digest: str, network: Network, make: Callable[[], ArcCosts]) -> ArcCosts:
    path = cache_folder() / f"world-costs-{digest}.npz"
    with suppress(OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError), np.load(path) as stored:
        os.utime(path)
        return _costs_from(stored, network)
    costs = make()
    with suppress(OSError):
        write_arrays(path, _costs_arrays(costs))
        forget_old(path.parent, "world-costs-*.npz", KEPT_COSTS)
    return costs


def _costs_arrays(costs: ArcCosts) -> dict[str, Any]:
    words = {
        "request": {**dataclasses.asdict(costs.request), "as_of": costs.request.as_of.toordinal()},
        "entries": [_cells(entry) for entry in costs.entries],
        "closures": [_cells(closure) for closure in costs.closures],
        "hour": costs.value_of_time_usd_per_hour,
        "hour_facts": costs.value_of_time_facts,
        "correlation": costs.country_correlation,
        "notes": costs.notes,
    }
    text = np.frombuffer(json.dumps(words).encode(), dtype=np.uint8)
    return {
        "words": text,
        "entry": costs.entry,
        "amount": costs.amount,
        "first": costs.first,
        "closure": costs.closure,
    }


def _cells(row: Entry | Closure) -> list[Any]:
    return list(vars(row).values())


def _entry(names: Sequence[str], cells: Sequence[Any]) -> Entry:
    row = dict(zip(names, cells, strict=True))
    row["facts"] = tuple(row["facts"])
    return Entry(**row)


def _costs_from(stored: Any, network: Network) -> ArcCosts:
    words = json.loads(bytes(stored["words"]).decode())
    request = words["request"]
    request["as_of"] = datetime.date.fromordinal(request["as_of"])
    names = [item.name for item in dataclasses.fields(Entry)]
    return ArcCosts(
        network=network,
        request=CostRequest(**request),
        entries=tuple(_entry(names, row) for row in words["entries"]),
        entry=stored["entry"],
        amount=stored["amount"],
        first=stored["first"],
        closures=tuple(Closure(*row) for row in words["closures"]),
        closure=stored["closure"],
        value_of_time_usd_per_hour=words["hour"],
        value_of_time_facts=tuple(words["hour_facts"]),
        country_correlation=words["correlation"],
        notes=tuple(words["notes"]),
    )
