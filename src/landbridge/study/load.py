"""From a path or an id to a study; every mistake of the file at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from landbridge.schema.errors import Finding, StudyError
from landbridge.study.model import Study, StudyFile
from landbridge.study.tomlfile import TomlFile, model_findings, nearest, read_toml

#: What a gateway of a corridor can be, and the kind of id it names.
GATEWAY_KINDS: Final = ("place", "port", "crossing", "border", "strait")


def studies_folder() -> Path:
    """Folder of the studies that ship with the program."""
    return Path(str(resources.files("landbridge"))) / "studies"


def available_studies() -> tuple[str, ...]:
    """Ids of the shipped studies, sorted."""
    return tuple(sorted(path.parent.name for path in studies_folder().glob("*/study.toml")))


def load_study(path_or_id: str | Path) -> Study:
    """Study of a folder, of a ``study.toml``, or of a shipped study's id.

    Errors: ``StudyError`` with one finding per mistake. That ids stand in the facts is asked by ``check_study``.
    """
    file = read_toml(_locate(path_or_id))
    findings = list(file.findings)
    study: Study | None = None
    if file.data:
        try:
            content = StudyFile.model_validate(file.data)
        except ValidationError as error:
            findings += model_findings(file, error, StudyFile)
        else:
            study = Study(**dict(content), path=file.path, digest=file.digest)
        findings += _repeated(file)
        findings += _pairs_that_stay(file)
        findings += _gateways(file)
    elif not findings:
        findings.append(Finding(file.path.name, "the file is empty", "docs/study.md shows a study file."))
    if findings or study is None:
        raise StudyError(f"The study {file.path} cannot be used.", findings)
    return study


def _locate(path_or_id: str | Path) -> Path:
    text, path = str(path_or_id), Path(path_or_id)
    if text in available_studies():
        return studies_folder() / text / "study.toml"
    if path.is_dir():
        path = path / "study.toml"
    if path.is_file():
        return path
    known = available_studies()
    close = nearest(text, known, 1)
    remedy = f"Did you mean '{close[0]}'?" if close else f"Shipped studies: {', '.join(known)}."
    raise StudyError(
        f"There is no study '{path_or_id}'.",
        [Finding(text, "neither a folder with a study.toml, nor such a file, nor the id of a shipped study", remedy)],
    )


def _tables(file: TomlFile, key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    tables = file.data.get(key, ())
    if isinstance(tables, tuple):
        yield from ((i, table) for i, table in enumerate(tables) if isinstance(table, Mapping))


def _repeated(file: TomlFile) -> list[Finding]:
    """Ids that stand twice."""
    findings = []
    for key in ("pairs", "corridors"):
        seen: set[object] = set()
        for i, table in _tables(file, key):
            identifier = table.get("id")
            if isinstance(identifier, str):
                if identifier in seen:
                    where = file.where((key, i, "id"))
                    findings.append(Finding(where, f"the id '{identifier}' stands twice", "Give each its own id."))
                seen.add(identifier)
    return findings


def _pairs_that_stay(file: TomlFile) -> list[Finding]:
    return [
        Finding(
            file.where(("pairs", i, "destination")),
            f"'{table['origin']}' is origin and destination",
            "Name two places.",
        )
        for i, table in _tables(file, "pairs")
        if isinstance(table.get("origin"), str) and table["origin"] == table.get("destination")
    ]


def _gateways(file: TomlFile) -> list[Finding]:
    findings = []
    for i, table in _tables(file, "corridors"):
        groups = table.get("gateways", ())
        texts = (
            [text for group in groups if isinstance(group, tuple) for text in group]
            if isinstance(groups, tuple)
            else []
        )
        for text in texts:
            if isinstance(text, str) and text.partition(".")[0] not in GATEWAY_KINDS:
                where = file.where(("corridors", i, "gateways"))
                remedy = f"A gateway begins with one of {', '.join(kind + '.' for kind in GATEWAY_KINDS)}"
                findings.append(Finding(where, f"found '{text}'", remedy))
    return findings


def check_study(study: Study, known_ids: Mapping[str, Collection[str]]) -> None:
    """Raise ``StudyError`` with one finding per id of the study that the facts do not know.

    known_ids: ids by kind: ``place``, ``port``, ``crossing``, ``strait``, ``country`` (ISO alpha-3). A kind that is
    absent is not checked.
    """
    file = read_toml(study.path)
    findings: list[Finding] = []

    def check(kind: str, value: str, *location: str | int) -> None:
        if kind in known_ids and value not in known_ids[kind]:
            close = nearest(value, known_ids[kind])
            remedy = f"Nearest known: {', '.join(close)}." if close else "'landbridge find' lists what is known."
            findings.append(Finding(file.where(location), f"no {kind} has the id '{value}'", remedy))

    for group in ("region", "partner", "actors"):
        for code in getattr(study, group).countries:
            check("country", code, group, "countries")
    for i, pair in enumerate(study.pairs):
        check("place", pair.origin, "pairs", i, "origin")
        check("place", pair.destination, "pairs", i, "destination")
    for i, corridor in enumerate(study.corridors):
        for kind, _, value in (text.partition(".") for group in corridor.gateways for text in group):
            if kind == "border":
                for code in value.split("-"):
                    check("country", code, "corridors", i, "gateways")
            else:
                check(kind, value, "corridors", i, "gateways")
    if findings:
        raise StudyError(f"The study '{study.id}' names what its facts do not hold.", findings)
