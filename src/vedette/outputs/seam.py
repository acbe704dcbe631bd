"""What a kind of output is made of: an encoder and a way to open a line. docs/decisions/0006-outputs.md has the idea.

To add one: an encoder over a codec in vedette.wire, a row in vedette.outputs.kinds, a row in vedette.site.outputs.LINES
for its urls, and a row in tests/outputs/test_contract.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec

from vedette.model import Origin, Package, Parcel, Rejected, ReleasedNotice, ReleasedTrack
from vedette.site import Output, Site


class Refused(Exception):
    """The partner does not take a message, and will not if it is sent again; `why` in a few words for people."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Later(ConnectionError):
    """The partner takes nothing now; `after_s`: for how long it asks to be left alone, 0 where it does not say."""

    def __init__(self, why: str, after_s: float) -> None:
        self.after_s = after_s
        super().__init__(why)


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What an encoder may know beside the packages. It is told nothing of the site that the rule does not release.

    now_s: wall time, UTC; for formats whose readers throw away what is not fresh, and for nothing else.
    parts_of: by sensor the SAPIENT node and object that its last part in a track came from, as far as feeds can tell.
    """

    site: Site
    output: Output
    origin: Origin
    now_s: Callable[[], float]
    parts_of: Callable[[ReleasedTrack], Mapping[str, tuple[str, str]]] = lambda track: {}


class Encoder:
    """Packages → messages of one format. Pure but for what it remembers; belongs to one output.

    `parcels` is called with every package in order, about once a second, even if nothing in it has changed; whether its
    parcels reach the partner it does not hear. Base class of the encoders: all but `parcels` may be left as it is.

    notice: one line on what the partner said, for people; part of the output's health.
    """

    notice = ""

    def parcels(self, package: Package) -> Iterator[Parcel]:
        """The messages that a package makes."""
        raise NotImplementedError

    def words(self, notice: ReleasedNotice) -> Iterator[Parcel]:
        """A person's words to the partner; none: the format has no place for them."""
        del notice
        yield from ()

    def greet(self, at_s: float) -> Iterator[Parcel]:
        """What every new line begins with, before anything that waits."""
        del at_s
        yield from ()

    def hear(self, octets: bytes, at_s: float) -> Iterator[Parcel | Rejected]:
        """What a partner's words lead to. They are anybody's bytes: what makes no sense is a Rejected."""
        del octets, at_s
        yield from ()

    def new_line(self) -> None:
        """The line is a new one: what was half heard is void."""

    def will(self) -> Parcel | None:
        """What is said last when we go in order, and in our stead when we are cut off, where a line can leave that."""
        return None


class Line(Protocol):
    """An open line to one partner. `stands`: it is a connection, and on each new one what stands is told again."""

    @property
    def stands(self) -> bool:
        """See the class."""
        ...

    async def send(self, parcel: Parcel) -> None:
        """Send one message; return when it has left us.

        Raises:
            OSError, TimeoutError: the line is gone; the message is sent again on the next, unless a newer one waits.
            Refused: see there.
        """
        ...

    async def ended(self) -> None:
        """Return never, but raise when the line is gone.

        Raises:
            OSError, TimeoutError: how it ended, in words for people. Exception: what the opener's `heard` raised.
        """
        ...


class Opener(Protocol):
    """Opens the line of an output, and closes it when the block ends.

    heard: to be called with what the partner says, in pieces as they come. will: see `Encoder.will`.

    Raises (on entering):
        OSError, TimeoutError, ValueError: it cannot be opened, in words for people.
    """

    def __call__(
        self, output: Output, heard: Callable[[bytes], None], will: Parcel | None
    ) -> AbstractAsyncContextManager[Line]:
        """See the class."""
        ...


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of output. keep_s: an alert that has waited longer is not sent any more; None: it is, however late."""

    encoder: Callable[[Context], Encoder]
    opener: Opener
    keep_s: float | None = None


class Ties:
    """What outputs have of the site's feeds; the root sets it once these are there. Belongs to the loop.

    line_of: an output's opener where a feed's own connection leads to the same partner: one node, one connection.
    parts_of: see Context.
    """

    def __init__(self) -> None:
        self.line_of: Callable[[Output], Opener | None] = lambda output: None
        self.parts_of: Callable[[ReleasedTrack], Mapping[str, tuple[str, str]]] = lambda track: {}
