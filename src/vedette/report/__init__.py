"""Incident → papers: document (JSON), closing summary, first statement, printed report. Pure functions."""

from vedette.report.document import incident_document
from vedette.report.statement import Sentence, Statement, statement
from vedette.report.summary import summary_text

__all__ = [
    "Sentence",
    "Statement",
    "incident_document",
    "statement",
    "summary_text",
]
