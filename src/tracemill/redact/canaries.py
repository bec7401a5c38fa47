"""Texts that must be found, made when they are needed: nothing here is, or looks like, a secret.

A rule's own texts say what it must find; in them `{hex:32}` stands for so many characters of an
alphabet. Filled with other characters each time, they try the very engine and rules in use.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from tracemill.redact.protocol import Kind
from tracemill.redact.redactor import Redactor
from tracemill.redact.rules import Rules

ALPHABETS: Final[Mapping[str, str]] = {
    "alnum": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "b64": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/",
    "base32": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "base58": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    "bech32": "023456789acdefghjklmnpqrstuvwxyz",
    "digit": "123456789",
    "hex": "0123456789abcdef",
    "letters": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "lower": "abcdefghijklmnopqrstuvwxyz0123456789",
    "upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "upperhex": "0123456789ABCDEF",
    "word": "abcdefghijklmnopqrstuvwxyz",
}
_WITHOUT_TABLE: Final[tuple[tuple[str, Kind, str], ...]] = (
    (
        "private-key",
        "secret",
        "-----BEGIN RSA PRIVATE KEY-----\n{b64:64}\n{b64:64}\n-----END RSA PRIVATE KEY-----",
    ),
    ("email", "pii", "mail {word:8}.{word:9}@{word:10}.org"),
    ("email", "pii", "mail {word:8}.{word:9}\u00eb@{word:10}.org"),
    ("home-path", "pii", "cd /home/{word:9}/src"),
    ("disguised-secret", "secret", "gh\u200bp_{alnum:36}"),
)
"""Detectors that no table describes: what they find, its kind, and a text that they must find."""
_MOST_DRAWS: Final = 16
"""What is drawn may look like a placeholder; a rule that misses so many has ceased to work."""
_PLACE: Final = re.compile(r"\{uuid\}|\{([a-z0-9]+):(\d+)\}")


class Canary(NamedTuple):
    """A text in which a rule must find something."""

    rule: str
    """The rule that it is for."""
    kind: Kind
    """What must be found."""
    text: str
    """The text."""


def fill(template: str, seed: str = "") -> str:
    """Return a template with `{hex:32}` and `{uuid}` filled in, the same for the same seed."""

    def replace(match: re.Match[str]) -> str:
        own = f"{seed}{template}:{match.start()}"
        if match[0] == "{uuid}":
            return "-".join(drawn(ALPHABETS["hex"], n, f"{own}:{n}") for n in (8, 4, 4, 4, 12))
        return drawn(ALPHABETS[match[1]], int(match[2]), own)

    return _PLACE.sub(replace, template)


def drawn(alphabet: str, n: int, seed: str) -> str:
    """Return `n` characters that look random and are always the same."""
    draws = hashlib.shake_128(seed.encode()).digest(2 * n)
    pairs = (draws[2 * i] * 256 + draws[2 * i + 1] for i in range(n))
    return "".join(alphabet[pair % len(alphabet)] for pair in pairs)


def canaries(rules: Rules, seed: str) -> Iterator[Canary]:
    """Yield every text that the rules say they find, and one for each detector without a table."""
    for rule in rules.lines:
        yield from (Canary(rule.id, rule.kind, fill(text, seed)) for text in rule.finds)
    yield from (Canary(name, kind, fill(text, seed)) for name, kind, text in _WITHOUT_TABLE)


def missed(redactor: Redactor, tried: list[Canary]) -> list[Canary]:
    """Return the canaries in which the redactor finds nothing of their kind."""
    located = redactor.locate([canary.text for canary in tried])
    return [
        canary
        for canary, one in zip(tried, located, strict=True)
        if all(found.rule.kind != canary.kind for found in one.found)
    ]


def dead_rules(redactor: Redactor, rules: Rules, draw: Callable[[], str]) -> tuple[str, ...]:
    """Return the rules, by name, that find nothing in what is drawn for them time and again.

    `draw` gives other characters each time.
    """
    waiting = missed(redactor, list(canaries(rules, draw())))
    for _ in range(_MOST_DRAWS):
        if not waiting:
            break
        names = {canary.rule for canary in waiting}
        anew = [canary for canary in canaries(rules, draw()) if canary.rule in names]
        still = {canary.rule for canary in missed(redactor, anew)}
        waiting = [canary for canary in waiting if canary.rule in still]
    return tuple(sorted({canary.rule for canary in waiting}))
