"""A tracker as bytes, and back, bit for bit. MessagePack of plain values; arrays as type, shape and raw bytes."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from vedette.errors import VedetteError
from vedette.sensing.measurement import Measured
from vedette.sensing.projection import Detections
from vedette.site import Site
from vedette.tracking.rewind import Step
from vedette.tracking.state import State

MAGIC: Final = "vedette tracker"
VERSION: Final = 5
"""Raised whenever what a snapshot holds, or what a parameter of the filter means, changes."""


class BadSnapshot(VedetteError):
    """Bytes that are no snapshot of this tracker: of another kind, another version, or other sensors."""


def seal(site: Site, body: dict[str, Any]) -> bytes:
    """Encode a snapshot's body for a site."""
    return msgspec.msgpack.encode({"magic": MAGIC, "version": VERSION, "sensors": fingerprint(site), "body": body})


def unseal(site: Site, snapshot: bytes) -> dict[str, Any]:
    """The body of a snapshot.

    Raises:
        BadSnapshot: not a snapshot, of another version, or of a site with other sensors.
    """
    try:
        outer = msgspec.msgpack.decode(snapshot)
        magic, version, sensors, body = (outer[key] for key in ("magic", "version", "sensors", "body"))
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError):
        raise BadSnapshot("not a tracker snapshot") from None
    if magic != MAGIC or not isinstance(body, dict):
        raise BadSnapshot("not a tracker snapshot")
    if version != VERSION:
        raise BadSnapshot(f"tracker snapshot of version {version}, this is {VERSION}")
    if sensors != fingerprint(site):
        raise BadSnapshot("tracker snapshot of a site with other sensors")
    return body


def fingerprint(site: Site) -> str:
    """Digest of all that the tracker takes from a site: sensors, reference point, late window."""
    reference = (site.latitude_deg, site.longitude_deg, site.altitude_ellipsoid_m, site.late_s)
    return hashlib.sha256(repr((site.sensors, reference)).encode()).hexdigest()[:16]


def pack_step(step: Step) -> dict[str, Any]:
    """A step as plain values."""
    return {
        "key": list(step.key),
        "look": None if step.look is None else _pack_look(step.look),
        "before": None if step.before is None else step.before.pack(),
    }


def unpack_step(packed: dict[str, Any], sensors: int) -> Step:
    """What `pack_step` was given."""
    at, rank, sensor, look, digest = packed["key"]
    return Step(
        key=(at, rank, sensor, look, digest),
        look=None if packed["look"] is None else _unpack_look(packed["look"]),
        before=None if packed["before"] is None else State.unpack(packed["before"], sensors),
    )


def _pack_look(look: Measured) -> dict[str, Any]:
    plain = {name: getattr(look, name) for name in look.__struct_fields__ if name not in ("rows", "arc_rad")}
    return plain | {"arc_rad": _pack(look.arc_rad), "rows": [_pack(array) for array in look.rows]}


def _unpack_look(packed: dict[str, Any]) -> Measured:
    arrays: list[Any] = [_unpack(array) for array in packed["rows"]]
    known = {
        "arc_rad": _unpack(packed["arc_rad"]), "rows": Detections(*arrays), "identity": tuple(packed["identity"])
    }  # fmt: skip
    return Measured(**packed | known)


def _pack(array: npt.NDArray[Any]) -> list[Any]:
    return [array.dtype.str, list(array.shape), array.tobytes()]


def _unpack(packed: list[Any]) -> npt.NDArray[Any]:
    return np.frombuffer(packed[2], dtype=packed[0]).reshape(packed[1]).copy()
