"""The site's file of own flights, GeoJSON beside the site file → checked plans, each by its key; every fault noted.

A feature is a Polygon, or a Point with radius_m. Its properties: id, who, from, until (with their offset), and any of
serial (Remote ID), own (name of an [[own_drone]]), icao, callsign; floor_height_agl_m, ceiling_height_agl_m; note.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from vedette.errors import Fault
from vedette.model import FlightPlan
from vedette.site.geometry import checked_geometry, refuse_constant
from vedette.site.reading import Faults, read_table
from vedette.site.schema import Id, Moment, OwnName, Text

MOST_HOURS: Final = 72.0
"""Longest flight: who writes a year has written down no flight."""
MOST_RADIUS_M: Final = 50_000.0


class FlightProperties(msgspec.Struct, kw_only=True):
    """Properties of a feature of the file of flights."""

    id: Id
    who: Text
    from_: Moment = msgspec.field(name="from")
    until: Moment
    serial: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,40}$")] | None = None
    own: OwnName | None = None
    icao: Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]{6}$")] | None = None
    callsign: Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,16}$")] | None = None
    floor_height_agl_m: float | None = None
    ceiling_height_agl_m: float | None = None
    radius_m: Annotated[float, Meta(gt=0.0, le=MOST_RADIUS_M)] | None = None
    note: Annotated[str, Meta(max_length=2000)] = ""


def identities_of(serial: str | None, own: str | None, icao: str | None, callsign: str | None) -> tuple[str, ...]:
    """The identities that tracks bear of an aircraft that is known by any of these."""
    named = (
        ("rid", serial),
        ("own", own),
        ("icao", icao and icao.upper()),
        ("callsign", callsign and callsign.upper()),
    )
    return tuple(f"{scheme}:{name}" for scheme, name in named if name)


def plan_faults(plan: FlightPlan) -> Iterator[tuple[str, object, str]]:
    """(key, value, why) of each thing that does not fit together in a plan."""
    if not plan.from_s < plan.until_s:
        yield "until", plan.until_s, "must be later than from"
    elif plan.until_s - plan.from_s > MOST_HOURS * 3600.0:
        yield "until", plan.until_s, f"a flight lasts at most {MOST_HOURS:.0f} h"
    floor_m, ceiling_m = plan.floor_agl_m, plan.ceiling_agl_m
    if floor_m is not None and ceiling_m is not None and not floor_m < ceiling_m:
        yield "ceiling_height_agl_m", ceiling_m, "must be above the floor"
    if plan.geometry.get("type") not in ("Polygon", "Point"):
        yield "geometry.type", plan.geometry.get("type"), "must be one of Polygon, Point"
    elif (plan.geometry["type"] == "Point") is (plan.radius_m is None):
        yield "radius_m", plan.radius_m, "goes with a Point, and a Point needs it"


def _octets(path: Path) -> bytes:
    """What a file holds. A device has no end, and a draft that is only checked may name one."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "not a file")
    return path.read_bytes()


def read_flights(folder: Path | None, name: str | None, faults: Faults) -> tuple[tuple[str, FlightPlan], ...] | None:
    """(key, plan) for each feature of the file `name` in `folder`; None: there is one, and it is not to be read."""
    if name is None:
        return ()
    if folder is None:
        return None
    path = folder / name
    try:
        document = json.loads(_octets(path).decode("utf-8-sig"), parse_constant=refuse_constant)
    except FileNotFoundError:
        faults.add("flights", name, "no such file beside the site file")
        return ()
    except OSError as error:
        faults.add("flights", name, f"cannot be read: {error.strerror}")
        return ()
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        faults.add("", "", f"not GeoJSON: {error}", str(path))
        return ()
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        faults.add("type", "", "not a GeoJSON FeatureCollection", str(path))
        return ()
    found: dict[str, FlightPlan] = {}
    for index, feature in enumerate(features):
        one = flight_of(feature, f"features[{index}]", faults, str(path))
        if one is not None and one[0] in found:
            faults.add(f"features[{index}].properties.id", one[0], "already used above", str(path))
        elif one is not None:
            found[one[0]] = one[1]
    return tuple(found.items())


def flight_of_feature(feature: dict[str, Any]) -> tuple[FlightPlan | None, tuple[Fault, ...]]:
    """A flight that a person enters, as a feature without an id; None with its faults."""
    faults = Faults("")
    properties = {"id": "entered", **feature["properties"]}
    found = flight_of({**feature, "properties": properties}, "", faults, "")
    said = (msgspec.structs.replace(one, key=one.key.removeprefix(".properties").lstrip(".")) for one in faults.found)
    return None if found is None else found[1], tuple(said)


def flight_of(feature: Any, key: str, faults: Faults, path: str) -> tuple[str, FlightPlan] | None:
    """A feature's key and plan, None after its faults are noted."""
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        faults.add(key, "", "not a feature with properties", path)
        return None
    properties = read_table(FlightProperties, feature["properties"], f"{key}.properties", faults, path)
    geometry = checked_geometry(feature.get("geometry"), f"{key}.geometry", faults, path)
    if properties is None or geometry is None:
        return None
    plan = FlightPlan(
        who=properties.who,
        geometry=geometry,
        from_s=properties.from_.timestamp(),
        until_s=properties.until.timestamp(),
        identities=identities_of(properties.serial, properties.own, properties.icao, properties.callsign),
        radius_m=properties.radius_m,
        floor_agl_m=properties.floor_height_agl_m,
        ceiling_agl_m=properties.ceiling_height_agl_m,
        note=properties.note,
    )
    wrong = list(plan_faults(plan))
    for name, value, why in wrong:
        faults.add(f"{key}.{'' if name.startswith('geometry') else 'properties.'}{name}", value, why, path)
    return None if wrong else (properties.id, plan)
