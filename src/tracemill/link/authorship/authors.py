"""Who commits from which home folder, learnt from sessions in which git printed its commits.

A person may commit under several addresses, so each author who was once seen there belongs there.
Of a folder from which no commit is known nothing is known.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

from tracemill.records.events.event import Commit
from tracemill.records.sessions.trajectory import Trajectory

_HOME: Final = re.compile(r"~|/(?:Users|home)/[^/]+|[A-Za-z]:[\\/]Users[\\/][^\\/]+")


class Authors:
    """The authors who commit from each home folder."""

    def __init__(self) -> None:
        self._of: defaultdict[str, set[str]] = defaultdict(set)

    def learn(self, trajectory: Trajectory, commit: Commit) -> None:
        """Note that a session made a commit."""
        home = _home(trajectory)
        if home is not None and commit.author:
            self._of[home].add(commit.author)

    def is_stranger(self, trajectory: Trajectory, commit: Commit) -> bool:
        """Tell whether others than its author are known to commit where the session ran."""
        known = self._of.get(_home(trajectory) or "")
        return known is not None and commit.author not in known


def _home(trajectory: Trajectory) -> str | None:
    match = _HOME.match(trajectory.cwd or "")
    return match[0] if match else None
