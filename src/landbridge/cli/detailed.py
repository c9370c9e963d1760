"""The command that builds the detailed network of the world."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer

from landbridge.cli.options import BUILT_IN, Json, Study
from landbridge.cli.world import console, note, print_json


def network_build(
    study: Study = BUILT_IN,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build again what is already stored.")] = False,
    json: Json = False,
) -> None:
    """Build the detailed network (0.8 M nodes) from the packages of the extra 'build', and keep it in the cache.

    Sections and crossings of the study repair it. An interrupted build leaves nothing; start it again.
    """
    from landbridge.network.detailed import build, load, read_curated
    from landbridge.study import load_study

    curated = read_curated(load_study(study).facts_folder)
    started = time.perf_counter()
    last = ""

    def progress(stage: str, done: int, total: int) -> None:
        nonlocal last
        if stage != last:
            last = stage
            note(f"{time.perf_counter() - started:6.1f} s  {stage}")

    folder = build(curated=curated, progress=progress, rebuild=rebuild)
    network = load(digest=None)
    figures: dict[str, Any] = {
        "folder": str(folder),
        "nodes": len(network.node_lat),
        "arcs": len(network.tail),
        "crossings": len(network.crossings),
        "seconds": round(time.perf_counter() - started, 1),
    }
    if json:
        print_json(figures)
        return
    out = console()
    out.print(f"{figures['nodes']:,} nodes, {figures['arcs']:,} arcs, {figures['crossings']:,} crossings")
    out.print(f"{folder}: tables of repairs, terminals and section lengths, and the manifest with its licence")
