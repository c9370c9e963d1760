"""What every arc costs, and why: contributions, each made by a ledger entry that names its facts.

An entry is affine in the length of the arc: ``amount = fixed + per_km * km``. A haul is ``per_km`` only, a border
``fixed`` only. So a contribution recomputes from its entry and its arc alone, and a route's total is the sum over its
arcs' contributions (CONVENTIONS 19).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from landbridge.network.state import Closure
from landbridge.network.topology import Network
from landbridge.schema.words import Basis, CargoUnit, Objective, ValueClass

Measure = Literal["hours", "usd", "co2_wtw_kg", "co2_ttw_kg", "origin_wait_hours"]
MEASURES: Final[tuple[Measure, ...]] = ("hours", "usd", "co2_wtw_kg", "co2_ttw_kg", "origin_wait_hours")

Int32 = NDArray[np.int32]
Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class CostRequest:
    """What is carried, on which day, in the money of which year."""

    cargo: CargoUnit
    value: ValueClass
    as_of: datetime.date
    money_year: int
    destination_country: str = ""  # ISO3 where the trains wanted lead; empty = not said


@dataclass(frozen=True)
class Entry:
    """How one component of a group of arcs was computed.

    facts: ids of the numbers and rows used, in the order of the formula; sigma: standard deviation of the logarithm
    of a time (0 for money); country: ISO3 within which delays are correlated, empty at sea.
    """

    component: str
    measure: Measure
    fixed: float
    per_km: float
    basis: Basis
    formula: str
    facts: tuple[str, ...]
    sigma: float = 0.0
    country: str = ""
    note: str = ""

    def amount(self, km: float) -> float:
        """Amount on an arc of this length."""
        return self.fixed + self.per_km * km


@dataclass(frozen=True)
class ArcCosts:
    """Contributions of a network for one request, sorted by arc, then entry.

    Arc ``a`` owns contributions ``first[a]:first[a + 1]``. ``closure[a]`` points into ``closures`` or is -1 for an
    open arc.
    """

    network: Network
    request: CostRequest
    entries: tuple[Entry, ...]
    entry: Int32  # [n_contributions] into entries
    amount: Float64  # [n_contributions] in the measure's unit
    first: Int32  # [n_arcs + 1]
    closures: tuple[Closure, ...]
    closure: Int32  # [n_arcs]
    value_of_time_usd_per_hour: float
    value_of_time_facts: tuple[str, ...]
    country_correlation: float
    notes: tuple[str, ...] = field(default=())

    def total(self, measure: Measure) -> Float64:
        """Sum of a measure per arc [n_arcs]; closed arcs keep their amount."""
        row: Float64 = self._totals[MEASURES.index(measure)]
        return row

    @cached_property
    def _totals(self) -> Float64:
        measure = np.array([MEASURES.index(entry.measure) for entry in self.entries], dtype=np.int64)
        arc = np.repeat(np.arange(self.network.n_arcs), np.diff(self.first))
        cell = measure[self.entry] * self.network.n_arcs + arc
        size = len(MEASURES) * self.network.n_arcs
        flat = np.bincount(cell, weights=self.amount, minlength=size).astype(np.float64)
        return flat.reshape(len(MEASURES), self.network.n_arcs)

    @cached_property
    def open(self) -> NDArray[np.bool_]:
        """Arcs that can be used on the day [n_arcs]."""
        return self.closure < 0

    def weight(self, by: Objective) -> Float64:
        """What a search minimises, per arc [n_arcs]; ``inf`` where closed.

        cost = money + value of time x hours (USD); time = hours; money = USD; co2 = kg well-to-wheel. Wherever the
        objective leaves two routes equal the lower arc id decides.
        """
        if by == "cost":
            weight = self.total("usd") + self.value_of_time_usd_per_hour * self.total("hours")
        elif by == "time":
            weight = self.total("hours")
        elif by == "money":
            weight = self.total("usd")
        else:
            weight = self.total("co2_wtw_kg")
        return np.where(self.open, weight, np.inf)
