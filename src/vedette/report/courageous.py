"""The incident's tracks in the COURAGEOUS trial-log format 0.4.1 (CWA 18150): what the watch knew at the time.

| field | from |
|---|---|
| version, vendor_name | "0.4.1", "Vedette" |
| system_name | the site's name; the origin after it where that is not live |
| static_cuas_location | the site's reference point |
| detection | per track, its looks while it was not yet believed, or no longer |
| tracks | per track, its looks while it was believed |
| uas_id, name | place of the track in the incident from 1, and its name |
| time | Unix ms |
| record_number | from 1, by time over the whole document |
| classification | UAV, Other (manned, bird, other); Unknown where no class has half the probability |
| alarm.active | whether an alert of this track stood at that time |
| alarm.certainty | p that it is there and is of the class stated |
| location | Position3d, height over EGM96; Position2d where no height was known |
| velocity | metres a second; left out where the vertical part was not known |
| identification | Remote ID serial or ICAO address, as heard |

Points that no sensor saw (coasting) are left out, and so are paths smoothed after the fact. uav_home_location is left
out: a place of take-off is where an operator stood. cuas_location is left out: the system does not move.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from vedette.clock import parse_time
from vedette.geo import egm96_undulation_m
from vedette.model import TrackPoint
from vedette.report.case import Case
from vedette.report.words import NOT_LIVE

VERSION: Final = "0.4.1"
_DEGREES: Final = 7
"""Decimals of a degree: about a centimetre."""


def render_courageous(case: Case) -> bytes:
    """The whole log as JSON."""
    document, site = case.document, case.site
    mark = NOT_LIVE.get(document["origin"])
    name = document["site"]["name"] + (f" ({mark[0]}: {mark[1]})" if mark else "")
    found = {
        "version": VERSION,
        "vendor_name": "Vedette",
        "system_name": name,
        "static_cuas_location": _location(site.latitude_deg, site.longitude_deg, site.altitude_ellipsoid_m),
        "detection": [],
        "tracks": [],
    }
    own = {track["track"]: case.own_points(track["track"]) for track in document["tracks"]}
    seen = {name: _once([one for one in points if one.status != "coasting"]) for name, points in own.items()}
    order = sorted((one for points in seen.values() for one in points), key=lambda one: (one.observed_s, one.track))
    numbers = {(one.track, one.observed_s): number for number, one in enumerate(order, 1)}
    for uas_id, track in enumerate(seen, 1):
        alarms = _alarms(document, track)
        for part, tentative in (("detection", True), ("tracks", False)):
            records = [
                _record(one, numbers[one.track, one.observed_s], alarms)
                for one in seen[track]
                if (one.status == "tentative") == tentative
            ]
            if records:
                found[part].append({"uas_id": uas_id, "name": track, "records": records})
    return msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"


def _once(points: list[TrackPoint]) -> list[TrackPoint]:
    """One of each time: a look that raised an alert may be in the record twice."""
    return list({one.observed_s: one for one in points}.values())


def _alarms(document: dict[str, Any], track: str) -> list[tuple[float, float]]:
    """From when to when each alert of a track stood, Unix s; one that still stands has no end."""
    return [
        (parse_time(one["raised_utc"]), parse_time(one["cleared_utc"]) if one["cleared_utc"] else float("inf"))
        for one in document["alert_details"]
        if one["track"] == track
    ]


def _record(point: TrackPoint, number: int, alarms: list[tuple[float, float]]) -> dict[str, Any]:
    sure = point.p_class >= 0.5
    record: dict[str, Any] = {
        "time": round(point.observed_s * 1000.0),
        "record_number": number,
        "classification": ("UAV" if point.class_.startswith("uav") else "Other") if sure else "Unknown",
        "alarm": {
            "active": any(first <= point.observed_s < last for first, last in alarms),
            "certainty": round(min(max(point.p_exists * point.p_class, 0.0), 1.0), 4),
        },
        "location": _location(point.latitude_deg, point.longitude_deg, point.altitude_ellipsoid_m),
    }
    if point.identity is not None:
        record["identification"] = point.identity
    if point.velocity_up_mps is not None:
        east, north, up = point.velocity_east_mps, point.velocity_north_mps, point.velocity_up_mps
        record["velocity"] = {"east": round(east, 3), "north": round(north, 3), "up": round(up, 3)}
    return record


def _location(latitude_deg: Any, longitude_deg: Any, altitude_ellipsoid_m: float | None) -> dict[str, Any]:
    place = {"lat": round(latitude_deg, _DEGREES), "lon": round(longitude_deg, _DEGREES)}
    if altitude_ellipsoid_m is None:
        return {"$type": "Position2d", **place}
    height_m = altitude_ellipsoid_m - float(egm96_undulation_m(latitude_deg, longitude_deg))
    return {"$type": "Position3d", **place, "height_amsl": round(height_m, 2)}
