"""What outputs share with the feeds of a live watch: a SAPIENT connection, and whose detections a track is made of."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

from vedette.feeds.sapient.keeper import SapientKeeper
from vedette.feeds.supervisor import FeedSupervisor
from vedette.model import Parcel, ReleasedTrack, SensorAsked
from vedette.outputs.seam import Line, Opener, Ties
from vedette.site import Feed, Output, Site
from vedette.wire.sapient.outgoing import NotAllowed


class FeedTies(Ties):
    """The ties of one watch. `supervisor`: to be set once the feeds of a live one run; `site`: as it is now."""

    def __init__(self, site: Site, *, live: bool) -> None:
        super().__init__()
        self.supervisor: FeedSupervisor | None = None
        self.site = site
        self.parts_of = self._parts_of
        if live:  # in a replay no feed has a connection
            self.line_of = self._line_of

    def keepers(self) -> Iterator[tuple[str, SapientKeeper]]:
        """The SAPIENT feeds that are up, by id."""
        for feed in self.site.feeds if self.supervisor is not None else ():
            keeper = self.supervisor.keeper(feed.id) if self.supervisor is not None else None
            if isinstance(keeper, SapientKeeper):
                yield feed.id, keeper

    async def ask(self, asked: SensorAsked) -> None:
        """Send a sensor what a person asked of it.

        Raises:
            NotAllowed: its node is not here, is no sensor, takes no such task, or its line takes no more.
        """
        place = asked.latitude_deg, asked.longitude_deg, asked.altitude_ellipsoid_m
        for _, keeper in self.keepers():
            if asked.node in keeper.room.entries:
                us = keeper.room.us
                await keeper.ask(
                    asked.node,
                    asked.at_s,
                    lambda to, known, us=us: us.look_at(to, known, asked.at_s, place, asked.task),  # type: ignore[misc]
                )
                return
        raise NotAllowed(f"the node of {asked.sensor} is not here")

    def _line_of(self, output: Output) -> Opener | None:
        """Where a feed connects to the same url, its connection: one node, one connection."""
        feed = next((one for one in self.site.feeds if _leads_there(one, output)), None)
        if feed is None:
            return None
        name = feed.id

        @contextlib.asynccontextmanager
        async def shared(output: Output, heard: Callable[[bytes], None], will: Parcel | None) -> AsyncIterator[Line]:
            del output, will
            keeper = dict(self.keepers()).get(name)
            if keeper is None:
                raise ConnectionError(f"the feed {name}, whose connection it shares, is not up")
            async with keeper.share(heard) as line:
                yield line

        return shared

    def _parts_of(self, track: ReleasedTrack) -> dict[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        for _, keeper in self.keepers():
            found |= keeper.room.provenance.parts_of(track)
        return found


def _leads_there(feed: Feed, output: Output) -> bool:
    same = feed.url.rstrip("/") == output.url.rstrip("/")
    return output.kind == "sapient" and feed.source == "sapient" and not feed.listens and same
