"""A secret that one text gives away goes wherever its record holds it."""

from __future__ import annotations

import msgspec
import pytest

from tests.redact.conftest import KEY
from tests.redact.templates import fill
from tracemill.records.refs import Span
from tracemill.records.trajectory import Step, ToolCall, ToolResult
from tracemill.redact import Redactor

PASSWORD = fill("{alnum:14}!")
REDACTOR = Redactor(KEY)


def step(command: str, content: str, text: str = "") -> Step:
    call = ToolCall(id="c", name="Bash", arguments={"command": command})
    result = ToolResult(call_id="c", content=content)
    span = Span(start=0, end=1)
    return Step(
        trajectory_id="t", index=0, speaker="agent", text=text, calls=(call,), results=(result,),
        span=span,
    )  # fmt: skip


def test_a_secret_goes_wherever_its_record_holds_it_and_nowhere_else() -> None:
    giving = step(f"export DB_PASSWORD='{PASSWORD}'", f"app with {PASSWORD} to main", PASSWORD)
    other = msgspec.structs.replace(giving, calls=(), results=())

    redaction = REDACTOR.redact([giving, other, giving])

    first, second, third = redaction.records
    token = first.calls[0].arguments["command"].split("'")[1]
    assert token.startswith("[SECRET:assigned-secret:")
    assert (first.text, first.results[0].content) == (token, f"app with {token} to main")
    assert second is other
    assert third == first
    assert [finding.where for finding in redaction.findings] == 2 * [
        "text",
        "calls[0].arguments.command",
        "results[0].content",
    ]


def test_a_record_that_holds_it_once_is_told_once() -> None:
    redaction = REDACTOR.redact([step(f"export DB_PASSWORD='{PASSWORD}'", "done")])

    assert [finding.where for finding in redaction.findings] == ["calls[0].arguments.command"]


@pytest.mark.parametrize(
    ("value", "elsewhere"),
    [
        (fill("{alnum:14}!"), fill("{alnum:14}!") + "x9z"),
        (fill("{hex:40}"), fill("{hex:40}")),
        (fill("{word:4}7!"), fill("{word:4}7!")),
    ],
    ids=["part-of-a-word", "looks-like-a-commit", "short"],
)
def test_what_may_be_another_thing_elsewhere_stays_there(value: str, elsewhere: str) -> None:
    text = f"--db-password='{value}' psql; echo {elsewhere}"

    redacted = REDACTOR.text(text)

    assert redacted.startswith("--db-password='[SECRET:")
    assert redacted.endswith(f" {elsewhere}")


def test_copies_are_located_where_they_stood() -> None:
    text = f"DB_PASSWORD='{PASSWORD}' and {PASSWORD}"

    (located,) = REDACTOR.locate([text])

    assert [text[found.start : found.end] for found in located.found] == [PASSWORD, PASSWORD]
    assert located.text == REDACTOR.text(text)


def test_copies_are_looked_at_as_they_will_be_redacted() -> None:
    giving = step(f"export DB_PASSWORD='{PASSWORD}'", f"app with {PASSWORD} to main")

    seen = REDACTOR.look([giving])

    assert [each.where for each in seen] == ["calls[0].arguments.command", "results[0].content"]


def test_what_a_rule_found_is_what_stands_there() -> None:
    token = fill("ghp_{alnum:36}")
    text = f"GITHUB_TOKEN='{token}' https://x:{token}@github.com/a/b {token}"

    assert REDACTOR.text(text).count("[SECRET:github-pat:") == 3
