"""After the night: incidents listed, counted and compared. Pure functions over incidents that are over, or not."""

from vedette.history.mapping import Mapping, bring_in, read_mapping
from vedette.history.past import past_of
from vedette.history.patterns import history

__all__ = ["Mapping", "bring_in", "history", "past_of", "read_mapping"]
