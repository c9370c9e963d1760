"""Errors a user can meet.

```
LandbridgeError               exit code 2
├── FactsError                a table of facts is wrong; lists every finding
├── StudyError                study.toml is wrong
├── ScenarioError             a scenario file or a --close/--set option is wrong
├── UnknownName               a place, crossing, port ... that nobody knows; lists the nearest known ones
├── AmbiguousName             a name with two equally likely meanings; lists them with their codes
├── BadRequest                an option or a combination of options that cannot be
└── OutputError               a folder that cannot be written, a full disk
```

That there is no way is an answer, not an error (CONVENTIONS 9); the command then ends with 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing wrong in an input: where it stands, what was found, what to do."""

    where: str  # "ports.csv, row 12, field lat"
    found: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.found}. {self.remedy}"


class LandbridgeError(Exception):
    """Base of everything the program raises for a user's mistake."""

    exit_code = 2

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        self.findings = tuple(findings)
        lines = [message, *(f"  {finding}" for finding in self.findings)]
        super().__init__("\n".join(lines))


class FactsError(LandbridgeError):
    """A table of facts is wrong."""


class StudyError(LandbridgeError):
    """A study file is wrong."""


class ScenarioError(LandbridgeError):
    """A scenario file or a quick change is wrong."""


class UnknownName(LandbridgeError):  # noqa: N818 - reads as a sentence in the message
    """A name that nobody knows."""

    def __init__(
        self,
        name: str,
        nearest: Sequence[str] = (),
        kind: str = "place, port or crossing",
        listed_by: str = "landbridge find",
    ) -> None:
        self.name, self.nearest = name, tuple(nearest)
        tail = f" Nearest known: {', '.join(nearest)}." if nearest else f" '{listed_by}' lists what is known."
        super().__init__(f"No {kind} is called '{name}'.{tail}")


class AmbiguousName(LandbridgeError):  # noqa: N818
    """A name with several equally likely meanings."""

    def __init__(self, name: str, candidates: Sequence[str]) -> None:
        self.name, self.candidates = name, tuple(candidates)
        super().__init__(f"'{name}' could be {', '.join(candidates)}. Name one of them as written here.")


class BadRequest(LandbridgeError):  # noqa: N818
    """An option or a combination of options that cannot be."""


class OutputError(LandbridgeError):
    """A result that cannot be written."""
