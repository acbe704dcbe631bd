"""Cursor on Target events, as TAK servers and clients send them: XML or TAK's protocol version 1 ↔ structs.

event   version, uid, type, how, time, start, stale (UTC, ISO 8601); MITRE's base schema 2.0
point   lat, lon degrees WGS 84; hae metres over the ellipsoid; ce, le: one sigma of a circular error about the place
        and of the height, metres; 9999999: not known (999999 in some clients)
detail  contact callsign; track course (° from true north), speed (m/s).  The rest is passed over
type    a-AFFILIATION-DIMENSION-…: f friend, n neutral, u unknown, h hostile …; A air. Anything not a-… is no position
        (b-t-f chat, t-x-… control)

stream      events one behind another, each ended by </event>; or bf, length varint, protobuf
datagram    one event; or bf 01 bf, protobuf (TakMessage, read by takproto, an extra)
protobuf    cotEvent: type uid how, sendTime startTime staleTime in milliseconds since 1970, lat lon hae ce le,
            detail.contact.callsign, detail.track.speed course

XML is read without a document type: one that declares it is refused (`dtd`), so nothing expands and nothing is fetched.
Rejected: `bad_xml`, `dtd`, `not_cot`, `missing_value`, `bad_number`, `bad_position`, `bad_time`, `garbage` (between
events), `too_long` (over 64 KiB without an end), `bad_protobuf`, `no_takproto`, `truncated`.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

import msgspec

from vedette.clock import iso_utc, parse_time
from vedette.model import Rejected
from vedette.wire.cot_detail import element, printable

MAX_EVENT_BYTES: Final = 65_536
UNKNOWN: Final = 999_999.0
_MAX_DEPTH: Final = 32
_END: Final = b"</event>"
_MAGIC: Final = 0xBF
_MESH: Final = b"\xbf\x01\xbf"
_SPACE: Final = b" \t\r\n\0"
_LATEST_S: Final = 7_258_118_400.0
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml[^>]*\?>)?[ \t\r\n\0]*")
"""What may stand before an event."""


class CotEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event. None is unknown. sigma_*: the event's ce and le. `offset`: where it began."""

    uid: str
    type: str
    time_s: float
    stale_s: float
    latitude_deg: float
    longitude_deg: float
    start_s: float | None = None
    how: str | None = None
    altitude_ellipsoid_m: float | None = None
    sigma_position_m: float | None = None
    sigma_altitude_m: float | None = None
    callsign: str | None = None
    course_true_deg: float | None = None
    speed_mps: float | None = None
    offset: int = 0

    @property
    def is_position(self) -> bool:
        """Whether it says where something is."""
        return self.type.startswith("a-")


class _Bad(Exception):
    """Why an event is refused."""


class CotReader:
    """Takes a stream in pieces of any size and gives its events. Finds its way back after garbage."""

    def __init__(self) -> None:
        self._held = b""
        self._offset = 0

    def feed(self, octets: bytes) -> Iterator[CotEvent | Rejected]:
        """The events that `octets` completes; an unfinished one is held, up to 64 KiB."""
        held, self._held = self._held + octets, b""
        at = 0
        while True:
            while at < len(held) and held[at] in _SPACE:
                at += 1
            cut = _cut(held, at)
            if cut is None:
                break
            yield from _read(held[at:cut], self._offset + at)
            at = cut
        if len(held) - at > MAX_EVENT_BYTES:
            yield Rejected(reason="too_long", offset=self._offset + at)
            at = len(held)
        self._held = held[at:]
        self._offset += at

    def close(self) -> Iterator[Rejected]:
        """What the stream's end leaves unfinished."""
        if self._held:
            yield Rejected(reason="truncated", offset=self._offset)
        self._held = b""


def read_cot(octets: bytes) -> Iterator[CotEvent | Rejected]:
    """The events of one datagram, or of one message of a broker."""
    if octets.startswith(_MESH):
        yield _from_protobuf(octets[len(_MESH) :], 0)
        return
    reader = CotReader()
    yield from reader.feed(octets)
    yield from reader.close()


def looks_like_cot(octets: bytes) -> bool:
    """Whether a file begins with an event."""
    head = octets[:4096].lstrip(b"\xef\xbb\xbf" + _SPACE)
    return head.startswith((b"<?xml", b"<event")) and b"<event" in head


