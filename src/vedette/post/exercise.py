"""How the crew did in an exercise: a function of the exercise's record, its targets' truth among it.

Times are counted from a target's first alert, by receive time: before it the crew could not know. A track is of the
target that it keeps nearest to, if that is near; an alert, a dismissal or an order is of its track's target, an order
without a track of every target whose alert is in its incident.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import msgspec
import numpy as np

from vedette.errors import VedetteError
from vedette.model import (
    AlertAcknowledged,
    AlertClosed,
    AlertDismissed,
    AlertRaised,
    DecisionMoved,
    DecisionOrdered,
    DecisionState,
    Evaluation,
    Event,
    ExerciseEnded,
    ExerciseStarted,
    ExerciseTarget,
    Floats,
    IncidentJoined,
    IncidentOpened,
    TargetResult,
    TrackPoint,
    Verdict,
)
from vedette.post.dismissal import REAL
from vedette.post.dismissal import WORDS as SAID

EARTH_M: Final = 6_371_000.0
NEAR_M: Final = 150.0
"""A track point is a target's within this, or within three of its own sigmas."""
BESIDE_S: Final = 1.0
"""Truth stands each second: a point is held against the nearest, at most this far."""
STANDING: Final = frozenset({DecisionState.AUTHORISED, DecisionState.CARRIED_OUT})
CALLED: Final = {"bird": "a bird", "manned": "a manned aircraft", "other": "no drone"}


class NoExercise(VedetteError):
    """A record that is not an exercise's."""


class _Deed(msgspec.Struct, frozen=True):
    """What a person did: when (received), who, what else is said of it, and its event."""

    at_s: float
    by: str
    word: str
    seq: int


class _Alert(msgspec.Struct, frozen=True):
    """An alert as raised, and what came of it first."""

    alert: str
    track: str | None
    raised_s: float
    seq: int
    acknowledged: _Deed | None = None
    dismissed: _Deed | None = None


class _Order(msgspec.Struct, frozen=True):
    """A decision as ordered, its state last, whether it ever stood, and the clauses that refused it."""

    decision: str
    measure: str
    track: str | None
    incident: str | None
    deed: _Deed
    state: DecisionState | None = None
    stood: bool = False
    clauses: tuple[str, ...] = ()


class _Story(msgspec.Struct):
    """The record, read once."""

    started: ExerciseStarted | None = None
    ended: ExerciseEnded | None = None
    alerts: dict[str, _Alert] = msgspec.field(default_factory=dict)
    orders: dict[str, _Order] = msgspec.field(default_factory=dict)
    incidents: dict[str, set[str]] = msgspec.field(default_factory=dict)
    points: list[TrackPoint] = msgspec.field(default_factory=list)


KINDS: Final = frozenset(
    str(payload.__struct_config__.tag)
    for payload in (
        ExerciseStarted, ExerciseEnded, AlertRaised, AlertAcknowledged, IncidentOpened, IncidentJoined, DecisionOrdered,
        DecisionMoved, TrackPoint, AlertDismissed, AlertClosed,
    )
)  # fmt: skip
"""The kinds of events that an evaluation is made of."""


def evaluate(events: Iterable[Event]) -> Evaluation:
    """How the crew did, by the events of an exercise's record so far.

    Raises:
        NoExercise: they do not say that an exercise began.
    """
    story = _read(events)
    started, ended = story.started, story.ended
    if started is None:
        raise NoExercise("no exercise was kept here")
    owners = _owners(started.targets, story.points)
    results = tuple(_result(one, story, started, owners) for one in started.targets)
    return Evaluation(
        exercise=started.exercise,
        title=started.title,
        scenario=started.scenario,
        scenario_name=started.scenario_name,
        by=started.by,
        started_s=started.at_s,
        ended_s=None if ended is None else ended.at_s,
        ended_why=None if ended is None else ended.why,
        stopped_by=None if ended is None else ended.by,
        acknowledge_s=started.acknowledge_s,
        decide_s=started.decide_s,
        targets=results,
        others=tuple(_others(story, owners)),
    )


