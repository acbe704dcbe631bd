"""Personal data erased from payloads: its bytes go, the chain stays.

The event keeps the digest of what was recorded, which without its salt, dropped too, says nothing. In the payload's
place stands the same with the personal fields null, under a new salt; a `personal_erased` event names its digest, so
that `verify` can tell an erasure from a change.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Final

import msgspec

from vedette.model import PersonalErased, Redaction
from vedette.record.chain import drawn_salts, payload_digest

PERSONAL_KIND: Final = "cooperative_seen"
PERSONAL_FIELDS: Final = (
    "operator_id",
    "self_id",
    "operator_latitude_deg",
    "operator_longitude_deg",
    "authentication_kind",
    "authentication_hex",
    "authentication_s",
)
"""What an operator, not the aircraft, is known by. The aircraft's serial is the track's identity, and stays."""
ERASE_AT_MOST: Final = 1_000
"""Events looked at in one go, so that erasing holds up an acknowledgement by milliseconds."""
_DUE: Final = """
SELECT event.seq, body FROM event JOIN payload USING (seq)
WHERE kind = ? AND kind <> 'track_point' AND event.seq > ? AND received < ? ORDER BY event.seq LIMIT ?
"""


def masked(kind: str, payload: Any) -> Any:
    """A payload as it may be shown: without what an operator is known by. What was not known is left as it was."""
    if kind != PERSONAL_KIND or not isinstance(payload, dict):
        return payload
    return payload | {name: None for name in PERSONAL_FIELDS if name in payload}


def is_erased(body: bytes) -> bool:
    """Whether a payload can be what erasing leaves: one of its kind in which no personal field is known."""
    fields = msgspec.json.decode(body, type=dict[str, object])
    return fields.get("kind") == PERSONAL_KIND and all(fields.get(name) is None for name in PERSONAL_FIELDS)


class Erasing:
    """Erases in one record, oldest first; belongs to the thread that owns the connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        row = connection.execute(
            "SELECT body FROM event JOIN payload USING (seq) WHERE kind = 'personal_erased' AND kind <> 'track_point' "
            "ORDER BY event.seq DESC LIMIT 1"
        ).fetchone()
        self._looked_to = msgspec.json.decode(row[0], type=PersonalErased).last_seq if row else 0
        self._log_holds = True  # a watch that was killed may have left what it erased in the write-ahead log

    def erase(self, before_s: float, keep_s: float) -> PersonalErased | None:
        """Within a transaction: erase what was received before `before_s`; the event that says so, if there was any."""
        rows = self._connection.execute(_DUE, (PERSONAL_KIND, self._looked_to, before_s, ERASE_AT_MOST)).fetchall()
        done = tuple(filter(None, (self._redact(seq, body) for seq, body in rows)))
        if rows:
            self._looked_to = rows[-1][0]
        if not done:
            return None
        self._log_holds = True
        rule = f"[privacy] keep_days = {keep_s / 86_400.0:g}"
        return PersonalErased(rule=rule, before_s=before_s, last_seq=self._looked_to, redactions=done)

    def _redact(self, seq: int, body: str) -> Redaction | None:
        fields = msgspec.json.decode(body)
        known = tuple(name for name in PERSONAL_FIELDS if fields.get(name) is not None)
        if not known:
            return None
        left = msgspec.json.encode(fields | dict.fromkeys(known))
        salt = drawn_salts(seq)
        self._connection.execute("UPDATE payload SET salt = ?, body = ? WHERE seq = ?", (salt, left.decode(), seq))
        return Redaction(seq=seq, fields=known, digest=payload_digest(salt, left).hex())

    def clear_log(self) -> None:
        """After the commit: empty the write-ahead log of what was erased; with a reader in the way, the next time."""
        if not self._log_holds:
            return
        (waits_ms,) = self._connection.execute("PRAGMA busy_timeout").fetchone()
        self._connection.execute("PRAGMA busy_timeout = 0")
        busy, _, _ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        self._connection.execute(f"PRAGMA busy_timeout = {waits_ms}")
        self._log_holds = bool(busy)
