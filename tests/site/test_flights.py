"""The site's file of own flights: what is read, and each fault with file, key and value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vedette.clock import parse_time
from vedette.errors import BadSite
from vedette.site import Site, load_site

CIRCLE = {"type": "Point", "coordinates": [43.96, 36.24]}
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[43.9, 36.2], [43.95, 36.2], [43.95, 36.25], [43.9, 36.25], [43.9, 36.2]]],
}
FLIGHT: dict[str, Any] = {
    "id": "survey",
    "who": "Survey team",
    "from": "2026-03-01T08:00:00+03:00",
    "until": "2026-03-01T09:30:00+03:00",
    "radius_m": 400,
    "ceiling_height_agl_m": 120,
    "serial": "1581F5BKD",
}


def feature(geometry: Any = CIRCLE, **changes: Any) -> dict[str, Any]:
    properties = {name: value for name, value in {**FLIGHT, **changes}.items() if value is not None}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def read(site_file: Path, document: Any) -> Site:
    text = document if isinstance(document, str) else json.dumps(document)
    (site_file.parent / "flights.geojson").write_text(text)
    site_file.write_text('flights = "flights.geojson"\n' + site_file.read_text())
    return load_site(site_file)


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def test_flights_are_read(site_file: Path) -> None:
    polygon = feature(SQUARE, id="patrol", radius_m=None, serial=None, callsign="medic1", icao="abc123", own="Falke 1")
    (first, one), (second, other) = read(site_file, collection(feature(), polygon)).flights
    assert (first, second) == ("survey", "patrol")
    assert (one.who, one.radius_m, one.ceiling_agl_m, one.floor_agl_m) == ("Survey team", 400.0, 120.0, None)
    assert one.identities == ("rid:1581F5BKD",)
    assert (one.from_s, one.until_s) == (parse_time("2026-03-01T05:00:00Z"), parse_time("2026-03-01T06:30:00Z"))
    assert other.identities == ("own:Falke 1", "icao:ABC123", "callsign:MEDIC1")
    assert other.geometry == SQUARE


@pytest.mark.parametrize(
    ("document", "key", "value"),
    [
        ("not json", "", ""),
        ({"type": "Feature"}, "type", ""),
        (collection({"type": "Feature"}), "features[0]", ""),
        (collection(feature(who=None)), "features[0].properties.who", ""),
        (collection(feature(colour="red")), "features[0].properties.colour", "red"),
        (collection(feature(until="2026-03-01T07:00:00+03:00")), "features[0].properties.until", ""),
        (collection(feature(until="2026-03-09T07:00:00+03:00")), "features[0].properties.until", ""),
        (collection(feature(**{"from": "2026-03-01T08:00:00"})), "features[0].properties.from", "2026-03-01T08:00:00"),
        (collection(feature(radius_m=None)), "features[0].properties.radius_m", "None"),
        (collection(feature(SQUARE)), "features[0].properties.radius_m", "400.0"),
        (collection(feature({"type": "LineString", "coordinates": [[43.9, 36.2], [44.0, 36.2]]}, radius_m=None)),
         "features[0].geometry.type", "LineString"),
        (collection(feature({"type": "Point", "coordinates": [36.2, 143.9]})), "features[0].geometry.coordinates", ""),
        (collection(feature(floor_height_agl_m=200)), "features[0].properties.ceiling_height_agl_m", "120.0"),
        (collection(feature(serial="two words")), "features[0].properties.serial", "two words"),
        (collection(feature(icao="xyz")), "features[0].properties.icao", "xyz"),
        (collection(feature(), feature()), "features[1].properties.id", "survey"),
    ],
)  # fmt: skip
def test_each_fault_has_its_place(site_file: Path, document: Any, key: str, value: str) -> None:
    with pytest.raises(BadSite) as bad:
        read(site_file, document)
    (fault,) = bad.value.faults
    assert (Path(fault.path).name, fault.key) == ("flights.geojson", key)
    assert fault.why
    if value:
        assert fault.value == value


def test_a_file_that_is_not_there(site_file: Path) -> None:
    site_file.write_text('flights = "gone.geojson"\n' + site_file.read_text())
    with pytest.raises(BadSite) as bad:
        load_site(site_file)
    assert [(fault.key, fault.value) for fault in bad.value.faults] == [("flights", "gone.geojson")]
