"""What happens to everyone when something shuts? Each link, crossing, border, port, strait or country in turn.

A closure makes every arc of the thing infinite (``landbridge.network.select`` says which they are). For each pair the
best way is then searched again, exactly and only where its best way used the thing, in one tree for all such pairs of
an origin. (``landbridge.kernels.critical`` repairs trees instead, which is faster where cost alone is asked, as by
``net critical``. Here hours and money of the next best way are reported too, so that it must be the one a route takes,
also among equals.) Two things are told apart, because the first does not predict the second (Devetak and others, arXiv
2606.13431): *exposure*, what hangs on the thing before anybody moves, and *loss*, what remains after everybody has
taken the next best way.

A pair that finds no way any more is cut off: it is counted, with its weight, and stands in no sum. A pair that had no
way before is in neither.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from landbridge.costs.arccosts import ArcCosts
from landbridge.kernels.critical import make_demand
from landbridge.kernels.dijkstra import Search, path_arcs
from landbridge.kernels.graph import Graph, build_graph
from landbridge.models.route_account import Names
from landbridge.models.routes import end_node
from landbridge.models.search import flags
from landbridge.network.select import SelectorContext, arcs_of
from landbridge.network.topology import Float64, Int32, Network
from landbridge.result.closures import ClosureRow, ClosureTable, PairEffect
from landbridge.scenario.changes import Selector, SelectorKind
from landbridge.schema.errors import BadRequest, Finding
from landbridge.schema.words import ARC_KINDS, Objective, What

_KIND: Final[dict[What, SelectorKind]] = {
    "links": "link",
    "crossings": "crossing",
    "borders": "border",
    "ports": "port",
    "straits": "strait",
    "countries": "country",
}
#: Relative difference under which two sums of costs are equal.
_ROUNDING: Final = 1e-12


@dataclass(frozen=True)
class Closable:
    """A thing that can shut: its selector, the arcs it closes (ascending), the nodes inside it (countries only)."""

    selector: Selector
    name: str
    arcs: Int32 = field(repr=False)
    inside: frozenset[int] = field(default=frozenset(), repr=False)
    parts: tuple[str, ...] = ()  # ids, where several things shut together

    @property
    def id(self) -> str:
        """Id of the thing in its table; of a joint closure the ids joined by " + "."""
        return " + ".join(self.parts) if self.parts else self.selector.value


@dataclass(frozen=True)
class WeightedPair:
    """An origin and a destination, by place id, and what the pair counts."""

    id: str
    origin: str
    destination: str
    weight: float = 1.0


def closable(
    network: Network,
    context: SelectorContext,
    what: What,
    names: Mapping[str, str] | None = None,
    only: Sequence[str] | None = None,
) -> tuple[Closable, ...]:
    """Everything of a kind that has an arc in the network, in the order of the network's ids.

    links: rail and road sections and named services; a border: all crossings between two countries, named as in the
    table of crossings; straits: compound ones (any of their parts) too; countries: every arc with an end inside, so
    that what starts or ends there is cut off. names: id -> name; only: these ids.
    """
    names = names or {}
    found = []
    for identifier in _ids(network, context, what):
        if only is not None and identifier not in only:
            continue
        selector = Selector(_KIND[what], identifier)
        arcs = arcs_of(network, selector, context)
        if len(arcs):
            inside: frozenset[int] = frozenset()
            if what == "countries":
                country = network.country_codes.index(identifier)
                inside = frozenset(np.flatnonzero(network.node_country == country).tolist())
            found.append(Closable(selector, names.get(identifier, identifier), arcs, inside))
    return tuple(found)


def _ids(network: Network, context: SelectorContext, what: What) -> tuple[str, ...]:
    if what == "links":
        kinds = [ARC_KINDS.index(kind) for kind in ("haul", "service")]
        links = np.unique(network.link[np.isin(network.kind, kinds)])
        return tuple(network.link_ids[link] for link in links)
    if what == "crossings":
        return network.crossing_ids
    if what == "borders":
        return borders(network)
    if what == "ports":
        return network.port_ids
    if what == "straits":
        compound = [name for name in context.strait_parts if name not in network.strait_ids]
        return (*network.strait_ids, *compound)
    return network.country_codes


def borders(network: Network) -> tuple[str, ...]:
    """Pairs of countries with a crossing between them, each once, side a of its first crossing first: "KAZ-CHN"."""
    found: dict[frozenset[int], str] = {}
    arcs = np.flatnonzero((network.crossing >= 0) & (network.direction >= 0))
    for arc in arcs[np.argsort(network.crossing[arcs], kind="stable")].tolist():
        a, b = (int(network.node_country[end[arc]]) for end in (network.tail, network.head))
        if a != b:
            found.setdefault(frozenset((a, b)), f"{network.country_codes[a]}-{network.country_codes[b]}")
    return tuple(found.values())


def together(first: Closable, second: Closable) -> Closable:
    """Both things shut at once."""
    return Closable(
        first.selector,
        f"{first.name} and {second.name}",
        np.union1d(first.arcs, second.arcs).astype(np.int32),
        first.inside | second.inside,
        (*(first.parts or (first.id,)), *(second.parts or (second.id,))),
    )


def pairs_of(things: Sequence[Closable]) -> tuple[Closable, ...]:
    """Every two of a chosen list, shut at once."""
    return tuple(together(first, second) for first, second in itertools.combinations(things, 2))


@dataclass(frozen=True)
class _Base:
    """One pair before any closure."""

    pair: WeightedPair
    arcs: Int32
    cost: float
    hours: float
    usd: float


@dataclass(frozen=True)
class _Group:
    """Pairs that share their costs, laid out for searching."""

    costs: ArcCosts
    weight: Float64
    hours: Float64
    usd: Float64
    bases: tuple[_Base, ...]
    unreachable: tuple[str, ...]
    exposed: Mapping[int, Sequence[_Base]]  # position of a thing -> pairs whose best way uses it


def closures(
    what: str,
    asked: Sequence[tuple[ArcCosts, Sequence[WeightedPair]]],
    things: Sequence[Closable],
    *,
    by: Objective = "cost",
    names: Names | None = None,
) -> ClosureTable:
    """Close each thing in turn for all pairs; ``asked`` groups the pairs by the costs that hold for them.

    All costs are of one network. Exact; ties as everywhere by the lower arc id. O(origins x (n log n) + affected pairs
    x n log n). Raises ``BadRequest`` for a pair named twice, a weight that is not above 0 and a place without
    terminal.
    """
    _check([pair for _, pairs in asked for pair in pairs])
    if not asked:
        raise BadRequest("No pairs were given. Name at least one origin and destination.")
    network = asked[0][0].network
    graph = build_graph(network.tail, network.head, network.n_nodes)
    groups = [_lay_out(graph, costs, pairs, things, by, names or Names()) for costs, pairs in asked]
    effects: list[list[PairEffect]] = [[] for _ in things]
    own_cost = [0.0] * len(things)
    for group in groups:
        search = Search(graph)
        for position in sorted(group.exposed):
            for effect, paid in _effects(group, search, things[position], group.exposed[position]):
                effects[position].append(effect)
                own_cost[position] += paid
    bases = [base for group in groups for base in group.bases]
    weight = math.fsum(base.pair.weight for base in bases)
    base_cost = math.fsum(base.pair.weight * base.cost for base in bases)
    rows = [
        _row(thing, found, paid, weight, base_cost)
        for thing, found, paid in zip(things, effects, own_cost, strict=True)
    ]
    return ClosureTable(
        what=what,
        by=by,
        pairs=sum(len(pairs) for _, pairs in asked),
        weight=weight,
        base_cost=base_cost,
        base_usd=math.fsum(base.pair.weight * base.usd for base in bases),
        base_hours=math.fsum(base.pair.weight * base.hours for base in bases),
        rows=tuple(sorted(rows, key=lambda row: (-row.cut_off_weight, -row.extra_cost, row.id))),
        no_way_before=tuple(name for group in groups for name in group.unreachable),
    )


def _check(pairs: Sequence[WeightedPair]) -> None:
    findings = [
        Finding(f"pair {pair.id}", f"weight {pair.weight:g}", "Give a finite weight above 0.")
        for pair in pairs
        if not (math.isfinite(pair.weight) and pair.weight > 0)
    ]
    seen: dict[tuple[str, str], str] = {}
    times = Counter(pair.id for pair in pairs)
    for pair in pairs:
        first = seen.setdefault((pair.origin, pair.destination), pair.id)
        if first != pair.id or times[pair.id] > 1:
            findings.append(Finding(f"pair {pair.id}", "named twice", "Add the weights up in one row."))
        if pair.origin == pair.destination:
            findings.append(Finding(f"pair {pair.id}", "starts where it ends", "Name two places."))
    if findings:
        raise BadRequest("These pairs cannot be used.", list(dict.fromkeys(findings)))


def _lay_out(
    graph: Graph,
    costs: ArcCosts,
    pairs: Sequence[WeightedPair],
    things: Sequence[Closable],
    by: Objective,
    names: Names,
) -> _Group:
    network = costs.network
    weight, hours, usd = costs.weight(by), costs.total("hours"), costs.total("usd")
    start = np.array([end_node(network, pair.origin, "origin", names) for pair in pairs], dtype=np.int32)
    end = np.array([end_node(network, pair.destination, "destination", names) for pair in pairs], dtype=np.int32)
    demand = make_demand(start, end, np.array([pair.weight for pair in pairs]))
    bases: list[_Base] = []
    unreachable: list[str] = []
    search = Search(graph)
    for position, origin in enumerate(demand.origin.tolist()):
        own = range(int(demand.first[position]), int(demand.first[position + 1]))
        targets = demand.destination[own.start : own.stop]
        tree = search.tree(weight, np.array([origin], dtype=np.int32), targets=targets)
        for at in own:
            pair, node = pairs[int(demand.source[at])], int(demand.destination[at])
            if not np.isfinite(tree.distance[node]):
                unreachable.append(pair.id)
                continue
            arcs = path_arcs(tree.arc, graph.tail, node)
            bases.append(_Base(pair, arcs, *(math.fsum(values[arcs].tolist()) for values in (weight, hours, usd))))
    return _Group(costs, weight, hours, usd, tuple(bases), tuple(unreachable), _exposed(network, bases, things))


def _exposed(network: Network, bases: Sequence[_Base], things: Sequence[Closable]) -> dict[int, list[_Base]]:
    """Per thing (its position) the pairs whose best way uses one of its arcs; things that nobody uses left out."""
    arc = np.concatenate([np.zeros(0, dtype=np.int32), *(thing.arcs for thing in things)])
    thing = np.repeat(np.arange(len(things)), [len(thing.arcs) for thing in things])[np.argsort(arc, kind="stable")]
    first = np.zeros(network.n_arcs + 1, dtype=np.int64)
    np.cumsum(np.bincount(arc, minlength=network.n_arcs), out=first[1:])
    found: dict[int, list[_Base]] = {}
    for base in bases:
        used = [thing[first[a] : first[a + 1]] for a in base.arcs.tolist()]
        for position in np.unique(np.concatenate(used)).tolist():
            found.setdefault(position, []).append(base)
    return found


def _effects(group: _Group, search: Search, thing: Closable, hit: Sequence[_Base]) -> list[tuple[PairEffect, float]]:
    """Effects of one closure on the pairs of a group that used the thing, and what each paid there, times weight."""
    network = group.costs.network
    closed = flags(thing.arcs.tolist(), network.n_arcs)
    shut = np.where(closed, np.inf, group.weight)
    found = []
    by_origin: dict[int, list[_Base]] = {}
    for base in hit:
        by_origin.setdefault(int(network.tail[base.arcs[0]]), []).append(base)
    for origin, bases in by_origin.items():
        ends = np.array([int(network.head[base.arcs[-1]]) for base in bases], dtype=np.int32)
        tree = search.tree(shut, np.array([origin], dtype=np.int32), targets=ends)
        for base, end in zip(bases, ends.tolist(), strict=True):
            cut_off = not np.isfinite(tree.distance[end])
            extra: list[float | None] = [None, None, None]
            if not cut_off:
                arcs = path_arcs(tree.arc, search.graph.tail, end)
                cost, hours, usd = (
                    math.fsum(values[arcs].tolist()) for values in (group.weight, group.hours, group.usd)
                )
                rise = cost - base.cost
                extra = [rise if rise > _ROUNDING * cost else 0.0, hours - base.hours, usd - base.usd]
            first = int(np.flatnonzero(closed[base.arcs])[0])
            effect = PairEffect(
                pair=base.pair.id,
                weight=base.pair.weight,
                cut_off=cut_off,
                inside=origin in thing.inside or end in thing.inside,
                extra_cost=extra[0],
                extra_hours=extra[1],
                extra_usd=extra[2],
                lead_hours=math.fsum(group.hours[base.arcs[:first]].tolist()),
            )
            on_it = base.arcs[closed[base.arcs]]
            found.append((effect, base.pair.weight * math.fsum(group.weight[on_it].tolist())))
    return found


def _row(thing: Closable, effects: Sequence[PairEffect], paid: float, weight: float, base_cost: float) -> ClosureRow:
    kept = [effect for effect in effects if not effect.cut_off]
    lost = [effect for effect in effects if effect.cut_off]
    cut_off_weight = math.fsum(effect.weight for effect in lost)
    exposed = math.fsum(effect.weight for effect in effects)

    def total(values: Sequence[float | None]) -> float:
        return math.fsum(effect.weight * value for effect, value in zip(kept, values, strict=True) if value is not None)

    cost, usd, hours = (
        total([effect.extra_cost for effect in kept]),
        total([effect.extra_usd for effect in kept]),
        total([effect.extra_hours for effect in kept]),
    )
    remaining = weight - cut_off_weight
    mean = [value / remaining if remaining > _ROUNDING * weight else None for value in (cost, usd, hours)]
    return ClosureRow(
        id=thing.id,
        name=thing.name,
        selector=" + ".join(f"{thing.selector.kind}.{part}" for part in (thing.parts or (thing.id,))),
        extra_cost=cost,
        extra_usd=usd,
        extra_hours=hours,
        mean_extra_cost=mean[0],
        mean_extra_usd=mean[1],
        mean_extra_hours=mean[2],
        cut_off_pairs=len(lost),
        cut_off_weight=cut_off_weight,
        inside_pairs=sum(effect.inside for effect in lost),
        exposed_pairs=len(effects),
        exposed_weight=exposed,
        exposed_share=exposed / weight if weight > 0 else 0.0,
        cost_share=paid / base_cost if base_cost > 0 else 0.0,
        loss_share=cost / base_cost if base_cost > 0 else 0.0,
        effects=tuple(sorted(effects, key=lambda effect: effect.pair)),
    )


def with_effect(table: ClosureTable) -> ClosureTable:
    """The same table without closures that touch nobody."""
    return dataclasses.replace(table, rows=tuple(row for row in table.rows if row.exposed_pairs))
