"""The world's ports: the list in ``searoute``, the corrections kept by hand, and each one's access to the sea graph."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from importlib.resources.abc import Traversable
from typing import Final

from landbridge.io.atlas import country_table
from landbridge.network.sea.access import attach_many, component_of
from landbridge.network.sea.graph import SeaGraph, sea_folder

#: A place the source marks as a terminal may lie this far up a river; others (many are inland depots) must
#: lie nearer the coast.
TERMINAL_LAND_LIMIT_KM: Final = 125.0
#: Codes of states that are no more, by what has taken their place.
FORMER_CODES: Final = {
    "ANBUB": "CUW",
    "ANCRB": "CUW",
    "ANFUI": "CUW",
    "ANSMB": "CUW",
    "ANWIL": "CUW",
    "ANKRA": "BES",
    "ANEUX": "BES",
    "ANPHI": "SXM",
    "CSBAR": "MNE",
    "CSKOT": "MNE",
    "CSZEL": "MNE",
}


def port_rows(graph: SeaGraph, folder: Traversable | None = None) -> list[dict[str, object]]:
    """Rows of ``ports.csv`` by UN/LOCODE.

    A corrected row replaces searoute's of the same code and of the codes in its column ``replaces``, which
    become aliases; without a ``size`` of its own it has theirs. Of two rows of one code the one marked as a
    terminal stays, else the first; codes that are no UN/LOCODE are left out.
    """
    corrections = _corrections(folder)
    gone = {code for row in corrections for code in _codes(row["replaces"])}
    source = _searoute_ports()
    ports: dict[str, dict[str, str]] = {code: row for code, row in source.items() if code not in gone}
    for row in corrections:
        old = [source[code] for code in (row["locode"], *_codes(row["replaces"])) if code in source]
        ports[row["locode"]] = {
            "locode": row["locode"],
            "name": row["name"],
            "country": row["country"],
            "lat": row["lat"],
            "lon": row["lon"],
            "size": row["size"] or next((other["size"] for other in old if other["size"]), ""),
            "aliases": row["replaces"],
            "basis": row["basis"],
        }
    rows = [ports[code] for code in sorted(ports)]
    places = [(float(row["lat"]), float(row["lon"])) for row in rows]
    accesses = attach_many(graph, places)
    upriver = [i for i, row in enumerate(rows) if accesses[i] is None and row["size"]]
    found = attach_many(graph, [places[i] for i in upriver], land_limit_km=TERMINAL_LAND_LIMIT_KM)
    for i, access in zip(upriver, found, strict=True):
        accesses[i] = access
    result: list[dict[str, object]] = []
    for row, access in zip(rows, accesses, strict=True):
        join = dict.fromkeys(("component", "edge", "fraction", "attach_km", "straits_tail", "straits_head"), "")
        if access is not None:
            join = {
                "component": str(component_of(graph, access)),
                "edge": str(access.edge),
                "fraction": f"{access.fraction:.6f}",
                "attach_km": f"{access.access_km:.3f}",
                "straits_tail": ";".join(graph.names(access.mask_tail)),
                "straits_head": ";".join(graph.names(access.mask_head)),
            }
        result.append({**row, **join})
    return result


def _codes(cell: str) -> list[str]:
    return [code for code in cell.split(";") if code]


def _corrections(folder: Traversable | None) -> Iterable[dict[str, str]]:
    text = (folder or sea_folder()).joinpath("port_corrections.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _searoute_ports() -> dict[str, dict[str, str]]:
    from searoute.data.ports_dict import node_list

    iso3 = {row["iso2"]: row["iso3"] for row in country_table()}
    ports: dict[str, dict[str, str]] = {}
    for (lon, lat), attributes in node_list.items():
        code = attributes["port"]
        country = FORMER_CODES.get(code, iso3.get(code[:2], ""))
        if len(code) != 5 or not country:
            continue
        terminal = attributes["t"] == 1.0
        if code in ports and not (terminal and not ports[code]["size"]):
            continue
        ports[code] = {
            "locode": code,
            "name": attributes["name"],
            "country": country,
            "lat": f"{lat:.4f}",
            "lon": f"{lon:.4f}",
            "size": "terminal" if terminal else "",
            "aliases": "",
            "basis": "reported",
        }
    return ports
