"""Prose as a person structures it: sections, phases, checklists, and what it says of itself.

Only line shapes are read, fenced code left aside: headings with `#`, list items, checkboxes and
`Name: value` lines. Sections joined are the text as it was, whatever stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tracemill.base.heading_roles import role_of
from tracemill.records.events.event import Phase, Section, Todo, TodoStatus

_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
_HEADING: Final = re.compile(r" {0,3}(#{1,6})[ \t]+(.*)")
_FENCE: Final = re.compile(r"\s{0,3}(```|~~~)")
_ITEM: Final = re.compile(r"([ \t]*)(?:[-*+]|\d{1,3}[.)])[ \t]+(.*)")
_BOX: Final = re.compile(r"\\?\[([^\]\s]|[ ]|[^\x00-\x7f]{1,2})\\?\][ \t]+(.*)")
_PHASE: Final = re.compile(
    r"\W*(phase|stage|milestone|task|step)[ \t]+(\d[\d.]*[a-z]?|[A-Z])\b"
    r"[ \t:.)\-\u2013\u2014]*(.*)",
    re.IGNORECASE,
)
_FIELD: Final = re.compile(r"[ \t>*_-]*([A-Za-z][A-Za-z ]{1,30}?)[*_]*[ \t]*:[*_]*[ \t]*(\S.*)")
_BRANCH: Final = re.compile(r"`?([\w][\w./#-]*)`?")
_NEW_BRANCH: Final = re.compile(
    r"git (?:checkout -b|switch -c|worktree add \S+ -b) ([\w][\w./#-]*)"
)
_DONE: Final = re.compile(r"[✅✔☑]|\b(?:complete|completed|done|finished|shipped)\b", re.IGNORECASE)
_NOT_DONE: Final = re.compile(
    r"[❌🚧⏳🔄]|\b(?:not (?:\w+ )?(?:started|done|complete\w*|implemented)|planned|pending|todo"
    r"|partial\w*|in progress|incomplete|failed|blocked)\b",
    re.IGNORECASE,
)
_EMPHASIS: Final = re.compile(r"\*\*|__")
_DONE_MARK: Final = re.compile(r"\W{0,8}[✅✔☑]\ufe0f?\W{0,8}")
_LINKS_IN: Final = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_MAX_FIELD_LINES: Final = 40
_STATUS: Final[dict[str, TodoStatus]] = {
    " ": "pending", "x": "completed", "X": "completed", "✅": "completed", "✓": "completed",
    "✔": "completed", "☑": "completed", "~": "in_progress", "/": "in_progress", ">": "in_progress",
    "-": "cancelled",
}  # fmt: skip


class Said(NamedTuple):
    """What a document says of itself."""

    status: str | None
    branch: str | None


def sections_of(text: str) -> tuple[Section, ...]:
    """Return the sections of a text; joined, their texts are the text."""
    found = []
    heading, level = "", 0
    held: list[str] = []
    for line, is_code in _lines(text):
        match = None if is_code else _HEADING.fullmatch(line.rstrip("\r\n"))
        if match is not None:
            if held:
                found.append(_section(heading, level, held))
            heading, level, held = _bare(match[2]), len(match[1]), []
        held.append(line)
    if held:
        found.append(_section(heading, level, held))
    return tuple(found)


def _bare(heading: str) -> str:
    """Return a heading without the marks that may close it."""
    return heading.rstrip().rstrip("#").rstrip()


def _section(heading: str, level: int, lines: list[str]) -> Section:
    return Section(
        heading=heading,
        level=level,
        role=role_of(heading) if heading else None,
        text="".join(lines),
    )


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each line with its end, and whether it is within fenced code."""
    fence = ""
    for ended in _LINE.findall(text):
        line = ended.removesuffix("\n")
        match = _FENCE.match(line)
        if match is not None and fence in {"", match[1]}:
            fence = "" if fence else match[1]
            yield ended, True
        else:
            yield ended, bool(fence)


