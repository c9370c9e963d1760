"""An opened study: its facts, its network and the costs of the questions asked so far.

A session is a value with memory: equal questions get equal answers, and the costs of a cargo and a day are computed
once. Nothing is read from the clock or written to the study.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from landbridge.costs.arccosts import ArcCosts, CostRequest
from landbridge.costs.build import arc_costs
from landbridge.facts.package import Facts, load_facts
from landbridge.io.atlas import country_table
from landbridge.models.corridor_match import CorridorIndex, index_corridors
from landbridge.models.route_account import Names
from landbridge.models.routes import ALTERNATIVES, Avoided, find_routes
from landbridge.models.search import Target
from landbridge.network.build import build_network
from landbridge.network.cache import cached_network, network_digest
from landbridge.network.gazetteer import Gazetteer
from landbridge.network.geometry import link_shapes
from landbridge.network.lanes import service_straits, study_lanes
from landbridge.network.names import Hit
from landbridge.network.sea import load_straits
from landbridge.network.select import SelectorContext, arcs_of, selector_context, touching
from landbridge.network.state import Closure, Shipment, applies, closures, modifiers
from landbridge.network.topology import Network
from landbridge.network.world_points import looks_like_point
from landbridge.result.routes import Line, RoutesAnswer
from landbridge.scenario import Resolved, Scenario, load_scenario, resolve
from landbridge.scenario.scenario import QuickAction
from landbridge.schema.errors import BadRequest, FactsError, Finding, LandbridgeError, UnknownName
from landbridge.schema.words import (
    CARGO_UNITS,
    MODES,
    OBJECTIVES,
    VALUE_CLASSES,
    CargoUnit,
    Objective,
    ValueClass,
)
from landbridge.study import Study, check_study, load_study

if TYPE_CHECKING:
    import pandas as pd

    from landbridge.models.corridors import CorridorSearch, CorridorWay
    from landbridge.run.world_session import WorldSession

#: Tables that make the topology.
NETWORK_TABLES = ("places", "sections", "crossings", "ports", "services")

_ID_TABLES = {"place": "places", "port": "ports", "crossing": "crossings"}

BUILT_IN = "japan_central_asia"

#: What a question can be answered on.
NETWORKS = ("study", "world")

Word = TypeVar("Word", bound=str)

#: Called with the stage of a long piece of work, how many are done, and of how many.
Progress = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """A progress that shows nothing."""


@dataclass(frozen=True)
class Session:
    """A study, opened. Make one with ``open_study``."""

    study: Study
    facts: Facts
    network: Network
    lines: Mapping[str, str]  # link id -> encoded polyline of sea lanes
    network_digest: str
    progress: Progress = field(default=silent, repr=False, compare=False)  # told while the world's network is made
    _costs: dict[tuple[object, ...], ArcCosts] = field(default_factory=dict, repr=False)
    _resolved: dict[tuple[object, ...], Resolved] = field(default_factory=dict, repr=False)
    _ways: dict[tuple[object, ...], tuple[CorridorWay, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables that the network was made of."""
        return {name: self.facts.table(name) for name in NETWORK_TABLES}

    @cached_property
    def named(self) -> NamedTables:
        """Tables of what has a name, read when they are first asked for."""
        straits = [{"id": item.id, "name": item.name, "parts": ";".join(item.parts)} for item in load_straits()]
        return NamedTables(self.facts, {"straits": straits})

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Names to places, ports, crossings, countries, corridors and straits."""
        return Gazetteer(self.named, self.study, country_table())

    @cached_property
    def selectors(self) -> SelectorContext:
        """What selectors need beyond the network."""
        tables = {"places": self.facts.rows("places"), "sections": self.facts.columns("sections", "id", "note")}
        return selector_context({**tables, "straits": self.named["straits"]}, self.study)

    @cached_property
    def corridors(self) -> CorridorIndex:
        """The study's named corridors on this network."""
        names = {corridor.id: corridor.name for corridor in self.study.corridors}
        return index_corridors(self.network, names, self.selectors)

    @cached_property
    def corridor_search(self) -> CorridorSearch:
        """Layouts of the named corridors, made once."""
        # Imported here: a single route needs no compiled kernel, and importing one takes half a second.
        from landbridge.models.corridors import CorridorSearch

        return CorridorSearch(self.network, self.corridors)

    @cached_property
    def names(self) -> Names:
        """Names of places, ports and crossings for answers."""
        return Names(
            places=self._column("places", "name"),
            ports=self._column("ports", "name"),
            crossings=self._column("crossings", "name"),
            services={},
            straits={strait.id: strait.name for strait in load_straits()},
        )

    @cached_property
    def shapes(self) -> Mapping[str, Line]:
        """Lines of links, for maps."""
        return link_shapes(self.lines)

    @cached_property
    def world(self) -> WorldSession:
        """This study on the world's network; opened when first asked."""
        from landbridge.run.world_session import open_world

        return open_world(self, self.progress)

    def answering(self, network: str, ends: Sequence[str], others: Sequence[str]) -> Session:
        """The session whose facts a question's answer rests on: this one, or the world's."""
        return self if self.outside(network, ends, others) is None else self.world

    def outside(self, network: str, ends: Sequence[str], others: Sequence[str]) -> str | None:
        """Why a question is one for the world's network (empty: it was asked for); None where it is the study's own."""
        asked = _one_of("network", network, NETWORKS) if network else ""
        if asked:
            return "" if asked == "world" else None
        for text in ends:
            if looks_like_point(text):
                return "Coordinates are answered on the world's network."
        try:
            known = [self.gazetteer.place(text) for text in ends]
            for text in others:
                self.gazetteer.avoid(text)
        except UnknownName as unknown:
            return (
                f"'{unknown.name}' is not in the study {self.study.id}: answered on the world's network, where what "
                "the study does not curate is derived or assumed."
            )
        except LandbridgeError:
            return None  # said where the names are read
        for place in known:
            if f"origin:{place.place}" not in self.network.node_index:
                return f"{place.name} has no terminal in the study's network: answered on the world's."
        return None

    def _column(self, table: str, column: str) -> dict[str, str]:
        return {row["id"]: row[column] for row in self.facts.rows(table)}

    def resolved(
        self,
        scenario: Scenario | str | Path | None = None,
        as_of: datetime.date | str | None = None,
        options: Sequence[tuple[QuickAction, str]] = (),
    ) -> Resolved:
        """The day and what is different on it; ``options`` are quick changes such as ("close", "strait.hormuz")."""
        key = (scenario, as_of, tuple(options))
        if key not in self._resolved:
            self._resolved[key] = self._resolve(scenario, as_of, options)
        return self._resolved[key]

    def _resolve(
        self,
        scenario: Scenario | str | Path | None,
        as_of: datetime.date | str | None,
        options: Sequence[tuple[QuickAction, str]],
    ) -> Resolved:
        named = load_scenario(scenario, self.study) if isinstance(scenario, str | Path) else scenario
        return resolve(self.study, self.facts.rows("spans"), named, as_of, options, self.gazetteer.ids)

    def costs(
        self, cargo: CargoUnit, value: ValueClass, resolved: Resolved, shipment: Shipment | None = None
    ) -> ArcCosts:
        """Costs of every arc for a cargo on a resolved day; shipments that nothing tells apart share them."""
        asked = self.class_of(shipment or Shipment(cargo), resolved)
        key = (cargo, value, resolved, asked)
        if key not in self._costs:
            self._costs[key] = self._make_costs(cargo, value, resolved, asked)
        return self._costs[key]

    def _make_costs(self, cargo: CargoUnit, value: ValueClass, resolved: Resolved, shipment: Shipment) -> ArcCosts:
        state = closures(self.network, resolved, self.selectors, shipment)
        changed = modifiers(self.network, resolved, self.selectors, shipment)
        request = CostRequest(cargo, value, resolved.as_of, self.study.money_year, shipment.destination_country)
        return arc_costs(self.network, self.facts, request, state, changed)

    def shipment(self, cargo: CargoUnit, origin: str, destination: str) -> Shipment:
        """A shipment between two places, given by id."""
        return Shipment(cargo, origin_country=self._country[origin], destination_country=self._country[destination])

    @cached_property
    def _country(self) -> Mapping[str, str]:
        """Country of each place."""
        return self._column("places", "country")

    def class_of(self, shipment: Shipment, resolved: Resolved) -> Shipment:
        """The shipment with as few countries said as make no difference on the day: equal ones share their costs."""
        wanted = _what_applies(shipment, resolved)
        bare = replace(shipment, origin_country="", destination_country="")
        to_its_country = replace(bare, destination_country=shipment.destination_country)
        if shipment.destination_country in self._train_countries:
            choices = [to_its_country, shipment]
        else:
            choices = [bare, replace(bare, origin_country=shipment.origin_country), to_its_country, shipment]
        return next(choice for choice in choices if _what_applies(choice, resolved) == wanted)

    @cached_property
    def _train_countries(self) -> frozenset[str]:
        """Countries to which a port has trains of a known interval of their own."""
        rows = self.facts.numbers.values()
        wanted = (n for n in rows if n.quantity == "departure_interval_hours" and n.partner.startswith("country:"))
        return frozenset(number.partner.removeprefix("country:") for number in wanted)

    def corridor_ways(
        self,
        origin: str,
        destinations: Sequence[str],
        *,
        cargo: CargoUnit,
        value: ValueClass,
        by: Objective,
        resolved: Resolved,
        only: Sequence[str] | None = None,
        explain: bool = True,
    ) -> tuple[CorridorWay, ...]:
        """The best way along each named corridor from a place to others, all by id."""
        found: list[CorridorWay] = []
        for destination in destinations:
            key = (origin, destination, cargo, value, by, resolved, None if only is None else tuple(only), explain)
            if key not in self._ways:
                costs = self.costs(cargo, value, resolved, self.shipment(cargo, origin, destination))
                self._ways[key] = self.corridor_search.ways(
                    costs,
                    origin,
                    [destination],
                    by=by,
                    names=self.names,
                    shapes=self.shapes,
                    only=only,
                    explain=explain,
                )
            found += self._ways[key]
        return tuple(found)

    def forget(self) -> None:
        """Let go of costs and ways computed so far; a run over many days would hold them all."""
        self._costs.clear()
        self._ways.clear()

    def find(self, text: str, limit: int = 20, network: str = "") -> tuple[list[Hit], str]:
        """What a text may mean, the likeliest first, and a remark whose names these are.

        network: whose names, ``study`` or ``world``; empty: the study's where it knows the text, else the world's if it
        does.
        """
        asked = _one_of("network", network, NETWORKS) if network else ""
        own = [] if asked == "world" else self.gazetteer.find(text, limit)
        if asked == "study" or any(hit.why != "fuzzy" for hit in own):
            return own, ""
        hits = self.world.gazetteer.find(text, limit)
        if asked == "world" or any(hit.why != "fuzzy" for hit in hits):
            return hits, "" if asked else f"'{text}' is no name of the study; these are names of the world's network."
        return own, ""

    def routes(
        self,
        origin: str,
        destination: str,
        *,
        via: Sequence[str] = (),
        avoid: Sequence[str] = (),
        mode: Sequence[str] = (),
        cargo: str | None = None,
        value: str | None = None,
        by: str = "cost",
        k: int = ALTERNATIVES,
        as_of: datetime.date | str | None = None,
        scenario: Scenario | str | Path | None = None,
        options: Sequence[tuple[QuickAction, str]] = (),
        resolved: Resolved | None = None,
        network: str = "",
        least: bool = False,
    ) -> RoutesAnswer:
        """The best route from origin to destination and its real alternatives; ``least``: also the best way by each
        other objective.

        Names are those ``landbridge find`` knows. ``network``: ``study``, ``world`` (also for coordinates), or empty:
        the study's where it knows every name, else the world's, and a note says so. Raises ``UnknownName``,
        ``AmbiguousName`` and ``BadRequest``; where there is no route the answer says why.
        """
        outside = self.outside(network, (origin, destination), (*via, *avoid))
        if outside is not None:
            answer = self.world.routes(
                origin, destination, via=via, avoid=avoid, mode=mode, cargo=cargo, value=value, by=by, k=k,
                as_of=as_of, scenario=scenario, options=options, resolved=resolved, least=least,
            )  # fmt: skip
            return replace(answer, notes=(*filter(None, (outside,)), *answer.notes))
        cargo_unit = _one_of("cargo", cargo or self.study.cargo.default, CARGO_UNITS)
        value_class = _one_of("value", value or self.study.cargo.value, VALUE_CLASSES)
        objective = _one_of("by", by, OBJECTIVES)
        modes = tuple(_one_of("mode", item, MODES) for item in mode)
        start, end = self.gazetteer.place(origin), self.gazetteer.place(destination)
        notes = [resolution.note for resolution in (start, end) if resolution.note]
        vias: list[Target] = []
        for text in via:
            passed = self.gazetteer.via(text)
            nodes, arcs = touching(self.network, passed.selectors, self.selectors)
            vias.append(Target(passed.name, frozenset(nodes.tolist()), frozenset(arcs.tolist())))
            notes += [passed.note] if passed.note else []
        avoided: list[Avoided] = []
        for text in avoid:
            shunned = self.gazetteer.avoid(text)
            mask = np.zeros(self.network.n_arcs, dtype=np.bool_)
            for selector in shunned.selectors:
                mask[arcs_of(self.network, selector, self.selectors)] = True
            avoided.append(Avoided(Closure(f"avoid {text}", f"{shunned.name} is avoided", "option"), mask))
            notes += [shunned.note] if shunned.note else []
        resolved = resolved or self.resolved(scenario, as_of, options)
        shipment = self.shipment(cargo_unit, start.place, end.place)
        answer = find_routes(
            self.costs(cargo_unit, value_class, resolved, shipment),
            start.place,
            end.place,
            by=objective,
            k=k,
            vias=vias,
            avoid=avoided,
            modes=set(modes) or None,
            corridors=self.corridors,
            names=self.names,
            shapes=self.shapes,
            least=least,
        )
        return replace(answer, notes=(*dict.fromkeys(notes), *answer.notes))


