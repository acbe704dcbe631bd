"""`vedette log` and `vedette verify`: the record as it lies there, or a part of it."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import msgspec
import typer

from vedette.clock import parse_time
from vedette.errors import BadInput
from vedette.record import is_excerpt, log_lines, shown, verify, verify_excerpt

_TEXT_WIDTH = 100


def run_log(folder: Path, kind: str | None, since: str | None, about: str | None = None, *, as_json: bool) -> None:
    """Print the events, oldest first: JSON lines, or a line each for reading; without what operators are known by.

    Raises:
        BadInput: a time that is none. RecordError: no record.
    """
    since_s = None if since is None else _time(folder, since)
    for line in log_lines(folder, kind, since_s):
        if about is None or _names(line, about):
            event = shown(line)
            typer.echo(msgspec.json.encode(event).decode() if as_json else _short(event))


def _names(line: str, about: str) -> bool:
    """Whether an event's payload has the id as one of its values."""
    payload = msgspec.json.decode(line)["payload"] if f'"{about}"' in line else None
    return payload is not None and any(
        value == about or (isinstance(value, list) and about in value) for value in payload.values()
    )


def _time(folder: Path, text: str) -> float:
    try:
        return parse_time(text)
    except ValueError as error:
        raise BadInput(folder, str(error), "--since", text) from None


def _short(event: dict[str, Any]) -> str:
    payload = event["payload"]
    words = "(thinned)" if payload is None else _words(payload)
    return f"{event['seq']:>7} {event['received_utc']} {event['kind']:<20} {words}"[:_TEXT_WIDTH].rstrip()


_TOLD = (
    "alert",
    "incident",
    "track",
    "feed",
    "state",
    "title",
    "identity",
    "effect",
    "by",
    "why",
    "reason",
    "software",
    "partner",
    "what",
    "about",
    "outcome",
    "screen",
    "sound",
    "sighting",
    "grade",
    "decision",
    "entry",
    "claim",
    "subject",
    "value",
    "attribution",
    "to",
    "media",
    "name",
    "holder",
    "statement",
    "move",
)


def _words(payload: dict[str, object]) -> str:
    return ", ".join(_text(payload[name]) for name in _TOLD if payload.get(name))


def _text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def run_verify(path: Path, checkpoint: str | None, signer: str | None = None) -> int:
    """0 and `intact, N events`, or 1 and the first broken event; who signed what goes to standard error.

    Raises:
        RecordError, BadInput: no record and no excerpt, or a checkpoint that is none.
    """
    given: str | Path | None = checkpoint
    with contextlib.suppress(OSError, ValueError):  # a text longer than a file's name may be
        if checkpoint is not None and Path(checkpoint).is_file():
            given = Path(checkpoint)
    verdict = verify_excerpt(path, given, signer) if is_excerpt(path) else verify(path, given, signer)
    typer.echo(str(verdict))
    for note in verdict.notes:
        typer.echo(note, err=True)
    return 0 if verdict.intact else 1
