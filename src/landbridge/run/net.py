"""Questions to a bare network: skims, reach, accessibility and criticality, of an opened study or a TNTP file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from landbridge.io.atomic import whole_file
from landbridge.io.sheet import number_of, read_sheet
from landbridge.io.tabular import Kind, csv_bytes, parquet_bytes
from landbridge.io.tntp import TntpNetwork, read_tntp_network, read_tntp_trips
from landbridge.models.wires import Int32, Wire, Wires, single_wires, wires_of_zones
from landbridge.network.topology import Float64, Network
from landbridge.schema.errors import BadRequest, Finding, LandbridgeError
from landbridge.schema.words import ARC_KINDS, CargoUnit, Objective, ValueClass

if TYPE_CHECKING:
    from landbridge.models.closures import WeightedPair
    from landbridge.result.report import Table
    from landbridge.run.session import Session
    from landbridge.scenario import Resolved
    from landbridge.schema.words import What


#: Largest number of places between which all pairs are asked for.
MOST_ZONES = 1000


@dataclass(frozen=True)
class Net:
    """A network ready for questions.

    unit: of its weights; zones: what a skim goes between unless told otherwise; names: zone -> name for people;
    session: set for a study.
    """

    title: str
    unit: str
    wires: Wires
    zones: tuple[str, ...]
    names: Mapping[str, str]
    link_ids: tuple[str, ...] = ()
    session: Session | None = None

    def zone(self, text: str) -> str:
        """The zone a user means; ``UnknownName`` or ``BadRequest`` if none."""
        if self.session is not None:
            place = self.session.gazetteer.place(text).place
            if place not in self.wires.origin_node:
                raise BadRequest(f"{self.names.get(place, place)} has no terminal in the network.")
            return place
        if text not in self.wires.origin_node:
            finding = Finding("zone", f"'{text}'", f"Give a node number from 1 to {len(self.wires.origin_node)}.")
            raise BadRequest("No such node", [finding])
        return text


@dataclass(frozen=True)
class Trips:
    """Demand between zones."""

    origin: tuple[str, ...]
    destination: tuple[str, ...]
    volume: Float64


@dataclass(frozen=True)
class Masses:
    """What is wanted, by zone. what: a word for it; note: where it comes from, for people."""

    mass: Mapping[str, float]
    what: str
    note: str


def net_of_session(
    session: Session, *, cargo: CargoUnit, value: ValueClass, by: Objective, resolved: Resolved, title: str = "study"
) -> Net:
    """The network of a study for a cargo on a day.

    Costs that depend on the destination's country (preferences in tariffs and waits) are those of no country in
    particular, because one network serves all pairs.
    """
    costs = session.costs(cargo, value, resolved)
    network = session.network
    attributes = {
        "hours": costs.total("hours"),
        "usd": costs.total("usd"),
        "co2_kg": costs.total("co2_wtw_kg"),
        "distance_km": network.km,
    }
    wires = Wires(
        tail=network.tail,
        head=network.head,
        weight=costs.weight(by),
        n_nodes=network.n_nodes,
        node=_node_names(network, session.names.places, session.names.ports),
        origin_node=_ends(network, "origin"),
        destination_node=_ends(network, "destination"),
        attributes=attributes,
    )
    unit = {"cost": f"USD {session.study.money_year}", "money": f"USD {session.study.money_year}"}
    unit |= {"time": "hours", "co2": "kg CO2"}
    zones = tuple(place for place in wires.origin_node if place in wires.destination_node)
    return Net(title, unit[by], wires, zones, session.names.places, session=session)


def net_of_file(path: Path) -> Net:
    """A TNTP network at free-flow cost; ``BadRequest`` with every bad row."""
    network = read_tntp_network(path)
    _check_thru(path, network)
    wires = wires_of_zones(
        network.tail,
        network.head,
        network.cost,
        network.n_nodes,
        network.first_thru_node,
        {"length": network.length},
    )
    zones = tuple(str(zone) for zone in range(1, network.n_zones + 1))
    names = {zone: zone for zone in wires.origin_node}
    links = tuple(str(i + 1) for i in range(len(network.tail)))
    return Net(path.name, "the file's cost", wires, zones, names, links)


def _check_thru(path: Path, network: TntpNetwork) -> None:
    if network.n_zones > network.n_nodes:
        found = f"{network.n_zones} zones but {network.n_nodes} nodes"
        raise BadRequest(f"{path} is no TNTP network", [Finding(path.name, found, "Correct <NUMBER OF ZONES>.")])


def things_of_net(net: Net, what: What = "links") -> tuple[Wire, ...]:
    """What can close: links of a file one by one; of a study, links, crossings, borders, ports, straits, countries."""
    if net.session is None:
        if what != "links":
            raise BadRequest(f"A network file has links only, no {what}.")
        return single_wires(net.wires, net.link_ids)
    # Imported here: only this question needs the models of closures.
    from landbridge.run.ask_closures import things_of

    found = []
    for thing in things_of(net.session, what):
        first = int(thing.arcs[0])
        ends = [net.wires.node[int(end[first])] for end in (net.wires.tail, net.wires.head)]
        start, end = ends if what == "links" else (thing.name, "")
        found.append(Wire(thing.id, start, end, thing.arcs))
    return tuple(found)


def anchors_of_net(net: Net) -> Int32:
    """Nodes through which ways are looked for where demand chooses among several.

    Of a study: where something begins that tells ways apart (crossings, gauge breaks, named services, ports). Of a
    file: every node that a way can pass. A regular sample, in order of the nodes, where there are too many.
    """
    from landbridge.models.choice import sample_anchors

    wires = net.wires
    if net.session is None:
        return sample_anchors(np.intersect1d(wires.tail, wires.head))
    from landbridge.models.alternatives import ANCHOR_KINDS

    network = net.session.network
    parts_ways = np.isin(network.kind, [ARC_KINDS.index(kind) for kind in ANCHOR_KINDS])
    return sample_anchors(np.unique(network.tail[parts_ways]))


def trips_of_file(net: Net, path: Path) -> Trips:
    """Demand for a network file from a ``*_trips.tntp`` file; zones that the network lacks are errors."""
    trips = read_tntp_trips(path)
    known = net.wires.origin_node
    strange = sorted({str(zone) for zone in (*trips.origin.tolist(), *trips.destination.tolist())} - set(known))
    if strange:
        finding = Finding(path.name, f"zones {', '.join(strange[:10])}", f"{net.title} has nodes 1 to {len(known)}.")
        raise BadRequest("The trips do not belong to the network", [finding])
    origin, destination = (tuple(map(str, column.tolist())) for column in (trips.origin, trips.destination))
    return Trips(origin, destination, trips.volume)


def masses_of(net: Net, path: Path | None) -> Masses:
    """What is wanted in each zone: a table of places, the trips that end there, or the people of a study's places."""
    if path is None:
        return _people(net)
    if path.suffix == ".tntp":
        if net.session is not None:
            finding = Finding("--mass", path.name, "Give a table (.csv, .xlsx) with the columns place and mass.")
            raise BadRequest("Trips of a file belong to the network of a file", [finding])
        trips = trips_of_file(net, path)
        ending: dict[str, float] = {}
        for zone, volume in zip(trips.destination, trips.volume.tolist(), strict=True):
            ending[zone] = ending.get(zone, 0.0) + volume
        return Masses(ending, "trips", f"Trips that end in {len(ending):,} zones, by {path.name}.")
    mass: dict[str, float] = {}
    findings = []
    for number, cells in read_sheet(path, ("place", "mass"), ("place", "mass"), "places"):
        where, amount = f"{path.name}, row {number}", number_of(cells["mass"])
        try:
            zone = net.zone(cells["place"])
        except LandbridgeError as error:
            findings.append(Finding(where, str(error).rstrip("."), "Correct the name."))
            continue
        if not amount >= 0:
            findings.append(Finding(where, f"the mass is '{cells['mass']}'", "Write a number of 0 or more."))
        if zone not in net.wires.destination_node:
            findings.append(Finding(where, f"no way ends in {net.names.get(zone, zone)}", "Name another place."))
        if zone in mass:
            findings.append(Finding(where, f"{net.names.get(zone, zone)} stands there twice", "Add its masses up."))
        mass[zone] = amount
    if findings:
        raise BadRequest("These masses cannot be used", findings)
    return Masses(mass, "mass", f"Mass of {len(mass):,} places, by {path.name}.")


