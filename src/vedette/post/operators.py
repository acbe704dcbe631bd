"""Where an aircraft says its operator stands: opened by a person's act, which is an event; shown in no other way."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from vedette.model import Action, OperatorOpened, Picture
from vedette.post.books import Books
from vedette.post.clerk import Clerk
from vedette.post.machine import Refused
from vedette.post.step import Step
from vedette.site import Site

OPEN_OPERATOR: Final = "open_operator"


class Operators(Clerk):
    """The desk that opens operators' places. `target` of the action: a track of the picture, or of an incident."""

    verbs: Collection[str] = (OPEN_OPERATOR,)

    def __init__(self, site: Site) -> None:
        self._keep_s = site.limits.personal_keep_s

    def act(self, step: Step, action: Action, picture: Picture | None) -> None:
        """Enter the opening; the event does not repeat the place.

        Raises:
            Refused: no such track, or it has said nothing of its operator that may still be kept.
        """
        identity = _identity(step.books, action.target, picture)
        place = step.books.operators.get(identity) if identity else None
        late = place is not None and self._keep_s is not None and step.received_s - place.heard_s > self._keep_s
        if identity is None or place is None or late:
            raise Refused("not_found", f"{action.target} says nothing of where its operator stands")
        opened = OperatorOpened(
            track=action.target,
            identity=identity,
            by=action.by,
            role=action.role or "",
            note=action.note,
            at_s=step.received_s,
        )
        step.enter(opened)


def _identity(books: Books, name: str, picture: Picture | None) -> str | None:
    for track in picture.tracks if picture is not None else ():
        if track.track == name:
            return track.identity
    for book in reversed(books.incidents.values()):
        if name in book.tracks:
            return book.tracks[name].identity
    raise Refused("not_found", f"there is no track {name}")
