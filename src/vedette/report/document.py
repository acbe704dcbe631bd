"""The incident as one JSON object: what the API serves and every other paper is made from.

    id, opened_utc, opened_local, timezone, state (open|closed), closed_utc, closed_local, site {id, name}, tracks
    [{track, identity, class, p_class, sensors, first_utc, first_local, last_utc, last_local, ended, impact, smoothed,
    held {disposition, evidence_says, override null | {disposition, reason, by, role, at_…, …}}}],
    count {most_likely, least, most}, alerts [id, …], alert_details [{id, …}], effects {injuries|damage|flights: {state,
    value, by, at_utc, at_local, role, source, conflict, entries [id, …]}}, attribution {state[, to, decision]},
    sightings [{id, report, candidates, compared, not_checked, grade, by, …}], sources [{sensor, name, kind, tracks}],
    origin,
    decisions [{id, state, measure, measure_kind, measure_name, owner, by, role, note, track, protects, ordered_utc,
    ordered_local, second_by, second_role, clauses, moves [{move, state, by, role, note, at_…, happened_…, clauses}],
    attempts [{move, by, role, note, at_…, clauses}]}], facts [{id, fact, outside_mandate, by, role, note, track,
    identity, measure, decision, at_…, happened_…}]

    and what people added, as vedette.report.dossier has it; headline: all of it in one line.

    clauses: [{clause, answer, text, detail}]; a decision's are its last check's.

    impact: null or {latitude_deg, longitude_deg, sigma_major_m, sigma_minor_m (1 sigma half axes), azimuth_true_deg of
    the major one, error_radius_m (95 %), p_inside, place inside|outside|unsure, basis descent|descending,
    observed_utc: the last time a sensor had a part in it, made live|smoothed: by the watch, or after the fact}

    smoothed: null, or of the track's path from all its recorded looks {detections: how many had a part in it,
    first_utc, first_local, last_utc, last_local, sigma_position_m: the median of its 1 sigma errors, impact: null
    unless clearly better known than the watch's, or the watch saw it not come down}

Unknown is null. What nobody has reported is `not_yet_reported`, never none.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import Any

from vedette.clock import iso_utc
from vedette.model import Alert, Effect, Impact, Incident, IncidentTrackSummary, SmoothedPath
from vedette.report.decisions import decision_part, fact_part, times
from vedette.report.dossier import attribution_part, dossier_part
from vedette.report.identity import held_json
from vedette.report.sightings import sighting_json
from vedette.report.words import EFFECT_WORDS, error_radius_m, headline
from vedette.site import Site


def incident_document(
    incident: Incident, site: Site, alerts: Iterable[Alert], paths: Iterable[SmoothedPath] = ()
) -> dict[str, Any]:
    """`alerts`: those of the incident are taken, others passed over. `paths`: of its tracks, where there are any."""
    smoothed = {path.track: path for path in paths}
    zone = site.timezone
    own = [alert for alert in alerts if alert.alert in incident.alerts]
    document: dict[str, Any] = {
        "id": incident.incident,
        "site": {"id": site.id, "name": site.name},
        **times("opened", incident.opened_s, zone),
        "timezone": zone,
        "state": incident.state,
        **times("closed", incident.closed_s, zone),
        "tracks": [_track(track, zone, smoothed.get(track.track)) for track in incident.tracks],
        "count": {
            "most_likely": incident.count.most_likely,
            "least": incident.count.least,
            "most": incident.count.most,
        },
        "alerts": [alert.alert for alert in own],
        "alert_details": [_alert(alert, site) for alert in own],
        "effects": {name: _effect(incident.effects.get(name, Effect()), zone) for name in EFFECT_WORDS},
        "attribution": attribution_part(incident),
        "sightings": [sighting_json(one, zone) for one in incident.sightings],
        "sources": _sources(incident.tracks, site),
        "origin": incident.origin.value,
        "decisions": [decision_part(decision, zone) for decision in incident.decisions],
        "facts": [fact_part(fact, zone) for fact in incident.facts],
        **dossier_part(incident, site),
    }
    return {**document, "headline": headline(document)}


def _track(track: IncidentTrackSummary, zone: str, path: SmoothedPath | None) -> dict[str, Any]:
    return {
        "track": track.track,
        "identity": track.identity,
        "class": track.class_,
        "p_class": track.p_class,
        "sensors": list(track.sensors),
        **times("first", track.first_s, zone),
        **times("last", track.last_s, zone),
        "ended": track.ended,
        "held": held_json(track.disposition, track.evidence_says, track.override, zone),
        "impact": None if track.impact is None else _impact(track.impact, "live"),
        "smoothed": None if path is None or not path.points else _smoothed(path, zone),
    }


def _smoothed(path: SmoothedPath, zone: str) -> dict[str, Any]:
    return {
        "detections": path.detections,
        **times("first", path.points[0].observed_s, zone),
        **times("last", path.points[-1].observed_s, zone),
        "sigma_position_m": round(statistics.median(point.sigma_position_m for point in path.points), 1),
        "impact": None if path.impact is None else _impact(path.impact, "smoothed"),
    }


def _impact(impact: Impact, made: str) -> dict[str, Any]:
    return {
        "latitude_deg": impact.latitude_deg,
        "longitude_deg": impact.longitude_deg,
        "sigma_major_m": impact.sigma_major_m,
        "sigma_minor_m": impact.sigma_minor_m,
        "azimuth_true_deg": impact.azimuth_true_deg,
        "error_radius_m": round(error_radius_m(impact.sigma_major_m, impact.sigma_minor_m), 1),
        "p_inside": impact.p_inside,
        "place": impact.place,
        "basis": impact.basis,
        "observed_utc": iso_utc(impact.observed_s),
        "made": made,
    }


def _alert(alert: Alert, site: Site) -> dict[str, Any]:
    zone = site.timezone
    return {
        "id": alert.alert,
        "rule": alert.rule,
        "priority": alert.priority,
        "state": alert.state.value,
        "track": alert.track,
        "zone": alert.zone,
        "zone_name": next((one.name for one in site.zones if one.id == alert.zone), alert.zone),
        "title": alert.title,
        **times("raised", alert.raised_s, zone),
        "raised_time_to_s": alert.raised_time_to_s,
        "raised_distance_m": alert.raised_distance_m,
        **times("acknowledged", alert.acknowledged_s, zone),
        "acknowledged_by": alert.acknowledged_by,
        "note": alert.note,
        **times("cleared", alert.cleared_s, zone),
        "cleared_why": alert.cleared_why,
        "rules": [held.rule for held in alert.rules],
        "dismissed_as": None if alert.dismissal is None else alert.dismissal.reason,
        "closed_as": None if alert.closing is None else alert.closing.reason,
        "reasons": [
            {"text": reason.text, "value": reason.value, "unit": reason.unit, "source": reason.source}
            for reason in alert.reasons
        ],
    }


def _effect(effect: Effect, zone: str) -> dict[str, Any]:
    return {
        "state": effect.state,
        "value": effect.value,
        "by": effect.by,
        **times("at", effect.at_s, zone),
        "role": effect.role,
        "source": effect.source,
        "conflict": effect.conflict,
        "entries": list(effect.entries),
    }


def _sources(tracks: tuple[IncidentTrackSummary, ...], site: Site) -> list[dict[str, Any]]:
    known = {sensor.id: sensor for sensor in site.sensors}
    seen: dict[str, list[str]] = {}
    for track in tracks:
        for sensor in track.sensors:
            seen.setdefault(sensor, []).append(track.track)
    return [
        {
            "sensor": sensor,
            "name": known[sensor].name if sensor in known else sensor,
            "kind": known[sensor].kind if sensor in known else None,
            "tracks": seen[sensor],
        }
        for sensor in sorted(seen)
    ]
