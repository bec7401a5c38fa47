"""What can be learned from pieces of work, in the words of those who asked for it.

One object for each episode, `{"learning_episode": {...}}`, with plain texts. The places of those
texts are in the record it was made from, which goes out beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from tracemill.records.refs import Record
from tracemill.records.work.learning import LearningEpisode, Words

PARTS: Final = (
    "problem",
    "context",
    "thought_process",
    "solution_approach",
    "implementation_steps",
    "validation",
)
"""Parts that a record may tell of; an outcome, if only `unknown`, is always there."""
_MARKS: Final = (".", "!", "?", ":", ";", "…", ",")
"""What a sentence ends with."""


class LearningFields(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What can be learned from one piece of work, as plain texts."""

    problem: str
    """What was wrong or wanted."""
    context: str | None
    """Where it was, and what else was known; null where the record does not say."""
    thought_process: tuple[str, ...]
    """How the agent came to its approach, in order; quotes only."""
    solution_approach: str | None
    """What was done about it; null where the record does not say."""
    implementation_steps: tuple[str, ...]
    """In which steps, numbered."""
    validation: str | None
    """How that was tried, and what came out; null where it was not."""
    outcome: str
    """What became of it, and what proves that."""


class LearningDocument(Record, frozen=True, kw_only=True):
    """The object around it."""

    learning_episode: LearningFields
    """What can be learned."""


def absence(episode: LearningEpisode) -> Literal["no_problem", "nothing_told"] | None:
    """Return why an episode teaches nothing: nobody asked, or nothing is told of what was done."""
    if not episode.problem:
        return "no_problem"
    told = (episode.thought_process, episode.solution_approach, episode.implementation_steps)
    return None if any(told) else "nothing_told"


def told_parts(episode: LearningEpisode) -> tuple[str, ...]:
    """Return the parts of which the record tells something."""
    return tuple(name for name in PARTS if getattr(episode, name))


def learning_document(episode: LearningEpisode) -> LearningDocument:
    """Return an episode as plain texts."""
    steps = enumerate(episode.implementation_steps, start=1)
    fields = LearningFields(
        problem=_joined(episode.problem) or "",
        context=_joined(episode.context),
        thought_process=tuple(words.text for words in episode.thought_process),
        solution_approach=_joined(episode.solution_approach),
        implementation_steps=tuple(f"{number}. {words.text}" for number, words in steps),
        validation=_joined(episode.validation, "; "),
        outcome=f"{episode.outcome}: {_joined(episode.outcome_words, '; ')}",
    )
    return LearningDocument(learning_episode=fields)


def _joined(words: Sequence[Words], between: str = " ") -> str | None:
    """Return words as one text; entries of lists, which end without a mark, by semicolons."""
    texts = [each.text for each in words]
    ended = [text if text.endswith(_MARKS) else f"{text};" for text in texts[:-1]]
    return between.join([*(ended if between == " " else texts[:-1]), *texts[-1:]]) or None
