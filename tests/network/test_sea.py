"""The sea graph, its straits and the access of ports: what holds for the shipped tables."""

import csv
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from sea_sample import access, accesses, graph, ports

from landbridge.kernels.sphere import great_circles_km
from landbridge.network.sea import (
    attach,
    attach_many,
    distances,
    lane_geometry,
    lane_variants,
    load_sea_graph,
    load_straits,
)
from landbridge.network.sea.graph import SeaTableError, Segments, crossings, edge_line, gate_parity
from landbridge.network.sea.lanes import lane_line
from landbridge.schema.errors import BadRequest, UnknownName

SHIPPED = resources.files("landbridge").joinpath("world", "sea")

#: Two pairs of ports whose shortest lane passes the strait; for what is closed by default, once it is opened.
STRAIT_PAIRS = {
    "hormuz": [("IRBND", "IRZBR"), ("AEJEA", "INNSA")],
    "malacca": [("MYPKG", "SGSIN"), ("JPTYO", "LKCMB")],
    "bab_el_mandeb": [("DJJIB", "SAJED"), ("INBOM", "TRMER")],
    "suez": [("SAJED", "EGPSD"), ("LKCMB", "NLRTM")],
    "bosporus": [("ROCND", "TRAMR"), ("GEPTI", "TRMER")],
    "dardanelles": [("GRPIR", "TRIST"), ("TRDRC", "TRMER")],
    "panama": [("PABLB", "PAONX"), ("USLAX", "USNYC")],
    "gibraltar": [("ESALG", "NLRTM"), ("TRMER", "DEHAM")],
    "cape_good_hope": [("ZACPT", "ZADUR"), ("BRSSZ", "INBOM")],
    "danish_straits": [("DKCPH", "SEGOT"), ("RULED", "DEHAM")],
    "taiwan_strait": [("CNFOC", "CNXMN"), ("CNSHA", "TWKHH")],
    "lombok": [("AUDAM", "IDSUB"), ("AUPHE", "SGSIN")],
    "sunda": [("AUFRE", "IDJKT"), ("IDJKT", "LKCMB")],
    "makassar": [("IDBPN", "PHMNL"), ("IDBPN", "TWKHH")],
    "luzon_bashi": [("CNSHA", "PHMNL"), ("JPTYO", "PHMNL")],
    "tsugaru": [("JPKIJ", "JPYOK"), ("JPTYO", "RUVVO")],
    "tsushima": [("CNSHA", "KRPUS"), ("CNTAO", "JPHKT")],
    "soya_la_perouse": [("RUKOR", "RUVVO"), ("RUPKC", "RUVYP")],
    "osumi": [("CNSHA", "JPNGO"), ("CNFOC", "JPUKB")],
    "south_china_sea": [("SGSIN", "VNHPH"), ("PHMNL", "VNSGN")],
    "volga_don": [("IRBAZ", "GEPTI"), ("RUASF", "RURND")],
    "northwest": [("JPTYO", "NLRTM"), ("RUMMK", "RUPKC")],
}


def test_every_strait_has_its_two_pairs() -> None:
    assert set(STRAIT_PAIRS) == set(graph().strait_ids)


@pytest.mark.parametrize(
    ("strait", "start", "end"), [(key, *pair) for key, pairs in STRAIT_PAIRS.items() for pair in pairs]
)
def test_a_closed_strait_lets_nothing_through(strait: str, start: str, end: str) -> None:
    sea = graph()
    by_default = sea.names(sea.closed_by_default)
    opened = {strait} if strait in by_default else set()
    closed = set() if opened else {strait}
    both = accesses(start, end)
    (open_lane, *_) = lane_variants(sea, both, [(start, end)], max_closures=0, opened=opened)
    assert strait in open_lane.straits
    shut = lane_variants(sea, both, [(start, end)], max_closures=0, closed=closed)
    assert distances(sea, [both[start]], [both[end]], closed=closed)[0, 0] == pytest.approx(
        shut[0].km if shut else np.inf
    )
    for lane in shut:
        assert lane.km > open_lane.km
        assert strait not in lane.straits
        # Not by the masks of the edges but by the line itself, every crossing counted.
        lat, lon = lane_line(sea, lane)
        gate = sea.gates[[sea.strait_ids.index(strait)]]
        assert not crossings(lat[:-1], lon[:-1], lat[1:], lon[1:], gate).any()


