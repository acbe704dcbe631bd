"""Packages → SAPIENT: tracks as detections of a fusion node, with what they are derived from, and alerts.

The partner is a middleware, or a fusion node of others. Each new line begins with our registration; a status each
STATUS_S says that we are there. Acknowledgements and errors are read; a task is refused, whatever it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import Final

from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from vedette.model import Package, Parcel, Rejected, ReleasedTrack
from vedette.outputs.seam import Context, Encoder
from vedette.outputs.words import mark
from vedette.wire.sapient.codec import decode_message, kind_of
from vedette.wire.sapient.framing import FrameReader
from vedette.wire.sapient.outgoing import STATUS_S, FusionNode, Outgoing

MOST_BYTES: Final = 256 << 10
"""Longest frame that is read; a middleware sends its nodes' registrations to us too."""
_CONTENT: Final = "application/x-protobuf"


class SapientEncoder(Encoder):
    """One detection report a track and new time, one alert a change."""

    def __init__(self, context: Context) -> None:
        self.notice = ""
        site = context.site
        self._us = FusionNode(site=site.id, name=site.name, version=version("vedette"))
        self._now_s, self._origin, self._parts_of = context.now_s, context.origin, context.parts_of
        # whose detections these are is the rule's to say, of the registration too
        named = "sensors" in context.output.release.fields
        self._nodes = [one.node_id for one in site.sensors if one.node_id is not None] if named else []
        self._told: dict[str, ReleasedTrack] = {}
        self._frames = FrameReader(MOST_BYTES)
        self._status_s = 0.0
        self._acknowledged = self._errors = 0
        self._answer = self._last_error = ""

    def new_line(self) -> None:
        """See the class."""
        self._frames = FrameReader(MOST_BYTES)
        self._told.clear()
        self._answer = "no answer to our registration yet"
        self._note()

    def greet(self, at_s: float) -> Iterator[Parcel]:
        """See the class."""
        del at_s
        now_s = self._status_s = self._now_s()
        yield _parcel("status", "registration", self._us.registration(now_s, self._nodes))
        yield _parcel("status", "status", self._us.status(now_s, new=True))

    def parcels(self, package: Package) -> Iterator[Parcel]:
        """See the class."""
        now_s, said = self._now_s(), mark("", self._origin).strip()
        for track in package.tracks:
            before = self._told.get(track.track)
            if before is None or before.observed_s != track.observed_s:
                sealed = self._us.track(track, now_s, self._parts_of(track), mark=said)
                yield _parcel("track", track.track, sealed)
            self._told[track.track] = track
        for name in package.ended:
            last = self._told.pop(name, None)
            if last is not None:
                sealed = self._us.track(last, now_s, self._parts_of(last), mark=said, lost=True)
                yield _parcel("track_end", name, sealed)
        for alert in package.alerts:
            head = mark("", self._origin, test=alert.test).strip()
            about = self._told.get(alert.track or "")
            yield _parcel("alert", alert.alert, self._us.alert(alert, now_s, about, mark=head), urgent=True)
        if now_s - self._status_s >= STATUS_S:
            self._status_s = now_s
            yield _parcel("status", "status", self._us.status(now_s, new=False))

    def hear(self, octets: bytes, at_s: float) -> Iterator[Parcel | Rejected]:
        """See the class.

        Raises:
            ConnectionError: our registration was refused.
        """
        for frame in self._frames.feed(octets):
            message = frame if isinstance(frame, Rejected) else decode_message(frame.payload)
            if isinstance(message, Rejected):
                yield message
            else:
                yield from self._take(message)
        if self._frames.broken:
            raise ConnectionError("its stream has lost its frames")

    def _take(self, message: SapientMessage) -> Iterator[Parcel]:
        """What is said to us; of what nodes say to others, and a middleware passes on, nothing is taken."""
        kind = kind_of(message)
        if message.destination_id and message.destination_id.lower() != self._us.node:
            return
        if kind == "registration_ack":
            self._registered(message)
        elif kind == "task":
            task = message.task.task_id
            refusal = self._us.refuse_task(message.node_id, task, self._now_s())
            yield _parcel("status", f"task {task[:40]}", refusal, urgent=True)
        elif kind == "alert_ack":
            self._acknowledged += 1
        elif kind == "error":
            self._errors += 1
            self._last_error = "; ".join(message.error.error_message)[:120] or "without words"
        self._note()

    def _registered(self, message: SapientMessage) -> None:
        said = message.registration_ack
        reasons = "; ".join(said.ack_response_reason)[:200]
        if not said.acceptance:
            raise ConnectionError(f"our registration was refused: {reasons or 'no reason given'}")
        self._answer = "registered" + (f" ({reasons})" if reasons else "")

    def _note(self) -> None:
        parts = [self._answer] if self._answer else []
        parts += [f"{self._acknowledged} alerts acknowledged"] if self._acknowledged else []
        parts += [f"{self._errors} errors, last {self._last_error}"] if self._errors else []
        self.notice = "; ".join(parts)[:400]


def _parcel(kind: str, about: str, sealed: Outgoing, *, urgent: bool = False) -> Parcel:
    return Parcel(kind=kind, about=about, octets=sealed.octets, content_type=_CONTENT, urgent=urgent)
