"""What an agent did and said about a person's words, as cues of what it took them for.

It answers a question in words alone, goes back to the same files where it is told to mend its
work, turns to others where the work goes on; it says `you're right`, or that it will look; and it
thinks `the user is asking`, or reports `Updated`. Words alone tell nothing in a log that holds no
work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tracemill.label.reactions.lexicon import Whose
from tracemill.label.reactions.phrases import Said, phrases_in


class Reply(NamedTuple):
    """What the agent did and said between a person's words and the next."""

    said: str = ""
    """How its first words begin."""
    edited: tuple[str, ...] | None = None
    """Files that it changed; None where it changed none."""
    has_called: bool = False
    """Whether it called a tool."""
    thought: str = ""
    """How its first thoughts begin, where the log holds them."""
    reported: str = ""
    """How its last words begin."""
    called: tuple[str, ...] = ()
    """Names of the first tools that it called, each once."""


NO_REPLY: Final = Reply()
"""What is known while nothing came back yet."""


def reply_cues(
    reply: Reply, edited_before: tuple[str, ...] | None, *, has_worked: bool
) -> Iterator[str]:
    """Yield what a reply tells, where the agent changed these files before.

    Some logs hold words alone: until one shows that the agent works, that it only answers is no
    news.
    """
    yield from _heard_in(reply.said, "agent")
    yield from _heard_in(reply.thought, "thought")
    yield from _heard_in(reply.reported, "report")
    if reply.edited is not None:
        yield "then-edits"
        if reply.edited and edited_before:
            is_same = _names(reply.edited) & _names(edited_before)
            yield "same-files" if is_same else "other-files"
    elif reply.has_called:
        yield "then-looks"
    elif reply.said and has_worked:
        yield "only-answers"


def _heard_in(text: str, whose: Whose) -> Iterator[str]:
    said = text.replace("\u2019", "'")
    for found in phrases_in(Said(0, said, said, len(said)), whose) if said else ():
        if found.phrase.cue is not None:
            yield found.phrase.cue


def _names(paths: Iterable[str]) -> frozenset[str]:
    """Return the last parts of paths: one step names a file in full, another from its folder."""
    return frozenset(path.replace("\\", "/").rpartition("/")[2] for path in paths)
