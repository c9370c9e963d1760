"""Names to things: rules, traps of the study, ties."""

from __future__ import annotations

import pandas as pd
import pytest
import study_map
from hypothesis import given
from hypothesis import strategies as st

from landbridge.io.atlas import country_table
from landbridge.network.gazetteer import Gazetteer
from landbridge.network.names import normalise
from landbridge.scenario.changes import SelectorKind
from landbridge.schema.errors import AmbiguousName, BadRequest, UnknownName
from maps import draw


def passed(text: str) -> set[str]:
    return {str(selector) for selector in study_map.gazetteer().via(text).selectors}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Tokyo", "tokyo"),
        ("TOKYO", "tokyo"),
        ("tashkent (freight)", "tashkent"),  # a station stands for its city
        ("Nur-Sultan", "astana"),
        ("Xi'an", "xi-an"),
        ("Xian", "xi-an"),
        ("Saint-Petersburg", "st-petersburg"),
        ("CNLYG", "lianyungang"),
        ("CN LYG", "lianyungang"),
        ("Port Qasim", "port-qasim"),
        ("Jalal-Abad", "jalal-abad"),  # in Kyrgyzstan
        ("Jalalabad", "jalalabad"),  # in Afghanistan
        ("Torkham (PAK)", "torkham"),
        ("Brest (BLR)", "brest"),
        ("Brest (Belarus)", "brest"),
        ("Sarakhs (TKM)", "sarakhs-tkm"),
        ("place.khorgos-kaz", "khorgos-kaz"),
        ("khorgos-kaz", "khorgos-kaz"),
        ("Alat", "alat"),
    ],
)
def test_origins_and_destinations(text: str, place: str) -> None:
    found = study_map.gazetteer().place(text)
    assert (found.place, found.note) == (place, "")


def test_the_larger_of_two_is_taken_and_a_note_says_so() -> None:
    found = study_map.gazetteer().place("Khorgos")
    assert found.place == "khorgos-chn"
    assert found.note == "'Khorgos' is taken as Khorgos (CHN), not Khorgos (KAZ)."


@pytest.mark.parametrize(
    ("text", "selectors"),
    [
        # two sides of one border within 25 km are one crossing, rail and road
        ("Khorgos", {"crossing.rail:KAZ-CHN:altynkol", "crossing.road:KAZ-CHN:khorgos"}),
        ("Astara", {"crossing.rail:AZE-IRN:astara", "crossing.road:IRN-AZE:astara"}),
        ("Torkham", {"crossing.road:PAK-AFG:torkham"}),
        ("Sarakhs", {"crossing.rail:TKM-IRN:sarahs", "crossing.road:TKM-IRN:sarahs"}),
        ("Astara (AZE)", {"crossing.rail:AZE-IRN:astara", "crossing.road:IRN-AZE:astara"}),
        # a town on one side, and the crossings named after it
        ("Erenhot", {"place.erenhot", "crossing.rail:CHN-MNG:erenhot", "crossing.road:CHN-MNG:erenhot"}),
        ("Brest (BLR)", {"place.brest", "crossing.rail:BLR-POL:brest"}),
        # a city is reached by its port, and by the port nearby where it has none
        ("Bandar Abbas", {"place.bandar-abbas", "port.IRBND"}),
        ("Baku", {"place.baku", "port.AZBAK"}),
        ("Poti", {"place.poti", "port.GEPTI"}),
        ("AZBAK", {"port.AZBAK"}),
        # straits before places, borders by their two countries
        ("Suez", {"strait.suez"}),
        ("Strait of Hormuz", {"strait.hormuz"}),
        ("Turkish Straits", {"strait.turkish_straits"}),
        ("KAZ-CHN", {"border.KAZ-CHN"}),
        ("Kazakhstan-China", {"border.KAZ-CHN"}),
        ("rail:KAZ-CHN:dostyk", {"crossing.rail:KAZ-CHN:dostyk"}),
        ("crossing.khorgos", {"crossing.rail:KAZ-CHN:altynkol", "crossing.road:KAZ-CHN:khorgos"}),
        ("Incheh Borun", {"crossing.rail:TKM-IRN:akyayla"}),
        ("Iran", {"country.IRN"}),
        ("KAZ", {"country.KAZ"}),
        ("SEA055", {"service.SEA055"}),
        ("Almaty-1", {"place.almaty-1"}),
    ],
)
def test_what_a_via_passes(text: str, selectors: set[str]) -> None:
    assert passed(text) == selectors


def test_alat_is_the_port_in_azerbaijan_and_a_note_names_the_other() -> None:
    found = study_map.gazetteer().via("Alat")
    assert passed("Alat") >= {"place.alat", "port.AZBAK"}
    assert "UZB" in found.note
    assert passed("Alat (UZB)") == {"crossing.road:UZB-TKM:farap"}


