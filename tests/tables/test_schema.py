"""The published schema is the code's: what it calls valid is taken, what it refuses is refused."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.clock import iso_utc
from vedette.feeds.rows import RowSource
from vedette.model import Look, Rejected
from vedette.tables.detections import CLASS_NAMES, COLUMNS, LIMITS
from vedette.tables.schema import detection_schema, schema_text

PUBLISHED = Path(__file__).parents[2] / "docs/schema/detection.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(detection_schema())
HOST = "cameras.example"


def taken(row: Any) -> bool:
    source = RowSource("mic", (HOST,))
    (body, *rest) = [*source.message(json.dumps(row).encode(), 1.7e9), *source.flush()]
    assert rest == []
    assert isinstance(body, (Look, Rejected))
    return isinstance(body, Look)


def test_the_published_schema_is_this_codes() -> None:
    assert PUBLISHED.read_text() == schema_text(), "python -m vedette.tables.schema > docs/schema/detection.schema.json"
    jsonschema.Draft202012Validator.check_schema(detection_schema())


def test_every_column_is_in_it_and_described() -> None:
    properties = detection_schema()["properties"]
    assert properties.keys() == COLUMNS | {"image_url"}
    assert all(len(each["description"]) > 10 for each in properties.values())


def test_its_examples_are_taken() -> None:
    for example in detection_schema()["examples"]:
        VALIDATOR.validate(example)
        assert taken(example)


IDENTITIES = ["icao:4840D6", "rid:1588TEST", "callsign:KLM 1", "own:Falke", "mmsi:211", "icao:4840d6", "x:1", ""]
NUMBERS = {
    name: st.one_of(st.floats(least, most), st.sampled_from([least - 1.0, most * 1.01 + 1.0]))
    for name, (least, most) in LIMITS.items()
}
COLUMN_VALUES: dict[str, st.SearchStrategy[Any]] = {
    **NUMBERS,
    "time_utc": st.floats(0.0, 4e9).map(iso_utc),
    "sensor": st.just("mic"),
    "scan": st.one_of(st.integers(0, 99), st.sampled_from(["1", "a b"])),
    "class": st.sampled_from([*CLASS_NAMES, "ufo"]),
    "identity": st.sampled_from(IDENTITIES).filter(bool),
    "image_url": st.sampled_from([f"https://{HOST}/1.jpg", f"http://{HOST}:8080/", "ftp://x/", f"https://{HOST}/a b"]),
    "odd_column": st.just(1),
}


@given(st.data(), st.sets(st.sampled_from(sorted(COLUMN_VALUES)), max_size=6))
def test_valid_and_taken_are_the_same(data: st.DataObject, names: set[str]) -> None:
    row = {name: data.draw(COLUMN_VALUES[name], label=name) for name in sorted(names | {"time_utc"})}
    assert VALIDATOR.is_valid(row) is taken(row), row


@pytest.mark.parametrize(
    "row",
    [
        7,
        None,
        {},
        {"time_utc": "yesterday"},
        {"time_utc": "2025-05-14T21:43:07"},
        {"time_utc": 1.7e9},
        {"time_utc": "2025-05-14T21:43:07Z", "azimuth_true_deg": "90"},
        {"time_utc": "2025-05-14T21:43:07Z", "azimuth_true_deg": True},
        {"time_utc": "2025-05-14T21:43:07Z", "range_m": 5.0},
        {"time_utc": "2025-05-14T21:43:07Z", "latitude_deg": 1.0, "longitude_deg": 1.0, "azimuth_true_deg": 1.0},
    ],
)
def test_both_refuse(row: Any) -> None:
    assert not VALIDATOR.is_valid(row)
    assert not taken(row)


def test_not_a_number_is_no_json_and_refused() -> None:
    (refused,) = RowSource("mic").line(
        b'{"time_utc": "2025-05-14T21:43:07Z", "azimuth_true_deg": %s}' % str(math.nan).encode(), 1.7e9
    )
    assert isinstance(refused, Rejected)
