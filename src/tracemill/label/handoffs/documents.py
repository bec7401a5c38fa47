"""The hand-off of a version of a document: its sections that say what is left.

Orders to agents, prompts, recipes and templates are left out, and so is what lies in the folders
of agents: what they say of hand-offs is a rule for all work. A version whose sections say what
those of the version before said hands on nothing new.
"""

from __future__ import annotations

import re
from typing import Final

from tracemill.label.handoffs.making import Said, hand_off, passages
from tracemill.records.events.documents import DocumentKind, DocumentVersion
from tracemill.records.refs import Ref
from tracemill.records.work.handoffs import HandOff

_ORDERS: Final[frozenset[DocumentKind]] = frozenset({"instructions", "prompt", "recipe"})

_OF_AGENTS: Final = re.compile(
    r"(?:^|/)(?:\.(?:claude|codex|cursor|gemini|github|agents?|opencode|windsurf)|skills|templates?"
    r"|commands|prompts|workflows)/"
)
"""Folders whose texts say how agents are to work."""


def handed_by_document(
    version: DocumentVersion, before: HandOff | None = None, author: str | None = None
) -> HandOff | None:
    """Return what a version hands on; None where it says nothing of what is left, or nothing new.

    `before` is what the version before handed on, `author` the session that wrote this one.
    """
    if version.document in _ORDERS or _OF_AGENTS.search(version.path) or not version.sections:
        return None
    text = "".join(section.text for section in version.sections)
    found = [part for part in passages(text, with_sentences=False) if part.rule == "heading"]
    if not found:
        return None
    source = Ref(kind="event", id=version.id)
    made = hand_off("document", Said(text, source, author, version.at, version.path), found)
    return None if before is not None and _passages(before) == _passages(made) else made


def _passages(made: HandOff) -> list[str]:
    return [made.text[part.start : part.end].strip() for part in made.parts]
