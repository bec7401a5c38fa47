"""Who is who: the names and addresses that archived git histories give to one person.

Two identities are one person's where they share an address, or a name of two words or more. An
address that many names share belongs to a service, and joins nobody.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

from tracemill.base.keyed_words import words_of

_IDENTITY: Final = re.compile(rb"([^\0\n<>]{1,120}) <([^\0\n<>@ ]{1,80}@[^\0\n<>@ ]{1,120})>")
_LABEL: Final = re.compile(r"^.*:\s+")
_SERVICE: Final = re.compile(
    r"(?i)^(?:no-?reply|bots?|actions?|info|root|git|support|admin|dev|team)@|\[bot\]|@localhost$"
)
_MOST_NAMES: Final = 6
_BORDER_BYTES: Final = 400
_WHOLE_NAME: Final = 2


class Identity(NamedTuple):
    """A name, and the address beside it."""

    name: str
    mail: str


def identities_in(blocks: Iterable[bytes]) -> set[Identity]:
    """Return every identity that stands in a history."""
    found: set[Identity] = set()
    held = b""
    for block in blocks:
        data = held + block
        for name, mail in _IDENTITY.findall(data):
            shown = _LABEL.sub("", name.decode("utf-8", "replace")).strip()
            found.add(Identity(shown, mail.decode("utf-8", "replace")))
        held = data[-_BORDER_BYTES:]
    return {one for one in found if words_of(one.name)}


class Aliases(NamedTuple):
    """By what else a person is known."""

    certain: list[str]
    """What was given, and every whole name and address that goes with it."""
    possible: list[str]
    """Single words that may be the person's too, and may as well be plain words."""


def aliases_of(given: Iterable[str], known: Iterable[Identity]) -> Aliases:
    """Return by what a person is known of whom some names or addresses are given."""
    names_at: defaultdict[str, set[str]] = defaultdict(set)
    mails_of: defaultdict[str, set[str]] = defaultdict(set)
    for name, mail in known:
        if not _SERVICE.search(mail):
            names_at[_key(mail)].add(name)
            mails_of[_key(name)].add(mail)
    found = {_key(text): text for text in given}
    possible: dict[str, str] = {}
    waiting = list(found.values())
    while waiting:
        text = _key(waiting.pop())
        names = names_at[text] if len(names_at[text]) <= _MOST_NAMES else set()
        for other in sorted(names | mails_of[text]):
            if len(words_of(other)) < _WHOLE_NAME:
                possible[_key(other)] = other
            elif _key(other) not in found:
                found[_key(other)] = other
                waiting.append(other)
    for text in found.values():
        local, at, _ = text.partition("@")
        for part in [local] if at else text.split():
            possible.setdefault(_key(part), part)
    return Aliases(list(found.values()), [p for key, p in possible.items() if key not in found])


def _key(text: str) -> str:
    return " ".join(words_of(text))
