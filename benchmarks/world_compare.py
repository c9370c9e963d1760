"""Our answer, searoute's and scgraph's for pairs across continents: distance and time to answer.

``python benchmarks/world_compare.py [table.md]``. Needs the extra ``bench``. Each is asked once before the
clock runs, so that what is loaded at first use does not count.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import searoute
from scgraph.geographs.marnet import marnet_geograph

from landbridge.run.session import open_study

#: The base date of the built-in study has the Red Sea shut; on this day it was open.
DAY = "2022-06-30"

PAIRS = (
    ("Tokyo", "Rotterdam"),
    ("Shanghai", "Los Angeles"),
    ("Singapore", "Mumbai"),
    ("Santos", "Hamburg"),
    ("Lagos", "Warsaw"),
    ("Santos", "La Paz"),
    ("Denver", "Toronto"),
    ("Sydney (AUS)", "Perth"),
    ("Johannesburg", "Lusaka"),
    ("Paris", "Tokyo"),
    ("New York City", "London"),
    ("Buenos Aires", "Santiago"),
    ("Cairo", "Nairobi"),
    ("Mombasa", "Kampala"),
    ("Moscow", "Beijing"),
    ("Istanbul", "Tehran"),
    ("Delhi", "Dhaka"),
    ("Jakarta", "Manila"),
    ("Auckland", "Sydney (AUS)"),
    ("Vancouver", "Shanghai"),
    ("Mexico City", "Chicago"),
    ("Lima", "Panama City"),
    ("Dakar", "Casablanca"),
    ("Lome", "Niamey"),
    ("Durban", "Mumbai"),
    ("Dubai", "Karachi"),
    ("Riyadh", "Amman"),
    ("Berlin", "Madrid"),
    ("Stockholm", "Rome"),
    ("Almaty", "Hamburg"),
    ("Ulaanbaatar", "Tianjin"),
    ("Bangkok", "Kunming"),
    ("Accra", "Abidjan"),
    ("Houston", "Rotterdam"),
)


def timed(ask: Callable[[], float]) -> tuple[float, float]:
    start = time.perf_counter()
    km = ask()
    return km, time.perf_counter() - start


def main(arguments: list[str]) -> int:
    session = open_study().world
    things = session.gazetteer.names.things
    rows = []
    for first, second in PAIRS:
        ends = [things["place", session.gazetteer.place(name).place] for name in (first, second)]
        points = [(float(end.lat or 0.0), float(end.lon or 0.0)) for end in ends]

        def ours(a: str = first, b: str = second) -> float:
            answer = session.routes(a, b, as_of=DAY, k=5)
            return answer.routes[0].distance_km if answer.routes else float("inf")

        def sea(ends: list[tuple[float, float]] = points) -> float:
            found = searoute.searoute(list(ends[0][::-1]), list(ends[1][::-1]))
            return float(found.properties["length"])

        def graph(ends: list[tuple[float, float]] = points) -> float:
            nodes = [{"latitude": lat, "longitude": lon} for lat, lon in ends]
            return float(marnet_geograph.get_shortest_path(nodes[0], nodes[1], output_units="km")["length"])

        answers = []
        for ask in (ours, sea, graph):
            ask()
            answers.append(timed(ask))
        best = session.routes(first, second, as_of=DAY, k=1).routes
        modes = "-".join(dict.fromkeys(leg.mode for leg in best[0].legs)) if best else "no way"
        rows.append((first, second, modes, answers))
    lines = [
        "# Our answers beside searoute and scgraph",
        "",
        f"As of {DAY}, cheapest by generalised cost with up to five alternatives; searoute "
        "and scgraph (marnet) by sea alone. Milliseconds of a second question.",
        "",
        "| from | to | our modes | km | searoute km | scgraph km | ms | searoute ms | scgraph ms |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for first, second, modes, answers in rows:
        km = " | ".join(f"{answer[0]:,.0f}" for answer in answers)
        ms = " | ".join(f"{answer[1] * 1000:.0f}" for answer in answers)
        lines.append(f"| {first} | {second} | {modes} | {km} | {ms} |")
    text = "\n".join(lines) + "\n"
    if arguments:
        Path(arguments[0]).write_text(text, encoding="utf-8")
    else:
        print(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
