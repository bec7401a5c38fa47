r"""Home folders: the one name that stands in nearly every trajectory.

`/home/ada/x`, `/Users/ada/x`, `C:\Users\ada\x`, `/c/Users/ada`, and the folder names that
Claude Code makes of them, `-home-ada-x`, all keep their shape; only the name goes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from tracemill.redact.protocol import ByPlace, Match, Probe, Rule
from tracemill.redact.pseudonyms import USER, Pseudonyms

_PROBES: Final = (
    Probe(r"[/\\]home[/\\]", ("/home/", "\\home\\")),
    Probe(r"(?i)[/\\]users[/\\]", ("/users/", "/users\\", "\\users/", "\\users\\")),
    Probe(r"-(?:home|Users)-", ("-home-", "-users-")),
)
_LONGEST_MARKER: Final = 7
_SEPARATORS: Final = b"/\\"
_BACKSLASH: Final = 0x5C
_COLON: Final = 0x3A
_ESCAPES: Final = b"nrtbf"
_DRIVES: Final = (b"C-", b"c-", b"D-", b"d-", b"/-")
_BEFORE_SLUG: Final = b"/\\\"'` \n\t=:("
_NAME_PATTERN: Final = (
    rb"[0-9A-Za-z_\x80-\xff](?:[0-9A-Za-z_.+\x80-\xff-]{0,62}[0-9A-Za-z_\x80-\xff])?"
)
_NAME: Final = re.compile(_NAME_PATTERN)
_INSIDE: Final = rb"0-9A-Za-z_.)}\]*~\-"
_PLAIN: Final = re.compile(
    rb"(?:(?<=[^%b/\\]/home/)|(?<=[^%b/\\]/Users/))%b" % (_INSIDE, _INSIDE, _NAME_PATTERN)
)
"""The common case in one step: a name behind an absolute path that nothing stands before."""
_SPACED: Final = rb"0-9A-Za-z_.\x80-\xff-"
_SPACED_NAME: Final = re.compile(rb"[%b]{1,30} [%b ]{0,30}[%b](?=\\)" % (_SPACED, _SPACED, _SPACED))
_SLUG_NAME: Final = re.compile(rb"(?:" + USER + rb"|[0-9A-Za-z_]{1,64})(?=-)")
_PSEUDONYM: Final = re.compile(USER + rb"\Z")
_INSIDE_WORD: Final = re.compile(rb"[%b]" % _INSIDE)
_BEFORE_HOME: Final = (
    b"/var",
    b"/export",
    b"/usr",
    b"/mnt",
    b"/net",
    b"/nfs",
    b"/data",
    b"/private",
)
_FAR_ROOT: Final = re.compile(
    rb"(?:vscode-remote|file|sftp|ssh|smb|nfs)://[0-9A-Za-z.+_-]{1,40}\Z|/Volumes/[^/\n]{1,40}\Z"
    rb"|\\\\(?:wsl\$|wsl\.localhost|[0-9A-Za-z.-]{2,30})(?:\\{1,2}[0-9A-Za-z.-]{1,30})?\Z"
)
"""A machine, a disk or a share, on which a path begins."""
_REACH: Final = 60
_NOBODY: Final = frozenset(
    b"""user users username user_name yourname your-name your_name yourusername you me name
    runner ubuntu debian fedora centos alpine node vscode app apps root admin administrator
    default public shared guest linuxbrew circleci jovyan codespace gitpod coder vagrant
    ec2-user azureuser pi git www-data builder jenkins travis docker appuser nobody sandbox
    runneradmin agent dev developer test testuser example someone xxx foo bar myuser home
    path paths config charts folder dir directory project projects workspace work data invalid
    lost+found claude codex openhands opencode swe-agent""".split()
)


class _Name(NamedTuple):
    start: int
    end: int


def is_nobody(name: bytes) -> bool:
    """Tell whether a name belongs to no person, as those of machines and examples do."""
    return name.isdigit() or name.lower() in _NOBODY


class HomeDetector(ByPlace):
    """Finds names of home folders."""

    probes: Final = _PROBES

    def __init__(self, pseudonyms: Pseudonyms, rank: int) -> None:
        self._rule = Rule("home-path", "pii", rank)
        self._pseudonyms = pseudonyms
        self._stand_in = lru_cache(4096)(self._stand_in_uncached)

    def find(self, data: bytes, at: int, found: list[Match]) -> int:
        """Look at the name that begins at `at`."""
        if match := _PLAIN.match(data, at):
            start, end = match.span()
        elif name := _less_plain(data, at):
            start, end = name
        else:
            return at
        if stand_in := self._stand_in(data[start:end]):
            found.append(Match(start, end, self._rule, stand_in))
        return end

    def _stand_in_uncached(self, name: bytes) -> str | None:
        if is_nobody(name) or _PSEUDONYM.match(name):
            return None
        return self._pseudonyms.user(name)


def _less_plain(data: bytes, at: int) -> _Name | None:
    marker = data[max(0, at - _LONGEST_MARKER) : at]
    return _slug(data, at, marker) if marker[-1:] == b"-" else _path(data, at, marker)


def _slug(data: bytes, at: int, marker: bytes) -> _Name | None:
    if not marker.endswith((b"-home-", b"-Users-")):
        return None
    first = at - (6 if marker.endswith(b"-home-") else 7)
    before = data[max(0, first - 2) : first]
    if before and before[-1] not in _BEFORE_SLUG and before not in _DRIVES:
        return None
    match = _SLUG_NAME.match(data, at)
    return _Name(at, match.end()) if match else None


def _path(data: bytes, at: int, marker: bytes) -> _Name | None:
    is_home = marker[-5:-1] == b"home"
    if not is_home and marker[1:6].lower() != b"users":
        return None
    first = at - (6 if is_home else 7)
    while first > 0 and data[first - 1] in _SEPARATORS:
        first -= 1
    before = data[max(0, first - _REACH) : first]
    if is_home and marker[-1] == _BACKSLASH and not _FAR_ROOT.search(before):
        return None
    if first > 0:
        if _INSIDE_WORD.match(data, first - 1) and not _is_root(before):
            return None
        if not is_home and marker[1:6] != b"Users" and data[first - 1] != _COLON:
            return None
    match = _NAME.match(data, at)
    if match is None or data[at - 1] == _BACKSLASH:
        return _behind_separators(data, at)
    return _Name(at, match.end())


def _behind_separators(data: bytes, at: int) -> _Name | None:
    """Return the name where more separators than one, or backslashes, stand before it."""
    while at < len(data) and data[at] in _SEPARATORS:
        at += 1
    match = _NAME.match(data, at)
    if data[at - 1] == _BACKSLASH:
        match = _SPACED_NAME.match(data, at) or match
    return _Name(at, match.end()) if match else None


def _is_root(before: bytes) -> bool:
    """Tell whether a separator behind `before`, which ends like a word, begins a path."""
    if before[-2:-1] == b"\\":
        return before[-1] in _ESCAPES
    if before[-2:-1] == b"/":
        return before[-1:].isalpha()
    return before.endswith(_BEFORE_HOME) or _FAR_ROOT.search(before) is not None
