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

#: Node numbers are int32.
_MOST_NODES = 2**31 - 1

_METADATA = re.compile(r"<([^>]+)>\s*([^~\t\n]*)")
_ORIGIN = re.compile(r"^\s*Origin\s+(\d+)", re.IGNORECASE)
_TRIP = re.compile(r"(\d+)\s*:\s*([0-9.eE+-]+)")


@dataclass(frozen=True)
class TntpNetwork:
    """Links as written: node numbers from 1, one entry per row of the file.

    free_flow_time: hours, minutes or seconds of the empty link, in the file's own unit; cost: what an empty link costs,
    that time with toll and length at the weights of the file (<TOLL FACTOR>, <DISTANCE FACTOR>; 0 where it has none);
    first_thru_node: nodes below it are zones.
    """

    n_zones: int
    n_nodes: int
    first_thru_node: int
    tail: Int32
    head: Int32
    capacity: Float64
    length: Float64
    free_flow_time: Float64
    cost: Float64


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
        if len(cells) < 5 or not all(cell.is_integer() and 1 <= cell <= _MOST_NODES for cell in cells[:2]):
            remedy = "A link is: tail head capacity length free_flow_time ... ;"
            findings.append(Finding(f"{path.name}, line {number}", f"'{text[:60]}'", remedy))
        elif not all(np.isfinite(cell) and cell >= 0 for cell in (*cells[3:5], *cells[8:9])):
            found = f"length {cells[3]}, free flow time {cells[4]}, toll {cells[8] if len(cells) > 8 else 0}"
            findings.append(Finding(f"{path.name}, line {number}", found, "Give numbers of 0 or more."))
        else:
            rows.append([*cells[:5], cells[8] if len(cells) > 8 else 0.0])
    if not rows and not findings:
        findings.append(Finding(path.name, "no links", "Check the file."))
    nodes = int(max((max(row[:2]) for row in rows), default=0))
    zones, n_nodes, first_thru, links = (
        _number(path, metadata, name, default, findings)
        for name, default in (
            ("NUMBER OF ZONES", nodes),
            ("NUMBER OF NODES", nodes),
            ("FIRST THRU NODE", 1),
            ("NUMBER OF LINKS", len(rows)),
        )
    )
    if not findings and nodes > n_nodes:
        findings.append(Finding(path.name, f"node {nodes}", f"<NUMBER OF NODES> is {n_nodes}: correct one of them."))
    if not findings and links != len(rows):
        findings.append(Finding(path.name, f"{len(rows)} links", f"<NUMBER OF LINKS> is {links}: is the file whole?"))
    toll_factor, distance_factor = (
        _factor(path, metadata, name, findings) for name in ("TOLL FACTOR", "DISTANCE FACTOR")
    )
    if findings:
        raise BadRequest(f"{path} is no TNTP network", findings)
    table = np.array(rows)
    return TntpNetwork(
        n_zones=zones,
        n_nodes=n_nodes,
        first_thru_node=first_thru,
        tail=table[:, 0].astype(np.int32),
        head=table[:, 1].astype(np.int32),
        capacity=table[:, 2],
        length=table[:, 3],
        free_flow_time=table[:, 4],
        cost=table[:, 4] + toll_factor * table[:, 5] + distance_factor * table[:, 3],
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


def _number(path: Path, metadata: dict[str, str], name: str, default: int, findings: list[Finding]) -> int:
    words = metadata.get(name, "").split()
    if not words:
        return default
    if not words[0].isdigit() or not 1 <= int(words[0]) <= _MOST_NODES:
        findings.append(Finding(f"{path.name}, <{name}>", f"'{words[0]}'", "Give a whole number of 1 or more."))
        return default
    return int(words[0])


def _factor(path: Path, metadata: dict[str, str], name: str, findings: list[Finding]) -> float:
    words = metadata.get(name, "").split()
    try:
        value = float(words[0]) if words else 0.0
    except ValueError:
        value = float("nan")
    if not (np.isfinite(value) and value >= 0):
        findings.append(Finding(f"{path.name}, <{name}>", f"'{words[0]}'", "Give a number of 0 or more."))
    return value