def _people(net: Net) -> Masses:
    if net.session is None:
        finding = Finding("--mass", "none", "Give a *_trips.tntp file, or a table with the columns place and mass.")
        raise BadRequest("A network file does not say what is wanted where", [finding])
    rows = [row for row in net.session.facts.rows("places") if row["id"] in net.wires.destination_node]
    known = [row for row in rows if row["population"]]
    basis = Counter(row["basis"] for row in known)
    split = ", ".join(f"{basis[name]:,} {name}" for name in sorted(basis))
    unknown = len(rows) - len(known)
    note = (
        f"People of {len(known):,} places ({split}); how many live in {unknown:,} more is not known: they count none."
    )
    return Masses({row["id"]: float(row["population"]) for row in known}, "people", note)


def trips_of_pairs(net: Net, pairs: Sequence[WeightedPair]) -> Trips:
    """Demand between places of a study; equal pairs are added up. ``BadRequest`` for places without a terminal."""
    total: dict[tuple[str, str], float] = {}
    findings: list[Finding] = []
    for pair in pairs:
        for place, ends in ((pair.origin, net.wires.origin_node), (pair.destination, net.wires.destination_node)):
            if place not in ends:
                what = f"{net.names.get(place, place)} has no terminal in the network"
                findings.append(Finding(f"pair {pair.id}", what, "Name another place."))
        key = (pair.origin, pair.destination)
        total[key] = total.get(key, 0.0) + pair.weight
    if findings:
        raise BadRequest("The trips cannot be used", findings)
    distinct = sorted(total)
    volumes = np.array([total[pair] for pair in distinct], dtype=np.float64)
    return Trips(tuple(a for a, _ in distinct), tuple(b for _, b in distinct), volumes)


