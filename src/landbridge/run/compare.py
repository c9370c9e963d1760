"""What differs between two results, by how much and because of which change.

The best way of each pair and each named corridor are laid side by side. A difference is traced to what the results
themselves say: what closes a way in one and not in the other, and the changes and facts behind the contributions that
differ.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

from landbridge.io.tabular import Value
from landbridge.result.compared import Cause, Compared, ComponentDifference, Difference, Side, same_number
from landbridge.result.explained import Record
from landbridge.result.folder import Result, parted

#: How a contribution names a change among its facts.
_CHANGE: Final = "change:"


def compare_results(a: Result, b: Result) -> Compared:
    """Compare two results, pairs and corridors in the order of the first."""
    one, other = _Looked(a), _Looked(b)
    pairs = [pair for pair in one.pairs if pair in other.pairs]
    missing = [pair for pair in (*one.pairs, *other.pairs) if (pair in one.pairs) != (pair in other.pairs)]
    return Compared(
        a=a.name,
        b=b.name,
        settings=tuple(_settings(a, b)),
        only_a=tuple(_changes_only(one, other)),
        only_b=tuple(_changes_only(other, one)),
        best=tuple(_best(one, other, pair) for pair in pairs),
        corridors=tuple(_corridors(one, other, pairs)),
        components=tuple(_components(one, other, pairs)),
        missing=tuple(missing),
    )


def _settings(a: Result, b: Result) -> Iterator[tuple[str, str, str]]:
    names = ("study", "scenario", "as_of", "cargo", "value", "by", "money_year", "landbridge")
    for name in names:
        if a.manifest[name] != b.manifest[name]:
            yield name, str(a.manifest[name]), str(b.manifest[name])
    for name in ("facts", "study", "network"):
        one, other = a.manifest["inputs"].get(name, ""), b.manifest["inputs"].get(name, "")
        if one != other:
            yield f"digest of {name}", one[:12], other[:12]


class _Looked:
    """What is looked up in a result."""

    def __init__(self, result: Result) -> None:
        self.result = result

    @cached_property
    def pairs(self) -> dict[str, Record]:
        return {str(row["pair"]): row for row in self.result.rows("pairs")}

    @cached_property
    def changes(self) -> dict[str, Record]:
        return {str(row["id"]): row for row in self.result.rows("changes")}

    @cached_property
    def reasons(self) -> dict[str, str]:
        return {str(row["closure"]): str(row["reason"]) for row in self.result.rows("closures")}

    @cached_property
    def best(self) -> dict[str, Record]:
        return {str(row["pair"]): row for row in self.result.rows("routes") if row["rank"] == 1}

    @cached_property
    def routes(self) -> dict[tuple[str, str], Record]:
        return {(str(row["pair"]), str(row["route"])): row for row in self.result.rows("routes")}

    @cached_property
    def corridors(self) -> dict[tuple[str, str], Record]:
        return {(str(row["pair"]), str(row["corridor"])): row for row in self.result.rows("corridors")}

    @cached_property
    def closed(self) -> dict[tuple[str, str], str]:
        return {(str(row["pair"]), str(row["arc"])): str(row["closure"]) for row in self.result.rows("closed")}

    @cached_property
    def contributions(self) -> dict[tuple[str, str], list[Record]]:
        found: dict[tuple[str, str], list[Record]] = {}
        for row in self.result.rows("contributions"):
            found.setdefault((str(row["pair"]), str(row["route"])), []).append(row)
        return found

    def cause(self, kind: str, identifier: str) -> Cause:
        """A change, event or closure in words."""
        known = self.changes.get(identifier)
        return Cause(kind, identifier, str(known["what"]) if known else self.reasons.get(identifier, identifier))


def _changes_only(one: _Looked, other: _Looked) -> Iterator[Cause]:
    """Changes of one result that the other does not have; the same words under another id are the same change."""
    same = {(row["select"], row["action"], row["value"]) for row in other.changes.values()}
    for identifier, row in one.changes.items():
        if (row["select"], row["action"], row["value"]) not in same:
            yield one.cause("change", identifier)


def _side(row: Record | None, rank: Value = None) -> Side:
    if row is None:
        return Side(False, "", "", None, None, None, None)
    return Side(
        open=True,
        route=str(row["route"]),
        corridors=str(row["corridors"]),
        hours=_float(row["hours"]),
        usd=_float(row["usd"]),
        generalised_usd=_float(row["generalised_usd"]),
        rank=int(rank) if isinstance(rank, int | float) else None,
    )


def _float(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _best(one: _Looked, other: _Looked, pair: str) -> Difference:
    a, b = one.best.get(pair), other.best.get(pair)
    name = f"{one.pairs[pair]['origin']} to {one.pairs[pair]['destination']}"
    shut = parted(one.pairs[pair]["closures"]), parted(other.pairs[pair]["closures"])
    why = str(one.pairs[pair]["unreachable"]), str(other.pairs[pair]["unreachable"])
    because = _because(one, other, pair, a, b, shut, why)
    return Difference(pair, "", name, _side(a, 1), _side(b, 1), because)


def _corridors(one: _Looked, other: _Looked, pairs: list[str]) -> Iterator[Difference]:
    for (pair, corridor), row in one.corridors.items():
        second = other.corridors.get((pair, corridor))
        if pair not in pairs or second is None:
            continue
        a, b = one.routes.get((pair, str(row["route"]))), other.routes.get((pair, str(second["route"])))
        shut = parted(row["closures"]), parted(second["closures"])
        because = _because(one, other, pair, a, b, shut, (str(row["why_closed"]), str(second["why_closed"])))
        yield Difference(pair, corridor, str(row["name"]), _side(a, row["rank"]), _side(b, second["rank"]), because)


def _because(
    one: _Looked,
    other: _Looked,
    pair: str,
    a: Record | None,
    b: Record | None,
    shut: tuple[tuple[str, ...], tuple[str, ...]],
    why: tuple[str, str],
) -> tuple[Cause, ...]:
    """What explains the difference between a way in one result and in the other; empty where there is none.

    shut: the closures that leave no way; why: the same in words.
    """
    if a is None and b is None:
        return ()
    if a is None or b is None:
        present, absent, kind = (one, other, "closed") if b is None else (other, one, "opened")
        way = a or b
        assert way is not None
        gone = shut[1] if b is None else shut[0]
        kept = shut[0] if b is None else shut[1]
        named = [identifier for identifier in gone if identifier not in kept]
        named = named or _shut_in(absent, pair, present.contributions.get((pair, str(way["route"])), []))
        words = why[1] if b is None else why[0]
        return tuple(absent.cause(kind, identifier) for identifier in named) or (Cause(kind, "", words),)
    parts_a = one.contributions.get((pair, str(a["route"])), [])
    parts_b = other.contributions.get((pair, str(b["route"])), [])
    found: list[Cause] = []
    if a["route"] != b["route"]:
        found += [other.cause("closed", item) for item in _shut_in(other, pair, parts_a)]
        found += [one.cause("opened", item) for item in _shut_in(one, pair, parts_b)]
        # The way not taken changed too, where the other result shows it.
        again_a = other.contributions.get((pair, str(a["route"])), [])
        again_b = one.contributions.get((pair, str(b["route"])), [])
        found += _changed(one, other, parts_a, again_a) if again_a else []
        found += _changed(one, other, again_b, parts_b) if again_b else []
    else:
        found += _changed(one, other, parts_a, parts_b)
    if not found and a["route"] != b["route"]:
        found += _named(one, other, parts_a, parts_b) or _changed(one, other, *_shared(parts_a, parts_b))
        found = found or [_another_way(parts_a, parts_b)]
    return tuple(dict.fromkeys(found))


def _shared(parts_a: list[Record], parts_b: list[Record]) -> tuple[list[Record], list[Record]]:
    """The contributions of two ways where both pass: neither result says what the rest of the other's way costs."""
    arcs = {str(part["arc"]) for part in parts_a} & {str(part["arc"]) for part in parts_b}
    first, second = ([part for part in parts if str(part["arc"]) in arcs] for parts in (parts_a, parts_b))
    return first, second


