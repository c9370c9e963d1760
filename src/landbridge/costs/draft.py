"""Where the components of a cost add their entries; becomes an ArcCosts once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbridge.costs.arccosts import Entry, Measure
from landbridge.costs.rates import Rate
from landbridge.network.state import Closure
from landbridge.network.topology import Network

Int32 = NDArray[np.int32]
Arcs = Sequence[int] | NDArray[np.signedinteger[Any]]


@dataclass
class Draft:
    """Entries and the arcs they hold for, as pairs (arc, entry) in the order in which they were added."""

    network: Network
    entries: list[Entry] = field(default_factory=list)
    closures: list[Closure] = field(default_factory=list)
    closed: list[tuple[Int32, int]] = field(default_factory=list)
    _at: dict[Entry, int] = field(default_factory=dict)
    #: As ``_at``, by what an entry is made from: making one to find it takes as long as all the rest.
    _made: dict[tuple[str, Measure, Rate, bool, float, str], int] = field(default_factory=dict)
    _arcs: list[Int32] = field(default_factory=list)  # groups of arcs ...
    _entry: list[int] = field(default_factory=list)  # ... and the entry of each, not yet laid out
    _laid: tuple[Int32, Int32] = field(default_factory=lambda: (np.zeros(0, np.int32), np.zeros(0, np.int32)))

    def add(
        self,
        arcs: Arcs,
        component: str,
        measure: Measure,
        rate: Rate,
        *,
        per_km: bool = False,
        sigma: float = 0.0,
        country: str = "",
    ) -> None:
        """An amount on each of the arcs; ``per_km`` multiplies it by the length of the arc.

        Nothing is no entry, unless a scenario set it to nothing.
        """
        if len(arcs) == 0 or (rate.value == 0.0 and rate.basis != "scenario"):
            return
        key = (component, measure, rate, per_km, sigma, country)
        at = self._made.get(key)
        if at is None:
            at = self._made[key] = self._position(
                Entry(
                    component=component,
                    measure=measure,
                    fixed=0.0 if per_km else rate.value,
                    per_km=rate.value if per_km else 0.0,
                    basis=rate.basis,
                    formula=f"km x {rate.formula}" if per_km else rate.formula,
                    facts=rate.facts,
                    sigma=sigma,
                    country=country,
                    note=rate.note,
                )
            )
        self._arcs.append(np.asarray(arcs, dtype=np.int32))
        self._entry.append(at)

    def _position(self, entry: Entry) -> int:
        """Where an entry stands; equal ones are one entry of the ledger, however many groups of arcs they hold for."""
        at = self._at.setdefault(entry, len(self.entries))
        if at == len(self.entries):
            self.entries.append(entry)
        return at

    def change(self, arcs: Int32, component: str, measure: Measure, changed: Callable[[Entry], Entry]) -> None:
        """Replace the entries of a component (empty = every one) in a measure on these arcs by changed ones."""
        arc, entry = self._take(arcs, component, measure)
        order = np.argsort(entry, kind="stable")
        arc, entry = arc[order], entry[order]
        starts = np.flatnonzero(np.diff(entry, prepend=-1))
        for at, group in zip(entry[starts].tolist(), np.split(arc, starts[1:]), strict=False):
            self._arcs.append(group)
            self._entry.append(self._position(changed(self.entries[at])))

    def drop(self, arcs: Int32, component: str, measure: Measure) -> Int32:
        """Remove a component's entries in a measure from these arcs; returns the arcs."""
        self._take(arcs, component, measure)
        return arcs

    def _take(self, arcs: Int32, component: str, measure: Measure) -> tuple[Int32, Int32]:
        """Take the entries of a component (empty = every one) in a measure off the arcs; returns (arc, entry) taken."""
        arc, entry = self._pairs()
        named = np.zeros(self.network.n_arcs, dtype=np.bool_)
        named[arcs] = True
        wanted = np.array(
            [item.measure == measure and component in ("", item.component) for item in self.entries], dtype=np.bool_
        )
        hit = wanted[entry] & named[arc]
        self._laid = arc[~hit], entry[~hit]
        return arc[hit], entry[hit]

    def _pairs(self) -> tuple[Int32, Int32]:
        """(arc, entry) of everything added."""
        if self._arcs:
            entry = np.repeat(np.array(self._entry, dtype=np.int32), [len(group) for group in self._arcs])
            self._laid = np.concatenate([self._laid[0], *self._arcs]), np.concatenate([self._laid[1], entry])
            self._arcs.clear()
            self._entry.clear()
        return self._laid

    def close(self, arcs: Arcs, closure: Closure) -> None:
        """Close arcs; the first closure of an arc is the one it shows."""
        ids = np.asarray(arcs, dtype=np.int32)
        if len(ids) == 0:
            return
        self.closures.append(closure)
        self.closed.append((ids, len(self.closures) - 1))

    def contributions(self) -> tuple[Int32, NDArray[np.float64], Int32]:
        """(entry, amount, first) sorted by arc, then entry; see ArcCosts."""
        n_arcs = self.network.n_arcs
        arc, entry = self._pairs()
        order = np.lexsort((entry, arc))
        arc, entry = arc[order], entry[order]
        fixed = np.array([item.fixed for item in self.entries])
        per_km = np.array([item.per_km for item in self.entries])
        amount = fixed[entry] + per_km[entry] * self.network.km[arc]
        first = np.zeros(n_arcs + 1, np.int32)
        np.cumsum(np.bincount(arc, minlength=n_arcs), out=first[1:])
        return entry, amount, first

    def closure_of_arcs(self) -> Int32:
        """Position in ``closures`` per arc, -1 = open; the first closure wins."""
        closure = np.full(self.network.n_arcs, -1, np.int32)
        for ids, position in self.closed:
            untouched = ids[closure[ids] < 0]
            closure[untouched] = position
        return closure
