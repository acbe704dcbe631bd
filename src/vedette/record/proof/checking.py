"""One pass over a chain, or a part of one: links, payloads, checkpoints in order; the first fault ends it."""

from __future__ import annotations

import bisect
import sys
from collections.abc import Iterable
from typing import Any, Final

from vedette.model import PersonalErased, SignerStarted, Thinned
from vedette.record.chain import SALT_BYTES, link_hash, payload_digest
from vedette.record.codec import decode_payload
from vedette.record.erasure import PERSONAL_KIND, is_erased
from vedette.record.proof.checkpoints import Checkpoint
from vedette.record.proof.keys import fingerprint
from vedette.record.store import THINNED_KIND

_TELLING: Final = (b"thinned", b"personal_erased", b"signer_started")
"""Kinds whose payloads say how others are to be judged."""


class Broken(Exception):
    """Raised at the first thing that does not hold; seq None: no single event."""

    def __init__(self, seq: int | None, why: str) -> None:
        self.seq, self.why = seq, why
        super().__init__(why)


class Check:
    """One pass. whole: every payload must be there, but for those that a later event says were thinned or erased.

    `events`: how many hold so far; `last`: the seq of the last one.
    """

    def __init__(self, first: int = 1, whole: bool = True) -> None:
        self._first, self._whole = first, whole
        self.last = first - 1
        self.payloads = 0
        self._expected: dict[int, str] = {}
        self._logged: tuple[Checkpoint, ...] = ()
        self._missing: list[list[int]] = []
        self._thinned: list[tuple[int, int]] = []
        self._replaced: dict[int, str] = {}
        self._redacted: dict[int, str] = {}
        self._signers: list[tuple[int, str]] = []

    @property
    def events(self) -> int:
        """How many events hold so far."""
        return self.last - self._first + 1

    def expect(self, checkpoints: Iterable[Checkpoint], log: bool) -> None:
        """Hashes that must stand at these seqs. log: the record's own checkpoints, oldest first."""
        given = tuple(checkpoints)
        for each in given:
            if self._expected.setdefault(each.seq, each.hash) != each.hash:
                raise Broken(each.seq, f"two checkpoints of event {each.seq} differ")
            if each.signed and not each.holds:
                raise Broken(each.seq, "the signature of its checkpoint does not hold")
        if log:
            self._logged = given

    def event(self, row: tuple[Any, ...], previous: bytes) -> bytes:
        """The next event, as columns in the order of the tables (event, then salt and body); its hash."""
        seq, kind, schema, observed_s, received_s, origin, digest, before, hash_, salt, body = row
        wanted = self.last + 1
        if seq != wanted:
            raise Broken(wanted, f"missing: the next is {seq}" if seq > wanted else f"one of two numbered {seq}")
        try:
            linked = link_hash(seq, kind.decode(), schema, observed_s, received_s, origin.decode(), digest, before)
        except (ValueError, AttributeError, TypeError, OverflowError):
            raise Broken(seq, "its columns are not of their types") from None
        if before != previous:
            raise Broken(seq, "it does not follow from the event before it")
        if linked != hash_:
            raise Broken(seq, "changed: its hash does not hold")
        if self._expected.get(seq, hash_.hex()) != hash_.hex():
            raise Broken(seq, "not the event that its checkpoint names")
        if salt is None and body is None:
            self._note_missing(seq, kind)
        else:
            self._payload(seq, kind, schema, digest, salt, body)
        self.last = seq
        return linked

    def _payload(self, seq: int, kind: bytes, schema: int, digest: bytes, salt: Any, body: Any) -> None:
        if not isinstance(salt, bytes) or len(salt) != SALT_BYTES or not isinstance(body, bytes):
            raise Broken(seq, "its payload is not of its type")
        found = payload_digest(salt, body)
        self.payloads += 1
        if found == digest:
            if kind in _TELLING:
                self._take(seq, decode_payload(body, kind.decode(), schema))
        elif kind == PERSONAL_KIND.encode() and is_erased(body):
            self._replaced[seq] = found.hex()  # right only if a later event says so
        else:
            raise Broken(seq, "its payload was changed")

    def _take(self, seq: int, payload: Any) -> None:
        if isinstance(payload, Thinned) and payload.last_seq < seq:
            self._thinned.append((payload.first_seq, payload.last_seq))
        elif isinstance(payload, PersonalErased):
            self._redacted |= {each.seq: each.digest for each in payload.redactions if each.seq < seq}
        elif isinstance(payload, SignerStarted):
            self._signers.append((seq, payload.public_key))

    def _note_missing(self, seq: int, kind: bytes) -> None:
        """Track points may be missing if a later event says so; their seqs are kept as runs to stay small."""
        if not self._whole:
            return
        if kind != THINNED_KIND.encode():
            raise Broken(seq, "its payload is missing")
        if self._missing and self._missing[-1][1] == seq - 1:
            self._missing[-1][1] = seq
        else:
            self._missing.append([seq, seq])

    def conclude(self) -> None:
        """After the last event: what could be judged only then."""
        beyond = [seq for seq in self._expected if seq > self.last]
        if beyond:
            raise Broken(self.last + 1, f"missing: a checkpoint names event {max(beyond)}")
        faults = [*self._changed(), *self._lost()]
        if faults:
            raise min(faults, key=lambda fault: fault.seq or 0)
        for each in self._logged:
            named = self._named_at(each.seq)
            if named is not None and each.public_key != named:
                raise Broken(each.seq, "its checkpoint is not signed by the key that the record names")

    def _changed(self) -> Iterable[Broken]:
        for seq, digest in self._replaced.items():
            if self._redacted.get(seq) != digest:
                yield Broken(seq, "its payload was changed")
                return

    def _lost(self) -> Iterable[Broken]:
        ranges = sorted(self._thinned)
        for first, last in self._missing:
            seq = _uncovered(first, last, ranges)
            if seq is not None:
                yield Broken(seq, "its payload is missing and no event says that it was thinned")
                return

    def _named_at(self, seq: int) -> str | None:
        """The public key that the events up to `seq` name last."""
        at = bisect.bisect_right(self._signers, (seq, "~"))
        return self._signers[at - 1][1] if at else None

    def signers(self) -> list[str]:
        """The logged checkpoints in words: who signed from which event on, and what comes after the newest one."""
        words: list[str] = []
        runs: list[tuple[str | None, int, int]] = []
        for each in self._logged:
            if runs and runs[-1][0] == each.public_key:
                runs[-1] = (each.public_key, runs[-1][1], each.seq)
            else:
                runs.append((each.public_key, runs[-1][2] + 1 if runs else self._first, each.seq))
        for number, (key, first, last) in enumerate(runs):
            by = "no signature" if key is None else f"signed by {fingerprint(key)}"
            change = "" if number == 0 else " (another signer than before)"
            words.append(f"checkpoints to event {last}, from {first}: {by}{change}")
        if not runs:
            words.append("no checkpoint: the chain holds, nothing says who wrote it")
        elif runs[-1][2] < self.last:
            words.append(f"events from {runs[-1][2] + 1} on are younger than the newest checkpoint")
        return words

    @property
    def newest_key(self) -> str | None:
        """The public key under the newest logged checkpoint; None if it is not signed, or there is none."""
        return self._logged[-1].public_key if self._logged else None


def _uncovered(first: int, last: int, ranges: list[tuple[int, int]]) -> int | None:
    """The first seq of [first, last] that lies in none of the sorted ranges; they do not overlap."""
    reached = first
    for low, high in ranges[max(0, bisect.bisect_right(ranges, (first, sys.maxsize)) - 1) :]:
        if reached > last or low > reached:
            break
        reached = max(reached, high + 1)
    return reached if reached <= last else None
