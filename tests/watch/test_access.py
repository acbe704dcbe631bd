"""A watch that people log in to, over TLS on a second loopback address; and what it will not start without."""

from __future__ import annotations

import json
import re
import signal
import ssl
from pathlib import Path

import httpx
import pytest
import trustme

from tests.access.quick import PASSWORD, people
from tests.conftest import SITE_GEOJSON, SITE_TOML
from tests.watch.driving import running, vedette
from tests.watch.test_live import free_port
from vedette.access import Passwords, Role, UserFile, new_user

BEYOND = "127.0.0.2"
"""Not one of the addresses that need no users, and still this machine's own."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "test.geojson").write_text(SITE_GEOJSON)
    path = tmp_path / "live.toml"
    path.write_text(SITE_TOML.replace("127.0.0.1:8600", f"127.0.0.1:{free_port()}"))
    return path


@pytest.fixture
def trusted(tmp_path: Path) -> ssl.SSLContext:
    """Certificate and key of the watch beside the site, and the context of who trusts them."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    ours = ca.issue_cert(BEYOND, "watch.test")
    ours.private_key_pem.write_to_path(tmp_path / "watch.key")
    ours.cert_chain_pems[0].write_to_path(tmp_path / "watch.pem")
    context = ssl.create_default_context()
    ca.configure_trust(context)
    return context


def tls(folder: Path) -> tuple[str | Path, ...]:
    return "--tls-cert", folder / "watch.pem", "--tls-key", folder / "watch.key"


def users(data: Path) -> None:
    stored = Passwords().hash(PASSWORD)
    for name, role in (("O. Officer", Role.WATCH_OFFICER), ("M. Manager", Role.ADMINISTRATOR)):
        user = new_user(name, role, ("commander",), stored, 1.0, must_change=False)
        UserFile(data).change(lambda users, user=user: users.add(user, "a test"))  # type: ignore[misc]


HOSTS = (BEYOND, "0.0.0.0", "::", "192.0.2.7", "2001:db8::1", "watch.base.test", "127.0.0.1.base.test")  # noqa: S104
"""Beyond this machine, or not surely on it; refused before any is bound or looked up."""


@pytest.mark.parametrize("host", HOSTS)
def test_beyond_this_machine_it_needs_tls(tmp_path: Path, site: Path, host: str) -> None:
    people(tmp_path / "data")
    done = vedette("watch", site, "--data", tmp_path / "data", "--host", host, "--port", "0")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"vedette: .*TLS.*--tls-cert FILE --tls-key FILE.*\n", done.stderr)