def _read(events: Iterable[Event]) -> _Story:
    story = _Story()
    for event in events:
        payload = event.payload
        if isinstance(payload, TrackPoint):
            story.points.append(payload)
        elif isinstance(payload, ExerciseStarted):
            story.started = payload
        elif isinstance(payload, ExerciseEnded):
            story.ended = payload
        elif isinstance(payload, IncidentOpened | IncidentJoined):
            story.incidents.setdefault(payload.incident, set()).add(payload.alert)
        elif isinstance(payload, DecisionOrdered | DecisionMoved):
            _decided(story, event, payload)
        elif payload is not None:
            _alerted(story, event, payload)
    return story


def _alerted(story: _Story, event: Event, payload: Any) -> None:
    at_s, seq = event.received_s, event.seq
    if isinstance(payload, AlertRaised) and not payload.test:
        story.alerts[payload.alert] = _Alert(payload.alert, payload.track, at_s, seq)
        return
    alert = story.alerts.get(getattr(payload, "alert", ""))
    if alert is None:
        return
    if isinstance(payload, AlertAcknowledged) and alert.acknowledged is None:
        changes = {"acknowledged": _Deed(at_s, payload.by, payload.note, seq)}
    elif alert.dismissed is None and (said := _dismissal(payload)) is not None:
        changes = {"dismissed": _Deed(at_s, said[0], said[1], seq)}
    else:
        return
    story.alerts[alert.alert] = msgspec.structs.replace(alert, **changes)


def _dismissal(payload: Any) -> tuple[str, str] | None:
    """Who said that an alert is, or was, nothing, and what else it is."""
    if isinstance(payload, AlertDismissed):
        return payload.by, payload.reason
    if isinstance(payload, AlertClosed) and payload.by is not None and payload.reason not in (None, REAL):
        return payload.by, payload.reason or ""
    return None


def _decided(story: _Story, event: Event, payload: DecisionOrdered | DecisionMoved) -> None:
    if isinstance(payload, DecisionOrdered):
        deed = _Deed(event.received_s, payload.by, payload.measure_name or payload.measure, event.seq)
        story.orders[payload.decision] = _Order(payload.decision, deed.word, payload.track, payload.incident, deed)
        return
    order = story.orders[payload.decision]
    refusing = tuple(one.text for one in payload.findings if one.answer == "no")
    story.orders[payload.decision] = msgspec.structs.replace(
        order,
        state=payload.state,
        stood=order.stood or payload.state in STANDING,
        clauses=refusing if payload.state is DecisionState.REFUSED else order.clauses,
    )


def _owners(targets: tuple[ExerciseTarget, ...], points: list[TrackPoint]) -> dict[str, str]:
    """Which target each track is of: the one that most of its points are near to, if that is half of them or more."""
    placed = [one for one in points if one.latitude_deg is not None and one.longitude_deg is not None]
    where = np.array([(one.observed_s, one.latitude_deg, one.longitude_deg) for one in placed], dtype=np.float64)
    reach_m = np.array([max(NEAR_M, 3.0 * one.sigma_position_m) for one in placed])
    truths = [one for one in targets if one.points]
    if not placed or not truths:
        return {}
    distances_m = np.array([_distances_m(where, np.array(one.points)) for one in truths])
    nearest = np.argmin(distances_m, axis=0)
    is_near = distances_m[nearest, np.arange(len(placed))] <= reach_m
    votes: dict[str, Counter[str | None]] = {}
    for point, owner, near in zip(placed, nearest.tolist(), is_near.tolist(), strict=True):
        votes.setdefault(point.track, Counter())[truths[owner].target if near else None] += 1
    found = {track: count.most_common(1)[0] for track, count in votes.items()}
    return {
        track: owner for track, (owner, most) in found.items() if owner is not None and 2 * most >= votes[track].total()
    }


