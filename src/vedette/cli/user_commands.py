"""`vedette user …`: its options; what it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vedette.cli.options import JsonOption, RecordPath

user = typer.Typer(no_args_is_help=True, help="Who may log in to a watch's console.")
UserName = Annotated[str, typer.Argument(metavar="NAME", help="How the user logs in, and what the record calls him.")]
PasswordFile = Annotated[
    Path | None, typer.Option("--password-file", metavar="FILE", help="The password is its first line.")
]


@user.command("add")
def user_add(
    folder: RecordPath,
    name: UserName,
    role: Annotated[
        str, typer.Option("--role", metavar="R", help="viewer, watch_officer, commander, auditor or administrator.")
    ] = "viewer",
    mandate_role: Annotated[
        list[str] | None, typer.Option("--mandate-role", metavar="R", help="A role of the site's mandate; repeatable.")
    ] = None,
    password_file: PasswordFile = None,
) -> None:
    """Add a user; the password is to be changed at the first log-in."""
    from vedette.cli.users import run_add

    run_add(folder, name, role, tuple(mandate_role or ()), password_file)


@user.command("list")
def user_list(folder: RecordPath, json: JsonOption = False) -> None:
    """List the users."""
    from vedette.cli.users import run_list

    run_list(folder, as_json=json)


@user.command("disable")
def user_disable(folder: RecordPath, name: UserName) -> None:
    """Disable a user: no log-in, and open sessions end within a second."""
    from vedette.cli.users import run_disable

    run_disable(folder, name, disabled=True)


@user.command("enable")
def user_enable(folder: RecordPath, name: UserName) -> None:
    """Enable a user again."""
    from vedette.cli.users import run_disable

    run_disable(folder, name, disabled=False)


@user.command("reset")
def user_reset(folder: RecordPath, name: UserName, password_file: PasswordFile = None) -> None:
    """Give a user another password, to be changed at the next log-in."""
    from vedette.cli.users import run_reset

    run_reset(folder, name, password_file)
