import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.label.speech import hear


@pytest.mark.parametrize(
    ("text", "at_least"),
    [
        ("no, I meant the other file", 0.9),
        ("No. that is not what I asked for", 0.9),
        ("that's wrong", 0.9),
        ("This isn't right, the total is off", 0.9),
        ("I meant the staging branch", 0.9),
        ("you misunderstood me", 0.9),
        ("revert that please", 0.9),
        ("I've reverted your changes - focus only on X", 0.9),
        ("undo this", 0.9),
        ("still failing with the same error", 0.8),
        ("it still doesn't work", 0.8),
        ("this one is still failing to build", 0.8),
        ("why did you delete the tests?", 0.8),
        ("you forgot the migration", 0.8),
        ("The view makes everything broken", 0.8),
        ("Are you sure? Check the page", 0.6),
        ("wait, that should not be in main", 0.6),
    ],
)
def test_corrections_are_heard(text: str, at_least: float) -> None:
    assert hear(text).correction >= at_least


@pytest.mark.parametrize(
    "text",
    [
        "no problem, go on", "No worries", "add a test for the parser", "yes", "commit", "fix tests",
        "use the spinner instead of the inlined one", "make sure it does not create the file",
        "don't log if there is no parser", "what does byok get replaced with", "continue",
        "can you add a note to the readme?", "never merge without a review",
    ],
)  # fmt: skip
def test_requests_are_no_corrections(text: str) -> None:
    assert hear(text).correction < 0.6


@pytest.mark.parametrize(
    "text",
    [
        "thanks", "Thank you!", "perfect", "Great. Also, sort them by name", "lgtm", "ok now it works",
        "works great now", "looks good", "awesome, now do the same for the other file", "👍",
        "nice, commit it", "exactly what I wanted",
    ],
)  # fmt: skip
def test_praise_is_heard(text: str) -> None:
    assert hear(text).is_praise


@pytest.mark.parametrize(
    "text",
    [
        "great, but the tests fail", "Perfect. But it still breaks", "thanks in advance", "great question",
        "please fix the parser, thanks", "that would be great?", "nice to have: dark mode",
        "looks good except for the header", "the works folder",
    ],
)  # fmt: skip
def test_politeness_and_half_praise_are_no_praise(text: str) -> None:
    assert not hear(text).is_praise


@pytest.mark.parametrize(
    "text",
    ["forget it", "Forget it, I'll do it manually", "never mind", "i'll take it from here", "scrap this",
     "let's drop it", "ok, nevermind"],
)  # fmt: skip
def test_giving_up_is_heard(text: str) -> None:
    assert hear(text).gives_up


@pytest.mark.parametrize(
    "text",
    ["don't forget it needs a test", "I'll do it in two steps: first the parser", "drop the table users"],
)  # fmt: skip
def test_work_that_goes_on_is_not_given_up(text: str) -> None:
    assert not hear(text).gives_up


@given(st.text(max_size=600))
def test_a_text_is_never_praise_and_correction_at_once(text: str) -> None:
    heard = hear(text)

    assert not (heard.is_praise and heard.correction)
