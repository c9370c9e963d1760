"""The grammar of selectors, the same in files and on the command line: ``kind.value[.field]``.

``country.KAZ``, ``country.Kazakhstan``, ``border.KAZ-CHN``, ``crossing.khorgos``, ``crossing.rail:KAZ-CHN:dostyk``,
``port.IRBND``, ``strait.hormuz``, ``link.RAIL042``, ``corridor.traceca``, ``mode.rail``; with a field where a number is
changed: ``crossing.altynkol.rail.hours=24``, ``country.KAZ.crossings.hours=0.5``. Names are brought to ids by a
``Namer``, which the gazetteer provides.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from landbridge.scenario.changes import SELECTOR_KINDS, Selector, SelectorKind
from landbridge.schema.errors import Finding, ScenarioError
from landbridge.schema.words import MODES

#: Brings the value of a selector to ids: (kind, "khorgos") -> ("rail:KAZ-CHN:altynkol", "road:KAZ-CHN:khorgos").
#: Raises UnknownName or AmbiguousName.
Namer = Callable[[SelectorKind, str], tuple[str, ...]]

Part = Literal["crossings", "ports", "haul", "services", "gauge", "all"]


@dataclass(frozen=True)
class Field:
    """A number that a scenario can set, scale or add to.

    part: which of the selected arcs carry it; component and quantity: what of their cost it is.
    """

    name: str
    kinds: tuple[SelectorKind, ...]
    part: Part
    component: str
    quantity: str
    unit: str
    actions: tuple[str, ...]
    doc: str


_ALL: Final = ("set", "scale", "add")
_WIDE: Final[tuple[SelectorKind, ...]] = ("country", "corridor", "mode", "place")

#: The closed list of fields. A mode and a dot may stand before each: ``rail.hours``, ``road.crossings.usd``.
FIELDS: Final[tuple[Field, ...]] = (
    Field(
        "hours", ("crossing", "border"), "crossings", "border", "hours", "hours", _ALL,
        "hours from reaching the border to leaving it, in one direction",
    ),
    Field(
        "usd", ("crossing", "border"), "crossings", "border", "usd", "usd_per_unit", _ALL,
        "money paid at the border for one unit of cargo",
    ),
    Field(
        "crossings.hours", _WIDE, "crossings", "border", "hours", "hours", _ALL,
        "hours at each crossing: those into and out of the country, at the gateways of the corridor, of the mode",
    ),
    Field(
        "crossings.usd", _WIDE, "crossings", "border", "usd", "usd_per_unit", _ALL,
        "money paid at each of these crossings",
    ),
    Field(
        "hours", ("link", "service"), "haul", "haul", "hours", "hours", _ALL,
        "hours under way over the whole link; where a border cuts the link, over each part",
    ),
    Field(
        "usd", ("link", "service"), "haul", "haul", "usd", "usd_per_unit", _ALL,
        "price of the whole link for one unit of cargo; where a border cuts the link, of each part",
    ),
    Field(
        "speed", ("country", "mode", "link", "service"), "haul", "haul", "speed", "km_per_hour", ("set", "scale"),
        "haul speed over the day, borders left out",
    ),
    Field(
        "price", ("country", "mode", "link", "service"), "haul", "haul", "price", "usd_per_unit_km", ("set", "scale"),
        "price of moving one unit one kilometre",
    ),
    Field(
        "dwell", ("port",), "ports", "port", "hours", "hours", _ALL,
        "hours in the port, the wait for the onward vessel or train in",
    ),
    Field(
        "handling", ("port",), "ports", "port", "usd", "usd_per_unit", _ALL,
        "price of handling one unit in the port",
    ),
    Field(
        "ports.dwell", ("country", "corridor"), "ports", "port", "hours", "hours", _ALL,
        "dwell in each port of the country, or at the gateways of the corridor",
    ),
    Field(
        "ports.handling", ("country", "corridor"), "ports", "port", "usd", "usd_per_unit", _ALL,
        "handling price in each of these ports",
    ),
    Field(
        "sailings", ("service", "port", "mode"), "services", "waiting", "sailings", "per_week", ("set", "scale"),
        "departures a week of the service, or of every named service at the port",
    ),
    Field(
        "gauge.hours", ("country", "place"), "gauge", "gauge_change", "hours", "hours", _ALL,
        "hours of a change of gauge that no crossing contains",
    ),
    Field(
        "gauge.usd", ("country", "place"), "gauge", "gauge_change", "usd", "usd_per_unit", _ALL,
        "price of a change of gauge that no crossing contains",
    ),
    Field(
        "surcharge", ("strait", "port", "service", "link", "crossing"), "all", "surcharge", "usd", "usd_per_unit",
        ("add",), "charge for each passage of the strait, port, service, link or crossing",
    ),
)  # fmt: skip

FIELD_NAMES: Final[tuple[str, ...]] = tuple(dict.fromkeys(field.name for field in FIELDS))

#: Only for ``close``: ``country.RUS.transit`` shuts the country to what neither starts nor ends there. With close and
#: open a mode alone may stand in the place of a field too: ``country.KAZ.rail``.
TRANSIT: Final = "transit"

_SHAPE = re.compile(r"^[a-z]+\.")


def field_of(selector: Selector, where: str = "") -> tuple[tuple[str, ...], Field]:
    """Modes named before the field (empty = all) and the field of a selector that ``parse_selector`` made.

    Error: ``ScenarioError`` where the kind of selector has no such field.
    """
    modes, name = _split_mode(selector.field)
    for field in FIELDS:
        if field.name == name and selector.kind in field.kinds:
            return modes, field
    known = [field.name for field in FIELDS if selector.kind in field.kinds]
    found = f"{with_article(selector.kind)} has no field '{name}'" if name else "a field is missing"
    remedy = f"Fields of {with_article(selector.kind)}: {', '.join(known)}." if known else "It has none."
    raise ScenarioError("This change cannot be made.", [Finding(where or f"'{selector}'", found, remedy)])


def _split_mode(text: str) -> tuple[tuple[str, ...], str]:
    head, dot, rest = text.partition(".")
    return ((head,), rest) if dot and head in MODES else ((), text)


def looks_like_selector(text: str) -> bool:
    """Whether a text begins with a kind of selector and a dot."""
    return text.partition(".")[0] in SELECTOR_KINDS and "." in text


def parse_selector(text: str, where: str = "") -> Selector:
    """Selector of a text; its value is as written, names are not looked up here.

    where: what a finding calls the place of the text. Error: ``ScenarioError`` with the nearest words.
    """
    where = where or f"'{text}'"
    kind, dot, rest = text.strip().partition(".")
    if kind not in SELECTOR_KINDS and not dot:
        remedy = f"Write what it is before its name, such as {_EXAMPLE['strait']}. Kinds: {', '.join(SELECTOR_KINDS)}."
        raise _error(where, f"'{kind}' is a name without its kind", remedy)
    if kind not in SELECTOR_KINDS:
        close = difflib.get_close_matches(kind, SELECTOR_KINDS, 1, 0.6)
        remedy = f"Did you mean '{close[0]}'?" if close else f"Kinds: {', '.join(SELECTOR_KINDS)}."
        raise _error(where, f"'{kind}' is no kind of selector", remedy)
    if not dot or not rest:
        raise _error(where, f"'{text}' names nothing", f"Write {kind}.NAME, such as {_EXAMPLE[kind]}.")
    value, field = _split_field(rest)
    if not value:
        raise _error(where, f"'{text}' names nothing", f"Write {kind}.NAME, such as {_EXAMPLE[kind]}.")
    if field and field not in (TRANSIT, *MODES) and _split_mode(field)[1] not in FIELD_NAMES:
        close = difflib.get_close_matches(_split_mode(field)[1], FIELD_NAMES, 1, 0.6)
        known = ", ".join(item.name for item in FIELDS if kind in item.kinds) or "none"
        remedy = f"Did you mean '{close[0]}'?" if close else f"Fields of {with_article(kind)}: {known}."
        raise _error(where, f"there is no field '{field}'", remedy)
    return Selector(SELECTOR_KINDS[SELECTOR_KINDS.index(kind)], value, field)


_EXAMPLE: Final = {
    "country": "country.KAZ", "border": "border.KAZ-CHN", "crossing": "crossing.khorgos", "port": "port.IRBND",
    "strait": "strait.hormuz", "link": "link.RAIL042", "service": "service.SEA001", "corridor": "corridor.traceca",
    "mode": "mode.rail", "place": "place.tashkent", "supply": "supply.RUS-JPN", "organisation": "organisation.eaeu",
    "event": "event.us_iran_2018",
}  # fmt: skip


def _split_field(rest: str) -> tuple[str, str]:
    """Value and field; a dot that is followed by a space or nothing belongs to a name ("St. Petersburg")."""
    match = re.search(r"\.(?=[a-z])", rest)
    return (rest[: match.start()], rest[match.end() :]) if match else (rest, "")


def parse_assignment(text: str, where: str = "") -> tuple[Selector, float]:
    """``crossing.altynkol.rail.hours=24`` -> selector with a field, and the number."""
    where = where or f"'{text}'"
    left, equals, right = text.rpartition("=")
    if not equals:
        raise _error(where, "there is no '='", "Write SELECTOR.FIELD=NUMBER, such as country.KAZ.crossings.hours=0.5.")
    return parse_selector(left, where), parse_number(right, where)


def parse_number(text: str, where: str) -> float:
    """A plain finite number; units are those of the field and are not written."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _error(where, f"'{text.strip()}' is not a number", "Write a plain number in the unit of the field.")
    return value


