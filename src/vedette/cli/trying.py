"""`vedette test-alarm`: ask a running watch for a test alarm, and say what each output and screen made of it."""

from __future__ import annotations

import contextlib
import json
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
import typer

from vedette.clock import monotonic_s
from vedette.errors import BadInput
from vedette.secrets import read_secret
from vedette.tls import TlsFiles, tls_context

ASK_S: Final = 0.25
"""Between two looks at the watch's health."""
ANSWER_S: Final = 10.0
PENDING: Final = frozenset({"waiting"})
SCREEN_S: Final = 3.0
"""Screens that are open say within this what their sound did."""


class Login(msgspec.Struct, frozen=True):
    """Who asks, of a watch with users, and whose certificate is believed: the machine's store's, or that of a file."""

    user: str | None = None
    password_file: Path | None = None
    authority: Path | None = None


def run_test_alarm(url: str, note: str, wait_s: float, login: Login, *, as_json: bool) -> int:
    """0: every output that is asked took it. 1: one did not, or the watch refuses.

    Raises:
        BadInput: not the address of a watch, none answers there, or the log-in's files will not do.
    """
    watch = _Visit(_base(url), login.authority)
    try:
        refused = watch.log_in(login)
        status, alert = (0, refused) if refused is not None else watch.ask("/api/v1/test-alarm", {"note": note})
        if status != 200:
            typer.echo(f"the watch refuses: {_message(alert)}", err=True)
            return 1
        last, screens = _until_tried(watch, alert["alert"], wait_s)
    finally:
        watch.log_out()
    if as_json:
        typer.echo(json.dumps({**last, "screens": screens}))
    else:
        _print(last, alert, screens)
    return 0 if last["outputs_taken"] == last["outputs_asked"] else 1


def _print(last: dict[str, Any], alert: dict[str, Any], screens: int) -> None:
    typer.echo(f"{last['alert']} at {last['at_local']}, {alert['origin']}")
    for one in last["outputs"]:
        words = one["state"].replace("_", " ") + (f": {one['detail']}" if one["detail"] else "")
        typer.echo(f"  output {one['output']} ({one['partner']}): {words}")
    for screen, sound in sorted(last["sounds"].items()):
        typer.echo(f"  screen {screen}: sound {sound}")
    silent = screens - len(last["sounds"])
    if screens == 0:
        typer.echo("  no screen is open: no sound was tried")
    elif silent > 0:
        typer.echo(f"  {silent} of {screens} screens said nothing of their sound")
    taken, asked = last["outputs_taken"], last["outputs_asked"]
    typer.echo(f"{taken} of {asked} outputs took it" if asked else "no output is asked")


def _until_tried(watch: _Visit, alert: str, wait_s: float) -> tuple[dict[str, Any], int]:
    """The last test alarm once all have answered, or as it stands after `wait_s`; and how many screens are open."""
    began_s = monotonic_s()
    while True:
        _, health = watch.ask("/api/v1/health")
        last, screens = health["test_alarm"]["last"], health["stream"]["clients"]
        waited_s = monotonic_s() - began_s
        if last is not None and last["alert"] == alert:
            heard = len(last["sounds"]) >= screens or waited_s >= SCREEN_S
            if (heard and not any(one["state"] in PENDING for one in last["outputs"])) or waited_s >= wait_s:
                return last, screens
        elif waited_s >= wait_s + ANSWER_S:
            raise BadInput(watch.base, "the watch shows no health: it may have stopped")
        time.sleep(ASK_S)


def _base(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise BadInput(url, "not the address of a watch, such as http://127.0.0.1:8080")
    return f"{parts.scheme}://{parts.netloc}"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **more: Any) -> None:
        """A watch leads nowhere else."""
        del args, more


class _Visit:
    """One program's dealings with a watch: where people log in, under a session that is ended again."""

    def __init__(self, base: str, authority: Path | None) -> None:
        self.base = base
        try:
            tls = tls_context(TlsFiles(authority=authority), server=False)
        except OSError as error:
            raise BadInput(authority or "", f"no certificates: {error}", "--tls-authority") from None
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=tls),
            urllib.request.HTTPCookieProcessor(),
            _NoRedirect(),
        )
        self._headers = {"Content-Type": "application/json"}

    def log_in(self, login: Login) -> Any:
        """None once in, or where nobody was named; else what the watch says.

        Raises:
            BadInput: the password cannot be read.
        """
        if login.user is None:
            return None
        if login.password_file is None:
            raise BadInput("--password-file", "missing: --user needs it")
        try:
            password = read_secret(str(login.password_file))
        except ValueError as error:
            raise BadInput(login.password_file, str(error), "--password-file") from None
        status, said = self.ask("/api/v1/session", {"name": login.user, "password": password})
        if status != 200:
            return said
        self._headers["x-vedette-csrf"] = str(said["csrf"])
        return None

    def log_out(self) -> None:
        """End the session, if one was begun."""
        if "x-vedette-csrf" in self._headers:
            with contextlib.suppress(BadInput):
                self.ask("/api/v1/session", method="DELETE")

    def ask(self, path: str, body: dict[str, Any] | None = None, method: str | None = None) -> tuple[int, Any]:
        """Status and JSON of an answer; with a body it is a POST.

        Raises:
            BadInput: nobody answers, or no watch.
        """
        octets = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, octets, self._headers, method=method)  # noqa: S310 - http(s)
        try:
            try:
                with self._opener.open(request, timeout=ANSWER_S) as answer:
                    return answer.status, None if answer.status == 204 else _watchs_own(self.base, json.load(answer))
            except urllib.error.HTTPError as refused:
                with refused:
                    return refused.code, json.load(refused)
        except (OSError, ValueError) as error:
            raise BadInput(self.base, f"no watch answers there: {getattr(error, 'reason', None) or error}") from None


def _watchs_own(base: str, said: Any) -> Any:
    if not isinstance(said, dict) or not said.keys() & {"origin", "csrf"}:
        raise BadInput(base, "no watch answers there")
    return said


def _message(said: Any) -> str:
    error = said.get("error") if isinstance(said, dict) else None
    return str(error.get("message")) if isinstance(error, dict) else "no reason given"
