"""The command post: from an alert to an incident, as pure logic over the picture."""

from vedette.post.books import KINDS
from vedette.post.machine import MOVES, IllegalMove, Refused
from vedette.post.post import LOOK_AT, Post

__all__ = ["KINDS", "LOOK_AT", "MOVES", "IllegalMove", "Post", "Refused"]
