"""The command post: from an alert to an incident, as pure logic over the picture."""

from vedette.post.books import KINDS, Books
from vedette.post.clocks import decode_clocks, encode_clocks
from vedette.post.exercise import KINDS as EXERCISE_KINDS
from vedette.post.exercise import NoExercise, evaluate
from vedette.post.machine import MOVES, IllegalMove, Refused
from vedette.post.post import LOOK_AT, Post
from vedette.post.sightings import ENTER_SIGHTING

__all__ = [
    "ENTER_SIGHTING",
    "EXERCISE_KINDS",
    "KINDS",
    "LOOK_AT",
    "MOVES",
    "Books",
    "IllegalMove",
    "NoExercise",
    "Post",
    "Refused",
    "decode_clocks",
    "encode_clocks",
    "evaluate",
]
