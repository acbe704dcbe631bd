"""What is another from one version of a site to the next, for people to read; and what no running watch can follow."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterator
from typing import Any, Final

from vedette.errors import Fault
from vedette.model.site_changes import SiteDifference
from vedette.site.model import Site

_LISTS: Final = ("sensor", "feed", "own_drone", "rule", "release", "output", "measure")
_NAMES: Final = ("id", "sensor", "name")
"""What a table of a list is known by; a feed without an id by its sensor."""
_METRES_PER_DEG: Final = 111_195.0
MOST: Final = 200
"""Differences told of one change; what is more is counted."""
_LONGEST: Final = 120

Flat = dict[tuple[str, str], Any]


def differences(before: Site, after: Site) -> tuple[SiteDifference, ...]:
    """What a change changes, in the order of the new file, then what is gone; at most MOST."""
    old, new = flat_of(before), flat_of(after)
    keys = [*new, *(key for key in old if key not in new)]
    found = [told(key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)]
    if not found and before.sha256 != after.sha256:
        found.append(SiteDifference(part="text", key="comments and layout", before=None, after=None))
    if len(found) > MOST:
        rest = f"{len(found) - MOST + 1} more"
        found[MOST - 1 :] = [SiteDifference(part="and", key=rest, before=None, after=None)]
    return tuple(found)


def held_fast(before: Site, after: Site) -> tuple[Fault, ...]:
    """What no running watch can follow, as faults: its record is named by the id, all is measured from its place."""
    names = ("id", "latitude_deg", "longitude_deg", "altitude_ellipsoid_m")
    return tuple(
        Fault(path="", key=name, value=str(getattr(after, name)), why=_WHY[name].format(id=before.id))
        for name in names
        if getattr(before, name) != getattr(after, name)
    )


_MOVES: Final = "the reference point, from which all is measured, changes only while no watch runs"
_WHY: Final = {
    "id": 'the id never changes, since all is named by it; where the file has none of its own, write id = "{id}"',
    "latitude_deg": _MOVES,
    "longitude_deg": _MOVES,
    "altitude_ellipsoid_m": _MOVES,
}


def flat_of(site: Site) -> Flat:
    """Every value as written, by (part, key); a table of its own by (part, "")."""
    document = tomllib.loads(site.toml)
    flat: Flat = {}
    for name, value in document.items():
        if name in _LISTS:
            for index, row in enumerate(value):
                flat |= _table(f"{name} {_name_of(row, index)}", row)
        elif name == "plan":
            for index, row in enumerate(value.get("step", [])):
                flat |= _table(f"plan step {index + 1}", row)
        elif name == "mandate":
            flat |= _table("mandate", {key: one for key, one in value.items() if key != "role"})
            for index, row in enumerate(value.get("role", [])):
                flat |= _table(f"mandate role {_name_of(row, index)}", row)
        elif isinstance(value, dict):
            flat |= _table(name, value)
        else:
            flat["site", name] = value
    for feature in json.loads(site.geojson)["features"] if site.geojson else []:
        part = f"zone {feature['properties']['id']}"
        flat |= _table(part, feature["properties"]) | {(part, "geometry"): feature["geometry"]}
    return flat


def _table(part: str, row: dict[str, Any]) -> Flat:
    return {(part, ""): True} | {(part, key): value for key, value in row.items()}


def _name_of(row: dict[str, Any], index: int) -> str:
    return next((str(row[name]) for name in _NAMES if name in row), str(index + 1))


def told(key: tuple[str, str], before: Any, after: Any) -> SiteDifference:
    """One difference, in words."""
    part, name = key
    if name == "geometry" and part.startswith("zone "):
        return SiteDifference(part=part, key=name, before=_corners(before), after=_moved(before, after))
    if not name:
        was, now = (None if one is None else "there" for one in (before, after))
        return SiteDifference(part=part, key="", before=was, after=now)
    return SiteDifference(part=part, key=name, before=_words(before), after=_words(after))


def _words(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _corners(geometry: dict[str, Any] | None) -> str | None:
    if geometry is None:
        return None
    many = len(list(_positions(geometry["coordinates"])))
    return f"{geometry['type']}, {many} position{'' if many == 1 else 's'}"


def _moved(before: dict[str, Any] | None, after: dict[str, Any] | None) -> str | None:
    """The new geometry; where it is the old one with positions moved, how many and how far."""
    if before is None or after is None or before["type"] != after["type"]:
        return _corners(after)
    old, new = list(_positions(before["coordinates"])), list(_positions(after["coordinates"]))
    if len(old) != len(new):
        return _corners(after)
    far = [_apart_m(a, b) for a, b in zip(old, new, strict=True) if a != b]
    return f"{_corners(after)}, {len(far)} moved, by {max(far, default=0.0):.0f} m at most"


def _positions(coordinates: Any) -> Iterator[tuple[float, float]]:
    if isinstance(coordinates[0], list):
        for one in coordinates:
            yield from _positions(one)
    else:
        yield float(coordinates[0]), float(coordinates[1])


def _apart_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """On a sphere, good to half a percent over the size of a site."""
    east = (b[0] - a[0]) * math.cos(math.radians(a[1]))
    return math.hypot(east, b[1] - a[1]) * _METRES_PER_DEG
