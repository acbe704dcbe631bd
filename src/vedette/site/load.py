"""TOML + GeoJSON → Site. No side effects; every fault is found and named with file, key and value."""

from __future__ import annotations

import hashlib
import re
import tomllib
import zoneinfo
from pathlib import Path
from typing import Any

import msgspec

from vedette.errors import BadSite
from vedette.geo import ellipsoid_from_msl_m
from vedette.model import CLASSES
from vedette.site.closures import check_notices
from vedette.site.flights import read_flights
from vedette.site.geometry import read_zones
from vedette.site.links import check_link, tls_files, whole
from vedette.site.mandate import RESPONSE_KEYS, read_response
from vedette.site.model import Exercises, Feed, Handling, Limits, OwnDrone, Sensor, Site, Statements
from vedette.site.outputs import outputs_of
from vedette.site.reading import Faults, read_table
from vedette.site.rules import read_rules
from vedette.site.schema import (
    AlarmTable,
    ExercisesTable,
    FeedTable,
    OutputTable,
    OwnDroneTable,
    PrivacyTable,
    RecordTable,
    ReleaseTable,
    RuleTable,
    SensorTable,
    SiteTable,
    StatementTable,
    TrackingTable,
)
from vedette.site.text import parsed, read_text

_LISTS = {
    "sensor": SensorTable,
    "feed": FeedTable,
    "rule": RuleTable,
    "own_drone": OwnDroneTable,
    "release": ReleaseTable,
    "output": OutputTable,
}
_TABLES = {
    "alarm": AlarmTable,
    "tracking": TrackingTable,
    "record": RecordTable,
    "privacy": PrivacyTable,
    "statement": StatementTable,
    "exercises": ExercisesTable,
}
_BELOW = (*_LISTS, *_TABLES, *RESPONSE_KEYS)
_SCHEMES = ("udp://", "tcp://", "tls://", "mqtt://", "mqtts://", "http://", "https://", "serial://", "file:")
GEOMETRY_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,100}\.(geojson|json)")
"""What may be written beside the site file as its geometry, by another hand than the operator's own."""


def load_site(path: Path | str) -> Site:
    """Read a site file and the geometry it names.

    Raises:
        BadInput: missing or unreadable, or not TOML.
        BadSite: read, but with faults; all of them are in `.faults`.
    """
    path = Path(path)
    toml = read_text(path)
    return _build(path, toml, parsed(path, toml), None, path.parent)


def site_from_text(toml: str, geojson: str | None) -> Site:
    """The site of texts that a record kept; errors as `load_site`."""
    path = Path("site.toml")
    return _build(path, toml, parsed(path, toml), (geojson or "").encode(), None)


def site_from_draft(path: Path, toml: str, geojson: str | None) -> Site:
    """The site of texts that are to stand at `path` and beside it, as `load_site` would read them there.

    Files that the texts name (certificates, secrets) are looked for beside it. Errors as `load_site`.
    """
    return _build(path, toml, parsed(path, toml), (geojson or "").encode(), path.parent)


def geometry_name(site: Site) -> str | None:
    """The name of the site's geometry file, as its text has it."""
    name = tomllib.loads(site.toml).get("geometry")
    return name if isinstance(name, str) else None


def site_digest(toml: str, geojson: str | None) -> str:
    """SHA-256 of a site's texts, as hex: what tells one version from another."""
    return hashlib.sha256(toml.encode() + b"\0" + (geojson or "").encode()).hexdigest()


