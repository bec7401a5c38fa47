"""Fields of what a forge says, under either of their spellings; what is not said is None."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from tracemill.records.events.forge import Actor
from tracemill.records.events.gates import GateStatus
from tracemill.sources.reading.json_fields import count, moment, text

_NOTHING: Final[Mapping[str, Any]] = {}
_NO_HASH: Final = "0"
_VERDICTS: Final[Mapping[str, GateStatus]] = {
    "success": "passed",
    "neutral": "passed",
    "failure": "failed",
    "error": "error",
    "timed_out": "error",
    "startup_failure": "error",
}
"""What conclusions amount to; any other, as `cancelled`, says neither yes nor no."""


class Fields:
    """One object of an answer."""

    def __init__(self, said: object) -> None:
        self.said: Mapping[str, Any] = said if isinstance(said, dict) else _NOTHING

    def __bool__(self) -> bool:
        return bool(self.said)

    def has(self, *names: str) -> bool:
        """Tell whether one of the names is said."""
        return not self.said.keys().isdisjoint(names)

    def _first(self, names: tuple[str, ...]) -> object:
        return next((self.said[name] for name in names if self.said.get(name) is not None), None)

    def text(self, *names: str) -> str | None:
        """Return a text with something in it."""
        return text(self._first(names))

    def word(self, *names: str) -> str | None:
        """Return a word of the forge's own, in small letters."""
        said = self.text(*names)
        return said.lower() if said else None

    def count(self, *names: str) -> int | None:
        """Return a number that counts something."""
        return count(self._first(names))

    def name(self, *names: str) -> str | None:
        """Return an id, which may be said as a number."""
        said = self._first(names)
        return str(said) if type(said) is int and abs(said) < 2**63 else text(said)

    def flag(self, *names: str) -> bool | None:
        """Return a yes or no."""
        said = self._first(names)
        return said if isinstance(said, bool) else None

    def moment(self, *names: str) -> datetime | None:
        """Return a moment; the forge writes one that never came as the year 1."""
        at = moment(self._first(names))
        return at if at is not None and at.year > 1 else None

    def hash(self, *names: str) -> str | None:
        """Return a hash; one of zeros stands for none."""
        said = self.text(*names)
        return said if said and said.strip(_NO_HASH) else None

    def part(self, *names: str) -> Fields:
        """Return an object inside; an empty one where there is none."""
        return Fields(self._first(names))

    def parts(self, *names: str) -> Iterator[Fields]:
        """Yield the objects of a list inside."""
        said = self._first(names)
        yield from (
            (Fields(each) for each in said if isinstance(each, dict))
            if isinstance(said, list)
            else ()
        )

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a list that have something in them."""
        said = self.said.get(name)
        return tuple(filter(None, map(text, said))) if isinstance(said, list) else ()

    def names_of(self, name: str, *keys: str) -> tuple[str, ...]:
        """Return a text of each object in a list."""
        return tuple(said for part in self.parts(name) if (said := part.text(*keys)))

    def actor(self, *names: str) -> Actor | None:
        """Return who did it: a program where the forge says so, otherwise a person."""
        said = self.part(*names)
        login = said.text("login")
        if login is None:
            return None
        association = self.text("author_association", "authorAssociation")
        is_app = said.flag("is_bot") or said.text("type") == "Bot" or login.endswith("[bot]")
        if is_app:
            return Actor(app=login, association=association)
        return Actor(person=login, association=association)


def verdict(conclusion: str | None) -> GateStatus:
    """Return what a conclusion amounts to."""
    return _VERDICTS.get((conclusion or "").lower(), "unknown")
