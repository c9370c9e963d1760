from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html import escape

import pytest
from views_reading import Page, block, drawings, mapped, strings
from views_sample import chapter, cut_off, report_data

from landbridge.result import report as r
from landbridge.views import figures
from landbridge.views.report import plain_sentence, report_html
from landbridge.views.report.links import Anchors, slug
from landbridge.views.report.sentences import headline_sentences

#: Texts that stand in a report as other words or not at all: codes that have words, keys, and ids that are only
#: anchors.
_NOT_PRINTED = {
    "Contribution.arc",
    "Contribution.component",
    "Contribution.measure",
    "ComponentSum.component",
    "ProfilePoint.kind",
    "ProfilePoint.label",
    "ProfilePoint.mode",
    "StudySummary.id",
    "StudySummary.cargo",
    "StudySummary.by",
    "StudySummary.region_countries",
    "StudySummary.partner_countries",
    "RoutesAnswer.cargo",
    "RoutesAnswer.value",
    "RoutesAnswer.by",
    "RouteRef.pair_id",
    "RouteRef.route_id",
    "Route.id",
    "Route.countries",
    "Leg.countries",
    "PairAnswer.id",
    "ComparisonRow.pair_id",
    "ComparisonRow.route_id",
    "Common.pair_id",
    "Common.countries",
    "Common.crossings",
    "Common.straits",
    "Headline.everywhere",
    "BenchmarkMedian.measure",
    "MapPoint.routes",
    "MapData.id",
    "MapData.shaded",
    "RankChart.id",
    "DatedEvent.id",
    "DotChart.id",
    "DotChart.kind",
    "Chapter.id",
    "Table.id",
    "Column.key",
    "Column.kind",
    "Figure.kind",
    "Figure.explain",
    "Sentence.template",
    "Table.rows",  # ids of routes and codes of kinds inside cells; tested apart
}


def test_every_text_given_is_in_the_report(data: r.ReportData, page: str) -> None:
    text = Page(page).text
    missing = [
        (field, value)
        for field, value in strings(data)
        if field not in _NOT_PRINTED and value and " ".join(value.split()) not in text
    ]
    assert missing == []


def test_every_number_of_a_way_is_in_its_explanation(data: r.ReportData, page: str) -> None:
    anchors = Anchors.of(data, ())
    for pair in data.pairs:
        for route in pair.answer.routes:
            words = Page(f"<div {block(page, anchors.routes[r.RouteRef(pair.id, route.id)])}").text
            for value, decimals in (
                (route.hours, 1),
                (route.hours_p95, 1),
                (route.usd, 2),
                (route.generalised_usd, 2),
                (route.co2_kg, 1),
                (route.co2_ttw_kg, 1),
                (route.distance_km, 1),
                (route.origin_wait_hours, 1),
            ):
                assert figures.number(value, decimals) in words
            for part in route.contributions:
                assert figures.number(part.amount, 2) in words
                assert part.where in words
                assert part.formula in words
            for item in r.component_sums(route):
                assert figures.number(item.hours, 2) in words


def test_every_figure_of_benchmarks_facts_and_tables_is_printed(data: r.ReportData, page: str) -> None:
    words = Page(page).text
    assert data.benchmarks is not None
    for row in data.benchmarks.rows:
        for value, decimals in ((row.published_days, 1), (row.model_days, 1), (row.model_usd, 0), (row.model_km, 0)):
            if value is not None:
                assert figures.number(value, decimals) in words
        if row.error_days is not None:
            assert figures.signed_percent(row.error_days).removesuffix(" %") in words
    for fact in data.facts:
        assert figures.plain(fact.value) in words
    assert "2 1,435" not in words
    for number in ("15,210", "4,120", "84", "31"):  # the quality table
        assert number in words


def _column(rows: list[str], position: int) -> list[float]:
    result = []
    for row in rows:
        cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, flags=re.S)
        text = re.sub("<.*?>", "", cells[position]).strip().replace(",", "")
        if text:
            result.append(float(text))
    return result


def test_printed_parts_add_up_to_the_printed_sums(data: r.ReportData, page: str) -> None:
    """Within rounding: each printed part may be off by half of its last digit."""
    anchors = Anchors.of(data, ())
    n_legs = 0
    for ref, anchor in anchors.routes.items():
        route = next(x for p in data.pairs if p.id == ref.pair_id for x in p.answer.routes if x.id == ref.route_id)
        table = block(page, anchor).partition('<table class="parts">')[2]
        totals = {3: 0.0, 4: 0.0, 5: 0.0}
        bodies = re.findall(r"<tbody>(.*?)</tbody>", table, flags=re.S)
        for body in bodies:
            rows = re.findall(r"<tr(?: class=\"sum\")?>.*?</tr>", body, flags=re.S)
            sums = [row for row in rows if 'class="sum"' in row]
            parts = [row for row in rows if 'class="sum"' not in row]
            if not sums:
                continue  # before departure: not in the time
            n_legs += 1
            for position in totals:
                printed = _column(sums, position)[0]
                added = _column(parts, position)
                assert sum(added) == pytest.approx(printed, abs=0.005 * (len(added) + 1) + 1e-6)
                totals[position] += printed
        whole = re.findall(r"<tfoot>(.*?)</tfoot>", table, flags=re.S)[0]
        for position, given in ((3, route.hours), (4, route.usd), (5, route.co2_kg)):
            printed = _column([whole], position)[0]
            assert printed == pytest.approx(given, abs=0.00501)
            assert totals[position] == pytest.approx(printed, abs=0.005 * (len(bodies) + 1) + 1e-6)
    assert n_legs == sum(len(x.legs) for p in data.pairs for x in p.answer.routes)


