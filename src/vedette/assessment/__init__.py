"""Tracks → what each is, what it threatens, how soon, where it would come down. Pure: no I/O, clock or chance."""

from vedette.assessment.assessor import Assessor

__all__ = ["Assessor"]
