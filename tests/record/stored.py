"""The stored record of the first schemas, one event of each kind that there was, and how it was made.

python -m tests.record.stored FILE      FILE is never made again under the same name: it holds what older code wrote
"""

from __future__ import annotations

import enum
import lzma
import sys
import tempfile
import types
import typing
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.record.ledger import begin, draft
from vedette.model import AnyPayload
from vedette.record import Batch

FIRST: Final = Path(__file__).parent / "data" / "first-schema.sqlite.xz"
_SAMPLES: Final = {str: "Şefîn", float: -1.0 / 3.0, int: 7, bool: True, Any: "Şefîn"}


def filled(kind: Any) -> Any:
    """A value of a payload's field, or a whole payload, in which nothing is left at its default."""
    parts = typing.get_args(kind)
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        return filled(parts[0])
    if origin is typing.Literal:
        return parts[0]
    if origin is tuple:
        return tuple(filled(part) for part in parts if part is not Ellipsis)
    if origin is dict:
        return {filled(parts[0]): filled(parts[1])}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return next(iter(kind))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind(**{field.name: filled(field.type) for field in msgspec.structs.fields(kind)})
    return _SAMPLES[kind]


def store(path: Path) -> None:
    """Write such a record of today's schemas."""
    with tempfile.TemporaryDirectory() as folder:
        with begin(Path(folder)) as record:
            drafts = tuple(draft(filled(kind), float(at)) for at, kind in enumerate(typing.get_args(AnyPayload)))
            record.writer.put(Batch(drafts=drafts))
        path.write_bytes(lzma.compress((Path(folder) / "record.sqlite").read_bytes(), preset=9))


if __name__ == "__main__":
    store(Path(sys.argv[1]))
