"""Who may do what: users and their roles, passwords, sessions, and what is recorded of them.

users.json ⇄ UserFile ─┐
name, password ────────┼→ Access → session → console
time ──────────────────┘      └→ events → record
"""

from vedette.access.access import Access, Entrance, Identity, Limits
from vedette.access.denied import AccessDenied
from vedette.access.passwords import MOST_LETTERS, PASSWORD_LETTERS, Passwords
from vedette.access.roles import RIGHTS, Right, Role
from vedette.access.sessions import Session
from vedette.access.users import USERS_FILE, Change, User, UserFile, Users, new_user

__all__ = [
    "MOST_LETTERS",
    "PASSWORD_LETTERS",
    "RIGHTS",
    "USERS_FILE",
    "Access",
    "AccessDenied",
    "Change",
    "Entrance",
    "Identity",
    "Limits",
    "Passwords",
    "Right",
    "Role",
    "Session",
    "User",
    "UserFile",
    "Users",
    "new_user",
]
