"""[[closure]] → the places that people close, and whom a step of the plan may notify; every fault noted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from vedette.site.model import ClosurePlace, Output, PlanStep, Zone
from vedette.site.reading import Faults
from vedette.site.schema import ClosureTable

_HOLDS: Final = ("perimeter", "warning", "keep_out", "asset", "runway")
"""Roles of zones that an aircraft can be in (vedette.assessment.zones)."""
_AIR: Final = ("perimeter", "warning", "keep_out")
_AIRSPACE: Final = "airspace"


def closures_of(
    tables: list[ClosureTable | None], zones: tuple[Zone, ...], measures: frozenset[str], faults: Faults
) -> tuple[ClosurePlace, ...]:
    """The places that may be closed. Without a [[closure]]: each runway, and the airspace of all other zones."""
    if not tables:
        return tuple(_plain(zones))
    places: list[ClosurePlace] = []
    roles = {zone.id: zone for zone in zones}
    for index, table in enumerate(tables):
        if table is None:
            continue
        key = f"closure[{index}]"
        if table.id in [other.id for other in places]:
            faults.add(f"{key}.id", table.id, "already used above")
        if table.measure is not None and table.measure not in measures:
            faults.add(f"{key}.measure", table.measure, "no [[measure]] has this id")
        for at, one in enumerate(table.zones):
            if one not in roles:
                faults.add(f"{key}.zones[{at}]", one, "no zone of the geometry has this id")
            elif roles[one].role not in _HOLDS:
                faults.add(f"{key}.zones[{at}]", one, f"nothing flies in a {roles[one].role}")
        name = table.name or (roles[table.id].name if table.id in roles else table.id)
        places.append(ClosurePlace(**{**msgspec.structs.asdict(table), "name": name}))
    return tuple(places)


def _plain(zones: tuple[Zone, ...]) -> Iterator[ClosurePlace]:
    """What a site has without saying so. A runway is watched over all zones: what flies near it is why it is closed."""
    air = tuple(zone.id for zone in zones if zone.role in _AIR)
    for zone in zones:
        if zone.role == "runway":
            yield ClosurePlace(id=zone.id, kind="runway", name=zone.name, zones=(zone.id, *air))
    if air and _AIRSPACE not in {zone.id for zone in zones if zone.role == "runway"}:
        yield ClosurePlace(id=_AIRSPACE, kind="airspace", name="Airspace over the site", zones=air)


def check_notices(plan: tuple[PlanStep, ...], outputs: tuple[Output, ...], faults: Faults) -> None:
    """Whom a step may notify: an output whose rule releases notices."""
    known = {output.id: output for output in outputs}
    for index, step in enumerate(plan):
        for at, one in enumerate(step.notify):
            key = f"plan.step[{index}].notify[{at}]"
            if one not in known:
                faults.add(key, one, "no [[output]] has this id")
            elif "notices" not in known[one].release.what:
                faults.add(key, one, f"its rule {known[one].release.id} does not release notices")
