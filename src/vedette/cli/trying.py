"""`vedette test-alarm`: ask a running watch for a test alarm, and say what each output and screen made of it."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any, Final
from urllib.parse import urlsplit

import typer

from vedette.clock import monotonic_s
from vedette.errors import BadInput

ASK_S: Final = 0.25
"""Between two looks at the watch's health."""
ANSWER_S: Final = 10.0
PENDING: Final = frozenset({"waiting"})
SCREEN_S: Final = 3.0
"""Screens that are open say within this what their sound did."""


def run_test_alarm(url: str, note: str, wait_s: float, *, as_json: bool) -> int:
    """0: every output that is asked took it. 1: one did not, or the watch refuses.

    Raises:
        BadInput: not the address of a watch, or none answers there.
    """
    base = _base(url)
    status, alert = _ask(base, "/api/v1/test-alarm", {"note": note})
    if status != 200:
        typer.echo(f"the watch refuses: {_message(alert)}", err=True)
        return 1
    last, screens = _until_tried(base, alert["alert"], wait_s)
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


def _until_tried(base: str, alert: str, wait_s: float) -> tuple[dict[str, Any], int]:
    """The last test alarm once all have answered, or as it stands after `wait_s`; and how many screens are open."""
    began_s = monotonic_s()
    while True:
        _, health = _ask(base, "/api/v1/health")
        last, screens = health["test_alarm"]["last"], health["stream"]["clients"]
        waited_s = monotonic_s() - began_s
        if last is not None and last["alert"] == alert:
            heard = len(last["sounds"]) >= screens or waited_s >= SCREEN_S
            if (heard and not any(one["state"] in PENDING for one in last["outputs"])) or waited_s >= wait_s:
                return last, screens
        elif waited_s >= wait_s + ANSWER_S:
            raise BadInput(base, "the watch shows no health: it may have stopped")
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


_OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())


def _ask(base: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    """Status and JSON of an answer; with a body it is a POST.

    Raises:
        BadInput: nobody answers, or no watch.
    """
    octets = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, octets, {"Content-Type": "application/json"})  # noqa: S310 - http(s)
    try:
        try:
            with _OPENER.open(request, timeout=ANSWER_S) as answer:
                return answer.status, _watchs_own(base, json.load(answer))
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)
    except (OSError, ValueError) as error:
        raise BadInput(base, f"no watch answers there: {getattr(error, 'reason', None) or error}") from None


def _watchs_own(base: str, said: Any) -> Any:
    if not isinstance(said, dict) or "origin" not in said:
        raise BadInput(base, "no watch answers there")
    return said


def _message(said: Any) -> str:
    error = said.get("error") if isinstance(said, dict) else None
    return str(error.get("message")) if isinstance(error, dict) else "no reason given"
