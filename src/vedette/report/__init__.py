"""Incident → papers: document (JSON), closing summary, first statement, printed report. Pure functions."""

from vedette.report.document import incident_document
from vedette.report.formats import FORMATS, render
from vedette.report.page import render_html
from vedette.report.statement import Sentence, Statement, statement
from vedette.report.summary import summary_text

__all__ = [
    "FORMATS",
    "Sentence",
    "Statement",
    "incident_document",
    "render",
    "render_html",
    "statement",
    "summary_text",
]
