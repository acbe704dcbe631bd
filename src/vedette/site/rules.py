"""[[rule]] → the site's alert rules, every fault noted. Without any: the one rule for drones near a zone.

A site with aircraft of its own is then also told of a second contact while one of them returns: crews have looked at
their own drone coming home while another came behind it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, get_args

from vedette.site.model import Feed, Rule, Sensor, Zone
from vedette.site.reading import Faults
from vedette.site.schema import Role, RuleTable

ROLES: Final = get_args(Role)
THREATENED: Final = tuple(role for role in ROLES if role != "landmark")
DEFAULT_RULE: Final = RuleTable(id="uav-near-zone")
DEFAULT_ZONES: Final = ("warning", "perimeter", "keep_out")
SECOND_CONTACT: Final = RuleTable(id="second-contact", kind="second_contact")

_HOUR_MINUTE: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_SPANS: Final = ("height_agl", "altitude_msl", "speed")
_OF_TRACKS: Final = (
    "zones", "remote_id", "hours", "number", "closing_min_mps", "urgent_s", "height_agl_min_m", "height_agl_max_m",
    "altitude_msl_min_m", "altitude_msl_max_m", "speed_min_mps", "speed_max_mps",
)  # fmt: skip


def read_rules(
    tables: Sequence[RuleTable | None],
    zones: tuple[Zone, ...],
    sensors: tuple[Sensor, ...],
    feeds: tuple[Feed, ...],
    has_own: bool,
    faults: Faults,
) -> tuple[Rule, ...]:
    """The rules of the file, or those that hold without any. has_own: the site names aircraft or flights of its own."""
    seen: set[str] = set()
    for index, table in enumerate(tables):
        if table is not None:
            key = f"rule[{index}]"
            if table.id in seen:
                faults.add(f"{key}.id", table.id, "already used above")
            seen.add(table.id)
            _check(table, key, zones, faults)
            _check_absence(table, key, sensors, faults)
    written = [table for table in tables if table is not None]
    if not tables:
        written = [DEFAULT_RULE, *([SECOND_CONTACT] if has_own else [])]
    heard = tuple(dict.fromkeys(feed.sensor for feed in feeds))
    return tuple(_rule(table, heard) for table in written)


def _check(table: RuleTable, key: str, zones: tuple[Zone, ...], faults: Faults) -> None:
    known = {*THREATENED, *(zone.id for zone in zones if zone.role != "landmark")}
    for index, one in enumerate(table.zones or ()):
        if one not in known:
            faults.add(f"{key}.zones[{index}]", one, f"neither the id of a zone nor one of {', '.join(THREATENED)}")
    for span in _SPANS:
        unit = "mps" if span == "speed" else "m"
        least, most = getattr(table, f"{span}_min_{unit}"), getattr(table, f"{span}_max_{unit}")
        if least is not None and most is not None and least >= most:
            faults.add(f"{key}.{span}_max_{unit}", most, f"must be above {span}_min_{unit}, {least:g}")
    if table.hours is not None:
        _check_hours(table.hours, f"{key}.hours", faults)


def _check_hours(hours: tuple[str, str], key: str, faults: Faults) -> None:
    for index, one in enumerate(hours):
        if _minutes(one) is None:
            faults.add(f"{key}[{index}]", one, "not a time of day from 00:00 to 23:59")
    if _minutes(hours[0]) == _minutes(hours[1]) is not None:
        faults.add(key, list(hours), "begins and ends at the same time: leave it out for all day")


def _minutes(text: str) -> int | None:
    found = _HOUR_MINUTE.fullmatch(text)
    return None if found is None else 60 * int(found[1]) + int(found[2])


def _check_absence(table: RuleTable, key: str, sensors: tuple[Sensor, ...], faults: Faults) -> None:
    silent = table.kind in ("sensor_silent", "flight_overdue")
    absent = silent or table.kind == "flight_outside"
    if silent and table.silent_s is None:
        faults.add(f"{key}.silent_s", "", f"missing: a rule of kind {table.kind} needs it")
    if not silent and table.silent_s is not None:
        faults.add(f"{key}.silent_s", table.silent_s, "goes with kind sensor_silent or flight_overdue")
    if table.sensors is not None and table.kind != "sensor_silent":
        faults.add(f"{key}.sensors", list(table.sensors), "goes with kind sensor_silent")
    for index, one in enumerate(table.sensors or ()):
        if one not in {sensor.id for sensor in sensors}:
            faults.add(f"{key}.sensors[{index}]", one, "no [[sensor]] has this id")
    for name in _OF_TRACKS if absent else ():
        if getattr(table, name) is not None:
            faults.add(f"{key}.{name}", getattr(table, name), f"says nothing in a rule of kind {table.kind}")


def _rule(table: RuleTable, heard: tuple[str, ...]) -> Rule:
    values: dict[str, Any] = {name: getattr(table, name) for name in table.__struct_fields__}
    if table.zones is None:
        values["zones"] = DEFAULT_ZONES if table.kind == "track" else ()
    if table.hours is not None:
        values["hours"] = tuple(_minutes(text) or 0 for text in table.hours)
    values["remote_id"] = table.remote_id or ()
    values["sensors"] = (table.sensors or heard) if table.kind == "sensor_silent" else ()
    return Rule(**values)
