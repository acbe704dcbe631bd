"""A recording: what kind of file it is, and its units with their times. Reading is lazy in time, whole in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from vedette.errors import BadInput
from vedette.feeds.captured_units import READABLE, captured_units
from vedette.model import Rejected
from vedette.tables import KINDS as TABLES
from vedette.tables import Row
from vedette.wire.aircraft_json import Snapshot, decode_aircraft_json, looks_like_aircraft_json
from vedette.wire.aircraft_report import AircraftReport
from vedette.wire.asterix import decode_asterix, looks_like_asterix, seat_time_of_day
from vedette.wire.asterix_records import ALL_PRESENT, Editions, next_sound_block
from vedette.wire.avr import AvrReader
from vedette.wire.beast import COUNTER_HZ, BeastReader, ModeSFrame
from vedette.wire.capture import CaptureFrame, CaptureHead, is_vedette_capture, read_frames, read_head
from vedette.wire.cot import CotEvent, CotReader, looks_like_cot
from vedette.wire.dataflash import is_dated, looks_like_dataflash, read_dataflash
from vedette.wire.datagrams import Datagram, udp_datagram
from vedette.wire.mavlink import MISSING, available, looks_like_tlog, read_tlog
from vedette.wire.pcap import Packet, is_capture, read_capture
from vedette.wire.radio import RADIO_LINKS, Transmission, remote_id_transmission
from vedette.wire.rs1090_lines import decode_rs1090_line, looks_like_rs1090
from vedette.wire.sapient.codec import Received, looks_like_sapient, read_messages, sent_s
from vedette.wire.sbs import SbsNote, decode_sbs, looks_like_sbs
from vedette.wire.telemetry import Telemetry

FORMATS: Final = (
    *("asterix", "remote_id", "beast", "avr", "rs1090", "sbs", "aircraft_json"),
    *("mavlink", "dataflash", "cot", "sapient", "table"),
)
MODE_S: Final = ("beast", "avr", "rs1090")
AIRCRAFT: Final = ("sbs", "aircraft_json")
TELEMETRY: Final = ("mavlink", "dataflash")
_HEAD_BYTES: Final = 4096
_FRAMES_TRIED: Final = 16
_LONGEST_GAP_S: Final = 3600.0
"""A receiver's counter that jumps by more, or back, was restarted: time then stands still until it runs on."""

