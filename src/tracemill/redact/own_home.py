"""The home folder of whoever runs this machine, wherever it lies and whatever it is called.

`HomeDetector` knows the usual places of homes and the usual letters of names. This one knows
one folder exactly: as a path, and as the folder name that Claude Code makes of a path, in which
every other character than a letter, digit or dash is a dash. Both get one pseudonym.
"""

from __future__ import annotations

import re
from typing import Final

from tracemill.redact.homes import is_nobody
from tracemill.redact.protocol import Match, Probe, Rule
from tracemill.redact.pseudonyms import Pseudonyms

_NOT_IN_SLUG: Final = re.compile(r"[^0-9A-Za-z-]")
_WORD: Final = re.compile(rb"[0-9A-Za-z_\x80-\xff]")
_SHORTEST: Final = 2


class OwnHomeDetector:
    """Finds the last part of one home folder, where the whole of its path stands before it."""

    def __init__(self, home: str, pseudonyms: Pseudonyms, rank: int) -> None:
        path = home.rstrip("/")
        name = path.rpartition("/")[2]
        slug = _NOT_IN_SLUG.sub("-", path)
        is_named = len(name) >= _SHORTEST and not is_nobody(name.encode())
        forms = sorted({path, slug}) if is_named else []
        self._rule = Rule("home-path", "pii", rank)
        self._forms = [form.encode() for form in forms]
        self._n_name = len(name.encode())
        self._stand_in = pseudonyms.user(name.encode()) if is_named else None
        self.probes = tuple(Probe(re.escape(form), (form.lower(),)) for form in forms)

    def find(self, data: bytes, at: int, found: list[Match]) -> int:
        """Look at the path that ends at `at`."""
        is_whole = _WORD.match(data, at) is None
        if is_whole and any(data.endswith(form, 0, at) for form in self._forms):
            found.append(Match(at - self._n_name, at, self._rule, self._stand_in))
        return at
