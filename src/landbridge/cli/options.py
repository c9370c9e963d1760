"""Options and arguments that several commands share: written once, so that they mean the same everywhere."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from landbridge.schema.words import MODES, CargoUnit, Objective, ValueClass

BUILT_IN: Final = "japan_central_asia"

Study = Annotated[str, typer.Option(metavar="ID|PATH", help="A shipped study, or the folder or study.toml of another.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON to standard output.")]
AsOf = Annotated[
    str | None,
    typer.Option(metavar="DAY", help="Day asked for: YYYY-MM-DD, 'base', or a name of the study's dates ('latest')."),
]
ScenarioName = Annotated[
    str | None,
    typer.Option("--scenario", metavar="ID|FILE", help="A preset ('landbridge scenarios') or a scenario file."),
]
Close = Annotated[
    list[str] | None,
    typer.Option("--close", metavar="SELECTOR", help="Close something: strait.hormuz, country.IRN.rail. Repeatable."),
]
Open = Annotated[
    list[str] | None,
    typer.Option("--open", metavar="SELECTOR", help="Open something: crossing.torkham, link.RAIL042. Repeatable."),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=NUMBER", help="Set a number: crossing.altynkol.rail.hours=24. Repeatable."),
]
Scale = Annotated[
    list[str] | None,
    typer.Option("--scale", metavar="FIELD=FACTOR", help="Scale one: country.KAZ.crossings.hours=0.5. Repeatable."),
]
Cargo = Annotated[
    CargoUnit | None, typer.Option(help="Load unit; the study's own where none is given.", show_default=False)
]
Value = Annotated[
    ValueClass | None,
    typer.Option(help="Value class of the cargo; the study's own where none is given.", show_default=False),
]
By = Annotated[Objective, typer.Option(help="What is least: cost (money and time), time, money or co2.")]
Modes = Annotated[
    list[str] | None,
    typer.Option("--mode", metavar=f"[{'|'.join(MODES)}]", help="Only these modes. Repeatable.", show_default=False),
]
Pairs = Annotated[
    list[str] | None,
    typer.Option(
        "--pairs",
        metavar="ID|A:B|FILE",
        help="A pair of the study, ORIGIN:DESTINATION, or a table (.csv, .xlsx) with origin, destination[, weight, id]."
        " Repeatable; the study's pairs where none is given.",
    ),
]
Between = Annotated[
    tuple[str, str] | None,
    typer.Option(metavar="FIRST LAST", help="From one day to another: years or YYYY-MM-DD.", show_default=False),
]
Out = Annotated[str, typer.Option("--out", "-o", metavar="DIR", help="Folder to write, whole or not at all.")]
