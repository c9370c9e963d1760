"""Keeping a detailed network: round trip, interruption, damage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import detailed_sample as sample
import numpy as np
import pytest

from landbridge.network.detailed import NoDetailedNetwork, assemble, build, load
from landbridge.network.detailed.arrays import DetailedNetwork, array_names
from landbridge.network.detailed.curated import curated_land
from landbridge.network.detailed.land import SectionLength
from landbridge.network.detailed.source import MissingPackage
from landbridge.network.detailed.store import cache_folder, digest_of, network_folder, read_rows, save


def network() -> DetailedNetwork:
    places = (sample.place("minot", "USA", 48.825, -100.0), sample.place("killarney", "CAN", 49.175, -99.7))
    found, _ = sample.network_of(sample.land_of(sample.random_road(3), places))
    return found


def test_round_trip_is_exact_and_memory_mapped(tmp_path: Path) -> None:
    kept = network()
    save(kept, {"crossings": kept.crossings, "terminals": kept.terminals}, {}, tmp_path)
    again = load(tmp_path)
    for name in array_names():
        stored = getattr(again, name)
        assert isinstance(stored, np.memmap) or stored.size == 0, name
        assert np.array_equal(stored, getattr(kept, name)), name
        assert stored.dtype == getattr(kept, name).dtype, name
    assert (again.crossings, again.terminals, again.digest) == (kept.crossings, kept.terminals, kept.digest)
    assert kept.crossings
    assert kept.terminals


def test_an_interrupted_build_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = network()
    real = np.save
    calls: list[str] = []

    def interrupted(path: Path, array: np.ndarray, **options: Any) -> None:
        calls.append(path.name)
        if len(calls) == 5:
            raise KeyboardInterrupt
        real(path, array, **options)

    monkeypatch.setattr(np, "save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save(kept, {"crossings": kept.crossings, "terminals": kept.terminals}, {}, tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NoDetailedNetwork, match="no network was built here"):
        load(tmp_path)


def test_remains_of_a_killed_build_are_removed(tmp_path: Path) -> None:
    dead = tmp_path / ".partial-999999999"
    dead.mkdir()
    (dead / "tail.npy").write_bytes(b"half")
    kept = network()
    save(kept, {"crossings": kept.crossings, "terminals": kept.terminals}, {}, tmp_path)
    assert not dead.exists()


def test_saving_again_replaces(tmp_path: Path) -> None:
    kept = network()
    tables = {"crossings": kept.crossings, "terminals": kept.terminals}
    folder = save(kept, tables, {}, tmp_path)
    (folder / "km.npy").write_bytes(b"damaged")
    with pytest.raises(NoDetailedNetwork, match=r"km\.npy"):
        load(tmp_path)
    assert save(kept, tables, {}, tmp_path) == folder
    assert np.array_equal(load(tmp_path).km, kept.km)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([folder.name, "detailed-current"])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [({"format": 0}, "format 0"), ({"arrays": {"tail": ["int32", 1]}}, "another shape")],
)
def test_a_stale_or_damaged_manifest_is_refused(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    kept = network()
    folder = save(kept, {"crossings": kept.crossings, "terminals": kept.terminals}, {}, tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    if "arrays" in change:
        manifest["arrays"] |= change["arrays"]
    else:
        manifest |= change
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(NoDetailedNetwork, match=complaint):
        load(tmp_path)


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert cache_folder(tmp_path) == tmp_path
    monkeypatch.setenv("LANDBRIDGE_CACHE", str(tmp_path / "named"))
    assert cache_folder() == tmp_path / "named"
    monkeypatch.delenv("LANDBRIDGE_CACHE")
    assert cache_folder().name == "landbridge"
    assert network_folder("a" * 64, tmp_path) == tmp_path / ("detailed-" + "a" * 16)


def test_digest_knows_names_and_values_but_no_order() -> None:
    assert digest_of({"a": "1", "b": "2"}) == digest_of({"b": "2", "a": "1"})
    assert digest_of({"a": "1", "b": "2"}) != digest_of({"a": "2", "b": "1"})


def test_rows_of_stored_tables_keep_their_types(tmp_path: Path) -> None:
    row = SectionLength("R1", "rail", 100.5, float("inf"), True, "no path")
    kept = network()
    folder = save(
        kept, {"crossings": kept.crossings, "terminals": kept.terminals, "section_lengths": [row]}, {}, tmp_path
    )
    assert read_rows(folder / "section_lengths.csv", SectionLength) == [row]


def test_build_without_the_packages_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise assemble.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(assemble.metadata, "version", absent)
    with pytest.raises(MissingPackage, match="extra 'build'"):
        build(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_curated_rows_in_any_order_are_the_same() -> None:
    sections = [
        {
            "id": f"R{i}",
            "mode": "rail",
            "from_place": "a",
            "to_place": "b",
            "country_from": "USA",
            "country_to": "USA",
            "length_km": "12.5",
            "crossing": "",
            "use": use,
            "status": "operating",
        }
        for i, use in enumerate(("section", "aggregate", "section"))
    ]
    places = [{"id": name, "name": name, "lat": "1", "lon": "2"} for name in ("b", "a", "unused")]
    one = curated_land(sections, places, [])
    two = curated_land(sections[::-1], places[::-1], [])
    assert one == two
    assert one.digest == two.digest
    assert [section.id for section in one.sections] == ["R0", "R2"]
    assert [place.id for place in one.places] == ["a", "b"]
    assert one.place("b").lat == 1.0
