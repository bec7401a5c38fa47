"""How stand-ins look, which stand in records where secrets and names were taken out.

What tells one from another in them is keyed: under another key the same text has other ones.
"""

from __future__ import annotations

import re
from typing import Final

_NAME: Final = r"[a-z2-7]{6}(?:[a-z2-7]{4})?"
"""Pseudonyms were shorter once; what holds such ones already stays as it is."""
USER: Final = rf"dev-{_NAME}"
"""The pseudonym of a person."""
HOST: Final = rf"host-{_NAME}"
"""The pseudonym of a machine."""
MAILBOX: Final = rf"user-{_NAME}@example\.org"
"""The pseudonym of an e-mail address."""
BRACKETED: Final = r"\[(?:SECRET|PII):[a-z0-9-]{2,48}:[a-z2-7]{6}\]"
"""The token of a secret, or of a number that points at a person."""
ADDRESS: Final = r"198\.1[89]\.[0-9]{1,3}\.[0-9]{1,3}|2001:db8:[0-9a-f:]+"
"""The pseudonym of an address in a network."""

_STAND_IN: Final = re.compile(f"{BRACKETED}|{MAILBOX}|{USER}|{HOST}|{ADDRESS}")
_DRAWN: Final = re.compile(r"(?<=[:-])[a-z2-7]{6,10}(?=[\]@]|\Z)|(?<=198\.1).*|(?<=2001:db8:).*")
"""The part of a stand-in that follows from the key."""


def is_stand_in(text: str) -> bool:
    """Tell whether a text is what may stand in place of something."""
    return _STAND_IN.fullmatch(text) is not None


def without_keys(text: str) -> str:
    """Return a text in which stand-ins of one kind are alike: it is the same under any key."""
    return _STAND_IN.sub(lambda found: _DRAWN.sub("*", found[0]), text)
