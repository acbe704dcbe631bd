"""The API of an incident's media: a file comes as the body of a POST and goes out as a download, never as a page."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import File
from litestar.types import ControllerRouterHandler

from vedette.console.asked import seconds_of
from vedette.console.decisions import Name
from vedette.console.desk import ActionRefused, Desk, IncomingFile, KeptFile
from vedette.console.dossier import DOCUMENT, Document, Filing, Word
from vedette.console.errors import ApiError
from vedette.console.people import Acting
from vedette.errors import RecordError
from vedette.model.dossier_requests import MediaFile, Piece

BODY_MOST: Final = 512 * 1024 * 1024
_OCTETS: Final = "application/octet-stream"


FileName = Annotated[
    str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^(?!\.+(?![\s\S]))[^\x00-\x1f/\\]+(?![\s\S])")
]
"""One name of a file, in no folder and none itself."""


class CustodyEntry(Word, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a change of custody: who holds the original from now on."""

    holder: Name


class MediaEntry(Word, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The query of a file that is given: its name, who made it and when, and from whom it was received."""

    name: FileName
    taken_by: Name
    received_from: Name
    taken_utc: str | None = None


def media_handlers(desk: Desk) -> list[ControllerRouterHandler]:
    """GET and POST of media and their custody."""
    filing = Filing(desk)
    summary = "Give a file to the incident: its octets are the body"

    @post(
        "/incidents/{incident_id:str}/media",
        summary=summary,
        responses=DOCUMENT,
        status_code=200,
        request_max_body_size=BODY_MOST,
    )
    async def add_media(
        request: Request[Any, Any, Any],
        incident_id: FromPath[str],
        person: Acting,
        name: FromQuery[str],
        taken_by: FromQuery[str],
        received_from: FromQuery[str],
        taken_utc: FromQuery[str | None] = None,
        by: FromQuery[str | None] = None,
        role: FromQuery[str | None] = None,
        note: FromQuery[str] = "",
    ) -> Document:
        await filing.document(incident_id)
        entry = _entry(
            name=name,
            taken_by=taken_by,
            received_from=received_from,
            taken_utc=taken_utc,
            by=by or None,
            role=role or None,
            note=note,
        )
        taken_s = seconds_of("taken_utc", entry.taken_utc, "bad_body")
        incoming, kept = await _received(desk, request)
        file = MediaFile(
            name=entry.name,
            sha256=kept.sha256,
            size_bytes=kept.size_bytes,
            taken_by=entry.taken_by,
            taken_s=taken_s,
            source=entry.received_from,
        )
        try:
            document = await filing.file(incident_id, "add_media", person, entry, file)
        except (ActionRefused, ApiError):
            await asyncio.to_thread(incoming.drop)
            raise
        await _keep(incoming)
        return document

    path = "/incidents/{incident_id:str}/media/{media_id:str}"

    @get(path, summary="A medium's file", media_type=_OCTETS)
    async def media(incident_id: FromPath[str], media_id: FromPath[str]) -> File:
        found = [one for one in (await filing.document(incident_id))["media"] if one["id"] == media_id]
        at = await asyncio.to_thread(desk.media.path, found[0]["sha256"]) if found else None
        if at is None:
            raise ApiError(404, "not_found", f"there is no file of {media_id!r}")
        return _download(at, found[0]["name"])

    @post(f"{path}/custody", summary="Say who holds a medium's original now", responses=DOCUMENT, status_code=200)
    async def custody(
        incident_id: FromPath[str], media_id: FromPath[str], data: JSONBody[CustodyEntry], person: Acting
    ) -> Document:
        return await filing.file(incident_id, "move_custody", person, data, Piece(id=media_id, holder=data.holder))

    return [add_media, media, custody]


def _entry(**query: str | None) -> MediaEntry:
    """The query, held to what its struct says; ApiError 400 where it does not hold."""
    try:
        return msgspec.convert(query, MediaEntry)
    except msgspec.ValidationError as error:
        raise ApiError(400, "bad_query", str(error)) from None


def _download(at: Path, name: str) -> File:
    """To be saved, under its own name; a browser that would show it all the same may run nothing in it."""
    headers = {"content-security-policy": "default-src 'none'; sandbox"}
    return File(path=at, filename=name, media_type=_OCTETS, headers=headers)


async def _received(desk: Desk, request: Request[Any, Any, Any]) -> tuple[IncomingFile, KeptFile]:
    """The file, whole and sealed; nothing is left of one that cannot be taken."""
    try:
        incoming = await asyncio.to_thread(desk.media.receive)
        try:
            some = False
            async for chunk in request.stream():
                some = some or bool(chunk)
                await asyncio.to_thread(incoming.write, chunk)
            if not some:
                raise ApiError(400, "bad_body", "the file is empty")
            return incoming, await asyncio.to_thread(incoming.seal)
        except BaseException:
            await asyncio.to_thread(incoming.drop)
            raise
    except RecordError as error:
        raise ApiError(409, "not_kept", str(error)) from None


async def _keep(incoming: IncomingFile) -> None:
    try:
        await asyncio.to_thread(incoming.keep)
    except RecordError as error:
        raise ApiError(409, "not_kept", f"it is recorded, and moved in at the next start: {error}") from None
