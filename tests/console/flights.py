"""The frozen evening's aircraft: who flies, how, and what is said of each at a time. All invented.

Motion is straight; nothing here tracks or judges.
"""

from __future__ import annotations

import functools
import math
from pathlib import Path

import msgspec
import shapely

from vedette.geo import LocalFrame
from vedette.model import Cooperation, Impact, PathPoint, Reason, SensorImage, TrackPicture, ZoneApproach
from vedette.site import load_site, zone_shape

T0_S = 1631392890.0  # 2021-09-11T20:41:30Z
SITE = load_site(Path(__file__).parent / "site" / "erbil.toml")
FRAME = SITE.frame()
CENTRE = LocalFrame(36.2381, 43.94667, SITE.altitude_ellipsoid_m)
PERIMETER = zone_shape(next(zone for zone in SITE.zones if zone.role == "perimeter"), FRAME)
SHAPES = {zone.id: zone_shape(zone, FRAME) for zone in SITE.zones}


class Flight(msgspec.Struct, frozen=True, kw_only=True):
    """One aircraft: where it is at T0 (km east, north of the runway's middle), how it flies, what is said of it."""

    track: str
    id: int
    at_km: tuple[float, float]
    course_deg: float
    speed_mps: float
    height_m: float
    p_classes: tuple[float, float, float, float, float]
    class_: str
    sensors: tuple[str, ...]
    identity: str | None = None
    callsign: str | None = None
    cooperation: Cooperation = Cooperation.UNKNOWN
    reasons: tuple[Reason, ...] = ()
    down_s: float | None = None
    sigma_m: float = 14.0


def reason(text: str, value: float, unit: str, source: str) -> Reason:
    return Reason(text=text, value=value, unit=unit, source=source)


DRONE = (0.05, 0.91, 0.02, 0.02, 0.0)
FLIGHTS = (
    Flight(
        track="erbil-T-0012",
        id=41,
        at_km=(-6.1, -7.2),
        course_deg=46.0,
        speed_mps=60.0,
        height_m=210.0,
        p_classes=DRONE,
        class_="uav_fixed_wing",
        sensors=("radar-s", "radar-n", "mast"),
        down_s=158.0,
        reasons=(
            reason("On a course into the perimeter", 38.0, "s", "tracking"),
            reason("No ADS-B or Remote ID within 300 m", 0.0, "", "adsb, remote-id"),
            reason("Fixed-wing drone", 0.91, "p", "radar-s"),
            reason("Flies level at a steady speed", 60.0, "m/s", "tracking"),
        ),
    ),
    Flight(
        track="erbil-T-0013",
        id=44,
        at_km=(-8.2, -5.6),
        course_deg=56.0,
        speed_mps=59.0,
        height_m=190.0,
        p_classes=(0.08, 0.86, 0.03, 0.03, 0.0),
        class_="uav_fixed_wing",
        sensors=("radar-s", "radar-n"),
        down_s=128.0,
        sigma_m=19.0,
        reasons=(
            reason("On a course into the perimeter", 31.0, "s", "tracking"),
            reason("No ADS-B or Remote ID within 300 m", 0.0, "", "adsb, remote-id"),
            reason("Fixed-wing drone", 0.86, "p", "radar-s"),
        ),
    ),
    Flight(
        track="erbil-T-0003",
        id=7,
        at_km=(-0.03, -9.4),
        course_deg=0.5,
        speed_mps=70.0,
        height_m=105.0,
        p_classes=(0.0, 0.0, 0.99, 0.0, 0.01),
        class_="manned",
        sensors=("adsb", "radar-s"),
        identity="icao:A00001",
        callsign="TST482",
        cooperation=Cooperation.COOPERATIVE,
        sigma_m=8.0,
        reasons=(reason("ADS-B and radar agree", 9.0, "m", "adsb, radar-s"),),
    ),
    Flight(
        track="erbil-T-0009",
        id=31,
        at_km=(-4.9, 1.4),
        course_deg=118.0,
        speed_mps=12.0,
        height_m=60.0,
        p_classes=(0.04, 0.01, 0.0, 0.94, 0.01),
        class_="bird",
        sensors=("radar-n",),
        sigma_m=22.0,
        reasons=(reason("Bird", 0.94, "p", "radar-n"), reason("Slow and unsteady", 12.0, "m/s", "tracking")),
    ),
    Flight(
        track="erbil-T-0011",
        id=36,
        at_km=(2.9, -0.9),
        course_deg=290.0,
        speed_mps=2.2,
        height_m=85.0,
        p_classes=(0.93, 0.03, 0.01, 0.02, 0.01),
        class_="uav_rotary",
        sensors=("remote-id", "rf-1"),
        identity="rid:1581F4TST000398",
        cooperation=Cooperation.CLAIMED,
        sigma_m=12.0,
        reasons=(
            reason("Remote ID says who it is; nothing supports it", 1.0, "", "remote-id"),
            reason("Multirotor", 0.93, "p", "rf-1"),
        ),
    ),
)


def _place(flight: Flight, t_s: float) -> tuple[float, float]:
    """East and north in metres in the site's frame."""
    course = math.radians(flight.course_deg)
    latitude, longitude, _ = CENTRE.to_geodetic([flight.at_km[0] * 1e3, flight.at_km[1] * 1e3, 0.0])
    east, north, _ = FRAME.to_enu_m(latitude, longitude, SITE.altitude_ellipsoid_m)
    along_m = flight.speed_mps * t_s
    return float(east) + along_m * math.sin(course), float(north) + along_m * math.cos(course)


