"""Post's state: the books, a fold over its own events and nothing else. Same events, same books."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

import msgspec

from vedette.model import (
    AlarmSounded,
    AlarmTest,
    AlarmTested,
    Alert,
    AlertCleared,
    CooperativeSeen,
    Draft,
    Event,
    FeedChanged,
    FeedState,
    IncidentClosed,
    IncidentDetections,
    IncidentJoined,
    IncidentOpened,
    IncidentTrack,
    OperatorPlace,
    Origin,
    PastImported,
    Payload,
    SensorAnswered,
    SensorAsked,
    SightingEntered,
    Span,
    TrackEnded,
    WatchStarted,
)
from vedette.post.alert_entries import ALERT_ENTRIES
from vedette.post.decisions import DECISION_ENTRIES, DecisionBooks
from vedette.post.dossiers import DOSSIER_ENTRIES, DossierBooks
from vedette.post.identity.books import IDENTITY_ENTRIES, IdentityBooks
from vedette.post.response.books import RESPONSE_ENTRIES, ResponseBooks


class IncidentBook(msgspec.Struct, kw_only=True):
    """One incident. quiet_since_s: when its latest alert was cleared or its latest track ended, observed time."""

    incident: str
    opened_s: float
    origin: Origin
    alerts: list[str]
    tracks: dict[str, IncidentTrack]
    state: str = "open"
    closed_s: float | None = None
    quiet_since_s: float
    rows: int = 0


class Seen(msgspec.Struct, frozen=True):
    """The last CooperativeSeen of an identity, and when it was received."""

    received_s: float
    particulars: CooperativeSeen


class _OwnBooks(Protocol):
    def apply(self, event: Draft | Event) -> None: ...


class Books(msgspec.Struct, kw_only=True):
    """All that post remembers: alerts, incidents and feeds by id, `open` and `cleared_s` by (rule, target).

    open: the alert in which the rule holds for the target; cleared_s: when it last ceased to, until the track ends.
    targets: the one alert that is open about a target. tests: test alarms so far; they are numbered apart, so that the
    alerts' own numbers have no gaps.
    spans: when the watch ran, by its beginnings and the last event of each run.
    operators: by identity; replaced at each change, never changed, for it is shown outside this thread.
    asked: by task the state and reason of what a sensor was asked; ("sent", "") before an answer.
    """

    alerts: dict[str, Alert] = msgspec.field(default_factory=dict)
    open: dict[tuple[str, str], str] = msgspec.field(default_factory=dict)
    targets: dict[str, str] = msgspec.field(default_factory=dict)
    cleared_s: dict[tuple[str, str], float] = msgspec.field(default_factory=dict)
    incidents: dict[str, IncidentBook] = msgspec.field(default_factory=dict)
    feeds: dict[str, FeedState] = msgspec.field(default_factory=dict)
    cooperative: dict[str, Seen] = msgspec.field(default_factory=dict)
    tests: int = 0
    last_test: AlarmTest | None = None
    decided: DecisionBooks = msgspec.field(default_factory=DecisionBooks)
    response: ResponseBooks = msgspec.field(default_factory=ResponseBooks)
    dossiers: DossierBooks = msgspec.field(default_factory=DossierBooks)
    asked: dict[str, tuple[str, str]] = msgspec.field(default_factory=dict)
    sightings: dict[str, SightingEntered] = msgspec.field(default_factory=dict)
    identity: IdentityBooks = msgspec.field(default_factory=IdentityBooks)
    operators: dict[str, OperatorPlace] = msgspec.field(default_factory=dict)
    spans: list[Span] = msgspec.field(default_factory=list)
    past: list[PastImported] = msgspec.field(default_factory=list)

    def apply(self, event: Draft | Event) -> None:
        """Enter one event. Kinds that post does not keep, and thinned payloads, change nothing.

        Raises:
            IllegalMove, KeyError: the events are not those of one record in order.
        """
        entry = None if event.payload is None else ENTRIES.get(type(event.payload))
        if entry is not None:
            entry(self, event, event.payload)
            if self.spans:
                self.spans[-1] = Span(self.spans[-1].began_s, event.received_s)

    def alert_about(self, target: str) -> Alert | None:
        """The open alert about a target."""
        alert = self.targets.get(target)
        return None if alert is None else self.alerts[alert]

    def next_alert(self) -> int:
        """The number of the next alert that is no test."""
        return len(self.alerts) - self.tests + 1

    def open_test(self) -> Alert | None:
        """The test alarm that is not cleared; there is one at most."""
        alert = None if self.last_test is None else self.alerts.get(self.last_test.alert)
        return alert if alert is not None and alert.cleared_s is None else None

    def open_incidents(self) -> tuple[IncidentBook, ...]:
        """The incidents that are open, oldest first."""
        return tuple(book for book in self.incidents.values() if book.state == "open")

    def open_incident(self, origin: Origin) -> IncidentBook | None:
        """The open incident of this origin; there is one at most."""
        return next((book for book in self.open_incidents() if book.origin == origin), None)


def _alert_cleared(books: Books, event: Draft | Event, payload: AlertCleared) -> None:
    ALERT_ENTRIES[AlertCleared](books, event, payload)
    incident = books.alerts[payload.alert].incident
    if incident is not None:
        book = books.incidents[incident]
        book.quiet_since_s = max(book.quiet_since_s, payload.at_s)


def _alarm_tested(books: Books, event: Draft | Event, payload: AlarmTested) -> None:
    del event
    books.tests += 1
    books.last_test = AlarmTest(alert=payload.alert, by=payload.by, note=payload.note, at_s=payload.at_s)


def _alarm_sounded(books: Books, event: Draft | Event, payload: AlarmSounded) -> None:
    del event
    last = books.last_test
    if last is not None and last.alert == payload.alert:
        books.last_test = msgspec.structs.replace(last, sounds={**last.sounds, payload.screen: payload.sound})


def _track_ended(books: Books, event: Draft | Event, payload: TrackEnded) -> None:
    del event
    for key in [key for key in books.cleared_s if key[1] == payload.track]:
        del books.cleared_s[key]
    alerts = (books.alerts[alert] for book in books.open_incidents() for alert in book.alerts)
    if not any(alert.track == payload.track for alert in alerts):
        books.identity.forget(payload.track)


def _incident_opened(books: Books, event: Draft | Event, payload: IncidentOpened) -> None:
    books.incidents[payload.incident] = IncidentBook(
        incident=payload.incident,
        opened_s=payload.opened_s,
        origin=event.origin,
        alerts=[],
        tracks={},
        quiet_since_s=payload.opened_s,
    )
    books.dossiers.open(payload.incident)
    _join(books, payload.incident, payload.alert)


def _incident_joined(books: Books, event: Draft | Event, payload: IncidentJoined) -> None:
    del event
    _join(books, payload.incident, payload.alert)


def _join(books: Books, incident: str, alert: str) -> None:
    books.incidents[incident].alerts.append(alert)
    books.alerts[alert] = msgspec.structs.replace(books.alerts[alert], incident=incident)


def _incident_track(books: Books, event: Draft | Event, payload: IncidentTrack) -> None:
    book = books.incidents[payload.incident]
    book.tracks[payload.track] = payload
    if payload.ended:
        book.quiet_since_s = max(book.quiet_since_s, event.observed_s)


def _incident_detections(books: Books, event: Draft | Event, payload: IncidentDetections) -> None:
    del event
    books.incidents[payload.incident].rows += len(payload.rows)


def _incident_closed(books: Books, event: Draft | Event, payload: IncidentClosed) -> None:
    del event
    book = books.incidents[payload.incident]
    book.state, book.closed_s = "closed", payload.at_s


def _feed_changed(books: Books, event: Draft | Event, payload: FeedChanged) -> None:
    del event
    books.feeds[payload.feed] = payload.state


def _cooperative_seen(books: Books, event: Draft | Event, payload: CooperativeSeen) -> None:
    books.cooperative[payload.identity] = Seen(event.received_s, payload)
    latitude_deg, longitude_deg = payload.operator_latitude_deg, payload.operator_longitude_deg
    if latitude_deg is not None and longitude_deg is not None:
        place = OperatorPlace(latitude_deg=latitude_deg, longitude_deg=longitude_deg, heard_s=event.received_s)
        books.operators = {**books.operators, payload.identity: place}


def _into(books_of: Callable[[Books], _OwnBooks]) -> Callable[[Books, Draft | Event, Payload], None]:
    """The entry of kinds that a clerk's own books keep."""
    return lambda books, event, payload: books_of(books).apply(event)


