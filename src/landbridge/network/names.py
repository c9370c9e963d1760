"""Every name the study and the world know, and what is called so.

Names are compared without regard to case, accents, punctuation and spaces; no word is ever stripped,
because "Port Qasim" is not "Qasim". How a name can be written: in full; without its country in parentheses
(``Astara (AZE)``, as good as in full); without another addition (``Bukhara-1 (Kagan)``) or in one of the
parts between slashes, which counts as an alias.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

from landbridge.scenario.selector import looks_like_selector
from landbridge.schema.rows import Table, as_rows
from landbridge.study.model import Study

if TYPE_CHECKING:
    from landbridge.network.stored_names import StoredNames

HitKind = Literal["place", "station", "port", "crossing", "strait", "country", "corridor"]
Why = Literal["code", "exact", "alias", "fuzzy"]
#: How well a text matches, best first.
WHY: Final[tuple[Why, ...]] = ("code", "exact", "alias", "fuzzy")

_TIER: Final = {"main": 4, "feeder": 3, "inland-sea": 2, "regional": 1}
_QUALIFIED: Final = re.compile(r"^(.+?)\s*\(([^()]+)\)$")
#: Letters that no decomposition turns into plain ones.
_PLAIN: Final = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ə": "e"})

#: A capital with fewer inhabitants (Hamilton of Bermuda) is a place among others.
CAPITAL_PEOPLE: Final = 100_000

#: (capital, inhabitants, port tier): compared in this order, larger is more important.
Rank = tuple[int, int, int]


@dataclass(frozen=True)
class Hit:
    """Something a text may mean."""

    kind: HitKind
    id: str
    name: str
    country: str  # ISO alpha-3; of a crossing "AAA-BBB"; empty where there is none
    lat: float | None
    lon: float | None
    rank: Rank
    why: Why

    @property
    def code(self) -> str:
        """The text that means this thing and nothing else."""
        return f"place.{self.id}" if self.kind == "station" else f"{self.kind}.{self.id}"

    @property
    def label(self) -> str:
        """Name with its country."""
        return self.name if not self.country or f"({self.country}" in self.name else f"{self.name} ({self.country})"


def normalise(text: str) -> str:
    """The letters and digits of a name, small and without accents."""
    return _words(text).replace(" ", "")


class _Kept(dict[int, str]):
    """What a letter becomes in a name: itself, a space where it is neither letter nor digit, nothing for accents."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        dropped = letter in "'’ʻʼ`" or unicodedata.combining(letter) != 0
        self[code] = "" if dropped else letter if letter.isalnum() else " "
        return self[code]


_KEPT: Final = _Kept()


@lru_cache(maxsize=1 << 17)
def _words(text: str) -> str:
    """As ``normalise``, with one space where something other than an apostrophe stands between the letters."""
    flat = text.casefold()
    if not flat.isascii():
        flat = unicodedata.normalize("NFKD", flat).translate(_PLAIN)
        small = flat.casefold()
        if small != flat:  # taking accents off can bring capitals to light
            flat = unicodedata.normalize("NFKD", small).translate(_PLAIN)
    return " ".join(flat.translate(_KEPT).split())


@dataclass(frozen=True)
class Mention:
    """A thing known under a name; ``side``: the country of the border post so called, empty = the thing as a whole."""

    hit: Hit
    side: str = ""
    words: str = ""  # the name as spelt, for telling "Jalal-Abad" from "Jalalabad"


_Called = tuple[Hit, Why, str, str]  # thing, how well the name matches, side of a crossing, words


@dataclass(frozen=True)
class _Index(Mapping[str, tuple[Mention, ...]]):
    """Mentions by key, made when they are looked up: the world has ten times the names that anybody asks for."""

    called: Mapping[str, Sequence[_Called]]

    def __getitem__(self, key: str) -> tuple[Mention, ...]:
        rows = self.called[key]
        return tuple(dict.fromkeys(Mention(replace(hit, why=why), side, words) for hit, why, side, words in rows))

    def __contains__(self, key: object) -> bool:
        return key in self.called

    def __iter__(self) -> Iterator[str]:
        return iter(self.called)

    def __len__(self) -> int:
        return len(self.called)


