"""Reports in made-up histories, which Aider sends to its model: of linters, of failed edits."""

from __future__ import annotations

import pytest
from tests.sources.aider.test_history import (
    APPLIED,
    BLOCK,
    HEADER,
    feedback_in,
    prompt,
    read_history,
    said,
)

from tracemill.sources.aider.content import is_asked, is_to_be_fixed

REPORT = said(
    "# Fix any errors below, if possible.", "", "## Running: lint src/a.py", "",
    "src/a.py:1:2: E225 missing whitespace", "...⋮...", "  1█x= 2",
)  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "is_sent"),
    [
        ("Attempt to fix lint errors? y", True),
        ("Attempt to fix lint errors? (Y)es/(N)o [Yes]: yes", True),
        ("Attempt to fix lint errors? [Y/n] n", False),
    ],
)
def test_a_report_of_linters_stands_behind_the_edit_where_a_person_wants_it_fixed(
    answer: str, is_sent: bool
) -> None:
    told = said("Applied edit to src/a.py") + REPORT + said("Commit 1234abc style: x", answer)
    found = read_history(HEADER + prompt("Fix it") + BLOCK + told + "\nA space is missing.\n")

    assert [step.text for step in found.steps] == ["Fix it", "", "A space is missing."]
    (result,) = found.steps[1].results
    assert (result.status, result.commit) == ("ok", "1234abc")
    assert result.content == "Applied edit to src/a.py" + (
        "\n\n# Fix any errors below, if possible.\n\n## Running: lint src/a.py\n\n"
        "src/a.py:1:2: E225 missing whitespace\n...⋮...\n  1█x= 2"
        if is_sent
        else ""
    )


@pytest.mark.parametrize(
    ("told", "calls", "feedback"),
    [
        (["Run shell command? (Y)es/(N)o/(D)on't ask again [Yes]: n"], ["edit"], ["rejection"]),
        (["Run shell command? y", "Running make"], ["edit", "run_command"], []),
        (
            ["Attempt to fix lint errors? [Y/n] n", "Run shell command? y", "Running make"],
            ["edit", "run_command"],
            [],
        ),
        (["Fix lint errors in src/a.py? y", "Run shell command? n"], ["edit"], ["rejection"]),
        (["Running eslint", "Attempt to fix lint errors? n"], ["edit"], []),
    ],
)
def test_a_report_of_linters_ends_where_a_person_is_asked(
    told: list[str], calls: list[str], feedback: list[str]
) -> None:
    history = HEADER + prompt("Fix it") + BLOCK + said("Applied edit to src/a.py") + REPORT
    found = read_history(history + said(*told) + "\nNext words.\n")

    step = found.steps[1]
    assert [call.name for call in step.calls] == calls
    assert [action for action, _ in feedback_in(found)] == feedback
    assert [result.content for result in step.results] == ["Applied edit to src/a.py"]
    assert (found.tally.skipped or {})["program_output"] >= REPORT.count("\n")


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("Add src/b.py to the chat? (Y)es/(N)o [Yes]: yes", True),
        ("Create new file? Y", True),
        ("Fix lint errors in src/a.py?", True),
        ("src/a.py:1: missing colon? it is not there at all", False),
        ("src/a.py:1: E225 missing whitespace", False),
        ("values[0]: no", False),
    ],
)
def test_what_the_program_asked_is_told_from_what_linters_say(line: str, asked: bool) -> None:
    assert is_asked(line) is asked


def test_a_long_answer_is_read_at_once() -> None:
    assert is_to_be_fixed(f"Attempt to fix lint errors? {'a' * 10**6}!")


def test_a_report_of_which_only_the_first_line_is_quoted_is_no_reply() -> None:
    other = BLOCK.replace("src/a.py", "src/b.py")
    block = [line for line in BLOCK.split("\n") if line[:1] != "`"]
    last = "Just reply with fixed versions of the block above that failed to match."
    report = [
        "> # 1 SEARCH/REPLACE block failed to match!",
        "",
        f"## SearchReplaceNoExactMatch: This SEARCH block failed to exactly match lines in {block[0]}",
        *block[1:],
        "",
        "The SEARCH section must exactly match an existing block of lines including all white space",
        "",
        "# The other 1 SEARCH/REPLACE block were applied successfully.",
        "Don't re-send them.",
        f"{last}  ",
    ]
    told = said("The LLM did not conform to the edit format.") + "\n".join(report) + "\n\n"
    replies = f"So:\n\n{BLOCK}\n{other}\n{told}Again:\n\n{BLOCK}\n" + APPLIED
    _, tried, again = read_history(HEADER + prompt("Fix it") + replies).steps
    failed, applied = tried.results

    assert (failed.status, failed.content.splitlines()[-1]) == ("error", last)
    assert (applied.status, applied.content) == ("ok", report[-3])
    assert (again.text, [result.status for result in again.results]) == ("Again:", ["ok"])


@pytest.mark.parametrize(
    "end",
    [said("Tokens: 1k sent, 10 received."), prompt("No"), "> Tokens: 1k sent, 10 received.\n"],
)
def test_a_report_without_an_end_swallows_no_words_of_the_model(end: str) -> None:
    told = said("The LLM did not conform to the edit format.")
    report = f"> # 1 SEARCH/REPLACE block failed to match!\n\nI see.\n\n{BLOCK}\n"
    replies = f"So:\n\n{BLOCK}\n{told}{report}{end}{APPLIED}Fine.\n"
    steps = read_history(HEADER + prompt("Fix it") + replies).steps
    first, second, *_ = [step for step in steps if step.speaker == "agent"]

    assert (first.text, second.text, len(second.calls)) == ("So:", "I see.", 1)
    assert "I see." not in first.results[0].content


@pytest.mark.parametrize("others", [False, True])
def test_a_report_ends_where_the_blanks_behind_its_lines_are_lost(others: bool) -> None:
    end = "The SEARCH section must exactly match an existing block of lines\n\n"
    if others:
        last = "Just reply with fixed versions of the block above that failed to match."
        end += f"# The other 1 SEARCH/REPLACE block were applied successfully.\n{last}\n\n"
    told = (
        said("The LLM did not conform to the edit format")
        + "> # 1 SEARCH/REPLACE block failed to match!"
    )
    report = f"{told}\n\n## SearchReplaceNoExactMatch: src/a.py\n\n{end}"
    words = "The SEARCH section must exactly match, I see."
    after = "> Tokens: 2k sent, 3 received.\n> Applied edit to src/a.py\n\n#### thanks\n"
    history = HEADER + prompt("Fix it") + f"So:\n\n{BLOCK}\n{report}{words}\n\n{BLOCK}\n{after}"
    _, tried, again, _ = read_history(history).steps

    assert (tried.text, again.text) == ("So:", words)
    assert [result.status for result in again.results] == ["ok"]
    assert len(tried.results) == 1
    assert others or tried.results[0].content.endswith(end.strip())
