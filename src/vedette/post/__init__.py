"""The command post: from an alert to an incident, as pure logic over the picture."""

from vedette.post.books import KINDS
from vedette.post.machine import MOVES, IllegalMove, Refused
from vedette.post.post import Post

__all__ = ["KINDS", "MOVES", "IllegalMove", "Post", "Refused"]
