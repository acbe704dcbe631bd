"""A change of the site while it is watched: what is asked for, and what the record keeps of it."""

from __future__ import annotations

import msgspec

from vedette.model.flights import FlightPlan
from vedette.model.payload import Payload
from vedette.model.requests import Request


class SiteDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a change changes. part: `site`, `sensor radar-1`, `zone fence` …; key: of that table, as written.

    before, after: as people read them; None: it was not there, or is no longer.
    """

    part: str
    key: str
    before: str | None
    after: str | None


class SiteCandidate(Request, frozen=True, kw_only=True):
    """A site file and its geometry as a person wants them. base_sha256: of the site that they were made from.

    back_to: digest of the earlier version whose texts these are. flights: of the file that the site file names, by key,
    as the watch found it; None: as they were.
    """

    toml: str
    geometry: str | None
    base_sha256: str
    back_to: str | None = None
    flights: tuple[tuple[str, FlightPlan], ...] | None = None


class SiteChanged(Payload, frozen=True, kw_only=True, tag="site_changed"):
    """A person changed the site. before, after: digests, as in site_version, which follows this and holds the texts.

    back_to: the earlier version that was returned to.
    """

    before: str
    after: str
    by: str
    role: str | None
    note: str
    at_s: float
    differences: tuple[SiteDifference, ...]
    back_to: str | None = None
