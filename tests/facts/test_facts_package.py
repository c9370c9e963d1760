"""Loading, typed tables, the data package description, and the folder that ships."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from facts_sample import write_package
from frictionless import Package

from landbridge.facts.check import check_facts
from landbridge.facts.choose import answer, pick
from landbridge.facts.describe import own_question
from landbridge.facts.package import Facts, datapackage_text, facts_from, load_facts, write_datapackage
from landbridge.schema.errors import FactsError, OutputError
from landbridge.schema.rows import as_rows
from landbridge.schema.tables import quantities, tables

Tables = dict[str, list[dict[str, str]]]
SHIPPED = Path(str(resources.files("landbridge"))) / "studies" / "japan_central_asia" / "facts"
BASE_DATE = date(2024, 12, 31)


@pytest.fixture(scope="module")
def shipped() -> Facts:
    return load_facts(SHIPPED)


def test_tables_are_typed_and_known_to_be_unknown(good: Tables, package: Callable[[Tables], Path]) -> None:
    facts = load_facts(package(good))
    places = facts.table("places")
    assert list(places.columns) == [column.name for column in tables()["places"]]
    assert places["lat"].dtype == "float64"
    assert places["population"].isna().all()
    assert list(places["hub"]) == ["", "", "", "aktogay", ""]
    assert facts.table("spans")["start"].iloc[0].year == 2020
    assert facts.table("benchmarks").empty
    assert list(facts.table("benchmarks").columns) == [column.name for column in tables()["benchmarks"]]


def test_a_frame_that_was_changed_is_not_seen_by_the_next(good: Tables, package: Callable[[Tables], Path]) -> None:
    facts = load_facts(package(good))
    mine = facts.table("places")
    mine.loc[0, "name"] = "changed"
    assert facts.table("places")["name"].iloc[0] == "Urumqi"


def test_a_cell_of_the_wrong_type_is_an_error_that_names_it(good: Tables, package: Callable[[Tables], Path]) -> None:
    good["places"][0]["population"] = "many"
    facts = load_facts(package(good))
    with pytest.raises(FactsError, match=r"places.csv, field population"):
        facts.table("places")


def test_the_digest_is_over_content(good: Tables, tmp_path: Path) -> None:
    one = load_facts(write_package(tmp_path / "one", good))
    same = load_facts(write_package(tmp_path / "same", good))
    good["places"][0]["note"] = "one word more"
    other = load_facts(write_package(tmp_path / "other", good))
    assert one.digest == same.digest != other.digest


def test_subjects_widen_to_the_world(good: Tables, package: Callable[[Tables], Path]) -> None:
    facts = load_facts(package(good))
    assert facts.wider("port:CNSHA") == ("port:CNSHA", "region:east", "country:CHN", "world")
    assert facts.wider("crossing:rail:KAZ-CHN:dostyk") == ("crossing:rail:KAZ-CHN:dostyk", "world")
    assert facts.wider("world") == ("world",)


def test_the_description_is_a_valid_data_package(good: Tables, package: Callable[[Tables], Path]) -> None:
    folder = package(good)
    report = Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "note"])
    numbers = next(
        r for r in json.loads((folder / "datapackage.json").read_text())["resources"] if r["name"] == "numbers"
    )
    assert {"fields": ["source"], "reference": {"resource": "sources", "fields": ["id"]}} in numbers["schema"][
        "foreignKeys"
    ]


def test_the_description_notices_a_broken_key(good: Tables, package: Callable[[Tables], Path]) -> None:
    good["ports"][0]["place"] = "nowhere"
    assert not Package(str(package(good) / "datapackage.json")).validate().valid


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(good: Tables, package: Callable[[Tables], Path]) -> None:
    folder = package(good)
    folder.chmod(0o500)
    try:
        with pytest.raises(OutputError, match=r"datapackage.json cannot be written"):
            write_datapackage(folder)
    finally:
        folder.chmod(0o700)


def test_a_description_is_written_whole_or_not_at_all(
    good: Tables, package: Callable[[Tables], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = package(good)
    before = (folder / "datapackage.json").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OutputError, match="No space left"):
        write_datapackage(folder)
    assert (folder / "datapackage.json").read_bytes() == before
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


# ---------------------------------------------------------------- the folder that ships


def test_nothing_is_wrong_with_the_shipped_facts() -> None:
    assert [str(finding) for finding in check_facts(SHIPPED)] == []


def test_the_shipped_description_is_current() -> None:
    assert (SHIPPED / "datapackage.json").read_text(encoding="utf-8") == datapackage_text(SHIPPED)


def test_every_model_number_could_be_picked_on_some_day(shipped: Facts) -> None:
    for number in shipped.numbers.values():
        if number.use != "model":
            continue
        day = date.fromordinal(max(number.first_day, BASE_DATE.toordinal() - 20_000))
        picked = answer(shipped, own_question(number), day)
        assert picked is not None, number.id


def test_nothing_but_the_model_is_ever_picked(shipped: Facts) -> None:
    for number in shipped.numbers.values():
        picked = answer(shipped, own_question(number), BASE_DATE)
        assert picked is None or picked.number.use == "model"


def test_every_operating_crossing_in_use_has_hours_and_a_cost(shipped: Facts) -> None:
    units = {"rail": "teu", "road": "truck20t", "ferry": "truck20t"}
    used = {
        row[name]
        for table, names in {
            "sections": ("crossing", "crossing_from", "crossing_to"),
            "services": ("crossing",),
        }.items()
        for row in shipped.rows(table)
        for name in names
    }
    missing = []
    for row in shipped.rows("crossings"):
        if row["status"] != "operating" or row["id"] not in used:
            continue
        ask = {"mode": row["mode"], "scope": "full", "as_of": BASE_DATE}
        subject = f"crossing:{row['id']}"
        hours = pick(shipped, subject, "crossing_hours", **ask)
        cost = pick(shipped, subject, "crossing_usd", vehicle=units[row["mode"]], **ask)
        if hours is None or cost is None:
            missing.append(row["id"])
    assert not missing


def test_every_country_with_sections_has_speed_and_price(shipped: Facts) -> None:
    missing = []
    for row in shipped.rows("sections"):
        if row["status"] != "operating":
            continue
        for country in {row["country_from"], row["country_to"]}:
            ask = {"mode": row["mode"], "as_of": BASE_DATE}
            speed = pick(shipped, f"country:{country}", "haul_speed", scope="daily", **ask)
            unit = "teu" if row["mode"] == "rail" else "truck20t"
            price = pick(shipped, f"country:{country}", "haul_price", scope="line", vehicle=unit, **ask)
            if speed is None or price is None:
                missing.append((country, row["mode"]))
    assert not sorted(set(missing))


def test_money_of_every_price_reaches_the_base_year(shipped: Facts) -> None:
    index = shipped.series["series:us_cpi"]
    years = {n.money_year for n in shipped.numbers.values() if n.money_year is not None}
    assert not sorted(year for year in years if year not in index)
    assert index[2024].basis != "assumed"


def test_every_quantity_of_the_schema_is_in_use(shipped: Facts) -> None:
    used = {number.quantity for number in shipped.numbers.values()}
    assert not sorted(set(quantities()) - used)


def test_a_frame_and_its_file_have_the_same_rows() -> None:
    content = b"id,name,hub\na,Alpha,\nb,Beta,a\n"
    facts = facts_from([], {"places": content})
    rows = as_rows(facts.rows("places"))
    assert [(row["id"], row["name"], row["hub"], row["lat"]) for row in rows] == [
        ("a", "Alpha", "", ""),
        ("b", "Beta", "a", ""),
    ]
    frame = as_rows(facts.table("places"))
    assert [dict(row) for row in frame] == [{name: row[name] for name in frame[0]} for row in rows]
    assert as_rows(iter(rows)) == rows


def test_some_columns_are_those_of_the_whole_rows(shipped: Facts) -> None:
    for name in ("sections", "places", "crossings"):
        rows = shipped.rows(name)
        assert shipped.columns(name, "id", "note") == [{"id": row["id"], "note": row["note"]} for row in rows]
    facts = facts_from([], {"places": b'id,name\n\na\nb,"Beta, the second",more\n'})
    assert facts.columns("places", "name", "hub") == [{"name": "", "hub": ""}, {"name": "Beta, the second", "hub": ""}]
    assert facts.columns("services", "id") == []
