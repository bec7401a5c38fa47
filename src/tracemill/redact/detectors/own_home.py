"""The home folder of whoever runs this machine, wherever it lies and whatever it is called.

`HomeDetector` knows the usual places of homes and the usual letters of names. This one knows
one folder exactly: as a path, and as the folder name that Claude Code makes of a path, in which
every other character than a letter, digit or dash is a dash. Its last part is the user's name,
which is found as a word anywhere, unless it is one of those that stand in code. All get one
pseudonym.
"""

from __future__ import annotations

import re
from typing import Final

from tracemill.redact.line_rules.homes import is_nobody
from tracemill.redact.protocol import ByPlace, Match, Probe, Rule
from tracemill.redact.pseudonyms import Pseudonyms

_NOT_IN_SLUG: Final = re.compile(r"[^0-9A-Za-z-]")
_WORD: Final = re.compile(rb"[0-9A-Za-z_\x80-\xff]")
_SHORTEST: Final = 2
_SHORTEST_WORD: Final = 5
_WORDS: Final = frozenset(
    b"""python linux debian darwin macos windows local server client mysql redis mongo nginx apache
    build cloud media video music desktop laptop office master deploy system daemon staff adm
    wheel people person human owner login account source project projects works worker local
    station machine computer kernel docker podman kubernetes jenkins gitlab github tomcat oracle
    spark hadoop airflow data model models train tests tools tool start state store stack style
    table team temp theme time title token trace track value view watch world write group input
    index image issue level limit lines links main maint meta metal""".split()
)
"""Names that are no person's wherever they stand alone."""


class OwnHomeDetector(ByPlace):
    """Finds the last part of one home folder: behind its path, and as a word by itself."""

    def __init__(self, home: str, pseudonyms: Pseudonyms, rank: int) -> None:
        path = home.rstrip("/")
        name = path.rpartition("/")[2]
        slug = _NOT_IN_SLUG.sub("-", path)
        is_named = len(name) >= _SHORTEST and not is_nobody(name.encode())
        forms = sorted({path, slug}) if is_named else []
        is_telling = len(name) >= _SHORTEST_WORD and name.lower().encode() not in _WORDS
        self._name = name.encode() if is_named and is_telling else None
        self._user_rule = Rule("own-user", "pii", rank)
        self._rule = Rule("home-path", "pii", rank)
        self._forms = [form.encode() for form in forms]
        self._n_name = len(name.encode())
        self._stand_in = pseudonyms.user(name.encode()) if is_named else None
        words = [name] if self._name else []
        self.probes = tuple(
            Probe(re.escape(form), (form.lower(),), is_personal=True) for form in [*forms, *words]
        )

    def find(self, data: bytes, at: int, found: list[Match]) -> int:
        """Look at the path that ends at `at`."""
        start = at - self._n_name
        if _WORD.match(data, at) is not None:
            return at
        if any(data.endswith(form, 0, at) for form in self._forms):
            found.append(Match(start, at, self._rule, self._stand_in))
        elif self._name == data[max(0, start) : at] and not _is_inside(data, start):
            found.append(Match(start, at, self._user_rule, self._stand_in))
        return at


def _is_inside(data: bytes, start: int) -> bool:
    """Tell whether what begins at `start` goes on before it."""
    return start > 0 and _WORD.match(data, start - 1) is not None
