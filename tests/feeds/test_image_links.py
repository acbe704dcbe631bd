"""Links to pictures: taken to the site's hosts alone, from rows and from SAPIENT nodes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.feeds.said import scans
from tests.feeds.sapient_peers import site_text
from tests.wire import sapient_messages as sm
from vedette.feeds.image_links import link_refusal
from vedette.feeds.recording import Unit
from vedette.feeds.sapient.source import sapient_source
from vedette.feeds.supervisor import takes
from vedette.site import load_site
from vedette.wire.sapient.codec import Received

HOSTS = ("cam-1.example",)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://cam-1.example/4711.jpg", None),
        ("http://cam-1.example:8080/4711.jpg?at=1", None),
        ("https://cam-2.example/4711.jpg", "image_host"),
        ("https://cam-1.example.evil.example/", "image_host"),
        ("https://cam-1.example@evil.example/", "bad_image"),
        ("javascript:alert(1)", "bad_image"),
        ("data:text/html,x", "bad_image"),
        ("https://cam-1.example/a b", "bad_image"),
        ("https://cam-1.example/\u202e", "bad_image"),
        ("https://[", "bad_image"),
        ("https://cam-1.example/" + "a" * 500, "bad_image"),
        (4711, "bad_image"),
    ],
)
def test_where_a_link_may_lead(url: object, why: str | None) -> None:
    assert link_refusal(url, HOSTS) == why


@given(st.text())
def test_any_text_is_judged(url: str) -> None:
    assert link_refusal(url, HOSTS) in (None, "bad_image", "image_host")


def test_a_nodes_picture_comes_with_its_look(tmp_path: Path) -> None:
    path = tmp_path / "sapient.toml"
    path.write_text(f"image_hosts = {list(HOSTS)}\n{site_text('tcp://127.0.0.1:1')}")
    site = load_site(path)
    source = sapient_source(site, None)

    def unit(number: int, *files: tuple[str, str]) -> Unit:
        message = sm.detection(sm.NOW_S + number)
        for kind, url in files:
            message.detection_report.associated_file.add(type=kind, url=url)
        return Received(message=message, offset=0)

    units = (
        unit(0, ("Video", "https://cam-1.example/film"), ("Image", "https://cam-1.example/still")),
        unit(1, ("image/jpeg", "https://elsewhere.example/still")),
        unit(2),
    )
    found = [body for one in units for body in source.take(one, sm.NOW_S)]
    looks = scans([*found, *source.close()])
    assert [one.image_url for one in looks] == [("https://cam-1.example/still",), None, None]


def test_another_list_of_hosts_opens_the_feed_anew(tmp_path: Path) -> None:
    path = tmp_path / "sapient.toml"
    kept = []
    for hosts in ([], list(HOSTS)):
        path.write_text(f"image_hosts = {hosts}\n{site_text('tcp://127.0.0.1:1')}")
        site = load_site(path)
        kept.append(takes(site, site.feeds[0]))
    assert kept[0] != kept[1]
