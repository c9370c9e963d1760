"""The study's benchmarks, put to the model."""

from __future__ import annotations

from collections.abc import Callable

from landbridge.costs.arccosts import ArcCosts
from landbridge.facts.money import in_money_year
from landbridge.models.benchmarks import MEASURES, BenchmarkReport, Question, compare
from landbridge.models.benchmarks import BenchmarkRow as Asked
from landbridge.models.checks import component_checks
from landbridge.result.report import BenchmarkMedian, BenchmarkRow, Benchmarks, ComponentCheck, component_sums
from landbridge.result.routes import RoutesAnswer
from landbridge.run.session import Session
from landbridge.schema.words import CargoUnit


def ask_benchmarks(session: Session, step: Callable[[], None] = lambda: None) -> Benchmarks:
    """Every row of the table ``benchmarks`` with question, answer and error; ``step`` is called per question."""
    answers: dict[Question, RoutesAnswer] = {}

    def ask(question: Question) -> RoutesAnswer:
        step()
        answers[question] = session.routes(
            question.origin,
            question.destination,
            via=question.via,
            avoid=question.avoid,
            mode=question.modes,
            by=question.by,
            as_of=question.as_of,
            cargo=question.cargo,
            k=1,
        )
        return answers[question]

    def money(amount: float, from_year: int, to_year: int) -> float:
        return in_money_year(session.facts, amount, from_year, to_year)[0]

    rows = session.facts.rows("benchmarks")
    report = compare(rows, ask, money)
    table = {row["id"]: row for row in rows}
    return Benchmarks(
        rows=tuple(_row(asked, table[asked.id], answers) for asked in report.rows),
        medians=_medians(report),
        checks=_checks(session),
    )


def _medians(report: BenchmarkReport) -> tuple[BenchmarkMedian, ...]:
    overall = {median.measure: median for median in report.medians if median.family == "all"}
    return tuple(
        BenchmarkMedian(
            measure,
            overall[measure].n if measure in overall else 0,
            overall[measure].absolute if measure in overall else None,
            overall[measure].signed if measure in overall else None,
        )
        for measure in MEASURES
    )


def _row(asked: Asked, row: dict[str, str], answers: dict[Question, RoutesAnswer]) -> BenchmarkRow:
    found = {comparison.measure: comparison for comparison in asked.comparisons}
    best = next((answers[q].routes[0] for q in asked.questions if q in answers and answers[q].routes), None)
    question = asked.questions[0] if asked.questions else None

    def published(name: str) -> float | None:
        return float(row[name]) if row[name] else None

    def model(name: str) -> float | None:
        return found[name].model if name in found else None

    def error(name: str) -> float | None:
        return found[name].error if name in found else None

    reasons = [asked.why, *(item.reason for item in asked.comparisons if item.reason and item.model is not None)]
    if question is not None and best is None:
        reasons.append(asked.answer)
    return BenchmarkRow(
        id=asked.id,
        origin=asked.origin,
        destination=asked.destination,
        corridor=asked.corridor,
        year=question.as_of.year if question else (int(row["as_of"][:4]) if row["as_of"] else None),
        usable=asked.usable,
        reason="; ".join(dict.fromkeys(reason for reason in reasons if reason)),
        published_days=published("days"),
        published_usd=published("usd"),
        published_km=published("distance_km"),
        model_days=model("days"),
        model_usd=model("usd"),
        model_km=model("km"),
        error_days=error("days"),
        error_usd=error("usd"),
        error_km=error("km"),
        source=asked.source,
        command=_command(question) if question else "",
        components=component_sums(best) if best else (),
        usd_unit=row["usd_unit"],
        money_year=int(row["money_year"]) if row["money_year"] else None,
    )


def _command(question: Question) -> str:
    words = ["landbridge routes", _quoted(question.origin), _quoted(question.destination)]
    words += [f"--via {_quoted(item)}" for item in question.via]
    words += [f"--avoid {_quoted(item)}" for item in question.avoid]
    words += [f"--mode {item}" for item in question.modes]
    words += [f"--by {question.by}", f"--as-of {question.as_of}", f"--cargo {question.cargo}", "--explain"]
    return " ".join(words)


def _quoted(text: str) -> str:
    return f"'{text}'" if any(sign in text for sign in " ()") else text


def _checks(session: Session) -> tuple[ComponentCheck, ...]:
    resolved = session.resolved()

    def costs_of(cargo: CargoUnit) -> ArcCosts:
        return session.costs(cargo, "middle", resolved)

    return tuple(
        ComponentCheck(
            check.subject,
            check.quantity,
            check.unit,
            check.published,
            check.model,
            check.model / check.published,
            check.source,
            check.note,
        )
        for check in component_checks(costs_of, session.facts)
        if check.published > 0
    )
