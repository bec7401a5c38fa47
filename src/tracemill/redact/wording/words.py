"""How much of a value lies in words, where letters follow one another as in no drawn key."""

from __future__ import annotations

import re
from typing import Final

_FOLLOWERS: Final = (
    b"abcdgilmnprst baelu caehklot daeios eacdeflmnprstxy faior gse haeio icdeglmnorst ke "
    b"ladefilostu maeimop nacdegiostu obcdlmnoprstuw paelortu racdegimnorstuy sacehiopstu "
    b"taehiorstuy uelmnprst vae whio xet yp"
)
_PAIRS: Final = frozenset(bytes((one[0], other)) for one in _FOLLOWERS.split() for other in one[1:])
"""The 160 commonest pairs of letters: nearly nine of ten in words and names, two of ten in keys."""
_LETTERS_IN_A_ROW: Final = re.compile(rb"[A-Z]?[a-z]+|[A-Z]+")
_SHORTEST_WORD: Final = 3
_COMMON_SHARE: Final = 0.6
_JUMBLED_LENGTH: Final = 8
_JUMBLED_RUN: Final = 3.2
"""Letters in a row of one case, on average: names have more."""
_JUMBLED_SHARE: Final = 0.25
_JUMBLED_RUNS: Final = 4
"""Changes of case that a name made of words may have, where nothing else tells it from a draw."""
_NAME: Final = re.compile(
    rb"[a-z]{2,}(?:[A-Z][a-z]+)+[A-Z]?\Z|(?:[A-Z][a-z]+){2,}\Z"
    rb"|(?:[A-Z]{1,3}[a-z]+)+[A-Z]{1,3}[a-z]{3,}\Z"
)
_KINDS: Final = tuple(map(re.compile, (rb"[a-z]", rb"[A-Z]", rb"[0-9]", rb"[!#$%&*+=?@^~]")))
_SIGN: Final = _KINDS[-1]
_MIXED: Final = re.compile(rb"[0-9A-Za-z!#$%&*+=?@^~._:/-]{8,64}\Z")
"""No brackets, commas or blanks: between them stands code."""
_JOINED_NAME: Final = re.compile(rb"[A-Za-z][0-9A-Za-z]*(?:_[0-9A-Za-z]+)+\Z")
_MIXED_KINDS: Final = 3
_LEAST_SIGNS: Final = 2
_MADE_UP_WORD: Final = re.compile(rb"[a-z]{7,30}\Z")
_MADE_UP_NUMBER: Final = re.compile(rb"(?!01234|12345|(\d)\1{4}|(?:19|20)\d\d)\d{7,12}\Z")
_FORM_WORDS: Final = frozenset(
    b"""passwort kennwort wachtwoord contrasenya contrasena salasana lozinka adgangskode
    required optional incorrect invalid missing mismatch weakpassword plaintext encrypted
    hashed disabled enabled newpassword oldpassword currentpassword confirmpassword password
    mypassword yourpassword somepassword testpassword userpassword username example changeme
    unknown nothing readonly writeonly forgotten expired protected""".split()
)
"""Words that stand behind the name of a password in forms, types and translations."""
_ABBREVIATIONS: Final = frozenset(
    b"bash conf dhcp docx grpc html http icmp imap ipv4 ipv6 jpeg json ldap mpeg oidc"
    b" pptx saml sftp smtp toml uuid wasm webp xlsx yaml".split()
)
"""Names whose letters follow one another as in no word."""


def _is_wordlike(letters: bytes) -> bool:
    """Tell whether letters follow one another as in words."""
    low = letters.lower()
    n_pairs = len(low) - 1
    n_common = sum(low[i : i + 2] in _PAIRS for i in range(n_pairs))
    return n_common >= _COMMON_SHARE * n_pairs


def word_share(value: bytes) -> float:
    """Return the share of a value that lies in words."""
    parts = _LETTERS_IN_A_ROW.findall(value)
    in_words = sum(
        len(part) for part in parts if len(part) >= _SHORTEST_WORD and _is_wordlike(part)
    )
    return in_words / len(value) if value else 0.0


def has_abbreviation(value: bytes) -> bool:
    """Tell whether one of the words between blanks is the name of a format or a protocol."""
    return not _ABBREVIATIONS.isdisjoint(value.lower().split(b" "))


def is_jumbled(value: bytes) -> bool:
    """Tell whether letters alone were drawn: both cases in turn, and no words in them."""
    if len(value) < _JUMBLED_LENGTH or not (value.isascii() and value.isalpha()):
        return False
    if value.islower() or value.isupper():
        return False
    n_runs = len(_LETTERS_IN_A_ROW.findall(value))
    if n_runs < _JUMBLED_RUNS and _NAME.match(value):
        return False
    return len(value) / n_runs < _JUMBLED_RUN and word_share(value) < _JUMBLED_SHARE


def is_mixed_up(value: bytes) -> bool:
    """Tell whether letters, digits and signs were drawn: of three kinds, and no words in them."""
    if not _MIXED.match(value) or _JOINED_NAME.match(value):
        return False
    n_kinds = sum(kind.search(value) is not None for kind in _KINDS)
    return n_kinds >= _MIXED_KINDS and word_share(value) < _JUMBLED_SHARE


def is_signed(value: bytes) -> bool:
    """Tell the same of letters in both cases with signs among them, as in no name of code."""
    has_cases = value != value.lower() and value != value.upper()
    n_signs = len(set(_SIGN.findall(value)))
    return has_cases and n_signs >= _LEAST_SIGNS and is_mixed_up(value)


def is_made_up_word(value: bytes) -> bool:
    """Tell whether letters alone are a password: lower case, as no label and no type is."""
    return _MADE_UP_WORD.match(value) is not None and value not in _FORM_WORDS


def is_made_up_number(value: bytes) -> bool:
    """Tell whether digits alone are a password: no year begins them, and they do not count up."""
    return _MADE_UP_NUMBER.match(value) is not None