Unit = (
    Datagram
    | Transmission
    | ModeSFrame
    | AircraftReport
    | SbsNote
    | Snapshot
    | Telemetry
    | CotEvent
    | Received
    | Row
    | Rejected
)


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a known kind. `format`: one of FORMATS. `sha256`: of its bytes. `start_s`: given by the user, or None.

    `editions`: of its ASTERIX stations that send category 021 as it was before edition 2.1.
    `captured`: it is a network capture (pcap). `capture`: of our own captures the feed they are of, whose source is the
    format then, json and mqtt among them; VEDCAP1 knows the feed by its folder alone, its format may be "".
    `dated`: its units have times of their own; without it, and without start_s, they count from 1970.
    """

    path: Path
    name: str
    sha256: str
    format: str
    captured: bool
    dated: bool
    start_s: float | None = None
    editions: Editions = ALL_PRESENT
    capture: CaptureHead | None = None

    def units(self, start_s: float | None = None) -> Iterator[tuple[float | None, Unit]]:
        """(time, unit) in the file's order: datagrams, transmissions or frames; a table has none (see vedette.tables).

        The time is the capture's; without one, `start_s` (default: the recording's own) and what the receiver's counter
        or the radar's time of day says has passed since; None where neither is known.
        """
        octets = read_bytes(self.path)
        start_s = self.start_s if start_s is None else start_s
        if self.capture is not None:
            return captured_units(octets, msgspec.structs.replace(self.capture, source=self.format))
        if self.captured:
            return _captured(octets, self.format, start_s)
        if self.format == "asterix":
            return _blocks(octets, start_s, self.editions)
        if self.format == "dataflash":
            return read_dataflash(octets, start_s)
        if self.format in _TIMED:
            return _TIMED[self.format](octets)
        return _counted(_frames(octets, self.format), start_s)


def open_recording(
    path: Path | str, *, format: str | None = None, start_s: float | None = None, editions: Editions = ALL_PRESENT
) -> Recording:
    """Recognise a recording by its content (tables: by their ending).

    Raises:
        BadInput: missing, unreadable, empty, or of no known kind; an unknown `format`.
    """
    path = Path(path)
    if format is not None and format not in FORMATS:
        raise BadInput(path, f"must be one of {', '.join(FORMATS)}", "format", format)
    octets = read_bytes(path)
    if not octets:
        raise BadInput(path, "empty")
    if is_vedette_capture(octets):
        return msgspec.structs.replace(_open_capture(path, octets, format), editions=editions)
    found = format or _recognise(path, octets)
    if found is None:
        raise BadInput(path, "not a recording of a known kind (" + ", ".join(FORMATS) + ")")
    if found == "mavlink" and not available():
        raise BadInput(path, MISSING)
    captured = is_capture(octets[:12])
    return Recording(
        path=path,
        name=path.name,
        sha256=hashlib.sha256(octets).hexdigest(),
        format=found,
        captured=captured,
        dated=captured or found in ("table", *_TIMED) or (found == "dataflash" and is_dated(octets)),
        start_s=start_s,
        editions=editions,
    )


def _open_capture(path: Path, octets: bytes, format: str | None) -> Recording:
    name = path.parent.name
    head = read_head(octets) or CaptureHead(feed=name, sensor=name, source="", scheme="", listens=False)
    source = format or head.source or _recognise_old(octets)
    if source and source not in READABLE:
        raise BadInput(path, "no capture is of this format", "format", source)
    if source == "mavlink" and not available():
        raise BadInput(path, MISSING)
    return Recording(
        path=path,
        name=path.name,
        sha256=hashlib.sha256(octets).hexdigest(),
        format=source,
        captured=False,
        dated=True,
        capture=head,
    )


def _recognise_old(octets: bytes) -> str:
    """What VEDCAP1 holds: by all its octets, or a datagram; rows, which look like nothing else, where they are JSON.

    "" where that cannot be told: a replay has it from the site file.
    """
    heard = [one.moment.octets for one in read_frames(octets) if isinstance(one, CaptureFrame)]
    tried = (b"".join(heard), *heard[:_FRAMES_TRIED])
    found = next(filter(None, (_recognise(Path("capture.bin"), one) for one in tried)), None)
    return found or ("json" if tried[0].lstrip()[:1] in (b"{", b"[") else "")


def read_bytes(path: Path) -> bytes:
    """The whole file.

    Raises:
        BadInput: missing or unreadable.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput(path, "no such file") from None
    except OSError as error:
        raise BadInput(path, f"cannot be read: {error.strerror or error}") from None


_LOOKS: Final[tuple[tuple[str, Callable[[bytes], bool]], ...]] = (
    ("dataflash", looks_like_dataflash),
    ("mavlink", looks_like_tlog),
    ("cot", looks_like_cot),
    ("asterix", looks_like_asterix),
)
"""What is recognised by how it begins, the surest sign first."""


def _recognise(path: Path, octets: bytes) -> str | None:
    if is_capture(octets[:12]):
        return _recognise_capture(octets)
    for format, looks_like in _FIRST_LINES:
        if looks_like(octets):
            return format
    if path.suffix.lower() in TABLES:
        return "table"
    for format, looks_like in _LOOKS:
        if looks_like(octets):
            return format
    for format in ("beast", "avr"):
        units = list(_frames(octets[:_HEAD_BYTES], format))
        good = sum(isinstance(unit, ModeSFrame) for unit in units)
        if good > len(units) - good:
            return format
    return None


def _recognise_capture(octets: bytes) -> str | None:
    for packet in read_capture(octets):
        if isinstance(packet, Rejected):
            return None
        if packet.link_type in RADIO_LINKS:
            return "remote_id"
        datagram = udp_datagram(packet)
        if datagram is not None and looks_like_asterix(datagram.payload):
            return "asterix"
    return None


_FIRST_LINES: Final[tuple[tuple[str, Callable[[bytes], bool]], ...]] = (
    ("sapient", looks_like_sapient),
    ("rs1090", looks_like_rs1090),
    ("sbs", looks_like_sbs),
    ("aircraft_json", looks_like_aircraft_json),
)
"""What is recognised by its first line, whatever its name."""


def _captured(octets: bytes, format: str, start_s: float | None) -> Iterator[tuple[float | None, Unit]]:
    take: Callable[[Packet], Unit | None] = udp_datagram if format == "asterix" else remote_id_transmission
    for packet in read_capture(octets):
        if isinstance(packet, Rejected):
            yield None, packet
            continue
        unit = take(packet)
        if unit is not None:
            yield (start_s if packet.at_s is None else packet.at_s), unit


