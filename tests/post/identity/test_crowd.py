"""A crowd over time: what the watch keeps of each track is what the plain way would, picture by picture."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.post.identity.plain import judge_plainly
from tests.post.scene import AWAY, BEGIN_S, BIRD, INBOUND, MANNED, UAV, UNCLASSED, approach, picture, site, track
from vedette.model import Cooperation, Draft, Origin, Picture, TrackPicture
from vedette.post.books import Books
from vedette.post.clocks import IdentityClocks
from vedette.post.identity.identifying import Identifying
from vedette.post.step import Step

TRACKS = 60
PICTURES = 50


class Plainly(Identifying):
    """Every track judged and settled, whatever is known of it."""

    def judge(self, step: Step, picture: Picture) -> Picture:
        self._flying.see(step, picture)
        self._judged = {
            one.track: self._settle(step, one, judge_plainly(one, None, self._heard)) for one in picture.tracks
        }
        return self.dressed(step.books, picture)


def crowd(seed: int) -> Iterator[Picture]:
    """Tracks that come, turn, and are classed now this and now that."""
    draw = random.Random(seed)
    for number in range(PICTURES):
        at_s = 0.5 * (number + 1)
        yield picture(at_s, *(one_of(draw, name, at_s) for name in range(1, TRACKS + 1)))


def one_of(draw: random.Random, number: int, at_s: float) -> TrackPicture:
    noise = [abs(each + draw.gauss(0.0, 0.02)) for each in draw.choice((UAV, BIRD, BIRD, MANNED, UNCLASSED))]
    p = tuple(each / sum(noise) for each in noise)
    near = draw.choice((INBOUND, AWAY, AWAY, (approach(0.0),)))
    identity = None if number % 3 else draw.choice((f"rid:{number}", f"icao:{number}", f"own:{number}"))
    borne = draw.choice((Cooperation.CLAIMED, Cooperation.COOPERATIVE))
    return track(f"erbil-T-{number:04d}", at_s, p_classes=p, approaches=near, identity=identity, cooperation=borne)


def judged(by: type[Identifying], seed: int) -> tuple[list[Draft], list[Picture], IdentityClocks]:
    clocks, books = IdentityClocks(), Books()
    desk = by(site(), clocks)
    drafts: list[Draft] = []
    shown = []
    for one in crowd(seed):
        step = Step(books, one.observed_s, BEGIN_S, Origin.LIVE)
        shown.append(desk.judge(step, one))
        drafts += step.drafts
    return drafts, shown, clocks


@pytest.mark.parametrize("seed", range(3))
def test_a_crowd_over_time(seed: int) -> None:
    drafts, shown, clocks = judged(Identifying, seed)
    plain_drafts, plain_shown, plain_clocks = judged(Plainly, seed)
    assert len(drafts) > TRACKS
    assert drafts == plain_drafts
    assert shown == plain_shown
    assert clocks.calm_since_s == plain_clocks.calm_since_s
