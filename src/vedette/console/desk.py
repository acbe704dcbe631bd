"""The seam between the console and the watch: what the root gives, and how a person's action goes back."""

from __future__ import annotations

from typing import Any, Protocol

from vedette.console.board import Board
from vedette.errors import VedetteError
from vedette.model import Action, AnyPayload, History, RecordedLooks, RecordedPoints, RecordedSpan, Wanted


class ActionRefused(VedetteError):
    """An action that the watch did not take, and recorded nothing of, or only the refusal.

    Attributes:
        code: a short fixed word: `unknown` (no such target: 404), any other is a conflict (409).
        message: why, fit for a screen. details: the clauses that refuse, where the mandate does.
    """

    def __init__(self, code: str, message: str, details: tuple[dict[str, str], ...] = ()) -> None:
        self.code, self.message, self.details = code, message, details
        super().__init__(f"{code}: {message}")


class Playback(Protocol):
    """What the record says. Any thread; a call reads a bounded piece.

    Raises (all): RecordError: the record cannot be read.
    """

    def span(self) -> RecordedSpan | None:
        """From the first event to the last, None for an empty record."""
        ...

    def points(self, from_s: float, until_s: float, step_s: float, after_seq: int = 0) -> RecordedPoints:
        """Track points received in [from_s, until_s), of each track one in each step_s (0: all)."""
        ...

    def looks(self, incident: str, from_s: float, until_s: float, after_seq: int = 0) -> RecordedLooks:
        """Looks that had a part in an incident, received in [from_s, until_s)."""
        ...


class Desk(Protocol):
    """What the console needs of the watch. All but `act` is called from any thread, and must not block for long.

    board: what is up now; the pipeline thread puts there what changed, and everything read over HTTP comes from it.
    """

    @property
    def board(self) -> Board:
        """The board of this watch, the same for its whole life."""
        ...

    @property
    def playback(self) -> Playback:
        """What its record says of earlier times; it blocks, and is asked on a thread of its own."""
        ...

    def incident_document(self, incident: str) -> dict[str, Any] | None:
        """The incident's JSON as the report room makes it, None if there is no such incident."""
        ...

    def incident_paper(self, incident: str, format_name: str) -> bytes | None:
        """The incident's report, html or pdf, that needs nothing else; None if there is no such incident."""
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
