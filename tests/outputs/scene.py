"""Pictures and alerts that a test makes, and a site with outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from tests.conftest import SITE_GEOJSON, SITE_TOML
from vedette.model import (
    CLASSES,
    Alert,
    AlertState,
    Cooperation,
    Disposition,
    Impact,
    Origin,
    Override,
    Picture,
    Reason,
    TrackPicture,
    ZoneApproach,
)
from vedette.outputs.outbox import Moment
from vedette.site import Site, load_site

NOW_S = 1_700_000_000.0
ALL_FIELDS = (
    "place", "altitude", "velocity", "accuracy", "class", "identity", "disposition", "sensors", "impact",
    "timing", "reasons", "history",
)  # fmt: skip


def site_of(folder: Path, tables: str) -> Site:
    """The test site with `[[release]]` and `[[output]]` tables."""
    (folder / "test.geojson").write_text(SITE_GEOJSON)
    (folder / "test.toml").write_text(SITE_TOML + tables)
    return load_site(folder / "test.toml")


def released(fields: tuple[str, ...] = ALL_FIELDS, what: str = '["tracks", "alerts"]', more: str = "") -> str:
    """A `[[release]]` table `all`."""
    return f'[[release]]\nid = "all"\nwhat = {what}\nfields = {list(fields)}\n{more}\n'.replace("'", '"')


def output(kind: str, url: str, more: str = "") -> str:
    """An `[[output]]` table `out` under the rule `all`."""
    return f'[[output]]\nid = "out"\npartner = "Tower"\nkind = "{kind}"\nurl = "{url}"\nrelease = "all"\n{more}\n'


def approach(inside: bool, zone: str = "fence") -> ZoneApproach:
    return ZoneApproach(
        zone=zone,
        name=zone.title(),
        role="perimeter",
        distance_m=0.0 if inside else 250.0,
        inside=inside,
        time_to_s=0.0 if inside else 20.0,
        closest_m=0.0,
        closest_in_s=0.0,
    )


def track(number: int = 1, at_s: float = NOW_S, *, inside: bool = True, **changes: Any) -> TrackPicture:
    """A small drone, about which everything is known."""
    values: dict[str, Any] = {
        "track": f"test-T-{number:04d}",
        "id": number,
        "observed_s": at_s,
        "first_s": NOW_S - 60.0,
        "last_update_s": at_s - 0.4,
        "status": "confirmed",
        "latitude_deg": round(36.2376 + number / 10_000, 4),
        "longitude_deg": 43.9632,
        "altitude_ellipsoid_m": 500.5,
        "altitude_msl_m": 485.25,
        "height_agl_m": 76.25,
        "velocity_east_mps": 3.0,
        "velocity_north_mps": -4.0,
        "velocity_up_mps": 0.5,
        "speed_mps": 5.0,
        "course_true_deg": 143.13,
        "sigma_position_m": 12.5,
        "ellipse_major_m": 15.0,
        "ellipse_minor_m": 9.0,
        "ellipse_azimuth_true_deg": 30.0,
        "p_exists": 0.99,
        "p_classes": tuple(0.75 if name == "uav_rotary" else 0.05 for name in CLASSES),
        "class_": "uav_rotary",
        "p_class": 0.75,
        "identity": "rid:1588TEST7",
        "cooperation": Cooperation.CLAIMED,
        "callsign": "TESTER",
        "sensors": {"radar-1": at_s - 0.4, "rid-secret": at_s - 1.0},
        "approaches": (approach(inside),),
        "path": (),
        "impact": Impact(
            observed_s=at_s,
            latitude_deg=36.2301,
            longitude_deg=43.9602,
            sigma_major_m=40.0,
            sigma_minor_m=20.0,
            azimuth_true_deg=10.0,
            p_inside=0.9,
            place="inside",
            basis="descending",
        ),
        "reasons": (Reason(text="Seen by rid-secret"),),
        "sigma_altitude_m": 8.5,
        "disposition": Disposition.HOSTILE,
        "override": Override(
            disposition=Disposition.HOSTILE,
            reason="it dived",
            by="Person Secret",
            role="officer",
            at_s=at_s,
            evidence_then=Disposition.SUSPICIOUS,
        ),
    }
    return TrackPicture(**(values | changes))


def alert(number: int = 1, *, track: str | None = "test-T-0001", **changes: Any) -> Alert:
    values: dict[str, Any] = {
        "alert": f"test-A-{number:04d}",
        "rule": "uav-near-zone",
        "priority": 1,
        "state": AlertState.RAISED,
        "track": track,
        "zone": "fence",
        "incident": "test-I-0001",
        "title": "Drone inside the perimeter",
        "raised_s": NOW_S,
        "raised_time_to_s": 12.0,
        "raised_distance_m": 120.0,
        "time_to_s": 3.5,
        "distance_m": 37.5,
        "reasons": (Reason(text="Classed uav: p 0.75", value=0.75, unit="probability", source="rule uav-near-zone"),),
        "origin": Origin.LIVE,
    }
    return Alert(**(values | changes))


def cleared(one: Alert, at_s: float, why: str = "now classed bird") -> Alert:
    return msgspec.structs.replace(
        one, state=AlertState.CLEARED, cleared_s=at_s, cleared_why=why, time_to_s=None, distance_m=None
    )


def moment(at_s: float, *tracks: TrackPicture, alerts: tuple[Alert, ...] = ()) -> Moment:
    return Moment(Picture(observed_s=at_s, tracks=tracks), alerts, at_s)
