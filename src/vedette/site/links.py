"""A line's url, TLS files and secrets: what is wrong with them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from vedette.site.reading import Faults
from vedette.site.schema import FeedTable, OutputTable
from vedette.tls import TlsFiles

_HOST: Final = r"(\[[^\]]+\]|[^:\[\]/]+)"
_FORMS: Final = {
    "mqtt": (re.compile(rf"mqtts?://{_HOST}(:\d{{1,5}})?/.+"), "mqtt://host:port/topic"),
    "http": (re.compile(rf"https?://{_HOST}:\d{{1,5}}(/[^?#]*)?"), "http://host:port/path or https:"),
    "serial": (re.compile(r"serial:///[^?]+(\?baud=\d+)?"), "serial:///dev/NAME?baud=RATE"),
}
_LOOPBACK: Final = re.compile(r"https?://(127\.\d+\.\d+\.\d+|localhost|\[::1\])[:/]")


def check_link(key: str, table: FeedTable, faults: Faults) -> None:
    """Faults of a url that is broker, device or pushed to, and of secrets: each stands where it is used."""
    line = _line_of(table)
    form = _FORMS.get(line)
    if form is not None and form[0].fullmatch(table.url) is None:
        faults.add(f"{key}.url", table.url, f"not {form[1]}")
    if line == "http" and table.token_file is None and _LOOPBACK.match(table.url) is None:
        faults.add(f"{key}.token_file", "", "missing: an address that is not this machine's own needs one")
    for name, value, used in (
        ("token_file", table.token_file, "http"),
        ("user", table.user, "mqtt"),
        ("password_file", table.password_file, "mqtt"),
    ):
        if value is not None and line != used:
            faults.add(f"{key}.{name}", value, f"goes with {_FORMS[used][1]}")


def _line_of(table: FeedTable) -> str:
    """The kind of line, without its TLS; http is one that sensors push to, which detections alone are."""
    scheme = {"mqtts": "mqtt", "https": "http"}.get(scheme := table.url.partition(":")[0], scheme)
    return "" if scheme == "http" and table.source != "json" else scheme


_TLS: Final = ("tls_certificate", "tls_key", "tls_authority")


def tls_files(
    table: FeedTable | OutputTable, key: str, folder: Path | None, faults: Faults, *, serves: bool = False
) -> TlsFiles | None:
    """The TLS files of a line, whole. `folder` None: the site is read from a record, and nobody looks for them.

    serves: others connect to it, so that it needs a certificate.
    """
    named = {name: value for name in _TLS if (value := getattr(table, name)) is not None}
    if not table.url.startswith(("tls:", "mqtts:", "https:")):
        for name, value in named.items():
            faults.add(f"{key}.{name}", value, "goes with a tls://, mqtts:// or https:// url")
        return None
    if ("tls_certificate" in named) != ("tls_key" in named):
        faults.add(f"{key}.tls_certificate", table.tls_certificate or "", "certificate and key go together")
    elif serves and "tls_certificate" not in named:
        faults.add(f"{key}.tls_certificate", "", "missing: who listens with TLS needs a certificate and its key")
    for name, value in named.items():
        if folder is not None and not (folder / value).is_file():
            faults.add(f"{key}.{name}", value, "no such file beside the site file")
    paths = {name.removeprefix("tls_"): (folder or Path()) / value for name, value in named.items()}
    return TlsFiles(**paths)


def whole(folder: Path | None, name: str | None) -> str | None:
    """A file's whole name; it may be given beside the site file. `folder` None: the site is read from a record."""
    return None if name is None else str(((folder or Path()) / name).absolute())
