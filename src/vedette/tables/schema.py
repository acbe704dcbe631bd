"""The JSON Schema of one live detection, made of the detection table's own limits.

`python -m vedette.tables.schema` prints it; docs/schema/detection.schema.json is that text, and a test holds it to it.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final

from vedette.tables.detections import CLASS_NAMES, IDENTITY, LIMITS, TOGETHER

_TIME: Final = r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$"
_EXAMPLES: Final[list[dict[str, Any]]] = [
    {
        "time_utc": "2025-05-14T21:43:07.250Z",
        "azimuth_true_deg": 271.5,
        "sigma_azimuth_deg": 4.0,
        "class": "uav",
        "p_class": 0.8,
    },
    {"time_utc": "2025-05-14T21:43:07Z", "latitude_deg": 52.4012, "longitude_deg": 12.6471, "sigma_position_m": 15.0},
    {"time_utc": "2025-05-14T21:43:08Z", "scan": "1184", "range_m": 812.0, "azimuth_true_deg": 88.2},
]
_SAYS: Final = {
    "time_utc": "when it was observed: ISO 8601 with Z or an offset",
    "sensor": "the sensor's id in the site file; may be left out",
    "scan": "the look it belongs to; rows of one look follow each other. Without it the row is a look of its own, and "
    "says nothing of what was not reported",
    "range_m": "slant range from the sensor, metres",
    "azimuth_true_deg": "direction from the sensor, degrees clockwise from true north",
    "elevation_deg": "angle above the sensor's horizon, degrees",
    "range_rate_mps": "how fast the range grows, metres per second",
    "latitude_deg": "where it is: degrees north, WGS 84",
    "longitude_deg": "where it is: degrees east, WGS 84",
    "altitude_ellipsoid_m": "altitude over the WGS 84 ellipsoid, metres",
    "altitude_msl_m": "altitude over mean sea level (EGM96), metres; where both stand, the other holds",
    "pressure_altitude_m": "altitude by pressure in the standard atmosphere, metres; never a place",
    "sigma_range_m": "one standard deviation; without it here and in the site file the quantity is not measured",
    "sigma_azimuth_deg": "one standard deviation of the direction",
    "sigma_elevation_deg": "one standard deviation of the elevation",
    "sigma_range_rate_mps": "one standard deviation of the range rate",
    "sigma_position_m": "one standard deviation of the place, per horizontal axis",
    "sigma_altitude_m": "one standard deviation of the altitude",
    "snr_db": "signal to noise, decibels",
    "rcs_dbsm": "radar cross-section, decibels to a square metre",
    "class": "what the sensor takes it for",
    "p_class": "how sure of the class, 0 to 1",
    "identity": "what it says of itself: icao:ABC123, rid:SERIAL, callsign:…, own:NAME, mmsi:…",
    "sector_from_deg": "the look covered only this sector, clockwise from here …",
    "sector_to_deg": "… to here, degrees from true north",
    "image_url": "where a picture of it can be seen: http or https, on a host of the site file's image_hosts",
}


def detection_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of one row as feeds of source `json` take it: whatever is valid here is taken."""
    properties: dict[str, Any] = {
        "time_utc": {"type": "string", "format": "date-time", "pattern": _TIME},
        "sensor": {"type": "string", "minLength": 1},
        "scan": {"type": ["string", "integer"], "minLength": 1},
        **{name: {"type": "number", "minimum": least, "maximum": most} for name, (least, most) in LIMITS.items()},
        "class": {"enum": list(CLASS_NAMES)},
        "identity": {"type": "string", "pattern": IDENTITY},
        "image_url": {"type": "string", "maxLength": 500, "pattern": r"^https?://[!-~]+$"},
    }
    needed: dict[str, list[str]] = {}
    for name, other in TOGETHER:
        needed.setdefault(name, []).append(other)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Detection",
        "description": "One detection of a sensor, as Vedette takes it over UDP, TCP, MQTT, HTTP and WebSocket. What "
        "is not known is left out. A row with neither measurement nor identity is a look that saw nothing.",
        "type": "object",
        "required": ["time_utc"],
        "additionalProperties": False,
        "properties": {name: {**kind, "description": _SAYS[name]} for name, kind in properties.items()},
        "dependentRequired": needed,
        "not": {"required": ["latitude_deg", "azimuth_true_deg"]},
        "examples": _EXAMPLES,
    }


def schema_text() -> str:
    """The schema as it is published."""
    return json.dumps(detection_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