def test_ports_inside_a_strait_sail_to_each_other_without_passing_it() -> None:
    both = accesses("IRBND", "AEJEA")
    (lane,) = lane_variants(graph(), both, [("IRBND", "AEJEA")])
    assert lane.straits == ()
    assert distances(graph(), [both["IRBND"]], [both["AEJEA"]], closed={"hormuz"})[0, 0] == pytest.approx(lane.km)


def test_no_way_out_of_the_gulf_is_no_route_and_not_zero() -> None:
    both = accesses("SARTA", "JPTYO")
    assert np.isinf(distances(graph(), [both["SARTA"]], [both["JPTYO"]], closed={"hormuz"})[0, 0])
    assert lane_variants(graph(), both, [("SARTA", "JPTYO")], closed={"hormuz"}) == ()


def test_a_compound_strait_is_any_of_its_parts() -> None:
    sea = graph()
    assert sea.bits({"turkish_straits"}) == sea.bits({"bosporus", "dardanelles"})
    for pair in (("ROCND", "TRAMR"), ("TRAMR", "TRMER"), ("ROCND", "TRMER")):
        both = accesses(*pair)
        assert np.isinf(distances(sea, [both[pair[0]]], [both[pair[1]]], closed={"turkish_straits"})[0, 0])
    marmara = accesses("TRAMR", "TRDRC")
    assert np.isfinite(distances(sea, [marmara["TRAMR"]], [marmara["TRDRC"]], closed={"turkish_straits"})[0, 0])


def test_suez_closed_sends_the_deep_ship_round_the_cape_and_the_small_one_through_panama() -> None:
    both = accesses("JPTYO", "DEHAM")
    (small, *_) = lane_variants(graph(), both, [("JPTYO", "DEHAM")], closed={"suez"}, draft_m=14.0)
    (deep, *_) = lane_variants(graph(), both, [("JPTYO", "DEHAM")], closed={"suez"}, draft_m=16.0)
    assert "panama" in small.straits
    assert "cape_good_hope" not in small.straits
    assert "cape_good_hope" in deep.straits
    assert "panama" not in deep.straits
    assert deep.km > small.km


def test_a_laden_very_large_tanker_takes_lombok() -> None:
    both = accesses("SARTA", "JPTYO")
    (deep, *_) = lane_variants(graph(), both, [("SARTA", "JPTYO")], draft_m=21.0)
    assert {"lombok"} <= set(deep.straits)
    assert not {"malacca", "sunda"} & set(deep.straits)


@pytest.mark.parametrize("closed", [{"suez"}, {"suez", "panama"}, {"suez", "panama", "cape_good_hope"}])
def test_europe_to_east_asia_never_takes_the_arctic(closed: set[str]) -> None:
    both = accesses("CNSHA", "NLRTM")
    (lane, *_) = lane_variants(graph(), both, [("CNSHA", "NLRTM")], closed=closed)
    lat, _ = lane_line(graph(), lane)
    assert lat.max() < 62
    assert lane.km > 19_000


def test_between_the_oceans_there_are_only_the_named_ways_and_cape_horn() -> None:
    sea = graph()
    names = ("northwest", "panama", "suez", "cape_good_hope")
    pieces = sea.segments
    horn = np.array([[-50.0, -67.3, -80.0, -67.3]])
    past_horn = crossings(pieces.lat0, pieces.lon0, pieces.lat1, pieces.lon1, horn)[:, 0]
    shut = sea.bits(names)
    cut = np.unique(pieces.edge[past_horn])
    mask = sea.mask.copy()
    mask[cut] |= shut
    dammed = replace(sea, mask=mask)
    both = accesses("CNSHA", "NLRTM")
    first, last = [both["CNSHA"]], [both["NLRTM"]]
    assert np.isinf(distances(dammed, first, last, closed=names)[0, 0])
    for name in names:
        left = [other for other in names if other != name]
        opened = {"northwest"} if name == "northwest" else set()
        reopened = replace(sea, mask=np.where(np.isin(np.arange(sea.n_edges), cut), -1, sea.mask))
        assert np.isfinite(distances(reopened, first, last, closed=left, opened=opened)[0, 0]), name


def test_the_caspian_is_a_sea_of_its_own() -> None:
    inside = {"AZBAK", "KZSCO", "KZ-KURYK", "TMKRW", "IRBAZ", "IR-AMIRABAD", "RUASF", "RUMCX", "RU-OLYA", "IRNSH"}
    assert inside <= {code for code, port in ports().items() if port.component == 1}
    assert all(36 < port.lat < 49 and 44 < port.lon < 55 for port in ports().values() if port.component == 1)
    assert all(port.component in (0, 1) for port in ports().values() if port.access)
    both = accesses("AZBAK", "GEPTI")
    assert np.isinf(distances(graph(), [both["AZBAK"]], [both["GEPTI"]])[0, 0])
    assert np.isfinite(distances(graph(), [both["AZBAK"]], [both["GEPTI"]], opened={"volga_don"}, draft_m=3.5)[0, 0])
    assert np.isinf(distances(graph(), [both["AZBAK"]], [both["GEPTI"]], opened={"volga_don"}, draft_m=4.5)[0, 0])


