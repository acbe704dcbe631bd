"""Incident → papers: document (JSON), closing summary, first statement, printed report. Pure functions."""

from vedette.report.case import Case, Proof
from vedette.report.document import incident_document
from vedette.report.formats import DRAWN, FORMATS, render
from vedette.report.hand_over import hand_over_page
from vedette.report.page import render_html
from vedette.report.statement import Sentence, Statement, statement
from vedette.report.summary import summary_text

__all__ = [
    "DRAWN",
    "FORMATS",
    "Case",
    "Proof",
    "Sentence",
    "Statement",
    "hand_over_page",
    "incident_document",
    "render",
    "render_html",
    "statement",
    "summary_text",
]
