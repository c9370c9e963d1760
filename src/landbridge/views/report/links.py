"""Anchors of the report: one name per thing, safe in an address, never twice."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from landbridge.result.report import ReportData, RouteRef

_OUTSIDE: Final = re.compile(r"[^a-z0-9]+")


def slug(name: str) -> str:
    """'rail:KAZ-CHN:dostyk' -> 'rail-kaz-chn-dostyk'."""
    return _OUTSIDE.sub("-", name.lower()).strip("-") or "x"


@dataclass(frozen=True)
class Anchors:
    """Anchor of each thing that the report explains. A thing that is not in the report has none, so no link can lead
    nowhere."""

    routes: dict[RouteRef, str] = field(default_factory=dict)
    pairs: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    benchmarks: dict[str, str] = field(default_factory=dict)
    chapters: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, data: ReportData, chapters: Iterable[str]) -> Anchors:
        """Anchors of everything in a report; ``chapters`` are the ids of its sections."""
        taken: set[str] = set()

        def allot(prefix: str, names: Iterable[str]) -> dict[str, str]:
            result: dict[str, str] = {}
            for name in names:
                if name in result:
                    continue
                base = anchor = f"{prefix}{slug(name)}"
                n = 1
                while anchor in taken:
                    n += 1
                    anchor = f"{base}-{n}"
                taken.add(anchor)
                result[name] = anchor
            return result

        refs = {
            f"{pair.id}/{route.id}": RouteRef(pair.id, route.id) for pair in data.pairs for route in pair.answer.routes
        }
        return cls(
            chapters=allot("", chapters),
            routes={refs[name]: anchor for name, anchor in allot("way-", refs).items()},
            pairs=allot("pair-", (pair.id for pair in data.pairs)),
            facts=allot("fact-", (fact.id for fact in data.facts)),
            sources=allot("source-", (source.id for source in data.sources)),
            benchmarks=allot("row-", (row.id for row in data.benchmarks.rows) if data.benchmarks else ()),
        )
