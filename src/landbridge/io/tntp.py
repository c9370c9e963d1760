"""Assignment test networks in the TNTP text format: a network file and a trip file.

Format: metadata lines ``<NAME> value`` up to ``<END OF METADATA>``; ``~`` starts a comment; a link is a row of ten
numbers and ``;``; trips stand as ``destination : volume;`` below ``Origin n``. Nodes below ``<FIRST THRU NODE>`` are
zones that no path may pass through. The published files are for research only and no part of this project.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from landbridge.schema.errors import BadRequest, Finding

Int32 = NDArray[np.int32]
Float64 = NDArray[np.float64]

_METADATA = re.compile(r"<([^>]+)>\s*([^~\t\n]*)")
_ORIGIN = re.compile(r"^\s*Origin\s+(\d+)", re.IGNORECASE)
_TRIP = re.compile(r"(\d+)\s*:\s*([0-9.eE+-]+)")


@dataclass(frozen=True)
class TntpNetwork:
    """Links as written: node numbers from 1, one entry per row of the file.

    free_flow_time: what a link costs empty, in the file's own unit; first_thru_node: nodes below it are zones.
    """

    n_zones: int
    n_nodes: int
    first_thru_node: int
    tail: Int32
    head: Int32
    capacity: Float64
    length: Float64
    free_flow_time: Float64


@dataclass(frozen=True)
class TntpTrips:
    """Demand by pair of zones; pairs without demand are left out."""

    origin: Int32
    destination: Int32
    volume: Float64


def read_tntp_network(path: Path) -> TntpNetwork:
    """Network of a ``*_net.tntp`` file; BadRequest with every bad row."""
    lines, metadata, start = _read(path)
    rows: list[list[float]] = []
    findings: list[Finding] = []
    for number, line in enumerate(lines[start:], start=start + 1):
        text = line.split("~")[0].strip().rstrip(";").strip()
        if not text:
            continue
        try:
            cells = [float(cell) for cell in text.split()]
        except ValueError:
            cells = []
        if len(cells) < 5 or cells[0] != int(cells[0]) or cells[1] != int(cells[1]) or min(cells[:2]) < 1:
            remedy = "A link is: tail head capacity length free_flow_time ... ;"
            findings.append(Finding(f"{path.name}, line {number}", f"'{text[:60]}'", remedy))
        elif not np.isfinite(cells[4]) or cells[4] < 0:
            findings.append(
                Finding(f"{path.name}, line {number}", f"free flow time {cells[4]}", "Give a time of 0 or more.")
            )
        else:
            rows.append(cells[:5])
    if findings or not rows:
        raise BadRequest(f"{path} is no TNTP network", findings or [Finding(path.name, "no links", "Check the file.")])
    table = np.array(rows)
    nodes = int(table[:, :2].max())
    return TntpNetwork(
        n_zones=_number(metadata, "NUMBER OF ZONES", nodes),
        n_nodes=max(nodes, _number(metadata, "NUMBER OF NODES", nodes)),
        first_thru_node=_number(metadata, "FIRST THRU NODE", 1),
        tail=table[:, 0].astype(np.int32),
        head=table[:, 1].astype(np.int32),
        capacity=table[:, 2],
        length=table[:, 3],
        free_flow_time=table[:, 4],
    )


def read_tntp_trips(path: Path) -> TntpTrips:
    """Demand of a ``*_trips.tntp`` file; BadRequest if it holds none."""
    lines, _, start = _read(path)
    found: dict[tuple[int, int], float] = {}
    findings: list[Finding] = []
    origin = 0
    for number, line in enumerate(lines[start:], start=start + 1):
        text = line.split("~")[0]
        if match := _ORIGIN.match(text):
            origin = int(match[1])
            continue
        for destination, volume in _TRIP.findall(text):
            if origin == 0:
                where = f"{path.name}, line {number}"
                findings.append(Finding(where, f"trips to {destination} before any origin", "Write 'Origin n' above."))
                break
            amount = float(volume)
            if not np.isfinite(amount) or amount < 0:
                findings.append(Finding(f"{path.name}, line {number}", f"volume {volume}", "Give 0 or more."))
            elif amount > 0:
                found[origin, int(destination)] = found.get((origin, int(destination)), 0.0) + amount
    if findings or not found:
        raise BadRequest(
            f"{path} is no TNTP trip table", findings or [Finding(path.name, "no trips", "Check the file.")]
        )
    pairs = sorted(found)
    return TntpTrips(
        np.array([pair[0] for pair in pairs], dtype=np.int32),
        np.array([pair[1] for pair in pairs], dtype=np.int32),
        np.array([found[pair] for pair in pairs]),
    )


def _read(path: Path) -> tuple[list[str], dict[str, str], int]:
    """Lines, metadata, and the line after the metadata."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequest(f"{path} cannot be read: {error}") from error
    metadata: dict[str, str] = {}
    for number, line in enumerate(lines):
        if match := _METADATA.match(line.strip()):
            name = match[1].strip().upper()
            if name == "END OF METADATA":
                return lines, metadata, number + 1
            metadata[name] = match[2].strip()
    raise BadRequest(f"{path} is no TNTP file", [Finding(path.name, "no <END OF METADATA>", "Check the file.")])


def _number(metadata: dict[str, str], name: str, default: int) -> int:
    text = metadata.get(name, "")
    return int(text.split()[0]) if text and text.split()[0].isdigit() else default
