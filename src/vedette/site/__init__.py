"""The site file (TOML + GeoJSON) → a frozen Site."""

from vedette.site.changes import differences, held_fast
from vedette.site.flights import flight_of_feature
from vedette.site.geometry import zone_shape
from vedette.site.lines import line_in_words, line_of
from vedette.site.load import GEOMETRY_NAME, geometry_name, load_site, site_digest, site_from_draft, site_from_text
from vedette.site.merging import Conflict, Merged, merged
from vedette.site.model import (
    ClosurePlace,
    Exercises,
    Feed,
    Handling,
    Limits,
    Mandate,
    MandateRole,
    Measure,
    Output,
    PlanStep,
    ReleaseRule,
    Response,
    Rule,
    Sensor,
    Site,
    Zone,
)

__all__ = [
    "GEOMETRY_NAME",
    "ClosurePlace",
    "Conflict",
    "Exercises",
    "Feed",
    "Handling",
    "Limits",
    "Mandate",
    "MandateRole",
    "Measure",
    "Merged",
    "Output",
    "PlanStep",
    "ReleaseRule",
    "Response",
    "Rule",
    "Sensor",
    "Site",
    "Zone",
    "differences",
    "flight_of_feature",
    "geometry_name",
    "held_fast",
    "line_in_words",
    "line_of",
    "load_site",
    "merged",
    "site_digest",
    "site_from_draft",
    "site_from_text",
    "zone_shape",
]
