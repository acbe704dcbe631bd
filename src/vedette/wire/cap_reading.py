"""Reading CAP 1.2: XML → vedette.wire.cap's structs; the form, and why a message is refused, stand there."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from lxml import etree

from vedette.model import Rejected
from vedette.wire.cap import MAX_BYTES, CapAlert, CapArea, CapCircle, CapInfo, CapReference, Place, cap_fault, cap_tag

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
_WORD: Final = re.compile(r'"([^"]*)"|(\S+)')


class _Bad(Exception):
    """Why a message is refused."""


def decode_cap(octets: bytes) -> CapAlert | Rejected:
    """The message of XML octets."""
    if len(octets) > MAX_BYTES:
        return Rejected(reason="too_long", raw=octets[:256])
    try:
        return _alert(_root(octets))
    except _Bad as bad:
        return Rejected(reason=str(bad), raw=octets[:256])


def _root(octets: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(octets, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise _Bad("bad_xml") from None
    if root is None:
        raise _Bad("bad_xml")
    if root.getroottree().docinfo.doctype:
        raise _Bad("dtd")
    if root.tag != cap_tag("alert"):
        raise _Bad("not_cap")
    return root


def _alert(root: Any) -> CapAlert:
    alert = CapAlert(
        identifier=_need(root, "identifier"),
        sender=_need(root, "sender"),
        sent_s=_time(_need(root, "sent")),
        status=_need(root, "status"),
        message_type=_need(root, "msgType"),
        scope=_need(root, "scope"),
        restriction=_text(root, "restriction"),
        addresses=_words(_text(root, "addresses")),
        note=_text(root, "note"),
        references=tuple(map(_reference, (_text(root, "references") or "").split())),
        incidents=_words(_text(root, "incidents")),
        infos=tuple(_info(node) for node in root.iterchildren(cap_tag("info"))),
    )
    why = cap_fault(alert)
    if why is not None:
        raise _Bad(why.partition(":")[0])
    return alert


def _info(node: Any) -> CapInfo:
    return CapInfo(
        language=_text(node, "language"),
        categories=tuple(_texts(node, "category")),
        event=_need(node, "event"),
        responses=tuple(_texts(node, "responseType")),
        urgency=_need(node, "urgency"),
        severity=_need(node, "severity"),
        certainty=_need(node, "certainty"),
        effective_s=_maybe_time(node, "effective"),
        onset_s=_maybe_time(node, "onset"),
        expires_s=_maybe_time(node, "expires"),
        sender_name=_text(node, "senderName"),
        headline=_text(node, "headline"),
        description=_text(node, "description"),
        instruction=_text(node, "instruction"),
        parameters=tuple(
            (_need(one, "valueName"), _text(one, "value") or "") for one in node.iterchildren(cap_tag("parameter"))
        ),
        areas=tuple(_area(one) for one in node.iterchildren(cap_tag("area"))),
    )


def _area(node: Any) -> CapArea:
    return CapArea(
        description=_need(node, "areaDesc"),
        polygons=tuple(tuple(map(_place, text.split())) for text in _texts(node, "polygon")),
        circles=tuple(map(_circle, _texts(node, "circle"))),
    )


def _circle(text: str) -> CapCircle:
    place, *radius = text.split()
    if len(radius) != 1:
        raise _Bad("bad_number")
    return CapCircle(*_place(place), _number(radius[0]) * 1e3)


def _place(text: str) -> Place:
    parts = text.split(",")
    if len(parts) != 2:
        raise _Bad("bad_number")
    return _number(parts[0]), _number(parts[1])


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _Bad("bad_number")
    return value


def _reference(text: str) -> CapReference:
    parts = text.split(",")
    if len(parts) != 3:
        raise _Bad("bad_value")
    return CapReference(parts[0], parts[1], _time(parts[2]))


def _time(text: str) -> float:
    if _TIME.fullmatch(text) is None:
        raise _Bad("bad_time")
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        raise _Bad("bad_time") from None


def _maybe_time(node: Any, name: str) -> float | None:
    text = _text(node, name)
    return None if text is None else _time(text)


def _texts(node: Any, name: str) -> Iterator[str]:
    for one in node.iterchildren(cap_tag(name)):
        text = (one.text or "").strip()
        if len(one) or not text:
            raise _Bad("missing_value")
        yield text


def _text(node: Any, name: str) -> str | None:
    """The text of a child, None where there is none or it is empty."""
    one = node.find(cap_tag(name))
    if one is not None and len(one):
        raise _Bad("bad_value")
    return None if one is None else ((one.text or "").strip() or None)


def _need(node: Any, name: str) -> str:
    text = _text(node, name)
    if text is None:
        raise _Bad("missing_value")
    return text


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(quoted if quoted is not None else plain for quoted, plain in _pairs(text or ""))


def _pairs(text: str) -> Iterator[tuple[str | None, str]]:
    for found in _WORD.finditer(text):
        yield found[1], found[2]
