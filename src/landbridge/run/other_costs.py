"""Costs of many days and scenarios of one study, made anew only where more than closures differ, and the named
corridors under them.

Most what-ifs only shut things: then the costs of the other arcs are those of the base, and only the reasons why arcs
are shut change. What may be taken over is decided by comparison, never guessed. So with ways: where the costs are
taken over and the same arcs are open, the ways are the same; where other arcs are open, a way that stays the best has
the same account.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from landbridge.costs.arccosts import ArcCosts
from landbridge.models.closures import WeightedPair
from landbridge.network.state import Closure, Modifier, Shipment, State, closures, modifiers
from landbridge.network.topology import Network
from landbridge.result.routes import Route
from landbridge.run.session import Session
from landbridge.scenario import Resolved
from landbridge.schema.words import ARC_KINDS, CargoUnit, Objective, ValueClass

if TYPE_CHECKING:
    from landbridge.models.corridors import CorridorWay


@dataclass(frozen=True)
class _Asked:
    """What the named corridors from an origin depend on, beside the costs; ``open``: bits of the arcs that are."""

    by: Objective
    only: tuple[str, ...] | None
    open: bytes
    origin: str


@dataclass(frozen=True)
class _Made:
    """Costs that were made in full, and from what."""

    state: State
    modifiers: tuple[Modifier, ...]
    costs: ArcCosts
    routes: dict[tuple[int, ...], Route] = field(default_factory=dict)  # by their arcs
    ways: dict[tuple[_Asked, str], tuple[CorridorWay, ...]] = field(default_factory=dict)  # to a place


@dataclass(frozen=True)
class OtherCosts:
    """Costs of one cargo for any day, scenario and shipment; equal to ``Session.costs`` in all it holds of arcs."""

    session: Session
    cargo: CargoUnit
    value: ValueClass
    _made: dict[tuple[object, ...], list[_Made]] = field(default_factory=dict, repr=False)

    def of(self, resolved: Resolved, shipment: Shipment) -> ArcCosts:
        """Costs on a resolved day for a shipment."""
        return self._of(resolved, shipment)[1]

    def ways(
        self,
        resolved: Resolved,
        pairs: Sequence[WeightedPair],
        *,
        by: Objective,
        flag: str = "",
        only: Sequence[str] | None = None,
    ) -> list[tuple[CorridorWay, ...]]:
        """The best way along each named corridor for each pair, without the reason of a closed one.

        flag: of the carrier; only: ids of corridors. Pairs of one origin whose costs are the same share their trees.
        """
        session = self.session
        asked: list[tuple[_Made, _Asked, str]] = []
        groups: dict[tuple[int, _Asked], tuple[_Made, ArcCosts, list[str]]] = {}
        for pair in pairs:
            shipment = replace(session.shipment(self.cargo, pair.origin, pair.destination), flag=flag)
            made, costs = self._of(resolved, shipment)
            same = _Asked(by, None if only is None else tuple(only), np.packbits(costs.open).tobytes(), pair.origin)
            asked.append((made, same, pair.destination))
            if (same, pair.destination) not in made.ways:
                groups.setdefault((id(made), same), (made, costs, []))[2].append(pair.destination)
        for (_, same), (made, costs, places) in groups.items():
            found = session.corridor_search.ways(
                costs,
                same.origin,
                list(dict.fromkeys(places)),
                by=by,
                names=session.names,
                only=only,
                explain=False,
                known=made.routes,
            )
            for place in places:
                made.ways[same, place] = tuple(way for way in found if way.destination == place)
        return [made.ways[same, place] for made, same, place in asked]

    def _of(self, resolved: Resolved, shipment: Shipment) -> tuple[_Made, ArcCosts]:
        """Costs, and the costs made in full that they rest on."""
        session = self.session
        shipment = session.class_of(shipment, resolved)
        state = closures(session.network, resolved, session.selectors, shipment)
        changed = modifiers(session.network, resolved, session.selectors, shipment)
        known = self._made.setdefault((resolved.as_of, shipment.destination_country), [])
        for made in known:
            if _only_more_shut(session.network, made, state, changed):
                return made, _with_closures(made, state)
        costs = session.costs(self.cargo, self.value, resolved, shipment)
        known.append(_Made(state, changed, costs))
        return known[-1], costs


def _only_more_shut(network: Network, made: _Made, state: State, changed: Sequence[Modifier]) -> bool:
    """Whether costs differ from those made by closures alone, and nothing is open that was shut.

    What was shut may be unknown or unfit for the cargo too, which the costs made do not say; so an opening is computed
    anew. Prices of lanes look at whether the shortest lane is shut by an event, so that must hold for the same lanes;
    of ports with no lane left no price is asked.
    """
    if len(changed) != len(made.modifiers) or not all(map(_same, changed, made.modifiers)):
        return False
    if bool(np.any((made.state.closure >= 0) & (state.closure < 0))):
        return False
    lanes = network.kind == ARC_KINDS.index("lane")
    differ = lanes & (_by_event(state) != _by_event(made.state))
    if not differ.any():
        return True
    ends = np.column_stack([network.node_port[network.tail], network.node_port[network.head]])
    left = {tuple(pair) for pair in ends[lanes & (state.closure < 0)].tolist()}
    return not any(tuple(pair) in left for pair in ends[differ].tolist())


def _by_event(state: State) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    kinds = np.array([*(closure.kind == "event" for closure in state.closures), False])
    mask: np.ndarray[tuple[int], np.dtype[np.bool_]] = kinds[state.closure]
    return mask


def _same(one: Modifier, other: Modifier) -> bool:
    plain = [field.name for field in dataclasses.fields(Modifier) if field.name != "arcs"]
    return all(getattr(one, name) == getattr(other, name) for name in plain) and np.array_equal(one.arcs, other.arcs)


def _with_closures(made: _Made, state: State) -> ArcCosts:
    """The costs made, shut where they were for a reason that no state knows, and else where ``state`` says so.

    In this order, because costs close what is unfit or has no figure before what the day shuts.
    """
    costs = made.costs
    found: dict[Closure, int] = {}
    closure = np.full(costs.network.n_arcs, -1, dtype=np.int32)
    of_state = set(made.state.closures)
    for position in np.unique(costs.closure[costs.closure >= 0]).tolist():
        reason = costs.closures[position]
        if reason not in of_state:
            closure[costs.closure == position] = found.setdefault(reason, len(found))
    for position, reason in enumerate(state.closures):
        closure[(state.closure == position) & (closure < 0)] = found.setdefault(reason, len(found))
    old = set(made.state.notes)
    notes = (*state.notes, *(note for note in costs.notes if note not in old))
    # A new object, so that nothing it remembers of the old closures is taken over.
    return dataclasses.replace(costs, closures=tuple(found), closure=closure, notes=notes)
