"""The first sentences of a report: templates and the values that go there. No number is written here."""

from __future__ import annotations

from collections.abc import Sequence

from landbridge.io.atlas import country_names
from landbridge.result.report import Figure, Headline, HeadlineRoute, Sentence, StudySummary
from landbridge.views import figures


def headline_sentences(study: StudySummary, headline: Headline) -> list[Sentence]:
    """What a director reads in a minute; sentences without anything to say are left out."""
    sentences = [
        *_times_and_prices(study, headline),
        *_corridors(headline),
        *_what_all_ways_share(headline),
        *_cut_off(headline),
        *_assumed(headline),
        *accuracy_sentences(headline),
    ]
    return sentences or [Sentence("No pair was asked.")]


def country_name(code: str) -> str:
    """Name of an ISO alpha-3 code, the code itself where it is unknown."""
    return country_names().get(code, code)


def _times_and_prices(study: StudySummary, headline: Headline) -> list[Sentence]:
    fastest, slowest, cheapest, dearest = headline.fastest, headline.slowest, headline.cheapest, headline.dearest
    if not (fastest and slowest and cheapest and dearest):
        return []
    values = {
        "cargo": Figure(figures.CARGO_WORDS.get(study.cargo, study.cargo)),
        "by": Figure(figures.BY_WORDS.get(study.by, study.by)),
        "date": Figure(study.base_date),
        "year": Figure(study.money_year, "year"),
        "days": Figure(fastest.hours, "days", 1, fastest.ref),
        "usd": Figure(cheapest.usd, "number", 0, cheapest.ref),
        "from": Figure(fastest.origin),
        "to": Figure(fastest.destination),
    }
    if len(headline.best) == 1:
        template = (
            "From {from} to {to} the way of {by} takes a {cargo} {days} days and costs USD {usd} in money of {year} "
            "(on {date})."
        )
        return [Sentence(template, values)]
    one_origin = len({item.origin for item in headline.best}) == 1
    values |= {
        "fast_to": Figure(_end(fastest, one_origin)),
        "slow_to": Figure(_end(slowest, one_origin)),
        "slow_days": Figure(slowest.hours, "days", 1, slowest.ref),
        "dear_usd": Figure(dearest.usd, "number", 0, dearest.ref),
        "cheap_to": Figure(_end(cheapest, one_origin)),
        "dear_to": Figure(_end(dearest, one_origin)),
    }
    start = "From {from}, the way" if one_origin else "The way"
    template = (
        start + " of {by} takes a {cargo} between {days} days ({fast_to}) and {slow_days} days ({slow_to}) and costs "
        "between USD {usd} ({cheap_to}) and USD {dear_usd} ({dear_to}) in money of {year}, on {date}."
    )
    return [Sentence(template, values)]


def _end(route: HeadlineRoute, one_origin: bool) -> str:  # noqa: FBT001 - private, both calls name it
    return route.destination if one_origin else f"{route.origin} to {route.destination}"


def _corridors(headline: Headline) -> list[Sentence]:
    if not headline.leading:
        return []
    (first, count), *others = headline.leading
    values = {"n": Figure(len(headline.best), "number", explain="comparison")}
    if not others:
        if not first:
            return [Sentence("None of the best ways follows a named corridor.")]
        if len(headline.best) == 1:
            return [Sentence("It follows {corridor}.", {"corridor": Figure(first)})]
        return [Sentence("All {n} best ways follow {corridor}.", values | {"corridor": Figure(first)})]
    values |= {"corridor": Figure(first or "no named corridor"), "count": Figure(count, "number")}
    rest = []
    for i, (name, n) in enumerate(others):
        values |= {f"corridor{i}": Figure(name or "no named corridor"), f"count{i}": Figure(n, "number")}
        rest.append(f"{{count{i}}} {{corridor{i}}}")
    return [Sentence("Of {n} best ways {count} follow {corridor}, " + ", ".join(rest) + ".", values)]


def _what_all_ways_share(headline: Headline) -> list[Sentence]:
    sentences: list[Sentence] = []
    if headline.everywhere and len(headline.common) > 1:
        names = figures.joined([country_name(code) for code in headline.everywhere])
        template = "Every way found, for every pair, passes {countries}."
        sentences.append(Sentence(template, {"countries": Figure(names)}))
    for item in headline.common:
        alone = [code for code in item.countries if code not in headline.everywhere or len(headline.common) == 1]
        shared = [country_name(code) for code in alone] + [*item.crossings, *item.straits]
        if not shared or item.n_routes < 2:
            continue
        values = {
            "n": Figure(item.n_routes, "number", explain="ways"),
            "to": Figure(item.destination),
            "shared": Figure(figures.joined(shared)),
        }
        sentences.append(Sentence("All {n} ways found to {to} pass {shared}.", values))
    if not sentences and sum(item.n_routes for item in headline.common) > 1:
        sentences.append(Sentence("No single country, crossing or strait between the ends lies on all ways found."))
    return sentences


def _cut_off(headline: Headline) -> list[Sentence]:
    return [
        Sentence(
            "There is no way from {from} to {to}: {reason}.",
            {"from": Figure(origin), "to": Figure(destination, explain="ways"), "reason": Figure(reason.rstrip("."))},
        )
        for origin, destination, reason in headline.cut_off
    ]


def _assumed(headline: Headline) -> list[Sentence]:
    if not headline.best:
        return []

    def extremes(shares: Sequence[tuple[float, HeadlineRoute]], key: str) -> dict[str, Figure]:
        low, high = min(shares, key=lambda s: s[0]), max(shares, key=lambda s: s[0])
        return {
            f"{key}_low": Figure(low[0], "share", 0, low[1].ref),
            f"{key}_high": Figure(high[0], "share", 0, high[1].ref),
        }

    values = extremes([(item.assumed_share_hours, item) for item in headline.best], "hours")
    values |= extremes([(item.assumed_share_usd, item) for item in headline.best], "usd")
    if len(headline.best) == 1:
        return [Sentence("Of its time {hours_low}, of its price {usd_low} rests on assumed facts.", values)]
    template = (
        "Of the time of the best ways {hours_low} to {hours_high}, of their price {usd_low} to {usd_high} "
        "rests on assumed facts."
    )
    return [Sentence(template, values)]


def accuracy_sentences(headline: Headline) -> list[Sentence]:
    """How far off the model is: median errors; nothing where nothing is compared."""
    words = {"days": "on days", "usd": "on prices", "km": "on distance"}
    parts, values = [], {}
    for median in headline.medians:
        if median.median_absolute is None:
            continue
        key = median.measure
        values[key] = Figure(median.median_absolute, "share", 1 if median.median_absolute < 0.1 else 0, "benchmarks")
        values[f"{key}_n"] = Figure(median.n, "number")
        parts.append(f"{{{key}}} {words.get(key, key)} ({{{key}_n}} rows)")
    if not parts:
        return []
    return [Sentence("Against published figures the median error is " + figures.joined(parts) + ".", values)]
