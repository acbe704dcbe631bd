"""SAPIENT over TLS: who has no certificate of the site's authority is not let in; a middleware must show its own."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path

import pytest
import trustme

from tests.feeds.sapient_peers import Peer, play, sapient_site
from tests.feeds.test_live import Heard, free_port, running
from tests.wire import sapient_messages as sm
from vedette.clock import SimulatedClock
from vedette.model import FeedState
from vedette.tls import TlsFiles, tls_context


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    """The site's authority, with our certificate and key beside the site file."""
    ca = trustme.CA()
    ours = ca.issue_cert("127.0.0.1")
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    ours.private_key_pem.write_to_path(tmp_path / "our.key")
    ours.cert_chain_pems[0].write_to_path(tmp_path / "our.pem")
    return ca


def client(trusted: trustme.CA, issuer: trustme.CA | None) -> ssl.SSLContext:
    """A node that trusts an authority, and shows a certificate of another or none."""
    context = ssl.create_default_context()
    trusted.configure_trust(context)
    if issuer is not None:
        issuer.issue_cert("node.example").configure_cert(context)
    return context


async def knock(port: int, context: ssl.SSLContext | None) -> None:
    peer = await Peer.connect(port, context)
    await peer.register(sm.registration(node=sm.FUSION))


SERVER = 'tls_certificate = "our.pem"\ntls_key = "our.key"\ntls_authority = "ca.pem"'


def test_a_node_with_a_certificate_of_the_authority_is_heard_and_others_are_not(
    tmp_path: Path, authority: trustme.CA
) -> None:
    port = free_port(socket.SOCK_STREAM)
    site = sapient_site(tmp_path, f"tls://127.0.0.1:{port}", SERVER)

    async def test() -> None:
        heard = Heard()
        async with running(site, heard, SimulatedClock(sm.NOW_S)):
            node = await Peer.connect(port, client(authority, authority))
            assert (await node.register()).registration_ack.acceptance
            for stranger in (client(authority, None), client(authority, trustme.CA()), None):
                with pytest.raises((ConnectionError, ssl.SSLError)):
                    await knock(port, stranger)
            with pytest.raises(ssl.SSLError):
                await Peer.connect(port, client(trustme.CA(), authority))
            await node.send(sm.detection())
            await node.send(sm.alert())
            assert (await node.next("alert_ack")).alert_ack.alert_id == sm.REPORT

    play(test)


def test_a_middleware_is_joined_over_tls_with_our_certificate(tmp_path: Path, authority: trustme.CA) -> None:
    port, lines = free_port(socket.SOCK_STREAM), asyncio.Queue[Peer]()
    files = TlsFiles(certificate=tmp_path / "our.pem", key=tmp_path / "our.key", authority=tmp_path / "ca.pem")

    async def opened(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await lines.put(Peer(reader, writer))

    async def test() -> None:
        site = sapient_site(tmp_path, f"tls://127.0.0.1:{port}", SERVER + "\nlisten = false")
        heard = Heard()
        server = await asyncio.start_server(opened, "127.0.0.1", port, ssl=tls_context(files, server=True))
        async with server, running(site, heard, SimulatedClock(sm.NOW_S)):
            apex = await asyncio.wait_for(lines.get(), 10.0)
            assert (await apex.next("registration")).registration.short_name == "test"

    play(test)


def test_files_that_are_no_certificate_are_said(tmp_path: Path, authority: trustme.CA) -> None:
    (tmp_path / "our.pem").write_text("not PEM")
    site = sapient_site(tmp_path, f"tls://127.0.0.1:{free_port(socket.SOCK_STREAM)}", SERVER)

    async def test() -> None:
        heard = Heard()
        async with running(site, heard, SimulatedClock(sm.NOW_S)):
            await heard.until(lambda h: h.is_in(FeedState.DOWN))
            health = heard.health()
            assert health is not None
            assert "PEM" in health.detail or "SSL" in health.detail

    play(test)
