"""A person's words to a partner, in each format that has a place for them, and in none other."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest

from tests.outputs.scene import NOW_S, output, released, site_of
from tests.outputs.test_outbox import Scripted, Told
from vedette.model import Origin, Parcel, ReleasedNotice
from vedette.outputs.kinds import KINDS
from vedette.outputs.seam import Context, Refused
from vedette.wire.cap import CapAlert
from vedette.wire.cap_reading import decode_cap
from vedette.wire.cot import CotEvent, CotReader

WORDS = ReleasedNotice(notice="test-N-0001", text="Drones inbound. Hold <all> movements & wait.", at_s=NOW_S)
NOTICES = released(fields=(), what='["notices"]')


def parcels(folder: Path, kind: str, url: str, more: str = "", origin: Origin = Origin.LIVE) -> list[Parcel]:
    site = site_of(folder, NOTICES + output(kind, url, more))
    context = Context(site=site, output=site.outputs[0], origin=origin, now_s=lambda: NOW_S)
    return list(KINDS[kind].encoder(context).words(WORDS))


def test_as_a_document_at_a_broker(tmp_path: Path) -> None:
    (parcel,) = parcels(tmp_path, "mqtt", "mqtt://127.0.0.1:1883/x")
    assert (parcel.kind, parcel.about, parcel.topic, parcel.urgent, parcel.keep) == (
        "notice", "test-N-0001", "notices/test-N-0001", True, False,
    )  # fmt: skip
    told = json.loads(parcel.octets)
    assert told == {
        "kind": "notice", "site": "test", "origin": "live", "notice": "test-N-0001",
        "time_utc": "2023-11-14T22:13:20.000Z", "text": WORDS.text,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("origin", "status"),
    [(Origin.LIVE, "Actual"), (Origin.REPLAY, "Test"), (Origin.EXERCISE, "Exercise")],
)
def test_as_cap_that_claims_nothing_of_urgency(tmp_path: Path, origin: Origin, status: str) -> None:
    (tmp_path / "folder").mkdir()
    (parcel,) = parcels(tmp_path, "cap", f"file:{tmp_path}/folder", 'sender = "a@test.example"', origin)
    message = decode_cap(parcel.octets)
    assert isinstance(message, CapAlert)
    assert (message.status, message.message_type, message.scope) == (status, "Alert", "Private")
    (info,) = message.infos
    assert (info.urgency, info.severity, info.certainty, info.event) == ("Unknown", "Unknown", "Unknown", "Notice")
    assert info.description == WORDS.text


@pytest.mark.parametrize(("origin", "head"), [(Origin.LIVE, ""), (Origin.EXERCISE, "EXERCISE ")])
def test_as_a_chat_on_a_tak_server(tmp_path: Path, origin: Origin, head: str) -> None:
    (parcel,) = parcels(tmp_path, "cot", "tcp://127.0.0.1:8087", origin=origin)
    (event,) = CotReader().feed(parcel.octets)
    assert isinstance(event, CotEvent)
    assert event.type == "b-t-f"
    text = parcel.octets.decode()
    assert f"{head}Drones inbound. Hold &lt;all&gt; movements &amp; wait.</remarks>" in text
    assert re.search(r'<__chat [^>]*chatroom="All Chat Rooms"[^>]*senderCallsign="Test Field"', text)


def test_who_has_no_notices_gets_none(tmp_path: Path) -> None:
    async def test() -> None:
        line = Scripted(lambda parcel: None)
        told = Told(tmp_path, line)  # its rule has tracks and alerts
        assert told.outbox.tell("out", WORDS) == "the outputs are not open"
        async with asyncio.timeout(10.0), told.outbox.open():
            assert told.outbox.tell("out", WORDS) == "its rule releases no notices"
            assert told.outbox.tell("moon", WORDS) == "the outputs are not open"
        assert line.sent == []

    asyncio.run(test())


@pytest.mark.parametrize("refuses", [False, True])
def test_the_record_is_told_what_became_of_it(tmp_path: Path, refuses: bool) -> None:
    async def test() -> None:
        def script(parcel: Parcel) -> None:
            if refuses and parcel.kind == "notice":
                raise Refused("403")

        line = Scripted(script)
        told = Told(tmp_path, line, what='["notices"]')
        async with asyncio.timeout(10.0), told.outbox.open():
            assert told.outbox.tell("out", WORDS) is None
            await told.until(lambda: bool(told.noted))
        (word,) = told.noted
        assert (word.what, word.about, word.outcome) == (
            "notice", ("test-N-0001",), "refused: 403" if refuses else "sent",
        )  # fmt: skip
        assert word.sha256 is not None

    asyncio.run(test())
