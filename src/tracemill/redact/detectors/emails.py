"""Which e-mail addresses point at a person, and the names that stand with them."""

from __future__ import annotations

import re
from typing import Final

from tracemill.redact.detectors.mail_parts import ESCAPES, Sign, beginning, domain_end, plain
from tracemill.redact.line_rules.lines import Candidate, Extent, Form, LineDetector
from tracemill.redact.protocol import Probe, Rule
from tracemill.redact.pseudonyms import USER, Pseudonyms

_DOMAIN: Final = r"(?:[0-9A-Za-z-]+\.)+(?:xn--[0-9A-Za-z-]{2,59}|[A-Za-z]{2,24})"
_LOCAL: Final = r"[0-9A-Za-z._%+'\x80-\xff-]"
"""One byte of a local part, which may be in any script (RFC 6531)."""
_ANY_DOMAIN: Final = (
    r"(?:[0-9A-Za-z\x80-\xff-]+\.)+(?:xn--[0-9A-Za-z-]{2,59}|[A-Za-z]{2,24}|[\x80-\xff]{4,72})"
)
_ADDRESS: Final = rf"{_LOCAL}+@{_ANY_DOMAIN}"
# where a local part ends in another script, where it begins is for `beginning` to say
_ADDRESS_PATTERN: Final = rf"(?P<secret>(?:[0-9A-Za-z._%+'-]+|[\x80-\xbf])@{_DOMAIN})"
_SIGN: Final = rf"@(?:(?<={_LOCAL}@)[0-9A-Za-z-]++\.[0-9A-Za-z]|[0-9A-Za-z.-]*+[\xc2-\xf4\\])"
"""Of an address with a domain in ASCII, or else of one in another script."""
_ADDRESS_PROBE: Final = Probe(rf"{_LOCAL}@[0-9A-Za-z-]+\.[0-9A-Za-z]", sign=_SIGN)

# by itself it is quickly found, since it begins with a rare byte; a backslash begins an escape
_FOREIGN_PROBE: Final = Probe(r"@[0-9A-Za-z.-]*[\xc2-\xf4\\]", is_apart=True, sign=_SIGN)
_FOREIGN_PROBES: Final = (
    _FOREIGN_PROBE,
    Probe("(?i)(?:\uff20|\\\\uff20)", ("\uff20", r"\uff20")),
)
# where the domain ends is for `domain_end` to say
_FOREIGN_PATTERN: Final = (
    r"(?P<secret>(?:[0-9A-Za-z._%+'-]+|[\x80-\xbf])(?:@|\xef\xbc\xa0|\\{1,2}u[fF][fF]20))"
    r"[0-9A-Za-z\x80-\xff\\]"
)
_ANY_SIGN: Final = re.compile(rb"@|\xef\xbc\xa0|\\{1,2}u[fF][fF]20")

_NAMED_PATTERN: Final = (
    r"(?i)(?:^|[^0-9a-z]|\\[nrt])(?:author|committer|co-authored-by|signed-off-by|reviewed-by|acked-by"
    r"|tested-by|reported-by|suggested-by|helped-by|approved-by|cc|from|to|tagger):?[ \t]{1,8}"
    rf"(?P<secret>[^\s<>@:\"\\][^<>@:\"\\\n]{{1,60}}?)[ \t]{{1,4}}<{_ADDRESS}>"
)
_NAMED_PROBES: Final = (
    Probe(rf" <{_LOCAL}+@[0-9A-Za-z-]+\.[0-9A-Za-z]", sign=_SIGN),
    _FOREIGN_PROBE,
)
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

