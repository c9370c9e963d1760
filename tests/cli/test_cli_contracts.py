"""JSON that other programs rely on: names of fields, kinds of values, and that views show the same numbers."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from cli_run import answer, command

ROUTE = {
    "id", "corridors", "distance_km", "hours", "hours_p95", "origin_wait_hours", "usd", "generalised_usd", "co2_kg",
    "assumed_share_hours", "assumed_share_usd", "crossings", "gauge_breaks", "countries", "straits", "legs",
}  # fmt: skip
LEG = {"mode", "from", "to", "distance_km", "hours", "usd", "co2_kg"}


def has(record: dict[str, Any], *names: str) -> bool:
    return set(names) <= set(record)


def test_routes() -> None:
    found = answer("routes", "Tokyo", "Tashkent", "-k", "3")
    assert set(found) == {
        "origin", "destination", "cargo", "value", "by", "as_of", "money_year", "routes", "unreachable", "notes",
        "least",
    }  # fmt: skip
    assert (found["origin"], found["destination"], found["cargo"]) == ("Tokyo", "Tashkent", "teu")
    assert (found["as_of"], found["money_year"], found["unreachable"]) == ("2024-12-31", 2024, None)
    assert 1 < len(found["routes"]) <= 3
    for route in found["routes"]:
        assert set(route) >= ROUTE
        assert all(set(leg) >= LEG for leg in route["legs"])
    costs = [route["generalised_usd"] for route in found["routes"]]
    assert costs == sorted(costs)


def test_the_cheapest_way_in_money_is_told_though_others_are_listed() -> None:
    found = answer("routes", "Shanghai", "Rotterdam", "-k", "2")
    assert set(found["least"]) == {"time", "money", "co2"}
    least = found["least"]["money"]
    assert least["usd"] <= min(route["usd"] for route in found["routes"])
    assert (
        least["id"] == answer("routes", "Shanghai", "Rotterdam", "-k", "1", *least["option"].split())["routes"][0]["id"]
    )
    assert "--by money" in command("routes", "Shanghai", "Rotterdam", "-k", "2").stdout


def test_no_route_is_valid_json_and_exit_code_3() -> None:
    found = answer("routes", "Tokyo", "Tashkent", "--close", "country.UZB", code=3)
    assert found["routes"] == []
    assert found["unreachable"]["closures"] == ["option-1"]
    assert "option-1" in found["unreachable"]["reason"]
    shown = command("routes", "Tokyo", "Tashkent", "--close", "country.UZB")
    assert shown.exit_code == 3
    assert "No route" in shown.stdout


def test_routes_explained_down_to_sources() -> None:
    found = answer("routes", "Tokyo", "Tashkent", "-k", "1", "--explain")
    (route,) = found["routes"]
    facts = {fact["id"]: fact for fact in found["facts"]}
    sources = {source["id"] for source in found["sources"]}
    named = {fact for part in route["contributions"] for fact in part["facts"]}
    assert named <= set(facts)
    assert {fact["source"] for fact in facts.values() if fact["source"]} <= sources
    total = sum(part["amount"] for part in route["contributions"] if part["measure"] == "usd")
    assert abs(total - route["usd"]) < 1e-6
    shown = command("routes", "Tokyo", "Tashkent", "-k", "1", "--explain").stdout
    assert all(fact in shown for fact in named)


def test_corridors_and_their_indicators() -> None:
    found = answer("corridors", "--pairs", "tokyo-tashkent", "--parts")
    names = (
        "corridor", "origin", "destination", "as_of", "distance_km", "hours", "hours_p95", "usd", "rank",
        "assumed_share_hours", "open", "why_closed",
    )  # fmt: skip
    assert len(found["rows"]) > 15
    assert all(has(row, *names) for row in found["rows"])
    assert {row["open"] for row in found["rows"]} == {True, False}
    for row in found["rows"]:
        assert (row["why_closed"] is None) == row["open"]
        assert (row["hours"] is None) != row["open"]
    assert {item["indicator"] for item in found["indicators"]} == {"TFI1", "TFI2", "TFI3", "TFI4-SWOD", "TFI4-SWD"}
    assert all(has(item, "value", "unit", "published", "definition") for item in found["indicators"])
    assert {part["kind"] for part in found["parts"]} >= {"section", "crossing", "port"}


def test_corridors_over_time() -> None:
    found = answer("corridors", "--pairs", "tokyo-astana", "--between", "2023", "2024", "--step", "1y")
    assert {row["as_of"] for row in found["rows"]} == {"2023-12-31", "2024-12-31"}
    assert all(has(row, "corridor", "rank", "open", "why_closed", "usd", "hours_p95") for row in found["rows"])
    shown = command("corridors", "--pairs", "tokyo-astana", "--between", "2023", "2024")
    assert "Rank over time" in shown.stdout


def test_closures() -> None:
    found = answer("closures", "--what", "crossings", "--pairs", "tokyo-tashkent")
    assert has(found, "what", "pairs", "rows")
    names = ("id", "name", "extra_usd", "extra_hours", "cut_off_pairs", "cut_off_weight")
    assert found["rows"]
    assert all(has(row, *names) for row in found["rows"])
    shown = command("closures", "--pairs", "tokyo-tashkent").stdout
    assert found["rows"][0]["name"] in shown


def test_closures_of_a_chosen_list() -> None:
    chosen = ("--together", "crossing.khorgos", "--together", "crossing.rail:KAZ-CHN:dostyk")
    words = ("closures", *chosen, "--pairs", "tokyo-tashkent")
    found = answer(*words)
    assert len(found["joint"]["rows"]) >= 1
    assert found["joint"]["rows"][0]["extra_cost"] >= max(row["extra_cost"] for row in found["rows"]) - 1e-6


def test_access() -> None:
    found = answer("access", "Uzbekistan", "KGZ", "--no-remedies")
    names = (
        "country", "port", "hours", "usd", "distance_km", "crossings", "independent_by_crossing",
        "independent_by_country", "largest_dependence",
    )  # fmt: skip
    assert [row["country"] for row in found["rows"]] == ["UZB", "KGZ"]
    for row in found["rows"]:
        assert has(row, *names)
        assert has(row["largest_dependence"], "country", "share")
    assert "Uzbekistan" in command("access", "UZB", "--no-remedies").stdout


def test_events() -> None:
    found = answer("events", "--as-of", "latest")
    names = ("id", "what", "start", "end", "effect", "live")
    assert all(has(row, *names) for row in found["rows"])
    assert {row["live"] for row in found["rows"]} == {True, False}
    between = answer("events", "--between", "2022-02-01", "2022-03-31")
    assert 0 < len(between["rows"]) < len(found["rows"])
    assert any(row["links"] for row in between["rows"])


def test_find_and_scenarios() -> None:
    rows = answer("find", "Khorgos")["rows"]
    assert {row["kind"] for row in rows} >= {"place", "crossing"}
    assert all(has(row, "kind", "id", "name", "country", "code", "lat", "lon") for row in rows)
    abroad = command("find", "Nairobi")
    assert "names of the world's network" in abroad.stderr
    assert "KEN" in abroad.stdout
    assert answer("find", "Nairobi", "--network", "study") == {"rows": []}
    for row in answer("find", "Khorgos", "--network", "world")["rows"]:
        if row["found_by"] == "exact" and row["kind"] == "place":
            assert row in rows
    ids = {row["id"] for row in answer("scenarios")["rows"]}
    assert ids >= {"base", "latest", "hormuz-closed", "trans-afghan-rail"}
    text = command("scenarios").stdout
    assert all(name in text for name in ids)


def test_facts() -> None:
    rows = answer("facts", "list", "--subject", "country:KAZ", "--quantity", "haul_price")["rows"]
    assert rows
    assert all(row["subject"] == "country:KAZ" or row["partner"] == "country:KAZ" for row in rows)
    chosen = answer("facts", "show", "TS0517")
    assert has(chosen, "value", "unit", "basis", "source", "wins", "chosen", "losers", "parents")
    text = command("facts", "show", "TS0517").stdout
    assert all(loser["id"] in text for loser in chosen["losers"])
    assert answer("facts", "show", "RAIL001")[0]["table"] == "sections"
    assert "RAIL001" in command("facts", "show", "RAIL001").stdout
    sources = answer("facts", "sources", "cpmm")["rows"]
    assert sources
    assert all(has(row, "id", "title", "url", "numbers", "rows") for row in sources)
    assert answer("facts", "check") == {"findings": []}
    assert "Nothing wrong" in command("facts", "check").stdout


def test_network_quality() -> None:
    found = answer("network", "quality")
    assert set(found) >= {"components", "links", "unreachable", "lengths", "aggregates", "ports_without_land"}
    text = command("network", "quality").stdout
    assert all(row["name"] in text for row in found["unreachable"])


def test_run_compare_explain(tmp_path: Path) -> None:
    made = command("run", "hormuz-closed", "-o", str(tmp_path / "h"), "--pairs", "tokyo-ashgabat")
    assert made.exit_code == 0
    assert f"Result: {tmp_path / 'h'}" in made.stdout
    compared = answer("compare", "base", str(tmp_path / "h"), "--pairs", "tokyo-ashgabat")
    assert has(compared, "a", "b", "settings", "changes_only_a", "changes_only_b", "rows")
    changed = [row for row in compared["rows"] if row["because"]]
    assert changed
    assert all(cause["id"] == "hormuz-closed#1" for row in changed for cause in row["because"])
    shown = command("compare", "base", str(tmp_path / "h"), "--pairs", "tokyo-ashgabat")
    assert "hormuz-closed#1: closed: strait.hormuz" in shown.stdout
    explained = answer("explain", str(tmp_path / "h"), "routes", "tokyo-ashgabat/1.usd")
    (number,) = explained["numbers"]
    assert abs(number["recomputed"] - number["value"]) < 1e-6
    assert has(number, "formula", "components", "unit", "meaning")
    text = command("explain", str(tmp_path / "h"), "routes", "tokyo-ashgabat/1.usd").stdout
    assert "the same" in text
    assert all(fact["id"] in text for fact in explained["facts"])


def test_grid(tmp_path: Path) -> None:
    words = ("grid", "base", "iran-closed", "-o", str(tmp_path / "g"), "--pairs", "tokyo-ashgabat")
    found = answer(*words)
    assert [row["scenario"] for row in found["rows"]] == ["base", "iran-closed"]
    stored = list(csv.DictReader(io.StringIO((tmp_path / "g" / "tables" / "grid.csv").read_text())))
    assert [float(row["usd"]) for row in stored] == [row["usd"] for row in found["rows"]]
    assert "2 of them kept" in command(*words).stdout


def test_changes_apply_in_the_order_in_which_they_are_written() -> None:
    shut = answer("routes", "Tokyo", "Tashkent", "-k", "1", "--open", "country.UZB", "--close", "country.UZB", code=3)
    assert shut["routes"] == []
    again = answer("routes", "Tokyo", "Tashkent", "-k", "1", "--close", "country.UZB", "--open", "country.UZB")
    assert again["routes"] == answer("routes", "Tokyo", "Tashkent", "-k", "1")["routes"]
    twice = ("--set", "crossing.saryagash.hours=10", "--scale", "crossing.saryagash.hours=3")
    there = answer("routes", "Tokyo", "Tashkent", "-k", "1", *twice)["routes"][0]["hours"]
    back = answer("routes", "Tokyo", "Tashkent", "-k", "1", *twice[2:], *twice[:2])["routes"][0]["hours"]
    assert abs(there - back - 20) < 1e-6


@pytest.mark.parametrize("words", [("routes", "Tokyo", "Almaty"), ("corridors", "--pairs", "tokyo-astana")])
def test_equals_sign_and_space_are_the_same(words: tuple[str, ...]) -> None:
    assert answer(*words, "--close", "strait.malacca") == answer(*words, "--close=strait.malacca")


def test_closures_that_last_some_days_tell_what_queues() -> None:
    found = answer("closures", "--what", "crossings", "--pairs", "Tokyo:Tashkent", "--days", "14", "--use", "0.5")
    assert found["recovery"]
    for row in found["recovery"]:
        assert row["clear_after_days"] == 28.0
        assert all(0 <= pair["departure_delay_days"] <= 14 for pair in row["pairs"])
    assert "Shut for 14 days" in command("closures", "--pairs", "Tokyo:Tashkent", "--days", "14").stdout
