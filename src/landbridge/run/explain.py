"""Why a number of a result is what it is: its formula, its components down to facts and sources, and the number again.

Everything is read from the result itself, so that a folder explains itself without the study it was made from. A
number that adds up is recomputed from its components, and each of these from its facts (``from_facts``); one that
does not (a percentile, a share, a median) from the inputs its formula names.
"""

from __future__ import annotations

import difflib
import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from landbridge.io.tabular import Value
from landbridge.models.spread import TimeComponent, spread
from landbridge.result.explained import Component, Explained, Explanation, Record
from landbridge.result.folder import Field, Result, parted
from landbridge.run.from_facts import Question, Remade, remade
from landbridge.schema.errors import BadRequest, Finding, UnknownName
from landbridge.schema.words import MODES

#: What of an arc at a border counts in TFI1 and TFI2.
_AT_BORDER: Final = ("border", "fee", "gauge_change")


def explain(result: Result, table: str, key: str) -> Explained:
    """Explain a row, or one number of it.

    key: the row's key columns joined by "/" (``tokyo-tashkent/1f0c2ab9de``), where a way may be named by its rank
    (``tokyo-tashkent/1``); with ``.COLUMN`` one number (``tokyo-tashkent/1.hours``). Raises ``UnknownName`` with the
    nearest tables or keys.
    """
    if table not in result.tables:
        raise UnknownName(table, difflib.get_close_matches(table, result.tables, 4) or result.tables, "table")
    row, column = _find(result, table, key)
    name = key_of(result, table, row)
    numbers = tuple(
        number_of(result, table, row, item)
        for item in result.fields(table)
        if _is_number(row.get(item.name)) and (not column or item.name == column)
    )
    texts = tuple(
        (item.name, str(row[item.name]))
        for item in result.fields(table)
        if not _is_number(row[item.name]) and row[item.name] not in (None, "")
    )
    used = [fact for number in numbers for part in number.components for fact in part.facts]
    used += [fact for item in ("facts", "value_of_time_facts", "parents") for fact in parted(row.get(item))]
    used += [str(row["id"])] if table == "facts" else []
    facts, losers, sources = _facts(result, used, [str(row["source"])] if row.get("source") else [])
    shape = result.manifest.get("tables", {}).get(table, {}).get("doc", "")
    return Explained(table, name, shape, texts, numbers, facts, losers, sources)


def key_of(result: Result, table: str, row: Record) -> str:
    """The text that names a row."""
    return "/".join("" if row[name] is None else str(row[name]) for name in result.key(table))


def _find(result: Result, table: str, key: str) -> tuple[Record, str]:
    rows = result.rows(table)
    columns = [item.name for item in result.fields(table)]
    head, dot, tail = key.rpartition(".")
    for wanted, column in ((key, ""), (head, tail)):
        if column and column not in columns:
            continue
        if not column and wanted != key:
            continue
        for row in rows:
            if wanted in _names_of(result, table, row):
                if column and not _is_number(row[column]):
                    raise _nothing(key, column, row)
                return row, column
    if dot and any(head in _names_of(result, table, row) for row in rows):
        raise UnknownName(tail, difflib.get_close_matches(tail, columns, 4) or columns, f"column of {table}")
    known = [name for row in rows for name in _names_of(result, table, row)]
    close = difflib.get_close_matches(key, known, 4, 0.4) or known[:4]
    raise UnknownName(key, close, f"row of {table}")


def _nothing(key: str, column: str, row: Record) -> BadRequest:
    """A cell without a number, with the row's own reason where it gives one."""
    why = next((str(row[name]) for name in ("why_closed", "why_not", "unreachable", "reason") if row.get(name)), "")
    found = f"'{column}' holds no number in this row{f': {why.rstrip(chr(46))}' if why else ''}"
    return BadRequest("There is nothing to explain.", [Finding(key, found, "Name a column with a number.")])


