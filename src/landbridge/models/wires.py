"""Any network at fixed costs, as arrays with names: what skims, reach and criticality are computed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Int32 = NDArray[np.int32]
Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Wire:
    """Something that closes as one: a link of a file, or all arcs of a link, crossing, port, strait or country.

    start and end: names of its ends, empty where it has none.
    """

    id: str
    start: str
    end: str
    arcs: Int32 = field(repr=False)


@dataclass(frozen=True)
class Wires:
    """A network as arrays.

    weight: what is minimised, ``inf`` where closed; attributes: what is summed along the least way, by name;
    origin_node, destination_node: node to start from and to arrive at, per zone. They differ where no way may pass
    through a zone. node: name per node.
    """

    tail: Int32
    head: Int32
    weight: Float64
    n_nodes: int
    node: tuple[str, ...]
    origin_node: Mapping[str, int]
    destination_node: Mapping[str, int]
    attributes: Mapping[str, Float64] = field(default_factory=dict)


def wires_of_zones(
    tail: Int32,
    head: Int32,
    weight: Float64,
    n_nodes: int,
    first_thru_node: int,
    attributes: Mapping[str, Float64] | None = None,
) -> Wires:
    """Network whose nodes are numbered from 1 and of which those below ``first_thru_node`` are zones no way passes.

    Such a node is cut in two: links leave from one half and arrive at the other.
    """
    zones = min(first_thru_node - 1, n_nodes)
    names = [str(i + 1) for i in range(n_nodes)]
    arrives = [i + n_nodes if i < zones else i for i in range(n_nodes)]
    return Wires(
        tail=(tail - 1).astype(np.int32),
        head=np.array(arrives, dtype=np.int32)[head - 1],
        weight=weight,
        n_nodes=n_nodes + zones,
        node=(*names, *names[:zones]),
        origin_node=dict(zip(names, range(n_nodes), strict=True)),
        destination_node=dict(zip(names, arrives, strict=True)),
        attributes=attributes or {},
    )


def single_wires(wires: Wires, ids: Sequence[str]) -> tuple[Wire, ...]:
    """Every arc by itself."""
    return tuple(
        Wire(name, wires.node[tail], wires.node[head], np.array([arc], dtype=np.int32))
        for arc, (name, tail, head) in enumerate(zip(ids, wires.tail.tolist(), wires.head.tolist(), strict=True))
    )
