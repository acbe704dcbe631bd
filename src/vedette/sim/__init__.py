"""The simulator: truth flies, sensor models look, detections come out as the feeds would make them.

What leaves for the watch (`Simulation.arrivals`) carries measurements only; truth stays in `Simulation.truth` and
`Simulation.falls`, for scoring and tests. The same scenario and seed give the same bytes; each actor and each sensor
draws from streams of its own, so that changing one leaves the others as they were.

The defence layer is an abstract reach, delay and success probability, for planning: it aims nothing, addresses
nothing, and says only where a drone comes down. Sensor positions in the scenarios are invented, and say so.
"""

from vedette.sim.defence import Fall
from vedette.sim.injection import Injection
from vedette.sim.scenario import Facts, Scenario, load_scenario
from vedette.sim.sensors import SimArrival
from vedette.sim.simulate import Simulation, TruthRow, simulate

__all__ = [
    "Facts",
    "Fall",
    "Injection",
    "Scenario",
    "SimArrival",
    "Simulation",
    "TruthRow",
    "load_scenario",
    "simulate",
]
