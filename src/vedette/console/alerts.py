"""What a person does with an alert beside acknowledging it, and how many were false."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from vedette.console import views
from vedette.console.desk import Desk
from vedette.console.errors import ApiError
from vedette.console.people import Acting
from vedette.console.views.alerts import ClosingName, ReasonName
from vedette.model import Action, AlertDismissal

Note = Annotated[str, msgspec.Meta(max_length=2000)]


class DismissalEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a dismissal. reason `other` needs a note; confirm: needed for an alert of priority 1."""

    reason: ReasonName
    note: Note = ""
    confirm: bool = False


class BringBackEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of taking a dismissal back."""

    note: Note = ""


class ClosingEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of closing an alert that is over: what it was. reason `other` needs a note."""

    reason: ClosingName
    note: Note = ""


def alert_handlers(desk: Desk) -> list[ControllerRouterHandler]:
    """POST dismiss, bring_back and close; GET false-alarms."""
    board = desk.board

    async def done(action: Action) -> views.AlertView:
        if board.alert(action.target) is None:
            raise ApiError(404, "not_found", f"there is no alert {action.target!r}")
        await desk.act(action)
        after = board.alert(action.target)
        if after is None:
            raise ApiError(404, "not_found", f"there is no alert {action.target!r}")
        return views.alert(after, board.site)

    @post("/alerts/{alert_id:str}/dismiss", summary="Say that it is nothing, and why, for a while", status_code=200)
    async def dismiss(alert_id: FromPath[str], data: JSONBody[DismissalEntry], person: Acting) -> views.AlertView:
        request = AlertDismissal(reason=data.reason, confirm=data.confirm)
        return await done(
            Action(verb="dismiss", target=alert_id, by=person.name, note=data.note, request=request),
        )

    @post("/alerts/{alert_id:str}/bring_back", summary="Take a dismissal back", status_code=200)
    async def bring_back(alert_id: FromPath[str], data: JSONBody[BringBackEntry], person: Acting) -> views.AlertView:
        return await done(Action(verb="bring_back", target=alert_id, by=person.name, note=data.note))

    @post("/alerts/{alert_id:str}/close", summary="Say what an alert that is over was", status_code=200)
    async def close(alert_id: FromPath[str], data: JSONBody[ClosingEntry], person: Acting) -> views.AlertView:
        request = AlertDismissal(reason=data.reason)
        return await done(
            Action(verb="close_alert", target=alert_id, by=person.name, note=data.note, request=request),
        )

    @get("/false-alarms", summary="False alarms of the last day, by rule, sensor and reason", sync_to_thread=False)
    def false_alarms() -> views.FalseAlarmsView:
        return views.false_alarms(board.shown.false_alarms)

    return [dismiss, bring_back, close, false_alarms]
