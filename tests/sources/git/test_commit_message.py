"""What a message says of other commits and of who took part."""

from __future__ import annotations

import pytest

from tracemill.records.events.event import CoAuthor
from tracemill.sources.facts.commit_message import (
    checkpoints,
    cherry_picked,
    co_authors,
    reverted,
    squashed,
)

SHA = "0123456789abcdef0123456789abcdef01234567"
SQUASHED = (
    f"Squashed commit of the following:\n\ncommit {SHA}\nAuthor: A <a@example.org>\n"
    f"Date:   Mon\n\n    begin\n\ncommit {SHA[::-1]}\nAuthor: A <a@example.org>\n"
    "Date:   Tue\n\n    go on\n    and on\n"
)
COMBINED = (
    "# This is the first commit message:\n\nbegin\n\n# This is the commit message #2:\n\ngo on\n"
)


@pytest.mark.parametrize(
    ("subject", "body", "expected"),
    [
        ("Add x (#7)", "* begin\n\n* go on\n", ("begin", "go on")),
        ("Add x (#7)", "* begin\n", ()),
        ("Add x", "* begin\n* go on\n", ()),
        ("Add x (#7)", "- begin\n- go on\n", ()),
        (
            "Squash",
            SQUASHED,
            ("begin", "go on"),
        ),
        (
            "# This is a combination of 2 commits.",
            COMBINED,
            ("begin", "go on"),
        ),
    ],
)
def test_squashed_commits_are_named_by_their_subjects(
    subject: str, body: str, expected: tuple[str, ...]
) -> None:
    body = f"{subject}\n{body}" if subject.startswith("#") else body
    assert squashed(subject, body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"why\n\n(cherry picked from commit {SHA})\n", SHA),
        (f"(cherry picked from commit abcdef1)\n(cherry picked from commit {SHA})", SHA),
        ("I have cherry picked from commit abcdef1.", None),
        ("", None),
    ],
)
def test_the_last_source_of_a_picked_commit_counts(body: str, expected: str | None) -> None:
    assert cherry_picked(body) == expected


@pytest.mark.parametrize(
    ("value", "agent"),
    [
        ("Claude Opus 4.6 <noreply@anthropic.com>", "claude"),
        ("Copilot <1+Copilot@users.noreply.github.com>", "copilot"),
        ("Cursor <cursoragent@cursor.com>", "cursor"),
        ("aider (gpt-4o) <aider@aider.chat>", "aider"),
        ("Ada Claudel <ada@example.org>", None),
        ("Ada <ada@example.org>", None),
    ],
)
def test_a_co_author_may_be_an_agent(value: str, agent: str | None) -> None:
    trailers = [("Reviewed-by", "x"), ("co-authored-by", value), ("Co-Authored-By", "")]
    assert list(co_authors(trailers)) == [CoAuthor(name=value, agent=agent)]


def test_only_names_of_checkpoints_are_checkpoints() -> None:
    trailers = [
        ("Entire-Checkpoint", "f43b0ea5ee16"),
        ("entire-checkpoint", "ed51f6581660"),
        ("Entire-Checkpoint", "01KX37KN6NXDTV10FKNCBPTP2Y"),
        ("Entire-Checkpoint", "see above"),
        ("Refs", "f43b0ea5ee16"),
    ]
    named = ["f43b0ea5ee16", "ed51f6581660", "01KX37KN6NXDTV10FKNCBPTP2Y"]
    assert list(checkpoints(trailers)) == named


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("This reverts commit {a}.", ["a"]),
        ("This reverts commit {a}.\nThis reverts commit {b}.", ["a", "b"]),
        ("This reverts commits {a}, {b} and {c}.", ["a", "b", "c"]),
        ("This reverts commit {a}, reversing\nchanges made to {b}.", ["a"]),
        ("Reverts: {a}", ["a"]),
        ("", []),
        ("Reverts defaced text, and the commit {a} stays.", []),
    ],
)
def test_the_hashes_that_a_message_reverts_are_named(body: str, expected: list[str]) -> None:
    shas = {"a": "a1" * 20, "b": "b2" * 4, "c": "c3" * 20}
    assert reverted(body.format(**shas)) == tuple(shas[name] for name in expected)