def test_numbers_of_the_first_screen_link_to_their_explanation(data: r.ReportData, page: str) -> None:
    first = page[page.index('id="answer"') : page.index('id="question"')]
    anchors = Anchors.of(data, ())
    for item in data.headline.best:
        anchor = anchors.routes[item.ref]
        for text in (figures.days(item.hours), figures.number(item.usd)):
            assert f'href="#{anchor}">{text}</a>' in first


def test_every_anchor_resolves_and_every_id_is_unique(page: str) -> None:
    read = Page(page)
    ids = set(read.ids)
    assert len(ids) == len(read.ids)
    inner = [link[1:] for link in read.links() if link.startswith("#")]
    assert len(inner) > 500
    assert set(inner) <= ids
    labels = [named[key] for _, named in read.tags for key in ("aria-labelledby", "aria-describedby") if named.get(key)]
    assert set(labels) <= ids


def test_nothing_is_loaded_from_anywhere(page: str) -> None:
    read = Page(page)
    for tag, named in read.tags:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "image", "use")
        for key in ("src", "srcset", "data", "action", "background", "poster", "xlink:href", "style"):
            assert key not in named, (tag, key)
    assert not [tag for tag, named in read.tags if "href" in named and tag != "a"]
    assert not re.search(r"@import|url\((?!#)", page)
    outside = [link for link in read.links() if not link.startswith("#")]
    assert outside
    assert all(link.startswith("https://example.org/") for link in outside)


def test_the_policy_allows_this_script_and_style_and_no_other(page: str) -> None:
    policy = re.findall(r'Content-Security-Policy" content="(.*?)"', page)[0]
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, flags=re.S)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{directive} &#39;sha256-{digest}&#39;" in policy or f"{directive} 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert not re.search(r"\son\w+=", page)


def test_drawings_are_well_formed_and_named(page: str) -> None:
    found = drawings(page)
    assert (
        len(found) == 1 + 2 * 4 + 2 + 3 + 3
    )  # best map; map and profile per pair with ways; comparison; scatters; chapter
    for drawing in found:
        assert drawing.get("role") == "img"
        assert drawing.find("{http://www.w3.org/2000/svg}title") is not None


def test_tables_have_heads_with_scope_and_captions(page: str) -> None:
    tables = re.findall(r"<table.*?</table>", page, flags=re.S)
    assert len(tables) > 20
    for table in tables:
        assert "<caption>" in table
        assert 'scope="col"' in table
    read = Page(page)
    assert [named["lang"] for tag, named in read.tags if tag == "html"] == ["en"]
    assert all(named.get("scope") for tag, named in read.tags if tag == "th")


def test_same_data_same_text(data: r.ReportData, page: str) -> None:
    assert report_html(data) == page


def test_a_report_of_real_size_stays_small() -> None:
    assert len(report_html(report_data(arcs=24)).encode()) < 2_500_000


def test_assumed_shares_and_marks_are_printed(data: r.ReportData, page: str) -> None:
    for pair in data.pairs:
        for route in pair.answer.routes:
            share = figures.percent(route.assumed_share_hours).replace(" ", "\N{NO-BREAK SPACE}")
            assert f"{share} assumed" in page
    assert '<td class="num assumed">' in page


_HOSTILE = "<script>alert(1)</script>\"'&{{ 7 * 7 }}{% raw %}\x00"
_KEPT = {  # vocabularies, dates and templates, which the doors check
    "StudySummary.base_date",
    "StudySummary.cargo",
    "StudySummary.by",
    "RoutesAnswer.cargo",
    "RoutesAnswer.by",
    "RankChart.dates",
    "DatedEvent.date",
    "Contribution.measure",
    "Contribution.basis",
    "Subtotal.measure",
    "BenchmarkRow.usable",
    "BenchmarkMedian.measure",
    "ProfilePoint.kind",
    "MapPoint.kind",
    "Column.kind",
    "Figure.kind",
    "DotChart.kind",
    "Sentence.template",
}


