"""The site file (TOML + GeoJSON) → a frozen Site."""

from vedette.site.geometry import zone_shape
from vedette.site.load import load_site, site_from_text
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
    "ClosurePlace",
    "Exercises",
    "Feed",
    "Handling",
    "Limits",
    "Mandate",
    "MandateRole",
    "Measure",
    "Output",
    "PlanStep",
    "ReleaseRule",
    "Response",
    "Rule",
    "Sensor",
    "Site",
    "Zone",
    "load_site",
    "site_from_text",
    "zone_shape",
]
