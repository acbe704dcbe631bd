"""A folder as a partner."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from tests.outputs.scene import NOW_S, alert, moment, output, released, site_of
from vedette.model import Dispatched, FeedState, Origin, Parcel
from vedette.outputs import Outbox
from vedette.outputs.folder import file_name, write_whole
from vedette.outputs.outbox import Terms
from vedette.wire.cap import CapAlert
from vedette.wire.cap_reading import decode_cap


class Jitter(random.Random):
    """Draws that a test can wait for: one comes when a line is to be tried again."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.drawn = asyncio.Event()

    def random(self) -> float:
        self.drawn.set()
        return super().random()


def test_each_alert_is_a_file_there_whole_and_the_folder_may_come_later(tmp_path: Path) -> None:
    async def play() -> None:
        folder, noted, told, jitter = tmp_path / "cap out", [], asyncio.Event(), Jitter(1)

        def note(word: Dispatched) -> None:
            noted.append(word)
            told.set()

        url = f"file:{tmp_path}/cap%20out"
        site = site_of(tmp_path, released() + output("cap", url, 'sender = "watch@test.example"'))
        terms = Terms(
            site=site, origin=Origin.LIVE, note=note, now_s=lambda: NOW_S, rng=jitter, back_off_s=(0.01, 0.02)
        )
        outbox = Outbox(terms)
        async with outbox.open(), asyncio.timeout(10.0):
            outbox.hand(moment(NOW_S + 1.0, alerts=(alert(),)))
            await jitter.drawn.wait()
            assert outbox.health()[0].state is FeedState.DOWN
            assert "no folder" in outbox.health()[0].detail
            folder.mkdir()
            await told.wait()
        (file,) = folder.iterdir()
        assert file.suffix == ".xml"
        assert isinstance(decode_cap(file.read_bytes()), CapAlert)
        assert noted[0].outcome == "sent"

    asyncio.run(play())


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_whole(tmp_path / "taken", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


@pytest.mark.parametrize("about", ["../../etc/passwd", "a b", ".hidden", "", "x" * 500, "č\n"])
def test_no_name_leads_out_of_the_folder(about: str, tmp_path: Path) -> None:
    name = file_name(Parcel(kind="alert", about=about, octets=b"x"))
    assert (tmp_path / name).resolve().parent == tmp_path
    assert not name.startswith(".")
    write_whole(tmp_path / name, b"x")
    assert file_name(Parcel(kind="alert", about=about, octets=b"y")) != name
