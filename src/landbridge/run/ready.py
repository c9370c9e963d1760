"""Compiled kernels, made once after installation and kept; the only wait that a first question has."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from landbridge.network.cache import cache_folder

Progress = Callable[[str, int, int], None]


def ready_kernels(progress: Progress) -> bool:
    """Compile all kernels unless this installation did so before; whether there was anything to do.

    ``progress(name, done, total)`` is called before each step. Nothing is done where compiled code is not kept
    (``LANDBRIDGE_KERNEL_CACHE=0``) or nothing is compiled (``NUMBA_DISABLE_JIT=1``).
    """
    if kernels_are_ready():
        return False
    from landbridge.kernels.warm import warm

    warm(progress)
    stamp = _stamp()
    with suppress(OSError):  # without a stamp the next question checks again, at the price of a second
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.touch()
    return True


def kernels_are_ready() -> bool:
    """Whether there is nothing to compile: this installation did so before, or keeps no compiled code."""
    if os.environ.get("LANDBRIDGE_KERNEL_CACHE") == "0" or os.environ.get("NUMBA_DISABLE_JIT") == "1":
        return True
    return _stamp().exists()


def _stamp() -> Path:
    """The file that says that these kernels were compiled by this numba."""
    import numba

    from landbridge.kernels.jit import KERNELS, sources_digest

    key = f"{KERNELS}:{numba.__version__}:{sources_digest()}".encode()
    return cache_folder() / f"kernels-{hashlib.sha256(key).hexdigest()[:16]}"