def check_value(selector: Selector, action: str, value: float, where: str = "") -> None:
    """Whether a field takes this action and this value; error: ``ScenarioError``."""
    where = where or f"'{selector}'"
    _, field = field_of(selector, where)
    if action not in field.actions:
        only = " in a scenario file" if field.actions == ("add",) else ""
        raise _error(where, f"'{field.name}' cannot be {_DONE[action]}", f"Use {' or '.join(field.actions)}{only}.")
    if not math.isfinite(value):
        raise _error(where, f"the value is {value}", "Write a finite number.")
    smallest_open = action == "scale" or field.quantity in ("speed", "sailings")
    if value < 0 or (value == 0 and smallest_open):
        bound = "more than 0" if smallest_open else "0 or more"
        more = "" if action != "add" else "; to lower a number, use scale or set"
        raise _error(where, f"the value is {value:g}", f"Write {bound}{more}.")


_DONE: Final = {"set": "set", "scale": "scaled", "add": "added"}


def with_article(word: str) -> str:
    """'a port', 'an event'."""
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def canonical(selectors: tuple[Selector, ...], namer: Namer) -> tuple[Selector, ...]:
    """The same selectors with ids as values, each once, in order. Errors are those of the namer."""
    found: dict[Selector, None] = {}
    for selector in selectors:
        for value in namer(selector.kind, selector.value):
            found.setdefault(Selector(selector.kind, value, selector.field))
    return tuple(found)


def _error(where: str, found: str, remedy: str) -> ScenarioError:
    return ScenarioError("This selector cannot be read.", [Finding(where, found, remedy)])
