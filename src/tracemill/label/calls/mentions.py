"""Which pull requests and issues a session opens or names, and which other sessions.

A person names one by its address, or by a number behind a word such as `PR` or `issue` or behind
`#`; a command names one to `gh` or `bd`; and the answer of `gh pr create` is the address of the one
that it opened. What stands in files, logs and answers of other tools names nothing. A session that
goes on with the work of another is often told so by the other's id, or the name of its log.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tracemill.label.calls.shell import CommandLine, Part
from tracemill.records.sessions.activity import ForgeMention, MentionKind

_MAX_TEXT: Final = 8_000
_MAX_MENTIONS: Final = 100
_MAX_SESSIONS: Final = 20
_ADDRESS: Final = re.compile(
    r"(?:\bhttps?://[\w.-]{1,100}|\bgithub\.com)/(?P<repository>[\w.-]{1,100}/[\w.-]{1,100})/(?P<kind>pull|issues)/"
    r"(?P<number>\d{1,9})\b"
)
_PATHS: Final = ("/pull/", "/issues/")
"""Texts of which every address holds one."""
_NUMBER: Final = re.compile(
    r"[#PIBTpibt\u0130\u0131](?:(?<=(?<![\w/&#])#)"
    r"|(?i:(?:(?<=\bp)(?:r|ull request)|(?<=\bi)ssue|(?<=\bb)ug|(?<=\bt)icket)"
    r"s?\s{1,3}(?:no\.?\s*|number\s+)?#?))(?P<number>\d{1,7})\b(?![.,]\d|%)"
)
"""A number behind `#` or a word for what it numbers; it begins with a set, which is found fast."""
_MAY_NUMBER: Final = re.compile(r"[#\s.oO]\d")
"""What stands before the number, whatever stands before that."""
_SESSION: Final = re.compile(
    r"(?<![0-9a-f-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-f-])|\bses_[A-Za-z0-9]{20,40}\b"
)
_WITHIN_UUID: Final = re.compile(r"-(?:[0-9a-f]{4}-){3}")
"""What stands in every UUID, and is found sooner than the whole of it."""
_ISSUE_ID: Final = re.compile(r"[A-Za-z][\w.]*-[A-Za-z0-9.]{1,12}\Z")
_KINDS: Final[dict[str, MentionKind]] = {
    "pull": "pull_request", "pr": "pull_request", "issues": "issue", "issue": "issue",
}  # fmt: skip
"""What addresses and commands call each kind."""


class Named(NamedTuple):
    """A pull request or issue that a text or command names."""

    kind: MentionKind | None
    number: int | None = None
    native_id: str | None = None
    repository: str | None = None


def named_in(text: str) -> Iterator[Named]:
    """Yield what the words of a person name, at most once each."""
    clipped = text[:_MAX_TEXT]
    found: dict[Named, None] = {}
    if any(map(clipped.__contains__, _PATHS)):
        found.update(dict.fromkeys(_addresses(clipped)))
        clipped = _ADDRESS.sub(" ", clipped)
    if _MAY_NUMBER.search(clipped):
        for match in _NUMBER.finditer(clipped):
            found[Named(_kind_of(match[0]), int(match["number"]))] = None
    yield from found


def _kind_of(named: str) -> MentionKind | None:
    """Return what words name with a number, by how they begin."""
    if named.startswith("#"):
        return None
    return "pull_request" if named[0] in "pP" else "issue"


def may_name(command: str) -> bool:
    """Tell at little cost whether a command line could name a pull request or issue."""
    return "gh " in command or "bd " in command


def named_by(line: CommandLine) -> tuple[Named, ...]:
    """Return what a command line names to `gh` or `bd`."""
    return tuple(named for part in line.parts if (named := _named(part)) is not None)


def _named(part: Part) -> Named | None:
    match part.bare:
        case ("gh", "pr" | "issue" as kind, _, name, *_):
            address = next(_addresses(name), None)
            if address is not None:
                return address
            number = name.removeprefix("#")
            return Named(_KINDS[kind], int(number)) if _is_number(number) else None
        case ("bd", _, name, *_) if _ISSUE_ID.match(name):
            return Named("issue", native_id=name)
        case _:
            return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004 - fits any tracker


def _addresses(text: str) -> Iterator[Named]:
    for match in _ADDRESS.finditer(text):
        number, kind = int(match["number"]), _KINDS[match["kind"]]
        yield Named(kind, number, None, match["repository"])


class Mentions:
    """Gathers what a session opens and names, each once, in order."""

    def __init__(self) -> None:
        self._known: dict[tuple[Named, bool], int] = {}
        self._sessions: dict[str, None] = {}

    def hear(self, text: str, step: int) -> None:
        """Take the words of a person."""
        self.add(named_in(text), step)
        clipped = text[:_MAX_TEXT]
        if "ses_" in clipped or _WITHIN_UUID.search(clipped):
            self._sessions.update(dict.fromkeys(_SESSION.findall(clipped)))

    def add(self, named: Iterable[Named], step: int, *, is_opened: bool = False) -> None:
        """Take what a step names."""
        for each in named:
            if len(self._known) < _MAX_MENTIONS:
                self._known.setdefault((each, is_opened), step)

    def opened(self, text: str, step: int) -> None:
        """Take the answer of a command that opens a pull request."""
        pulls = (each for each in _addresses(text) if each.kind == "pull_request")
        self.add(pulls, step, is_opened=True)

    @property
    def sessions(self) -> tuple[str, ...]:
        """Ids, in the form of those of sessions, that a person named."""
        return tuple(self._sessions)[:_MAX_SESSIONS]

    @property
    def pull_requests(self) -> tuple[int, ...]:
        """Numbers of the pull requests that it opened."""
        opened = (named.number for named, is_opened in self._known if is_opened)
        return tuple(dict.fromkeys(number for number in opened if number is not None))

    @property
    def mentions(self) -> tuple[ForgeMention, ...]:
        """All of them."""
        return tuple(
            ForgeMention(
                kind=named.kind,
                number=named.number,
                native_id=named.native_id,
                repository=named.repository,
                step=step,
                is_opened=is_opened,
            )
            for (named, is_opened), step in self._known.items()
        )
