"""Texts that look like tokens, made when a test runs, so that no scanner takes a file for a leak."""

from __future__ import annotations

import hashlib
import re

ALPHABETS = {
    "alnum": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "b64": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/",
    "digit": "123456789",
    "hex": "0123456789abcdef",
    "letters": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "lower": "abcdefghijklmnopqrstuvwxyz0123456789",
    "upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "word": "abcdefghijklmnopqrstuvwxyz",
}


def drawn(alphabet: str, n: int, seed: str) -> str:
    """Return `n` characters that look random and are always the same."""
    draws = hashlib.shake_128(seed.encode()).digest(2 * n)
    pairs = (draws[2 * i] * 256 + draws[2 * i + 1] for i in range(n))
    return "".join(alphabet[pair % len(alphabet)] for pair in pairs)


def fill(template: str) -> str:
    """Return a template with `{hex:32}` and `{uuid}` filled in."""

    def replace(match: re.Match[str]) -> str:
        seed = f"{template}:{match.start()}"
        if match[0] == "{uuid}":
            return "-".join(drawn(ALPHABETS["hex"], n, f"{seed}:{n}") for n in (8, 4, 4, 4, 12))
        return drawn(ALPHABETS[match[1]], int(match[2]), seed)

    return re.sub(r"\{uuid\}|\{([a-z0-9]+):(\d+)\}", replace, template)
