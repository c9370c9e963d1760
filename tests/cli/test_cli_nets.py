"""Commands on bare networks: their JSON, their tables, and what they say to wrong input."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pandas as pd
import pytest
from cli_run import answer, command

import landbridge

NETWORK = """<NUMBER OF ZONES> 2
<FIRST THRU NODE> 3
<END OF METADATA>
1 3 100 2 1.5 ;
3 4 100 2 1.0 ;
4 2 100 2 3.0 ;
1 4 100 9 4.0 ;
"""
TRIPS = "<END OF METADATA>\nOrigin 1\n 2 : 10.0;\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    network, trips = tmp_path / "x_net.tntp", tmp_path / "x_trips.tntp"
    network.write_text(NETWORK, encoding="utf-8")
    trips.write_text(TRIPS, encoding="utf-8")
    return str(network), str(trips)


def test_critical_of_a_file(files: tuple[str, str]) -> None:
    found = answer("net", "critical", files[0], "--trips", files[1])
    assert set(found) == {"base_total", "links", "seconds"}
    assert found["base_total"] == 55.0
    assert found["links"][0] == {
        "link": "3",
        "from": "4",
        "to": "2",
        "delta_total": 0.0,
        "cut_off_demand": 10.0,
    }
    shown = command("net", "critical", *files[:1], "--trips", files[1]).stdout
    assert "cut off" in shown


def test_critical_of_a_file_where_demand_chooses(files: tuple[str, str], tmp_path: Path) -> None:
    """Ways 1-3-4-2 (5.5) and 1-4-2 (6.5) share link 3, half of each: both are listed, and 3 cuts off."""
    Path(files[0]).write_text(NETWORK.replace("4.0 ;", "3.5 ;").replace("1 4", "1 5") + "5 4 100 0 0 ;\n")
    asked = ("net", "critical", files[0], "--trips", files[1], "--choice", "logit")
    found = answer(*asked, "--theta", "0.4")
    total = math.exp(-0.4 * 5.5) + math.exp(-0.4 * 6.5)
    before = -math.log(total) / 0.4
    assert set(found) == {"base_total", "links", "seconds"}
    assert found["base_total"] == pytest.approx(10 * before)
    rows = {row["link"]: row for row in found["links"]}
    assert [rows[link]["delta_total"] for link in "123"] == pytest.approx(
        [10 * (6.5 - before), 10 * (6.5 - before), 0.0]
    )
    assert [rows[link]["delta_total"] for link in "45"] == pytest.approx([10 * (5.5 - before)] * 2)
    assert {link: row["cut_off_demand"] for link, row in rows.items() if row["cut_off_demand"]} == {"3": 10.0}
    done = command(*asked, "--theta", "0.4", "--out", str(tmp_path / "c.csv"))
    assert "theta 0.4 per unit of cost (the file's cost); 2.0 ways" in done.stderr
    table = pd.read_csv(tmp_path / "c.csv").set_index("link")
    assert table.loc[1, "flow"] == pytest.approx(10 * math.exp(-0.4 * 5.5) / total)
    assert table["uncertain"].tolist() == [0.0] * 5
    # One way listed: the other is found where the first is shut, and said to be uncertain.
    command(*asked, "--theta", "0.4", "--routes", "1", "--out", str(tmp_path / "one.csv"))
    table = pd.read_csv(tmp_path / "one.csv").set_index("link")
    assert table["uncertain"].to_dict() == {1: 10.0, 2: 10.0, 3: 0.0, 4: 0.0, 5: 0.0}
    assert table["delta_total"].to_dict() == pytest.approx({1: 10.0, 2: 10.0, 3: 0.0, 4: 0.0, 5: 0.0})


def test_critical_writes_all_rows_with_all_measures(files: tuple[str, str], tmp_path: Path) -> None:
    done = command("net", "critical", files[0], "--trips", files[1], "--top", "1", "--out", str(tmp_path / "c.csv"))
    assert done.exit_code == 0
    table = pd.read_csv(tmp_path / "c.csv").set_index("link")
    # 5.5 by links 1, 2, 3; 7 by 4 and 3. Ten units: lost at 5.5 each without 3, 1.5 dearer each without 1 or 2.
    assert table["loss"].to_dict() == {3: 55.0, 1: 15.0, 2: 15.0, 4: 0.0}
    assert table.loc[1, ["flow", "delta_mean", "worst"]].tolist() == [10.0, 1.5, 1.5]
    assert table["lack_of_redundancy"].tolist() == pytest.approx([1.0, 1 - 5.5 / 7, 1 - 5.5 / 7, 0.0])


def test_all_pairs_of_the_world_are_refused_with_their_number() -> None:
    from landbridge.run.net import MOST_ZONES, all_pairs
    from landbridge.schema.errors import BadRequest

    with pytest.raises(BadRequest) as caught:
        all_pairs([str(i) for i in range(MOST_ZONES + 1)])
    assert "1,001,000 pairs" in caught.value.findings[0].found


def test_long_work_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from landbridge.cli import nets

    clock = iter([0.0, 4.0, 30.0, 60.0])
    monkeypatch.setattr(nets.time, "monotonic", lambda: next(clock))
    progress = nets._parts_done(1200, 30)
    for _ in range(3):
        progress(3)
    assert capsys.readouterr().err.split("\n") == [
        "30 closures, 1,200 pairs: 2 of 3 parts done, about 15 s to go",
        "",
    ]


def test_critical_of_the_study_by_country() -> None:
    found = answer("net", "critical", "study", "--trips", "Tokyo:Tashkent", "--what", "countries")
    rows = {row["link"]: row for row in found["links"]}
    assert rows["UZB"]["cut_off_demand"] == 1.0
    assert rows["KAZ"]["delta_total"] > 0


def test_the_study_by_country_where_demand_chooses() -> None:
    asked = ("net", "critical", "study", "--trips", "Tokyo:Tashkent", "--what", "countries")
    shortest, chosen, sharp = (
        answer(*asked, *more) for more in ((), ("--choice", "logit"), ("--choice", "logit", "--theta", "1e6"))
    )
    rises, sharpest = ({row["link"]: row["delta_total"] for row in each["links"]} for each in (shortest, sharp))
    assert sharpest == pytest.approx(rises, abs=0.01)
    assert chosen["base_total"] < shortest["base_total"]
    for found in (chosen, sharp):
        assert [row["link"] for row in found["links"] if row["cut_off_demand"]] == ["JPN", "UZB"]
    assert "uncertain" in command(*asked, "--choice", "logit").stdout


def test_reach_is_nearest_first_and_grows_with_the_limit() -> None:
    small = answer("net", "reach", "study", "Tashkent", "--within", "24", "--by", "time")
    large = answer("net", "reach", "study", "Tashkent", "--within", "48", "--by", "time")
    hours = [place["hours"] for place in large["places"]]
    assert hours == sorted(hours)
    assert {place["place"] for place in small["places"]} < {place["place"] for place in large["places"]}


def test_access_to_the_trips_that_end_in_a_zone_and_to_masses_of_a_table(
    files: tuple[str, str], tmp_path: Path
) -> None:
    trips = answer("net", "access", files[0], "--within", "5.5", "--mass", files[1], "--from", "1", "--from", "2")
    rows = {row["place"]: row for row in trips["places"]}
    assert (rows["1"]["within"], rows["1"]["nearest_cost"]) == (10.0, 5.5)
    assert rows["1"]["gravity"] == pytest.approx(5.0)
    assert (rows["2"]["within"], rows["2"]["nearest"], rows["2"]["nearest_cost"]) == (0.0, None, None)
    table = tmp_path / "mass.csv"
    table.write_text("place,mass\n3,8\n4,2\n", encoding="utf-8")
    asked = ("net", "access", files[0], "--within", "2", "--half", "1.5", "--mass", str(table))
    row = next(row for row in answer(*asked)["places"] if row["place"] == "1")
    assert (row["within"], row["share"], row["nearest"]) == (8.0, 0.8, "3")
    assert row["gravity"] == pytest.approx(8 / 2 + 2 * 2 ** (-2.5 / 1.5))
    assert command(*asked, "--out", str(tmp_path / "a.csv")).exit_code == 0
    assert pd.read_csv(tmp_path / "a.csv")["gravity"].max() == row["gravity"]
    assert "does not count itself" in command(*asked, "--top", "1").stdout


def test_people_within_reach_are_those_of_the_places_within_reach() -> None:
    found = answer("net", "access", "study", "--within", "48", "--by", "time", "--from", "Tashkent")
    near = answer("net", "reach", "study", "Tashkent", "--within", "48", "--by", "time")["places"]
    with (Path(landbridge.__file__).parent / "studies/japan_central_asia/facts/places.csv").open(
        encoding="utf-8"
    ) as file:
        people = {row["id"]: float(row["population"] or 0) for row in csv.DictReader(file)}
    assert found["places"][0]["within"] == sum(people[place["place"]] for place in near) > 1e6
    assert "assumed" in found["note"]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("place,mass\nTashkent,-1\n", "the mass is '-1'"),
        ("place,mass\nTashkent,x\n", "the mass is 'x'"),
        ("place,mass\nAtlantis,1\n", "Atlantis"),
        ("place,mass\nTashkent,1\nTASHKENT,1\n", "stands there twice"),
        ("place,mass\n", "no row below its header"),
        ("place,people\nTashkent,1\n", "no column 'mass'"),
    ],
)
def test_masses_that_cannot_be_used_are_said(tmp_path: Path, table: str, said: str) -> None:
    path = tmp_path / "mass.csv"
    path.write_text(table, encoding="utf-8")
    done = command("net", "access", "study", "--within", "48", "--mass", str(path))
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())


def test_skim_says_what_routes_say_and_is_written(tmp_path: Path) -> None:
    pairs = answer("net", "skim", "study", "--from", "Tokyo", "--to", "Almaty", "--by", "time")["pairs"]
    route = answer("routes", "Tokyo", "Almaty", "--by", "time", "-k", "1")["routes"][0]
    assert pairs[0]["hours"] == pytest.approx(route["hours"])
    done = command("net", "skim", "study", "--from", "Tokyo", "--to", "Almaty", "--out", str(tmp_path / "skim.csv"))
    assert done.exit_code == 0
    assert pd.read_csv(tmp_path / "skim.csv")["destination"].tolist() == ["almaty"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("net", "critical", "nowhere"), "*_net.tntp"),
        (("net", "critical", "missing_net.tntp", "--trips", "x"), "cannot be read"),
        (("net", "skim", "study", "--from", "Atlantis"), "Atlantis"),
        (("net", "reach", "study", "Tokyo", "--within", "-1"), "--within"),
        (("net", "critical", "study", "--theta", "0.01"), "--choice logit"),
        (("net", "access", "study", "--within", "0"), "greater than 0"),
        (("net", "access", "study", "--within", "9", "--mass", "x_trips.tntp"), "columns place and mass"),
        (("net", "critical", "study", "--choice", "logit", "--theta", "nan"), "greater than 0"),
        (("net", "skim", "study", "--from", "Tokyo", "--to", "Almaty", "-o", "x.doc"), ".parquet"),
    ],
)
def test_wrong_input_is_said_and_ends_with_2(words: tuple[str, ...], said: str) -> None:
    done = command(*words)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_file_does_not_say_what_is_wanted(files: tuple[str, str]) -> None:
    done = command("net", "access", files[0], "--within", "3")
    assert done.exit_code == 2
    assert "_trips.tntp" in done.stderr


def test_a_file_needs_its_trips(files: tuple[str, str]) -> None:
    done = command("net", "critical", files[0])
    assert done.exit_code == 2
    assert "_trips.tntp" in done.stderr


def test_the_detailed_network_needs_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    import landbridge.network.detailed.assemble as assemble

    monkeypatch.setattr(assemble, "_PACKAGES", ("no-such-package",))
    done = command("network", "build")
    assert done.exit_code == 2
    assert "pip install 'landbridge[build]'" in done.stderr
