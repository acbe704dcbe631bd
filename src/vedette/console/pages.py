"""The built page and its assets: a fixed list of files, each with its type, cache rule and a policy without network."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final

from litestar import MediaType, Request, Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from vedette.console.errors import ApiError

STATIC: Final = Path(__file__).parent / "static"

_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
    ".txt": "text/plain; charset=utf-8",
}
_FOREVER: Final = "public, max-age=31536000, immutable"
_ASK: Final = "no-cache"

_NOT_BUILT: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Vedette</title>
<style>body{font:16px/1.5 system-ui,sans-serif;background:#080B0E;color:#E9EEF2;max-width:40em;margin:15vh auto;
padding:0 1em}code{background:#181F26;padding:2px 6px}</style>
<h1>The console is not built</h1><p>The watch is running, and its API answers under <code>/api/v1/</code>, but the page
is missing from this installation.</p><p>Run <code>make setup</code> in the checkout, then load this page again.</p>
"""


def policy(host: str) -> str:
    """Content-Security-Policy of the page: its own files and its own socket, nothing else."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
        f"img-src 'self' data: blob:; worker-src 'self' blob:; connect-src 'self' ws://{host} wss://{host}; "
        "manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )


def page_handlers(folder: Path = STATIC) -> list[ControllerRouterHandler]:
    """GET / and GET /assets/…; what is not in `folder` now is not served."""
    files = {f"/{path.relative_to(folder).as_posix()}": path for path in _listed(folder)}

    @get("/", include_in_schema=False)
    async def page(request: Request[Any, Any, Any]) -> Response[bytes]:
        path = files.get("/index.html")
        body = await asyncio.to_thread(path.read_bytes) if path is not None else _NOT_BUILT.encode()
        headers = {
            "cache-control": _ASK,
            "content-security-policy": policy(request.headers.get("host", "")),
            "cross-origin-opener-policy": "same-origin",
        }
        return Response(body, media_type=MediaType.HTML, headers=headers, status_code=200 if path else 503)

    @get("/{file_path:path}", include_in_schema=False)
    async def asset(file_path: FromPath[str]) -> Response[bytes]:
        path = files.get(str(file_path))
        kind = _TYPES.get(path.suffix) if path is not None else None
        if path is None or kind is None:
            raise ApiError(404, "not_found", "there is no such page")
        cache = _FOREVER if str(file_path).startswith("/assets/") else _ASK
        body = await asyncio.to_thread(path.read_bytes)
        return Response(body, media_type=kind, headers={"cache-control": cache})

    return [page, asset]


def _listed(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
