"""The Common Alerting Protocol 1.2 (OASIS, 1 July 2010): alert messages, XML ↔ structs.

alert   identifier sender sent status msgType [source] scope [restriction] [addresses] [code…] [note] [references]
        [incidents] [info…], in this order, namespace urn:oasis:names:tc:emergency:cap:1.2
info    [language] category… event [responseType…] urgency severity certainty [audience] [eventCode…] [effective]
        [onset] [expires] [senderName] [headline] [description] [instruction] [web] [contact] [parameter…]
        [resource…] [area…]
area    areaDesc [polygon…] [circle…] [geocode…] [altitude] [ceiling]

identifier, sender   no space, comma, < or &
times                whole seconds with an offset, never Z: UTC is -00:00
scope                Restricted goes with restriction, Private with addresses
references           sender,identifier,sent of earlier messages, blank between; Update and Cancel need them
addresses, incidents blank between; in double quotes where they hold a blank
polygon              latitude,longitude pairs, blank between, at least four, the last as the first; WGS 84
circle               latitude,longitude radius in km

What is written obeys these; what is read must too. Passed over when read: source, code, audience, eventCode, web,
contact, resource, geocode, altitude, ceiling, signatures. A document type is refused, so nothing expands.
Rejected: `too_long` (over 1 MiB), `bad_xml`, `dtd`, `not_cap`, `missing_value`, `bad_value`, `bad_name`, `bad_time`,
`bad_number`, `bad_polygon`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from lxml import etree

from vedette.model import Rejected

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
CONTENT_TYPE: Final = "application/cap+xml"
MAX_BYTES: Final = 1 << 20

STATUSES: Final = ("Actual", "Exercise", "System", "Test", "Draft")
MESSAGE_TYPES: Final = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES: Final = ("Public", "Restricted", "Private")
CATEGORIES: Final = (
    *("Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"),
)
RESPONSES: Final = ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None")
URGENCIES: Final = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES: Final = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES: Final = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")

Place = tuple[float, float]
"""Latitude and longitude, degrees."""

_NAME: Final = re.compile(r"[^\s,<&]+")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
_WORD: Final = re.compile(r'"([^"]*)"|(\S+)')
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for."""


class CapReference(msgspec.Struct, frozen=True):
    """An earlier message."""

    sender: str
    identifier: str
    sent_s: float


class CapCircle(msgspec.Struct, frozen=True):
    """A round area."""

    latitude_deg: float
    longitude_deg: float
    radius_m: float


class CapArea(msgspec.Struct, frozen=True, kw_only=True):
    """Where. polygons: closed rings, the last place as the first."""

    description: str
    polygons: tuple[tuple[Place, ...], ...] = ()
    circles: tuple[CapCircle, ...] = ()


class CapInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What, how urgent, severe and certain, when and where. Times in whole seconds UTC. parameters: (name, value)."""

    categories: tuple[str, ...]
    event: str
    urgency: str
    severity: str
    certainty: str
    language: str | None = None
    responses: tuple[str, ...] = ()
    effective_s: float | None = None
    onset_s: float | None = None
    expires_s: float | None = None
    sender_name: str | None = None
    headline: str | None = None
    description: str | None = None
    instruction: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    areas: tuple[CapArea, ...] = ()


class CapAlert(msgspec.Struct, frozen=True, kw_only=True):
    """One message. sent_s: whole seconds UTC."""

    identifier: str
    sender: str
    sent_s: float
    status: str
    message_type: str
    scope: str
    restriction: str | None = None
    addresses: tuple[str, ...] = ()
    note: str | None = None
    references: tuple[CapReference, ...] = ()
    incidents: tuple[str, ...] = ()
    infos: tuple[CapInfo, ...] = ()


def cap_time(at_s: float) -> str:
    """The standard's form of a time: whole seconds, cut, with the offset of UTC.

    Raises:
        ValueError, OverflowError: beyond the years 1 to 9999.
    """
    return datetime.fromtimestamp(math.floor(at_s), UTC).strftime("%4Y-%m-%dT%H:%M:%S-00:00")


def cap_name(text: str) -> str:
    """The text as an identifier or sender may be: what is not allowed becomes an underscore."""
    return re.sub(r"[\s,<&]", "_", _clean(text)) or "_"


def encode_cap(alert: CapAlert) -> bytes:
    """The message as XML, UTF-8. Characters that XML has no place for become U+FFFD.

    Raises:
        ValueError: something that the standard does not allow; which, it says.
    """
    why = _fault(alert)
    if why is not None:
        raise ValueError(why)
    root = etree.Element(_tag("alert"), nsmap={None: NAMESPACE})
    _put(root, "identifier", alert.identifier)
    _put(root, "sender", alert.sender)
    _put(root, "sent", cap_time(alert.sent_s))
    _put(root, "status", alert.status)
    _put(root, "msgType", alert.message_type)
    _put(root, "scope", alert.scope)
    _put(root, "restriction", alert.restriction)
    _put(root, "addresses", _quoted(alert.addresses))
    _put(root, "note", alert.note)
    _put(root, "references", " ".join(map(_reference_text, alert.references)) or None)
    _put(root, "incidents", _quoted(alert.incidents))
    for info in alert.infos:
        _put_info(etree.SubElement(root, _tag("info")), info)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _fault(alert: CapAlert) -> str | None:
    """What the standard does not allow of a message, None: nothing."""
    for name in (alert.identifier, alert.sender, *(x for r in alert.references for x in (r.sender, r.identifier))):
        if _NAME.fullmatch(name) is None or _FORBIDDEN.search(name):
            return f"bad_name: {name!r}"
    words = [(alert.status, STATUSES), (alert.message_type, MESSAGE_TYPES), (alert.scope, SCOPES)]
    for info in alert.infos:
        words += [(info.urgency, URGENCIES), (info.severity, SEVERITIES), (info.certainty, CERTAINTIES)]
        words += [(one, CATEGORIES) for one in info.categories] + [(one, RESPONSES) for one in info.responses]
        if not info.categories or not info.event:
            return "missing_value: category and event"
    for word, known in words:
        if word not in known:
            return f"bad_value: {word!r}"
    return _missing(alert) or next(filter(None, (_area_fault(a) for info in alert.infos for a in info.areas)), None)


def _missing(alert: CapAlert) -> str | None:
    """What does not go together."""
    if (alert.scope == "Restricted") != (alert.restriction is not None):
        return "missing_value: restriction goes with scope Restricted"
    if alert.scope == "Private" and not alert.addresses:
        return "missing_value: scope Private needs addresses"
    if alert.message_type in ("Update", "Cancel", "Ack", "Error") and not alert.references:
        return f"missing_value: {alert.message_type} needs references"
    return None


def _area_fault(area: CapArea) -> str | None:
    if not area.description:
        return "missing_value: areaDesc"
    for ring in area.polygons:
        if len(ring) < 4 or ring[0] != ring[-1]:
            return "bad_polygon: not closed"
    circles = [(one.latitude_deg, one.longitude_deg) for one in area.circles]
    for latitude, longitude in (*(place for ring in area.polygons for place in ring), *circles):
        if not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0):
            return f"bad_number: {latitude},{longitude}"
    if not all(0.0 <= one.radius_m < math.inf for one in area.circles):
        return "bad_number: radius"
    return None


def _put_info(node: Any, info: CapInfo) -> None:
    _put(node, "language", info.language)
    for category in info.categories:
        _put(node, "category", category)
    _put(node, "event", info.event)
    for response in info.responses:
        _put(node, "responseType", response)
    _put(node, "urgency", info.urgency)
    _put(node, "severity", info.severity)
    _put(node, "certainty", info.certainty)
    for name, at_s in (("effective", info.effective_s), ("onset", info.onset_s), ("expires", info.expires_s)):
        _put(node, name, None if at_s is None else cap_time(at_s))
    _put(node, "senderName", info.sender_name)
    _put(node, "headline", info.headline)
    _put(node, "description", info.description)
    _put(node, "instruction", info.instruction)
    for key, value in info.parameters:
        parameter = etree.SubElement(node, _tag("parameter"))
        _put(parameter, "valueName", key)
        _put(parameter, "value", value)
    for area in info.areas:
        _put_area(etree.SubElement(node, _tag("area")), area)


def _put_area(node: Any, area: CapArea) -> None:
    _put(node, "areaDesc", area.description)
    for ring in area.polygons:
        _put(node, "polygon", " ".join(f"{latitude:.6f},{longitude:.6f}" for latitude, longitude in ring))
    for circle in area.circles:
        _put(node, "circle", f"{circle.latitude_deg:.6f},{circle.longitude_deg:.6f} {circle.radius_m / 1e3:.3f}")


def _put(node: Any, name: str, text: str | None) -> None:
    if text is not None:
        etree.SubElement(node, _tag(name)).text = _clean(text)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)


def _quoted(words: Iterable[str]) -> str | None:
    """Blank between, in quotes where a word holds a blank; a quote inside a word becomes an apostrophe."""
    plain = (word.replace('"', "'") for word in words)
    return " ".join(f'"{word}"' if re.search(r"\s", word) or not word else word for word in plain) or None


def _reference_text(one: CapReference) -> str:
    return f"{one.sender},{one.identifier},{cap_time(one.sent_s)}"


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
    if root.tag != _tag("alert"):
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
        infos=tuple(_info(node) for node in root.iterchildren(_tag("info"))),
    )
    why = _fault(alert)
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
            (_need(one, "valueName"), _text(one, "value") or "") for one in node.iterchildren(_tag("parameter"))
        ),
        areas=tuple(_area(one) for one in node.iterchildren(_tag("area"))),
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
    for one in node.iterchildren(_tag(name)):
        text = (one.text or "").strip()
        if len(one) or not text:
            raise _Bad("missing_value")
        yield text


def _text(node: Any, name: str) -> str | None:
    """The text of a child, None where there is none or it is empty."""
    one = node.find(_tag(name))
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
