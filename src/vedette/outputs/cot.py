"""Packages → Cursor on Target, for TAK servers, ATAK and WinTAK.

A track is an event under its own name, an alert one under its own; a server that sends them back is not heard
(vedette.feeds.cot). Types, by class (where p ≥ 0.5) and by what stands behind an identity:

    own, and another sensor agrees   a-f, friend            unmanned, fixed wing or not known   …-A-M-F-Q
    own, and only it says so         a-a, assumed friend    unmanned, rotary wing               …-A-M-H-Q
    manned, cooperative; bird; other a-n, neutral           manned, cooperative                 …-A-C
    all else                         a-u, unknown           all else                            …-A

Where the rule releases the disposition, that is the affiliation in place of the left column: pending p, unknown u,
assumed friendly a, friendly f, neutral n, suspicious s, hostile h; the remarks say whose word it is.

ce and le are the sigmas. History is ATAK's own trail of what it was told. The ellipse is 1 sigma. A track that ends is
deleted (t-x-d-d); one that is no longer told goes stale by itself. An alert is ATAK's custom emergency (b-a-o-c) with a
link to its track, at its track's place; without one, at the site's reference point with ce unknown. TAK clients throw
away what is stale on arrival: of what is not live the times are moved to the present, and the remarks say the true one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from vedette.clock import iso_utc
from vedette.model import AlertState, Cooperation, Origin, Package, Parcel, ReleasedAlert, ReleasedNotice, ReleasedTrack
from vedette.outputs.seam import Context, Encoder
from vedette.outputs.words import mark, spoken, told
from vedette.wire import cot_detail as detail
from vedette.wire.cot import CotEvent, encode_event

STALE_S: Final = 15.0
"""A track that is not told again goes stale after this."""
ALERT_STALE_S: Final = 3600.0
ALERT_AGAIN_S: Final = 600.0
"""An open alert is told again before it goes stale."""
P_CLASSED: Final = 0.5
_HOW: Final = "m-f"  # by machine, fused
_BRANCHES: Final = {"uav": "-M-F-Q", "uav_fixed_wing": "-M-F-Q", "uav_rotary": "-M-H-Q"}
_AFFILIATIONS: Final = {
    "pending": "p",
    "unknown": "u",
    "assumed_friendly": "a",
    "friendly": "f",
    "neutral": "n",
    "suspicious": "s",
    "hostile": "h",
}
_OPEX: Final = {Origin.EXERCISE: "e-exercise", Origin.SIMULATED: "s-simulation", Origin.REPLAY: "s-replay"}


class CotEncoder(Encoder):
    """Events of one output. Remembers the types of the tracks that were told, which a deletion names."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._delay_s = context.output.release.delay_s
        self._types: dict[str, str] = {}
        self._open: dict[str, tuple[ReleasedAlert, float]] = {}

    def parcels(self, package: Package) -> Iterator[Parcel]:
        """An event a track, a deletion an ended one, an event an alert."""
        at_s = self._stamp_s(package.at_s)
        for track in package.tracks:
            yield Parcel(kind="track", about=track.track, octets=self._track(track))
        for name in package.ended:
            octets = self._end(name, self._types.pop(name, "a-u-A"), at_s)
            yield Parcel(kind="track_end", about=name, octets=octets)
        for alert in (*package.alerts, *self._going_stale(package)):
            self._open.pop(alert.alert, None)
            if alert.state is not AlertState.CLEARED:
                self._open[alert.alert] = alert, package.at_s
            yield Parcel(kind="alert", about=alert.alert, octets=self._alert(alert, at_s), urgent=True)

    def words(self, notice: ReleasedNotice) -> Iterator[Parcel]:
        """A person's words, as a chat to all who are on the partner's server."""
        site = self._context.site
        text = mark(notice.text, self._context.origin)
        event = self._nowhere(
            f"GeoChat.{site.id}.{detail.EVERYBODY}.{notice.notice}", "b-t-f", self._stamp_s(notice.at_s)
        )
        event = msgspec.structs.replace(event, how="h-g-i-g-o", stale_s=event.time_s + ALERT_STALE_S)
        chat = detail.chat(site.id, site.name, notice.notice)
        link = detail.element("link", uid=site.id, type="a-f-G", relation="p-p")
        words = detail.remarks(text, source=f"BAO.F.Vedette.{site.id}", to=detail.EVERYBODY, time=iso_utc(notice.at_s))
        octets = encode_event(event, chat, link, words, opex=_OPEX.get(self._context.origin))
        yield Parcel(kind="notice", about=notice.notice, octets=octets, urgent=True)

    def _going_stale(self, package: Package) -> tuple[ReleasedAlert, ...]:
        fresh = {alert.alert for alert in package.alerts}
        due_s = package.at_s - ALERT_AGAIN_S
        return tuple(alert for name, (alert, told_s) in self._open.items() if told_s <= due_s and name not in fresh)

    def _stamp_s(self, at_s: float) -> float:
        return at_s if self._context.origin is Origin.LIVE else self._context.now_s()

    def _track(self, track: ReleasedTrack) -> bytes:
        stamp_s, origin = self._stamp_s(track.observed_s), self._context.origin
        kind = self._types[track.track] = type_of(track)
        event = CotEvent(
            uid=track.track,
            type=kind,
            how=_HOW,
            time_s=stamp_s,
            stale_s=stamp_s + self._delay_s + STALE_S,
            latitude_deg=track.latitude_deg,
            longitude_deg=track.longitude_deg,
            altitude_ellipsoid_m=track.altitude_ellipsoid_m,
            sigma_position_m=track.sigma_position_m,
            sigma_altitude_m=track.sigma_altitude_m,
            callsign=mark(track.track, origin),
            course_true_deg=track.course_true_deg,
            speed_mps=track.speed_mps,
        )
        details = [detail.remarks(mark(f"{spoken(track)}. Seen {iso_utc(track.observed_s)}", origin))]
        if track.ellipse_major_m and track.ellipse_minor_m and track.ellipse_azimuth_true_deg is not None:
            details.append(detail.ellipse(track.ellipse_major_m, track.ellipse_minor_m, track.ellipse_azimuth_true_deg))
        if track.past is not None:
            details.append(detail.element("__bread_crumbs", enabled="true"))
        return encode_event(event, *details, opex=_OPEX.get(origin))

    def _end(self, name: str, kind: str, at_s: float) -> bytes:
        link = detail.element("link", uid=name, type=kind, relation="none")
        return encode_event(self._nowhere(f"{name}-end", "t-x-d-d", at_s), link, detail.element("__forcedelete"))

    def _alert(self, alert: ReleasedAlert, at_s: float) -> bytes:
        title = mark(alert.title, self._context.origin, test=alert.test)
        over = alert.state is AlertState.CLEARED
        event = self._nowhere(alert.alert, "b-a-o-can" if over else "b-a-o-c", at_s)
        if alert.latitude_deg is not None and alert.longitude_deg is not None:
            event = msgspec.structs.replace(event, latitude_deg=alert.latitude_deg, longitude_deg=alert.longitude_deg)
        event = msgspec.structs.replace(event, stale_s=at_s + ALERT_STALE_S, callsign=title)
        about = alert.track or alert.alert
        details = (
            detail.element("link", uid=about, type=self._types.get(about, "a-u-A"), relation="p-p"),
            detail.cancelled(title) if over else detail.emergency(title, alert.alert),
            detail.remarks(mark(f"{alert.title}: {told(alert)}", self._context.origin, test=alert.test)),
        )
        return encode_event(event, *details, opex="e-test" if alert.test else _OPEX.get(self._context.origin))

    def _nowhere(self, uid: str, kind: str, at_s: float) -> CotEvent:
        """An event that says where nothing is: at the site's reference point, ce unknown."""
        site = self._context.site
        return CotEvent(
            uid=uid,
            type=kind,
            how=_HOW,
            time_s=at_s,
            stale_s=at_s + STALE_S,
            latitude_deg=site.latitude_deg,
            longitude_deg=site.longitude_deg,
        )


def type_of(track: ReleasedTrack) -> str:
    """The event type of a track: see the module."""
    sure = track.class_ if (track.p_class or 0.0) >= P_CLASSED else None
    own, agreed = (track.identity or "").startswith("own:"), track.cooperation == Cooperation.COOPERATIVE
    civil = sure == "manned" and agreed
    by_identity = ("f" if agreed else "a") if own else "n" if civil or sure in ("bird", "other") else "u"
    affiliation = _AFFILIATIONS.get(track.disposition or "", by_identity)
    return f"a-{affiliation}-A{'-C' if civil and not own else _BRANCHES.get(sure or '', '')}"
