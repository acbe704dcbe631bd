"""What one transaction writes: events onto the chain, inputs into the journal, a snapshot, thinned payloads."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from vedette.errors import RecordError
from vedette.model import AnyPayload, Draft, Event, Origin, Sequenced, Thinned
from vedette.record.chain import SALT_BYTES, Salts, link_hash, payload_digest
from vedette.record.codec import encode_input, encode_payload, encode_snapshot, kind_of
from vedette.record.erasure import Erasing
from vedette.record.store import THINNED_KIND
from vedette.site import Limits

THIN_AT_MOST: Final = 50_000
"""Payloads dropped in one go, so that thinning holds up an acknowledgement by well under a second."""


class Thinning(msgspec.Struct, frozen=True, kw_only=True):
    """Drop old payloads of track points, THIN_AT_MOST at a time, and erase old personal data.

    Those received more than limits.keep_s before now_s, and, where the file holds more than limits.size_bytes, the
    oldest until it does not; personal data received more than limits.personal_keep_s before now_s. `origin` is that of
    the events that say so.
    """

    now_s: float
    limits: Limits
    origin: Origin


class Batch(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One step of the pipeline: written as a whole or not at all.

    drafts: events in order. journal: the inputs of the step. snapshot: the watch's state after those inputs; it takes
    the place of the earlier one and of all inputs up to and with `journal`. on_commit: called with the numbered events
    in the writer's thread once they are safe on the disk. on_failure: called there instead if the writer stops before
    that. Both must be quick and may not raise. flush: commit now.
    """

    drafts: tuple[Draft, ...] = ()
    journal: tuple[Sequenced, ...] = ()
    snapshot: bytes | None = None
    thin: Thinning | None = None
    on_commit: Callable[[tuple[Event, ...]], None] | None = None
    on_failure: Callable[[RecordError], None] | None = None
    flush: bool = False


class Entry(msgspec.Struct, frozen=True, eq=False):
    """A batch with all that can be encoded before the events have their numbers."""

    batch: Batch
    bodies: tuple[bytes, ...]
    inputs: tuple[tuple[int, float, bytes], ...]


def encode(batch: Batch) -> Entry:
    """Encode a batch, in the caller's thread.

    Raises:
        ValueError: a draft that would not read back the same.
    """
    for draft in batch.drafts:
        if not (math.isfinite(draft.observed_s) and math.isfinite(draft.received_s)):
            raise ValueError(f"{kind_of(draft.payload)} cannot be recorded: its times are not finite")
    inputs = tuple((each.seq, float(each.received_s), encode_input(each)) for each in batch.journal)
    return Entry(batch, tuple(encode_payload(draft.payload) for draft in batch.drafts), inputs)


class Chain:
    """The head of the chain and the writing of rows; belongs to the thread that owns the connection."""

    def __init__(self, connection: sqlite3.Connection, seq: int, hash_: bytes, last_input: int, salts: Salts) -> None:
        self._connection, self._salts = connection, salts
        self.seq, self.hash = seq, hash_
        self.received_s = 0.0
        self.input_received_s = 0.0
        self._last_input = last_input
        row = connection.execute(
            "SELECT body FROM event JOIN payload USING (seq) WHERE kind = 'thinned' AND kind <> 'track_point' "
            "ORDER BY event.seq DESC LIMIT 1"
        ).fetchone()
        self._thinned_to = int(msgspec.json.decode(row[0])["last_seq"]) if row else 0
        self._erasing = Erasing(connection)

    def write(self, entries: list[Entry]) -> list[tuple[Event, ...]]:
        """One transaction; returns each entry's events after the commit.

        Raises:
            sqlite3.Error, OSError: nothing of it was written, and the chain may not be used again.
        """
        self._connection.execute("BEGIN IMMEDIATE")
        written = [self._write_entry(entry) for entry in entries]
        self._connection.execute("UPDATE meta SET head_seq = ?, head_hash = ?", (self.seq, self.hash))
        self._connection.execute("COMMIT")
        if any(entry.batch.thin is not None for entry in entries):
            self._erasing.clear_log()
        return written

    def _write_entry(self, entry: Entry) -> tuple[Event, ...]:
        events = [self._append(draft, body) for draft, body in zip(entry.batch.drafts, entry.bodies, strict=True)]
        if entry.batch.thin is not None:
            events.extend(self._thin(entry.batch.thin))
            events.extend(self._erase(entry.batch.thin))
        if entry.inputs:
            self._last_input, self.input_received_s = entry.inputs[-1][:2]
        if entry.batch.snapshot is not None:
            received_s = max(self.received_s, self.input_received_s)
            self._connection.execute("DELETE FROM journal")
            self._connection.execute(
                "INSERT OR REPLACE INTO snapshot VALUES (1, ?, ?, ?)",
                (self._last_input, received_s, encode_snapshot(self.seq, entry.batch.snapshot)),
            )
        else:
            self._connection.executemany("INSERT INTO journal (input, received, body) VALUES (?, ?, ?)", entry.inputs)
        return tuple(events)

    def _append(self, draft: Draft, body: bytes) -> Event:
        event = Event(
            seq=self.seq + 1,
            observed_s=float(draft.observed_s) + 0.0,
            received_s=float(draft.received_s) + 0.0,
            origin=draft.origin,
            kind=kind_of(draft.payload),
            schema=draft.payload.SCHEMA,
            payload=draft.payload,
        )
        salt = self._salts(event.seq)
        if len(salt) != SALT_BYTES:
            raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
        digest = payload_digest(salt, body)
        columns = (event.seq, event.kind, event.schema, event.observed_s, event.received_s, event.origin.value, digest)
        linked = link_hash(*columns, self.hash)
        self._connection.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*columns, self.hash, linked))
        self._connection.execute("INSERT INTO payload VALUES (?, ?, ?)", (event.seq, salt, body.decode()))
        self.seq, self.hash, self.received_s = event.seq, linked, event.received_s
        return event

    def _thin(self, thinning: Thinning) -> Iterator[Event]:
        drop = list(self._old(thinning))
        if not drop:
            return
        self._connection.executemany("DELETE FROM payload WHERE seq = ?", [(seq,) for seq in drop])
        self._thinned_to = drop[-1]
        yield self._tell(thinning, Thinned(first_seq=drop[0], last_seq=drop[-1], count=len(drop)))

    def _erase(self, thinning: Thinning) -> Iterator[Event]:
        keep_s = thinning.limits.personal_keep_s
        erased = None if keep_s is None else self._erasing.erase(thinning.now_s - keep_s, keep_s)
        if erased is not None:
            yield self._tell(thinning, erased)

    def _tell(self, thinning: Thinning, payload: AnyPayload) -> Event:
        now_s = thinning.now_s
        draft = Draft(observed_s=now_s, received_s=now_s, origin=thinning.origin, payload=payload)
        return self._append(draft, encode_payload(payload))

    def _old(self, thinning: Thinning) -> Iterator[int]:
        """The oldest track points' seqs, while they are too old or the file is too large."""
        excess = self._used_bytes() - thinning.limits.size_bytes
        rows = self._connection.execute(
            "SELECT event.seq, received, length(body) FROM event JOIN payload USING (seq) "
            "WHERE kind = ? AND event.seq > ? ORDER BY event.seq LIMIT ?",
            (THINNED_KIND, self._thinned_to, THIN_AT_MOST),
        )
        for seq, received_s, size in rows:
            if received_s >= thinning.now_s - thinning.limits.keep_s and excess <= 0:
                return
            excess -= size + SALT_BYTES
            yield seq

    def _used_bytes(self) -> int:
        pages, free, size = (
            self._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)
