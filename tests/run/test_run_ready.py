"""Kernels are compiled once per installation."""

from __future__ import annotations

from pathlib import Path

import pytest

from landbridge.kernels import warm
from landbridge.run.ready import ready_kernels


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
