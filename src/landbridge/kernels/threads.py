"""Running a kernel over disjoint pieces of work on several threads.

Results never depend on the number of threads: each piece writes its own part of the output.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

Piece = TypeVar("Piece")


def ranges(count: int, pieces: int) -> list[tuple[int, int]]:
    """``count`` items cut into ``pieces`` ranges of about equal size, some of them empty if there is less to do."""
    cuts = [count * i // pieces for i in range(pieces + 1)]
    return list(pairwise(cuts))


def available_threads() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def run_on_threads(work: Callable[[int, Piece], None], pieces: Sequence[Piece], threads: int) -> None:
    """Call ``work(worker, piece)`` for every piece, at most ``threads`` at a time.

    ``worker`` is below ``threads`` and no two running calls share it, so it may index scratch memory. Pieces are
    taken in order as workers become free. An exception in a piece is raised here.
    """
    if threads <= 1 or len(pieces) <= 1:
        for piece in pieces:
            work(0, piece)
        return
    pending = iter(pieces)

    def worker(number: int) -> None:
        while True:
            try:
                piece = next(pending)  # one bytecode on a list iterator: no two workers get the same piece
            except StopIteration:
                return
            work(number, piece)

    with ThreadPoolExecutor(max_workers=threads) as pool:
        for future in [pool.submit(worker, number) for number in range(min(threads, len(pieces)))]:
            future.result()
