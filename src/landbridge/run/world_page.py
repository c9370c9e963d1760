"""The measured part of ``docs/world.md``: ``python -m landbridge.run.world_page docs/world.md`` writes it anew."""

from __future__ import annotations

import math
import sys
from collections import Counter
from pathlib import Path

from landbridge.result.report import Cell, Column, ColumnKind, Table
from landbridge.run.session import open_study
from landbridge.run.world_quality import WorldQuality, spread, world_quality
from landbridge.run.world_session import WorldSession

START = "<!-- measured: from here -->"
END = "<!-- measured: to here -->"


def measured_part(quality: WorldQuality) -> str:
    """Markdown of the findings; the same for the same network."""
    by_mode: Counter[str] = Counter()
    for (_, mode), count in quality.links.items():
        by_mode[mode] += count
    cut_off = quality.places - quality.part_sizes[0]
    lines = [
        "## Size and parts",
        "",
        f"{quality.nodes:,} nodes, {quality.arcs:,} arcs; {quality.places:,} places can be origin and destination. "
        f"{quality.part_sizes[0]:,} of them reach each other both ways on an ordinary day; {cut_off} lie in "
        f"{len(quality.part_sizes) - 1} loose parts of at most {max(quality.part_sizes[1:], default=0)} places.",
        "",
        f"Pieces of line: {by_mode['rail']:,} by rail, {by_mode['road']:,} by road. The countries with most:",
        "",
        "| mode | pieces by country |",
        "| --- | --- |",
    ]
    for mode in ("rail", "road"):
        most = sorted(((n, country) for (country, its), n in quality.links.items() if its == mode), reverse=True)[:12]
        lines.append(f"| {mode} | {', '.join(f'{country} {n}' for n, country in most)} |")
    lines += [
        "",
        "## Holes",
        "",
        f"- Capitals without a terminal: {', '.join(quality.capitals_without_terminal) or 'none'}.",
        f"- Capitals that are cut off: {', '.join(quality.capitals_cut_off) or 'none'}.",
        f"- Places of the list without a terminal within reach: {len(quality.places_without_terminal)}.",
        f"- Ports without a road or a railway: {len(quality.ports_without_land)}, most of them on islands: "
        f"{', '.join(quality.ports_without_land)}.",
        f"- Crossings: {quality.crossings:,}; {quality.crossings_without_source:,} rows rest on no source, so that "
        "their being there is derived or assumed.",
        "",
        "## Lengths beside published ones",
        "",
        "By land the shortest way of one mode over what operates, over the named places of the published line; by sea "
        "the lane between the ports. Beside it the shortest way of the network, which by sea may lead over a port "
        "where the box changes ships. Ways over named places are added up from place to place.",
        "",
        "| mode | pairs | median ratio | median deviation |",
        "| --- | ---: | ---: | ---: |",
    ]
    for mode in ("sea", "rail", "road"):
        count, middle, deviation = spread(quality.checks, mode)
        lines.append(f"| {mode} | {count} | {middle:.3f} | {deviation:.1%} |")
    lines += ["", "| mode | from | to | over | published km | model km | ratio | network km | shut | published where |"]
    lines.append("| --- | --- | --- | --- | ---: | ---: | ---: | ---: | --- | --- |")
    for check in quality.checks:
        note = f"{check.note}; " if check.note else ""
        lines.append(
            f"| {check.mode} | {check.origin} | {check.destination} | {check.via} | "
            f"{check.published_km:,.0f} | {check.model_km:,.0f} | {check.ratio:.2f} | {check.network_km:,.0f} | "
            f"{check.closed} | {note}<{check.source}> |"
        )
    return "\n".join(lines) + "\n"


def world_tables(quality: WorldQuality) -> tuple[Table, ...]:
    """The findings as tables for views."""
    sizes: list[tuple[Cell, ...]] = [
        ("nodes", quality.nodes),
        ("arcs", quality.arcs),
        ("places", quality.places),
        ("places that reach each other", quality.part_sizes[0]),
        ("loose parts", len(quality.part_sizes) - 1),
        ("places without a terminal within reach", len(quality.places_without_terminal)),
        ("ports without a road or a railway", len(quality.ports_without_land)),
        ("crossings", quality.crossings),
        ("crossings whose row rests on no source", quality.crossings_without_source),
    ]
    holes: list[tuple[Cell, ...]] = [(name, "no terminal") for name in quality.capitals_without_terminal]
    holes += [(name, "cut off") for name in quality.capitals_cut_off]
    links: list[tuple[Cell, ...]] = [(country, mode, n) for (country, mode), n in quality.links.items()]
    checks: list[tuple[Cell, ...]] = [
        (
            check.mode,
            check.origin,
            check.destination,
            check.via,
            check.published_km,
            check.model_km if math.isfinite(check.model_km) else None,
            check.ratio if math.isfinite(check.ratio) else None,
            check.network_km if math.isfinite(check.network_km) else None,
            check.closed,
            check.source,
        )
        for check in quality.checks
    ]
    number: ColumnKind = "number"
    return (
        Table("size", "Size and parts", (Column("what", "what"), Column("n", "n", "", number)), tuple(sizes)),
        Table("holes", "Capitals out of reach", (Column("capital", "capital"), Column("why", "why")), tuple(holes)),
        Table(
            "links",
            "Pieces of line",
            (Column("country", "country"), Column("mode", "mode"), Column("n", "pieces", "", number)),
            tuple(links),
        ),
        Table(
            "checks",
            "Lengths beside published ones",
            (
                Column("mode", "mode"),
                Column("origin", "from"),
                Column("destination", "to"),
                Column("via", "over"),
                Column("published_km", "published", "km", number),
                Column("model_km", "model", "km", number),
                Column("ratio", "ratio", "", number, 2),
                Column("network_km", "shortest of the network", "km", number),
                Column("closed", "shut"),
                Column("source", "published where", "", "url"),
            ),
            tuple(checks),
        ),
    )


def with_measured_part(text: str, part: str) -> str:
    """A page with the text between its two marks replaced."""
    head, _, rest = text.partition(START)
    _, _, tail = rest.partition(END)
    return f"{head}{START}\n\n{part}\n{END}{tail}"


def main(arguments: list[str]) -> int:
    """Write the measured part of a page anew."""
    path = Path(arguments[0])
    session = open_study().world
    assert isinstance(session, WorldSession)
    path.write_text(with_measured_part(path.read_text(encoding="utf-8"), measured_part(world_quality(session))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