@dataclass(frozen=True)
class NameIndex:
    """Names of a study's tables, of its corridors, and of the countries of the world.

    tables: ``places`` and, where there are any, ``names``, ``ports``, ``crossings``, ``sections``,
    ``services``, ``straits``; countries: iso3, iso2, name, aliases, capital. Built when first asked.
    """

    tables: Mapping[str, Table]
    study: Study
    countries: Table
    stored: StoredNames | None = None  # the index as it was made before

    def mentions(self, text: str) -> list[Mention]:
        """Things known under a name, or under the part of it before a country in parentheses."""
        found = self._closest(text)
        qualified = _QUALIFIED.match(text.strip())
        code = self.country_code(qualified[2]) if qualified else ""
        if qualified and code:
            for mention in self._closest(qualified[1]):
                if code in mention.hit.country.split("-") and mention.side in ("", code):
                    narrowed = replace(mention, side=code) if mention.hit.kind == "crossing" else mention
                    if narrowed not in found:
                        found.append(narrowed)
        return found

    def _closest(self, text: str) -> list[Mention]:
        """Things known under a name; those spelt with the same words where there are any."""
        found = list(self.index.get(normalise(text), ()))
        return [mention for mention in found if mention.words == _words(text)] or found

    def levels(self, text: str) -> list[list[Mention]]:
        """Mentions of a text by how well they match: codes, names, aliases."""
        mentions = self.mentions(text)
        return [
            [Mention(hit) for hit in self.by_code(text)],
            [mention for mention in mentions if mention.hit.why == "exact"],
            [mention for mention in mentions if mention.hit.why == "alias"],
        ]

    def of_kind(self, text: str, kinds: Sequence[HitKind]) -> list[Hit]:
        """Things of these kinds a text means, at the best level there is."""
        for mentions in self.levels(text):
            hits = dict.fromkeys(mention.hit for mention in mentions if mention.hit.kind in kinds)
            if hits:
                return list(hits)
        return []

    def by_code(self, text: str) -> list[Hit]:
        """Things whose code or id the text is."""
        plain = text.strip()
        found: list[Hit] = []
        if looks_like_selector(plain):
            kind, _, value = plain.partition(".")
            keys = [(kind, value), ("station", value)] if kind == "place" else [(kind, value)]
        else:
            compact = plain.replace(" ", "").upper()
            keys = [("port", compact), ("crossing", plain), ("strait", plain), ("corridor", plain)]
            keys += [("place", plain), ("station", plain)]
            if plain.isupper():
                keys.append(("country", self._iso.get(plain, "")))
        for key in keys:
            hit = self.things.get(key)  # type: ignore[arg-type]
            # The id "astara" is the plain name of the place, and the name has more meanings.
            if hit is not None and (looks_like_selector(plain) or not self._is_its_name(plain, hit)):
                found.append(replace(hit, why="code"))
        return found

    def _is_its_name(self, text: str, hit: Hit) -> bool:
        return hit.kind in ("place", "station") and "-" not in text and normalise(text) in self.index

    def country_code(self, text: str) -> str:
        """ISO alpha-3 code of a country's name or code; empty if there is none."""
        plain = text.strip()
        if plain.upper() in self._iso and (len(plain) == 3 or plain.isupper()):
            return self._iso[plain.upper()]
        codes = {m.hit.id for m in self.index.get(normalise(plain), ()) if m.hit.kind == "country"}
        return codes.pop() if len(codes) == 1 else ""

    def near_keys(self, key: str, count: int) -> list[str]:
        """Keys spelt nearly so, or that begin so; never the key itself."""
        if not key:
            return []
        close = difflib.get_close_matches(key, self._keys, n=count, cutoff=0.75)
        begins = [other for other in self._keys if len(key) >= 3 and other.startswith(key)]
        return [other for other in dict.fromkeys((*close, *begins[:count])) if other != key]

    def nearest(self, text: str, kinds: Sequence[str] = (), count: int = 5) -> list[str]:
        """Labels of things of these kinds (empty = all) that are called almost so, best first."""
        qualified = _QUALIFIED.match(text.strip())
        names: dict[str, None] = {}
        wanted = [normalise(text)] + ([normalise(qualified[1])] if qualified else [])
        for key in wanted:
            for near in ([key] if key in self.index else []) + self.near_keys(key, 4 * count):
                for mention in self.index[near]:
                    if not kinds or mention.hit.kind in kinds:
                        names.setdefault(mention.hit.label)
        return list(names)[:count]

    @cached_property
    def _iso(self) -> dict[str, str]:
        rows = as_rows(self.countries)
        return {row[key]: row["iso3"] for row in rows for key in ("iso3", "iso2") if row[key]}

    def _rows_of(self, name: str) -> Sequence[Mapping[str, Any]]:
        """Rows of a table; none where there is no such table."""
        return as_rows(self.tables[name]) if name in self.tables else []

    @cached_property
    def places_by_id(self) -> dict[str, Mapping[str, Any]]:
        """Rows of the table of places."""
        return {row["id"]: row for row in self._rows_of("places")}

    @cached_property
    def hub(self) -> dict[str, str]:
        """Station -> city."""
        return {row["id"]: row["hub"] for row in self._rows_of("places") if row["hub"]}

    @cached_property
    def port_place(self) -> dict[str, str]:
        """Port -> its city."""
        return {row["id"]: row["place"] for row in self._rows_of("ports") if row["place"]}

    @cached_property
    def link_ids(self) -> tuple[str, ...]:
        """Ids of the sections."""
        return tuple(row["id"] for row in self._rows_of("sections"))

    @cached_property
    def service_ids(self) -> tuple[str, ...]:
        """Ids of the services."""
        return tuple(row["id"] for row in self._rows_of("services"))

    @cached_property
    def _capitals(self) -> set[tuple[str, str]]:
        return {(row["iso3"], normalise(row["capital"])) for row in as_rows(self.countries) if row["capital"]}

    @cached_property
    def things(self) -> Mapping[tuple[HitKind, str], Hit]:
        """Everything with an id, by kind and id."""
        if self.stored is not None:
            return self.stored.things
        found: dict[tuple[HitKind, str], Hit] = {}
        tier: dict[str, int] = {}
        for row in self._rows_of("ports"):
            size = _TIER.get(row["tier"], 0)
            tier[row["place"]] = max(size, tier.get(row["place"], 0))
            found["port", row["id"]] = _hit("port", row, row["country"], (0, 0, size))
        aliases: dict[str, list[str]] = {}
        for row in self._rows_of("names"):
            aliases.setdefault(row["subject"], []).append(normalise(row["name"]))
        for row in self._rows_of("places"):
            if row["kind"] == "border":
                continue
            keys = [normalise(row["name"]), *aliases.get(f"place:{row['id']}", ())]
            capital = any((row["country"], key) in self._capitals for key in keys)
            people = int(float(row["population"])) if row["population"] != "" else 0
            capital &= row["population"] == "" or people >= CAPITAL_PEOPLE  # nobody lives in Plymouth of Montserrat
            kind: HitKind = "station" if row["hub"] else "place"
            found[kind, row["id"]] = _hit(kind, row, row["country"], (int(capital), people, tier.get(row["id"], 0)))
        for row in self._rows_of("crossings"):
            sides = "-".join(side for side in (row["country_a"], row["country_b"]) if side)
            found["crossing", row["id"]] = _hit("crossing", row, sides, (0, 0, 0))
        for row in self._rows_of("straits"):
            found["strait", row["id"]] = Hit("strait", row["id"], row["name"], "", None, None, (0, 0, 0), "exact")
        for row in as_rows(self.countries):
            code = row["iso3"]
            found["country", code] = Hit("country", code, row["name"], "", None, None, (0, 0, 0), "exact")
        for corridor in self.study.corridors:
            hit = Hit("corridor", corridor.id, corridor.name, "", None, None, (0, 0, 0), "exact")
            found["corridor", corridor.id] = hit
        return found

    @cached_property
    def index(self) -> Mapping[str, tuple[Mention, ...]]:
        """Normalised name -> what is called so."""
        if self.stored is not None:
            return self.stored.index
        found: dict[str, list[_Called]] = {}

        def add(text: str, hit: Hit, why: Why, side: str = "") -> None:
            words = _words(text)
            if words:
                found.setdefault(words.replace(" ", ""), []).append((hit, why, side, words))

        for hit in self.things.values():
            forms = self._forms(hit.name, hit.country)
            for text, why in forms[:1] if hit.id.startswith("ferry:") else forms:
                add(text, hit, why)
            if hit.kind in ("strait", "corridor"):
                add(hit.id, hit, "exact")
        for row in self._rows_of("crossings"):
            if row["mode"] == "ferry":
                continue  # its two posts are ports
            hit = self.things["crossing", row["id"]]
            add(row["id"].rpartition(":")[2], hit, "alias")
            for side in ("a", "b"):
                if row[f"name_{side}"]:
                    for text, why in self._forms(row[f"name_{side}"], row[f"country_{side}"]):
                        add(text, hit, why, row[f"country_{side}"])
        for row in self._rows_of("places"):
            if row["kind"] == "border" and ("crossing", row["crossing"]) in self.things:
                add(row["name"], self.things["crossing", row["crossing"]], "exact")
        for row in as_rows(self.countries):
            for alias in filter(None, row["aliases"].split(";")):
                add(alias, self.things["country", row["iso3"]], "alias")
        for row in self._rows_of("names"):
            subject = self._subject(row["subject"])
            if subject is not None:
                add(row["name"], subject, "alias")
        return _Index(found)

    @cached_property
    def _keys(self) -> list[str]:
        return sorted(iter(self.index))  # without iter its length comes first, which reads stored names again

    def _forms(self, name: str, country: str) -> list[tuple[str, Why]]:
        """Ways of writing a name: in full; without its country in parentheses; without another addition; its parts."""
        forms: list[tuple[str, Why]] = [(name, "exact")]
        qualified = _QUALIFIED.match(name)
        base = qualified[1] if qualified else name
        if qualified:
            is_country = qualified[2] in country.split("-")
            forms.append((base, "exact" if is_country else "alias"))
        if "/" in base:
            forms += [(part, "alias") for part in base.split("/")]
        return forms

    def _subject(self, text: str) -> Hit | None:
        """The thing a row of ``names`` is about; a point on a border is its crossing."""
        kind, _, identifier = text.partition(":")
        if kind == "place":
            row = self.places_by_id.get(identifier)
            if row is not None and row["kind"] == "border":
                return self.things.get(("crossing", row["crossing"]))
            return self.things.get(("place", identifier)) or self.things.get(("station", identifier))
        return self.things.get((kind, identifier))  # type: ignore[arg-type]


def _hit(kind: HitKind, row: Mapping[str, Any], country: str, rank: Rank) -> Hit:
    return Hit(kind, row["id"], row["name"], country, float(row["lat"]), float(row["lon"]), rank, "exact")
