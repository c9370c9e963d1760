"""The stored network: the same as the built one, never half of one, never needed."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from landbridge.network import cache
from landbridge.network.cache import cache_folder, cached_network, forget_old, network_digest
from landbridge.network.topology import Network
from maps import draw

TEXT = "tokyo(JPN) ~2000 tsushima~ shanghai(CHN)\nalmaty(KAZ) =12|= druzhba(CHN)\naktau(KAZ) ~490 ferry~ baku(AZE)"
LINES = {"P-tokyo-P-shanghai": "_p~iF~ps|U"}


class Builder:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> tuple[Network, dict[str, str]]:
        self.calls += 1
        return draw(TEXT).network(), dict(LINES)


def same(one: Network, other: Network) -> bool:
    arrays, others = one.arrays(), other.arrays()
    assert arrays.keys() == others.keys()
    equal = all(
        arrays[name].dtype == others[name].dtype and np.array_equal(arrays[name], others[name], equal_nan=True)
        for name in arrays
    )
    words = ("node_key", "place_ids", "port_ids", "country_codes", "crossing_ids", "link_ids", "strait_ids")
    return equal and all(getattr(one, name) == getattr(other, name) for name in words)


def test_what_is_read_is_what_was_built(tmp_path: Path):
    build = Builder()
    first, lines = cached_network("abc", build, tmp_path)
    second, again = cached_network("abc", build, tmp_path)
    assert build.calls == 1
    assert same(first, second)
    assert same(first, draw(TEXT).network())
    assert lines == again == LINES
    assert [path.name for path in tmp_path.iterdir()] == ["network-abc.npz"]


def test_another_digest_is_another_network(tmp_path: Path):
    build = Builder()
    cached_network("abc", build, tmp_path)
    cached_network("abd", build, tmp_path)
    assert build.calls == 2


def test_a_file_of_another_shape_is_built_anew(tmp_path: Path):
    build = Builder()
    np.savez(tmp_path / "network-abc.npz", words=np.frombuffer(b'{"lines": {}}', dtype=np.uint8), unknown=np.zeros(3))
    cached_network("abc", build, tmp_path)
    assert build.calls == 1


@pytest.mark.parametrize("damage", [b"", b"not a zip file", b"PK\x03\x04 broken", None])
def test_a_file_that_cannot_be_read_is_built_anew(tmp_path: Path, damage: bytes | None):
    build = Builder()
    cached_network("abc", build, tmp_path)
    path = tmp_path / "network-abc.npz"
    path.write_bytes(path.read_bytes()[:-200] if damage is None else damage)
    network, _ = cached_network("abc", build, tmp_path)
    assert build.calls == 2
    assert same(network, draw(TEXT).network())
    cached_network("abc", build, tmp_path)
    assert build.calls == 2  # and stored whole again


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    build = Builder()
    network, _ = cached_network("abc", build, blocked / "cache")
    assert build.calls == 1
    assert network.n_arcs > 0


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_an_interrupted_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException):
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(cache.Path, "replace", fails)
    if isinstance(error, OSError):
        cached_network("abc", Builder(), tmp_path)
    else:
        with pytest.raises(KeyboardInterrupt):
            cached_network("abc", Builder(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_digest_is_of_all_bytes_in_their_order():
    one = network_digest([b"ab", b"c"])
    assert one == network_digest(iter([b"ab", b"c"]))
    assert len({one, network_digest([b"a", b"bc"]), network_digest([b"c", b"ab"]), network_digest([b"ab", b"d"])}) == 4


def test_the_digest_changes_with_the_code_that_builds(monkeypatch: pytest.MonkeyPatch):
    before = network_digest([b"x"])
    monkeypatch.setattr(cache, "FORMAT", cache.FORMAT + 1)
    assert network_digest([b"x"]) != before


def test_every_module_that_makes_a_network_is_in_the_digest():
    folder = Path(cache.__file__).parent
    assert {"build.py", "lanes.py", "topology.py"} <= set(cache._CODE)
    assert all((folder / name).is_file() for name in cache._CODE)


def test_the_folder_is_the_one_named_or_the_platforms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("LANDBRIDGE_CACHE", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"
    monkeypatch.delenv("LANDBRIDGE_CACHE")
    monkeypatch.setattr(cache.sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "landbridge"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "landbridge"
    monkeypatch.setattr(cache.sys, "platform", "darwin")
    assert cache_folder() == tmp_path / "Library" / "Caches" / "landbridge"
    monkeypatch.setattr(cache.sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", os.fspath(tmp_path / "local"))
    assert cache_folder() == tmp_path / "local" / "landbridge"


def test_only_the_networks_written_last_are_kept(tmp_path: Path) -> None:
    for number in range(6):
        path = tmp_path / f"network-{number}.npz"
        path.touch()
        os.utime(path, ns=(number, number))
    (tmp_path / "other.npz").touch()
    forget_old(tmp_path, "network-*.npz", 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["network-4.npz", "network-5.npz", "other.npz"]
