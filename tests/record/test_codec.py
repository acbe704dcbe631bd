"""The journal gives back what it was given, bit for bit."""

from __future__ import annotations

from typing import Any

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given

from vedette.model import (
    Action,
    CooperativeReport,
    FeedHealth,
    FeedState,
    Look,
    Origin,
    Scan,
    SensorStatus,
    Sequenced,
    Tick,
)
from vedette.record.codec import decode_input, encode_input

floats = st.floats(allow_infinity=False)
sizes = st.integers(0, 5)


@st.composite
def scans(draw: st.DrawFn) -> Scan:
    size = draw(sizes)

    def array(elements: st.SearchStrategy[float] = floats) -> Any:
        return draw(st.none() | hnp.arrays(np.float64, size, elements=elements))

    return Scan(
        sensor="radar-1",
        observed_s=draw(st.floats(0.0, 2e9)),
        range_m=array(),
        azimuth_true_rad=array(),
        latitude_deg=array(),
        sigma_range_m=array(st.floats(1e-3, 1e3)),
        time_offset_s=array(st.floats(-2.0, 0.0)),
        sector_rad=draw(st.none() | st.tuples(st.floats(0, 7), st.floats(0, 7))),
        identity=draw(st.none() | st.lists(st.none() | st.text(), min_size=size, max_size=size)),
        p_classes=draw(st.none() | hnp.arrays(np.float64, (size, 5), elements=st.floats(0.01, 1.0)).map(summed)),
        look=draw(st.none() | st.text()),
        covers=draw(st.none() | st.booleans()),
    )


def summed(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Rows that sum to 1, some of them unknown."""
    out = rows / rows.sum(axis=1, keepdims=True)
    out[::3] = np.nan
    return out


def same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    return bool(a == b)


@given(scans(), st.floats(0.0, 2e9))
def test_looks(scan: Scan, received_s: float) -> None:
    message = Sequenced(seq=7, received_s=received_s, origin=Origin.LIVE, body=Look(scan=scan))
    back = decode_input(encode_input(message))
    assert (back.seq, back.received_s, back.origin) == (7, received_s, Origin.LIVE)
    assert isinstance(back.body, Look)
    for name in Scan.__struct_fields__:
        assert same(getattr(scan, name), getattr(back.body.scan, name)), name
    assert encode_input(back) == encode_input(message)


@pytest.mark.parametrize(
    "body",
    [
        Tick(),
        Action(verb="acknowledge", target="a", by="b"),
        SensorStatus(sensor="s", observed_s=1.5, state="ok"),
        FeedHealth(feed="f", sensor="s", state=FeedState.LIVE, messages=2, rejected={"crc": 3}),
        CooperativeReport(sensor="s", observed_s=0.1, source="adsb", identity="icao:ABC123"),
    ],
)
def test_other_messages(body: Any) -> None:
    message = Sequenced(seq=1, received_s=0.1, origin=Origin.SIMULATED, body=body)
    assert decode_input(encode_input(message)).body == body


def test_what_the_journal_does_not_know_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="object has no place"):
        encode_input(Sequenced(seq=1, received_s=0.0, origin=Origin.LIVE, body=object()))  # type: ignore[arg-type]