@pytest.mark.parametrize(
    ("start", "end", "passes", "not_passes"),
    [
        ("TRAMR", "GEPTI", {"bosporus"}, {"dardanelles"}),
        ("TRIST", "GEPTI", {"bosporus"}, {"dardanelles"}),
        ("TRDRC", "GEPTI", {"bosporus"}, {"dardanelles"}),
        ("TRDRC", "TRMER", {"dardanelles"}, {"bosporus"}),
        ("TRIST", "TRAMR", set(), {"dardanelles", "bosporus"}),
        ("EGSOK", "SAJED", set(), {"suez", "bab_el_mandeb"}),
        ("EGSOK", "TRMER", {"suez"}, {"bab_el_mandeb"}),
        ("EGPSD", "TRMER", set(), {"suez"}),
        ("PABLB", "USLAX", set(), {"panama"}),
        ("PAONX", "USNYC", set(), {"panama"}),
        ("RULED", "FIHEL", set(), {"danish_straits"}),
        ("DKCPH", "RULED", set(), {"danish_straits"}),
        ("SEGOT", "NLRTM", set(), {"danish_straits"}),
        ("JPHKT", "KRPUS", set(), {"tsushima"}),
        ("KRPUS", "RUVVO", set(), {"tsushima", "tsugaru"}),
        ("JPKIJ", "RUVVO", set(), {"tsugaru"}),
        ("IRZBR", "AEJEA", {"hormuz"}, set()),
        ("OMSOH", "INNSA", set(), {"hormuz"}),
        ("ESALG", "TRMER", set(), {"gibraltar"}),
        ("MYPKG", "NLRTM", {"suez"}, {"malacca"}),
        ("SGSIN", "JPTYO", {"south_china_sea"}, {"malacca"}),
        ("YEADE", "DJJIB", set(), {"bab_el_mandeb"}),
        ("JPYOK", "USLAX", set(), {"tsugaru", "osumi"}),
    ],
)
def test_ports_lie_on_their_side_of_the_gates(start: str, end: str, passes: set[str], not_passes: set[str]) -> None:
    (lane, *_) = lane_variants(graph(), accesses(start, end), [(start, end)], max_closures=0)
    assert passes <= set(lane.straits)
    assert not not_passes & set(lane.straits)


def test_straits_stand_in_the_order_of_the_lane() -> None:
    both = accesses("NLRTM", "LKCMB")
    (there, *_) = lane_variants(graph(), both, [("NLRTM", "LKCMB")], max_closures=0)
    (back, *_) = lane_variants(graph(), both, [("LKCMB", "NLRTM")], max_closures=0)
    assert there.straits == ("gibraltar", "suez", "bab_el_mandeb")
    assert back.straits == there.straits[::-1]
    assert back.km == there.km


def test_lanes_over_the_pacific_are_cut_at_the_date_line() -> None:
    both = accesses("JPYOK", "USLAX")
    (lane, *_) = lane_variants(graph(), both, [("JPYOK", "USLAX")], max_closures=0)
    pieces = lane_geometry(graph(), lane)
    assert len(pieces) == 2
    assert all(np.abs(lon).max() <= 180 for _, lon in pieces)
    assert all(np.abs(np.diff(lon)).max() < 90 for _, lon in pieces)


SAN_FRANCISCO, YOKOHAMA, BOSTON, ANCHORAGE = (37.81, -122.42), (35.45, 139.65), (42.36, -71.05), (61.24, -149.89)
NEW_YORK, COLOMBO = (40.67, -74.05), (6.95, 79.85)

#: Published distances in nautical miles, as quoted on public pages:
#: U.S. Hydrographic Office: clyx.com/books/merry/san_francisco_and_the_nicaragua_canal/nicaragua_canal_distances_2.htm;
#: NOAA, Distances between United States Ports (1978), in
#: magazines.marinelink.com/Magazines/MaritimeReporter/197807/content/shows-distances-between-209728 (by Panama);
#: NGA Pub. 151, Distances Between Ports, in grokipedia.com/page/distances_between_ports (by Gibraltar and Suez).
PUBLISHED = [(SAN_FRANCISCO, YOKOHAMA, 4536), (BOSTON, ANCHORAGE, 7312), (NEW_YORK, COLOMBO, 8604)]


