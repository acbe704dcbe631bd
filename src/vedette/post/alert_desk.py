"""What people do with alerts: acknowledge, dismiss, bring back, close. Each becomes events, or is refused."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from vedette.model import (
    Action,
    Alert,
    AlertAcknowledged,
    AlertCleared,
    AlertClosed,
    AlertDismissal,
    AlertDismissed,
    AlertState,
    Picture,
)
from vedette.post.clerk import Clerk
from vedette.post.dismissal import CLOSING_REASONS, REASONS, WORDS, nearness, returned, settled
from vedette.post.machine import BRING_BACK, CLOSE, DISMISS, Refused, may_move
from vedette.post.step import Step
from vedette.site import Handling, Site

_STATES: Final = {
    AlertState.RAISED: "still on, and not acknowledged",
    AlertState.ACKNOWLEDGED: "still on",
    AlertState.DISMISSED: "dismissed",
    AlertState.CLEARED: "over",
    AlertState.AWAITING_NOTE: "over",
    AlertState.CLOSED: "closed",
}


class AlertDesk(Clerk):
    """The alerts' clerk. Raising, clearing and coming back are Alerting's: they need the rules."""

    def __init__(self, site: Site) -> None:
        self._handling: Handling = site.handling
        self._verbs: dict[str, Callable[[Step, Action, Alert, Picture | None], None]] = {
            "acknowledge": self._acknowledge,
            "dismiss": self._dismiss,
            "bring_back": self._bring_back,
            "close_alert": self._close,
        }

    def act(self, step: Step, action: Action, picture: Picture | None) -> Refused | None:
        """Enter what the action makes.

        Raises:
            Refused: there is no such alert, its state does not allow it, or something is missing.
        """
        alert = step.books.alerts.get(action.target)
        if alert is None:
            raise Refused("not_found", f"there is no alert {action.target}")
        self._verbs[action.verb](step, action, alert, picture)
        return None

    def _acknowledge(self, step: Step, action: Action, alert: Alert, picture: Picture | None) -> None:
        del picture
        if alert.acknowledged_s is not None:
            raise Refused("already_acknowledged", f"{alert.alert} is already acknowledged by {alert.acknowledged_by}")
        step.enter(AlertAcknowledged(alert=alert.alert, by=action.by, note=action.note, at_s=step.received_s))
        if alert.test and alert.cleared_s is None:
            step.enter(AlertCleared(alert=alert.alert, at_s=step.received_s, why="a test, acknowledged"))
        self._settle(step, alert)

    def _dismiss(self, step: Step, action: Action, alert: Alert, picture: Picture | None) -> None:
        reason = _reason(action, REASONS)
        _check_move(alert, DISMISS, "be dismissed")
        if alert.test:
            raise Refused("illegal_move", f"{alert.alert} is a test alarm: acknowledge it")
        sure = isinstance(action.request, AlertDismissal) and action.request.confirm
        if alert.priority == 1 and not sure:
            raise Refused("needs_confirmation", f"{alert.alert} is of priority 1: confirm that it is {WORDS[reason]}")
        tracks = () if picture is None else picture.tracks
        track = next((one for one in tracks if one.track == alert.track), None)
        near = None if track is None else nearness(track, alert.zone)
        step.enter(
            AlertDismissed(
                alert=alert.alert,
                reason=reason,
                note=action.note,
                by=action.by,
                at_s=step.received_s,
                until_s=step.received_s + self._handling.dismiss_s,
                distance_m=None if near is None else near.distance_m,
                time_to_s=None if near is None else near.time_to_s,
            )
        )

    def _bring_back(self, step: Step, action: Action, alert: Alert, picture: Picture | None) -> None:
        del picture
        _check_move(alert, BRING_BACK, "be brought back")
        why = action.note or "the dismissal was taken back"
        step.enter(returned(alert, "person", why, step.received_s, action.by))

    def _close(self, step: Step, action: Action, alert: Alert, picture: Picture | None) -> None:
        """Say what it was. One that is over and was not seen is seen by it."""
        del picture
        reason = _reason(action, CLOSING_REASONS)
        unseen = alert.state is AlertState.CLEARED and alert.acknowledged_s is None and not alert.test
        if not unseen:
            _check_move(alert, CLOSE, "be closed")
        if alert.test:
            raise Refused("illegal_move", f"{alert.alert} is a test alarm: acknowledging it is all there is to do")
        at_s = step.received_s
        if unseen:
            step.enter(AlertAcknowledged(alert=alert.alert, by=action.by, note="", at_s=at_s))
        step.enter(AlertClosed(alert=alert.alert, by=action.by, reason=reason, note=action.note, at_s=at_s))

    def _settle(self, step: Step, alert: Alert) -> None:
        end = settled(step.books.alerts[alert.alert], self._handling, step.received_s)
        if end is not None:
            step.enter(end)


def _reason(action: Action, allowed: Collection[str]) -> str:
    reason = action.request.reason if isinstance(action.request, AlertDismissal) else ""
    if reason not in allowed:
        raise Refused("bad_reason", f"'{reason}' is not one of {', '.join(allowed)}")
    if reason == "other" and not action.note.strip():
        raise Refused("note_missing", "reason other needs a note: say what it is")
    return reason


def _check_move(alert: Alert, move: str, words: str) -> None:
    if not may_move(alert.state, alert.acknowledged_s is not None, move):
        raise Refused("illegal_move", f"{alert.alert} is {_STATES[alert.state]}: it cannot {words}")
