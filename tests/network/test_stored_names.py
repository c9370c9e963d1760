"""A stored index of names beside the one it was made of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import study_map

from landbridge.network.names import NameIndex
from landbridge.network.stored_names import pack, unpack
from maps import draw


@pytest.fixture(scope="module")
def made() -> NameIndex:
    return study_map.gazetteer().names


@pytest.fixture(scope="module")
def stored(made: NameIndex) -> NameIndex:
    return replace(made, stored=unpack(pack(made)))


def test_every_name_means_the_same(made: NameIndex, stored: NameIndex) -> None:
    assert len(made.index) > 1000
    assert len(stored.index) == len(made.index)
    assert sorted(stored.index) == sorted(made.index)
    assert all(stored.index[key] == made.index[key] for key in made.index)


def test_every_thing_is_the_same(made: NameIndex, stored: NameIndex) -> None:
    assert dict(stored.things.items()) == dict(made.things.items())
    assert len(stored.things) == len(made.things)
    assert all(stored.things[key] == made.things[key] for key in made.things)


def test_what_nobody_is_called_is_not_found(made: NameIndex, stored: NameIndex) -> None:
    keys = sorted(made.index)
    unknown = ["", "\t", "\n", "zzzz", keys[0][:-1] + "\0", keys[-1] + "z", *(key + "q" for key in keys[::50])]
    for key in unknown:
        assert (key in stored.index) == (key in made.index)
        assert stored.index.get(key) == made.index.get(key)
    (kind, identifier), hit = next(iter(made.things.items()))
    assert stored.things.get((kind, f"{identifier}\t{hit.name}")) is None  # the beginning of a line, but no id


def test_a_gazetteer_answers_from_it_as_from_the_tables(stored: NameIndex) -> None:
    known = study_map.gazetteer()
    other = replace(known)
    other.__dict__["names"] = stored
    for text in ("Baku", "Astara (AZE)", "Georgia", "Tashkent", "Khorgos", "JPTYO", "port.AZBAK", "Suez"):
        assert other.find(text) == known.find(text)
        assert other.avoid(text) == known.avoid(text)


def test_a_name_with_a_separator_cannot_be_stored() -> None:
    drawn = draw("almaty(KAZ) =870= dostyk(KAZ)")
    tables = {"places": [{**row, "name": "Al\tmaty"} for row in drawn.rows["places"]]}
    with pytest.raises(ValueError, match="separator"):
        pack(NameIndex(tables, study_map.study(), []))


def test_the_same_index_is_the_same_bytes(made: NameIndex) -> None:
    one, other = pack(made), pack(made)
    assert all(np.array_equal(one[name], other[name]) for name in one)
