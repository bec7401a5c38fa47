"""What a session or document leaves for the next."""

from typing import Any

import pytest

from tests.trajectories import ORIGIN, START, activity, agent, calling, step, trajectory, user
from tracemill.label.handoffs import HandOffReader, handed_by_document
from tracemill.label.handoffs.asked_again import AskedAgain
from tracemill.label.handoffs.making import Said, hand_off, whole
from tracemill.records.events.documents import DocumentVersion, Section
from tracemill.records.refs import Ref
from tracemill.records.sessions.activity import Activity, UndoneSteps
from tracemill.records.sessions.trajectory import Step, ToolCall
from tracemill.records.work.handoffs import CheckedHandOff, HandOff

LEFT = (
    "Added the parser.\n\n**Next steps:**\n- [ ] wire `src/cli/app.py`\n- run `pytest tests/cli`\n"
)
LONG = "I fixed the total in src/bill.py. " + "It adds each line once, and no tax twice. " * 6


def read(*steps: Step, about: Activity | None = None, **more: Any) -> list[HandOff]:
    reader = HandOffReader(about or activity())
    for each in steps:
        reader.take(each)
    return list(reader.finish(trajectory(len(steps), **more)))


def planning(index: int, plan: str) -> Step:
    return agent(
        index, "", calls=(ToolCall(id="p", name="ExitPlanMode", arguments={"plan": plan}),)
    )


def document(*texts: str, **more: Any) -> DocumentVersion:
    given: dict[str, Any] = {
        "id": "event_1", "origin": ORIGIN, "at": START, "path": "docs/plan.md", "change": "added",
        "document": "plan", "sections": tuple(Section(text=text) for text in texts), **more,
    }  # fmt: skip
    return DocumentVersion(**given)


def test_last_words_hand_on_what_they_say_is_left() -> None:
    (found,) = read(user(0), agent(1, "Next steps:\n- nothing of this"), user(2), agent(3, LEFT))

    assert (found.kind, found.source.step, found.confidence) == ("next_steps", 3, 0.9)
    assert [(i.text, i.is_done) for i in found.items] == [
        ("wire `src/cli/app.py`", False), ("run `pytest tests/cli`", False),
    ]  # fmt: skip
    assert found.files == ("src/cli/app.py",)
    assert found.commands == ("pytest tests/cli",)
    part = found.parts[0]
    assert found.text[part.start : part.end].startswith("**Next steps:**")


def test_last_words_that_only_say_what_was_done_are_a_summary() -> None:
    (found,) = read(user(0), agent(1, LONG))

    assert (found.kind, found.items, found.files) == ("session_summary", (), ("src/bill.py",))
    assert read(user(0), agent(1, "I fixed it.")) == []
    assert read(user(0), agent(1, "What do you think of this? " * 20)) == []


def test_summaries_of_contexts_are_handed_on_to_what_follows() -> None:
    summary = step(1, "system", "1. Request: x. " * 20, is_replayed=True)
    about = activity(compacted_steps=(1,))
    reader = HandOffReader(about)
    for each in (user(0), summary, user(2)):
        reader.take(each)
    assert not reader.went_on
    reader.take(agent(3, "on"))
    (found,) = reader.finish(trajectory(4))

    assert (found.kind, found.source.step) == ("compaction", 1)
    assert reader.went_on == {1}
    assert read(user(0), summary, agent(2, "on")) == []


def test_plans_are_handed_on_where_nobody_carried_them_out() -> None:
    plan = "# Plan\n\n1. Change `src/a.py`\n"
    (found,) = read(user(0), planning(1, plan))

    assert (found.kind, found.files) == ("plan", ("src/a.py",))
    assert read(user(0), planning(1, plan), about=activity(last_edit_step=2)) == []


