"""Our positions against rs1090's, over the whole Earth."""

from __future__ import annotations

import pytest
import rs1090
from hypothesis import given
from hypothesis import strategies as st

from tests.wire import encoders as enc
from vedette.wire import cpr

LATITUDES, LONGITUDES = st.floats(-89.9, 89.9), st.floats(-180.0, 179.99)


def apart(one: cpr.Place, other: cpr.Place) -> tuple[float, float]:
    return abs(one[0] - other[0]), abs((one[1] - other[1] + 180.0) % 360.0 - 180.0)


@given(LATITUDES, LONGITUDES, st.booleans())
def test_a_pair(latitude_deg: float, longitude_deg: float, newest_is_odd: bool) -> None:
    frames = [enc.airborne_position(latitude_deg, longitude_deg, 5000, odd=odd) for odd in (False, True)]
    even, odd = (enc.cpr(latitude_deg, longitude_deg, odd=each) for each in (False, True))
    ours = cpr.from_pair(even, odd, newest_is_odd=newest_is_odd)
    order = frames if newest_is_odd else frames[::-1]
    theirs = rs1090.decode([frame.hex() for frame in order], [0.0, 1.0])[1]
    if ours is None or "latitude" not in theirs:
        assert ours is None
        assert "latitude" not in theirs
        return
    assert max(apart(ours, (theirs["latitude"], theirs["longitude"]))) < 1e-9
    assert apart(ours, (latitude_deg, longitude_deg))[0] < 1e-4


@given(LATITUDES, LONGITUDES, st.booleans(), st.floats(-0.4, 0.4), st.floats(-0.4, 0.4))
def test_near_a_place(latitude_deg: float, longitude_deg: float, odd: bool, north: float, east: float) -> None:
    reference = max(-90.0, min(90.0, latitude_deg + north)), longitude_deg + east
    ours = cpr.near(enc.cpr(latitude_deg, longitude_deg, odd=odd), reference, odd=odd, surface=False)
    frame = enc.airborne_position(latitude_deg, longitude_deg, 5000, odd=odd)
    theirs = rs1090.decode(frame.hex(), reference=reference)
    assert max(apart(ours, (theirs["latitude"], theirs["longitude"]))) < 1e-9


@pytest.mark.parametrize(
    ("latitude_deg", "zones"),
    [(0.0, 59), (10.47, 59), (10.471, 58), (-45.0, 42), (86.53, 3), (86.6, 2), (87.1, 1), (90.0, 1)],
)
def test_zones(latitude_deg: float, zones: int) -> None:
    assert cpr.zones_at(latitude_deg) == zones


def test_bits_of_bands_with_other_numbers_of_zones_give_nothing() -> None:
    north, south = (enc.cpr(latitude_deg, 8.0, odd=odd) for latitude_deg, odd in ((10.475, False), (10.465, True)))
    assert cpr.from_pair(north, south, newest_is_odd=True) is None
