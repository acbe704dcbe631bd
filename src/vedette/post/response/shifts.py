"""The clerk of hand-overs: who goes signs the sheet that was read, who comes signs the same one."""

from __future__ import annotations

from collections.abc import Callable

from vedette.model import Action, HandOver, HandOverMoved, HandOverOffered, Picture
from vedette.model.response_requests import MoveHandOver, OfferHandOver
from vedette.post.clerk import Clerk
from vedette.post.machine import Refused
from vedette.post.mandate import same_person
from vedette.post.response.asked import asked
from vedette.post.response.machines import ACCEPT, HAND_OVER_MOVES
from vedette.post.response.sheet import sheet_of, with_exercises
from vedette.post.step import Step
from vedette.site import Site


class Shifts(Clerk):
    """The hand-overs of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._verbs: dict[str, Callable[[Step, Action], None]] = {
            "offer_hand_over": self._offer,
            "move_hand_over": self._move,
        }

    def act(self, step: Step, action: Action, picture: Picture | None) -> Refused | None:
        """Enter what the action makes.

        Raises:
            Refused: it cannot be done.
        """
        del picture
        self._verbs[action.verb](step, action)
        return None

    def _offer(self, step: Step, action: Action) -> None:
        request = asked(action, OfferHandOver)
        waits = step.books.response.offered()
        if waits is not None:
            raise Refused("already_offered", f"{waits.id} of {waits.offered.by} waits: accept it or withdraw it")
        sheet = with_exercises(sheet_of(step.books, self._site, step.received_s), request.exercises)
        if sheet.digest != request.digest:
            raise Refused("changed", "what there is to hand over has changed since: read it again")
        step.enter(
            HandOverOffered(
                hand_over=f"{self._site.id}-H-{len(step.books.response.hand_overs) + 1:04d}",
                sheet=sheet,
                checkpoint=request.checkpoint,
                by=action.by,
                role=action.role or "",
                note=action.note,
                at_s=step.received_s,
            )
        )

    def _move(self, step: Step, action: Action) -> None:
        request = asked(action, MoveHandOver)
        one = step.books.response.hand_overs.get(request.hand_over)
        if one is None:
            raise Refused("not_found", f"there is no hand-over {request.hand_over}")
        after = HAND_OVER_MOVES.get((one.state, request.move))
        if after is None:
            raise Refused("illegal_move", f"{one.id} is {one.state.value}: it cannot {request.move}")
        if request.move == ACCEPT:
            _check_accepted(one, action.by, request.digest)
        step.enter(
            HandOverMoved(
                hand_over=one.id,
                move=request.move,
                state=after,
                digest=one.offered.sheet.digest,
                by=action.by,
                role=action.role or "",
                note=action.note,
                at_s=step.received_s,
            )
        )


def _check_accepted(one: HandOver, by: str, digest: str) -> None:
    if same_person(one.offered.by, by):
        raise Refused("same_person", f"{one.offered.by} hands over and cannot take over from himself or herself")
    if digest != one.offered.sheet.digest:
        raise Refused("changed", f"{one.id} is another sheet than the one that was read")
