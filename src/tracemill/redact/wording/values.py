"""Tell a secret from the code, words and placeholders that stand where secrets stand.

`password = hash_password(pw)`, `token: str`, `"LABEL_PASSWORD": "Passwort"` and
`api_key=os.environ["X"]` all have the form of an assignment. What decides is the value:
how random it is, against how much its name promises.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import log2
from typing import Final

import re2

from tracemill.redact.wording import code_forms
from tracemill.redact.wording.accents import is_language, unescaped
from tracemill.redact.wording.words import (
    is_jumbled,
    is_made_up_number,
    is_made_up_word,
    is_mixed_up,
    is_signed,
    word_share,
)

_BYTES: Final = re2.Options()
_BYTES.encoding = re2.Options.Encoding.LATIN1
_PLACEHOLDER: Final = re2.compile(
    rb"(?i)^[<$%*{\[(#&?|]|\$\{|\{\{|\}\}|%\(|\.\.\.|x{4,}|\*{3,}|<[a-z]|your|example|placeholder"
    rb"|redacted|change[_-]?me|replace|insert|dummy|fixme|todo|(?:^|[_-])(?:test|fake|mock|sample)[_-]"
    rb"|\[secret:|(?-i:\xe2\x80[\xa6\xa2])|environ|process\.env|secrets\.|getenv|localhost|lorem",
    options=_BYTES,
)
_KNOWN_WORDS: Final = frozenset(
    b"""password passwd passphrase pass pwd secret token apikey api_key none null nil true false
    undefined string str bytes bool boolean int integer number object required optional default
    value changeit admin root guest postgres mysql redis user username test testing hidden masked
    credentials basic bearer digest oauth oauth2 jwt env keyring vault file prompt ask unset
    password123 xxx abc123 foobar""".split()
)
_CODE: Final = re.compile(
    rb"[(){}\[\]<>]|=>|::|->|\A\+\+|\+\+(?:\W|\Z)|&&|\|\||==.|;\s|\\|\A[0-9a-z.]+,[A-Za-z_$]+:"
    rb"|\A[a-z][a-z-]*@v\d+(?:\.\d+){0,2}\Z"
)
_CODE_IN_QUOTES: Final = re.compile(
    rb"\w\([^()]*\)|=>|\$\{|\{\{|\$\(|%[sd]|\\|\s[|&=<>]{1,2}\s|\{[\w.]*\}"
    rb"|\[\^?(?:0-9|[aA]-[zZ])[^\[\]]*\]|\A[A-Za-z]{2,8}:\Z"
)
_PATTERN: Final = re.compile(rb"\[\^?(?:0-9|[aA]-[zZ])[^\[\]]*\]")
_ATTRIBUTE: Final = re.compile(
    rb"^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+$|^!{0,2}(?:[A-Za-z_$]+)?(?:\??\.[A-Za-z_$]+)+$"
)
_JOINED: Final = re.compile(rb"[A-Za-z]?[a-z]{2,13}\.[A-Za-z]?[a-z]{2,13}\d{1,4}[!?$#%&*]?\Z")
_IN_CODE: Final = re.compile(
    rb"(?i)pass|pwd|secret|token|key|cred|auth|hash|crypt|encod|value|field|input|text|data|param|config|setting"
    rb"|\b(?:self|this|cls|user|args|opts|options|form|req|request|env|props|state|obj|ctx|context|app|db|conf"
    rb"|cfg|account|event|response|result|fixture|faker|random|utils|test|example|string|model|client|values)"
)
_WORDS: Final = re.compile(rb"^[A-Za-z]{2,}(?:[ _.:/@-][A-Za-z]{2,})*$")
_CAMEL: Final = re.compile(rb"^[a-z]{2,}(?:[A-Z][a-z]+)+[A-Z]?$|^(?:[A-Z][a-z]+){2,}$")
_CONSTANT: Final = re.compile(rb"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$")
_ROOTED: Final = re.compile(
    rb"^(?:\.{0,2}/|~/|[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]{1,12}://)"
    rb"|(?:^|[^0-9A-Za-z])[/-](?:home|Users)[/-]"
)
_BASE64: Final = re.compile(rb"/[0-9A-Za-z+/]{18,}={1,2}\Z")
_PLAIN_PART: Final = re.compile(rb"^@?(?:[a-z_.-]{0,24}\d{0,4}[a-z_.-]{0,24}|[A-Z][A-Za-z]{2,24})$")
_TYPED: Final = re.compile(
    rb"(?=.*\d)(?:.*[^0-9A-Za-z_.-]|(?=.*\d.*\d).*[a-z].*[A-Z]|(?=.*\d.*\d).+[A-Z].*[a-z]|[A-Z].*\d{4}"
    rb"|(?=.*[A-Z]).*[A-Za-z]\d{1,2}[a-z].*[._-]\d{2}|[A-Z][a-z]+[._-]\d{2,}[a-z]{3,}[_-]\Z)"
)
_DIGITS_BEHIND: Final = re.compile(
    rb"(?=.{8})(?:[A-Za-z]+(?:[._-][A-Za-z]+)?[0-9]{2,6}|[a-z]{3,}[0-9]{1,4}[a-z]{3,}"
    rb"|(?:[a-z]{3,12}-){2}[0-9]{2,4})\Z"
)
_ONE_DIGIT: Final = re.compile(rb"(?=.{8})(?=.*[a-z])(?=.*[A-Z])[A-Za-z]*[._-]?[0-9][A-Za-z]*\Z")
_SAYS_PASSWORD: Final = re.compile(
    rb"(?i)(?:passw(?:or)?d|pwd)[\"'\])]*[ \t]*(?:[:=]|=>|:=)[ \t]*[\"'`]\Z"
)
_LONG_NUMBER: Final = re.compile(rb"^\d{20,80}$")
_PASSWORD_NAME: Final = re.compile(rb"(?i)pass|pwd|pw\b|kennwort|senha|contrase")
_PUBLIC_NAME: Final = re2.compile(
    rb"(?i)public(?:[^ \t$]|\z|[ \t]+(?:key|id|token|ssh|api|rsa|gpg|client|site|dsn|cert))"
    rb"|publishable|fingerprint|thumbprint|(?:page|next|continuation|sync|resume)[_-]?token"
    rb"|(?:rsa|dsa|gpg|pgp|restored from|saved with|hit for|input)[ _-]key"
    rb"|(?:cache|sort|partition|primary|foreign|hot|object|row|group|route|idempotency|session"
    rb"|parent|storage|query|index|lookup|dedup|sub|map|site)[ _-]?key",
    options=_BYTES,
)
_RUN: Final = re.compile(rb"[A-Z]?[a-z]+|[A-Z]+|\d+")

_TYPED_LENGTH: Final = 10
_SCRAMBLED_LENGTH: Final = 20
_SCRAMBLED_SHARE: Final = 0.25
_PASSWORD_SHARE: Final = 0.5
_ODD_SIGNS: Final = 5
_NOISE_LENGTHS: Final = range(40, 201)
_NOISE_SIGNS: Final = 6
_IN_ORDER: Final = re.compile(rb"(?i)\(\?|a-z|0-9|abcdef|qwerty|12345|!@#\$|  | \| |https?:")
"""What patterns, alphabets, lines of code and addresses hold, and no key that was drawn."""

LETTERS: Final = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
DIGITS: Final = frozenset(b"0123456789")
_QUOTES: Final = b"\"'`"

_PARTS: Final = re.compile(rb"[0-9A-Za-z]{12,}")
_HEX_KEY: Final = re.compile(rb"(?i)(?=.*[a-f])[0-9a-f]{20,128}\Z")
_OPAQUE: Final = re.compile(rb"(?=.*[0-9])(?=.*[A-Za-z])[0-9A-Za-z_.+/=~-]{16,200}\Z")
_SHORT_OPAQUE: Final = re.compile(rb"(?=.*[0-9])(?=.*[A-Z])(?=.*[a-z])[0-9A-Za-z]{10,15}\Z")
_LONG_HEX: Final = re.compile(rb"(?:^|[_.-])[0-9a-f]{30,128}\Z")
_STAMP: Final = re.compile(rb"\d{8}[T_-]?\d{4,6}")
_ID: Final = re.compile(
    rb"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z|(?:[0-9A-Z]{7}-){3}[0-9A-Z]{7}\Z"
)
_NAMED_ID: Final = re.compile(
    rb"(?![a-z:_-]*(?:key|token|secret|passw|pwd|cred|auth))"
    rb"(?:[a-z]{2,16}(?:[_-][a-z]{2,16}){0,3}:){2,6}[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z"
)
_SECRET_NAME: Final = re.compile(
    rb"(?i)(?:api|access|private|auth|signing|encryption|master)[ _-]?key|secret|token|passw"
)
_KEY_LETTERS: Final = 2
_RUN_DIGITS: Final = 3
_SURE_SHARE: Final = 0.25
_KEY_DISTINCT: Final = 6
_LEAST_DISTINCT: Final = 3
_KEY_LENGTH: Final = 16
_SHORT_KEY_LENGTH: Final = 10
_KEY_ENTROPY: Final = 3.0
_SHORT_KEY_ENTROPY: Final = 2.8
_KEY_DIGITS: Final = 2
_KEY_RUN: Final = 2.8  # characters in a row of one kind, on average: names have more
_PASSWORD_LENGTHS: Final = range(4, 201)
PASSPHRASE_HYPHENS: Final = 3


def entropy(text: bytes) -> float:
    """Return the bits per byte that the distribution of bytes in `text` tells."""
    n = len(text)
    counts = map(text.count, dict.fromkeys(text))
    return -sum(c / n * log2(c / n) for c in counts) if n else 0.0


def is_placeholder(value: bytes) -> bool:
    """Tell whether a value says that it stands for another."""
    return (
        _PLACEHOLDER.search(value) is not None
        or value.lower() in _KNOWN_WORDS
        or len(set(value)) < _LEAST_DISTINCT
    )


def is_code(value: bytes) -> bool:
    """Tell whether a value without quotes is an expression, a name, a path or a number."""
    return (
        _CODE.search(value) is not None
        or code_forms.is_number(value)
        or _is_path(value)
        or (_ATTRIBUTE.match(value) is not None and not _is_uneven(value) and not _has_run(value))
    )


def is_password_code(value: bytes) -> bool:
    """Tell the same of what a name says to be a password: two words and a number are one."""
    is_joined = _JOINED.match(value) is not None and not _IN_CODE.search(value)
    return not is_joined and is_code(value)


def _has_run(value: bytes) -> bool:
    """Tell whether a part of a dotted value is too long and mixed for a name."""
    parts = [part for part in value.split(b".") if len(part) >= _SCRAMBLED_LENGTH]
    return any(_n_digits(part) >= _RUN_DIGITS and word_share(part) < _SURE_SHARE for part in parts)


def _is_odd(value: bytes) -> bool:
    """Tell whether a value is full of signs and brackets that close nothing, as no code is."""
    if len(value) not in _PASSWORD_LENGTHS:
        return False
    is_odd = len(_signs(value)) > _ODD_SIGNS and not (
        _PATTERN.search(value) or code_forms.is_settings(value)
    )
    return is_odd and b" " not in value and not _is_closed(value)


def is_noise(value: bytes) -> bool:
    """Tell whether a value is drawn from every sign of a keyboard, as keys of web sites are."""
    if len(value) not in _NOISE_LENGTHS or len(_signs(value)) < _NOISE_SIGNS:
        return False
    is_text = not value.isascii() or _IN_ORDER.search(value) is not None
    return not is_text and _n_digits(value) > 1 and word_share(value) < _SCRAMBLED_SHARE


def _signs(value: bytes) -> set[int]:
    return {c for c in value if c not in LETTERS and c not in DIGITS}


def _is_closed(value: bytes) -> bool:
    """Tell whether every bracket is closed by its like."""
    brackets = bytes(c for c in value if c in b"()[]{}")
    before = b""
    while brackets != before:
        before = brackets
        brackets = before.replace(b"()", b"").replace(b"[]", b"").replace(b"{}", b"")
    return not brackets


def _is_quoted_code(value: bytes) -> bool:
    return not _is_odd(value) and (
        _CODE_IN_QUOTES.search(value) is not None
        or value[-1:] in (b"(", b"[", b"{")
        or code_forms.is_setting(value)
        or code_forms.is_number(value)
        or _is_path(value)
    )


def _is_path(value: bytes) -> bool:
    if _ROOTED.search(value):
        return _BASE64.match(value) is None
    if code_forms.is_urn(value):
        return not any(map(_is_drawn, _PARTS.findall(value)))
    parts = value.split(b"/")
    return len(parts) > 1 and all(_PLAIN_PART.match(part) for part in parts)


def is_words(value: bytes) -> bool:
    """Tell whether a value is made of words: an identifier, a label or a sentence."""
    return (
        (_WORDS.match(value) is not None and not _is_uneven(value) and _is_mostly_words(value))
        or is_camel(value)
        or _CONSTANT.match(value) is not None
        or b" " in value
        or is_language(value)
    )


def is_camel(value: bytes) -> bool:
    """Tell whether a value is words written together, or in lower case without a digit."""
    return _CAMEL.match(value) is not None or (value.isalpha() and value.islower())


def _is_uneven(value: bytes) -> bool:
    """Tell whether cases and digits change as often as in a key, and not as in names."""
    runs = _RUN.findall(value)
    return len(value) >= _KEY_LENGTH and bool(runs) and len(value) / len(runs) < _KEY_RUN


def is_random(value: bytes) -> bool:
    """Tell whether a value can hardly be anything but a key: long, mixed and not of words."""
    if len(value) < _KEY_LENGTH or is_words(value) or is_code(value):
        return False
    if entropy(value) < _KEY_ENTROPY:
        return False
    is_mixed = _n_digits(value) >= _KEY_DIGITS or _is_uneven(value) or _is_scrambled(value)
    if not is_mixed:
        return False
    return not _is_mostly_words(value)


def is_key(value: bytes) -> bool:
    """Tell whether a value has a part that a machine has drawn: who asks knows what it is for."""
    if is_placeholder(value) or len(value) < _KEY_LENGTH or _STAMP.match(value):
        return False
    if _HEX_KEY.match(value) or _ID.match(value) or _LONG_HEX.search(value):
        return True
    if is_words(value) or is_code(value) or _is_mostly_words(value):
        return False
    return any(_is_drawn(part) for part in _PARTS.findall(value))


def _is_drawn(part: bytes) -> bool:
    if _HEX_KEY.match(part):
        return True
    n_digits = _n_digits(part)
    is_mixed = n_digits >= _KEY_DIGITS and len(part) - n_digits >= _KEY_LETTERS
    is_drawn = is_mixed or _is_uneven(part) or _is_letters(part)
    return is_drawn and len(set(part)) >= _KEY_DISTINCT


def _is_letters(part: bytes) -> bool:
    """Tell whether nearly nothing but letters makes a key, since they make no words."""
    return len(part) >= _SCRAMBLED_LENGTH and word_share(part) < _SCRAMBLED_SHARE


def is_opaque(value: bytes) -> bool:
    """Tell whether a value says nothing to people: behind `API_TOKEN=` that is enough."""
    is_form = _OPAQUE.match(value) is not None or _SHORT_OPAQUE.match(value) is not None
    if not is_form or is_placeholder(value) or is_words(value):
        return False
    return not (_is_path(value) or code_forms.is_number(value) or _is_mostly_words(value))


def is_long_number(value: bytes) -> bool:
    """Tell whether a value has more digits than anything that people count."""
    return _LONG_NUMBER.match(value) is not None


def is_id(value: bytes) -> bool:
    """Tell whether a value has the form of a UUID, as most ids and some keys have."""
    return _ID.match(value) is not None


def _is_scrambled(value: bytes) -> bool:
    """Tell whether letters alone make a key: long, in both cases, and no words."""
    has_cases = value != value.lower() and value != value.upper()
    return len(value) >= _SCRAMBLED_LENGTH and has_cases and word_share(value) < _SCRAMBLED_SHARE


def _is_mostly_words(value: bytes) -> bool:
    return 2 * word_share(value) >= 1


def _n_digits(value: bytes) -> int:
    return sum(c in DIGITS for c in value)


def is_password(value: bytes, *, is_quoted: bool) -> bool:
    """Tell whether a value that is named a password may be one."""
    if len(value) not in _PASSWORD_LENGTHS:
        return False
    if _is_quoted_code(value) if is_quoted else is_password_code(value):
        return False
    if value.count(b"-") >= PASSPHRASE_HYPHENS and _WORDS.match(value):
        return True
    if is_quoted and len(value) >= _TYPED_LENGTH and word_share(value) < _PASSWORD_SHARE:
        return not is_language(value) and b" " not in value
    return is_jumbled(value) or (not is_words(value) and any(c not in LETTERS for c in value))


def is_public(name: bytes) -> bool:
    """Tell whether a name says that its value may be known."""
    return _PUBLIC_NAME.search(name) is not None


def is_typed(value: bytes) -> bool:
    """Tell whether a word is a made-up password: it has digits, and signs or both cases."""
    return _TYPED.match(value) is not None


def is_made_up(value: bytes) -> bool:
    """Tell the same where a name promises a password: letters with digits behind are one too."""
    is_drawn = is_jumbled(value) or is_mixed_up(value)
    if is_drawn or is_typed(value) or _DIGITS_BEHIND.match(value):
        return True
    return _ONE_DIGIT.match(value) is not None and word_share(value) < _PASSWORD_SHARE


def is_address(name: bytes, value: bytes) -> bool:
    """Tell whether an id tells what it is of, `agent:main:subagent:…`, as keys of stores do.

    Where it says that it is of a secret, or its name says plainly that it is one, it is none but
    where it repeats its name: `"access_token": "access-123"`.
    """
    is_secret = is_secret_name(name)
    is_named = _NAMED_ID.match(value) is not None and not is_secret
    return is_named or code_forms.is_counted(value, name, is_secret=is_secret)


def is_secret_name(name: bytes) -> bool:
    """Tell whether a name says plainly that its value lets one in, as `session_key` does not."""
    return _SECRET_NAME.search(name) is not None


def is_password_name(name: bytes) -> bool:
    """Tell whether a name is that of a password, which people make up."""
    return _PASSWORD_NAME.search(name) is not None


def is_secret(name: bytes, value: bytes) -> bool:
    """Tell whether `value`, assigned by the text `name`, is a secret."""
    is_quoted = name[-1:] in _QUOTES
    value = unescaped(value)
    is_made_up_alone = is_made_up_word(value) or is_made_up_number(value)
    if is_quoted and is_made_up_alone and _SAYS_PASSWORD.search(name):
        return True
    return _is_secret(value, is_named_password=is_password_name(name), is_quoted=is_quoted)


@lru_cache(4_096)
def _is_secret(value: bytes, *, is_named_password: bool, is_quoted: bool) -> bool:
    is_odd = _is_odd(value) and value[-1:] not in (b"(", b"[", b"{")
    if is_quoted and (is_odd or is_noise(value)):
        return True
    if is_placeholder(value):
        return False
    if is_named_password:
        return is_password(value, is_quoted=is_quoted)
    if code_forms.is_algorithm(value):
        return False
    if is_random(value) or is_key(value) or is_signed(value) or is_long_number(value):
        return True
    return len(value) >= _SHORT_KEY_LENGTH and _is_mixed(value, is_quoted=is_quoted)


def _is_mixed(value: bytes, *, is_quoted: bool) -> bool:
    if is_words(value) or (_is_quoted_code(value) if is_quoted else is_code(value)):
        return False
    return _n_digits(value) >= _KEY_DIGITS and entropy(value) >= _SHORT_KEY_ENTROPY
