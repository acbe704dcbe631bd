"""Packages → JSON documents (vedette.wire.documents, docs/schema/output.schema.json), and their topics at a broker.

Below the output's topic: `tracks/NAME`, `alerts/NAME`, `notices/NAME`, `status`. The broker keeps an alert while it is
open, and the status; a track comes again within a second. It is told to forget an alert, by an empty message, once that
is cleared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from vedette.model import AlertState, Package, Parcel, ReleasedNotice
from vedette.outputs.seam import Context, Encoder
from vedette.wire.documents import (
    StatusDocument,
    alert_document,
    encode,
    notice_document,
    track_document,
    track_end_document,
)

JSON = "application/json"


class DocumentEncoder(Encoder):
    """One document a track, a track's end, an alert."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._site, self._origin = context.site.id, context.origin

    def parcels(self, package: Package) -> Iterator[Parcel]:
        """Tracks, ends, alerts."""
        for track in package.tracks:
            document = encode(track_document(track, self._site, self._origin))
            yield Parcel(
                kind="track", about=track.track, octets=document, topic=f"tracks/{track.track}", content_type=JSON
            )
        for name in package.ended:
            document = encode(track_end_document(name, package.at_s, self._site, self._origin))
            yield Parcel(kind="track_end", about=name, octets=document, topic=f"tracks/{name}", content_type=JSON)
        for alert in package.alerts:
            yield Parcel(
                kind="alert",
                about=alert.alert,
                octets=encode(alert_document(alert, self._site, self._origin)),
                topic=f"alerts/{alert.alert}",
                content_type=JSON,
                urgent=True,
                keep=alert.state is not AlertState.CLEARED,
            )

    def words(self, notice: ReleasedNotice) -> Iterator[Parcel]:
        """One document."""
        yield Parcel(
            kind="notice",
            about=notice.notice,
            octets=encode(notice_document(notice, self._site, self._origin)),
            topic=f"notices/{notice.notice}",
            content_type=JSON,
            urgent=True,
        )


class BrokerEncoder(DocumentEncoder):
    """The documents, and what a broker is to keep, to forget and to say when we are gone."""

    def parcels(self, package: Package) -> Iterator[Parcel]:
        """Tracks, ends, alerts; and of cleared alerts that the broker may forget them."""
        yield from super().parcels(package)
        for alert in package.alerts:
            if alert.state is AlertState.CLEARED:
                topic = f"alerts/{alert.alert}"
                yield Parcel(kind="status", about=alert.alert, octets=b"", topic=topic, urgent=True, keep=True)

    def greet(self, at_s: float) -> Iterator[Parcel]:
        """That we are there."""
        del at_s
        yield self._status("online")

    def will(self) -> Parcel:
        """That we are not."""
        return self._status("offline")

    def _status(self, state: Literal["online", "offline"]) -> Parcel:
        partner = self._context.output.partner
        status = StatusDocument(
            site=self._site,
            origin=self._origin.value,
            state=state,
            partner=partner,
        )
        return Parcel(kind="status", about="", octets=encode(status), topic="status", content_type=JSON, keep=True)
