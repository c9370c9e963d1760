"""A name index as two texts, so that one name of the world is found without making the index of all.

Each text is lines of fields, sorted by the first, so that a line is found by halving. ``names``: key, kind, id, why,
side, words of each mention, those of a key in the order of the index. ``things``: kind, id, name, country, latitude,
longitude, rank of each thing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from landbridge.network.names import Hit, HitKind, Mention, NameIndex, Why

_END = "\n"
_BETWEEN = "\t"


@dataclass(frozen=True)
class StoredNames:
    """The index of a ``NameIndex`` as it was stored."""

    things: Mapping[tuple[HitKind, str], Hit]
    index: Mapping[str, tuple[Mention, ...]]


def pack(names: NameIndex) -> dict[str, NDArray[Any]]:
    """The index as arrays: the bytes of each text, and where its lines begin.

    Raises ``ValueError`` where a field holds what separates fields.
    """
    things = [
        (hit.kind, hit.id, hit.name, hit.country, _text(hit.lat), _text(hit.lon), *map(str, hit.rank))
        for hit in names.things.values()
    ]
    mentions = [
        (key, mention.hit.kind, mention.hit.id, mention.hit.why, mention.side, mention.words)
        for key, found in names.index.items()
        for mention in found
    ]
    return {**_packed("things", things, 2), **_packed("names", mentions, 1)}


def unpack(arrays: Mapping[str, NDArray[Any]]) -> StoredNames:
    """The index of what ``pack`` made."""
    things, names = (_Lines(bytes(arrays[name]), arrays[f"{name}_first"]) for name in ("things", "names"))
    return StoredNames(_Things(things), _Mentions(names, _Things(things)))


def _text(degrees: float | None) -> str:
    return "" if degrees is None else repr(degrees)


def _begin(fields: Sequence[str]) -> bytes:
    """How the lines begin whose first fields are these."""
    return "".join(f"{field}{_BETWEEN}" for field in fields).encode()


def _packed(name: str, rows: Sequence[tuple[str, ...]], count: int) -> dict[str, NDArray[Any]]:
    """Rows sorted by their first ``count`` fields, as the bytes of lines and where these begin."""
    lines = []
    for row in sorted(rows, key=lambda row: _begin(row[:count])):
        lines.append((_BETWEEN.join(row) + _END).encode())
        if lines[-1].count(_BETWEEN.encode()) != len(row) - 1 or lines[-1].count(_END.encode()) != 1:
            raise ValueError(f"a separator in {row}")
    first = np.cumsum([0, *map(len, lines)])[:-1].astype(np.int32)
    return {name: np.frombuffer(b"".join(lines), dtype=np.uint8), f"{name}_first": first}


@dataclass(frozen=True)
class _Lines:
    """Lines of fields, sorted by the first of them."""

    text: bytes
    first: NDArray[np.int32]  # [n_lines]

    def starting(self, *fields: str) -> Iterator[list[str]]:
        """Fields of the lines whose first fields are these."""
        if any(_BETWEEN in field or _END in field for field in fields):
            return
        begin = _begin(fields)
        at = bisect_left(self.first, begin, key=lambda start: self.text[start : start + len(begin)])
        for start in self.first[at:]:
            if not self.text.startswith(begin, start):
                return
            yield self.text[start : self.text.index(b"\n", start)].decode().split(_BETWEEN)

    def __iter__(self) -> Iterator[list[str]]:
        return (line.split(_BETWEEN) for line in self.text.decode().split(_END)[:-1])


@dataclass(frozen=True)
class _Things(Mapping[tuple[HitKind, str], Hit]):
    lines: _Lines

    def __getitem__(self, key: tuple[HitKind, str]) -> Hit:
        for fields in self.lines.starting(*key):
            return _hit(fields)
        raise KeyError(key)

    def __iter__(self) -> Iterator[tuple[HitKind, str]]:
        return ((cast(HitKind, fields[0]), fields[1]) for fields in self.lines)

    def __len__(self) -> int:
        return len(self.lines.first)

    def items(self) -> Any:
        """All of them at once: one by one each would be looked for."""
        return {(fields[0], fields[1]): _hit(fields) for fields in self.lines}.items()


def _hit(fields: list[str]) -> Hit:
    kind, identifier, name, country, lat, lon, capital, people, tier = fields
    rank = int(capital), int(people), int(tier)
    degrees = [float(text) if text else None for text in (lat, lon)]
    return Hit(cast(HitKind, kind), identifier, name, country, degrees[0], degrees[1], rank, "exact")


@dataclass(frozen=True)
class _Mentions(Mapping[str, tuple[Mention, ...]]):
    lines: _Lines
    things: _Things

    def __getitem__(self, key: str) -> tuple[Mention, ...]:
        found = tuple(
            Mention(replace(self.things[cast(HitKind, kind), identifier], why=cast(Why, why)), side, words)
            for _, kind, identifier, why, side, words in self.lines.starting(key)
        )
        if not found:
            raise KeyError(key)
        return found

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and any(True for _ in self.lines.starting(key))

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(fields[0] for fields in self.lines))

    def __len__(self) -> int:
        return sum(1 for _ in self)
