"""The command post: from an alert to an incident, as pure logic over the picture."""

from vedette.post.books import KINDS
from vedette.post.machine import MOVES, IllegalMove, Refused
from vedette.post.post import LOOK_AT, Post
from vedette.post.sightings import ENTER_SIGHTING

__all__ = ["ENTER_SIGHTING", "KINDS", "LOOK_AT", "MOVES", "IllegalMove", "Post", "Refused"]
