"""Where a detailed network is kept: one folder per digest of its inputs, one ``.npy`` per array, a manifest, tables.

A build writes into a folder of its own beside the final one and renames it at the end, so that an interrupted
build leaves nothing that could be taken for a network; the next build removes the remains of those no longer
running.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from landbridge.network import cache
from landbridge.network.detailed.arrays import DetailedNetwork, array_names
from landbridge.network.detailed.crossings import BorderCrossing
from landbridge.network.detailed.land import Terminal
from landbridge.schema.errors import Finding, LandbridgeError

#: Changes when the stored form changes.
FORMAT = 1

_PREFIX = "detailed-"
_PARTIAL = ".partial-"


class NoDetailedNetwork(LandbridgeError):  # noqa: N818 - reads as a sentence in the message
    """There is no built network in the cache, or it cannot be read."""


def cache_folder(cache_dir: Path | None = None) -> Path:
    """The folder for built networks: ``cache_dir``, else the one of everything that is derived."""
    return cache.cache_folder() if cache_dir is None else cache_dir


def network_folder(digest: str, cache_dir: Path | None = None) -> Path:
    """The folder of the network with that digest, whether or not it exists."""
    return cache_folder(cache_dir) / f"{_PREFIX}{digest[:16]}"


def save(
    network: DetailedNetwork,
    tables: Mapping[str, Sequence[Any]],
    manifest: Mapping[str, Any],
    cache_dir: Path | None = None,
) -> Path:
    """Write a network, tables of dataclass rows (name -> rows) and the manifest; returns the folder.

    An existing folder of the same digest is replaced at the end.
    """
    final = network_folder(network.digest, cache_dir)
    base = final.parent
    base.mkdir(parents=True, exist_ok=True)
    _remove_remains(base)
    partial = base / f"{_PARTIAL}{os.getpid()}"
    partial.mkdir()
    try:
        shapes = {}
        for name in array_names():
            array = getattr(network, name)
            np.save(partial / f"{name}.npy", array, allow_pickle=False)
            shapes[name] = [str(array.dtype), *array.shape]
        for name, rows in tables.items():
            (partial / f"{name}.csv").write_text(rows_as_csv(rows), encoding="utf-8")
        content = {
            "format": FORMAT,
            "digest": network.digest,
            "arrays": shapes,
            "port_ids": list(network.port_ids),
            "strait_ids": list(network.strait_ids),
            "section_ids": list(network.section_ids),
            **manifest,
        }
        (partial / "manifest.json").write_text(json.dumps(content, indent=1, sort_keys=True), encoding="utf-8")
        if final.exists():
            final.rename(base / f"{_PARTIAL}{os.getpid()}.old")
        partial.rename(final)
    finally:  # also when interrupted
        for remains in (partial, base / f"{_PARTIAL}{os.getpid()}.old"):
            shutil.rmtree(remains, ignore_errors=True)
    pointer = base / f"{_PARTIAL}{os.getpid()}.current"
    pointer.write_text(final.name, encoding="utf-8")
    pointer.replace(base / "detailed-current")
    return final


def load(cache_dir: Path | None = None, digest: str | None = None) -> DetailedNetwork:
    """The network with that digest, or the one built last, with memory-mapped arrays; raises ``NoDetailedNetwork``."""
    base = cache_folder(cache_dir)
    if digest is not None:
        folder = network_folder(digest, cache_dir)
    else:
        pointer = base / "detailed-current"
        if not pointer.is_file():
            raise _absent(base, "no network was built here")
        folder = base / pointer.read_text(encoding="utf-8").strip()
    manifest_file = folder / "manifest.json"
    if not manifest_file.is_file():
        raise _absent(folder, "no manifest")
    manifest = json.loads(manifest_file.read_text(encoding="utf-8"))
    if manifest.get("format") != FORMAT:
        raise _absent(manifest_file, f"format {manifest.get('format')}, this version reads {FORMAT}")
    arrays: dict[str, Any] = {}
    for name in array_names():
        path = folder / f"{name}.npy"
        try:
            arrays[name] = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise _absent(path, str(error)) from error
        if [str(arrays[name].dtype), *arrays[name].shape] != manifest["arrays"][name]:
            raise _absent(path, "another shape than the manifest says")
    return DetailedNetwork(
        **arrays,
        crossings=tuple(read_rows(folder / "crossings.csv", BorderCrossing)),
        terminals=tuple(read_rows(folder / "terminals.csv", Terminal)),
        port_ids=tuple(manifest["port_ids"]),
        strait_ids=tuple(manifest["strait_ids"]),
        section_ids=tuple(manifest["section_ids"]),
        digest=manifest["digest"],
    )


def rows_as_csv(rows: Iterable[Any]) -> str:
    """Dataclass rows as CSV text with a header; floats in their shortest exact form."""
    rows = list(rows)
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, [field.name for field in fields(rows[0])], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
    return text.getvalue()


def digest_of(parts: Mapping[str, str]) -> str:
    """SHA-256 over named parts, whatever their order."""
    return hashlib.sha256(json.dumps(dict(sorted(parts.items()))).encode()).hexdigest()


_READERS: dict[str, Any] = {"int": int, "float": float, "bool": lambda text: text == "True"}


def read_rows(path: Path, kind: type[Any]) -> list[Any]:
    """Rows of a stored table as dataclasses of ``kind``; numbers and truth values by the annotation of the field."""
    with path.open(encoding="utf-8", newline="") as file:
        readers = {field.name: _READERS.get(str(field.type), str) for field in fields(kind)}
        return [kind(**{name: readers[name](value) for name, value in row.items()}) for row in csv.DictReader(file)]


def _remove_remains(base: Path) -> None:
    """Remove what builds left behind that no longer run."""
    for remains in base.glob(f"{_PARTIAL}*"):
        number = remains.name.removeprefix(_PARTIAL).split(".")[0]
        if number.isdigit() and not _runs(int(number)):
            shutil.rmtree(remains, ignore_errors=True) if remains.is_dir() else remains.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    """Whether another process of that number runs; where that cannot be known, it does."""
    if process == os.getpid():
        return False
    if sys.platform == "win32":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _absent(where: Path, found: str) -> NoDetailedNetwork:
    return NoDetailedNetwork(
        "The detailed network is not available.",
        [Finding(str(where), found, "Build it: landbridge network build.")],
    )
