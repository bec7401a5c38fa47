"""Which e-mail addresses point at a person, and the names that stand with them."""

from __future__ import annotations

import re
from typing import Final

from tracemill.redact.line_rules.lines import Candidate, Extent, Form, LineDetector
from tracemill.redact.protocol import Probe, Rule
from tracemill.redact.pseudonyms import USER, Pseudonyms

_ADDRESS: Final = (
    r"[0-9A-Za-z._%+'-]+@(?:[0-9A-Za-z-]+\.)+(?:xn--[0-9A-Za-z-]{2,59}|[A-Za-z]{2,24})"
)
_ADDRESS_PATTERN: Final = rf"(?P<secret>{_ADDRESS})"
_SIGN: Final = r"@(?<=[0-9A-Za-z._%+'-]@)[0-9A-Za-z-]++\.[0-9A-Za-z]"
_ADDRESS_PROBE: Final = Probe(r"[0-9A-Za-z._%+'-]@[0-9A-Za-z-]+\.[0-9A-Za-z]", sign=_SIGN)

_NAMED_PATTERN: Final = (
    r"(?i)(?:^|[^0-9a-z]|\\[nrt])(?:author|committer|co-authored-by|signed-off-by|reviewed-by|acked-by"
    r"|tested-by|reported-by|suggested-by|helped-by|approved-by|cc|from|to|tagger):?[ \t]{1,8}"
    rf"(?P<secret>[^\s<>@:\"\\][^<>@:\"\\\n]{{1,60}}?)[ \t]{{1,4}}<{_ADDRESS}>"
)
_NAMED_PROBE: Final = Probe(r" <[0-9A-Za-z._%+'-]+@[0-9A-Za-z-]+\.[0-9A-Za-z]", sign=_SIGN)
_WORD: Final = r"[A-Z\xc3-\xd4][A-Za-z'.\x80-\xff-]{0,30}"
_WRITTEN_PATTERN: Final = (
    rf"(?:^|[^0-9A-Za-z_@./-])(?P<secret>{_WORD}(?: {_WORD}){{1,4}})[ \t]{{1,4}}<{_ADDRESS}>"
)
_NO_PART_OF_NAME: Final = frozenset(
    b"""ask mail email e-mail contact thanks thank cc bcc from to by and or the hi hello dear tell
    see with for via ping write author maintainer owner reported fixed reviewed sent as is please
    regards best""".split()
)
"""How sentences begin in which a name and an address follow."""

_ESCAPES: Final = b"nrtbf"
_BACKSLASH: Final = 0x5C
_NO_PERSON: Final = re.compile(
    rb"(?i)(?:^|[._+-])(?:git|hg|svn)@|no[._-]?reply@(?!users)|^(?:donotreply|do-not-reply|postmaster"
    rb"|mailer-daemon|notifications?|this|super|return|break|continue|self|test|user|username|example"
    rb"|foo|bar|name|email|someone|you|(?:\d+\+)?(?:copilot|dependabot|github-actions|renovate|claude"
    rb"|codex|cursoragent|devin-ai-integration)(?:\[bot\])?)@"
)
_NO_ADDRESS: Final = re.compile(
    rb"(?i)@(?:[^@]*\.)?(?:example(?:\.(?:com|org|net|edu))?|(?:test|domain|yourdomain|foo|openssh)\.com|libssh\.org|test|invalid|localhost|local|lan"
    rb"|internal|svc|png|jpe?g|gif|svg|webp|ico|pdf|md|txt|py|pyi|js|jsx|ts|tsx|mjs|cjs|json|jsonl"
    rb"|ya?ml|toml|lock|css|scss|html?|xml|sh|go|rs|rb|java|kt|c|h|cc|cpp|hpp|php|sql|whl|gz|tgz|zip"
    rb"|mdc|mdx|ipynb|vue|svelte|astro|swift|dart|proto|prisma|graphql|gradle|jsonc|csv|ini|rst)$"
)
_VERSION: Final = re.compile(rb"@v?\d+\.\d")
_ADDRESS_IN: Final = re.compile(rb"<([^<>@\s]{1,64}@[^<>@\s]{1,255})>")
_LONGEST_BEFORE: Final = 64
_ESCAPED_DIGITS: Final = 5
_BEFORE: Final = re.compile(
    rb"(?:[0-9A-Za-z._%+'-]{0,32}(?P<beyond>[\xc3-\xc9][\x80-\xbf]|\xef\xbf\xbd"
    rb"|\\{1,2}u(?:00[c-f]|01[0-9a-f]|02[0-4]|fff)[0-9a-f]))+[0-9A-Za-z._%+'-]{0,5}\Z"
)
"""What of an address stands before its last part in ASCII, escaped as in JSON or not."""
_PSEUDONYM: Final = re.compile(USER + rb"\Z")


