"""Commands on bare networks: skims, reach, accessibility, criticality; of a study, of the world, of a TNTP file."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landbridge.cli.options import (
    BUILT_IN,
    AsOf,
    By,
    Cargo,
    Close,
    Json,
    Open,
    Scale,
    ScenarioName,
    Set,
    Study,
    Value,
)
from landbridge.cli.world import console, note, open_world, print_json
from landbridge.schema.words import Choice, What

if TYPE_CHECKING:
    from landbridge.models.wires import Wire
    from landbridge.result.report import Table
    from landbridge.run.net import Net, Trips


#: Work that takes no longer shows no progress.
PATIENCE_SECONDS = 5.0

NetName = Annotated[
    str, typer.Argument(metavar="NET", help="'study', 'world', or a *_net.tntp file (at free-flow cost).")
]
Threads = Annotated[int, typer.Option(metavar="N", min=1, max=64, help="Threads.")]


def skim(
    ctx: typer.Context,
    net: NetName,
    origins: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="PLACE", help="Rows of the matrix. Repeatable; every place if none is given."),
    ] = None,
    destinations: Annotated[
        list[str] | None, typer.Option("--to", metavar="PLACE", help="Columns. Repeatable; the rows if none is given.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help="Write the pairs as .csv or .parquet instead of showing them."
        ),
    ] = None,
    threads: Threads = 2,
    cargo: Cargo = None,
    value: Value = None,
    by: By = "cost",
    as_of: AsOf = None,
    scenario: ScenarioName = None,
    close: Close = None,
    open_: Open = None,
    set_: Set = None,
    scale: Scale = None,
    study: Study = BUILT_IN,
    json: Json = False,
) -> None:
    """Least costs between many places, with hours, USD, CO2 and kilometres along the same ways."""
    found = _open(ctx, net, study, scenario, as_of, cargo, value, by)
    from landbridge.models.skims import skim_table

    rows = [found.zone(text) for text in origins] if origins else list(found.zones)
    columns = [found.zone(text) for text in destinations] if destinations else rows
    table = skim_table(found.wires, rows, columns, threads=threads)
    from landbridge.views.nets import skim_view

    view = skim_view(found.unit, found.names, table.origins, table.destinations, table.weight, table.attributes)
    if out is not None:
        from landbridge.run.net import write_view

        write_view(view, out)
        note(f"{len(view.rows):,} pairs in {out}")
    elif json:
        keys = [column.key for column in view.columns]
        pairs = [dict(zip(keys, row, strict=True)) for row in view.rows]
        print_json({"net": found.title, "by": by, "unit": found.unit, "pairs": pairs})
    else:
        _show(view)


def reach(
    ctx: typer.Context,
    net: NetName,
    origin: Annotated[str, typer.Argument(metavar="ORIGIN", help="Where from: a place, or a node of the file.")],
    within: Annotated[
        float, typer.Option("--within", metavar="LIMIT", min=0, help="In the unit of --by: USD, hours, kg CO2.")
    ],
    cargo: Cargo = None,
    value: Value = None,
    by: By = "cost",
    as_of: AsOf = None,
    scenario: ScenarioName = None,
    close: Close = None,
    open_: Open = None,
    set_: Set = None,
    scale: Scale = None,
    study: Study = BUILT_IN,
    json: Json = False,
) -> None:
    """What can be reached from a place within a limit of cost, time, money or CO2, nearest first."""
    found = _open(ctx, net, study, scenario, as_of, cargo, value, by)
    from landbridge.models.skims import within_reach

    start = found.zone(origin)
    reached = within_reach(found.wires, start, within if math.isfinite(within) else math.inf)
    if json:
        places = [
            {"place": item.zone, "name": found.names.get(item.zone, item.zone), by: item.weight, **item.attributes}
            for item in reached
        ]
        print_json({"net": found.title, "origin": start, "by": by, "unit": found.unit, "places": places})
        return
    from landbridge.views.nets import reach_view

    rows = [(item.zone, item.weight, item.attributes) for item in reached]
    _show(reach_view(found.unit, found.names, start, within, rows))


def access(
    ctx: typer.Context,
    net: NetName,
    within: Annotated[
        float, typer.Option("--within", metavar="LIMIT", help="In the unit of --by: USD, hours, kg CO2.")
    ],
    half: Annotated[
        float | None,
        typer.Option(
            metavar="COST",
            help="With gravity, what is this far away counts half, twice as far a quarter. LIMIT if not given.",
            show_default=False,
        ),
    ] = None,
    mass: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What is wanted where: a table (.csv, .xlsx) with place, mass; or a *_trips.tntp file: the trips that "
            "end in each zone. The people of the places of the study or the world if none is given.",
            show_default=False,
        ),
    ] = None,
    origins: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="PLACE", help="Places asked of. Repeatable; every place if none is given."),
    ] = None,
    top: Annotated[int, typer.Option(metavar="N", min=1, help="Rows of the table; --json has all.")] = 20,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write all rows as .csv or .parquet.")
    ] = None,
    threads: Threads = 2,
    cargo: Cargo = None,
    value: Value = None,
    by: By = "cost",
    as_of: AsOf = None,
    scenario: ScenarioName = None,
    close: Close = None,
    open_: Open = None,
    set_: Set = None,
    scale: Scale = None,
    study: Study = BUILT_IN,
    json: Json = False,
) -> None:
    """How many people (or trips, or what a file says) each place reaches: within a limit, by gravity, the nearest."""
    _check_positive({"--within": within, "--half": half})
    found = _open(ctx, net, study, scenario, as_of, cargo, value, by)
    from landbridge.models.accessibility import accessibility
    from landbridge.run.net import masses_of, write_view
    from landbridge.views.nets import access_view

    wanted = masses_of(found, mass)
    zones = list(dict.fromkeys(found.zone(text) for text in origins)) if origins else list(found.zones)
    decay = within if half is None else half
    result = accessibility(found.wires, zones, wanted.mass, within, decay, threads=threads)
    rows = result.to_json(found.names)
    if json:
        content = {"net": found.title, "by": by, "unit": found.unit, "limit": within, "half": decay}
        print_json({**content, "wanted": wanted.what, "note": wanted.note, "places": rows})
        return
    shown = rows if out is not None else rows[:top]
    view = access_view(found.title, found.unit, within, decay, wanted.what, wanted.note, shown, len(rows))
    if out is None:
        _show(view)
        return
    write_view(view, out)
    note(f"{len(view.rows):,} places in {out}")


def critical(
    ctx: typer.Context,
    net: NetName,
    trips: Annotated[
        list[str] | None,
        typer.Option(
            "--trips",
            metavar="FILE|A:B|all",
            help="Demand: a *_trips.tntp file; for the study or the world a CSV with origin, destination[, weight], "
            "ORIGIN:DESTINATION, or 'all' for one unit between every two places (up to 1,000). Repeatable; the study's "
            "pairs if none is given.",
        ),
    ] = None,
    what: Annotated[What, typer.Option(help="What closes, one after the other.")] = "links",
    top: Annotated[int, typer.Option(metavar="N", min=1, help="Rows of the table; --json has all.")] = 20,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Write all rows with all measures as .csv or .parquet."),
    ] = None,
    choice: Annotated[
        Choice,
        typer.Option(
            help="How demand finds its way. 'shortest': all on the least. 'logit': spread over the ways listed for a "
            "pair, in proportion to exp(-theta x cost); 'delta_total' is then the rise of the expected least cost "
            "(logsum) times the volume, over pairs that keep a way."
        ),
    ] = "shortest",
    theta: Annotated[
        float | None,
        typer.Option(
            metavar="X",
            help="With logit: how much cost counts, per unit of --by. Without it a way dearer by a tenth of the mean "
            "cost of the demand is taken by one where ten take the best (assumed).",
            show_default=False,
        ),
    ] = None,
    routes: Annotated[
        int | None,
        typer.Option(
            metavar="K",
            min=1,
            max=20,
            help="With logit: ways listed per pair, at most.  [default: 5]",
            show_default=False,
        ),
    ] = None,
    threads: Threads = 2,
    cargo: Cargo = None,
    value: Value = None,
    by: By = "cost",
    as_of: AsOf = None,
    scenario: ScenarioName = None,
    close: Close = None,
    open_: Open = None,
    set_: Set = None,
    scale: Scale = None,
    study: Study = BUILT_IN,
    json: Json = False,
) -> None:
    """Close every link (or crossing, port, strait ...) in turn: extra cost and cut-off demand of all pairs, exact."""
    _check_choice(choice, theta, routes)
    found = _open(ctx, net, study, scenario, as_of, cargo, value, by)
    from landbridge.run.net import things_of_net

    demand = _demand(found, trips or [])
    things = things_of_net(found, what)
    progress = _parts_done(len(demand.volume), len(things))
    result = (
        _closed_by_choice(found, things, demand, theta, routes, threads, progress)
        if choice == "logit"
        else _closed(found, things, demand, threads, progress)
    )
    if json:
        print_json(result.content)
        return
    if out is None:
        _show(result.view(top))
        return
    from landbridge.run.net import write_view

    view = result.view(len(things))
    write_view(view, out)
    note(f"{len(view.rows):,} closures in {out}")


@dataclass(frozen=True)
class _Closed:
    """The answer of ``net critical``: for programs, and as a table of so many rows."""

    content: dict[str, Any]
    view: Callable[[int], Table]


def _closed(net: Net, things: Sequence[Wire], demand: Trips, threads: int, progress: Callable[[int], None]) -> _Closed:
    from landbridge.models.criticality import criticality
    from landbridge.views.nets import critical_view

    result = criticality(
        net.wires, things, demand.origin, demand.destination, demand.volume, threads=threads, progress=progress
    )
    content = result.to_json()
    measured = {name: [float(values[i]) for i in result.order] for name, values in result.measures()._asdict().items()}
    return _Closed(content, lambda top: critical_view(net.title, net.unit, content, measured, top))


def _closed_by_choice(
    net: Net,
    things: Sequence[Wire],
    demand: Trips,
    theta: float | None,
    routes: int | None,
    threads: int,
    progress: Callable[[int], None],
) -> _Closed:
    from landbridge.models.choice import ROUTES, choice_criticality
    from landbridge.run.net import anchors_of_net
    from landbridge.views.nets import choice_view

    result = choice_criticality(
        net.wires,
        things,
        demand.origin,
        demand.destination,
        demand.volume,
        anchors_of_net(net),
        theta=theta,
        routes=routes or ROUTES,
        threads=threads,
        progress=progress,
    )
    note(
        f"Logit with theta {result.theta:.4g} per unit of cost ({net.unit}); {result.routes:.1f} ways listed per pair."
    )
    content = result.to_json()
    measured = {name: [float(values[i]) for i in result.order] for name, values in result.measures().items()}
    return _Closed(content, lambda top: choice_view(net.title, net.unit, content, measured, top))


def _check_choice(choice: Choice, theta: float | None, routes: int | None) -> None:
    from landbridge.schema.errors import BadRequest, Finding

    options = (("--theta", theta), ("--routes", routes))
    findings = [
        Finding(name, f"{given:g}", "It belongs to '--choice logit'.")
        for name, given in options
        if given is not None and choice != "logit"
    ]
    if findings:
        raise BadRequest("This choice cannot be made", findings)
    _check_positive({"--theta": theta})


def _check_positive(options: Mapping[str, float | None]) -> None:
    from landbridge.schema.errors import BadRequest, Finding

    findings = [
        Finding(name, f"{given:g}", "Give a number greater than 0.")
        for name, given in options.items()
        if given is not None and not (math.isfinite(given) and given > 0)
    ]
    if findings:
        raise BadRequest("These options cannot be used", findings)


def _parts_done(pairs: int, closures: int) -> Callable[[int], None]:
    """Says how far long work is: nothing for what takes a few seconds."""
    started = time.monotonic()
    done = 0

    def progress(parts: int) -> None:
        nonlocal done
        done += 1
        seconds = time.monotonic() - started
        if seconds > PATIENCE_SECONDS and done < parts:
            left = seconds * (parts - done) / done
            note(f"{closures:,} closures, {pairs:,} pairs: {done} of {parts} parts done, about {left:.0f} s to go")

    return progress


def _open(
    ctx: typer.Context,
    net: str,
    study: str,
    scenario: str | None,
    as_of: str | None,
    cargo: Any,
    value: Any,
    by: Any,
) -> Net:
    from landbridge.run.net import net_of_file, net_of_session
    from landbridge.schema.errors import BadRequest, Finding

    if net not in ("study", "world"):
        if not net.endswith(".tntp"):
            finding = Finding("NET", f"'{net}'", "Give 'study', 'world' or the path of a *_net.tntp file.")
            raise BadRequest("No such network", [finding])
        return net_of_file(Path(net))
    session, resolved = open_world(ctx, study, scenario, as_of)
    if net == "world":
        from landbridge.run.world_session import open_world as open_whole_world

        session = open_whole_world(session)
    return net_of_session(
        session,
        cargo=cargo or session.study.cargo.default,
        value=value or session.study.cargo.value,
        by=by,
        resolved=resolved,
        title=net,
    )


def _demand(net: Net, texts: list[str]) -> Trips:
    from landbridge.run.net import all_pairs, trips_of_file, trips_of_pairs
    from landbridge.schema.errors import BadRequest, Finding

    if net.session is None:
        if len(texts) != 1:
            finding = Finding("--trips", "none" if not texts else f"{len(texts)} given", "Give one *_trips.tntp file.")
            raise BadRequest("A network file needs a trip file", [finding])
        return trips_of_file(net, Path(texts[0]))
    if texts == ["all"]:
        return all_pairs(net.zones)
    from landbridge.run.ask_pairs import ask_pairs

    return trips_of_pairs(net, ask_pairs(net.session, texts))


def _show(view: Any) -> None:
    from landbridge.views.terminal import show_table

    show_table(console(), view)
