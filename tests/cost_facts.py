"""Facts of a few lines for a drawn map, and the costs they make."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from landbridge.costs.arccosts import ArcCosts, CostRequest, Entry
from landbridge.costs.build import arc_costs
from landbridge.costs.context import Context
from landbridge.costs.draft import Draft
from landbridge.costs.rates import Rates
from landbridge.facts.ledger import Number, number_from_cells
from landbridge.facts.package import Facts, facts_from
from landbridge.network.state import Closure, Modifier, State
from landbridge.network.topology import Network
from landbridge.schema.tables import tables
from maps import Map, draw

DAY = datetime.date(2024, 12, 31)

_CELLS = {
    "partner": "", "mode": "", "vehicle": "", "direction": "", "scope": "", "low": "", "high": "", "unit": "",
    "year": "2024", "from_date": "", "to_date": "", "money_year": "", "basis": "reported", "use": "model",
    "normal": "yes", "source": "book", "locator": "", "parents": "", "note": "",
}  # fmt: skip


def number(identifier: str, subject: str, quantity: str, value: float, **cells: Any) -> Number:
    """A number with every cell that is not given empty; money of 2024 unless said."""
    if quantity.endswith(("usd", "price", "price_fixed", "per_km", "value")) and "money_year" not in cells:
        cells["money_year"] = "2024"
    row = {**_CELLS, "id": identifier, "subject": subject, "quantity": quantity, "value": str(value)}
    return number_from_cells({**row, **{key: str(cell) for key, cell in cells.items()}})


#: One number of each kind, about the world: enough for every arc of a map to have a cost. Round, so that sums can be
#: done in the head.
WORLD: Mapping[str, Number] = {
    item.id: item
    for item in (
        number("speed.rail", "world", "haul_speed", 25, mode="rail", scope="daily"),
        number("speed.road", "world", "haul_speed", 50, mode="road", scope="daily"),
        number("speed.sea", "world", "haul_speed", 20, mode="sea", scope="daily"),
        number("speed.ferry", "world", "haul_speed", 10, mode="ferry", scope="daily"),
        number("price.rail", "world", "haul_price", 0.5, mode="rail", vehicle="teu", scope="line"),
        number("price.road", "world", "haul_price", 2, mode="road", vehicle="truck20t", scope="line"),
        number("sea.fixed", "world", "ocean_price_fixed", 200, mode="sea", vehicle="teu"),
        number("sea.per_km", "world", "ocean_price_per_km", 0.1, mode="sea", vehicle="teu"),
        number("ferry.fixed", "world", "ocean_price_fixed", 100, mode="ferry", vehicle="teu"),
        number("ferry.per_km", "world", "ocean_price_per_km", 1, mode="ferry", vehicle="teu"),
        number("border.rail", "world", "crossing_hours", 24, mode="rail", scope="full"),
        number("border.road", "world", "crossing_hours", 12, mode="road", scope="full"),
        number("border.ferry", "world", "crossing_hours", 6, mode="ferry", scope="full"),
        number("border.rail.usd", "world", "crossing_usd", 150, mode="rail", vehicle="teu", scope="full"),
        number("border.road.usd", "world", "crossing_usd", 90, mode="road", vehicle="truck20t", scope="full"),
        number("border.ferry.usd", "world", "crossing_usd", 50, mode="ferry", vehicle="truck20t", scope="full"),
        number("gauge.hours", "world", "gauge_change_hours", 20),
        number("gauge.usd", "world", "gauge_change_usd", 130, vehicle="teu"),
        number("transfer.hours", "world", "transfer_hours", 10),
        number("transfer.usd", "world", "transfer_usd", 70, vehicle="teu"),
        number("dwell.import", "world", "dwell_hours", 96, scope="import"),
        number("dwell.export", "world", "dwell_hours", 72, scope="export"),
        number("dwell.transit", "world", "dwell_hours", 120, scope="transit"),
        number("dwell.transship", "world", "dwell_hours", 100, scope="transship"),
        number("handling", "world", "handling_usd", 160, vehicle="teu"),
        number("transship", "world", "transship_usd", 240, vehicle="teu", mode="sea"),
        number("forwarding", "world", "fee_usd", 300, vehicle="teu", scope="forwarding"),
        number("interval.train", "world", "departure_interval_hours", 84, mode="rail", scope="train"),
        number("interval.ship", "world", "departure_interval_hours", 168, mode="sea", scope="sailing"),
        number("value.teu", "unit:teu", "cargo_value", 48_000, scope="middle"),
        number("value.teu.high", "unit:teu", "cargo_value", 96_000, scope="high"),
        number("value.feu", "unit:feu", "cargo_value", 80_000, scope="middle"),
        number("value.truck", "unit:truck20t", "cargo_value", 80_000, scope="middle"),
        number("value.wagon", "unit:wagon", "cargo_value", 240_000, scope="middle"),
        number("value.tonne", "unit:tonne", "cargo_value", 4_000, scope="middle"),
        number("share", "world", "time_value_share", 0.5),
        number("tonnes.teu", "unit:teu", "cargo_tonnes", 10),
        number("tonnes.feu", "unit:feu", "cargo_tonnes", 20),
        number("tonnes.truck", "unit:truck20t", "cargo_tonnes", 20),
        number("tonnes.wagon", "unit:wagon", "cargo_tonnes", 60),
        number("tonnes.tonne", "unit:tonne", "cargo_tonnes", 1),
        *(
            number(f"co2.{mode}.{scope}", "world", "co2_intensity", value, mode=mode, vehicle="tonne", scope=scope)
            for mode, values in {"rail": (24, 8), "road": (80, 60), "sea": (10, 8), "ferry": (120, 100)}.items()
            for scope, value in zip(("wtw", "ttw"), values, strict=True)
        ),
        number("co2.lift.wtw", "world", "co2_handling", 6, vehicle="teu", scope="wtw"),
        number("co2.lift.ttw", "world", "co2_handling", 4, vehicle="teu", scope="ttw"),
        *(
            number(f"sigma.{scope}", "world", "spread_sigma", 0.4, scope=scope)
            for scope in ("border", "haul", "port", "gauge_change", "transfer", "waiting")
        ),
        number("correlation", "world", "country_correlation", 0.4),
        *(
            number(f"factor.{kind}.{mode}.{unit}", f"unit:{unit}", "unit_factor", value, partner=f"unit:{other}",
                   mode=mode, scope=kind)
            for kind, mode, unit, other, value in (
                ("price", "rail", "feu", "teu", 1.5), ("price", "rail", "wagon", "teu", 2.5),
                ("price", "rail", "tonne", "teu", 0.05), ("price", "rail", "truck20t", "teu", 1.6),
                ("price", "road", "teu", "truck20t", 0.7), ("price", "road", "feu", "truck20t", 1),
                ("price", "road", "tonne", "truck20t", 0.05),
                ("price", "sea", "feu", "teu", 1.6), ("price", "sea", "tonne", "teu", 0.05),
                ("price", "ferry", "feu", "teu", 2), ("price", "ferry", "truck20t", "teu", 1.9),
                ("price", "ferry", "wagon", "teu", 1.2), ("price", "ferry", "tonne", "teu", 0.05),
                ("border", "rail", "feu", "teu", 1.4), ("border", "rail", "wagon", "teu", 2),
                ("border", "rail", "tonne", "teu", 0.05), ("border", "rail", "truck20t", "teu", 1),
                ("border", "road", "teu", "truck20t", 1), ("border", "road", "feu", "truck20t", 1),
                ("border", "road", "tonne", "truck20t", 0.05), ("border", "ferry", "teu", "truck20t", 1),
                ("border", "ferry", "wagon", "truck20t", 3), ("border", "ferry", "feu", "truck20t", 1),
                ("border", "ferry", "tonne", "truck20t", 0.05),
                ("handling", "", "feu", "teu", 1.5), ("handling", "", "wagon", "teu", 2),
                ("handling", "", "truck20t", "teu", 1), ("handling", "", "tonne", "teu", 0.05),
            )
        ),
        *(
            number(f"us_cpi.{year}", "series:us_cpi", "price_index", value, year=year)
            for year, value in {2014: 80, 2019: 90, 2023: 96, 2024: 100, 2025: 103}.items()
        ),
    )
}  # fmt: skip


def facts_of(drawn: Map, numbers: Iterable[Number] = WORLD.values(), **more: Sequence[Mapping[str, Any]]) -> Facts:
    """Facts in memory: the tables of the map, other tables by name, and the numbers.

    A row of ``more`` with an id that the map has adds its cells to that row.
    """
    rows = {name: [dict(row) for row in listed] for name, listed in drawn.rows.items()}
    for name, extra in more.items():
        known = {row["id"]: row for row in rows.setdefault(name, [])}
        for row in extra:
            known[row["id"]].update(row) if row["id"] in known else rows[name].append(dict(row))
    return facts_from(numbers, {name: _csv(name, listed) for name, listed in rows.items()}, digest="test")


def _csv(name: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    columns = [column.name for column in tables()[name]]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def no_state(network: Network) -> State:
    """Everything is open."""
    return State(np.full(network.n_arcs, -1, dtype=np.int32), ())


def shut(network: Network, arcs: Sequence[int], kind: str = "event") -> State:
    """These arcs are closed by one event."""
    closure = np.full(network.n_arcs, -1, dtype=np.int32)
    closure[list(arcs)] = 0
    return State(closure, (Closure("test-event", "shut for the test", kind),))  # type: ignore[arg-type]


def request(cargo: str = "teu", value: str = "middle", as_of: datetime.date = DAY, **more: Any) -> CostRequest:
    return CostRequest(cargo, value, as_of, **{"money_year": 2024, **more})  # type: ignore[arg-type]


def costs_of(
    text: str | Map,
    numbers: Mapping[str, Number] = WORLD,
    *,
    ask: CostRequest | None = None,
    state: State | None = None,
    modifiers: Sequence[Modifier] = (),
    network: Network | None = None,
    **more: Sequence[Mapping[str, Any]],
) -> ArcCosts:
    """Costs of a drawn map."""
    drawn = draw(text) if isinstance(text, str) else text
    built = network or drawn.network()
    facts = facts_of(drawn, numbers.values(), **more)
    return arc_costs(built, facts, ask or request(), state or no_state(built), modifiers)


def context_of(text: str, numbers: Mapping[str, Number] = WORLD, ask: CostRequest | None = None) -> Context:
    """What the modules of the costs share, for a drawn map."""
    drawn = draw(text)
    network = drawn.network()
    asked = ask or request()
    return Context(network, asked, Rates(facts_of(drawn, numbers.values()), asked), Draft(network))


def with_(*numbers: Number, without: Iterable[str] = (), base: Mapping[str, Number] = WORLD) -> dict[str, Number]:
    """The numbers of the world and these, less some."""
    kept = {key: item for key, item in base.items() if key not in set(without)}
    return {**kept, **{item.id: item for item in numbers}}


def arc_of(costs: ArcCosts, start: str, end: str, link: str = "") -> int:
    """The arc between two nodes whose keys start with these texts."""
    network = costs.network
    found = [
        arc
        for arc in range(network.n_arcs)
        if network.node_key[network.tail[arc]].startswith(start)
        and network.node_key[network.head[arc]].startswith(end)
        and (not link or network.link_ids[network.link[arc]] == link)
    ]
    assert len(found) == 1, (start, end, [network.node_key[network.tail[arc]] for arc in found])
    return found[0]


def parts(costs: ArcCosts, arc: int) -> list[tuple[Entry, float]]:
    """Entries and amounts of an arc."""
    first, last = costs.first[arc], costs.first[arc + 1]
    return [(costs.entries[costs.entry[i]], float(costs.amount[i])) for i in range(first, last)]


def amounts(costs: ArcCosts, arc: int, measure: str = "usd") -> dict[str, float]:
    """Component -> sum of an arc in one measure."""
    found: dict[str, float] = {}
    for entry, amount in parts(costs, arc):
        if entry.measure == measure:
            found[entry.component] = found.get(entry.component, 0.0) + amount
    return found


def entry_of(costs: ArcCosts, arc: int, component: str, measure: str) -> Entry:
    """The only entry of a component in a measure."""
    found = [entry for entry, _ in parts(costs, arc) if (entry.component, entry.measure) == (component, measure)]
    assert len(found) == 1, found
    return found[0]


def reason(costs: ArcCosts, arc: int) -> str:
    """Why an arc is closed; empty for an open one."""
    at = int(costs.closure[arc])
    return costs.closures[at].reason if at >= 0 else ""


#: Rail with a border inside a link, a border point where the gauge changes, road, two ports with a lane and land.
LAND_AND_SEA = """
tokyo(JPN) ~2000~ shanghai(CHN)
shanghai(CHN) #4000# urumqi(CHN)
urumqi(CHN) #500# @gate(KAZ|CHN)
@gate(KAZ|CHN) =870= almaty(KAZ)
almaty(KAZ) =1000|= tashkent(UZB)
almaty(KAZ) -300- bishkek(KAZ)
almaty(KAZ) -1100|- tashkent(UZB)
aktau(KAZ) ~400 ferry~ baku(AZE)
almaty(KAZ) =3000= aktau(KAZ)
"""
