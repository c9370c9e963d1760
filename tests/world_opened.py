"""The built-in study on the world's network, opened once per process (the first build takes half a minute)."""

from __future__ import annotations

from functools import cache

from landbridge.run.session import Session, open_study
from landbridge.run.world_session import WorldSession


@cache
def study() -> Session:
    return open_study()


@cache
def world() -> WorldSession:
    opened = study().world
    assert isinstance(opened, WorldSession)
    return opened
