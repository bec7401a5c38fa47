"""Link: which commits, sessions, gates, documents, pull requests and issues are one piece of work.

In come trajectories with their activities, and events; out go `Link`s, each with its method and
confidence, and the groups of trajectories that make an episode. Every link can be derived
again, and the order in which the records come changes nothing.

To add a method: its name in `records.links.LinkMethod`, one function that yields its links, one
line in `link_records`, a table of cases under `tests/link/`.
"""

from __future__ import annotations

from typing import Final

LINK_VERSION: Final = 20
"""Raise it when the same records would be linked or grouped otherwise."""

__all__ = ["LINK_VERSION"]
