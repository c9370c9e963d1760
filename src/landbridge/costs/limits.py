"""Limits of size: the table of the facts, and the draughts of straits that ship with the program."""

from __future__ import annotations

import math

from landbridge.costs.context import Row, records
from landbridge.facts.package import Facts
from landbridge.network.sea import load_straits


def limits(facts: Facts) -> dict[str, Row]:
    """Rows of ``limits`` by id, with a row per strait of known draught that the table does not name."""
    found = records(facts, "limits")
    named = {row["subject"] for row in found.values()}
    for strait in load_straits():
        subject = f"strait:{strait.id}"
        if math.isfinite(strait.max_draft_m) and subject not in named:
            value = f"{strait.max_draft_m:g}"
            row = {"subject": subject, "mode": "sea", "limit": "draft_m", "value": value}
            found[f"draft.{strait.id}"] = {"id": f"draft.{strait.id}", **row}
    return found
