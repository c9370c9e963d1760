"""The command ``landbridge`` and its parts. Each command imports what it needs when it runs, so that help is quick."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

import typer

from landbridge.cli import asking, building, detailed, looking_up, nets
from landbridge.cli.group import Asking, Group

HELP: Final = """Freight corridors: routes that explain themselves, what shuts them, who depends on them.

Exit codes: 0 answered, 1 fault of the program, 2 wrong input, 3 no route, 130 interrupted."""

Command = Callable[..., None]

#: Command name -> function and what it does in a line, in the order of the help.
COMMANDS: Final[Mapping[str, tuple[Command, str]]] = {
    "routes": (asking.routes, "The best way between two places and its alternatives."),
    "corridors": (asking.corridors, "Named corridors compared on a day, or ranked over time."),
    "closures": (asking.closures, "What happens when a border, port, strait ... shuts."),
    "access": (asking.access, "Ways of landlocked countries to the sea."),
    "benchmarks": (asking.benchmarks, "The model against published journeys."),
    "events": (looking_up.events, "Dated closures, bans and surcharges."),
    "scenarios": (looking_up.scenarios, "Presets of the study and what they say."),
    "find": (looking_up.find, "Places, ports, crossings ... by name or code."),
    "report": (building.report, "Write the study's report and the tables behind it."),
    "run": (building.run, "Run a scenario into a result folder."),
    "compare": (building.compare, "What differs between two results, and why."),
    "explain": (building.explain, "Where a number of a result comes from."),
    "grid": (building.grid, "Scenarios times pairs; goes on where it stopped."),
}
#: Commands of several parts: name -> (what it is about, parts).
FAMILIES: Final[Mapping[str, tuple[str, Mapping[str, tuple[Command, str]]]]] = {
    "facts": (
        "Numbers of the study and where they come from.",
        {
            "list": (looking_up.facts_list, "Numbers that meet all filters."),
            "show": (looking_up.facts_show, "One number, what it is made of, and who lost to it."),
            "sources": (looking_up.facts_sources, "Sources and how much rests on each."),
            "check": (looking_up.facts_check, "Everything that is wrong, at once."),
        },
    ),
    "network": (
        "The network of the study.",
        {
            "quality": (looking_up.network_quality, "What hangs together, what does not, and how long it is."),
            "build": (detailed.network_build, "The detailed network of the world, from OpenStreetMap packages."),
        },
    ),
    "net": (
        "Skims, reach, accessibility and criticality of the study, the world or a network file.",
        {
            "skim": (nets.skim, "Least costs between many places."),
            "reach": (nets.reach, "What is within a limit of a place."),
            "access": (nets.access, "How much each place reaches: people, trips, or a table's masses."),
            "critical": (nets.critical, "Which links hurt most to lose: exact N-1."),
        },
    ),
}


def _version(wanted: bool) -> None:  # noqa: FBT001 - called by the parser
    if wanted:
        from importlib.metadata import version

        typer.echo(f"landbridge {version('landbridge')}")
        raise typer.Exit


def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Nothing of its own: options of the command without a part."""


def build_app() -> typer.Typer:
    """The command with all its parts."""
    settings: dict[str, Any] = {"rich_markup_mode": None, "add_completion": False, "no_args_is_help": True}
    app = typer.Typer(cls=Group, name="landbridge", help=HELP, pretty_exceptions_enable=False, **settings)
    app.callback(help=HELP)(_top)
    for name, (function, line) in COMMANDS.items():
        app.command(name, cls=Asking, short_help=line)(function)
    for name, (text, parts) in FAMILIES.items():
        family = typer.Typer(help=text, **settings)
        for part, (function, line) in parts.items():
            family.command(part, cls=Asking, short_help=line)(function)
        app.add_typer(family, name=name)
    return app


app: Final = build_app()

#: New objects after which Python looks for cycles among them.
OBJECTS_PER_SEARCH: Final = 50_000


def main() -> None:
    """Entry point; ends the process with the exit code.

    An answer makes some hundred thousand objects, hardly any of them in a cycle. Python would look for cycles at every
    700 new ones, and at the end in all that are left: a fifth of the time of a route.
    """
    gc.set_threshold(OBJECTS_PER_SEARCH)
    try:
        app(prog_name="landbridge")
    finally:
        gc.freeze()  # nothing is looked for in what is there now
