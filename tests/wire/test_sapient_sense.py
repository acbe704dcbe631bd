"""What a message means: places, units and classes."""

from __future__ import annotations

import math

import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sapient_msg.bsi_flex_335_v2_0.location_pb2 import Location
from sapient_msg.bsi_flex_335_v2_0.range_bearing_pb2 import RangeBearing
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from tests.wire import sapient_messages as sm
from vedette.geo import egm96_undulation_m
from vedette.model import CLASSES, Rejected
from vedette.wire.sapient.detections import Detection, decode_detection, p_classes_of
from vedette.wire.sapient.geometry import Geodetic, Polar, Refused, bear, locate
from vedette.wire.sapient.registration import digest_registration

ERBIL = sm.LATITUDE_DEG, sm.LONGITUDE_DEG


def location(x: float, y: float, z: float | None = None, system: int = sm.DEG_M, datum: int = sm.ELLIPSOID) -> Location:
    where = Location()
    sm.place(where, x, y, z, system, datum)
    return where


def range_bearing(azimuth: float, system: int = sm.DEG_M, datum: int = sm.TRUE, **more: float) -> RangeBearing:
    return RangeBearing(azimuth=azimuth, coordinate_system=system, datum=datum, **more)


def found(where: Location, near: tuple[float, float] | None = None, zone: str = "") -> Geodetic:
    place = locate(where, near, zone)
    assert isinstance(place, Geodetic), place
    return place


def test_x_is_longitude() -> None:
    place = found(location(sm.LONGITUDE_DEG, sm.LATITUDE_DEG, 500.0))
    assert (place.latitude_deg, place.longitude_deg, place.altitude_ellipsoid_m) == (*ERBIL, 500.0)


@given(latitude=st.floats(-90.0, 90.0), longitude=st.floats(-180.0, 180.0))
def test_radians_are_degrees_otherwise_written(latitude: float, longitude: float) -> None:
    place = locate(location(math.radians(longitude), math.radians(latitude), system=sm.RAD_M))
    if isinstance(place, Geodetic):  # at the very ends rounding may pass them
        assert place.latitude_deg == pytest.approx(latitude, abs=1e-9)
        assert place.longitude_deg == pytest.approx(longitude, abs=1e-9)
    else:
        assert abs(latitude) > 89.999999 or abs(longitude) > 179.999999


