"""Names and words that are somebody's markup: shown as written in every paper, and run in none."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import MANDATE_TOML
from tests.watch.test_decisions import START_S, fly
from vedette.console import create_app
from vedette.model import Origin
from vedette.site import load_site
from vedette.watch.plan import Plan
from vedette.watch.runtime import Watch

API = "/api/v1"
INCIDENT = f"{API}/incidents/test-I-0001"
MARKUPS = {
    "html": "<img src=x onerror=alert(1)>",
    "closing": "</style></script></title><script>alert(1)</script>",
    "attribute": "\"' onmouseover=alert(1) x=\"",
    "typst": '#panic("x") #eval("1") $ sum $ @label <label> \\ `raw`',
    "formula": "=HYPERLINK(\"http://evil.test\")",
    "template": "{{7*7}} ${7*7} <%= 7*7 %> {% raw %}",
    "markdown": "[x](javascript:alert(1)) ![y](http://evil.test/z.png)",
    "entity": "&lt;b&gt; &#60;script&#62; <!ENTITY x SYSTEM 'file:///etc/passwd'>",
}  # fmt: skip


class Page(HTMLParser):
    """The tags of a page, their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.said = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.said += data


@pytest.fixture
def client(site_file: Path, tmp_path: Path) -> Iterator[TestClient[Litestar]]:
    text = site_file.read_text().replace("clutter_per_scan = 5.0", "clutter_per_scan = 5.0\nclass_accuracy = 1.0")
    site_file.write_text(text + MANDATE_TOML)
    plan = Plan(site=load_site(site_file), origin=Origin.REPLAY, folder=tmp_path / "data")
    watch = Watch.open(plan, START_S)
    watch.begin()
    fly(watch, 0, 12)
    with TestClient(create_app(watch), base_url="http://127.0.0.1") as client:
        yield client
    watch.finish()
    watch.close("ended")


def post(client: TestClient[Litestar], path: str, **body: Any) -> Any:
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("name", MARKUPS)
def test_what_people_write_is_text_in_every_paper(client: TestClient[Litestar], name: str) -> None:
    words = MARKUPS[name]
    who = {"by": f"A. {words}"[:99].strip(), "role": "commander"}
    post(client, f"{API}/alerts/test-A-0001/acknowledge", note=words)
    post(
        client, f"{INCIDENT}/effects", **who, effect="injuries", state="reported", value=words, source=words, how=words
    )
    post(client, f"{INCIDENT}/claims", **who, subject="responsibility", value=words, source=words, where=words)
    post(client, f"{API}/notices", **who, text=words, partner=words, note=words)
    post(client, f"{INCIDENT}/statements", **who, note=words)
    media = {"name": words.replace("/", " ").replace("\\", " "), "taken_by": words, "received_from": words, **who}
    kept = client.post(f"{INCIDENT}/media", params=media, content=b"<svg onload='alert(1)'/>")
    assert kept.status_code == 200, kept.text
    sheet = client.get(f"{API}/hand-over").json()["sheet"]
    offered = post(client, f"{API}/hand-over", **who, digest=sheet["digest"], note=words)
    report, paper = client.get(f"{INCIDENT}/report.html"), client.get(f"{API}/hand-over/{offered['id']}/paper.html")
    for page in (report, paper):
        assert "script" not in page.headers["content-security-policy"]
        found = Page(page.text)
        assert not {"script", "iframe", "object", "form", "link", "base"} & found.tags
        assert not [one for one in found.names if one.startswith("on")]
        assert not [one for one in found.links if "evil" in one or one.startswith("javascript")]
        assert words[:20] in found.said
    pdf = client.get(f"{INCIDENT}/report.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert b"/JavaScript" not in pdf.content
    assert b"evil.test" not in pdf.content
    assert client.get(f"{INCIDENT}/report.geojson").json()["type"] == "FeatureCollection"


NAMES = ('a";filename="x.html', "x.svg", "é 中.html", "con", "a;b=c.png", "%2e%2e%2fx", "x" * 200)


@pytest.mark.parametrize("name", NAMES)
def test_a_medium_goes_out_to_be_saved_and_never_as_a_page(client: TestClient[Litestar], name: str) -> None:
    query = {"name": name, "taken_by": "x", "received_from": "y"}
    made = client.post(f"{INCIDENT}/media", params=query, content=b"<html><script>alert(1)</script>").json()
    answer = client.get(f"{INCIDENT}/media/{made['media'][-1]['id']}")
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert ";filename=" not in disposition
    assert disposition.isascii()
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("name", [".", "..", "...", "a/b", "a\\b", "a\nb", "", "x" * 201, "a\u202egpj.exe"])
def test_what_is_no_file_s_name_is_refused(client: TestClient[Litestar], name: str) -> None:
    query = {"name": name, "taken_by": "x", "received_from": "y"}
    assert client.post(f"{INCIDENT}/media", params=query, content=b"x").status_code == 400


PATHS = ("../../users.json", "..%2f..%2fusers.json", "%2e%2e%2f%2e%2e%2frecord.sqlite", "%00")


@pytest.mark.parametrize("name", PATHS)
def test_an_id_is_no_path(client: TestClient[Litestar], name: str) -> None:
    for path in (f"{INCIDENT}/media/{name}", f"{API}/incidents/{name}/report.html", f"{API}/site/versions/{name}"):
        assert client.get(path).status_code in (400, 404, 405), path
