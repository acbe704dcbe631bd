"""The API's set-up: the site file as it stands, checked, edited, changed while the watch runs, and its versions."""

from __future__ import annotations

import asyncio
import tomllib
from typing import Annotated, Any, Final, Literal, Protocol

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from vedette.clock import iso_utc
from vedette.console.desk import Desk, RecordedSite
from vedette.console.errors import ApiError
from vedette.console.people import Acting
from vedette.console.siteview import SiteView, site_view
from vedette.console.views import View
from vedette.errors import BadInput, BadSite, Fault
from vedette.model import Action, Origin, SiteCandidate, SiteDifference
from vedette.site import Site, differences, held_fast, line_in_words, line_of
from vedette.site.edits import BadEdit, Edit, edited
from vedette.site.text import too_much

BODY_BYTES: Final = 2 * 1024 * 1024
"""A site file with its geometry: a survey of some 20,000 positions. These routes alone take so much."""
Toml = Annotated[str, msgspec.Meta(max_length=500_000)]
GeoJson = Annotated[str, msgspec.Meta(max_length=1_900_000)]
SiteDigest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
_Words = Annotated[str, msgspec.Meta(max_length=2000)]


class SiteText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a check. toml: the site file. geometry: the text of its GeoJSON file, where it names one."""

    toml: Toml
    geometry: GeoJson | None = None


class SiteEdits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of an edit of the site file's text: made in order, all or none."""

    toml: Toml
    geometry: GeoJson | None = None
    edits: Annotated[tuple[Edit, ...], msgspec.Meta(max_length=500)]