def _what_applies(shipment: Shipment, resolved: Resolved) -> tuple[bool, ...]:
    """For each thing that is different on the day, whether this shipment is meant."""
    found: list[bool] = []
    ends = (shipment.origin_country, shipment.destination_country)
    for change in resolved.changes:
        found.append(applies(change.applies_to, shipment))
        found += [applies(exemption.applies_to, shipment) for exemption in change.exempt]
        if change.action == "no_transit":
            found += [selector.value in ends for selector in change.selectors]
    return tuple(found)


def open_study(study: str | Path = BUILT_IN, progress: Progress = silent) -> Session:
    """Open a study by id, folder or file; the network comes from the cache or is built.

    ``progress`` is told while the world's network is made, the first time that a question needs it.
    Raises ``StudyError`` and ``FactsError`` with everything that is wrong.
    """
    loaded = load_study(study)
    facts = load_facts(loaded.facts_folder)
    check_study(loaded, known_ids(facts))
    content = [facts.content.get(name, b"") for name in NETWORK_TABLES]

    def build() -> tuple[Network, dict[str, str]]:
        tables = {name: facts.rows(name) for name in NETWORK_TABLES}
        lanes = study_lanes(tables["ports"])
        straits = service_straits(tables["services"], tables["ports"])
        return build_network(tables, lanes, straits), dict(zip(lanes.link_ids(), lanes.lines, strict=True))

    digest = network_digest(content)
    try:
        network, lines = cached_network(digest, build)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        # Loading trusts the tables; where they do not hold together, say everything that is wrong with them.
        from landbridge.facts.check import check_facts

        findings = check_facts(loaded.facts_folder)
        if not findings:
            raise
        raise FactsError(f"The facts in {loaded.facts_folder} do not hold together.", findings) from error
    return Session(loaded, facts, network, lines, digest, progress)


