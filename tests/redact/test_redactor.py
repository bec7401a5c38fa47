"""What a redactor promises to those who call it."""

from __future__ import annotations

import re

import pytest

from tests.redact.conftest import KEY
from tests.redact.templates import fill
from tracemill.base.errors import UsageError
from tracemill.records.events.event import Commit, FileChange, Todo, TodoChange
from tracemill.records.refs import Origin, Record, Span
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult, Trajectory
from tracemill.redact import REDACT_VERSION, Redactor, Rules, rules_version
from tracemill.redact.pseudonyms import Pseudonyms

ORIGIN = Origin(source="git", source_version=1, uri="/home/ada/x", input_id="input_1")
SECRET = fill("ghp_{alnum:36}")


def commit(**fields: object) -> Commit:
    return Commit(id="event_1", origin=ORIGIN, sha="a" * 40, **fields)  # type: ignore[arg-type]


def test_stand_ins_never_change_for_a_key() -> None:
    redactor = Redactor(KEY)

    assert redactor.text(f"/home/ada/x ada@lovelace.org {SECRET}") == (
        "/home/dev-me4qd54jrq/x user-ff4f5cg3op@example.org [SECRET:github-pat:4lzzx2]"
    )


def test_the_same_secret_has_the_same_token_wherever_it_stands(redactor: Redactor) -> None:
    found = re.findall(
        r"\[SECRET:[^]]*\]", redactor.text(f"{SECRET}\ntoken={SECRET}\n--token {SECRET}")
    )

    assert len(found) == 3
    assert len(set(found)) == 1


def test_another_key_gives_other_stand_ins() -> None:
    text = f"/home/ada/x ada@lovelace.org {SECRET}"

    one, other = Redactor(KEY).text(text), Redactor(bytes(32)).text(text)

    stand_in = r"dev-([a-z2-7]{10})|user-([a-z2-7]{10})|:([a-z2-7]{6})\]"
    assert set(re.findall(stand_in, one)).isdisjoint(re.findall(stand_in, other))


def test_kinds_of_identity_are_hashed_apart(redactor: Redactor) -> None:
    text = redactor.text("/home/ada@lovelace.org x /home/ada/x ada@lovelace.org")

    assert len(set(re.findall(r"(?:dev|user)-([a-z2-7]{10})", text))) > 1


@pytest.mark.parametrize("key", [b"", b"short", bytes(33)])
def test_key_of_another_length_is_refused_without_being_shown(key: bytes) -> None:
    with pytest.raises(UsageError, match="32 bytes") as caught:
        Redactor(key)

    assert "short" not in str(caught.value)


def test_unknown_engine_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="hyperscan, re2"):
        Redactor(KEY, engine="grep")


def test_version_is_the_rules_and_the_code() -> None:
    assert rules_version() == Rules.shipped().version
    assert rules_version(Rules([])) != rules_version()
    assert REDACT_VERSION >= 1


def test_findings_say_where_and_never_what(redactor: Redactor) -> None:
    step = Step(
        trajectory_id="trajectory_1",
        index=7,
        speaker="agent",
        text=f"use {SECRET}",
        calls=(
            ToolCall(id="c", name="Bash", arguments={"command": "cat /home/ada/a /home/ada/b"}),
        ),
        results=(ToolResult(call_id="c", content="mail ada@lovelace.org"),),
        span=Span(start=0, end=1),
    )

    redaction = redactor.redact([step])

    assert [
        (f.rule, f.kind, f.where, f.record_id, f.step, f.input_id) for f in redaction.findings
    ] == [
        ("github-pat", "secret", "text", "trajectory_1", 7, ""),
        ("home-path", "pii", "calls[0].arguments.command", "trajectory_1", 7, ""),
        ("email", "pii", "results[0].content", "trajectory_1", 7, ""),
    ]
    [redacted] = redaction.records
    token, home, _ = redaction.findings
    assert redacted.text[token.start : token.end].startswith("[SECRET:github-pat:")
    assert redacted.calls[0].arguments["command"][home.start : home.end].startswith("dev-")
    assert SECRET not in repr(redaction)
    assert "ada" not in repr(redaction)


