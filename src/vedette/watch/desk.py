"""What the console asks of a watch: reads of board, papers and record; people's actions and what follows from them."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from vedette.console import ActionRefused, Board, RecordedSite
from vedette.errors import RecordError
from vedette.letters import unseen
from vedette.model import (
    Action,
    AnyPayload,
    Body,
    Draft,
    ExerciseState,
    HandOver,
    HandOverState,
    History,
    Incident,
    NoticeWritten,
    Origin,
    Responding,
    SensorAsked,
    SheetItem,
    Shown,
    SightingReport,
    SiteCandidate,
    TaskAnswer,
    Wanted,
)
from vedette.model.response_requests import OfferHandOver
from vedette.post import ENTER_SIGHTING, LOOK_AT
from vedette.post.response.sheet import exercise_items, with_exercises
from vedette.record import Batch, Record, log_page
from vedette.report import hand_over_print
from vedette.site import Site, site_from_draft
from vedette.watch.answer import awaited, events_of
from vedette.watch.auditing import Auditing
from vedette.watch.changing import Changing
from vedette.watch.history import history_of
from vedette.watch.papers import Papers
from vedette.watch.plan import Plan
from vedette.watch.sightings import check_sighting
from vedette.watch.site_changes import CHANGE_SITE
from vedette.watch.site_files import digest_on_disk, recorded_sites
from vedette.watch.smoothing import Smoothing
from vedette.watch.telling import Telling
from vedette.watch.ties import FeedTies
from vedette.wire.sapient.outgoing import NotAllowed


class DeskSide(ABC):
    """The console's side of a watch; the watch itself gives the order, the pipeline and the record behind it."""

    plan: Plan
    board: Board
    papers: Papers
    smoothing: Smoothing
    ties: FeedTies
    telling: Telling
    changing: Changing
    record: Record
    exercises_to_tell: Callable[[], tuple[ExerciseState, ...]]
    auditing: Auditing
    _incidents: dict[str, Incident]

    @property
    @abstractmethod
    def now_s(self) -> float:
        """The newest message's receive time that the pipeline has taken."""

    @abstractmethod
    def submit(self, body: Body, received_s: float) -> bool:
        """Put a message into the order; False where it was shed."""

    @abstractmethod
    def draft(self, payload: AnyPayload) -> Draft:
        """An event of now, in the watch's origin."""

    @abstractmethod
    async def perform(self, action: Action) -> tuple[AnyPayload, ...]:
        """Put an action into the order, and wait until the record has what came of it. Raises ActionRefused."""

    def exercise_items(self, responding: Responding) -> tuple[SheetItem, ...]:
        """What there is to hand over of exercises, since the last hand-over."""
        moved = [one.moved for one in responding.hand_overs if one.state is HandOverState.ACCEPTED]
        since_s = max((one.at_s for one in moved if one is not None), default=None)
        return exercise_items(self.exercises_to_tell(), since_s, self.plan.site)

    def with_exercises(self, shown: Shown) -> Shown:
        """What is shown of the post, with the sheet as it would be signed: the post knows of no exercise."""
        responding = shown.responding
        items = self.exercise_items(responding)
        if not items:
            return shown
        sheet = with_exercises(responding.sheet, items)
        return msgspec.structs.replace(shown, responding=msgspec.structs.replace(responding, sheet=sheet))

    async def keep(self, payload: AnyPayload) -> None:
        """Record what is no message of the sequence, and return when the record has it.

        Raises:
            ActionRefused: the record cannot be written.
        """
        done, answer = awaited()
        batch = Batch(drafts=(self.draft(payload),), on_commit=lambda events: answer(()), on_failure=answer, flush=True)
        await asyncio.to_thread(self.record.writer.put, batch)
        events_of(await done)

    async def act(self, action: Action) -> tuple[AnyPayload, ...]:
        """Put a person's action into the order and wait until the record has committed what came of it.

        What a sensor is asked is sent then: recorded first, and in a live watch alone.

        Raises:
            ActionRefused: the post does not take it, the record cannot be written, or a sensor cannot be asked.
        """
        _check_words(action)
        if action.verb == LOOK_AT and self.plan.paced:
            raise ActionRefused("not_live", "only a live watch asks anything of sensors")
        if action.verb == ENTER_SIGHTING and action.sighting is not None:
            action = await asyncio.to_thread(self._checked, action, action.sighting)
        if isinstance(action.request, OfferHandOver):
            items = self.exercise_items(self.board.shown.responding)
            action = msgspec.structs.replace(action, request=msgspec.structs.replace(action.request, exercises=items))
        if action.verb == CHANGE_SITE and self.plan.origin is Origin.EXERCISE:
            raise ActionRefused("not_live", "an exercise changes no site: do it at the watch beside it")
        if action.verb == CHANGE_SITE:
            return await self.changing.change(action)
        payloads = await self.perform(action)
        for asked in payloads:
            if isinstance(asked, SensorAsked):
                await self._ask(asked)
            elif isinstance(asked, NoticeWritten):
                self.telling.tell(asked)
        return payloads

    def _checked(self, action: Action, report: SightingReport) -> Action:
        """The action with the checker's answer, by the record as it stands: what is decided depends on nothing else."""
        try:
            return msgspec.structs.replace(action, answer=check_sighting(self.plan.folder, self.plan.site, report))
        except RecordError as error:
            raise ActionRefused("not_recorded", str(error)) from None

    async def _ask(self, asked: SensorAsked) -> None:
        try:
            await self.ties.ask(asked)
        except NotAllowed as refused:
            said = str(refused)
            answer = TaskAnswer(
                sensor=asked.sensor, observed_s=self.now_s, task=asked.task, state="not_sent", reason=said
            )
            self.submit(answer, self.now_s)
            raise ActionRefused("not_allowed", said) from None

    def draft_site(self, toml: str, geometry: str | None) -> Site:
        """The site of texts that are to stand where this one's stand. Raises BadInput, BadSite."""
        return site_from_draft(self.plan.site_file or Path("site.toml"), toml, geometry)

    def site_on_disk(self) -> tuple[str | None, bool]:
        """The file that a change is written to, and whether it was edited since it was read."""
        path = self.plan.site_file
        return (None, False) if path is None else (str(path), digest_on_disk(path) != self.plan.site.sha256)

    def site_versions(self) -> tuple[RecordedSite, ...]:
        """Every version of the site in the record, oldest first."""
        return recorded_sites(self.plan.folder)

    def incident_document(self, incident: str) -> dict[str, Any] | None:
        """The incident's JSON, None if there is none of this id."""
        found = self._incidents.get(incident)
        return None if found is None else self.papers.document(found, self.board.alerts())

    def incident_case(self, incident: str) -> dict[str, Any] | None:
        """What the record holds of the incident beside its document, None if there is none of this id."""
        found = self._incidents.get(incident)
        return None if found is None else self.papers.case(found, self.board.alerts())

    def incident_paper(self, incident: str, format_name: str) -> bytes | None:
        """The incident's report in one format, None if there is none of this id; its paths smoothed once they are."""
        found = self._incidents.get(incident)
        if found is None:
            return None
        ready = self.smoothing.of(found)
        return self.papers.render(format_name, found, self.board.alerts(), ready.paths, pending=ready.pending)

    def history(self, wanted: Wanted) -> History:
        """Incidents as the board has them, and those brought in from elsewhere, with their patterns."""
        return history_of(self.board.incidents(), self.board.alerts(), self.board.shown.past, self.plan.site, wanted)

    def checkpoint(self) -> str | None:
        """The record's newest checkpoint, as papers print it."""
        return self.papers.checkpoint()

    def hand_over_paper(self, hand_over: HandOver, format_name: str) -> bytes:
        """A shift's hand-over for print, as html or pdf."""
        return hand_over_print(hand_over, self.plan.site, format_name)

    def log(self, kind: str | None, since_s: float | None, after_seq: int, most: int) -> list[dict[str, Any]]:
        """The record's events past `after_seq`, without operators' data."""
        return log_page(self.plan.folder, kind, since_s, after_seq, most)


def _check_words(action: Action) -> None:
    """What a person wrote is as it looks, wherever it is read later.

    Raises:
        ActionRefused: a letter that nobody sees, or that turns others round, stands in it.
    """
    request = None if isinstance(action.request, SiteCandidate) else action.request  # texts with a reader of their own
    waiting: list[Any] = [msgspec.to_builtins(msgspec.structs.replace(action, request=request, answer=None))]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and (letter := unseen(one)) is not None:
            raise ActionRefused("bad_text", f"there is a letter in it that nobody sees ({letter}): type it anew")
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list | tuple):
            waiting += one
