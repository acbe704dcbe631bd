"""The seam between the console and the watch: what the root gives, and how a person's action goes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import msgspec

from vedette.console.board import Board
from vedette.errors import VedetteError
from vedette.model import (
    Action,
    AnyPayload,
    HandOver,
    History,
    RecordedLooks,
    RecordedPoints,
    RecordedSpan,
    SiteChanged,
    Wanted,
)
from vedette.model.auditing import LogPage, LogSearch, RecordState
from vedette.site import Site


class ActionRefused(VedetteError):
    """An action that the watch did not take, and recorded nothing of, or only the refusal.

    Attributes:
        code: a short fixed word: `unknown` (no such target: 404), `bad_text` (400), any other is a conflict (409).
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

    def points(
        self, from_s: float, until_s: float, step_s: float, after_seq: int = 0, track: str | None = None
    ) -> RecordedPoints:
        """Track points received in [from_s, until_s), of all tracks or of one, of each one in each step_s (0: all)."""
        ...

    def looks(self, incident: str, from_s: float, until_s: float, after_seq: int = 0) -> RecordedLooks:
        """Looks that had a part in an incident, received in [from_s, until_s)."""
        ...


class RecordedSite(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the site in the record. change: the person's change that made it, None: read from the files."""

    seq: int
    received_s: float
    sha256: str
    toml: str
    geometry: str | None
    change: SiteChanged | None


class IncomingFile(Protocol):
    """A file on its way in: written, sealed, and kept once it is recorded; else dropped.

    Raises (all but `drop`):
        RecordError: it cannot be taken, in one sentence.
    """

    def write(self, octets: bytes) -> None:
        """Some more octets."""
        ...

    def seal(self) -> KeptFile:
        """Make it safe; it is not yet among the media."""
        ...

    def keep(self) -> None:
        """Have it among the media: it is recorded."""
        ...

    def drop(self) -> None:
        """Forget it; harmless once it is kept."""
        ...


class KeptFile(Protocol):
    """A file that is kept."""

    @property
    def sha256(self) -> str:
        """Of its octets, as hex."""
        ...

    @property
    def size_bytes(self) -> int:
        """How many they are."""
        ...


class Media(Protocol):
    """The files that people gave."""

    def receive(self) -> IncomingFile:
        """Begin to take one in; RecordError if it cannot be."""
        ...

    def path(self, sha256: str) -> Path | None:
        """Where one lies, None if it is not there."""
        ...


class Auditing(Protocol):
    """The record, event by event. Raises (all): RecordError: it cannot be read."""

    def events(self, search: LogSearch, most: int) -> LogPage:
        """The newest events that are looked for, at most so many."""
        ...

    def state(self) -> RecordState:
        """How the record stands."""
        ...

    def verify(self, by: str) -> None:
        """Begin to check it, where that is not under way. Called on the console's loop."""
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

    @property
    def auditing(self) -> Auditing:
        """Its record, for who audits it; it blocks, and is asked on a thread of its own."""
        ...

    def incident_document(self, incident: str) -> dict[str, Any] | None:
        """The incident's JSON as the report room makes it, None if there is no such incident."""
        ...

    def incident_case(self, incident: str) -> dict[str, Any] | None:
        """The incident's timeline, sensors and evidence from the record, None if there is no such incident."""
        ...

    @property
    def media(self) -> Media:
        """Where files that people give are kept."""
        ...

    def incident_paper(self, incident: str, format_name: str) -> bytes | None:
        """The incident's report, html, pdf or geojson, that needs nothing else; None if there is no such incident."""
        ...

    def checkpoint(self) -> str | None:
        """The record's newest checkpoint, as papers print it; None before the first."""
        ...

    def hand_over_paper(self, hand_over: HandOver, format_name: str) -> bytes:
        """A shift's hand-over for print, html or pdf, that needs nothing else."""
        ...

    def draft_site(self, toml: str, geometry: str | None) -> Site:
        """The site of texts that are to stand where this watch's site file stands.

        Raises:
            BadInput, BadSite: as `load_site`.
        """
        ...

    def site_on_disk(self) -> tuple[str | None, bool]:
        """The name of the file that a change is written to, None if none; whether it was edited since it was read."""
        ...

    def site_versions(self) -> tuple[RecordedSite, ...]:
        """Every version of the site in the record, oldest first; starts that found it as it was among them."""
        ...

    def log(self, kind: str | None, since_s: float | None, after_seq: int, most: int) -> list[dict[str, Any]]:
        """The record's events past `after_seq`, at most so many, as `vedette log --json` has them.

        What an operator is known by is left out: it is opened in its own way.
        """
        ...

    async def keep(self, payload: AnyPayload) -> None:
        """Record what is no message of the sequence; return when the record has it. Called on the console's loop.

        Raises:
            VedetteError: it cannot.
        """
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
