"""[mandate], [[measure]] and [[plan.step]] → the site's Response; every fault noted."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import msgspec

from vedette.site.closures import closures_of
from vedette.site.model import Mandate, MandateRole, Measure, PlanStep, Response, Zone
from vedette.site.reading import Faults, read_table
from vedette.site.schema import ClosureTable, MandateRoleTable, MandateTable, MeasureTable, PlanStepTable, PlanTable

RESPONSE_KEYS: Final = ("mandate", "measure", "plan", "closure")

MEASURE_WORDS: Final = {
    "shelter_alarm": "Shelter alarm",
    "inform_tower": "Inform the tower",
    "call_police": "Call the police",
    "call_partner": "Call the partner force",
    "lights": "Lights",
    "hold_runway": "Hold the runway",
    "close_runway": "Close the runway",
    "send_team": "Send a team",
    "request_defeat": "Request defeat",
}
"""Names of measures whose table has none."""

_GROUND: Final = ("perimeter", "warning", "keep_out", "asset", "runway")
"""Roles of zones that an aircraft can threaten (vedette.assessment.zones)."""

Table = TypeVar("Table", bound=msgspec.Struct)


def read_response(document: dict[str, Any], zones: tuple[Zone, ...], faults: Faults) -> Response:
    """Mandate, measures and plan of a site file's document; without [mandate] there is none."""
    measures = _measures(document, faults)
    known = _ids_of(document.get("measure"))
    plan = document.get("plan", {})
    if not isinstance(plan, dict):
        faults.add("plan", plan, "must be written as [[plan.step]]")
        plan = {}
    table = read_table(PlanTable, {name: value for name, value in plan.items() if name != "step"}, "plan", faults)
    return Response(
        mandate=_mandate(document.get("mandate"), known, zones, faults),
        measures=measures,
        plan=_plan(plan, {each.id: each for each in measures}, known, faults),
        closures=closures_of(_rows(document.get("closure", []), ClosureTable, "closure", faults), zones, known, faults),
        automatic=table is not None and table.automatic,
    )


def _rows(rows: Any, kind: type[Table], key: str, faults: Faults) -> list[Table | None]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        faults.add(key, rows, f"must be written as [[{key}]]")
        return []
    return [read_table(kind, row, f"{key}[{index}]", faults) for index, row in enumerate(rows)]


def _ids_of(rows: Any) -> frozenset[str]:
    """The measures' ids as they are written: one with a fault is there all the same."""
    found = [row.get("id") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return frozenset(each for each in found if isinstance(each, str))


def _measures(document: dict[str, Any], faults: Faults) -> tuple[Measure, ...]:
    measures: list[Measure] = []
    for index, table in enumerate(_rows(document.get("measure", []), MeasureTable, "measure", faults)):
        if table is None:
            continue
        key = f"measure[{index}]"
        if table.id in [other.id for other in measures]:
            faults.add(f"{key}.id", table.id, "already used above")
        if table.kind == "request_defeat" and table.owner is None:
            faults.add(f"{key}.owner", "", "missing: a request goes to the authority that owns the effector")
        name = table.name or MEASURE_WORDS[table.kind]
        measures.append(Measure(id=table.id, kind=table.kind, name=name, owner=table.owner))
    return tuple(measures)


def _mandate(given: Any, known: frozenset[str], zones: tuple[Zone, ...], faults: Faults) -> Mandate | None:
    if given is None:
        return None
    if not isinstance(given, dict):
        faults.add("mandate", given, "must be written as [mandate]")
        return None
    own = {name: value for name, value in given.items() if name != "role"}
    table = read_table(MandateTable, own, "mandate", faults)
    roles = _roles(given.get("role", []), known, faults)
    if table is None:
        return None
    if table.until <= table.from_:
        faults.add("mandate.until", table.until, "must be later than from")
    _check_known("mandate.two_persons", table.two_persons, known, faults)
    _check_ground(table.ground, zones, faults)
    return Mandate(
        granted_by=table.granted_by,
        to=table.to,
        from_s=table.from_.timestamp(),
        until_s=table.until.timestamp(),
        ground=table.ground,
        protects=table.protects,
        roles=roles,
        two_persons=table.two_persons,
        threat_s=table.threat_s,
        safety_radius_m=table.safety_radius_m,
        safety_height_m=table.safety_height_m,
    )


def _roles(rows: Any, known: frozenset[str], faults: Faults) -> tuple[MandateRole, ...]:
    roles: list[MandateRole] = []
    tables = _rows(rows, MandateRoleTable, "mandate.role", faults)
    if not tables:
        faults.add("mandate.role", "", "missing: without a [[mandate.role]] nobody may order anything")
    for index, table in enumerate(tables):
        if table is None:
            continue
        key = f"mandate.role[{index}]"
        if table.name in [other.name for other in roles]:
            faults.add(f"{key}.name", table.name, "already used above")
        _check_known(f"{key}.measures", table.measures, known, faults)
        _check_known(f"{key}.seconds", table.seconds or (), known, faults)
        seconds = table.measures if table.seconds is None else table.seconds
        roles.append(MandateRole(name=table.name, measures=table.measures, seconds=seconds))
    return tuple(roles)


def _check_known(key: str, ids: tuple[str, ...], known: frozenset[str], faults: Faults) -> None:
    for index, one in enumerate(ids):
        if one not in known:
            faults.add(f"{key}[{index}]", one, "no [[measure]] has this id")


def _check_ground(ground: tuple[str, ...], zones: tuple[Zone, ...], faults: Faults) -> None:
    roles = {zone.id: zone.role for zone in zones}
    for index, one in enumerate(ground):
        if one not in roles:
            faults.add(f"mandate.ground[{index}]", one, "no zone of the geometry has this id")
        elif roles[one] not in _GROUND:
            faults.add(f"mandate.ground[{index}]", one, f"a {roles[one]} is no ground to protect")


def _plan(
    given: dict[str, Any], measures: dict[str, Measure], known: frozenset[str], faults: Faults
) -> tuple[PlanStep, ...]:
    steps = []
    for index, table in enumerate(_rows(given.get("step", []), PlanStepTable, "plan.step", faults)):
        if table is None:
            continue
        key = f"plan.step[{index}]"
        if table.measure is not None and table.measure not in known:
            faults.add(f"{key}.measure", table.measure, "no [[measure]] has this id")
        measure = measures.get(table.measure or "")
        if table.text is None and table.measure is None:
            faults.add(f"{key}.text", "", "missing: a step has a text, a measure or both")
        if table.notify and measure is not None and measure.kind == "request_defeat":
            faults.add(f"{key}.notify", table.notify, "a request to defeat is handed over by people, never sent")
        steps.append(
            PlanStep(
                phase=table.phase,
                text=table.text or (measure.name if measure else ""),
                measure=table.measure,
                owner=table.owner or (measure.owner if measure else None),
                within_s=table.within_s,
                notify=table.notify,
                say=table.say,
            )
        )
    return tuple(steps)