def _distances_m(where: Floats, truth: Floats) -> Floats:
    """How far from the truth (time, latitude, longitude) (n, 3) are, on the plane: exact to a metre in ten kilometres.

    Infinite where there is no truth at that time.
    """
    after = np.clip(np.searchsorted(truth[:, 0], where[:, 0]), 1, max(1, len(truth) - 1))
    rows = np.clip(np.where(where[:, 0] - truth[after - 1, 0] < 0.5, after - 1, after), 0, len(truth) - 1)
    near = truth[rows]
    north, east = np.radians(near[:, 1:] - where[:, 1:]).T
    distance_m = EARTH_M * np.hypot(north, east * np.cos(np.radians(near[:, 1])))
    return np.where(np.abs(near[:, 0] - where[:, 0]) <= BESIDE_S, distance_m, np.inf)


def _result(target: ExerciseTarget, story: _Story, started: ExerciseStarted, owners: dict[str, str]) -> TargetResult:
    tracks = tuple(sorted(name for name, owner in owners.items() if owner == target.target))
    seen = [one.observed_s for one in story.points if one.track in tracks and one.status == "confirmed"]
    alerts = [one for one in story.alerts.values() if one.track in tracks]
    orders = [one for one in story.orders.values() if _is_about(one, tracks, alerts, story)]
    first = alerts[0] if alerts else None
    acknowledged = _first(one.acknowledged for one in alerts)
    dismissed = _first(one.dismissed for one in alerts)
    stood = _first(one.deed for one in orders if one.stood)
    since_s = None if first is None else first.raised_s
    return TargetResult(
        target=target.target,
        class_=target.class_,
        threat=target.threat,
        tracks=tracks if target.threat else tuple(name for name in tracks if name in {one.track for one in alerts}),
        appeared_s=target.points[0][0] if target.points else started.at_s,
        seen_s=min(seen, default=None),
        alert=None if first is None else first.alert,
        alerted_s=since_s,
        acknowledge_after_s=_after(since_s, acknowledged),
        acknowledged_by=None if acknowledged is None else acknowledged.by,
        dismiss_after_s=_after(since_s, dismissed),
        dismissed_by=None if dismissed is None else dismissed.by,
        dismissed_as=None if dismissed is None else dismissed.word,
        decide_after_s=_after(since_s, stood),
        decided_by=None if stood is None else stood.by,
        measure=None if stood is None else stood.word,
        verdicts=tuple(
            _threat(story, started, alerts, orders, seen=bool(seen))
            if target.threat
            else _harmless(target, alerts, orders)
        ),
    )


def _is_about(order: _Order, tracks: tuple[str, ...], alerts: list[_Alert], story: _Story) -> bool:
    if order.track is not None:
        return order.track in tracks
    joined = story.incidents.get(order.incident or "", set())
    return any(alert.alert in joined for alert in alerts)


def _first(deeds: Iterable[_Deed | None]) -> _Deed | None:
    return min((one for one in deeds if one is not None), key=lambda one: one.at_s, default=None)


def _after(since_s: float | None, deed: _Deed | None) -> float | None:
    return None if since_s is None or deed is None else round(deed.at_s - since_s, 3)


def _threat(
    story: _Story, started: ExerciseStarted, alerts: list[_Alert], orders: list[_Order], *, seen: bool
) -> list[Verdict]:
    """Of a drone: its first alert acknowledged in time, none dismissed, a measure decided in time, none outside."""
    if not alerts:
        code, text = ("no_alert", "No alert was raised: by the rules it threatened nothing") if seen else (
            "not_seen", "No sensor saw it for long enough to be sure of it")  # fmt: skip
        return [Verdict(code=code, right=None, text=text)]
    first = alerts[0]
    ended_s = story.ended.at_s if story.ended is not None else None
    found = [_acknowledged(first, _first(one.acknowledged for one in alerts), started.acknowledge_s, ended_s)]
    found += [
        _verdict("dismissed_drone", False, f"Dismissed as {SAID.get(deed.word, deed.word)}: it was a drone", deed)
        for deed in (one.dismissed for one in alerts)
        if deed is not None
    ]
    if started.decide_s is not None:
        stood = _first(one.deed for one in orders if one.stood)
        found.append(_decision(first, stood, started.decide_s, ended_s))
    return [*found, *_refused(orders)]


