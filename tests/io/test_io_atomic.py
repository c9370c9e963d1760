"""A folder is there whole or not at all, whatever stops its writing."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from landbridge.io.atomic import whole_file, whole_folder
from landbridge.schema.errors import OutputError


def free(_: Path) -> str:
    return ""


def fill(folder: Path, text: str) -> None:
    with whole_folder(folder, free) as part:
        for number in range(5):
            (part / f"{number}.txt").write_text(text)


def content(folder: Path) -> set[str]:
    return {path.read_text() for path in folder.iterdir()}


def hidden(parent: Path) -> list[str]:
    return [path.name for path in parent.iterdir() if path.name.startswith(".")]


def test_a_new_folder_and_a_replaced_one_are_whole(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "er" / "out"
    fill(target, "one")
    assert content(target) == {"one"}
    fill(target, "two")
    assert content(target) == {"two"}
    assert hidden(target.parent) == []


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt(), ValueError("no")])
def test_an_error_leaves_what_stood_there(tmp_path: Path, error: BaseException) -> None:
    target = tmp_path / "out"
    fill(target, "old")
    expected = OutputError if isinstance(error, OSError) else type(error)

    def fails() -> None:
        with whole_folder(target, free) as part:
            (part / "half").write_text("half")
            raise error

    with pytest.raises(expected) as caught:
        fails()
    assert content(target) == {"old"}
    assert hidden(tmp_path) == []
    if expected is OutputError:
        assert "the disk is full" in str(caught.value)
        assert str(target) in str(caught.value)


def test_parents_that_were_made_for_nothing_go_again(tmp_path: Path) -> None:
    with pytest.raises(ValueError), whole_folder(tmp_path / "a" / "b" / "out", free):
        raise ValueError
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_must_not_be_replaced_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "thesis.docx").write_text("mine")
    with pytest.raises(OutputError, match="not replaced: precious"), whole_folder(target, lambda _: "precious"):
        pytest.fail("the block must not be entered")
    assert (target / "thesis.docx").read_text() == "mine"


def test_an_empty_folder_is_anybodys_and_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with whole_folder(tmp_path / "empty", lambda _: "never asked") as part:
        (part / "x").write_text("x")
    assert content(tmp_path / "empty") == {"x"}
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="is a file"), whole_folder(tmp_path / "file", free):
        pytest.fail("the block must not be entered")
    with pytest.raises(OutputError, match="cannot be written"), whole_folder(tmp_path / "file" / "out", free):
        pytest.fail("the block must not be entered")


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    fill(tmp_path / "real", "one")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    fill(tmp_path / "link", "two")
    assert (tmp_path / "link").is_symlink()
    assert content(tmp_path / "real") == {"two"}


def test_what_came_in_the_meantime_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "out"

    def two_at_once() -> None:
        with whole_folder(target, lambda folder: "somebody else's" if (folder / "other").exists() else "") as part:
            (part / "x").write_text("x")
            target.mkdir()
            (target / "other").write_text("other")

    with pytest.raises(OutputError, match="somebody else's"):
        two_at_once()
    assert content(target) == {"other"}


def test_a_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "cell.json"
    whole_file(target, b"one")

    def full(path: Path, data: bytes) -> None:
        path.write_bytes(data[:1])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OutputError, match="the disk is full"):
        whole_file(target, b"two", full)
    assert target.read_bytes() == b"one"
    assert hidden(tmp_path) == []


WRITER = """
import itertools, sys
from pathlib import Path
from landbridge.io.atomic import whole_folder
print("ready", flush=True)
for number in itertools.count():
    with whole_folder(Path(sys.argv[1]), lambda _: "") as part:
        for name in range(40):
            (part / f"{name}.txt").write_text(f"{number}" * 2000)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_killed_at_any_moment_the_folder_is_whole_or_absent(tmp_path: Path) -> None:
    draw = random.Random(7)
    target = tmp_path / "out"
    for _ in range(12):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            while not target.exists():  # however slow the machine is, the first one is let finish
                time.sleep(0.01)
            time.sleep(draw.uniform(0.0, 0.05))
            writer.send_signal(signal.SIGKILL)
        assert len(list(target.iterdir())) == 40
        assert len(content(target)) == 1
    # The next one sweeps away what the killed left behind.
    fill(target, "last")
    assert content(target) == {"last"}
    assert hidden(tmp_path) == []


def test_what_a_killed_process_had_moved_aside_comes_back(tmp_path: Path) -> None:
    """Where folders cannot change places in one step, the old one is moved aside for a moment."""
    fill(tmp_path / "out", "old")
    (tmp_path / "out").rename(tmp_path / ".out.old-1234")

    def fails() -> None:
        with whole_folder(tmp_path / "out", free):
            raise ValueError

    with pytest.raises(ValueError):
        fails()
    assert content(tmp_path / "out") == {"old"}
    assert hidden(tmp_path) == []
