"""Access to one watch: log-in, sessions, confirmations, the users' management; what came of each goes to the record.

Belongs to one asyncio loop. Passwords are checked off it, two at a time at most: each takes 64 MiB.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from vedette.access.delays import Delays
from vedette.access.denied import AccessDenied
from vedette.access.passwords import Passwords
from vedette.access.refusals import Refusals
from vedette.access.roles import RIGHTS, Right, Role
from vedette.access.sessions import ABSOLUTE_S, IDLE_S, Session, Sessions
from vedette.access.users import Change, User, UserFile, Users, key_of, new_user
from vedette.errors import BadInput, VedetteError
from vedette.model.access import AccessRefused, PersonConfirmed, SessionEnded, SessionStarted, UserChanged

_LOG: Final = logging.getLogger("vedette.access")

Told = AccessRefused | PersonConfirmed | SessionEnded | SessionStarted | UserChanged
Keep = Callable[[Told], Awaitable[None]]
"""Returns when the record has it; raises where it cannot."""

FIRST: Final = "first start"
LINK_S: Final = 1800.0
"""How long the link that makes the first administrator holds."""
CONFIRM_S: Final = 60.0
"""How long a second person's word waits for the act it was given for."""
HASHING: Final = 2
MOST_WAITING: Final = 1000
"""Events kept for a record that cannot take them; the oldest are dropped."""


class Limits(msgspec.Struct, frozen=True):
    """How long a session lasts: without use, and at all."""

    idle_s: float = IDLE_S
    absolute_s: float = ABSOLUTE_S


class Identity(msgspec.Struct, frozen=True):
    """Who asks: the user as he is now, and his session."""

    user: User
    session: Session

    def may(self, right: Right) -> bool:
        """Whether he holds it; with a password that must be changed, nothing but that."""
        held = RIGHTS[self.user.role] if not self.user.must_change else {Right.ANYONE, Right.SELF}
        return right in held


class Entrance(msgspec.Struct, frozen=True):
    """A session just begun, and the secret its cookie carries."""

    token: str
    identity: Identity


class _Confirmed(msgspec.Struct, frozen=True):
    user: str
    session: str
    act: str
    until_s: float


