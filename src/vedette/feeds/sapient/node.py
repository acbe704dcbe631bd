"""One SAPIENT node as the watch hears it: looks, health, faults, and how its clock goes. Pure; time is an argument."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

import msgspec
from sapient_msg.bsi_flex_335_v2_0.alert_pb2 import Alert
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage
from sapient_msg.bsi_flex_335_v2_0.status_report_pb2 import StatusReport

from vedette.feeds.arrival import FeedBody
from vedette.feeds.image_links import link_refusal
from vedette.feeds.sapient.looks import AT_HOME_M, Seat, is_whole_look, look_of, placed
from vedette.model import Look, Rejected, SensorStatus
from vedette.wire.sapient.checks import LATE_FACTOR, NodeChecker
from vedette.wire.sapient.codec import kind_of, sent_s
from vedette.wire.sapient.detections import Detection, decode_detection
from vedette.wire.sapient.provenance import Provenance
from vedette.wire.sapient.registration import fold
from vedette.wire.sapient.rules import Finding

HOLD_S: Final = 0.05
"""How long detections of one time are held for others of the same time."""
CLOCK_MESSAGES: Final = 64
CLOCK_SHOWN_S: Final = 0.5
ALERT_SHOWN_S: Final = 60.0
STALE_S: Final = (2.0, 600.0)
LOOK_MOST: Final = 2000
_FAILED: Final = frozenset({StatusReport.STATUS_TYPE_NOT_DETECTING, StatusReport.STATUS_TYPE_INTERNAL_FAULT})
_STATES: Final = {
    StatusReport.SYSTEM_OK: "ok",
    StatusReport.SYSTEM_WARNING: "degraded",
    StatusReport.SYSTEM_ERROR: "failed",
    StatusReport.SYSTEM_GOODBYE: "failed",
}
_WORST: Final = ("ok", "degraded", "failed")


class NodeClock:
    """How far a node's clock is off, from when its messages were sent and when they came.

    A message takes time to come, never less than none: of the last CLOCK_MESSAGES the quickest is taken, and the
    estimate is late by that one's delay.
    """

    def __init__(self) -> None:
        self._delays_s: deque[float] = deque(maxlen=CLOCK_MESSAGES)

    def hear(self, sent_s: float, received_s: float) -> None:
        """One message more."""
        self._delays_s.append(received_s - sent_s)

    @property
    def offset_s(self) -> float | None:
        """Seconds by which it is ahead of ours (behind: negative); None before the first message."""
        return -min(self._delays_s) if self._delays_s else None


class Node:
    """One node's messages, in the order they came → looks and changes of its health.

    Args:
        node: its node_id. seat: the sensor it stands for.

        fallback: latitude and longitude near it, where neither site file nor node says. provenance: told what it sees.

    Attributes:
        findings: faults of the last message. flaws: errors among all faults so far.
    """

    def __init__(self, node: str, seat: Seat, fallback: tuple[float, float], provenance: Provenance) -> None:
        self.node, self.seat = node, seat
        self._provenance = provenance
        self.checker = NodeChecker()
        self.clock = NodeClock()
        self.findings: tuple[Finding, ...] = ()
        self.flaws = 0
        self._fallback = fallback
        self._last_flaw = ""
        self._held: list[Detection] = []
        self._held_s = 0.0
        self._state: tuple[str, str] | None = None
        self._alert, self._alert_s = "", 0.0

    def hear(self, message: SapientMessage, received_s: float) -> Iterator[FeedBody]:
        """What one message of this node adds. The message must have a content."""
        self.findings = self.checker.check(message)
        for finding in self.findings:
            if finding.severity == "error":
                self.flaws += 1
                self._last_flaw = f"{finding.path}: {finding.why}"
        at_s = sent_s(message)
        if at_s is not None:
            self.clock.hear(at_s, received_s)
        kind = kind_of(message)
        if kind == "detection_report":
            yield from self._detect(message, received_s)
        elif kind == "status_report":
            yield from self._tell(received_s if at_s is None else at_s)
        elif kind == "alert":
            yield from self._alerted(message.alert, received_s)
        elif kind == "registration":
            self._state = None

    def tick(self, now_s: float) -> Iterator[FeedBody]:
        """The look that has waited long enough."""
        if self._held and now_s - self._held_s >= HOLD_S:
            yield from self.flush()

    def flush(self) -> Iterator[FeedBody]:
        """The look held, as it is."""
        held, self._held = self._held, []
        if held:
            yield self._look(held, covers=True)

    @property
    def holds(self) -> bool:
        """Whether a look waits."""
        return bool(self._held)

    @property
    def fuses(self) -> bool:
        """Whether it is a fusion node."""
        return self.checker.registered is not None and self.checker.registered.fuses

    @property
    def silent_after_s(self) -> float | None:
        """Silence after which it is stale: three of its status intervals; None where it registered none."""
        registered = self.checker.registered
        if registered is None or registered.status_interval_s is None:
            return None
        return min(max(LATE_FACTOR * registered.status_interval_s, STALE_S[0]), STALE_S[1])

    def words(self, now_s: float) -> str:
        """One line on it for people: what it is, its mode and health, its clock, its faults."""
        registered = self.checker.registered
        parts = [f"{registered.name} ({', '.join(registered.types)})".strip() if registered else "not registered"]
        if self._state is not None:
            parts.append(self._state[1] if self._state[0] == "ok" else f"{self._state[0]}: {self._state[1]}")
        if self._alert and now_s - self._alert_s <= ALERT_SHOWN_S:
            parts.append(f"alert: {self._alert}")
        away_m = self.seat.away_m(self.checker.place)
        if self.seat.own and away_m is not None and away_m > AT_HOME_M:
            parts.append(f"says it stands {away_m:.0f} m from its place in the site file")
        offset_s = self.clock.offset_s
        if offset_s is not None and abs(offset_s) >= CLOCK_SHOWN_S:
            parts.append(f"its clock is {abs(offset_s):.1f} s {'ahead' if offset_s > 0.0 else 'behind'}")
        if self.flaws:
            parts.append(f"{self.flaws} faults in its messages, last {self._last_flaw}")
        return ", ".join(parts)[:400]

    def _near(self) -> tuple[float, float]:
        sensor = self.seat.sensor
        if self.seat.own and sensor.latitude_deg is not None and sensor.longitude_deg is not None:
            return sensor.latitude_deg, sensor.longitude_deg
        return self.checker.near or self._fallback

    def _detect(self, message: SapientMessage, received_s: float) -> Iterator[FeedBody]:
        detection = decode_detection(message, self.checker.registered, self.checker.mode, self._near())
        if isinstance(detection, Detection):
            if "lost" in fold(detection.state or ""):
                return
            detection = placed(detection, self.seat, self.checker.place)
        if isinstance(detection, Rejected):
            yield detection
            return
        detection = self._linked(detection)
        self._provenance.note(self.seat.sensor.id, detection)
        if not is_whole_look(self.seat, fuses=self.fuses):
            yield self._look([detection], covers=False)
        else:
            if self._held and (self._held[0].observed_s != detection.observed_s or len(self._held) >= LOOK_MOST):
                yield from self.flush()
            self._held.append(detection)
            self._held_s = received_s

    def _linked(self, detection: Detection) -> Detection:
        """The detection, its picture's link left out where nobody should follow it; which is one of its faults."""
        refused = None if detection.image_url is None else link_refusal(detection.image_url, self.seat.image_hosts)
        if refused is None:
            return detection
        self.flaws += 1
        self._last_flaw = f"associated_file: {refused}"
        return msgspec.structs.replace(detection, image_url=None)

    def _look(self, detections: list[Detection], *, covers: bool) -> Look | Rejected:
        return look_of(detections, self.seat.sensor, covers=covers, fuses=self.fuses)

    def _tell(self, at_s: float) -> Iterator[SensorStatus]:
        status = self.checker.status
        if status is None:
            return
        state = health_of(status)
        if state != self._state:
            self._state = state
            yield SensorStatus(sensor=self.seat.sensor.id, observed_s=at_s, state=state[0], detail=state[1])

    def _alerted(self, alert: Alert, received_s: float) -> Iterator[SensorStatus]:
        self._alert, self._alert_s = alert.description.strip()[:120] or "without a description", received_s
        broken = alert.alert_type in (Alert.ALERT_TYPE_ERROR, Alert.ALERT_TYPE_FATAL)
        if broken and alert.status != Alert.ALERT_STATUS_CLEAR:
            self._state = "failed" if alert.alert_type == Alert.ALERT_TYPE_FATAL else "degraded", self._alert
            yield SensorStatus(
                sensor=self.seat.sensor.id, observed_s=received_s, state=self._state[0], detail=self._state[1]
            )


