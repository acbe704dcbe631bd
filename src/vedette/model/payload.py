"""What every event's payload is."""

from __future__ import annotations

from typing import ClassVar

from vedette.model.messages import Message


class Payload(Message, frozen=True, kw_only=True):
    """Base of the payloads. SCHEMA is the version of the payload's fields; `kind` names it in the record."""

    SCHEMA: ClassVar[int] = 1
