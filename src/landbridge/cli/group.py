"""How commands end: errors as text and exit codes, never a traceback; and options whose order counts."""

from __future__ import annotations

import os
import re
import shlex
import sys
import traceback
from contextlib import suppress
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from landbridge.schema.errors import LandbridgeError

#: Set to any text for the traceback of a fault.
DEBUG: Final = "LANDBRIDGE_DEBUG"
#: Options that change the world; they apply in the order in which they are written.
CHANGES: Final = {"close": "close", "open_": "open", "set_": "set", "scale": "scale"}  # parameter -> action
_CHANGES: Final = "landbridge.changes"
#: Coordinates south of the equator begin like an option; a space before them makes them an argument.
_SOUTHERN: Final = re.compile(r"-\d+(\.\d*)?\s*,")
_ARGUMENTS: Final = "landbridge.arguments"


class Group(TyperGroup):
    """The command itself: what goes wrong in any part of it ends here."""

    def invoke(self, ctx: Any) -> Any:
        """Run and translate what was raised into text and an exit code."""
        try:
            found = super().invoke(ctx)
            sys.stdout.flush()
        except LandbridgeError as error:
            _say(str(error))
            raise typer.Exit(error.exit_code) from error
        except BrokenPipeError as error:
            # Whoever read the output has enough. Nothing more is written, not even when Python shuts down.
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(141) from error
        except KeyboardInterrupt as error:
            _say("Interrupted. Nothing half-written was left behind.")
            raise typer.Exit(130) from error
        except MemoryError as error:
            _say("There is not enough memory for this.")
            raise typer.Exit(1) from error
        except Exception as error:
            if hasattr(error, "exit_code"):  # the parser's own: --help, a wrong option
                raise
            _fault(error)
            raise typer.Exit(1) from error
        else:
            return found


def _fault(error: Exception) -> None:
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    where = traceback.extract_tb(error.__traceback__)
    at = f" ({os.path.basename(where[-1].filename)}, line {where[-1].lineno})" if where else ""
    _say(
        f"A fault of the program, not of your input: {type(error).__name__}: {error}{at}. "
        f"Please report it with the command you gave; {DEBUG}=1 shows the traceback."
    )


def _say(text: str) -> None:
    with suppress(BrokenPipeError):
        print(text, file=sys.stderr)  # noqa: T201 - the one place where errors are printed


class Asking(TyperCommand):
    """A command that remembers the words it was given, and its changes in the order in which they were written."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse as usual, and remember."""
        args = [f" {word}" if _SOUTHERN.match(word) else word for word in args]
        ctx.meta[_ARGUMENTS] = list(args)
        parser = self.make_parser(ctx)
        with suppress(Exception):  # what is wrong with the arguments is said by the parse that follows
            values, _, order = parser.parse_args(args=list(args))
            left = {name: list(values.get(name) or ()) for name in CHANGES}
            written = [str(param.name) for param in order if param.name in CHANGES]
            ctx.meta[_CHANGES] = [(CHANGES[name], left[name].pop(0)) for name in written]
        return super().parse_args(ctx, args)


def changes_of(ctx: typer.Context) -> list[tuple[Any, str]]:
    """Quick changes of a command in the order in which they were written: ("close", "strait.hormuz")."""
    found: list[tuple[Any, str]] = ctx.meta.get(_CHANGES, [])
    return found


def command_line(ctx: typer.Context, *leave_out: str) -> str:
    """The command as it can be given again, without options that say only where its answer goes."""
    words = ["landbridge", *ctx.command_path.split()[1:]]
    skip = False
    for word in ctx.meta.get(_ARGUMENTS, []):
        name, equals, _ = word.partition("=")
        if not skip and name not in leave_out:
            words.append(shlex.quote(word))
        skip = not skip and name in leave_out and not equals
    return " ".join(words)
