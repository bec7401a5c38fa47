"""What the message of a commit tells: the problem, its cause and the cure, section by section.

A section begins with a heading: a line that Markdown marks as one, a line in capitals or a short
one that ends in a colon, or some words with a colon and their text behind it, such as
`Root cause: …`. The last two count only where `base.heading_roles` knows what the heading means, so
that lists stay whole. What stands before the first heading has no role, and trailers are no part
of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tracemill.base.heading_roles import SectionRole, role_of
from tracemill.records.events.documents import Section
from tracemill.records.events.event import Commit

_MARKED: Final = re.compile(r"(#{1,6})\s+(.{1,100})")
_CAPITALS: Final = re.compile(r"([A-Z][A-Z0-9 /&-]{3,60}):")
_COLON: Final = re.compile(
    r"(?:\*\*)?([A-Za-z][A-Za-z /-]{1,40}?|[A-Za-z][\w %/-]{1,80}?(?=:$))(?:\*\*)?:(?:\*\*)?"
    r"(?:\s+(.*))?"
)
_MORE_ROLES: Final[dict[str, SectionRole]] = {"changes": "solution", "tested": "validation"}
"""Headings that mean something in a message, and too little in a document."""
_RELEASE: Final = re.compile(
    r"^(?:chore\(release\)|release\b|bump (?:the )?version|v?\d+\.\d+\.\d+\b)", re.IGNORECASE
)


def commit_sections(commit: Commit) -> tuple[Section, ...]:
    """Return the sections of a commit's message behind its subject, in order."""
    sections: list[Section] = []
    heading, level, role, lines = "", 0, None, list[str]()
    for line in _lines(commit):
        found = _heading(line)
        if found is None:
            lines.append(line)
            continue
        sections.extend(_section(heading, level, role, lines))
        heading, level, role, lines = found.heading, found.level, found.role, [line]
    sections.extend(_section(heading, level, role, lines))
    return tuple(sections)


def commit_roles(commit: Commit) -> set[SectionRole]:
    """Return what the sections of a commit's message tell of."""
    return {section.role for section in commit_sections(commit) if section.role is not None}


def is_release(subject: str) -> bool:
    """Tell whether a commit of this subject makes a release."""
    return _RELEASE.match(subject) is not None


def _lines(commit: Commit) -> Iterator[str]:
    trailers = {f"{key}: {value}" for key, value in commit.trailers}
    return (line for line in commit.body.split("\n") if line not in trailers)


def _heading(line: str) -> Section | None:
    """Return the heading that a line is, as a section without text."""
    marked = _MARKED.fullmatch(line.strip())
    if marked is not None:
        name = marked[2].rstrip("#: ")
        return Section(heading=name, level=len(marked[1]), role=_role(name))
    named = _COLON.fullmatch(line.rstrip())
    if named is not None and (role := _role(named[1])) is not None:
        return Section(heading=named[1], level=1, role=role)
    shouted = _CAPITALS.fullmatch(line.rstrip())
    return Section(heading=shouted[1], level=1) if shouted else None


def _role(heading: str) -> SectionRole | None:
    plain = heading.lower()
    if plain.startswith("root cause "):  # however the line goes on: `Root cause identified for …:`
        return "root_cause"
    return role_of(heading) or _MORE_ROLES.get(plain)


def _section(
    heading: str, level: int, role: SectionRole | None, lines: list[str]
) -> Iterator[Section]:
    text = "\n".join(lines).strip("\n")
    if text:
        yield Section(heading=heading, level=level, role=role, text=text)
