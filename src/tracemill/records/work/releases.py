"""What a release brought: the commits between a tag and the tags before it."""

from __future__ import annotations

from datetime import datetime

from tracemill.records.refs import Count, Record


class Release(Record, frozen=True, kw_only=True, omit_defaults=False):
    """The commits that a tag reaches and no earlier tag does."""

    id: str
    """Derived from the repository and the commit."""
    repository: str
    """Address of the repository."""
    tags: tuple[str, ...]
    """Names of the tags on its commit."""
    commit: str
    """Hash of the tagged commit."""
    at: datetime | None
    """When that was committed."""
    before: tuple[str, ...]
    """Tags of the releases that it follows; empty for a first one."""
    commits: tuple[str, ...]
    """Hashes of its commits, oldest first."""
    n_files: Count
    """Files that its commits changed, each once; merges left aside."""
    added: Count | None
    """Lines that they added, in the files of which git counts them; None where in none."""
    deleted: Count | None
    """Lines that they deleted, as for `added`."""
    n_uncounted: Count
    """Files of `n_files` of which git did not count the lines each time: binary ones, and those
    that it cannot read."""
    documents: tuple[str, ...]
    """Plans, specs, designs, decisions and reports that they wrote or changed, by path."""
