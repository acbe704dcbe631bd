"""The users of one watch: DIR/users.json, mode 0600, changed whole or not at all. It is no part of the record.

    {"schema": 1, "users": [{"name", "role", "mandate_roles", "password", …}], "unrecorded": [what the record awaits]}

What a change was is written with it, in one step; a watch takes it into its record and then strikes it off. So a change
made by command, with no watch running, is in the record as soon as there is one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Final

import msgspec

from vedette.access.denied import AccessDenied
from vedette.access.roles import Role
from vedette.errors import BadInput
from vedette.letters import unseen
from vedette.model.access import UserChanged

USERS_FILE: Final = "users.json"
_MOST_BYTES: Final = 4_000_000

Name = Annotated[str, msgspec.Meta(pattern=r"^\S([^\x00-\x1f]{0,62}\S)?(?![\s\S])")]
"""How a user logs in and what the record calls him: one line of at most 64 letters, no two alike but for case."""


class User(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """password: as argon2 writes it. must_change: another set it, it opens only its own change. changes: how many."""

    name: Name
    role: Role
    mandate_roles: tuple[str, ...] = ()
    password: str
    disabled: bool = False
    must_change: bool = False
    changed_s: float
    changes: int = 0


def new_user(
    name: str, role: Role, mandate_roles: tuple[str, ...], stored: str, at_s: float, *, must_change: bool
) -> User:
    """A user who is not in the file yet.

    Raises:
        AccessDenied: the name is none.
    """
    if unseen(name) is not None:
        raise AccessDenied("bad_name", "there is a letter in the name that nobody sees: type it anew")
    try:
        return msgspec.convert(
            {
                "name": unicodedata.normalize("NFC", name),
                "role": role,
                "mandate_roles": mandate_roles,
                "password": stored,
                "must_change": must_change,
                "changed_s": at_s,
            },
            User,
        )
    except msgspec.ValidationError:
        raise AccessDenied("bad_name", "a name is one line of at most 64 letters, without space at its ends") from None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be another of a user; None: as before."""

    role: Role | None = None
    mandate_roles: tuple[str, ...] | None = None
    disabled: bool | None = None


def key_of(name: str) -> str:
    """What two ways to write one name have in common."""
    return unicodedata.normalize("NFC", name).strip().casefold()


class Users(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All users, in the order they were added. Its methods return the next state, and what the record is to be told."""

    schema: int = 1
    users: tuple[User, ...] = ()
    unrecorded: tuple[UserChanged, ...] = ()

    def find(self, name: str) -> User | None:
        """The user of this name, however it is written."""
        wanted = key_of(name)
        return next((one for one in self.users if key_of(one.name) == wanted), None)

    def add(self, user: User, by: str) -> Users:
        """One more.

        Raises:
            AccessDenied: the name is taken.
        """
        if self.find(user.name) is not None:
            raise AccessDenied("exists", f"there is a user {user.name} already")
        told = _told(user, "added", by, user.changed_s)
        return msgspec.structs.replace(self, users=(*self.users, user), unrecorded=(*self.unrecorded, told))

    def change(self, name: str, change: Change, by: str, at_s: float) -> Users:
        """Another role, other mandate roles, disabled or enabled.

        Raises:
            AccessDenied: no such user, or nobody would be left who manages the users.
        """
        user, after = self._known(name), self
        role, mandate_roles = change.role or user.role, change.mandate_roles
        if mandate_roles is None:
            mandate_roles = user.mandate_roles
        if (role, mandate_roles) != (user.role, user.mandate_roles):
            user = msgspec.structs.replace(user, role=role, mandate_roles=mandate_roles, changed_s=at_s)
            after = after._with(user, "role", by, at_s)
        if change.disabled is not None and change.disabled != user.disabled:
            user = msgspec.structs.replace(user, disabled=change.disabled, changed_s=at_s)
            after = after._with(user, "disabled" if user.disabled else "enabled", by, at_s)
        if not any(one.role is Role.ADMINISTRATOR and not one.disabled for one in after.users):
            raise AccessDenied("last_administrator", "nobody would be left who manages the users")
        return after

    def set_password(self, name: str, stored: str, by: str, at_s: float) -> Users:
        """Another password; set by another than the user, it must be changed before it opens anything.

        Raises:
            AccessDenied: no such user.
        """
        user = self._known(name)
        own = key_of(by) == key_of(user.name)
        user = msgspec.structs.replace(user, password=stored, must_change=not own, changed_s=at_s)
        return self._with(user, "password_changed" if own else "password_reset", by, at_s)

    def rehashed(self, name: str, stored: str) -> Users:
        """The same password, stored with today's parameters: no change that anybody is told of."""
        user = msgspec.structs.replace(self._known(name), password=stored)
        return msgspec.structs.replace(self, users=tuple(user if one.name == user.name else one for one in self.users))

    def recorded(self, told: tuple[UserChanged, ...]) -> Users:
        """Without what the record has been told."""
        return msgspec.structs.replace(self, unrecorded=tuple(one for one in self.unrecorded if one not in told))

    def _with(self, user: User, change: str, by: str, at_s: float) -> Users:
        user = msgspec.structs.replace(user, changes=user.changes + 1)
        users = tuple(user if one.name == user.name else one for one in self.users)
        told = _told(user, change, by, at_s)
        return msgspec.structs.replace(self, users=users, unrecorded=(*self.unrecorded, told))

    def _known(self, name: str) -> User:
        user = self.find(name)
        if user is None:
            raise AccessDenied("unknown", f"there is no user {name!r}")
        return user


def _told(user: User, change: str, by: str, at_s: float) -> UserChanged:
    return UserChanged(
        user=user.name, change=change, role=user.role.value, mandate_roles=user.mandate_roles, by=by, at_s=at_s
    )


class UserFile:
    """The file, for any number of processes: read when it has changed, changed under a lock."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / USERS_FILE
        self._read: tuple[tuple[int, int, int], Users] | None = None

    def users(self) -> Users:
        """The users as the file has them now; none where there is no file.

        Raises:
            BadInput: it cannot be read, is not what it should be, is another user's or is open to others.
        """
        try:
            with os.fdopen(os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
                found = os.fstat(file.fileno())
                state = found.st_mtime_ns, found.st_ino, found.st_size
                if self._read is None or self._read[0] != state:
                    self._check(found)
                    self._read = state, msgspec.json.decode(file.read(_MOST_BYTES), type=Users)
        except FileNotFoundError:
            return Users()
        except OSError as error:
            raise BadInput(self.path, error.strerror or str(error)) from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadInput(self.path, f"not a file of users: {error}") from None
        return self._read[1]

    def change(self, edit: Callable[[Users], Users]) -> Users:
        """Apply `edit` to what the file has now, and write it. What `edit` raises leaves the file as it was.

        Raises:
            BadInput: it cannot be read or written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._locked():
                after = edit(self.users())
                self._write(after)
        except OSError as error:
            raise BadInput(self.path, error.strerror or str(error)) from None
        return after

    def _check(self, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            raise BadInput(self.path, "it is not a file of this user's own")
        if found.st_mode & 0o077:
            raise BadInput(self.path, f"it is open to others (mode {found.st_mode & 0o777:04o}, not 0600)")

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """The lock is a file of its own, for the other is replaced at each change."""
        lock = os.open(self.path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _write(self, users: Users) -> None:
        handle, part = tempfile.mkstemp(prefix=".users.", dir=self.path.parent)  # mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(users)) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, self.path)
        except BaseException:
            os.unlink(part)
            raise
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
