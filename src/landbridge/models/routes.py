"""Which ways lead from A to B, and what are they like? The best one by one objective and its real alternatives.

``find_routes`` searches once over (node, vias done) (``search``), picks real alternatives (``alternatives``),
accounts for each (``route_account``), and where there is no way names a smallest set of closures that causes it
(``causes``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from landbridge.costs.arccosts import ArcCosts
from landbridge.models.alternatives import STRETCH, Path, real_alternatives
from landbridge.models.causes import smallest_cause
from landbridge.models.corridor_match import CorridorIndex, index_corridors
from landbridge.models.route_account import Names, node_name, route_of
from landbridge.models.search import Bools, Touchable, trees_of_pair
from landbridge.network.select import SelectorContext
from landbridge.network.state import Closure
from landbridge.network.topology import Network
from landbridge.result.routes import Line, Route, RoutesAnswer, Unreachable
from landbridge.schema.errors import BadRequest
from landbridge.schema.words import MODES, OBJECTIVES, Mode, Objective

#: Number of alternatives, the best included, where none is asked for.
ALTERNATIVES = 5


@dataclass(frozen=True)
class Avoided:
    """Arcs that the asker rules out [n_arcs], and how he said it."""

    closure: Closure
    arcs: Bools


def find_routes(
    costs: ArcCosts,
    origin: str | int,
    destination: str | int,
    *,
    by: Objective = "cost",
    k: int = ALTERNATIVES,
    vias: Sequence[Touchable] = (),
    avoid: Sequence[Avoided] = (),
    modes: Collection[Mode] | None = None,
    stretch: float = STRETCH,
    corridors: CorridorIndex | None = None,
    names: Names | None = None,
    shapes: Mapping[str, Line] | None = None,
    least: bool = False,
) -> RoutesAnswer:
    """The best route from place to place and at most ``k - 1`` real alternatives, in ascending order of the objective.

    origin, destination: place ids, or positions in ``network.place_ids``; vias: passed in this order, see ``search``;
    avoid: closed beside what the costs close; modes: only these (None = all), crossings included; what does not move
    is open to all; corridors: the named ones (None = none), resolved against this network; shapes: lines of links for
    the tracks; least: also the best way by each other objective.

    One objective is optimised, all are reported. Without a route ``unreachable`` tells why. Raises ``BadRequest`` for
    a place that can be no origin or destination, for equal ends and for ``k`` below 1.
    """
    network = costs.network
    names = names or Names()
    corridors = corridors or index_corridors(network, {}, SelectorContext())
    start, end = end_node(network, origin, "origin", names), end_node(network, destination, "destination", names)
    place = network.node_place[start]
    if place == network.node_place[end]:
        raise BadRequest("Origin and destination are the same place. Name two places.")
    if k < 1:
        raise BadRequest(f"{k} alternatives were asked for. Ask for one or more.")
    ruled_out = [*avoid, *_other_modes(network, modes)]

    def ways(objective: Objective, most: int, within: float) -> tuple[tuple[Path, ...], int]:
        """Ways in ascending order of an objective, and the state searched from."""
        weight = costs.weight(objective)
        for option in ruled_out:
            weight = np.where(option.arcs, np.inf, weight)
        trees = trees_of_pair(network.tail, network.head, weight, network.n_nodes, vias, start, end, within)
        found = real_alternatives(network, weight, trees, corridors, most, within) if trees.forward is not None else ()
        return found, trees.source

    def route(path: Path, ratio: float) -> Route:
        return route_of(costs, path.arcs, path.corridors, corridors, names, ratio, shapes)

    paths, source = ways(by, k, stretch)
    others = [other for other in OBJECTIVES if other != by] if least and paths else []
    return RoutesAnswer(
        origin=_place_name(network, start, names),
        destination=_place_name(network, end, names),
        cargo=costs.request.cargo,
        value=costs.request.value,
        by=by,
        as_of=costs.request.as_of.isoformat(),
        money_year=costs.request.money_year,
        routes=tuple(route(path, _ratio(path, paths[0])) for path in paths),
        unreachable=None if paths else why_no_way(costs, by, ruled_out, source, end, vias),
        notes=(*costs.notes, *_turning_back(network, paths, names)),
        least=tuple((other, route(ways(other, 1, 1.0)[0][0], 1.0)) for other in others),
    )


def end_node(network: Network, place: str | int, kind: str, names: Names) -> int:
    """The origin or destination node of a place; ``BadRequest`` where it has none."""
    identifier = place if isinstance(place, str) else network.place_ids[place]
    node = network.node_index.get(f"{kind}:{identifier}", -1)
    if node < 0:
        raise BadRequest(
            f"{names.places.get(identifier, identifier)} has no terminal in the network, so it cannot be the {kind}. "
            "It can be passed (--via) if it lies on a line."
        )
    return node


def _other_modes(network: Network, modes: Collection[Mode] | None) -> list[Avoided]:
    if modes is None:
        return []
    asked = ", ".join(mode for mode in MODES if mode in modes)
    return [
        Avoided(Closure(f"mode.{mode}", f"only {asked} asked for", "option"), network.mode == MODES.index(mode))
        for mode in MODES
        if mode not in modes
    ]


def _ratio(path: Path, best: Path) -> float:
    return path.objective / best.objective if best.objective > 0 else 1.0


def _place_name(network: Network, node: int, names: Names) -> str:
    identifier = network.place_ids[network.node_place[node]]
    return names.places.get(identifier, identifier)


def _turning_back(network: Network, paths: Sequence[Path], names: Names) -> list[str]:
    """A note where the best way goes to a via and comes back."""
    if not paths:
        return []
    nodes = [state % network.n_nodes for state in paths[0].states]
    twice = sorted({node for node in nodes if nodes.count(node) > 1}, key=nodes.index)
    if not twice:
        return []
    place = node_name(network, twice[0], names)
    return [f"The best route passes {place} twice: a via lies off the way, so it goes there and comes back."]


def why_no_way(
    costs: ArcCosts,
    by: Objective,
    ruled_out: Sequence[Avoided],
    source: int,
    end: int,
    vias: Sequence[Touchable],
) -> Unreachable:
    """A smallest set of closures that leaves no way, in words."""
    network = costs.network
    closures = [*costs.closures, *(option.closure for option in ruled_out)]
    shut_by = [1 << closure if closure >= 0 else 0 for closure in costs.closure.tolist()]
    for position, option in enumerate(ruled_out, start=len(costs.closures)):
        for arc in np.flatnonzero(option.arcs).tolist():
            shut_by[arc] |= 1 << position
    all_open = dataclasses.replace(costs, closure=np.full_like(costs.closure, -1))
    weight = all_open.weight(by)
    cause = smallest_cause(network.tail, network.head, weight, shut_by, closures, source, end, network.n_nodes, vias)
    passing = f", passing {', then '.join(via.name for via in vias)}," if vias else ""
    if cause.closures is None:
        return Unreachable(f"The network has no way between the two{passing or ','} open or closed.", ())
    shut = [closures[i] for i in cause.closures]
    words = "; ".join(f"{closure.id} ({closure.kind}: {closure.reason})" for closure in shut)
    number = "a smallest set of closures that causes it" if cause.exact else "closures that together cause it"
    return Unreachable(
        f"Every way{passing} is shut. This is {number}: {words}.",
        tuple(dict.fromkeys(closure.id for closure in shut)),
    )
