"""The measured part of the page on the world's network is what is measured."""

from __future__ import annotations

from pathlib import Path

from landbridge.run.world_page import END, START, measured_part, with_measured_part
from landbridge.run.world_quality import world_quality
from world_opened import world

PAGE = Path(__file__).parents[2] / "docs" / "world.md"


def test_the_page_shows_what_is_measured() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.count(START) == text.count(END) == 1
    again = with_measured_part(text, measured_part(world_quality(world())))
    assert again == text, "write it anew: python -m landbridge.run.world_page docs/world.md"