def _geodetic(east_m: float, north_m: float) -> tuple[float, float]:
    latitude, longitude, _ = FRAME.to_geodetic([east_m, north_m, 0.0])
    return float(latitude), float(longitude)


def _height(flight: Flight, t_s: float) -> float:
    return flight.height_m if flight.down_s is None else max(0.0, min(flight.height_m, (flight.down_s - t_s) * 9.0))


@functools.cache
def track_picture(flight: Flight, t_s: float) -> TrackPicture:
    now_s, course = T0_S + t_s, math.radians(flight.course_deg)
    east, north = _place(flight, t_s)
    latitude, longitude = _geodetic(east, north)
    height = _height(flight, t_s)
    return TrackPicture(
        track=flight.track,
        id=flight.id,
        observed_s=now_s,
        first_s=T0_S - 40.0,
        last_update_s=now_s - 0.4,
        status="confirmed",
        latitude_deg=latitude,
        longitude_deg=longitude,
        altitude_ellipsoid_m=SITE.altitude_ellipsoid_m + height,
        altitude_msl_m=SITE.altitude_msl_m + height,
        height_agl_m=height,
        velocity_east_mps=flight.speed_mps * math.sin(course),
        velocity_north_mps=flight.speed_mps * math.cos(course),
        velocity_up_mps=-9.0 if height < flight.height_m else 0.0,
        speed_mps=flight.speed_mps,
        course_true_deg=flight.course_deg,
        sigma_position_m=flight.sigma_m * 1.4,
        ellipse_major_m=flight.sigma_m * 5.2,
        ellipse_minor_m=flight.sigma_m,
        ellipse_azimuth_true_deg=(flight.course_deg + 104.0) % 180.0,
        p_exists=0.99,
        p_classes=flight.p_classes,
        class_=flight.class_,
        p_class=max(flight.p_classes),
        identity=flight.identity,
        cooperation=flight.cooperation,
        callsign=flight.callsign,
        sensors={sensor: now_s - 0.4 - 0.7 * i for i, sensor in enumerate(flight.sensors)},
        approaches=_approaches(flight, east, north, course),
        path=_path(flight, t_s, east, north, course),
        impact=impact(flight, t_s),
        reasons=flight.reasons,
        image=_image(flight, now_s - 1.8),
    )


def _image(flight: Flight, observed_s: float) -> SensorImage | None:
    if "mast" not in flight.sensors:
        return None
    return SensorImage(sensor="mast", observed_s=observed_s, url=f"https://cameras.example/{flight.id}.jpg?frame=12")


def _approaches(flight: Flight, east: float, north: float, course: float) -> tuple[ZoneApproach, ...]:
    here = shapely.Point(east, north)
    reach = flight.speed_mps * 300.0
    ahead = shapely.LineString([(east, north), (east + reach * math.sin(course), north + reach * math.cos(course))])
    found = []
    for zone in SITE.zones:
        if zone.role not in ("perimeter", "asset", "warning"):
            continue
        shape = SHAPES[zone.id]
        entry = ahead.intersection(shape)
        closest = shapely.ops.nearest_points(ahead, shape)[0]
        inside = shape.contains(here)
        time_to = 0.0 if inside else None if entry.is_empty else here.distance(entry) / flight.speed_mps
        found.append(
            ZoneApproach(
                zone=zone.id,
                name=zone.name,
                role=zone.role,
                distance_m=here.distance(shape),
                inside=inside,
                time_to_s=time_to,
                closest_m=ahead.distance(shape),
                closest_in_s=here.distance(closest) / flight.speed_mps,
            )
        )
    return tuple(found)


def _path(flight: Flight, t_s: float, east: float, north: float, course: float) -> tuple[PathPoint, ...]:
    points = []
    for in_s in range(5, 95, 5):
        if flight.down_s is not None and t_s + in_s > flight.down_s:
            break
        along_m = flight.speed_mps * in_s
        latitude, longitude = _geodetic(east + along_m * math.sin(course), north + along_m * math.cos(course))
        points.append(
            PathPoint(
                in_s=float(in_s),
                latitude_deg=latitude,
                longitude_deg=longitude,
                altitude_ellipsoid_m=None,
                sigma_major_m=30.0 + 0.8 * in_s,
                sigma_minor_m=flight.sigma_m + 0.6 * in_s,
                azimuth_true_deg=flight.course_deg % 180.0,
            )
        )
    return tuple(points)


def impact(flight: Flight, t_s: float) -> Impact | None:
    if flight.down_s is None or t_s < flight.down_s - 100.0:
        return None
    east, north = _place(flight, flight.down_s)
    latitude, longitude = _geodetic(east, north)
    ended = t_s >= flight.down_s
    inside = PERIMETER.contains(shapely.Point(east, north))
    return Impact(
        observed_s=T0_S + min(t_s, flight.down_s),
        latitude_deg=latitude,
        longitude_deg=longitude,
        sigma_major_m=45.0 if ended else 107.0,
        sigma_minor_m=32.0 if ended else 62.0,
        azimuth_true_deg=flight.course_deg % 180.0,
        p_inside=0.99 if inside else 0.01,
        place="inside" if inside else "outside",
        basis="descent" if ended else "descending",
    )
