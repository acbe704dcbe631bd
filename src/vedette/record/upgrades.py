"""Payloads of older schemas, made into what this version reads: one small pure function a step.

When a payload's fields change so that earlier ones no longer read (a field renamed, split, given another meaning), its
SCHEMA rises by one and the step from the old form stands here, for good. A field added with a default needs neither.
What is stored is never rewritten: digest and chain are those of the bytes as they were recorded.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from vedette.model import AnyPayload

Fields = dict[str, Any]
"""A payload's JSON object without its `kind`."""
Step = Callable[[Fields], Fields]
Steps = Mapping[tuple[str, int], Step]
"""(kind, schema) → what makes a payload of that schema one of the next."""

STEPS: Final[Steps] = {}
"""None so far: every kind is at its first schema."""

SCHEMAS: Final[dict[str, int]] = {str(each.__struct_config__.tag): each.SCHEMA for each in typing.get_args(AnyPayload)}
"""Kind → the schema that this version writes."""


def upgraded(body: bytes, schema: int, steps: Steps = STEPS, schemas: Mapping[str, int] = SCHEMAS) -> AnyPayload:
    """The payload of JSON that was recorded under `schema`.

    Raises:
        ValueError (msgspec.DecodeError among them): no such kind, a newer schema than this version's, or not its form.
    """
    fields: Fields = msgspec.json.decode(body, type=Fields)
    kind = str(fields.pop("kind", ""))
    newest = schemas.get(kind)
    if newest is None or schema > newest:
        raise ValueError(f"{kind or 'a payload without kind'} of schema {schema} is not known to this version")
    for each in range(schema, newest):
        fields = steps[kind, each](fields)
    payload: AnyPayload = msgspec.convert({"kind": kind, **fields}, AnyPayload)
    return payload
