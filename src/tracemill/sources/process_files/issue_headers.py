"""The header in which a file counts and lists its own issues: `ISSUES: 2 open, last updated …`.

| line of the comment that follows | is |
|---|---|
| `🚨 CRITICAL:`, `ISSUES: (look for TODOs)` | the heading of a group |
| `- [ ] Issue #1: text`, `ISSUE 1: text`, `🚨 ISSUE #1: text` | an open issue |
| `- [x] …`, `- [✅] …`, `- ✅ RESOLVED: …` in a group of issues | a resolved issue |
| `- text` in a group called issues | an open issue |
| `TODO: text` | a thing to do |
| `✅ FIXED: text`, `✅ CLEANED UP: text` | a remark that something is done |
| a line that stands deeper than the one before | more of that one |

In prose, where the header stands in an HTML comment, issues are headings such as
`### ISSUE #1: text`. Anything else is no issue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, NamedTuple

from tracemill.records.events.event import FileIssue

Form = Literal["issue", "todo", "remark"]

_MAX_LINES: Final = 400
_MAX_START: Final = 60
_MAX_LINE: Final = 1_000
_OPENING: Final = r"(?://+!?|/\*+|\*|#+|--+|;+|%+|<!--|\"\"\"|''')?"
_HEADER: Final = re.compile(
    r"[ \t]*" + _OPENING + r"[ \t]*ISSUES:[ \t]*(?P<n>\d{1,6})[ \t]+open\b"
    r"(?:[, \t]+last updated:?[ \t]*(?P<day>\d{4}-\d{2}-\d{2}))?"
    r"[ \t]*(?:[-\u2013\u2014,:][ \t]*)?(?P<note>.*)"
)
_COMMENT: Final = re.compile(r"[ \t]*(//+!?|/\*+|\*+/|\*|#+|--+|;+|%+)[ \t]?(.*)")
_GROUP: Final = re.compile(
    r"[^\w\[(]*([A-Z][A-Z &/-]{2,40}?)[ \t]*(?:\([^)]*\))?:[ \t]*(?:\([^)]*\))?"
)
_BULLET: Final = re.compile(r"[-*•+][ \t]+(.*)")
_BOX: Final = re.compile(r"\[(.{0,2}?)\][ \t]*(.*)")
_NUMBERED: Final = re.compile(
    r"[^\w\[(]*ISSUE[ \t]*#?(\d{1,6})[ \t]*[:.)-][ \t]*(.*)", re.IGNORECASE
)
_TODO: Final = re.compile(r"(?:TODO|FIXME)\b(?:\([^)]*\))?[ \t]*:?[ \t]*(.*)")
_REMARK: Final = re.compile(
    r"[✅✔☑]\ufe0f?[ \t]*(RESOLVED|FIXED|CLEANED UP|CLEANED|DONE|COMPLETED?|CLOSED)\b[ \t:]*(.*)"
)
_HEADING: Final = re.compile(r"#{1,6}[ \t]+(.*)")
_SAID_DONE: Final = re.compile(r"[✅✔☑]|\b(?:RESOLVED|FIXED|DONE)\b")


class Header(NamedTuple):
    """What a file's header says."""

    declared_open: int
    updated: date | None
    note: str | None
    issues: tuple[FileIssue, ...]


def issue_header(text: str) -> Header | None:
    """Return the header of a file, or None where it has none near its beginning."""
    if "ISSUES:" not in text[: _MAX_START * 200]:
        return None
    lines = text.split("\n", _MAX_LINES)[:_MAX_LINES]
    for at, line in enumerate(lines[:_MAX_START]):
        is_possible = "ISSUES:" in line and len(line) <= _MAX_LINE
        match = _HEADER.fullmatch(line.rstrip()) if is_possible else None
        if match is not None:
            is_prose = line.lstrip().startswith("<!--")
            rest = lines[at + 1 :]
            issues = _in_prose(text) if is_prose else _listed(rest)
            note = _without_end(match["note"]) or None
            return Header(int(match["n"]), _day(match["day"]), note, tuple(issues))
    return None


