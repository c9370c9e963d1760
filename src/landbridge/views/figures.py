"""Numbers as text: one form per kind, the same in every view. Absent values are a dash, never a zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

ABSENT: Final = "–"

#: Cargo units in words.
CARGO_WORDS: Final[dict[str, str]] = {
    "teu": "20-foot container (TEU)",
    "feu": "40-foot container (FEU)",
    "truck20t": "truck of 20 tonnes",
    "wagon": "wagon",
    "tonne": "tonne",
}
CARGO_SHORT: Final[dict[str, str]] = {
    "teu": "TEU",
    "feu": "FEU",
    "truck20t": "20 t truck",
    "wagon": "wagon",
    "tonne": "tonne",
}
#: Objectives in words.
BY_WORDS: Final[dict[str, str]] = {
    "cost": "least generalised cost",
    "time": "least time",
    "money": "least money",
    "co2": "least CO2",
}
#: Components in words.
COMPONENT_WORDS: Final[dict[str, str]] = {
    "haul": "haul",
    "border": "border",
    "gauge_change": "gauge change",
    "port": "port",
    "transfer": "transfer",
    "waiting": "waiting",
    "fee": "fee",
    "surcharge": "surcharge",
}


def number(value: float | None, decimals: int = 0) -> str:
    """12345.678 -> '12,346'; a rounded zero has no sign."""
    if value is None:
        return ABSENT
    if math.isinf(value):
        return "closed"
    text = f"{value:,.{decimals}f}"
    return text.lstrip("-") if not text.strip("-0.,") else text


def plain(value: float | None) -> str:
    """A fact's value with the digits it has: 0.425 -> '0.425', 12000.0 -> '12,000'; at most six significant digits
    after a leading zero."""
    if value is None:
        return ABSENT
    if value == int(value) and abs(value) < 1e15:
        return number(value)
    if abs(value) >= 1000:
        return f"{value:,.1f}"
    return f"{value:.6g}"


def days(hours: float | None, decimals: int = 1) -> str:
    """Hours as days."""
    return number(None if hours is None else hours / 24, decimals)


def percent(share: float | None, decimals: int = 0) -> str:
    """0.123 -> '12 %'."""
    return ABSENT if share is None else f"{number(share * 100, decimals)} %"


def signed_percent(share: float | None, decimals: int = 0) -> str:
    """0.123 -> '+12 %', a rounded zero has no sign."""
    if share is None:
        return ABSENT
    text = number(share * 100, decimals)
    return f"{text} %" if text.startswith("-") or not text.strip("0.,") else f"+{text} %"


def corridor_words(corridors: Sequence[str]) -> str:
    """Names of the corridors a route follows."""
    return " + ".join(corridors) or "no named corridor"


def joined(items: Sequence[str], last: str = " and ") -> str:
    """'a, b and c'."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + last + items[-1]
