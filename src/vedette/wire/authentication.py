"""Remote ID's Authentication messages: pages of one transmitter, in any order → the whole they make.

Page 0 says which page is the last, how many octets of data there are in all pages, and when they were made; it holds 17
of them, each other page 23. What stands behind them (error correction) is left out. Whether the data prove anything is
not judged here: that needs keys Vedette does not have.
"""

from __future__ import annotations

from typing import Final

import msgspec

from vedette.wire.remote_id import Authentication

AUTH_TYPES: Final = ("none", "uas_id", "operator_id", "message_set", "network_remote_id", "specific")


class Authenticated(msgspec.Struct, frozen=True, kw_only=True):
    """A whole authentication. `kind`: one of AUTH_TYPES, else `reserved` or `private`. made_s: UTC seconds."""

    kind: str
    octets: bytes
    made_s: float | None


class AuthenticationPages:
    """Takes one transmitter's pages and gives the whole when its last page is there; a new page 0 begins anew."""

    def __init__(self) -> None:
        self._first: Authentication | None = None
        self._pages: dict[int, bytes] = {}

    def take(self, page: Authentication) -> Authenticated | None:
        """The whole that this page completes, else None."""
        if self._first is not None and page.auth_type != self._first.auth_type:
            self._first, self._pages = None, {}
        if page.page == 0:
            if self._first is not None and page != self._first:
                self._pages = {}
            self._first = page
        self._pages[page.page] = page.octets
        first = self._first
        if first is None or first.last_page is None or any(n not in self._pages for n in range(first.last_page + 1)):
            return None
        octets = b"".join(self._pages[number] for number in range(first.last_page + 1))
        return Authenticated(kind=_kind(first.auth_type), octets=octets[: first.length], made_s=first.made_s)


def _kind(auth_type: int) -> str:
    if auth_type < len(AUTH_TYPES):
        return AUTH_TYPES[auth_type]
    return "private" if auth_type >= 0xA else "reserved"
