"""What is costed in groups costs what it costs one by one; the draft and the rates beside naive twins."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from cost_facts import LAND_AND_SEA, WORLD, context_of, no_state, request
from landbridge.costs.arccosts import ArcCosts, Entry
from landbridge.costs.build import arc_costs
from landbridge.costs.context import first_known
from landbridge.costs.draft import Draft
from landbridge.costs.more_arcs import _ARC_FIELDS
from landbridge.costs.rates import Chain, Rate, Rates
from landbridge.facts.choose import Question
from landbridge.network.topology import Network
from landbridge.run.session import open_study
from landbridge.schema.words import ARC_KINDS, CARGO_UNITS


@pytest.fixture(scope="module")
def study():
    return open_study()


def content(costs: ArcCosts, arc: int) -> list[tuple[Entry, float]]:
    """What an arc costs and why, without the numbers of entries."""
    mine = slice(costs.first[arc], costs.first[arc + 1])
    entries = [costs.entries[i] for i in costs.entry[mine]]
    return sorted(zip(entries, costs.amount[mine].tolist(), strict=True), key=repr)


def with_arcs(network: Network, arcs: np.ndarray) -> Network:
    return replace(network, **{name: getattr(network, name)[arcs] for name in _ARC_FIELDS})


@pytest.mark.parametrize("cargo", CARGO_UNITS)
def test_an_arc_costs_the_same_alone_as_among_all(study, cargo):
    network, ask = study.network, request(cargo)
    whole = arc_costs(network, study.facts, ask, no_state(network))
    # Lanes of a pair of ports are priced together, for its freight holds for its shortest lane; and a service may take
    # the freight of a lane about as long.
    shuffle = np.random.default_rng(CARGO_UNITS.index(cargo)).permutation
    of_kind = [shuffle(network.arcs_of_kind(kind)) for kind in ARC_KINDS if kind not in ("lane", "service")]
    at_sea = shuffle(np.concatenate([network.arcs_of_kind(kind) for kind in ("lane", "service")]))
    part = arc_costs(with_arcs(network, at_sea), study.facts, ask, no_state(network))
    for at, arc in enumerate(at_sea.tolist()):
        assert content(part, at) == content(whole, arc)
    for i in range(120):
        arcs = np.array([arcs[i] for arcs in of_kind if len(arcs) > i])  # one of each kind
        part = arc_costs(with_arcs(network, arcs), study.facts, ask, no_state(network))
        for at, arc in enumerate(arcs.tolist()):
            assert content(part, at) == content(whole, arc)


def rate_of(value: float, name: str) -> Rate:
    return Rate(value, "derived", (name,), formula=name)


class NaiveDraft:
    """The entries of each arc, arc by arc."""

    def __init__(self, n_arcs: int) -> None:
        self.of: list[list[Entry]] = [[] for _ in range(n_arcs)]

    def change(self, arcs, component, measure, changed):
        for arc in arcs:
            self.of[arc] = [
                changed(item) if item.measure == measure and component in ("", item.component) else item
                for item in self.of[arc]
            ]

    def drop(self, arcs, component, measure):
        for arc in arcs:
            self.of[arc] = [item for item in self.of[arc] if (item.component, item.measure) != (component, measure)]


@pytest.mark.parametrize("seed", range(20))
def test_the_draft_holds_what_its_naive_twin_holds(seed):
    network = context_of(LAND_AND_SEA).network
    chance = random.Random(seed)
    draft, twin = Draft(network), NaiveDraft(network.n_arcs)
    for step in range(30):
        arcs = np.array(sorted(chance.sample(range(network.n_arcs), chance.randint(0, 4))), dtype=np.int32)
        component, measure = chance.choice(["haul", "border"]), chance.choice(["hours", "usd"])
        what = chance.choice(["add", "add", "add", "change", "drop"])
        if what == "add":
            rate, per_km = rate_of(float(chance.randint(0, 2)), f"n{chance.randint(0, 2)}"), chance.random() < 0.5
            draft.add(arcs, component, measure, rate, per_km=per_km)
            if rate.value:
                fixed, per = (0.0, rate.value) if per_km else (rate.value, 0.0)
                formula = f"km x {rate.formula}" if per_km else rate.formula
                entry = Entry(component, measure, fixed, per, "derived", formula, rate.facts)
                for arc in arcs:
                    twin.of[arc].append(entry)
        elif what == "change":

            def changed(entry: Entry, step: int = step) -> Entry:
                return replace(entry, fixed=entry.fixed * 2, facts=(*entry.facts, f"change:{step}"))

            wanted = chance.choice([component, ""])
            draft.change(arcs, wanted, measure, changed)
            twin.change(arcs, wanted, measure, changed)
        else:
            draft.drop(arcs, component, measure)
            twin.drop(arcs, component, measure)
    entry, amount, first = draft.contributions()
    assert len(set(draft.entries)) == len(draft.entries)
    for arc, expected in enumerate(twin.of):
        mine = slice(first[arc], first[arc + 1])
        held = [draft.entries[i] for i in entry[mine]]
        assert sorted(map(repr, held)) == sorted(map(repr, expected))
        km = float(network.km[arc])
        assert amount[mine].tolist() == [item.amount(km) for item in held]


def test_a_chain_is_answered_as_its_questions_one_by_one(study):
    facts, ask = study.facts, request()
    chance = random.Random(3)
    asked = sorted({(n.quantity, n.mode, n.direction, n.scope) for n in facts.numbers.values()})
    subjects = [*sorted({n.subject for n in facts.numbers.values()}), "country:XXX", "port:YYYYY"]
    answered = 0
    for _ in range(400):
        quantity, mode, direction, scope = chance.choice(asked)
        with_it = [subject for subject in subjects if (subject, quantity) in facts.index]
        chain = first_known(
            [*chance.sample(subjects, 2), *chance.sample(with_it, min(2, len(with_it)))],
            quantity, mode=mode, direction=direction, scopes=("none", scope),
        )  # fmt: skip
        found, expected = Rates(facts, ask).number(chain), one_by_one(Rates(facts, ask), chain)
        assert found == expected
        answered += expected is not None
    assert answered > 50


def one_by_one(rates: Rates, chain: Chain) -> Rate | None:
    for subject in chain.subjects:
        for scope in chain.scopes:
            rate = rates.number(Question(subject, chain.quantity, "", chain.mode, "", chain.direction, scope))
            if rate is not None and subject != chain.subjects[0]:
                note = f"no figure for {chain.subjects[0]}: {subject} stands in"
                return replace(rate, basis="assumed", note="; ".join(filter(None, (rate.note, note))))
            if rate is not None:
                return rate
    return None


def test_knowing_a_number_is_having_a_row_for_it():
    rates = Rates(context_of(LAND_AND_SEA).rates.facts, request())
    some = next(iter(WORLD.values()))
    assert rates.knows(some.subject, some.quantity)
    assert not rates.knows("country:XXX", some.quantity)
