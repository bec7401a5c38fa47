from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from tracemill.label.reactions.cues import Before, cues_of
from tracemill.label.reactions.lexicon import Phrase, expression, languages
from tracemill.label.reactions.phrases import candidates
from tracemill.label.reactions.replies import NO_REPLY, Reply
from tracemill.label.reactions.speech import hear, parts_of
from tracemill.label.reactions.weighing import readings
from tracemill.records.sessions.reactions import SURE_FROM, Reaction, ReactionKind

SHOWN = Before(asked=("show the total",), answered="The total is now in the header of the page.")
EDITED = SHOWN._replace(edited=("page.html",))


def surely(text: str, kind: ReactionKind, before: Before = EDITED) -> float:
    return max(
        (heard.confidence for heard in hear(text, before) if heard.kind == kind), default=0.0
    )


def kinds(text: str, before: Before = SHOWN) -> list[ReactionKind]:
    return [heard.kind for heard in hear(text, before)]


def share(text: str, kind: ReactionKind, reply: Reply) -> float:
    request = parts_of(text).request
    assert request is not None
    found = readings(cues_of(text, request, EDITED, reply))
    return next(each.share for each in found if each.kind == kind)


def replied(text: str, reply: Reply) -> list[ReactionKind]:
    return [heard.kind for heard in hear(text, EDITED, reply)]


@pytest.mark.parametrize(
    "text",
    [
        "no, I meant the other file",
        "No. that is not what I asked for",
        "that's wrong",
        "This isn't right, the total is off",
        "I meant the staging branch",
        "you misunderstood me",
        "revert that please",
        "I've reverted your changes - focus only on X",
        "undo this",
        "still failing with the same error",
        "it still doesn't work",
        "this one is still failing to build",
        "why did you delete the tests?",
        "you forgot the migration",
        "The view makes everything broken",
        "Are you sure? Check the page",
        "wait, that should not be in main",
        "revert that",
        "all the tooltips show 0 lines",
        "I just ran it and the warnings are still there",
        "i cannot get past the login screen",
        "not as a comment, but as a document",
        "there is no such parameter, use the other one",
        "drop the cache nonsense",
        "thats not the branch I was looking for",
        "I would have expected to see more rows than that",
        "it doesnt work",
        "es funktioniert immer noch nicht",
        "ça ne marche pas",
    ],
)
def test_corrections_are_heard_surely_enough_to_count(text: str) -> None:
    assert surely(text, "correction") >= 0.5


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
    assert surely(text, "correction") < 0.5


@pytest.mark.parametrize(
    "text",
    [
        "thanks", "Thank you!", "perfect", "Great. Also, sort them by name", "lgtm", "ok now it works",
        "works great now", "looks good", "awesome, now do the same for the other file", "👍",
        "nice, commit it", "exactly what I wanted",
    ],
)  # fmt: skip
def test_praise_is_heard(text: str) -> None:
    assert surely(text, "acceptance")


@pytest.mark.parametrize(
    "text",
    [
        "great, but the tests fail", "Perfect. But it still breaks", "thanks in advance", "great question",
        "please fix the parser, thanks", "that would be great?", "nice to have: dark mode",
        "looks good except for the header", "the works folder",
    ],
)  # fmt: skip
def test_politeness_and_half_praise_are_no_praise(text: str) -> None:
    assert not surely(text, "acceptance")


@pytest.mark.parametrize(
    "text",
    ["forget it", "Forget it, I'll do it manually", "never mind", "i'll take it from here", "scrap this",
     "let's drop it", "ok, nevermind"],
)  # fmt: skip
def test_giving_up_is_heard(text: str) -> None:
    assert surely(text, "abandonment")


@pytest.mark.parametrize(
    "text",
    ["don't forget it needs a test", "I'll do it in two steps: first the parser", "drop the table users"],
)  # fmt: skip
def test_work_that_goes_on_is_not_given_up(text: str) -> None:
    assert not surely(text, "abandonment")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("commit", ["continuation"]), ("2", ["continuation"]), ("yes implement it", ["continuation"]),
        ("add a changelog entry for the release", ["continuation"]),
        ("what does it replace?", ["clarification"]), ("/ask will it work on windows", ["clarification"]),
        ("Also, sort them by name", ["refinement"]), ("make it smaller", ["refinement"]),
        ("please push the branch", ["continuation"]),
        ("is that in the header", ["clarification"]),
        ("Great. Also, sort them by name", ["acceptance", "refinement"]),
        ("Nice. Does it refuse counts below zero?", ["acceptance", "clarification"]),
        ("Perfect! Now commit it", ["acceptance", "continuation"]),
        ("thanks!", ["acceptance"]), ("no, I meant the footer", ["correction"]),
        ('@agent Continue: "Go on?"', ["continuation"]), ("a.ts? (Y)es/(N)o [Yes]: s", ["continuation"]),
        ("never mind", ["abandonment"]), ("btw, where are the docs?", ["switch"]),
    ],
)  # fmt: skip
def test_what_is_said_is_told_by_its_form(text: str, expected: list[ReactionKind]) -> None:
    assert kinds(text) == expected


