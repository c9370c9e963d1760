"""Everything that is wrong with a study: its tables, its file, its presets, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from landbridge.facts.check import check_facts
from landbridge.facts.package import load_facts
from landbridge.run.session import known_ids, open_study
from landbridge.scenario import load_scenario, preset_ids
from landbridge.schema.errors import FactsError, Finding, ScenarioError, StudyError
from landbridge.schema.tables import tables
from landbridge.study import check_study, load_study


@dataclass(frozen=True)
class Checked:
    """Findings, and how much was looked at."""

    folder: Path
    findings: tuple[Finding, ...]
    numbers: int
    rows: int
    sources: int
    presets: int


def check_everything(study: str | Path) -> Checked:
    """Check a study; raises ``StudyError`` only where its file cannot be read at all."""
    loaded = load_study(study)
    folder = loaded.facts_folder
    findings = check_facts(folder)
    presets = preset_ids(loaded)
    try:
        facts = load_facts(folder)
    except FactsError as error:
        known = {str(finding) for finding in findings}
        findings += [finding for finding in error.findings if str(finding) not in known]
        return Checked(folder, tuple(findings), 0, 0, 0, len(presets))
    if not findings:
        try:
            check_study(loaded, known_ids(facts))
            session = open_study(study)
        except StudyError as error:
            findings += error.findings
        else:
            for preset in presets:
                try:
                    session.resolved(preset)
                except ScenarioError as error:
                    findings += error.findings
    else:
        for preset in presets:
            try:
                load_scenario(preset, loaded)
            except ScenarioError as error:
                findings += error.findings
    rows = sum(len(facts.rows(name)) for name in tables() if name in facts.content)
    return Checked(folder, tuple(findings), len(facts.numbers), rows, len(facts.sources), len(presets))
