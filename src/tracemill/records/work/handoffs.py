"""Hand-offs: what was written for a later session, and which session took it up."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from tracemill.records.refs import Count, Ratio, Record, Ref, Stamp
from tracemill.records.work.episodes import Outcome

SURE_TAKE_UP: Final = 0.7
"""From which sureness on a session counts as the one that went on."""

HandOffKind = Literal["next_steps", "session_summary", "compaction", "plan", "document"]
"""What hands on: last words that say what is left, last words that say what was done, the summary
of a context that grew too long, a plan that was not carried out where it was proposed, or a section
of a document that says what is left."""

HandOffRule = Literal["heading", "lead", "sentence", "says_what_was_done", "log", "proposed"]
"""How a hand-off is told: by a heading, by a line that leads into a list, by words of a sentence
that say that something is left or was done, by the log itself, or by the tool that proposed it."""

TakeUpMethod = Literal[
    "same_session",
    "same_messages",
    "given_text",
    "named_session",
    "names_document",
    "opened_document",
    "asks_to_go_on",
    "same_branch",
    "shared_files",
    "next_in_place",
]
"""How it is known who went on: it is the same session, or begins with its messages; the first
request holds the hand-off's own words, names the session or the document, or asks for no more than
to go on; the document was opened; both worked on one branch that is not the main one; both changed
a file that few others did; or it is only the next session there."""

WhyUnknown = Literal["no_moment", "no_later_session", "nothing_shared"]
"""Why nobody knows who went on: nothing says when it was; no session there came after it within a
week; or none of those that did shows any sign of it."""


class HandedPart(Record, frozen=True, kw_only=True):
    """A passage that hands something on."""

    start: Count
    """Where it begins in the text, in characters."""
    end: Count
    """Where it ends."""
    heading: str = ""
    """Its heading or leading words; empty for a sentence, and for a text that is handed on whole.
    """
    rule: HandOffRule
    """How it is told."""


class HandedItem(Record, frozen=True, kw_only=True):
    """One thing that is left, or is listed in a passage that says what is."""

    text: str
    """Its words, without the marks of the list."""
    start: Count
    """Where it begins in the text, in characters."""
    end: Count
    """Where it ends."""
    is_done: bool = False
    """Whether its box is ticked."""


class TakeUp(Record, frozen=True, kw_only=True):
    """The session that went on with what another one left."""

    trajectory_id: str
    """That session; of a compaction the same one."""
    method: TakeUpMethod
    """How it is known."""
    confidence: Ratio
    """How sure that is."""
    evidence: tuple[Ref, ...] = ()
    """Steps that show it."""
    files: tuple[str, ...] = ()
    """Files that both changed and few others did, at most 20."""

    @property
    def is_sure(self) -> bool:
        """Whether it counts where nobody asks otherwise."""
        return self.confidence >= SURE_TAKE_UP


class NextSession(Record, frozen=True, kw_only=True):
    """The session that surely went on with another one's work, and what became of it."""

    trajectory_id: str
    """The session."""
    method: TakeUpMethod
    """How it is known."""
    confidence: Ratio
    """How sure that is."""
    outcome: Outcome
    """What became of its piece of work."""
    outcome_confidence: Ratio
    """How sure that is."""


class HandOff(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What one session, or a document, says for whoever goes on."""

    id: str
    """Derived from where it stands."""
    kind: HandOffKind
    """What hands on."""
    source: Ref
    """The step, or the version of the document."""
    trajectory_id: str | None
    """The session that handed on; None where no session is known to have written the document."""
    path: str | None
    """The document's path within its repository; None for words of a session."""
    at: datetime | None
    """When it was said or committed."""
    confidence: Ratio
    """How sure it is that something is handed on."""
    text: str
    """The whole text, redacted, at most 40,000 characters; of a document the passages alone stand
    at the places that the parts name."""
    parts: tuple[HandedPart, ...]
    """The passages that hand something on, in order."""
    items: tuple[HandedItem, ...]
    """What is listed in them."""
    files: tuple[str, ...]
    """Files that it names."""
    commands: tuple[str, ...]
    """Commands that it quotes."""
    taken_up: TakeUp | None
    """The session that went on; None where that is not known."""
    why_unknown: WhyUnknown | None
    """Why it is not known; None where it is."""
    stamp: Stamp
    """The rule that found it."""


FactKind = Literal["file", "command"]
"""What a hand-off tells of that can be seen to be used."""

FactFate = Literal["used", "asked_again", "untouched"]
"""What became of a fact in the session that went on: it was used as told; it was looked for by its
name before; or neither, so that nobody knows whether it helped."""


class HandedFact(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A file or command that a hand-off names, and what the next session did with it."""

    kind: FactKind
    """Which of both."""
    text: str
    """The path or command as the hand-off says it."""
    fate: FactFate
    """What became of it."""
    step: Count | None
    """Index of the next session's step that shows it; None where none does."""


class AskedQuestion(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A question that the next session put to a person."""

    text: str
    """The question, redacted, at most 500 characters."""
    step: Count
    """Index of the step that asked."""
    told: str | None
    """The words of the hand-off that had told it; None where none did."""


class CheckedHandOff(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A hand-off beside what the session that went on with it did."""

    handoff_id: str
    """The hand-off."""
    trajectory_id: str
    """The session that went on."""
    facts: tuple[HandedFact, ...]
    """Files and commands that the hand-off named."""
    questions: tuple[AskedQuestion, ...]
    """What the session asked a person."""
