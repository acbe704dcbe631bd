"""A small site and the pictures above it, for the tests of post."""

from __future__ import annotations

from typing import Any

from vedette.model import Cooperation, EndedTrack, Impact, Origin, Picture, TrackPicture, ZoneApproach
from vedette.post import Post
from vedette.site import Limits, Rule, Sensor, Site, Zone

BEGIN_S = 1_631_392_000.0
UAV = (0.1, 0.8, 0.02, 0.05, 0.03)
ROTARY = (0.85, 0.05, 0.02, 0.05, 0.03)
DRONE = (0.4, 0.4, 0.1, 0.05, 0.05)
MANNED = (0.02, 0.02, 0.9, 0.03, 0.03)
BIRD = (0.05, 0.05, 0.02, 0.85, 0.03)
UNCLASSED = (0.15, 0.15, 0.3, 0.2, 0.2)

RULE = Rule(
    id="near",
    zones=("warning", "perimeter", "keep_out"),
    within_s=60.0,
    class_="uav",
    p_class_min=0.5,
    unclassed=True,
    persist_s=2.0,
    clear_s=5.0,
    cool_down_s=20.0,
    priority=1,
)


def zone(zone_id: str, role: str, **heights: float) -> Zone:
    return Zone(
        id=zone_id, name=zone_id.title(), role=role, geometry={"type": "Point", "coordinates": [0, 0]}, **heights
    )


def sensor(sensor_id: str, placed: bool = True) -> Sensor:
    return Sensor(
        id=sensor_id,
        name=sensor_id,
        kind="radar",
        latitude_deg=36.24 if placed else None,
        longitude_deg=43.96 if placed else None,
        altitude_ellipsoid_m=430.0 if placed else None,
        period_s=1.0,
        range_m=None,
        azimuth_true_deg=(0.0, 360.0),
        elevation_deg=(-90.0, 90.0),
        sigma_range_m=10.0,
        sigma_azimuth_deg=1.0,
        sigma_elevation_deg=1.0,
        sigma_range_rate_mps=None,
        sigma_position_m=None,
        sigma_altitude_m=None,
        p_detect=0.9,
        clutter_per_scan=1.0,
    )


def site(*rules: Rule, zones: tuple[Zone, ...] = (zone("fence", "perimeter"), zone("ring", "warning"))) -> Site:
    return Site(
        id="erbil",
        name="Erbil",
        timezone="Asia/Baghdad",
        latitude_deg=36.24,
        longitude_deg=43.96,
        altitude_ellipsoid_m=425.0,
        sensors=(sensor("radar-1"), sensor("rf-1"), sensor("rid", placed=False)),
        feeds=(),
        zones=zones,
        rules=rules or (RULE,),
        late_s=2.0,
        limits=Limits(size_bytes=10**9, keep_s=1e6, capture_bytes=10**6),
        toml="",
        geojson=None,
        sha256="0" * 64,
    )


def approach(
    time_to_s: float | None, distance_m: float = 900.0, zone_id: str = "fence", role: str = "perimeter"
) -> ZoneApproach:
    inside = time_to_s == 0.0
    return ZoneApproach(
        zone=zone_id,
        name=zone_id.title(),
        role=role,
        distance_m=0.0 if inside else distance_m,
        inside=inside,
        time_to_s=time_to_s,
        closest_m=0.0,
        closest_in_s=0.0,
    )


INBOUND = (approach(40.0), approach(0.0, zone_id="ring", role="warning"))
AWAY = (approach(None, 5000.0), approach(None, 4000.0, zone_id="ring", role="warning"))


def impact(latitude_deg: float = 36.24, basis: str = "descent", place: str = "inside") -> Impact:
    return Impact(
        observed_s=BEGIN_S,
        latitude_deg=latitude_deg,
        longitude_deg=43.96,
        sigma_major_m=20.0,
        sigma_minor_m=10.0,
        azimuth_true_deg=0.0,
        p_inside=0.9,
        place=place,
        basis=basis,
    )


def track(name: str = "erbil-T-0001", at_s: float = 0.0, **changes: Any) -> TrackPicture:
    """A confirmed fixed-wing drone 2 km south-west, inbound; `at_s` after BEGIN_S."""
    values: dict[str, Any] = {
        "track": name,
        "id": int(name[-4:]),
        "observed_s": BEGIN_S + at_s,
        "first_s": BEGIN_S,
        "last_update_s": BEGIN_S + at_s,
        "status": "confirmed",
        "latitude_deg": 36.227,
        "longitude_deg": 43.944,
        "altitude_ellipsoid_m": 575.0,
        "altitude_msl_m": 560.0,
        "height_agl_m": 150.0,
        "velocity_east_mps": 20.0,
        "velocity_north_mps": 20.0,
        "velocity_up_mps": 0.0,
        "speed_mps": 28.0,
        "course_true_deg": 45.0,
        "sigma_position_m": 8.0,
        "ellipse_major_m": 9.0,
        "ellipse_minor_m": 7.0,
        "ellipse_azimuth_true_deg": 0.0,
        "p_exists": 0.99,
        "p_classes": UAV,
        "class_": "uav_fixed_wing",
        "p_class": 0.8,
        "identity": None,
        "cooperation": Cooperation.UNKNOWN,
        "callsign": None,
        "sensors": {"radar-1": BEGIN_S + at_s},
        "approaches": INBOUND,
        "path": (),
        "impact": None,
        "reasons": (),
    }
    return TrackPicture(**{**values, **changes})


def picture(at_s: float, *tracks: TrackPicture, ended: tuple[TrackPicture, ...] = ()) -> Picture:
    gone = tuple(EndedTrack(track=each.track, ended_s=BEGIN_S + at_s, last=each) for each in ended)
    return Picture(observed_s=BEGIN_S + at_s, tracks=tracks, ended=gone)


def see(post: Post, at_s: float, *tracks: TrackPicture, ended: tuple[TrackPicture, ...] = ()) -> list[str]:
    """One picture; the kinds of the events that came of it, without track points and what evidence says of identity."""
    drafts = post.see(picture(at_s, *tracks, ended=ended), BEGIN_S + at_s + 0.1, Origin.LIVE)
    kinds = [str(draft.payload.__struct_config__.tag) for draft in drafts]
    return [kind for kind in kinds if kind not in ("track_point", "disposition_judged")]


def fly(post: Post, from_s: float, to_s: float, **changes: Any) -> list[str]:
    """The same track once a second; the kinds of all events, without track points."""
    kinds = []
    for at_s in range(int(from_s), int(to_s) + 1):
        kinds += see(post, float(at_s), track(at_s=float(at_s), **changes))
    return kinds
