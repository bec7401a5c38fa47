"""Archives among the inputs: each member is an input, as every file of a folder is.

An archive is looked through when it is new or changed, and its members are known by their hashes:
one that was packed again as it was is not read again.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from tracemill.flows.ingest.discovery import Candidate
from tracemill.flows.ingest.recognition import Archive, Skip, recognise_member
from tracemill.sources.archives.members import Packed, Refused, survey

_REPOSITORY: Final = ".git"


class Within(NamedTuple):
    """What an archive holds."""

    members: list[tuple[Candidate, str | Skip]]
    """Its files, each with the source that reads it, or why none does."""
    skip: Skip
    """What is to be said of the archive itself."""


def look_within(path: str, stamp: str, archive: Archive) -> Within:
    """Look through the archive at `path`, whose state is `stamp`."""
    members: list[tuple[Candidate, str | Skip]] = []
    repositories: set[str] = set()
    fault: Skip | None = None
    try:
        for found in survey(Path(path), archive.kind):
            if found.name is None:
                fault = Skip(found.reason, found.detail, failed=True)
                if found.is_of_all:
                    return Within([], fault)
            elif (repository := _repository(found.name)) is not None:
                repositories.add(repository)
            else:
                members.append(_member(path, stamp, found.name, found))
    except OSError as error:
        detail = f"reading the archive broke off: {error.strerror}"
        return Within([], Skip("not_readable", detail, failed=True))
    members.extend(_unread(path, stamp, name) for name in sorted(repositories))
    detail = f"{len(members)} files within, each an input of its own"
    return Within(members, fault or Skip("archive", detail, failed=False))


def _member(
    path: str, stamp: str, name: str, found: Packed | Refused
) -> tuple[Candidate, str | Skip]:
    if isinstance(found, Refused):
        refused = Candidate(path, stamp, 0, within=name, is_member=True)
        return refused, Skip(found.reason, found.detail, failed=True)
    candidate = Candidate(path, found.content, found.n_bytes, within=name, is_member=True)
    return candidate, recognise_member(candidate, found.head)


def _repository(name: str) -> str | None:
    """Return the repository that a member is a part of, or None."""
    parts = PurePosixPath(name).parts
    if _REPOSITORY not in parts[:-1]:
        return None
    return str(PurePosixPath(*parts[: parts.index(_REPOSITORY) + 1]))


def _unread(path: str, stamp: str, name: str) -> tuple[Candidate, str | Skip]:
    candidate = Candidate(path, stamp, 0, within=name, is_member=True)
    detail = "a repository in an archive is not read; unpack it and name the folder"
    return candidate, Skip("repository_in_archive", detail, failed=True)
