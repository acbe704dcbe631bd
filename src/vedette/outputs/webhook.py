"""Packages → JSON documents, one a message."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.model import Package, Parcel
from vedette.outputs.document import CONTENT_TYPE, alert_document, encode_document, end_document, track_document
from vedette.outputs.seam import Context, Encoder


class WebhookEncoder(Encoder):
    """A document for each word on a track, its end, and each word on an alert."""

    def __init__(self, context: Context) -> None:
        self._site, self._origin = context.site.id, context.origin

    def parcels(self, package: Package) -> Iterator[Parcel]:
        """Alerts first."""
        for alert in package.alerts:
            document = alert_document(alert, self._site, self._origin)
            yield _parcel("alert", alert.alert, encode_document(document), urgent=True)
        for name in package.ended:
            document = end_document(name, package.at_s, self._site, self._origin)
            yield _parcel("track_end", name, encode_document(document))
        for track in package.tracks:
            document = track_document(track, self._site, self._origin)
            yield _parcel("track", track.track, encode_document(document))


def _parcel(kind: str, about: str, octets: bytes, *, urgent: bool = False) -> Parcel:
    return Parcel(kind=kind, about=about, octets=octets, content_type=CONTENT_TYPE, urgent=urgent)
