"""What is being watched, and how it is kept."""

from __future__ import annotations

from pathlib import Path

import msgspec

from vedette.model import Origin, Source
from vedette.site import Site


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is being watched, and how it is kept.

    site_file: where a change of the site is written; None: it is recorded alone. sources: the recordings of a replay.
    speed: of a replay, None where it runs at the clock's own. paced: a replay or a simulation, whose input waits for
    the pipeline instead of being shed, and whose record is the same each time.
    outputs: partners are told of what is not live too, marked as such.
    """

    site: Site
    origin: Origin
    folder: Path
    site_file: Path | None = None
    sources: tuple[Source, ...] = ()
    speed: float | None = None
    outputs: bool = False

    @property
    def tells(self) -> bool:
        """Whether the outputs are opened."""
        return bool(self.site.outputs) and (self.origin is Origin.LIVE or self.outputs)

    @property
    def paced(self) -> bool:
        """Whether the messages come from recordings or a simulation."""
        return self.origin is not Origin.LIVE
