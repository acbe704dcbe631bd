"""The incident's map and its close-ups, as SVG."""
