"""People's actions on a record whose watch has ended: taken by the post, and written as a watch would."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from vedette.clock import LiveClock
from vedette.errors import BadInput
from vedette.model import Action, Draft, Incident, Origin
from vedette.post import KINDS, Post, Refused
from vedette.record import Batch, Record, drawn_salts, machine_signer, read_events
from vedette.site import Site


def record_acts(folder: Path, site: Site, incident: Incident, actions: Iterable[Action]) -> None:
    """Have an incident's post take the actions, in order, and record what comes of them.

    They are received now; of what was not live, at the record's own last time, so that it can be gone on with.

    Raises:
        RecordBusy: a watch writes to the folder: use its console. RecordError: it cannot be written.
        BadInput: the post does not take one of them; those before it are recorded.
    """
    live = incident.origin is Origin.LIVE
    with Record.open(folder, site.id, drawn_salts, signer=machine_signer()) as record:
        last_s = record.recovery.last_received_s or 0.0
        at_s = max(last_s, LiveClock().now_s()) if live else last_s
        post = Post(site)
        for event in read_events(folder, kind=KINDS):
            post.apply(event)
        signer = [
            Draft(observed_s=at_s, received_s=at_s, origin=incident.origin, payload=one)
            for one in record.introduction(live=live)
        ]
        record.writer.put(Batch(drafts=tuple(signer), flush=True))
        for action in actions:
            try:
                drafts = post.act(action, at_s, incident.origin)
            except Refused as refused:
                raise BadInput(folder, refused.message, action.verb.replace("_", " ")) from None
            record.writer.put(Batch(drafts=tuple(drafts), flush=True))
        record.writer.drain()