def _names_of(result: Result, table: str, row: Record) -> tuple[str, ...]:
    name = key_of(result, table, row)
    by_rank = f"{row['pair']}/{row['rank']}" if table in ("routes", "comparison") and row["rank"] is not None else ""
    return (name, by_rank) if by_rank and by_rank != name else (name,)


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _facts(
    result: Result, used: Sequence[str], more_sources: Sequence[str]
) -> tuple[tuple[Record, ...], tuple[Record, ...], tuple[Record, ...]]:
    """Facts with their ancestors, the numbers they were preferred to, and the sources of all."""
    known = {str(row["id"]): row for row in result.rows("facts")}
    found: dict[str, Record] = {}
    waiting = list(dict.fromkeys(used))[::-1]
    while waiting:
        identifier = waiting.pop()
        if identifier in found or identifier not in known:
            continue
        found[identifier] = known[identifier]
        waiting += parted(known[identifier]["parents"])[::-1]
    losers = tuple(row for row in result.rows("losers") if row["fact"] in found)
    wanted = {str(row["source"]) for row in (*found.values(), *losers)} | set(more_sources)
    sources = tuple(row for row in result.rows("sources") if row["id"] in wanted)
    return tuple(found.values()), losers, sources


# --- numbers --------------------------------------------------------------------------------------------------------

Made = tuple[float | None, list[Component]]
Recipe = Callable[[Result, Record, str], Made]


def number_of(result: Result, table: str, row: Record, column: Field) -> Explanation:
    """One number of a row, recomputed where its column has a formula."""
    value = row[column.name]
    assert isinstance(value, int | float)
    recipe = _RECIPES.get((table, column.name))
    recomputed, parts = recipe(result, row, column.name) if recipe else (None, [])
    stops = _stops(result, row) if (table, column.name) == ("contributions", "amount") else ""
    return Explanation(
        table=table,
        key=key_of(result, table, row),
        column=column.name,
        value=float(value),
        unit=str(row.get("unit") or row.get("measure") or column.unit)
        if column.unit.startswith(("unit", "the"))
        else column.unit,
        doc=column.doc,
        formula=column.formula or str(row.get("formula") or ""),
        components=tuple(parts),
        recomputed=recomputed,
        stops=stops,
    )


def _number(row: Record, column: str) -> float:
    value = row[column]
    assert isinstance(value, int | float)
    return float(value)


def _parts(result: Result, row: Record) -> list[Record]:
    """Contributions of a row's way."""
    return [
        part for part in result.rows("contributions") if part["pair"] == row["pair"] and part["route"] == row["route"]
    ]


def _added(result: Result, parts: Iterable[Record]) -> Made:
    known, question = _known(result), _question(result)
    components = [_component(part, remade(part, known, question)) for part in parts]
    return math.fsum(part.amount for part in components), components


def _known(result: Result) -> dict[str, Record]:
    return {str(row["id"]): row for row in result.rows("facts")}


def _question(result: Result) -> Question:
    return Question(str(result.manifest["cargo"]), int(result.manifest["money_year"]))


def _component(part: Record, again: Remade) -> Component:
    return Component(
        what=f"{part['where']}: {part['component']}",
        amount=_number(part, "amount"),
        unit=str(part["measure"]),
        basis=str(part["basis"]),
        formula=str(part["formula"]),
        facts=parted(part["facts"]),
        note=str(part["note"]),
        recomputed=again.amount,
        stops=again.stops,
    )


_MEASURE: Final = {
    "hours": "hours",
    "usd": "usd",
    "co2_kg": "co2_wtw_kg",
    "co2_ttw_kg": "co2_ttw_kg",
    "origin_wait_hours": "origin_wait_hours",
}


def _way_sum(result: Result, row: Record, column: str) -> Made:
    return _added(result, (part for part in _parts(result, row) if part["measure"] == _MEASURE[column]))


def _contribution(result: Result, row: Record, _: str) -> Made:
    """From the facts where the chain allows, else from its rates."""
    again = remade(row, _known(result), _question(result))
    if again.amount is not None:
        return again.amount, list(again.parts)
    if row.get("fixed") is None or row.get("per_km") is None:
        return None, []
    inputs = _inputs(row, "fixed", "per_km", "km")
    return _number(row, "fixed") + _number(row, "per_km") * _number(row, "km"), inputs


def _stops(result: Result, row: Record) -> str:
    return remade(row, _known(result), _question(result)).stops


def _leg_sum(result: Result, row: Record, column: str) -> Made:
    own = [part for part in _parts(result, row) if part["leg"] == row["leg"]]
    if column == "distance_km":
        arcs = {str(part["arc"]): part for part in own}
        components = [Component(str(part["where"]), _number(part, "km"), "km") for part in arcs.values()]
        return math.fsum(part.amount for part in components), components
    return _added(result, (part for part in own if part["measure"] == _MEASURE[column]))