@pytest.mark.parametrize(("start", "end", "nautical_miles"), PUBLISHED)
def test_published_distances(start: tuple[float, float], end: tuple[float, float], nautical_miles: int) -> None:
    km = distances(graph(), [attach(graph(), *start)], [attach(graph(), *end)])[0, 0]
    assert km == pytest.approx(nautical_miles * 1.852, rel=0.02)


def test_searoute_answers_the_same_within_stated_bounds() -> None:
    """At most 1 % longer (another leg from port to lane) and up to 4 % shorter (an edge of sight cuts a detour)."""
    with SHIPPED.joinpath("searoute_check.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 30
    starts = attach_many(graph(), [(float(row["from_lat"]), float(row["from_lon"])) for row in rows])
    ends = attach_many(graph(), [(float(row["to_lat"]), float(row["to_lon"])) for row in rows])
    ratio = []
    for row, start, end in zip(rows, starts, ends, strict=True):
        assert start is not None
        assert end is not None
        theirs = float(row["searoute_km"]) + float(row["searoute_ends_km"])
        ratio.append(distances(graph(), [start], [end])[0, 0] / theirs)
    assert min(ratio) > 0.96
    assert max(ratio) < 1.01
    assert np.median(ratio) == pytest.approx(1.0, abs=0.005)


def test_stored_bits_are_those_of_the_stored_lines() -> None:
    sea = graph()
    pieces = sea.segments
    hits = crossings(pieces.lat0, pieces.lon0, pieces.lat1, pieces.lon1, sea.gates)
    count = np.zeros((sea.n_edges, len(sea.strait_ids)), dtype=np.int64)
    np.add.at(count, pieces.edge, hits)
    bits = (count % 2) @ (1 << np.arange(len(sea.strait_ids), dtype=np.int64))
    np.testing.assert_array_equal(bits, sea.mask)
    assert np.all(sea.tail <= sea.head)


def test_edges_are_at_least_as_long_as_the_great_circle_between_their_ends() -> None:
    sea = graph()
    straight = great_circles_km(sea.lat[sea.tail], sea.lon[sea.tail], sea.lat[sea.head], sea.lon[sea.head])
    assert np.all(sea.km >= straight - 0.002)
    plain = np.array([not inner for inner in sea.inner])
    # A chain whose bends are below the tolerance of 0.01 degrees is stored as a straight line.
    assert np.all(sea.km[plain] - straight[plain] < 0.5)


def test_gate_crossings_do_not_depend_on_how_longitudes_are_written() -> None:
    gates = np.array([[10.0, 179.0, 10.0, -179.0 + 360], [5.0, -179.5, -5.0, -179.5]])
    assert gate_parity([0, 20], [180, 180], gates) == gate_parity([0, 20], [-180, -180], gates) == 1
    assert gate_parity([0, 0], [179, -178], gates) == gate_parity([0, 0], [179, 182], gates) == 2
    assert gate_parity([0, 0, 0], [179, -178, 179], gates) == 0


def test_a_point_on_a_gate_is_counted_once() -> None:
    gate = np.array([[-1.0, 0.0, 1.0, 0.0]])
    assert gate_parity([0, 0, 0], [-1, 0, 1], gate) == 1
    assert gate_parity([0, 0, 0], [-1, 0, -1], gate) == 0


def test_the_stored_access_of_ports_is_what_attach_finds() -> None:
    sample = [port for i, port in enumerate(ports().values()) if i % 25 == 0 or "-" in port.locode]
    found = attach_many(graph(), [(port.lat, port.lon) for port in sample], land_limit_km=125.0)
    compared = 0
    for port, joined in zip(sample, found, strict=True):
        if port.access is not None:
            assert joined == port.access, port.locode
            compared += 1
    assert compared > 100


def test_pieces_out_of_reach_by_latitude_change_no_access(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(11)
    coast = [(port.lat, port.lon) for port in list(ports().values())[::90]]
    sea = [(lat, lon) for lat, lon in zip(chance.uniform(-89, 89, 30), chance.uniform(-180, 180, 30), strict=True)]
    some = {limit: attach_many(graph(), [*coast, *sea], limit) for limit in (30.0, 200.0, 1500.0)}
    monkeypatch.setattr(Segments, "between", lambda self, _south, _north: np.arange(len(self.edge)))
    for limit, found in some.items():
        assert found == attach_many(graph(), [*coast, *sea], limit)
    assert 0 < sum(found is None for found in some[30.0]) < len(some[30.0])


@pytest.mark.parametrize(
    ("lat", "lon"), [(float("nan"), 0.0), (91.0, 0.0), (139.7, 35.6), (0.0, 181.0), (float("inf"), 1.0)]
)
def test_impossible_coordinates_are_refused(lat: float, lon: float) -> None:
    with pytest.raises(BadRequest, match="cannot be"):
        attach(graph(), lat, lon)


@pytest.mark.parametrize(("lat", "lon"), [(55.75, 37.62), (39.9, 32.85), (90.0, 0.0)])
def test_places_without_sea_are_refused(lat: float, lon: float) -> None:
    with pytest.raises(BadRequest, match="No sea lane"):
        attach(graph(), lat, lon)


def test_the_join_is_on_the_near_coast_of_a_peninsula() -> None:
    """Kangnung faces the Sea of Japan and Incheon the Yellow Sea, 170 km apart by land."""
    east, west = attach(graph(), 37.75, 128.95), attach(graph(), 37.45, 126.6)
    assert distances(graph(), [east], [west])[0, 0] > 900


def test_unknown_straits_are_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="hormuz"):
        distances(graph(), [access("JPTYO")], [access("CNSHA")], closed={"ormuz"})


def test_impossible_pairs_are_all_named() -> None:
    with pytest.raises(BadRequest, match=r"(?s)pair 1.*pair 2"):
        lane_variants(graph(), accesses("JPTYO"), [("JPTYO", "JPTYO"), ("JPTYO", "XXXXX")])


def test_known_wrong_positions_of_the_source_are_mended() -> None:
    assert "KZAAU" in ports()["KZSCO"].aliases
    assert "KZAAU" not in ports()
    assert "TKMRW" not in ports()
    assert ports()["AZBAK"].lat < 40.1
    assert ports()["IRBND"].lon < 56.2
    assert all(len(port.country) == 3 for port in ports().values())


def test_damaged_tables_are_refused_with_every_fault(tmp_path: Path) -> None:
    for name in ("straits.csv", "sea_nodes.csv", "sea_edges.csv"):
        shutil.copy(str(SHIPPED.joinpath(name)), tmp_path)
    text = (tmp_path / "straits.csv").read_text(encoding="utf-8")
    broken = text.replace("26.1,56.25", "26.1,", 1).replace("bosporus;dardanelles", "bosporus;nowhere", 1)
    (tmp_path / "straits.csv").write_text(broken, encoding="utf-8")
    with pytest.raises(SeaTableError, match=r"(?s)row 2.*nowhere"):
        load_straits(tmp_path)
    (tmp_path / "straits.csv").write_text(text, encoding="utf-8")
    assert load_sea_graph(tmp_path).n_edges == graph().n_edges
    edges = (tmp_path / "sea_edges.csv").read_text(encoding="utf-8").splitlines()
    for row, fault in (("0,99999,1.0,,,searoute", "names nodes"), ("0,1,0,,,searoute", "without a length")):
        (tmp_path / "sea_edges.csv").write_text("\n".join([edges[0], row]), encoding="utf-8")
        with pytest.raises(SeaTableError, match=fault):
            load_sea_graph(tmp_path)
    (tmp_path / "sea_edges.csv").write_text(f"{edges[0]}\n0,one,1.0,,,searoute", encoding="utf-8")
    with pytest.raises(SeaTableError, match="do not fit"):
        load_sea_graph(tmp_path)
    (tmp_path / "sea_nodes.csv").unlink()
    with pytest.raises(SeaTableError, match=r"sea_nodes\.csv"):
        load_sea_graph(tmp_path)


def test_loading_wakes_no_heavy_package() -> None:
    code = (
        "import sys; from landbridge.network.sea import load_sea_graph, load_sea_ports\n"
        "load_sea_ports(load_sea_graph())\n"
        "print([name for name in ('searoute', 'shapely', 'scipy', 'pandas', 'numba') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_lines_of_edges_start_and_end_at_their_nodes() -> None:
    sea = graph()
    bent = [i for i, inner in enumerate(sea.inner) if inner][::50]
    for edge in bent:
        lat, lon = edge_line(sea, edge)
        assert (lat[0], lat[-1]) == (sea.lat[sea.tail[edge]], sea.lat[sea.head[edge]])
        assert (lon[0] - sea.lon[sea.tail[edge]]) % 360 == 0
        length = great_circles_km(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum()
        assert length == pytest.approx(sea.km[edge], rel=0.03, abs=3.0)
