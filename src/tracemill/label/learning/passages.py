"""What sections of a commit's message or of a document say, sentence by sentence with its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from tracemill.base.heading_roles import SectionRole
from tracemill.label.learning.commit_sections import commit_sections
from tracemill.label.learning.cues import gives_cause, reports_check, tells_problem, weight_of
from tracemill.label.learning.sentences import sentences
from tracemill.label.learning.wrapped import unwrapped
from tracemill.records.events.commits import Commit
from tracemill.records.events.documents import DocumentVersion, Section
from tracemill.records.refs import Ref
from tracemill.records.work.learning import Words, WordsOrigin

_ENTRY: Final = re.compile(r"[ \t]*(?:[-*+•]|\d{1,2}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?(?:\*\*|__)?")

_LEADS: Final = re.compile(r"^((?!#|\*\*)(?:[^\s:]+ ){3}[^\n]*[^\s*]):$", re.MULTILINE)
"""A sentence that ends in a colon, and leads into code or a list."""
_SIGNED: Final = re.compile(r"\W*(?:generated|written|created) (?:with|by) \[", re.IGNORECASE)
"""A line by which a program signs what it wrote."""
_THOUGHT: Final[frozenset[SectionRole]] = frozenset(
    {"root_cause", "decision", "alternatives", "lessons"}
)
_TITLE: Final = 1
"""Level of a heading that stands above all others, and says nothing of each."""
_LEAST_WEIGHT: Final = 3
_MOST_THOUGHTS: Final = 16


class Passage(NamedTuple):
    """A sentence of a message or document."""

    words: Words
    role: SectionRole | None
    """What the section that holds it tells."""
    is_entry: bool
    """Whether it begins an entry of a list."""

    @property
    def weight(self) -> int:
        """How much it tells of thinking."""
        return weight_of(self.words.text)

    @property
    def is_problem(self) -> bool:
        """Whether it says that something was wrong."""
        return tells_problem(self.words.text)

    @property
    def is_checked(self) -> bool:
        """Whether it says how something was checked, or what came of it."""
        return reports_check(self.words.text)


def commit_passages(commit: Commit) -> list[Passage]:
    """Return the sentences of a commit's message behind its subject, in order."""
    return list(_passages(commit_sections(commit), commit.body, commit.id, "commit"))


def names_cause(commit: Commit) -> bool:
    """Tell whether a commit's message says why it was: a section on causes, or such a sentence."""
    passages = commit_passages(commit)
    return any(each.role == "root_cause" or gives_cause(each.words.text) for each in passages)


def document_passages(document: DocumentVersion) -> list[Passage]:
    """Return the sentences of a document, in order."""
    sections = document.sections or ()
    whole = "".join(section.text for section in sections)
    return list(_passages(sections, whole, document.id, "document"))


def of_roles(passages: Iterable[Passage], *roles: SectionRole) -> list[Words]:
    """Return what stands in sections that tell one of some things."""
    return [passage.words for passage in passages if passage.role in roles]


def thoughts(passages: Iterable[Passage], problem: Collection[Words]) -> list[Words]:
    """Return causes, decisions and lessons, and what gives a reason anywhere, in order."""
    found = [
        each.words
        for each in passages
        if each.words not in problem
        and (each.role in _THOUGHT or (each.role != "open" and each.weight >= _LEAST_WEIGHT))
    ]
    return found[:_MOST_THOUGHTS]


def _with_roles(
    sections: Iterable[Section],
) -> Iterator[tuple[Section, SectionRole | None]]:
    """Yield sections with their roles; one without has that of the heading that it stands below."""
    above: list[tuple[int, SectionRole | None]] = []
    for section in sections:
        while above and above[-1][0] >= section.level:
            above.pop()
        role = section.role or (above[-1][1] if above else None)
        above.append((section.level, role if section.level > _TITLE else None))
        yield section, role


def _passages(
    sections: Collection[Section], whole: str, event_id: str, origin: WordsOrigin
) -> Iterator[Passage]:
    ref = Ref(kind="event", id=event_id)
    at = 0
    for section, role in _with_roles(sections):
        found = whole.find(section.text, at)
        at = found + len(section.text) if found >= 0 else at
        text = unwrapped(section.text)
        for said in sentences(_LEADS.sub(r"\1.", text) if role else text):
            if _SIGNED.match(said.text):
                continue
            line = text[text.rfind("\n", 0, said.start) + 1 : said.start]
            words = Words(
                text=" ".join(text[said.start : said.end].split()),
                origin=origin,
                source=ref,
                start=found + said.start if found >= 0 else None,
                end=found + said.end if found >= 0 else None,
            )
            yield Passage(words, role, bool(_ENTRY.fullmatch(line)))
