"""SapientMessage ↔ bytes and JSON, by sapient-proto's generated classes.

A zero is a value: the standard's optional fields have presence, so what was not sent is not in the message. JSON is
protobuf's own mapping; both spellings of a field's name are taken (nodeId, node_id).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, Literal

import msgspec
from google.protobuf import json_format
from google.protobuf.message import DecodeError
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from vedette.model import Rejected
from vedette.wire.json_text import parse_json
from vedette.wire.sapient.framing import MAX_BYTES, FrameReader, looks_framed

Kind = Literal[
    "registration",
    "registration_ack",
    "status_report",
    "detection_report",
    "task",
    "task_ack",
    "alert",
    "alert_ack",
    "error",
]
_MOST_JSON_DEPTH: Final = 60
_KEPT_BYTES: Final = 64


def decode_message(payload: bytes, offset: int | None = None) -> SapientMessage | Rejected:
    """The message of a frame. Rejected: `bad_message` (not protobuf), `no_content` (of no kind that we know)."""
    try:
        message: SapientMessage = SapientMessage.FromString(payload)
    except DecodeError:
        return Rejected(reason="bad_message", raw=payload[:_KEPT_BYTES], offset=offset)
    if message.WhichOneof("content") is None:
        return Rejected(reason="no_content", raw=payload[:_KEPT_BYTES], offset=offset)
    return message


def decode_json(line: bytes, offset: int | None = None) -> SapientMessage | Rejected:
    """The message of one JSON object. Rejected: `oversized`, `bad_json`, `bad_message`, `no_content`."""
    raw = line[:_KEPT_BYTES]
    if len(line) > MAX_BYTES:
        return Rejected(reason="oversized", raw=raw, offset=offset)
    value = parse_json(line)
    if not isinstance(value, dict):
        return Rejected(reason="bad_json", raw=raw, offset=offset)
    message = SapientMessage()
    try:
        json_format.ParseDict(value, message, ignore_unknown_fields=False, max_recursion_depth=_MOST_JSON_DEPTH)
    except (json_format.Error, ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        return Rejected(reason="bad_message", raw=raw, offset=offset)
    if message.WhichOneof("content") is None:
        return Rejected(reason="no_content", raw=raw, offset=offset)
    return message


class Received(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A message as it came; `offset`: of its frame or line in the source."""

    message: SapientMessage
    offset: int | None = None


def read_messages(octets: bytes) -> Iterator[Received | Rejected]:
    """All messages of a file: frames, or JSON with one message a line. An end that was cut short is `truncated`."""
    if octets.lstrip()[:1] == b"{":
        yield from _json_messages(octets)
        return
    reader = FrameReader()
    for frame in reader.feed(octets):
        yield (
            frame
            if isinstance(frame, Rejected)
            else _received(decode_message(frame.payload, frame.offset), frame.offset)
        )
    yield from reader.close()


def _json_messages(octets: bytes) -> Iterator[Received | Rejected]:
    at, lines = 0, octets.split(b"\n")
    for number, line in enumerate(lines, start=1):
        if line.strip():
            found = _received(decode_json(line, at), at)
            cut = number == len(lines) and isinstance(found, Rejected) and found.reason == "bad_json"
            yield Rejected(reason="truncated", raw=line[:_KEPT_BYTES], offset=at) if cut else found
        at += len(line) + 1


def _received(message: SapientMessage | Rejected, offset: int) -> Received | Rejected:
    return message if isinstance(message, Rejected) else Received(message=message, offset=offset)


def looks_like_sapient(octets: bytes) -> bool:
    """Whether a file begins with a SAPIENT message, framed or as a line of JSON."""
    if looks_framed(octets):
        (length,) = struct.unpack_from("<I", octets)
        whole = octets[4 : 4 + length]
        return len(whole) < length or isinstance(decode_message(whole), SapientMessage)
    line = octets.lstrip().split(b"\n", 1)[0]
    return line[:1] == b"{" and isinstance(decode_json(line), SapientMessage)


def kind_of(message: SapientMessage) -> Kind:
    """Which of the nine kinds it is.

    Raises:
        ValueError: it has no content.
    """
    kind: Kind | None = message.WhichOneof("content")
    if kind is None:
        raise ValueError("a message without content")
    return kind


def sent_s(message: SapientMessage) -> float | None:
    """The message's own time, UTC seconds; None where it has none, or one outside the years 1 to 9999."""
    stamp = message.timestamp
    seconds: int = stamp.seconds
    nanos: int = stamp.nanos
    if not (-62_135_596_800 <= seconds <= 253_402_300_799 and 0 <= nanos < 1_000_000_000):
        return None
    if seconds == nanos == 0 and not message.HasField("timestamp"):
        return None
    return seconds + nanos * 1e-9
