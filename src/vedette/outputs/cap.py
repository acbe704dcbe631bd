"""Alerts → CAP 1.2 messages, for civil protection. Tracks are not told: CAP knows events, not moving things.

raised        Alert: with the zone's area, and a circle about its track's place where that is released
told again    Update: acknowledged, another title or priority, or every 5 minutes while it is open, before it expires
cleared       Cancel, urgency Past, with why where reasons are released
references    all earlier messages of the alert since the watch began; a watch begun afresh starts with an Alert again

status        a test alarm, a replay, a simulation: Test; an exercise: Exercise; else Actual
scope         Restricted where the output has a restriction, else Private to its partner; never Public
urgency       Past once cleared; Immediate for priority 1, or within two minutes of its zone; else Expected within the
              hour, Future beyond; where no time is known Expected for priority 2, Unknown for 3 and 4
severity      priority 1 Severe, 2 Moderate, 3 and 4 Minor. A machine does not know what would be Extreme
certainty     Observed inside its zone, else Likely: no alert is raised on what is less likely than not; Unknown once
              cleared
a test        urgency, severity and certainty are Unknown

The circle holds the place with 95 %, where accuracy is released, and is 500 m else: a place without a size claims too
much. Zones have no holes here. instruction is the site file's own words; none is made up.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import numpy as np
import shapely

from vedette.clock import iso_utc
from vedette.model import AlertState, Origin, Package, Parcel, ReleasedAlert, ReleasedNotice, ReleasedTrack
from vedette.outputs.seam import Context, Encoder
from vedette.outputs.words import mark
from vedette.site import Site, Zone, zone_shape
from vedette.wire import cap
from vedette.wire.cap import CapAlert, CapArea, CapCircle, CapInfo, CapReference

EXPIRES_S: Final = 600.0
"""An alert that is not told again is over for the reader after this."""
AGAIN_S: Final = 300.0
NOTICE_S: Final = 3600.0
"""A person's notice is news for so long."""
SOON_S: Final = 120.0
HOUR_S: Final = 3600.0
NO_SIZE_M: Final = 500.0
P95: Final = 2.4477
"""Sigmas of a two-dimensional normal error that hold 95 %: sqrt(-2 ln 0.05)."""
REFERENCES: Final = 20
"""Earlier messages named at most: the first and the newest."""
_STATUS: Final = {Origin.LIVE: "Actual", Origin.EXERCISE: "Exercise"}
_SEVERITY: Final = {1: "Severe", 2: "Moderate"}


