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


@dataclass
class Draft:
    """Entries and the arcs they hold for."""

    network: Network
    entries: list[Entry] = field(default_factory=list)
    arcs: list[list[Int32]] = field(default_factory=list)
    closures: list[Closure] = field(default_factory=list)
    closed: list[tuple[Int32, int]] = field(default_factory=list)
    _at: dict[Entry, int] = field(default_factory=dict)

    def add(
        self,
        arcs: Sequence[int] | NDArray[np.signedinteger[Any]],
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
        ids = np.asarray(arcs, dtype=np.int32)
        if len(ids) == 0 or (rate.value == 0.0 and rate.basis != "scenario"):
            return
        self._append(
            ids,
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
            ),
        )

    def _append(self, arcs: Int32, entry: Entry) -> None:
        """Equal entries are one entry of the ledger, however many groups of arcs they hold for."""
        at = self._at.get(entry)
        if at is None:
            self._at[entry] = len(self.entries)
            self.entries.append(entry)
            self.arcs.append([arcs])
        else:
            self.arcs[at].append(arcs)

    def change(self, arcs: Int32, component: str, measure: Measure, changed: Callable[[Entry], Entry]) -> None:
        """Replace the entries of a component (empty = every one) in a measure on these arcs by changed ones."""
        for position in range(len(self.entries)):
            entry = self.entries[position]
            if entry.measure != measure or component not in ("", entry.component):
                continue
            hit = self._take(position, arcs)
            if len(hit):
                self._append(hit, changed(entry))

    def drop(self, arcs: Int32, component: str, measure: Measure) -> Int32:
        """Remove a component's entries in a measure from these arcs; returns the arcs."""
        for position, entry in enumerate(self.entries):
            if entry.measure == measure and entry.component == component:
                self._take(position, arcs)
        return arcs

    def _take(self, position: int, arcs: Int32) -> Int32:
        """Take arcs out of an entry; returns those that were in it, once per time."""
        if not self.arcs[position]:
            return np.zeros(0, np.int32)
        group = np.concatenate(self.arcs[position])
        hit = np.isin(group, arcs)
        if hit.any():
            self.arcs[position] = [group[~hit]]
        return group[hit]

    def close(self, arcs: Sequence[int] | NDArray[np.signedinteger[Any]], closure: Closure) -> None:
        """Close arcs; the first closure of an arc is the one it shows."""
        ids = np.asarray(arcs, dtype=np.int32)
        if len(ids) == 0:
            return
        self.closures.append(closure)
        self.closed.append((ids, len(self.closures) - 1))

    def contributions(self) -> tuple[Int32, NDArray[np.float64], Int32]:
        """(entry, amount, first) sorted by arc, then entry; see ArcCosts."""
        n_arcs = self.network.n_arcs
        if not self.arcs:
            return np.zeros(0, np.int32), np.zeros(0), np.zeros(n_arcs + 1, np.int32)
        groups = [np.concatenate(ids) for ids in self.arcs]
        arc = np.concatenate(groups)
        entry = np.repeat(np.arange(len(groups), dtype=np.int32), [len(ids) for ids in groups])
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
