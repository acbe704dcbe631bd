"""The web application: API, stream and page, behind the guard of Host and Origin."""

from __future__ import annotations

from collections.abc import Collection
from importlib import metadata
from pathlib import Path

from litestar import Litestar, MediaType
from litestar.datastructures import ResponseHeader
from litestar.openapi import OpenAPIConfig

from vedette.access import Access
from vedette.console.api import api_router
from vedette.console.channel import stream_handler
from vedette.console.desk import Desk
from vedette.console.errors import HANDLERS
from vedette.console.exercises import PREFIX, Beside, ExerciseRoom, exercise_router
from vedette.console.gate import API, gate
from vedette.console.guard import Guard
from vedette.console.openapi import OpenApiDocument
from vedette.console.pages import STATIC, page_handlers
from vedette.console.repeats import Repeats

_MAX_BODY = 64 * 1024
_DESCRIPTION = (
    "The air picture, alerts and incidents of one watch. Times are ISO 8601 UTC, angles degrees, the rest SI. The "
    "WebSocket /api/v1/stream sends a snapshot, then one object a change: seq, kind (track, track_end, alert, "
    "incident, health, a topic's name, heartbeat) and the same keys as here; ?after=SEQ&token=TOKEN goes on where a "
    "client left off. A request that changes something may carry x-vedette-key, a key of the sender's own: sent again "
    "under it, because its answer was lost, it is done once and answered as before. "
    "/api/v1/exercise/ is the same of the exercise that runs beside the watch, stream and all."
)


def create_app(
    desk: Desk,
    bound_host: str = "127.0.0.1",
    static: Path = STATIC,
    exercises: ExerciseRoom | None = None,
    access: Access | None = None,
    names: Collection[str] = (),
) -> Litestar:
    """The application over a desk.

    bound_host: what the server listens on, and `names`, those of its certificate, for the check of Host.
    exercises: those that run beside this watch; their desk is reached through an application of its own, that differs
    from this one in nothing else. access: None, it is single-user mode for good.
    """
    app = _application(desk, static, exercises, access)
    if exercises is not None:
        app.asgi_handler = Beside(
            app.asgi_handler, exercises, lambda one: _application(one, static, None, access, PREFIX)
        )
    app.asgi_handler = Repeats(app.asgi_handler, lambda token: _is_open(access, token))
    app.asgi_handler = Guard(app.asgi_handler, bound_host, names)
    return app


def _is_open(access: Access | None, token: str | None) -> bool:
    return access is None or not access.has_users or access.who(token) is not None


def _application(
    desk: Desk, static: Path, exercises: ExerciseRoom | None, access: Access | None, at: str = API
) -> Litestar:
    return Litestar(
        route_handlers=[
            api_router(desk, access),
            exercise_router(desk, exercises),
            stream_handler(desk, access),
            *page_handlers(static),
        ],
        exception_handlers=HANDLERS,
        guards=[gate(access, at)],
        openapi_config=OpenAPIConfig(
            title="Vedette",
            version=metadata.version("vedette"),
            description=_DESCRIPTION,
            path="/api/v1/openapi.json",
            render_plugins=[OpenApiDocument(path=["/", "/openapi.json"], media_type=MediaType.JSON)],
            use_handler_docstrings=False,
        ),
        response_headers=[
            ResponseHeader(name="x-content-type-options", value="nosniff"),
            ResponseHeader(name="referrer-policy", value="no-referrer"),
            ResponseHeader(name="cross-origin-resource-policy", value="same-origin"),
            ResponseHeader(name="cache-control", value="no-store"),
        ],
        request_max_body_size=_MAX_BODY,
        logging_config=None,
    )
