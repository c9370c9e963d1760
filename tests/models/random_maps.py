"""Random small maps for hypothesis: few nodes, few arcs, ties, zero costs, parallel arcs, loops and closures on
purpose.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from route_maps import Arc, costs_of

from landbridge.costs.arccosts import ArcCosts
from landbridge.models.search import Target

WEIGHTS = (0.0, 1.0, 1.0, 2.0, 3.0, 5.0, 8.0)


def place(i: int) -> str:
    return f"rail:p{i}:{'ABC'[i % 3]}:1520"


@st.composite
def arc_lists(draw: st.DrawFn, most_nodes: int = 6, most_arcs: int = 14, closures: int = 0) -> list[Arc]:
    """Arcs between p0 ... pn, an origin before p0 and a destination after pn."""
    n = draw(st.integers(2, most_nodes))
    arcs = [
        Arc("origin:o:A", place(0), "access", usd=1.0),
        Arc(place(n - 1), "destination:d:C", "access", hours=1.0),
    ]
    for number in range(draw(st.integers(1, most_arcs))):
        tail, head = draw(st.integers(0, n - 1)), draw(st.integers(0, n - 1))
        kind = draw(st.sampled_from(["haul", "crossing", "gauge"]))
        shut = f"e{draw(st.integers(0, closures - 1))}" if closures and draw(st.integers(0, 2)) == 0 else ""
        arcs.append(
            Arc(
                place(tail),
                place(head),
                kind,
                mode="rail" if kind != "gauge" else "",
                km=draw(st.sampled_from([0.0, 1.0, 10.0])) if kind == "haul" else 0.0,
                hours=draw(st.sampled_from(WEIGHTS)),
                usd=draw(st.sampled_from(WEIGHTS)),
                co2=draw(st.sampled_from(WEIGHTS)),
                wait=draw(st.sampled_from([0.0, 24.0])),
                crossing=f"x{draw(st.integers(0, 3))}" if kind == "crossing" else "",
                link=f"l{number}",
                shut=shut,
                sigma=draw(st.sampled_from([0.0, 0.2, 0.5])),
                assumed=draw(st.booleans()),
            )
        )
    return arcs


@st.composite
def maps(draw: st.DrawFn, most_nodes: int = 6, most_arcs: int = 14, closures: int = 0) -> ArcCosts:
    """Costs of a random map."""
    return costs_of(draw(arc_lists(most_nodes, most_arcs, closures)))


@st.composite
def maps_with_vias(draw: st.DrawFn, most_vias: int = 2) -> tuple[ArcCosts, list[Target]]:
    """A random map and places or arcs to pass."""
    arcs = draw(arc_lists(most_nodes=5, most_arcs=10))
    # Every arc costs something in some measure, so that a route's contributions tell its whole path.
    costs = costs_of([replace(arc, co2=arc.co2 + 1) for arc in arcs])
    network = costs.network
    vias = []
    for number in range(draw(st.integers(0, most_vias))):
        nodes = draw(st.frozensets(st.integers(0, network.n_nodes - 1), max_size=2))
        passed = draw(st.frozensets(st.integers(0, network.n_arcs - 1), max_size=0 if nodes else 2))
        vias.append(Target(f"via {number}", nodes, passed))
    return costs, vias
