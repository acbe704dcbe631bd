"""Events' payloads as canonical JSON, and the journal's inputs as MessagePack that comes back bit for bit.

Payload: msgspec's JSON in `deterministic` order (fields as declared, keys of mappings sorted, floats as the shortest
decimal that reads back the same). Array: MessagePack [shape, little-endian float64 bytes], so that NaN and −0.0 stay.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np

from vedette.model import AnyPayload, Sequenced
from vedette.record.upgrades import SCHEMAS, upgraded

_PAYLOAD: Final = msgspec.json.Decoder(AnyPayload)


def encode_payload(payload: AnyPayload) -> bytes:
    """Canonical JSON of a payload, UTF-8.

    Raises:
        ValueError: it would not read back the same (a value that is not finite, a wrong type).
    """
    body = msgspec.json.encode(payload, order="deterministic")
    try:
        same = _PAYLOAD.decode(body) == payload
    except msgspec.ValidationError as error:
        raise ValueError(f"{kind_of(payload)} cannot be recorded: {error}") from None
    if not same:
        raise ValueError(f"{kind_of(payload)} cannot be recorded: it reads back as something else")
    return body


def decode_payload(body: bytes, kind: str, schema: int) -> AnyPayload:
    """The payload of its JSON, of the kind and schema that its event names; older schemas are read as today's.

    Raises:
        ValueError (msgspec.DecodeError among them): none that this version knows, or of another kind.
    """
    payload: AnyPayload = _PAYLOAD.decode(body) if SCHEMAS.get(kind) == schema else upgraded(body, schema)
    if kind_of(payload) != kind:
        raise ValueError(f"its payload is a {kind_of(payload)}, its event a {kind}")
    return payload


def kind_of(payload: AnyPayload) -> str:
    """The `kind` under which a payload is recorded."""
    return str(payload.__struct_config__.tag)


def _enc_hook(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return [list(value.shape), value.astype("<f8", copy=False).tobytes()]
    raise NotImplementedError(f"{type(value).__name__} has no place in the journal")


def _dec_hook(kind: type, value: Any) -> Any:
    del kind  # arrays are the only type of the model that msgspec does not know
    shape, raw = value
    return np.frombuffer(raw, dtype="<f8").reshape(shape).astype(np.float64)


_INPUT_ENCODER: Final = msgspec.msgpack.Encoder(enc_hook=_enc_hook)
_INPUT_DECODER: Final = msgspec.msgpack.Decoder(Sequenced, dec_hook=_dec_hook)


def encode_input(message: Sequenced) -> bytes:
    """One journal entry."""
    return _INPUT_ENCODER.encode(message)


def decode_input(blob: bytes) -> Sequenced:
    """The message of its journal entry; msgspec.DecodeError if the bytes are none."""
    return _INPUT_DECODER.decode(blob)


def encode_snapshot(seq: int, body: bytes) -> bytes:
    """A watch's snapshot with the last event before it: its books are the fold up to and with that event."""
    return msgspec.msgpack.encode((seq, body))


def decode_snapshot(blob: bytes) -> tuple[int | None, bytes]:
    """(last event before it, the watch's bytes); None where an earlier version wrote it without."""
    try:
        return msgspec.msgpack.decode(blob, type=tuple[int, bytes])
    except msgspec.DecodeError:
        return None, blob