def test_offsets_count_characters(redactor: Redactor) -> None:
    step = Step(
        trajectory_id="t",
        index=0,
        speaker="user",
        text=f"密 🙂 é {SECRET} é /home/ada/ 密 ada@lovelace.org",
        span=Span(start=0, end=1),
    )

    redaction = redactor.redact([step])

    [redacted] = redaction.records
    assert [redacted.text[f.start : f.end][:5] for f in redaction.findings] == [
        "[SECR",
        "dev-" + redacted.text[redaction.findings[1].start + 4],
        "user-",
    ]


def test_author_is_a_person_as_a_whole(redactor: Redactor) -> None:
    records = [
        commit(author=a) for a in ("Ada L <ada@lovelace.org>", "A. <ADA@lovelace.org>", "Ada")
    ]

    redaction = redactor.redact(records)

    authors = [record.author for record in redaction.records]
    assert all(re.fullmatch(r"dev-[a-z2-7]{10}", author) for author in authors)
    assert authors[0] == authors[1] != authors[2]
    assert redactor.redact(redaction.records).records == redaction.records
    assert [(f.rule, f.where, f.input_id) for f in redaction.findings if f.where == "author"] == [
        ("person", "author", "input_1")
    ] * 3


def test_every_part_of_a_commit_passes(redactor: Redactor) -> None:
    record = commit(
        subject=f"Remove {SECRET}",
        body="Co-authored-by: Ada Lovelace <ada@lovelace.org>",
        trailers=(("Co-authored-by", "Ada Lovelace <ada@lovelace.org>"),),
        files=(FileChange(path=f"keys/{SECRET}", status="A"),),
        refs=("refs/heads/ada@lovelace.org",),
    )

    [redacted] = redactor.redact([record]).records

    assert SECRET not in repr(redacted)
    assert "lovelace" not in repr(redacted)
    assert redacted.sha == "a" * 40
    assert redacted.origin.input_id == "input_1"
    assert "/home/dev-" in redacted.origin.uri


def test_records_of_all_kinds_come_back_in_order(redactor: Redactor) -> None:
    todo = TodoChange(id="event_2", origin=ORIGIN, todos=(Todo(text=f"rotate {SECRET}"),))
    header = Trajectory(
        id="t", session_id="s", agent="codex", title="x", cwd="/Users/ada", origin=ORIGIN
    )
    records: list[Record] = [todo, header, todo]

    redacted = redactor.redact(records).records

    assert [type(record) for record in redacted] == [TodoChange, Trajectory, TodoChange]
    assert SECRET not in repr(redacted)


def test_value_of_a_key_that_names_a_secret_goes(redactor: Redactor) -> None:
    password, token = "Correct1Horse!", fill("{alnum:32}")
    arguments = {
        "env": {"DB_PASSWORD": password, "API_TOKEN": token, "token": "string", "name": "x"},
        "max_tokens": "4096",
        "password_field": "user_password",
    }
    step = Step(
        trajectory_id="t",
        index=0,
        speaker="agent",
        calls=(ToolCall(id="c", name="x", arguments=arguments),),
        span=Span(start=0, end=1),
    )

    [redacted] = redactor.redact([step]).records

    found = redacted.calls[0].arguments
    assert found["env"]["DB_PASSWORD"].startswith("[SECRET:assigned-secret:")
    assert found["env"]["API_TOKEN"].startswith("[SECRET:assigned-secret:")
    assert found["env"]["token"] == "string"
    assert found["env"]["name"] == "x"
    assert found["max_tokens"] == "4096"
    assert found["password_field"] == "user_password"


