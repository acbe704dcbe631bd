"""A small site and tracks for the tests: nine-cornered perimeter of 1,800 m, rings and assets about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from vedette.geo import destination
from vedette.model import Floats, Status, Tracks
from vedette.site import Site, load_site

LATITUDE, LONGITUDE = 36.2376, 43.9632
SENSORS = ("radar-1", "radar-2", "adsb", "rid")
DRONE = (0.04, 0.9, 0.02, 0.02, 0.02)
AIRLINER = (0.01, 0.02, 0.95, 0.01, 0.01)
BIRD = (0.05, 0.05, 0.02, 0.86, 0.02)

TOML = f"""
name = "Example Air Base"
id = "example"
timezone = "Asia/Baghdad"
latitude_deg = {LATITUDE}
longitude_deg = {LONGITUDE}
altitude_msl_m = 409.0
geometry = "example.geojson"
"""


def _place(azimuth_deg: float, distance_m: float) -> list[float]:
    latitude, longitude = destination(LATITUDE, LONGITUDE, azimuth_deg, distance_m)
    return [longitude, latitude]


def _feature(zone: str, role: str, kind: str, coordinates: Any, **properties: float | str) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"id": zone, "role": role, **properties}, "geometry": geometry}


def _features() -> list[dict[str, Any]]:
    corners = [_place(40.0 * k, 1800.0) for k in range(9)]
    return [
        _feature("base", "perimeter", "Polygon", [[*corners, corners[0]]], name="Base perimeter"),
        _feature("warn", "warning", "Point", _place(0.0, 0.0), radius_m=5000.0),
        _feature("low", "warning", "Point", _place(90.0, 1000.0), radius_m=600.0, ceiling_height_agl_m=120.0),
        _feature("high", "keep_out", "Point", _place(270.0, 1000.0), radius_m=600.0, floor_height_agl_m=200.0),
        _feature("rwy", "runway", "LineString", [_place(180.0, 1400.0), _place(0.0, 1400.0)], width_m=60.0),
        _feature("mast", "asset", "Point", _place(45.0, 900.0)),
        _feature("hill", "landmark", "Point", _place(300.0, 2500.0)),
    ]


def make_site(folder: Path, *, perimeter: bool = True, receivers: bool = True) -> Site:
    """Written to `folder` and read back, as an operator's file would be."""
    features = [f for f in _features() if perimeter or f["properties"]["role"] != "perimeter"]
    (folder / "example.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    sensors = [("radar-1", "radar"), ("radar-2", "radar"), ("adsb", "adsb"), ("rid", "remote_id")]
    text = TOML
    for sensor, kind in sensors if receivers else sensors[:2]:
        text += f'[[sensor]]\nid = "{sensor}"\nkind = "{kind}"\n'
        if kind == "radar":
            text += f"latitude_deg = {LATITUDE}\nlongitude_deg = {LONGITUDE}\naltitude_msl_m = 420.0\n"
    path = folder / "site.toml"
    path.write_text(text)
    return load_site(path)


def tracks_of(
    observed_s: float,
    state: Floats | list[list[float]],
    *,
    ids: list[int] | None = None,
    sigma_m: float = 10.0,
    sigma_mps: float = 2.0,
    p_classes: tuple[float, ...] = DRONE,
    identity: tuple[str | None, ...] | None = None,
    status: Status = Status.CONFIRMED,
    altitude_known: bool = True,
    range_known: bool = True,
    seen_s: dict[str, float] | None = None,
) -> Tracks:
    """Tracks with states (n, 6) east, north, up and rates; `seen_s` (default: radar-1, now) holds for all."""
    rows = np.atleast_2d(np.asarray(state, dtype=np.float64)).reshape(-1, 6)
    count = len(rows)
    seen = {"radar-1": observed_s} if seen_s is None else seen_s
    covariance = np.diag([sigma_m**2] * 3 + [sigma_mps**2] * 3)
    return Tracks(
        observed_s=observed_s,
        id=np.array(list(range(1, count + 1)) if ids is None else ids, dtype=np.int64),
        position_enu_m=rows[:, :3],
        velocity_enu_mps=rows[:, 3:],
        covariance=np.repeat(covariance[None], count, axis=0),
        p_exists=np.full(count, 0.99),
        status=np.full(count, int(status), dtype=np.int8),
        p_classes=np.repeat(np.array(p_classes)[None], count, axis=0),
        identity=(None,) * count if identity is None else identity,
        altitude_known=np.full(count, altitude_known),
        range_known=np.full(count, range_known),
        sensors=SENSORS,
        last_seen_s=np.repeat(np.array([[seen.get(one, np.nan) for one in SENSORS]]), count, axis=0),
    )
