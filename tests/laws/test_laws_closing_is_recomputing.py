"""A row of the closures table is what the same routes answer with the same thing shut by ``--close``."""

from __future__ import annotations

import pytest

import shipped
from landbridge.models.routes import find_routes
from landbridge.result.closures import ClosureRow, PairEffect
from landbridge.result.routes import RoutesAnswer
from landbridge.run.ask_closures import ask_closures, study_pairs
from landbridge.run.other_costs import OtherCosts
from landbridge.schema.words import WHATS, What

#: Of the things that no pair uses so many are tried: each such one must change nothing.
EVERY = 12


def check(row: ClosureRow, effect: PairEffect | None, before: RoutesAnswer, after: RoutesAnswer) -> None:
    """One pair: what the table says of it, against the answers with and without the closure."""
    label = f"{row.selector} {before.origin} to {before.destination}"
    (old,) = before.routes
    if effect is None:
        assert after.routes[0].id == old.id, label
        return
    assert effect.cut_off == (not after.routes), label
    if not after.routes:
        assert (effect.extra_cost, effect.extra_hours, effect.extra_usd) == (None, None, None), label
        return
    (new,) = after.routes
    assert effect.extra_cost == pytest.approx(new.generalised_usd - old.generalised_usd, abs=1e-6), label
    assert effect.extra_hours == pytest.approx(new.hours - old.hours, abs=1e-6), label
    assert effect.extra_usd == pytest.approx(new.usd - old.usd, abs=1e-6), label


@pytest.mark.parametrize("what", WHATS)
def test_every_closure_is_recomputing_the_routes_with_it(what: What) -> None:
    session = shipped.session()
    costs = OtherCosts(session, "teu", "middle")
    table = ask_closures(session, what)
    rows = [row for i, row in enumerate(table.rows) if row.exposed_pairs or i % EVERY == 0]
    assert any(row.exposed_pairs for row in rows)
    for pair in study_pairs(session):
        shipment = session.shipment("teu", pair.origin, pair.destination)

        def best(*closed: str, pair=pair, shipment=shipment) -> RoutesAnswer:  # type: ignore[no-untyped-def]
            world = session.resolved(options=tuple(("close", selector) for selector in closed))
            return find_routes(costs.of(world, shipment), pair.origin, pair.destination, k=1)

        before = best()
        for row in rows:
            effect = next((effect for effect in row.effects if effect.pair == pair.id), None)
            check(row, effect, before, best(row.selector))


@pytest.mark.parametrize("what", WHATS)
def test_the_worst_that_cuts_nobody_off_is_what_the_command_answers(what: What) -> None:
    """The same once more by the session's own question, with costs made anew."""
    session = shipped.session()
    row = next(row for row in ask_closures(session, what).rows if row.exposed_pairs and not row.cut_off_pairs)
    pair = next(pair for pair in study_pairs(session) if pair.id == row.effects[0].pair)
    before = session.routes(pair.origin, pair.destination, k=1)
    after = session.routes(pair.origin, pair.destination, k=1, options=[("close", row.selector)])
    check(row, row.effects[0], before, after)
