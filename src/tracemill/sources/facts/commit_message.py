"""What a commit's message says of other commits and of who took part.

Only the forms that git, its hosts and agents write are read; a person who says it in words of
their own is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tracemill.records.events.event import CoAuthor

_SHA: Final = r"[0-9a-f]{7,64}\b"
_SHAS: Final = rf"{_SHA}(?:[\s,]+(?:and\s+)?{_SHA})*"
_REVERTS: Final = re.compile(
    rf"(?:This reverts (?:merge )?commits?|^Reverts(?::| commits?))\s+({_SHAS})", re.MULTILINE
)
_HASHES: Final = re.compile(_SHA)
_PICKED: Final = re.compile(rf"^\(cherry picked from commit ({_SHA})\)", re.MULTILINE)
_BULLET: Final = re.compile(r"^\* (\S.*)$", re.MULTILINE)
_COMBINED: Final = re.compile(
    r"^# This is (?:a combination of \d+ commits|the (?:\d+\w\w|first) commit(?:'s)? message)",
    re.MULTILINE,
)
_COMBINED_SUBJECT: Final = re.compile(
    r"^# This is the (?:\d+\w\w |first )?commit message(?: #\d+)?:\n\n(\S.*)$", re.MULTILINE
)
_SQUASHED_LOG: Final = "Squashed commit of the following:"
_LOG_ENTRY: Final = re.compile(rf"^commit {_SHA}\n(?:\w+:.*\n)*\n {{4}}(\S.*)$", re.MULTILINE)
_PULL: Final = re.compile(r"\(#\d+\)\s*$")
_CO_AUTHOR: Final = "co-authored-by"
_CHECKPOINT: Final = re.compile(r"[0-9a-f]{6,64}|[0-9A-HJKMNP-TV-Z]{26}")
"""A hash, or as newer versions of the tool name them: moment and chance, in Crockford's base 32."""
_CHECKPOINT_KEY: Final = "entire-checkpoint"
_AGENTS: Final[tuple[tuple[str, str], ...]] = (
    ("claude", r"\bclaude\b|@anthropic\.com"),
    ("codex", r"\bcodex\b|@openai\.com"),
    ("copilot", r"\bcopilot\b"),
    ("cursor", r"\bcursor(?:agent)?\b|@cursor\.(?:com|sh)"),
    ("gemini", r"\bgemini\b"),
    ("aider", r"\baider\b"),
    ("devin", r"\bdevin-ai|\bdevin\.ai"),
    ("openhands", r"\bopenhands\b|@all-hands\.dev"),
    ("opencode", r"\bopencode\b"),
    ("amp", r"@ampcode\.com"),
    ("jules", r"\bgoogle-labs-jules\b"),
)
_AGENT_PATTERNS: Final = tuple((name, re.compile(found, re.IGNORECASE)) for name, found in _AGENTS)


def reverted(body: str) -> tuple[str, ...]:
    """Return the hashes that a message says it reverts, each once, in order."""
    if "evert" not in body:
        return ()
    found = (sha for place in _REVERTS.finditer(body) for sha in _HASHES.findall(place[1]))
    return tuple(dict.fromkeys(found))


def cherry_picked(body: str) -> str | None:
    """Return the hash of the commit that a message says it was picked from; the last of several."""
    found = _PICKED.findall(body) if "cherry picked" in body else ()
    return found[-1] if found else None


def squashed(subject: str, body: str) -> tuple[str, ...]:
    """Return the subjects of the commits that a message says are squashed into one.

    A host writes them as starred items under a subject that ends with the pull request; one
    item alone may be anything.
    """
    if _SQUASHED_LOG in body:
        return tuple(_LOG_ENTRY.findall(body))
    if "# This is" in body and _COMBINED.search(body):
        return tuple(_COMBINED_SUBJECT.findall(body))
    if "* " in body and _PULL.search(subject):
        found = tuple(text.rstrip() for text in _BULLET.findall(body))
        return found if len(found) > 1 else ()
    return ()


def co_authors(trailers: Iterable[tuple[str, str]]) -> Iterator[CoAuthor]:
    """Yield the authors that trailers name beside the author."""
    for key, value in trailers:
        if key.lower() == _CO_AUTHOR and value:
            agent = next((name for name, how in _AGENT_PATTERNS if how.search(value)), None)
            yield CoAuthor(name=value, agent=agent)


def checkpoints(trailers: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the names of the checkpoints that trailers name."""
    for key, value in trailers:
        if key.lower() == _CHECKPOINT_KEY and _CHECKPOINT.fullmatch(value):
            yield value
