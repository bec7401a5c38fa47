"""What words must hold that hand work over: the entries, files and commands of the real ones.

An entry is held where most of its words stand there, in whatever order; a file by its path or its
name, a command as it is. Wording counts for nothing, but a file that nobody named before is made
up, and who tells much more than the real words did leaves the choice to the reader. All of that is
read off the texts: no model judges another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from tracemill.base.handed_on import (
    commands_in,
    content_words,
    entries,
    files_in,
    handing_parts,
)
from tracemill.records.datasets.examples import Message
from tracemill.records.models.evaluations import Case, HandedThing

REQUEST: Final = (
    "Hand this work over to whoever goes on with it: say what was done, what is left to do, and "
    "which files and commands matter. Answer in words, and call nothing."
)
"""What is asked; the record shows the answer to other words, or to none."""
_MOST: Final = 0.6
"""Share of an entry's words from which it is held."""
_MIN_WORDS: Final = 2
_MAX_THINGS: Final = 40
_TIMES: Final = 3
"""How many times as long as the real words others may be, and how many times as many files name."""
_ROOM: Final = 2_000
"""Characters that are never too many."""
_SOME_FILES: Final = 5
"""Files that are never too many."""


def handed_things(text: str) -> tuple[HandedThing, ...]:
    """Return what a text hands over, each thing once: what it lists, and what it names."""
    parts = handing_parts(text)
    left = [each for part in parts for each in entries(text, part.start, part.end)]
    listed = left or entries(text)
    items = (each.text for each in listed if len(content_words(each.text)) >= _MIN_WORDS)
    found = (
        *(HandedThing(kind="item", text=item) for item in items),
        *(HandedThing(kind="file", text=path) for path in files_in(text)),
        *(HandedThing(kind="command", text=command) for command in commands_in(text)),
    )
    return tuple(dict.fromkeys(found))[:_MAX_THINGS]


def coverage(things: Sequence[HandedThing], text: str) -> float:
    """Return the share of some things that a text holds, which must be at least one."""
    words, names = content_words(text), {_name(path) for path in files_in(text)}
    plain = " ".join(text.split())
    held = 0
    for thing in things:
        match thing.kind:
            case "file":
                held += _name(thing.text) in names
            case "command":
                held += _names(plain, thing.text)
            case "item":
                needed = content_words(thing.text)
                held += len(needed & words) >= _MOST * len(needed)
    return held / len(things)


def made_up(case: Case, text: str) -> tuple[str, ...]:
    """Return the files that a text names and that neither the session nor the real words named."""
    known = "\n".join((*_said(case.messages), *(thing.text for thing in case.handed)))
    return tuple(path for path in files_in(text) if not _names(known, _name(path)))


def is_too_much(case: Case, text: str) -> bool:
    """Tell whether words tell all there is, and not what matters."""
    n_real = sum(thing.kind == "file" for thing in case.handed)
    if len(files_in(text)) > max(_SOME_FILES, _TIMES * n_real):
        return True
    return len(text) > max(_ROOM, _TIMES * case.handed_chars)


def _names(text: str, name: str) -> bool:
    """Tell whether a name stands in a text as it is, and not as a part of a longer one."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?!\w)", text) is not None


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _said(messages: Iterable[Message]) -> Iterable[str]:
    for message in messages:
        yield message.content
        yield from (str(call["function"]) for call in message.tool_calls)
