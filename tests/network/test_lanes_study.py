"""Which ports have lanes, in which variants, and the straits of named services."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from landbridge.io.polyline import decode
from landbridge.network.build import Lanes
from landbridge.network.lanes import HUBS_PER_FEEDER_PORT, service_straits, study_lanes
from landbridge.network.sea import load_sea_graph
from landbridge.schema.errors import FactsError

PORTS = (
    ("JPTYO", 35.67, 139.75, "main"),
    ("CNSHA", 31.23, 121.5, "main"),
    ("SGSIN", 1.27, 103.8, "main"),
    ("DEHAM", 53.53, 9.93, "main"),
    ("TRMER", 36.8, 34.65, "main"),
    ("AEJEA", 25.0, 55.06, "main"),
    ("GEPTI", 42.15, 41.65, "feeder"),
    ("RUVYP", 42.73, 133.08, "regional"),
    ("KZSCO", 43.6, 51.2, "inland-sea"),
    ("AZBAK", 39.94, 49.42, "inland-sea"),
)


def table(rows=PORTS) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["id", "lat", "lon", "tier"])


@pytest.fixture(scope="module")
def lanes() -> Lanes:
    return study_lanes(table())


def pairs(lanes: Lanes) -> set[tuple[str, str]]:
    return set(zip(lanes.from_port, lanes.to_port, strict=True))


def test_every_two_main_ports_have_a_lane_and_only_feeders_beside_them(lanes):
    main = sorted(name for name, _, _, tier in PORTS if tier == "main")
    expected = {(a, b) for i, a in enumerate(main) for b in main[i + 1 :]}
    assert {pair for pair in pairs(lanes) if "GEPTI" not in pair} == expected


def test_a_feeder_reaches_its_nearest_main_ports_only(lanes):
    hubs = {a if b == "GEPTI" else b for a, b in pairs(lanes) if "GEPTI" in (a, b)}
    assert len(hubs) == HUBS_PER_FEEDER_PORT
    assert {"TRMER", "DEHAM"} <= hubs
    assert "JPTYO" not in hubs


def test_variants_are_longer_and_pass_fewer_of_the_straits_before_them(lanes):
    by_pair: dict[tuple[str, str], list[tuple[float, int]]] = {}
    for i, pair in enumerate(zip(lanes.from_port, lanes.to_port, strict=True)):
        by_pair.setdefault(pair, []).append((lanes.km[i], lanes.straits[i]))
    assert len(by_pair["CNSHA", "DEHAM"]) > 2
    for variants in by_pair.values():
        for km, mask in variants:
            # Nothing shorter passes a subset: else this variant could never be the best.
            assert not any(
                other_km < km and other & ~mask == 0 for other_km, other in variants if (other_km, other) != (km, mask)
            )


def test_the_way_through_suez_is_shorter_than_round_the_cape(lanes):
    suez, cape = (1 << lanes.strait_ids.index(name) for name in ("suez", "cape_good_hope"))
    found = [i for i in range(len(lanes.km)) if (lanes.from_port[i], lanes.to_port[i]) == ("CNSHA", "DEHAM")]
    shortest = min(found, key=lambda i: lanes.km[i])
    assert lanes.straits[shortest] & suez
    round_africa = [lanes.km[i] for i in found if lanes.straits[i] & cape and not lanes.straits[i] & suez]
    assert min(round_africa) > lanes.km[shortest] + 4000


def test_lines_run_from_side_a_to_side_b(lanes):
    at = {name: (lat, lon) for name, lat, lon, _ in PORTS}
    for start, end, line in zip(lanes.from_port, lanes.to_port, lanes.lines, strict=True):
        lat, lon = decode(line, 2)
        for i, name in ((0, start), (-1, end)):
            assert abs(lat[i] - at[name][0]) < 0.02
            assert abs((lon[i] - at[name][1] + 180) % 360 - 180) < 0.02
        assert np.isfinite(lat).all()


def test_the_order_of_rows_changes_nothing(lanes):
    assert study_lanes(table(PORTS[::-1])) == lanes


def test_every_port_that_no_ship_reaches_is_named_at_once():
    inland = (("KZALA", 43.3, 76.9, "main"), ("RUOVB", 55.0, 82.9, "feeder"))
    with pytest.raises(FactsError) as caught:
        study_lanes(table((*PORTS, *inland)))
    where = [finding.where for finding in caught.value.findings]
    assert where == ["ports.csv, id KZALA", "ports.csv, id RUOVB"]


def test_services_pass_the_straits_of_the_shortest_lane():
    services = pd.DataFrame(
        [("A", "JPTYO", "SGSIN"), ("B", "RUVYP", "JPTYO"), ("C", "AZBAK", "KZSCO"), ("D", "SGSIN", "DEHAM")],
        columns=["id", "from_port", "to_port"],
    )
    masks = service_straits(services, table())
    names = load_sea_graph().strait_ids

    def passed(service: str) -> set[str]:
        return {name for i, name in enumerate(names) if masks[service] >> i & 1}

    assert list(masks) == ["A", "B", "D"]  # ports of an inland sea have no lanes
    assert {"malacca", "suez", "gibraltar"} <= passed("D")
    assert "tsugaru" in passed("B")
    assert "suez" not in passed("A")
