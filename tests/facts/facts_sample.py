"""A small folder of facts in which nothing is wrong, and numbers made up in one line."""

from __future__ import annotations

import csv
from pathlib import Path

from landbridge.facts.ledger import Number, number_from_cells
from landbridge.facts.package import write_datapackage
from landbridge.schema.tables import tables

Tables = dict[str, list[dict[str, str]]]

GK = {"basis": "assumed", "source": "general-knowledge"}
BOOK = {"basis": "reported", "source": "book"}
SURE = {"use": "model", "normal": "yes"}

GOOD: Tables = {
    "sources": [
        {"id": "general-knowledge", "title": "general knowledge, unverified", "kind": "assumed"},
        {"id": "book", "title": "A book of tariffs", "url": "https://example.org/book", "kind": "reported"},
    ],
    "places": [
        {"id": "urumqi", "name": "Urumqi", "country": "CHN", "lat": "43.8", "lon": "87.6", "kind": "city", **GK},
        {"id": "aktogay", "name": "Aktogay", "country": "KAZ", "lat": "46.95", "lon": "79.67", "kind": "city", **GK},
        {
            "id": "dostyk-border",
            "name": "Dostyk",
            "lat": "45.25",
            "lon": "82.5",
            "kind": "border",
            "crossing": "rail:KAZ-CHN:dostyk",
            **GK,
        },
        {
            "id": "aktogay-yard",
            "name": "Aktogay yard",
            "country": "KAZ",
            "lat": "46.9",
            "lon": "79.7",
            "kind": "station",
            "hub": "aktogay",
            **GK,
        },
        {"id": "shanghai", "name": "Shanghai", "country": "CHN", "lat": "31.2", "lon": "121.5", "kind": "city", **GK},
    ],
    "names": [{"name": "Ürümqi", "subject": "place:urumqi", "source": "general-knowledge"}],
    "sections": [
        {
            "id": "R1",
            "mode": "rail",
            "from_place": "urumqi",
            "to_place": "aktogay",
            "length_km": "800",
            "country_from": "CHN",
            "country_to": "KAZ",
            "gauge_mm": "1435",
            "use": "section",
            "status": "operating",
            "crossing": "rail:KAZ-CHN:dostyk",
            **GK,
        },
        {
            "id": "R2",
            "mode": "rail",
            "from_place": "dostyk-border",
            "to_place": "aktogay",
            "length_km": "310",
            "country_from": "KAZ",
            "country_to": "KAZ",
            "gauge_mm": "1520",
            "use": "section",
            "status": "operating",
            "crossing_from": "rail:KAZ-CHN:dostyk",
            **GK,
        },
    ],
    "crossings": [
        {
            "id": "rail:KAZ-CHN:dostyk",
            "name": "Dostyk-Alashankou",
            "mode": "rail",
            "name_a": "Dostyk",
            "country_a": "KAZ",
            "name_b": "Alashankou",
            "country_b": "CHN",
            "lat": "45.25",
            "lon": "82.5",
            "status": "operating",
            **GK,
        },
        {
            "id": "road:KAZ-CHN:bakhty",
            "name": "Bakhty",
            "mode": "road",
            "name_a": "Bakhty",
            "country_a": "KAZ",
            "country_b": "CHN",
            "lat": "46.68",
            "lon": "82.75",
            "status": "operating",
            **GK,
        },
    ],
    "ports": [
        {
            "id": "CNSHA",
            "name": "Shanghai",
            "country": "CHN",
            "lat": "31.2",
            "lon": "121.5",
            "place": "shanghai",
            "tier": "main",
            **GK,
        },
        {
            "id": "CNLYG",
            "name": "Lianyungang",
            "country": "CHN",
            "lat": "34.74",
            "lon": "119.45",
            "tier": "feeder",
            **GK,
        },
    ],
    "regions": [{"id": "east", "name": "East", "members": "CNSHA;CNLYG"}],
    "services": [
        {
            "id": "S1",
            "from_port": "CNSHA",
            "to_port": "CNLYG",
            "mode": "sea",
            "kind": "feeder",
            "length_km": "550",
            "status": "operating",
            **GK,
        }
    ],
    "vehicles": [{"id": "train", "mode": "rail", "cargo": "teu;feu", "units": "100", **GK}],
    "limits": [{"id": "L1", "subject": "port:CNLYG", "mode": "sea", "limit": "draft_m", "value": "12", **GK}],
    "spans": [
        {
            "id": "storm",
            "what": "Storm",
            "start": "2020-01-01",
            "end": "2020-01-05",
            "end_basis": "source",
            "selector": "port.CNSHA;border.KAZ-CHN",
            "modes": "sea",
            "effect": "closed",
            "direction": "both",
            "applies_to": "all",
            **GK,
        }
    ],
    "numbers": [
        {
            "id": "hours",
            "subject": "crossing:rail:KAZ-CHN:dostyk",
            "quantity": "crossing_hours",
            "scope": "full",
            "mode": "rail",
            "value": "18",
            "low": "10",
            "high": "30",
            "unit": "hours",
            "year": "2019",
            **BOOK,
            **SURE,
        },
        {
            "id": "half",
            "subject": "crossing:rail:KAZ-CHN:dostyk",
            "partner": "country:CHN",
            "quantity": "crossing_hours",
            "scope": "one_side",
            "mode": "rail",
            "value": "9",
            "unit": "hours",
            "year": "2019",
            "parents": "hours",
            "basis": "derived",
            "source": "book",
            **SURE,
        },
        {
            "id": "price",
            "subject": "country:KAZ",
            "quantity": "haul_price",
            "scope": "line",
            "mode": "rail",
            "vehicle": "teu",
            "value": "0.3",
            "unit": "usd_per_unit_km",
            "year": "2023",
            "from_date": "2023-01-01",
            "to_date": "2023-12-31",
            "money_year": "2023",
            **GK,
            **SURE,
        },
        {
            "id": "price.seen",
            "subject": "country:KAZ",
            "quantity": "haul_price",
            "scope": "line",
            "mode": "rail",
            "vehicle": "teu",
            "value": "0.2",
            "unit": "usd_per_unit_km",
            "year": "2021",
            "money_year": "2021",
            "note": "one train",
            **BOOK,
            "use": "check",
            "normal": "yes",
        },
        *(
            {
                "id": f"cpi.{year}",
                "subject": "series:us_cpi",
                "quantity": "price_index",
                "value": str(value),
                "unit": "index",
                "year": str(year),
                **BOOK,
                **SURE,
            }
            for year, value in ((2019, 250), (2021, 275), (2023, 300))
        ),
    ],
}


def write_package(folder: Path, content: Tables) -> Path:
    """Write the tables as CSV with the columns of the schema, and the description beside them."""
    for name, columns in tables().items():
        if name not in content:
            continue
        path = folder / "numbers" / "all.csv" if name == "numbers" else folder / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [column.name for column in columns], lineterminator="\n")
            writer.writeheader()
            writer.writerows(content[name])
    write_datapackage(folder)
    return folder


def number(**cells: object) -> Number:
    """A number with these cells, and a haul price in Kazakhstan where nothing is said."""
    base = {"subject": "country:KAZ", "quantity": "haul_price", "value": "1", "unit": "usd_per_unit_km"}
    base |= {"basis": "reported", "use": "model", "normal": "yes", "source": "book", "money_year": "2020"}
    base |= {name: str(value) for name, value in cells.items()}
    return number_from_cells({column.name: base.get(column.name, "") for column in tables()["numbers"]})