def _build(path: Path, toml: str, document: dict[str, Any], given: bytes | None, folder: Path | None) -> Site:
    faults = Faults(str(path))
    top = read_table(SiteTable, {k: v for k, v in document.items() if k not in _BELOW}, "", faults)
    lists = {name: _read_list(document, name, faults) for name in _LISTS}
    tables = {name: _read_one(document, name, faults) for name in _TABLES}
    if top is None:
        raise BadSite(path, faults.found)
    _check_timezone(top.timezone, faults)
    altitude = _altitude(top, top.latitude_deg, top.longitude_deg, "", faults)
    sensors = tuple(filter(None, (_sensor(t, f"sensor[{i}]", faults) for i, t in enumerate(lists["sensor"]) if t)))
    feeds = _feeds(lists["feed"], sensors, _ids_of(document), folder, faults)
    _check_node_ids(sensors, faults)
    _check_unique("sensor", [s.id for s in sensors], faults)
    own = tuple(OwnDrone(**msgspec.structs.asdict(table)) for table in lists["own_drone"] if table)
    _check_own(own, faults)
    geojson, zones = read_zones(path.parent, top.geometry, given, altitude, faults)
    rules = read_rules(lists["rule"], zones, sensors, feeds, bool(own or top.flights), faults)
    response = read_response(document, zones, faults)
    flights = read_flights(folder, top.flights, faults)
    outputs = outputs_of(lists["release"], lists["output"], zones, folder, faults)
    check_notices(response.plan, outputs, faults)
    statements = _statements(tables["statement"], faults)
    if faults.found:
        raise BadSite(path, faults.found)
    record, privacy = tables["record"], tables["privacy"]
    return Site(
        id=top.id or _id_from(top.name),
        name=top.name,
        timezone=top.timezone,
        latitude_deg=top.latitude_deg,
        longitude_deg=top.longitude_deg,
        altitude_ellipsoid_m=altitude,
        sensors=sensors,
        feeds=feeds,
        zones=zones,
        rules=rules,
        late_s=tables["tracking"].late_s,
        alarm_test_every_s=tables["alarm"].test_every_h * 3600.0,
        handling=Handling(**{name: getattr(tables["alarm"], name) for name in Handling.__struct_fields__}),
        limits=Limits(
            size_bytes=int(record.size_gb * 1e9),
            keep_s=record.keep_days * 86_400.0,
            capture_bytes=int(record.capture_gb * 1e9),
            personal_keep_s=None if privacy.keep_days is None else privacy.keep_days * 86_400.0,
        ),
        toml=toml,
        geojson=geojson,
        sha256=site_digest(toml, geojson),
        own_drones=own,
        image_hosts=top.image_hosts,
        outputs=outputs,
        flights=flights,
        response=msgspec.structs.replace(response, timezone=top.timezone),
        exercises=_exercises(tables["exercises"], folder),
        statements=statements,
    )


def _read_list(document: dict[str, Any], name: str, faults: Faults) -> list[Any]:
    rows = document.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        faults.add(name, rows, f"must be written as [[{name}]]")
        return []
    return [read_table(_LISTS[name], row, f"{name}[{i}]", faults) for i, row in enumerate(rows)]


def _read_one(document: dict[str, Any], name: str, faults: Faults) -> Any:
    table = document.get(name, {})
    if not isinstance(table, dict):
        faults.add(name, table, f"must be written as [{name}]")
        table = {}
    return read_table(_TABLES[name], table, name, faults) or _TABLES[name]()


def _exercises(table: ExercisesTable, folder: Path | None) -> Exercises:
    return Exercises(folder=whole(folder, table.folder), acknowledge_s=table.acknowledge_s, decide_s=table.decide_s)


