"""The API of who audits: how the record stands, its events newest first, and a check of the whole of it."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

import msgspec
from litestar import get, post
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler

from vedette.console.asked import check_place, seconds_of
from vedette.console.desk import Desk
from vedette.console.errors import ApiError
from vedette.console.people import Acting
from vedette.console.views import auditing as views
from vedette.errors import RecordError
from vedette.model.auditing import LogSearch

PAGE: Final = 100
_Word = Annotated[str, msgspec.Meta(max_length=200)]
KINDS: Final = 50
"""Most kinds in one question."""


def auditing_handlers(desk: Desk) -> list[ControllerRouterHandler]:
    """GET /record, /record/events; POST /record/verify."""

    async def standing() -> views.RecordView:
        try:
            return views.record(await asyncio.to_thread(desk.auditing.state))
        except RecordError as error:
            raise ApiError(503, "not_readable", str(error)) from None

    @get("/record", summary="How the record stands: head, checkpoint, kinds of event, the last check")
    async def record() -> views.RecordView:
        return await standing()

    @get("/record/events", summary="The record's events, newest first, by kind, time and person, paged by before")
    async def events(
        kind: FromQuery[_Word | None] = None,
        since: FromQuery[_Word | None] = None,
        until: FromQuery[_Word | None] = None,
        who: FromQuery[_Word | None] = None,
        before: FromQuery[int | None] = None,
    ) -> views.RecordEventsView:
        if before is not None:
            check_place("before", before)
        kinds = tuple(dict.fromkeys(kind.split(","))) if kind else ()
        if len(kinds) > KINDS:
            raise ApiError(400, "bad_query", f"kind: at most {KINDS}, with a comma between")
        search = LogSearch(
            kinds=kinds,
            from_s=seconds_of("since", since),
            until_s=seconds_of("until", until),
            person=who or None,
            before_seq=before,
        )
        try:
            return views.record_events(await asyncio.to_thread(desk.auditing.events, search, PAGE))
        except RecordError as error:
            raise ApiError(503, "not_readable", str(error)) from None

    @post("/record/verify", summary="Begin to check the whole record, beside the watch", status_code=202)
    async def verify(person: Acting) -> views.RecordView:
        desk.auditing.verify(person.name)
        return await standing()

    return [record, events, verify]