@pytest.mark.parametrize("host", HOSTS)
def test_beyond_this_machine_it_needs_users(tmp_path: Path, site: Path, trusted: ssl.SSLContext, host: str) -> None:
    done = vedette("watch", site, "--data", tmp_path / "data", "--host", host, "--port", "0", *tls(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"vedette: .*users.*vedette user add .*\n", done.stderr)


@pytest.mark.parametrize("host", HOSTS)
def test_a_first_start_is_on_this_machine_alone(tmp_path: Path, host: str) -> None:
    done = vedette("watch", "--host", host, "--port", "0", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "this machine" in done.stderr


def test_a_key_that_is_anothers_is_said(tmp_path: Path, site: Path, trusted: ssl.SSLContext) -> None:
    trustme.CA().issue_cert(BEYOND).private_key_pem.write_to_path(tmp_path / "watch.key")
    done = vedette("watch", site, "--data", tmp_path / "data", "--port", "0", *tls(tmp_path))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "watch.pem" in done.stderr


def test_users_that_others_may_read_are_not_taken(tmp_path: Path, site: Path) -> None:
    people(tmp_path / "data")
    (tmp_path / "data" / "users.json").chmod(0o644)
    done = vedette("watch", site, "--data", tmp_path / "data", "--port", "0")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "open to others" in done.stderr


def test_a_watch_over_tls_with_users(tmp_path: Path, site: Path, trusted: ssl.SSLContext) -> None:
    data = tmp_path / "data"
    users(data)
    words = ("watch", site, "--data", data, "--host", BEYOND, *tls(tmp_path))
    with running(*words, folder=tmp_path, at=f"https://{BEYOND}:") as watch:
        client = httpx.Client(base_url=watch.address, verify=trusted, trust_env=False)
        assert client.get("/api/v1/health").status_code == 401
        assert client.get("/").status_code in (200, 503)
        port = httpx.URL(watch.address).port
        for host, status in (("watch.test", 401), ("evil.test", 403)):
            assert client.get("/api/v1/health", headers={"host": f"{host}:{port}"}).status_code == status
        refused = client.post("/api/v1/session", json={"name": "O. Officer", "password": "not this one"})
        assert refused.status_code == 401
        entered = client.post("/api/v1/session", json={"name": "o. officer", "password": PASSWORD})
        assert "Secure" in entered.headers["set-cookie"]
        (token,) = client.cookies.values()
        assert client.get("/api/v1/health").json()["origin"] == "live"
        body, headers = {"note": "of the morning"}, {"x-vedette-csrf": entered.json()["csrf"]}
        assert client.post("/api/v1/test-alarm", json=body).status_code == 403
        assert client.post("/api/v1/test-alarm", json=body, headers=headers).status_code == 200
        alarm = ("test-alarm", watch.address, "--tls-authority", tmp_path / "ca.pem")
        assert "log in first" in vedette(*alarm).stderr
        (tmp_path / "password.txt").write_text(PASSWORD)
        asked = vedette(*alarm, "--user", "O. Officer", "--password-file", tmp_path / "password.txt")
        assert "is still on: acknowledge it first" in asked.stderr
        assert vedette("user", "disable", data, "O. Officer").returncode == 0
        while client.get("/api/v1/health").status_code == 200:
            pass
        client.close()
        assert watch.end(signal.SIGTERM) == 0
    lines = [json.loads(line) for line in vedette("log", data, "--json").stdout.splitlines()]
    payloads = [line["payload"] for line in lines]
    kinds = [one["kind"] for one in payloads]
    for kind in ("user_changed", "access_refused", "session_started", "alarm_tested", "session_ended"):
        assert kind in kinds, kind
    by = {one["kind"]: one for one in payloads}
    assert by["alarm_tested"]["by"] == "O. Officer"
    assert (by["session_ended"]["why"], by["session_ended"]["by"]) == ("account_changed", "command line")
    octets = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file() and path.name != "users.json")
    for secret in (PASSWORD, token, "not this one", "argon2id"):
        assert secret.encode() not in octets
    copied = vedette("export", data, "--out", tmp_path / "copy")
    assert copied.returncode == 0, copied.stderr
    assert not list((tmp_path / "copy").rglob("users*"))
    assert vedette("verify", data).stdout.startswith("intact, ")


def test_the_first_administrator_comes_by_the_link_on_the_terminal(tmp_path: Path, site: Path) -> None:
    with running("watch", site, "--data", tmp_path / "data", folder=tmp_path) as watch:
        assert watch.get("/api/v1/session")["mode"] == "single"
        said = (tmp_path / "stderr.txt").read_text()
        link = re.search(r"single-user mode; .*: (http://127\.0\.0\.1:\d+/)#/first/(\S+)", said)
        assert link is not None, said
        body = {"link": link[2], "name": "A. Person", "password": PASSWORD}
        status, session = watch.post("/api/v1/session/first", body)
        assert (status, session["who"]["role"]) == (200, "administrator")
        assert watch.post("/api/v1/session/first", body)[0] == 403
        assert watch.post("/api/v1/test-alarm", {"note": ""})[0] == 401
        assert watch.end(signal.SIGTERM) == 0
    with running("watch", site, "--data", tmp_path / "data", folder=tmp_path) as watch:
        assert watch.get("/api/v1/session")["mode"] == "users"
        assert watch.end(signal.SIGTERM) == 0
    assert (tmp_path / "stderr.txt").read_text().count("#/first/") == 1
