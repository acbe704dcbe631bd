"""Incident → papers: document (JSON), closing summary, first statement, printed report. Pure functions."""

from vedette.report.case import Case, Proof
from vedette.report.debriefing import evaluation_page
from vedette.report.document import incident_document
from vedette.report.evidence import events_behind, traced
from vedette.report.formats import DRAWN, FORMATS, render
from vedette.report.hand_over import HAND_OVER_FORMATS, hand_over_print
from vedette.report.page import render_html
from vedette.report.sensors import Watched, sensors_part, watched
from vedette.report.statement import Statement, Told, statement
from vedette.report.summary import summary_text
from vedette.report.timeline import timeline

__all__ = [
    "DRAWN",
    "FORMATS",
    "HAND_OVER_FORMATS",
    "Case",
    "Proof",
    "Statement",
    "Told",
    "Watched",
    "evaluation_page",
    "events_behind",
    "hand_over_print",
    "incident_document",
    "render",
    "render_html",
    "sensors_part",
    "statement",
    "summary_text",
    "timeline",
    "traced",
    "watched",
]
