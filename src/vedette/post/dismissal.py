"""When a dismissed alert comes back, and how an alert that is over ends. Pure: one alert, one moment.

A dismissed alert stays the one row about its target: its rules may cease to hold and hold again meanwhile, and nothing
is raised beside it. It comes back when the target closes in while a rule holds, when a more pressing rule holds, when
the dismissal runs out while a rule still holds, or when a person says so.
"""

from __future__ import annotations

from typing import Final

import msgspec

from vedette.model import Alert, AlertAwaitsNote, AlertClosed, AlertReturned, AlertState, Dismissal, TrackPicture
from vedette.site import Handling

REASONS: Final = ("bird", "own_drone", "manned_aircraft", "clutter", "star_or_planet", "test", "other")
"""Why an alert is nothing, in the order of the console's keys."""
REAL: Final = "real"
"""What an alert was that is no false alarm."""
CLOSING_REASONS: Final = (*REASONS, REAL)
WORDS: Final = {
    "bird": "a bird", "own_drone": "our own drone", "manned_aircraft": "a manned aircraft", "clutter": "clutter",
    "star_or_planet": "a star or planet", "test": "a test", "other": "something else", REAL: "real",
}  # fmt: skip


class Nearness(msgspec.Struct, frozen=True, kw_only=True):
    """How far it is to the perimeter (without one: to the alert's zone), and how long on the present course."""

    what: str = "the perimeter"
    distance_m: float | None = None
    time_to_s: float | None = None


def nearness(track: TrackPicture, zone: str | None) -> Nearness:
    """Of a track in a picture; all None where no place is known."""
    near = [one for one in track.approaches if one.role == "perimeter"]
    what = "the perimeter"
    if not near:
        near = [one for one in track.approaches if one.zone == zone]
        if not near:
            return Nearness()
        what = near[0].name
    times = [0.0 if one.inside else one.time_to_s for one in near if one.inside or one.time_to_s is not None]
    return Nearness(
        what=what,
        distance_m=min(one.distance_m for one in near),
        time_to_s=min((one for one in times if one is not None), default=None),
    )


def closes_in(dismissal: Dismissal, farthest_m: float | None, now: Nearness, handling: Handling) -> str | None:
    """Why it is back, if it has closed in since it was dismissed; farthest_m: since then, None: no distance was known.

    Nearer by back_closer_m than it was at its farthest since, or half as far where that is less; or inside now and not
    then; or there within back_within_s, which it was not then.
    """
    if now.time_to_s is not None and now.time_to_s <= handling.back_within_s:
        before_s = dismissal.time_to_s
        if before_s is None or before_s > handling.back_within_s:
            return f"dismissed as {WORDS[dismissal.reason]}, but {now.time_to_s:.0f} s from {now.what}"
    if now.distance_m is None or farthest_m is None or farthest_m <= 0.0:
        return None
    if now.distance_m > farthest_m - min(handling.back_closer_m, farthest_m / 2.0):
        return None
    where = "inside" if now.distance_m == 0.0 else f"{now.distance_m:.0f} m from it"
    return f"dismissed as {WORDS[dismissal.reason]}, but has come from {farthest_m:.0f} m off {now.what} to {where}"


def returned(alert: Alert, cause: str, why: str, at_s: float, by: str | None = None) -> AlertReturned:
    """The event of its coming back: what closes in is one priority more pressing, and as loud as the first."""
    louder = cause == "closing"
    priority = max(1, alert.priority - 1) if louder else alert.priority
    return AlertReturned(alert=alert.alert, cause=cause, why=why, priority=priority, loud=louder, at_s=at_s, by=by)


def settled(alert: Alert, handling: Handling, at_s: float) -> AlertAwaitsNote | AlertClosed | None:
    """What comes after an alert is over and was seen: it awaits a person's word, or closes. A test stays cleared."""
    if alert.state is not AlertState.CLEARED or alert.acknowledged_s is None or alert.test:
        return None
    if alert.dismissal is not None:
        said = alert.dismissal
        return AlertClosed(alert=alert.alert, by=said.by, reason=said.reason, note=said.note, at_s=at_s)
    if alert.priority <= handling.note_priority:
        return AlertAwaitsNote(alert=alert.alert, at_s=at_s)
    return AlertClosed(alert=alert.alert, by=None, reason=None, note="", at_s=at_s)