def test_subagents_and_undone_branches_hand_nothing_on() -> None:
    undone = activity(undone=(UndoneSteps(first=1, last=1),))

    assert read(user(0), agent(1, LEFT), is_subagent=True) == []
    assert read(user(0), agent(1, LEFT), about=undone) == []


def test_documents_hand_on_their_sections_on_what_is_left() -> None:
    first = document(
        "# Plan\nSee src/x.py\n", "## Next Steps\n- do `src/y.py`\n", "## Notes\nNext steps: z\n"
    )
    found = handed_by_document(first, author="traj_1")

    assert found is not None
    assert (found.kind, found.path, found.trajectory_id) == ("document", "docs/plan.md", "traj_1")
    assert found.files == ("src/y.py",)
    assert (
        handed_by_document(document("# Plan\nother\n", "## Next Steps\n- do `src/y.py`\n"), found)
        is None
    )
    assert handed_by_document(document("## Next Steps\n- do more\n"), found) is not None


@pytest.mark.parametrize(
    "more", [{"document": "instructions"}, {"path": ".claude/skills/a/plan.md"}, {"sections": None}]
)
def test_rules_for_all_work_hand_nothing_on(more: dict[str, Any]) -> None:
    assert handed_by_document(document("## Next Steps\n- load step 2\n", **more)) is None


def asked(*steps: Step, text: str = LEFT) -> CheckedHandOff:
    said = Said(text, Ref(kind="trajectory", id="traj_0", step=3), "traj_0", START)
    heard = AskedAgain(hand_off("session_summary", said, [whole(text, "says_what_was_done")]))
    for each in steps:
        heard.take(each)
    return heard.finish("traj_1")


def globbing(index: int, pattern: str) -> Step:
    call = ToolCall(id=f"g{index}", name="Glob", arguments={"pattern": pattern})
    return agent(index, "", calls=(call,))


def fates(checked: CheckedHandOff) -> dict[str, str]:
    return {fact.text: fact.fate for fact in checked.facts}


def test_a_file_that_is_opened_was_used_and_one_that_is_looked_for_was_asked_for_again() -> None:
    reads = calling(1, command="sed -n 1,9p src/cli/app.py")

    assert fates(asked(reads))["src/cli/app.py"] == "used"
    for looks in (globbing(1, "**/app*"), calling(1, command="find . -name 'app.py'")):
        assert fates(asked(looks, reads))["src/cli/app.py"] == "asked_again"


@pytest.mark.parametrize("pattern", ["src/**/*.py", "src/other/*.ts", "**/cli/*"])
def test_looking_for_other_files_asks_for_none_again(pattern: str) -> None:
    assert fates(asked(globbing(1, pattern)))["src/cli/app.py"] == "untouched"


def test_what_a_call_writes_uses_no_file() -> None:
    given = {"file_path": "src/menu.py", "new_string": "see src/cli/app.py"}
    writes = agent(1, "", calls=(ToolCall(id="w", name="Edit", arguments=given),))

    assert fates(asked(writes))["src/cli/app.py"] == "untouched"


def test_a_command_is_used_where_it_is_run_as_told() -> None:
    assert (
        fates(asked(calling(1, command="cd x && pytest tests/cli -q")))["pytest tests/cli"]
        == "used"
    )
    assert fates(asked(calling(1, command="pytest")))["pytest tests/cli"] == "untouched"


def test_a_question_that_the_hand_off_answers_is_asked_again() -> None:
    told = "The staging server keeps its logs in the Loki bucket for thirty days. " * 4
    call = ToolCall(
        id="q", name="AskUserQuestion",
        arguments={"questions": [{"question": "Where does the staging server keep logs?"}]},
    )  # fmt: skip
    found = asked(agent(1, "", calls=(call,)), agent(2, "Shall I paint the shed green?"), text=told)

    assert [(q.step, q.told is not None) for q in found.questions] == [(1, True), (2, False)]
    assert asked(agent(1, "Where are staging logs?", is_replayed=True), text=told).questions == ()
