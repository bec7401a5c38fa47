"""The last word on what a pattern matched, one function for each kind of context."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from tracemill.redact.line_rules.code_places import BEFORE_VALUE, is_of_code
from tracemill.redact.line_rules.harmless import is_harmless, is_mark
from tracemill.redact.line_rules.lines import Candidate, Extent, Judge, compile_bytes, whole
from tracemill.redact.line_rules.people import PEOPLE_JUDGES
from tracemill.redact.line_rules.pieces import PIECE_JUDGES
from tracemill.redact.rules import JudgeName, LineRule
from tracemill.redact.wording import values
from tracemill.redact.wording.accents import is_unspaced
from tracemill.redact.wording.words import has_abbreviation, is_made_up_word, word_share

_TRAILING: Final = b".,;:?'\"`)]}>\\"
_SETTING: Final = re.compile(rb"[ \t]*[A-Za-z_][0-9A-Za-z_.-]*[ \t]*[:=][ \t]+\Z")
_QUOTES: Final = b"\"'`"
_COMMAND_WITH_USER: Final = re.compile(
    rb"(?i)\b(?:curl|wget|https?|httpie|xh|openssl|etcdctl|skopeo)\b"
)
_VERDICT: Final = re.compile(rb"PASS[ \t]*:[ \t]*\Z")
_FALLBACK: Final = b":"
_FILE_BEHIND: Final = re.compile(
    rb"\.(?:[cm]?jsx?|tsx?|css|map|html?|json|png|svg|jpe?g|gif|webp|woff2?|wasm|whl|parquet)\b"
)
"""What stands behind the hash in the name of a file that a bundler has made."""
_LONG_SIGNATURE: Final = 128
_SIGNATURE: Final = re.compile(rb"(?i)signature\\{0,3}[\"']\\?[ \t]*:")
_VARIABLE: Final = re.compile(rb"[A-Z0-9_-]*=[\"']?\Z")
_NUMBER: Final = re.compile(rb"\d+\Z")
_SHORT_NUMBER: Final = re.compile(rb"\d{1,5}\Z")
_EXAMPLE: Final = re.compile(rb"(?i)example|xxxxxx|your[-_]")
_IN_COOKIE: Final = r"(?i)cookie|\bcurl\b.* -b "
"""For RE2, which reads a line once, however many commands stand in it."""
_DEFAULTS: Final = frozenset(
    b"pass password passwd secret pw pwd postgres root admin guest".split()
)
_PASSWORD_DATA: Final = re.compile(rb"(?i)pass|psk|pw\W|masterauth|\bauth")
_HASH_NAME: Final = re.compile(
    rb"(?i)hash|sha|md5|digest|integrity|(?:check|\b)_?sums?\b|etag|(?:^|[^a-z])id|[_-]id|Id[\"'\s:=]|uuid|guid|sig|cursor|nonce"
    rb"|state|thinking|data|image|icon|blob|version|rev|ref|commit|chunk|content|encrypted|url|path|file|src"
)
_HASH: Final = re.compile(rb"(?i)(?:[0-9a-f]+|[0-9a-f-]{36}|sha[0-9]{1,3}[-:].*)\Z")
_ALPHABETS: Final = (b"abcdefghijklmnopqrst", b"ABCDEFGHIJKLMNOPQRST")
_EACH_KIND: Final = re.compile(rb"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9].*[0-9])")
_SURE_ENTROPY: Final = 4.2
_SURE_SHARE: Final = 0.25
_RUNS: Final = re.compile(rb"[0-9A-Za-z]+")
_LEAST_RUN: Final = 16
_ID_PREFIX: Final = re.compile(
    rb"(?i)(?:toolu|srvtoolu|[a-z]{2,8}_msg|msg|message|call|chatcmpl|cmpl|resp|rs|fc|req|request|run|thread|asst|file|org|proj"
    rb"|project|evt|event|cus|sub|price|prod|acct|pi|ch|in|seti|step|batch|session|conv|gen|trace|span"
    rb"|job|task|vs|ws|rev|sha[0-9]*|md5|build|commit|img|image|ca|cache|node|item|id|uuid|pk|pub|public|link|user"
    rb"|cmp|[a-z]{2,4}(?=_0[0-9a-f]{49}(?![0-9a-z])))[_-]|[a-z]{1,5}_kw"
)
_TELLS: Final = re.compile(
    rb"(?i)(?:\bwith|\busing|\bis|\bwas|\bist|\blautet|\bes|\best|[:=])[ \t]"
    rb"|\b(?:passphrase|to)[ \t]+[\"'`]"
)
_BEFORE_TELLING: Final = 8
_OPENED: Final = re.compile(rb"[\[(>][\"'`*]*\Z")
"""A bracket or a mark of HTML, in which mostly stands what is said of a password."""
_SIGNED: Final = re.compile(
    rb"(?!.*(?:[Aa]-[Zz]|0-9)|[\w.+-]+@[\w.-]+\Z|.*#\d+\Z)[^/=,;|]*[!#$%&*?@^][^/=,;|]*\Z"
)
"""No range of signs, address, number of an issue, or one of several words."""
_MADE_UP_SHARE: Final = 0.4
_GROUPED_SHARE: Final = 0.5
_MADE_UP_DIGITS_SHARE: Final = 0.75
_GOES_ON: Final = re.compile(rb"[0-9A-Za-z/@(+%\[]|\.[0-9A-Za-z]|:[0-9A-Za-z/]")
_FILE_ENDING: Final = re.compile(rb"\.[a-z][a-z0-9]{0,7}\Z")
_SHAPED_ENTROPY: Final = 3.6
_LONG_RUN: Final = 32
_NO_TOKEN_NAME: Final = re.compile(
    rb"(?i)(?:\bid|_id|key|hash|sha\d*|digest|ref|name|branch|tag|image|file|path|cache|etag|content"
    rb"|cursor|boundary)[\"']?[ \t]*[:=][ \t]*[\"']?\Z"
)
_WORD_GOES_ON: Final = re.compile(rb"[0-9A-Za-z_]")
_JOINTS: Final = b"_.-"
_LONGEST_NAME: Final = 24
_SHORTEST_CREDENTIAL: Final = 8
_LONGEST_PASSWORD: Final = 64
_LONGEST_VALUE: Final = 8_192
"""Longer values are data; the limit also bounds what the checks of values take."""


def longest_of(rule: LineRule) -> int | None:
    """Return how many bytes a value has at most that the judge of a rule confirms, if it asks."""
    return None if rule.judge == "token" else _LONGEST_VALUE


def judge_of(rule: LineRule) -> Judge:
    """Return the judge that a rule names."""
    if rule.judge == "token":
        return lambda found: _token(found, rule.entropy)
    judge = _JUDGES[rule.judge]
    return lambda found: None if _is_open(found, rule.judge) else judge(found)


def _is_open(found: Candidate, judge: JudgeName) -> bool:
    return len(found.value) > _LONGEST_VALUE or is_harmless(found, judge)


def _trimmed(found: Candidate) -> Candidate:
    """Return the candidate without what closes the sentence or the bracket around it."""
    if found.name[-1:] in _QUOTES or _is_line_of_settings(found):
        return found
    return found.until(found.start + len(found.value.rstrip(_TRAILING)))


def _is_line_of_settings(found: Candidate) -> bool:
    """Tell whether a line says nothing but `name: value?`, where the sign belongs to the value."""
    ends_whole = found.end == len(found.line) and found.value[-1:] == b"?"
    return ends_whole and _SETTING.match(found.line[: found.start]) is not None


def _token(found: Candidate, least_entropy: float) -> Extent | None:
    """A token has its own form; it is none where it says `example`, or is a name in code."""
    value = found.value
    # bytes of so few kinds tell no more bits than that
    if len(set(value)) < 2**least_entropy:
        return None
    if values.entropy(value) < least_entropy or _EXAMPLE.search(value):
        return None
    is_name = values.is_camel(value.translate(None, _JOINTS)[-_LONGEST_NAME:])
    return None if is_name else whole(found)


def _assigned(found: Candidate) -> Extent | None:
    """A value stands to its name; `PASS: TestX` is no password."""
    if values.is_public(found.context) or _is_verdict(found) or is_of_code(found):
        return None
    found = _trimmed(_without_dash(found))
    is_signature = len(found.value) > _LONG_SIGNATURE and _SIGNATURE.match(found.name)
    if is_signature or is_mark(found) or values.is_address(found.context, found.value):
        return None
    is_secret = values.is_secret(found.name, found.value)
    return whole(found) if is_secret or _is_of_variable(found) else None


def _is_verdict(found: Candidate) -> bool:
    """Tell whether `PASS:` stands alone, as tests print it."""
    if not _VERDICT.match(found.name):
        return False
    return not (found.first and _WORD_GOES_ON.match(found.line, found.first - 1))


def _without_dash(found: Candidate) -> Candidate:
    """Return the candidate without the sign of `${NAME:-default}` or `${NAME:+other}`."""
    is_default = found.name[-1:] == _FALLBACK and found.value[:1] in (b"-", b"+", b"?")
    return Candidate(found.line, found.first, found.start + is_default, found.end)


def _is_of_variable(found: Candidate) -> bool:
    """Tell whether a value is secret because a variable of the environment holds it."""
    if not _VARIABLE.match(found.name):
        return False
    is_word = values.is_password_name(found.name) and is_made_up_word(found.value)
    return values.is_opaque(found.value) or (is_word and not values.is_placeholder(found.value))


def _loose(found: Candidate) -> Extent | None:
    """Where the context promises little, the value must look random."""
    found = _trimmed(found)
    if values.is_placeholder(found.value) or values.is_public(found.context) or is_of_code(found):
        return None
    if _FILE_BEHIND.match(found.line, found.end):
        return None
    checks = (values.is_random, values.is_key, values.is_long_number)
    return whole(found) if any(check(found.value) for check in checks) else None


def _is_code(found: Candidate) -> bool:
    is_password = values.is_password_name(found.name)
    return (values.is_password_code if is_password else values.is_code)(found.value)


def _told(found: Candidate) -> Extent | None:
    """Beside a name, a key or a password that is no word."""
    value = found.value
    if values.is_noise(value):
        return whole(found)
    if values.is_placeholder(value) or values.is_public(found.context) or _is_code(found):
        return None
    is_password = values.is_password_name(found.name) and values.is_made_up(value)
    is_key = values.is_key(value) or values.is_random(value)
    return whole(found) if is_password or is_key else None


def _noise(found: Candidate) -> Extent | None:
    """Where code may stand as well, only a value of all signs of a keyboard is a key."""
    return whole(found) if values.is_noise(found.value) else None


def _grouped(found: Candidate) -> Extent | None:
    """Groups of letters are a password where together they make no words."""
    value = found.value.replace(b" ", b"")
    is_words = word_share(value) >= _GROUPED_SHARE or has_abbreviation(found.value)
    return None if is_words else whole(found)


def _paired(found: Candidate) -> Extent | None:
    """A value that stands beside its name is judged by it."""
    if values.is_noise(found.value):
        return whole(found)
    found = _trimmed(found)
    name = found.name
    if values.is_public(name) or _is_code(found):
        return None
    is_key = values.is_key(found.value) or values.is_random(found.value)
    is_secret = is_key or (values.is_password_name(name) and values.is_made_up(found.value))
    return whole(found) if is_secret and not values.is_placeholder(found.value) else None


def _told_password(found: Candidate) -> Extent | None:
    found = _trimmed(found)
    is_plain = values.is_placeholder(found.value) or values.is_password_code(found.value)
    return None if is_plain or not values.is_made_up(found.value) else whole(found)


def _handed(found: Candidate) -> Extent | None:
    """A command takes words too; only what is no word is a secret."""
    value = found.value
    is_plain = values.is_placeholder(value) or values.is_words(value)
    if is_plain or values.is_password_code(value):
        return None
    return whole(found) if values.is_made_up(value) or values.is_key(value) else None


def _key_data(found: Candidate) -> Extent | None:
    value = found.value
    if values.is_placeholder(value) or values.is_words(value):
        return None
    if values.is_key(value) or values.is_random(value):
        return whole(found)
    is_password = _PASSWORD_DATA.search(found.name) and not values.is_password_code(value)
    return whole(found) if is_password and values.is_made_up(value) else None


def _header(found: Candidate) -> Extent | None:
    """What stands behind `Bearer` is a credential unless it is words or code."""
    if is_of_code(found):
        return None
    found = _trimmed(found)
    is_long = len(found.value) >= _SHORTEST_CREDENTIAL
    return whole(found) if is_long and not _is_ordinary(found.value) else None


def _command(found: Candidate) -> Extent | None:
    value = found.value
    is_plain = values.is_placeholder(value) or values.is_words(value)
    return None if is_plain or values.is_password_code(value) else whole(found)


def _is_ordinary(value: bytes) -> bool:
    return values.is_placeholder(value) or values.is_words(value) or values.is_code(value)


def _url(found: Candidate) -> Extent | None:
    """A password in an address may be words, but not those that everybody uses."""
    value = found.value
    user = found.name.rsplit(b"/", 1)[-1].rstrip(b":")
    is_default = value.lower() in _DEFAULTS or value == user or _SHORT_NUMBER.match(value)
    return None if is_default or values.is_placeholder(value) else whole(found)


def _user(found: Candidate) -> Extent | None:
    """`-u` takes a password in commands that fetch; elsewhere it takes a group."""
    is_name = _NUMBER.match(found.value) is None
    return _url(found) if is_name and _has_command_with_user(found.line) else None


# a line may hold many candidates, and is read once for all of them
@lru_cache(1)
def _has_command_with_user(line: bytes) -> bool:
    return _COMMAND_WITH_USER.search(line) is not None


def _option(found: Candidate) -> Extent | None:
    """What begins with a hyphen is the next option."""
    return None if found.value.startswith(b"-") else _assigned(found)


def _cookie(found: Candidate) -> Extent | None:
    return _loose(found) if _is_about_cookies(found.line) else None


@lru_cache(1)
def _is_about_cookies(line: bytes) -> bool:
    return compile_bytes(_IN_COOKIE).search(line) is not None


def _any(found: Candidate) -> Extent | None:
    """Only what cannot be a hash, an id, a path or words is a key by itself."""
    value = found.value
    is_named = _HASH_NAME.search(found.name) or values.is_public(found.name)
    is_known = is_named or _HASH.match(value) or any(each in value for each in _ALPHABETS)
    if is_known or values.is_placeholder(value):
        return None
    has_all = _EACH_KIND.match(value) is not None
    is_key = values.entropy(value) >= _SURE_ENTROPY and word_share(value) < _SURE_SHARE
    return whole(found) if has_all and is_key and values.is_random(value) else None


def _prefixed(found: Candidate) -> Extent | None:
    """A long random run behind a short prefix is a token, unless the prefix is one of ids."""
    value = found.value
    run = max(_RUNS.findall(value), key=len)
    if len(run) < _LEAST_RUN or _ID_PREFIX.match(value) or _EXAMPLE.search(value):
        return None
    return whole(found) if values.is_random(run) and not values.is_placeholder(value) else None


def _shaped(found: Candidate) -> Extent | None:
    """Behind a short prefix, only a run that a machine has drawn is a token, and no file or id."""
    value = found.value
    if _GOES_ON.match(found.line, found.end) or _ID_PREFIX.match(value):
        return None
    if _EXAMPLE.search(value) or _FILE_ENDING.search(value):
        return None
    if found.start <= BEFORE_VALUE and found.line[: found.start].strip() == b"--":
        return None  # what sets the parts of a message apart
    run = max(_RUNS.findall(value), key=len)
    if values.is_placeholder(value) or word_share(value) >= _SURE_SHARE:
        return None
    is_mixed = _EACH_KIND.match(run) is not None and values.entropy(run) >= _SHAPED_ENTROPY
    is_long = len(run) >= _LONG_RUN and values.is_key(run)
    if not (is_mixed or is_long) or _NO_TOKEN_NAME.search(found.context):
        return None
    return whole(found)


def _prose(found: Candidate) -> Extent | None:
    """In a sentence, only a word with digits and other signs or capitals is a password."""
    if is_of_code(found):
        return None
    found = _trimmed(found)
    value = found.value
    is_sentence = len(value) > _LONGEST_PASSWORD or is_unspaced(value)
    if is_sentence or values.is_placeholder(value) or values.is_password_code(value):
        return None
    is_typed = values.is_typed(value)
    if _OPENED.search(found.line, max(0, found.start - _BEFORE_TELLING), found.start):
        return whole(found) if is_typed and _SIGNED.match(value) else None
    is_told = _TELLS.search(found.line[max(0, found.first - _BEFORE_TELLING) : found.start])
    return whole(found) if is_typed or (is_told and _is_made_up(value)) else None


def _is_made_up(value: bytes) -> bool:
    """Tell whether a word of a sentence is none: scrambled, or several words joined."""
    if value.count(b"-") >= values.PASSPHRASE_HYPHENS:
        return True
    if values.is_made_up(value) and word_share(value) < _MADE_UP_DIGITS_SHARE:
        return True
    has_cases = value != value.lower() and value[1:] != value[1:].lower()
    return has_cases and word_share(value) < _MADE_UP_SHARE


_JUDGES: Final[Mapping[JudgeName, Judge]] = {
    **PEOPLE_JUDGES,
    **PIECE_JUDGES,
    "assigned": _assigned,
    "loose": _loose,
    "header": _header,
    "url": _url,
    "user": _user,
    "command": _command,
    "option": _option,
    "cookie": _cookie,
    "prose": _prose,
    "prefixed": _prefixed,
    "paired": _paired,
    "told-password": _told_password,
    "handed": _handed,
    "key-data": _key_data,
    "told": _told,
    "noise": _noise,
    "grouped": _grouped,
    "shaped": _shaped,
    "any": _any,
}
