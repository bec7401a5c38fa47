"""What a text hands on."""

import pytest

from tracemill.base.handed_on import (
    commands_in,
    entries,
    files_in,
    handing_parts,
    hands_on,
    is_agents_own,
)


@pytest.mark.parametrize(
    "heading",
    ["NEXT STEPS", "▶ Next Up", "Recommended next steps", "Remaining (4 items)", "Deferred to v2",
     "Session Hand-off", "What's left", "Next Phase Readiness", "Blockers", "TODO", "Follow-up"],
)  # fmt: skip
def test_headings_above_what_is_left_hand_on(heading: str) -> None:
    assert hands_on(heading)


@pytest.mark.parametrize(
    "heading",
    ["Summary", "Known limitations", "Session management", "Open questions", "Error handling",
     "Continue on error", "Next.js setup", "Future work", "x" * 200],
)  # fmt: skip
def test_other_headings_do_not(heading: str) -> None:
    assert not hands_on(heading)


def test_a_part_ends_at_a_heading_as_high_as_its_own() -> None:
    text = "# Report\nDone.\n## Next steps\n- [ ] a thing\n### Later\n1. more\n## Notes\nx\n"
    (part,) = handing_parts(text)

    assert text[part.start : part.end] == "## Next steps\n- [ ] a thing\n### Later\n1. more\n"
    assert (part.heading, part.rule) == ("Next steps", "heading")


def test_a_leading_line_hands_on_what_it_leads_into() -> None:
    text = "I added it.\n\nRemaining:\n- tests\n- docs\n\n**Changed:**\n- a.py\n"
    (part,) = handing_parts(text)

    assert text[part.start : part.end].split() == ["Remaining:", "-", "tests", "-", "docs"]
    assert part.rule == "lead"


def test_headings_within_code_are_none() -> None:
    assert handing_parts("```\n# Next steps\n- a\n```\n") == []


def test_sentences_say_that_something_is_left_where_they_are_asked_for() -> None:
    text = "Done. The branch still needs to be merged. All tests pass."
    (part,) = handing_parts(text, with_sentences=True)

    assert text[part.start : part.end] == "The branch still needs to be merged."
    assert handing_parts(text) == []
    assert not handing_parts(
        "when you want but aren't ready to commit, or when you must", with_sentences=True
    )


def test_a_sentence_within_a_part_is_no_part_of_its_own() -> None:
    text = "It still needs to be merged.\nNext steps:\n- It still needs to be tested.\n\n# Ends\nTo continue, run it."
    found = handing_parts(text, with_sentences=True)

    assert [part.rule for part in found] == ["sentence", "lead", "sentence"]


def test_entries_say_whether_their_box_is_ticked() -> None:
    text = "- [x] wrote it\n- [ ] test it\n2) ship it\nno entry\n---\n"
    found = entries(text)

    assert [(each.text, each.is_done) for each in found] == [
        ("wrote it", True), ("test it", False), ("ship it", False),
    ]  # fmt: skip
    assert [text[each.start : each.end] for each in found] == [each.text for each in found]


def test_files_are_named_once_and_by_their_longest_name() -> None:
    text = (
        "See `src/app.py`, app.py, ./docs/a.md:12 and [the view](/home/x/view.ts); not v1.2, e.g., "
        "https://a.io/b.html, *-PLAN.md, file.service.ts? (src/b.rs) app/[id]/page.tsx"
    )

    assert files_in(text) == (
        "src/app.py", "docs/a.md", "file.service.ts", "src/b.rs", "app/[id]/page.tsx",
    )  # fmt: skip


def test_commands_are_quoted_or_stand_in_code() -> None:
    text = "Run `npm test` or `foo bar`, `/api`, `git add -> git commit`.\n```\n$ make all\nx = 1\n```\n`/gsd:plan 12`"

    assert commands_in(text) == ("npm test", "make all", "/gsd:plan 12")
    assert is_agents_own("/gsd:plan 12")
    assert not is_agents_own("npm test")


@pytest.mark.parametrize(
    "line",
    ["# a" + " " * 20_000 + "x", "# a" + " #" * 10_000 + "x", "- " * 10_000 + "x", "#" * 20_000],
    ids=["spaces", "marks", "dashes", "numbers"],
)
def test_a_line_of_many_marks_is_read_at_once(line: str) -> None:
    assert handing_parts(line) == []


def test_a_heading_may_close_with_its_marks() -> None:
    (part,) = handing_parts("## Next steps ##  \n- a\n")

    assert part.heading == "Next steps"


def test_sentences_are_found_between_parts() -> None:
    said = "The branch still needs to be merged."
    text = f"{said}\n## TODO\n{said}\n## Notes\n{said}\n## TODO\n- a\n## Notes\n{said}\n"
    found = handing_parts(text, with_sentences=True)

    assert [part.rule for part in found] == [
        "sentence", "heading", "sentence", "heading", "sentence",
    ]  # fmt: skip
