"""An incident as post would have it: two drones, one down inside and one outside, as on the night it is built for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from vedette.clock import parse_time
from vedette.geo import destination
from vedette.model import (
    Alert,
    AlertAcknowledged,
    AlertCleared,
    AlertRaised,
    AlertState,
    AnyPayload,
    CaptureClosed,
    Count,
    Dossier,
    Effect,
    EffectEntered,
    EffectEntry,
    Event,
    FeedChanged,
    FeedState,
    Impact,
    Incident,
    IncidentClosed,
    IncidentJoined,
    IncidentOpened,
    IncidentTrackSummary,
    Origin,
    PipelineFailed,
    Reason,
    StorageLow,
    TrackEnded,
    TrackPoint,
    WatchStarted,
    WatchStopped,
)
from vedette.report import Case, Proof, statement, traced
from vedette.site import Site

AT_S = parse_time("2021-09-11T23:43:26+03:00")
INCIDENT = "example-I-0001"


def impact(
    site: Site, azimuth_deg: float, distance_m: float, place: str, p_inside: float | None, at_s: float
) -> Impact:
    latitude, longitude = destination(site.latitude_deg, site.longitude_deg, azimuth_deg, distance_m)
    return Impact(
        observed_s=at_s,
        latitude_deg=latitude,
        longitude_deg=longitude,
        sigma_major_m=24.0,
        sigma_minor_m=15.0,
        azimuth_true_deg=40.0,
        p_inside=p_inside,
        place=place,
        basis="descent",
    )


def track(name: str, down: Impact | None, **changes: Any) -> IncidentTrackSummary:
    plain = IncidentTrackSummary(
        track=name,
        identity=None,
        class_="uav_fixed_wing",
        p_class=0.93,
        sensors=("radar-1", "radar-2"),
        first_s=AT_S - 130.0,
        last_s=AT_S,
        impact=down,
        ended=True,
    )
    return msgspec.structs.replace(plain, **changes)


def alert(name: str, on: str, at_s: float, **changes: Any) -> Alert:
    plain = Alert(
        alert=name,
        rule="uav-near-zone",
        priority=1,
        state=AlertState.RAISED,
        track=on,
        zone="base",
        incident=INCIDENT,
        title=f"{on} inbound from south-west",
        raised_s=at_s,
        raised_time_to_s=61.2,
        raised_distance_m=2900.0,
        time_to_s=None,
        distance_m=0.0,
        reasons=(Reason(text="Course meets Base perimeter in 61 s", value=61.2, unit="s", source="base"),),
        origin=Origin.SIMULATED,
    )
    return msgspec.structs.replace(plain, **changes)


def incident(site: Site, **changes: Any) -> Incident:
    plain = Incident(
        incident=INCIDENT,
        opened_s=AT_S - 68.0,
        state="open",
        tracks=(
            track("example-T-0003", impact(site, 215.0, 700.0, "inside", 0.99, AT_S + 12.0), last_s=AT_S + 12.0),
            track("example-T-0007", impact(site, 235.0, 2700.0, "outside", 0.003, AT_S), sensors=("radar-1", "gone")),
        ),
        count=Count(2, 2, 2),
        alerts=("example-A-0001", "example-A-0002"),
        effects={},
        attribution="unclaimed",
        origin=Origin.SIMULATED,
    )
    entered = tuple(_entry(name, one) for name, one in changes.get("effects", {}).items())
    return msgspec.structs.replace(plain, **{"dossier": Dossier(entries=entered), **changes})


def _entry(name: str, one: Effect) -> EffectEntry:
    """The entry that an effect as it stands rests on."""
    assert one.by is not None
    assert one.at_s is not None
    return EffectEntry(
        entry=one.entries[0], effect=name, state=one.state, value=one.value, by=one.by, role=None, source=None, how="",
        at_s=one.at_s,
    )  # fmt: skip


def alerts() -> tuple[Alert, ...]:
    seen = {"acknowledged_s": AT_S - 59.0, "acknowledged_by": "Operator 1", "note": "seen", "cleared_s": AT_S + 20.0}
    return (
        alert("example-A-0001", "example-T-0003", AT_S - 68.0, state=AlertState.ACKNOWLEDGED, **seen),
        alert("example-A-0002", "example-T-0007", AT_S - 55.0),
        alert("example-A-0099", "example-T-0099", AT_S - 50.0, incident=None),
    )


def points(site: Site) -> list[TrackPoint]:
    """Both tracks once a second on straight courses, with a gap and a stretch of coasting; one stray track."""
    found = []
    for one in (*incident(site).tracks, track("example-T-0099", impact(site, 90.0, 1000.0, "inside", 1.0, AT_S))):
        assert one.impact is not None
        for back in range(int(one.last_s - one.first_s), -1, -1):
            if 60 < back < 70:
                continue
            place = destination(one.impact.latitude_deg, one.impact.longitude_deg, 225.0, 55.0 * back)
            found.append(_point(one.track, one.last_s - back, place, "coasting" if 20 < back < 26 else "confirmed"))
    found.append(_point("example-T-0003", AT_S + 13.0, (None, None), "coasting"))
    return found


def _point(name: str, at_s: float, place: tuple[float | None, float | None], status: str) -> TrackPoint:
    return TrackPoint(
        track=name,
        observed_s=at_s,
        latitude_deg=place[0],
        longitude_deg=place[1],
        altitude_ellipsoid_m=600.0,
        velocity_east_mps=38.0,
        velocity_north_mps=38.0,
        velocity_up_mps=0.0,
        sigma_position_m=12.0,
        p_exists=0.99,
        status=status,
        class_="uav_fixed_wing",
        p_class=0.9,
        identity=None,
        sensors=("radar-1",),
    )


def events(site: Site, *more: tuple[float, AnyPayload]) -> list[Event]:
    """What the record would hold, some of it nothing to do with the incident."""
    both = incident(site).tracks
    raw: list[tuple[float, AnyPayload]] = [
        (AT_S - 900.0, WatchStarted(software="vedette", site="example", site_sha256="00")),
        *((one.raised_s, _raised(one)) for one in alerts()),
        (AT_S - 68.0, IncidentOpened(incident=INCIDENT, alert="example-A-0001", opened_s=AT_S - 68.0)),
        (AT_S - 59.0, AlertAcknowledged(alert="example-A-0001", by="Operator 1", note="seen", at_s=AT_S - 59.0)),
        (AT_S - 55.0, IncidentJoined(incident=INCIDENT, alert="example-A-0002", track="example-T-0007", at_s=AT_S)),
        (AT_S - 40.0, _feed(FeedState.STALE)),
        (AT_S - 30.0, PipelineFailed(error="a fault", message="kept aside")),
        (AT_S - 20.0, StorageLow(ok=False, free_bytes=1, detail="disk")),
        *((one.last_s, TrackEnded(track=one.track, last_s=one.last_s, impact=one.impact)) for one in both),
        (AT_S + 15.0, TrackEnded(track="example-T-0003", last_s=AT_S)),
        (AT_S + 20.0, AlertCleared(alert="example-A-0001", at_s=AT_S + 20.0, why="track ended")),
        (AT_S + 25.0, CaptureClosed(file="f", feed="f", sha256="00", size_bytes=1)),
        (AT_S + 30.0, WatchStopped(reason="interrupted")),
        (AT_S + 900.0, IncidentClosed(incident=INCIDENT, at_s=AT_S + 900.0, by=None, note="")),
        (AT_S + 900.0, IncidentClosed(incident="example-I-0002", at_s=AT_S + 900.0, by="Operator 2", note="")),
        *more,
    ]
    return [
        Event(seq=at, observed_s=time_s, received_s=time_s, origin=Origin.SIMULATED, kind="", schema=1, payload=payload)
        for at, (time_s, payload) in enumerate(raw, 1)
    ]


def _raised(one: Alert) -> AlertRaised:
    return AlertRaised(
        alert=one.alert,
        rule=one.rule,
        priority=one.priority,
        track=one.track,
        zone=one.zone,
        observed_s=one.raised_s,
        title=one.title,
        time_to_s=one.raised_time_to_s,
        distance_m=one.raised_distance_m,
        reasons=one.reasons,
    )


def _feed(state: FeedState) -> FeedChanged:
    return FeedChanged(feed="radar-2", sensor="radar-2", state=state, messages=9, rejected={})


def effect(name: str, state: str, value: str | None, by: str) -> tuple[dict[str, Effect], EffectEntered]:
    """As post's fold holds it, and the event that it came from."""
    at_s = AT_S + 600.0
    entered = EffectEntered(
        incident=INCIDENT, effect=name, state=state, value=value, by=by, at_s=at_s, entry="example-EF-0001"
    )
    return {name: Effect(state=state, value=value, by=by, at_s=at_s, entries=(entered.entry,))}, entered


def case_of(
    document: dict[str, Any],
    site: Site,
    points: Sequence[TrackPoint] = (),
    recorded: Sequence[Event] = (),
    head: str | None = None,
) -> Case:
    """What a renderer is given."""
    document = traced(document, recorded)
    said = statement(document)
    proof = Proof(head=head)
    return Case(document=document, site=site, points=points, events=recorded, statement=said, proof=proof)