def all_pairs(zones: Sequence[str]) -> Trips:
    """One unit from every zone to every other; ``BadRequest`` for so many that the answer would take hours."""
    if len(zones) > MOST_ZONES:
        found = f"{len(zones):,} places have {len(zones) * (len(zones) - 1):,} pairs"
        remedy = f"Give a CSV file of the pairs that matter, or the places of a study; up to {MOST_ZONES:,} places go."
        raise BadRequest("All pairs are too many", [Finding("--trips all", found, remedy)])
    pairs = [(a, b) for a in zones for b in zones if a != b]
    return Trips(tuple(a for a, _ in pairs), tuple(b for _, b in pairs), np.ones(len(pairs)))


def write_view(table: Table, path: Path) -> None:
    """A table as ``.csv`` or ``.parquet``, whole or not at all; units stand in the columns' names or meanings."""
    names = [column.key for column in table.columns]
    kinds: list[Kind] = ["text" if column.kind == "text" else "number" for column in table.columns]
    rows: Any = table.rows
    if path.suffix == ".csv":
        data = csv_bytes(names, rows)
    elif path.suffix == ".parquet":
        data = parquet_bytes(names, kinds, [column.unit for column in table.columns], rows)
    else:
        finding = Finding("--out", f"'{path.name}'", "Give a name that ends in .csv or .parquet.")
        raise BadRequest("No such kind of file", [finding])
    whole_file(path, data)


def _ends(network: Network, kind: str) -> dict[str, int]:
    prefix = f"{kind}:"
    found = {key.removeprefix(prefix): i for i, key in enumerate(network.node_key) if key.startswith(prefix)}
    return dict(sorted(found.items()))


def _node_names(network: Network, places: Mapping[str, str], ports: Mapping[str, str]) -> tuple[str, ...]:
    names = []
    for place, port in zip(network.node_place.tolist(), network.node_port.tolist(), strict=True):
        if port >= 0:
            identifier = network.port_ids[port]
            names.append(ports.get(identifier, identifier))
        elif place >= 0:
            identifier = network.place_ids[place]
            names.append(places.get(identifier, identifier))
        else:
            names.append("")
    return tuple(names)