def _events(octets: bytes) -> Iterator[tuple[float | None, CotEvent | Rejected]]:
    """Events with the times they give themselves: a recorded stream keeps none of reception."""
    reader = CotReader()
    for found in (*reader.feed(octets), *reader.close()):
        yield (found.time_s if isinstance(found, CotEvent) else None), found


def _blocks(octets: bytes, start_s: float | None, editions: Editions) -> Iterator[tuple[float | None, Unit]]:
    """Raw ASTERIX: one unit a data block, its time that of its latest record."""
    at, now_s = 0, start_s
    while at < len(octets):
        length = int.from_bytes(octets[at + 1 : at + 3], "big")
        if length < 3 or at + length > len(octets):  # damaged; or the file is cut short here, and nothing sound follows
            sound = next_sound_block(octets, at + 1, editions)
            if sound is not None:
                yield now_s, Rejected(reason="bad_block", raw=octets[at:sound], offset=at)
                at = sound
                continue
            length = len(octets) - at
        block = octets[at : at + length]
        if now_s is not None:
            now_s = _latest_s(block, now_s, editions)
        yield now_s, Datagram(port=0, at_s=now_s, payload=block, offset=at)
        at += length


def _latest_s(block: bytes, now_s: float, editions: Editions) -> float:
    times = [getattr(message, "time_of_day_s", None) for message in decode_asterix(block, 0, editions)]
    seated = [seat_time_of_day(time, now_s) for time in times if time is not None]
    return max(now_s, *seated) if seated else now_s


def _frames(octets: bytes, format: str) -> Iterator[ModeSFrame | Rejected]:
    reader = BeastReader() if format == "beast" else AvrReader()
    yield from reader.feed(octets)
    yield from reader.close()


def _counted(
    frames: Iterator[ModeSFrame | Rejected], start_s: float | None
) -> Iterator[tuple[float | None, ModeSFrame | Rejected]]:
    """Frames with the time their receiver's 12 MHz counter gives, from `start_s` at the first that has one."""
    now_s, before = start_s, None
    for frame in frames:
        if isinstance(frame, ModeSFrame) and frame.ticks is not None:
            passed_s = 0.0 if before is None else (frame.ticks - before) / COUNTER_HZ
            if now_s is not None and 0.0 < passed_s <= _LONGEST_GAP_S:
                now_s += passed_s
            before = frame.ticks
        yield now_s, frame


def _sapient(octets: bytes) -> Iterator[tuple[float | None, Received | Rejected]]:
    for unit in read_messages(octets):
        yield (None if isinstance(unit, Rejected) else sent_s(unit.message)), unit


Timed = Iterator[tuple[float | None, Unit]]


def _rs1090(octets: bytes) -> Timed:
    for line, offset, cut in _lines(octets):
        at_s, frame = decode_rs1090_line(line, offset)
        yield at_s, _truncated(frame, cut=cut)


def _sbs(octets: bytes) -> Timed:
    for line, offset, cut in _lines(octets):
        report = decode_sbs(line, offset)
        yield getattr(report, "at_s", None), _truncated(report, cut=cut)


def _aircraft_json(octets: bytes) -> Timed:
    """One object, or one a line."""
    whole = decode_aircraft_json(octets)
    if isinstance(whole, Snapshot):
        yield whole.now_s, whole
        return
    for line, offset, cut in _lines(octets):
        found = decode_aircraft_json(line, offset)
        yield getattr(found, "now_s", None), _truncated(found, cut=cut)


def _lines(octets: bytes) -> Iterator[tuple[bytes, int, bool]]:
    """(line, offset, whether the file ends in it) of what is not blank."""
    at, lines = 0, octets.split(b"\n")
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield line.strip(), at, number == len(lines)
        at += len(line) + 1


def _truncated(unit: Unit, *, cut: bool) -> Unit:
    """A bad last line without its end was cut short."""
    if isinstance(unit, Rejected) and cut:
        return msgspec.structs.replace(unit, reason="truncated")
    return unit


_TIMED: Final[Mapping[str, Callable[[bytes], Timed]]] = {
    "rs1090": _rs1090,
    "sbs": _sbs,
    "aircraft_json": _aircraft_json,
    "mavlink": read_tlog,
    "cot": _events,
    "sapient": _sapient,
}
"""Whose units bear the time themselves."""
