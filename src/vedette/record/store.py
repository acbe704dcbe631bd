"""The record's SQLite file: its tables, and how it is opened to write and to read.

    event     one row an event, never changed: what the chain covers
    payload   salt and body apart, so that they can be thinned, or erased and replaced, while the chain holds
    meta      one row: schema version, site, and the head (last seq and hash), written in each transaction so that a cut
              tail is seen
    journal   working memory outside the chain: the inputs since the latest snapshot
    snapshot  one row: the latest snapshot (its bytes are the watch's) and the last input that it holds

Times are REAL (float64) and read back exactly; −0.0 is written as 0.0, because SQLite would.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from vedette.errors import RecordBroken, RecordError
from vedette.record.chain import genesis

SCHEMA_VERSION: Final = 1
FILE: Final = "record.sqlite"
THINNED_KIND: Final = "track_point"
"""The one kind whose payloads may be dropped; there are far more of it than of all others."""
APPLICATION_ID: Final = 0x56454445
"""'VEDE' in the file's header: says whose file it is."""

BUSY_MS: Final = 5_000
"""How long SQLite waits where a reader is just opening the file; the folder's lock keeps other writers out."""

_TABLES: Final = f"""
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
CREATE TABLE event (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, schema INTEGER NOT NULL, observed REAL NOT NULL,
    received REAL NOT NULL, origin TEXT NOT NULL, digest BLOB NOT NULL, previous BLOB NOT NULL, hash BLOB NOT NULL
) STRICT;
CREATE INDEX event_kind ON event (kind, seq) WHERE kind <> '{THINNED_KIND}';
CREATE INDEX event_received ON event (received);
CREATE TABLE payload (seq INTEGER PRIMARY KEY, salt BLOB NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE meta (
    one INTEGER PRIMARY KEY CHECK (one = 1), schema INTEGER NOT NULL, site TEXT NOT NULL,
    head_seq INTEGER NOT NULL, head_hash BLOB NOT NULL
) STRICT;
CREATE TABLE journal (
    place INTEGER PRIMARY KEY, input INTEGER NOT NULL, received REAL NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE TABLE snapshot (
    one INTEGER PRIMARY KEY CHECK (one = 1), input INTEGER NOT NULL, received REAL NOT NULL, body BLOB NOT NULL
) STRICT;
"""


def open_to_write(folder: Path, site: str) -> sqlite3.Connection:
    """The record of `folder`, made if there is none. The caller holds the folder's lock. May change threads once.

    Raises:
        RecordBroken: not a record, or of another schema version.
        RecordError: the record of another site, or the file cannot be used.
    """
    path = folder / FILE
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000.0)
    except sqlite3.Error as error:
        raise RecordError(path, str(error)) from None
    try:
        _prepare(connection, path, site)
    except sqlite3.OperationalError as error:
        connection.close()
        raise RecordError(path, str(error)) from None
    except sqlite3.DatabaseError as error:
        connection.close()
        raise RecordBroken(path, str(error)) from None
    except RecordError:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, site: str) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")  # what is erased, thinned or left behind is overwritten with zeros
    if not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        start = genesis(SCHEMA_VERSION, site)
        connection.executescript(f"BEGIN IMMEDIATE;{_TABLES}")
        connection.execute("INSERT INTO meta VALUES (1, ?, ?, 0, ?)", (SCHEMA_VERSION, site, start))
        connection.execute("COMMIT")
    schema, found = connection.execute("SELECT schema, site FROM meta").fetchone() or (None, None)
    if schema != SCHEMA_VERSION:
        raise RecordBroken(path, f"schema version {schema}, this version reads {SCHEMA_VERSION}")
    if found != site:
        raise RecordError(path, f"the record of site {found}, not of {site}")


@contextmanager
def reading(folder: Path | str) -> Iterator[sqlite3.Connection]:
    """A read-only connection that sees one state of the record; takes no lock and leaves the folder as it is.

    A file without `-wal` beside it was closed in order, and is read as immutable: SQLite would otherwise make files of
    its own. Where a writer starts during such a reading, what is read is no longer sure. Text comes as `bytes`.

    Raises:
        RecordError: there is no record, or it cannot be opened.
        sqlite3.Error: the file is not what was written (to the caller, at any query).
    """
    path = Path(folder) / FILE
    if not path.is_file():
        raise RecordError(folder, "no record here")
    wal = path.with_name(FILE + "-wal")
    uri = path.resolve().as_uri()
    connection = _connect(f"{uri}?mode=ro" if wal.exists() else f"{uri}?mode=ro&immutable=1", folder)
    try:
        connection.text_factory = bytes
        try:
            connection.execute("BEGIN")
            connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
        except sqlite3.OperationalError:
            # A folder we may not write, with a log left by a writer: readable only if that log is empty.
            if not wal.exists() or wal.stat().st_size > 0:
                raise
            connection.close()
            connection = _connect(f"{uri}?mode=ro&immutable=1", folder)
            connection.text_factory = bytes
        yield connection
    finally:
        connection.close()


def _connect(uri: str, folder: Path | str) -> sqlite3.Connection:
    try:
        return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000.0)
    except sqlite3.Error as error:
        raise RecordError(folder, str(error)) from None
