"""A row of a result explained: each number with its formula and components, and the facts and sources behind them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from landbridge.io.tabular import Value
from landbridge.result.report import FactUsed, SourceUsed
from landbridge.result.routes import RoutesAnswer

#: Two floats are one number if they differ by less than this share: sums may be taken in another order.
EQUAL: Final = 1e-9

Record = dict[str, Value]


def _equal(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=EQUAL, abs_tol=EQUAL)


@dataclass(frozen=True)
class Component:
    """What a number is made of: an addend, or an input of its formula.

    recomputed: the amount again from its facts, None for an input or where the chain stops; stops: why it does.
    """

    what: str
    amount: float
    unit: str
    basis: str = ""
    formula: str = ""
    facts: tuple[str, ...] = ()
    note: str = ""
    recomputed: float | None = None
    stops: str = ""

    @property
    def agrees(self) -> bool:
        """Whether the amount was found again."""
        return self.recomputed is None or _equal(self.amount, self.recomputed)


@dataclass(frozen=True)
class Explanation:
    """One number of a result. ``recomputed`` is None for an input, which has a source and no formula; ``stops``: why
    it was not followed down to facts.
    """

    table: str
    key: str
    column: str
    value: float
    unit: str
    doc: str
    formula: str
    components: tuple[Component, ...]
    recomputed: float | None
    stops: str = ""

    @property
    def agrees(self) -> bool:
        """Whether the number was found again, and each of its components from its facts."""
        own = self.recomputed is None or _equal(self.value, self.recomputed)
        return own and all(part.agrees for part in self.components)

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {
            "table": self.table,
            "key": self.key,
            "column": self.column,
            "value": self.value,
            "unit": self.unit,
            "meaning": self.doc,
            "formula": self.formula or None,
            "recomputed": self.recomputed,
            "stops": self.stops or None,
            "components": [
                {
                    "what": part.what,
                    "amount": part.amount,
                    "unit": part.unit,
                    "basis": part.basis or None,
                    "formula": part.formula or None,
                    "facts": list(part.facts),
                    "note": part.note or None,
                    "recomputed": part.recomputed,
                    "stops": part.stops or None,
                }
                for part in self.components
            ],
        }


@dataclass(frozen=True)
class Explained:
    """A row: its texts, its numbers explained, and the facts and sources they rest on."""

    table: str
    key: str
    doc: str
    texts: tuple[tuple[str, str], ...]
    numbers: tuple[Explanation, ...]
    facts: tuple[Record, ...]
    losers: tuple[Record, ...]
    sources: tuple[Record, ...]

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {
            "table": self.table,
            "key": self.key,
            "texts": dict(self.texts),
            "numbers": [number.to_json() for number in self.numbers],
            "facts": list(self.facts),
            "losers": list(self.losers),
            "sources": list(self.sources),
        }


def explained_json(answer: RoutesAnswer, facts: Sequence[FactUsed], sources: Sequence[SourceUsed]) -> dict[str, Any]:
    """An answer with every contribution of its routes, the facts they rest on and their sources."""
    content = answer.to_json()
    for shown, route in zip(content["routes"], answer.routes, strict=True):
        shown["p95"] = dict(route.p95)
        shown["contributions"] = [{**asdict(part), "facts": list(part.facts)} for part in route.contributions]
    content["facts"] = [{**asdict(fact), "parents": list(fact.parents)} for fact in facts]
    content["sources"] = [asdict(source) for source in sources]
    return content
