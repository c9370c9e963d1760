"""What a command asks of: a study opened, on a day, with what is different. And how answers are printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import typer

from landbridge.cli.group import changes_of

if TYPE_CHECKING:
    from rich.console import Console

    from landbridge.run.folder import Asked
    from landbridge.run.session import Session
    from landbridge.scenario import Resolved
    from landbridge.schema.words import CargoUnit, Objective, ValueClass


#: Commands that answer without compiled code.
WITHOUT_KERNELS: Final = ("routes", "events")


def open_world(
    ctx: typer.Context, study: str, scenario: str | None = None, as_of: str | None = None
) -> tuple[Session, Resolved]:
    """The study and what is different on the day: events, scenario, quick changes."""
    from landbridge.run.session import open_study

    if ctx.command_path.split()[-1] not in WITHOUT_KERNELS:
        get_ready()
    session = open_study(study, show_opening)
    return session, session.resolved(scenario, as_of, tuple(changes_of(ctx)))


def show_opening(stage: str, done: int, total: int) -> None:
    """Progress of what is made at the first question about the world's network."""
    if done == 0:
        note("First use: making the world's network, once ...")
    if done < total:
        note(f"  [{done + 1}/{total}] {stage}")


def ready_for(session: Session, origin: str, destination: str, others: Sequence[str], network: str) -> None:
    """Get ready for a question about two places: on a network as large as the world's it needs the kernels.

    Names come first: nobody waits for a compiler to hear that a name is not known.
    """
    from landbridge.run.ready import kernels_are_ready

    if session.outside(network, (origin, destination), others) is None or kernels_are_ready():
        return
    world = session.world.with_points((origin, destination))
    for text in (origin, destination):
        world.gazetteer.place(text)
    get_ready()


def get_ready() -> None:
    """Compile the kernels if this installation never did, and say so: it happens once and takes half a minute."""
    from landbridge.run.ready import ready_kernels

    def progress(name: str, done: int, total: int) -> None:
        if done == 0:
            note("First use: compiling the engine, once ...")
        elif name and done % 3 == 0:
            note(f"  {done} of {total}: {name}")

    ready_kernels(progress)


def what_is_asked(
    session: Session,
    scenario: str | None,
    cargo: CargoUnit | None,
    value: ValueClass | None,
    by: Objective,
    pairs: Sequence[str] | None,
) -> Asked:
    """Cargo, objective and pairs, the study's own where none are given."""
    from landbridge.run.ask_pairs import ask_pairs
    from landbridge.run.folder import asked_of

    return asked_of(session, scenario, cargo, value, by, ask_pairs(session, pairs or ()))


def print_json(content: Any) -> None:
    """Valid JSON to standard output; a number that is not finite is a fault and never printed."""
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))


def console() -> Console:
    """Standard output for tables."""
    from landbridge.views.terminal import open_console

    return open_console()


def note(text: str) -> None:
    """A remark beside the answer, to standard error."""
    typer.echo(text, err=True)


class Steps:
    """Says on standard error what is being done: a bar on a terminal; elsewhere one line per step, or nothing.

    total: number of steps, 0 = not known; with ``about`` a guess, which the bar follows and no line names. lines:
    whether steps are worth a line where there is no terminal.
    """

    def __init__(self, total: int, *, about: bool = False, lines: bool = False) -> None:
        self.total, self.about, self.lines = total, about, lines
        self.done = 0
        self._bar: Any = None
        self._task: Any = None

    @contextmanager
    def shown(self) -> Iterator[Steps]:
        """Show progress inside the block."""
        if not sys.stderr.isatty():
            yield self
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            self._bar, self._task = bar, bar.add_task("", total=self.total or None)
            yield self
        self._bar = None

    def step(self, what: str) -> None:
        """A step begins; those before it are done."""
        if self.total:
            self.total = max(self.total, self.done + 1)
        if self._bar is not None:
            self._bar.update(self._task, description=what, completed=self.done, total=self.total or None)
        elif self.lines and not sys.stderr.isatty():
            of = f"/{self.total}" if self.total and not self.about else ""
            typer.echo(f"[{self.done + 1}{of}] {what}", err=True)
        self.done += 1


class Counted:
    """How many of how many are done: a bar on a terminal, a line for every tenth elsewhere."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._tenth = 0
        self._bar: Any = None
        self._task: Any = None

    @contextmanager
    def shown(self) -> Iterator[Counted]:
        """Show progress inside the block."""
        if not sys.stderr.isatty():
            yield self
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            self._bar, self._task = bar, bar.add_task(self.what, total=None)
            yield self
        self._bar = None

    def show(self, done: int, total: int) -> None:
        """``done`` of ``total`` are done."""
        if self._bar is not None:
            self._bar.update(self._task, completed=done, total=total)
        elif total and done * 10 // total > self._tenth:
            self._tenth = done * 10 // total
            note(f"{done:,} of {total:,} {self.what}")
