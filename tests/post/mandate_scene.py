"""A mandate over the small site of tests.post.scene, and pictures to hold orders against."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.post.scene import BEGIN_S, approach, picture, site, track, zone
from vedette.model import Action, Cooperation, FactRecorded, MandateWithdrawn, Picture, TrackPicture
from vedette.post.mandate import Order, Person, Situation
from vedette.site import Mandate, MandateRole, Measure, Response, Site

TARGET = "erbil-T-0001"
ALL = ("shelter", "tower", "police", "partner", "lights", "hold", "close", "team", "defeat")

MEASURES = (
    Measure(id="shelter", kind="shelter_alarm", name="Shelter alarm"),
    Measure(id="tower", kind="inform_tower", name="Inform the tower"),
    Measure(id="police", kind="call_police", name="Call the police"),
    Measure(id="partner", kind="call_partner", name="Call the partner force"),
    Measure(id="lights", kind="lights", name="Lights out"),
    Measure(id="hold", kind="hold_runway", name="Hold the runway"),
    Measure(id="close", kind="close_runway", name="Close the runway"),
    Measure(id="team", kind="send_team", name="Send the patrol"),
    Measure(id="defeat", kind="request_defeat", name="Request defeat", owner="Base defence"),
)

MANDATE = Mandate(
    granted_by="Host government",
    to="Base commander",
    from_s=BEGIN_S - 86_400.0,
    until_s=BEGIN_S + 86_400.0,
    ground=("fence", "ring"),
    protects=("own_force", "partners"),
    roles=(
        MandateRole(name="commander", measures=ALL, seconds=ALL),
        MandateRole(name="officer", measures=("shelter", "tower", "police", "lights", "close"), seconds=("defeat",)),
        MandateRole(name="guard", measures=("shelter",), seconds=()),
    ),
    two_persons=("close",),
    threat_s=60.0,
    safety_radius_m=2000.0,
    safety_height_m=500.0,
)

RESPONSE = Response(mandate=MANDATE, measures=MEASURES)

ZONES = (zone("fence", "perimeter"), zone("ring", "warning"), zone("tower", "asset"))


def manned(p: float) -> tuple[float, ...]:
    """A posterior with this probability of manned; of the rest nearly all is a drone."""
    return (0.1 * (1.0 - p), 0.8 * (1.0 - p), p, 0.05 * (1.0 - p), 0.05 * (1.0 - p))


def mandated(**changes: Any) -> Site:
    """The small site with the mandate; changes are the mandate's."""
    response = Response(mandate=msgspec.structs.replace(MANDATE, **changes), measures=MEASURES)
    return msgspec.structs.replace(site(zones=ZONES), response=response)


def aircraft(name: str = TARGET, at_s: float = 0.0, **given: Any) -> TrackPicture:
    """A drone inside the fence, most surely unmanned. Keys: p_manned, inside, in_s, north_m, up_m, and the track's."""
    changes = {key: value for key, value in given.items() if key in TrackPicture.__struct_fields__}
    if "cooperation" in changes:
        changes["cooperation"] = Cooperation(changes["cooperation"])
    if "north_m" in given:
        changes["latitude_deg"] = 36.227 + given["north_m"] / 111_000.0
    if "up_m" in given:
        changes["altitude_ellipsoid_m"] = 575.0 + given["up_m"]
    for name_of in given.get("unknown", ()):
        changes[name_of] = None
    zone_id, in_s = given.get("zone", "fence"), given.get("in_s", 0.0)
    near = (approach(in_s if in_s >= 0.0 else None, zone_id=zone_id),)
    p_classes = tuple(given.get("p_classes", manned(given.get("p_manned", 0.001))))
    return track(name, at_s, **{"approaches": near, **changes, "p_classes": p_classes})


def said(fact: str, name: str = TARGET, identity: str | None = None) -> FactRecorded:
    return FactRecorded(
        id="erbil-F-0001", fact=fact, by="Cem", role="guard", note="seen by camera", at_s=BEGIN_S, track=name,
        identity=identity,
    )  # fmt: skip


WITHDRAWN = MandateWithdrawn(
    granted_by="Host government", from_s=MANDATE.from_s, by="Ada", role="commander", note="by telephone", at_s=BEGIN_S
)


def order(**given: Any) -> Order:
    """Ada, the commander, requests defeat of the target for the own force; `second`: (by, role)."""
    second = given.get("second")
    return Order(
        measure=given.get("measure", "defeat"),
        first=Person(given.get("by", "Ada"), given.get("role", "commander")),
        second=None if second is None else Person(*second),
        track=given.get("track", TARGET) or None,
        protects=given.get("protects", "own_force") or None,
    )


def action(verb: str, target: str = "", **given: Any) -> Action:
    """An action of Ada's, the commander."""
    return Action(verb=verb, target=target, **{"by": "Ada", "role": "commander", **given})


def ordered(key: str, **given: Any) -> Action:
    """The order of `order` as an action."""
    full = {"measure": "defeat", "track": TARGET, "protects": "own_force", **given}
    return action("decide", key, **full)


def situation(seen: Picture | None, at_s: float = 0.0, response: Response = RESPONSE, **given: Any) -> Situation:
    return Situation(response=response, at_s=BEGIN_S + at_s, picture=seen, **given)


def pictured(*tracks: TrackPicture, at_s: float = 0.0) -> Picture:
    return picture(at_s, *tracks)
