"""What a person's action asks for, where a few words do not say it: one struct a verb, made by the console."""

from __future__ import annotations

import msgspec


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what an action carries. The clerk that owns the verb knows which one it is. Never stored: events are."""
