"""What stands inside an event's <detail>, as ATAK reads it (its own source, com.atakmap.android.cot.detail and others).

contact     callsign: the label on the map
track       course (° from true north), speed (m/s); an arrow above 3 mph
remarks     text for people
link        uid, type, relation: another event that this one is about. p-p: that one made it
shape       ellipse major, minor (whole axes, m), angle (° from north), drawn about the marker and gone with it
__bread_crumbs  enabled: draw a trail of where it is told to be
emergency   type and text, of b-a-… events: a banner and a sound; cancel="true", of b-a-o-can: no longer
__chat      of b-t-f events: chatroom, senderCallsign, messageId; chatgrp names who is in it
__forcedelete   of t-x-d-d: take the linked item off the map, instead of letting it go stale

Text may come from anybody's transmitter: what is not printable is left out, and what is long is cut.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

EVERYBODY = "All Chat Rooms"
"""The room that every TAK client has."""
MAX_TEXT = 200
MAX_REMARKS = 2000


def printable(text: str | None, longest: int = MAX_TEXT) -> str | None:
    """A text for people: printable, not long, or None where nothing is left."""
    clean = "".join(letter for letter in text or "" if letter.isprintable()).strip()[:longest]
    return clean or None


def element(name: str, text: str = "", **attributes: str | float | None) -> str:
    """One element; attributes that are None are left out, numbers are written whole."""
    pairs = "".join(
        f" {key}={quoteattr(repr(value) if isinstance(value, float) else printable(value) or '')}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{pairs}>{text}</{name}>" if text else f"<{name}{pairs}/>"


def remarks(text: str, **attributes: str) -> str:
    """The remarks; newlines become spaces, as TAK clients show them in one paragraph. attributes: of a chat's."""
    return element("remarks", escape(printable(" ".join(text.split()), MAX_REMARKS) or ""), **attributes)


def chat(uid: str, callsign: str, message: str) -> str:
    """A chat message to everybody, from `callsign` of this uid; its words stand in the remarks."""
    group = element("chatgrp", uid0=uid, uid1=EVERYBODY, id=EVERYBODY)
    return element(
        "__chat",
        group,
        parent="RootContactGroup",
        groupOwner="false",
        messageId=message,
        chatroom=EVERYBODY,
        id=EVERYBODY,
        senderCallsign=callsign,
    )


def ellipse(half_major_m: float, half_minor_m: float, azimuth_true_deg: float) -> str:
    """An ellipse about the event's place, from half axes."""
    whole = element("ellipse", major=2.0 * half_major_m, minor=2.0 * half_minor_m, angle=azimuth_true_deg)
    return element("shape", whole)


def emergency(type: str, text: str) -> str:
    """An alert: `type` is the banner's first line."""
    return element("emergency", escape(printable(text) or ""), type=type)


def cancelled(text: str) -> str:
    """An alert that is no longer."""
    return element("emergency", escape(printable(text) or ""), cancel="true")
