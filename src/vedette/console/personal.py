"""What is opened by an act of its own: an operator's claimed place, recorded before it is shown; and the record."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from vedette.console import views
from vedette.console.asked import check_place, seconds_of
from vedette.console.desk import Desk
from vedette.console.errors import ApiError
from vedette.console.people import Acting
from vedette.model import Action, OperatorOpened

OPEN_OPERATOR = "open_operator"
PAGE = 200


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of an opening. note: what for."""

    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""


def personal_handlers(desk: Desk) -> list[ControllerRouterHandler]:
    """POST /tracks/{track}/operator, GET /log."""

    @post("/tracks/{track_id:str}/operator", summary="Open an operator's claimed position: recorded", status_code=200)
    async def open_operator(track_id: FromPath[str], data: JSONBody[Opening], person: Acting) -> views.OperatorView:
        role = ", ".join(sorted(person.roles))
        action = Action(verb=OPEN_OPERATOR, target=track_id, by=person.name, role=role, note=data.note)
        opened = next(one for one in await desk.act(action) if isinstance(one, OperatorOpened))
        place = desk.board.shown.operators.get(opened.identity)
        if place is None:
            raise ApiError(404, "not_found", f"{track_id} no longer says where its operator is")
        return views.operator(opened, place)

    @get("/log", summary="The record's events, a page at a time")
    async def log(
        kind: FromQuery[str | None] = None, since: FromQuery[str | None] = None, after: FromQuery[int] = 0
    ) -> views.LogView:
        since_s = seconds_of("since", since)
        check_place("after", after)
        events = await asyncio.to_thread(desk.log, kind, since_s, after, PAGE)
        last = events[-1]["seq"] if len(events) == PAGE else None
        return views.LogView(events=events, next_after=last if isinstance(last, int) else None)

    return [open_operator, log]
