"""Laws of the rule that picks, on made-up ledgers, and a naive twin of it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from facts_sample import Tables, number, write_package
from hypothesis import given
from hypothesis import strategies as st

from landbridge.facts.choose import EPISODE_MARGIN_DAYS, Question, answer, first, in_unit, pick, scaled
from landbridge.facts.ledger import Number
from landbridge.facts.package import facts_from, load_facts
from landbridge.schema.errors import BadRequest

days = st.dates(date(2010, 1, 1), date(2030, 12, 31))


@st.composite
def numbers(draw: st.DrawFn, number_id: str) -> Number:
    some = {
        "id": number_id,
        "partner": draw(st.sampled_from(["", "country:UZB", "country:CHN"])),
        "mode": draw(st.sampled_from(["", "rail", "road"])),
        "vehicle": draw(st.sampled_from(["", "teu", "feu"])),
        "direction": draw(st.sampled_from(["", "inbound"])),
        "scope": draw(st.sampled_from(["", "line"])),
        "value": draw(st.integers(1, 9)),
        "basis": draw(st.sampled_from(["reported", "derived", "assumed"])),
        "use": draw(st.sampled_from(["model", "model", "model", "check", "out"])),
        "normal": draw(st.sampled_from(["yes", "yes", "no"])),
        "year": draw(st.one_of(st.just(""), st.integers(2012, 2028))),
    }
    if draw(st.booleans()):
        begin = draw(days)
        some |= {"from_date": begin, "to_date": begin + timedelta(draw(st.integers(0, 700)))}
    return number(**some)


ledgers = st.integers(1, 8).flatmap(lambda count: st.tuples(*(numbers(f"n{place}") for place in range(count))))
questions = st.builds(
    Question,
    st.just("country:KAZ"),
    st.just("haul_price"),
    st.sampled_from(["", "country:UZB"]),
    st.sampled_from(["", "rail"]),
    st.sampled_from(["", "teu"]),
    st.sampled_from(["", "inbound"]),
    st.sampled_from(["", "line"]),
)
QUALIFIERS = ("partner", "mode", "vehicle", "direction", "scope")


def twin(ledger: tuple[Number, ...], question: Question, as_of: date) -> Number | None:
    """The rule, sieve by sieve, written for reading and not for speed."""

    def days_of(n: Number) -> tuple[date, date] | None:
        if n.from_date and n.to_date:
            return n.from_date, n.to_date
        return (date(n.year, 1, 1), date(n.year, 12, 31)) if n.year else None

    def fits(n: Number) -> bool:
        return all(getattr(n, q) in ("", getattr(question, q)) for q in QUALIFIERS)

    def in_force(n: Number) -> bool:
        if n.normal:
            return True
        span = days_of(n)
        if span is None:
            return False
        margin = timedelta(EPISODE_MARGIN_DAYS if n.from_date else 0)
        return span[0] - margin <= as_of <= span[1] + margin

    def away(n: Number) -> int:
        span = days_of(n)
        if span is None:
            return 10**9
        return max((span[0] - as_of).days, (as_of - span[1]).days, 0)

    left = [n for n in ledger if n.use == "model" and fits(n) and in_force(n)]
    for score in (
        lambda n: -sum(getattr(n, q) != "" for q in QUALIFIERS),
        lambda n: ["reported", "derived", "assumed"].index(n.basis),
        away,
        lambda n: (span := days_of(n)) is not None and span[0] > as_of,
        lambda n: n.id,
    ):
        best = min((score(n) for n in left), default=None)
        left = [n for n in left if score(n) == best]
    return left[0] if left else None


@given(ledgers, questions, days)
def test_the_rule_is_its_twin(ledger: tuple[Number, ...], question: Question, as_of: date) -> None:
    picked = answer(facts_from(ledger), question, as_of)
    expected = twin(ledger, question, as_of)
    assert (picked.number if picked else None) == expected


@given(ledgers, questions, days, st.randoms(use_true_random=False))
def test_row_order_changes_nothing(ledger: tuple[Number, ...], question: Question, as_of: date, random: object) -> None:
    shuffled = list(ledger)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert answer(facts_from(ledger), question, as_of) == answer(facts_from(shuffled), question, as_of)


@given(ledgers, questions, days, numbers("x"))
def test_one_more_row_wins_or_changes_nothing(
    ledger: tuple[Number, ...], question: Question, as_of: date, more: Number
) -> None:
    before = answer(facts_from(ledger), question, as_of)
    after = answer(facts_from([*ledger, more]), question, as_of)
    winners = {before.number.id} if before else set()
    assert after is None or after.number.id in winners | {"x"}
    if before is not None:
        assert after is not None


@given(ledgers, questions, days)
def test_losers_and_winner_are_the_candidates(ledger: tuple[Number, ...], question: Question, as_of: date) -> None:
    facts = facts_from(ledger)
    picked = answer(facts, question, as_of)
    if picked is None:
        return
    candidates = facts.candidates(question.subject, question.quantity, question.partner)
    assert sorted([picked.number.id, *(lost.id for lost, _ in picked.losers)]) == [n.id for n in candidates]
    assert all(reason for _, reason in picked.losers)


@given(ledgers, questions, days)
def test_taking_a_loser_away_changes_nothing(ledger: tuple[Number, ...], question: Question, as_of: date) -> None:
    picked = answer(facts_from(ledger), question, as_of)
    if picked is None:
        return
    for loser, _ in picked.losers:
        rest = answer(facts_from([n for n in ledger if n.id != loser.id]), question, as_of)
        assert rest is not None
        assert rest.number == picked.number


def test_files_in_another_order_give_the_same_facts(tmp_path: Path, good: Tables) -> None:
    one = load_facts(write_package(tmp_path / "one", good))
    good["numbers"].reverse()
    other = load_facts(write_package(tmp_path / "other", good))
    assert list(one.numbers) == list(other.numbers)
    assert one.numbers == other.numbers


def test_an_episode_answers_only_for_its_time() -> None:
    usual = number(id="usual", year=2019, value=1)
    peak = number(id="peak", from_date="2021-06-01", to_date="2021-06-30", normal="no", value=9)
    facts = facts_from([usual, peak])

    def on(day: date) -> str | None:
        picked = pick(facts, "country:KAZ", "haul_price", as_of=day)
        return picked and picked.number.id

    assert on(date(2021, 6, 15)) == "peak"
    assert on(date(2021, 7, 30)) == "peak"  # a quote speaks for the month around it
    assert on(date(2021, 7, 31)) == "usual"
    assert on(date(2024, 1, 1)) == "usual"


def test_a_direction_is_not_answered_by_the_other_and_not_by_accident() -> None:
    facts = facts_from([number(id="south", direction="southbound")])
    assert pick(facts, "country:KAZ", "haul_price", direction="northbound", as_of=date(2020, 1, 1)) is None
    assert pick(facts, "country:KAZ", "haul_price", as_of=date(2020, 1, 1)) is None


def test_a_tie_goes_to_what_was_known_then() -> None:
    facts = facts_from([number(id="a.later", year=2022), number(id="b.earlier", year=2020)])
    picked = pick(facts, "country:KAZ", "haul_price", as_of=date(2021, 7, 2))
    assert picked is not None
    assert picked.number.id == "b.earlier"


def test_a_proxy_is_assumed_and_says_so() -> None:
    facts = facts_from([number(id="near", subject="region:carec")])
    asked = [Question("country:KAZ", "haul_price"), Question("region:carec", "haul_price")]
    picked = first(facts, asked, date(2020, 1, 1))
    assert picked is not None
    assert picked.basis == "assumed"
    assert "haul_price of region:carec stands for haul_price of country:KAZ" in picked.note
    own = first(facts, asked[1:], date(2020, 1, 1))
    assert own is not None
    assert own.basis == "reported"
    assert not own.note
    assert first(facts, asked[:1], date(2020, 1, 1)) is None


FACTOR = {"subject": "unit:feu", "partner": "unit:teu", "quantity": "unit_factor", "scope": "price", "mode": "sea"}


def test_units_change_through_a_stated_factor_both_ways() -> None:
    facts = facts_from(
        [
            number(id="per-teu", vehicle="teu", value=100, low=80, high=150),
            number(id="per-feu", vehicle="feu", subject="country:UZB", value=150),
            number(id="factor", value=1.5, basis="assumed", **FACTOR),
            number(id="wagon", value=4, **{**FACTOR, "subject": "unit:wagon", "partner": "unit:feu"}),
        ]
    )
    day = date(2020, 1, 1)
    box = pick(facts, "country:KAZ", "haul_price", vehicle="teu", as_of=day)
    assert box is not None
    long = in_unit(facts, box, "feu", kind="price", mode="sea", as_of=day)
    assert long is not None
    assert (long.value, long.low, long.high) == (150, pytest.approx(120), pytest.approx(225))
    assert long.basis == "assumed"
    assert long.parents == ("per-teu", "factor")
    over_feu = in_unit(facts, box, "wagon", kind="price", mode="sea", as_of=day)
    assert over_feu is not None
    assert over_feu.value == pytest.approx(600)
    assert over_feu.parents == ("per-teu", "factor", "wagon")
    back = pick(facts, "country:UZB", "haul_price", vehicle="feu", as_of=day)
    assert back is not None
    short = in_unit(facts, back, "teu", kind="price", mode="sea", as_of=day)
    assert short is not None
    assert short.value == pytest.approx(100)
    assert in_unit(facts, box, "tonne", kind="price", mode="sea", as_of=day) is None
    assert in_unit(facts, box, "feu", kind="border", mode="sea", as_of=day) is None
    assert in_unit(facts, box, "teu", kind="price", as_of=day) is box


def test_no_amount_becomes_negative() -> None:
    facts = facts_from([number(id="a")])
    picked = pick(facts, "country:KAZ", "haul_price", as_of=date(2020, 1, 1))
    assert picked is not None
    with pytest.raises(BadRequest, match="never negative"):
        scaled(picked, -1)


@given(st.sampled_from(["reported", "derived", "assumed"]), days)
def test_the_answer_has_the_basis_of_its_number(basis: str, as_of: date) -> None:
    picked = pick(facts_from([number(id="a", basis=basis)]), "country:KAZ", "haul_price", as_of=as_of)
    assert picked is not None
    assert picked.basis == basis
    assert picked.parents == ("a",)


@pytest.mark.parametrize(
    ("cells", "first_day", "last_day"),
    [
        ({"year": 2020}, date(2020, 1, 1), date(2020, 12, 31)),
        ({"year": 2020, "from_date": "2020-05-01"}, date(2020, 5, 1), date(2020, 12, 31)),
        ({"year": 2020, "to_date": "2020-05-01"}, date(2020, 1, 1), date(2020, 5, 1)),
        ({"from_date": "2020-05-01"}, date(2020, 5, 1), date(2020, 5, 1)),
        ({"year": 2020, "from_date": "2021-05-01", "to_date": "2021-05-02"}, date(2021, 5, 1), date(2021, 5, 2)),
        ({"year": 2020, "from_date": "2021-05-01"}, date(2021, 5, 1), date(2021, 5, 1)),
    ],
)
def test_the_days_a_number_describes(cells: dict[str, object], first_day: date, last_day: date) -> None:
    found = number(id="a", **cells)
    assert (found.first_day, found.last_day) == (first_day.toordinal(), last_day.toordinal())