def test_avoiding_a_city_avoids_neither_a_port_elsewhere_nor_a_border() -> None:
    found = study_map.gazetteer().avoid("Baku")
    assert [str(selector) for selector in found.selectors] == ["place.baku"]
    assert [str(selector) for selector in study_map.gazetteer().avoid("sea").selectors] == ["mode.sea"]


def test_a_tie_is_an_error_that_lists_the_codes() -> None:
    with pytest.raises(AmbiguousName) as error:
        study_map.gazetteer().via("Karasu")
    assert error.value.candidates == ("crossing.rail:UZB-KGZ:savay", "crossing.road:TJK-CHN:kulma")
    for code in error.value.candidates:
        assert passed(code) == {code}


def test_an_unknown_name_lists_the_nearest() -> None:
    for ask in (study_map.gazetteer().place, study_map.gazetteer().via):
        with pytest.raises(UnknownName) as error:
            ask("Tashkant")
        assert error.value.nearest[0] == "Tashkent (UZB)"
    with pytest.raises(UnknownName):
        study_map.gazetteer().place("Qasim")  # no word is stripped
    with pytest.raises(UnknownName):
        study_map.gazetteer().via("")


def test_what_cannot_be_passed() -> None:
    for text in ("traceca", "rail"):
        with pytest.raises(BadRequest):
            study_map.gazetteer().via(text)


def test_every_question_of_the_benchmarks_is_understood() -> None:
    gazetteer = study_map.gazetteer()
    asked = study_map.tables()["benchmarks"]
    for row in asked.to_dict("records"):
        for text in (*row["origin"].split(";"), *row["destination"].split(";")):
            assert not text or not gazetteer.place(text).note
        for text in filter(None, map(str.strip, (*row["via"].split(";"), *row["avoid"].split(";")))):
            assert not gazetteer.via(text).note


def test_every_place_port_and_crossing_is_found_by_its_code_and_leads_to_itself() -> None:
    gazetteer, tables = study_map.gazetteer(), study_map.tables()
    kinds: list[tuple[SelectorKind, str]] = [("place", "places"), ("port", "ports"), ("crossing", "crossings")]
    for kind, table in kinds:
        for row in tables[table].to_dict("records"):
            assert gazetteer.ids(kind, row["id"]) == (row["id"],)
            if row.get("kind") != "border":
                assert any(hit.id == row["id"] for hit in gazetteer.find(row["name"], limit=50))


@pytest.mark.parametrize(
    ("kind", "value", "ids"),
    [
        ("crossing", "khorgos", ("rail:KAZ-CHN:altynkol", "road:KAZ-CHN:khorgos")),
        ("crossing", "altynkol", ("rail:KAZ-CHN:altynkol",)),
        ("crossing", "road:khorgos", ("road:KAZ-CHN:khorgos",)),
        ("crossing", "samur", ("rail:RUS-AZE:samur", "road:AZE-RUS:samur")),
        ("port", "Chabahar", ("IRZBR",)),
        ("port", "Baku", ("AZBAK",)),
        ("country", "Kazakhstan", ("KAZ",)),
        ("country", "KZ", ("KAZ",)),
        ("border", "China-Kazakhstan", ("CHN-KAZ",)),
        ("strait", "bab el-mandeb", ("bab_el_mandeb",)),
        ("corridor", "trans siberian", ("trans-siberian",)),
        ("link", "rail042", ("RAIL042",)),
        ("link", "KZ-KURYK-AZBAK", ("KZ-KURYK-AZBAK",)),
        ("service", "SEA001", ("SEA001",)),
        ("mode", "rail", ("rail",)),
        ("supply", "RUS-JPN", ("RUS-JPN",)),
    ],
)
def test_values_of_selectors(kind: SelectorKind, value: str, ids: tuple[str, ...]) -> None:
    assert study_map.gazetteer().ids(kind, value) == ids


@pytest.mark.parametrize(
    ("kind", "value", "near"),
    [
        ("country", "Kazakstan", "Kazakhstan"),
        ("strait", "hormus", "Strait of Hormuz"),
        ("link", "RAIL999", "RAIL399"),
        ("mode", "rial", "rail"),
        ("corridor", "Trans-Sibirian", "Trans-Siberian"),
        ("port", "Chabaha", "Chabahar (IRN)"),
        ("crossing", "Altynkoll", "Altynkol-Khorgos state border (KAZ-CHN)"),
    ],
)
def test_unknown_values_of_selectors(kind: SelectorKind, value: str, near: str) -> None:
    with pytest.raises(UnknownName) as error:
        study_map.gazetteer().ids(kind, value)
    assert near in error.value.nearest


