"""Sessions, kept in memory alone: a restart of the process logs everybody out. Pure; time and tokens are arguments.

A session is found by the SHA-256 of the token in its cookie; its public id, which lists and the record name, opens
nothing. The token of requests that change something (CSRF) is the session's own and never in a cookie.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Final

import msgspec

from vedette.model.access import SessionEnded

IDLE_S: Final = 1800.0
"""Half an hour without a request and without an open stream. A screen that shows the picture is in use."""
ABSOLUTE_S: Final = 13 * 3600.0
"""A watch of twelve hours and its hand-over."""
MOST_A_USER: Final = 10
"""The one begun first makes way."""


class Session(msgspec.Struct, kw_only=True, eq=False):
    """One user's log-in. Times: UTC seconds. streams: open pictures. on_end: called once, with why, when it is over."""

    id: str
    user: str
    address: str
    csrf: str
    begun_s: float
    seen_s: float
    ends_s: float
    streams: int = 0
    on_end: list[Callable[[str], None]] = msgspec.field(default_factory=list)


class Sessions:
    """All sessions. ended: told of each one that is over."""

    def __init__(
        self,
        ended: Callable[[SessionEnded], None],
        idle_s: float = IDLE_S,
        absolute_s: float = ABSOLUTE_S,
        draw: Callable[[], str] = secrets.token_urlsafe,
    ) -> None:
        self._ended, self._idle_s, self._absolute_s, self._draw = ended, idle_s, absolute_s, draw
        self._by_digest: dict[str, Session] = {}

    def begin(self, user: str, address: str, now_s: float) -> tuple[str, Session]:
        """A new session and its secret token, which is drawn here whatever the client sent."""
        mine = [one for one in self.all(now_s) if one.user == user]
        for one in mine[: max(0, len(mine) - MOST_A_USER + 1)]:
            self.end(one.id, "replaced", user, now_s)
        token = self._draw()
        session = Session(
            id=_digest(self._draw())[:12],
            user=user,
            address=address,
            csrf=self._draw(),
            begun_s=now_s,
            seen_s=now_s,
            ends_s=now_s + self._absolute_s,
        )
        self._by_digest[_digest(token)] = session
        return token, session

    def find(self, token: str, now_s: float) -> Session | None:
        """The session of a token, which is thereby in use; None if there is none, or it is over."""
        digest = _digest(token)
        session = self._by_digest.get(digest)
        if session is None or self._over(digest, session, now_s):
            return None
        session.seen_s = now_s
        return session

    def end(self, session_id: str, why: str, by: str | None, now_s: float) -> bool:
        """End one; False if there is none of this id."""
        for digest, session in self._by_digest.items():
            if session.id == session_id:
                self._end(digest, session, why, by, now_s)
                return True
        return False

    def end_of(self, user: str, why: str, by: str | None, now_s: float, besides: str | None = None) -> None:
        """End all of a user's, `besides` one."""
        for session in [one for one in self._by_digest.values() if one.user == user and one.id != besides]:
            self.end(session.id, why, by, now_s)

    def all(self, now_s: float) -> list[Session]:
        """Those that are not over, the oldest first. Ends those that are."""
        for digest, session in list(self._by_digest.items()):
            self._over(digest, session, now_s)
        return list(self._by_digest.values())

    def _over(self, digest: str, session: Session, now_s: float) -> bool:
        if session.streams > 0:
            session.seen_s = now_s
        why = "expired" if now_s >= session.ends_s else "idle" if now_s - session.seen_s >= self._idle_s else None
        if why is not None:
            self._end(digest, session, why, None, now_s)
        return why is not None

    def _end(self, digest: str, session: Session, why: str, by: str | None, now_s: float) -> None:
        del self._by_digest[digest]
        self._ended(SessionEnded(session=session.id, user=session.user, why=why, by=by, at_s=now_s))
        for tell in session.on_end:
            tell(why)
        session.on_end.clear()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
