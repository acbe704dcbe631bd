"""Users and sessions as the API gives them: never a password, never a token that opens anything."""

from __future__ import annotations

from typing import Literal

from vedette.access import Identity, Right, Role, Session, User
from vedette.clock import iso_utc
from vedette.console.views.base import View
from vedette.model import OperatorOpened, OperatorPlace

RoleName = Literal["viewer", "watch_officer", "commander", "auditor", "administrator"]
RightName = Literal["anyone", "self", "read", "act", "decide", "audit", "manage"]


class WhoView(View, frozen=True, kw_only=True):
    """Who is logged in. must_change: of a password that another set; nothing else is open before it is changed."""

    name: str
    role: RoleName
    mandate_roles: list[str]
    rights: list[RightName]
    must_change: bool


class SessionView(View, frozen=True, kw_only=True):
    """How this client stands. mode `single`: no users, whoever sits here acts. csrf goes into x-vedette-csrf."""

    mode: Literal["single", "users"]
    who: WhoView | None
    csrf: str | None
    session: str | None
    ends_utc: str | None


class OpenSessionView(View, frozen=True, kw_only=True):
    """One session. session: its public id. own: the asker's user's. this: the one asked by. screens: open streams."""

    session: str
    user: str
    address: str
    begun_utc: str
    seen_utc: str
    ends_utc: str
    screens: int
    own: bool
    this: bool


class OpenSessionsView(View, frozen=True, kw_only=True):
    """Sessions, the oldest first: all, or one's own."""

    sessions: list[OpenSessionView]


class UserView(View, frozen=True, kw_only=True):
    """One user. mandate_roles: of the site file, its mandate's and its statement's; unknown_roles: not there."""

    name: str
    role: RoleName
    mandate_roles: list[str]
    unknown_roles: list[str]
    disabled: bool
    must_change: bool
    changed_utc: str
    sessions: int


class UsersView(View, frozen=True, kw_only=True):
    """All users in the order they were added, and the roles there are: of access, and of the site file."""

    users: list[UserView]
    roles: list[RoleName]
    site_roles: list[str]


class SecondView(View, frozen=True, kw_only=True):
    """A second person's word: token goes into x-vedette-second of the one request `act`."""

    token: str
    name: str
    mandate_roles: list[str]
    act: str


class OperatorView(View, frozen=True, kw_only=True):
    """Where an aircraft says that its operator stands: a claim, and personal data. Who opened it is in the record."""

    track: str
    identity: str
    latitude_deg: float
    longitude_deg: float
    heard_utc: str
    opened_by: str
    opened_utc: str


class LogView(View, frozen=True, kw_only=True):
    """The record's events, as `vedette log --json`, without operators' data. next_after: of the next page, if any."""

    events: list[dict[str, object]]
    next_after: int | None


def session(identity: Identity | None, *, single: bool) -> SessionView:
    """How a client stands."""
    return SessionView(
        mode="single" if single else "users",
        who=None if identity is None else _who(identity),
        csrf=None if identity is None else identity.session.csrf,
        session=None if identity is None else identity.session.id,
        ends_utc=None if identity is None else iso_utc(identity.session.ends_s),
    )


def _who(identity: Identity) -> WhoView:
    user = identity.user
    return WhoView(
        name=user.name,
        role=user.role.value,
        mandate_roles=list(user.mandate_roles),
        rights=[right.value for right in Right if identity.may(right)],
        must_change=user.must_change,
    )


def open_sessions(sessions: list[Session], identity: Identity) -> OpenSessionsView:
    """All sessions to who may audit or manage, else one's own."""
    everybody = identity.may(Right.AUDIT) or identity.may(Right.MANAGE)
    return OpenSessionsView(
        sessions=[
            OpenSessionView(
                session=one.id,
                user=one.user,
                address=one.address,
                begun_utc=iso_utc(one.begun_s),
                seen_utc=iso_utc(one.seen_s),
                ends_utc=iso_utc(one.ends_s),
                screens=one.streams,
                own=one.user == identity.user.name,
                this=one.id == identity.session.id,
            )
            for one in sessions
            if everybody or one.user == identity.user.name
        ]
    )


def users(found: tuple[User, ...], sessions: list[Session], site_roles: list[str]) -> UsersView:
    """All users."""
    return UsersView(
        users=[user(one, sessions, site_roles) for one in found],
        roles=[role.value for role in Role],
        site_roles=site_roles,
    )


def user(one: User, sessions: list[Session], site_roles: list[str]) -> UserView:
    """One user."""
    return UserView(
        name=one.name,
        role=one.role.value,
        mandate_roles=list(one.mandate_roles),
        unknown_roles=[role for role in one.mandate_roles if role not in site_roles],
        disabled=one.disabled,
        must_change=one.must_change,
        changed_utc=iso_utc(one.changed_s),
        sessions=sum(session.user == one.name for session in sessions),
    )


def operator(opened: OperatorOpened, place: OperatorPlace) -> OperatorView:
    """An operator's claimed place, with who opened it."""
    return OperatorView(
        track=opened.track,
        identity=opened.identity,
        latitude_deg=place.latitude_deg,
        longitude_deg=place.longitude_deg,
        heard_utc=iso_utc(place.heard_s),
        opened_by=opened.by,
        opened_utc=iso_utc(opened.at_s),
    )
