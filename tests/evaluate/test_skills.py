"""Examples of one skill become cases of that skill, judged by what shows it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.evaluate.test_building import TOOLS, calls, result, says, user

from tracemill.evaluate.building import HeldOut
from tracemill.evaluate.choices import N_OTHERS, Statement, letter_of, make_question
from tracemill.evaluate.commands import programs_of, programs_run
from tracemill.evaluate.edited import edited_files
from tracemill.evaluate.handing_over import coverage
from tracemill.evaluate.running import Asked, freeze, sum_up
from tracemill.evaluate.scorers import score
from tracemill.evaluate.skills import skill_cases, statements_of, view_of
from tracemill.llm import Answer
from tracemill.llm.protocol import spoken
from tracemill.records.datasets.examples import Message
from tracemill.records.models.evaluations import Case, HandedThing

ASKED = user("The last row of the report is missing.")
CAUSES = (
    "The range ends one too early, so the last row of the report is never read.",
    "The last row of the report is read twice, because the cursor stands still.",
    "The report is cut by the printer, because its page is one row too short.",
    "The header counts as a row of the report, so one row too few is read.",
)
ELSEWHERE = [Statement(text, f"ep_{number}") for number, text in enumerate(CAUSES[1:], 2)]


def shown(view: str, *messages: Message, group: str = "ep_1") -> HeldOut:
    return HeldOut("example_1", group, messages, TOOLS, ("builder:view", f"view:{view}"))


def made(example: HeldOut, others: Any = (), max_chars: int = 10_000) -> list[Any]:
    told = dict.fromkeys(("problem", "design"), others)
    return list(skill_cases([example], told, max_chars))


def only(cases: list[Any]) -> Case:
    (case,) = cases
    assert isinstance(case, Case)
    return case


def test_what_is_wrong_is_chosen_among_what_was_wrong_elsewhere() -> None:
    case = only(made(shown("problem", ASKED, says(CAUSES[0])), ELSEWHERE))

    assert case.checks == ("choice",)
    assert case.messages[0] == ASKED
    asked = case.messages[-1].content
    assert all(text in asked for text in CAUSES)
    assert f"{case.choice}. {CAUSES[0]}" in asked
    assert score(case, Answer(message=spoken(case.choice or "", ()))).passed
    wrong = "A" if case.choice != "A" else "B"
    faults = score(case, Answer(message=spoken(wrong, ()))).faults
    assert faults == {"choice": "wrong_choice"}


def test_the_right_answer_stands_in_every_place() -> None:
    right = Statement(CAUSES[0], "ep_1")
    questions = [make_question("Why?", right, ELSEWHERE, f"example_{n}") for n in range(40)]

    assert {question.letter for question in questions if question} == set("ABCD")


def test_other_words_of_the_same_work_and_the_same_words_of_other_work_are_no_wrong_answers() -> (
    None
):
    right = Statement(CAUSES[0], "ep_1")
    own = Statement("The range of the report was wrong from the beginning.", "ep_1")
    again = Statement(CAUSES[0].replace("early", "soon"), "ep_9")

    assert make_question("Why?", right, [*ELSEWHERE[: N_OTHERS - 1], own, again], "seed") is None


def test_a_plan_is_told_by_its_steps() -> None:
    plan = calls("update_plan", plan=[{"step": "Read the range"}, {"step": "Mend it"}])
    told = statements_of([shown("design", ASKED, plan)])

    assert told["design"] == [Statement("1) Read the range\n2) Mend it", "ep_1")]
    assert told["problem"] == [], "a plan is no answer to what is wrong"


def test_an_edit_is_judged_by_the_files_that_it_touches() -> None:
    edit = calls("edit", path="src/report.py", old="range(n - 1)", new="range(n)")
    case = only(made(shown("implementation", ASKED, edit)))

    assert case.checks == ("edit_place",)
    assert case.files == ("src/report.py",)
    assert score(case, Answer(message=edit)).passed


def test_a_change_is_judged_by_the_check_that_is_run() -> None:
    case = only(
        made(shown("validation", ASKED, calls("run", command="cd app && uv run pytest -q | tail")))
    )

    assert case.checks == ("validation",)
    assert case.programs == ("pytest",)
    other = Answer(message=spoken("", [{"name": "run", "arguments": {"command": "pytest tests"}}]))
    assert score(case, other).passed


@pytest.mark.parametrize(
    ("example", "reason"),
    [
        (shown("problem", ASKED, says(CAUSES[0])), "no_others"),
        (shown("problem", says(CAUSES[0])), "no_request"),
        (shown("implementation", ASKED, calls("edit", text="?")), "no_place"),
        (shown("validation", ASKED, calls("run", command="git status")), "no_program"),
        (shown("validation", user("x" * 20_000), calls("run", command="pytest")), "too_long"),
    ],
)
def test_a_decision_that_cannot_be_judged_is_counted(example: HeldOut, reason: str) -> None:
    assert made(example) == [reason]


def test_only_what_is_imitated_is_asked() -> None:
    looked = says("I look at the range.", trained=False)
    ran = calls("run", command="pytest")

    assert len(made(shown("validation", ASKED, looked, ran, result("run", "1 passed")))) == 1


def test_whole_sessions_are_no_single_skill() -> None:
    assert view_of(("builder:view", "view:collaboration")) == "collaboration"
    assert view_of(("builder:session",)) is None
    assert view_of(("view:design",)) == "design"


@pytest.mark.parametrize(
    ("command", "programs"),
    [
        ("pytest -q", ["pytest"]),
        ("cd /app && python3 -m pytest tests/test_a.py -v 2>&1 | tail -5", ["pytest"]),
        ("CI=1 npx vitest run src", ["vitest"]),
        ("npm run lint && npm test", ["npm lint", "npm test"]),
        ("go test ./... -run Sum; go vet ./...", ["go test", "go vet"]),
        ("timeout 60 uv run mypy src", ["mypy"]),
        ("mise run fmt && mise run lint", ["mise fmt", "mise lint"]),
        ("golangci-lint run ./...", ["golangci-lint run"]),
        ("cd /w && bash tests/1.2.1.sh", ["1.2.1.sh"]),
        ("bash -x tests/1.2.1.sh", ["1.2.1.sh"]),
        ("bash -lc 'cd /w && pytest -q'", ["pytest"]),
        ("timeout -k 5 60s bash -e -c 'npm test'", ["npm test"]),
        ("nice -n 5 env -i CI=1 pytest", ["pytest"]),
        ("bash -o pipefail -c 'npm test | tee log'", ["npm test"]),
        ("pwsh -NoProfile -Command 'dotnet test'", ["dotnet test"]),
        ("bash -c", []),
        ("node --test tests/", ["node --test"]),
        ("node -e 'test()'", []),
        ("python check.py --fast", ["check.py"]),
        ("python -c 'print(1)'", []),
        ("git add . && git commit -m 'pytest passes'", []),
        ("echo 'go test'", []),
        ('git commit -m "\nnpm test', []),
        ("python -u -m pytest -q", ["pytest"]),
        ("python3 -X dev -W error -m unittest", ["unittest"]),
        ("uv run -q --extra dev pytest", ["pytest"]),
        ("uv run -m pytest", ["pytest"]),
        ("sudo -u me env -u CI pytest", ["pytest"]),
        ("make -C web check && npm --prefix web test", ["make check", "npm test"]),
        ("pytest \\\n  tests/a.py \\\n  -q", ["pytest"]),
        ("cat > a.py <<'EOF'\nimport os\nrun tests\nEOF\npytest -q", ["pytest"]),
        ("cat <<EOF\nnpm test", ["npm test"]),
        ("sort <<< word\npytest\nword", ["pytest", "word"]),
        ("if true; then ruff check; fi", ["ruff check"]),
        ("for each in a b; do pytest $each; done", ["pytest"]),
        ("! pytest || { mypy; }", ["pytest", "mypy"]),
        ("$RUNNER -q", []),
        ("", []),
    ],
)
def test_a_check_is_known_again_however_it_is_called(command: str, programs: list[str]) -> None:
    assert programs_of(command) == tuple(programs)


@pytest.mark.parametrize(
    ("words", "programs"),
    [
        (["bash", "-lc", "cd /w && pytest -q"], ["pytest"]),
        (["bash", "-lc", "cd /w\nnpm test"], ["npm test"]),
        (["pytest", "-k", "a and b"], ["pytest"]),
        ([], []),
    ],
)
def test_a_command_may_be_a_list_of_words(words: list[str], programs: list[str]) -> None:
    assert programs_run({"name": "shell", "arguments": {"command": words}}) == tuple(programs)


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        ({"file_path": "./a.py", "old_string": "1", "new_string": "2"}, ["a.py"]),
        ({"path": "a.py", "command": "view"}, []),
        ({"path": "a.py", "command": "create", "file_text": ""}, ["a.py"]),
        ({"path": "a.py", "limit": 3}, []),
        ({"input": "*** Begin Patch\n*** Update File: b.py\n@@\n-1\n+2\n"}, ["b.py"]),
        ({"patch": "--- a/c.py\n+++ b/c.py\n@@ -1 +1 @@\n-1\n+2\n"}, ["c.py"]),
        ({"command": ["bash", "-lc", "ls"]}, []),
        ({"command": ["apply_patch", "*** Begin Patch\n*** Delete File: d.py\n"]}, ["d.py"]),
    ],
)
def test_the_files_of_an_edit_are_told_by_its_arguments(
    arguments: dict[str, Any], files: list[str]
) -> None:
    assert edited_files([{"name": "edit", "arguments": arguments}]) == tuple(files)


@pytest.mark.parametrize(
    ("answer", "letter"),
    [
        ("B", "B"), ("**B**", "B"), ("(C)", "C"), ("The answer is D.", "D"), ("Answer: A", "A"),
        ("It must be the range.\n\nB", "B"), ("A\nB", None), ("A test fails.", None), ("", None),
    ],
)  # fmt: skip
def test_a_letter_counts_where_it_stands_alone(answer: str, letter: str | None) -> None:
    assert letter_of(answer) == letter


def handing(text: str, *before: Message) -> list[Any]:
    return made(shown("collaboration", ASKED, *before, says(text)))


LEFT = "Next steps:\n- [ ] teach the parser negative totals\n- round tax in `src/tax.py`\n"


def test_a_model_is_asked_to_hand_the_work_over_and_judged_by_what_that_held() -> None:
    case = only(handing(LEFT))

    assert case.checks == ("hand_over",)
    assert case.messages[-1].content.startswith("Hand this work over")
    assert [(each.kind, each.text) for each in case.handed] == [
        ("item", "teach the parser negative totals"), ("item", "round tax in `src/tax.py`"),
        ("file", "src/tax.py"),
    ]  # fmt: skip
    assert handing("It is done.") == ["no_fact"]


@pytest.mark.parametrize(
    ("text", "fault", "covered"),
    [
        (LEFT, None, 1.0),
        ("src/tax.py: tax must be rounded. The parser knows no negative totals.", None, 1.0),
        ("Round the tax in src/tax.py.", None, 2 / 3),
        ("All is well.", "left_out", 0.0),
        (f"{LEFT} Also see src/vat.py.", "made_up", 1.0),
        (f"{LEFT} Also see src/x.py.", "made_up", 1.0),
        (f"{LEFT} {'And so on and on. ' * 200}", "too_much", 1.0),
        (f"{LEFT} a1.py a2.py a3.py a4.py a5.py a6.py", "too_much", 1.0),
        (" ", "said_nothing", 0.0),
    ],
)
def test_words_that_hand_over_are_judged_by_what_they_hold(
    text: str, fault: str | None, covered: float
) -> None:
    found = score(only(handing(LEFT)), Answer(message=spoken(text, ())))

    assert found.faults == {"hand_over": fault}
    assert found.covered == pytest.approx(covered)


@pytest.mark.parametrize(("text", "share"), [("Then run `make`.", 1.0), ("She makes tea.", 0.0)])
def test_a_command_is_held_where_it_stands_as_it_is(text: str, share: float) -> None:
    assert coverage([HandedThing(kind="command", text="make")], text) == share


def test_who_says_nothing_covers_nothing_and_other_cases_cover_no_facts() -> None:
    assert score(only(handing(LEFT)), None).covered == 0.0
    edits = only(made(shown("implementation", ASKED, calls("edit", path="a.py", old="1", new="2"))))
    assert score(edits, Answer(message=spoken("x", ()))).covered is None


def test_an_evaluation_tells_how_much_was_handed_over_on_average() -> None:
    case = only(handing(LEFT))
    replies = (Answer(message=spoken(text, ())) for text in (LEFT, "All is well."))
    results = [score(case, reply) for reply in replies]
    at = datetime(2026, 1, 2, tzinfo=UTC)

    assert sum_up(freeze("x", "o", [case], {}), Asked("m"), results, at).covered == 0.5
    assert sum_up(freeze("x", "o", [case], {}), Asked("m"), [], at).covered is None
