"""Addresses of lines, taken apart: sockets (UDP with multicast groups, TCP, TLS) and MQTT brokers."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import unquote

import msgspec

_SOCKET: Final = re.compile(r"(udp|tcp|tls)://(?:\[([^\]]+)\])?([^:\[\]/]*):(\d{1,5})/?")
_BROKER: Final = re.compile(r"(mqtts?)://(\[[^\]]+\]|[^:\[\]/]+)(?::(\d{1,5}))?/(.+)")
_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}


class Endpoint(msgspec.Struct, frozen=True):
    """A url, taken apart. `group`: a multicast group, on the interface that has the address `host`."""

    scheme: str
    host: str
    port: int
    group: str | None = None


def parse_url(url: str) -> Endpoint:
    """Take `udp://[group]host:port` or `tcp://host:port` apart. In brackets also an IPv6 host.

    Raises:
        ValueError: neither.
    """
    found = _SOCKET.fullmatch(url)
    if found is None or not 0 < int(found[4]) < 65536:
        raise ValueError(f"not udp://[group]host:port or tcp://host:port: {url}")
    scheme, bracketed, host, port = found[1], found[2], found[3], int(found[4])
    if bracketed is None:
        if not host:
            raise ValueError(f"no host: {url}")
        return Endpoint(scheme, host, port)
    if ipaddress.ip_address(bracketed).is_multicast and scheme == "udp":
        return Endpoint(scheme, host or ("0.0.0.0" if "." in bracketed else "::"), port, bracketed)  # noqa: S104
    if host:
        raise ValueError(f"not a multicast group: {bracketed}")
    return Endpoint(scheme, bracketed, port)


def parse_mqtt(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and topic.

    Raises:
        ValueError: not mqtt://host:port/topic.
    """
    found = _BROKER.fullmatch(url)
    port = int(found[3] or _PORTS[found[1]]) if found else 0
    if found is None or not 0 < port < 65536:
        raise ValueError(f"not mqtt://host:port/topic: {url}")
    return found[1], found[2].strip("[]"), port, unquote(found[4])
