"""Commands that build something: a report, a result, a grid; and those that read results again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbridge.cli.group import command_line
from landbridge.cli.options import (
    BUILT_IN,
    AsOf,
    By,
    Cargo,
    Close,
    Json,
    Open,
    Out,
    Pairs,
    Scale,
    ScenarioName,
    Set,
    Study,
    Value,
)
from landbridge.cli.world import Steps, console, note, open_world, print_json, what_is_asked

if TYPE_CHECKING:
    from landbridge.result.folder import Result
    from landbridge.run.session import Session
    from landbridge.scenario import Resolved
    from landbridge.scenario.scenario import QuickAction
    from landbridge.schema.errors import Finding

#: Options that say only where an answer goes: two runs that differ in them have the same bytes.
_WHERE = ("--out", "-o")


def report(
    ctx: typer.Context,
    out: Out = "out/study",
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Also write the tables as an Excel workbook.")] = False,
    by: By = "cost",
    as_of: AsOf = None,
    scenario: ScenarioName = None,
    close: Close = None,
    open_: Open = None,
    set_: Set = None,
    scale: Scale = None,
    study: Study = BUILT_IN,
) -> None:
    """Write the study's report: report.html, with --xlsx report.xlsx, and the result folder behind them."""
    from landbridge.io.atomic import whole_folder
    from landbridge.result.folder import fill_result, why_not_replace
    from landbridge.run.folder import Timings, answered_by_report, made_by, scenario_files, tables_of
    from landbridge.run.report import build_report

    target, timings = Path(out), Timings()
    with whole_folder(target, why_not_replace) as part:
        with timings.of("study opened"):
            session, resolved = open_world(ctx, study, scenario, as_of)
            asked = what_is_asked(session, scenario, None, None, by, None)
        command = command_line(ctx, *_WHERE)
        with Steps(_report_steps(session), about=True, lines=True).shown() as progress:
            with timings.of("answers"):
                data = build_report(session, resolved=resolved, by=by, command=command, step=progress.step)
            progress.step("tables")
            with timings.of("tables"):
                answered = answered_by_report(session, resolved, asked, data)
                tables = tables_of(session, resolved, asked, answered)
            progress.step("report.html")
            from landbridge.views.report import plain_sentence, report_html
            from landbridge.views.report.sentences import headline_sentences

            files = scenario_files(resolved)
            with timings.of("report.html"):
                files["report.html"] = report_html(data).encode()
            if xlsx:
                progress.step("report.xlsx")
                from landbridge.views.workbook import workbook_bytes

                with timings.of("report.xlsx"):
                    files["report.xlsx"] = workbook_bytes(data)
            made = made_by(session, resolved, asked, "report", command)
            fill_result(part, made, tables, files, timings.text())
    for sentence in headline_sentences(data.study, data.headline):
        typer.echo(plain_sentence(sentence))
    typer.echo("")
    typer.echo(f"Report: {target / 'report.html'}")
    if xlsx:
        typer.echo(f"Workbook: {target / 'report.xlsx'}")
    typer.echo(f"Tables: {target / 'tables'}")


def _report_steps(session: Session) -> int:
    """About as many steps as a report has: pairs, days of the rank chapter, closures, countries, presets."""
    from landbridge.scenario import preset_ids

    years_and_closures = 40
    return (
        len(session.study.pairs)
        + len(session.study.region.countries)
        + len(preset_ids(session.study))
        + years_and_closures
    )


def run(
    ctx: typer.Context,
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="[SCENARIO]", help="A preset or a scenario file; none = the base.", show_default=False),
    ] = None,
    out: Annotated[str, typer.Option("--out", "-o", metavar="DIR", help="Folder to write, whole or not at all.")] = "",
    pairs: Pairs = None,
    cargo: Cargo = None,
    value: Value = None,
    by: By = "cost",
    as_of: AsOf = None,
    close: Close = None,
    open_: Open = None,
    set_: Set = None,
    scale: Scale = None,
    study: Study = BUILT_IN,
) -> None:
    """Run a scenario: all pairs and named corridors, into a result folder."""
    from landbridge.io.atomic import whole_folder
    from landbridge.result.folder import fill_result, why_not_replace
    from landbridge.run.folder import Timings, answer_pairs, made_by, scenario_files, tables_of
    from landbridge.schema.errors import BadRequest

    if not out:
        raise BadRequest("A run needs a folder to write to. Name it with -o DIR.")
    target, timings = Path(out), Timings()
    with whole_folder(target, why_not_replace) as part:
        with timings.of("study opened"):
            session, resolved = open_world(ctx, study, scenario, as_of)
            asked = what_is_asked(session, scenario, cargo, value, by, pairs)
        with Steps(len(asked.pairs) + 2, lines=True).shown() as progress, timings.of("answers"):
            answered = answer_pairs(session, resolved, asked, progress.step)
        made = made_by(session, resolved, asked, "run", command_line(ctx, *_WHERE))
        with timings.of("tables"):
            tables = tables_of(session, resolved, asked, answered)
        fill_result(part, made, tables, scenario_files(resolved), timings.text())
    reached = sum(bool(pair.answer.routes) for pair in answered.pairs)
    typer.echo(
        f"{resolved.name} on {resolved.as_of}: {reached} of {len(answered.pairs)} pairs have a way; "
        f"{sum(row.open for row in answered.corridors.rows)} of {len(answered.corridors.rows)} corridors are open."
    )
    typer.echo(f"Result: {target}")


