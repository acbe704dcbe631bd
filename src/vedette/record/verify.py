"""Does the record say what was written? Every event, payload and checkpoint is looked at; nothing is changed.

Found: any changed column, a missing, added or moved event, a payload changed, missing or without its event, a tail cut
off. Not found: a record rewritten from some event on together with its head and checkpoints.log, by who holds the disk;
a checkpoint kept elsewhere (`checkpoint`) finds that too. The journal is working memory and not covered.
"""

from __future__ import annotations

import bisect
import sqlite3
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import msgspec

from vedette.errors import BadInput, RecordError
from vedette.model import Thinned
from vedette.record.chain import SALT_BYTES, genesis, link_hash, payload_digest
from vedette.record.checkpoints import FILE, Checkpoint, given_checkpoints, read_checkpoints
from vedette.record.codec import decode_payload
from vedette.record.store import SCHEMA_VERSION, THINNED_KIND, reading

_EVENTS: Final = """
SELECT event.seq, kind, schema, observed, received, origin, digest, previous, hash, salt, body
FROM event NOT INDEXED LEFT JOIN payload ON payload.seq = event.seq ORDER BY event.seq
"""
_ORPHANS: Final = """
SELECT payload.seq FROM payload LEFT JOIN event ON event.seq = payload.seq WHERE event.seq IS NULL
ORDER BY payload.seq LIMIT 1
"""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: `events` that hold from the first on; the seq of the first that does not (None: no single one)."""

    intact: bool
    events: int
    first_broken: int | None = None
    why: str = ""

    def __str__(self) -> str:
        if self.intact:
            return f"intact, {self.events} events"
        where = "broken" if self.first_broken is None else f"broken at event {self.first_broken}"
        return f"{where}: {self.why}"


class _Broken(Exception):
    """Raised within this module at the first thing that does not hold."""

    def __init__(self, seq: int | None, why: str) -> None:
        self.seq, self.why = seq, why
        super().__init__(why)


def verify(folder: Path | str, checkpoint: str | Path | None = None) -> Verdict:
    """Check the whole record, also while a watch writes it.

    checkpoint: besides checkpoints.log, a file of checkpoint lines or the text of one.

    Raises:
        RecordError: there is no record in the folder. BadInput: `checkpoint` is none.
    """
    if not Path(folder).is_dir():
        raise RecordError(folder, "no record here")
    outside = () if checkpoint is None else given_checkpoints(checkpoint)
    check = _Check()
    try:
        # The log first: what it names was committed before, so the state read afterwards must hold it.
        check.expect(read_checkpoints(Path(folder) / FILE))
        check.expect(outside)
        with reading(folder) as connection:
            check.run(connection)
    except BadInput as error:
        return check.verdict(None, str(error))
    except _Broken as error:
        return check.verdict(error.seq, error.why)
    except (sqlite3.Error, ValueError, TypeError, OverflowError) as error:
        # The file gave way while event `events + 1` was read, or before the first.
        return check.verdict(check.events + 1 if check.events else None, f"the file is damaged: {error}")
    return Verdict(intact=True, events=check.events)


class _Check:
    """One pass over a record."""

    def __init__(self) -> None:
        self.events = 0
        self._expected: dict[int, str] = {}
        self._missing: list[list[int]] = []
        self._thinned: list[tuple[int, int]] = []

    def expect(self, checkpoints: Iterable[Checkpoint]) -> None:
        """Hashes that must stand at these seqs."""
        for each in checkpoints:
            if self._expected.setdefault(each.seq, each.hash) != each.hash:
                raise _Broken(each.seq, f"two checkpoints of event {each.seq} differ")

    def verdict(self, seq: int | None, why: str) -> Verdict:
        return Verdict(intact=False, events=self.events, first_broken=seq, why=why)

    def run(self, connection: sqlite3.Connection) -> None:
        """Raises _Broken, or what SQLite raises on a damaged file."""
        meta = connection.execute("SELECT one, schema, site, head_seq, head_hash FROM meta").fetchall()
        if len(meta) != 1 or meta[0][0] != 1 or meta[0][1] != SCHEMA_VERSION:
            raise _Broken(None, "its head (table meta) is not that of a record of this version")
        _, schema, site, head_seq, head_hash = meta[0]
        previous = genesis(schema, site.decode())
        for row in connection.execute(_EVENTS):
            previous = self._event(row, previous)
        self._check_tail(head_seq, head_hash, previous)
        self._check_missing()
        for (seq,) in connection.execute(_ORPHANS):
            raise _Broken(seq, "a payload without its event")
        for (line,) in connection.execute("PRAGMA integrity_check(1)"):
            if line != b"ok":
                raise _Broken(None, f"the file is damaged: {line.decode('utf-8', 'replace')}")

    def _event(self, row: tuple[Any, ...], previous: bytes) -> bytes:
        seq, kind, schema, observed_s, received_s, origin, digest, before, hash_, salt, body = row
        wanted = self.events + 1
        if seq != wanted:
            raise _Broken(wanted, f"missing: the next is {seq}" if seq > wanted else f"one of two numbered {seq}")
        try:
            linked = link_hash(seq, kind.decode(), schema, observed_s, received_s, origin.decode(), digest, before)
        except (ValueError, AttributeError, TypeError, OverflowError):
            raise _Broken(seq, "its columns are not of their types") from None
        if before != previous:
            raise _Broken(seq, "it does not follow from the event before it")
        if linked != hash_:
            raise _Broken(seq, "changed: its hash does not hold")
        if self._expected.get(seq, hash_.hex()) != hash_.hex():
            raise _Broken(seq, "not the event that its checkpoint names")
        if salt is None and body is None:
            self._note_missing(seq, kind)
        else:
            self._payload(seq, kind, digest, salt, body)
        self.events = seq
        return linked

    def _payload(self, seq: int, kind: bytes, digest: bytes, salt: Any, body: Any) -> None:
        if not isinstance(salt, bytes) or len(salt) != SALT_BYTES or not isinstance(body, bytes):
            raise _Broken(seq, "its payload is not of its type")
        if payload_digest(salt, body) != digest:
            raise _Broken(seq, "its payload was changed")
        if kind == b"thinned":
            payload = decode_payload(body)
            if isinstance(payload, Thinned) and payload.last_seq < seq:
                self._thinned.append((payload.first_seq, payload.last_seq))

    def _note_missing(self, seq: int, kind: bytes) -> None:
        """Track points may be missing if a later event says so; their seqs are kept as runs to stay small."""
        if kind != THINNED_KIND.encode():
            raise _Broken(seq, "its payload is missing")
        if self._missing and self._missing[-1][1] == seq - 1:
            self._missing[-1][1] = seq
        else:
            self._missing.append([seq, seq])

    def _check_tail(self, head_seq: Any, head_hash: Any, last: bytes) -> None:
        if head_seq != self.events:
            raise _Broken(min(head_seq, self.events) + 1, f"{self.events} events, the head says {head_seq}")
        if head_hash != last:
            raise _Broken(self.events or None, "the head does not name the last event")
        beyond = [seq for seq in self._expected if seq > self.events]
        if beyond:
            raise _Broken(self.events + 1, f"missing: a checkpoint names event {max(beyond)}")

    def _check_missing(self) -> None:
        ranges = sorted(self._thinned)
        for first, last in self._missing:
            seq = _uncovered(first, last, ranges)
            if seq is not None:
                raise _Broken(seq, "its payload is missing and no event says that it was thinned")


def _uncovered(first: int, last: int, ranges: list[tuple[int, int]]) -> int | None:
    """The first seq of [first, last] that lies in none of the sorted ranges; they do not overlap."""
    reached = first
    for low, high in ranges[max(0, bisect.bisect_right(ranges, (first, sys.maxsize)) - 1) :]:
        if reached > last or low > reached:
            break
        reached = max(reached, high + 1)
    return reached if reached <= last else None
