"""The site's GeoJSON: perimeter, assets, runways, zones and landmarks → checked Zones, and their shapes in metres."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import shapely.geometry
import shapely.ops
from shapely.geometry.base import BaseGeometry

from vedette.geo import LocalFrame, ellipsoid_from_msl_m, unwrapped_deg
from vedette.site.model import Zone
from vedette.site.reading import Faults, read_table
from vedette.site.schema import ZoneProperties

_KINDS = ("Point", "LineString", "Polygon", "MultiPolygon")


def read_zones(
    folder: Path, name: str | None, given: bytes | None, ground_ellipsoid_m: float, faults: Faults
) -> tuple[str | None, tuple[Zone, ...]]:
    """The text of the GeoJSON file `name` beside the site file, and its zones; faults are noted, not raised.

    given: the file's content, where it is not to be read.
    """
    if name is None:
        return None, ()
    path = folder / name
    try:
        text = (path.read_bytes() if given is None else given).decode("utf-8-sig")
        document = json.loads(text, parse_constant=refuse_constant)
    except FileNotFoundError:
        faults.add("geometry", name, "no such file beside the site file")
        return None, ()
    except OSError as error:
        faults.add("geometry", name, f"cannot be read: {error.strerror}")
        return None, ()
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        faults.add("", "", f"not GeoJSON: {error}", str(path))
        return None, ()
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        faults.add("type", "", "not a GeoJSON FeatureCollection", str(path))
        return text, ()
    zones = [_zone(f, f"features[{i}]", ground_ellipsoid_m, faults, str(path)) for i, f in enumerate(features)]
    _check_ids(zones, faults, str(path))
    return text, tuple(zone for zone in zones if zone is not None)


def refuse_constant(text: str) -> float:
    """NaN and Infinity, which Python's JSON reader takes.

    Raises:
        ValueError: always.
    """
    raise ValueError(f"{text} is not a number of JSON")


def _check_ids(zones: list[Zone | None], faults: Faults, path: str) -> None:
    seen: set[str] = set()
    for index, zone in enumerate(zones):
        if zone is not None and zone.id in seen:
            faults.add(f"features[{index}].properties.id", zone.id, "already used above", path)
        elif zone is not None:
            seen.add(zone.id)


def _zone(feature: Any, key: str, ground_ellipsoid_m: float, faults: Faults, path: str) -> Zone | None:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        faults.add(key, "", "not a feature with properties", path)
        return None
    properties = read_table(ZoneProperties, feature["properties"], f"{key}.properties", faults, path)
    geometry = feature.get("geometry")
    if not _check_geometry(geometry, f"{key}.geometry", faults, path) or properties is None or geometry is None:
        return None
    if properties.role in _AREAS and not _has_area(geometry["type"], properties):
        why = f"a {properties.role} needs an area: a {geometry['type']} has one with radius_m or width_m"
        faults.add(f"{key}.geometry.type", geometry["type"], why, path)
        return None
    longitude, latitude = next(_positions(geometry["coordinates"]))
    ground_msl_m = ground_ellipsoid_m - ellipsoid_from_msl_m(latitude, longitude, 0.0)
    return Zone(
        id=properties.id,
        name=properties.name or properties.id,
        role=properties.role,
        geometry={"type": geometry["type"], "coordinates": geometry["coordinates"]},
        radius_m=properties.radius_m,
        width_m=properties.width_m,
        floor_agl_m=_above_ground(properties.floor_height_agl_m, properties.floor_altitude_msl_m, ground_msl_m),
        ceiling_agl_m=_above_ground(properties.ceiling_height_agl_m, properties.ceiling_altitude_msl_m, ground_msl_m),
    )


_AREAS = ("perimeter", "warning", "keep_out")
"""Roles that something can be inside of: without an area they would never alert, and say nothing."""


def _has_area(kind: str, properties: ZoneProperties) -> bool:
    wide = kind == "LineString" and properties.width_m is not None
    return "Polygon" in kind or properties.radius_m is not None or wide


def _above_ground(height_agl_m: float | None, altitude_msl_m: float | None, ground_msl_m: float) -> float | None:
    if height_agl_m is not None:
        return height_agl_m
    return None if altitude_msl_m is None else altitude_msl_m - ground_msl_m


def checked_geometry(geometry: Any, key: str, faults: Faults, path: str) -> dict[str, Any] | None:
    """A GeoJSON geometry's type and coordinates, None after its fault is noted."""
    if not _check_geometry(geometry, key, faults, path):
        return None
    return {"type": geometry["type"], "coordinates": geometry["coordinates"]}


