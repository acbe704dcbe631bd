"""Random changes to a stored record, each of which `verify` must find: `make tamper`, or a short run among the tests.

    python -m tests.record.tampering [--changes N] [--octets N] [--seed N]

Changes are to rows, by someone who knows the tables: any column of any row, order, removal, insertion, a tail cut
anywhere, with and without the head made to fit. Octets are single ones of the file, set to another value: found, or no
event reads otherwise. The same seed gives the same changes. What was not found is printed.
"""

from __future__ import annotations

import argparse
import collections
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.record.ledger import REPLAY, SITE, batch, draft
from tests.record.test_erasure import put_some, sweep
from tests.record.test_keys import made
from tests.record.test_writer import thin
from vedette.errors import VedetteError
from vedette.record import Batch, Record, derived_salts, log_lines, verify
from vedette.record.chain import link_hash, payload_digest

COLUMNS: Final = {
    "event": ("seq", "kind", "schema", "observed", "received", "origin", "digest", "previous", "hash"),
    "payload": ("seq", "salt", "body"),
    "meta": ("one", "schema", "site", "head_seq", "head_hash"),
}
Change = Callable[[sqlite3.Connection, random.Random], None]


def make(folder: Path, key: Path) -> Path:
    """A signed record of some 60 events: of many kinds, some erased, some thinned."""
    with Record.open(folder, SITE, derived_salts(b"key"), REPLAY, signer=made(key)) as record:
        record.writer.put(Batch(drafts=tuple(map(draft, record.introduction(live=True))), flush=True))
        put_some(record)
        for number in range(13, 50):
            record.writer.put(batch(number))
        record.writer.put(sweep(30.5))
        record.writer.put(thin(29.0, keep_s=5.0))
    assert verify(folder).intact
    return folder


def _seqs(connection: sqlite3.Connection) -> list[int]:
    return [seq for (seq,) in connection.execute("SELECT seq FROM event ORDER BY seq")]


def _other(value: Any, rng: random.Random) -> Any:
    """Another value of the same type, near or far."""
    if isinstance(value, int):
        return value + rng.choice((1, -1, 1000, -(2**40)))
    if isinstance(value, float):
        return rng.choice((value + 1e-6, value - 86_400.0, -value, 0.0, float("inf")))
    octets = bytearray(value.encode() if isinstance(value, str) else value)
    if rng.random() < 0.3:
        del octets[rng.randrange(len(octets)) :]
    elif rng.random() < 0.3:
        octets += b"x"
    else:
        octets[rng.randrange(len(octets))] ^= 1 << rng.randrange(7)
    return octets.decode("utf-8", "replace") if isinstance(value, str) else bytes(octets)


def column(connection: sqlite3.Connection, rng: random.Random) -> None:
    """Any column of any row: another value, or that of another row."""
    table = rng.choice(("event", "event", "event", "payload", "payload", "meta"))
    name = rng.choice(COLUMNS[table])
    rows = connection.execute(f"SELECT rowid, {name} FROM {table}").fetchall()  # noqa: S608
    rowid, value = rng.choice(rows)
    new = rng.choice(rows)[1] if rng.random() < 0.3 else _other(value, rng)
    connection.execute(f"UPDATE OR REPLACE {table} SET {name} = ? WHERE rowid = ?", (new, rowid))  # noqa: S608


def row(connection: sqlite3.Connection, rng: random.Random) -> None:
    """A payload rewritten with its digest and hash, as by someone who knows how they are made."""
    seq = rng.choice([seq for (seq,) in connection.execute("SELECT seq FROM payload")])
    kind, schema, observed_s, received_s, origin, previous = connection.execute(
        "SELECT kind, schema, observed, received, origin, previous FROM event WHERE seq = ?", (seq,)
    ).fetchone()
    salt, body = connection.execute("SELECT salt, body FROM payload WHERE seq = ?", (seq,)).fetchone()
    body = body[:-1] + ' ,"x":1}'
    digest = payload_digest(salt, body.encode())
    hash_ = link_hash(seq, kind, schema, observed_s, received_s, origin, digest, previous)
    connection.execute("UPDATE payload SET body = ? WHERE seq = ?", (body, seq))
    connection.execute("UPDATE event SET digest = ?, hash = ? WHERE seq = ?", (digest, hash_, seq))
    connection.execute("UPDATE event SET previous = ? WHERE seq = ?", (hash_, seq + 1))
    _fit_head(connection)


def order(connection: sqlite3.Connection, rng: random.Random) -> None:
    """Two events, two payloads, or both of two change places."""
    a, b = rng.sample(_seqs(connection), 2)
    for table in rng.choice((("event",), ("payload",), ("event", "payload"))):
        for old, new in ((a, -1), (b, a), (-1, b)):
            connection.execute(f"UPDATE {table} SET seq = ? WHERE seq = ?", (new, old))  # noqa: S608


def removal(connection: sqlite3.Connection, rng: random.Random) -> None:
    """One to five events, or their payloads alone; the gap left, or closed and the head made to fit."""
    seqs = _seqs(connection)
    first = rng.choice(seqs)
    last = min(first + rng.randrange(5), seqs[-1])
    tables = rng.choice((("event",), ("payload",), ("event", "payload"), ("event", "payload")))
    for table in tables:
        connection.execute(f"DELETE FROM {table} WHERE seq BETWEEN ? AND ?", (first, last))  # noqa: S608
    if len(tables) == 2 and rng.random() < 0.5:
        _shift(connection, last + 1, first - last - 1)
        _fit_head(connection)


