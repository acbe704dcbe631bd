"""Which right each route asks for: the one table, held complete by a test. What is not in it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from vedette.access import Right

_ANYONE: Final = (
    "GET /",
    "GET /{file_path}",
    "GET /api/v1/session",
    "POST /api/v1/session",
    "POST /api/v1/session/first",
)
"""The page and its assets hold nothing of the site; the rest is how one comes in."""

_SELF: Final = (
    "DELETE /api/v1/session",
    "POST /api/v1/session/password",
    "GET /api/v1/sessions",
    "DELETE /api/v1/sessions/{session_id}",
)
"""One's own session; the handlers give more of sessions to who may audit or manage."""

_READ: Final = (
    "GET /api/v1/health",
    "GET /api/v1/site",
    "GET /api/v1/tracks",
    "GET /api/v1/alerts",
    "GET /api/v1/incidents",
    "GET /api/v1/incidents/{incident_id}",
    "GET /api/v1/incidents/{incident_id}/report.html",
    "GET /api/v1/incidents/{incident_id}/report.pdf",
    "GET /api/v1/snapshot",
    "GET /api/v1/mandate",
    "GET /api/v1/decisions",
    "GET /api/v1/decisions/{decision_id}",
    "GET /api/v1/sightings",
    "GET /api/v1/response",
    "GET /api/v1/hand-over",
    "GET /api/v1/hand-over/{hand_over_id}/paper.html",
    "GET /api/v1/hand-over/{hand_over_id}/paper.pdf",
    "GET /api/v1/tracks/{track_id}",
    "GET /api/v1/history",
    "GET /api/v1/history/alerts",
    "GET /api/v1/history/detections",
    "GET /api/v1/history/picture",
    "GET /api/v1/history/points",
    "GET /api/v1/history/span",
    "GET /api/v1/false-alarms",
    "GET /api/v1/flights",
    "GET /api/v1/exercises",
    "GET /api/v1/exercises/{exercise_id}/evaluation",
    "GET /api/v1/exercises/{exercise_id}/evaluation.html",
    "GET /api/v1/incidents/{incident_id}/case",
    "GET /api/v1/incidents/{incident_id}/media/{media_id}",
    "GET /api/v1/incidents/{incident_id}/report.geojson",
    "GET /api/v1/openapi.json",
    "GET /api/v1/openapi.json/openapi.json",
    "GET /api/v1/openapi.json/{path}",
    "POST /api/v1/test-alarm/{alert_id}/sound",
    "WS /api/v1/stream",
)
"""What a screen's sound did is said by every screen, of whomever."""

_ACT: Final = (
    "POST /api/v1/alerts/{alert_id}/acknowledge",
    "POST /api/v1/alerts/{alert_id}/dismiss",
    "POST /api/v1/alerts/{alert_id}/bring_back",
    "POST /api/v1/alerts/{alert_id}/close",
    "POST /api/v1/incidents/{incident_id}/effects",
    "POST /api/v1/incidents/{incident_id}/effects/{entry_id}/withdraw",
    "POST /api/v1/incidents/{incident_id}/claims",
    "POST /api/v1/incidents/{incident_id}/claims/{claim_id}/withdraw",
    "POST /api/v1/incidents/{incident_id}/media",
    "POST /api/v1/incidents/{incident_id}/media/{media_id}/custody",
    "POST /api/v1/incidents/{incident_id}/statements",
    "POST /api/v1/sensors/{sensor_id}/look_at",
    "POST /api/v1/test-alarm",
    "POST /api/v1/sightings",
    "POST /api/v1/decisions",
    "POST /api/v1/decisions/{decision_id}/second",
    "POST /api/v1/decisions/{decision_id}/withdraw",
    "POST /api/v1/decisions/{decision_id}/carried_out",
    "POST /api/v1/facts",
    "POST /api/v1/checklists",
    "POST /api/v1/checklists/{checklist_id}/close",
    "POST /api/v1/checklists/{checklist_id}/reopen",
    "POST /api/v1/checklists/{checklist_id}/steps/{step}/do",
    "POST /api/v1/checklists/{checklist_id}/steps/{step}/skip",
    "POST /api/v1/checklists/{checklist_id}/steps/{step}/undo",
    "POST /api/v1/notices",
    "POST /api/v1/notices/{notice_id}/read",
    "POST /api/v1/closures",
    "POST /api/v1/closures/{closure_id}/criteria/{criterion}/confirm",
    "POST /api/v1/closures/{closure_id}/criteria/{criterion}/take_back",
    "POST /api/v1/closures/{closure_id}/reopen",
    "POST /api/v1/hand-over",
    "POST /api/v1/hand-over/{hand_over_id}/accept",
    "POST /api/v1/hand-over/{hand_over_id}/withdraw",
    "POST /api/v1/mandate/withdraw",
    "POST /api/v1/tracks/{track_id}/operator",
    "POST /api/v1/tracks/{track}/disposition",
    "POST /api/v1/tracks/{track}/disposition/withdraw",
    "POST /api/v1/flights",
    "POST /api/v1/flights/{flight}/close",
    "POST /api/v1/flights/{flight}/withdraw",
    "POST /api/v1/session/confirm",
    "POST /api/v1/exercises",
    "POST /api/v1/exercises/{exercise_id}/stop",
)
"""Who may order which measure is the mandate's to say. That a mandate was withdrawn, anyone on watch records."""

_DECIDE: Final = (
    "POST /api/v1/incidents/{incident_id}/attribution",
    "POST /api/v1/incidents/{incident_id}/attribution/{attribution_id}/sign",
    "POST /api/v1/incidents/{incident_id}/attribution/{attribution_id}/withdraw",
    "POST /api/v1/incidents/{incident_id}/statements/{statement_id}/{move}",
)
"""Signing and approving; in which of the site's roles is its file's to say."""

_AUDIT: Final = (
    "GET /api/v1/log",
    "GET /api/v1/record",
    "GET /api/v1/record/events",
    "POST /api/v1/record/verify",
    "GET /api/v1/users",
    "GET /api/v1/site/file",
    "GET /api/v1/site/versions",
    "GET /api/v1/site/versions/{sha256}",
    "POST /api/v1/site/check",
    "POST /api/v1/site/edit",
    "POST /api/v1/site/merge",
)
"""A check or an edit of a draft changes nothing: the forms of the set-up read the site file by them."""

_MANAGE: Final = (
    "POST /api/v1/users",
    "POST /api/v1/users/{name}",
    "POST /api/v1/users/{name}/password",
    "POST /api/v1/site/apply",
    "POST /api/v1/site/versions/{sha256}/return",
)

ROUTES: Final[Mapping[str, Right]] = MappingProxyType(
    {
        route: right
        for right, routes in (
            (Right.ANYONE, _ANYONE),
            (Right.SELF, _SELF),
            (Right.READ, _READ),
            (Right.ACT, _ACT),
            (Right.DECIDE, _DECIDE),
            (Right.AUDIT, _AUDIT),
            (Right.MANAGE, _MANAGE),
        )
        for route in routes
    }
)
"""`METHOD path`, as the OpenAPI document writes the path; a WebSocket is `WS`."""