@given(latitude=st.floats(-79.0, 83.0), longitude=st.floats(-179.9, 179.9))
def test_utm_is_pyprojs(latitude: float, longitude: float) -> None:
    zone = int((longitude + 180.0) // 6.0) + 1
    utm = pyproj.Proj(proj="utm", zone=zone, ellps="WGS84", south=latitude < 0.0)
    where = location(*utm(longitude, latitude), system=sm.UTM_M)
    where.utm_zone = f"{zone}{'N' if latitude >= 0.0 else 'S'}"
    place = found(where, near=(latitude, longitude))
    assert place.latitude_deg == pytest.approx(latitude, abs=1e-7)
    assert place.longitude_deg == pytest.approx(longitude, abs=1e-7)


def test_a_zones_letter_is_a_hemisphere_or_a_band() -> None:
    easting, northing = pyproj.Proj(proj="utm", zone=38, ellps="WGS84")(sm.LONGITUDE_DEG, sm.LATITUDE_DEG)
    where = location(easting, northing, system=sm.UTM_M)
    assert locate(where) == Refused("bad_zone", "utm_zone", "no UTM zone")
    assert found(where, zone="38N").latitude_deg == pytest.approx(sm.LATITUDE_DEG)
    where.utm_zone = "38S"  # the band of Erbil, or the southern hemisphere
    ambiguous = locate(where)
    assert isinstance(ambiguous, Refused)
    assert ambiguous.reason == "ambiguous_zone"
    assert found(where, near=ERBIL).latitude_deg == pytest.approx(sm.LATITUDE_DEG)
    assert found(where, near=(-50.0, 45.0)).latitude_deg < -50.0
    for zone in ("61N", "0N", "38", "N38", "38I", "38O"):
        where.utm_zone = zone
        refused = locate(where, near=ERBIL)
        assert isinstance(refused, Refused)
        assert refused.reason == "bad_zone"


def test_the_geoid_is_not_the_ellipsoid() -> None:
    over_geoid = found(location(sm.LONGITUDE_DEG, sm.LATITUDE_DEG, 500.0, datum=sm.GEOID)).altitude_ellipsoid_m
    assert over_geoid == pytest.approx(500.0 + float(egm96_undulation_m(*ERBIL)))
    assert over_geoid is not None
    assert 514.0 < over_geoid < 517.0


@pytest.mark.parametrize(
    ("where", "reason", "field"),
    [
        (location(43.0, 95.0), "bad_position", "y"),
        (location(181.0, 36.0), "bad_position", "x"),
        (location(36.0, 143.0), "bad_position", "y"),
        (location(43.0, 36.0, 1e6), "bad_position", "z"),
        (location(43.0, 36.0, math.nan), "bad_position", "z"),
        (location(math.nan, 36.0), "no_position", "x"),
        (location(4.0, 1.6, system=sm.RAD_M), "bad_position", "y"),
        (location(43.0, 36.0, datum=0), "no_datum", "datum"),
        (location(43.0, 36.0, system=0), "unknown_units", "coordinate_system"),
        (location(43.0, 36.0, system=3), "unknown_units", "coordinate_system"),
        (location(43.9, 36.2, system=sm.UTM_M), "bad_position", "x"),
        (Location(), "no_position", "x"),
    ],
)
def test_places_that_cannot_be_are_refused(where: Location, reason: str, field: str) -> None:
    refused = locate(where, near=ERBIL, zone="38N")
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (reason, field)


@pytest.mark.parametrize(
    ("x_error", "system", "metres"),
    [
        (5.0, sm.DEG_M, 5.0),
        (0.1, sm.DEG_M, 0.1),
        (0.0001, sm.DEG_M, 11.1),
        (0.00001, sm.RAD_M, 63.8),
        (0.05, sm.RAD_M, None),
        (0.0, sm.DEG_M, None),
    ],
)
def test_an_error_beside_angles_is_metres_or_an_angle_by_its_size(
    x_error: float, system: int, metres: float | None
) -> None:
    scale = math.pi / 180.0 if system == sm.RAD_M else 1.0
    where = location(sm.LONGITUDE_DEG * scale, sm.LATITUDE_DEG * scale, system=system)
    where.y_error = x_error
    sigma = found(where).sigma_position_m
    assert sigma == (None if metres is None else pytest.approx(metres, rel=0.01))


@pytest.mark.parametrize(
    ("where", "azimuth_deg", "range_m"),
    [
        (range_bearing(90.0, range=1000.0), 90.0, 1000.0),
        (range_bearing(-90.0), 270.0, None),
        (range_bearing(360.0, range=0.0), 0.0, 0.0),
        (range_bearing(math.pi, 2, range=5.0), 180.0, 5.0),
        (range_bearing(45.0, 3, range=1.5), 45.0, 1500.0),
        (range_bearing(0.0, 4, range=1.5), 0.0, 1500.0),
    ],
)
def test_range_and_bearing(where: RangeBearing, azimuth_deg: float, range_m: float | None) -> None:
    polar = bear(where)
    assert isinstance(polar, Polar)
    assert math.degrees(polar.azimuth_true_rad) == pytest.approx(azimuth_deg)
    assert polar.range_m == (None if range_m is None else pytest.approx(range_m))
    assert polar.elevation_rad is None


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        (range_bearing(90.0, datum=sm.MAGNETIC), "not_true_north"),
        (range_bearing(90.0, datum=3), "not_true_north"),
        (range_bearing(90.0, datum=4), "not_true_north"),
        (range_bearing(90.0, datum=0), "no_datum"),
        (range_bearing(90.0, 0), "unknown_units"),
        (range_bearing(90.0, 5), "unknown_units"),
        (RangeBearing(range=5.0, coordinate_system=1, datum=1), "no_bearing"),
        (range_bearing(400.0), "bad_position"),
        (range_bearing(7.0, 2), "bad_position"),
        (range_bearing(90.0, elevation=91.0), "bad_position"),
        (range_bearing(90.0, range=-1.0), "bad_position"),
        (range_bearing(90.0, range=math.inf), "bad_position"),
    ],
)
def test_bearings_that_cannot_be_used_are_refused(where: RangeBearing, reason: str) -> None:
    refused = bear(where)
    assert isinstance(refused, Refused)
    assert refused.reason == reason


def test_the_magnetic_datum_is_refused_with_its_name() -> None:
    refused = bear(range_bearing(90.0, datum=sm.MAGNETIC))
    assert isinstance(refused, Refused)
    assert "magnetic" in refused.why


def decoded(message: SapientMessage, said: SapientMessage | None = None) -> Detection:
    registered = digest_registration((said or sm.registration()).registration)
    detection = decode_detection(message, registered, "scan", ERBIL)
    assert isinstance(detection, Detection), detection
    return detection


