"""How reports say which session took a hand-off up, or why nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tracemill.records.work.handoffs import HandOffKind, TakeUpMethod, WhyUnknown

WHY_UNKNOWN: Final[Mapping[WhyUnknown, str]] = {
    "no_moment": "nothing says when it was",
    "no_later_session": "no session is known that came after it there",
    "nothing_shared": "none that came after it there shows any sign of it",
}
HOW_KNOWN: Final[Mapping[TakeUpMethod, str]] = {
    "same_session": "it is the same session",
    "same_messages": "it begins with the same messages",
    "given_text": "its first request holds these words",
    "named_session": "a person named the session in it",
    "names_document": "its first request names the document",
    "opened_document": "it opened the document",
    "asks_to_go_on": "it is the next one there, and was asked to go on",
    "same_branch": "it is the next one on the branch",
    "shared_files": "it changed files that few others did",
    "next_in_place": "it is only the next one there",
}
KINDS: Final[Mapping[HandOffKind, str]] = {
    "next_steps": "last words that say what is left",
    "session_summary": "last words that say what was done",
    "compaction": "summary of a context that grew too long",
    "plan": "plan that was not carried out where it was proposed",
    "document": "section of a document that says what is left",
}
