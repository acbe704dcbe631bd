"""Health of the watch: its feeds, its clock, its queue and the stream."""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from vedette.clock import iso_local, iso_utc
from vedette.console.health import Health, Tried
from vedette.console.views.base import OriginName, View, utc
from vedette.console.views.decisions import StandingView, standing
from vedette.console.views.exercises import ExerciseView, exercise
from vedette.console.views.false_alarms import FalseRateView, false_rate
from vedette.model import AlarmTest, FalseAlarms, FeedHealth, Origin, OutputHealth, Standing
from vedette.site import Site

TriedState = Literal["taken", "waiting", "refused", "dropped", "not_open", "not_asked"]
SoundName = Literal["played", "muted", "blocked"]
WatchState = Literal["starting", "ok", "degraded", "ended"]


class FeedView(View, frozen=True, kw_only=True):
    """One feed. age_s: since its last message, on the picture's clock. rejected: by reason.

    lag_s: how old what it brings is on arrival; clock_offset_s: its sensor's clock ahead of ours; null: it has no time.
    """

    feed: str
    sensor: str
    state: Literal["starting", "live", "stale", "down", "ended"]
    messages: int
    rejected: dict[str, int]
    shed: int
    last_received_utc: str | None
    age_s: float | None
    rate_hz: float | None
    lag_s: float | None
    clock_offset_s: float | None
    detail: str


class OutputView(View, frozen=True, kw_only=True):
    """One output. age_s: since its partner's line last took something; rate_hz: messages a second.

    replaced: by a newer word on the same track, unsent; dropped: shed, or too old when the line came back; refused: by
    the partner; garbled: what it said that made no sense.
    """

    output: str
    partner: str
    kind: str
    state: Literal["starting", "live", "down"]
    sent: int
    waiting: int
    replaced: int
    dropped: int
    refused: int
    garbled: int
    age_s: float | None
    rate_hz: float | None
    detail: str


class ClockView(View, frozen=True, kw_only=True):
    """The machine's own clock; null where the kernel cannot say."""

    synchronised: bool
    offset_s: float | None
    max_error_s: float | None


class StreamView(View, frozen=True, kw_only=True):
    """The console's own stream: frames published, replaced unsent for slow clients, queues emptied."""

    clients: int
    published: int
    coalesced: int
    resyncs: int


class TriedView(View, frozen=True, kw_only=True):
    """What one output made of the last test alarm. detail: why, in words."""

    output: str
    partner: str
    state: TriedState
    detail: str


class LastAlarmTestView(View, frozen=True, kw_only=True):
    """The last test alarm. sounds: what each screen's sound did at it: played, muted, or blocked by the browser.

    outputs_taken of outputs_asked took it; `not_asked` ones do not count.
    """

    alert: str
    at_utc: str
    at_local: str
    by: str
    note: str
    sounds: dict[str, SoundName]
    outputs_taken: int
    outputs_asked: int
    outputs: list[TriedView]


class AlarmTestView(View, frozen=True, kw_only=True):
    """Test alarms. overdue: a live watch had none for as long as its site allows (`[alarm] test_every_h`)."""

    overdue: bool
    every_h: float
    last: LastAlarmTestView | None


class HealthView(View, frozen=True, kw_only=True):
    """Health of the watch. time_utc: the picture's clock; picture_utc: the newest picture's time."""

    state: WatchState
    origin: OriginName
    time_utc: str | None
    time_local: str | None
    picture_utc: str | None
    speed: float | None
    clock: ClockView | None
    feeds: list[FeedView]
    outputs: list[OutputView]
    queue_length: int
    queue_limit: int
    dropped: dict[str, int]
    problems: list[str]
    test_alarm: AlarmTestView
    mandate: StandingView
    false_alarms: FalseRateView
    stream: StreamView
    exercise: ExerciseView | None


class StreamCounts(Protocol):
    """What the stream counts."""

    @property
    def clients(self) -> int:
        """Connected now."""
        ...

    @property
    def published(self) -> int:
        """Frames so far."""
        ...

    @property
    def coalesced(self) -> int:
        """Frames replaced before they were sent."""
        ...

    @property
    def resyncs(self) -> int:
        """Queues emptied for a snapshot."""
        ...


def _feed(feed: FeedHealth, now_s: float) -> FeedView:
    last_s = feed.last_received_s
    return FeedView(
        feed=feed.feed,
        sensor=feed.sensor,
        state=feed.state.value,
        messages=feed.messages,
        rejected=feed.rejected,
        shed=feed.shed,
        last_received_utc=utc(last_s),
        age_s=None if last_s is None else max(0.0, now_s - last_s),
        rate_hz=feed.rate_hz,
        lag_s=feed.lag_s,
        clock_offset_s=feed.clock_offset_s,
        detail=feed.detail,
    )


def _output(output: OutputHealth) -> OutputView:
    return OutputView(**(msgspec.structs.asdict(output) | {"state": output.state.value}))


def watch_health(
    one: Health | None,
    picture_s: float | None,
    stands: Standing,
    origin: Origin,
    site: Site,
    counts: StreamCounts,
    false: FalseAlarms | None = None,
) -> HealthView:
    """The watch's health; `starting` while there is none."""
    stream = StreamView(
        clients=counts.clients, published=counts.published, coalesced=counts.coalesced, resyncs=counts.resyncs
    )
    if one is None:
        one = Health(now_s=0.0, feeds=(), clock=None)
        state: WatchState = "starting"
    else:
        state = _state(one)
    known = state != "starting"
    return HealthView(
        state=state,
        origin=origin.value,
        time_utc=iso_utc(one.now_s) if known else None,
        time_local=iso_local(one.now_s, site.timezone) if known else None,
        picture_utc=utc(picture_s),
        speed=one.speed,
        clock=None
        if one.clock is None
        else ClockView(
            synchronised=one.clock.synchronised, offset_s=one.clock.offset_s, max_error_s=one.clock.max_error_s
        ),
        feeds=[_feed(feed, one.now_s) for feed in one.feeds],
        outputs=[_output(output) for output in one.outputs],
        queue_length=one.queue_length,
        queue_limit=one.queue_limit,
        dropped=one.dropped,
        problems=list(one.problems),
        test_alarm=AlarmTestView(
            overdue=one.test_overdue,
            every_h=site.alarm_test_every_s / 3600.0,
            last=None if one.test_alarm is None else _last_test(one.test_alarm, one.test_outputs, site),
        ),
        mandate=standing(stands),
        false_alarms=false_rate(false),
        stream=stream,
        exercise=None if one.exercise is None else exercise(one.exercise, site),
    )


def _last_test(last: AlarmTest, tried: tuple[Tried, ...], site: Site) -> LastAlarmTestView:
    return LastAlarmTestView(
        alert=last.alert,
        at_utc=iso_utc(last.at_s),
        at_local=iso_local(last.at_s, site.timezone),
        by=last.by,
        note=last.note,
        sounds=msgspec.convert(last.sounds, dict[str, SoundName]),
        outputs_taken=sum(one.state == "taken" for one in tried),
        outputs_asked=sum(one.state != "not_asked" for one in tried),
        outputs=[
            TriedView(
                output=one.output,
                partner=one.partner,
                state=msgspec.convert(one.state, TriedState),
                detail=one.detail,
            )
            for one in tried
        ],
    )


def _state(one: Health) -> WatchState:
    if one.ended:
        return "ended"
    states = (*(feed.state for feed in one.feeds), *(output.state for output in one.outputs))
    bad = any(state.value in ("stale", "down") for state in states)
    return "degraded" if bad or one.problems or one.dropped else "ok"