def test_a_request_that_sends_the_agent_back_to_the_same_file_refines() -> None:
    text = "print the total in the header"
    same, other = Reply(edited=("/work/page.html",)), Reply(edited=("mail.html",))

    assert replied(text, same) == ["refinement"]
    assert replied(text, other) == ["continuation"]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("You're right, the total was wrong.", "correction"),
        ("I see the problem: the total is read too early.", "correction"),
        ("Du hast recht, das fehlt.", "correction"),
        ("申し訳ありません。", "correction"),
        ("Good question. It is read once.", "clarification"),
        ("Good point, I'll shorten it.", "refinement"),
        ("Great! On to the next page.", "continuation"),
    ],
)
def test_what_the_agent_answers_tells_how_a_request_was_meant(
    said: str, kind: ReactionKind
) -> None:
    assert share("the total in the header", kind, Reply(said)) > share(
        "the total in the header", kind, NO_REPLY
    )


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(thought="The user is asking where the total is kept."), "clarification"),
        (Reply(thought="The user wants me to commit this."), "continuation"),
        (Reply(thought="The user wants to rename the option."), "refinement"),
        (Reply(thought="The total is still missing."), "correction"),
        (Reply(reported="Updated the total."), "refinement"),
        (Reply(reported="Fixed: the total is read once."), "correction"),
    ],
)
def test_what_the_agent_thinks_and_reports_tells_it_too(reply: Reply, kind: ReactionKind) -> None:
    text = "the total in the header"

    assert share(text, kind, reply) > share(text, kind, NO_REPLY)


def test_a_remark_that_is_answered_in_words_alone_wanted_an_answer() -> None:
    text, told = "so the total is read from the page", "It is read once, when the page opens."
    worked = Reply(told, edited=("mail.html",), has_called=True)

    assert share(text, "clarification", Reply(told)) > share(text, "clarification", worked)


def test_a_request_that_is_made_again_is_rephrased() -> None:
    asked = "render quarterly totals inside the header table"
    again = "render the quarterly totals inside header table"

    assert kinds(again, Before(asked=(asked,))) == ["rephrase"]
    assert kinds(again, Before(asked=("and the footer", asked))) == ["rephrase"]


def test_a_question_that_is_asked_word_for_word_again_is_rephrased() -> None:
    asked = "does the page read the total when it opens?"

    assert kinds(asked) == ["clarification"]
    assert kinds(asked, Before(asked=("and the footer", asked))) == ["rephrase"]
    assert kinds(f"{asked} I mean the big one", Before(asked=(asked,)))[0] == "rephrase"


def test_a_long_request_that_is_sent_once_more_is_rephrased() -> None:
    asked = "\n".join(f"{n}. show the total of part {n} in the header" for n in range(12))

    assert kinds(asked, EDITED._replace(asked=(asked,))) == ["rephrase"]


def test_a_question_that_a_log_holds_twice_is_no_request_made_again() -> None:
    twice = Before(asked=("/ask will this work on the other system",), is_silent=True)

    assert kinds("will this work on the other system", twice) == ["clarification"]


def test_output_that_is_shown_again_is_a_failure_and_no_request_made_again() -> None:
    output = "ERROR: the session was counted twice in the summary\nExpected one, found two"

    assert kinds(output, EDITED._replace(asked=(output,))) == ["correction"]


def test_a_reproach_that_asks_is_both() -> None:
    assert set(kinds("still wrong, what did you change?")) == {"correction", "clarification"}


def test_an_empty_prompt_says_nothing() -> None:
    assert kinds("<blank>", EDITED) == []


def test_a_question_that_is_quoted_is_not_asked() -> None:
    assert "clarification" not in kinds('change it to "Do you want to go on?"', EDITED)


def test_words_behind_a_shown_picture_are_heard() -> None:
    assert kinds("<image name=[Image #1]>\n[image]\n</image>\n[Image #1] yes, go on") == [
        "continuation"
    ]


def test_the_telling_words_are_named_by_their_place() -> None:
    text = "  Well\u2019s fine. It isn\u2019t right"
    (heard,) = hear(text, SHOWN)

    assert (text[heard.start : heard.end], heard.rule) == (
        "It isn\u2019t right",
        "en.that-is-not-right",
    )


PHRASES = [
    pytest.param(phrase, id=f"{code}.{phrase.name}")
    for code, language in languages().items()
    for phrase in language.phrase
]


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_phrase_is_heard_in_what_it_came_with(phrase: Phrase) -> None:
    pattern, unless = expression(phrase.pattern), expression(phrase.unless)

    def is_heard(text: str) -> bool:
        return bool(pattern.search(text)) and not unless.search(text)

    assert phrase.accept
    assert [text for text in phrase.accept if not is_heard(text)] == []
    assert [text for text in phrase.reject if is_heard(text)] == []


