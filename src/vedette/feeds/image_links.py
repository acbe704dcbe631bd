"""Links to pictures of detections: a watch officer will follow them, so they lead to hosts of the site file alone."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

URL_MOST: Final = 500
"""Characters."""


def link_refusal(url: object, hosts: Collection[str] | None) -> str | None:
    """Why a picture's address is not taken, `bad_image` or `image_host`; None: it is taken.

    hosts: those that the site file names; None: there is no site, as in `vedette inspect`, and every host will do.
    """
    if not isinstance(url, str) or len(url) > URL_MOST or not url.isascii() or not url.isprintable():
        return "bad_image"
    try:
        parts = urlsplit(url)
        host, user = parts.hostname, parts.username
    except ValueError:
        return "bad_image"
    if parts.scheme not in ("http", "https") or host is None or user is not None or " " in url:
        return "bad_image"
    return None if hosts is None or host in hosts else "image_host"
