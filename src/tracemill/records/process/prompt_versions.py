"""Texts that agents are given, version by version: prompts, skills, standing orders, recipes.

A version is named `role.vMAJOR.MINOR`. Where the text gives a number itself, that is its number;
elsewhere it follows from the history: a rewrite raises the first part, any other change the second.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from tracemill.records.refs import Count, Record

TextKind = Literal["prompt", "command", "agent", "skill", "instructions", "recipe"]
"""What a text is for: given to a model by a program, run by a person as a command, given to a
subagent, loaded where it fits, read in every session, or a recipe for a team's process."""

TextChange = Literal["added", "edited", "rewritten", "restored", "deleted"]
"""What made a version: `rewritten` keeps less than half of the lines that were there, `restored`
is word for word an earlier version."""

Standing = Literal["in_force", "superseded", "retired", "expired", "deleted"]
"""Where a version stands: the newest; older, and still to be kept at hand; beaten by a newer one
and in nobody's use; so for three months and more; or that its file is gone."""


class LineChange(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One line that a version added or took away."""

    section: str
    """The heading or key that it stands under; empty where there is none."""
    text: str
    """The line without what indents it."""
    is_added: bool
    """Whether it was added; otherwise it was taken away."""


class PromptVersion(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A text as one commit left it."""

    name: str
    """Its name, for example `architect.v1.2`."""
    is_declared: bool
    """Whether the text gives that number itself; otherwise it follows from the history."""
    change: TextChange
    """What made it."""
    restores: str | None
    """The earlier version that it is word for word; None where it is none."""
    commit: str | None
    """Hash of the commit that made it; None where it lies in no repository."""
    because: str | None
    """First line of that commit's message."""
    since: datetime | None
    """When it took the place of the one before; None where nobody knows."""
    until: datetime | None
    """When another took its place; None where it is in force, or nobody knows."""
    n_tokens: Count | None
    """Its length, taken as four characters to a token; None where its file is gone."""
    n_added: Count
    """Lines that it added."""
    n_removed: Count
    """Lines that it took away."""
    lines: tuple[LineChange, ...]
    """Those lines, at most 200."""
    event_id: str
    """The event that holds its text."""


class PromptHistory(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One text with all its versions."""

    id: str
    """Derived from repository and path, so it stays the same."""
    role: str
    """What its versions are named by, for example `architect`."""
    kind: TextKind
    """What it is for."""
    path: str
    """Its path within the repository."""
    repository: str
    """The repository, or the file where it lies in none."""
    is_gone: bool
    """Whether the file was deleted."""
    versions: tuple[PromptVersion, ...]
    """All versions, the oldest first."""

    @property
    def newest(self) -> PromptVersion:
        """The version that was made last."""
        return self.versions[-1]
