"""The COURAGEOUS log read back by the description of its format, field by field, and against what it was made from."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import msgspec
import pytest

from tests.report.papers import AT_S, alerts, case_of, events, incident, points
from vedette.geo import egm96_undulation_m
from vedette.model import Origin, TrackPoint
from vedette.report import incident_document, render
from vedette.site import Site

Certainty = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Position3d(Strict, tag_field="$type", tag="Position3d"):
    lat: Annotated[float, msgspec.Meta(ge=-90.0, le=90.0)]
    lon: Annotated[float, msgspec.Meta(ge=-180.0, le=180.0)]
    height_amsl: float


class Position2d(Strict, tag_field="$type", tag="Position2d"):
    lat: float
    lon: float


class Bearing(Strict, tag_field="$type", tag="Bearing"):
    bearing: float


class BearingElevation(Strict, tag_field="$type", tag="BearingElevation"):
    bearing: float
    elevation: float


class BearingElevationDistance(Strict, tag_field="$type", tag="BearingElevationDistance"):
    bearing: float
    elevation: float
    distance: float


class Arc(Strict, tag_field="$type", tag="Arc", rename={"from_": "from"}):
    from_: float
    to: float


class Quad(Strict, tag_field="$type", tag="Quad"):
    quad: Literal["North", "East", "South", "West"]


Location = Position3d | Position2d | Bearing | BearingElevation | BearingElevationDistance | Arc | Quad


class Alarm(Strict):
    active: bool
    certainty: Certainty


class Velocity(Strict):
    east: float
    north: float
    up: float


class Record(Strict):
    """A tracking record; a detection record may lack alarm and location."""

    time: Annotated[int, msgspec.Meta(ge=0)]
    record_number: int
    classification: Literal["Unknown", "UAV", "GCS", "Other"]
    alarm: Alarm
    location: Location
    identification: str | None = None
    velocity: Velocity | None = None
    cuas_location: Location | None = None


class DetectionRecord(Record):
    alarm: Alarm | None = None  # type: ignore[assignment]
    location: Location | None = None  # type: ignore[assignment]


class Track(Strict):
    uas_id: Annotated[int, msgspec.Meta(ge=0)]
    records: list[Record]
    name: str | None = None
    uav_home_location: Position3d | None = None


class DetectionSet(Strict):
    uas_id: Annotated[int, msgspec.Meta(ge=0)] | None
    records: list[DetectionRecord]
    name: str | None = None
    uav_home_location: Position3d | None = None


class Log(Strict):
    version: Literal["0.4.1"]
    vendor_name: str
    system_name: str
    static_cuas_location: Position3d
    detection: list[DetectionSet]
    tracks: list[Track]


def _varied(site: Site) -> list[TrackPoint]:
    """With a stretch not yet believed, a height not known, an identity, and a class that is open."""
    found = []
    for one in points(site):
        changes: dict[str, Any] = {}
        if one.track == "example-T-0003" and one.observed_s < AT_S - 100.0:
            changes = {"status": "tentative", "p_class": 0.4}
        elif one.track == "example-T-0007":
            changes = {
                "altitude_ellipsoid_m": None,
                "velocity_up_mps": None,
                "identity": "rid:1581F4",
                "class_": "bird",
            }
        found.append(msgspec.structs.replace(one, **changes))
    return found


def _log(site: Site, given: list[TrackPoint], **changes: Any) -> tuple[Log, str]:
    document = incident_document(incident(site, **changes), site, alerts())
    text = render("courageous", case_of(document, site, given, events(site)))
    return msgspec.json.decode(text, type=Log), text.decode()


def test_it_reads_back_by_the_format_s_own_description(site: Site) -> None:
    given = _varied(site)
    log, text = _log(site, [*given, *given[:3]])
    assert [(one.uas_id, one.name) for one in log.tracks] == [(1, "example-T-0003"), (2, "example-T-0007")]
    assert [(one.uas_id, one.name) for one in log.detection] == [(1, "example-T-0003")], "the same id when it goes on"
    everything = [one for part in (*log.detection, *log.tracks) for one in part.records]
    numbers = [one.record_number for one in sorted(everything, key=lambda one: (one.time, one.record_number))]
    assert numbers == list(range(1, len(everything) + 1)), "unique over the document, by time"
    assert "uav_home_location" not in text
    assert "null" not in text
    assert log.static_cuas_location.height_amsl == pytest.approx(site.altitude_msl_m, abs=0.01)


def test_each_record_is_a_point_that_a_sensor_saw(site: Site) -> None:
    given = _varied(site)
    log, _ = _log(site, given)
    seen = {
        (one.track, round(one.observed_s * 1000.0)): one
        for one in given
        if one.status != "coasting" and one.track != "example-T-0099"
    }
    assert any(one.status == "coasting" for one in given)
    read = {(str(part.name), one.time): one for part in (*log.detection, *log.tracks) for one in part.records}
    assert set(read) == set(seen)
    for key, record in read.items():
        point = seen[key]
        assert record.location is not None
        assert isinstance(record.location, Position3d if point.altitude_ellipsoid_m is not None else Position2d)
        assert (record.location.lat, record.location.lon) == pytest.approx((point.latitude_deg, point.longitude_deg))
        if isinstance(record.location, Position3d) and point.altitude_ellipsoid_m is not None:
            over_egm96_m = point.altitude_ellipsoid_m - float(
                egm96_undulation_m(record.location.lat, record.location.lon)
            )
            assert record.location.height_amsl == pytest.approx(over_egm96_m, abs=0.02)
        assert (record.velocity is None) == (point.velocity_up_mps is None)
        assert record.identification == point.identity
    classes = {str(part.name): {one.classification for one in part.records} for part in log.tracks}
    assert classes == {"example-T-0003": {"UAV"}, "example-T-0007": {"Other"}}
    assert {one.classification for one in log.detection[0].records} == {"Unknown"}


def test_the_alarm_is_what_stood_on_the_screen(site: Site) -> None:
    log, _ = _log(site, points(site))
    first, second = ({one.time / 1000.0: one.alarm.active for one in part.records} for part in log.tracks)
    assert {at for at, active in first.items() if active} == {at for at in first if AT_S - 68.0 <= at < AT_S + 20.0}
    assert {at for at, active in second.items() if active} == {at for at in second if at >= AT_S - 55.0}
    assert not all(first.values())


@pytest.mark.parametrize("origin", [Origin.REPLAY, Origin.EXERCISE, Origin.SIMULATED])
def test_what_is_not_live_says_so(site: Site, origin: Origin) -> None:
    assert origin.value.upper() in _log(site, [], origin=origin)[0].system_name
    assert _log(site, [], origin=Origin.LIVE)[0].system_name == site.name


def test_an_incident_without_places_is_a_log_without_records(site: Site) -> None:
    log, text = _log(site, [])
    assert (log.tracks, log.detection) == ([], [])
    assert json.loads(text)["tracks"] == []
