"""Where a webhook may lead: public addresses, and others only where the site file says so. Pure.

A name in the site file could resolve to this machine, to a device of the local network or to a cloud's metadata
service; whoever owns the name could have it do so later (DNS rebinding). So every address a name has is judged, right
before each connection, and the connection goes to an address that was judged.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")


class ForbiddenAddress(OSError):
    """A host that may not be connected to; str() says why."""


def check_addresses(host: str, addresses: Sequence[str], *, private: bool) -> None:
    """Let through a host whose every address may be connected to.

    Raises:
        ForbiddenAddress: one may not, or there is none.
    """
    if not addresses:
        raise ForbiddenAddress(f"{host} has no address")
    for text in addresses:
        address = inner(ipaddress.ip_address(text.partition("%")[0]))
        if address.is_multicast or address.is_unspecified or str(address) == "255.255.255.255":
            raise ForbiddenAddress(f"{host} is {text}: not one machine's address")
        if not private and not address.is_global:
            raise ForbiddenAddress(f"{host} is {text}: not a public address, and the output is not `private`")


def inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does: mapped, compatible, 6to4, Teredo, NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address