@dataclass(frozen=True)
class NamedTables(Mapping[str, "Sequence[Mapping[str, str]]"]):
    """Tables by name as rows of text: some given, the others of the facts, read when they are first asked for."""

    facts: Facts
    given: Mapping[str, Sequence[Mapping[str, str]]]
    left_out: str = ""  # places of this kind have no name

    def __getitem__(self, name: str) -> Sequence[Mapping[str, str]]:
        if name in self.given:
            return self.given[name]
        if name not in self.facts.content:
            raise KeyError(name)
        rows = self.facts.rows(name)
        return [row for row in rows if row["kind"] != self.left_out] if name == "places" else rows

    def __iter__(self) -> Iterator[str]:
        return iter({**self.facts.content, **self.given})

    def __len__(self) -> int:
        return len({**self.facts.content, **self.given})


def known_ids(facts: Facts) -> dict[str, set[str]]:
    """Ids a study file may name, by kind."""
    known = {kind: {row["id"] for row in facts.rows(table)} for kind, table in _ID_TABLES.items()}
    return {
        **known,
        "strait": {strait.id for strait in load_straits()},
        "country": {row["iso3"] for row in country_table()},
    }


def _one_of(option: str, value: str, allowed: tuple[Word, ...]) -> Word:
    for word in allowed:
        if word == value:
            return word
    finding = Finding(f"--{option}", f"'{value}'", f"Choose one of {', '.join(map(str, allowed))}.")
    raise BadRequest(f"No such {option}", [finding])
