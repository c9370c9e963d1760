"""Landbridge: how a region is joined to the world, what each way costs, and what it hangs on.

>>> import landbridge
>>> session = landbridge.open_study()          # the built-in study
>>> answer = session.routes("Tokyo", "Tashkent")
>>> landbridge.find("Khorgos")[0].code

Importing the package is quick: the parts are imported when they are first used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

    from landbridge.network.names import Hit
    from landbridge.result.routes import RoutesAnswer
    from landbridge.run.session import Session
    from landbridge.scenario import Scenario
    from landbridge.scenario.scenario import QuickAction

    __version__: str

__all__ = ["__version__", "find", "open_study", "routes"]

_BUILT_IN = "japan_central_asia"


def open_study(study: str | Path = _BUILT_IN) -> Session:
    """Open a study by id, folder or ``study.toml``, for many questions.

    Raises ``landbridge.schema.errors.StudyError`` and ``FactsError`` with everything that is wrong.
    """
    from landbridge.run.session import open_study as opened

    return opened(study)


def routes(
    origin: str,
    destination: str,
    *,
    via: Sequence[str] = (),
    avoid: Sequence[str] = (),
    mode: Sequence[str] = (),
    cargo: str | None = None,
    value: str | None = None,
    by: str = "cost",
    k: int = 5,
    as_of: datetime.date | str | None = None,
    scenario: Scenario | str | Path | None = None,
    options: Sequence[tuple[QuickAction, str]] = (),
    study: str | Path = _BUILT_IN,
) -> RoutesAnswer:
    """The best way between two places, its real alternatives, and the best way by each other objective; opens the
    study for this one question.

    Names are those ``find`` knows. as_of: a day, ``base`` or ``latest``; scenario: a preset or a file; options: quick
    changes such as ``("close", "strait.hormuz")``. For many questions open the study once (``open_study``). Raises
    ``UnknownName``, ``AmbiguousName`` and ``BadRequest``; where there is no way the answer says why.
    """
    return open_study(study).routes(
        origin,
        destination,
        via=via,
        avoid=avoid,
        mode=mode,
        cargo=cargo,
        value=value,
        by=by,
        k=k,
        as_of=as_of,
        scenario=scenario,
        options=options,
        least=True,
    )


def find(name: str, limit: int = 20, *, study: str | Path = _BUILT_IN) -> list[Hit]:
    """Places, ports, crossings, straits, countries and corridors a name may mean, the likeliest first."""
    return open_study(study).gazetteer.find(name, limit)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("landbridge")
    raise AttributeError(f"module 'landbridge' has no attribute '{name}'")
