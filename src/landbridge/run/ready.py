"""Compiled kernels, made once after installation and kept; the only wait that a first question has."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress

from landbridge.network.cache import cache_folder

Progress = Callable[[str, int, int], None]


def ready_kernels(progress: Progress) -> bool:
    """Compile all kernels unless this installation did so before; whether there was anything to do.

    ``progress(name, done, total)`` is called before each step. Nothing is done where compiled code is not kept
    (``LANDBRIDGE_KERNEL_CACHE=0``) or nothing is compiled (``NUMBA_DISABLE_JIT=1``).
    """
    if os.environ.get("LANDBRIDGE_KERNEL_CACHE") == "0" or os.environ.get("NUMBA_DISABLE_JIT") == "1":
        return False
    import numba

    from landbridge.kernels.jit import KERNELS, sources_digest

    key = f"{KERNELS}:{numba.__version__}:{sources_digest()}".encode()
    stamp = cache_folder() / f"kernels-{hashlib.sha256(key).hexdigest()[:16]}"
    if stamp.exists():
        return False
    from landbridge.kernels.warm import warm

    warm(progress)
    with suppress(OSError):  # without a stamp the next question checks again, at the price of a second
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.touch()
    return True
