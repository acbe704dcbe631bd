"""The printed report read back by another program: every page marked, nothing said that the HTML does not say."""

from __future__ import annotations

import io
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from tests.assessment.fields import make_site
from tests.report.papers import AT_S, INCIDENT, alerts, case_of, effect, events, incident, points, track
from vedette.model import CaptureClosed, CooperativeSeen, EffectEntered, Origin, SensorAsked
from vedette.record.proof.checkpoints import given_checkpoints
from vedette.report import Case, incident_document, render_html
from vedette.report.contents import paper_of
from vedette.report.drawing.map import CROWDED
from vedette.report.drawing.plan import NEAR_HEIGHT, NEAR_WIDTH
from vedette.report.paper import Drawing, Gallery
from vedette.report.pdf import render_pdf
from vedette.report.people import deeds
from vedette.report.words import NOT_LIVE
from vedette.site import Site

HEAD = "2304 " + "9f3a" * 16
HOSTILE = '#panic("x") $x$ */ ]] </style><script>\x00\x0b\u202e"\\ #{1/0} \ud800'


def _case(site: Site, *more: tuple[float, Any], **changes: Any) -> Case:
    document = incident_document(incident(site, **changes), site, alerts())
    return case_of(document, site, points(site), events(site, *more), HEAD)


def _pages(case: Case) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(render_pdf(case))).pages]


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b\u00ad]+", "", text)


@pytest.mark.parametrize("origin", list(Origin))
def test_every_page_bears_origin_incident_and_number(site: Site, origin: Origin) -> None:
    pages = _pages(_case(site, origin=origin))
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert INCIDENT in page
        marks = [mark for mark, _ in NOT_LIVE.values() if mark in page]
        assert marks == ([] if origin is Origin.LIVE else [NOT_LIVE[origin.value][0]])
        assert origin is Origin.LIVE or NOT_LIVE[origin.value][1] in page


def test_all_words_of_the_paper_are_on_its_pages(site: Site) -> None:
    case = _case(
        site, (AT_S + 30.0, CaptureClosed(file="radar-1/0001.cap", feed="radar-1", sha256="ab" * 32, size_bytes=9))
    )
    text = _squeezed("".join(_pages(case)))
    paper = paper_of(case)
    for section in paper.sections:
        assert _squeezed(section.title) in text
    rows = [row for section in paper.sections for block in section.blocks for row in getattr(block, "rows", ())]
    assert len(rows) > 20
    for cell in (cell for row in rows for cell in row.cells):
        for words in (cell.text, *cell.ids):
            assert _squeezed(words) in text, words
    for wanted in (HEAD, "ab" * 32, site.sha256, "notyetreported"):
        assert _squeezed(wanted) in text


def test_a_head_and_a_checkpoint_copied_from_a_page_are_checkpoints(site: Site) -> None:
    case = _case(site)
    written = f"2300 {'0a' * 32} signed by {'1b' * 32} {'2c' * 64}"
    proof = msgspec.structs.replace(case.proof, checkpoint=written)
    text = "".join(_pages(msgspec.structs.replace(case, proof=proof)))
    copied = re.search(r"Record head: (.*?)Newest checkpoint: (.*? signed\s+by\s+\S+\s+[0-9a-f]+)", text, re.DOTALL)
    assert copied is not None
    found = [given_checkpoints(one)[0] for one in copied.groups()]
    assert [(one.seq, one.hash) for one in found] == [(2304, "9f3a" * 16), (2300, "0a" * 32)]


def test_the_same_record_gives_the_same_bytes_and_names_no_time_of_making(site: Site) -> None:
    made = render_pdf(_case(site))
    assert made == render_pdf(_case(site))
    assert b"CreationDate" not in made
    assert b"CreateDate" not in made


def test_its_fonts_are_inside(site: Site) -> None:
    reader = PdfReader(io.BytesIO(render_pdf(_case(site))))
    found = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            inner = font["/DescendantFonts"][0].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(inner["/FontDescriptor"])
            found.add(inner["/BaseFont"].partition("+")[2].partition("-")[0])
    assert found <= {"LibertinusSerif", "DejaVuSansMono"}


def test_hostile_names_are_words_alone(site: Site) -> None:
    named = msgspec.structs.replace(site, name=HOSTILE)
    hostile = track(
        "example-T-0003", incident(site).tracks[0].impact, identity=HOSTILE, sensors=(HOSTILE,), class_=HOSTILE
    )
    seen = {"acknowledged_by": HOSTILE, "acknowledged_s": AT_S, "note": HOSTILE, "title": HOSTILE}
    effects, entered = effect("damage", "reported", HOSTILE, HOSTILE)
    document = incident_document(
        incident(site, tracks=(hostile,), effects=effects),
        named,
        [msgspec.structs.replace(one, **seen) for one in alerts()],
    )
    case = case_of(document, named, points(site), events(site, (AT_S, entered)), HOSTILE)
    assert '#panic("x")' in "".join(_pages(case))