def compare(
    ctx: typer.Context,
    a: Annotated[str, typer.Argument(metavar="A", help="A result folder, a preset or a scenario file.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    pairs: Pairs = None,
    cargo: Cargo = None,
    value: Value = None,
    by: By = "cost",
    as_of: AsOf = None,
    close: Close = None,
    open_: Open = None,
    set_: Set = None,
    scale: Scale = None,
    every: Annotated[bool, typer.Option("--all", help="Show corridors that are the same in both, too.")] = False,
    study: Study = BUILT_IN,
    json: Json = False,
) -> None:
    """Compare two results or scenarios: what changed, by how much and because of which change.

    Scenarios are run on the spot; the options then hold for both, and quick changes come on top of both.
    """
    from landbridge.result.folder import is_result
    from landbridge.run.compare import compare_results
    from landbridge.schema.errors import BadRequest

    options = ("pairs", "cargo", "value", "by", "as_of", "close", "open_", "set_", "scale")
    sources = {name.rstrip("_"): ctx.get_parameter_source(name) for name in options}
    given = [name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"]
    if given and is_result(Path(a)) and is_result(Path(b)):
        said = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise BadRequest(f"{said}: both results are made already. Options hold for scenarios that are run on the spot.")
    results = [_result(ctx, name, study, pairs, cargo, value, by, as_of) for name in (a, b)]
    found = compare_results(*results)
    if json:
        print_json(found.to_json())
        return
    from landbridge.views.results import show_compared

    show_compared(console(), found, int(results[0].manifest["money_year"]), every=every)


def _result(
    ctx: typer.Context, name: str, study: str, pairs: list[str] | None, cargo: Cargo, value: Value, by: By, as_of: AsOf
) -> Result:
    """A result of a folder, or of a scenario that is run now."""
    from landbridge.result.folder import is_result, open_result

    if is_result(Path(name)):
        return open_result(Path(name))
    if Path(name).is_dir():
        return open_result(Path(name))  # says what is missing
    from landbridge.run.folder import result_in_memory

    session, resolved = open_world(ctx, study, name, as_of)
    asked = what_is_asked(session, name, cargo, value, by, pairs)
    with Steps(len(asked.pairs) + 2).shown() as progress:
        return result_in_memory(session, resolved.name, resolved, asked, progress.step)


def explain(
    result: Annotated[str, typer.Argument(metavar="RESULT", help="A result folder.")],
    table: Annotated[str, typer.Argument(metavar="TABLE", help="One of its tables: routes, corridors, benchmarks ...")],
    key: Annotated[
        str,
        typer.Argument(
            metavar="KEY",
            help="A row: its key columns joined by '/', such as tokyo-tashkent/1 (a way by its rank); with .COLUMN one "
            "number: tokyo-tashkent/1.hours.",
        ),
    ],
    every: Annotated[bool, typer.Option("--all", help="All components, not only the twelve largest.")] = False,
    json: Json = False,
) -> None:
    """Explain a number of a result: formula, components, facts and sources, and recompute it."""
    from landbridge.result.folder import open_result
    from landbridge.run.explain import explain as explain_row

    found = explain_row(open_result(Path(result)), table, key)
    if json:
        print_json(found.to_json())
    else:
        from landbridge.views.results import show_explained

        show_explained(console(), found, None if every else 12)
    if not all(number.agrees for number in found.numbers):
        note("A number was not found again: the result was changed after it was written.")
        raise typer.Exit(2)


def _all_resolved(
    session: Session, names: Sequence[str], as_of: str | None, changes: tuple[tuple[QuickAction, str], ...]
) -> list[Resolved]:
    """Every scenario; what is wrong with any of them is said at once."""
    from landbridge.schema.errors import ScenarioError

    found: list[Resolved] = []
    findings: list[Finding] = []
    for name in names:
        try:
            found.append(session.resolved(name, as_of, changes))
        except ScenarioError as error:
            findings += error.findings
    if findings:
        raise ScenarioError("These scenarios cannot be run.", list(dict.fromkeys(findings)))
    return found


def grid(
    ctx: typer.Context,
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SCENARIO]...",
            help="Presets or scenario files; all presets of the study where none are given.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[str, typer.Option("--out", "-o", metavar="DIR", help="Folder; finished cells in it are kept.")] = "",
    pairs: Pairs = None,
    cargo: Cargo = None,
    value: Value = None,
    by: By = "cost",
    as_of: AsOf = None,
    close: Close = None,
    open_: Open = None,
    set_: Set = None,
    scale: Scale = None,
    study: Study = BUILT_IN,
    json: Json = False,
) -> None:
    """Run scenarios times pairs; a run that was stopped goes on where it was."""
    from landbridge.cli.group import changes_of
    from landbridge.run.grid import GridProgress, run_grid
    from landbridge.scenario import preset_ids
    from landbridge.schema.errors import BadRequest

    if not out:
        raise BadRequest("A grid needs a folder to keep its cells in. Name it with -o DIR.")
    session, _ = open_world(ctx, study)
    names = list(dict.fromkeys(scenarios or preset_ids(session.study)))
    changes = tuple(changes_of(ctx))
    worlds = _all_resolved(session, names, as_of, changes)
    asked = what_is_asked(session, None, cargo, value, by, pairs)
    kept = 0
    with Steps(len(worlds) * len(asked.pairs), lines=True).shown() as progress:

        def seen(cell: GridProgress) -> None:
            nonlocal kept
            kept += cell.kept
            progress.step(cell.what)

        found = run_grid(
            session,
            Path(out),
            worlds,
            asked.pairs,
            cargo=asked.cargo,
            value=asked.value,
            by=asked.by,
            progress=seen,
        )
    if json:
        print_json(found.to_json())
        return
    from landbridge.views.results import grid_table
    from landbridge.views.terminal import show_table

    show_table(console(), grid_table(found.columns, found.rows, session.study.money_year))
    typer.echo(f"{len(found.rows)} cells, {kept} of them kept from before: {Path(out) / 'tables' / 'grid.csv'}")
