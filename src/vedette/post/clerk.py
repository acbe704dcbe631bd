"""A desk of the post: its own verbs, its own books, its own part of what is shown."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from typing import Any

from vedette.model import Action, Picture
from vedette.post.machine import Refused
from vedette.post.step import Step


class Clerk(ABC):
    """What the post asks of each of its desks.

    A clerk keeps no state of its own that the books, the clocks or the next picture do not give back after a restart.
    """

    _verbs: Mapping[str, Callable[..., Any]]
    """Its own verbs, and what each does; no two clerks share one."""

    @property
    def verbs(self) -> Collection[str]:
        """The verbs of the actions that are its own."""
        return self._verbs

    @abstractmethod
    def act(self, step: Step, action: Action, picture: Picture | None) -> Refused | None:
        """Enter what a person's action makes. A refusal that is returned has its events in the step, to be recorded.

        picture: the newest that was judged, None before the first.

        Raises:
            Refused: it cannot be done, and makes no event.
        """

    def see(self, step: Step, picture: Picture) -> None:  # noqa: B027 - many desks have nothing to do with pictures
        """Enter what a new picture changes; called after alerts and incidents were looked after."""

    def take_up(self, step: Step, picture: Picture | None) -> None:  # noqa: B027 - nor anything that a restart ends
        """Enter what no longer stands after a restart; picture: the one that was taken up, None if there is none."""
