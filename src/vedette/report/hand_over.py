"""A shift's hand-over on paper: what was handed over, by whom to whom, under which checkpoint of the record."""

from __future__ import annotations

from typing import Final

from vedette.clock import iso_local, iso_utc
from vedette.model import HandOver, HandOverMoved, HandOverOffered, SheetSection
from vedette.report.page import paper_html
from vedette.report.paper import Block, Cell, Items, Paper, Row, Section, Table
from vedette.report.pdf import paper_pdf
from vedette.report.words import NOT_LIVE
from vedette.site import Site

TOPIC_WORDS: Final = {
    "alerts": "Open alerts",
    "dismissed": "Dismissed tracks",
    "sensors": "Sensors not live",
    "mandate": "Mandate",
    "decisions": "Open decisions",
    "closures": "Closed now",
    "checklists": "Open checklists",
    "notices": "Notices not confirmed",
    "test_alarm": "Test alarm",
    "exercises": "Exercises",
}


HAND_OVER_FORMATS: Final = ("html", "pdf")


def hand_over_print(one: HandOver, site: Site, format_name: str) -> bytes:
    """The paper as one HTML page, or as PDF.

    Raises:
        KeyError: no such format; HAND_OVER_FORMATS lists them.
    """
    if format_name not in HAND_OVER_FORMATS:
        raise KeyError(format_name)
    paper = hand_over_paper(one, site)
    return paper_pdf(paper) if format_name == "pdf" else paper_html(paper).encode()


def hand_over_paper(one: HandOver, site: Site) -> Paper:
    """The paper, all words chosen."""
    offered = one.offered
    mark, meaning = NOT_LIVE.get(one.origin.value, (None, ""))
    return Paper(
        kind="Hand-over of the watch",
        id=one.id,
        site=site.name,
        state=one.state.value,
        origin=one.origin.value,
        mark=mark,
        meaning=meaning,
        headline=f"Hand-over of the watch, {_when(offered.at_s, site)}",
        when=f"{iso_utc(offered.at_s)}. Times below without a Z are local, {site.timezone}.",
        record=f"sheet {offered.sheet.digest}",
        checkpoint=offered.checkpoint,
        sections=(_signatures(one, site), *(_section(each) for each in offered.sheet.sections)),
        end=f"The digest is of what stands above under the site's id; the record has it in the events of {one.id}.",
    )


def _when(at_s: float, site: Site) -> str:
    return iso_local(at_s, site.timezone).replace("T", " ")[:16]


def _signatures(one: HandOver, site: Site) -> Section:
    moved = one.moved
    rows = [_signature("Hands over", one.offered, site)]
    if moved is not None:
        rows.append(_signature("Takes over" if moved.move == "accept" else "Took it back", moved, site))
    else:
        rows.append(Row(cells=(Cell("Takes over"), Cell("nobody has signed yet", style="unreported"), Cell(""))))
    table = Table(head=("", "Who", "Signed"), wide=(0.0, 1.0, 0.0), rows=tuple(rows))
    return Section(title="Signatures", blocks=(table,))


def _signature(what: str, by: HandOverOffered | HandOverMoved, site: Site) -> Row:
    note = (by.note,) if by.note else ()
    who = f"{by.by} ({by.role})" if by.role else by.by
    signed = Cell(_when(by.at_s, site), small=(f"{iso_utc(by.at_s)[:19]}Z",), style="mono")
    return Row(cells=(Cell(what), Cell(who, small=note, style="strong"), signed))


def _section(section: SheetSection) -> Section:
    title = TOPIC_WORDS.get(section.topic, section.topic)
    if not section.items:
        return Section(title=title, blocks=(Items(items=("None.",), small=True),))
    rows = tuple(
        Row(cells=(Cell(item.text, small=(item.detail,) if item.detail else (), style="strong"), Cell(item.about)))
        for item in section.items
    )
    block: Block = Table(head=("", ""), wide=(1.0, 0.0), rows=rows)
    return Section(title=title, note=str(len(section.items)), blocks=(block,))
