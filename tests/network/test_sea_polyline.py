from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge.io.polyline import cut_at_date_line, decode, encode, unwrapped

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
points = st.lists(st.tuples(latitudes, st.floats(-540, 540)), min_size=1, max_size=12)


def test_the_published_example_of_the_format() -> None:
    line = ([38.5, 40.7, 43.252], [-120.2, -120.95, -126.453])
    assert encode(*line, decimals=5) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"


@given(points, st.integers(0, 5))
def test_decoding_gives_back_the_rounded_points(line: list[tuple[float, float]], decimals: int) -> None:
    lat, lon = zip(*line, strict=True)
    back_lat, back_lon = decode(encode(lat, lon, decimals), decimals)
    np.testing.assert_allclose(back_lat, np.rint(np.array(lat) * 10**decimals) / 10**decimals, atol=1e-9)
    np.testing.assert_allclose(back_lon, np.rint(np.array(lon) * 10**decimals) / 10**decimals, atol=1e-9)
    assert encode(back_lat, back_lon, decimals) == encode(lat, lon, decimals)


@given(points)
def test_a_line_fits_into_a_cell_of_a_table(line: list[tuple[float, float]]) -> None:
    text = encode(*zip(*line, strict=True))
    assert not set(text) & set(",;\"' \n")


@pytest.mark.parametrize("text", ["_p~iF~ps|", "_p~iF", "a b"])
def test_a_damaged_string_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="polyline"):
        decode(text)


def test_no_string_is_no_point() -> None:
    lat, lon = decode("")
    assert lat.size == lon.size == 0


@given(st.lists(longitudes, min_size=1, max_size=12))
def test_unwrapping_keeps_places_and_takes_the_shorter_way(lon: list[float]) -> None:
    result = unwrapped(lon)
    assert result[0] == lon[0]
    turns = (result - np.array(lon)) / 360
    np.testing.assert_allclose(turns, np.rint(turns), atol=1e-9)
    assert np.all(np.abs(np.diff(result)) <= 180 + 1e-9)


@given(st.lists(st.tuples(latitudes, longitudes), min_size=2, max_size=12))
def test_pieces_stay_on_the_map_and_lose_nothing(line: list[tuple[float, float]]) -> None:
    lat, lon = zip(*line, strict=True)
    whole = unwrapped(lon)
    pieces = cut_at_date_line(lat, lon)
    for piece_lat, piece_lon in pieces:
        assert len(piece_lat) == len(piece_lon) >= 2
        assert np.all(np.abs(piece_lon) <= 180 + 1e-9)
    for one, other in pairwise(pieces):
        assert one[0][-1] == pytest.approx(other[0][0])
        assert {round(one[1][-1]), round(other[1][0])} == {-180, 180}
    walked = sum(np.hypot(np.diff(a), np.diff(b)).sum() for a, b in pieces)
    assert walked == pytest.approx(np.hypot(np.diff(lat), np.diff(whole)).sum(), abs=1e-6)


def test_a_lane_over_the_date_line_is_two_lines() -> None:
    pieces = cut_at_date_line([35.0, 45.0, 34.0], [140.0, -170.0, -118.0])
    assert len(pieces) == 2
    assert pieces[0][1].tolist() == [140.0, 180.0]
    assert pieces[1][1].tolist() == [-180.0, -170.0, -118.0]
    assert pieces[0][0][-1] == pytest.approx(43.0)


def test_a_line_that_only_touches_the_date_line_is_not_cut() -> None:
    assert len(cut_at_date_line([0.0, 1.0, 2.0], [170.0, 180.0, 170.0])) == 1
    assert len(cut_at_date_line([0.0, 1.0], [180.0, -170.0])) == 1