def _sensor_asked(books: Books, event: Draft | Event, payload: SensorAsked) -> None:
    del event
    books.asked[payload.task] = ("sent", "")


def _sensor_answered(books: Books, event: Draft | Event, payload: SensorAnswered) -> None:
    del event
    books.asked[payload.task] = (payload.state, payload.reason)


def _watch_started(books: Books, event: Draft | Event, payload: WatchStarted) -> None:
    del payload
    books.spans.append(Span(event.received_s, event.received_s))


def _sighting_entered(books: Books, event: Draft | Event, payload: SightingEntered) -> None:
    del event
    books.sightings[payload.sighting] = payload


def _past_imported(books: Books, event: Draft | Event, payload: PastImported) -> None:
    del event
    books.past.append(payload)


ENTRIES: Final[dict[type[Payload], Callable[[Books, Draft | Event, Any], None]]] = {
    **ALERT_ENTRIES,
    AlertCleared: _alert_cleared,
    AlarmTested: _alarm_tested,
    AlarmSounded: _alarm_sounded,
    TrackEnded: _track_ended,
    IncidentOpened: _incident_opened,
    IncidentJoined: _incident_joined,
    IncidentTrack: _incident_track,
    IncidentDetections: _incident_detections,
    IncidentClosed: _incident_closed,
    FeedChanged: _feed_changed,
    CooperativeSeen: _cooperative_seen,
    **dict.fromkeys(DECISION_ENTRIES, _into(lambda books: books.decided)),
    **dict.fromkeys(RESPONSE_ENTRIES, _into(lambda books: books.response)),
    **dict.fromkeys(IDENTITY_ENTRIES, _into(lambda books: books.identity)),
    **dict.fromkeys(DOSSIER_ENTRIES, _into(lambda books: books.dossiers)),
    SensorAsked: _sensor_asked,
    SensorAnswered: _sensor_answered,
    SightingEntered: _sighting_entered,
    WatchStarted: _watch_started,
    PastImported: _past_imported,
}

KINDS: Final = frozenset(str(payload.__struct_config__.tag) for payload in ENTRIES)
"""The kinds of events that the fold enters: all that a restart has to read of the record."""
