"""Fixtures of the tests of facts."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest
from facts_sample import GOOD, Tables, write_package


@pytest.fixture
def good() -> Tables:
    return copy.deepcopy(GOOD)


@pytest.fixture
def package(tmp_path: Path) -> Callable[[Tables], Path]:
    def write(content: Tables) -> Path:
        return write_package(tmp_path / "facts", content)

    return write
