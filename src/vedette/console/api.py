"""The API's handlers: reads come from the board, actions go to the desk and are answered after their commit."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import MediaType, Response, Router, get, post
from litestar.di import Provide
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from vedette.access import Access
from vedette.console import views
from vedette.console.alerts import alert_handlers
from vedette.console.auditing import auditing_handlers
from vedette.console.decisions import decision_handlers
from vedette.console.desk import Desk
from vedette.console.dossier import DOCUMENT, dossier_handlers
from vedette.console.errors import ApiError
from vedette.console.hand_over import hand_over_handlers
from vedette.console.history import history_handlers
from vedette.console.identity import identity_handlers
from vedette.console.media import media_handlers
from vedette.console.people import Acting, person_of
from vedette.console.personal import personal_handlers
from vedette.console.playback import playback_handlers
from vedette.console.response import response_handlers
from vedette.console.sessions import session_handlers
from vedette.console.setup import setup_handlers
from vedette.console.sightings import sighting_handlers
from vedette.console.site_merge import merge_handlers
from vedette.console.siteview import SiteView, site_view
from vedette.console.users import user_handlers
from vedette.model import Action, SensorAsked

REPORT_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""A report is a page of its own: no script, nothing from elsewhere, never inside another page."""
_PDF: Final = "application/pdf"
_GEOJSON: Final = "application/geo+json"


class AlertsView(views.View, frozen=True, kw_only=True):
    """All alerts, in the order they were raised."""

    alerts: list[views.AlertView]


class IncidentsView(views.View, frozen=True, kw_only=True):
    """All incidents, in the order they were opened."""

    incidents: list[views.IncidentView]


class Acknowledgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of an acknowledgement."""

    note: str = ""


class AlarmTestOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a test alarm."""

    note: str = ""


class SoundReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a screen's sound did at a test alarm. screen: its own name for itself, a few letters."""

    screen: Annotated[str, msgspec.Meta(pattern="^[0-9a-z-]{1,16}$")]
    sound: Literal["played", "muted", "blocked"]


