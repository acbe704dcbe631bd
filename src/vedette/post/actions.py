"""What a person may do beside alerts: each action becomes events, or is refused and changes nothing.

The test alarm: asked for by a person, it is an alert as any of priority 1 for queue, sound and outputs, marked as a
test, with no track and no incident. Its acknowledgement clears it, or a minute does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from vedette.model import (
    Action,
    AlarmSounded,
    AlarmTested,
    AlertCleared,
    AlertRaised,
    AnyPayload,
    IncidentClosed,
    Reason,
)
from vedette.post.books import Books, IncidentBook
from vedette.post.machine import Refused

TEST_RULE: Final = "test-alarm"
TEST_OPEN_S: Final = 60.0
"""An unseen test alarm clears itself after this much received time."""
SOUNDS: Final = ("played", "muted", "blocked")
SCREENS: Final = 32
"""Screens whose sound is noted of one test alarm at most."""


def decide(action: Action, books: Books, at_s: float, site_id: str) -> tuple[AnyPayload, ...]:
    """The events that the action makes at `at_s` (received time), in order.

    Raises:
        Refused: it cannot be done; `code` says why.
    """
    verb = _VERBS.get(action.verb)
    if verb is None:
        raise Refused("bad_verb", f"'{action.verb}' is not one of {', '.join(_VERBS)}")
    return tuple(verb(action, books, at_s, site_id))


def outlived_test(books: Books, at_s: float) -> AlertCleared | None:
    """The clearing of a test alarm that nobody has seen for a minute."""
    alert = books.open_test()
    if alert is None or at_s - alert.raised_s < TEST_OPEN_S:
        return None
    return AlertCleared(alert=alert.alert, at_s=at_s, why=f"a test, over after {TEST_OPEN_S:.0f} s")


def _test_alarm(action: Action, books: Books, at_s: float, site_id: str) -> Iterator[AnyPayload]:
    still = books.open_test()
    if still is not None:
        raise Refused("test_alarm_open", f"test alarm {still.alert} is still on: acknowledge it first")
    alert = f"{site_id}-TEST-{books.tests + 1:04d}"
    yield AlarmTested(alert=alert, by=action.by, note=action.note, at_s=at_s)
    yield AlertRaised(
        alert=alert,
        rule=TEST_RULE,
        priority=1,
        track=None,
        zone=None,
        observed_s=at_s,
        title="TEST alarm: nothing is there",
        time_to_s=None,
        distance_m=None,
        reasons=(Reason(text=f"Test asked for by {action.by}", source="a person"),),
        test=True,
    )


def _report_sound(action: Action, books: Books, at_s: float, site_id: str) -> Iterator[AnyPayload]:
    del site_id
    last, screen = books.last_test, action.value or ""
    if last is None or last.alert != action.target:
        raise Refused("not_found", f"{action.target} is not the last test alarm")
    if action.state not in SOUNDS:
        raise Refused("bad_state", f"'{action.state}' is not one of {', '.join(SOUNDS)}")
    if screen not in last.sounds and len(last.sounds) >= SCREENS:
        raise Refused("too_many", f"{SCREENS} screens have answered already")
    if last.sounds.get(screen) != action.state:
        yield AlarmSounded(alert=last.alert, screen=screen, sound=action.state, at_s=at_s)


def _close_incident(action: Action, books: Books, at_s: float, site_id: str) -> Iterator[AnyPayload]:
    del site_id
    book = _incident(action, books)
    if book.state != "open":
        raise Refused("already_closed", f"{book.incident} is closed")
    unseen = [each for each in book.alerts if books.alerts[each].acknowledged_s is None]
    if unseen:
        raise Refused("unacknowledged_alerts", f"{book.incident} has unacknowledged alerts: {', '.join(unseen)}")
    yield IncidentClosed(incident=book.incident, at_s=at_s, by=action.by, note=action.note)


def _incident(action: Action, books: Books) -> IncidentBook:
    book = books.incidents.get(action.target)
    if book is None:
        raise Refused("not_found", f"there is no incident {action.target}")
    return book


_VERBS: Final[dict[str, Callable[[Action, Books, float, str], Iterator[AnyPayload]]]] = {
    "close_incident": _close_incident,
    "test_alarm": _test_alarm,
    "report_sound": _report_sound,
}
