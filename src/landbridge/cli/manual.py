"""docs/cli.md and docs/result.md, made from the commands and the tables themselves: ``scripts/docs`` writes them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import typer.main

from landbridge.cli.main import app

_WIDTH: Final = 100
_HEAD: Final = """# The command line

`landbridge COMMAND --help` prints what stands here; this page is made by `scripts/docs`.

Answers go to standard output, remarks and progress to standard error. With `--json` standard output is one JSON
document; its numbers are finite, and what is not known is `null`. Exit codes: 0 answered, 1 a fault of the program
(`LANDBRIDGE_DEBUG=1` shows the traceback), 2 wrong input, 3 no route, 130 interrupted.

What is different on a day comes from the study's events, a scenario and quick changes; `--close`, `--open`, `--set` and
`--scale` apply in the order in which they are written ([scenarios.md](scenarios.md) has the grammar).
"""


_RESULT_HEAD: Final = """# The result folder

`landbridge run` and `landbridge report` write one folder, whole or not at all. This page is made by `scripts/docs`.

| file | what |
| --- | --- |
| `manifest.json` | how it was made: version, command, day, cargo, digests of its inputs; every file with its \
SHA-256, every table with its columns |
| `scenario.toml` | the day and the changes, ready for `landbridge run scenario.toml` |
| `tables/NAME.csv`, `tables/NAME.parquet` | the same rows twice; an empty cell is *not known* |
| `report.html`, `report.xlsx` | of `landbridge report` |
| `timings.log` | how long it took; no part of the result, so two runs of one question have the same bytes elsewhere |

A folder that holds a result is replaced; one that holds anything else is not touched.
`landbridge explain FOLDER TABLE KEY` recomputes a number by the formula of its column; a key is the key columns joined
by `/`, and `KEY.COLUMN` is one number of the row.

A contribution is recomputed from its facts: the value of each in the cargo's load unit and the money year, put together
as its formula says. Where a formula holds more than its facts say, it stops at `fixed + per_km x km` and says why."""
_RESULT_TAIL: Final = "Tables of the network's quality are called `network_...`; those of a chapter begin with its id."


def cli_manual() -> str:
    """Help of every command."""
    parts = [_HEAD]
    for name, command in _commands(typer.main.get_command(app), "landbridge"):
        context = command.context_class(command, info_name=name, terminal_width=_WIDTH, max_content_width=_WIDTH)
        parts.append(f"## {name}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "\n".join(parts)


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """A command and its parts, in the order of the help."""
    if name == "landbridge" or not hasattr(command, "commands"):
        yield name, command
    for part, below in getattr(command, "commands", {}).items():
        yield from _commands(below, f"{name} {part}")


def result_manual() -> str:
    """Tables of a result folder with all their columns."""
    from landbridge.result.folder import TABLES

    lines = [_RESULT_HEAD]
    for name, shape in TABLES.items():
        lines += [
            "",
            f"## {name}",
            "",
            f"{shape.doc[0].upper()}{shape.doc[1:]}. Key: {', '.join(f'`{column}`' for column in shape.key)}.",
            "",
            "| column | unit | what | formula |",
            "| --- | --- | --- | --- |",
        ]
        lines += [f"| `{item.name}` | {item.unit} | {item.doc} | {item.formula} |" for item in shape.fields]
    lines += ["", _RESULT_TAIL]
    return "\n".join(lines) + "\n"


MANUALS: Final = {"cli.md": cli_manual, "result.md": result_manual}


def main() -> None:
    """Write the pages into the folder given."""
    folder = Path(sys.argv[1])
    for name, text in MANUALS.items():
        (folder / name).write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
