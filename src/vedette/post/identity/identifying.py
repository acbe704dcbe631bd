"""The clerk of identity: every track's disposition, people's words on it, and the own flights.

Worse is believed at once; what speaks for calm must hold for CALM_S before a track is called less than suspicious. A
person's word holds over both until that person, or another, withdraws it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from vedette.geo import distance_azimuth
from vedette.model import (
    Action,
    Disposition,
    DispositionJudged,
    DispositionOverridden,
    EndedTrack,
    Evidence,
    FlightMoved,
    FlightPlan,
    FlightPlanned,
    FlightState,
    Identities,
    OverrideCarried,
    OverrideState,
    OverrideWithdrawn,
    Picture,
    PlanFlight,
    SetDisposition,
    TrackPicture,
)
from vedette.post.books import Books
from vedette.post.clerk import Clerk
from vedette.post.clocks import IdentityClocks
from vedette.post.identity.disposition import Judgement, judge, listening
from vedette.post.identity.flight_machine import CLOSE, FLIGHT_MOVES, WITHDRAW
from vedette.post.identity.flying import Flying
from vedette.post.identity.machine import SAID
from vedette.post.machine import Refused, next_of
from vedette.post.step import Step
from vedette.site import Site

CALM_S: Final = 10.0
NEAR_M: Final = 50.0
NEAR_SIGMAS: Final = 3.0
ALIKE_MPS: Final = 10.0
"""A track that ended goes on as another within NEAR_M and so many sigmas of both that flies alike."""
OVER_S: Final = 3600.0
"""Own flights that are over stay listed this long."""

_D = Disposition
_CALMER: Final = frozenset({(_D.UNKNOWN, _D.NEUTRAL), (_D.ASSUMED_FRIENDLY, _D.FRIENDLY)})
"""Changes for the better that wait too, so that a class or an agreement on the edge does not flicker."""


class Identifying(Clerk):
    """Dispositions, overrides and own flights of one site. Only clocks are its own."""

    def __init__(self, site: Site, clocks: IdentityClocks) -> None:
        self._site, self._heard, self._clocks = site, listening(site), clocks
        self._flying = Flying(site, clocks.flying)
        self._judged: dict[str, Judgement] = {}
        self._verbs: dict[str, Callable[[Step, Action, Picture | None], None]] = {
            "set_disposition": self._override,
            "withdraw_disposition": self._withdraw,
            "plan_flight": self._plan,
            "close_flight": self._close,
            "withdraw_flight": self._close,
        }

    def act(self, step: Step, action: Action, picture: Picture | None) -> None:
        """Enter what a person says.

        Raises:
            Refused: no such track or flight, no reason or person, or the state does not allow it.
        """
        if not action.by.strip() or not (action.role or "").strip():
            raise Refused("no_person", "say who you are, and in which role")
        self._verbs[action.verb](step, action, picture)

    def judge(self, step: Step, picture: Picture) -> Picture:
        """Judge every track of a new picture, before any rule does. Returns the picture with dispositions."""
        matches = self._flying.see(step, picture)
        for ended in picture.ended:
            self._carry(step, ended, picture.tracks)
        evidence, calming, heard = step.books.identity.evidence, self._clocks.calm_since_s, self._heard
        self._judged = {}
        for track in picture.tracks:
            name = track.track
            judged = judge(track, matches.get(name), heard)
            if evidence.get(name) is not judged.disposition or name in calming:  # of most tracks nothing is new
                judged = self._settle(step, track, judged)
            self._judged[name] = judged
        for name in self._clocks.calm_since_s.keys() - self._judged.keys():
            del self._clocks.calm_since_s[name]
        return self.dressed(step.books, picture)

    def take_up(self, step: Step, picture: Picture | None) -> None:
        """Hold the own flights in the books against the site's file, which holds: new ones come in, others go.

        Where the file was not read, as with a site that was changed while the watch runs, those in the books stand.
        """
        del picture
        if self._site.flights is not None:
            self._take_file(step, dict(self._site.flights))
        self._flying.pass_time(step)

    def succeed(self, before: Identifying) -> None:
        """Go on under another site, with what was judged by the one before."""
        self._judged = before._judged

    def _take_file(self, step: Step, file: dict[str, FlightPlan]) -> None:
        for flight in tuple(step.books.identity.flights.values()):
            if flight.key is None or flight.is_over or file.get(flight.key) == flight.plan:
                continue
            why = "the site's file says otherwise now" if flight.key in file else "no longer in the site's file"
            self._move_flight(step, flight.flight, WITHDRAW, why, None)
        held = {one.key: one.plan for one in step.books.identity.flights.values() if one.key is not None}
        for key, plan in file.items():
            if held.get(key) != plan and plan.until_s > step.now_s:
                self._enter_flight(step, PlanFlight(plan=plan), None, key)

    def dressed(self, books: Books, picture: Picture) -> Picture:
        """The picture with every track's disposition as it is now in the books."""
        return msgspec.structs.replace(picture, tracks=tuple(self.dress(books, picture.tracks)))

    def dress(self, books: Books, tracks: Iterable[TrackPicture]) -> Iterable[TrackPicture]:
        """Tracks with what was last judged of them; one that never was, is judged by itself."""
        for track in tracks:
            judged = self._judged.get(track.track)
            if judged is None:
                judged = judge(track, None, self._heard)
                says = books.identity.evidence.get(track.track, judged.disposition)
                judged = msgspec.structs.replace(judged, disposition=says)
            override = books.identity.overrides.get(track.track)
            yield msgspec.structs.replace(
                track,
                disposition=judged.disposition if override is None else override.disposition,
                evidence_says=judged.disposition,
                disposition_evidence=judged.evidence,
                override=override,
            )

    def identities(self, books: Books, at_s: float) -> Identities:
        """Own flights, those long over left out, and every override."""
        flights = (one for one in books.identity.flights.values() if not one.is_over or at_s - one.since_s <= OVER_S)
        return Identities(flights=tuple(flights), overrides=tuple(books.identity.overrides.items()))

    def _settle(self, step: Step, track: TrackPicture, judged: Judgement) -> Judgement:
        """The judgement as it stands after what waits; an event where the disposition is another than before."""
        name, says = track.track, judged.disposition
        before = step.books.identity.evidence.get(name)
        current = before or _D.PENDING
        if current is not _D.PENDING and says is _D.PENDING:
            says = _D.UNKNOWN if current is _D.SUSPICIOUS else current
        if says is not current and (current is _D.SUSPICIOUS or (current, says) in _CALMER):
            since = self._clocks.calm_since_s.get(name)
            if since is None or since[0] is not says:
                since = self._clocks.calm_since_s[name] = says, step.now_s
            if step.now_s - since[1] < CALM_S:
                return _held(judged, current, step.now_s - since[1])
        self._clocks.calm_since_s.pop(name, None)
        if says is not current:
            step.enter(
                DispositionJudged(
                    track=name, disposition=says, before=before, evidence=judged.evidence, at_s=track.observed_s
                )
            )
        return msgspec.structs.replace(judged, disposition=says)

    def _carry(self, step: Step, ended: EndedTrack, tracks: Iterable[TrackPicture]) -> None:
        """A track that a person spoke of has gone into another, or on under another name: the word goes with it."""
        book = step.books.identity
        if ended.track not in book.overrides or ended.last.impact is not None:
            return
        near = [(apart_m, one) for one in tracks if (apart_m := _apart_m(ended, one)) is not None]
        if len(near) == 1 and near[0][1].track not in book.overrides:
            apart_m, one = near[0]
            step.enter(OverrideCarried(track=one.track, before=ended.track, apart_m=apart_m, at_s=step.now_s))

    def _override(self, step: Step, action: Action, picture: Picture | None) -> None:
        request = action.request
        if not isinstance(request, SetDisposition) or request.disposition not in SAID:
            raise Refused("bad_disposition", f"a person says one of {', '.join(sorted(SAID))}")
        if not action.note.strip():
            raise Refused("no_reason", "say why")
        track = next((one for one in picture.tracks if one.track == action.target), None) if picture else None
        if track is None:
            raise Refused("not_found", f"{action.target} is not in the picture")
        step.enter(
            DispositionOverridden(
                track=track.track,
                disposition=request.disposition,
                reason=action.note,
                by=action.by,
                role=action.role or "",
                evidence_says=step.books.identity.evidence.get(track.track, _D.PENDING),
                evidence=track.disposition_evidence,
                at_s=step.received_s,
            )
        )

    def _withdraw(self, step: Step, action: Action, picture: Picture | None) -> None:
        del picture
        if step.books.identity.state(action.target) is OverrideState.BY_EVIDENCE:
            raise Refused("not_overridden", f"nobody has said what {action.target} is")
        step.enter(
            OverrideWithdrawn(
                track=action.target, reason=action.note, by=action.by, role=action.role or "", at_s=step.received_s
            )
        )

    def _plan(self, step: Step, action: Action, picture: Picture | None) -> None:
        del picture
        request = action.request
        if not isinstance(request, PlanFlight):
            raise Refused("bad_flight", "a flight goes with its plan")
        if request.plan.until_s <= step.received_s:
            raise Refused("bad_time", "its hours are over already")
        self._enter_flight(step, request, action, None)
        self._flying.pass_time(step)

    def _enter_flight(self, step: Step, request: PlanFlight, action: Action | None, key: str | None) -> None:
        step.enter(
            FlightPlanned(
                flight=f"{self._site.id}-O-{len(step.books.identity.flights) + 1:04d}",
                plan=request.plan,
                by=None if action is None else action.by,
                role=None if action is None else action.role,
                at_s=step.received_s,
                key=key,
            )
        )

    def _close(self, step: Step, action: Action, picture: Picture | None) -> None:
        del picture
        flight = step.books.identity.flights.get(action.target)
        if flight is None:
            raise Refused("not_found", f"there is no own flight {action.target}")
        move = CLOSE if action.verb == "close_flight" else WITHDRAW
        if (flight.state, move) not in FLIGHT_MOVES:
            raise Refused("illegal_move", f"{flight.flight} is {flight.state.value}: it cannot {move}")
        said = "is down" if move == CLOSE else "is withdrawn"
        self._move_flight(step, flight.flight, move, action.note.strip() or f"{action.by} says that it {said}", action)

    def _move_flight(self, step: Step, name: str, move: str, why: str, action: Action | None) -> None:
        state: FlightState = next_of(FLIGHT_MOVES, name, step.books.identity.flights[name].state, move)
        step.enter(
            FlightMoved(
                flight=name,
                move=move,
                state=state,
                why=why,
                at_s=step.received_s,
                by=None if action is None else action.by,
                role=None if action is None else action.role,
            )
        )


