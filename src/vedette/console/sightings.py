"""The API's sightings: what somebody saw goes in, is checked, graded and recorded."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from litestar import get, post
from litestar.params import JSONBody
from litestar.types import ControllerRouterHandler

from vedette.console import views
from vedette.console.asked import seconds_of
from vedette.console.desk import Desk
from vedette.console.errors import ApiError
from vedette.console.people import Acting
from vedette.model import Action, Lights, Motion, Observer, SightingEntered, SightingReport, Sureness

_SigmaDeg = Annotated[float, msgspec.Meta(ge=0.1, le=180.0)]
_Words = Annotated[str, msgspec.Meta(max_length=2000)]


class SightingEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a sighting. time: ISO 8601 with Z or an offset; azimuth clockwise from true north."""

    time: Annotated[str, msgspec.Meta(max_length=40)]
    time_sigma_s: Annotated[float, msgspec.Meta(ge=0.0, le=3600.0)] = 30.0
    latitude_deg: Annotated[float, msgspec.Meta(ge=-90.0, le=90.0)]
    longitude_deg: Annotated[float, msgspec.Meta(ge=-180.0, le=180.0)]
    altitude_ellipsoid_m: Annotated[float, msgspec.Meta(ge=-1000.0, le=30_000.0)] | None = None
    azimuth_true_deg: Annotated[float, msgspec.Meta(ge=0.0, le=360.0)]
    azimuth_sigma_deg: _SigmaDeg | None = None
    elevation_deg: Annotated[float, msgspec.Meta(ge=-30.0, le=90.0)] | None = None
    elevation_sigma_deg: _SigmaDeg | None = None
    sure: Sureness = "fairly"
    motion: Motion | None = None
    lights: Lights | None = None
    looked_like: _Words = ""
    observer: Observer = "public"
    seen_by: _Words = ""
    note: _Words = ""


ENTER: Final = "enter_sighting"


def sighting_handlers(desk: Desk) -> list[ControllerRouterHandler]:
    """GET and POST /sightings."""
    board = desk.board

    @get("/sightings", summary="All sightings, with what could explain each", sync_to_thread=False)
    def sightings() -> views.SightingsView:
        return views.SightingsView(sightings=[views.sighting(one, board.site) for one in board.sightings()])

    @post("/sightings", summary="Enter what somebody saw: checked, graded, recorded", status_code=200)
    async def enter_sighting(data: JSONBody[SightingEntry], person: Acting) -> views.SightingView:
        action = Action(verb=ENTER, target="", by=person.name, note=data.note, sighting=_report(data))
        entered = next(one for one in await desk.act(action) if isinstance(one, SightingEntered))
        return views.sighting(entered, board.site)

    return [sightings, enter_sighting]


def _report(entry: SightingEntry) -> SightingReport:
    at_s = seconds_of("time", entry.time, "bad_body")
    if not 0.0 < at_s < 4e9:
        raise ApiError(400, "bad_body", "time is not of this age")
    return SightingReport(
        at_s=at_s,
        time_sigma_s=entry.time_sigma_s,
        latitude_deg=entry.latitude_deg,
        longitude_deg=entry.longitude_deg,
        altitude_ellipsoid_m=entry.altitude_ellipsoid_m,
        azimuth_true_deg=entry.azimuth_true_deg % 360.0,
        azimuth_sigma_deg=entry.azimuth_sigma_deg,
        elevation_deg=entry.elevation_deg,
        elevation_sigma_deg=entry.elevation_sigma_deg,
        sure=entry.sure,
        motion=entry.motion,
        lights=entry.lights,
        looked_like=entry.looked_like,
        observer=entry.observer,
        seen_by=entry.seen_by,
    )
