"""A report from the ground or a cockpit against all that is known to have been there."""

from vedette.sighting.check import check
from vedette.sighting.eye import angle_sigmas_deg, time_nodes
from vedette.sighting.sky import Sky, SkyMissing, load_sky

__all__ = ["Sky", "SkyMissing", "angle_sigmas_deg", "check", "load_sky", "time_nodes"]
