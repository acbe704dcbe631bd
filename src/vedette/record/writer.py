"""The record of a running watch: one thread owns the database, takes batches in order and commits them in groups."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from vedette.clock import monotonic_s
from vedette.errors import BadInput, RecordBroken, RecordBusy, RecordError
from vedette.model import AttributionSigned, Event, SignerStarted
from vedette.record.chain import Salts
from vedette.record.proof.checkpoints import CheckpointLog
from vedette.record.proof.keys import Signer, fingerprint
from vedette.record.reading import Recovery, recovery_of
from vedette.record.store import FILE, open_to_write
from vedette.record.transaction import Batch, Chain, Entry, encode

LOCK: Final = "lock"
SEALED: Final = (AttributionSigned,)
"""What two persons have signed is signed by the machine too before they are answered, by a checkpoint of its own."""
GROUP_AT_MOST: Final = 256
"""Batches in one commit at most."""


class Grouping(msgspec.Struct, frozen=True, kw_only=True):
    """When batches are committed, and how often the head is written to checkpoints.log.

    group_s: a live watch commits this long (wall time) after the first waiting batch came, at the latest.
    deterministic: a replay commits every group_batches batches, at a flush and at the end, so that the same batches
    give the same file whatever the machine's speed. A checkpoint after every_events events or every_s seconds of
    received time.
    """

    group_s: float = 0.02
    deterministic: bool = False
    group_batches: int = 64
    every_events: int = 1000
    every_s: float = 60.0


class Writer:
    """The queue to the record, and its thread. Nothing is ever shed: `put` waits while the queue is full."""

    def __init__(self, chain: Chain, checkpoints: CheckpointLog, grouping: Grouping, queue_batches: int) -> None:
        self._chain, self._checkpoints, self._grouping = chain, checkpoints, grouping
        self._room = queue_batches
        self._waiting: deque[Entry] = deque()
        self._change = threading.Condition()
        self._put = self._done = 0
        self._closing = False
        self._error: RecordError | None = None
        self._thread = threading.Thread(target=self._run, name="record", daemon=True)
        self._thread.start()

    @property
    def error(self) -> RecordError | None:
        """What stopped the writer; None while it works."""
        return self._error

    @property
    def waiting(self) -> int:
        """Batches in the queue."""
        return len(self._waiting)

    def put(self, batch: Batch) -> None:
        """Hand over a batch; order of calls is order of events. Waits while the queue is full.

        Raises:
            ValueError: a draft that cannot be recorded; nothing of the batch was taken.
            RecordError: the writer has stopped on an error, or is closed.
        """
        entry = encode(batch)
        with self._change:
            self._change.wait_for(lambda: len(self._waiting) < self._room or self._error or self._closing)
            self._check()
            self._waiting.append(entry)
            self._put += 1
            self._change.notify_all()

    def drain(self) -> None:
        """Return when all that was put is committed (in a replay too: it flushes).

        Raises:
            RecordError: the writer stopped on an error before that.
        """
        self.put(Batch(flush=True))
        with self._change:
            wanted = self._put
            self._change.wait_for(lambda: self._done >= wanted or self._error)
            if self._error:
                raise self._error

    def _check(self) -> None:
        if self._error:
            raise self._error
        if self._closing:
            raise RecordError(FILE, "the record is closed")

    def stop(self) -> None:
        """Commit what waits, write the last checkpoint, end the thread. Safe to call again."""
        with self._change:
            self._closing = True
            self._change.notify_all()
        self._thread.join()

    def _run(self) -> None:
        orderly = False
        group: list[Entry] = []
        try:
            while group := self._next_group():
                written = self._chain.write(group)
                committed, group = group, []
                if any(isinstance(draft.payload, SEALED) for entry in committed for draft in entry.batch.drafts):
                    self._checkpoints.note(self._chain.seq, self._chain.hash, self._chain.received_s, must=True)
                self._tell(committed, written)
                self._checkpoints.note(self._chain.seq, self._chain.hash, self._chain.received_s)
            self._checkpoints.note(self._chain.seq, self._chain.hash, self._chain.received_s, must=True)
            orderly = True
        except (sqlite3.Error, OSError, ValueError) as error:
            self._fail(RecordError(FILE, f"cannot be written: {error}"), group)
            orderly = True
        finally:
            if not orderly:  # an on_commit raised: its traceback goes to the thread's hook, the record stops
                self._fail(RecordError(FILE, "the writer stopped: what it had to tell of a commit raised"), [])

    def _fail(self, error: RecordError, group: list[Entry]) -> None:
        """Stop; say so to everyone whose batch is not in the record."""
        with self._change:
            self._error = error
            lost = [*group, *self._waiting]
            self._waiting.clear()
            self._change.notify_all()
        for entry in lost:
            if entry.batch.on_failure is not None:
                entry.batch.on_failure(error)

    def _next_group(self) -> list[Entry]:
        """The batches of the next commit; empty when closed and all is written."""
        group: list[Entry] = []
        with self._change:
            self._change.wait_for(lambda: self._waiting or self._closing)
            until_s = monotonic_s() + self._grouping.group_s
            while not self._complete(group):
                if self._waiting:
                    group.append(self._waiting.popleft())
                elif self._closing or not self._wait(until_s):
                    break
            self._change.notify_all()
        return group

    def _complete(self, group: list[Entry]) -> bool:
        most = self._grouping.group_batches if self._grouping.deterministic else GROUP_AT_MOST
        return bool(group) and (group[-1].batch.flush or len(group) >= most)

    def _wait(self, until_s: float) -> bool:
        """Wait for more; False when a live watch's time is up."""
        self._change.notify_all()
        left_s = None if self._grouping.deterministic else max(0.0, until_s - monotonic_s())
        return bool(self._change.wait_for(lambda: self._waiting or self._closing, left_s))

    def _tell(self, group: list[Entry], written: list[tuple[Event, ...]]) -> None:
        for entry, events in zip(group, written, strict=True):
            if entry.batch.on_commit is not None:
                entry.batch.on_commit(events)
        with self._change:
            self._done += len(group)
            self._change.notify_all()


