"""A frozen evening for the console's tests: two drones inbound, a flock, an airliner, a claimed drone. All invented.

`moment(t_s)` is a pure function of the seconds since T0: flights.py says where each is, this what is made of it.
"""

from __future__ import annotations

import msgspec

from tests.console.flights import FLIGHTS, SITE, T0_S, Flight, impact, track_picture
from vedette.clock import iso_utc
from vedette.model import (
    Alert,
    AlertState,
    Count,
    Effect,
    EndedTrack,
    FeedHealth,
    FeedState,
    Incident,
    IncidentTrackSummary,
    Origin,
    Picture,
    TrackPicture,
    ZoneApproach,
)
from vedette.post.identity.disposition import judge, listening


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """All that is up at one time."""

    picture: Picture
    alerts: tuple[Alert, ...]
    incidents: tuple[Incident, ...]
    feeds: tuple[FeedHealth, ...]


def moment(
    t_s: float, origin: Origin = Origin.SIMULATED, acknowledged: dict[str, tuple[str, float]] | None = None
) -> Moment:
    """What is up t_s seconds after T0. acknowledged: alert → (by whom, when)."""
    now_s = T0_S + t_s
    up = [flight for flight in FLIGHTS if flight.down_s is None or t_s < flight.down_s]
    tracks = tuple(_judged(track_picture(flight, t_s)) for flight in up)
    ended = tuple(
        EndedTrack(track=flight.track, ended_s=T0_S + flight.down_s, last=track_picture(flight, flight.down_s))
        for flight in FLIGHTS
        if flight.down_s is not None and t_s >= flight.down_s
    )
    picture = Picture(observed_s=now_s, tracks=tracks, ended=ended)
    alerts = tuple(_alerts(t_s, origin, acknowledged or {}))
    return Moment(picture=picture, alerts=alerts, incidents=_incidents(t_s, alerts, origin), feeds=_feeds(t_s))


def _judged(track: TrackPicture) -> TrackPicture:
    judged = judge(track, None, listening(SITE))
    return msgspec.structs.replace(
        track,
        disposition=judged.disposition,
        evidence_says=judged.disposition,
        disposition_evidence=judged.evidence,
    )


def _alerts(t_s: float, origin: Origin, acknowledged: dict[str, tuple[str, float]]) -> list[Alert]:
    found = []
    for number, flight in enumerate((FLIGHTS[0], FLIGHTS[1], FLIGHTS[4]), start=1):
        raised_t = 10.0 + 4.0 * number
        if t_s < raised_t:
            continue
        down = flight.down_s is not None and t_s >= flight.down_s
        near, then = _to_perimeter(flight, t_s), _to_perimeter(flight, raised_t)
        end = impact(flight, t_s)
        alert, drone = f"erbil-A-{number:04d}", flight.identity is None
        by, at_s = acknowledged.get(alert, (None, None))
        found.append(
            Alert(
                alert=alert,
                rule="uav-near-zone" if drone else "remote-id-claim",
                priority=1 if drone else 3,
                state=AlertState.CLEARED if down else AlertState.ACKNOWLEDGED if by else AlertState.RAISED,
                track=flight.track,
                zone="perimeter",
                incident="erbil-I-0001" if drone else None,
                title="Fixed-wing drone inbound from south-west" if drone else "Drone with an unsupported Remote ID",
                raised_s=T0_S + raised_t,
                raised_time_to_s=then.time_to_s,
                raised_distance_m=then.distance_m,
                time_to_s=None if down else near.time_to_s,
                distance_m=None if down else near.distance_m,
                reasons=flight.reasons,
                acknowledged_s=at_s,
                acknowledged_by=by,
                cleared_s=T0_S + flight.down_s if down and flight.down_s is not None else None,
                cleared_why=f"it came down {end.place} the perimeter" if down and end is not None else None,
                origin=origin,
            )
        )
    return found


def _to_perimeter(flight: Flight, t_s: float) -> ZoneApproach:
    return next(approach for approach in track_picture(flight, t_s).approaches if approach.role == "perimeter")


def _incidents(t_s: float, alerts: tuple[Alert, ...], origin: Origin) -> tuple[Incident, ...]:
    inside = [alert for alert in alerts if alert.incident is not None]
    if not inside:
        return ()
    flights = [flight for flight in FLIGHTS if flight.track in {alert.track for alert in inside}]
    summaries = tuple(
        IncidentTrackSummary(
            track=flight.track,
            identity=None,
            class_=flight.class_,
            p_class=max(flight.p_classes),
            sensors=flight.sensors,
            first_s=T0_S - 40.0,
            last_s=T0_S + min(t_s, flight.down_s or t_s),
            impact=impact(flight, t_s),
            ended=flight.down_s is not None and t_s >= flight.down_s,
        )
        for flight in flights
    )
    return (
        Incident(
            incident="erbil-I-0001",
            opened_s=inside[0].raised_s,
            state="open",
            tracks=summaries,
            count=Count(len(summaries), len(summaries), len(summaries)),
            alerts=tuple(alert.alert for alert in inside),
            effects={name: Effect() for name in ("injuries", "damage", "flights")},
            attribution="unclaimed",
            origin=origin,
        ),
    )


def _feeds(t_s: float) -> tuple[FeedHealth, ...]:
    now_s = T0_S + t_s
    ages = {"radar-n": 0.4, "radar-s": 0.6, "rf-1": 1.0, "rf-2": t_s + 11.0}
    ages |= {"mast": 0.2, "acoustic": 0.9, "adsb": 0.8, "remote-id": 1.2}
    return tuple(
        FeedHealth(
            feed=feed.id,
            sensor=feed.sensor,
            state=FeedState.STALE if feed.sensor == "rf-2" else FeedState.LIVE,
            messages=1000 + int(t_s * 10),
            rejected={"bad_crc": 30} if feed.sensor == "remote-id" else {},
            last_received_s=now_s - ages[feed.sensor],
            rate_hz=1.0,
            detail=f"nothing heard since {iso_utc(now_s - ages[feed.sensor])}" if feed.sensor == "rf-2" else "",
        )
        for feed in SITE.feeds
    )
