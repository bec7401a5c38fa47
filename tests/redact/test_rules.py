"""Every rule finds what its table says, and nothing of what it says it must not find."""

from __future__ import annotations

import re
from collections.abc import Callable
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import msgspec
import pytest
import re2

from tests.redact.templates import fill
from tracemill.redact import Redactor, Rules
from tracemill.redact.rules import LineRule, cut_open_end

RULES = Rules.shipped()
BY_RULE = [pytest.param(rule, id=rule.id) for rule in RULES.lines]
FINDS = [
    pytest.param(fill(text), id=f"{rule.id}-{i}")
    for rule in RULES.lines
    for i, text in enumerate(rule.finds)
]
IGNORES = [
    pytest.param(fill(text), id=f"{rule.id}-{i}")
    for rule in RULES.lines
    for i, text in enumerate(rule.ignores)
]


@pytest.mark.parametrize("text", FINDS)
def test_something_is_found(text: str, redactor: Redactor) -> None:
    assert redactor.text(text) != text


@pytest.mark.parametrize("text", FINDS)
def test_the_same_is_found_between_other_lines(text: str, redactor: Redactor) -> None:
    assert redactor.text(f"before\n{text}\nbehind") == f"before\n{redactor.text(text)}\nbehind"


@pytest.mark.parametrize("text", IGNORES)
def test_nothing_is_found(text: str, redactor: Redactor) -> None:
    assert redactor.text(text) == text


@pytest.mark.parametrize("rule", BY_RULE)
def test_rule_finds_by_itself(rule: LineRule) -> None:
    alone = Redactor(bytes(32), Rules([rule]), engine="re2")

    assert all(alone.text(fill(text)) != fill(text) for text in rule.finds)
    if rule.stand_in == "token":
        kind = {"secret": "SECRET", "pii": "PII"}[rule.kind]
        assert all(f"[{kind}:{rule.id}:" in alone.text(fill(text)) for text in rule.finds)


@pytest.mark.parametrize("rule", BY_RULE)
def test_rule_has_texts_to_find_and_one_group(rule: LineRule) -> None:
    compiled = re2.compile(rule.pattern)

    assert rule.finds
    assert compiled.groupindex == {"secret": 1}
    assert compiled.groups == 1


@pytest.mark.parametrize("rule", BY_RULE)
def test_rule_id_can_stand_in_a_token(rule: LineRule) -> None:
    assert re.fullmatch(r"[a-z0-9-]{2,48}", rule.id)


@pytest.mark.parametrize("rule", BY_RULE)
def test_keywords_stand_in_lower_case_wherever_the_rule_finds(rule: LineRule) -> None:
    found = [fill(text).lower() for text in rule.finds]

    assert all(keyword == keyword.lower() for keyword in rule.keywords)
    assert all(any(keyword in text for keyword in rule.keywords or ("",)) for text in found)


@pytest.mark.parametrize("rule", BY_RULE)
def test_probe_matches_where_the_pattern_does(rule: LineRule) -> None:
    probes = "|".join(probe.pattern for probe in rule.probes)
    pattern, probe = re2.compile(rule.pattern), re2.compile(f"(?m:{probes})")

    matched = [
        text if rule.keywords and not rule.common_keywords else match[0]
        for text in map(fill, rule.finds)
        for match in pattern.finditer(text)
    ]

    assert matched
    assert all(probe.search(text) for text in matched)


def can_match_newline(parsed: Any) -> bool:
    return any(NEWLINE.get(str(op), lambda _: False)(argument) for op, argument in parsed)


NEWLINE: dict[str, Callable[[Any], bool]] = {
    "LITERAL": lambda code: code == ord("\n"),
    "NOT_LITERAL": lambda code: code != ord("\n"),
    "IN": lambda items: re.match(as_class(items), "\n") is not None,
    "SUBPATTERN": lambda group: can_match_newline(group[-1]),
    "MAX_REPEAT": lambda repeat: can_match_newline(repeat[2]),
    "MIN_REPEAT": lambda repeat: can_match_newline(repeat[2]),
    "BRANCH": lambda branches: any(map(can_match_newline, branches[1])),
}


def as_class(items: Any) -> str:
    spelled: dict[str, Callable[[Any], str]] = {
        "NEGATE": lambda _: "^",
        "LITERAL": lambda code: re.escape(chr(code)),
        "RANGE": lambda ends: f"{re.escape(chr(ends[0]))}-{re.escape(chr(ends[1]))}",
        "CATEGORY": lambda name: {"SPACE": r"\s", "DIGIT": r"\d", "WORD": r"\w"}[str(name)[9:]],
    }
    return "[" + "".join(spelled[str(op)](argument) for op, argument in items) + "]"


@pytest.mark.parametrize("rule", BY_RULE)
def test_pattern_stays_within_its_lines(rule: LineRule) -> None:
    plain = re.sub(r"\(\?i\)|\(\?i(?=:)", lambda m: "(?" if m[0] == "(?i" else "", rule.pattern)

    assert can_match_newline(parser.parse(plain)) == (rule.n_lines > 1)


def test_ids_are_unique() -> None:
    ids = [rule.id for rule in RULES.lines]

    assert len(ids) == len(set(ids))


def test_the_commonest_formats_are_there() -> None:
    ids = {rule.id for rule in RULES.lines}

    assert len(ids) >= 100
    assert ids >= {
        "airtable-token",
        "anthropic-key",
        "atlassian-token",
        "aws-access-key",
        "azure-storage-key",
        "databricks-token",
        "docker-token",
        "github-pat",
        "gitlab-token",
        "google-api-key",
        "huggingface-token",
        "jwt",
        "npm-token",
        "openai-key",
        "pypi-token",
        "sendgrid-key",
        "slack-token",
        "stripe-key",
        "vault-token",
    }


def test_version_names_the_rules() -> None:
    fewer = Rules(RULES.lines[1:])
    same = Rules.shipped()

    assert same.version == RULES.version
    assert fewer.version != RULES.version


def test_unknown_fields_of_a_rule_file_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        Rules.parse(["[[rule]]\nid = 'x'\ntitle = 'x'\npattern = 'x'\nregex = 'y'\n"])


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"(?P<secret>a_[0-9]{36,255})", r"(?P<secret>a_[0-9]{8})"),
        (r"a[0-9]{4,}", r"a[0-9]{4}"),
        (r"a[0-9]+", r"a[0-9]{1}"),
        (r"a(?:b{20})", r"a(?:b{8})"),
        (r"a[0-9]{36}\b", r"a[0-9]{36}\b"),
        (r"abc", r"abc"),
    ],
)
def test_open_end_is_cut_to_its_minimum(pattern: str, expected: str) -> None:
    assert cut_open_end(pattern) == expected
