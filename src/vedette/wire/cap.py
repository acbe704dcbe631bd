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
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from lxml import etree

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
    why = cap_fault(alert)
    if why is not None:
        raise ValueError(why)
    root = etree.Element(cap_tag("alert"), nsmap={None: NAMESPACE})
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
        _put_info(etree.SubElement(root, cap_tag("info")), info)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def cap_fault(alert: CapAlert) -> str | None:
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
        parameter = etree.SubElement(node, cap_tag("parameter"))
        _put(parameter, "valueName", key)
        _put(parameter, "value", value)
    for area in info.areas:
        _put_area(etree.SubElement(node, cap_tag("area")), area)


def _put_area(node: Any, area: CapArea) -> None:
    _put(node, "areaDesc", area.description)
    for ring in area.polygons:
        _put(node, "polygon", " ".join(f"{latitude:.6f},{longitude:.6f}" for latitude, longitude in ring))
    for circle in area.circles:
        _put(node, "circle", f"{circle.latitude_deg:.6f},{circle.longitude_deg:.6f} {circle.radius_m / 1e3:.3f}")


def _put(node: Any, name: str, text: str | None) -> None:
    if text is not None:
        etree.SubElement(node, cap_tag(name)).text = _clean(text)


def cap_tag(name: str) -> str:
    """The element's name with its namespace."""
    return f"{{{NAMESPACE}}}{name}"


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)


def _quoted(words: Iterable[str]) -> str | None:
    """Blank between, in quotes where a word holds a blank; a quote inside a word becomes an apostrophe."""
    plain = (word.replace('"', "'") for word in words)
    return " ".join(f'"{word}"' if re.search(r"\s", word) or not word else word for word in plain) or None


def _reference_text(one: CapReference) -> str:
    return f"{one.sender},{one.identifier},{cap_time(one.sent_s)}"
