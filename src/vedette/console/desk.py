"""The seam between the console and the watch: what the root gives, and how a person's action goes back."""

from __future__ import annotations

from typing import Any, Protocol

from vedette.console.board import Board
from vedette.errors import VedetteError
from vedette.model import Action, AnyPayload, HandOver, History, Wanted


class ActionRefused(VedetteError):
    """An action that the watch did not take, and recorded nothing of, or only the refusal.

    Attributes:
        code: a short fixed word: `unknown` (no such target: 404), any other is a conflict (409).
        message: why, fit for a screen. details: the clauses that refuse, where the mandate does.
    """

    def __init__(self, code: str, message: str, details: tuple[dict[str, str], ...] = ()) -> None:
        self.code, self.message, self.details = code, message, details
        super().__init__(f"{code}: {message}")


class Desk(Protocol):
    """What the console needs of the watch. All but `act` is called from any thread, and must not block for long.

    board: what is up now; the pipeline thread puts there what changed, and everything read over HTTP comes from it.
    """

    @property
    def board(self) -> Board:
        """The board of this watch, the same for its whole life."""
        ...

    def incident_document(self, incident: str) -> dict[str, Any] | None:
        """The incident's JSON as the report room makes it, None if there is no such incident."""
        ...

    def incident_paper(self, incident: str, format_name: str) -> bytes | None:
        """The incident's report, html or pdf, that needs nothing else; None if there is no such incident."""
        ...

    def checkpoint(self) -> str | None:
        """The record's newest checkpoint, as papers print it; None before the first."""
        ...

    def hand_over_paper(self, hand_over: HandOver) -> bytes:
        """A shift's hand-over for print, as an HTML page that needs nothing else."""
        ...

    def history(self, wanted: Wanted) -> History:
        """Incidents of the record and brought in from elsewhere, and their patterns."""
        ...

    async def act(self, action: Action) -> tuple[AnyPayload, ...]:
        """Hand a person's action to the pipeline; return when the record has committed what came of it: these events.

        Called on the console's loop. By then the board shows the new state.

        Raises:
            ActionRefused: not taken.
        """
        ...
