"""Rules are data: tables in `rules/*.toml`, each with texts that it must and must not find.

A pattern stays within one line. Its probe, which the prefilters run, is the same pattern
with its open end cut off: it matches wherever the pattern does, but once and not at every
further character.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Final, Literal

import msgspec
import rtoml

from tracemill.redact.protocol import Kind, Probe

REDACT_VERSION: Final = 40
"""Raise it when the same rules would redact the same text differently."""

JudgeName = Literal[
    "token",
    "assigned",
    "loose",
    "header",
    "url",
    "user",
    "command",
    "option",
    "cookie",
    "prose",
    "prefixed",
    "shaped",
    "split",
    "argument",
    "listed",
    "wrapped",
    "paired",
    "told-password",
    "handed",
    "key-data",
    "told",
    "noise",
    "grouped",
    "any",
    "ipv4",
    "ipv6",
    "mac",
    "card",
    "iban",
    "phone",
    "written-phone",
    "ssn",
    "phone-before",
    "national",
    "national-written",
    "passport",
    "written-card",
    "user-name",
    "person-name",
    "host",
    "marked-host",
]
"""Names of the tables' judges; see `judges`, `pieces`, and `people` for what is no secret."""
StandInName = Literal["token", "user", "host", "ipv4", "ipv6"]
"""What takes the place of what a rule finds: a token, or a pseudonym of the same form."""

_EDGE: Final = r"(?:^|[^0-9A-Za-z\n]|\\[nrtbf]|\[[0-9;]{0,9}m)"
_SPACE: Final = r"\t\n\x0b\x0c\r "
"""What `\\s` stands for in a class; left to the engines, each would leave out another character."""
_OPEN_END: Final = re.compile(r"(?:\{(\d+)(?:,\d*)?\}|\+|\*)(\)*)$")
_LONGEST_CUT: Final = 8
_FILES: Final = ("secrets.toml", "vendors.toml", "context.toml", "people.toml", "services.toml")


class LineRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One table of a rule file."""

    id: str
    """Its name in findings."""
    title: str
    """What it finds, for people."""
    source: str = ""
    """Where a vendor shows how its keys look; empty where that is common knowledge."""
    pattern: str
    """What it looks like, within one line; the group `secret` is what is replaced."""
    keywords: tuple[str, ...] = ()
    """Lower case; only lines with one of them are looked at. Empty where there are none."""
    common_keywords: bool = False
    """Whether keywords are common, so that Hyperscan looks for the pattern instead."""
    apart: bool = False
    """Whether Hyperscan looks for it by itself, since it has no word in it and slows all others."""
    within: str | tuple[str, ...] | None = None
    """A quicker pattern that matches somewhere within whatever `pattern` matches, or several of
    which one does."""
    entropy: float = 2.5
    """Bits per character that a token must have."""
    n_lines: int = 1
    """How many lines the pattern may reach over; its probe matches in the first."""
    is_block: bool = False
    """Whether the secret is the first of several lines that are as deep, all of them secret."""
    judge: JudgeName = "token"
    """Which function has the last word on what the pattern matched."""
    kind: Kind = "secret"
    """Whether what it finds gives access or points at a person."""
    stand_in: StandInName = "token"
    """What takes its place."""
    finds: tuple[str, ...] = ()
    """Texts in which it must find something."""
    ignores: tuple[str, ...] = ()
    """Texts in which it must find nothing."""

    @property
    def probes(self) -> tuple[Probe, ...]:
        """What the prefilter looks for."""
        if self.keywords and not self.common_keywords:
            alternatives = "|".join(map(re.escape, self.keywords))
            return (Probe(f"(?i)(?:{alternatives})", self.keywords),)
        within = self.within or cut_open_end(self.pattern.removeprefix(_EDGE))
        return tuple(
            Probe(each, self.keywords, self.common_keywords, is_apart=self.apart)
            for each in _several(within)
        )


class _RuleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: tuple[LineRule, ...] = ()
    define: dict[str, str] = {}
    services: dict[str, str] = {}


class Rules:
    """A set of rules, and the hash that says which."""

    __slots__ = ("lines", "services", "version")

    def __init__(self, lines: Iterable[LineRule], services: Iterable[str] = ()) -> None:
        self.lines = tuple(lines)
        self.services = tuple(services)
        state = hashlib.blake2b(msgspec.json.encode((self.lines, self.services)), digest_size=10)
        state.update(b"%d" % REDACT_VERSION)
        self.version = state.hexdigest()

    @classmethod
    @cache
    def shipped(cls) -> Rules:
        """Return the rules that come with the package."""
        folder = resources.files(__package__) / "rules"
        return cls.parse((folder / name).read_text("utf-8") for name in _FILES)

    @classmethod
    def parse(cls, texts: Iterable[str]) -> Rules:
        """Return the rules of several files in TOML."""
        files = [msgspec.convert(rtoml.loads(text), _RuleFile) for text in texts]
        named = (
            name for file in files for names in file.services.values() for name in names.split()
        )
        return cls((rule for file in files for rule in _lines(file)), dict.fromkeys(named))


def _lines(file: _RuleFile) -> Iterable[LineRule]:
    macros = {"edge": _EDGE} | file.define
    for rule in file.rule:
        within = tuple(_expand(each, macros) for each in _several(rule.within or ()))
        yield msgspec.structs.replace(rule, pattern=_expand(rule.pattern, macros), within=within)


def _several(patterns: str | tuple[str, ...]) -> tuple[str, ...]:
    return (patterns,) if isinstance(patterns, str) else patterns


def _expand(pattern: str, macros: dict[str, str]) -> str:
    for name, text in macros.items():
        pattern = pattern.replace("{{" + name + "}}", text)
    return pattern.replace(r"\s", _SPACE)


def cut_open_end(pattern: str) -> str:
    r"""Return `pattern` with its last repetition at its minimum: `\d{20,99})` to `\d{16})`."""
    if not (end := _OPEN_END.search(pattern)):
        return pattern
    n = min(int(end[1] or (1 if end[0][0] == "+" else 0)), _LONGEST_CUT)
    if n == 0:
        return pattern  # Hyperscan takes no repetition of nothing
    return f"{pattern[: end.start()]}{{{n}}}{end[2]}"


def rules_version(rules: Rules | None = None) -> str:
    """Return the hash of the rules and of the code around them."""
    return (rules or Rules.shipped()).version