def _another_way(parts_a: list[Record], parts_b: list[Record]) -> Cause:
    """Another way is the best, and each result knows the figures of its own alone."""
    first, second = (list(dict.fromkeys(str(part["where"]) for part in parts)) for parts in (parts_a, parts_b))
    gone = [where for where in first if where not in second][:3]
    new = [where for where in second if where not in first][:3]
    return Cause("another way", "", f"{', '.join(new)} instead of {', '.join(gone)}")


def _shut_in(looked: _Looked, pair: str, parts: Iterable[Record]) -> list[str]:
    closures = [looked.closed.get((pair, str(part["arc"])), "") for part in parts]
    return list(dict.fromkeys(closure for closure in closures if closure))


def _by_part(parts: Iterable[Record]) -> dict[tuple[str, str, str], list[Record]]:
    found: dict[tuple[str, str, str], list[Record]] = {}
    for part in parts:
        if part["measure"] in ("hours", "usd"):
            key = (str(part["arc"]), str(part["component"]), str(part["measure"]))
            found.setdefault(key, []).append(part)
    return found


def _changed(one: _Looked, other: _Looked, parts_a: list[Record], parts_b: list[Record]) -> list[Cause]:
    """Changes, or else figures, behind the contributions of one way that differ between the results."""
    first, second = _by_part(parts_a), _by_part(parts_b)
    found: list[Cause] = []
    figures: list[Cause] = []
    for key in dict.fromkeys((*first, *second)):
        a, b = first.get(key, []), second.get(key, [])
        if same_number(_total(a), _total(b)):
            continue
        facts_a = {fact for part in a for fact in parted(part["facts"])}
        facts_b = {fact for part in b for fact in parted(part["facts"])}
        named = _named(one, other, a, b)
        found += named
        if not named:
            where = str((b or a)[0]["where"])
            figures += [
                Cause("figures", fact, f"{key[1]} of {where}") for fact in sorted(facts_b - facts_a) or sorted(facts_a)
            ][:1]
    # A figure counts once, where it is first met: a speed serves all lines of a country.
    once = {cause.id: cause for cause in reversed(figures)}
    return list(dict.fromkeys(found)) or [cause for cause in figures if once[cause.id] is cause][:3]


