"""Rows of home-made sensors to looks."""

from __future__ import annotations

import pytest

from tests.feeds.said import NOW_S, scans
from vedette.feeds.rows import HOLD_S, RowSource
from vedette.model import Rejected


def test_rows_of_one_scan_are_one_look() -> None:
    source = RowSource("mic")
    first = b'{"time_utc": "2023-11-14T22:13:20Z", "scan": "1", "azimuth_true_deg": 90.0, "sigma_azimuth_deg": 2}'
    out = [*source.line(first, NOW_S), *source.line(first, NOW_S + 0.1), *source.line(b"", NOW_S)]
    assert out == []
    assert list(source.tick(NOW_S + 0.2)) == []
    (scan,) = scans(list(source.tick(NOW_S + 0.1 + HOLD_S)))
    assert (scan.sensor, scan.look, len(scan), scan.covers) == ("mic", "1", 2, True)
    assert list(source.line(first, NOW_S)) == []
    out = list(source.line(first.replace(b'"1"', b'"2"'), NOW_S))
    assert [scan.look for scan in scans(out)] == ["1"]
    (lone,) = scans(list(source.flush()))
    assert lone.look == "2"


def test_a_row_without_scan_is_a_look_of_its_own() -> None:
    line = b'{"time_utc": "2023-11-14T22:13:20Z", "sensor": "mic", "latitude_deg": 47.2, "longitude_deg": 8.7}'
    (scan,) = scans(list(RowSource("mic").line(line, NOW_S)))
    assert scan.covers is False


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"not json", "bad_json"),
        (b"[1]", "bad_json"),
        (b"[" * 70_000, "bad_json"),
        (b'{"colour": "red"}', "unknown_column"),
        (b'{"time_utc": "2023-11-14T22:13:20Z", "sensor": "other", "azimuth_true_deg": 1}', "unknown_sensor"),
        (b'{"time_utc": "2023-11-14T22:13:20Z", "azimuth_true_deg": 1, "identity": "rid:\\ud8b3"}', "bad_text"),
        (b'{"time_utc": "2023-11-14T22:13:20Z", "azimuth_true_deg": 1, "scan": "\\udfff"}', "bad_text"),
        (b'{"time_utc": "2023-11-14T22:13:20Z", "azimuth_true_deg": 1, "identity": "rid:\xed\xa2\xb3"}', "bad_text"),
        (b'{"time_utc": "2023-11-14T22:13:20", "azimuth_true_deg": 1}', "bad_time"),
    ],
)
def test_bad_rows_are_counted(line: bytes, reason: str) -> None:
    (rejected,) = RowSource("mic").line(line, NOW_S)
    assert isinstance(rejected, Rejected)
    assert rejected.reason == reason
