"""What is open on a day, and for whom."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np
import pytest
import study_map
from hypothesis import given, settings
from hypothesis import strategies as st
from random_tables import COUNTRIES, maps

from landbridge.network.select import SelectorContext, arcs_of
from landbridge.network.state import (
    Shipment,
    State,
    applies,
    closures,
    modifiers,
)
from landbridge.network.topology import Network
from landbridge.scenario import load_scenario, preset_ids, resolve
from landbridge.scenario.changes import Change, Exemption, Resolved, Selector
from landbridge.scenario.selector import parse_selector
from maps import Map, draw

DAY = datetime.date(2024, 12, 31)
BOX = Shipment()


def change(action: str, *selectors: str, number: int = 1, **options: object) -> Change:
    values: dict[str, object] = {
        "id": f"change-{number}",
        "what": "a change",
        "value": None,
        "modes": (),
        "direction": "both",
        "applies_to": "all",
        "basis": "scenario",
        "source": "",
        "note": "",
        "origin": "scenario",
    }
    return Change(
        selectors=tuple(map(parse_selector, selectors)),
        action=action,  # type: ignore[arg-type]
        **(values | options),  # type: ignore[arg-type]
    )


def on(day: datetime.date, *changes: Change) -> Resolved:
    return Resolved("test", day, changes)


def shut(network: Network, state: State) -> set[str]:
    """Links that are closed in some direction."""
    return {network.link_ids[link] for link in network.link[state.closure >= 0]}


ROAD = """
osh(KGZ) -100|- kashgar(CHN)
osh(KGZ) -50- jalal-abad(KGZ)
jalal-abad(KGZ) -60|- andijan(UZB)
osh(KGZ) =60= uzgen(KGZ) planned
osh(KGZ) =30= kara-suu(KGZ) opened:2025
"""


def test_what_is_not_built_or_not_yet_open_is_closed_and_says_so() -> None:
    network = draw(ROAD).network()
    state = closures(network, on(DAY), SelectorContext(), BOX)
    assert shut(network, state) == {"RAIL4", "RAIL5"}
    assert {closure.reason for closure in state.closures} == {"RAIL4 is planned", "RAIL5 is not yet open"}
    assert shut(network, closures(network, on(datetime.date(2025, 1, 1)), SelectorContext(), BOX)) == {"RAIL4"}


def test_opening_a_link_builds_it_and_opening_a_country_does_not() -> None:
    network = draw(ROAD).network()
    built = closures(network, on(DAY, change("open", "link.RAIL4")), SelectorContext(), BOX)
    assert shut(network, built) == {"RAIL5"}
    country = closures(network, on(DAY, change("open", "country.KGZ")), SelectorContext(), BOX)
    assert shut(network, country) == {"RAIL4", "RAIL5"}
    assert "name them by link or crossing" in country.notes[0]


def test_the_later_change_wins() -> None:
    network = draw(ROAD).network()
    close, open_ = change("close", "border.KGZ-CHN"), change("open", "border.CHN-KGZ", number=2)
    crossing = "road:KGZ-CHN:osh-kashgar"
    assert crossing in shut(network, closures(network, on(DAY, close), SelectorContext(), BOX))
    assert crossing not in shut(network, closures(network, on(DAY, close, open_), SelectorContext(), BOX))
    assert crossing in shut(network, closures(network, on(DAY, open_, close), SelectorContext(), BOX))


def test_the_first_reason_stays_because_it_alone_keeps_the_link_closed() -> None:
    network = draw(ROAD).network()
    state = closures(network, on(DAY, change("close", "country.KGZ")), SelectorContext(), BOX)
    planned = network.link == network.link_index["RAIL4"]
    assert {state.closures[i].reason for i in state.closure[planned]} == {"RAIL4 is planned"}


def test_one_direction_can_be_closed_alone() -> None:
    network = draw(ROAD).network()
    state = closures(network, on(DAY, change("close", "border.KGZ-CHN", direction="a_to_b")), SelectorContext(), BOX)
    crossings = [arc for arc in network.arcs_of_kind("crossing") if state.closure[arc] >= 0]
    assert [network.node_key[network.head[arc]].split(":")[-1] for arc in crossings] == ["CHN"]


def test_a_ban_closes_only_what_it_names() -> None:
    assert applies("all", BOX)
    assert applies("cargo:container", BOX)
    assert not applies("flag:USA;commodity:crude_oil", BOX)
    assert not applies("cargo:container", Shipment("truck20t"))
    assert applies("origin:UKR+dest:KAZ;origin:UKR+dest:KGZ", Shipment(origin_country="UKR", destination_country="KGZ"))
    assert not applies("origin:UKR+dest:KAZ", Shipment(origin_country="UKR"))
    assert applies("commodity:crude_oil", Shipment(commodity="crude_oil"))
    network = draw(ROAD).network()
    ban = change("cargo_ban", "country.CHN", applies_to="commodity:rare_earths")
    planned = {"RAIL4", "RAIL5"}
    assert shut(network, closures(network, on(DAY, ban), SelectorContext(), BOX)) == planned
    assert (
        shut(network, closures(network, on(DAY, ban), SelectorContext(), Shipment(commodity="rare_earths"))) > planned
    )


def test_an_exemption_keeps_its_selector_open_for_whom_it_applies() -> None:
    network = draw(ROAD).network()
    where = (parse_selector("border.KGZ-CHN"),)
    ban = change("close", "border.KGZ-CHN", "border.KGZ-UZB", exempt=(Exemption("waiver", where, "flag:IND"),))
    plain = shut(network, closures(network, on(DAY, ban), SelectorContext(), BOX))
    waived = shut(network, closures(network, on(DAY, ban), SelectorContext(), Shipment(flag="IND")))
    assert plain - waived == {"road:KGZ-CHN:osh-kashgar"}


def test_a_strait_below_half_capacity_is_sailed_round_by_lanes_and_waited_for_by_services() -> None:
    network = draw("a(AAA) ~100 gate~ b(BBB)\na(AAA) ~300~ b(BBB)\nc(AAA) ~50 ferry~ b(BBB)").network()
    for value, expected in ((0.41, {"P-a-P-b/2"}), (0.5, set())):
        event = change("capacity_factor", "strait.gate", value=value, origin="event")
        state = closures(network, on(DAY, event), SelectorContext(), BOX)
        assert not shut(network, state) if not expected else len(shut(network, state)) == 1
        if expected:
            (closed,) = shut(network, state)
            assert network.km[network.link == network.link_index[closed]].tolist() == [100, 100]
            assert "sail round" in state.closures[0].reason
            assert state.closures[0].kind == "event"
    narrow = on(DAY, change("capacity_factor", "strait.gate", value=0.41))
    assert not modifiers(network, narrow, SelectorContext(), BOX), (
        "no service passes here, and a closed lane has no wait"
    )
    (wait,) = modifiers(network, on(DAY, change("capacity_factor", "strait.gate", value=0.5)), SelectorContext(), BOX)
    assert (wait.kind, wait.component, wait.value) == ("wait_factor", "waiting", 0.5)


def test_a_capacity_at_a_border_is_a_wait_there() -> None:
    network = draw(ROAD).network()
    event = change("capacity_factor", "border.KGZ-CHN", value=0.2, modes=("road",), direction="b_to_a")
    assert shut(network, closures(network, on(DAY, event), SelectorContext(), BOX)) == {"RAIL4", "RAIL5"}
    (wait,) = modifiers(network, on(DAY, event), SelectorContext(), BOX)
    assert (wait.kind, wait.component, len(wait.arcs)) == ("wait_factor", "border", 1)


def test_extra_hours_are_added_at_the_crossings_of_a_country() -> None:
    network = draw(ROAD).network()
    (more,) = modifiers(network, on(DAY, change("extra_hours", "country.KGZ", value=24.0)), SelectorContext(), BOX)
    assert more.kind == "extra_hours"
    assert set(more.arcs.tolist()) == set(network.arcs_of_kind("crossing").tolist())


def test_a_field_is_changed_once_where_two_selectors_overlap() -> None:
    network = draw(ROAD).network()
    halved = change("scale", "country.KGZ.crossings.hours", "country.CHN.crossings.hours", value=0.5)
    (half,) = modifiers(network, on(DAY, halved), SelectorContext(), BOX)
    assert (half.kind, half.component, half.quantity, half.value) == ("scale", "border", "hours", 0.5)
    assert sorted(half.arcs.tolist()) == sorted(network.arcs_of_kind("crossing").tolist())


TRANSIT = """
vostochny(RUS) =9000= moscow(RUS)
tokyo(JPN) ~1700~ vostochny(RUS)
moscow(RUS) =1500|= oral(KAZ)
moscow(RUS) =1000|= minsk(BLR)
"""


def test_no_transit_shuts_a_country_to_what_only_passes_through() -> None:
    network = draw(TRANSIT).network()
    day = on(DAY, change("no_transit", "country.RUS"))
    through = Shipment(origin_country="JPN", destination_country="KAZ")
    closed = closures(network, day, SelectorContext(), through)
    entering = [arc for arc in range(network.n_arcs) if closed.closure[arc] >= 0]
    assert {network.country_codes[network.node_country[network.head[arc]]] for arc in entering} == {"RUS"}
    assert shut(network, closed) == {"P-tokyo-P-vostochny", "rail:RUS-KAZ:moscow-oral", "rail:RUS-BLR:moscow-minsk"}
    for ends in (("JPN", "RUS"), ("RUS", "KAZ")):
        shipment = Shipment(origin_country=ends[0], destination_country=ends[1])
        assert not shut(network, closures(network, day, SelectorContext(), shipment))


def changes() -> st.SearchStrategy[Change]:
    """Closures, openings and capacities of countries, borders, links and straits."""
    pair = st.permutations(COUNTRIES).map(lambda names: f"border.{names[0]}-{names[1]}")
    selector = st.one_of(
        st.sampled_from(COUNTRIES).map(lambda name: f"country.{name}"),
        pair,
        st.integers(1, 10).flatmap(lambda n: st.sampled_from([f"link.RAIL{n}", f"link.ROAD{n}", f"service.SEA{n}"])),
        st.sampled_from(["strait.north", "strait.south"]),
    )
    action = st.sampled_from(["close", "close", "open", "capacity_factor", "cargo_ban", "no_transit"])

    def made(action: str, text: str, value: float, modes: tuple[str, ...]) -> Change:
        if action == "no_transit" and not text.startswith("country"):
            action = "close"
        return change(action, text, value=value if action == "capacity_factor" else None, modes=modes)

    return st.builds(
        made, action, selector, st.sampled_from([0.1, 0.9]), st.sampled_from([(), ("rail",), ("road", "sea")])
    )


@given(maps(), st.lists(changes(), max_size=5), changes())
@settings(max_examples=100, deadline=None)
def test_closing_one_thing_more_opens_nothing(drawn: Map, before: Sequence[Change], last: Change) -> None:
    if last.action == "open":
        return
    network = drawn.network()
    few = closures(network, on(DAY, *before), SelectorContext(), BOX).closure >= 0
    more = closures(network, on(DAY, *before, last), SelectorContext(), BOX).closure >= 0
    assert np.all(more[few])


@given(maps(), st.lists(changes(), max_size=4))
@settings(max_examples=100, deadline=None)
def test_closed_is_what_a_reading_one_arc_at_a_time_says(drawn: Map, wanted: Sequence[Change]) -> None:
    network = drawn.network()
    state = closures(network, on(DAY, *wanted), SelectorContext(), BOX)
    meant_by = [
        set(
            arcs_of(
                network,
                item.selectors[0],
                SelectorContext(),
                item.modes,
                "into" if item.action == "no_transit" else "both",
            ).tolist()
        )
        for item in wanted
    ]
    for arc in range(network.n_arcs):
        by_status = network.status[arc] != 0 or network.opened_day[arc] > DAY.toordinal()
        closed, built = by_status, not by_status
        for item, arcs in zip(wanted, meant_by, strict=True):
            meant = arc in arcs
            wide = item.selectors[0].kind in ("country", "border")
            if item.action == "open" and meant and (built or not wide):
                closed, built = False, True
            elif meant and item.action in ("close", "cargo_ban", "no_transit"):
                closed = True
            elif meant and item.action == "capacity_factor":
                strait = item.selectors[0].kind == "strait"
                closed = closed or (strait and item.value == 0.1 and network.kind_name(arc) == "lane")
        assert (state.closure[arc] >= 0) == closed


@given(maps(), st.lists(changes(), max_size=5))
@settings(max_examples=50, deadline=None)
def test_every_closure_named_closes_something_and_every_closed_arc_names_one(
    drawn: Map, wanted: Sequence[Change]
) -> None:
    state = closures(drawn.network(), on(DAY, *wanted), SelectorContext(), BOX)
    used = set(state.closure[state.closure >= 0].tolist())
    assert used == set(range(len(state.closures)))


# -- the built-in study ------------------------------------------------------------------------------------------------


def state_of(scenario: str = "base", as_of: str | None = None, shipment: Shipment = BOX, **options: object) -> State:
    resolved = resolve(
        study_map.study(),
        study_map.tables()["spans"],
        load_scenario(scenario, study_map.study()),
        as_of,
        namer=study_map.gazetteer().ids,
        **options,  # type: ignore[arg-type]
    )
    return closures(study_map.network(), resolved, study_map.context(), shipment)


def is_shut(state: State, selector: str) -> bool:
    network = study_map.network()
    arcs = arcs_of(network, parse_selector(selector), study_map.context())
    moving = arcs[network.mode[arcs] >= 0]
    assert len(moving)
    return bool(np.all(state.closure[moving] >= 0))


@pytest.mark.parametrize(
    ("selector", "day", "closed"),
    [
        ("service.SEA027", "2021-06-30", False),  # Japan-Vostochny, given up in March 2022
        ("service.SEA027", "2022-06-30", True),
        ("crossing.road:PAK-AFG:torkham", "2023-02-22", True),
        ("crossing.road:PAK-AFG:torkham", "2023-06-30", False),
        ("crossing.road:PAK-CHN:khunjerab", "2023-12-31", True),  # winter
        ("crossing.road:PAK-CHN:khunjerab", "2024-03-31", True),
        ("crossing.road:PAK-CHN:khunjerab", "2024-04-01", False),
        ("crossing.road:PAK-CHN:khunjerab", "2024-12-31", False),  # open all year since this month
        ("border.KGZ-TJK", "2024-12-31", True),
        ("border.KGZ-TJK", "2025-06-30", False),
        ("strait.hormuz", "2024-12-31", False),
        ("link.RAIL154", "2015-01-01", True),
        ("link.RAIL154", "2019-01-01", False),
    ],
)
def test_events_of_the_study_replay(selector: str, day: str, closed: bool) -> None:  # noqa: FBT001 - a table
    assert is_shut(state_of(as_of=day), selector) == closed


def test_lanes_leave_hormuz_and_the_red_sea_alone_when_little_passes() -> None:
    network = study_map.network()
    lanes = network.kind_name
    for day, strait, expected in (
        ("2024-12-31", "bab_el_mandeb", True),
        ("2023-06-30", "bab_el_mandeb", False),
        ("2026-03-15", "hormuz", True),
        ("2024-12-31", "hormuz", False),
    ):
        state = state_of(as_of=day)
        arcs = [
            arc
            for arc in arcs_of(network, Selector("strait", strait), study_map.context())
            if lanes(int(arc)) == "lane"
        ]
        assert bool(np.all(state.closure[arcs] >= 0)) == expected


def test_sanctions_do_not_close_iran_to_a_container() -> None:
    state = state_of()
    network = study_map.network()
    kinds = {closure.id for closure in state.closures if closure.kind == "event"}
    assert not kinds & {"us_iran_2018", "chab_waiver_2018", "rus_sanctions_2022", "rus_dualuse_2024"}
    oil = state_of(shipment=Shipment(commodity="crude_oil"))
    iran = arcs_of(network, Selector("country", "IRN"), study_map.context(), ("sea",))
    chabahar = arcs_of(network, Selector("port", "IRZBR"), study_map.context())
    barred = {int(arc) for arc in iran if oil.closure[arc] >= 0}
    assert barred
    assert not barred & set(chabahar.tolist()), "the waiver of 2018 holds for Chabahar"


@pytest.mark.parametrize("preset", preset_ids(study_map.study()))
def test_every_preset_is_understood_and_matches_links(preset: str) -> None:
    assert not [note for note in state_of(preset).notes if "matches no link" in note]


@pytest.mark.parametrize(
    ("preset", "opened"),
    [
        ("cku-rail", ["link.RAIL241", "link.RAIL242", "link.RAIL244", "crossing.rail:CHN-KGZ:torugart"]),
        ("trans-afghan-rail", ["link.RAIL306", "link.RAIL308", "crossing.rail:AFG-PAK:kharlachi"]),
        ("chabahar-zahedan-rail", ["link.RAIL288"]),
    ],
)
def test_railways_of_the_presets_are_opened_whole(preset: str, opened: Sequence[str]) -> None:
    for selector in opened:
        assert is_shut(state_of(), selector)
        assert not is_shut(state_of(preset), selector)


def test_closing_presets_close_and_leave_the_rest_as_it_was() -> None:
    base = state_of().closure >= 0
    for preset, selectors in (
        ("hormuz-closed", ["strait.hormuz"]),
        ("malacca-closed", ["strait.malacca"]),
        ("suez-closed", ["strait.suez", "strait.bab_el_mandeb"]),
        ("iran-closed", ["country.IRN"]),
    ):
        state = state_of(preset)
        for selector in selectors:
            assert is_shut(state, selector)
        meant = np.zeros(len(base), dtype=bool)
        for selector in selectors:
            meant[arcs_of(study_map.network(), parse_selector(selector), study_map.context())] = True
        assert np.array_equal(state.closure >= 0, base | meant)


def test_numbers_of_the_presets_reach_their_arcs() -> None:
    network, context = study_map.network(), study_map.context()
    for preset, component, quantity, value, links in (
        ("carec-half-time", "border", "hours", 0.5, {"rail:KAZ-CHN:dostyk", "road:AFG-UZB:hairatan"}),
        ("khorgos-double-time", "border", "hours", 2, {"rail:KAZ-CHN:altynkol", "road:KAZ-CHN:khorgos"}),
        ("caspian-double", "waiting", "sailings", 2, {"SEA001", "SEA005", "SEA017"}),
    ):
        resolved = resolve(study_map.study(), study_map.tables()["spans"], load_scenario(preset, study_map.study()))
        made = [item for item in modifiers(network, resolved, context, BOX) if item.change.startswith(preset)]
        assert [(item.kind, item.component, item.quantity, item.value) for item in made] == [
            ("scale", component, quantity, value)
        ]
        assert links <= {network.link_ids[link] for link in network.link[made[0].arcs]}


def test_names_on_the_command_line_are_understood() -> None:
    state = state_of(options=[("close", "crossing.khorgos"), ("close", "country.Iran.rail")])
    assert is_shut(state, "crossing.rail:KAZ-CHN:altynkol")
    assert is_shut(state, "crossing.road:KAZ-CHN:khorgos")
    assert is_shut(state, "link.RAIL287")
    assert not is_shut(state, "link.ROAD005")
