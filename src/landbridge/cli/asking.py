"""Commands that ask the model: routes, corridors, closures, access, benchmarks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from landbridge.cli.group import changes_of
from landbridge.cli.options import (
    BUILT_IN,
    AsOf,
    Between,
    By,
    Cargo,
    Close,
    Json,
    Modes,
    Open,
    Pairs,
    Scale,
    ScenarioName,
    Set,
    Study,
    Value,
)
from landbridge.cli.world import (
    Counted,
    Steps,
    console,
    get_ready,
    note,
    open_world,
    print_json,
    ready_for,
    show_opening,
    what_is_asked,
)
from landbridge.schema.words import CargoUnit, Objective, ValueClass, What


def routes(
    ctx: typer.Context,
    origin: Annotated[
        str, typer.Argument(metavar="ORIGIN", help="Where from: a name, a code, or lat,lon.", show_default=False)
    ] = "",
    destination: Annotated[str, typer.Argument(metavar="DESTINATION", help="Where to.", show_default=False)] = "",
    via: Annotated[
        list[str] | None,
        typer.Option(
            "--via",
            metavar="NAME",
            help="Pass this place, port, crossing, border (KAZ-CHN) or strait. Repeatable, in order.",
        ),
    ] = None,
    avoid: Annotated[
        list[str] | None,
        typer.Option(
            "--avoid", metavar="NAME", help="Not through this place, country, strait, mode or crossing. Repeatable."
        ),
    ] = None,
    mode: Modes = None,
    cargo: Cargo = None,
    value: Value = None,
    by: By = "cost",
    k: Annotated[int, typer.Option("-k", metavar="N", min=1, max=50, help="At most so many ways.")] = 5,
    as_of: AsOf = None,
    scenario: ScenarioName = None,
    close: Close = None,
    open_: Open = None,
    set_: Set = None,
    scale: Scale = None,
    explain: Annotated[bool, typer.Option("--explain", help="Every component with its facts and sources.")] = False,
    network: Annotated[
        Literal["study", "world"] | None,
        typer.Option(
            help="Whose network; the study's where it knows both names, else the world's.", show_default=False
        ),
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option(
            "--pairs",
            metavar="FILE",
            help="Instead of two names a table (.csv, .xlsx) with origin, destination[, cargo, value, by, as_of].",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="With --pairs: the answers, .csv, .parquet or .xlsx."),
    ] = None,
    study: Study = BUILT_IN,
    json: Json = False,
) -> None:
    """Find the best way between two places and its real alternatives, or those of a table of pairs.

    Ways that take least time, money or CO2 and are not among them are named below, with the option that shows them.
    """
    if pairs is not None:
        if origin or via or mode or avoid or out is None or explain or json:
            raise typer.BadParameter(
                "With --pairs give --out FILE, and no names, --via, --avoid, --mode, --explain, --json."
            )
        _routes_of_pairs(ctx, pairs, out, study, network or "world", cargo, value, by, k, as_of, scenario)
        return
    if not destination:
        raise typer.BadParameter("Give ORIGIN and DESTINATION, or --pairs FILE.")
    if out is not None:
        raise typer.BadParameter("--out goes with --pairs; for a result folder use 'landbridge run'.")
    session, resolved = open_world(ctx, study, scenario, as_of)
    ready_for(session, origin, destination, (*(via or ()), *(avoid or ())), network or "")
    answer = session.routes(
        origin,
        destination,
        via=via or (),
        avoid=avoid or (),
        mode=mode or (),
        cargo=cargo,
        value=value,
        by=by,
        k=k,
        resolved=resolved,
        network=network or "",
        least=True,
    )
    facts: list[Any] = []
    sources: list[Any] = []
    if explain:
        from landbridge.run.facts_used import facts_used, sources_used

        used = {fact for route in answer.routes for part in route.contributions for fact in part.facts}
        home = session.answering(network or "", (origin, destination), (*(via or ()), *(avoid or ())))
        facts = list(facts_used(home, used, resolved))
        sources = list(sources_used(home, facts))
    if json:
        from landbridge.result.explained import explained_json

        print_json(explained_json(answer, facts, sources) if explain else answer.to_json())
    else:
        from landbridge.views.terminal import show_routes, show_routes_explained

        if explain:
            show_routes_explained(console(), answer, facts, sources)
        else:
            show_routes(console(), answer)
    if not answer.routes:
        raise typer.Exit(3)


def _routes_of_pairs(
    ctx: typer.Context,
    pairs: Path,
    out: Path,
    study: str,
    network: str,
    cargo: CargoUnit | None,
    value: ValueClass | None,
    by: Objective,
    k: int,
    as_of: str | None,
    scenario: str | None,
) -> None:
    from landbridge.run.pairs import route_pairs
    from landbridge.run.session import open_study

    get_ready()
    session = open_study(study, show_opening)
    with Counted("routes").shown() as counted:
        report = route_pairs(
            session,
            pairs,
            out,
            cargoes=(cargo,) if cargo else (),
            k=k,
            network=network,
            progress=counted.show,
            defaults={"value": value or "", "by": by, "as_of": as_of or ""},
            scenario=scenario,
            options=tuple(changes_of(ctx)),
        )
    for line in report.bad:
        note(line)
    note(
        f"{report.asked:,} questions: {report.answered:,} answered, {report.no_route:,} without a route, "
        f"{len(report.bad):,} not asked; {out}"
    )
    if report.bad:
        raise typer.Exit(2)
    if not report.answered:
        raise typer.Exit(3)


def corridors(
    ctx: typer.Context,
    pairs: Pairs = None,
    between: Between = None,
    step: Annotated[str, typer.Option(metavar="STEP", help="With --between: 1y, 6m, 2w, 30d.")] = "1y",
    parts: Annotated[
        bool, typer.Option("--parts", help="What each section, crossing and port adds, way by way.")
    ] = False,
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
    """Compare the named corridors between pairs on a day, with CPMM indicators; or rank them over time."""
    from landbridge.schema.errors import BadRequest

    if between is not None and as_of is not None:
        raise BadRequest("--as-of and --between ask different things. Give one of them.")
    if between is not None and parts:
        raise BadRequest("--parts is for one day. Give --as-of instead of --between.")
    session, resolved = open_world(ctx, study, scenario, as_of)
    asked = what_is_asked(session, scenario, cargo, value, by, pairs)
    if between is not None:
        from landbridge.cli.group import changes_of
        from landbridge.run.corridor_tables import corridors_over_time, days_between, over_time_json

        days = days_between(*between, step, session.study.base_date)
        changes = tuple(changes_of(ctx))
        with Steps(len(days)).shown() as progress:
            found = corridors_over_time(session, asked, days, scenario, changes, progress.step, explain=json)
        if json:
            print_json(over_time_json(session, asked.pairs, found))
            return
        from landbridge.run.answer_tables import moves_table, over_time_table
        from landbridge.scenario import events as all_events
        from landbridge.views.terminal import show_table

        out = console()
        names = session.names.places
        show_table(out, over_time_table(found, names))
        out.print()
        dated = all_events(session.facts.table("spans"), as_of=session.study.base_date)
        show_table(out, moves_table(found, names, {row.event.id: row.event.what for row in dated}))
        return
    from landbridge.run.corridor_tables import CorridorTables

    with Steps(len(asked.pairs)).shown() as progress:
        table = CorridorTables(session, asked.cargo, asked.value, asked.by).on(resolved, asked.pairs, progress.step)
    if json:
        print_json(table.to_json(parts=parts))
        return
    from landbridge.views.answers import corridor_tables_of, indicators_table, parts_table
    from landbridge.views.terminal import show_table

    out = console()
    for shown in corridor_tables_of(table, session.study.money_year):
        show_table(out, shown)
        out.print()
    if parts:
        for row in table.rows:
            if row.open:
                show_table(out, parts_table(table, row.pair, row.corridor, session.study.money_year))
                out.print()
    show_table(out, indicators_table(table))


def closures(
    ctx: typer.Context,
    what: Annotated[What, typer.Option(help="What shuts, each in turn.")] = "crossings",
    together: Annotated[
        list[str] | None,
        typer.Option(
            "--together",
            metavar="SELECTOR",
            help="Shut these alone and every two of them at once, instead of --what. Repeatable, twice or more.",
        ),
    ] = None,
    pairs: Pairs = None,
    top: Annotated[
        int, typer.Option("--top", metavar="N", min=1, help="Show so many of the worst; --json has all.")
    ] = 30,
    days: Annotated[
        float | None,
        typer.Option("--days", metavar="N", min=0, help="Also: shut for so many days, what queues and who goes round."),
    ] = None,
    use: Annotated[
        float, typer.Option("--use", metavar="SHARE", min=0, help="With --days: share of capacity of a normal day.")
    ] = 0.8,
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
    """Shut each link, crossing, border, port, strait or country in turn and rank what that does to the pairs."""
    from landbridge.run.ask_closures import ask_closures, ask_joint_closures, ask_recovery

    session, resolved = open_world(ctx, study, scenario, as_of)
    asked = what_is_asked(session, scenario, cargo, value, by, pairs)
    if together:
        alone, joint = ask_joint_closures(
            session,
            together,
            pairs=asked.pairs,
            cargo=asked.cargo,
            value=asked.value,
            by=asked.by,
            resolved=resolved,
        )
        tables = [alone, joint]
    else:
        tables = [
            ask_closures(
                session,
                what,
                pairs=asked.pairs,
                cargo=asked.cargo,
                value=asked.value,
                by=asked.by,
                resolved=resolved,
            )
        ]
    queues = (
        [(row, *ask_recovery(session, row, days, use=use, resolved=resolved)) for row in tables[0].rows if row.effects]
        if days is not None
        else []
    )
    if json:
        content = tables[0].to_json()
        if days is not None:
            content["recovery"] = [
                {"id": row.id, **queue.to_json(), "pairs": [pair.to_json() for pair in hurt]}
                for row, queue, hurt in queues
            ]
        if together:
            content["joint"] = tables[1].to_json()
        print_json(content)
        return
    from landbridge.views.answers import closures_table, recovery_table
    from landbridge.views.terminal import show_table

    for table in tables:
        show_table(console(), closures_table(table, session.study.money_year, top))
    if days is not None:
        found = [(row.name, queue, hurt) for row, queue, hurt in queues[:top] if hurt]
        show_table(console(), recovery_table(found, days, use))


def access(
    ctx: typer.Context,
    countries: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names or codes; the landlocked ones of the region where none are given.", show_default=False
        ),
    ] = None,
    remedies: Annotated[
        bool, typer.Option(help="Try every project and waiver and name the one that changes most.")
    ] = True,
    cargo: Cargo = None,
    value: Value = None,
    as_of: AsOf = None,
    scenario: ScenarioName = None,
    close: Close = None,
    open_: Open = None,
    set_: Set = None,
    scale: Scale = None,
    study: Study = BUILT_IN,
    json: Json = False,
) -> None:
    """Find each country's way to a deep-sea port, and how many independent ones there are."""
    from landbridge.run.ask_access import ask_access

    session, resolved = open_world(ctx, study, scenario, as_of)
    with Steps(0).shown() as progress:
        found = ask_access(
            session,
            countries or (),
            cargo=cargo,
            value=value,
            resolved=resolved,
            with_remedies=remedies,
            step=progress.step,
        )
    if json:
        print_json(found.to_json())
        return
    from landbridge.views.answers import access_table
    from landbridge.views.terminal import show_table

    show_table(console(), access_table(found, session.study.money_year))


def benchmarks(study: Study = BUILT_IN, json: Json = False) -> None:
    """Ask the model every usable published journey and print the errors, with the reason for each row left out."""
    from landbridge.run.ask_benchmarks import ask_benchmarks
    from landbridge.run.session import open_study

    session = open_study(study)
    rows = session.facts.rows("benchmarks")
    usable = sum(row["usable"] in ("yes", "minimum") for row in rows)
    with Steps(usable).shown() as progress:
        found = ask_benchmarks(session, lambda: progress.step("benchmarks"))
    if json:
        from dataclasses import asdict

        print_json(
            {
                "medians": [asdict(median) for median in found.medians],
                "rows": [asdict(row) for row in found.rows],
                "checks": [asdict(check) for check in found.checks],
            }
        )
        return
    from landbridge.views.tables import benchmark_tables
    from landbridge.views.terminal import show_table

    out = console()
    for table in benchmark_tables(found):
        show_table(out, table)
        out.print()
    if not rows:
        note("The study has no benchmarks.")
