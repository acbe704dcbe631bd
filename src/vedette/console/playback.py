"""The API's looking back: what the record says of an earlier time, in bounded pieces, read beside the live watch."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

import msgspec
from litestar import get
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler

from vedette.console.asked import check_place, seconds_of
from vedette.console.desk import Desk, Playback
from vedette.console.errors import ApiError
from vedette.console.views import alert
from vedette.console.views import playback as views
from vedette.errors import RecordError
from vedette.model import Alert, RecordedPoints

LONGEST_S: Final = 86_400.0
"""Most that one question may ask for; the answer is paged besides."""
BACK_S: Final = 3.0
"""How far back a track's last point may lie: they are recorded once a second, and a picture may be late."""
ALERTS: Final = 500
"""Most alerts in one answer."""

_Time = Annotated[str, msgspec.Meta(max_length=40)]
_Word = Annotated[str, msgspec.Meta(max_length=200)]


def playback_handlers(desk: Desk, record: Playback) -> list[ControllerRouterHandler]:
    """GET /history/span, /picture, /points, /alerts, /detections."""
    board = desk.board

    @get("/history/span", summary="From when to when the record reaches, and where no watch was kept")
    async def span() -> views.SpanView:
        try:
            return views.span(await asyncio.to_thread(record.span), board.origin)
        except RecordError as error:
            raise _unreadable(error) from None

    @get("/history/picture", summary="The tracks of an earlier time, as recorded")
    async def picture(at: FromQuery[_Time]) -> views.PastPictureView:
        at_s = seconds_of("at", at)
        found = await _read(record, at_s - BACK_S, at_s + 1e-3, 0.0, 0)
        return views.past_picture(at_s, found, board.origin)

    @get(
        "/history/points",
        summary="Recorded track points of all tracks or one, thinned by step_s, paged by after",
    )
    async def points(
        since: FromQuery[_Time],
        until: FromQuery[_Time],
        step_s: FromQuery[float] = 0.0,
        after: FromQuery[int] = 0,
        track: FromQuery[_Word | None] = None,
    ) -> views.PointsView:
        return views.points(await _read(record, *_range(since, until), step_s, after, track), board.origin)

    @get("/history/alerts", summary="Alerts that stood in a time", sync_to_thread=False)
    def alerts(
        since: FromQuery[_Time], until: FromQuery[_Time], after: FromQuery[_Word | None] = None
    ) -> views.PastAlertsView:
        from_s, until_s = _range(since, until, float("inf"))
        found = [one for one in board.alerts() if one.raised_s < until_s and _ended_s(one) >= from_s and not one.test]
        names = [one.alert for one in found]
        begin = names.index(after) + 1 if after in names else 0
        page = found[begin : begin + ALERTS]
        more = begin + ALERTS < len(found)
        return views.PastAlertsView(
            alerts=[alert(one, board.site) for one in page], next=page[-1].alert if more else None
        )

    @get("/history/detections", summary="Detections that had a part in an incident, with their places on the map")
    async def detections(
        incident: FromQuery[_Word], since: FromQuery[_Time], until: FromQuery[_Time], after: FromQuery[int] = 0
    ) -> views.LooksView:
        if incident not in {one.incident for one in board.incidents()}:
            raise ApiError(404, "not_found", f"there is no incident {incident!r}")
        check_place("after", after)
        try:
            found = await asyncio.to_thread(record.looks, incident, *_range(since, until), after)
        except RecordError as error:
            raise _unreadable(error) from None
        return views.looks(incident, found.looks, found.next_seq)

    return [span, picture, points, alerts, detections]


async def _read(
    record: Playback, from_s: float, until_s: float, step_s: float, after: int, track: str | None = None
) -> RecordedPoints:
    check_place("after", after)
    if not 0.0 <= step_s <= LONGEST_S:
        raise ApiError(400, "bad_query", f"step_s: from 0 to {LONGEST_S:g}")
    try:
        return await asyncio.to_thread(record.points, from_s, until_s, step_s, after, track)
    except RecordError as error:
        raise _unreadable(error) from None


def _unreadable(error: RecordError) -> ApiError:
    return ApiError(503, "not_readable", str(error))


def _ended_s(one: Alert) -> float:
    return float("inf") if one.cleared_s is None else one.cleared_s


def _range(since: str, until: str, longest_s: float = LONGEST_S) -> tuple[float, float]:
    from_s, until_s = seconds_of("since", since), seconds_of("until", until)
    if not 0.0 < until_s - from_s <= longest_s:
        raise ApiError(400, "bad_query", f"until: must be after since, by at most {longest_s:g} s")
    return from_s, until_s
