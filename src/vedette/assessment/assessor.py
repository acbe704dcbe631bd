"""The assessor: what it remembers between pictures, and how a picture is put together."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec
import numpy as np

from vedette.assessment.classes import class_of
from vedette.assessment.identity import (
    IDENTITIES_MOST,
    Heard,
    callsign_of,
    contradictions,
    cooperation_of,
    merged,
    without_operator,
)
from vedette.assessment.images import Images
from vedette.assessment.impact import (
    HISTORY_S,
    Updated,
    impact_of,
    is_descending,
    is_low,
    sink_wanted_mps,
)
from vedette.assessment.motion import motion_of
from vedette.assessment.reasons import Facts, reasons_of
from vedette.assessment.shown import Shown
from vedette.assessment.zones import ZoneSet
from vedette.model import (
    CooperativeReport,
    EndedTrack,
    Impact,
    Picture,
    Reason,
    Scan,
    SensorImage,
    Status,
    TrackPicture,
    Tracks,
    ZoneApproach,
)
from vedette.model.tracks import Ints
from vedette.site import Site

CONTRADICTION_S: Final = 60.0
"""How long a contradiction stays among the reasons after it was seen."""


class Memory(msgspec.Struct, kw_only=True):
    """What is kept of one named track: its number, its updated states of the last HISTORY_S, and its last picture."""

    number: int
    name: str
    history: tuple[Updated, ...] = ()
    impact: Impact | None = None
    picture: TrackPicture | None = None


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """A contradiction of an identity, and when it was seen."""

    observed_s: float
    reason: Reason


class _Snapshot(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    version: int
    next_number: int
    named: dict[int, Memory]
    first_s: dict[int, float]
    reports: dict[str, CooperativeReport]
    heard: dict[str, Heard]
    doubts: dict[str, Doubt]
    images: dict[int, SensorImage] = msgspec.field(default_factory=dict)


_VERSION: Final = 1


class Assessor:
    """Names tracks and judges them. One object holds all of assessment's state; it belongs to one thread.

    Contract: `picture` is called with tracks in the order of their times. What it returns is a function of the site
    and of the calls so far, and of nothing else. After `restore(snapshot())` an assessor of the same site goes on as
    if nothing had happened.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._frame = site.frame()
        self._ground_msl_m = site.altitude_msl_m
        self._zones = ZoneSet(site)
        self._kinds = {sensor.id: sensor.kind for sensor in site.sensors}
        self._next_number = 1
        self._named: dict[int, Memory] = {}
        self._first_s: dict[int, float] = {}
        self._reports: dict[str, CooperativeReport] = {}
        self._heard: dict[str, Heard] = {}
        self._doubts: dict[str, Doubt] = {}
        self._images = Images(site)

    def hear(self, report: CooperativeReport) -> None:
        """Remember what an aircraft says of itself. At most IDENTITIES_MOST identities, the oldest word goes first."""
        self._reports[report.identity] = merged(self._reports.pop(report.identity, None), without_operator(report))
        if len(self._reports) > IDENTITIES_MOST:
            del self._reports[next(iter(self._reports))]

    def look(self, scan: Scan, tracks: Tracks) -> None:
        """Remember which pictures a look links of which tracks. tracks: after it."""
        self._images.look(scan, tracks)

    def picture(self, tracks: Tracks) -> Picture:
        """All confirmed and coasting tracks, by number, and those of the picture before that are no longer among them.

        A track is named when it is first confirmed, and coasts until it ends, also while the tracker no longer believes
        it: it may come back. An ended name does not.
        """
        self._first_s = {one: self._first_s.get(one, tracks.observed_s) for one in tracks.id.tolist()}
        self._images.keep(self._first_s)
        numbers: list[int] = tracks.id.tolist()
        believed = (tracks.status != Status.TENTATIVE).tolist()
        rows = np.flatnonzero([is_so or one in self._named for one, is_so in zip(numbers, believed, strict=True)])
        ids = [numbers[row] for row in rows.tolist()]
        ended = self._end(set(ids), tracks.observed_s)
        motion = motion_of(tracks, rows, self._frame, self._ground_msl_m)
        shown = Shown(tracks, rows, motion)
        approaches = self._zones.approaches(motion.enu_m, motion.velocity_mps, motion.height_agl_m)
        doubts = self._doubts_of(shown)
        pictures = []
        for row, one in enumerate(ids):
            memory = self._named.get(one) or self._name(one)
            self._remember(memory, shown, row)
            near = approaches[row] if shown.range_known[row] else ()
            memory.picture = self._judge(memory, shown, row, near, doubts.get(one, ()))
            pictures.append((memory.number, memory.picture))
        pictures.sort(key=lambda pair: pair[0])
        return Picture(observed_s=tracks.observed_s, tracks=tuple(picture for _, picture in pictures), ended=ended)

    def glance(self, tracks: Tracks, rows: Ints, names: Collection[str]) -> tuple[TrackPicture, ...]:
        """Tracks as they stand now, between two pictures: `rows` and those of `names`. Nothing is remembered.

        Only those that are confirmed and were in a picture before.
        """
        wanted = np.zeros(len(tracks), dtype=np.bool_)
        wanted[rows] = True
        if names:
            wanted |= np.isin(tracks.id, [one for one, memory in self._named.items() if memory.name in names])
        chosen = np.flatnonzero(wanted & (tracks.status == Status.CONFIRMED))
        chosen = chosen[[one in self._named for one in tracks.id[chosen].tolist()]]
        if not len(chosen):
            return ()
        motion = motion_of(tracks, chosen, self._frame, self._ground_msl_m)
        shown = Shown(tracks, chosen, motion)
        approaches = self._zones.approaches(motion.enu_m, motion.velocity_mps, motion.height_agl_m)
        pictures = []
        for row, one in enumerate(shown.ids):
            identity = shown.identity[row]
            doubt = None if identity is None else self._doubts.get(identity)
            near = approaches[row] if shown.range_known[row] else ()
            against = () if doubt is None else (doubt.reason,)
            pictures.append(self._judge(self._named[one], shown, row, near, against))
        return tuple(pictures)

    def under(self, site: Site) -> Assessor:
        """The same, as the site is from now on: what is remembered goes on, of the same reference point."""
        later = Assessor(site)
        later.restore(self.snapshot())
        return later

    def snapshot(self) -> bytes:
        """All that is remembered, exactly."""
        return msgspec.msgpack.encode(
            _Snapshot(
                version=_VERSION,
                next_number=self._next_number,
                named=self._named,
                first_s=self._first_s,
                reports=self._reports,
                heard=self._heard,
                doubts=self._doubts,
                images=self._images.newest,
            )
        )

    def restore(self, snapshot: bytes) -> None:
        """Take up what `snapshot` wrote, in place of all that is remembered now.

        Raises:
            ValueError: not a snapshot, or one of another version.
        """
        held = msgspec.msgpack.decode(snapshot, type=_Snapshot)
        if held.version != _VERSION:
            raise ValueError(f"an assessment snapshot of version {held.version}, not {_VERSION}")
        self._next_number = held.next_number
        self._named, self._first_s = held.named, held.first_s
        self._reports = {identity: without_operator(report) for identity, report in held.reports.items()}
        self._heard, self._doubts, self._images.newest = held.heard, held.doubts, held.images

    def _name(self, one: int) -> Memory:
        memory = Memory(number=self._next_number, name=f"{self._site.id}-T-{self._next_number:04d}")
        self._next_number += 1
        self._named[one] = memory
        return memory

    def _end(self, present: set[int], now_s: float) -> tuple[EndedTrack, ...]:
        gone = sorted((one for one in self._named if one not in present), key=lambda one: self._named[one].number)
        ended = []
        for one in gone:
            memory = self._named.pop(one)
            if memory.picture is not None:
                impact = self._final_impact(memory, memory.picture)
                last = msgspec.structs.replace(memory.picture, impact=impact)
                ended.append(EndedTrack(track=memory.name, ended_s=now_s, last=last))
        return tuple(ended)

    def _remember(self, memory: Memory, shown: Shown, row: int) -> None:
        """Keep the state if a sensor had a part in it since the last one kept, and see whether it falls."""
        last_update_s = shown.last_update_s[row]
        if not shown.height_known[row]:
            return
        if memory.picture is None or last_update_s > memory.picture.last_update_s:
            kept = (one for one in memory.history if one.observed_s >= shown.observed_s - HISTORY_S)
            memory.history = (*kept, shown.updated(row))
            memory.impact = None
            if self._falls(memory.history, shown.p_classes[row], shown.identity[row]):
                memory.impact = self._impact(memory.history[-1], "descending")
        elif shown.status[row] == "coasting":
            memory.impact = _settled(memory)

    def _final_impact(self, memory: Memory, picture: TrackPicture) -> Impact | None:
        """An ended track's, if its last updated state was low; what was merely descending may still fly."""
        impact = _settled(memory)
        return impact if _is_down(impact) else None

    def _falls(self, history: tuple[Updated, ...], p_classes: tuple[float, ...], identity: str | None) -> bool:
        least = sink_wanted_mps(p_classes, identity)
        return least is not None and is_descending(history, least_mps=least)

    def _impact(self, last: Updated, basis: str) -> Impact:
        return impact_of(last, self._frame, self._zones.perimeter, basis)

    def _doubts_of(self, shown: Shown) -> dict[int, tuple[Reason, ...]]:
        """Contradictions by track: twins of this picture, and jumps of the last CONTRADICTION_S."""
        now_s = shown.observed_s
        self._doubts = {key: one for key, one in self._doubts.items() if now_s - one.observed_s <= CONTRADICTION_S}
        places: dict[str, list[Heard]] = {}
        for row, identity in enumerate(shown.identity):
            if identity is not None and shown.range_known[row]:
                places.setdefault(identity, []).append(shown.heard(row))
        found: dict[int, tuple[Reason, ...]] = {}
        for identity, here in places.items():
            for one in here:
                twins = [other for other in here if other.id != one.id]
                reasons = contradictions(identity, one, self._heard.get(identity), twins)
                if reasons and not twins:
                    self._doubts[identity] = Doubt(observed_s=now_s, reason=reasons[0])
                doubt = self._doubts.get(identity)
                found[one.id] = tuple(reasons) if reasons else () if doubt is None else (doubt.reason,)
        self._heard.update({identity: here[0] for identity, here in places.items()})
        self._heard = {key: one for key, one in self._heard.items() if now_s - one.observed_s <= CONTRADICTION_S}
        return found

    def _judge(
        self,
        memory: Memory,
        shown: Shown,
        row: int,
        approaches: tuple[ZoneApproach, ...],
        against: tuple[Reason, ...],
    ) -> TrackPicture:
        identity, sensors = shown.identity[row], shown.sensors(row)
        class_, p_class = class_of(shown.p_classes[row])
        cooperation = cooperation_of(identity, sensors, self._kinds, shown.observed_s)
        report = None if identity is None else self._reports.get(identity)
        high, placed = shown.height_known[row], shown.range_known[row]
        facts = Facts(
            observed_s=shown.observed_s,
            last_update_s=shown.last_update_s[row],
            status=shown.status[row],
            speed_mps=shown.speed_mps[row],
            height_agl_m=shown.height_agl_m[row],
            sink_mps=memory.history[-1].sink_mps if memory.history else None,
            p_exists=shown.p_exists[row],
            class_=class_,
            p_class=p_class,
            identity=identity,
            cooperation=cooperation,
            sensors=sensors,
            kinds=self._kinds,
            approaches=approaches,
            impact=memory.impact,
            against=against,
            emergency=None if report is None else report.emergency,
        )
        return TrackPicture(
            track=memory.name,
            id=shown.ids[row],
            observed_s=shown.observed_s,
            first_s=self._first_s[shown.ids[row]],
            last_update_s=shown.last_update_s[row],
            status=shown.status[row],
            latitude_deg=shown.latitude_deg[row] if placed else None,
            longitude_deg=shown.longitude_deg[row] if placed else None,
            altitude_ellipsoid_m=shown.altitude_ellipsoid_m[row],
            altitude_msl_m=shown.altitude_msl_m[row],
            height_agl_m=shown.height_agl_m[row],
            velocity_east_mps=shown.velocity_mps[row][0],
            velocity_north_mps=shown.velocity_mps[row][1],
            velocity_up_mps=shown.velocity_mps[row][2] if high else None,
            speed_mps=shown.speed_mps[row],
            course_true_deg=shown.course_true_deg[row],
            sigma_position_m=shown.sigma_position_m[row],
            sigma_altitude_m=shown.sigma_altitude_m[row],
            ellipse_major_m=shown.ellipses[row][0],
            ellipse_minor_m=shown.ellipses[row][1],
            ellipse_azimuth_true_deg=shown.ellipses[row][2],
            p_exists=shown.p_exists[row],
            p_classes=shown.p_classes[row],
            class_=class_,
            p_class=p_class,
            identity=identity,
            cooperation=cooperation,
            callsign=callsign_of(identity, report),
            sensors=sensors,
            approaches=approaches,
            path=shown.path(row) if placed and not _is_down(memory.impact) else (),
            impact=memory.impact,
            reasons=reasons_of(facts),
            contradictions=against,
            image=self._images.newest.get(shown.ids[row]),
        )


def _is_down(impact: Impact | None) -> bool:
    return impact is not None and impact.basis == "descent"


def _settled(memory: Memory) -> Impact | None:
    """The impact of a track that is no longer updated: seen down to the ground, if its last updated state was low."""
    if memory.impact is None or not memory.history or not is_low(memory.history[-1]):
        return memory.impact
    return msgspec.structs.replace(memory.impact, basis="descent")