_BACKSLASH: Final = 0x5C
_NO_PERSON: Final = re.compile(
    rb"(?i)(?:^|[._+-])(?:git|hg|svn)@|no[._-]?reply@(?!users)|^(?:donotreply|do-not-reply|postmaster"
    rb"|mailer-daemon|notifications?|this|super|return|break|continue|self|test|user|username|example"
    rb"|foo|bar|name|email|someone|you|(?:\d+\+)?(?:copilot|dependabot|github-actions|renovate|claude"
    rb"|codex|cursoragent|devin-ai-integration)(?:\[bot\])?)@"
)
_NO_ADDRESS: Final = re.compile(
    rb"(?i)^ll@li\.org$|@(?:[^@]*\.)?(?:example(?:\.(?:com|org|net|edu))?|(?:test|domain|yourdomain|foo|openssh)\.com|libssh\.org|test|invalid|localhost|local|lan"
    rb"|internal|svc|png|jpe?g|gif|svg|webp|ico|pdf|md|txt|py|pyi|js|jsx|ts|tsx|mjs|cjs|json|jsonl"
    rb"|ya?ml|toml|lock|css|scss|html?|xml|sh|go|rs|rb|java|kt|c|h|cc|cpp|hpp|php|sql|whl|gz|tgz|zip"
    rb"|mdc|mdx|ipynb|vue|svelte|astro|swift|dart|proto|prisma|graphql|gradle|jsonc|csv|ini|rst)$"
)
_VERSION: Final = re.compile(rb"@v?\d+\.\d")
_ADDRESS_IN: Final = re.compile(rb"<([^<>@\s]{1,64}@[^<>@\s]{1,255})>")
_OF_MAIL: Final = re.compile(
    rb"(?i)\.(?:com|net|org|edu|gov|info|biz|app|dev|xyz|top|vip|club|online|site|tech|asia|cn|tw|hk"
    rb"|mo|jp|kr|sg|my|th|la|kh|mm|vn|us|uk|de|fr|eu|ch|ca|au|nz|in|io|me|co|cc|tv|xn--[0-9a-z-]+)\Z"
)
"""How domains end: behind such a script a decorator or a file, `用@app.route`, is as likely."""
_GOES_ON: Final = (b"(", b"_", b"[", b"=")
_PSEUDONYM: Final = re.compile(USER + rb"\Z")


def mailbox_detector(pseudonyms: Pseudonyms, rank: int) -> LineDetector:
    """Return the detector of e-mail addresses."""
    return LineDetector(
        Rule("email", "pii", rank),
        (_ADDRESS_PROBE,),
        Form(_ADDRESS_PATTERN),
        _personal,
        lambda found: pseudonyms.mailbox(plain(found.value)),
    )


def foreign_mailbox_detector(pseudonyms: Pseudonyms, rank: int) -> LineDetector:
    """Return the detector of addresses whose domain, or whose sign, is not written in ASCII."""
    return LineDetector(
        Rule("email", "pii", rank),
        _FOREIGN_PROBES,
        Form(_FOREIGN_PATTERN),
        _foreign,
        lambda found: pseudonyms.mailbox(plain(found.value)),
    )


def named_mailbox_detector(pseudonyms: Pseudonyms, rank: int) -> LineDetector:
    """Return the detector of names in trailers and headers such as `Author: A. N. Other <…>`."""
    return LineDetector(
        Rule("person", "pii", rank),
        _NAMED_PROBES,
        Form(_NAMED_PATTERN),
        _named,
        lambda found: pseudonyms.person(_address_behind(found)),
    )


def written_mailbox_detector(pseudonyms: Pseudonyms, rank: int) -> LineDetector:
    """Return the detector of full names before their addresses, wherever they stand."""
    return LineDetector(
        Rule("person", "pii", rank),
        _NAMED_PROBES,
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
    """An address from its first letter on, whatever script that is of."""
    line = found.line
    is_of_mail = _is_of_mail(found.value, line[found.end : found.end + 1])
    at = line.index(b"@", found.start)
    start = _first_letter(line, beginning(line, found.start, at, is_of_mail=is_of_mail), at)
    is_one = start < at and is_personal(line[start : found.end])
    return Extent(start, found.end) if is_one else None


def _foreign(found: Candidate) -> Extent | None:
    """An address as far as its domain goes, where not all behind its sign is ASCII."""
    line = found.line
    match = _ANY_SIGN.search(line, found.start)
    sign = Sign(*match.span()) if match else None
    end = domain_end(line, sign) if sign else None
    if sign is None or end is None:
        return None
    is_of_mail = _is_of_mail(plain(line[sign.start : end]), line[end : end + 1])
    begins = beginning(line, found.start, sign.start, is_of_mail=is_of_mail)
    start = _first_letter(line, begins, sign.start)
    is_one = start < sign.start and is_personal(plain(line[start:end]))
    return Extent(start, end) if is_one else None


def _first_letter(line: bytes, start: int, at: int) -> int:
    """Return where the first letter of a local part stands: behind escapes, points and dashes."""
    if start and line[start - 1] == _BACKSLASH and line[start] in ESCAPES:
        start += 1
    while start < at and line[start] in b".'%+-":
        start += 1
    return start


def _is_of_mail(address: bytes, behind: bytes) -> bool:
    """Tell whether what stands behind the `@` is a domain of mail and no piece of code."""
    is_plain = address.rpartition(b".")[2].isascii()
    return behind not in _GOES_ON and (not is_plain or _OF_MAIL.search(address) is not None)


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
    return plain(address_in(rest) or b"")
