"""What each version of a file's header changed: issues that came up, were resolved, or renumbered.

An issue is told by its text. It is resolved where it stood open in the version before, and is
listed as done, or no more, while the header stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from tracemill.base.clock import moment_key
from tracemill.records.events.documents import FileIssue, IssueHeader


class HeaderChange(NamedTuple):
    """What one version changed against the one before."""

    version: IssueHeader
    opened: tuple[FileIssue, ...]
    resolved: tuple[FileIssue, ...]
    """As the version before listed them."""
    renumbered: tuple[FileIssue, ...]
    """As this version lists them."""


class MendedIssue(NamedTuple):
    """An issue that a file's header listed until a commit."""

    issue: FileIssue
    header: IssueHeader
    """The version that lists it as open no more."""


def mended_issues(headers: Iterable[IssueHeader]) -> dict[str, list[MendedIssue]]:
    """Return the issues that each commit took out of headers, by the commit's hash."""
    files: defaultdict[tuple[str, str], list[IssueHeader]] = defaultdict(list)
    for header in headers:
        files[header.origin.uri, header.path].append(header)
    found: defaultdict[str, list[MendedIssue]] = defaultdict(list)
    for versions in files.values():
        for change in header_changes(sorted(versions, key=_moment)):
            if change.version.commit is not None and change.resolved:
                mended = (MendedIssue(issue, change.version) for issue in change.resolved)
                found[change.version.commit].extend(mended)
    return dict(found)


def header_changes(versions: Sequence[IssueHeader]) -> Iterator[HeaderChange]:
    """Yield what each version of one file's header changed, from its versions, oldest first.

    The first version opens what it lists as open. A file that was deleted resolves nothing.
    """
    for version in versions[:1]:
        yield HeaderChange(version, _open(version), (), ())
    for before, after in pairwise(versions):
        if after.change == "deleted":
            yield HeaderChange(after, (), (), ())
            continue
        was, now = {i.text for i in _open(before)}, {i.text for i in _open(after)}
        numbers = {issue.text: issue.number for issue in before.issues}
        yield HeaderChange(
            after,
            opened=tuple(issue for issue in _open(after) if issue.text not in was),
            resolved=tuple(issue for issue in _open(before) if issue.text not in now),
            renumbered=tuple(
                issue
                for issue in after.issues
                if numbers.get(issue.text, issue.number) != issue.number
            ),
        )


def _moment(header: IssueHeader) -> tuple[float, str]:
    return (moment_key(header.at), header.id)


def _open(header: IssueHeader) -> tuple[FileIssue, ...]:
    return tuple(issue for issue in header.issues if issue.is_open and issue.form != "remark")