def test_a_velocity_is_read_by_the_units_of_the_registration() -> None:
    message = sm.detection()
    message.detection_report.enu_velocity.east_rate = 36.0
    message.detection_report.enu_velocity.north_rate = 0.0
    message.detection_report.enu_velocity.up_rate = 2.0
    velocity = decoded(message).velocity
    assert velocity is not None
    assert (velocity.east_mps, velocity.north_mps, velocity.up_mps) == (pytest.approx(10.0), 0.0, 2.0)
    without = sm.registration()
    without.registration.mode_definition[0].detection_definition[0].ClearField("velocity_type")
    assert decoded(message, without).velocity is None
    assert decoded(message, without).dropped == ("velocity_without_units",)


def test_a_zero_is_not_an_absence() -> None:
    message = sm.detection()
    message.detection_report.enu_velocity.east_rate = 0.0
    message.detection_report.enu_velocity.north_rate = 0.0
    message.detection_report.detection_confidence = 0.0
    known = decoded(message)
    assert known.velocity is not None
    assert (known.velocity.east_mps, known.velocity.up_mps, known.confidence) == (0.0, None, 0.0)
    message.detection_report.ClearField("detection_confidence")
    assert decoded(message).confidence is None
    assert decoded(sm.detection()).velocity is None


def test_what_makes_no_sense_beside_the_place_is_dropped_and_said() -> None:
    message = sm.detection()
    message.detection_report.detection_confidence = 7.0
    message.detection_report.enu_velocity.east_rate = 1e9
    message.detection_report.enu_velocity.north_rate = 0.0
    known = decoded(message)
    assert (known.confidence, known.velocity) == (None, None)
    assert set(known.dropped) == {"bad_detection_confidence", "bad_velocity"}


def test_detections_without_a_place_or_time_are_rejected() -> None:
    without_time = sm.detection()
    without_time.ClearField("timestamp")
    nowhere = sm.detection()
    nowhere.detection_report.ClearField("location")
    magnetic = sm.bearing()
    magnetic.detection_report.range_bearing.datum = sm.MAGNETIC
    for message, reason in ((without_time, "no_time"), (nowhere, "no_position"), (magnetic, "not_true_north")):
        rejected = decode_detection(message)
        assert isinstance(rejected, Rejected)
        assert rejected.reason == reason


def classified(*classes: tuple[str, float | None, str | None, float | None]) -> tuple[float, ...] | None:
    report = sm.detection().detection_report
    for name, p, inner, p_inner in classes:
        one = report.classification.add(type=name)
        if p is not None:
            one.confidence = p
        if inner is not None:
            sub = one.sub_class.add(type=inner, level=1)
            if p_inner is not None:
                sub.confidence = p_inner
    return p_classes_of(report.classification)


@pytest.mark.parametrize("name", ["AIR VEHICLE", "air vehicle", " Air Vehicle "])
def test_classes_are_matched_without_regard_to_case(name: str) -> None:
    p = classified((name, 0.9, "uav ROTARY wing", 1.0))
    assert p is not None
    assert p[CLASSES.index("uav_rotary")] > 0.85
    assert sum(p) == pytest.approx(1.0)


def test_classes_share_what_they_leave_open() -> None:
    air = classified(("Air Vehicle", 0.9, None, None))
    assert air is not None
    assert air[0] == air[1] == air[2] == pytest.approx(0.3, abs=0.01)
    bird = classified(("Animal", 0.8, "Bird", 1.0))
    assert bird is not None
    assert bird[CLASSES.index("bird")] == pytest.approx(0.8, abs=0.02)
    assert min(bird) > 0.0
    assert classified(("Unknown", 1.0, None, None)) is None
    assert classified(("Gizmo", 1.0, None, None)) is None
    assert classified(("Drone", math.nan, None, None)) is None
    zero = classified(("Drone", 0.0, None, None))
    assert zero is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Air Vehicle", "Animal", "Human", "Drone", "x"]),
            st.none() | st.floats(width=32),
            st.none() | st.sampled_from(["UAV Rotary Wing", "Bird", "Manned Fixed Wing", "y"]),
            st.none() | st.floats(width=32),
        ),
        max_size=4,
    )
)
def test_a_class_report_is_a_posterior_or_none(
    classes: list[tuple[str, float | None, str | None, float | None]],
) -> None:
    p = classified(*classes)
    if p is not None:
        assert sum(p) == pytest.approx(1.0)
        assert all(0.0 <= one <= 1.0 for one in p)