OF_PEOPLE = [
    phrase
    for language in languages().values()
    for phrase in language.phrase
    if phrase.whose == "person"
]
PLACES = st.sampled_from([text for phrase in OF_PEOPLE for text in phrase.accept])
SPOKEN = st.lists(PLACES | st.text(max_size=20), max_size=4).map(" ".join)


@given(SPOKEN, st.sampled_from([" ", "\u00a0", "\n"]), st.sampled_from([str, str.upper, str.title]))
def test_no_phrase_that_fits_is_left_out_before_it_is_tried(
    spoken: str, space: str, written: Callable[[str], str]
) -> None:
    text = written(spoken).replace(" ", space)
    fitting = {
        number for number, phrase in enumerate(OF_PEOPLE) if expression(phrase.pattern).search(text)
    }

    assert fitting <= candidates(text, "person")


def test_names_of_phrases_are_unique() -> None:
    assert languages()
    for language in languages().values():
        names = [phrase.name for phrase in language.phrase]
        assert len(names) == len(set(names))


@given(st.text(max_size=600))
def test_a_text_is_never_praise_and_correction_at_once(text: str) -> None:
    assert not {"acceptance", "correction"} <= set(kinds(text))


@given(st.text(max_size=600), st.text(max_size=50))
def test_what_is_heard_stands_within_the_text(text: str, asked: str) -> None:
    heard = hear(text, Before(asked=(asked,)))

    assert all(0 <= each.start < each.end <= len(text) for each in heard)


@pytest.mark.parametrize(
    "shown",
    [
        "[Image #1]\n",
        "# Files mentioned by the user:\n\n## a.png: /tmp/a.png\n\n## My request for Codex:\n",
        "# In app browser:\n- Current URL: http://localhost/\n\n## My request for Codex:\n",
        "<ide_opened_file>The user opened the file why.md</ide_opened_file>\n",
    ],
)
def test_what_a_program_puts_before_a_persons_words_is_not_heard(shown: str) -> None:
    heard = hear(f"{shown}that's wrong", SHOWN)

    assert [(each.kind, each.start) for each in heard] == [("correction", len(shown))]


def test_what_the_agent_said_and_a_program_hands_on_is_no_persons() -> None:
    plan = "Please change the header of the page so that it shows the total. " * 6
    planned = Before(asked=("show the total",), answered=f"Here is the plan.\n{plan}")

    assert not kinds(f"Here is  the plan.\n\n{plan}", planned)
    assert kinds(f"{plan}\nNo, not in the header.", planned)


def test_a_question_whether_it_should_be_so_is_no_wish() -> None:
    assert kinds("the label should be shorter", EDITED) == ["refinement"]
    assert kinds("it should be shorter then, right?", EDITED) == ["clarification"]


def test_another_number_is_another_request() -> None:
    asked = "/architect yes lets start implementing block number 1"

    assert "rephrase" in kinds(asked, Before(asked=(asked,)))
    assert "rephrase" not in kinds(asked.replace("1", "2"), Before(asked=(asked,)))


def test_words_that_occur_in_a_long_request_do_not_say_it_again() -> None:
    words = [f"{first}{second}word" for first in "abcdefgh" for second in "klmnop"]
    asked = Before(asked=(" ".join(words),))

    assert kinds(" ".join(words[:40]), asked) == ["rephrase"]
    assert "rephrase" not in kinds(" ".join(words[:5]), asked)


def test_a_no_to_what_the_agent_asked_is_an_answer() -> None:
    asked = SHOWN._replace(answered="The total is in the header. Shall I add anything else?")

    assert kinds("no, that is all I need") == ["correction"]
    assert surely("no, that is all I need", "correction", asked) < SURE_FROM["correction"]


def test_what_a_program_logs_twice_is_heard_as_the_first_time() -> None:
    first = "/ask perfect, let us set up a list of tasks that we will follow"
    again = Before(asked=(first,), is_silent=True)

    assert "rephrase" not in kinds(first.removeprefix("/ask "), again)


def test_each_kind_is_sure_from_a_share_of_its_own() -> None:
    for kind, share in SURE_FROM.items():
        told = Reaction(step=1, kind=kind, strength=0, confidence=share, rule="en.phrase")
        assert told.is_sure
        assert not structs.replace(told, confidence=share - 0.01).is_sure


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("fix it " + "?" * 400_000 + "a", id="question marks"),
        pytest.param("fix it" + "\n" * 400_000 + "x", id="empty lines"),
    ],
)
def test_a_long_text_is_heard_in_time_that_grows_with_its_length(text: str) -> None:
    assert kinds(text)
