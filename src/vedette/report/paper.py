"""The report as its renderers take it: sections of a few kinds of block, all words chosen, nothing laid out.

HTML and PDF are drawn from the same Paper, so neither can say what the other does not.
"""

from __future__ import annotations

import msgspec


class Cell(msgspec.Struct, frozen=True):
    """One cell of a table: its words, smaller lines under them, ids of what they rest on, and how they are set.

    style: "" | time | utc | mark | strong | unreported | ended | mono
    """

    text: str
    small: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    style: str = ""


class Row(msgspec.Struct, frozen=True):
    """One row. kind: of a timeline's row, or ""."""

    cells: tuple[Cell, ...]
    kind: str = ""


class Table(msgspec.Struct, frozen=True, tag="table"):
    """Rows under a head. wide: share of the free width of each column, 0: as narrow as what stands in it."""

    head: tuple[str, ...]
    wide: tuple[float, ...]
    rows: tuple[Row, ...]


class Facts(msgspec.Struct, frozen=True, tag="facts"):
    """A few large figures, each (term, value)."""

    cells: tuple[tuple[str, Cell], ...]


class Drawing(msgspec.Struct, frozen=True, tag="drawing"):
    """The map and its caption."""

    svg: str
    caption: str
    alt: str


class Gallery(msgspec.Struct, frozen=True, tag="gallery"):
    """Small drawings side by side."""

    drawings: tuple[Drawing, ...]


class Sentences(msgspec.Struct, frozen=True, tag="sentences"):
    """Numbered sentences, each (text, ids), under a marking."""

    marking: str | None
    sentences: tuple[tuple[str, tuple[str, ...]], ...]


class Items(msgspec.Struct, frozen=True, tag="items"):
    """A plain list. small: set as an aside."""

    items: tuple[str, ...]
    small: bool = False


class Card(msgspec.Struct, frozen=True, tag="card"):
    """One aircraft: name, what it is, where it came down, and pairs of term and value."""

    name: str
    word: str
    where: str
    pairs: tuple[tuple[str, str], ...]


Block = Table | Facts | Drawing | Gallery | Sentences | Items | Card


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """title "": the blocks stand under what was before."""

    title: str = ""
    note: str = ""
    blocks: tuple[Block, ...]


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """One report, and what kind of one. mark, meaning: of what is not live. record: its head, or that there is none."""

    id: str
    site: str
    state: str
    origin: str
    mark: str | None
    meaning: str
    headline: str
    when: str
    record: str
    checkpoint: str | None
    sections: tuple[Section, ...]
    end: str
    kind: str = "Incident report"
