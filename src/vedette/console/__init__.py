"""The console: the picture and the alerts over HTTP and WebSocket, people's actions back, the built page.

pipeline thread → Board (what is up now) → Stream (frames, a bounded queue a client) → browser
browser → app (checked) → Desk.act → the watch's sequencer; answered after the record's commit
"""

from vedette.console.app import create_app
from vedette.console.board import Board, TrailPoint
from vedette.console.desk import ActionRefused, Desk, RecordedSite
from vedette.console.exercises import ExerciseRoom
from vedette.console.health import Health, Tried
from vedette.console.history import OctantName
from vedette.console.stream import Frame, Stream, Subscription
from vedette.console.views import history as history_view
from vedette.serving import serve

__all__ = [
    "ActionRefused",
    "Board",
    "Desk",
    "ExerciseRoom",
    "Frame",
    "Health",
    "OctantName",
    "RecordedSite",
    "Stream",
    "Subscription",
    "TrailPoint",
    "Tried",
    "create_app",
    "history_view",
    "serve",
]
