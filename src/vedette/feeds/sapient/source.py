"""Recorded SAPIENT messages of any nodes → looks and health, in the order of the recording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vedette.feeds.arrival import FeedBody
from vedette.feeds.recording import Unit
from vedette.feeds.sapient.looks import Seat
from vedette.feeds.sapient.node import Node
from vedette.model import Rejected
from vedette.site import Site
from vedette.wire.sapient.codec import Received, kind_of
from vedette.wire.sapient.provenance import Provenance

NODES_MOST: Final = 1024
_FROM_US: Final = frozenset({"registration_ack", "alert_ack", "task"})
"""What fusion nodes and middlewares send to nodes: in a recording of both sides, nobody's detection or health."""


class SapientSource:
    """Messages of a recording. `messages`: decoded so far.

    Args:
        named: the sensors that the site file gives nodes, by node_id. rest: who stands for all other nodes, or None.
        near: latitude and longitude of the site.
    """

    def __init__(self, named: Mapping[str, Seat], rest: Seat | None, near: tuple[float, float]) -> None:
        self.messages = 0
        self._named, self._rest, self._near = named, rest, near
        self._nodes: dict[str, Node] = {}
        self._provenance = Provenance()

    def take(self, unit: Unit, received_s: float) -> Iterator[FeedBody]:
        """What one message adds."""
        for node in self._nodes.values():
            yield from node.tick(received_s)
        if isinstance(unit, Rejected):
            yield unit
        if not isinstance(unit, Received):
            return
        self.messages += 1
        if kind_of(unit.message) in _FROM_US:
            return
        sender = self._node(unit.message.node_id.lower())
        if sender is None:
            yield Rejected(reason="unknown_node", offset=unit.offset)
        else:
            yield from sender.hear(unit.message, received_s)

    def close(self) -> Iterator[FeedBody]:
        """The looks still held."""
        for node in self._nodes.values():
            yield from node.flush()

    def _node(self, key: str) -> Node | None:
        seat = self._named.get(key, self._rest)
        if seat is None or (key not in self._nodes and len(self._nodes) >= NODES_MOST):
            return None
        return self._nodes.setdefault(key, Node(key, seat, self._near, self._provenance))


def sapient_source(site: Site, sensor: str | None) -> SapientSource:
    """A recording's source: all of it is `sensor`'s, or the site's node_ids and its SAPIENT feed say whose it is."""
    near, hosts = (site.latitude_deg, site.longitude_deg), site.image_hosts
    if sensor is not None:
        return SapientSource({}, Seat(site.sensor(sensor), own=True, image_hosts=hosts), near)
    named = {one.node_id: Seat(one, own=True, image_hosts=hosts) for one in site.sensors if one.node_id is not None}
    mains = [site.sensor(feed.sensor) for feed in site.feeds if feed.source == "sapient"]
    rest = next((Seat(one, own=False, image_hosts=hosts) for one in mains if one.node_id is None), None)
    return SapientSource(named, rest, near)