class LookAt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a look_at: a track of the newest picture, or a place, altitude over the ellipsoid."""

    track: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    latitude_deg: Annotated[float, msgspec.Meta(ge=-90.0, le=90.0)] | None = None
    longitude_deg: Annotated[float, msgspec.Meta(ge=-180.0, le=180.0)] | None = None
    altitude_ellipsoid_m: Annotated[float, msgspec.Meta(ge=-1000.0, le=100_000.0)] | None = None


def api_router(desk: Desk, access: Access | None = None) -> Router:
    """GET and POST under /api/v1."""
    handlers = [
        *_reads(desk),
        *_incidents(desk),
        *_actions(desk),
        *alert_handlers(desk),
        *_alarm_tests(desk),
        *decision_handlers(desk),
        *setup_handlers(desk),
        *merge_handlers(desk),
        *sighting_handlers(desk),
        *response_handlers(desk),
        *hand_over_handlers(desk),
        *identity_handlers(desk),
        *session_handlers(access),
        *user_handlers(access, desk),
        *personal_handlers(desk),
        *auditing_handlers(desk),
        *dossier_handlers(desk),
        *media_handlers(desk),
        *history_handlers(desk),
        *playback_handlers(desk, desk.playback),
    ]
    return Router(path="/api/v1", route_handlers=handlers, dependencies={"person": Provide(person_of)})


def _reads(desk: Desk) -> list[ControllerRouterHandler]:
    board = desk.board
    drawn = [site_view(board.site, board.origin)]

    @get("/health", summary="Health of the watch", sync_to_thread=False)
    def health() -> views.HealthView:
        return board.health_view()

    @get("/site", summary="The site: geometry, sensors, rings", sync_to_thread=False)
    def the_site() -> SiteView:
        if drawn[0].sha256 != board.site.sha256:
            drawn[0] = site_view(board.site, board.origin)
        return drawn[0]

    @get("/tracks", summary="The newest picture's tracks, with trails", sync_to_thread=False)
    def tracks() -> views.TracksView:
        return board.tracks()

    @get("/tracks/{track_id:str}", summary="One track of the newest picture", sync_to_thread=False)
    def track(track_id: FromPath[str]) -> views.TrackView:
        found = board.track(track_id)
        if found is None:
            raise ApiError(404, "not_found", f"there is no track {track_id!r} in the newest picture")
        return views.track(found, board.origin)

    @get("/alerts", summary="All alerts as they stand", sync_to_thread=False)
    def alerts() -> AlertsView:
        return AlertsView(alerts=[views.alert(one, board.site) for one in board.alerts()])

    @get("/incidents", summary="All incidents as they stand", sync_to_thread=False)
    def incidents() -> IncidentsView:
        return IncidentsView(incidents=[views.incident(one, board.site) for one in board.incidents()])

    @get("/snapshot", summary="All that is up, as the stream begins", sync_to_thread=False)
    def snapshot() -> views.Snapshot:
        return board.snapshot()

    return [health, the_site, tracks, track, alerts, incidents, snapshot]


def _incidents(desk: Desk) -> list[ControllerRouterHandler]:
    @get("/incidents/{incident_id:str}", summary="One incident's document", responses=DOCUMENT)
    async def incident(incident_id: FromPath[str]) -> dict[str, Any]:
        document = await asyncio.to_thread(desk.incident_document, incident_id)
        if document is None:
            raise ApiError(404, "not_found", f"there is no incident {incident_id!r}")
        return document

    @get("/incidents/{incident_id:str}/report.html", summary="One incident's report", media_type=MediaType.HTML)
    async def report(incident_id: FromPath[str]) -> Response[bytes]:
        headers = {"content-security-policy": REPORT_POLICY}
        return Response(await paper(incident_id, "html"), media_type=MediaType.HTML, headers=headers)

    @get("/incidents/{incident_id:str}/report.pdf", summary="One incident's report for print", media_type=_PDF)
    async def report_pdf(incident_id: FromPath[str]) -> Response[bytes]:
        return Response(await paper(incident_id, "pdf"), media_type=_PDF)

    @get(
        "/incidents/{incident_id:str}/report.geojson",
        summary="One incident on a map",
        media_type=_GEOJSON,
        responses={200: ResponseSpec(dict[str, Any], generate_examples=False, media_type=_GEOJSON)},
    )
    async def report_geojson(incident_id: FromPath[str]) -> Response[bytes]:
        return Response(await paper(incident_id, "geojson"), media_type=_GEOJSON)

    async def paper(incident_id: str, format_name: str) -> bytes:
        made = await asyncio.to_thread(desk.incident_paper, incident_id, format_name)
        if made is None:
            raise ApiError(404, "not_found", f"there is no incident {incident_id!r}")
        return made

    return [incident, report, report_pdf, report_geojson]


def _actions(desk: Desk) -> list[ControllerRouterHandler]:
    board = desk.board

    @post("/alerts/{alert_id:str}/acknowledge", summary="Acknowledge an alert", status_code=200)
    async def acknowledge(alert_id: FromPath[str], data: JSONBody[Acknowledgement], person: Acting) -> views.AlertView:
        if board.alert(alert_id) is None:
            raise ApiError(404, "not_found", f"there is no alert {alert_id!r}")
        _check_text("note", data.note)
        await desk.act(Action(verb="acknowledge", target=alert_id, by=person.name, note=data.note))
        after = board.alert(alert_id)
        if after is None:
            raise ApiError(404, "not_found", f"there is no alert {alert_id!r}")
        return views.alert(after, board.site)

    @post("/sensors/{sensor_id:str}/look_at", summary="Ask a sensor to look at a track or a place", status_code=200)
    async def look_at(sensor_id: FromPath[str], data: JSONBody[LookAt], person: Acting) -> views.SensorTaskView:
        if (data.track is None) == (data.latitude_deg is None or data.longitude_deg is None):
            raise ApiError(400, "bad_body", "name either a track, or latitude_deg and longitude_deg")
        action = Action(
            verb="look_at",
            target=sensor_id,
            by=person.name,
            track=data.track,
            latitude_deg=data.latitude_deg,
            longitude_deg=data.longitude_deg,
            altitude_ellipsoid_m=data.altitude_ellipsoid_m,
        )
        asked = next(one for one in await desk.act(action) if isinstance(one, SensorAsked))
        return views.sensor_task(asked)

    return [acknowledge, look_at]


def _alarm_tests(desk: Desk) -> list[ControllerRouterHandler]:
    board = desk.board

    @post("/test-alarm", summary="Raise a test alarm: queue, sound and every output", status_code=200)
    async def test_alarm(data: JSONBody[AlarmTestOrder], person: Acting) -> views.AlertView:
        _check_text("note", data.note)
        await desk.act(Action(verb="test_alarm", target="", by=person.name, note=data.note))
        return views.alert([alert for alert in board.alerts() if alert.test][-1], board.site)

    @post("/test-alarm/{alert_id:str}/sound", summary="A screen says what its sound did", status_code=204)
    async def report_sound(alert_id: FromPath[str], data: JSONBody[SoundReport]) -> None:
        await desk.act(Action(verb="report_sound", target=alert_id, by="screen", state=data.sound, value=data.screen))

    return [test_alarm, report_sound]


def _check_text(key: str, text: str) -> None:
    if len(text) > 2000:
        raise ApiError(400, "bad_body", f"{key} is longer than 2000 characters")