def _length(result: Result, row: Record, column: str) -> Made:
    mode = column.removesuffix("_km")
    components = [
        Component(f"{leg['mode']} {leg['from']} to {leg['to']}", _number(leg, "distance_km"), "km")
        for leg in result.rows("legs")
        if leg["pair"] == row["pair"] and leg["route"] == row["route"] and (mode not in MODES or leg["mode"] == mode)
    ]
    return math.fsum(part.amount for part in components), components


def _p95(result: Result, row: Record, _: str) -> Made:
    rows = [item for item in result.rows("spread") if item["pair"] == row["pair"] and item["route"] == row["route"]]
    times = [
        TimeComponent(str(item["name"]), _number(item, "mean_hours"), _number(item, "sigma"), str(item["country"]))
        for item in rows
    ]
    components = [
        Component(
            f"{part.name}{f' ({part.country})' if part.country else ''}",
            part.mean_hours,
            "hours",
            note=f"sigma {part.sigma:g}",
        )
        for part in times
    ]
    correlation = _number(row, "country_correlation")
    components.append(Component("correlation within one country", correlation, "ratio"))
    return spread(times, correlation).p95_hours, components


def _inputs(row: Record, *columns: str) -> list[Component]:
    return [Component(column, _number(row, column), _unit(column)) for column in columns]


def _unit(column: str) -> str:
    return next((unit for unit in ("hours", "usd", "km", "days", "kg") if column.endswith(unit) or unit in column), "")


def _buffer(result: Result, row: Record, _: str) -> Made:
    hours, late = _number(row, "hours"), _number(row, "hours_p95")
    return (late - hours) / hours if hours else 0.0, _inputs(row, "hours_p95", "hours")


def _generalised(result: Result, row: Record, _: str) -> Made:
    pair = next(item for item in result.rows("pairs") if item["pair"] == row["pair"])
    hour = Component(
        "pairs.value_of_time", _number(pair, "value_of_time"), "usd_per_hour", facts=parted(pair["value_of_time_facts"])
    )
    value = _number(row, "usd") + hour.amount * _number(row, "hours")
    return value, [*_inputs(row, "usd", "hours"), hour]


def _assumed(result: Result, row: Record, column: str) -> Made:
    measure = column.removeprefix("assumed_share_")
    part, components = _added(
        result, (item for item in _parts(result, row) if item["measure"] == measure and item["basis"] == "assumed")
    )
    whole = _number(row, measure)
    assert part is not None
    return min(part / whole, 1.0) if whole > 0 else 0.0, [*components, *_inputs(row, measure)]


def _as_route(result: Result, row: Record, column: str) -> Made:
    """A number that repeats one of the way's."""
    way = next(
        (item for item in result.rows("routes") if item["pair"] == row["pair"] and item["route"] == row["route"]), None
    )
    if way is None:
        return None, []
    field = next(item for item in result.fields("routes") if item.name == column)
    found = number_of(result, "routes", way, field)
    return found.recomputed, list(found.components)


_OBJECTIVE: Final = {"cost": "generalised_usd", "time": "hours", "money": "usd", "co2": "co2_kg"}


def _rank(result: Result, row: Record, _: str) -> Made:
    column = _OBJECTIVE[str(result.manifest["by"])]
    own = _number(row, column)
    better = {
        str(other["route"]): other
        for other in result.rows("corridors")
        if other["pair"] == row["pair"] and other["route"] not in ("", row["route"]) and _number(other, column) < own
    }
    components = [Component(str(other["name"]), _number(other, column), _unit(column)) for other in better.values()]
    return float(1 + len(better)), [*components, *_inputs(row, column)]


def _bottleneck(result: Result, row: Record, _: str) -> Made:
    stops = [
        Component(f"{part['kind']} {part['where']}", _number(part, "hours"), "hours")
        for part in result.rows("corridor_parts")
        if part["pair"] == row["pair"]
        and part["corridor"] == row["corridor"]
        and part["kind"] in ("crossing", "port", "gauge break", "terminal")
    ]
    return max((part.amount for part in stops), default=0.0), stops


def _corridor_of(result: Result, row: Record) -> Record:
    return next(
        item for item in result.rows("corridors") if item["pair"] == row["pair"] and item["corridor"] == row["corridor"]
    )


