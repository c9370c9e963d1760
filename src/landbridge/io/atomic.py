"""Folders and files that are there whole or not at all.

A folder is written beside its place under a hidden name and put there in one step when it is complete. Whatever stops
the writing (an error, a full disk, an interrupt, a killed process) leaves what stood there before. What a killed
process left under the hidden name is swept away by the next one that writes to the same place: a folder in the making
is locked by its process, and the lock ends with it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from landbridge.schema.errors import OutputError

#: Says why an existing folder must not be replaced; empty = it may be.
Refusal = Callable[[Path], str]
#: Writes the bytes of one file.
WriteFile = Callable[[Path, bytes], None]

_PART: Final = ".part-"
_OLD: Final = ".old-"
_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2


def write_file(path: Path, data: bytes) -> None:
    """Write a file inside a folder in the making."""
    path.write_bytes(data)


@contextmanager
def whole_folder(target: Path, refusal: Refusal) -> Iterator[Path]:
    """A folder to write into; it takes the place of ``target`` when the block ends without an error.

    ``refusal`` is asked before anything is written and again before an existing folder is replaced. Raises
    ``OutputError``: ``target`` is a file, must not be replaced, cannot be written, or the disk is full.
    """
    place = Path(os.path.realpath(target))
    made: list[Path] = []
    lock = -1
    part = place.parent / f".{place.name}{_PART}{os.getpid()}"
    try:
        made = _make_parents(place.parent)
        _recover(place)
        _refuse(target, place, refusal)
        if part.exists():
            shutil.rmtree(part)
        part.mkdir()
        lock = _lock(part)
    except OSError as error:
        _remove_empty(made)
        raise cannot_write(target, error) from error
    except OutputError:
        _remove_empty(made)
        raise
    try:
        yield part
        _refuse(target, place, refusal)
        _put(part, place)
    except BaseException as error:
        shutil.rmtree(part, ignore_errors=True)
        _remove_empty(made)
        if isinstance(error, OSError):
            raise cannot_write(target, error) from error
        raise
    finally:
        if lock >= 0:
            os.close(lock)


def whole_file(target: Path, data: bytes, write: WriteFile = write_file) -> None:
    """Write one file so that it is there whole or not at all; raises ``OutputError``."""
    part = target.parent / f".{target.name}{_PART}{os.getpid()}"
    try:
        try:
            write(part, data)
            os.replace(part, target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise cannot_write(target, error) from error


def cannot_write(target: Path, error: OSError) -> OutputError:
    """What a failed write means to whoever asked for it, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        why, remedy = "the disk is full", "Make room or name a folder on another disk."
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        why, remedy = "writing there is not permitted", "Name a folder you may write to."
    elif error.errno in (errno.ENOTDIR, errno.EEXIST):
        why, remedy = "a file stands in the way", "Name another folder."
    elif error.errno == errno.ENAMETOOLONG:
        why, remedy = "the name is too long", "Name another folder."
    else:
        why, remedy = error.strerror or str(error), "Name another folder."
    return OutputError(f"{target} cannot be written: {why}. {remedy} Nothing was changed.")


def _refuse(target: Path, place: Path, refusal: Refusal) -> None:
    if place.is_dir():
        if any(place.iterdir()) and (reason := refusal(place)):
            raise OutputError(f"{target} is not replaced: {reason}")
        if not os.access(place.parent, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    elif place.exists():
        raise OutputError(f"{target} is a file. Name a folder.")


def _make_parents(folder: Path) -> list[Path]:
    """Make a folder and those above it; returns those that were missing, deepest first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _recover(place: Path) -> None:
    """Bring back what a killed process had moved aside, and sweep away what it left."""
    for old in sorted(place.parent.glob(f".{_plain(place.name)}{_OLD}*")):
        if not place.exists():
            os.rename(old, place)
        else:
            shutil.rmtree(old, ignore_errors=True)
    for part in sorted(place.parent.glob(f".{_plain(place.name)}{_PART}*")):
        if part.is_dir() and _abandoned(part):
            shutil.rmtree(part, ignore_errors=True)


def _plain(name: str) -> str:
    """A name in which no character is a wildcard."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def _lock(folder: Path) -> int:
    """Hold a folder until the process ends: a file descriptor, -1 where the system has no such locks."""
    if sys.platform == "win32":
        return -1
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    with suppress(OSError):  # a file system without locks: the folder is then taken for abandoned by others
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle


def _abandoned(folder: Path) -> bool:
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(handle)


def _put(part: Path, place: Path) -> None:
    if not place.exists():
        os.rename(part, place)
        return
    if _exchange(part, place):
        shutil.rmtree(part, ignore_errors=True)
        return
    # Without an exchange the old folder is moved aside first; ``_recover`` brings it back after a kill between the two.
    old = place.parent / f".{place.name}{_OLD}{os.getpid()}"
    os.rename(place, old)
    try:
        os.rename(part, place)
    except OSError:
        os.rename(old, place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system cannot (other than Linux)."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    done = rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), ctypes.c_uint(_RENAME_EXCHANGE))
    return bool(done == 0)
