"""Which e-mail addresses point at a person, and the names that stand with them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from tracemill.redact.line_rules.lines import Candidate, Extent, Form, LineDetector
from tracemill.redact.protocol import Probe, Rule
from tracemill.redact.pseudonyms import USER, Pseudonyms

_DOMAIN: Final = r"(?:[0-9A-Za-z-]+\.)+(?:xn--[0-9A-Za-z-]{2,59}|[A-Za-z]{2,24})"
_LOCAL: Final = r"[0-9A-Za-z._%+'\x80-\xff-]"
"""One byte of a local part, which may be in any script (RFC 6531)."""
_ADDRESS: Final = rf"{_LOCAL}+@{_DOMAIN}"
# where a local part ends in another script, where it begins is for `_beginning` to say
_ADDRESS_PATTERN: Final = rf"(?P<secret>(?:[0-9A-Za-z._%+'-]+|[\x80-\xbf])@{_DOMAIN})"
_SIGN: Final = rf"@(?<={_LOCAL}@)[0-9A-Za-z-]++\.[0-9A-Za-z]"
_ADDRESS_PROBE: Final = Probe(rf"{_LOCAL}@[0-9A-Za-z-]+\.[0-9A-Za-z]", sign=_SIGN)

_NAMED_PATTERN: Final = (
    r"(?i)(?:^|[^0-9a-z]|\\[nrt])(?:author|committer|co-authored-by|signed-off-by|reviewed-by|acked-by"
    r"|tested-by|reported-by|suggested-by|helped-by|approved-by|cc|from|to|tagger):?[ \t]{1,8}"
    rf"(?P<secret>[^\s<>@:\"\\][^<>@:\"\\\n]{{1,60}}?)[ \t]{{1,4}}<{_ADDRESS}>"
)
_NAMED_PROBE: Final = Probe(rf" <{_LOCAL}+@[0-9A-Za-z-]+\.[0-9A-Za-z]", sign=_SIGN)
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
_ESCAPED: Final = frozenset(_ESCAPES.decode())
_BACKSLASH: Final = 0x5C
_BEYOND_ASCII: Final = 0x80
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
_LONGEST_BEFORE: Final = 448
"""A local part has at most 64 characters, each of which takes 7 bytes where it is escaped twice."""
_CHARACTER: Final = re.compile(
    rb"(?s)(?P<escape>\\{1,2}u[0-9A-Fa-f]{4})|(?P<letter>[\xc2-\xf4]?[\x80-\xbf]{1,3})|."
)
"""One character in UTF-8, or escaped as in JSON; the first may lack its beginning."""
_SIGNS: Final = frozenset("._%+'-")
_BROKEN: Final = "\ufffd"
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ufaff\uff66-\uffdc\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, Chinese, Japanese and Korean, which set no blank before an `@`."""
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
    """Return where an address begins: before its part in ASCII may stand letters of other scripts.

    Those of scripts that set no blanks between words are part of it only where its last letter is
    one, and then with all that stand before it; nor is what stands behind the `@` of another
    address part of it, for that is its host. Behind the `@` of a mention it is.
    """
    line, start = found.line, found.start
    before = line[max(0, start - 1) : start]
    if before.isascii() and before != b"\\":
        return start
    at = line.index(b"@", start)
    own = line[max(0, at - _LONGEST_BEFORE) : at].rpartition(b" ")[2]
    characters = list(_CHARACTER.finditer(own))
    may_be_unspaced = _UNSPACED.match(_told(characters[-1])) is not None
    if may_be_unspaced and own[-1] >= _BEYOND_ASCII and not _is_of_mail(found):
        return at
    begins = len(own)
    for i, each in reversed(list(enumerate(characters))):
        character = _told(each)
        if character == "@" and _ends_local(characters[:i]):
            ends = (each.end() for each in characters if each.lastgroup)
            return at - len(own) + max(ends, default=len(own))
        if not _is_local(character) or (_UNSPACED.match(character) and not may_be_unspaced):
            break
        begins = each.start()
    if not begins and len(own) == _LONGEST_BEFORE:  # its first character may be cut in two
        begins = next((each.end() for each in characters if each.lastgroup), 0)
        return min(start, at - len(own) + begins)
    return at - len(own) + begins


def _ends_local(characters: Sequence[re.Match[bytes]]) -> bool:
    r"""Tell whether a local part ends here: an `@` behind it is that of an address, not a mention.

    A script without blanks stands before a mention as well, and the last letter of `\n` is none.
    """
    before = "".join(map(_told, characters[-2:]))
    last = before[-1:]
    is_escape = before.startswith("\\") and last in _ESCAPED
    return last != "" and _is_local(last) and not _UNSPACED.match(last) and not is_escape


def _told(character: re.Match[bytes]) -> str:
    if character["escape"]:
        return chr(int(character["escape"][-4:], 16))
    return character[0].decode("utf-8", "replace")[:1]


def _is_local(character: str) -> bool:
    return (
        character.isalnum()
        or character in _SIGNS
        or character == _BROKEN
        or unicodedata.category(character).startswith("M")
    )


def _is_of_mail(found: Candidate) -> bool:
    """Tell whether what stands behind the `@` is a domain of mail and no piece of code."""
    is_code = found.line.startswith(_GOES_ON, found.end)
    return not is_code and _OF_MAIL.search(found.value) is not None


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
