"""What a spec asks for and when it is done, item by item, and whether it ticks them off.

Items are those of lists below a heading that says so, and below the headings under that one. What
a spec leaves out of its scope is not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tracemill.records.events.documents import DocumentVersion, Section

_REQUIREMENTS: Final = re.compile(
    r"\b(?:requirements?|in scope|user stor(?:y|ies)|must have|what (?:is|we) (?:asked|need)\w*)\b",
    re.IGNORECASE,
)
_CRITERIA: Final = re.compile(
    r"\b(?:(?:acceptance|success|completion|exit) (?:criteria|criterion)|definition of done)\b",
    re.IGNORECASE,
)
_OUT: Final = re.compile(
    r"\b(?:out of scope|non[- ]?goals?|not in scope|deferred)\b", re.IGNORECASE
)
_ITEM: Final = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+(?:\[(?P<box>[ xX✓✅])\]\s*)?(?P<text>\S.*)")
_MARKS: Final = re.compile(r"^(?:[✅☑✔❌⬜]\s*)+|\*\*|__|`")
_TICKED: Final = re.compile(r"^[✅☑✔]")
_UNTICKED: Final = re.compile(r"^[❌⬜]")


class SpecItem(NamedTuple):
    """One item."""

    text: str
    """What it says, without marks."""
    is_met: bool | None
    """Whether it is ticked; None where there is no box."""


class SpecItems(NamedTuple):
    """The items of some documents."""

    requirements: list[SpecItem]
    """What is asked for."""
    criteria: list[SpecItem]
    """When it is done."""


def spec_items(documents: Iterable[DocumentVersion]) -> SpecItems:
    """Return what documents of one spec ask for; an item that several name comes once."""
    found = SpecItems([], [])
    seen: set[str] = set()
    for document in documents:
        for section, items in _listed(document.sections or ()):
            for item in _items(section.text):
                if item.text not in seen:
                    seen.add(item.text)
                    (found.criteria if items == "criteria" else found.requirements).append(item)
    return found


def all_met(items: Iterable[SpecItem]) -> bool | None:
    """Tell whether every item is ticked; None where nothing has a box."""
    boxes = [item.is_met for item in items if item.is_met is not None]
    return all(boxes) if boxes else None


def _listed(sections: Iterable[Section]) -> Iterator[tuple[Section, str]]:
    """Yield the sections that list requirements or criteria, with which of them."""
    kind, level = "", 0
    for section in sections:
        own = _kind(section.heading)
        if own:
            kind, level = own, section.level
        elif section.level <= level:
            kind = ""
        if kind in {"criteria", "requirements"}:
            yield section, kind


def _kind(heading: str) -> str:
    if _OUT.search(heading):
        return "out"
    if _CRITERIA.search(heading):
        return "criteria"
    return "requirements" if _REQUIREMENTS.search(heading) else ""


def _items(text: str) -> Iterator[SpecItem]:
    is_code = False
    for line in text.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            is_code = not is_code
        match = None if is_code else _ITEM.fullmatch(line)
        if match is not None:
            said = match["text"].strip()
            plain = _MARKS.sub("", said).strip()
            if plain:
                yield SpecItem(plain, _is_met(match["box"], said))


def _is_met(box: str | None, said: str) -> bool | None:
    if box is not None:
        return box != " "
    if _TICKED.match(said):
        return True
    return False if _UNTICKED.match(said) else None