def title_of(sections: Iterable[Section]) -> str | None:
    """Return the first heading of the first level, or else the first of all."""
    headed = [section for section in sections if section.heading]
    top = next((section for section in headed if section.level == 1), None)
    chosen = top or next(iter(headed), None)
    return None if chosen is None else plain(chosen.heading)


def todos_of(text: str) -> tuple[Todo, ...]:
    """Return the entries of the checklists in a text."""
    items = (_ITEM.fullmatch(line.rstrip()) for line, is_code in _lines(text) if not is_code)
    boxes = (_BOX.fullmatch(item[2]) for item in items if item is not None)
    return tuple(todo(box) for box in boxes if box is not None)


def todo(box: re.Match[str]) -> Todo:
    """Return the entry that a checkbox and its text make."""
    return Todo(text=plain(box[2]), status=_STATUS.get(box[1][:1], "unknown"))


def phases_of(sections: Iterable[Section]) -> tuple[Phase, ...]:
    """Return the phases, stages, milestones, tasks and steps that have headings of their own."""
    found: list[Phase] = []
    level = 0
    for section in sections:
        match = _PHASE.fullmatch(section.heading)
        if match is not None:
            level = section.level
            found.append(_phase(match, section))
        elif section.level <= level:
            level = 0
        elif level and found:
            more = (*found[-1].items, *_items(section.text))
            found[-1] = Phase(
                label=found[-1].label, title=found[-1].title, is_done=found[-1].is_done, items=more
            )
    return tuple(found)


def _phase(match: re.Match[str], section: Section) -> Phase:
    said = said_in([section]).status
    is_done = is_said_done(match[3])
    return Phase(
        label=f"{match[1].lower()} {match[2]}",
        title=plain(match[3]),
        is_done=is_said_done(said) if is_done is None and said else is_done,
        items=tuple(_items(section.text)),
    )


def is_said_done(text: str | None) -> bool | None:
    """Tell whether a heading or status says that work is complete; None where it says nothing."""
    if not text:
        return None
    if _NOT_DONE.search(text):
        return False
    return True if _DONE.search(text) else None


def _items(text: str) -> Iterator[Todo]:
    """Yield the list items of a section, those of deeper lists left out."""
    for line, is_code in _lines(text):
        item = None if is_code else _ITEM.fullmatch(line.rstrip())
        if item is None or len(item[1].expandtabs(4)) > 1:
            continue
        box = _BOX.fullmatch(item[2])
        if box is not None:
            yield todo(box)
            continue
        is_done = "✅" in item[2] or "✔" in item[2]
        yield Todo(text=plain(item[2]), status="completed" if is_done else "unknown")


def said_in(sections: Iterable[Section]) -> Said:
    """Return status and branch as the first lines of a document, or a section of that name, say."""
    status = branch = None
    n_lines = 0
    for section in sections:
        body = section.text.split("\n")[bool(section.heading) :]
        status = status or _status_of_heading(section.heading, body)
        for line in body[: max(_MAX_FIELD_LINES - n_lines, 0)]:
            field = _FIELD.fullmatch(line.rstrip())
            name = field[1].strip().lower() if field else ""
            if field and name == "status" and status is None:
                status = plain(field[2])
            elif field and name.endswith("branch") and branch is None:
                match = _BRANCH.match(plain(field[2]))
                branch = match[1] if match else None
        n_lines += len(body)
        if branch is None and (made := _NEW_BRANCH.search(section.text)):
            branch = made[1]
    return Said(status, branch)


def _status_of_heading(heading: str, body: list[str]) -> str | None:
    """Return what a heading such as `Status` or `Status: done` says."""
    name, _, said = plain(heading).partition(":")
    if not re.fullmatch(r"\W*status\W*", name, re.IGNORECASE):
        return None
    return said.strip() or next((plain(line) for line in body if line.strip()), None)


def plain(text: str) -> str:
    """Return a line without emphasis, links and marks of being done."""
    without = _EMPHASIS.sub("", _LINKS_IN.sub(r"\1", text))
    return _DONE_MARK.sub(" ", without).strip(" \t`").strip()
