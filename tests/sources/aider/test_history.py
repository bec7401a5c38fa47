"""Histories of made-up chats, and what must come of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.laws import assert_blocks_do_not_matter, assert_sound, with_noise
from tests.sources.reading import Found, read

from tracemill.records.events.event import Feedback
from tracemill.records.sessions.trajectory import Usage
from tracemill.sources.aider import Aider
from tracemill.sources.aider.content import Edit, split_edits
from tracemill.sources.head import Head

HEADER = "\n# aider chat started at 2024-08-05 19:33:02\n\n"
BLOCK = """\
src/a.py
```python
<<<<<<< SEARCH
x = 1
=======
x = 2
>>>>>>> REPLACE
```
"""


def prompt(*lines: str) -> str:
    return "\n" + "".join(f"#### {line}  \n" for line in lines) + "\n"


def said(*lines: str) -> str:
    return "".join(f"> {line}  \n" for line in lines)


CHAT = (
    HEADER
    + said(
        "Aider v0.50.2-dev",
        "Main model: model-1 with diff edit format",
        "Git repo: .git with 3 files",
    )
    + prompt("Fix it", "", "and test it")
    + f"I fix it.\n\n{BLOCK}\nDone.\n\n"
    + said("Tokens: 1.2k sent, 34 received. Cost: $0.01 message, $0.02 session.")
    + said("Applied edit to src/a.py", "Commit 1234abc fix: it")
)


def read_history(text: str) -> Found:
    return read(Aider(), text.encode())


def feedback_in(found: Found) -> list[tuple[str, str | None]]:
    return [(event.action, event.call_id) for event in found.events if isinstance(event, Feedback)]


def test_a_chat_is_told_with_its_edit_and_the_commit_that_holds_it() -> None:
    found = read_history(CHAT)

    assert [(step.speaker, step.text) for step in found.steps] == [
        ("user", "Fix it\n\nand test it"),
        ("agent", "I fix it.\n\n\nDone."),
    ]
    step = found.steps[1]
    (call,), (result,) = step.calls, step.results
    assert (call.name, call.arguments) == (
        "edit",
        {"path": "src/a.py", "search": "x = 1", "replace": "x = 2"},
    )
    assert (result.call_id, result.status, result.commit) == (call.id, "ok", "1234abc")
    assert step.usage == Usage(input_tokens=1200, output_tokens=34)
    header = found.header
    assert (header.agent_version, header.models) == ("0.50.2-dev", ("model-1",))
    assert header.started is None


def test_each_chat_is_a_trajectory_and_silent_ones_are_none() -> None:
    found = read_history(CHAT + HEADER + said("Aider v0.50.2-dev") + CHAT)

    assert len(found.headers) == 2
    assert len({header.id for header in found.headers}) == 2


def test_what_stands_before_the_first_chat_is_one_too() -> None:
    found = read_history(prompt("Go on") + "I do.\n" + CHAT)

    assert [header.n_steps for header in found.headers] == [2, 2]


@pytest.mark.parametrize(
    ("line", "speaker"),
    [
        ("Fix it", "user"),
        ("/ask why?", "user"),
        ("# Fix any errors below, if possible.", "system"),
        ('Find the "AI" comments below (marked with █) in the code files.', "system"),
        ("I've written your instructions in comments in the code and marked them", "system"),
    ],
)
def test_what_the_program_sends_was_not_typed(line: str, speaker: str) -> None:
    assert read_history(HEADER + prompt(line)).steps[0].speaker == speaker


def test_a_command_and_what_it_prints_are_no_steps() -> None:
    found = read_history(
        HEADER + prompt("/map") + "a.py:\nclass A\n" + prompt("!ls") + prompt("Hi") + "Hello.\n"
    )

    assert [step.speaker for step in found.steps] == ["user", "agent"]
    assert found.tally.skipped == {"program_command": 4}


def test_a_prompt_in_which_nothing_was_typed_is_no_step() -> None:
    found = read_history(
        CHAT + prompt("<blank>") + said("", "^C again to exit") + prompt("What is <blank>?")
    )

    assert [step.text for step in found.steps if step.speaker == "user"] == [
        "Fix it\n\nand test it",
        "What is <blank>?",
    ]
    assert feedback_in(found) == []
    assert found.tally.skipped["empty_prompt"] == 1


def test_what_follows_a_command_is_the_models_where_it_cost_tokens() -> None:
    found = read_history(
        HEADER + prompt("/run make") + f"I fix it.\n\n{BLOCK}\n" + said("Tokens: 1k sent, 2 received.")
        + said("Applied edit to src/a.py")
    )  # fmt: skip

    assert [(step.speaker, step.text) for step in found.steps] == [
        ("system", "/run make"),
        ("agent", "I fix it."),
    ]
    assert [result.status for result in found.steps[1].results] == ["ok"]


APPLIED = said("Applied edit to src/a.py")
RUN = "> ====== test session starts ======\nplatform\n\n====== 1 failed in 2s ======  \n"


def test_what_a_command_printed_stands_with_it_and_not_in_the_reply() -> None:
    found = read_history(
        HEADER + prompt("/test pytest") + RUN + f"I fix it.\n\n{BLOCK}\n" + APPLIED
    )

    assert [(step.speaker, step.text.splitlines()[-1]) for step in found.steps] == [
        ("system", "====== 1 failed in 2s ======"),
        ("agent", "I fix it."),
    ]


def test_why_an_edit_was_not_applied_stands_in_its_result() -> None:
    why = said("# 1 SEARCH/REPLACE block failed to match!") + said("  old = 1")
    found = read_history(
        HEADER + prompt("Fix it") + f"So:\n\n{BLOCK}\n" + said("The LLM did not conform to the edit format.")
        + why + f"Again:\n\n{BLOCK}\n" + APPLIED
    )  # fmt: skip
    first, second = (step.results[0] for step in found.steps[1:])

    assert (first.status, first.content.splitlines()[1:]) == (
        "error",
        ["# 1 SEARCH/REPLACE block failed to match!", "  old = 1"],
    )
    assert (second.status, second.content) == ("ok", "Applied edit to src/a.py")


def test_an_edit_beside_one_that_failed_was_applied() -> None:
    other = BLOCK.replace("src/a.py", "src/b.py")
    block = [line for line in BLOCK.split("\n") if line[:1] != "`"]
    why = [
        "The LLM did not conform to the edit format.",
        "# 1 SEARCH/REPLACE block failed to match!",
        f"## SearchReplaceNoExactMatch: This SEARCH block failed to exactly match lines in {block[0]}",
        *block[1:],
        "# The other 1 SEARCH/REPLACE block were applied successfully.",
        "Don't re-send them.",
    ]
    replies = f"So:\n\n{BLOCK}\n{other}\n"
    first, second = read_history(HEADER + prompt("Fix it") + replies + said(*why)).steps[1].results

    assert (first.status, len(first.content.splitlines())) == ("error", len(why))
    assert (second.status, second.content) == ("ok", why[-2])


def test_the_rest_of_a_commits_message_is_no_reply() -> None:
    commit = "> Commit abcdef1 The message is:\n\nfix: Break it apart\n\nfeat: Add what is new  \n"
    found = read_history(HEADER + prompt("Fix it") + f"So:\n\n{BLOCK}\n" + APPLIED + commit)

    assert [step.text for step in found.steps] == ["Fix it", "So:"]


def test_what_a_reply_cost_is_no_part_of_it() -> None:
    cost = (
        "> Tokens: 8.7k sent, 157 received.\nCost: $0.03 message, $0.08 session. Use --no-stream.\n"
    )
    found = read_history(HEADER + prompt("Why?") + f"Because.\n\n{cost}\n" + prompt("Thanks"))

    assert [step.text for step in found.steps] == ["Why?", "Because.", "Thanks"]


def test_a_cost_of_countless_digits_is_read_in_one_pass() -> None:
    cost = f"> Tokens: {'0' * 100_000}. Cost: $0.03 message, $0.08 session.\n"
    found = read_history(HEADER + prompt("Why?") + f"Because.\n\n{cost}\n" + prompt("Thanks"))

    assert [step.text for step in found.steps if step.speaker == "user"] == ["Why?", "Thanks"]


def test_an_edit_is_taken_back_at_its_own_step() -> None:
    undone = said("Commit abcdef1 fix: it") + prompt("Why?") + "Because.\n"
    found = read_history(
        HEADER + prompt("Fix it") + f"So:\n\n{BLOCK}\n" + APPLIED + undone
        + prompt("/undo") + said("Removed: abcdef1 fix: it")
    )  # fmt: skip

    assert [event.step for event in found.events] == [1]


def test_what_a_test_runner_printed_is_no_reply() -> None:
    found = read_history(HEADER + prompt("Fix it") + f"I fix it.\n\n{BLOCK}\n" + APPLIED + RUN)

    assert [step.text for step in found.steps] == ["Fix it", "I fix it."]


def test_two_prompts_with_nothing_between_them_stay_two() -> None:
    found = read_history(HEADER + prompt("Look") + prompt("Fix it"))

    assert [step.text for step in found.steps] == ["Look", "Fix it"]


def test_headings_and_quotes_of_the_model_are_its_own() -> None:
    reply = "The plan:\n\n#### Step 1\nWrap it.\n\n> quoted\n\n# Title\n"
    found = read_history(HEADER + prompt("Plan") + reply)

    assert found.steps[1].text == reply.strip()


def test_a_file_written_whole_is_an_edit_too() -> None:
    found = read_history(
        HEADER + prompt("Write") + "a.py\n```\nx = 1\n```\n\n" + said("Applied edit to a.py")
    )

    assert found.steps[1].calls[0].arguments == {"path": "a.py"}
    assert found.steps[1].results[0].status == "ok"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("The LLM did not conform to the edit format.", "error"),
        ("# 1 SEARCH/REPLACE block failed to match!", "error"),
        ("Did not apply edit to src/a.py (--dry-run)", "unknown"),
    ],
)
def test_an_edit_may_fail(line: str, status: str) -> None:
    found = read_history(HEADER + prompt("Fix") + BLOCK + "\n" + said(line))

    assert [result.status for result in found.steps[1].results] == [status]


@pytest.mark.parametrize(
    "history",
    [
        HEADER + prompt("/commit") + said("Commit 1234abc mine"),
        HEADER + prompt("Hi") + "Hello.\n\n" + said("Commit 1234abc mine"),
        HEADER
        + prompt("Fix")
        + BLOCK
        + "\n"
        + said("Committing src/a.py before applying edits.", "Commit 1234abc wip")
        + said("Applied edit to src/a.py"),
    ],
)
def test_commits_of_other_work_are_nobodys_call(history: str) -> None:
    found = read_history(history)

    assert [result.commit for step in found.steps for result in step.results if result.commit] == []


def test_a_person_may_have_a_reply_committed_by_a_command() -> None:
    edited = prompt("Fix") + BLOCK + "\n" + said("Applied edit to src/a.py")
    asked = prompt("/commit mine") + said("Commit 1234abc mine")

    at_once = read_history(HEADER + edited + asked)
    later = read_history(HEADER + edited + prompt("Why?") + "So.\n\n" + asked)

    assert [result.commit for result in at_once.steps[1].results] == ["1234abc"]
    assert [result.commit for result in later.steps[1].results] == [None]


def test_an_edit_whose_commit_is_taken_back_was_refused() -> None:
    found = read_history(CHAT + prompt("/undo") + said("Removed: 1234abc fix: it"))

    assert feedback_in(found) == [("rejection", "call-1")]


def test_a_reply_that_breaks_off_was_interrupted() -> None:
    stop = ">  \n>  \n> ^C again to exit  \n\n"

    broken = read_history(HEADER + prompt("Fix") + stop + "I begin\n")
    idle = read_history(CHAT + stop)

    assert feedback_in(broken) == [("interruption", None)]
    assert feedback_in(idle) == []


@pytest.mark.parametrize(("answer", "n_calls", "n_refused"), [("y", 1, 0), ("n", 0, 1)])
def test_a_command_runs_only_when_a_person_lets_it(
    answer: str, n_calls: int, n_refused: int
) -> None:
    ran = said("Running make") if answer == "y" else ""
    found = read_history(
        HEADER + prompt("Fix") + "Run make.\n\n" + said(f"Run shell command? [Y/n] {answer}") + ran
    )

    assert len(found.steps[1].calls) == n_calls
    assert len(feedback_in(found)) == n_refused


def test_a_reply_without_end_is_told_in_several_steps() -> None:
    found = read_history(HEADER + prompt("Go") + ("x" * 99 + "\n") * 200_000)

    assert [step.speaker for step in found.steps] == ["user", "agent", "agent", "agent"]
    assert sum(step.text.count("x") for step in found.steps) == 99 * 200_000


def test_tokens_of_the_cache_are_told_apart() -> None:
    line = "Tokens: 12k sent, 8.1k cache write, 3k cache hit, 210 received. Cost: $0.1 message."
    found = read_history(HEADER + prompt("Hi") + "Hello.\n\n" + said(line))

    assert found.steps[1].usage == Usage(
        input_tokens=9000, output_tokens=210, cache_read_tokens=3000, cache_write_tokens=8100
    )


@pytest.mark.parametrize(
    ("reply", "text", "edits"),
    [
        (BLOCK, "", [Edit("src/a.py", "x = 1", "x = 2")]),
        (BLOCK.replace("```python", "<source>python").replace("```", "</source>"), "",
         [Edit("src/a.py", "x = 1", "x = 2")]),
        (f"**`b.py`**\n{BLOCK.partition(chr(10))[2]}", "", [Edit("b.py", "x = 1", "x = 2")]),
        ("```python\nb.py\n" + BLOCK.split("\n", 2)[2], "", [Edit("b.py", "x = 1", "x = 2")]),
        (BLOCK + "\nand\n\n" + BLOCK, "and", [Edit("src/a.py", "x = 1", "x = 2")] * 2),
        (BLOCK.partition(">>>")[0], BLOCK.partition(">>>")[0].strip(), []),
        ("no edit", "no edit", []),
    ],
)  # fmt: skip
def test_edit_blocks_are_taken_out_of_a_reply(reply: str, text: str, edits: list[Edit]) -> None:
    assert split_edits(reply) == (text, edits)


def test_a_history_is_told_by_its_headers() -> None:
    assert Aider().recognises(Head(Path("x"), CHAT.encode()))
    assert not Aider().recognises(Head(Path("x"), b"# aider chat started at noon\n#### Hi\n"))


PIECES = st.sampled_from(
    [
        HEADER,
        prompt("Fix it"),
        prompt("/add a"),
        "I do.\n",
        BLOCK,
        "#### Step\n",
        "> quoted\n",
        "\n",
    ]
    + [said(line) for line in ("Applied edit to src/a.py", "Commit 1234abc x", "^C again to exit")]
    + [said("Tokens: 1k sent, 2 received."), said("Removed: 1234abc x"), "<<<<<<< SEARCH\n"]
)


@given(st.lists(PIECES, max_size=12), st.binary(max_size=3), st.integers(1, 90), st.data())
def test_no_text_is_a_crash_and_blocks_do_not_matter(
    pieces: list[str], noise: bytes, size: int, data: st.DataObject
) -> None:
    whole = with_noise("".join(pieces).encode(), noise, data)

    found = assert_blocks_do_not_matter(Aider(), whole, size)
    assert_sound(found)
    assert found.tally.n_lines == sum(bool(line.strip()) for line in whole.split(b"\n"))


@given(st.lists(PIECES, max_size=12), st.lists(PIECES, max_size=6))
def test_a_growing_history_keeps_its_chats(before: list[str], after: list[str]) -> None:
    first = read_history("".join(before)).headers
    second = read_history("".join([*before, *after])).headers

    assert [header.id for header in first] == [header.id for header in second[: len(first)]]
