"""A pipeline as the record leaves it: its books the fold of the events, the rest the snapshot and what came since."""

from __future__ import annotations

import logging
from pathlib import Path

from vedette.errors import RecordError
from vedette.model import MediaAdded, Picture
from vedette.post import KINDS
from vedette.record import Recovery, read_events, recover
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


def recorded_media(folder: Path) -> frozenset[str]:
    """The digests of the files that the record has."""
    events = read_events(folder, kind="media_added")
    return frozenset(event.payload.sha256 for event in events if isinstance(event.payload, MediaAdded))
