"""What one message, one result and one prompt of Claude Code become."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sources.claude_code.lines import IMAGE, agent, call, result, text, thinking, user, uuid
from tests.sources.reading import jsonl, read

from tracemill.records.refs import Span
from tracemill.records.sessions.trajectory import Usage
from tracemill.sources.building import open_trajectory
from tracemill.sources.claude_code import ClaudeCode

SOURCE = ClaudeCode()


def test_lines_of_one_message_become_one_step() -> None:
    data = jsonl(
        user(1, "Fix it"),
        agent(2, thinking("Hm."), of="m"),
        agent(3, text("First"), of="m"),
        agent(4, text("I look."), call("t1", command="ls"), of="m"),
    )

    prompt, step = read(SOURCE, data).steps

    assert (prompt.speaker, prompt.text, prompt.index) == ("user", "Fix it", 0)
    assert (step.speaker, step.text, step.reasoning) == ("agent", "First\n\nI look.", "Hm.")
    assert [(made.id, made.name, made.arguments) for made in step.calls] == [
        ("t1", "Bash", {"command": "ls"})
    ]
    assert (step.native_id, step.native_parent_id) == (uuid(2), uuid(1))
    assert (step.model, step.index) == ("model-1", 1)
    assert step.span == Span(start=data.index(b"\n") + 1, end=len(data) - 1)


def test_blocks_of_nothing_but_line_breaks_say_nothing() -> None:
    data = jsonl(agent(1, text("\n\n"), of="m"), agent(2, text("Yes."), of="m"))

    assert [step.text for step in read(SOURCE, data).steps] == ["Yes."]


def test_a_result_joins_the_step_of_its_call_even_behind_later_steps() -> None:
    data = jsonl(
        agent(1, call("t1"), call("t2")),
        user(2, [result("t2", "two")]),
        agent(3, text("Meanwhile")),
        user(4, [result("t1", "one")]),
    )

    step, other = read(SOURCE, data).steps

    assert [(made.call_id, made.content) for made in step.results] == [("t2", "two"), ("t1", "one")]
    assert other.results == ()
    assert step.span.end == len(data) - 1


def test_results_without_a_call_make_one_step_of_the_tools() -> None:
    data = jsonl(user(1, [result("t8"), result("t9")]))

    (step,) = read(SOURCE, data).steps

    assert step.speaker == "tool"
    assert [made.call_id for made in step.results] == ["t8", "t9"]


def test_a_result_that_comes_after_its_step_closed_makes_a_step_of_the_tools(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(open_trajectory, "MAX_OPEN_STEPS", 2)
    data = jsonl(agent(1, call("t1")), user(2, "a"), user(3, "b"), user(4, [result("t1")]))

    speakers = [(step.index, step.speaker) for step in read(SOURCE, data).steps]

    assert speakers == [(0, "agent"), (1, "user"), (2, "user"), (3, "tool")]


def test_much_text_closes_steps_early_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_trajectory, "MAX_OPEN_BYTES", 100)
    data = jsonl(*[user(number, "word " * 15) for number in range(20)])

    steps = read(SOURCE, data).steps

    assert [step.index for step in steps] == list(range(20))


def test_tokens_are_the_largest_of_a_message_and_add_up() -> None:
    data = jsonl(
        agent(1, text("a"), of="m", output=1),
        agent(2, text("b"), of="m", output=7),
        agent(3, text("c"), of="m", output=3),
        agent(4, text("d"), output=2),
    )

    found = read(SOURCE, data)

    assert [step.usage and step.usage.output_tokens for step in found.steps] == [7, 2]
    assert found.header.total_usage == Usage(
        input_tokens=20, output_tokens=9, cache_read_tokens=200
    )


def test_a_message_that_goes_on_after_its_step_closed_counts_only_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(open_trajectory, "MAX_OPEN_STEPS", 1)
    data = jsonl(
        agent(1, text("a"), of="m", output=4),
        user(2, "x"),
        agent(3, text("b"), of="m", output=9),
        user(4, "y"),
        agent(5, text("c"), of="m", output=9),
    )

    found = read(SOURCE, data)

    first, _, second, _, third = found.steps
    assert first.usage == Usage(input_tokens=10, output_tokens=4, cache_read_tokens=100)
    assert (second.usage, third.usage) == (Usage(output_tokens=5), None)
    assert found.header.total_usage == Usage(
        input_tokens=10, output_tokens=9, cache_read_tokens=100
    )


def test_messages_without_ids_are_messages_of_their_own() -> None:
    bare = [agent(number, text("a")) for number in (1, 2)]
    for record in bare:
        del record["message"]["id"], record["requestId"]

    found = read(SOURCE, jsonl(*bare))

    assert [step.usage and step.usage.output_tokens for step in found.steps] == [5, 5]


@pytest.mark.parametrize("tokens", [-1, 2.5, "7", None, True, 2**70, [1]])
def test_tokens_that_are_no_count_are_unknown(tokens: Any) -> None:
    found = read(SOURCE, jsonl(agent(1, text("a"), output=tokens)))

    assert found.header.total_usage == Usage(input_tokens=10, cache_read_tokens=100)


@pytest.mark.parametrize(
    ("content", "speaker"),
    [
        ("Fix it", "user"),
        ("<b>bold</b> please", "user"),
        ("{braces} are mine", "user"),
        ([text("Fix it"), IMAGE], "user"),
        ("<ide_opened_file>a.py</ide_opened_file>Fix it", "user"),
        ([text("<ide_selection>x</ide_selection>"), text("Fix it")], "user"),
        ("<ide_opened_file>a.py</ide_opened_file>", "system"),
        ("<ide_opened_file>a.py", "system"),
        ("<ide_opened_file>a</ide_opened_file>\n<system-reminder>b</system-reminder>", "system"),
        ("<command-name>/clear</command-name>", "system"),
        ("<command-message>review</command-message>", "system"),
        ("  <local-command-stdout></local-command-stdout>", "system"),
        ("<local-command-caveat>Caveat</local-command-caveat>", "system"),
        ("<system-reminder>Remember</system-reminder>", "system"),
        ("<task-notification>done</task-notification>", "system"),
        ("<persisted-output>", "system"),
        ("<bash-input>ls</bash-input>", "system"),
        ("<bash-stdout>a</bash-stdout>", "system"),
    ],
)
def test_only_what_a_person_typed_is_the_user_speaking(content: Any, speaker: str) -> None:
    (step,) = read(SOURCE, jsonl(user(1, content))).steps

    assert step.speaker == speaker


@pytest.mark.parametrize(
    "flags",
    [
        {"isMeta": True},
        {"isSidechain": True},
        {"origin": {"kind": "task-notification"}},
        {"promptSource": "system"},
    ],
)
def test_a_flag_tells_that_nobody_typed_it(flags: dict[str, Any]) -> None:
    (step,) = read(SOURCE, jsonl(user(1, "Fix it", **flags))).steps

    assert step.speaker == "system"


def test_pictures_stand_as_a_word_and_their_bytes_stay_out() -> None:
    data = jsonl(
        user(1, [text("Look"), IMAGE, IMAGE]),
        agent(2, call("t1", "Read")),
        user(3, [result("t1", [text("seen"), IMAGE])]),
    )

    found = read(SOURCE, data)

    prompt, step = found.steps
    assert (prompt.text, prompt.n_images) == ("Look\n\n[image]\n\n[image]", 2)
    assert step.results[0].content == "seen\n[image]"
    assert "iVBOR" not in str(found.records)


def test_a_summary_after_a_compaction_is_replayed() -> None:
    data = jsonl(user(1, "This session is being continued", isCompactSummary=True))

    (step,) = read(SOURCE, data).steps

    assert (step.speaker, step.is_replayed) == ("system", True)


def test_an_error_in_place_of_a_reply_names_no_model() -> None:
    error = agent(1, text("API Error: 529"), isApiErrorMessage=True)
    error["message"]["model"] = "<synthetic>"

    found = read(SOURCE, jsonl(error))

    (step,) = found.steps
    assert (step.is_error, step.model, step.usage) == (True, None, None)
    assert found.header.models == ()


def test_arguments_that_are_no_object_stand_under_input() -> None:
    block = {"type": "tool_use", "id": "t1", "name": "odd", "input": "raw"}

    (step,) = read(SOURCE, jsonl(agent(1, block))).steps

    assert step.calls[0].arguments == {"input": "raw"}


def test_calls_without_an_id_are_told_apart_by_where_they_stand() -> None:
    block = {"type": "tool_use", "name": "Bash", "input": {}}

    (step,) = read(SOURCE, jsonl(agent(1, block, block))).steps

    assert [made.id for made in step.calls] == ["unnamed-0-0", "unnamed-0-1"]


def test_what_was_typed_while_the_agent_worked_is_a_step() -> None:
    queued = user(2, "")
    queued |= {"type": "attachment", "attachment": {"type": "queued_command", "prompt": "Also b"}}
    del queued["message"]

    steps = read(SOURCE, jsonl(user(1, "Do a"), queued)).steps

    assert [(step.speaker, step.text) for step in steps] == [("user", "Do a"), ("user", "Also b")]