def _cut(held: bytes, at: int) -> int | None:
    """Where what begins at `at` ends; None: more is needed."""
    if at >= len(held):
        return None
    if held[at] == _MAGIC:
        head = _varint(held, at + 1)
        if head is None:
            return None
        length, begins = head
        if length > MAX_EVENT_BYTES:
            return at + 1
        return begins + length if begins + length <= len(held) else None
    end = held.find(_END, at)
    magic = held.find(bytes([_MAGIC]), at)
    if magic >= 0 and (end < 0 or magic < end) and b"<" not in held[at:magic]:
        return magic
    return None if end < 0 else end + len(_END)


def _varint(octets: bytes, at: int) -> tuple[int, int] | None:
    """Value and where it ends; None: unfinished. Five bytes at most: longer ones are too long anyway."""
    value = 0
    for count in range(5):
        if at + count >= len(octets):
            return None
        value |= (octets[at + count] & 0x7F) << 7 * count
        if not octets[at + count] & 0x80:
            return value, at + count + 1
    return MAX_EVENT_BYTES + 1, at + 5


def _read(piece: bytes, offset: int) -> Iterator[CotEvent | Rejected]:
    if piece[0] == _MAGIC:
        head = _varint(piece, 1)
        whole = head is not None and head[1] + head[0] == len(piece)
        yield _from_protobuf(piece[head[1] :], offset) if head and whole else Rejected(reason="garbage", offset=offset)
        return
    begins = piece.rfind(b"<event")
    before = piece[:begins] if begins >= 0 else piece
    if b"<!" in before:
        yield Rejected(reason="dtd", offset=offset)
        return
    if _PROLOG.fullmatch(before) is None:
        yield Rejected(reason="garbage", offset=offset)
    if begins >= 0:
        yield parse_event(piece[begins:], offset + begins)


def parse_event(octets: bytes, offset: int = 0) -> CotEvent | Rejected:
    """One XML event, without what stood before it."""
    if len(octets) > MAX_EVENT_BYTES:
        return Rejected(reason="too_long", offset=offset)
    try:
        elements = _elements(octets)
        if "event" not in elements:
            raise _Bad("not_cot")
        return _from_elements(elements, offset)
    except _Bad as bad:
        return Rejected(reason=str(bad), offset=offset)


_WANTED: Final = {
    ("event",): "event",
    ("event", "point"): "point",
    ("event", "detail", "contact"): "contact",
    ("event", "detail", "track"): "track",
}


def _elements(octets: bytes) -> dict[str, dict[str, str]]:
    """The attributes of the elements that are read, by name."""
    path: list[str] = []
    found: dict[str, dict[str, str]] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        path.append(name)
        if len(path) > _MAX_DEPTH:
            raise _Bad("bad_xml")
        wanted = _WANTED.get(tuple(path))
        if wanted is not None:
            found.setdefault(wanted, attributes)

    def refuse(*_: object) -> None:
        raise _Bad("dtd")

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: path.pop()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(octets, True)
    except (expat.ExpatError, ValueError):
        raise _Bad("bad_xml") from None
    return found


def _from_elements(elements: Mapping[str, Mapping[str, str]], offset: int) -> CotEvent:
    event, point = elements["event"], elements.get("point", {})
    track = elements.get("track", {})
    return _event(
        {
            "uid": event.get("uid"),
            "type": event.get("type"),
            "how": event.get("how"),
            "callsign": elements.get("contact", {}).get("callsign"),
        },
        {name: _time(event.get(name)) for name in ("time", "start", "stale")},
        {name: _number(point.get(name)) for name in ("lat", "lon", "hae", "ce", "le")},
        {name: _number(track.get(name), optional=True) for name in ("course", "speed")},
        offset,
    )


def _event(
    texts: Mapping[str, str | None],
    times: Mapping[str, float | None],
    point: Mapping[str, float | None],
    track: Mapping[str, float | None],
    offset: int,
) -> CotEvent:
    uid, kind, time_s, stale_s = texts["uid"], texts["type"], times["time"], times["stale"]
    latitude, longitude = point["lat"], point["lon"]
    if not uid or not kind or time_s is None or stale_s is None or latitude is None or longitude is None:
        raise _Bad("missing_value")
    if not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0):
        raise _Bad("bad_position")
    course, speed = track["course"], track["speed"]
    return CotEvent(
        uid=printable(uid) or "?",
        type=printable(kind) or "?",
        how=printable(texts["how"]),
        time_s=time_s,
        start_s=times["start"],
        stale_s=stale_s,
        latitude_deg=latitude,
        longitude_deg=longitude,
        altitude_ellipsoid_m=_known(point["hae"]),
        sigma_position_m=_positive(point["ce"]),
        sigma_altitude_m=_positive(point["le"]),
        callsign=printable(texts["callsign"]),
        course_true_deg=course % 360.0 if course is not None and 0.0 <= course <= 360.0 else None,
        speed_mps=speed if speed is not None and 0.0 <= speed < 2000.0 else None,
        offset=offset,
    )