def _check_timezone(timezone: str, faults: Faults) -> None:
    try:
        zoneinfo.ZoneInfo(timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        faults.add("timezone", timezone, "not a known time zone (such as Asia/Baghdad)")


def _check_node_ids(sensors: tuple[Sensor, ...], faults: Faults) -> None:
    seen: set[str] = set()
    for index, sensor in enumerate(sensors):
        if sensor.node_id is not None and sensor.node_id in seen:
            faults.add(f"sensor[{index}].node_id", sensor.node_id, "already used above")
        seen.add(sensor.node_id or "")


def _check_unique(kind: str, ids: list[str], faults: Faults) -> None:
    for index, one in enumerate(ids):
        if one in ids[:index]:
            faults.add(f"{kind}[{index}].id", one, "already used above")


def _id_from(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return slug[:63] or "site"


def _altitude(
    table: SiteTable | SensorTable, latitude_deg: float, longitude_deg: float, key: str, faults: Faults
) -> float:
    if table.altitude_ellipsoid_m is not None and table.altitude_msl_m is not None:
        faults.add(
            f"{key}.altitude_msl_m".lstrip("."), table.altitude_msl_m, "give this or altitude_ellipsoid_m, not both"
        )
    if table.altitude_ellipsoid_m is not None:
        return table.altitude_ellipsoid_m
    if table.altitude_msl_m is not None:
        return ellipsoid_from_msl_m(latitude_deg, longitude_deg, table.altitude_msl_m)
    faults.add(f"{key}.altitude_msl_m".lstrip("."), "", "missing (or altitude_ellipsoid_m)")
    return 0.0


_NEEDS_PLACE = ("radar", "rf", "camera", "acoustic")


def _sensor(table: SensorTable, key: str, faults: Faults) -> Sensor | None:
    placed = table.latitude_deg is not None and table.longitude_deg is not None
    altitude: float | None = None
    if table.latitude_deg is not None and table.longitude_deg is not None:
        has_altitude = table.altitude_msl_m is not None or table.altitude_ellipsoid_m is not None
        if has_altitude or table.kind in _NEEDS_PLACE:
            altitude = _altitude(table, table.latitude_deg, table.longitude_deg, key, faults)
    elif table.kind in _NEEDS_PLACE:
        faults.add(f"{key}.latitude_deg", "", f"missing: a {table.kind} needs its latitude_deg and longitude_deg")
    _check_interval(f"{key}.range_m", table.range_m, 0.0, 1e6, faults)
    _check_interval(f"{key}.elevation_deg", table.elevation_deg, -90.0, 90.0, faults)
    if not all(-360.0 <= a <= 360.0 for a in table.azimuth_true_deg):
        faults.add(f"{key}.azimuth_true_deg", table.azimuth_true_deg, "must lie between -360 and 360")
    if (table.sac is None) != (table.sic is None):
        faults.add(f"{key}.sac", table.sac, "sac and sic go together")
    _check_confusion(f"{key}.class_confusion", table.class_confusion, faults)
    return Sensor(
        id=table.id,
        name=table.name or table.id,
        kind=table.kind,
        latitude_deg=table.latitude_deg if placed else None,
        longitude_deg=table.longitude_deg if placed else None,
        altitude_ellipsoid_m=altitude,
        period_s=table.period_s,
        range_m=table.range_m,
        azimuth_true_deg=table.azimuth_true_deg,
        elevation_deg=table.elevation_deg,
        sigma_range_m=table.sigma_range_m,
        sigma_azimuth_deg=table.sigma_azimuth_deg,
        sigma_elevation_deg=table.sigma_elevation_deg,
        sigma_range_rate_mps=table.sigma_range_rate_mps,
        sigma_position_m=table.sigma_position_m,
        sigma_altitude_m=table.sigma_altitude_m,
        p_detect=table.p_detect,
        p_detect_far=table.p_detect_far,
        clutter_per_scan=table.clutter_per_scan,
        sac=table.sac,
        sic=table.sic,
        doppler_positive=table.doppler_positive,
        cat021_edition=table.cat021_edition,
        node_id=None if table.node_id is None else table.node_id.lower(),
        class_accuracy=table.class_accuracy,
        class_confusion=table.class_confusion,
    )


def _statements(table: StatementTable, faults: Faults) -> Statements:
    for key in ("approve", "attribute"):
        roles = getattr(table, key) or ()
        for index, role in enumerate(roles):
            if role in roles[:index]:
                faults.add(f"statement.{key}[{index}]", role, "already named before")
    return Statements(approve=table.approve, attribute=table.attribute or table.approve)


def _check_interval(key: str, pair: tuple[float, float] | None, least: float, most: float, faults: Faults) -> None:
    if pair is not None and not least <= pair[0] < pair[1] <= most:
        faults.add(key, list(pair), f"must rise, between {least:g} and {most:g}")


def _check_confusion(key: str, table: tuple[tuple[float, ...], ...] | None, faults: Faults) -> None:
    many = len(CLASSES)
    if table is None:
        return
    if [len(row) for row in table] != [many] * many:
        faults.add(key, [len(row) for row in table], f"must be {many} rows of {many}: {', '.join(CLASSES)}")
    for index, row in enumerate(table):
        if abs(sum(row) - 1.0) > 0.01:
            faults.add(f"{key}[{index}]", list(row), "must sum to 1")


def _ids_of(document: dict[str, Any]) -> frozenset[str]:
    """The sensors' ids as they are written: a sensor with a fault is there all the same."""
    rows = document.get("sensor")
    ids = [row.get("id") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return frozenset(each for each in ids if isinstance(each, str))


_ADDRESS = re.compile(r"(udp|tcp|tls)://(\[[^\]]+\][^:\[\]/]*|[^:\[\]/]+):(\d{1,5})/?")


def _check_url(key: str, url: str, faults: Faults) -> None:
    if not url.startswith(_SCHEMES):
        faults.add(key, url, f"must begin with one of {', '.join(_SCHEMES)}")
    elif url.startswith(("udp:", "tcp:", "tls:")):
        address = _ADDRESS.fullmatch(url)
        if address is None or not 0 < int(address[3]) < 65536:
            faults.add(key, url, "not udp://[group]host:port or tcp://host:port")


def _listens(table: FeedTable) -> bool:
    return table.source == "sapient" and table.listen is not False


def _is_pushed_to(table: FeedTable) -> bool:
    return table.source == "json" and table.url.startswith("https:")


_NOWHERE = re.compile(r"(tcp|tls)://:")


def _feeds(
    tables: list[FeedTable | None],
    sensors: tuple[Sensor, ...],
    known: frozenset[str],
    folder: Path | None,
    faults: Faults,
) -> tuple[Feed, ...]:
    periods = {sensor.id: sensor.period_s for sensor in sensors}
    feeds = []
    for index, table in enumerate(tables):
        if table is None:
            continue
        if table.sensor not in known:
            faults.add(f"feed[{index}].sensor", table.sensor, "no [[sensor]] has this id")
        listens = _listens(table)
        if table.source != "sapient" and table.listen is not None:
            faults.add(f"feed[{index}].listen", table.listen, "goes with source sapient")
        url = _NOWHERE.sub(r"\1://127.0.0.1:", table.url) if listens else table.url
        _check_url(f"feed[{index}].url", url, faults)
        check_link(f"feed[{index}]", table, faults)
        period = periods.get(table.sensor)
        feeds.append(
            Feed(
                id=table.id or table.sensor,
                sensor=table.sensor,
                source=table.source,
                url=url,
                stale_s=table.stale_s or max(5.0, 3.0 * (period or 0.0)),
                listens=listens,
                tls=tls_files(table, f"feed[{index}]", folder, faults, serves=listens or _is_pushed_to(table)),
                user=table.user,
                password_file=whole(folder, table.password_file),
                token_file=whole(folder, table.token_file),
            )
        )
    _check_unique("feed", [feed.id for feed in feeds], faults)
    return tuple(feeds)


def _check_own(own: tuple[OwnDrone, ...], faults: Faults) -> None:
    for index, one in enumerate(own):
        if one.mavlink_system is None and one.cot_uid is None:
            faults.add(f"own_drone[{index}]", one.name, "needs a mavlink_system or a cot_uid")
        for name in ("name", "mavlink_system", "cot_uid"):
            value = getattr(one, name)
            if value is not None and value in [getattr(other, name) for other in own[:index]]:
                faults.add(f"own_drone[{index}].{name}", value, "already used above")
