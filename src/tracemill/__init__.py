"""Tracemill grinds a team's real development work into training data, and closes the loop."""

__version__ = "0.1.0"

__all__ = ["__version__"]
