"""The states a screen must bear: nothing at all, very much, very long, all down. All names and tracks are invented."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

import msgspec

from tests.console.fake_desk import FakeDesk
from tests.console.flights import SITE, T0_S
from vedette.model import Alert, AlertState, Disposition, FeedHealth, FeedState, Origin, TrackPicture
from vedette.site import Site

LONG = "North-eastern sector of the joint civil and military aerodrome, second ring, post {}"
RTL = "القاطع الشمالي الشرقي للمطار المدني والعسكري المشترك، الحلقة الثانية، المركز رقم {}"
PEOPLE = {"long": "Lieutenant-Colonel Maximiliane Wolkenstein-Rodenegg of the North-eastern Post",
          "rtl": "العميد الركن عبد الرحمن عبد الكريم الجبوري آمر المركز الشمالي الشرقي الثاني"}  # fmt: skip


def named(words: str) -> Site:
    """The site, with a name of more than 60 characters for itself, each sensor and each zone."""
    return msgspec.structs.replace(
        SITE,
        name=words.format(0),
        sensors=tuple(msgspec.structs.replace(one, name=words.format(n)) for n, one in enumerate(SITE.sensors, 1)),
        zones=tuple(msgspec.structs.replace(one, name=words.format(n)) for n, one in enumerate(SITE.zones, 1)),
    )


class StateDesk(FakeDesk):
    """A desk in one of the states, by name."""

    def __init__(self, state: str) -> None:
        words = {"long": LONG, "rtl": RTL}.get(state)
        super().__init__(Origin.LIVE, SITE if words is None else named(words))
        self.state = state
        if state in PEOPLE:
            self.acknowledged["erbil-A-0002"] = (PEOPLE[state], T0_S + 20.0)

    def show(self, t_s: float) -> None:
        """The moment t in this state. empty: the watch has just begun, and knows nothing."""
        if self.state == "empty":
            self._t_s = t_s
            self._show_health((), t_s, 0.4)
            return
        super().show(t_s)
        shown = self.board.shown
        if self.state == "many" and shown.alerts:
            more = (_numbered(shown.alerts[0], n, self.acknowledged) for n in range(500 - len(shown.alerts)))
            self._show(alerts=(*shown.alerts, *more))
        elif self.state == "one":
            self._show(alerts=shown.alerts[:1])
        elif self.state == "each":
            dispositions = itertools.cycle(Disposition)
            self._redraw(lambda one: msgspec.structs.replace(one, disposition=next(dispositions)))
        elif self.state in PEOPLE:
            words = PEOPLE[self.state]
            self._redraw(lambda one: msgspec.structs.replace(one, callsign=f"{words} {one.id}"))

    def _redraw(self, change: Callable[[TrackPicture], TrackPicture]) -> None:
        picture = self.board.picture()
        assert picture is not None
        self.board.show_picture(msgspec.structs.replace(picture, tracks=tuple(map(change, picture.tracks))))

    def _show_health(self, feeds: tuple[FeedHealth, ...], t_s: float, late_s: float) -> None:
        if self.state == "no_feeds":
            feeds = ()
        if self.state == "all_down":
            why = "the other end refuses the connection"
            feeds = tuple(msgspec.structs.replace(one, state=FeedState.DOWN, detail=why) for one in feeds)
        super()._show_health(feeds, t_s, late_s)


def _numbered(first: Alert, number: int, acknowledged: Mapping[str, tuple[str, float]]) -> Alert:
    """One more alert: a few of priority 1 and 2, hundreds below."""
    name = f"erbil-A-{1000 + number}"
    by, at_s = acknowledged.get(name, (None, None))
    priority = 1 if number < 5 else 2 if number < 30 else 3 + number % 2
    return msgspec.structs.replace(
        first,
        alert=name,
        state=AlertState.RAISED if by is None else AlertState.ACKNOWLEDGED,
        acknowledged_by=by,
        acknowledged_s=at_s,
        rule=("uav-near-zone", "birds", "remote-id-claim")[number % 3],
        priority=priority,
        track=None,
        time_to_s=90.0 + number,
    )