def _known(metres: float | None) -> float | None:
    return metres if metres is not None and -UNKNOWN < metres < UNKNOWN else None


def _positive(metres: float | None) -> float | None:
    known = _known(metres)
    return known if known is not None and known > 0.0 else None


def _number(text: str | None, *, optional: bool = False) -> float | None:
    """A finite number; None where nothing stands, or (optional) where it is none."""
    if text is None or text == "":
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if math.isfinite(number):
        return number
    if optional:
        return None
    raise _Bad("bad_number")


def _time(text: str | None) -> float | None:
    if not text:
        return None
    try:
        time_s = parse_time(text)
    except (ValueError, OverflowError):
        raise _Bad("bad_time") from None
    if not 0.0 <= time_s < _LATEST_S:
        raise _Bad("bad_time")
    return time_s


@functools.cache
def _takproto() -> Any:
    return importlib.import_module("takproto.proto") if importlib.util.find_spec("takproto") else None


def _from_protobuf(payload: bytes, offset: int) -> CotEvent | Rejected:
    library = _takproto()
    if library is None:
        return Rejected(reason="no_takproto", offset=offset)
    decode_error = importlib.import_module("google.protobuf.message").DecodeError
    try:
        message = library.TakMessage.FromString(payload)
    except decode_error:
        return Rejected(reason="bad_protobuf", offset=offset)
    try:
        return _from_message(message.cotEvent, offset)
    except _Bad as bad:
        return Rejected(reason=str(bad), offset=offset)


def _from_message(event: Any, offset: int) -> CotEvent:
    detail = event.detail
    track = detail.track if detail.HasField("track") else None
    times = {"time": event.sendTime, "start": event.startTime, "stale": event.staleTime}
    numbers = {name: getattr(event, name) for name in ("lat", "lon", "hae", "ce", "le")}
    if not all(map(math.isfinite, numbers.values())):
        raise _Bad("bad_number")
    if max(times.values()) >= _LATEST_S * 1000.0:
        raise _Bad("bad_time")
    return _event(
        {"uid": event.uid, "type": event.type, "how": event.how, "callsign": detail.contact.callsign},
        {name: millis / 1000.0 if millis else None for name, millis in times.items()},
        numbers,
        {"course": track.course if track else None, "speed": track.speed if track else None},
        offset,
    )


def encode_event(event: CotEvent, *details: str, opex: str | None = None) -> bytes:
    """The XML of an event; unknown numbers as 9999999.

    details: further elements (vedette.wire.cot_detail). opex: what it is no real operation of: e-NAME, an exercise;
    s-NAME, a simulation.
    """
    times = {"time": event.time_s, "start": event.start_s or event.time_s, "stale": event.stale_s}
    stamps = "".join(f' {name}="{iso_utc(at_s)}"' for name, at_s in times.items())
    point = {
        "lat": event.latitude_deg,
        "lon": event.longitude_deg,
        "hae": event.altitude_ellipsoid_m,
        "ce": event.sigma_position_m,
        "le": event.sigma_altitude_m,
    }
    place = "".join(f' {name}="{9999999.0 if value is None else value!r}"' for name, value in point.items())
    detail = "" if event.callsign is None else element("contact", callsign=event.callsign)
    if event.course_true_deg is not None and event.speed_mps is not None:
        detail += element("track", course=event.course_true_deg, speed=event.speed_mps)
    detail += "".join(details)
    head = f"uid={quoteattr(event.uid)} type={quoteattr(event.type)} how={quoteattr(event.how or 'm-g')}"
    head += "" if opex is None else f" opex={quoteattr(opex)}"
    return f'<event version="2.0" {head}{stamps}><point{place}/><detail>{detail}</detail></event>'.encode()