@settings(max_examples=25, deadline=None)
@given(words=st.text(st.characters(), max_size=90))
def test_any_words_leave_pages(site: Site, words: str) -> None:
    named = msgspec.structs.replace(site, name=words)
    hostile = track("example-T-0003", incident(site).tracks[0].impact, identity=words, sensors=(words,))
    document = incident_document(incident(site, tracks=(hostile,)), named, alerts())
    case = case_of(document, named, points(site), events(site), words * 3)
    assert len(_pages(case)) > 1


def test_a_bare_incident_has_its_pages(site: Site, tmp_path: object) -> None:
    bare = make_site(tmp_path, perimeter=False)  # type: ignore[arg-type]
    document = incident_document(incident(site, tracks=(track("example-T-0001", None),), alerts=()), bare, ())
    text = "".join(_pages(case_of(document, bare)))
    assert "no perimeter" in text
    assert "no act of a person" in text


def test_no_report_says_where_an_operator_stood(site: Site) -> None:
    heard = CooperativeSeen(
        identity="rid:1",
        source="rid",
        sensor="radar-1",
        operator_latitude_deg=36.24681,
        operator_longitude_deg=43.97531,
    )
    case = _case(site, (AT_S - 30.0, heard))
    for text in ("".join(_pages(case)), render_html(case)):
        assert "36.2468" not in text
        assert "43.9753" not in text


def test_what_people_did_is_listed_whatever_its_kind(site: Site) -> None:
    asked = SensorAsked(
        sensor="camera-1", node="n", task="t1", by="Operator 3", at_s=AT_S, track="example-T-0003",
        latitude_deg=36.24681, longitude_deg=43.97531,
    )  # fmt: skip
    elsewhere = msgspec.structs.replace(asked, by="Operator 4", track="example-T-0099")
    _, entered = effect("injuries", "none_reported", None, "Medical officer")
    case = _case(site, (AT_S, asked), (AT_S, elsewhere), (AT_S + 600.0, entered))
    found = deeds(case.document, site, case.events)
    assert [one.who for one in found] == ["Operator 1", None, "Operator 3", "Medical officer"]
    assert "camera-1" in found[2].detail
    assert "36.2" not in found[2].detail
    assert all(one.who in render_html(case) for one in found if one.who)
    other = msgspec.structs.replace(entered, incident="example-I-0002", by="Elsewhere")
    assert isinstance(other, EffectEntered)
    assert "Elsewhere" not in [one.who for one in deeds(case.document, site, events(site, (AT_S, other)))]


def test_each_place_of_impact_has_a_close_up_with_its_ellipse(site: Site) -> None:
    case = _case(site)
    section = next(one for one in paper_of(case).sections if one.title == "Where they came down")
    (gallery,) = section.blocks
    assert isinstance(gallery, Gallery)
    for one, drawing in zip(incident(site).tracks, gallery.drawings, strict=True):
        assert one.impact is not None
        ellipse = re.search(r'<ellipse cx="([\d.]+)" cy="([\d.]+)" rx="([\d.]+)" ry="([\d.]+)"', drawing.svg)
        assert ellipse is not None
        assert drawing.svg.count("<ellipse") == 1, "the other is far away"
        x, y, major, minor = map(float, ellipse.groups())
        assert (x, y) == (NEAR_WIDTH / 2.0, NEAR_HEIGHT / 2.0)
        assert major == pytest.approx(NEAR_WIDTH / 6.0, abs=0.1)
        assert minor / major == pytest.approx(one.impact.sigma_minor_m / one.impact.sigma_major_m, rel=0.01)
    far = re.search(r"(\d+) m from", gallery.drawings[0].caption)
    assert far is not None
    assert 950 <= int(far[1]) <= 1100, "700 m from the middle of a ring of 1,691 to 1,800 m"
    bare = _case(site, tracks=(track("example-T-0003", None),))
    assert "Where they came down" not in [one.title for one in paper_of(bare).sections]


def test_a_crowded_map_leaves_the_places_to_the_close_ups(site: Site) -> None:
    down = incident(site).tracks[0].impact
    many = tuple(track(f"example-T-{number:04}", down) for number in range(CROWDED + 1))
    for tracks in (many, many[:-1]):
        drawings = [section.blocks for section in paper_of(_case(site, tracks=tracks)).sections if section.blocks]
        whole = next(one for blocks in drawings for one in blocks if isinstance(one, Drawing))
        assert ("impact-label" in whole.svg) == (len(tracks) <= CROWDED)
        assert whole.svg.count('class="cross"') == len(tracks)


def test_captures_are_those_that_can_hold_the_incident(site: Site) -> None:
    def closed(file: str, feed: str) -> CaptureClosed:
        return CaptureClosed(file=file, feed=feed, sha256="00", size_bytes=1)

    more = [
        (AT_S - 600.0, closed("before", "a")), (AT_S - 60.0, closed("during", "a")),
        (AT_S + 60.0, closed("after", "a")),
        (AT_S + 900.0, closed("late", "a")), (AT_S + 900.0, closed("other", "b")),
    ]  # fmt: skip
    assert [one.file for one in _case(site, *more).captures] == ["f", "during", "after", "other"]
