"""What people say of identity, as actions, for the tests of post."""

from __future__ import annotations

from typing import Any

from tests.post.scene import BEGIN_S
from vedette.model import Action, Disposition, Draft, FlightPlan, Origin, PlanFlight, SetDisposition
from vedette.post import Post

TRACK = "erbil-T-0001"
BOX = {"type": "Point", "coordinates": [43.944, 36.227]}


def act(post: Post, verb: str, target: str = "", at_s: float = 0.0, **fields: Any) -> list[Draft]:
    said = {"by": "Cpt Aziz", "role": "watch_officer", "note": "as agreed", **fields}
    return post.act(Action(verb=verb, target=target, **said), BEGIN_S + at_s, Origin.LIVE)


def say(post: Post, disposition: str, at_s: float = 0.0, track: str = TRACK, **fields: Any) -> list[Draft]:
    request = SetDisposition(disposition=Disposition(disposition))
    return act(post, "set_disposition", track, at_s, request=request, **fields)


def plan(from_s: float = 0.0, until_s: float = 600.0, **changes: Any) -> FlightPlan:
    """A circle of 300 m about where the scene's track is, up to 200 m; hours in seconds after BEGIN_S."""
    values: dict[str, Any] = {
        "who": "Survey team",
        "geometry": BOX,
        "radius_m": 300.0,
        "ceiling_agl_m": 200.0,
        "from_s": BEGIN_S + from_s,
        "until_s": BEGIN_S + until_s,
    }
    return FlightPlan(**{**values, **changes})


def enter(post: Post, at_s: float = 0.0, **changes: Any) -> list[Draft]:
    return act(post, "plan_flight", at_s=at_s, request=PlanFlight(plan=plan(**changes)))
