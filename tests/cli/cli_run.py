"""Runs the command inside the test process."""

from __future__ import annotations

import json
from typing import Any

from typer.testing import CliRunner, Result

from landbridge.cli.main import app


def command(*words: str) -> Result:
    """The command with these words."""
    return CliRunner().invoke(app, list(words))


def answer(*words: str, code: int = 0) -> Any:
    """The JSON a command prints; it must end with the exit code."""
    found = command(*words, "--json")
    assert found.exit_code == code, (found.stdout, found.stderr)

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(found.stdout, parse_constant=refuse)


def refused(*words: str, code: int = 2) -> str:
    """What a command says that does not answer: nothing on standard output, no traceback."""
    found = command(*words)
    assert found.exit_code == code, (found.stdout, found.stderr)
    assert found.stdout == ""
    assert "Traceback" not in found.stderr
    return found.stderr
