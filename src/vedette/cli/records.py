"""`vedette log` and `vedette verify`: the record as it lies there."""

from __future__ import annotations

from pathlib import Path

import msgspec
import typer

from vedette.clock import parse_time
from vedette.errors import BadInput
from vedette.record import log_lines, verify

_TEXT_WIDTH = 100


def run_log(folder: Path, kind: str | None, since: str | None, *, as_json: bool) -> None:
    """Print the events, oldest first: JSON lines, or a line each for reading.

    Raises:
        BadInput: a time that is none. RecordError: no record.
    """
    since_s = None if since is None else _time(folder, since)
    for line in log_lines(folder, kind, since_s):
        typer.echo(line if as_json else _short(line))


def _time(folder: Path, text: str) -> float:
    try:
        return parse_time(text)
    except ValueError as error:
        raise BadInput(folder, str(error), "--since", text) from None


def _short(line: str) -> str:
    event = msgspec.json.decode(line)
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
)


def _words(payload: dict[str, object]) -> str:
    return ", ".join(_text(payload[name]) for name in _TOLD if payload.get(name))


def _text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def run_verify(folder: Path, checkpoint: str | None) -> int:
    """0 and `intact, N events`, or 1 and the first broken event.

    Raises:
        RecordError, BadInput: no record, or a checkpoint that is none.
    """
    given: str | Path | None = checkpoint
    if checkpoint is not None and Path(checkpoint).is_file():
        given = Path(checkpoint)
    verdict = verify(folder, given)
    if verdict.intact:
        typer.echo(f"intact, {verdict.events} events")
        return 0
    at = "" if verdict.first_broken is None else f" at event {verdict.first_broken}"
    typer.echo(f"broken{at}: {verdict.why}")
    return 1
