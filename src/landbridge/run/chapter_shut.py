"""Chapter "What if it shuts": every crossing, border, port, strait, country and link closed in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from landbridge.io.polyline import cut_at_date_line
from landbridge.models.closures import WeightedPair, pairs_of, with_effect
from landbridge.result.closures import ClosureRow, ClosureTable
from landbridge.result.report import (
    Cell,
    Chapter,
    Column,
    Dot,
    DotChart,
    Figure,
    MapData,
    MapLine,
    MapPoint,
    Part,
    Sentence,
    Table,
)
from landbridge.run.ask_closures import ASSUMED_USE, ask_closures, ask_recovery, close_things, things_of
from landbridge.run.credits import credits_of
from landbridge.run.other_costs import OtherCosts
from landbridge.run.session import Session
from landbridge.scenario import Resolved
from landbridge.schema.words import Objective, What

CHAPTER: Final = "what-if-it-shuts"
#: Kinds of closure in the order of the chapter, with what one is called.
KINDS: Final[tuple[tuple[What, str], ...]] = (
    ("countries", "country"),
    ("borders", "border"),
    ("crossings", "crossing"),
    ("ports", "port"),
    ("straits", "strait"),
    ("links", "link"),
)
#: Rows of a table of links in the report.
SHOWN: Final = 25
#: So many of the worst crossings are shut two at a time, and asked how they recover.
WORST: Final = 6
#: Length of the closure whose recovery is shown.
CLOSED_DAYS: Final = 14.0

Step = Callable[[str], None]


def shut_chapter(
    session: Session,
    pairs: Sequence[WeightedPair],
    costs: OtherCosts,
    resolved: Resolved,
    *,
    by: Objective = "cost",
    step: Step = lambda _: None,
) -> Chapter:
    """Tables of all closures, the worst two at a time, how long they hurt, and a map of what hurts most."""
    tables: dict[str, ClosureTable] = {}
    for what, _ in KINDS:
        step(f"closing {what}")
        found = ask_closures(session, what, pairs=pairs, by=by, resolved=resolved, costs=costs)
        tables[what] = with_effect(found)
    parts: list[Part] = [_map(session, tables), _chart(tables)]
    parts += [_table(what, one, tables[what]) for what, one in KINDS]
    worst = [row.id for row in tables["crossings"].rows[:WORST]]
    if len(worst) > 1:
        chosen = things_of(session, "crossings", worst)
        joint = close_things(
            session, "pairs of crossings", pairs_of(chosen), pairs=pairs, by=by, resolved=resolved, costs=costs
        )
        parts.append(_joint(tables["crossings"], joint))
    if worst:
        parts.append(_recovery(session, tables["crossings"].rows[:WORST], resolved))
    return Chapter(CHAPTER, "What if it shuts", tuple(_lead(tables)), tuple(parts))


def _outside(row: ClosureRow) -> bool:
    """Whether the closure is more than the loss of an end of the pairs it concerns."""
    return row.exposed_pairs > row.inside_pairs


def _lead(tables: dict[str, ClosureTable]) -> list[Sentence]:
    sentences = []
    for what, one in KINDS[:-1]:
        rows = [row for row in tables[what].rows if _outside(row)]
        hurting = [row for row in rows if row.mean_extra_cost is not None]
        if not hurting:
            if not rows:
                sentences.append(Sentence(f"No best way hangs on a single {one}."))
            continue
        worst = max(hurting, key=lambda row: (row.cut_off_pairs - row.inside_pairs, row.mean_extra_cost or 0.0, row.id))
        values = {
            "name": Figure(worst.name),
            "usd": Figure(worst.mean_extra_cost or 0.0, "number", 0, CHAPTER),
            "days": Figure(worst.mean_extra_hours or 0.0, "days", 1),
            "cut": Figure(worst.cut_off_pairs - worst.inside_pairs, "number"),
            "inside": Figure(worst.inside_pairs, "number"),
        }
        text = (
            f"The {one} whose closure hurts most is {{name}}: the mean pair that still has a way pays USD {{usd}} "
            "more, with the value of time, and takes {days} days longer"
        )
        if worst.cut_off_pairs > worst.inside_pairs:
            text += "; {cut} pairs are cut off"
        if worst.inside_pairs:
            text += "; {inside} that start or end there are lost"
        sentences.append(Sentence(text + ".", values))
    return [*sentences, *_exposure_is_not_loss(tables)]


def _exposure_is_not_loss(tables: dict[str, ClosureTable]) -> list[Sentence]:
    """The thing that most traffic passes and that is nevertheless easiest to go round."""
    rows = [
        row
        for what in ("straits", "crossings", "borders")
        for row in tables[what].rows
        if row.exposed_share >= 0.5 and not row.cut_off_pairs
    ]
    if not rows:
        return []
    easy = min(rows, key=lambda row: (row.loss_share, row.id))
    return [
        Sentence(
            "Exposure is not loss: {share} of the traffic passes {name}, and without it all pay only {loss} more.",
            {
                "name": Figure(easy.name),
                "share": Figure(easy.exposed_share, "share"),
                "loss": Figure(easy.loss_share, "share", 1),
            },
        )
    ]


_COLUMNS: Final = (
    Column("cost", "more cost with time", "USD a unit", "number"),
    Column("hours", "more time", "days", "days", 1),
    Column("usd", "more to pay", "USD a unit", "number"),
    Column("cut_off", "pairs cut off", kind="number"),
    Column("inside", "of these, ends inside", kind="number"),
    Column("exposed", "traffic that passes it", "%", "share"),
    Column("paid", "cost incurred on it", "%", "share", 1),
    Column("loss", "loss after going round", "%", "share", 1),
)


def _cells(row: ClosureRow) -> tuple[Cell, ...]:
    return (
        row.mean_extra_cost,
        row.mean_extra_hours,
        row.mean_extra_usd,
        row.cut_off_pairs,
        row.inside_pairs,
        row.exposed_share,
        row.cost_share,
        row.loss_share,
    )


#: Said once, below the first table.
_MEANS: Final = (
    "Means over the pairs that still have a way, whether they used it or not. Traffic, cost and loss are shares of all "
    "pairs; what no best way uses is left out. So in all tables of this chapter."
)


def _table(what: What, one: str, table: ClosureTable) -> Table:
    rows = tuple((row.name, row.id, *_cells(row)) for row in table.rows[:SHOWN])
    notes = [_MEANS] if what == KINDS[0][0] else []
    if len(table.rows) > SHOWN:
        notes.append(f"The worst {SHOWN} of {len(table.rows)}.")
    columns = (Column("name", one), Column("id", "id"), *_COLUMNS)
    return Table(f"close-{what}", f"If one {one} shuts", columns, rows, " ".join(notes))


def _joint(single: ClosureTable, joint: ClosureTable) -> Table:
    alone = {row.id: row for row in single.rows}
    rows: list[tuple[Cell, ...]] = []
    for row in joint.rows:
        parts = [alone[part] for part in row.id.split(" + ")]
        beyond = row.loss_share - sum(part.loss_share for part in parts)
        rows.append((row.name, *_cells(row), beyond if not row.cut_off_pairs else None))
    note = "Beyond both alone: loss of both together less the losses of each; above 0 each is the other's way round."
    columns = (Column("name", "crossings"), *_COLUMNS, Column("beyond", "beyond both alone", "%", "signed_share", 1))
    return Table("close-two", "If two of the worst crossings shut at once", columns, tuple(rows), note)


def _recovery(session: Session, worst: Sequence[ClosureRow], resolved: Resolved) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for row in worst:
        queue, pairs = ask_recovery(session, row, CLOSED_DAYS, resolved=resolved)
        for pair in pairs:
            rows.append(
                (
                    row.name,
                    pair.pair,
                    pair.lead_days * 24,
                    None if queue.clear_after_days is None else queue.clear_after_days * 24,
                    queue.capacity_per_day,
                    queue.capacity_unit or None,
                    queue.waiting_at_reopening,
                    pair.under_way_delay_days * 24,
                    None if pair.extra_days_round is None else pair.extra_days_round * 24,
                    pair.departure_delay_days * 24,
                    None if pair.go_round is None else pair.go_round[1] * 24,
                )
            )
    columns = (
        Column("name", "crossing"),
        Column("pair", "pair"),
        Column("lead", "way to it", "days", "days", 1),
        Column("clear", "queue gone after", "days", "days", 0),
        Column("capacity", "it can pass a day", kind="number"),
        Column("unit", "unit"),
        Column("waiting", "waiting when it opens", kind="number"),
        Column("under_way", "mean delay under way", "days", "days", 1),
        Column("round", "way round longer by", "days", "days", 1),
        Column("departing", "mean delay of later departures", "days", "days", 1),
        Column("until", "they go round until day", "days", "days", 0),
    )
    note = (
        f"Closed {CLOSED_DAYS:.0f} days. Rule: a queue in order of arrival; {ASSUMED_USE:.0%} of what it can pass is "
        "taken on a normal day (assumed). Who has not left yet takes the shorter of waiting and going round, where "
        "room is taken for granted. Empty: not known, or no way round."
    )
    return Table("recovery", f"A closure of {CLOSED_DAYS:.0f} days and what follows", columns, tuple(rows), note)


def _chart(tables: dict[str, ClosureTable]) -> DotChart:
    dots = []
    for what, one in KINDS[:-1]:
        rows = [row for row in tables[what].rows if _outside(row) and row.mean_extra_cost]
        for row in sorted(rows, key=lambda row: (-(row.mean_extra_cost or 0.0), row.id))[:8]:
            dots.append(Dot(row.name, row.mean_extra_cost or 0.0, group=f"if one {one} shuts"))
    return DotChart(
        "loss", "What a closure costs the mean pair", "USD a unit more, with the value of time", tuple(dots)
    )


# --- map ------------------------------------------------------------------------------------------------------------


def _map(session: Session, tables: dict[str, ClosureTable]) -> MapData:
    """Links that matter, the worst ten strong and numbered; crossings, ports and straits that matter."""
    lines = []
    for number, row in enumerate(tables["links"].rows, start=1):
        line = _line(session, row, number)
        if line is not None:
            lines.append(line)
    points = [
        point
        for what, kind in (("crossings", "crossing"), ("ports", "port"))
        for row in tables[what].rows
        if (point := _point(session, what, kind, row)) is not None
    ]
    study = session.study
    return MapData(
        id="criticality",
        title="What the best ways hang on: links by what their closure costs, worst first",
        lines=tuple(lines),
        points=tuple(points),
        shaded=study.region.countries,
        attributions=credits_of({line.mode for line in lines}),
        strong="the ten worst",
    )


def _line(session: Session, row: ClosureRow, number: int) -> MapLine | None:
    network = session.network
    arcs = [arc for arc in range(network.n_arcs) if network.link_ids[network.link[arc]] == row.id]
    moving = [arc for arc in arcs if network.mode[arc] >= 0 and network.direction[arc] >= 0]
    if not moving:
        return None
    shape = session.shapes.get(row.id)
    ends = (int(network.tail[moving[0]]), int(network.head[moving[-1]]))
    points = shape or tuple((float(network.node_lat[node]), float(network.node_lon[node])) for node in ends)
    pieces = cut_at_date_line([lat for lat, _ in points], [lon for _, lon in points])
    if not pieces:
        return None
    title = f"{row.name}: {row.mean_extra_cost:,.0f} USD a unit more" if row.mean_extra_cost is not None else row.name
    worst = number <= 10
    return MapLine(
        network.mode_name(moving[0]),
        tuple(tuple(zip(lat.tolist(), lon.tolist(), strict=True)) for lat, lon in pieces),
        assumed=shape is None,
        title=title,
        number=number if worst else 0,
        strong=worst,
    )


def _point(session: Session, table: str, kind: str, row: ClosureRow) -> MapPoint | None:
    for cells in session.facts.rows(table):
        if cells["id"] == row.id:
            extra = row.mean_extra_cost
            note = "cuts off" if extra is None else f"{extra:,.0f} USD a unit more if it shuts"
            return MapPoint(row.name, kind, float(cells["lat"]), float(cells["lon"]), note=note)
    return None
