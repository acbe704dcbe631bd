"""A desk of the post: its own verbs, its own books, its own part of what is shown."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from vedette.model import Action, Picture
from vedette.post.machine import Refused
from vedette.post.step import Step


class Clerk(Protocol):
    """What the post asks of each of its desks.

    A clerk keeps no state of its own that the books, or the next picture, do not give back after a restart.
    """

    @property
    def verbs(self) -> Collection[str]:
        """The verbs of the actions that are its own; no two clerks share one."""
        ...

    def act(self, step: Step, action: Action, picture: Picture | None) -> Refused | None:
        """Enter what a person's action makes. A refusal that is returned has its events in the step, to be recorded.

        picture: the newest that was judged, None before the first.

        Raises:
            Refused: it cannot be done, and makes no event.
        """
        ...

    def see(self, step: Step, picture: Picture) -> None:
        """Enter what a new picture changes; called after alerts and incidents were looked after."""
        ...

    def take_up(self, step: Step, picture: Picture | None) -> None:
        """Enter what no longer stands after a restart; picture: the one that was taken up, None if there is none."""
        ...
