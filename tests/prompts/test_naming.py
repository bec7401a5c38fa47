"""Names of versions are read and raised as teams write them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.prompts.naming import Number, declared, parse_name, raised, role_of, text_kind
from tracemill.records.process.prompt_versions import TextKind

NUMBERS = st.builds(Number, st.integers(0, 999), st.integers(0, 999))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("architect.v2.3", ("architect", (2, 3))),
        ("QA Engineer v1", ("qa_engineer", (1, 0))),
        ("gis_investment_v1", ("gis_investment", (1, 0))),
        ("engineer-2.10", ("engineer", (2, 10))),
        ("engineer-2.10.4", None),
        ("v3.1", ("", (3, 1))),
        ("engineer-v2.10.4", None),
        ("engineer 1.2", ("engineer", (1, 2))),
        ("engineer1.2", ("engineer1", (2, 0))),
        ("engineer--1", ("engineer", (1, 0))),
        ("engineer-1234567", None),
        ("architect", None),
        ("", None),
    ],
)
def test_names_are_read(name: str, parts: tuple[str, tuple[int, int]] | None) -> None:
    assert parse_name(name) == parts


def test_a_name_of_any_length_is_read_in_one_pass() -> None:
    began = time.process_time()

    assert parse_name("-" * 100_000 + "x") is None
    assert time.process_time() - began < 5  # takes ten minutes where each dash is tried again


@given(st.from_regex(r"[a-z][a-z_]{0,8}[a-z]", fullmatch=True), NUMBERS)
def test_a_name_is_read_as_it_was_written(role: str, number: Number) -> None:
    assert parse_name(number.of(role)) == (role, number)


@given(NUMBERS, st.booleans())
def test_the_next_number_is_higher(number: Number, is_rewrite: bool) -> None:
    after = raised(number, is_rewrite=is_rewrite)

    assert after > number
    assert (after.major > number.major) == is_rewrite


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("---\nname: x\nversion: 2.3\n---\n", (2, 3)),
        ('prompt_version: "v1.4"\n', (1, 4)),
        ("# Guide\n\n**Version:** 3.0\n", (3, 0)),
        ("version: 7\n", (7, 0)),
        ("Use version 2.3 of the compiler.\n", None),
        ("conversion: 2.3\n", None),
        ("x\n" * 2_000 + "version: 2.3\n", None),
    ],
)
def test_a_text_gives_its_number_at_its_beginning(
    text: str, number: tuple[int, int] | None
) -> None:
    assert declared(text) == number


@pytest.mark.parametrize(
    ("path", "role", "kind"),
    [
        ("ai/prompts/architect.yaml", "architect", "prompt"),
        ("skills/diary-log/SKILL.md", "diary_log", "skill"),
        (".claude/agents/tool-user.md", "tool_user", "agent"),
        (".claude/commands/spec/shape.md", "shape", "command"),
        ("synthia/prompts/system_prompt.md", "prompts", "prompt"),
        ("prompts/review.prompt.md", "review", "prompt"),
    ],
)
def test_a_path_says_role_and_kind(path: str, role: str, kind: TextKind) -> None:
    assert (role_of(path), text_kind("prompt", path)) == (role, kind)
    assert text_kind("instructions", "CLAUDE.md") == "instructions"
