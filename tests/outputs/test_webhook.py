"""Webhooks against a real server on loopback: signed, tried again, given up, and never led astray."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import random
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from email.utils import formatdate
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
import trustme

from tests.outputs.scene import NOW_S, alert, moment, output, released, site_of, track
from tests.outputs.web import CUT, SECRET, WebPartner, answer
from vedette.model import Dispatched, FeedState, Origin, Parcel
from vedette.outputs import Outbox
from vedette.outputs.addresses import ForbiddenAddress, check_addresses
from vedette.outputs.http import RETRY_AFTER_S, Webhooks, delivery, retry_after_s
from vedette.outputs.outbox import Terms
from vedette.outputs.seam import Later, Line, Refused
from vedette.site import Output

EXAMPLE = Path(__file__).parents[2] / "examples" / "webhook_receiver.py"
PARCEL = Parcel(kind="alert", about="a", octets=b'{"kind":"alert"}', content_type="application/json", urgent=True)


def receiver() -> ModuleType:
    spec = importlib.util.spec_from_file_location("webhook_receiver", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def an_output(folder: Path, url: str, more: str = "private = true") -> Output:
    (folder / "secret").write_text(SECRET + "\n")
    (made,) = site_of(folder, released() + output("webhook", url, f'secret_file = "secret"\n{more}')).outputs
    return made


Resolve = Callable[[str, int], Coroutine[Any, Any, list[str]]]


def answering(*answers: list[str]) -> Resolve:
    """A resolver that gives these answers in turn, the last for ever."""
    left = list(answers)

    async def resolve(host: str, port: int) -> list[str]:
        del host, port
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


@contextlib.asynccontextmanager
async def line_to(made: Output, resolve: Resolve | None = None) -> AsyncIterator[Line]:
    webhooks = Webhooks(now_s=lambda: NOW_S) if resolve is None else Webhooks(resolve, lambda: NOW_S)
    async with webhooks(made, lambda _: None, None) as line:
        yield line


@contextlib.asynccontextmanager
async def partner_of(folder: Path, tls: ssl.SSLContext | None = None) -> AsyncIterator[WebPartner]:
    partner = WebPartner(folder, tls)
    await partner.start()
    try:
        yield partner
    finally:
        await partner.stop()


@contextlib.asynccontextmanager
async def watching(folder: Path, partner: WebPartner) -> AsyncIterator[tuple[Outbox, list[Dispatched]]]:
    """A running output that tells the partner of alerts and tracks."""
    noted: list[Dispatched] = []

    def note(word: Dispatched) -> None:
        noted.append(word)
        partner.changed()

    (folder / "secret").write_text(SECRET + "\n")
    tables = released() + output("webhook", partner.url, 'secret_file = "secret"\nprivate = true')
    terms = Terms(
        site=site_of(folder, tables), origin=Origin.LIVE, note=note, now_s=lambda: NOW_S, rng=random.Random(1),
        back_off_s=(0.01, 0.05),
    )  # fmt: skip
    outbox = Outbox(terms)
    async with outbox.open():
        yield outbox, noted


def test_a_receiver_can_check_what_it_got(tmp_path: Path) -> None:
    async def play() -> None:
        async with partner_of(tmp_path) as partner, line_to(an_output(tmp_path, partner.url)) as line:
            await line.send(PARCEL)
            (post,) = partner.posted
            assert post.line == "POST /vedette HTTP/1.1"
            headers = {"Vedette-Timestamp": post.headers["vedette-timestamp"]}
            headers["Vedette-Signature"] = post.headers["vedette-signature"]
            genuine = receiver().is_genuine
            assert genuine(headers, post.body, SECRET, NOW_S)
            assert not genuine(headers, post.body + b" ", SECRET, NOW_S)
            assert not genuine(headers, post.body, "another secret", NOW_S)
            assert not genuine(headers, post.body, SECRET, NOW_S + 301.0)
            assert not genuine({**headers, "Vedette-Timestamp": str(int(NOW_S) + 1)}, post.body, SECRET, NOW_S)
            assert not genuine({}, post.body, SECRET, NOW_S)
            assert post.headers["idempotency-key"] == delivery("out", PARCEL.octets)

    asyncio.run(play())


def test_what_is_tried_again_is_the_same_delivery(tmp_path: Path) -> None:
    async def play() -> None:
        async with partner_of(tmp_path) as partner, watching(tmp_path, partner) as (outbox, noted):
            partner.answers = [answer(503), answer(429, "Retry-After: 0"), CUT, answer(408)]
            outbox.hand(moment(NOW_S + 1.0, alerts=(alert(),)))
            await partner.until(lambda: any(word.outcome == "sent" for word in noted))
            assert len(partner.posted) == 5
            assert len({post.headers["idempotency-key"] for post in partner.posted}) == 1
            assert len({post.body for post in partner.posted}) == 1
            (health,) = outbox.health()
            assert (health.state, health.sent, health.dropped) == (FeedState.LIVE, 1, 0)

    asyncio.run(play())


def test_a_partner_that_goes_and_comes_misses_no_alert(tmp_path: Path) -> None:
    async def play() -> None:
        async with partner_of(tmp_path) as partner, watching(tmp_path, partner) as (outbox, noted):
            await partner.stop()
            outbox.hand(moment(NOW_S + 1.0, track(), alerts=(alert(),)))
            await asyncio.sleep(0)
            await partner.start()
            await partner.until(lambda: any(word.outcome == "sent" for word in noted))
            await partner.stop()
            outbox.hand(moment(NOW_S + 2.0, track(), alerts=(alert(), alert(2))))
            await partner.start()
            await partner.until(lambda: [word.about for word in noted if word.what == "alert"][-1] == ("test-A-0002",))
            told = [msgspec.json.decode(body) for body in partner.received]
            assert [one["alert"] for one in told if one["kind"] == "alert"] == ["test-A-0001", "test-A-0002"]

    asyncio.run(play())


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422, 425, 301, 302, 307, 308])
def test_what_is_refused_is_given_up_and_said(tmp_path: Path, status: int) -> None:
    async def play() -> None:
        async with partner_of(tmp_path) as partner, watching(tmp_path, partner) as (outbox, noted):
            partner.answers = [answer(status, f"Location: {partner.url}-elsewhere")]
            outbox.hand(moment(NOW_S + 1.0, alerts=(alert(), alert(2))))
            await partner.until(lambda: len([word for word in noted if word.what == "alert"]) == 2)
            outcomes = [word.outcome for word in noted if word.what == "alert"]
            assert outcomes[0].startswith(f"refused: answers {status}")
            assert outcomes[1] == "sent"
            assert {post.line for post in partner.posted} == {"POST /vedette HTTP/1.1"}
            (health,) = outbox.health()
            assert health.refused == 1

    asyncio.run(play())


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_how_long_it_asks_to_be_left_alone(tmp_path: Path, status: int) -> None:
    async def play() -> None:
        async with partner_of(tmp_path) as partner, line_to(an_output(tmp_path, partner.url)) as line:
            partner.answers = [answer(status, "Retry-After: 7"), answer(404)]
            with pytest.raises(Later) as later:
                await line.send(PARCEL)
            assert later.value.after_s == 7.0
            with pytest.raises(Refused):
                await line.send(PARCEL)

    asyncio.run(play())


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        (None, 0.0), (b"", 0.0), (b"12", 12.0), (b"-5", 0.0), (b"soon", 0.0), (b"9" * 40, RETRY_AFTER_S),
        (formatdate(NOW_S + 90.0, usegmt=True).encode(), 90.0), (formatdate(NOW_S - 90.0, usegmt=True).encode(), 0.0),
        (b"Fri, 31 Feb 2023 00:00:00 GMT", 0.0), (b"\xff", 0.0),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(value: bytes | None, wait_s: float) -> None:
    assert retry_after_s(value, NOW_S) == pytest.approx(wait_s)


def test_an_answer_without_end_is_not_read_to_it(tmp_path: Path) -> None:
    async def play() -> None:
        async with partner_of(tmp_path) as partner, line_to(an_output(tmp_path, partner.url)) as line:
            partner.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n" + b"x" * 200_000]
            await line.send(PARCEL)
            await line.send(PARCEL)
            assert (len(partner.posted), partner.connections) == (2, 2)

    asyncio.run(play())


def test_nonsense_for_an_answer_is_a_line_that_is_gone(tmp_path: Path) -> None:
    async def play() -> None:
        async with partner_of(tmp_path) as partner, line_to(an_output(tmp_path, partner.url)) as line:
            partner.answers = [b"SSH-2.0-OpenSSH\r\n\r\n"]
            with pytest.raises(ConnectionError):
                await line.send(PARCEL)

    asyncio.run(play())


NOT_PUBLIC = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1",
    "240.0.0.1", "192.0.2.1", "::1", "fe80::1%eth0", "fc00::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::127.0.0.1", "2002:7f00:1::", "2002:a00:1::1", "64:ff9b::a9fe:a9fe", "2001:0:4136:e378:8000:63bf:80ff:fffe",
]  # fmt: skip
NEVER = ["0.0.0.0", "::", "224.0.0.1", "239.1.2.3", "ff02::1", "255.255.255.255", "::ffff:224.0.0.1"]  # noqa: S104
PUBLIC = ["8.8.8.8", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_public_needs_to_be_allowed(address: str) -> None:
    with pytest.raises(ForbiddenAddress):
        check_addresses("partner.test", [address], private=False)
    with pytest.raises(ForbiddenAddress):
        check_addresses("partner.test", [PUBLIC[0], address], private=False)
    check_addresses("partner.test", [address], private=True)


@pytest.mark.parametrize("address", NEVER)
@pytest.mark.parametrize("private", [False, True])
def test_what_is_no_machines_address_is_never_allowed(address: str, private: bool) -> None:
    with pytest.raises(ForbiddenAddress):
        check_addresses("partner.test", [address], private=private)


def test_public_addresses_are_allowed_and_none_is_not() -> None:
    check_addresses("partner.test", PUBLIC, private=False)
    with pytest.raises(ForbiddenAddress):
        check_addresses("partner.test", [], private=True)


def test_a_private_address_behind_a_public_name_is_not_connected_to(tmp_path: Path) -> None:
    async def play() -> None:
        async with partner_of(tmp_path) as partner:
            made = msgspec.structs.replace(
                an_output(tmp_path, partner.url), private=False, url=f"http://partner.test:{partner.port}/"
            )
            async with line_to(made, answering(["8.8.8.8", "127.0.0.1"])) as line:
                with pytest.raises(ForbiddenAddress):
                    await line.send(PARCEL)
            assert partner.connections == 0

    asyncio.run(play())


def test_each_connection_is_resolved_judged_and_made_to_what_was_judged(tmp_path: Path) -> None:
    async def play() -> None:
        async with partner_of(tmp_path) as partner:
            made = an_output(tmp_path, f"http://partner.test:{partner.port}/")  # a name that no other resolver knows
            async with line_to(made, answering(["127.0.0.1"], ["127.0.0.1", "224.0.0.1"])) as line:
                partner.answers = [b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"]
                await line.send(PARCEL)
                assert partner.posted[0].headers["host"] == f"partner.test:{partner.port}"
                with pytest.raises(ForbiddenAddress):
                    await line.send(PARCEL)
            assert partner.connections == 1

    asyncio.run(play())


def test_the_next_address_is_tried_where_one_does_not_answer(tmp_path: Path) -> None:
    async def play() -> None:
        async with partner_of(tmp_path) as partner:
            made = an_output(tmp_path, f"http://partner.test:{partner.port}/")
            async with line_to(made, answering(["127.0.0.2", "127.0.0.1"])) as line:
                await line.send(PARCEL)
            assert len(partner.posted) == 1

    asyncio.run(play())


@pytest.mark.parametrize(("name", "taken"), [("partner.test", True), ("other.test", False)])
def test_tls_verifies_the_name_that_was_asked_for(tmp_path: Path, name: str, taken: bool) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(server)

    async def play() -> None:
        async with partner_of(tmp_path, server) as partner:
            more = 'private = true\ntls_authority = "authority.pem"'
            made = an_output(tmp_path, f"https://partner.test:{partner.port}/", more)
            async with line_to(made, answering(["127.0.0.1"])) as line:
                if taken:
                    await line.send(PARCEL)
                else:
                    with pytest.raises(ConnectionError, match=r"partner\.test"):
                        await line.send(PARCEL)
            assert len(partner.posted) == int(taken)

    asyncio.run(play())


def test_a_secret_that_cannot_be_read_opens_no_line(tmp_path: Path) -> None:
    async def play() -> None:
        made = an_output(tmp_path, "http://127.0.0.1:9/")
        (tmp_path / "secret").write_text("short")
        with pytest.raises(ValueError, match="secret"):
            async with line_to(made):
                raise AssertionError("not to be reached")

    asyncio.run(play())
