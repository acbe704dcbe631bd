"""No bytes make a conversation raise, whatever came before; and what it sends is always on the list."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.feeds.sapient_peers import site_text
from tests.wire import sapient_messages as sm
from vedette.feeds.sapient.dialogue import Conversation, NodeConversation, PeerConversation
from vedette.feeds.sapient.room import Room
from vedette.site import site_from_text
from vedette.wire.sapient.framing import encode_frame
from vedette.wire.sapient.outgoing import SENT_KINDS, Outgoing

GOOD = [
    *(make().SerializeToString() for make in sm.EVERY.values()),
    sm.bearing().SerializeToString(),
    sm.goodbye().SerializeToString(),
]


def mutated(data: st.DataObject) -> bytes:
    octets = bytearray(data.draw(st.sampled_from(GOOD)))
    for at, value in data.draw(st.lists(st.tuples(st.integers(0, len(octets) - 1), st.integers(0, 255)), max_size=4)):
        octets[at] = value
    return encode_frame(bytes(octets))


@pytest.mark.parametrize("kind", [NodeConversation, PeerConversation])
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_bytes_raise(kind: type[Conversation], data: st.DataObject) -> None:
    site = site_from_text(site_text("tcp://127.0.0.1:5020"), None)
    room = Room(site, site.feeds[0])
    talk = kind(room)
    stream = encode_frame(sm.registration().SerializeToString()) if data.draw(st.booleans()) else b""
    stream += b"".join(mutated(data) for _ in range(data.draw(st.integers(1, 6))))
    stream += data.draw(st.binary(max_size=40))
    cut = data.draw(st.integers(0, len(stream)))
    for number, piece in enumerate((stream[:cut], stream[cut:])):
        for step in talk.take(piece, sm.NOW_S + number):
            if isinstance(step, Outgoing):
                assert step.kind in SENT_KINDS
        list(room.tick(sm.NOW_S + number + 0.5))
    list(talk.closed("the end"))
    list(room.tick(sm.NOW_S + 10.0))
    assert all(entry.holder is None for entry in room.entries.values())
