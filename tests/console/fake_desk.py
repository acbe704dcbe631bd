"""A desk without a watch behind it: shows the scenario's moments, takes or refuses actions as the test says."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from tests.console.flights import SITE, T0_S
from tests.console.scenario import moment
from tests.console.scene_playback import ScenePlayback
from vedette.clock import ClockOffset
from vedette.console import ActionRefused, Board, Health, RecordedSite, Tried
from vedette.model import (
    Action,
    AlarmTest,
    Alert,
    AlertState,
    AnyPayload,
    Effect,
    FeedHealth,
    FeedState,
    HandOver,
    History,
    OperatorOpened,
    OperatorPlace,
    Origin,
    OutputHealth,
    SensorAsked,
    SightingAnswer,
    SightingCandidate,
    SightingEntered,
    Wanted,
)
from vedette.model.auditing import LogPage, LogSearch, RecordState, Verified
from vedette.record import MediaFolder
from vedette.report import Case, hand_over_print, incident_document, render, statement, timeline
from vedette.site import Site, site_from_text
from vedette.watch.history import history_of

OUTPUTS = (
    OutputHealth(
        output="tak", partner="Base defence", kind="cot", state=FeedState.LIVE, sent=412, waiting=0, replaced=3,
        dropped=0, refused=0, garbled=0, age_s=0.4, rate_hz=6.5,
    ),
    OutputHealth(
        output="atc", partner="Tower", kind="mqtt", state=FeedState.DOWN, sent=0, waiting=2, replaced=0,
        dropped=7, refused=0, garbled=0, age_s=None, rate_hz=0.0, detail="the broker is gone or refuses",
    ),
)  # fmt: skip


class FakeAuditing:
    """What was kept, newest first; a check says what it is told to."""

    def __init__(self, desk: FakeDesk) -> None:
        self._desk = desk
        self.checks: list[str] = []

    def events(self, search: LogSearch, most: int) -> LogPage:
        lines = [
            {"seq": seq, "kind": (payload := msgspec.to_builtins(one))["kind"], "schema": 1, "observed_utc": AT_UTC,
             "received_utc": AT_UTC, "origin": "simulated", "payload": payload, "hash": "00"}
            for seq, one in reversed([*enumerate(self._desk.kept, 1)])
        ]  # fmt: skip
        found = [
            line for line in lines
            if line["seq"] < (search.before_seq or 10**9) and (not search.kinds or line["kind"] in search.kinds)
        ]  # fmt: skip
        return LogPage(lines=tuple(found[:most]), next_before=found[most - 1]["seq"] if len(found) > most else None)

    def state(self) -> RecordState:
        verified = None
        if self.checks:
            verified = Verified(at_s=1.7e9, by=self.checks[-1], intact=True, says="intact, 1 events", notes=())
        kinds = sorted({msgspec.to_builtins(one)["kind"] for one in self._desk.kept})
        return RecordState(head="1 00", checkpoint=None, kinds=tuple(kinds), verified=verified, verifying=False)

    def verify(self, by: str) -> None:
        self.checks.append(by)


AT_UTC = "2023-11-14T22:13:20.000Z"


class FakeDesk:
    """`show(t)` puts up the moment t but for the alerts in `hide`.

    `hold` keeps every action waiting for its commit; `refuse` refuses it.
    """

    def __init__(self, origin: Origin = Origin.SIMULATED, site: Site = SITE) -> None:
        self._board = Board(site, origin)
        self._origin = origin
        self._t_s = 0.0
        self.acknowledged: dict[str, tuple[str, float]] = {}
        self.effects: dict[str, Effect] = {}
        self.actions: list[Action] = []
        self.kept: list[AnyPayload] = []
        self.unkept = False
        self.of_document: dict[str, Any] = {}
        self.operators: dict[str, OperatorPlace] = {}
        self.refuse: str | None = None
        self.hold: asyncio.Event | None = None
        self.calm = False
        self.hide: set[str] = set()
        self.test: Alert | None = None
        self.tested: AlarmTest | None = None
        self.test_outputs: tuple[Tried, ...] = ()
        self.test_overdue = False
        self.ended = False
        self._shows = itertools.count(1)
        self.media = MediaFolder(Path(tempfile.gettempdir()))
        self.auditing = FakeAuditing(self)

    @property
    def board(self) -> Board:
        return self._board

    @property
    def playback(self) -> ScenePlayback:
        return ScenePlayback(lambda: self._t_s)

    def show(self, t_s: float) -> None:
        self._t_s = t_s
        now = moment(t_s, self._origin, self.acknowledged)
        if self.calm:
            quiet = tuple(track for track in now.picture.tracks if track.class_ in ("manned", "bird"))
            now = msgspec.structs.replace(
                now, picture=msgspec.structs.replace(now.picture, tracks=quiet), alerts=(), incidents=()
            )
        now = msgspec.structs.replace(now, alerts=tuple(one for one in now.alerts if one.alert not in self.hide))
        incidents = [msgspec.structs.replace(one, effects={**one.effects, **self.effects}) for one in now.incidents]
        self._board.show_picture(now.picture)
        alerts = (*now.alerts, *([self.test] if self.test else []))
        self._show(alerts=alerts, incidents=tuple(incidents), operators=dict(self.operators))
        self._show_health(now.feeds, t_s, 0.4)

    def stall(self, late_s: float) -> None:
        """Let the clock go on by so much, and no new picture come."""
        self._show_health((), self._t_s, late_s)

    def _show_health(self, feeds: tuple[FeedHealth, ...], t_s: float, late_s: float) -> None:
        self._board.show_health(
            Health(
                now_s=T0_S + t_s + late_s,
                feeds=feeds,
                clock=ClockOffset(synchronised=True, offset_s=0.0012, max_error_s=0.08),
                ended=self.ended,
                test_alarm=self.tested,
                test_outputs=self.test_outputs,
                test_overdue=self.test_overdue,
                outputs=OUTPUTS,
            )
        )

    def _show(self, **changed: Any) -> None:
        self._board.show(msgspec.structs.replace(self._board.shown, **changed), next(self._shows))

    def draft_site(self, toml: str, geometry: str | None) -> Site:
        return site_from_text(toml, geometry)

    def site_on_disk(self) -> tuple[str | None, bool]:
        return None, False

    def site_versions(self) -> tuple[RecordedSite, ...]:
        return ()

    def incident_document(self, incident: str) -> dict[str, Any] | None:
        for one in self._board.incidents():
            if one.incident == incident:
                return {**incident_document(one, SITE, self._board.alerts()), **self.of_document}
        return None

    def incident_case(self, incident: str) -> dict[str, Any] | None:
        document = self.incident_document(incident)
        if document is None:
            return None
        rows = [msgspec.structs.asdict(row) for row in timeline(document, SITE, ())]
        return {"id": incident, "origin": self._origin.value, "timeline": rows, "sensors": [],
                "statement": document["statement"], "statements": []}  # fmt: skip

    def incident_paper(self, incident: str, format_name: str) -> bytes | None:
        document = self.incident_document(incident)
        if document is None:
            return None
        return render(format_name, Case(document=document, site=SITE, statement=statement(document)))

    def checkpoint(self) -> str | None:
        return "Record head: 1 00"

    def hand_over_paper(self, hand_over: HandOver, format_name: str) -> bytes:
        return hand_over_print(hand_over, SITE, format_name)

    def log(self, kind: str | None, since_s: float | None, after_seq: int, most: int) -> list[dict[str, Any]]:
        kept = [{"seq": at, **msgspec.to_builtins(one)} for at, one in enumerate(self.kept, 1)]
        return [one for one in kept if one["seq"] > after_seq and kind in (None, one["kind"])][:most]

    async def keep(self, payload: AnyPayload) -> None:
        if self.unkept:
            raise ActionRefused("not_recorded", "the record is full")
        self.kept.append(payload)

    def history(self, wanted: Wanted) -> History:
        return history_of(self._board.incidents(), self._board.alerts(), self._board.shown.past, SITE, wanted)

    async def act(self, action: Action) -> tuple[AnyPayload, ...]:
        self.actions.append(action)
        if self.hold is not None:
            await self.hold.wait()
        if self.refuse is not None:
            raise ActionRefused("refused", self.refuse)
        if action.verb == "acknowledge":
            self._acknowledge(action)
        elif action.verb == "enter_effect" and action.effect and action.state:
            if self.incident_document(action.target) is None:
                raise ActionRefused("unknown", f"there is no incident {action.target!r}")
            at_s = T0_S + self._t_s
            self.effects[action.effect] = Effect(state=action.state, value=action.value, by=action.by, at_s=at_s)
        elif action.verb == "test_alarm":
            self._test_alarm(action)
        elif action.verb == "report_sound" and action.value and action.state and self.tested is not None:
            sounds = {**self.tested.sounds, action.value: action.state}
            self.tested = msgspec.structs.replace(self.tested, sounds=sounds)
        self.show(self._t_s)
        if action.verb == "enter_sighting":
            return (self._sighted(action),)
        if action.verb == "open_operator":
            return (self._opened(action),)
        return (self._asked(action),) if action.verb == "look_at" else ()

    def _opened(self, action: Action) -> OperatorOpened:
        tracks = {track.track: track.identity for track in self._board.picture().tracks}  # type: ignore[union-attr]
        identity = tracks.get(action.target)
        if identity not in self.operators:
            raise ActionRefused("unknown", f"{action.target} says nothing of where its operator stands")
        return OperatorOpened(
            track=action.target,
            identity=identity,
            by=action.by,
            role=action.role or "",
            note=action.note,
            at_s=T0_S + self._t_s,
        )

    def _sighted(self, action: Action) -> SightingEntered:
        nothing = SightingCandidate(
            kind="nothing_known", name="nothing_known", title="nothing known explains it", p=1.0, likelihood_ratio=1.0,
            harmless=False,
        )  # fmt: skip
        assert action.sighting is not None
        entered = SightingEntered(
            sighting=f"erbil-S-{len(self._board.sightings()) + 1:04d}",
            incident=None,
            report=action.sighting,
            answer=SightingAnswer(candidates=(nothing,), compared={}),
            grade="C",
            grade_why="a desk without a watch",
            by=action.by,
            note=action.note,
            at_s=T0_S + self._t_s,
        )
        self._show(sightings=(*self._board.sightings(), entered))
        return entered

    def _asked(self, action: Action) -> SensorAsked:
        if action.target not in {one.id for one in SITE.sensors}:
            raise ActionRefused("unknown", f"the site has no sensor {action.target}")
        return SensorAsked(
            sensor=action.target,
            node="5f0b6c5e-8d4f-4d43-9d2f-0a6c2a1f7b10",
            task="01HF7YAT00CCCCCCCCCCCCCCCC",
            by=action.by,
            at_s=T0_S + self._t_s,
            latitude_deg=36.2 if action.latitude_deg is None else action.latitude_deg,
            longitude_deg=43.9 if action.longitude_deg is None else action.longitude_deg,
            altitude_ellipsoid_m=action.altitude_ellipsoid_m,
            track=action.track,
        )

    def _test_alarm(self, action: Action) -> None:
        at_s = T0_S + self._t_s
        self.tested = AlarmTest(alert="erbil-TEST-0001", by=action.by, note=action.note, at_s=at_s)
        self.test = Alert(
            alert="erbil-TEST-0001",
            rule="test-alarm",
            priority=1,
            state=AlertState.RAISED,
            track=None,
            zone=None,
            incident=None,
            title="TEST alarm: nothing is there",
            raised_s=at_s,
            raised_time_to_s=None,
            raised_distance_m=None,
            time_to_s=None,
            distance_m=None,
            reasons=(),
            origin=self._origin,
            test=True,
        )

    def _acknowledge(self, action: Action) -> None:
        if action.target in self.acknowledged:
            by, _ = self.acknowledged[action.target]
            raise ActionRefused("already_acknowledged", f"{action.target} is already acknowledged by {by}")
        at_s = T0_S + self._t_s
        if self.test is not None and self.test.alert == action.target:
            self.test = msgspec.structs.replace(
                self.test,
                state=AlertState.CLEARED,
                acknowledged_s=at_s,
                acknowledged_by=action.by,
                cleared_s=at_s,
                cleared_why="a test, acknowledged",
            )
        else:
            self.acknowledged[action.target] = (action.by, at_s)