def _named(one: _Looked, other: _Looked, parts_a: Iterable[Record], parts_b: Iterable[Record]) -> list[Cause]:
    """Changes among the facts of the contributions of one side only."""
    changes_a, changes_b = (
        {fact.removeprefix(_CHANGE) for part in parts for fact in parted(part["facts"]) if fact.startswith(_CHANGE)}
        for parts in (parts_a, parts_b)
    )
    found = [other.cause("changed", identifier) for identifier in sorted(changes_b - changes_a)]
    return found + [one.cause("changed back", identifier) for identifier in sorted(changes_a - changes_b)]


def _total(parts: Iterable[Record]) -> float:
    return math.fsum(float(part["amount"]) for part in parts if isinstance(part["amount"], int | float))


def _components(one: _Looked, other: _Looked, pairs: list[str]) -> Iterator[ComponentDifference]:
    for pair in pairs:
        sums = [
            _component_sums(looked.contributions.get((pair, str(looked.best[pair]["route"])), []))
            if pair in looked.best
            else {}
            for looked in (one, other)
        ]
        for component in dict.fromkeys((*sums[0], *sums[1])):
            a, b = sums[0].get(component, (0.0, 0.0)), sums[1].get(component, (0.0, 0.0))
            if not (same_number(a[0], b[0]) and same_number(a[1], b[1])):
                yield ComponentDifference(pair, component, a[0], b[0], a[1], b[1])


def _component_sums(parts: Iterable[Record]) -> dict[str, tuple[float, float]]:
    groups: dict[str, list[Record]] = {}
    for part in parts:
        groups.setdefault(str(part["component"]), []).append(part)
    return {
        component: tuple(_total(part for part in group if part["measure"] == measure) for measure in ("hours", "usd"))  # type: ignore[misc]
        for component, group in groups.items()
    }
