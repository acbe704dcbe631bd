"""The API's handlers of dispositions and own flights. Who acts must say who they are, and in which role."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from vedette.console import views
from vedette.console.desk import Desk
from vedette.console.errors import ApiError
from vedette.console.people import Acting, Person
from vedette.model import Action, Disposition, FlightPlanned, PlanFlight, SetDisposition
from vedette.site import flight_of_feature

Name = Annotated[str, msgspec.Meta(pattern=r"^\S([^\x00-\x1f]{0,98}\S)?(?![\s\S])")]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
Note = Annotated[str, msgspec.Meta(max_length=2000)]
Said = Literal["unknown", "assumed_friendly", "friendly", "neutral", "suspicious", "hostile"]


class DispositionEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a person's word on a track. by, role: who says it, as what; with log-in they need not be said."""

    disposition: Said
    reason: Words
    by: Name | None = None
    role: Name | None = None


class WithdrawalEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a withdrawal, of a word on a track or of a flight's permission, and of a flight's end."""

    reason: Note = ""
    by: Name | None = None
    role: Name | None = None


class FlightEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of an own flight. geometry: GeoJSON Polygon, or Point with radius_m; heights over ground, null: open.

    from_utc, until_utc: ISO 8601 with offset. serial: its Remote ID; own: the name of an [[own_drone]].
    """

    who: Name
    from_utc: str
    until_utc: str
    geometry: dict[str, Any]
    radius_m: float | None = None
    floor_height_agl_m: float | None = None
    ceiling_height_agl_m: float | None = None
    serial: str | None = None
    own: str | None = None
    icao: str | None = None
    callsign: str | None = None
    note: Note = ""
    by: Name | None = None
    role: Name | None = None


def identity_handlers(desk: Desk) -> list[ControllerRouterHandler]:
    """POST of dispositions; GET and POST of own flights."""
    return [*_dispositions(desk), *_flights(desk)]


def _dispositions(desk: Desk) -> list[ControllerRouterHandler]:
    @post("/tracks/{track:str}/disposition", summary="Say what a track is, over its evidence", status_code=200)
    async def say(track: FromPath[str], data: JSONBody[DispositionEntry], person: Acting) -> views.TrackView:
        by, role = _who(person, data.by, data.role)
        request = SetDisposition(disposition=Disposition(data.disposition))
        action = Action(verb="set_disposition", target=track, by=by, role=role, note=data.reason, request=request)
        await desk.act(action)
        return _track(desk, track)

    @post("/tracks/{track:str}/disposition/withdraw", summary="Withdraw what was said of a track", status_code=204)
    async def withdraw(track: FromPath[str], data: JSONBody[WithdrawalEntry], person: Acting) -> None:
        by, role = _who(person, data.by, data.role)
        await desk.act(Action(verb="withdraw_disposition", target=track, by=by, role=role, note=data.reason))

    return [say, withdraw]


def _flights(desk: Desk) -> list[ControllerRouterHandler]:
    site = desk.board.site

    @get("/flights", summary="Own flights and how each goes", sync_to_thread=False)
    def flights() -> views.FlightsView:
        return views.flights(desk.board.shown.identities, site)

    @post("/flights", summary="Enter an own flight", status_code=200)
    async def plan(data: JSONBody[FlightEntry], person: Acting) -> views.FlightView:
        by, role = _who(person, data.by, data.role)
        action = Action(verb="plan_flight", target="", by=by, role=role, note=data.note, request=_plan(data))
        entered = next(one for one in await desk.act(action) if isinstance(one, FlightPlanned))
        return _flight(desk, entered.flight)

    @post("/flights/{flight:str}/withdraw", summary="Take an own flight's permission back", status_code=200)
    async def withdraw(flight: FromPath[str], data: JSONBody[WithdrawalEntry], person: Acting) -> views.FlightView:
        by, role = _who(person, data.by, data.role)
        await desk.act(Action(verb="withdraw_flight", target=flight, by=by, role=role, note=data.reason))
        return _flight(desk, flight)

    @post("/flights/{flight:str}/close", summary="Say that an own flight is down", status_code=200)
    async def close(flight: FromPath[str], data: JSONBody[WithdrawalEntry], person: Acting) -> views.FlightView:
        by, role = _who(person, data.by, data.role)
        await desk.act(Action(verb="close_flight", target=flight, by=by, role=role, note=data.reason))
        return _flight(desk, flight)

    return [flights, plan, withdraw, close]


def _who(person: Person, by: str | None, role: str | None) -> tuple[str, str]:
    """Name and role to record; without log-in both must be said, with it a role of the mandate need not be held."""
    if not person.known and (by is None or role is None):
        raise ApiError(400, "bad_body", "by and role are missing: say who you are, and in which role")
    return person.named(by), person.role(role) or person.post


def _track(desk: Desk, name: str) -> views.TrackView:
    picture = desk.board.picture()
    for one in picture.tracks if picture is not None else ():
        if one.track == name:
            return views.track(one, desk.board.origin)
    raise ApiError(404, "not_found", f"{name!r} is not in the picture any more")


def _flight(desk: Desk, name: str) -> views.FlightView:
    for one in desk.board.shown.identities.flights:
        if one.flight == name:
            return views.flight(one, desk.board.site)
    raise ApiError(404, "not_found", f"there is no own flight {name!r}")


def _plan(data: FlightEntry) -> PlanFlight:
    """The plan, by the same rules as the site's file of flights; ApiError 400 with the first fault."""
    names = ("radius_m", "floor_height_agl_m", "ceiling_height_agl_m", "serial", "own", "icao", "callsign")
    properties = {name: value for name in names if (value := getattr(data, name)) is not None}
    properties |= {"who": data.who, "note": data.note, "from": data.from_utc, "until": data.until_utc}
    plan, faults = flight_of_feature({"properties": properties, "geometry": data.geometry})
    if plan is None:
        raise ApiError(400, "bad_body", "; ".join(f"{fault.key}: {fault.why}" for fault in faults))
    return PlanFlight(plan=plan)
