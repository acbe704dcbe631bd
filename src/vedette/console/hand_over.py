"""The API's handlers of the shift's hand-over."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

import msgspec
from litestar import MediaType, Response, get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from vedette.console.desk import Desk
from vedette.console.errors import ApiError
from vedette.console.people import Acting
from vedette.console.response import Entry, asked
from vedette.console.views import hand_over as views
from vedette.model import HandOver, HandOverOffered
from vedette.model.response_requests import MoveHandOver, OfferHandOver

Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
PAPER_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""The paper is a page of its own: no script, nothing from elsewhere."""
_PDF: Final = "application/pdf"


class SheetEntry(Entry, frozen=True, kw_only=True):
    """Body of a signature: the digest of the sheet that was read."""

    digest: Digest


class DraftView(views.HandOversView, frozen=True, kw_only=True):
    """The sheet as it would be signed now, and the record's newest checkpoint, which is printed on it."""

    checkpoint: str | None


def hand_over_handlers(desk: Desk) -> list[ControllerRouterHandler]:
    """GET and POST of hand-overs."""
    board = desk.board

    @get("/hand-over", summary="What there is to hand over, and every hand-over")
    async def draft() -> DraftView:
        view = views.hand_overs(board.shown.responding, board.site)
        checkpoint = await asyncio.to_thread(desk.checkpoint)
        return DraftView(sheet=view.sheet, hand_overs=view.hand_overs, checkpoint=checkpoint)

    @post("/hand-over", summary="Who goes signs the sheet that was read", status_code=200)
    async def offer(data: JSONBody[SheetEntry], person: Acting) -> views.HandOverView:
        checkpoint = await asyncio.to_thread(desk.checkpoint)
        request = OfferHandOver(digest=data.digest, checkpoint=checkpoint)
        made = await asked(desk, person, data, "offer_hand_over", request)
        return one_of(next(one.hand_over for one in made if isinstance(one, HandOverOffered)))

    @post("/hand-over/{hand_over_id:str}/accept", summary="Who comes signs the same sheet", status_code=200)
    async def accept(hand_over_id: FromPath[str], data: JSONBody[SheetEntry], person: Acting) -> views.HandOverView:
        request = MoveHandOver(hand_over=hand_over_id, move="accept", digest=data.digest)
        await asked(desk, person, data, "move_hand_over", request)
        return one_of(hand_over_id)

    @post("/hand-over/{hand_over_id:str}/withdraw", summary="Take an offered hand-over back", status_code=200)
    async def withdraw(hand_over_id: FromPath[str], data: JSONBody[Entry], person: Acting) -> views.HandOverView:
        request = MoveHandOver(hand_over=hand_over_id, move="withdraw", digest="")
        await asked(desk, person, data, "move_hand_over", request)
        return one_of(hand_over_id)

    def one_of(hand_over: str) -> views.HandOverView:
        return views.hand_over(_found(desk, hand_over), board.site)

    return [draft, offer, accept, withdraw, *_papers(desk)]


def _papers(desk: Desk) -> list[ControllerRouterHandler]:
    @get("/hand-over/{hand_over_id:str}/paper.html", summary="A hand-over for print", media_type=MediaType.HTML)
    async def paper(hand_over_id: FromPath[str]) -> Response[bytes]:
        made = await asyncio.to_thread(desk.hand_over_paper, _found(desk, hand_over_id), "html")
        return Response(made, media_type=MediaType.HTML, headers={"content-security-policy": PAPER_POLICY})

    @get("/hand-over/{hand_over_id:str}/paper.pdf", summary="A hand-over as PDF", media_type=_PDF)
    async def paper_pdf(hand_over_id: FromPath[str]) -> Response[bytes]:
        made = await asyncio.to_thread(desk.hand_over_paper, _found(desk, hand_over_id), "pdf")
        return Response(made, media_type=_PDF)

    return [paper, paper_pdf]


def _found(desk: Desk, hand_over: str) -> HandOver:
    for one in desk.board.shown.responding.hand_overs:
        if one.id == hand_over:
            return one
    raise ApiError(404, "not_found", f"there is no hand-over {hand_over!r}")
