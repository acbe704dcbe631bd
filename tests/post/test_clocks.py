"""The post's clocks over a restart: what goes on, and what time in which nobody looked does not count for."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from tests.post.scene import BEGIN_S, RULE, picture, site, track, zone
from vedette.model import AlertRaised, Draft, FeedHealth, FeedState, Origin
from vedette.post import Post, decode_clocks, encode_clocks
from vedette.post.clocks import PostClocks
from vedette.site import Rule, Site

QUIET: Rule = replace(RULE, id="quiet", kind="sensor_silent", zones=(), sensors=("radar-1",), silent_s=20.0)


class Watched:
    """A post, and its successors after restarts."""

    def __init__(self, at: Site) -> None:
        self.site, self.post = at, Post(at)
        self.drafts: list[Draft] = []

    def hear(self, at_s: float) -> None:
        health = FeedHealth(
            feed="radar-1", sensor="radar-1", state=FeedState.LIVE, messages=1, rejected={},
            last_received_s=BEGIN_S + at_s,
        )  # fmt: skip
        self.drafts += self.post.hear(health, BEGIN_S + at_s, Origin.LIVE)

    def see(self, first_s: int, last_s: int, *, inbound: bool = False) -> list[float]:
        """Pictures each second; the times at which alerts came."""
        found = []
        for second in range(first_s, last_s + 1):
            tracks = (track(at_s=float(second)),) if inbound else ()
            made = self.post.see(picture(float(second), *tracks), BEGIN_S + second, Origin.LIVE)
            found += [one.observed_s - BEGIN_S for one in made if isinstance(one.payload, AlertRaised)]
            self.drafts += made
        return found

    def restart(self, at_s: float) -> None:
        self.post = Post(self.site, clocks=decode_clocks(encode_clocks(self.post.clocks)))
        for draft in self.drafts:
            self.post.apply(draft)
        self.drafts += self.post.take_up(None, BEGIN_S + at_s, Origin.LIVE)


@pytest.mark.parametrize(("pause_s", "due_s"), [(0, 20), (10, 30), (600, 620)])
def test_time_in_which_nobody_listened_is_no_silence(pause_s: int, due_s: int) -> None:
    watch = Watched(site(replace(QUIET, persist_s=0.0), zones=(zone("fence", "perimeter"),)))
    watch.hear(0.0)
    assert watch.see(0, 15) == []
    watch.restart(15.0 + pause_s)
    assert watch.see(15 + pause_s, due_s - 1) == []
    assert watch.see(due_s, due_s + 2) == [due_s]


@pytest.mark.parametrize(("pause_s", "due_s"), [(0, 10), (5, 10), (25, 31), (31, 47)])
def test_a_short_restart_keeps_a_rules_clock(pause_s: int, due_s: int) -> None:
    """One that takes longer, in which nobody looked, begins it anew."""
    watch = Watched(site(replace(RULE, persist_s=10.0)))
    assert watch.see(0, 5, inbound=True) == []
    watch.restart(5.0 + pause_s)
    found = watch.see(6 + pause_s, 60, inbound=True)
    assert found == [due_s if pause_s > 30 else max(due_s, 6 + pause_s)]


def test_clocks_of_another_version_begin_anew() -> None:
    clocks = PostClocks(points_s={"erbil-T-0001": 1.0})
    assert decode_clocks(encode_clocks(clocks)) == clocks
    for other in (
        encode_clocks(replace(clocks, version=99)),
        msgspec.msgpack.encode({"version": 1, "points_s": 3}),
        b"\xc1",
    ):
        assert decode_clocks(other) == PostClocks()
