"""Networks ready for bare questions: the study's and a TNTP file's."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from landbridge.models.closures import WeightedPair
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
    write_view,
)
from landbridge.run.session import Session, open_study
from landbridge.schema.errors import BadRequest
from landbridge.views.nets import skim_view

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


def test_equal_pairs_add_up_and_places_without_terminal_are_errors(net: Net) -> None:
    pairs = [("Tokyo", "Tashkent", 1.0), ("Tokyo", "Tashkent", 2.5), ("Almaty", "Tokyo", 1.0)]
    weighted = [WeightedPair("p", net.zone(a), net.zone(b), volume) for a, b, volume in pairs]
    assert sorted(trips_of_pairs(net, weighted).volume.tolist()) == [1.0, 3.5]
    with pytest.raises(BadRequest) as caught:
        trips_of_pairs(net, [WeightedPair("bad", "nowhere", "elsewhere")])
    assert len(caught.value.findings) == 2


@pytest.mark.parametrize("name", ["skim.csv", "skim.parquet"])
def test_skims_are_written_with_empty_cells_where_there_is_no_way(tmp_path: Path, name: str) -> None:
    net = net_of_file(write(tmp_path, "x_net.tntp", NETWORK))
    table = skim_table(net.wires, net.zones, net.zones)
    view = skim_view(net.unit, net.names, table.origins, table.destinations, table.weight, table.attributes)
    write_view(view, tmp_path / name)
    read = pd.read_csv(tmp_path / name) if name.endswith("csv") else pd.read_parquet(tmp_path / name)
    assert read["least"].tolist()[0] == 5.5
    assert read["least"].isna().tolist() == [False, True]
    with pytest.raises(BadRequest, match="kind of file"):
        write_view(view, tmp_path / "skim.doc")
