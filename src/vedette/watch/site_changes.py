"""A person's change of the site: what is asked for against what is → the site from now on, or why not. Pure."""

from __future__ import annotations

from typing import Final

import msgspec

from vedette.errors import BadInput, BadSite, Fault
from vedette.model import Action, SiteCandidate, SiteChanged, SiteVersion
from vedette.post import Refused
from vedette.site import Site, differences, held_fast, site_from_text

CHANGE_SITE: Final = "change_site"
"""The verb of an action that carries a SiteCandidate."""


def version_of(site: Site) -> SiteVersion:
    """The site's texts, for the record."""
    return SiteVersion(site=site.id, sha256=site.sha256, toml=site.toml, geometry=site.geojson)


def changed_site(site: Site, action: Action, at_s: float) -> tuple[Site, SiteChanged]:
    """The site as a person wants it, and the event that says so.

    Raises:
        Refused: site_changed, it is no longer the one that the change was made from; bad_site; held_fast, a running
            watch cannot follow; no_change.
    """
    wanted = action.request
    if not isinstance(wanted, SiteCandidate):
        raise Refused("bad_site", "no site was given")
    if wanted.base_sha256 != site.sha256:
        raise Refused("site_changed", "The site was changed meanwhile: look at that change, and make yours upon it")
    try:
        after = site_from_text(wanted.toml, wanted.geometry)
    except BadSite as bad:
        raise Refused("bad_site", str(bad), told(bad.faults)) from None
    except BadInput as bad:
        raise Refused("bad_site", str(bad)) from None
    if held := held_fast(site, after):
        raise Refused("held_fast", "; ".join(fault.why for fault in held), told(held))
    if after.sha256 == site.sha256:
        raise Refused("no_change", "This is the site as it is")
    flights = site.flights if wanted.flights is None else wanted.flights  # no text holds them
    after = msgspec.structs.replace(after, flights=flights)
    changed = SiteChanged(
        before=site.sha256,
        after=after.sha256,
        by=action.by,
        role=action.role or None,
        note=action.note,
        at_s=at_s,
        differences=differences(site, after),
        back_to=wanted.back_to,
    )
    return after, changed


def told(faults: tuple[Fault, ...]) -> tuple[dict[str, str], ...]:
    """Faults as the details of a refusal."""
    return tuple({"key": one.key, "value": one.value, "why": one.why} for one in faults)
