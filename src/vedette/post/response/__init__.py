"""Checklists, notices, closures and hand-overs: people's acts and what the machine can see, as events."""
