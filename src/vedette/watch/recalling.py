"""A pipeline as the record leaves it: its books the fold of the events, the rest the snapshot and what came since."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from vedette.errors import RecordError
from vedette.model import MediaAdded, Picture
from vedette.post import KINDS
from vedette.record import MediaFolder, Recovery, read_events, recover
from vedette.watch.pipeline import Pipeline
from vedette.watch.plan import Plan

log = logging.getLogger(__name__)


def recalled(kind: type[Pipeline], plan: Plan) -> tuple[Pipeline, Picture | None]:
    """The pipeline, and its picture if there was one.

    Where what came since the snapshot cannot be run again, as after a change of the software, its tracks are run again
    and its clocks are those of the snapshot.

    Raises:
        RecordError: the record cannot be read.
    """
    recovery = recover(plan.folder)
    try:
        return _resumed(kind, plan, recovery, exactly=recovery.snapshot_seq is not None)
    except RecordError:
        raise
    except Exception:
        log.exception("what came after the last snapshot could not be run again")
        return _resumed(kind, plan, recovery, exactly=False)


def _resumed(kind: type[Pipeline], plan: Plan, recovery: Recovery, *, exactly: bool) -> tuple[Pipeline, Picture | None]:
    pipeline = kind(plan.site)
    for event in read_events(plan.folder, kind=KINDS):
        pipeline.recall(event, again=exactly and event.seq > (recovery.snapshot_seq or 0))
    return pipeline, pipeline.resume(recovery.snapshot, recovery.journal, exactly=exactly)


def settle_media(media: MediaFolder, folder: Path, tell: Callable[[str], None]) -> None:
    """Have the files of a folder's media be those that its record has; one that cannot be written stops no watch."""
    events = read_events(folder, kind="media_added")
    recorded = {event.payload.sha256 for event in events if isinstance(event.payload, MediaAdded)}
    try:
        media.settle(recorded)
    except RecordError as error:
        tell(f"Files of incidents cannot be put in order: {error}")
