"""Files before they were mended, and pairs of ways, become questions of which one answer is right."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.evaluate.test_building import calls, says, user

from tracemill.evaluate.approaches import HeldPair, approach_cases
from tracemill.evaluate.issues import MendedFile, issue_cases
from tracemill.evaluate.scorers import score
from tracemill.llm import Answer
from tracemill.llm.protocol import spoken
from tracemill.records.models.evaluations import Case

AT = datetime(2026, 3, 1, tzinfo=UTC)
ISSUES = (
    "The last row is never read.",
    "Dates lose their zone when they are stored.",
    "An empty name crashes the parser.",
    "Two writers overwrite each other's index.",
    "Totals of refunds count twice.",
)
CODE = "".join(f"line {number} of the program\n" for number in range(1, 101))


def mended(number: int, **more: Any) -> MendedFile:
    given: dict[str, Any] = {
        "work_id": f"work_{number}", "repository": "app", "path": "src/app.py", "before": CODE,
        "first_line": 50, "issue": ISSUES[number], "at": AT + timedelta(days=number),
        "told_by": "commit", **more,
    }  # fmt: skip
    return MendedFile(**given)


def cases(files: list[MendedFile], max_chars: int = 6_000) -> dict[str, Any]:
    found = list(issue_cases(files, max_chars))
    return {file.work_id: case for file, case in zip(files, found, strict=True)}


def test_the_wrong_answers_are_issues_that_were_mended_before() -> None:
    found = cases([mended(number) for number in range(5)])
    case = found["work_3"]

    assert isinstance(case, Case)
    asked = case.messages[0].content
    assert all(issue in asked for issue in ISSUES[:4])
    assert ISSUES[4] not in asked  # mended later, so the file may have it too
    assert f"{case.choice}. {ISSUES[3]}" in asked
    assert score(case, Answer(message=spoken(case.choice or "", ()))).passed
    assert case.slices == ("skill:issue", "told_by:commit")
    assert found["work_2"] == "no_others"


def test_where_too_few_were_mended_before_other_repositories_help() -> None:
    others = [mended(n, repository="other", at=AT + timedelta(days=9)) for n in range(1, 4)]

    assert isinstance(cases([mended(0), *others])["work_0"], Case)


def test_a_line_that_tells_an_issue_is_not_shown() -> None:
    header = f"// - [ ] Issue #1: {ISSUES[3]}\n"
    files = [mended(number, before=header + CODE, first_line=3) for number in range(4)]
    asked = cases(files)["work_3"].messages[0].content

    assert asked.count(ISSUES[3]) == 1
    assert "line 1 of the program" in asked


def test_of_a_long_file_the_part_around_the_change_is_shown() -> None:
    files = [mended(number, first_line=90) for number in range(4)]
    case = cases(files, 1_500)["work_3"]
    asked = case.messages[0].content

    assert len(asked) <= 1_500
    assert "line 90 of the program" in asked
    assert "line 89 of the program" in asked
    assert "line 1 of the program" not in asked
    assert cases(files, 600)["work_3"] == "too_long"


def test_a_line_that_has_no_room_is_no_question() -> None:
    files = [mended(number, before="x = 1;" * 900, first_line=1) for number in range(4)]

    assert cases(files, 1_500)["work_3"] == "too_long"


ASKED = user("Mend the sum.")
WORSE = calls("edit", path="a.py", old="1", new="2")
BETTER = calls("edit", path="a.py", old="1", new="3")


def pair(**more: Any) -> HeldPair:
    given: dict[str, Any] = {
        "id": "example_1", "group": "ep_1", "prompt": (ASKED,), "better": (BETTER,),
        "worse": (WORSE,), "slices": ("builder:retry",), **more,
    }  # fmt: skip
    return HeldPair(**given)


def test_of_two_ways_the_one_that_held_up_is_right() -> None:
    (case,) = approach_cases([pair()], 6_000)

    assert isinstance(case, Case)
    asked = case.messages[-1].content
    assert f'{case.choice}.\nedit {{"new":"3","old":"1","path":"a.py"}}' in asked
    assert case.messages[0] == ASKED
    assert case.slices == ("builder:retry", "skill:approach")


def test_the_right_way_stands_in_both_places() -> None:
    found = approach_cases([pair(id=f"example_{number}") for number in range(20)], 6_000)

    assert {case.choice for case in found if isinstance(case, Case)} == {"A", "B"}


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"better": (WORSE,)}, "too_long"),
        ({"better": (says("x" * 9_000),)}, "too_long"),
        ({"prompt": (user("x" * 9_000),)}, "too_long"),
        ({"prompt": (says("Hi."),)}, "no_request"),
    ],
)
def test_a_pair_that_cannot_be_told_apart_is_counted(more: dict[str, Any], reason: str) -> None:
    assert list(approach_cases([pair(**more)], 6_000)) == [reason]
