"""Before there is a site: the console leads to one. Drafts are checked, and one new folder is written; nothing else."""

from __future__ import annotations

import asyncio
import tomllib
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from litestar import Litestar, MediaType, Request, Response, Router, get, post
from litestar.params import JSONBody
from litestar.types import ControllerRouterHandler

from vedette.console.errors import HANDLERS, ApiError
from vedette.console.guard import Guard
from vedette.console.pages import STATIC, page_handlers, policy
from vedette.console.setup import BODY_BYTES, SiteText, check_handlers, checked
from vedette.console.views import View
from vedette.model import Origin
from vedette.site import GEOMETRY_NAME, Site, geometry_name, site_from_draft
from vedette.site.edits import SetKey, edited

SITE_FILE: Final = "site.toml"
_Folder = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}$")]


class FirstStartView(View, frozen=True, kw_only=True):
    """Where the new folder will be, and the time zones there are."""

    beside: str
    timezones: list[str]


class NewSite(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of the creation. folder: a new folder's plain name."""

    folder: _Folder
    site: SiteText


class NewSiteView(View, frozen=True, kw_only=True):
    """The file that was written; the watch starts now, at this address."""

    file: str


class FirstStart:
    """The desk of a first start. `on_done`: told the new site file, once.

    Args:
        beside: the folder in which the site's own folder is made.
    """

    base: Site | None = None
    origin = Origin.LIVE

    def __init__(self, beside: Path, on_done: Callable[[Path], None]) -> None:
        self.beside, self._on_done = beside, on_done

    def draft_site(self, toml: str, geometry: str | None) -> Site:
        """The site of texts. Raises BadInput, BadSite."""
        return site_from_draft(self.beside / SITE_FILE, toml, geometry)

    def create(self, new: NewSite) -> Path:
        """Write a site's folder.

        Raises:
            ApiError: the texts have faults, or the folder is there. OSError: it cannot be written.
        """
        faults = checked(self, new.site.toml, new.site.geometry).faults
        if faults:
            raise ApiError(409, "bad_site", f"{faults[0].key}: {faults[0].why}")
        site = self.draft_site(new.site.toml, new.site.geometry)
        toml, name = _with_id(new.site.toml, site.id), geometry_name(site)
        if name is not None and GEOMETRY_NAME.fullmatch(name) is None:
            raise ApiError(409, "bad_site", "geometry: a plain name that ends in .geojson or .json")
        folder = self.beside / new.folder
        try:
            folder.mkdir()
        except FileExistsError:
            raise ApiError(409, "folder_there", f"{folder} is there already: choose another name") from None
        if name is not None and new.site.geometry is not None:
            (folder / name).write_text(new.site.geometry)
        (folder / SITE_FILE).write_text(toml)
        return folder / SITE_FILE

    def done(self, file: Path) -> None:
        """The site is there: the answer to who made it is on its way, and the watch may start."""
        self._on_done(file)


def _with_id(toml: str, site_id: str) -> str:
    """The text with an id of its own, which never changes though the name may."""
    return toml if "id" in tomllib.loads(toml) else edited(toml, (SetKey(("id",), site_id),))


def create_first_app(start: FirstStart, bound_host: str, static: Path = STATIC) -> Litestar:
    """The application of a first start: the console's page, told that there is no watch yet."""
    api = Router(path="/api/v1", route_handlers=[*check_handlers(start), *_handlers(start)])
    pages = [_page(static), *page_handlers(static)[1:]]
    app = Litestar(
        route_handlers=[api, *pages], exception_handlers=HANDLERS, openapi_config=None,
        request_max_body_size=64 * 1024, logging_config=None,
    )  # fmt: skip
    app.asgi_handler = Guard(app.asgi_handler, bound_host)
    return app


def _handlers(start: FirstStart) -> list[ControllerRouterHandler]:
    @get("/first-start", sync_to_thread=False)
    def about() -> FirstStartView:
        return FirstStartView(beside=str(start.beside.resolve()), timezones=sorted(zoneinfo.available_timezones()))

    @post("/first-start", status_code=200, request_max_body_size=BODY_BYTES)
    async def create(data: JSONBody[NewSite]) -> Response[NewSiteView]:
        file = await asyncio.to_thread(start.create, data)
        asyncio.get_running_loop().call_later(0.0, start.done, file)
        return Response(NewSiteView(file=str(file)))

    return [about, create]


def _page(folder: Path) -> ControllerRouterHandler:
    @get("/", include_in_schema=False)
    async def page(request: Request[Any, Any, Any]) -> Response[bytes]:
        index = folder / "index.html"
        if not index.is_file():
            raise ApiError(503, "not_built", "the console is not built: make setup")
        body = (await asyncio.to_thread(index.read_bytes)).replace(b"<html ", b"<html data-first-start ", 1)
        headers = {"cache-control": "no-store", "content-security-policy": policy(request.headers.get("host", ""))}
        return Response(body, media_type=MediaType.HTML, headers=headers)

    return page
