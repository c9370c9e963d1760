"""Names to things: which place, port, crossing, strait or country a word means.

A country in parentheses (``Astara (AZE)``) settles which of two is meant, and so does a code: UN/LOCODE,
ISO code, place or crossing id, or a selector such as ``port.AZBAK``. How names are compared:
``landbridge.network.names``. Rules, in this order:

- A code means what it is the code of. Names in full come before aliases. - For ``--via`` and ``--avoid`` a
strait comes before a place of the same name ("Suez" is the canal), a place before a
  country.
- What lies within ``ONE_PLACE_KM`` of each other and bears the name on both sides of one border is one
crossing, with all
  its crossing arcs, rail and road. On one side only it is the town, and the crossings named after it lead
  through it.
- Otherwise the larger rank decides and a note says which was taken: a capital (of 100,000 people and more, where that
  is known) before any other place, then more inhabitants (not known counts as none), then the larger port (main,
  feeder, inland-sea, regional, none).
- Only a tie is an error (``AmbiguousName``). A name that nobody knows is one too (``UnknownName``) and
lists the nearest.

A via of a city is also passed at the ports that serve it: its own or, where it has none, those of its
country whose place is within ``SERVED_KM`` (Baku by Alat).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from landbridge.kernels.sphere import great_circle_km
from landbridge.network.names import WHY, Hit, HitKind, Mention, NameIndex, Rank, normalise
from landbridge.scenario.changes import Selector, SelectorKind
from landbridge.scenario.selector import looks_like_selector, parse_selector
from landbridge.schema.errors import AmbiguousName, BadRequest, UnknownName
from landbridge.schema.rows import Table
from landbridge.schema.words import MODES
from landbridge.study.model import Study

#: Two things of one name this close are one place, or the two sides of one crossing.
ONE_PLACE_KM: Final = 25.0
#: A port serves a city of its country this far away.
SERVED_KM: Final = 80.0


@dataclass(frozen=True)
class Resolution:
    """The place a text means as an origin or a destination."""

    place: str  # place id
    name: str
    country: str
    note: str  # which of several was taken; empty where there was one


@dataclass(frozen=True)
class Target:
    """What a text means as a via or as something to avoid: any of the selectors."""

    text: str
    name: str
    selectors: tuple[Selector, ...]
    note: str


@dataclass(frozen=True)
class _Meaning:
    """One reading of a text."""

    label: str
    code: str
    selectors: tuple[Selector, ...]
    rank: Rank


@dataclass(frozen=True)
class Gazetteer:
    """Answers for a study's tables, its corridors and the countries of the world; for the columns see ``NameIndex``."""

    tables: Mapping[str, Table]
    study: Study
    countries: Table

    @cached_property
    def names(self) -> NameIndex:
        """What is called how."""
        return NameIndex(self.tables, self.study, self.countries)

    # -- the questions
    # -------------------------------------------------------------------------------------------------

    def find(self, text: str, limit: int = 20) -> list[Hit]:
        """Everything a text may mean, the likeliest first: codes, names, aliases, then what is spelt nearly so."""
        found: dict[tuple[str, str], Hit] = {}
        for hit in (*self.names.by_code(text), *(mention.hit for mention in self.names.mentions(text))):
            key = (hit.kind, hit.id)
            if key not in found or WHY.index(hit.why) < WHY.index(found[key].why):
                found[key] = hit
        for key_text in self.names.near_keys(normalise(text), limit):
            for mention in self.names.index[key_text]:
                found.setdefault((mention.hit.kind, mention.hit.id), replace(mention.hit, why="fuzzy"))
        order = sorted(
            found.values(), key=lambda hit: (WHY.index(hit.why), *(-part for part in hit.rank), hit.kind, hit.id)
        )
        return order[:limit]

    def place(self, text: str) -> Resolution:
        """The place a text means as an origin or a destination; a port or station stands for its city.

        Errors: ``UnknownName``, ``AmbiguousName``.
        """
        candidates = self._place_candidates(text)
        if not candidates:
            inside = self._cities_of(self.names.country_code(text))
            raise UnknownName(text, inside or self.names.nearest(text, ("place", "station", "port")), "place")
        best = max(hit.rank for hit in candidates)
        top = [hit for hit in candidates if hit.rank == best]
        if len(top) > 1:
            raise AmbiguousName(text, [hit.code for hit in top])
        others = [hit.label for hit in candidates if hit is not top[0]]
        note = f"'{text}' is taken as {top[0].label}, not {' or '.join(others)}." if others else ""
        return Resolution(top[0].id, top[0].name, top[0].country, note)

    def via(self, text: str) -> Target:
        """What a route has to pass: a place, port, crossing, border pair, strait, link, service or country.

        Errors: ``UnknownName``, ``AmbiguousName``, ``BadRequest`` for what cannot be passed.
        """
        target = self._target(text, with_ports=True)
        kinds = {selector.kind for selector in target.selectors}
        if "mode" in kinds:
            raise BadRequest(f"A route cannot go via the mode '{text}': use --mode.")
        if "corridor" in kinds:
            raise BadRequest(f"A route cannot go via the corridor '{text}' as a whole: name its gateways one by one.")
        return target

    def avoid(self, text: str) -> Target:
        """What a route must not touch: anything a via can be, a mode, or a corridor (all its gateways).

        Errors: ``UnknownName``, ``AmbiguousName``.
        """
        return self._target(text, with_ports=False)

    def ids(self, kind: SelectorKind, value: str) -> tuple[str, ...]:
        """Ids of a selector's value; a ``Namer``. A crossing's name means all its crossings at one place of one border.

        Errors: ``UnknownName``, ``AmbiguousName``: no rank decides here, because a scenario says what it
        means.
        """
        return self._namers[kind](value)

    # -- places --------------------------------------------------------------------------------------------
    # ------------

    def _cities_of(self, country: str) -> list[str]:
        """Labels of the largest cities of a country, for who named the country where a place was asked for."""
        places = [hit for (kind, _), hit in self.names.things.items() if kind == "place" and hit.country == country]
        return [hit.label for hit in sorted(places, key=lambda hit: (*(-part for part in hit.rank), hit.id))[:3]]

    def _place_candidates(self, text: str) -> list[Hit]:
        """Cities a text may mean, each once; names before aliases."""
        for mentions in self.names.levels(text):
            cities: dict[str, Hit] = {}
            for mention in mentions:
                city = self._city(mention.hit)
                if city is not None:
                    cities.setdefault(city.id, city)
            if cities:
                return list(cities.values())
        return []

    def _city(self, hit: Hit) -> Hit | None:
        if hit.kind == "place":
            return hit
        if hit.kind == "station":
            return self.names.things.get(("place", self.names.hub.get(hit.id, "")), hit)
        if hit.kind == "port":
            return self.names.things.get(("place", self.names.port_place.get(hit.id, "")))
        return None

    # -- vias ----------------------------------------------------------------------------------------------
    # ------------

    def _target(self, text: str, *, with_ports: bool) -> Target:
        given = self._target_by_code(text)
        if given:
            return given
        for mentions in self.names.levels(text):
            meanings = self._meanings(mentions, with_ports=with_ports)
            if meanings:
                return _choose(text, meanings)
        raise UnknownName(text, self.names.nearest(text))

    def _target_by_code(self, text: str) -> Target | None:
        if looks_like_selector(text):
            selector = parse_selector(text)
            found = tuple(Selector(selector.kind, value) for value in self.ids(selector.kind, selector.value))
            return Target(text, text, found, "")
        if text.casefold() in MODES:
            return Target(text, text.casefold(), (Selector("mode", text.casefold()),), "")
        for kind, known in (("link", self.names.link_ids), ("service", self.names.service_ids)):
            if text.upper() in known:
                return Target(text, text.upper(), (Selector(kind, text.upper()),), "")  # type: ignore[arg-type]
        if not self.names.mentions(text) and not self.names.by_code(text):
            pair = self._border_pair(text)
            if pair:
                return Target(text, f"border {pair}", (Selector("border", pair),), "")
        return None

    def _border_pair(self, text: str) -> str:
        """``KAZ-CHN`` of any two countries, named or coded, with a hyphen between them; empty if it is no such pair."""
        steps = [match.start() for match in re.finditer("-", text)]
        for step in steps:
            codes = [self.names.country_code(part.strip()) for part in (text[:step], text[step + 1 :])]
            if all(codes) and codes[0] != codes[1]:
                return f"{codes[0]}-{codes[1]}"
        return ""

    def _meanings(self, mentions: Sequence[Mention], *, with_ports: bool) -> list[_Meaning]:
        straits = [mention.hit for mention in mentions if mention.hit.kind == "strait"]
        if straits:
            return [_plain_meaning(hit) for hit in straits]
        local = [mention for mention in mentions if mention.hit.kind in ("place", "station", "port", "crossing")]
        if local:
            return [self._local_meaning(group, with_ports=with_ports) for group in self._clusters(local)]
        return [_plain_meaning(mention.hit) for mention in mentions if mention.hit.kind in ("country", "corridor")]

    def _clusters(self, mentions: Sequence[Mention]) -> list[list[Mention]]:
        """Mentions that are one place or one border, each group in the order given."""
        groups: list[list[Mention]] = []
        for mention in mentions:
            same = [group for group in groups if any(self._together(mention, other) for other in group)]
            merged = [other for group in same for other in group]
            groups = [group for group in groups if group not in same]
            groups.append([*merged, mention])
        return groups

    def _together(self, one: Mention, other: Mention) -> bool:
        a, b = one.hit, other.hit
        city_a, city_b = self._city(a), self._city(b)
        if city_a is not None and city_b is not None and city_a.id == city_b.id:
            return True
        if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
            return False
        if great_circle_km(a.lat, a.lon, b.lat, b.lon) > ONE_PLACE_KM:
            return False
        sides_a, sides_b = set(a.country.split("-")), set(b.country.split("-"))
        if "crossing" in (a.kind, b.kind):
            return sides_a <= sides_b or sides_b <= sides_a
        return a.country == b.country or bool(self._crossings_near((a, b), {a.country, b.country}))

    def _crossings_near(self, hits: Iterable[Hit], pair: set[str]) -> list[Hit]:
        """Crossings of a border near any of the hits, by id."""
        found = []
        for (kind, _), crossing in sorted(self.names.things.items()):
            if kind == "crossing" and set(crossing.country.split("-")) == pair:
                assert crossing.lat is not None
                assert crossing.lon is not None
                for hit in hits:
                    if hit.lat is not None and hit.lon is not None:
                        near = great_circle_km(crossing.lat, crossing.lon, hit.lat, hit.lon) <= ONE_PLACE_KM
                        if near and crossing not in found:
                            found.append(crossing)
        return found

    def _local_meaning(self, group: Sequence[Mention], *, with_ports: bool) -> _Meaning:
        hits = [mention.hit for mention in group]
        crossings = [hit for hit in hits if hit.kind == "crossing"]
        places = [hit for hit in hits if hit.kind in ("place", "station")]
        sides: set[str] = {hit.country for hit in places}
        for mention in group:
            if mention.hit.kind == "crossing":
                sides |= {mention.side} if mention.side else set(mention.hit.country.split("-"))
        rank = max(hit.rank for hit in hits)
        if len(sides) > 1:
            crossings = list(dict.fromkeys(crossings)) or self._crossings_near(places, sides)
        if len(sides) > 1 or not (places or any(hit.kind == "port" for hit in hits)):
            ids = sorted({hit.id for hit in crossings})
            town = places[0].name.split(" (")[0] if places else ""
            label = f"the border at {town} ({'-'.join(sorted(sides))})" if town else crossings[0].label
            return _Meaning(label, f"crossing.{ids[0]}", tuple(Selector("crossing", item) for item in ids), rank)
        head = max(places or [hit for hit in hits if hit.kind == "port"], key=lambda hit: hit.rank)
        selectors = [Selector("place", hit.id) for hit in places]
        selectors += [Selector("port", hit.id) for hit in hits if hit.kind == "port" and (with_ports or not places)]
        if with_ports:
            selectors += [Selector("port", port) for hit in places for port in self.ports_of(hit.id)]
            selectors += [Selector("crossing", hit.id) for hit in crossings]
        return _Meaning(head.label, head.code, tuple(dict.fromkeys(selectors)), rank)

    def ports_of(self, place: str) -> tuple[str, ...]:
        """Ports that serve a city, by id: its own or, where it has none, those of its country near enough.

        A station has none.
        """
        city = self.names.things.get(("place", place))
        if city is None or city.lat is None or city.lon is None:
            return ()
        own = tuple(port for port, home in sorted(self.names.port_place.items()) if home == place)
        if own:
            return own
        found = []
        for port, its_place in sorted(self.names.port_place.items()):
            home = self.names.things.get(("place", its_place))
            if home is None or home.country != city.country or home.lat is None or home.lon is None:
                continue
            if great_circle_km(city.lat, city.lon, home.lat, home.lon) <= SERVED_KM:
                found.append(port)
        return tuple(found)

    # -- selectors
    # -----------------------------------------------------------------------------------------------------

    @cached_property
    def _namers(self) -> dict[SelectorKind, Callable[[str], tuple[str, ...]]]:
        return {
            "country": self._country_ids,
            "border": self._border_ids,
            "crossing": self._crossing_ids,
            "port": self._port_ids,
            "strait": lambda value: self._thing_ids(value, "strait"),
            "corridor": lambda value: self._thing_ids(value, "corridor"),
            "place": self._place_ids,
            "link": lambda value: self._row_ids(
                value, (*self.names.link_ids, *self.names.service_ids), "link", lanes=True
            ),
            "service": lambda value: self._row_ids(value, self.names.service_ids, "service", lanes=False),
            "mode": self._mode_ids,
            "supply": self._border_ids,
            "organisation": lambda value: (value,),
            "event": lambda value: (value,),
        }

    def _country_ids(self, value: str) -> tuple[str, ...]:
        code = self.names.country_code(value) or self.names.country_code(value.upper())
        if not code:
            raise UnknownName(value, self.names.nearest(value, ("country",)), "country")
        return (code,)

    def _border_ids(self, value: str) -> tuple[str, ...]:
        pair = self._border_pair(value)
        if not pair:
            raise UnknownName(
                value, self.names.nearest(value.partition("-")[0], ("country",)), "pair of countries (KAZ-CHN)"
            )
        return (pair,)

    def _mode_ids(self, value: str) -> tuple[str, ...]:
        if value not in MODES:
            raise UnknownName(value, difflib.get_close_matches(value, MODES, 2) or list(MODES), "mode")
        return (value,)

    def _row_ids(self, value: str, known: Sequence[str], kind: str, *, lanes: bool) -> tuple[str, ...]:
        if value.upper() in known:
            return (value.upper(),)
        if lanes and self._is_lane(value.partition("/")[0]):
            return (value,)
        raise UnknownName(value, difflib.get_close_matches(value.upper(), known, 3), kind)

    def _is_lane(self, text: str) -> bool:
        """Whether a text is the id of a sea lane: two ports with a hyphen between them."""
        steps = [match.start() for match in re.finditer("-", text)]
        return any(
            ("port", text[:step]) in self.names.things and ("port", text[step + 1 :]) in self.names.things
            for step in steps
        )

    def _thing_ids(self, value: str, kind: HitKind) -> tuple[str, ...]:
        hits = self.names.of_kind(value, (kind,))
        if not hits:
            raise UnknownName(value, self.names.nearest(value, (kind,)), kind)
        if len(hits) > 1:
            raise AmbiguousName(value, [hit.code for hit in hits])
        return (hits[0].id,)

    def _place_ids(self, value: str) -> tuple[str, ...]:
        if value in self.names.places_by_id:
            return (value,)
        hits = self.names.of_kind(value, ("place",)) or self.names.of_kind(value, ("station",))
        if not hits:
            raise UnknownName(value, self.names.nearest(value, ("place", "station")), "place")
        if len(hits) > 1:
            raise AmbiguousName(value, [hit.code for hit in hits])
        return (hits[0].id,)

    def _port_ids(self, value: str) -> tuple[str, ...]:
        hits = self.names.of_kind(value, ("port",))
        if len(hits) == 1:
            return (hits[0].id,)
        if hits:
            raise AmbiguousName(value, [hit.code for hit in hits])
        served = [self.ports_of(hit.id) for hit in self.names.of_kind(value, ("place",))]
        if len(served) == 1 and served[0]:
            return served[0]
        raise UnknownName(value, self.names.nearest(value, ("port",)), "port")

    def _crossing_ids(self, value: str) -> tuple[str, ...]:
        if ("crossing", value) in self.names.things:
            return (value,)
        mode, colon, name = value.partition(":")
        wanted = name if colon else value
        whole: list[Mention] = []
        for mentions in self.names.levels(wanted):
            whole += [
                mention
                for mention in mentions
                if mention.hit.kind == "crossing" and (not colon or mention.hit.id.startswith(f"{mode}:"))
            ]
        if not whole:
            raise UnknownName(value, self.names.nearest(value, ("crossing",)), "crossing")
        groups = [_crossings(group) for group in self._clusters(whole)]
        if len(groups) > 1:
            # A crossing called so comes before one with a post called so.
            called = [
                mention
                for mention in whole
                if not mention.side
                and normalise(wanted) in (normalise(mention.hit.name), normalise(mention.hit.id.rpartition(":")[2]))
            ]
            groups = [_crossings(group) for group in self._clusters(called)] or groups
        if len(groups) > 1:
            raise AmbiguousName(value, [f"crossing.{item}" for group in groups for item in group])
        return groups[0]


def _crossings(group: Sequence[Mention]) -> tuple[str, ...]:
    return tuple(sorted({mention.hit.id for mention in group}))


def _plain_meaning(hit: Hit) -> _Meaning:
    kinds: dict[str, SelectorKind] = {"strait": "strait", "country": "country", "corridor": "corridor"}
    return _Meaning(hit.name, hit.code, (Selector(kinds[hit.kind], hit.id),), hit.rank)


def _choose(text: str, meanings: Sequence[_Meaning]) -> Target:
    best = max(meaning.rank for meaning in meanings)
    top = [meaning for meaning in meanings if meaning.rank == best]
    if len(top) > 1:
        raise AmbiguousName(text, [meaning.code for meaning in top])
    others = [meaning.label for meaning in meanings if meaning is not top[0]]
    note = f"'{text}' is taken as {top[0].label}, not {' or '.join(others)}." if others else ""
    return Target(text, top[0].label, top[0].selectors, note)
