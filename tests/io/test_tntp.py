"""TNTP files: what is read, and every bad row named at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from landbridge.io.tntp import read_tntp_network, read_tntp_trips
from landbridge.schema.errors import BadRequest

NETWORK = """<NUMBER OF ZONES> 2
<NUMBER OF NODES> 4
<FIRST THRU NODE> 3
<NUMBER OF LINKS> 3
<END OF METADATA>

~ \tinit\tterm\tcapacity\tlength\tfft\tb\tpower\tspeed\ttoll\ttype\t;
\t1\t3\t100.5\t2\t1.5\t0.15\t4\t0\t0\t1\t;
\t3\t4\t100\t2\t0\t0.15\t4\t0\t0\t1\t;
\t4\t2\t100\t2\t3\t0.15\t4\t0\t0\t1\t; ~ a comment
"""

TRIPS = """<NUMBER OF ZONES> 2
<TOTAL OD FLOW> 12.5
<END OF METADATA>

Origin 1
    1 : 5.0;   2 : 10.0;
Origin  2
    1 : 2.5; 2 : 0.0;
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_a_network(tmp_path: Path) -> None:
    network = read_tntp_network(write(tmp_path, "x_net.tntp", NETWORK))
    assert (network.n_zones, network.n_nodes, network.first_thru_node) == (2, 4, 3)
    assert network.tail.tolist() == [1, 3, 4]
    assert network.head.tolist() == [3, 4, 2]
    assert network.free_flow_time.tolist() == [1.5, 0.0, 3.0]
    assert network.capacity[0] == 100.5


def test_reads_trips_and_drops_empty_pairs(tmp_path: Path) -> None:
    trips = read_tntp_trips(write(tmp_path, "x_trips.tntp", TRIPS))
    pairs = zip(trips.origin.tolist(), trips.destination.tolist(), trips.volume.tolist(), strict=True)
    assert list(pairs) == [(1, 1, 5.0), (1, 2, 10.0), (2, 1, 2.5)]


def test_tolls_and_lengths_count_at_the_weights_of_the_file(tmp_path: Path) -> None:
    weighed = NETWORK.replace("<END", "<TOLL FACTOR> 0.5\n<DISTANCE FACTOR> 0.1 ~ per mile\n<END", 1)
    weighed = weighed.replace("1.5\t0.15\t4\t0\t0", "1.5\t0.15\t4\t0\t6")
    network = read_tntp_network(write(tmp_path, "x_net.tntp", weighed))
    assert network.cost.tolist() == pytest.approx([1.5 + 3.0 + 0.2, 0.2, 3.2])
    assert read_tntp_network(write(tmp_path, "y_net.tntp", NETWORK)).cost.tolist() == [1.5, 0.0, 3.0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<NUMBER OF LINKS> 3", "<NUMBER OF LINKS> 4", "3 links"),
        ("<NUMBER OF NODES> 4", "<NUMBER OF NODES> 3", "node 4"),
        ("<FIRST THRU NODE> 3", "<FIRST THRU NODE> three", "<FIRST THRU NODE>"),
        ("<FIRST THRU NODE> 3", "<TOLL FACTOR> -1", "<TOLL FACTOR>"),
        ("\t1\t3\t100.5", "\tnan\t3\t100.5", "line 8"),
        ("\t1\t3\t100.5", "\tinf\t3\t100.5", "line 8"),
    ],
)
def test_what_does_not_add_up_is_an_error(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_tntp_network(write(tmp_path, "x_net.tntp", NETWORK.replace(old, new)))
    assert said in str(caught.value.findings[0])


def test_names_all_bad_links_at_once(tmp_path: Path) -> None:
    bad = NETWORK.replace("\t1\t3\t100.5", "\tone\t3\t100.5").replace("\t2\t3\t0.15", "\t2\t-3\t0.15")
    with pytest.raises(BadRequest) as caught:
        read_tntp_network(write(tmp_path, "x_net.tntp", bad))
    assert [finding.where for finding in caught.value.findings] == ["x_net.tntp, line 8", "x_net.tntp, line 10"]


@pytest.mark.parametrize("text", ["", "<NUMBER OF ZONES> 2\n1 2 3 4 5 ;\n", "<END OF METADATA>\n"])
def test_refuses_what_is_no_network(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadRequest):
        read_tntp_network(write(tmp_path, "x_net.tntp", text))


@pytest.mark.parametrize(
    "text", ["", "<END OF METADATA>\n 1 : 5;\n", "<END OF METADATA>\nOrigin 1\n 2 : -5;\n", "<END OF METADATA>\n"]
)
def test_refuses_what_is_no_trip_table(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadRequest):
        read_tntp_trips(write(tmp_path, "x_trips.tntp", text))


def test_a_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="cannot be read"):
        read_tntp_network(tmp_path / "none_net.tntp")
