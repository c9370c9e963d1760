"""Commands that look things up: facts, names, events, scenarios, the network's quality."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from landbridge.cli.options import BUILT_IN, AsOf, Between, Json, Study
from landbridge.cli.world import console, get_ready, note, print_json, show_opening


def facts_list(
    text: Annotated[
        str, typer.Argument(metavar="[TEXT]", help="Sought in id, subject and note.", show_default=False)
    ] = "",
    subject: Annotated[str, typer.Option(metavar="KIND:ID", help="country:KAZ, port:CNLYG ...")] = "",
    quantity: Annotated[str, typer.Option(metavar="NAME", help="haul_price, crossing_hours ...")] = "",
    source: Annotated[str, typer.Option(metavar="ID", help="Id of a source.")] = "",
    basis: Annotated[str, typer.Option(metavar="BASIS", help="reported, derived or assumed.")] = "",
    use: Annotated[str, typer.Option(metavar="USE", help="model, check or out.")] = "",
    study: Study = BUILT_IN,
    json: Json = False,
) -> None:
    """List the numbers that meet all filters, one per line."""
    from landbridge.facts.describe import list_numbers

    facts = _facts(study)
    found = list_numbers(facts, subject=subject, quantity=quantity, source=source, basis=basis, use=use, text=text)
    if json:
        print_json({"rows": [_number_json(number) for number in found]})
        return
    from landbridge.run.answer_tables import numbers_table
    from landbridge.views.terminal import show_table

    show_table(console(), numbers_table(found))


def facts_show(
    fact: Annotated[str, typer.Argument(metavar="ID", help="Id of a number, or of a row of any table.")],
    as_of: AsOf = None,
    study: Study = BUILT_IN,
    json: Json = False,
) -> None:
    """Show one number: its source, what it is made of, and who answers the same question, losers with the reason."""
    from landbridge.facts.describe import describe
    from landbridge.scenario import day_of
    from landbridge.schema.tables import tables
    from landbridge.study import load_study

    loaded, facts = load_study(study), _facts(study)
    if fact not in facts.numbers:
        rows = [
            (name, row)
            for name in tables()
            if name != "numbers" and name in facts.content
            for row in facts.rows(name)
            if row.get("id") == fact
        ]
        if rows:
            _show_rows(rows, json=json)
            return
    found = describe(facts, fact, day_of(as_of, loaded, facts.table("spans")))
    if json:
        print_json(
            {
                **_number_json(found.number),
                "meaning": found.meaning,
                "source_title": found.source_title,
                "source_url": found.source_url,
                "parents": list(found.number.parents),
                "children": [child.id for child in found.children],
                "wins": found.wins,
                "chosen": found.picked.number.id if found.picked else None,
                "losers": [{"id": number.id, "why": why} for number, why in found.picked.losers]
                if found.picked
                else [],
            }
        )
        return
    from landbridge.run.answer_tables import ancestor_lines, description_lines, rivals_table
    from landbridge.views.terminal import show_lines, show_table

    out = console()
    show_lines(out, description_lines(found))
    if found.parents:
        show_lines(out, [("made of", "\n".join(ancestor_lines(found.parents)))])
    if found.children:
        show_lines(out, [("part of", ", ".join(child.id for child in found.children))])
    out.print()
    show_table(out, rivals_table(found))


def _show_rows(rows: list[tuple[str, dict[str, str]]], *, json: bool) -> None:
    if json:
        print_json([{"table": name, "row": row} for name, row in rows])
        return
    from landbridge.views.terminal import show_lines

    for name, row in rows:
        show_lines(console(), [("table", name), *((key, value) for key, value in row.items() if value)])


def facts_sources(
    text: Annotated[
        str, typer.Argument(metavar="[TEXT]", help="Sought in id, title and address.", show_default=False)
    ] = "",
    study: Study = BUILT_IN,
    json: Json = False,
) -> None:
    """List sources with the number of facts that rest on each."""
    from dataclasses import asdict

    from landbridge.facts.describe import list_sources

    found = list_sources(_facts(study), text)
    if json:
        print_json({"rows": [asdict(source) for source in found]})
        return
    from landbridge.run.answer_tables import source_uses_table
    from landbridge.views.terminal import show_table

    show_table(console(), source_uses_table(found))


def facts_check(study: Study = BUILT_IN, json: Json = False) -> None:
    """Check every table, the study file and the presets; report everything that is wrong at once."""
    from dataclasses import asdict

    from landbridge.run.check import check_everything
    from landbridge.schema.errors import FactsError

    checked = check_everything(study)
    if json:
        print_json({"findings": [asdict(finding) for finding in checked.findings]})
        if checked.findings:
            raise typer.Exit(2)
        return
    if checked.findings:
        raise FactsError(f"{len(checked.findings)} findings in {checked.folder}:", checked.findings)
    typer.echo(
        f"Nothing wrong: {checked.numbers:,} numbers, {checked.rows:,} rows of other tables, "
        f"{checked.sources:,} sources, {checked.presets} presets."
    )


def find(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name, alias, UN/LOCODE or ISO code.")],
    limit: Annotated[int, typer.Option("--limit", "-n", metavar="N", min=1, help="At most so many.")] = 20,
    network: Annotated[
        Literal["study", "world"] | None,
        typer.Option(help="Whose names; the study's where it knows the name, else the world's.", show_default=False),
    ] = None,
    study: Study = BUILT_IN,
    json: Json = False,
) -> None:
    """Find places, ports, crossings, straits, countries and corridors by name or code."""
    from landbridge.run.session import open_study
    from landbridge.schema.errors import UnknownName

    hits, remark = open_study(study, show_opening).find(name, limit, network or "")
    if remark:
        note(remark)
    if json:
        rows = [
            {
                "kind": hit.kind,
                "id": hit.id,
                "name": hit.name,
                "country": hit.country or None,
                "code": hit.code,
                "lat": hit.lat,
                "lon": hit.lon,
                "found_by": hit.why,
            }
            for hit in hits
        ]
        print_json({"rows": rows})
        return
    if not hits:
        raise UnknownName(name)
    from landbridge.run.answer_tables import hits_table
    from landbridge.views.terminal import show_table

    show_table(console(), hits_table(name, hits))


def events(
    as_of: AsOf = None,
    between: Between = None,
    study: Study = BUILT_IN,
    json: Json = False,
) -> None:
    """List dated events: closures, surcharges, bans and what they act on."""
    from landbridge.run.ask_events import links_of_events
    from landbridge.run.session import open_study
    from landbridge.scenario import day_of
    from landbridge.scenario import events as all_events
    from landbridge.schema.errors import BadRequest

    if as_of is not None and between is not None:
        raise BadRequest("--as-of and --between ask different things. Give one of them.")
    session = open_study(study)
    spans = session.facts.table("spans")
    day = day_of(as_of, session.study, spans)
    if between is None:
        rows, when = all_events(spans, as_of=day), f"and whether they are in force on {day}"
    else:
        from landbridge.run.corridor_tables import ends_of

        first, last = ends_of(*between, session.study.base_date)
        rows, when = all_events(spans, between=(first, last)), f"between {first} and {last}"
    links = links_of_events(session, rows)
    if json:
        print_json(
            {
                "rows": [
                    {**row.to_json(), "links": list(links[row.event.id]), "source": row.event.source} for row in rows
                ]
            }
        )
        return
    from landbridge.run.answer_tables import events_table
    from landbridge.views.terminal import show_table

    show_table(console(), events_table(rows, {name: len(found) for name, found in links.items()}, when))


def scenarios(study: Study = BUILT_IN, json: Json = False) -> None:
    """List the presets of the study with their definitions."""
    from landbridge.scenario import presets
    from landbridge.study import load_study

    found = presets(load_study(study))
    if json:
        rows: list[dict[str, Any]] = [
            {
                "id": item.id,
                "name": item.name,
                "definition": item.definition,
                "as_of": str(item.as_of or "base"),
                "extends": list(item.extends),
                "changes": [change.what for change in item.changes],
            }
            for item in found
        ]
        print_json({"rows": rows})
        return
    from landbridge.run.answer_tables import scenarios_table
    from landbridge.views.terminal import show_table

    show_table(console(), scenarios_table(found))


def network_quality(
    network: Annotated[Literal["study", "world"], typer.Option(help="Whose network.")] = "study",
    study: Study = BUILT_IN,
    json: Json = False,
) -> None:
    """Components, links by mode and country, unreachable places, model length against published and straight line."""
    from landbridge.run.session import open_study

    session = open_study(study)
    if network == "world":
        from landbridge.run.world_page import world_tables
        from landbridge.run.world_quality import world_quality
        from landbridge.run.world_session import open_world

        get_ready()
        session = whole = open_world(session, session.progress)
        tables = world_tables(world_quality(whole))
    else:
        from landbridge.network.quality import quality
        from landbridge.run.quality_tables import quality_tables

        tables = quality_tables(quality(session.network, session.tables), session.names.places)
    if json:
        print_json(
            {
                table.id: [dict(zip((column.key for column in table.columns), row, strict=True)) for row in table.rows]
                for table in tables
            }
        )
        return
    from landbridge.views.terminal import show_table

    out = console()
    out.print(f"{session.network.n_nodes:,} nodes, {session.network.n_arcs:,} arcs, digest {session.network_digest}")
    for table in tables:
        out.print()
        show_table(out, table)


def _facts(study: str) -> Any:
    from landbridge.facts.package import load_facts
    from landbridge.study import load_study

    return load_facts(load_study(study).facts_folder)


def _number_json(number: Any) -> dict[str, Any]:
    names = (
        "id", "subject", "partner", "quantity", "mode", "vehicle", "direction", "scope", "value", "low", "high", "unit",
        "year", "money_year", "basis", "use", "normal", "source", "locator", "note",
    )  # fmt: skip
    days = {name: str(day) if (day := getattr(number, name)) else None for name in ("from_date", "to_date")}
    return {**{name: getattr(number, name) for name in names}, **days}
