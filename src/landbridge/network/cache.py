"""The built network of a study on disk, found again by the digest of what it was made from.

One file per digest in the user's cache folder (``LANDBRIDGE_CACHE`` overrides it). It is written beside and renamed,
so an interrupted build leaves nothing; a file that cannot be read is built anew. The cache is never needed: without a
writable folder the network is built each time.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import fields
from importlib import resources
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from landbridge.network.topology import Network

#: Raised when the rules that build a network change, so that no old file is taken for a new one.
FORMAT: Final = 1

_CODE: Final = ("build.py", "lanes.py", "topology.py", "cache.py", "sea/lanes.py", "sea/access.py", "sea/graph.py")


def cache_folder() -> Path:
    """Where derived files are kept: ``LANDBRIDGE_CACHE``, else the platform's folder for caches."""
    if named := os.environ.get("LANDBRIDGE_CACHE"):
        return Path(named)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "landbridge"


#: Networks kept in the cache folder; each edit of a study's tables makes another.
KEPT_NETWORKS: Final = 8


def network_digest(tables: Iterable[bytes]) -> str:
    """Digest of the tables a network is made from, of the sea graph and of the code that makes it."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update(f"{FORMAT}\0".encode())
    package = resources.files("landbridge")
    for name in ("world/sea/sea_nodes.csv", "world/sea/sea_edges.csv", "world/sea/straits.csv"):
        digest.update(package.joinpath(name).read_bytes())
    for name in _CODE:
        digest.update(package.joinpath("network", *name.split("/")).read_bytes())
    for table in tables:
        digest.update(len(table).to_bytes(8, "little") + table)
    return digest.hexdigest()


def cached_network(
    digest: str, build: Callable[[], tuple[Network, dict[str, str]]], folder: Path | None = None
) -> tuple[Network, dict[str, str]]:
    """Network and link geometry (link id -> encoded polyline) of a digest, from the cache or built and stored."""
    path = (folder or cache_folder()) / f"network-{digest}.npz"
    with suppress(OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError):
        return _read(path)
    network, lines = build()
    with suppress(OSError):
        _write(path, network, lines)
        forget_old(path.parent, "network-*.npz", KEPT_NETWORKS)
    return network, lines


def forget_old(folder: Path, pattern: str, kept: int) -> None:
    """Remove all files of a pattern but those written last; a file that another process removes first is no matter."""
    written = []
    for path in folder.glob(pattern):
        with suppress(OSError):
            written.append((path.stat().st_mtime_ns, path))
    for _, path in sorted(written)[:-kept]:
        with suppress(OSError):
            path.unlink()


def _read(path: Path) -> tuple[Network, dict[str, str]]:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        words: dict[str, Any] = json.loads(bytes(stored["words"]).decode())
        lines: dict[str, str] = words.pop("lines")
        arrays: dict[str, Any] = {name: stored[name] for name in stored.files if name != "words"}
    texts: dict[str, Any] = {name: tuple(values) for name, values in words.items()}
    return Network(**arrays, **texts), lines


def _write(path: Path, network: Network, lines: dict[str, str]) -> None:
    arrays = network.arrays()
    words = {field.name: getattr(network, field.name) for field in fields(network) if field.name not in arrays}
    words["lines"] = lines
    write_arrays(path, {"words": np.frombuffer(json.dumps(words).encode(), dtype=np.uint8), **arrays})


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays as one file, whole or not at all; an interruption leaves nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.stem, suffix=".part", delete=False) as part:
        try:
            np.savez(part, **arrays)  # type: ignore[arg-type]
            part.close()
            Path(part.name).replace(path)
        except BaseException:  # an interruption too leaves nothing
            Path(part.name).unlink(missing_ok=True)
            raise