def mailbox_detector(pseudonyms: Pseudonyms, rank: int) -> LineDetector:
    """Return the detector of e-mail addresses."""
    return LineDetector(
        Rule("email", "pii", rank),
        (_ADDRESS_PROBE,),
        Form(_ADDRESS_PATTERN),
        _personal,
        lambda found: pseudonyms.mailbox(found.value),
    )


def named_mailbox_detector(pseudonyms: Pseudonyms, rank: int) -> LineDetector:
    """Return the detector of names in trailers and headers such as `Author: A. N. Other <…>`."""
    return LineDetector(
        Rule("person", "pii", rank),
        (_NAMED_PROBE,),
        Form(_NAMED_PATTERN),
        _named,
        lambda found: pseudonyms.person(_address_behind(found)),
    )


def written_mailbox_detector(pseudonyms: Pseudonyms, rank: int) -> LineDetector:
    """Return the detector of full names before their addresses, wherever they stand."""
    return LineDetector(
        Rule("person", "pii", rank),
        (_NAMED_PROBE,),
        Form(_WRITTEN_PATTERN),
        _written,
        lambda found: pseudonyms.person(_address_behind(found)),
    )


def address_in(author: bytes) -> bytes | None:
    """Return the address of `Name <address>`."""
    match = _ADDRESS_IN.search(author)
    return match[1] if match else None


def is_personal(address: bytes) -> bool:
    """Tell whether an e-mail address points at a person, and is one at all."""
    domain = address.rsplit(b"@", 1)[-1]
    top = domain.rsplit(b".", 1)[-1]
    if top != top.lower() and top != top.upper():
        return False
    return not (
        _NO_PERSON.match(address) or _NO_ADDRESS.search(address) or _VERSION.search(address)
    )


def _personal(found: Candidate) -> Extent | None:
    line, start = found.line, _beginning(found)
    if start and line[start - 1] == _BACKSLASH and line[start] in _ESCAPES:
        start += 1
    while start < found.end and line[start] in b".'%+-":
        start += 1
    address = line[start : found.end]
    if address.startswith(b"@") or not is_personal(address):
        return None
    return Extent(start, found.end)


def _beginning(found: Candidate) -> int:
    """Return where an address begins: before it may stand letters with accents, or broken ones.

    Letters of other scripts are no part of it, for some set no blanks between words; nor is what
    stands behind another `@`, for that is the host of the address before.
    """
    line, start = found.line, found.start
    before = line[max(0, start - 1) : start]
    if before.isascii() and before != b"\\":
        return start
    first = max(0, start - _LONGEST_BEFORE)
    own = line[first : min(start + _ESCAPED_DIGITS, line.index(b"@", start))]
    match = _BEFORE.search(own)
    if not match or first + match.end("beyond") < start or own[: match.start()].endswith(b"@"):
        return start
    return first + match.start()


def _named(found: Candidate) -> Extent | None:
    if _PSEUDONYM.match(found.value) or not is_personal(_address_behind(found)):
        return None
    return Extent(found.start, found.end)


def _written(found: Candidate) -> Extent | None:
    """A name without the words with which a sentence begins; one word is no full name."""
    if not is_personal(_address_behind(found)):
        return None
    start = found.start
    words = found.value.split(b" ")
    while words and words[0].rstrip(b".").lower() in _NO_PART_OF_NAME:
        start += len(words.pop(0)) + 1
    return Extent(start, found.end) if len(words) > 1 else None


def _address_behind(found: Candidate) -> bytes:
    rest = found.line[found.end : found.end + 400]
    return address_in(rest) or b""
