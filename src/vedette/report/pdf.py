"""The report as PDF, set by typst from the same Paper as the HTML.

The sheet (`pdf.typ`) reads the paper as data, so nothing in a name or a note can be markup. Fonts are those that the
typst wheel carries (Libertinus Serif; DejaVu Sans Mono for Arabic and figures), never the machine's: the same record
gives the same bytes wherever the same versions are, with no network and no font installed. Other scripts, such as
Chinese, have no glyph in them and show as boxes. The file names no time of its making.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from importlib import resources
from typing import Any, Final

import msgspec
import typst

from vedette.report.case import Case
from vedette.report.contents import paper_of
from vedette.report.paper import Paper

_VARIABLE: Final = re.compile(r"--([\w-]+):\s*([^;]+);")


def render_pdf(case: Case) -> bytes:
    """The whole report, A4."""
    return paper_pdf(paper_of(case))


def paper_pdf(paper: Paper) -> bytes:
    """A paper as one document, A4."""
    made = compiler(paper).compile(format="pdf", timestamp=0)
    if not isinstance(made, bytes):
        raise TypeError("typst made no single file")
    return made


def compiler(of: Paper) -> typst.Compiler:
    """A paper before its pages are drawn; what draws them chooses the format."""
    paper = _printable(msgspec.to_builtins(of))
    for section in paper["sections"]:
        for block in section["blocks"]:
            for drawing in [block] if block["type"] == "drawing" else block.get("drawings", ()):
                drawing["svg"] = drawing["svg"].replace(">", f"><style>{_map_style()}</style>", 1)
    given = {"paper": msgspec.json.encode(paper).decode()}
    return typst.Compiler(_file("pdf.typ").encode(), font_paths=_fonts(), sys_inputs=given)


def _printable(value: Any) -> Any:
    """Without control, format, private and unassigned characters, which no sheet can show and no SVG may hold."""
    if isinstance(value, str):
        return "".join(one for one in value if one == "\n" or unicodedata.category(one)[0] != "C")
    if isinstance(value, dict):
        return {key: _printable(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_printable(one) for one in value]
    return value


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


@functools.cache
def _map_style() -> str:
    """The map's rules with the page's colours put in: typst's SVG knows no variables."""
    values = dict(_VARIABLE.findall(_file("page.css")))
    rules = re.sub(r"var\(--([\w-]+)\)", lambda found: values[found[1]], _file("drawing/map.css"))
    return rules + "svg text { font-family: 'Libertinus Serif', 'DejaVu Sans Mono'; }"
