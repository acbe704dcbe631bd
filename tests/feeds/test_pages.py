"""The pages of docs/feeds: what they tell a reader to write is a site file without faults, and can be heard live."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vedette.feeds.intake import LIVE
from vedette.feeds.reception import KEEPERS
from vedette.site import load_site

PAGES = sorted((Path(__file__).parents[2] / "docs" / "feeds").glob("*.md"))
HEAD = """
name = "Page Field"
timezone = "UTC"
latitude_deg = 36.2376
longitude_deg = 43.9632
altitude_msl_m = 409.0
"""


def site_files(blocks: list[str]) -> list[str]:
    """All blocks of a page together; where the first is a whole file, it, and it as each other block changes it."""
    first = blocks[0]
    if not first.startswith("name = "):
        return [HEAD + "\n".join(blocks)]
    changed = []
    for block in blocks[1:]:
        if block.startswith("[[feed]]"):
            changed.append(first.split("[[feed]]")[0] + block)
        else:
            changed.append((first.replace("tcp://", "tls://") if block.startswith("tls_") else first) + block)
    return [first, *changed]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_lines_to_copy_are_right(page: Path, tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", page.read_text(), re.DOTALL)
    assert blocks
    path = tmp_path / "site.toml"
    for text in site_files(blocks):
        path.write_text(text)
        for name in re.findall(r'"([\w-]+\.(?:pem|key))"', text):
            (tmp_path / name).touch()
        site = load_site(path)
        assert site.feeds
        for feed in site.feeds:
            assert (feed.source, feed.url.partition(":")[0]) in {*LIVE, *KEEPERS}


def test_each_output_of_a_receiver_can_be_heard() -> None:
    page = next(page for page in PAGES if page.stem == "readsb").read_text()
    rows = re.findall(r'`source = "(\w+)"`, `url = "(\w+):[^"]+"`', page)
    assert len(rows) >= 6
    for row in rows:
        assert row in LIVE
