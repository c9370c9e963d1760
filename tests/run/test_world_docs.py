"""The measured part of the page on the world's network is what is measured."""

from __future__ import annotations

from pathlib import Path

from landbridge.run.world_page import END, START, measured_part, with_measured_part
from landbridge.run.world_quality import spot_checks, world_quality
from world_opened import world

PAGE = Path(__file__).parents[2] / "docs" / "world.md"


def test_the_page_shows_what_is_measured() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.count(START) == text.count(END) == 1
    again = with_measured_part(text, measured_part(world_quality(world())))
    assert again == text, "write it anew: python -m landbridge.run.world_page docs/world.md"


def test_a_way_over_places_is_no_shorter_than_the_shortest() -> None:
    checks = spot_checks(world())
    over = [check for check in checks if check.via]
    assert over
    assert all(check.model_km >= check.network_km - 1e-6 for check in over)
    assert all(check.model_km == check.network_km for check in checks if check.mode != "sea" and not check.via)
    # By sea the network can only be longer than the lane: it has a part of all lanes.
    assert all(check.network_km >= check.model_km * 0.999 for check in checks if check.mode == "sea")
