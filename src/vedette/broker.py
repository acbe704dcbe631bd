"""A client of an MQTT broker, as feeds and outputs use it; aiomqtt speaks the protocol, an extra."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any, Final

from vedette.endpoint import parse_mqtt
from vedette.secrets import read_secret
from vedette.tls import TlsFiles, tls_context

MISSING: Final = "MQTT needs the package aiomqtt: install vedette[mqtt]"
KEEPALIVE_S: Final = 20
"""The broker is asked this often whether it still lives: its death is noticed within twice this time."""
CONNECT_S: Final = 10.0


def aiomqtt() -> Any:
    """The library.

    Raises:
        ValueError: it is not installed.
    """
    if importlib.util.find_spec("aiomqtt") is None:
        raise ValueError(MISSING)
    return importlib.import_module("aiomqtt")


def broker_client(url: str, user: str | None, password_file: str | None, tls: TlsFiles | None, **more: Any) -> Any:
    """A client that is not yet connected (aiomqtt.Client). `tls`: of an mqtts:// url; `more`: the client's own.

    Raises:
        ValueError: not an MQTT url, no aiomqtt, or the password file cannot be used. OSError: the TLS files cannot.
    """
    library = aiomqtt()
    scheme, host, port, _ = parse_mqtt(url)
    return library.Client(
        host,
        port,
        username=user,
        password=None if password_file is None else read_secret(password_file),
        tls_context=tls_context(tls or TlsFiles(), server=False) if scheme == "mqtts" else None,
        keepalive=KEEPALIVE_S,
        timeout=CONNECT_S,
        **more,
    )