class Access:
    """Users, sessions and the first start of one watch.

    Args:
        file: the users. now_s: the machine's time, UTC seconds. keep: puts an event into the record.
    """

    def __init__(
        self,
        file: UserFile,
        now_s: Callable[[], float],
        keep: Keep,
        passwords: Passwords | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._file, self.now_s, self._keep = file, now_s, keep
        self._passwords, limits = passwords or Passwords(), limits or Limits()
        self._waiting: list[Told] = []
        self._sessions = Sessions(self._waiting.append, limits.idle_s, limits.absolute_s)
        self._delays, self._refusals = Delays(), Refusals()
        self._hashing, self._settling = asyncio.Semaphore(HASHING), asyncio.Lock()
        self._confirmed: dict[str, _Confirmed] = {}
        self._link: tuple[str, float] | None = None
        self._users, self._had_users = file.users(), False
        self.on_first: list[Callable[[], None]] = []
        """Called once, when the first user is there: single-user mode is over."""

    @property
    def users(self) -> Users:
        """The users as last read."""
        return self._users

    @property
    def has_users(self) -> bool:
        """Whether people log in; without users it is single-user mode. A file that is gone does not open a watch."""
        self._had_users = self._had_users or bool(self._users.users)
        return self._had_users

    # ---- coming in and going

    def first_link(self) -> str:
        """The secret of a link that makes the first administrator, once, within half an hour."""
        self._link = secrets.token_urlsafe(24), self.now_s() + LINK_S
        return self._link[0]

    async def first(self, link: str, name: str, password: str, address: str) -> Entrance:
        """Make the first administrator and log him in.

        Raises:
            AccessDenied: the link is spent, run out or none; there are users already; name or password will not do.
        """
        now_s = self.now_s()
        known, until_s = self._link or ("", 0.0)
        if self.has_users or now_s >= until_s or not hmac.compare_digest(known.encode(), link.encode()):
            raise AccessDenied("link_over", "this link no longer holds; start the watch again for another")
        stored = await self._hash(password)
        if self._link is None:
            raise AccessDenied("link_over", "this link was used just now")
        user = new_user(name, Role.ADMINISTRATOR, (), stored, now_s, must_change=False)
        self._apply(lambda users: _first(users, user))
        self._link = None
        return await self._enter(user, address)

    async def log_in(self, name: str, password: str, address: str, before: str | None = None) -> Entrance:
        """A new session, whatever session the client had `before`: that one is over.

        Raises:
            AccessDenied: `wrong` (of no account, a disabled one, or a wrong password: nobody learns which), or
                `too_soon`.
        """
        user = await self._proved(name, password, address, "log_in")
        if before is not None and (held := self._sessions.find(before, self.now_s())) is not None:
            self._sessions.end(held.id, "replaced", user.name, self.now_s())
        return await self._enter(user, address)

    async def _enter(self, user: User, address: str) -> Entrance:
        token, session = self._sessions.begin(user.name, address, self.now_s())
        started = SessionStarted(
            session=session.id, user=user.name, role=user.role.value, address=address, at_s=session.begun_s
        )
        self._waiting.append(started)
        await self.settle()
        return Entrance(token, Identity(user, session))

    async def _proved(self, name: str, password: str, address: str, why: str) -> User:
        """The user whose password it is. Every other way takes as long and says the same."""
        wait_s = self._delays.begin(key_of(name), address, self.now_s())
        user = self._users.find(name)
        known = user.name if user is not None else None
        if wait_s > 0.0:
            self.refused(known, address, "too_soon")
            raise AccessDenied("too_soon", f"too many attempts; try again in {_words(wait_s)}", wait_s)
        async with self._hashing:
            stored = user.password if user is not None else None
            held = await asyncio.to_thread(self._passwords.holds, stored, password)
        user = self._users.find(name)  # it may have been changed meanwhile
        if user is None or not held or user.disabled or user.password != stored:
            self.refused(known, address, why)
            raise AccessDenied("wrong", "name or password is wrong")
        self._delays.passed(key_of(name), address)
        if self._passwords.is_dated(user.password):
            renewed = await self._hash(password)
            self._apply(lambda users: users.rehashed(name, renewed))
        return user

    def who(self, token: str | None) -> Identity | None:
        """Whose session this token opens, None if nobody's."""
        session = self._sessions.find(token, self.now_s()) if token else None
        user = self._users.find(session.user) if session is not None else None
        return None if session is None or user is None else Identity(user, session)

    def sessions(self) -> list[Session]:
        """All that are not over, the oldest first."""
        return self._sessions.all(self.now_s())

    async def end(self, session_id: str, why: str, by: str) -> None:
        """End a session.

        Raises:
            AccessDenied: there is none of this id.
        """
        if not self._sessions.end(session_id, why, by, self.now_s()):
            raise AccessDenied("unknown", f"there is no session {session_id!r}")
        await self.settle()

    # ---- a second person at the same screen

    async def confirm(self, beside: Identity, name: str, password: str, address: str, act: str) -> str:
        """A one-time token by which the next request of `beside`'s session that is `act` counts as the second user's.

        act: `POST /api/v1/…`, as the request will be.

        Raises:
            AccessDenied: as `log_in`; `same_person`; `not_yours` where the second user may not act at all.
        """
        user = await self._proved(name, password, address, "confirm")
        if key_of(user.name) == key_of(beside.user.name):
            raise AccessDenied("same_person", "that is the same person; a second one is needed")
        if user.must_change:
            raise AccessDenied("change_password", f"{user.name} must log in and change the password first")
        token, now_s = secrets.token_urlsafe(), self.now_s()
        self._confirmed = {key: one for key, one in self._confirmed.items() if one.until_s > now_s}
        self._confirmed[token] = _Confirmed(user.name, beside.session.id, act, now_s + CONFIRM_S)
        self._waiting.append(
            PersonConfirmed(
                user=user.name,
                role=user.role.value,
                beside=beside.user.name,
                session=beside.session.id,
                act=act,
                at_s=now_s,
            )
        )
        await self.settle()
        return token

    def second(self, token: str, beside: Identity, act: str) -> Identity:
        """The second user, for this one act. The token is spent, whatever comes of it.

        Raises:
            AccessDenied: `not_confirmed`: it is spent, run out, of another act or of another session.
        """
        found = self._confirmed.pop(token, None)
        user = self._users.find(found.user) if found is not None else None
        if found is None or user is None or user.disabled or found.until_s <= self.now_s():
            raise AccessDenied("not_confirmed", "the second person's word no longer holds; it has to be given again")
        if found.session != beside.session.id or found.act != act:
            raise AccessDenied("not_confirmed", "the second person's word was given for another act")
        return Identity(user, beside.session)

    # ---- managing users

    async def add(self, name: str, role: Role, mandate_roles: tuple[str, ...], password: str, by: str) -> User:
        """One more user, who must change this password before anything else.

        Raises:
            AccessDenied: the name is taken, or the password too short.
        """
        stored = await self._hash(password)
        user = new_user(name, role, mandate_roles, stored, self.now_s(), must_change=True)
        self._apply(lambda users: users.add(user, by))
        await self.settle()
        return user

    async def change(self, name: str, change: Change, by: str) -> User:
        """Another role, disabled or enabled: the user's sessions are over.

        Raises:
            AccessDenied: no such user, or the last administrator.
        """
        now_s = self.now_s()
        self._apply(lambda users: users.change(name, change, by, now_s))
        await self.settle()
        return self._known(name)

    async def reset(self, name: str, password: str, by: str) -> User:
        """Another password, set for the user: his sessions are over.

        Raises:
            AccessDenied: no such user, or the password is too short.
        """
        stored, now_s = await self._hash(password), self.now_s()
        self._apply(lambda users: users.set_password(name, stored, by, now_s))
        await self.settle()
        return self._known(name)

    async def change_own(self, identity: Identity, old: str, new: str, address: str) -> Entrance:
        """Change one's own password; all one's sessions are over, and a new one begins.

        Raises:
            AccessDenied: the old one is wrong, or the new one too short or the same.
        """
        if old == new:
            raise AccessDenied("bad_password", "that is the password you have")
        await self._proved(identity.user.name, old, address, "log_in")
        stored, name, now_s = await self._hash(new), identity.user.name, self.now_s()
        self._apply(lambda users: users.set_password(name, stored, name, now_s))
        return await self._enter(self._known(name), address)

    def _known(self, name: str) -> User:
        user = self._users.find(name)
        if user is None:
            raise AccessDenied("unknown", f"there is no user {name!r}")
        return user

    async def _hash(self, password: str) -> str:
        async with self._hashing:
            return await asyncio.to_thread(self._passwords.hash, password)

    # ---- the users' file and the record

    def _apply(self, edit: Callable[[Users], Users]) -> None:
        self._take(self._file.change(edit))

    def _take(self, after: Users) -> None:
        """Go on with these users: sessions of those whose account is another are over."""
        before, self._users = self._users, after
        kept = {key_of(user.name): _stamp(user) for user in after.users}
        for user in before.users:
            if kept.get(key_of(user.name)) != _stamp(user):
                by = next((one.by for one in reversed(after.unrecorded) if one.user == user.name), None)
                self._sessions.end_of(user.name, "account_changed", by, self.now_s())
        if after.users and not before.users:
            for tell in self.on_first:
                tell()
            self.on_first.clear()

    def refused(self, user: str | None, address: str, why: str) -> None:
        """Count a refusal towards the record."""
        told = self._refusals.add(user, address, why, self.now_s())
        if told is not None:
            self._waiting.append(told)

    async def settle(self) -> None:
        """Give the record what waits for it. What it cannot take now waits on: nobody is kept out for that."""
        async with self._settling:
            try:
                while self._waiting:
                    await self._keep(self._waiting[0])
                    self._waiting.pop(0)
                if told := self._users.unrecorded:
                    for one in told:
                        await self._keep(one)
                    self._apply(lambda users: users.recorded(told))
            except VedetteError as error:
                del self._waiting[:-MOST_WAITING]
                _LOG.warning("the record has not been told of log-ins and users: %s", error)

    async def look(self, *, closing: bool = False) -> None:
        """Once a second: read the users anew if they were changed by command, end what is over, tell the record."""
        try:
            self._take(await asyncio.to_thread(self._file.users))
        except BadInput:
            _LOG.exception("the users cannot be read: those of before go on")
        self._sessions.all(self.now_s())
        self._waiting += self._refusals.due(self.now_s(), all_=closing)
        await self.settle()


def _first(users: Users, user: User) -> Users:
    if users.users:
        raise AccessDenied("link_over", "there are users already")
    return users.add(user, FIRST)


def _stamp(user: User) -> tuple[int, float]:
    return user.changes, user.changed_s


def _words(wait_s: float) -> str:
    return f"{wait_s:.0f} s" if wait_s < 90.0 else f"{wait_s / 60.0:.0f} minutes"
