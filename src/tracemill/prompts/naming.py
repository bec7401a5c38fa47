"""Names of prompts and their versions: `role.vMAJOR.MINOR`, read, compared and raised.

The role is the name of the file, or of its folder where every file of the kind has the same name:
`ai/prompts/architect.yaml` is `architect`, `skills/diary/SKILL.md` is `diary`. A number that a text
gives itself counts where it is higher than the one before: people forget to raise it.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from tracemill.records.events.documents import DocumentKind
from tracemill.records.process.prompt_versions import TextKind

_BETWEEN: Final = "._@ -"
"""What stands between a role and its number."""
_NUMBER: Final = re.compile(
    rf"(?:\A|(?<=[{_BETWEEN}]))v?(?P<major>\d{{1,6}})(?:\.(?P<minor>\d{{1,6}}))?\Z", re.IGNORECASE
)
_LONGEST_NUMBER: Final = len("v000000.000000")
_DECLARED: Final = re.compile(
    r"""^[\s>*_"'#-]{0,8}(?:prompt[_ ]?)?version["'*_]{0,3}[ \t]*:["'*_ \t]{0,5}v?"""
    r"""(\d{1,6})(?:\.(\d{1,6}))?\b""",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD_CHARS: Final = 2_000
"""Where a text gives its number, it does so at its beginning."""
_SAME_NAMES: Final = frozenset({"skill", "readme", "index", "prompt", "system_prompt", "system"})
_FOLDERS: Final[tuple[tuple[TextKind, str], ...]] = (
    ("skill", r"(?:.*/)?skills/[^/]+/SKILL\.md"),
    ("agent", r"(?:.*/)?agents?/.*"),
    ("command", r"(?:.*/)?commands/.*"),
)
_KINDS: Final = tuple((kind, re.compile(path, re.IGNORECASE)) for kind, path in _FOLDERS)


class Number(NamedTuple):
    """The number of a version; a higher one is newer."""

    major: int
    minor: int

    def of(self, role: str) -> str:
        """Return the name of the version of a role that has this number."""
        return f"{role}.v{self.major}.{self.minor}"


FIRST: Final = Number(1, 0)
"""What a text begins with that gives no number itself."""


class Named(NamedTuple):
    """A version's name in its parts."""

    role: str
    number: Number


def parse_name(name: str) -> Named | None:
    """Return the parts of a name such as `architect.v2.3`; None where it holds no number."""
    name = name.strip()
    found = _NUMBER.search(name, max(0, len(name) - _LONGEST_NUMBER))
    if found is None or _has_three_parts(name):
        return None
    number = Number(int(found["major"]), int(found["minor"] or 0))
    return Named(plain(name[: found.start()]), number)


def _has_three_parts(name: str) -> bool:
    """Tell whether a name ends in the version of a program, such as `1.2.3`."""
    head, *parts = name.rsplit(".", 2)
    return len(parts) == 2 and head[-1:].isdecimal() and all(map(str.isdecimal, parts))  # noqa: PLR2004


def canonical(name: str) -> str:
    """Return a version's name as it is written here, however a report writes it."""
    found = parse_name(name)
    return found.number.of(found.role) if found and found.role else name


def declared(text: str) -> Number | None:
    """Return the number that a text gives itself; None where it gives none."""
    found = _DECLARED.search(text[:_HEAD_CHARS])
    return Number(int(found[1]), int(found[2] or 0)) if found else None


def raised(before: Number, *, is_rewrite: bool) -> Number:
    """Return the number behind `before`."""
    return Number(before.major + 1, 0) if is_rewrite else Number(before.major, before.minor + 1)


def role_of(path: str) -> str:
    """Return what the versions of a file are named by."""
    parts = PurePosixPath(path)
    name = plain(parts.name.partition(".")[0]) or plain(parts.name)
    folder = plain(parts.parent.name)
    return folder if name in _SAME_NAMES and folder else name


def text_kind(document: DocumentKind, path: str) -> TextKind:
    """Return what a text is for, by what kind of document it is and where it lies."""
    if document in ("recipe", "instructions"):
        return document
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(path)), "prompt")


def plain(name: str) -> str:
    """Return a name as roles are compared: small letters, with `_` for all else."""
    return re.sub(r"[^\w]+", "_", name.casefold()).strip("_")
