"""The report as one HTML page that needs nothing but itself, for screen and for A4.

Everything that comes from outside (names, notes, callsigns, feeds' words) is escaped; the page holds no script, no
address and nothing to fetch, and forbids itself both by its own policy. It holds no time of its making: the same
record gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from importlib import resources
from typing import Any, Final

from vedette.report.case import Case
from vedette.report.contents import paper_of
from vedette.report.paper import Card, Cell, Drawing, Facts, Gallery, Items, Paper, Row, Section, Sentences, Table


def render_html(case: Case) -> str:
    """The whole page."""
    return paper_html(paper_of(case))


def paper_html(paper: Paper) -> str:
    """A paper as a page."""
    css = "".join(
        resources.files(__package__).joinpath(name).read_text("utf-8") for name in ("page.css", "drawing/map.css")
    )
    sections = [_band(paper), _top(paper), *map(_section, paper.sections)]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(paper.id)} · {escape(paper.headline)}</title>"
        f"<style>{_page_rule(paper)}\n{css}</style></head>\n<body>\n"
        + "\n".join(section for section in sections if section)
        + f'\n<div class="end">{escape(paper.end)}</div>\n</body></html>\n'
    )


def _page_rule(paper: Paper) -> str:
    """Head and foot of each printed page: incident and state, record, page of pages."""
    left = " · ".join(filter(None, (paper.mark, paper.id, paper.site)))
    font = "font: 8pt sans-serif; color: #3d4954;"
    return (
        "@page { size: A4; margin: 20mm 16mm 18mm; "
        f"@top-left {{ content: {_css_text(left)}; {font} }} "
        f"@top-right {{ content: {_css_text(paper.state)}; {font} }} "
        f"@bottom-left {{ content: {_css_text(f'record {paper.record}'[:70])}; {font} }} "
        f'@bottom-right {{ content: counter(page) " of " counter(pages); {font} }} }}'
    )


def _css_text(text: str) -> str:
    """A CSS string; all but letters, digits and spaces are written by number, so nothing in it can end the sheet."""
    return (
        '"'
        + "".join(one if one.isascii() and (one.isalnum() or one == " ") else f"\\{ord(one):06x} " for one in text)
        + '"'
    )


def _band(paper: Paper) -> str:
    if paper.mark is None:
        return ""
    return f'<div class="band {escape(paper.origin)}"><b>{paper.mark}</b>{paper.meaning}</div>'


def _top(paper: Paper) -> str:
    return (
        f'<div class="kicker"><span><b>{escape(paper.kind)}</b> · {_text(paper.site)}</span>'
        f"<span>{_text(paper.id)} · {_text(paper.state)}</span></div>"
        f"<h1>{escape(paper.headline)}</h1>"
        f'<p class="lede">{escape(paper.when)}</p><div class="mono">Record head: {escape(paper.record)}</div>'
        + (f'<div class="mono">Newest checkpoint: {escape(paper.checkpoint)}</div>' if paper.checkpoint else "")
    )


def _section(section: Section) -> str:
    note = f" <small>{escape(section.note)}</small>" if section.note else ""
    title = f"<h2>{escape(section.title)}{note}</h2>" if section.title else ""
    return f"<section>{title}{''.join(_BLOCKS[type(block)](block) for block in section.blocks)}</section>"


def _facts(facts: Facts) -> str:
    body = "".join(f"<div><dt>{escape(term)}</dt><dd>{_cell(cell)}</dd></div>" for term, cell in facts.cells)
    return f'<dl class="facts">{body}</dl>'


def _drawing(drawing: Drawing) -> str:
    return f"<figure>{drawing.svg}<figcaption>{escape(drawing.caption)}</figcaption></figure>"


def _gallery(gallery: Gallery) -> str:
    return f'<div class="gallery">{"".join(map(_drawing, gallery.drawings))}</div>'


def _sentences(block: Sentences) -> str:
    marking = f'<p class="detail marking"><b>{escape(block.marking)}</b></p>' if block.marking else ""
    said = "".join(f"<li><p>{_text(text)}</p>{_chips(ids)}</li>" for text, ids in block.sentences)
    return f'{marking}<ol class="statement">{said}</ol>'


def _items(block: Items) -> str:
    items = "".join(f"<li>{_text(one)}</li>" for one in block.items)
    return f'<ul class="detail">{items}</ul>' if block.small else f"<ul>{items}</ul>"


def _card(card: Card) -> str:
    body = "".join(
        f'<div><dt class="label">{escape(term)}</dt><dd>{_text(value)}</dd></div>' for term, value in card.pairs
    )
    title = f"{_text(card.name)} <span>{_text(card.word)}</span>"
    return (
        f'<article class="card"><header><h3>{title}</h3><span class="where">{card.where}</span></header>'
        f'<dl class="grid">{body}</dl></article>'
    )


def _table(table: Table) -> str:
    cells = "".join(f"<th>{escape(one)}</th>" for one in table.head)
    head = f"<thead><tr>{cells}</tr></thead>" if any(table.head) else ""
    return f"<table>{head}<tbody>{''.join(map(_row, table.rows))}</tbody></table>"


def _row(row: Row) -> str:
    cells = "".join(
        f'<td class="{cell.style}">{_cell(cell)}</td>' if cell.style in _OF_CELLS else f"<td>{_cell(cell)}</td>"
        for cell in row.cells
    )
    return f'<tr class="{row.kind}">{cells}</tr>' if row.kind else f"<tr>{cells}</tr>"


def _cell(cell: Cell) -> str:
    text = _text(cell.text)
    if cell.style and cell.style not in _OF_CELLS:
        text = f'<span class="{cell.style}">{text}</span>'
    return text + "".join(f"<small>{_text(one)}</small>" for one in cell.small) + _chips(cell.ids)


def _text(text: str) -> str:
    """Escaped, and set apart so that a name written right to left cannot turn what stands beside it."""
    return f"<bdi>{escape(text)}</bdi>" if any(ord(one) > 0x2FF and one not in "·×–…" for one in text) else escape(text)


def _chips(ids: Iterable[str]) -> str:
    return "".join(f'<span class="chip">{escape(one)}</span>' for one in ids)


_OF_CELLS: Final = ("time", "utc", "mark", "mono")
_BLOCKS: Final[dict[type, Callable[[Any], str]]] = {
    Facts: _facts,
    Drawing: _drawing,
    Gallery: _gallery,
    Sentences: _sentences,
    Items: _items,
    Card: _card,
    Table: _table,
}
