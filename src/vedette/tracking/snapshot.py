"""A tracker as bytes, and back, bit for bit. MessagePack of plain values; arrays as type, shape and raw bytes."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from vedette.errors import VedetteError
from vedette.sensing.arrangement import blank_detections
from vedette.sensing.measurement import Measured
from vedette.sensing.projection import Detections
from vedette.site import Sensor, Site
from vedette.tracking.rewind import Step
from vedette.tracking.state import State

MAGIC: Final = "vedette tracker"
VERSION: Final = 7
"""Raised whenever what a snapshot holds, or what a parameter of the filter means, changes."""


class BadSnapshot(VedetteError):
    """Bytes that are no snapshot of this tracker: of another kind, another version, or another reference point."""


def seal(site: Site, body: dict[str, Any]) -> bytes:
    """Encode a snapshot's body for a site."""
    outer = {"magic": MAGIC, "version": VERSION, "reference": _reference(site), "sensors": site.sensors, "body": body}
    return msgspec.msgpack.encode(outer)


def unseal(site: Site, snapshot: bytes) -> tuple[tuple[Sensor, ...], dict[str, Any]]:
    """The sensors a snapshot was made under, and its body.

    Raises:
        BadSnapshot: not a snapshot, of another version, or of a site with another reference point.
    """
    try:
        outer = msgspec.msgpack.decode(snapshot)
        magic, version, body = (outer[key] for key in ("magic", "version", "body"))
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError):
        raise BadSnapshot("not a tracker snapshot") from None
    if magic != MAGIC or not isinstance(body, dict):
        raise BadSnapshot("not a tracker snapshot")
    if version != VERSION:
        raise BadSnapshot(f"tracker snapshot of version {version}, this is {VERSION}")
    if outer.get("reference") != list(_reference(site)):
        raise BadSnapshot("tracker snapshot of a site with another reference point")
    try:
        return msgspec.convert(outer.get("sensors"), tuple[Sensor, ...]), body
    except msgspec.ValidationError as error:
        raise BadSnapshot(f"tracker snapshot is damaged: {error}") from None


def _reference(site: Site) -> tuple[float, float, float]:
    """Where the frame of all positions in a snapshot stands."""
    return site.latitude_deg, site.longitude_deg, site.altitude_ellipsoid_m


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
    rows, arc_rad = Detections(*arrays), _unpack(packed["arc_rad"])
    for given, wanted in zip((*rows, arc_rad), (*blank_detections(len(rows.kind)), np.empty(2)), strict=True):
        if given.dtype != wanted.dtype or given.shape != wanted.shape:  # kernels do not look
            raise ValueError("look")
    return Measured(**packed | {"arc_rad": arc_rad, "rows": rows, "identity": tuple(packed["identity"])})


def _pack(array: npt.NDArray[Any]) -> list[Any]:
    return [array.dtype.str, list(array.shape), array.tobytes()]


def _unpack(packed: list[Any]) -> npt.NDArray[Any]:
    return np.frombuffer(packed[2], dtype=packed[0]).reshape(packed[1]).copy()
