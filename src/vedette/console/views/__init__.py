"""What the API says: the model's messages with the tables' names, times as ISO 8601 UTC, ready for JSON.

Every object carries its origin. Unknown is null. Sigmas are one standard deviation.
"""

from vedette.console.views.access import (
    LogView,
    OpenSessionsView,
    OperatorView,
    SecondView,
    SessionView,
    UsersView,
    UserView,
    open_sessions,
    operator,
    session,
    user,
    users,
)
from vedette.console.views.alerts import AlertView, alert
from vedette.console.views.base import OriginName, View
from vedette.console.views.decisions import DecisionsView, DecisionView, MandateView, decided, decision, mandate
from vedette.console.views.dossier import CaseView
from vedette.console.views.exercises import EvaluationView, ExercisesView, ExerciseView, evaluation, exercise, scenario
from vedette.console.views.false_alarms import FalseAlarmsView, false_alarms
from vedette.console.views.health import HealthView, watch_health
from vedette.console.views.history import HistoryView, PastIncidentView, history, past_incident
from vedette.console.views.identity import FlightsView, FlightView, flight, flights
from vedette.console.views.incidents import IncidentDocument, IncidentView, incident
from vedette.console.views.picture import TracksView, TrackView, track, track_end, tracks
from vedette.console.views.sightings import SightingsView, SightingView, sighting
from vedette.console.views.snapshot import Snapshot
from vedette.console.views.tasks import SensorTaskView, sensor_task
from vedette.console.views.topics import TOPICS, TopicsView, topics

__all__ = [
    "TOPICS",
    "AlertView",
    "CaseView",
    "DecisionView",
    "DecisionsView",
    "EvaluationView",
    "ExerciseView",
    "ExercisesView",
    "FalseAlarmsView",
    "FlightView",
    "FlightsView",
    "HealthView",
    "HistoryView",
    "IncidentDocument",
    "IncidentView",
    "LogView",
    "MandateView",
    "OpenSessionsView",
    "OperatorView",
    "OriginName",
    "PastIncidentView",
    "SecondView",
    "SensorTaskView",
    "SessionView",
    "SightingView",
    "SightingsView",
    "Snapshot",
    "TopicsView",
    "TrackView",
    "TracksView",
    "UserView",
    "UsersView",
    "View",
    "alert",
    "decided",
    "decision",
    "evaluation",
    "exercise",
    "false_alarms",
    "flight",
    "flights",
    "history",
    "incident",
    "mandate",
    "open_sessions",
    "operator",
    "past_incident",
    "scenario",
    "sensor_task",
    "session",
    "sighting",
    "topics",
    "track",
    "track_end",
    "tracks",
    "user",
    "users",
    "watch_health",
]