def _share(result: Result, row: Record, column: str) -> Made:
    measure = column.removeprefix("share_")
    whole = _number(_corridor_of(result, row), measure)
    inputs = [*_inputs(row, measure), Component(f"corridors.{measure}", whole, _unit(measure))]
    return _number(row, measure) / whole if whole else 0.0, inputs


def _indicator(result: Result, row: Record, _: str) -> Made:
    way = _corridor_of(result, row)
    modes = {
        leg["leg"]: leg["mode"]
        for leg in result.rows("legs")
        if leg["pair"] == way["pair"] and leg["route"] == way["route"]
    }
    land = [
        part for part in _parts(result, way) if modes.get(part["leg"]) == row["mode"] and part["component"] != "port"
    ]
    borders = {str(part["arc"]) for part in land if part["component"] == "border"}
    kind = str(row["indicator"])
    if kind in ("TFI1", "TFI2"):
        measure = "hours" if kind == "TFI1" else "usd"
        total, components = _added(
            result,
            (
                part
                for part in land
                if part["measure"] == measure and part["component"] in _AT_BORDER and str(part["arc"]) in borders
            ),
        )
        assert total is not None
        return total / len(borders), [*components, Component("borders crossed", float(len(borders)), "borders")]
    km = math.fsum(_number(part, "km") for part in {str(part["arc"]): part for part in land}.values())
    measure = "usd" if kind == "TFI3" else "hours"
    total, components = _added(
        result,
        (part for part in land if part["measure"] == measure and (kind != "TFI4-SWOD" or part["component"] == "haul")),
    )
    assert total is not None
    components.append(Component("length of the land part", km, "km"))
    return (500 * total / km if kind == "TFI3" else km / total), components


def _error(result: Result, row: Record, column: str) -> Made:
    measure = column.removeprefix("error_")
    model, published = _number(row, f"model_{measure}"), _number(row, f"published_{measure}")
    return model / published - 1, _inputs(row, f"model_{measure}", f"published_{measure}")


def _counted(result: Result, measure: str) -> list[Component]:
    return [
        Component(
            str(row["id"]), _number(row, f"error_{measure}"), "share", note=f"{row['origin']} to {row['destination']}"
        )
        for row in result.rows("benchmarks")
        if row["usable"] == "yes" and row[f"error_{measure}"] is not None
    ]


def _median(result: Result, row: Record, column: str) -> Made:
    parts = _counted(result, str(row["measure"]))
    if column == "n":
        return float(len(parts)), parts
    if not parts:
        return None, []
    errors = [part.amount if column == "median_signed" else abs(part.amount) for part in parts]
    return statistics.median(errors), parts


def _ratio(result: Result, row: Record, _: str) -> Made:
    return _number(row, "model") / _number(row, "published"), _inputs(row, "model", "published")


def _recipes() -> dict[tuple[str, str], Recipe]:
    found: dict[tuple[str, str], Recipe] = {("routes", column): _way_sum for column in _MEASURE}
    found |= {("legs", column): _leg_sum for column in ("distance_km", "hours", "usd", "co2_kg")}
    found |= {("routes", f"{mode}_km"): _length for mode in ("distance", *MODES)}
    repeated = ("distance_km", "hours", "hours_p95", "usd", "generalised_usd", "co2_kg")
    found |= {("comparison", column): _as_route for column in repeated}
    shares = ("assumed_share_hours", "assumed_share_usd")
    found |= {("corridors", column): _as_route for column in (*repeated, *shares)}
    found |= {("routes", column): _assumed for column in shares}
    found |= {("corridor_parts", column): _share for column in ("share_hours", "share_usd")}
    found |= {("benchmarks", f"error_{measure}"): _error for measure in ("days", "usd", "km")}
    found |= {("benchmark_medians", column): _median for column in ("n", "median_absolute", "median_signed")}
    found |= {
        ("contributions", "amount"): _contribution,
        ("routes", "hours_p95"): _p95,
        ("routes", "buffer_index"): _buffer,
        ("routes", "generalised_usd"): _generalised,
        ("corridors", "rank"): _rank,
        ("corridors", "bottleneck_hours"): _bottleneck,
        ("indicators", "value"): _indicator,
        ("checks", "ratio"): _ratio,
    }
    return found


_RECIPES: Final = _recipes()


def recomputable() -> frozenset[tuple[str, str]]:
    """Tables and columns whose numbers are recomputed."""
    return frozenset(_RECIPES)
