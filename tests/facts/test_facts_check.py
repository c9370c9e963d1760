"""Each check is broken once, on a small folder in which nothing else is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from landbridge.facts.check import check_facts, great_circle_km
from landbridge.facts.package import load_facts
from landbridge.schema.errors import FactsError

Tables = dict[str, list[dict[str, str]]]
Write = Callable[[Tables], Path]


def row(content: Tables, table: str, row_id: str) -> dict[str, str]:
    return next(row for row in content[table] if row["id"] == row_id)


def test_nothing_is_wrong_with_the_good_folder(good: Tables, package: Write) -> None:
    assert check_facts(package(good)) == []


#: table, id of the row, cells to set, where the finding must stand, what it must say
BREAKS = [
    ("numbers", "hours", {"unit": "days"}, "row 2, field unit", "'days', but crossing_hours is in hours"),
    ("numbers", "hours", {"quantity": "hourz"}, "row 2, field quantity", "'hourz' is unknown"),
    ("numbers", "hours", {"scope": "half"}, "row 2, field scope", "'half' is no scope of crossing_hours"),
    ("numbers", "hours", {"value": "40"}, "row 2, field value", "40 lies outside its band 10 to 30"),
    ("numbers", "hours", {"value": "-1", "low": ""}, "row 2, field value", "-1 is negative"),
    ("numbers", "hours", {"value": "many"}, "row 2, field value", "'many' is not allowed here"),
    ("numbers", "hours", {"value": "NaN"}, "row 2, field value", "'NaN' is no finite number"),
    ("numbers", "hours", {"value": ""}, "row 2, field value", "the cell is empty"),
    ("numbers", "hours", {"basis": ""}, "row 2, field basis", "the cell is empty"),
    ("numbers", "hours", {"basis": "guessed"}, "row 2, field basis", "'guessed' is not allowed here"),
    ("numbers", "hours", {"source": "nobody"}, "row 2, field source", "'nobody' is no id in sources.csv"),
    ("numbers", "hours", {"subject": "crossing:rail:X"}, "row 2, field subject", "'rail:X' is not in crossings.csv"),
    ("numbers", "hours", {"subject": "dostyk"}, "row 2, field subject", "'dostyk' is of no known kind"),
    ("numbers", "hours", {"subject": "country:KZ"}, "row 2, field subject", "names no country by ISO alpha-3"),
    ("numbers", "hours", {"subject": "strait:styx"}, "row 2, field subject", "'styx' is no strait"),
    ("numbers", "hours", {"subject": "unit:box"}, "row 2, field subject", "'box' is no cargo unit"),
    ("numbers", "half", {"partner": "country:XYZ"}, "row 3, field partner", "names no country by ISO alpha-3"),
    ("numbers", "half", {"parents": "nought"}, "row 3, field parents", "'nought' is no number"),
    ("numbers", "half", {"parents": "price"}, "row 3, field basis", "'derived', but its parent price is assumed"),
    ("numbers", "hours", {"parents": "half"}, "field parents", "the other way round"),
    ("numbers", "price", {"basis": "reported"}, "row 4, field basis", "but its source is general knowledge"),
    ("numbers", "price", {"money_year": ""}, "row 4, field money_year", "an amount of money without a year"),
    ("numbers", "price", {"to_date": "2022-01-01"}, "row 4, field to_date", "2022-01-01 is before 2023-01-01"),
    ("numbers", "price", {"to_date": "31.12.2023"}, "row 4, field to_date", "'31.12.2023' is not allowed here"),
    ("numbers", "price.seen", {"note": ""}, "row 5, field note", "use is 'check' without a reason"),
    ("numbers", "half", {"id": "hours"}, "row 3, field id", "'hours' stands already in numbers/all.csv, row 2"),
    ("places", "urumqi", {"lat": "87.6", "lon": "43.8"}, "row 2, field lat", "km outside CHN"),
    ("places", "urumqi", {"lat": "430.8"}, "row 2, field lat", "is not on the globe"),
    ("places", "urumqi", {"country": "CN"}, "row 2, field country", "'CN' is no ISO alpha-3 code"),
    ("places", "urumqi", {"country": ""}, "row 2, field country", "a place without a country"),
    ("places", "dostyk-border", {"crossing": ""}, "row 4, field crossing", "a border without its crossing"),
    ("places", "aktogay-yard", {"hub": "urumqi"}, "row 5, field hub", "'urumqi' is in CHN, this is in KAZ"),
    ("places", "aktogay-yard", {"kind": "hut"}, "row 5, field kind", "'hut' is not allowed here"),
    ("ports", "CNSHA", {"place": "aktogay"}, "row 2, field place", "'aktogay' is in KAZ, this is in CHN"),
    ("crossings", "rail:KAZ-CHN:dostyk", {"lon": "84.5"}, "row 2, field lat", "km outside KAZ"),
    ("sections", "R1", {"length_km": "700"}, "row 2, field length_km", "700 km, but the great circle is 7"),
    ("services", "S1", {"length_km": "300"}, "row 2, field length_km", "300 km, but the great circle is"),
    ("sections", "R1", {"crossing": ""}, "row 2, field crossing", "goes from CHN to KAZ over 0 crossings"),
    (
        "sections",
        "R1",
        {"crossing_to": "rail:KAZ-CHN:dostyk"},
        "row 2, field crossing",
        "goes from CHN to KAZ over 2 crossings",
    ),
    ("sections", "R1", {"crossing": "road:KAZ-CHN:bakhty"}, "row 2, field crossing", "is a crossing of mode road"),
    ("sections", "R2", {"crossing": "rail:KAZ-CHN:dostyk"}, "row 3, field crossing", "a border inside a section that"),
    (
        "sections",
        "R2",
        {"country_from": "UZB", "country_to": "UZB"},
        "row 3, field crossing_from",
        "does not touch UZB",
    ),
    ("sections", "R2", {"to_place": "nowhere"}, "row 3, field to_place", "'nowhere' is no id in places.csv"),
    ("spans", "storm", {"end": "2019-12-31"}, "row 2, field end", "2019-12-31 is before 2020-01-01"),
    ("spans", "storm", {"selector": "port.CNXXX"}, "row 2, field selector", "'CNXXX' is not in ports.csv"),
    ("spans", "storm", {"selector": "border.KAZ"}, "row 2, field selector", "names no border"),
    ("limits", "L1", {"subject": "port:CNXXX"}, "row 2, field subject", "'CNXXX' is not in ports.csv"),
    ("vehicles", "train", {"cargo": "teu;crate"}, "row 2, field cargo", "'crate' is no cargo unit"),
    ("regions", "east", {"members": "CNSHA;ATLANTIS"}, "row 2, field members", "'ATLANTIS' is neither a port nor"),
    ("sources", "book", {"kind": "rumour"}, "row 3, field kind", "'rumour' is not allowed here"),
]


@pytest.mark.parametrize(("table", "row_id", "cells", "where", "found"), BREAKS, ids=lambda value: str(value)[:40])
def test_a_broken_cell_is_found_where_it_stands(
    good: Tables, package: Write, table: str, row_id: str, cells: dict[str, str], where: str, found: str
) -> None:
    row(good, table, row_id).update(cells)
    findings = check_facts(package(good))
    file = "numbers/all.csv" if table == "numbers" else f"{table}.csv"
    assert any(f.where.startswith(file) and where in f.where and found in f.found for f in findings), findings
    assert all(f.remedy for f in findings)


def test_a_name_that_points_nowhere(good: Tables, package: Write) -> None:
    good["names"][0]["subject"] = "place:atlantis"
    (finding,) = check_facts(package(good))
    assert finding.where == "names.csv, row 2, field subject"


def test_a_number_twice(good: Tables, package: Write) -> None:
    good["numbers"].append({**row(good, "numbers", "hours"), "id": "hours.again", "locator": "elsewhere"})
    (finding,) = check_facts(package(good))
    assert "the same as hours in numbers/all.csv, row 2" in finding.found


def test_a_source_nobody_uses(good: Tables, package: Write) -> None:
    good["sources"].append({"id": "dusty", "title": "Dusty", "kind": "reported"})
    (finding,) = check_facts(package(good))
    assert finding.where == "sources.csv, row 4, field id"
    assert "nothing names 'dusty'" in finding.found


def test_all_errors_come_at_once(good: Tables, package: Write) -> None:
    row(good, "numbers", "hours")["unit"] = "days"
    row(good, "places", "urumqi")["country"] = "CN"
    row(good, "spans", "storm")["end"] = "2019-01-01"
    files = {finding.where.split(",")[0] for finding in check_facts(package(good))}
    assert {"numbers/all.csv", "places.csv", "spans.csv"} <= files


def broken_file(kind: str, text: bytes) -> bytes:
    lines = text.split(b"\n")
    header = lines[0]
    return {
        "empty": b"",
        "blank": b"\n \n",
        "missing column": text.replace(b",lat,", b",latitude,", 1),
        "column twice": header.replace(b"name", b"id", 1) + b"\n",
        "other order": b",".join(reversed(header.split(b","))) + b"\n",
        "ragged": text + b"tashkent,Tashkent\n",
        "latin-1": text.replace(b"Urumqi", "Ürümqi".encode("latin-1"), 1),
        "binary": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)),
        "open quote": text + b'tashkent,"Tashkent\n' + b"x" * 50,
        "huge line": text + b"tashkent," + b"T" * 3_000_000 + b"\n",
        "byte order mark": b"\xef\xbb\xbf" + text,
    }[kind]


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("empty", "the file is empty"),
        ("blank", "the file is empty"),
        ("missing column", "the column 'lat' is missing"),
        ("column twice", "the column 'id' stands 2 times"),
        ("other order", "the columns stand in another order"),
        ("ragged", "2 cells where the header has"),
        ("latin-1", "it is not UTF-8"),
        ("binary", "it holds bytes that are no text"),
        ("open quote", "it is no CSV"),
        ("huge line", "a line of 3,000,009 characters"),
        ("byte order mark", "a byte order mark"),
    ],
)
def test_a_malformed_file_is_a_finding_and_never_a_traceback(
    good: Tables, package: Write, kind: str, found: str
) -> None:
    folder = package(good)
    path = folder / "places.csv"
    path.write_bytes(broken_file(kind, path.read_bytes()))
    findings = check_facts(folder)
    assert any(finding.where.startswith("places.csv") and found in finding.found for finding in findings), findings


@pytest.mark.parametrize("kind", ["empty", "latin-1", "binary", "open quote", "huge line", "ragged"])
def test_loading_malformed_numbers_is_an_error_a_user_can_read(good: Tables, package: Write, kind: str) -> None:
    good["numbers"][0]["note"] = "Urumqi"
    folder = package(good)
    path = folder / "numbers" / "all.csv"
    path.write_bytes(broken_file(kind, path.read_bytes()))
    assert check_facts(folder)
    if kind == "empty":
        assert not load_facts(folder).numbers
    else:
        with pytest.raises(FactsError, match=r"numbers/all\.csv"):
            load_facts(folder)


def test_a_missing_table_is_named_with_its_header(good: Tables, package: Write) -> None:
    folder = package(good)
    (folder / "ports.csv").unlink()
    findings = check_facts(folder)
    assert any(f.where == "ports.csv" and "missing" in f.found and "id,name,country" in f.remedy for f in findings)
    with pytest.raises(FactsError, match=r"ports\.csv"):
        load_facts(folder)


def test_a_file_no_table_is_called_like(good: Tables, package: Write) -> None:
    folder = package(good)
    (folder / "portz.csv").write_text("id\n")
    assert [finding.where for finding in check_facts(folder)] == ["portz.csv"]


def test_a_description_that_is_out_of_date(good: Tables, package: Write) -> None:
    folder = package(good)
    (folder / "datapackage.json").write_text("{}")
    (finding,) = check_facts(folder)
    assert finding.where == "datapackage.json"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    (finding,) = check_facts(tmp_path / "nowhere")
    assert "no such folder" in finding.found


def test_the_great_circle_wraps_at_the_date_line() -> None:
    assert great_circle_km(0, 179, 0, -179) == pytest.approx(2 * 111.195, rel=1e-4)
    assert great_circle_km(10, 20, 10, 20) == 0
    assert great_circle_km(90, 0, -90, 123) == pytest.approx(20015.1, rel=1e-4)