class CapEncoder(Encoder):
    """Messages of one output. Remembers the alerts that are open with it, and what it sent of them."""

    def __init__(self, context: Context) -> None:
        self._site, self._output, self._origin = context.site, context.output, context.origin
        self._sender = cap.cap_name(context.output.sender or context.site.id)
        self._open: dict[str, tuple[ReleasedAlert, float]] = {}
        self._sent: dict[str, tuple[CapReference, ...]] = {}

    def parcels(self, package: Package) -> Iterator[Parcel]:
        """A message for each alert that is new or has changed, and for those that would expire."""
        tracks = {track.track: track for track in package.tracks}
        fresh = {alert.alert for alert in package.alerts}
        due = [a for a, told_s in self._open.values() if package.at_s - told_s >= AGAIN_S and a.alert not in fresh]
        for alert in (*package.alerts, *due):
            message = self._message(alert, tracks.get(alert.track or ""), package.at_s)
            if message is not None:
                yield Parcel(
                    kind="alert",
                    about=alert.alert,
                    octets=cap.encode_cap(message),
                    topic=message.identifier,
                    content_type=cap.CONTENT_TYPE,
                    urgent=True,
                )

    def words(self, notice: ReleasedNotice) -> Iterator[Parcel]:
        """A person's words, as an Alert of their own; nothing is claimed of urgency, severity and certainty."""
        headline = mark("Notice", self._origin)
        info = CapInfo(
            language=self._output.language,
            categories=("Security", "Transport"),
            event="Notice",
            urgency="Unknown",
            severity="Unknown",
            certainty="Unknown",
            effective_s=math.floor(notice.at_s),
            expires_s=math.floor(notice.at_s + NOTICE_S),
            sender_name=self._site.name,
            headline=f"{headline} from {self._site.name}",
            description=notice.text,
            parameters=(("notice", notice.notice), ("origin", self._origin.value)),
            areas=(CapArea(description=self._site.name),),
        )
        message = CapAlert(
            identifier=cap.cap_name(notice.notice),
            sender=self._sender,
            sent_s=math.floor(notice.at_s),
            status=_STATUS.get(self._origin, "Test"),
            message_type="Alert",
            scope="Restricted" if self._output.restriction else "Private",
            restriction=self._output.restriction,
            addresses=(self._output.partner,),
            infos=(info,),
        )
        yield Parcel(
            kind="notice",
            about=notice.notice,
            octets=cap.encode_cap(message),
            topic=message.identifier,
            content_type=cap.CONTENT_TYPE,
            urgent=True,
        )

    def _message(self, alert: ReleasedAlert, track: ReleasedTrack | None, at_s: float) -> CapAlert | None:
        """The message; None: it is over, and was never told."""
        earlier = self._sent.pop(alert.alert, ())
        self._open.pop(alert.alert, None)
        over = alert.state is AlertState.CLEARED
        if over and not earlier:
            return None
        message = CapAlert(
            identifier=cap.cap_name(f"{alert.alert}.{_compact(at_s)}"),
            sender=self._sender,
            sent_s=math.floor(at_s),
            status="Test" if alert.test else _STATUS.get(self._origin, "Test"),
            message_type="Cancel" if over else "Update" if earlier else "Alert",
            scope="Restricted" if self._output.restriction else "Private",
            restriction=self._output.restriction,
            addresses=(self._output.partner,),
            references=(*earlier[:1], *earlier[1:][-REFERENCES + 1 :]),
            infos=(self._info(alert, track, at_s),),
        )
        if not over:
            self._open[alert.alert] = alert, at_s
            self._sent[alert.alert] = (
                *message.references,
                CapReference(self._sender, message.identifier, message.sent_s),
            )
        return message

    def _info(self, alert: ReleasedAlert, track: ReleasedTrack | None, at_s: float) -> CapInfo:
        over = alert.state is AlertState.CLEARED
        urgency, severity, certainty = ("Unknown",) * 3 if alert.test else judged(alert)
        return CapInfo(
            language=self._output.language,
            categories=("Security", "Transport"),
            event="Test alarm" if alert.test else "Air picture alert",
            responses=("AllClear",) if over else (),
            urgency=urgency,
            severity=severity,
            certainty=certainty,
            effective_s=math.floor(at_s),
            onset_s=math.floor(alert.raised_s),
            expires_s=math.floor(at_s + self._output.release.delay_s + EXPIRES_S),
            sender_name=self._site.name,
            headline=mark(f"Over: {alert.title}" if over else alert.title, self._origin, test=alert.test),
            description="\n".join(self._words(alert)),
            instruction=None if over or alert.test else self._output.instruction,
            parameters=(("alert", alert.alert), ("priority", str(alert.priority)), ("origin", self._origin.value)),
            areas=(self._area(alert, track),),
        )

    def _words(self, alert: ReleasedAlert) -> Iterator[str]:
        if alert.test:
            yield "This is a test of the alarm. Nothing is there; nothing is to be done."
        elif self._origin is not Origin.LIVE:
            yield f"Not live: {self._origin.value}. Nothing is to be done."
        yield f"Alert {alert.alert}, priority {alert.priority}, {alert.state.value}; raised {iso_utc(alert.raised_s)}."
        if alert.time_to_s is not None:
            yield "Inside its zone." if alert.time_to_s == 0.0 else f"{alert.time_to_s:.0f} s from its zone when told."
        yield from (reason.text for reason in alert.reasons or ())
        if alert.cleared_why:
            yield f"Over: {alert.cleared_why}."

    def _area(self, alert: ReleasedAlert, track: ReleasedTrack | None) -> CapArea:
        zone = next((one for one in self._site.zones if one.id == alert.zone), None)
        circles: tuple[CapCircle, ...] = ()
        if alert.latitude_deg is not None and alert.longitude_deg is not None and not alert.test:
            circles = (CapCircle(alert.latitude_deg, alert.longitude_deg, _radius_m(track)),)
        return CapArea(
            description=self._site.name if zone is None else f"{self._site.name}: {zone.name}",
            polygons=() if zone is None else tuple(rings(zone, self._site)),
            circles=circles,
        )


def judged(alert: ReleasedAlert) -> tuple[str, str, str]:
    """Urgency, severity and certainty of an alert that is no test: see the module."""
    severity = _SEVERITY.get(alert.priority, "Minor")
    certainty = "Observed" if alert.time_to_s == 0.0 else "Likely"
    if alert.state is AlertState.CLEARED:
        certainty = "Unknown"
    return _urgency(alert), severity, certainty


def _urgency(alert: ReleasedAlert) -> str:
    if alert.state is AlertState.CLEARED:
        return "Past"
    if alert.priority == 1 or (alert.time_to_s is not None and alert.time_to_s <= SOON_S):
        return "Immediate"
    if alert.time_to_s is not None:
        return "Expected" if alert.time_to_s <= HOUR_S else "Future"
    return "Expected" if alert.priority == 2 else "Unknown"


def rings(zone: Zone, site: Site) -> Iterator[tuple[cap.Place, ...]]:
    """A zone's outer rings, closed, latitude and longitude."""
    frame = site.frame()
    shape = shapely.simplify(zone_shape(zone, frame), 1.0)
    for part in getattr(shape, "geoms", (shape,)):
        flat = shapely.get_coordinates(part.exterior)
        latitude, longitude, _ = frame.to_geodetic(np.c_[flat, np.zeros(len(flat))])
        ring = [(round(float(a), 6), round(float(o), 6)) for a, o in zip(latitude, longitude, strict=True)]
        yield (*ring[:-1], ring[0])


def _radius_m(track: ReleasedTrack | None) -> float:
    if track is None or track.ellipse_major_m is None:
        return NO_SIZE_M
    return P95 * track.ellipse_major_m


def _compact(at_s: float) -> str:
    """A time that an identifier may hold: 20210911T204200.500000."""
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y%m%dT%H%M%S.%f")