class Record:
    """A record folder held for writing. Use as a context manager, or call `close`.

    `writer` takes the batches; `recovery` is what the folder held when it was opened.
    """

    def __init__(
        self, folder: Path, lock: int, connection: sqlite3.Connection, recovery: Recovery, writer: Writer
    ) -> None:
        self.folder, self.recovery, self.writer = folder, recovery, writer
        self.signer: Signer | None = None
        self._announced: str | None = None
        self._lock: int | None = lock
        self._connection = connection

    @classmethod
    def open(
        cls,
        folder: Path | str,
        site_id: str,
        salts: Salts,
        grouping: Grouping | None = None,
        queue_batches: int = 1024,
        signer: Signer | None = None,
    ) -> Record:
        """Open the record of `folder`, or begin one. Takes DIR/lock until closed or the process ends.

        salts: `drawn_salts` in a live watch, `derived_salts(key)` in a replay; called in the writer's thread.
        signer: signs the checkpoints. Record first what `introduction` gives.

        Raises:
            RecordBusy: another watch holds the folder.
            RecordBroken: head, last event and checkpoints.log do not agree (`verify` says more), or it is no record.
            RecordError: another site's record, or the folder cannot be used; the signer's key lies in it; it was signed
                until now and no signer is given.
        """
        folder = Path(folder)
        if signer is not None and folder.resolve() in signer.path.resolve().parents:
            raise RecordError(signer.path, "the signing key lies in the record's own folder: it must be kept apart")
        grouping = grouping or Grouping()
        lock = _lock(folder)
        try:
            connection = open_to_write(folder, site_id)
        except RecordError:
            os.close(lock)
            raise
        try:
            recovery = recovery_of(connection, folder)
            checkpoints = CheckpointLog(folder, grouping.every_events, grouping.every_s, signer)
            _check_head(connection, folder, recovery, checkpoints)
            announced = _announced(connection)
            if announced is not None and signer is None:
                raise RecordError(folder, "its checkpoints are signed: it goes on with a key only")
            chain = Chain(connection, recovery.last_seq, recovery.last_hash, recovery.last_input_seq, salts)
            chain.received_s = chain.input_received_s = recovery.last_received_s or 0.0
        except (sqlite3.Error, OSError, BadInput, RecordError, ValueError) as error:
            connection.close()
            os.close(lock)
            raise error if isinstance(error, RecordError) else RecordBroken(folder, str(error)) from None
        record = cls(folder, lock, connection, recovery, Writer(chain, checkpoints, grouping, queue_batches))
        record.signer, record._announced = signer, announced
        return record

    def introduction(self, live: bool) -> tuple[SignerStarted, ...]:
        """What the record must say of its signer before anything else, or nothing.

        A replay's record is a function of the recordings alone, whoever signs: it names no signer, unless it goes on in
        a folder that does.
        """
        if self.signer is None or self._announced == self.signer.public_key or not (live or self._announced):
            return ()
        key = self.signer.public_key
        return (SignerStarted(public_key=key, fingerprint=fingerprint(key), before=self._announced),)

    def close(self) -> None:
        """Commit what waits, write the last checkpoint, fold the write-ahead log into the file, release the folder.

        Raises:
            RecordError: the writer had stopped on an error: what was put after it is not in the record.
        """
        if self._lock is None:
            return
        self.writer.stop()
        try:
            if self.writer.error is None:
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.Error as error:
            raise RecordError(self.folder, str(error)) from None
        finally:
            self._connection.close()
            os.close(self._lock)
            self._lock = None
        if self.writer.error is not None:
            raise self.writer.error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _lock(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise RecordError(folder, f"cannot be used: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise RecordBusy(folder, "another watch writes to this folder") from None
    return lock


def _announced(connection: sqlite3.Connection) -> str | None:
    """The public key that the record names last as its signer."""
    row = connection.execute(
        "SELECT body FROM event JOIN payload USING (seq) WHERE kind = 'signer_started' AND kind <> 'track_point' "
        "ORDER BY event.seq DESC LIMIT 1"
    ).fetchone()
    return msgspec.json.decode(row[0], type=SignerStarted).public_key if row else None


def _check_head(connection: sqlite3.Connection, folder: Path, recovery: Recovery, checkpoints: CheckpointLog) -> None:
    """The cheap part of `verify`: enough not to go on from a record whose end was changed."""
    row = connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
    if row is not None and row != (recovery.last_seq, recovery.last_hash):
        raise RecordBroken(folder, f"the last event is {row[0]}, the head says {recovery.last_seq}")
    if row is None and recovery.last_seq:
        raise RecordBroken(folder, f"no events, the head says {recovery.last_seq}")
    if checkpoints.last is None:
        return
    row = connection.execute("SELECT hash FROM event WHERE seq = ?", (checkpoints.last.seq,)).fetchone()
    if row is None or row[0].hex() != checkpoints.last.hash:
        raise RecordBroken(folder, f"event {checkpoints.last.seq} is not the one in checkpoints.log")
