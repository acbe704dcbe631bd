"""The notices' clerk: words that a person writes to a partner, what became of them, and who has read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from vedette.model import (
    Action,
    Checklist,
    Dispatched,
    Notice,
    NoticeRead,
    NoticeState,
    NoticeWritten,
    Picture,
)
from vedette.model.response_requests import NoticeTold, ReadNotice, WriteNotice
from vedette.post.clerk import Clerk
from vedette.post.machine import Refused
from vedette.post.mandate import AGAINST
from vedette.post.response.asked import asked
from vedette.post.response.books import NOTICE
from vedette.post.response.checklists import checklist_of, step_of
from vedette.post.response.machines import NOTICE_MOVES, READ
from vedette.post.step import Step
from vedette.site import Output, Site

NOTICES: Final = "notices"
LOST: Final = "not known to be sent: the watch ended before"


class Notices(Clerk):
    """The notices of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._verbs: dict[str, Callable[[Step, Action], None]] = {
            "write_notice": self._write,
            "notice_told": self._told,
            "read_notice": self._read,
        }

    def act(self, step: Step, action: Action, picture: Picture | None) -> Refused | None:
        """Enter what the action makes.

        Raises:
            Refused: it cannot be done.
        """
        del picture
        self._verbs[action.verb](step, action)
        return None

    def take_up(self, step: Step, picture: Picture | None) -> None:
        """After a restart: what was written and has no outcome is not sent late, but said to be lost."""
        del picture
        for notice in step.books.response.notices.values():
            if notice.state is NoticeState.WRITTEN:
                step.enter(told(notice.written, LOST))

    def _write(self, step: Step, action: Action) -> None:
        request = asked(action, WriteNotice)
        text = request.text.strip()
        if not text:
            raise Refused("no_text", "say what the partner is to be told")
        checklist = None
        if request.checklist is not None:
            checklist = checklist_of(step, request.checklist)
            self._check_step(checklist, request)
        output = None if request.output is None else self._output(request.output)
        if output is None and not (request.partner or "").strip():
            raise Refused("no_partner", "name an output, or whom you told by voice")
        book = step.books.open_incident(step.origin)
        step.enter(
            NoticeWritten(
                notice=f"{self._site.id}-N-{len(step.books.response.notices) + 1:04d}",
                output=output.id if output else None,
                partner=output.partner if output else (request.partner or "").strip(),
                release=output.release.id if output else None,
                text=text,
                by=action.by,
                role=action.role or "",
                at_s=step.received_s,
                incident=checklist.opened.incident if checklist else book.incident if book else None,
                checklist=request.checklist,
                step=request.step,
            )
        )

    def _check_step(self, checklist: Checklist, request: WriteNotice) -> None:
        if request.step is None:
            return
        measure = self._site.response.measure(step_of(checklist, request.step).line.measure or "")
        if request.output is not None and measure is not None and measure.kind in AGAINST:
            raise Refused("not_sent", f"{measure.name} is handed over by people, never sent")

    def _output(self, name: str) -> Output:
        output = next((one for one in self._site.outputs if one.id == name), None)
        if output is None:
            raise Refused("not_found", f"the site has no output {name}")
        if NOTICES not in output.release.what:
            raise Refused("not_released", f"the rule {output.release.id} lets {output.partner} have no notices")
        return output

    def _told(self, step: Step, action: Action) -> None:
        request = asked(action, NoticeTold)
        for about in request.dispatched.about:
            notice = step.books.response.notices.get(about)
            if notice is not None and not notice.outcome:
                step.enter(msgspec.structs.replace(request.dispatched, about=(about,)))

    def _read(self, step: Step, action: Action) -> None:
        request = asked(action, ReadNotice)
        notice = step.books.response.notices.get(request.notice)
        if notice is None:
            raise Refused("not_found", f"there is no notice {request.notice}")
        _check_readable(notice, request, step.received_s)
        step.enter(
            NoticeRead(
                notice=notice.id,
                confirmed_by=request.confirmed_by,
                by=action.by,
                role=action.role or "",
                note=action.note,
                at_s=step.received_s,
                happened_s=request.happened_s,
            )
        )


def _check_readable(notice: Notice, request: ReadNotice, at_s: float) -> None:
    if notice.read is not None or (notice.state, READ) not in NOTICE_MOVES:
        raise Refused("illegal_move", f"{notice.id} was read already")
    if request.happened_s is not None and not notice.written.at_s <= request.happened_s <= at_s:
        raise Refused("bad_time", "it is read after it was written, and not in time to come")


def told(written: NoticeWritten, outcome: str) -> Dispatched:
    """What became of a notice that no output has a word on."""
    return Dispatched(
        output=written.output or "",
        partner=written.partner,
        release=written.release or "",
        what=NOTICE,
        about=(written.notice,),
        fields=(),
        messages=0,
        outcome=outcome,
    )
