"""Does the record say what was written? Every event, payload and checkpoint is looked at; nothing is changed.

Found: any changed column, a missing, added or moved event, a payload changed, missing or without its event, a tail cut
off, a signature that does not hold. Not found: a record rewritten from some event on together with its head and
checkpoints.log, by who holds the disk; a checkpoint kept elsewhere (`checkpoint`) finds that too, and so does the
fingerprint of the key (`signer`), unless they had the key as well. The journal is working memory and not covered.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from vedette.errors import BadInput, RecordError
from vedette.record.chain import genesis
from vedette.record.proof.checking import Broken, Check
from vedette.record.proof.checkpoints import FILE, given_checkpoints, read_checkpoints
from vedette.record.proof.keys import fingerprint
from vedette.record.store import SCHEMA_VERSION, reading

_EVENTS: Final = """
SELECT event.seq, kind, schema, observed, received, origin, digest, previous, hash, salt, body
FROM event NOT INDEXED LEFT JOIN payload ON payload.seq = event.seq ORDER BY event.seq
"""
_ORPHANS: Final = """
SELECT payload.seq FROM payload LEFT JOIN event ON event.seq = payload.seq WHERE event.seq IS NULL
ORDER BY payload.seq LIMIT 1
"""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: `events` that hold from the first on; the seq of the first that does not (None: no single one).

    notes: of an intact one, in words: who signed what, what is not covered.
    """

    intact: bool
    events: int
    first_broken: int | None = None
    why: str = ""
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.intact:
            return f"intact, {self.events} events"
        where = "broken" if self.first_broken is None else f"broken at event {self.first_broken}"
        return f"{where}: {self.why}"


def verify(folder: Path | str, checkpoint: str | Path | None = None, signer: str | None = None) -> Verdict:
    """Check the whole record, also while a watch writes it.

    checkpoint: besides checkpoints.log, a file of checkpoint lines or the text of one. signer: the fingerprint of the
    key by which the newest checkpoint must be signed.

    Raises:
        RecordError: there is no record in the folder. BadInput: `checkpoint` is none.
    """
    if not Path(folder).is_dir():
        raise RecordError(folder, "no record here")
    outside = () if checkpoint is None else given_checkpoints(checkpoint)
    check = Check()

    def run() -> None:
        # The log first: what it names was committed before, so the state read afterwards must hold it.
        check.expect(read_checkpoints(Path(folder) / FILE), log=True)
        check.expect(outside, log=False)
        with reading(folder) as connection:
            _run(check, connection)

    return judged(check, run, signer)


def judged(check: Check, run: Callable[[], None], signer: str | None) -> Verdict:
    """What `run` finds, as a verdict; it feeds `check`, and raises at the first fault."""
    try:
        run()
        check_signer(check, signer)
    except BadInput as error:
        return _broken(check, None, str(error))
    except Broken as error:
        return _broken(check, error.seq, error.why)
    except (sqlite3.Error, ValueError, TypeError, OverflowError) as error:
        # The file gave way while event `last + 1` was read, or before the first.
        return _broken(check, check.last + 1 if check.events else None, f"the file is damaged: {error}")
    return Verdict(intact=True, events=check.events, notes=tuple(check.signers()))


def _broken(check: Check, seq: int | None, why: str) -> Verdict:
    return Verdict(intact=False, events=check.events, first_broken=seq, why=why)


def check_signer(check: Check, signer: str | None) -> None:
    """Raises Broken if the newest checkpoint is not signed by the key of this fingerprint (None: any will do)."""
    if signer is None:
        return
    key = check.newest_key
    found = "by nobody" if key is None else f"by {fingerprint(key)}"
    if key is None or _digits(fingerprint(key)) != _digits(signer):
        raise Broken(None, f"the newest checkpoint is signed {found}, not by {signer.strip()}")


def _digits(name: str) -> str:
    """A fingerprint without the marks between its groups, as people type it."""
    return name.lower().translate(str.maketrans("", "", "- :"))


def _run(check: Check, connection: sqlite3.Connection) -> None:
    """Raises Broken, or what SQLite raises on a damaged file."""
    meta = connection.execute("SELECT one, schema, site, head_seq, head_hash FROM meta").fetchall()
    if len(meta) != 1 or meta[0][0] != 1 or meta[0][1] != SCHEMA_VERSION:
        raise Broken(None, "its head (table meta) is not that of a record of this version")
    _, schema, site, head_seq, head_hash = meta[0]
    previous = genesis(schema, site.decode())
    for row in connection.execute(_EVENTS):
        previous = check.event(row, previous)
    if head_seq != check.last:
        raise Broken(min(head_seq, check.last) + 1, f"{check.last} events, the head says {head_seq}")
    if head_hash != previous:
        raise Broken(check.last or None, "the head does not name the last event")
    check.conclude()
    for (seq,) in connection.execute(_ORPHANS):
        raise Broken(seq, "a payload without its event")
    for (line,) in connection.execute("PRAGMA integrity_check(1)"):
        if line != b"ok":
            raise Broken(None, f"the file is damaged: {line.decode('utf-8', 'replace')}")
