"""What a branch changed: a piece of work as git records it, with or without known sessions."""

from __future__ import annotations

from datetime import datetime

from tracemill.records.refs import Count, Record, Stamp


class ChangeSet(Record, frozen=True, kw_only=True):
    """The commits of one branch that one merge brought, or that no merge has brought yet."""

    id: str
    """Derived from the repository, the branch and where it ends."""
    repository: str
    """Address of the repository."""
    branch: str
    """Name of the branch."""
    commits: tuple[str, ...]
    """Hashes of its commits, oldest first."""
    merge: str | None = None
    """Hash of the commit that brought it to the main line; None where none has."""
    base: str | None = None
    """Hash of the commit of the main line that the merge went into."""
    started: datetime | None = None
    """When the first of its commits was written."""
    merged: datetime | None = None
    """When it was merged."""
    n_files: Count | None = None
    """Files that the merge changed in the main line; None where that is not known."""
    added: Count | None = None
    """Lines that it added there, in the files of which git counts them; None where in none."""
    deleted: Count | None = None
    """Lines that it deleted there, as for `added`."""
    n_uncounted: Count | None = None
    """Files of `n_files` whose lines git does not count: binary ones, and those it cannot read."""
    plans: tuple[str, ...] = ()
    """Events of the plans, specs and designs that it carries out."""
    stamp: Stamp
    """The rule that found it."""
