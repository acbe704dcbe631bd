"""The report's formats, by name. Only those that work are listed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from vedette.report.case import Case
from vedette.report.courageous import render_courageous
from vedette.report.geojson import render_geojson
from vedette.report.page import render_html
from vedette.report.pdf import render_pdf


def render(format_name: str, case: Case) -> bytes:
    """One paper as bytes; texts are UTF-8.

    Raises:
        KeyError: no such format; FORMATS lists them.
    """
    return _RENDER[format_name](case)


def _json(case: Case) -> bytes:
    head = [line for line in (case.proof.head, case.proof.checkpoint) if line]
    whole = case.document | {"sensors": list(case.sensors)} | ({"record_head": head} if head else {})
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


def _statement(case: Case) -> bytes:
    newest = case.proof.checkpoint or case.proof.head
    text = case.statement.text()
    return (text if newest is None else f"{text}\nRecord head: {newest}\n").encode()


_RENDER: Final[dict[str, Callable[[Case], bytes]]] = {
    "html": lambda case: render_html(case).encode(),
    "pdf": render_pdf,
    "json": _json,
    "geojson": render_geojson,
    "courageous": render_courageous,
    "statement": _statement,
}

FORMATS: Final = tuple(_RENDER)
"""Names that `render` takes."""

DRAWN: Final = frozenset(_RENDER) - {"statement", "courageous"}
"""Formats that say where tracks flew, as known after the fact."""
