"""Who came in, who was turned away, and who opened what is personal: as events. None holds a password or a token.

`at_s` is the machine's own time, which in a replay or a simulation is not the recording's.
"""

from __future__ import annotations

import msgspec

from vedette.model.payload import Payload


class UserChanged(Payload, frozen=True, kw_only=True, tag="user_changed"):
    """An account as it is from now on. change: added | role | disabled | enabled | password_reset | password_changed.

    by: who did it: a user, `first start`, or `command line`.
    """

    user: str
    change: str
    role: str
    mandate_roles: tuple[str, ...]
    by: str
    at_s: float


class SessionStarted(Payload, frozen=True, kw_only=True, tag="session_started"):
    """A user logged in. session: its public id, which opens nothing."""

    session: str
    user: str
    role: str
    address: str
    at_s: float


class SessionEnded(Payload, frozen=True, kw_only=True, tag="session_ended"):
    """A session is over. why: logged_out | idle | expired | revoked | replaced | account_changed. by: who ended it."""

    session: str
    user: str
    why: str
    by: str | None
    at_s: float


class AccessRefused(Payload, frozen=True, kw_only=True, tag="access_refused"):
    """Turned away, `count` times between first_s and last_s. why: log_in | too_soon | confirm | right.

    user: the account, None where there is none of that name: what was typed is not kept, it may be a password.
    """

    user: str | None
    address: str
    why: str
    count: int
    first_s: float
    last_s: float


class PersonConfirmed(Payload, frozen=True, kw_only=True, tag="person_confirmed"):
    """A second user showed by his password, at the first one's screen, that he stands for one act."""

    user: str
    role: str
    beside: str
    session: str
    act: str
    at_s: float


class OperatorOpened(Payload, frozen=True, kw_only=True, tag="operator_opened"):
    """A person opened what an aircraft says of where its operator stands. at_s: the watch's time, as elsewhere."""

    track: str
    identity: str
    by: str
    role: str
    note: str
    at_s: float


class OperatorPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where an operator was said to stand, and when that was heard. Kept apart from all that screens are sent."""

    latitude_deg: float
    longitude_deg: float
    heard_s: float
