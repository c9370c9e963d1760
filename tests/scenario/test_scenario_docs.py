"""docs/scenarios.md and docs/study.md say what the program knows, in its words."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from landbridge.scenario import presets
from landbridge.scenario.changes import SELECTOR_KINDS
from landbridge.scenario.scenario import FileAction
from landbridge.scenario.selector import FIELDS
from landbridge.study import load_study
from landbridge.study.model import StudyFile

DOCS = Path(__file__).parents[2] / "docs"


def test_every_field_kind_action_and_preset_is_documented() -> None:
    text = (DOCS / "scenarios.md").read_text(encoding="utf-8")
    for field in FIELDS:
        kinds, actions = ", ".join(field.kinds), ", ".join(field.actions)
        assert f"| `{field.name}` | {kinds} | {field.unit} | {actions} | {field.doc} |" in text
    for preset in presets(load_study("japan_central_asia")):
        assert f"| `{preset.id}` | {preset.definition} |" in text
    for kind in SELECTOR_KINDS:
        assert f"`{kind}." in text
    for action in get_args(FileAction):
        assert f"`{action}`" in text


def test_every_key_of_a_study_is_documented() -> None:
    text = (DOCS / "study.md").read_text(encoding="utf-8")
    for key in StudyFile.model_fields:
        assert f"`{key}`" in text or f"`[{key}]`" in text or f"`[[{key}]]`" in text