def _acknowledged(first: _Alert, deed: _Deed | None, limit_s: float, ended_s: float | None) -> Verdict:
    if deed is None:
        if _is_open(first, limit_s, ended_s):
            return _open(first, "acknowledged", ended_s)
        return Verdict(code="alert_missed", right=False, text="Its alert was never acknowledged", events=(first.seq,))
    took_s = deed.at_s - first.raised_s
    if took_s <= limit_s:
        return _verdict("acknowledged", True, f"Acknowledged after {took_s:.0f} s", deed)
    return _verdict("acknowledged_late", False, f"Acknowledged after {took_s:.0f} s; {limit_s:.0f} s are allowed", deed)


def _decision(first: _Alert, deed: _Deed | None, limit_s: float, ended_s: float | None) -> Verdict:
    if deed is None:
        if _is_open(first, limit_s, ended_s):
            return _open(first, "decided on", ended_s)
        return Verdict(code="no_decision", right=False, text="No measure was decided", events=(first.seq,))
    took_s = deed.at_s - first.raised_s
    if took_s <= limit_s:
        return _verdict("decided", True, f"{deed.word}, after {took_s:.0f} s", deed)
    return _verdict("decided_late", False, f"{deed.word}, after {took_s:.0f} s; {limit_s:.0f} s are allowed", deed)


def _open(first: _Alert, done: str, ended_s: float | None) -> Verdict:
    text = f"Not {done} yet" if ended_s is None else f"Not {done}: the exercise ended while there was time left"
    return Verdict(code="not_over", right=None, text=text, events=(first.seq,))


def _is_open(first: _Alert, limit_s: float, ended_s: float | None) -> bool:
    """Whether the crew still has, or had when the exercise ended, time left."""
    return ended_s is None or ended_s - first.raised_s < limit_s


def _harmless(target: ExerciseTarget, alerts: list[_Alert], orders: list[_Order]) -> list[Verdict]:
    """Of what is no drone: a dismissal is right, a measure against it is not."""
    word = CALLED.get(target.class_, "no drone")
    found = [
        _verdict("dismissed", True, f"Dismissed as {SAID.get(deed.word, deed.word)}: it was {word}", deed)
        for deed in (one.dismissed for one in alerts)
        if deed is not None
    ]
    found += [
        _verdict("ordered_against_other", False, f"{one.measure} was ordered against {word}", one.deed)
        for one in orders
        if one.track is not None and one.stood
    ]
    return [*found, *_refused([one for one in orders if one.track is not None])]


def _refused(orders: Iterable[_Order]) -> list[Verdict]:
    return [
        _verdict(
            "outside_mandate",
            False,
            f"{one.measure} was ordered outside the mandate: {'; '.join(one.clauses)}",
            one.deed,
        )
        for one in orders
        if one.state is DecisionState.REFUSED
    ]


def _others(story: _Story, owners: dict[str, str]) -> list[Verdict]:
    """Orders about no target: refused ones are wrong all the same."""
    owned = {alert.alert for alert in story.alerts.values() if alert.track in owners}
    apart = [
        one
        for one in story.orders.values()
        if (
            one.track not in owners
            if one.track is not None
            else not owned & story.incidents.get(one.incident or "", set())
        )
    ]
    return _refused(apart)


def _verdict(code: str, right: bool, text: str, deed: _Deed) -> Verdict:
    return Verdict(code=code, right=right, text=text, at_s=deed.at_s, by=deed.by, events=(deed.seq,))
