"""The printed report: well formed, self-contained, complete, and deaf to what names try to say."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.assessment.fields import make_site
from tests.report.papers import AT_S, alerts, case_of, effect, events, incident, points, track
from vedette.model import Origin
from vedette.report import incident_document, render_html
from vedette.report.drawing.labels import Box, Labels
from vedette.report.timeline import timeline
from vedette.site import Site

VOID = {"meta", "br"}
HOSTILE = '"><script>alert(1)</script><img src=x onerror=y>&amp;</style>\u202e'


class _Reader(HTMLParser):
    """Keeps the stack of open elements, all tags and attributes, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def _page(site: Site, *, head: str | None = "seq 2304 sha256 9f3a", **changes: Any) -> str:
    document = incident_document(incident(site, **changes), site, alerts())
    return render_html(case_of(document, site, points(site), events(site), head))


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def test_it_needs_nothing_but_itself(site: Site) -> None:
    page = _page(site)
    reader = _read(page)
    assert not {"script", "img", "link", "iframe", "object", "embed"} & set(reader.tags)
    assert not {"src", "href", "style"} & {name for name, _ in reader.attributes}
    assert not any(name.startswith("on") for name, _ in reader.attributes)
    assert "://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "@import" not in page
    assert re.findall(r"url\(([^)]*)\)", page)
    assert all(one.startswith("#") for one in re.findall(r"url\(([^)]*)\)", page))


def test_it_says_what_the_record_says(site: Site) -> None:
    text = _read(_page(site)).text
    for wanted in (
        "example-I-0001", "example-T-0003", "example-T-0007", "example-A-0001", "23:42:18", "20:42:18", "Operator 1",
        "seq 2304 sha256 9f3a", "not yet reported", "unclaimed", "Base perimeter", "radar-2", "SIMULATED",
    ):  # fmt: skip
        assert wanted in text
    assert "example-T-0099" not in text
    assert "example-A-0099" not in text


def test_the_same_record_gives_the_same_bytes(site: Site) -> None:
    assert _page(site) == _page(site)


@pytest.mark.parametrize("origin", [Origin.REPLAY, Origin.EXERCISE, Origin.SIMULATED])
def test_what_is_not_live_is_marked(site: Site, origin: Origin) -> None:
    assert f'class="band {origin.value}"' in _page(site, origin=origin)
    assert 'class="band' not in _page(site, origin=Origin.LIVE)


def test_hostile_names_stay_text(site: Site) -> None:
    named = msgspec.structs.replace(site, name=HOSTILE)
    hostile = track(
        "example-T-0003", incident(site).tracks[0].impact, identity=f"rid:{HOSTILE}", sensors=(HOSTILE,), class_=HOSTILE
    )
    seen = {"acknowledged_by": HOSTILE, "acknowledged_s": AT_S, "note": HOSTILE, "title": HOSTILE}
    shown = [msgspec.structs.replace(one, **seen) for one in alerts()]
    effects, entered = effect("damage", "reported", HOSTILE, HOSTILE)
    document = incident_document(incident(site, tracks=(hostile,), effects=effects, attribution=HOSTILE), named, shown)
    recorded = events(site, (AT_S, entered))
    page = render_html(case_of(document, named, points(site), recorded, HOSTILE))
    reader = _read(page)
    assert not {"script", "img"} & set(reader.tags)
    assert page.count("</style>") == 1
    assert "alert(1)" in reader.text


@settings(max_examples=25, deadline=None)
@given(name=st.text(max_size=60))
def test_any_name_leaves_the_page_well_formed(site: Site, name: str) -> None:
    named = msgspec.structs.replace(site, name=name)
    document = incident_document(incident(named), named, alerts())
    _read(render_html(case_of(document, named, [], [], name)))


def test_timeline_is_the_incident_s_own_in_order(site: Site) -> None:
    document = incident_document(incident(site), site, alerts())
    rows = timeline(document, site, events(site))
    assert [row.at_s for row in rows] == sorted(row.at_s for row in rows)
    assert {row.kind for row in rows} == {"track", "alert", "cleared", "person", "impact", "incident", "health"}
    assert all(row.evidence for row in rows)
    told = " ".join(f"{row.what} {row.detail}" for row in rows)
    assert "example-A-0099" not in told
    assert "example-I-0002" not in told
    acknowledged = next(row for row in rows if row.kind == "person")
    assert (acknowledged.local, acknowledged.utc) == ("23:42:27", "20:42:27")


def test_effects_on_the_page(site: Site) -> None:
    assert _page(site).count('class="unreported"') == 4, "three rows and the count"
    effects, _ = effect("injuries", "none_reported", None, "Medical officer")
    text = _read(_page(site, effects=effects)).text
    assert "none reported" in text
    assert "Medical officer" in text


def test_a_bare_incident_has_a_page(site: Site, tmp_path: object) -> None:
    bare = make_site(tmp_path, perimeter=False)  # type: ignore[arg-type]
    document = incident_document(incident(site, tracks=(track("example-T-0001", None),), alerts=()), bare, ())
    reader = _read(render_html(case_of(document, bare)))
    assert "no perimeter" in reader.text


def test_labels_keep_clear_of_each_other() -> None:
    labels = Labels(Box(0.0, 0.0, 400.0, 300.0))
    labels.keep_clear(Box(190.0, 0.0, 210.0, 300.0))
    for row in range(6):
        labels.add(200.0, 50.0 + row, ("a label", "two lines"), "x", 11.0, must=True)
    texts = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"', labels.svg())
    assert len(texts) == 12
    assert len(set(texts)) == 12
    before = labels.svg()
    for _ in range(60):
        labels.add(200.0, 150.0, ("crowded",), "x", 9.0)
    assert labels.svg().count("crowded") < 60
    assert labels.svg().startswith(before)


def test_a_running_watchs_head_stands_above_its_newest_checkpoint(site: Site) -> None:
    document = incident_document(incident(site), site, alerts())
    for head, checkpoint in (("12 aa", "10 bb signed by <key> cc"), ("12 aa signed by key cc", None), (None, None)):
        case = case_of(document, site, head=head)
        proof = msgspec.structs.replace(case.proof, checkpoint=checkpoint)
        page = render_html(msgspec.structs.replace(case, proof=proof))
        assert f'<div class="mono">Record head: {head or "not given"}</div>' in page
        assert ("Newest checkpoint: 10 bb signed by &lt;key&gt; cc</div>" in page) == (checkpoint is not None)