def test_every_corridor_goes_by_its_name() -> None:
    for corridor in study_map.study().corridors:
        assert study_map.gazetteer().ids("corridor", corridor.name) == (corridor.id,)


def test_a_scenario_has_to_say_which_of_two_it_means() -> None:
    with pytest.raises(AmbiguousName):
        study_map.gazetteer().ids("place", "Khorgos")


def test_finding_lists_the_likeliest_first_and_says_why() -> None:
    found = study_map.gazetteer().find("Astara")
    assert found[0].code == "place.astara"
    assert {hit.why for hit in found} == {"exact", "fuzzy"}
    assert [hit.why for hit in found] == sorted(
        (hit.why for hit in found), key=("code", "exact", "alias", "fuzzy").index
    )
    assert study_map.gazetteer().find("KAZ")[0].code == "country.KAZ"
    assert study_map.gazetteer().find("Frunze")[0].code == "place.bishkek"


# -- small worlds ------------------------------------------------------------------------------------------------------


def world(text: str, **rows: dict[str, object]) -> Gazetteer:
    """Gazetteer of a drawn map; ``rows`` changes places by id."""
    drawn = draw(text)
    for place in drawn.rows["places"]:
        place.update(rows.get(place["id"].replace("-", "_"), {}))
    return Gazetteer(drawn.tables, study_map.study(), pd.DataFrame(country_table()))


TWINS = "springfield-a(KAZ) -5- almaty(KAZ)\nspringfield-b(UZB) -5- tashkent(UZB)"


def twins(a: object, b: object) -> Gazetteer:
    named = {"name": "Springfield"}
    return world(TWINS, springfield_a=named | {"population": a}, springfield_b=named | {"population": b})


def test_the_rank_rule() -> None:
    assert twins(10, 20).place("Springfield").place == "springfield-b"
    assert twins(10, "").place("Springfield").place == "springfield-a"  # not known counts as none
    with pytest.raises(AmbiguousName) as error:
        twins(10, 10).place("Springfield")
    assert error.value.candidates == ("place.springfield-a", "place.springfield-b")
    assert twins(10, 10).place("Springfield (UZB)").place == "springfield-b"
    assert twins(10, 10).via("Springfield (KZ)").name == "Springfield (KAZ)"


def test_a_capital_comes_before_a_larger_city() -> None:
    named = world(TWINS, springfield_a={"name": "Tashkent", "population": 9_000_000})
    found = named.place("Tashkent")
    assert found.place == "tashkent"
    assert "Tashkent (KAZ)" in found.note


def test_a_larger_port_decides_between_places_without_inhabitants() -> None:
    named = {"name": "Springfield"}
    small = world(TWINS + "\nspringfield-b(UZB) ~9 ferry~ aktau(KAZ)", springfield_a=named, springfield_b=named)
    assert small.place("Springfield").place == "springfield-b"


def test_two_sides_of_a_border_far_apart_are_two_places() -> None:
    near = "at gate-a(KAZ) 44 80\nat gate-b(CHN) 44 80.1\ngate-a(KAZ) -9|- gate-b(CHN)"
    named = {"name": "Gate", "population": 5}
    one = world(near, gate_a=named, gate_b=named).via("Gate")
    assert [str(selector) for selector in one.selectors] == ["crossing.road:KAZ-CHN:gate-a-gate-b"]
    far = near.replace("80.1", "81")
    with pytest.raises(AmbiguousName):
        world(far, gate_a=named, gate_b=named).via("Gate")


def test_a_city_with_its_own_port_is_not_passed_at_another() -> None:
    ports = """
    at tokyo(JPN) 35.67 139.75
    at yokohama(JPN) 35.45 139.58
    at urawa(JPN) 35.86 139.65
    tokyo(JPN) ~9~ busan(KOR)
    yokohama(JPN) ~9~ busan(KOR)
    tokyo(JPN) -30- urawa(JPN)
    """
    named = world(ports)
    assert named.ports_of("tokyo") == ("P-tokyo",)
    assert named.ports_of("urawa") == ("P-tokyo", "P-yokohama")


@given(st.text(max_size=30))
def test_any_text_is_answered_or_refused(text: str) -> None:
    for ask in (study_map.gazetteer().place, study_map.gazetteer().via, study_map.gazetteer().avoid):
        try:
            ask(text)
        except (UnknownName, AmbiguousName, BadRequest):
            continue


@given(st.text(max_size=20))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nürnberg", "nurnberg"),
        ("Bab el-Mandeb", "BAB EL MANDEB"),
        ("Xi’an", "xian"),
        ("Qarşı", "Qarsi"),
        ("Łódź", "lodz"),
    ],
)
def test_spelling_does_not_matter(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)
