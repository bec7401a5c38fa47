"""How many of the issues that were found were resolved, and whether headers are kept up.

An issue of a file's header is told by its text. It is resolved where it was last listed as done, or
is listed no more while the header stands; with a file that is deleted, nobody knows. An issue of a
forge or tracker is resolved where it was closed last; one of unknown state is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from tracemill.base.clock import moment_key
from tracemill.records.events.event import Issue, IssueHeader


class Resolution(NamedTuple):
    """How many issues were resolved."""

    n_resolved: int
    n_found: int

    @property
    def share(self) -> float | None:
        """Share of those found; None where none was."""
        return self.n_resolved / self.n_found if self.n_found else None


class Upkeep(NamedTuple):
    """How many changes of files with a header changed the header too."""

    n_kept_up: int
    n_changes: int

    @property
    def share(self) -> float | None:
        """Share of the changes; None where there is none."""
        return self.n_kept_up / self.n_changes if self.n_changes else None


def header_resolution(headers: Iterable[IssueHeader]) -> Resolution:
    """Return how many issues of headers were resolved."""
    n_resolved = n_found = 0
    for versions in _by_file(headers):
        if versions[-1].change == "deleted":
            continue
        found = {issue.text for version in versions for issue in version.issues}
        still = {issue.text for issue in versions[-1].issues if issue.is_open}
        n_found += len(found)
        n_resolved += len(found - still)
    return Resolution(n_resolved, n_found)


def issue_resolution(issues: Iterable[Issue]) -> Resolution:
    """Return how many issues of forges and trackers were resolved, each by its last word."""
    last: dict[tuple[str, str | None, str], Issue] = {}
    for issue in issues:
        name = issue.native_id or str(issue.number)
        key = (issue.tracker, issue.repository, name)
        known = last.get(key)
        if known is None or _moment(known) <= _moment(issue):
            last[key] = issue
    told = [issue for issue in last.values() if issue.state != "unknown"]
    return Resolution(sum(issue.state == "closed" for issue in told), len(told))


def header_upkeep(headers: Iterable[IssueHeader]) -> Upkeep:
    """Return how many changes of files with a header changed what the header says."""
    kept_up = [is_kept_up for _, is_kept_up in header_changes_kept_up(headers)]
    return Upkeep(sum(kept_up), len(kept_up))


def header_changes_kept_up(headers: Iterable[IssueHeader]) -> Iterator[tuple[IssueHeader, bool]]:
    """Yield each change of a file with a header, and whether it changed what the header says."""
    for versions in _by_file(headers):
        for before, after in pairwise(versions):
            if after.change != "deleted":
                yield after, _said(before) != _said(after)


def _by_file(headers: Iterable[IssueHeader]) -> list[list[IssueHeader]]:
    files: defaultdict[tuple[str, str], list[IssueHeader]] = defaultdict(list)
    for header in headers:
        files[header.origin.uri.partition("#")[0], header.path].append(header)
    return [sorted(files[key], key=lambda each: (_moment(each), each.id)) for key in sorted(files)]


def _moment(event: Issue | IssueHeader) -> float:
    return moment_key(event.at)


def _said(header: IssueHeader) -> tuple[object, ...]:
    return header.declared_open, header.updated, header.issues
