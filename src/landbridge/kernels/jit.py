"""The one place where functions become machine code.

``jit`` is numba's ``njit`` without the global interpreter lock and with the compiled code cached on disk. Two
environment variables are obeyed, both read once at import:

- ``LANDBRIDGE_KERNEL_CACHE=0`` keeps compiled code in memory only (for read-only or shared file systems).
- ``NUMBA_DISABLE_JIT=1`` (numba's own) runs every kernel as plain Python.

No fast-math: sums are made in the order written, so results are the same on every run and for any number of
threads. Threads are Python threads over kernels that release the lock (``threads.py``), not numba's parallel
loops: these need a threading layer, compile slowly and forbid two callers at a time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])

CACHE_VARIABLE = "LANDBRIDGE_KERNEL_CACHE"
CACHE = os.environ.get(CACHE_VARIABLE, "1") != "0"


def jit(function: F) -> F:
    """Compile a kernel at its first call; from then on it comes from the cache."""
    compiled: F = numba.njit(cache=CACHE, nogil=True, boundscheck=False)(function)
    return compiled
