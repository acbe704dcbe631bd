"""The report's formats, by name. Only those that work are listed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from vedette.model import Event, TrackPoint
from vedette.report.page import render_html
from vedette.report.statement import Statement
from vedette.site import Site

Render = Callable[[dict[str, Any], Site, Sequence[TrackPoint], Sequence[Event], Statement, str | None], bytes]


def render(
    format_name: str,
    document: dict[str, Any],
    site: Site,
    track_points: Sequence[TrackPoint],
    events: Sequence[Event],
    statement: Statement,
    head: str | None,
) -> bytes:
    """One paper as bytes, UTF-8. Arguments as for `render_html`.

    Raises:
        KeyError: no such format; FORMATS lists them.
    """
    return _RENDER[format_name](document, site, track_points, events, statement, head)


def _json(
    document: dict[str, Any],
    site: Site,
    track_points: Sequence[TrackPoint],
    events: Sequence[Event],
    statement: Statement,
    head: str | None,
) -> bytes:
    whole = document | ({"record_head": head.splitlines()} if head else {})
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


def _html(
    document: dict[str, Any],
    site: Site,
    track_points: Sequence[TrackPoint],
    events: Sequence[Event],
    statement: Statement,
    head: str | None,
) -> bytes:
    return render_html(document, site, track_points, events, statement, head).encode()


def _statement(
    document: dict[str, Any],
    site: Site,
    track_points: Sequence[TrackPoint],
    events: Sequence[Event],
    statement: Statement,
    head: str | None,
) -> bytes:
    lines = "".join(f"Record head: {line}\n" for line in (head or "").splitlines()[-1:])
    return (statement.text().rstrip("\n") + "\n\n" * bool(lines) + lines).encode()


_RENDER: Final[dict[str, Render]] = {"html": _html, "json": _json, "statement": _statement}

FORMATS: Final = tuple(_RENDER)
"""Names that `render` takes."""
