"""Screenshot of the first screen of a report: REPORT PICTURE."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

report, picture = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
chromium = shutil.which("chromium") or shutil.which("chromium-browser")
if chromium is None:
    sys.exit("Chromium is missing: apt-get install chromium")
flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=flags)
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(report.as_uri())
    page.screenshot(path=str(picture))
    browser.close()
