"""How good tracks are against the truth: GOSPA with its parts, OSPA, SIAP, identity switches. See docs/scoring.md."""

from vedette.scoring.assignment import assign, pair_within
from vedette.scoring.moments import CARRY_S, SAME_TIME_S, Moment, moments_of
from vedette.scoring.plot import PLOTS, plot, plot_svg
from vedette.scoring.score import Course, Score, score, score_moments
from vedette.scoring.sets import ALPHA, SetDistance, set_distance
from vedette.scoring.siap import Siap, siap

__all__ = [
    "ALPHA",
    "CARRY_S",
    "PLOTS",
    "SAME_TIME_S",
    "Course",
    "Moment",
    "Score",
    "SetDistance",
    "Siap",
    "assign",
    "moments_of",
    "pair_within",
    "plot",
    "plot_svg",
    "score",
    "score_moments",
    "set_distance",
    "siap",
]
