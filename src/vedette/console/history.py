"""The API's history: incidents listed, filtered and counted."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final, Literal

import msgspec
from litestar import get
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler

from vedette.console import views
from vedette.console.asked import seconds_of
from vedette.console.desk import Desk
from vedette.model import Origin, Wanted

OCTANTS: Final = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
OctantName = Literal["n", "ne", "e", "se", "s", "sw", "w", "nw"]
_Word = Annotated[str, msgspec.Meta(max_length=200)]


def history_handlers(desk: Desk) -> list[ControllerRouterHandler]:
    """GET /history."""
    own = desk.board.origin

    @get("/history", summary="Incidents by time, place and kind, their patterns and repeats")
    async def history(
        since: FromQuery[_Word | None] = None,
        until: FromQuery[_Word | None] = None,
        kind: FromQuery[_Word | None] = None,
        zone: FromQuery[_Word | None] = None,
        serial: FromQuery[_Word | None] = None,
        direction: FromQuery[OctantName | None] = None,
        origin: FromQuery[views.OriginName | None] = None,
    ) -> views.HistoryView:
        wanted = Wanted(
            from_s=seconds_of("since", since),
            until_s=seconds_of("until", until),
            kind=kind,
            zone=zone,
            serial=serial,
            octant=None if direction is None else OCTANTS.index(direction),
            origins=frozenset({own, Origin.LIVE} if origin is None else {Origin(origin)}),
        )
        return views.history(await asyncio.to_thread(desk.history, wanted))

    return [history]
