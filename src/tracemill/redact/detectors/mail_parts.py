"""Where an e-mail address begins and ends that is not written in ASCII alone (RFC 6531)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple

ESCAPES: Final = b"nrtbf"
_ESCAPED: Final = frozenset(ESCAPES.decode())
_BEYOND_ASCII: Final = 0x80
_FIRST_LOOK: Final = 448
"""A local part has at most 64 characters, each of which takes 7 bytes where it is escaped twice."""
_LONGEST_LOOK: Final = 2**16
"""What is longer may be cut, between two characters: to read all of it would take too long."""
_LONGEST_DOMAIN: Final = 2_048
"""A domain has at most 253 characters."""
_CHARACTER: Final = re.compile(
    rb"(?s)(?P<escape>\\{1,2}u[0-9A-Fa-f]{4})|(?P<letter>[\xc2-\xf4]?[\x80-\xbf]{1,3})|."
)
"""One character in UTF-8, or escaped as in JSON; the first may lack its beginning."""
_SIGNS: Final = frozenset("._%+'-")
_JOINS_NAMES: Final = frozenset("._+")
_BROKEN: Final = "\ufffd"
_UNSPACED: Final = (
    ("\u0e00", "\u0eff"),
    ("\u1000", "\u109f"),
    ("\u1780", "\u17ff"),
    ("\u2e80", "\ufaff"),
    ("\uff66", "\uffdc"),
    ("\U00020000", "\U0003ffff"),
)
"""The first and last letters of Thai and Lao, Burmese, Khmer, Chinese, Japanese and Korean, which
set no blank before an `@`. As a pattern they take longer to compile than all else in here."""
_DOTS: Final = frozenset(".\u3002\uff0e\uff61")
"""What parts the labels of a domain (UTS 46)."""
_ENDING: Final = re.compile(r"xn--[0-9a-z-]{2,59}|[a-z]{2,24}", re.IGNORECASE)
_UNSPACED_ENDING: Final = re.compile(
    "中国|中國|公司|网络|網絡|网址|在线|中文网|商城|商店|网店|网站|政务|政府|公益|集团|移动|联通|机构|组织机构"
    "|我爱你|商标|慈善|香港|台湾|台灣|澳門|澳门|新加坡|游戏|娱乐|企业|世界|手机|时尚|信息|健康|广东|佛山|招聘"
    "|购物|通販|餐厅|食品|大拿|みんな|ストア|コム|セール|クラウド|ファッション|グーグル|アマゾン|ポイント"
    "|한국|닷컴|닷넷|삼성|ไทย|คอม|ລາວ"
)
"""How domains end in scripts that set no blanks between words; anything else is a sentence."""


class Sign(NamedTuple):
    """What stands between the local part and the domain, from its first byte to behind its last."""

    start: int
    end: int


def beginning(line: bytes, start: int, at: int, *, is_of_mail: bool) -> int:
    """Return where an address begins: before its part in ASCII may stand letters of other scripts.

    Those of scripts that set no blanks between words are part of it only where its last letter is
    one, and then with all that stand before it, or where a sign joins them to what is; nor is what
    stands behind the `@` of another address part of it, for that is its host. Behind the `@` of a
    mention it is.

    Args:
        line: The whole line.
        start: Where the part in ASCII begins.
        at: Where the sign behind the local part begins.
        is_of_mail: Whether the domain is that of mail: where sentences set no blanks, a decorator
            or a file, `用@app.route`, is as likely.
    """
    before = line[max(0, start - 1) : start]
    if before.isascii() and before != b"\\":
        return start
    look = _FIRST_LOOK
    while True:
        own = line[max(0, at - look) : at].rpartition(b" ")[2]
        begins = _begins(own, is_of_mail=is_of_mail)
        if begins is None:
            return at
        is_cut = begins == 0 and len(own) == look < at
        if not is_cut:
            return at - len(own) + begins
        if look >= _LONGEST_LOOK:  # its first character may be cut in two
            behind_first = next((m.end() for m in _CHARACTER.finditer(own) if m.lastgroup), 0)
            return min(start, at - len(own) + behind_first)
        look *= 8


def _begins(own: bytes, *, is_of_mail: bool) -> int | None:
    """Return where in what stands before the sign the local part begins; None where there is none.

    Only its last characters are looked at, as far as they are part of it.
    """
    characters = list(_CHARACTER.finditer(own))
    may_be_unspaced = is_unspaced(told(characters[-1]))
    if may_be_unspaced and own[-1] >= _BEYOND_ASCII and not is_of_mail:
        return None
    begins, last = len(own), ""
    for i, each in reversed(list(enumerate(characters))):
        character = told(each)
        if character == "@" and _ends_local(characters[:i]):
            return max((one.end() for one in characters if one.lastgroup), default=len(own))
        if not _is_local(character):
            break
        if is_unspaced(character) and not may_be_unspaced:
            if last not in _JOINS_NAMES or not is_of_mail:
                break
            may_be_unspaced = True
        begins, last = each.start(), character
    return begins


def domain_end(line: bytes, sign: Sign) -> int | None:
    """Return where the domain behind a sign ends; None where none is, or it is but in ASCII."""
    ends = [sign.end]
    text = ""
    for each in _CHARACTER.finditer(line, sign.end, sign.end + _LONGEST_DOMAIN):
        character = told(each)
        if not (character.isalnum() or character == "-" or _is_dot_or_mark(character)):
            break
        text += character
        ends.append(each.end())
    n_domain = _n_of_domain(text)
    is_plain = text[:n_domain].isascii() and line[sign.start : sign.end] == b"@"
    return None if n_domain == 0 or is_plain else ends[n_domain]


def _n_of_domain(text: str) -> int:
    """Return how many characters the longest domain has with which a text begins; 0 for none."""
    longest = start = 0
    for at, character in enumerate((*text, ".")):
        if character not in _DOTS:
            continue
        if at == start:
            break
        if start and (n_ending := _n_of_ending(text[start:at])):
            longest = start + n_ending
        start = at + 1
    return longest


def _n_of_ending(label: str) -> int:
    """Return how many characters of a label a domain ends with, 0 where it can not."""
    if label[0].isascii():
        ending = _ENDING.match(label)
        return ending.end() if ending else 0
    if unicodedata.name(label[0], "").startswith("LATIN"):
        return 0  # no domain ends so, but methods are called so
    if is_unspaced(label[0]):
        ending = _UNSPACED_ENDING.match(label)
        return ending.end() if ending else 0
    is_word = len(label) > 1 and not any(map(str.isdigit, label))
    return len(label) if is_word else 0


def _ends_local(characters: Sequence[re.Match[bytes]]) -> bool:
    r"""Tell whether a local part ends here: an `@` behind it is that of an address, not a mention.

    A script without blanks stands before a mention as well, and the last letter of `\n` is none.
    """
    before = "".join(map(told, characters[-2:]))
    last = before[-1:]
    is_escape = before.startswith("\\") and last in _ESCAPED
    return last != "" and _is_local(last) and not is_unspaced(last) and not is_escape


def told(character: re.Match[bytes]) -> str:
    """Return what one match of a character says."""
    if character["escape"]:
        return chr(int(character["escape"][-4:], 16))
    return character[0].decode("utf-8", "replace")[:1]


def plain(address: bytes) -> bytes:
    """Return an address without escapes, and with ordinary letters for full-width ones."""
    if address.isascii() and b"\\" not in address:
        return address
    text = "".join(map(told, _CHARACTER.finditer(address)))
    safe = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unicodedata.normalize("NFKC", safe).encode()


def is_unspaced(character: str) -> bool:
    """Tell whether a character is of a script that sets no blanks between words."""
    return any(first <= character <= last for first, last in _UNSPACED)


def _is_dot_or_mark(character: str) -> bool:
    return character in _DOTS or unicodedata.category(character).startswith("M")


def _is_local(character: str) -> bool:
    return (
        character.isalnum()
        or character in _SIGNS
        or character == _BROKEN
        or unicodedata.category(character).startswith("M")
    )