def _check_geometry(geometry: Any, key: str, faults: Faults, path: str) -> bool:
    if not isinstance(geometry, dict) or geometry.get("type") not in _KINDS:
        kind = geometry.get("type") if isinstance(geometry, dict) else geometry
        faults.add(f"{key}.type", kind, f"must be one of {', '.join(_KINDS)}", path)
        return False
    try:
        positions = list(_positions(geometry["coordinates"]))
        for longitude, latitude in positions:
            if not (-180.0 <= longitude <= 180.0 and -90.0 <= latitude <= 90.0):
                faults.add(f"{key}.coordinates", [longitude, latitude], "not longitude, latitude in degrees", path)
                return False
        given = shapely.geometry.shape(geometry)
        shape = _unwrapped(given, positions[0][0])
    except (KeyError, TypeError, ValueError, IndexError, StopIteration, shapely.errors.ShapelyError):
        faults.add(f"{key}.coordinates", "", "not the coordinates of a " + str(geometry["type"]), path)
        return False
    if shape.is_empty or not (shape.is_valid or given.is_valid):  # parts cut at the antimeridian share an edge there
        faults.add(f"{key}.coordinates", "", f"not a valid {geometry['type']}: {shapely.is_valid_reason(shape)}", path)
        return False
    return True


def _unwrapped(shape: BaseGeometry, about_deg: float) -> BaseGeometry:
    """A shape with its longitudes within half a turn of one of them: a fence across the antimeridian is small."""
    return shapely.transform(shape, lambda xy: np.c_[unwrapped_deg(xy[:, 0], about_deg), xy[:, 1]])


def _positions(coordinates: Any) -> Iterator[tuple[float, float]]:
    if not isinstance(coordinates, list) or not coordinates:
        raise ValueError("no coordinates")
    if isinstance(coordinates[0], list):
        for part in coordinates:
            yield from _positions(part)
        return
    if any(isinstance(one, bool) or not isinstance(one, (int, float)) for one in coordinates) or len(coordinates) < 2:
        raise ValueError("not a position")
    yield float(coordinates[0]), float(coordinates[1])


_SEAM_M = 0.001
"""Two parts that share an edge on the antimeridian land within this of each other on the plane."""


def zone_shape(zone: Zone, frame: LocalFrame) -> BaseGeometry:
    """The zone's outline on the frame's east-north plane, in metres: what distances and inside are taken from.

    A point grows by radius_m, a line by half its width_m. Edges are taken as straight on the plane: within 20 km of the
    reference point the error stays below a metre.
    """
    shape = shapely.geometry.shape(zone.geometry)
    flat = shapely.transform(
        shape, lambda xy: frame.to_enu_m(xy[:, 1], xy[:, 0], np.full(len(xy), _ground(frame)))[:, :2]
    )
    if (np.abs(shapely.get_coordinates(shape)[:, 0]) == 180.0).any():  # cut there, as GeoJSON asks: one area again
        flat = shapely.union_all(shapely.get_parts(flat), grid_size=_SEAM_M)
    if zone.radius_m is not None:
        return flat.buffer(zone.radius_m, quad_segs=32)
    if zone.width_m is not None:
        return flat.buffer(zone.width_m / 2.0, cap_style="flat")
    return flat


def _ground(frame: LocalFrame) -> float:
    return frame.altitude_ellipsoid_m
