"""The report as its reader meets it: opened from disk in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landbridge.result.report import ReportData, RouteRef
from landbridge.views.report.links import Anchors

sync_api = pytest.importorskip("playwright.sync_api")

_CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = [pytest.mark.browser, pytest.mark.skipif(_CHROMIUM is None, reason="Chromium is not installed")]


@pytest.fixture(scope="module")
def address(page: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    target = tmp_path_factory.mktemp("report") / "report.html"
    target.write_text(page, encoding="utf-8")
    return target.as_uri()


@pytest.fixture(scope="module")
def play() -> Iterator[Any]:
    with sync_api.sync_playwright() as running:
        yield running


class Tab:
    """A page with everything it asked for and everything it complained about."""

    def __init__(self, play: Any, folder: Path, width: int = 1280, *, script: bool = True) -> None:
        self.context = play.chromium.launch_persistent_context(
            folder,
            executable_path=_CHROMIUM,
            headless=True,
            args=_ARGUMENTS,
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
        )
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))


@pytest.fixture
def tab(play: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Tab]:
    options = getattr(request, "param", {})
    opened = Tab(play, tmp_path, **options)
    yield opened
    opened.context.close()


def test_opens_from_disk_in_silence_and_explains_a_number(tab: Tab, address: str, data: ReportData) -> None:
    page = tab.page
    page.goto(address)
    best = data.headline.best[2].ref
    anchor = Anchors.of(data, ()).routes[RouteRef(best.pair_id, best.route_id)]
    target = page.locator(f"#{anchor}")
    assert not target.is_visible()
    page.locator(f'#answer table a.n[href="#{anchor}"]').first.click()
    target.wait_for(state="visible", timeout=5000)
    assert target.locator("table.parts").is_visible()
    box = target.bounding_box()
    assert box is not None
    assert box["y"] < 800
    fact = target.locator('a[href^="#fact-"]').first
    name = fact.inner_text()
    fact.click()
    row = page.locator("tr:target")
    assert name in row.inner_text()
    assert row.is_visible()
    assert tab.complaints == []
    assert tab.requests == [address]


def test_sorting_and_filtering(tab: Tab, address: str) -> None:
    page = tab.page
    page.goto(address)
    table = page.locator("#comparison table.sort")
    table.locator("th button", has_text="price").click()
    column = [text.split()[0] for text in table.locator("thead th").all_inner_texts()].index("price")
    cells = [row.locator("th, td") for row in table.locator("tbody tr").all()]
    shown = [
        row.nth(column).inner_text() if row.count() > column else "" for row in cells
    ]  # a reason spans the numbers
    numbers = [float(text.replace(",", "")) for text in shown if text]
    assert numbers == sorted(numbers)
    assert shown[len(numbers) :] == [""] * (len(shown) - len(numbers))
    assert len(numbers) < len(shown)
    assert table.locator('th[aria-sort="ascending"]').count() == 1
    page.locator("#benchmarks input").fill("BM07")
    visible = [row for row in page.locator("#benchmarks table.filter tbody tr").all() if row.is_visible()]
    assert len(visible) == 1
    assert tab.complaints == []


@pytest.mark.parametrize("tab", [{"script": False}], indirect=True)
def test_reads_without_javascript(tab: Tab, address: str, data: ReportData) -> None:
    page = tab.page
    page.goto(address)
    anchor = Anchors.of(data, ()).routes[data.headline.best[0].ref]
    page.locator(f'#answer table a.n[href="#{anchor}"]').first.click()
    page.locator(f"#{anchor}").wait_for(state="visible", timeout=5000)
    assert tab.requests == [address]


@pytest.mark.parametrize("tab", [{"width": 390}], indirect=True)
def test_fits_a_phone(tab: Tab, address: str) -> None:
    page = tab.page
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_first_screen_holds_answer_map_and_table(tab: Tab, address: str) -> None:
    page = tab.page
    page.goto(address)
    for part in ("#answer .lead", "#answer svg", "#answer table"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 800, part


def test_prints_with_the_numbers_on_paper(tab: Tab, address: str) -> None:
    page = tab.page
    page.goto(address)
    assert len(page.pdf(prefer_css_page_size=True)) > 50_000
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert page.locator("#answer table").is_visible()
