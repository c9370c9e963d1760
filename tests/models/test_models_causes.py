"""A smallest set of closures is smallest, does open a way, and needs each of its members."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_routes import smallest_cause_size
from random_maps import arc_lists
from route_maps import Arc, network_of

from landbridge.models.causes import is_open, smallest_cause
from landbridge.models.search import layered
from landbridge.network.state import Closure

COUNT = 5
CLOSURES = [Closure(f"c{i}", "", "event") for i in range(COUNT)]


@settings(max_examples=300, deadline=None)
@given(arc_lists(most_nodes=6, most_arcs=14), st.data(), st.sampled_from([300_000, 0]))
def test_smallest_and_needed(arcs: list[Arc], data: st.DataObject, most_labels: int) -> None:
    network = network_of(arcs)
    shut_by: Sequence[int] = data.draw(
        st.lists(st.sampled_from([0, 1, 2, 4, 8, 16, 3, 12, 20]), min_size=len(arcs), max_size=len(arcs))
    )
    start, end = network.node_index["origin:o"], network.node_index["destination:d"]
    weight = np.ones(network.n_arcs)
    cause = smallest_cause(
        network.tail, network.head, weight, shut_by, CLOSURES, start, end, network.n_nodes, most_labels=most_labels
    )
    expected = smallest_cause_size(network, shut_by, COUNT, start, end)
    if expected < 0:
        assert cause.closures is None
        return
    assert cause.closures is not None
    assert cause.exact == (most_labels > 0)
    if cause.exact:
        assert len(cause.closures) == expected
    layers = layered(network.tail, network.head, weight, network.n_nodes)
    lifted = sum(1 << i for i in cause.closures)
    assert is_open(layers, shut_by, lifted, start, end)
    for i in cause.closures:
        assert not is_open(layers, shut_by, lifted & ~(1 << i), start, end)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_equally_small_sets_the_askers_own_option_is_named(order: tuple[int, int]) -> None:
    arcs = [Arc("origin:o:A", "rail:a:A:1520", "access"), Arc("rail:a:A:1520", "destination:d:C", "access")]
    arcs += [Arc("origin:o:A", "rail:b:A:1520", "access"), Arc("rail:b:A:1520", "destination:d:C", "access")]
    network = network_of(arcs)
    kinds = [Closure("never built", "", "status"), Closure("mode.rail", "", "option")]
    closures = [kinds[i] for i in order]
    start, end = network.node_index["origin:o"], network.node_index["destination:d"]
    shut_by = [1 << order.index(0), 0, 1 << order.index(1), 0]
    cause = smallest_cause(
        network.tail, network.head, np.array([1.0, 1.0, 50.0, 50.0]), shut_by, closures, start, end, network.n_nodes
    )
    assert cause.closures is not None
    assert [closures[i].id for i in cause.closures] == ["mode.rail"]


def test_a_later_way_to_a_place_may_be_the_one_that_leads_on() -> None:
    """The mine is nearer over the pass, but only who has the canal lifted gets on from there; by air two are shut."""
    arcs = [
        Arc("origin:o:A", "rail:mine:A:1520", "access"),
        Arc("origin:o:A", "rail:quay:A:1520", "access"),
        Arc("rail:quay:A:1520", "rail:mine:A:1520", "haul", mode="rail"),
        Arc("rail:mine:A:1520", "destination:d:C", "access"),
        Arc("origin:o:A", "destination:d:C", "access"),
    ]
    network = network_of(arcs)
    start, end = network.node_index["origin:o"], network.node_index["destination:d"]
    the_pass, canal, air = 1, 2, 4 + 8
    weight = np.array([1.0, 5.0, 1.0, 1.0, 0.5])
    cause = smallest_cause(
        network.tail,
        network.head,
        weight,
        [the_pass, canal, 0, canal, air],
        CLOSURES,
        start,
        end,
        network.n_nodes,
    )
    assert cause.closures == (1,)