def test_hostile_names_stay_text(data: r.ReportData) -> None:
    hostile = mapped(data, lambda field, text: text if field in _KEPT else text + _HOSTILE)
    page = report_html(hostile)
    read = Page(page)
    assert [tag for tag, _ in read.tags].count("script") == 1
    assert "{{ 7 * 7 }}" in read.text
    assert "\x00" not in page
    assert not [link for link in read.links() if link.startswith("#") and link[1:] not in set(read.ids)]
    assert len(drawings(page)) == 17
    assert escape(_HOSTILE[:25]) in page


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//example.org", "http://[", "ftp://example.org"]
)
def test_only_web_addresses_become_links(data: r.ReportData, url: str) -> None:
    page = report_html(replace(_empty(data), sources=(r.SourceUsed("s", "A title", url),)))
    assert not [link for link in Page(page).links() if not link.startswith("#")]
    assert escape(url) in page


def _empty(data: r.ReportData) -> r.ReportData:
    return replace(
        data,
        headline=r.headline([]),
        pairs=(),
        comparison=(),
        benchmarks=None,
        facts=(),
        sources=(),
        basis_counts=(),
        attributions=(),
        chapters=(),
    )


def test_an_empty_report(data: r.ReportData) -> None:
    read = Page(report_html(_empty(data)))
    assert "No pair was asked." in read.text
    assert "nothing to compare" in read.text
    assert {link[1:] for link in read.links()} <= set(read.ids)


def test_a_report_without_any_route(data: r.ReportData) -> None:
    pairs = (r.PairAnswer("p", cut_off("Dushanbe")),)
    given = replace(_empty(data), pairs=pairs, comparison=r.comparison_rows(pairs), headline=r.headline(pairs))
    text = Page(report_html(given)).text
    assert "There is no way from Tokyo to Dushanbe : every way to Dushanbe is closed ." in text.replace("  ", " ") or (
        "every way to Dushanbe is closed" in text
    )
    assert "crossing Torkham (PAK-AFG)" in text


def test_what_is_least_by_another_measure_stands_with_its_pair(data: r.ReportData, page: str) -> None:
    pair = data.pairs[0]
    unlisted = replace(pair.answer.routes[0], id="unlisted", usd=98765.0)
    answer = replace(pair.answer, least=(("money", unlisted),))
    shown = report_html(replace(data, pairs=(replace(pair, answer=answer), *data.pairs[1:])))
    assert "98,765" in shown
    assert "--by money" in shown
    assert "Least by another measure" not in page


def test_chapters_are_added_and_removed(data: r.ReportData, page: str) -> None:
    assert "Which corridor, when" in page
    assert "Which corridor, when" not in report_html(replace(data, chapters=()))


def test_a_link_to_what_the_report_does_not_have_is_plain_text(data: r.ReportData) -> None:
    stray = chapter(r.RouteRef("nowhere", "none"))
    read = Page(report_html(replace(data, chapters=(stray,), facts=data.facts[:3])))
    assert {link[1:] for link in read.links() if link.startswith("#")} <= set(read.ids)


def test_sentences_say_what_the_headline_holds(data: r.ReportData) -> None:
    texts = [plain_sentence(sentence) for sentence in headline_sentences(data.study, data.headline)]
    whole = " ".join(texts)
    head = data.headline
    assert head.fastest is not None
    assert head.dearest is not None
    assert f"between {figures.days(head.fastest.hours)} days ({head.fastest.destination})" in whole
    assert f"USD {figures.number(head.dearest.usd)} ({head.dearest.destination})" in whole
    assert "All 4 best ways follow China Land Bridge, Khorgos." in whole
    assert "There is no way from Tokyo to Dushanbe: every way to Dushanbe is closed." in whole
    assert "13 % on days (21 rows), 29 % on prices (5 rows) and 3.1 % on distance (9 rows)" in whole
    assert "{" not in whole


def test_sentences_of_one_pair_and_of_unlike_corridors(data: r.ReportData) -> None:
    one = r.headline(data.pairs[:1])
    text = " ".join(plain_sentence(s) for s in headline_sentences(data.study, one))
    assert text.startswith("From Tokyo to Astana the way of least generalised cost takes a 20-foot container")
    first, second = data.pairs[0], data.pairs[1]
    turned = replace(second, answer=replace(second.answer, routes=second.answer.routes[1:]))
    text = " ".join(plain_sentence(s) for s in headline_sentences(data.study, r.headline([first, turned])))
    assert "Of 2 best ways 1 follow" in text


def test_slugs_are_safe_and_anchors_distinct(data: r.ReportData) -> None:
    assert slug("rail:KAZ-CHN:dostyk") == "rail-kaz-chn-dostyk"
    assert slug("***") == "x"
    facts = tuple(replace(data.facts[0], id=name) for name in ("a:b", "a-b", "a b", "A_B"))
    anchors = Anchors.of(replace(data, facts=facts), ("facts",))
    assert len(set(anchors.facts.values())) == 4
    assert all(re.fullmatch(r"[a-z0-9-]+", anchor) for anchor in anchors.facts.values())