@pytest.mark.parametrize(
    ("value", "stays"),
    [
        pytest.param("agent:main:subagent:56d1ffc2-631a-4967-bc1f-b39da594b726", True, id="named"),
        pytest.param("agent:my-crew:cron:56d1ffc2-631a-4967-bc1f-b39da594b726", True, id="hyphen"),
        pytest.param("56d1ffc2-631a-4967-bc1f-b39da594b726", False, id="nothing says of what"),
        pytest.param("user:56d1ffc2-631a-4967-bc1f-b39da594b726", False, id="user and password"),
        pytest.param(
            "agent:x9Q2k:subagent:56d1ffc2-631a-4967-bc1f-b39da594b726", False, id="no word"
        ),
        pytest.param("api_key:live:prod:56d1ffc2-631a-4967-bc1f-b39da594b726", False, id="a key's"),
    ],
)
def test_an_id_that_tells_what_it_is_of_is_no_secret(
    value: str, stays: bool, redactor: Redactor
) -> None:
    call = ToolCall(id="c", name="send", arguments={"childSessionKey": value})
    step = Step(
        trajectory_id="t", index=0, speaker="agent", calls=(call,), span=Span(start=0, end=1)
    )

    [redacted] = redactor.redact([step]).records

    assert (redacted.calls[0].arguments["childSessionKey"] == value) == stays


@pytest.mark.parametrize("key", ["api_key", "clientSecret", "access_token", "dbPassword"])
def test_an_id_goes_whose_key_says_plainly_that_it_is_a_secret(
    key: str, redactor: Redactor
) -> None:
    value = "main:subagent:56d1ffc2-631a-4967-bc1f-b39da594b726"
    call = ToolCall(id="c", name="send", arguments={key: value})
    step = Step(
        trajectory_id="t", index=0, speaker="agent", calls=(call,), span=Span(start=0, end=1)
    )

    [redacted] = redactor.redact([step]).records

    assert redacted.calls[0].arguments[key] != value


def test_text_that_was_made_to_look_redacted_is_left_alone(redactor: Redactor) -> None:
    text = "[SECRET:jwt:abcdef] /home/dev-abcdef/x user-abcdef@example.org -home-dev-abcdef-x"

    assert redactor.text(text) == text


def test_the_end_of_a_token_is_no_name(redactor: Redactor) -> None:
    tokens = (fill("eyJ{alnum:24}.eyJ{alnum:24}.{alnum:43}", str(i)) for i in range(10_000))
    named = Pseudonyms(KEY).token
    text = next(
        f"{each},'abcdefghij" for each in tokens if named("jwt", each.encode())[-3:] == "pw]"
    )

    once = redactor.text(text)

    assert once.endswith("pw],'abcdefghij")
    assert redactor.text(once) == once


def test_what_stands_right_behind_a_token_is_a_name(redactor: Redactor) -> None:
    redacted = redactor.text(fill("[SECRET:jwt:gt5jpw]password={alnum:14}7 [SECRET:jwt:q3x7kd]"))

    assert re.fullmatch(
        r"\[SECRET:jwt:gt5jpw\]password=\[SECRET:[a-z-]+:[a-z2-7]{6}\] \[SECRET:jwt:q3x7kd\]",
        redacted,
    )


def test_secrets_with_a_form_name_the_finding_rather_than_their_context(
    redactor: Redactor,
) -> None:
    assert redactor.text(f'GITHUB_TOKEN="{SECRET}"').startswith('GITHUB_TOKEN="[SECRET:github-pat:')


def test_lone_surrogates_do_no_harm(redactor: Redactor) -> None:
    assert redactor.text(f"\ud800 {SECRET}").startswith("\ud800 [SECRET:github-pat:")


def test_nothing_hides_behind_a_nul_character(redactor: Redactor) -> None:
    assert "[SECRET:github-pat:" in redactor.text(f"a\0b\n\0\n{SECRET}")


def test_no_records_are_no_findings(redactor: Redactor) -> None:
    nothing: list[Record] = []

    assert redactor.redact(nothing) == ([], [], [])