def _held(judged: Judgement, current: Disposition, calm_s: float) -> Judgement:
    """What was, while what is calmer has not held for long enough."""
    words = current.value.replace("_", " ")
    held = Evidence(
        says=current,
        text=f"Held {words} until it is otherwise for {CALM_S:.0f} s",
        value=calm_s,
        unit="s",
        source="post",
    )
    return Judgement(disposition=current, evidence=(held, *judged.evidence))


def _apart_m(ended: EndedTrack, other: TrackPicture) -> float | None:
    """How far the other is from where the ended track was; None where it is another by place or velocity."""
    last = ended.last
    if None in (last.latitude_deg, last.longitude_deg, other.latitude_deg, other.longitude_deg):
        return None
    off_mps = (
        (last.velocity_east_mps - other.velocity_east_mps) ** 2
        + (last.velocity_north_mps - other.velocity_north_mps) ** 2
    ) ** 0.5
    here = float(last.latitude_deg or 0.0), float(last.longitude_deg or 0.0)
    apart_m, _ = distance_azimuth(*here, float(other.latitude_deg or 0.0), float(other.longitude_deg or 0.0))
    flown_m = last.speed_mps * max(0.0, other.observed_s - last.observed_s)
    limit_m = NEAR_M + NEAR_SIGMAS * (last.sigma_position_m + other.sigma_position_m) + flown_m
    return apart_m if apart_m <= limit_m and off_mps <= ALIKE_MPS else None
