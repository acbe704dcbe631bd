"""The work of `vedette user`: users.json changed under its lock; a running watch takes it up within a second."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

import typer

from vedette.access import Change, Passwords, Role, UserFile, new_user
from vedette.clock import LiveClock, iso_utc
from vedette.errors import BadInput
from vedette.secrets import read_secret

BY: Final = "command line"


def run_add(folder: Path, name: str, role: str, mandate_roles: tuple[str, ...], password_file: Path | None) -> None:
    """Add a user.

    Raises:
        VedetteError: no such role, a name that is taken, a password too short.
    """
    if role not in list(Role):
        raise BadInput(role, f"not a role: {', '.join(Role)}", "--role")
    stored = Passwords().hash(_password(password_file))
    user = new_user(name, Role(role), mandate_roles, stored, LiveClock().now_s(), must_change=True)
    UserFile(folder).change(lambda users: users.add(user, BY))
    typer.echo(f"added {user.name}, {role}; the password is to be changed at the first log-in")


def run_list(folder: Path, *, as_json: bool) -> None:
    """Print the users, one a line."""
    for user in UserFile(folder).users().users:
        state = "disabled" if user.disabled else "password to be changed" if user.must_change else ""
        if as_json:
            row = {
                "name": user.name,
                "role": user.role.value,
                "mandate_roles": list(user.mandate_roles),
                "disabled": user.disabled,
                "must_change": user.must_change,
                "changed_utc": iso_utc(user.changed_s),
            }
            typer.echo(json.dumps(row))
        else:
            typer.echo("  ".join(filter(None, (user.name, user.role, ", ".join(user.mandate_roles), state))))


def run_disable(folder: Path, name: str, *, disabled: bool) -> None:
    """Disable or enable a user.

    Raises:
        VedetteError: no such user, or the last administrator.
    """
    change, at_s = Change(disabled=disabled), LiveClock().now_s()
    UserFile(folder).change(lambda users: users.change(name, change, BY, at_s))
    typer.echo(f"{name} is {'disabled' if disabled else 'enabled'}")


def run_reset(folder: Path, name: str, password_file: Path | None) -> None:
    """Give a user another password.

    Raises:
        VedetteError: no such user, or a password too short.
    """
    stored, at_s = Passwords().hash(_password(password_file)), LiveClock().now_s()
    UserFile(folder).change(lambda users: users.set_password(name, stored, BY, at_s))
    typer.echo(f"{name} has another password, to be changed at the next log-in")


def _password(file: Path | None) -> str:
    """From the file, or asked for twice; never from the command line, which others can read."""
    if file is not None:
        try:
            return read_secret(str(file))
        except ValueError as error:
            raise BadInput(file, str(error), "--password-file") from None
    if not sys.stdin.isatty():
        raise BadInput("--password-file", "missing: there is no terminal to ask for a password")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