def _without_end(said: str) -> str:
    """Return what stands on a line before the end of its comment."""
    return said.rstrip().removesuffix("-->").removesuffix("*/").rstrip()


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None


def _in_prose(text: str) -> Iterator[FileIssue]:
    for line in text.split("\n"):
        heading = _HEADING.fullmatch(line.rstrip())
        match = _NUMBERED.fullmatch(heading[1]) if heading else None
        if match is not None and heading is not None:
            is_open = _SAID_DONE.search(heading[1]) is None
            yield FileIssue(
                text=match[2].strip("* "), number=int(match[1]), is_open=is_open, form="issue"
            )


@dataclass
class _Open:
    """An issue to which lines may still be added."""

    form: Form
    depth: int
    lines: list[str]
    number: int | None = None
    group: str | None = None
    is_open: bool = True
    word: str | None = None

    def closed(self) -> FileIssue:
        return FileIssue(
            text="\n".join(line for line in self.lines if line),
            number=self.number,
            group=self.group,
            is_open=self.is_open,
            form=self.form,
            word=self.word,
        )


@dataclass
class _Listing:
    """What is known while the comment behind a header is read."""

    group: str | None = None
    current: _Open | None = None
    found: list[_Open] = field(default_factory=list)

    def take(self, depth: int, said: str) -> None:
        """Read one line of the comment."""
        if self.current is not None and depth > self.current.depth:
            self.current.lines.append(said)
            return
        bullet = _BULLET.fullmatch(said)
        text = bullet[1] if bullet else said
        issue = self._issue(depth, text, is_bullet=bullet is not None)
        if issue is not None:
            self.current = issue
            self.found.append(issue)
        elif bullet is None:
            self.current = None
            if group := _GROUP.fullmatch(said):
                self.group = " ".join(group[1].lower().split())

    def _issue(self, depth: int, text: str, *, is_bullet: bool) -> _Open | None:
        if is_bullet and (box := _BOX.fullmatch(text)):
            numbered = _NUMBERED.fullmatch(box[2])
            number = int(numbered[1]) if numbered else None
            line = numbered[2] if numbered else box[2]
            return _Open("issue", depth, [line], number, self.group, is_open=not box[1].strip())
        if numbered := _NUMBERED.fullmatch(text):
            is_open = _SAID_DONE.search(text) is None
            return _Open(
                "issue", depth, [numbered[2]], int(numbered[1]), self.group, is_open=is_open
            )
        if todo := _TODO.fullmatch(text):
            return _Open("todo", depth, [todo[1]], None, self.group)
        is_listed = is_bullet and (self.group or "").startswith("issue")
        if remark := _REMARK.fullmatch(text):
            form: Form = "issue" if is_listed else "remark"
            word = remark[1].lower()
            return _Open(form, depth, [remark[2]], None, self.group, is_open=False, word=word)
        return _Open("issue", depth, [text], None, self.group) if is_listed else None


def _listed(lines: list[str]) -> Iterator[FileIssue]:
    listing = _Listing()
    for depth, said in _comment(lines):
        if said:
            listing.take(depth, said)
    yield from (issue.closed() for issue in listing.found)


def _comment(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield depth and text of each line of the comment that follows, up to the first code.

    A comment may follow behind blank lines; one that begins and ends ends the listing.
    """
    is_inside = has_begun = False
    for line in lines:
        bare = line.rstrip("\r").rstrip()
        match = _COMMENT.fullmatch(bare)
        if not bare.strip():
            if has_begun and not is_inside:
                return
            continue
        if match is None and not is_inside:
            return
        if match is None:
            has_begun = True
            yield len(bare) - len(bare.lstrip()), bare.strip()
            continue
        has_begun = True
        is_inside = (is_inside or match[1].startswith("/*")) and "*/" not in bare
        said = _without_end(match[2])
        yield len(said) - len(said.lstrip()), said.strip()
