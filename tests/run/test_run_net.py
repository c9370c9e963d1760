"""Networks ready for bare questions: the study's and a TNTP file's."""

from __future__ import annotations

from pathlib import Path

import pytest

from landbridge.models.criticality import criticality
from landbridge.models.routes import find_routes
from landbridge.models.skims import skim_table, within_reach
from landbridge.run.net import (
    Net,
    all_pairs,
    net_of_file,
    net_of_session,
    things_of_net,
    trips_of_file,
    trips_of_pairs,
)
from landbridge.run.session import Session, open_study
from landbridge.schema.errors import BadRequest

NETWORK = """<NUMBER OF ZONES> 2
<FIRST THRU NODE> 3
<END OF METADATA>
1 3 100 2 1.5 ;
3 4 100 2 1.0 ;
4 2 100 2 3.0 ;
1 4 100 9 4.0 ;
"""
TRIPS = "<END OF METADATA>\nOrigin 1\n 2 : 10.0;\n"


@pytest.fixture(scope="module")
def session() -> Session:
    return open_study()


@pytest.fixture(scope="module")
def net(session: Session) -> Net:
    return net_of_session(session, cargo="teu", value="middle", by="cost", resolved=session.resolved())


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_closes_link_by_link(tmp_path: Path) -> None:
    net = net_of_file(write(tmp_path, "x_net.tntp", NETWORK))
    trips = trips_of_file(net, write(tmp_path, "x_trips.tntp", TRIPS))
    found = criticality(net.wires, things_of_net(net), trips.origin, trips.destination, trips.volume).to_json()
    assert found["base_total"] == 55.0
    rows = {row["link"]: (row["delta_total"], row["cut_off_demand"]) for row in found["links"]}
    assert rows == {"1": (15.0, 0.0), "2": (15.0, 0.0), "3": (0.0, 10.0), "4": (0.0, 0.0)}


def test_trips_to_zones_the_network_lacks_are_an_error(tmp_path: Path) -> None:
    net = net_of_file(write(tmp_path, "x_net.tntp", NETWORK))
    bad = write(tmp_path, "x_trips.tntp", TRIPS.replace("2 : 10", "9 : 10"))
    with pytest.raises(BadRequest) as caught:
        trips_of_file(net, bad)
    assert "zones 9" in str(caught.value.findings[0])


def test_a_file_has_links_only(tmp_path: Path) -> None:
    net = net_of_file(write(tmp_path, "x_net.tntp", NETWORK))
    with pytest.raises(BadRequest, match="no straits"):
        things_of_net(net, "straits")


def test_skim_of_the_study_says_what_routes_say(session: Session, net: Net) -> None:
    origin, destination = net.zone("Tokyo"), net.zone("Tashkent")
    table = skim_table(net.wires, [origin], [destination])
    costs = session.costs("teu", "middle", session.resolved())
    route = find_routes(costs, origin, destination, k=1).routes[0]
    found = {name: values[0, 0] for name, values in table.attributes.items()}
    assert found["usd"] == pytest.approx(route.usd)
    assert found["distance_km"] == pytest.approx(route.distance_km)
    assert found["hours"] == pytest.approx(route.hours)
    assert table.weight[0, 0] == pytest.approx(route.generalised_usd)


def test_reach_names_places_and_obeys_the_limit(net: Net) -> None:
    found = within_reach(net.wires, net.zone("Tashkent"), 1000.0)
    assert {"samarkand"} <= {item.zone for item in found}
    assert all(item.weight <= 1000.0 for item in found)


def test_closing_a_country_cuts_off_what_lies_in_it(net: Net) -> None:
    trips = all_pairs([net.zone(name) for name in ("Tokyo", "Tashkent", "Almaty")])
    found = criticality(
        net.wires, things_of_net(net, "countries"), trips.origin, trips.destination, trips.volume
    ).to_json()
    rows = {row["link"]: row for row in found["links"]}
    assert rows["UZB"]["cut_off_demand"] == 4.0
    assert rows["JPN"]["cut_off_demand"] == 4.0
    assert rows["TUR"]["cut_off_demand"] == 0.0


def test_equal_pairs_add_up_and_unknown_names_are_errors(net: Net) -> None:
    trips = trips_of_pairs(net, [("Tokyo", "Tashkent", 1.0), ("Tokyo", "Tashkent", 2.5), ("Almaty", "Tokyo", 1.0)])
    assert sorted(trips.volume.tolist()) == [1.0, 3.5]
    with pytest.raises(BadRequest) as caught:
        trips_of_pairs(net, [("Tokyo", "Atlantis", 1.0), ("Tokyo", "Lemuria", -1.0)])
    assert [finding.where for finding in caught.value.findings] == ["trips, row 1", "trips, row 2", "trips, row 2"]