def health_of(status: StatusReport) -> tuple[str, str]:
    """A status report as a sensor's state (ok, degraded, failed) and one line: mode, power, faults."""
    state = _STATES.get(status.system, "degraded")
    parts = [f"mode {status.mode}"] if status.mode.strip() else []
    if status.system == StatusReport.SYSTEM_GOODBYE:
        parts.append("said goodbye")
    if status.HasField("power"):
        power, words = _power(status.power)
        state = max(state, power, key=_WORST.index)
        parts.append(words)
    for one in status.status:
        level, words = _condition(one)
        state = max(state, level, key=_WORST.index)
        parts += [words] if words else []
    return state, ", ".join(parts)[:300]


def _power(power: StatusReport.Power) -> tuple[str, str]:
    fault = power.status == StatusReport.POWERSTATUS_FAULT
    level = f" {power.level} %" if power.HasField("level") else ""
    source = _spoken(StatusReport.PowerSource, power.source, "POWERSOURCE_") or "power"
    return "degraded" if fault else "ok", f"{source}{level}{' fault' if fault else ''}"


def _condition(one: StatusReport.Status) -> tuple[str, str]:
    if one.status_level == StatusReport.STATUS_LEVEL_ERROR_STATUS or one.status_type in _FAILED:
        state = "failed"
    elif one.status_level == StatusReport.STATUS_LEVEL_WARNING_STATUS:
        state = "degraded"
    else:
        return "ok", ""
    name = _spoken(StatusReport.StatusType, one.status_type, "STATUS_TYPE_") or "fault"
    return state, f"{name} {one.status_value[:80]}".strip()


def _spoken(enum: object, number: int, prefix: str) -> str:
    try:
        name: str = enum.Name(number)  # type: ignore[attr-defined]  # protobuf's enumerations are untyped
    except ValueError:
        return ""
    return "" if number == 0 else name.removeprefix(prefix).replace("_", " ").lower()
