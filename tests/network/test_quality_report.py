"""What the quality report says of maps whose answer can be seen."""

from __future__ import annotations

import pandas as pd
import pytest
import study_map

from landbridge.network.quality import SCOPES, Quality, quality
from maps import draw

MAP = """
tokyo(JPN) ~2200~ lianyungang(CHN)
lianyungang(CHN) #4000# urumqi(CHN)
urumqi(CHN) #460# @gate(KAZ|CHN)
@gate(KAZ|CHN) =310= aktogay(KAZ)
aktogay(KAZ) =500= almaty(KAZ)
aktogay(KAZ) =560= almaty(KAZ) aggregate id:WHOLE
urumqi(CHN) #900# almaty(KAZ) aggregate id:ACROSS
almaty(KAZ) =300= horgos(KAZ) planned
almaty(KAZ) =90= lonely(KAZ) aggregate id:NOWHERE
talas(KGZ) -80- taraz(KGZ)
"""


def report(text: str = MAP) -> Quality:
    drawn = draw(text)
    return quality(drawn.network(), drawn.tables)


def component(found: Quality, scope: str, kind: str = "weak") -> tuple[int, int]:
    row = found.components.set_index(["scope", "kind"]).loc[(scope, kind)]
    return int(row["components"]), int(row["largest"])


def test_components_by_mode_with_and_without_gauge_changes() -> None:
    found = report()
    assert component(found, "road") == (1, 2)
    assert component(found, "rail") == (1, 6)  # the crossing contains the change of gauge
    assert list(dict.fromkeys(found.components["scope"])) == list(SCOPES)
    broken = report("brest(BLR) =10= terespol(BLR)\nterespol(BLR) #200# warsaw(BLR)")
    assert component(broken, "rail") == (2, 2)
    assert component(broken, "rail with gauge changes") == (1, 4)
    assert component(broken, "rail with gauge changes", "strong") == (1, 4)


def test_places_out_of_reach_are_named_with_the_reason() -> None:
    lost = report().unreachable.set_index("id")["why"]
    assert lost["horgos"] == "no way out and in"
    assert lost["talas"] == "no way out and in"
    assert lost["lonely"] == "no link and no port there"
    assert "almaty" not in lost
    assert "tokyo" not in lost


def test_links_count_once_and_planned_ones_apart() -> None:
    links = report().links.set_index(["mode", "country", "status"])
    assert links.loc[("rail", "KAZ", "operating"), "links"] == 2
    assert links.loc[("rail", "KAZ", "operating"), "km"] == 810
    assert links.loc[("rail", "KAZ", "planned"), "km"] == 300
    assert links.loc[("sea", "", "operating"), "km"] == 2200


def test_lengths_beside_the_straight_line() -> None:
    found = report("at a(AAA) 0 0\nat b(AAA) 0 1\nat c(AAA) 0 2\na(AAA) -111.2- b(AAA)\nb(AAA) -333.6- c(AAA)")
    assert found.lengths["ratio"].round(2).tolist() == [1.0, 3.0]
    assert found.median_ratio == pytest.approx(2, abs=0.01)
    assert found.worst_lengths(1)["id"].tolist() == ["ROAD1"]
    assert found.lengths["official_km"].tolist() == found.lengths["model_km"].tolist()


def test_aggregates_beside_the_way_over_sections() -> None:
    found = report().aggregates.set_index("id")
    assert found.loc["WHOLE", "model_km"] == 500
    assert found.loc["ACROSS", "model_km"] == 1270
    assert found.loc["ACROSS", "ratio"] == pytest.approx(1270 / 900)
    assert pd.isna(found.loc["NOWHERE", "model_km"])


def test_zero_kilometres_are_a_way() -> None:
    found = report(
        "a(AAA) -0- b(AAA)\nb(AAA) -7- c(AAA)\nb(AAA) -9- c(AAA)\na(AAA) -8- c(AAA) aggregate id:X"
    ).aggregates
    assert found["model_km"].tolist() == [7]


def test_ports_that_no_land_link_reaches() -> None:
    assert report().ports_without_land["id"].tolist() == ["P-tokyo"]


def test_the_study_hangs_together() -> None:
    found = quality(study_map.network(), study_map.tables())
    rail = found.components.set_index(["scope", "kind"])
    # India and Korea are islands of their own gauge or country; everything else is one network.
    assert rail.loc[("rail with gauge changes", "strong"), "components"] == 3
    for city in ("astana", "bishkek", "dushanbe", "ashgabat", "tashkent", "almaty", "tokyo"):
        assert city not in set(found.unreachable["id"])
    assert found.lengths["model_km"].to_numpy() == pytest.approx(found.lengths["official_km"].to_numpy())