def insertion(connection: sqlite3.Connection, rng: random.Random) -> None:
    """A copy of an event in another place, or a payload where none was."""
    seqs = _seqs(connection)
    source, at = rng.choice(seqs), rng.randrange(1, seqs[-1] + 2)
    if rng.random() < 0.2:
        connection.execute(
            "INSERT OR REPLACE INTO payload SELECT ?, salt, body || ' ' FROM payload WHERE seq = ?", (at, source)
        )
        return
    columns = ", ".join(COLUMNS["event"][1:])
    kept = connection.execute(f"SELECT {columns} FROM event WHERE seq = ?", (source,)).fetchone()  # noqa: S608
    payload = connection.execute("SELECT salt, body FROM payload WHERE seq = ?", (source,)).fetchone()
    _shift(connection, at, 1)
    connection.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (at, *kept))
    if payload is not None:
        connection.execute("INSERT INTO payload VALUES (?, ?, ?)", (at, *payload))
    if rng.random() < 0.5:
        _fit_head(connection)


def cut(connection: sqlite3.Connection, rng: random.Random) -> None:
    """The tail from any event on; half of the time with the head made to fit, which the log alone tells."""
    first = rng.choice(_seqs(connection))
    connection.execute("DELETE FROM event WHERE seq >= ?", (first,))
    connection.execute("DELETE FROM payload WHERE seq >= ?", (first,))
    if rng.random() < 0.5:
        _fit_head(connection)


def _shift(connection: sqlite3.Connection, first: int, by: int) -> None:
    for table in ("event", "payload"):
        connection.execute(f"UPDATE {table} SET seq = -seq WHERE seq >= ?", (first,))  # noqa: S608
        connection.execute(f"UPDATE {table} SET seq = ? - seq WHERE seq < 0", (by,))  # noqa: S608


def _fit_head(connection: sqlite3.Connection) -> None:
    last = connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
    if last is not None:
        connection.execute("UPDATE meta SET head_seq = ?, head_hash = ?", last)


CHANGES: Final[tuple[Change, ...]] = (column, column, column, row, order, removal, insertion, cut)


def _content(connection: sqlite3.Connection) -> list[Any]:
    return [connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in COLUMNS]  # noqa: S608


class Bench:
    """One record, changed again and again in a folder of its own. `done`: how many changes of each kind."""

    def __init__(self, scratch: Path, seed: int) -> None:
        self._rng = random.Random(seed)
        self._folder = make(scratch / "record", scratch / "record.key")
        self._file = self._folder / "record.sqlite"
        self._whole = self._file.read_bytes()
        connection = sqlite3.connect(f"{self._file.as_uri()}?mode=ro&immutable=1", uri=True)
        self._content = _content(connection)
        connection.close()
        self._lines = list(log_lines(self._folder))
        self.done: collections.Counter[str] = collections.Counter()

    def change_rows(self) -> str | None:
        """One change; what it was if it was not found."""
        while True:
            change = self._rng.choice(CHANGES)
            if self._changed(change):
                break
        self.done[change.__name__] += 1
        return None if not verify(self._folder).intact else f"{change.__name__}, change {self.done.total()}"

    def _changed(self, change: Change) -> bool:
        """Apply it to the whole record; False if SQLite refuses it, or nothing is other than it was."""
        for left in self._folder.glob("record.sqlite-*"):
            left.unlink()
        self._file.write_bytes(self._whole)
        connection = sqlite3.connect(self._file)
        try:
            connection.execute("PRAGMA synchronous = OFF")
            change(connection, self._rng)
            connection.commit()
            return _content(connection) != self._content
        except (sqlite3.IntegrityError, OverflowError):
            return False
        finally:
            connection.close()

    def change_octet(self) -> str | None:
        """One octet of the file; what it was if an event reads otherwise and it was not found."""
        place, by = self._rng.randrange(len(self._whole)), self._rng.randrange(1, 256)
        octets = bytearray(self._whole)
        octets[place] ^= by
        self._file.write_bytes(octets)
        found = not verify(self._folder).intact
        self.done["octet found" if found else "octet without effect"] += 1
        try:
            same = found or list(log_lines(self._folder)) == self._lines
        except VedetteError:
            same = False
        return None if same else f"octet {place} ^ {by}"


def run(scratch: Path, changes: int, octets: int, seed: int) -> tuple[list[str], collections.Counter[str]]:
    """What was not found (nothing, if all is well), and how much was done."""
    bench = Bench(scratch, seed)
    missed = [bench.change_rows() for _ in range(changes)]
    missed += [bench.change_octet() for _ in range(octets)]
    return [each for each in missed if each is not None], bench.done


def main() -> int:
    """0 if all was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.record.tampering")
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--octets", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="vedette-tampering-"))
    try:
        missed, done = run(scratch, given.changes, given.octets, given.seed)
    finally:
        shutil.rmtree(scratch)
    told = ", ".join(f"{name} {count}" for name, count in sorted(done.items()))
    sys.stdout.write("\n".join([told, *missed, f"{len(missed)} not found"]) + "\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