class SiteApply(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a change. base_sha256: of the version that it was made from."""

    toml: Toml
    geometry: GeoJson | None = None
    base_sha256: SiteDigest
    note: _Words = ""
    by: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    role: Annotated[str, msgspec.Meta(max_length=200)] | None = None


class SiteReturn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a return to an earlier version."""

    base_sha256: SiteDigest
    note: _Words = ""
    by: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    role: Annotated[str, msgspec.Meta(max_length=200)] | None = None


class SiteFileView(View, frozen=True, kw_only=True):
    """The site's texts. file: what a change is written to, null where it is recorded alone (a replay, a simulation).

    edited_on_disk: the files were edited by hand since they were read. Secrets are in none of these: they have files
    of their own.
    """

    sha256: str
    toml: str
    geometry: str | None
    file: str | None
    edited_on_disk: bool


class FaultView(View, frozen=True, kw_only=True):
    """One fault. where: in which text; line: of the site file, counted from 1; feature: of the geometry, from 0."""

    where: Literal["toml", "geometry"]
    key: str
    value: str
    why: str
    line: int | None
    feature: int | None


class DifferenceView(View, frozen=True, kw_only=True):
    """One thing that is another. part: `site`, `sensor radar-1`, `zone fence` …; before, after: null: not there."""

    part: str
    key: str
    before: str | None
    after: str | None


class SiteCheckView(View, frozen=True, kw_only=True):
    """What a candidate is. faults: as `vedette check` has them; without any, `site` is how it would be drawn.

    held: what a running watch cannot follow, and needs a start of the watch. document: the site file as data, null
    where it is no TOML.
    """

    toml: str
    geometry: str | None
    sha256: str | None
    faults: list[FaultView]
    held: list[FaultView]
    differences: list[DifferenceView]
    site: SiteView | None
    document: dict[str, Any] | None


class VersionView(View, frozen=True, kw_only=True):
    """A version of the site as the record has it. seq: of its event. by: null: read from the files at a start."""

    seq: int
    time_utc: str
    sha256: str
    by: str | None
    role: str | None
    note: str
    back_to: str | None
    differences: list[DifferenceView]
    current: bool


class VersionsView(View, frozen=True, kw_only=True):
    """All versions, the newest first."""

    versions: list[VersionView]


class VersionTextView(View, frozen=True, kw_only=True):
    """The texts of one version, and what returning to it would change."""

    sha256: str
    toml: str
    geometry: str | None
    differences: list[DifferenceView]


class Drafting(Protocol):
    """What checking a candidate needs: a watch, or the first start before there is one."""

    def draft_site(self, toml: str, geometry: str | None) -> Site:
        """The site of texts. Raises BadInput, BadSite."""
        ...

    @property
    def base(self) -> Site | None:
        """The site as it is now, None before there is any."""
        ...

    @property
    def origin(self) -> Origin:
        """Of what is watched."""
        ...


class _Running:
    """The drafting of a running watch."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.draft_site = desk.draft_site

    @property
    def base(self) -> Site | None:
        return self._desk.board.site

    @property
    def origin(self) -> Origin:
        return self._desk.board.origin


def setup_handlers(desk: Desk) -> list[ControllerRouterHandler]:
    """GET and POST under /site."""
    return [*_reads(desk), *check_handlers(_Running(desk)), *_changes(desk)]


def _reads(desk: Desk) -> list[ControllerRouterHandler]:
    @get("/site/file", summary="The site file and its geometry, as text")
    async def site_file() -> SiteFileView:
        site, (name, is_edited) = desk.board.site, await asyncio.to_thread(desk.site_on_disk)
        return SiteFileView(
            sha256=site.sha256, toml=site.toml, geometry=site.geojson, file=name, edited_on_disk=is_edited
        )

    @get("/site/versions", summary="All versions of the site that the record holds")
    async def versions() -> VersionsView:
        return VersionsView(versions=_versions(await asyncio.to_thread(desk.site_versions), desk.board.site.sha256))

    @get("/site/versions/{sha256:str}", summary="One version's texts, and what returning to it would change")
    async def version(sha256: FromPath[str]) -> VersionTextView:
        found = await asyncio.to_thread(version_named, desk, sha256)
        after = await asyncio.to_thread(desk.draft_site, found.toml, found.geometry)
        return VersionTextView(
            sha256=found.sha256,
            toml=found.toml,
            geometry=found.geometry,
            differences=told(differences(desk.board.site, after)),
        )

    return [site_file, versions, version]


def check_handlers(desk: Drafting) -> list[ControllerRouterHandler]:
    """POST /site/check and /site/edit, which change nothing."""

    @post("/site/check", summary="Check a candidate, as `vedette check` does", status_code=200,
          request_max_body_size=BODY_BYTES)  # fmt: skip
    async def check(data: JSONBody[SiteText]) -> SiteCheckView:
        return await asyncio.to_thread(checked, desk, data.toml, data.geometry)

    @post("/site/edit", summary="Make edits in a site file's text, and check what comes of it", status_code=200,
          request_max_body_size=BODY_BYTES)  # fmt: skip
    async def edit(data: JSONBody[SiteEdits]) -> SiteCheckView:
        try:
            toml = await asyncio.to_thread(edited, data.toml, data.edits)
        except BadEdit as bad:
            raise ApiError(400, "bad_edit", str(bad)) from None
        return await asyncio.to_thread(checked, desk, toml, data.geometry)

    return [check, edit]


def _changes(desk: Desk) -> list[ControllerRouterHandler]:
    @post("/site/apply", summary="Change the site of the running watch; 409 where it was changed meanwhile",
          status_code=200, request_max_body_size=BODY_BYTES)  # fmt: skip
    async def apply(data: JSONBody[SiteApply], person: Acting) -> SiteFileView:
        wanted = SiteCandidate(toml=data.toml, geometry=data.geometry, base_sha256=data.base_sha256)
        return await change(wanted, data.note, person.named(data.by), person.role(data.role))

    @post("/site/versions/{sha256:str}/return", summary="Return to an earlier version", status_code=200)
    async def go_back(sha256: FromPath[str], data: JSONBody[SiteReturn], person: Acting) -> SiteFileView:
        found = await asyncio.to_thread(version_named, desk, sha256)
        wanted = SiteCandidate(
            toml=found.toml, geometry=found.geometry, base_sha256=data.base_sha256, back_to=found.sha256
        )
        return await change(wanted, data.note, person.named(data.by), person.role(data.role))

    async def change(wanted: SiteCandidate, note: str, by: str, role: str) -> SiteFileView:
        await desk.act(Action(verb="change_site", target="", by=by, role=role, note=note, request=wanted))
        site, (name, is_edited) = desk.board.site, await asyncio.to_thread(desk.site_on_disk)
        return SiteFileView(
            sha256=site.sha256, toml=site.toml, geometry=site.geojson, file=name, edited_on_disk=is_edited
        )

    return [apply, go_back]


def checked(desk: Drafting, toml: str, geometry: str | None) -> SiteCheckView:
    """A candidate's faults, or how it would be drawn and what it would change."""
    base, site, faults = desk.base, None, list[FaultView]()
    try:
        site = desk.draft_site(toml, geometry)
    except BadSite as bad:
        faults = [fault_view(fault, toml) for fault in bad.faults]
    except BadInput as bad:
        faults = [FaultView(where="toml", key="", value="", why=bad.why, line=line_in_words(bad.why), feature=None)]
    return SiteCheckView(
        toml=toml,
        geometry=geometry,
        sha256=None if site is None else site.sha256,
        faults=faults,
        held=[] if site is None or base is None else [fault_view(fault, toml) for fault in held_fast(base, site)],
        differences=[] if site is None or base is None else told(differences(base, site)),
        site=None if site is None else site_view(site, desk.origin),
        document=document_of(toml),
    )


def fault_view(fault: Fault, toml: str) -> FaultView:
    """A fault beside its line."""
    in_geometry = fault.key.startswith("features[") or fault.path.endswith((".geojson", ".json"))
    number = fault.key.partition("[")[2].partition("]")[0] if in_geometry else ""
    return FaultView(
        where="geometry" if in_geometry else "toml",
        key=fault.key,
        value=fault.value,
        why=fault.why,
        line=None if in_geometry else line_of(toml, fault.key),
        feature=int(number) if number.isdigit() else None,
    )


def document_of(toml: str) -> dict[str, Any] | None:
    """The site file as data of JSON."""
    if too_much(toml) is not None:
        return None
    try:
        document: dict[str, Any] = msgspec.to_builtins(tomllib.loads(toml))
    except (ValueError, TypeError, RecursionError):
        return None
    return document


def told(found: tuple[SiteDifference, ...]) -> list[DifferenceView]:
    """Differences as the API gives them."""
    return [DifferenceView(part=one.part, key=one.key, before=one.before, after=one.after) for one in found]


def _versions(recorded: tuple[RecordedSite, ...], current: str) -> list[VersionView]:
    """The newest first; a start that found the site as it was makes none."""
    kept = [one for at, one in enumerate(recorded) if not at or recorded[at - 1].sha256 != one.sha256]
    views = [
        VersionView(
            seq=one.seq,
            time_utc=iso_utc(one.received_s),
            sha256=one.sha256,
            by=None if one.change is None else one.change.by,
            role=None if one.change is None else one.change.role,
            note="" if one.change is None else one.change.note,
            back_to=None if one.change is None else one.change.back_to,
            differences=[] if one.change is None else told(one.change.differences),
            current=one.sha256 == current and one is kept[-1],
        )
        for one in kept
    ]
    return views[::-1]


def version_named(desk: Desk, sha256: str) -> RecordedSite:
    """The newest version of this digest; ApiError 404 if the record holds none."""
    for one in reversed(desk.site_versions()):
        if one.sha256 == sha256:
            return one
    raise ApiError(404, "not_found", "the record holds no such version of the site")
