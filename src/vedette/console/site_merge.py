"""The API's merge of two people's changes of the site: a draft of both, for who looks at it; nothing is changed."""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec
from litestar import post
from litestar.params import JSONBody
from litestar.types import ControllerRouterHandler

from vedette.console.desk import Desk
from vedette.console.errors import ApiError
from vedette.console.setup import (
    BODY_BYTES,
    DifferenceView,
    GeoJson,
    SiteDigest,
    SiteFileView,
    Toml,
    told,
    version_named,
)
from vedette.console.views import View
from vedette.errors import BadInput
from vedette.site import Merged, differences, merged

SAME: Final = "Both changed the same: choose which is to stand."
CLOSE: Final = "The two changes lie too close in the text to be put together by a machine."


class SiteMerge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a merge: a draft, and the version that it was made from."""

    toml: Toml
    geometry: GeoJson | None = None
    base_sha256: SiteDigest


class SiteMergeView(View, frozen=True, kw_only=True):
    """The site as it is now, and the draft put upon it.

    theirs: what was changed since the draft's version. toml, geometry: both changes; toml null: they cannot be put
    together, why says so, and both names what both changed, with what stands there now.
    """

    now: SiteFileView
    theirs: list[DifferenceView]
    toml: str | None
    geometry: str | None
    why: str | None
    both: list[DifferenceView]


def merge_handlers(desk: Desk) -> list[ControllerRouterHandler]:
    """POST /site/merge."""

    @post("/site/merge", summary="Put a draft upon what was changed meanwhile; changes nothing", status_code=200,
          request_max_body_size=BODY_BYTES)  # fmt: skip
    async def merge(data: JSONBody[SiteMerge]) -> SiteMergeView:
        return await asyncio.to_thread(_merge, desk, data)

    return [merge]


def _merge(desk: Desk, data: SiteMerge) -> SiteMergeView:
    now, (name, is_edited) = desk.board.site, desk.site_on_disk()
    then = version_named(desk, data.base_sha256)
    try:
        base, mine = desk.draft_site(then.toml, then.geometry), desk.draft_site(data.toml, data.geometry)
    except BadInput as bad:
        raise ApiError(409, "bad_site", str(bad)) from None
    found = merged(base, mine, now)
    together = found if isinstance(found, Merged) else None
    both = () if isinstance(found, Merged) else found.both
    return SiteMergeView(
        now=SiteFileView(sha256=now.sha256, toml=now.toml, geometry=now.geojson, file=name, edited_on_disk=is_edited),
        theirs=told(differences(base, now)),
        toml=None if together is None else together.toml,
        geometry=None if together is None else together.geometry,
        why=None if together is not None else SAME if both else CLOSE,
        both=told(both),
    )
