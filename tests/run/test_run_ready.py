"""Kernels are compiled once per installation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from landbridge.cli.world import ready_for, show_opening
from landbridge.kernels import warm
from landbridge.run import world_session
from landbridge.run.ready import ready_kernels
from landbridge.run.session import Progress, Session, open_study
from landbridge.schema.errors import UnknownName


def test_compiles_once_and_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LANDBRIDGE_CACHE", str(tmp_path / "new"))
    monkeypatch.delenv("LANDBRIDGE_KERNEL_CACHE", raising=False)
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    calls: list[str] = []
    monkeypatch.setattr(warm, "warm", lambda progress: progress("x", 0, 1))
    assert ready_kernels(lambda name, _done, _total: calls.append(name))
    assert not ready_kernels(lambda name, _done, _total: calls.append(name))
    assert calls == ["x"]


@pytest.mark.parametrize(("variable", "value"), [("LANDBRIDGE_KERNEL_CACHE", "0"), ("NUMBA_DISABLE_JIT", "1")])
def test_does_nothing_where_code_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, value: str
) -> None:
    monkeypatch.setenv("LANDBRIDGE_CACHE", str(tmp_path))
    monkeypatch.setenv(variable, value)
    assert not ready_kernels(lambda *_: None)
    assert not list(tmp_path.iterdir())


class World:
    """Stands for a study asked about the world's network, where only Kyiv is known."""

    def __init__(self) -> None:
        self.gazetteer = self
        self.world = self

    def outside(self, network: str, ends: tuple[str, str], others: tuple[str, ...]) -> str | None:
        return "answered on the world's network" if "Kyiv" in (*ends, *others) else None

    def with_points(self, texts: tuple[str, str]) -> World:
        return self

    def place(self, text: str) -> str:
        if text != "Kyiv":
            raise UnknownName(text, [], "place")
        return text


def test_a_route_of_the_world_says_that_it_compiles(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANDBRIDGE_CACHE", str(tmp_path / "new"))
    monkeypatch.delenv("LANDBRIDGE_KERNEL_CACHE", raising=False)
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    monkeypatch.setattr(warm, "warm", lambda progress: progress("x", 0, 1))
    world: Any = World()
    ready_for(world, "Tokyo", "Tashkent", (), "")  # a question of the study: nothing to compile
    with pytest.raises(UnknownName):  # a name that nobody knows: no wait before it is said
        ready_for(world, "Kyiv", "Kyyiv", (), "")
    assert capsys.readouterr().err == ""
    ready_for(world, "Kyiv", "Kyiv", (), "")
    assert "compiling" in capsys.readouterr().err
    ready_for(world, "Kyiv", "Kyiv", (), "")
    assert capsys.readouterr().err == ""


def test_making_the_worlds_network_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def made(session: Session, progress: Progress) -> Session:
        progress("sea lanes", 0, 2)
        progress("joining", 1, 2)
        progress("done", 2, 2)
        return session

    monkeypatch.setattr(world_session, "open_world", made)
    assert open_study(progress=show_opening).world
    assert capsys.readouterr().err.splitlines() == [
        "First use: making the world's network, once ...",
        "  [1/2] sea lanes",
        "  [2/2] joining",
    ]
