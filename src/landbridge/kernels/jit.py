"""The one place where functions become machine code.

``jit`` is numba's ``njit`` without the global interpreter lock and with the compiled code cached on disk. Two
environment variables are obeyed, both read once at import:

- ``LANDBRIDGE_KERNEL_CACHE=0`` keeps compiled code in memory only (for read-only or shared file systems).
- ``NUMBA_DISABLE_JIT=1`` (numba's own) runs every kernel as plain Python.

No fast-math for sums: they are made in the order written, so results are the same on every run and for any number of
threads. Threads are Python threads over kernels that release the lock (``threads.py``), not numba's parallel
loops: these need a threading layer, compile slowly and forbid two callers at a time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

KERNELS = Path(__file__).parent

F = TypeVar("F", bound=Callable[..., Any])

CACHE_VARIABLE = "LANDBRIDGE_KERNEL_CACHE"
CACHE = os.environ.get(CACHE_VARIABLE, "1") != "0"


def sources_digest(folder: Path = KERNELS) -> str:
    """SHA-256 of all kernel sources: compiled code of other sources is stale."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.glob("*.py")))).hexdigest()


def forget_stale_code(folder: Path) -> bool:
    """Remove compiled code that was made from other sources than those in ``folder``; whether there was any.

    numba looks only at the file a kernel stands in, but a kernel contains the code of those it calls from
    other files. A digest of all sources, kept beside the compiled code, closes that gap.
    """
    digest = sources_digest(folder)
    stamp = folder / "__pycache__" / "kernels.sha256"
    try:
        if stamp.exists() and stamp.read_text() == digest:
            return False
        stale = list(stamp.parent.glob("*.nbi"))
        for path in stale:
            path.unlink(missing_ok=True)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(digest)
    except OSError:
        return False  # a folder that cannot be written holds no code of ours; numba uses the user's own folder
    return bool(stale)


if CACHE:
    forget_stale_code(KERNELS)


def jit(function: F) -> F:
    """Compile a kernel at its first call; from then on it comes from the cache."""
    return cast(F, numba.njit(cache=CACHE, nogil=True, boundscheck=False)(function))


def jit_minimum(function: F) -> F:
    """``jit`` for loops that look for a least value among numbers without NaN.

    Lets the compiler keep several running minima at once. It may assume that there is no NaN and that the two
    zeros are one; it may not reorder sums, so results are those of ``jit``.
    """
    return cast(F, numba.njit(cache=CACHE, nogil=True, boundscheck=False, fastmath={"nnan", "nsz"})(function))
