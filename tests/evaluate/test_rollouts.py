"""A model works until it says that it is done, and what it left is judged."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tracemill.base.errors import DataError, PolicyError
from tracemill.base.sandbox import Sandbox, find_sandbox
from tracemill.evaluate.rollouts import attempt
from tracemill.llm import AskSettings, SubjectError
from tracemill.llm.scripted import Reply, ScriptedSubject, follow
from tracemill.records.models.evaluations import EndToEndTask, Rollout

TASK = EndToEndTask(
    id="greet",
    request="Make greet.sh say hello.",
    files={"greet.sh": "echo bye\n", "doc/readme.txt": "Greets.\n"},
    check=("sh", "tests/check.sh"),
    hidden={"tests/check.sh": 'test "$(sh greet.sh)" = hello\n'},
    max_steps=4,
)


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    try:
        return find_sandbox()
    except PolicyError as error:
        pytest.skip(str(error))


def tried(
    sandbox: Sandbox, folder: Path, replies: Sequence[Any], task: EndToEndTask = TASK
) -> Rollout:
    made = [
        Reply(text=each)
        if isinstance(each, str)
        else Reply(calls=({"name": each[0], "arguments": each[1]},))
        for each in replies
    ]
    return attempt(ScriptedSubject("m", follow(made)), task, sandbox, folder, AskSettings())


WRITES = ("write_file", {"path": "greet.sh", "content": "echo hello\n"})


def test_work_that_was_done_passes(sandbox: Sandbox, tmp_path: Path) -> None:
    looks = [("list_files", {"path": "."}), ("read_file", {"path": "greet.sh"})]

    rollout = tried(sandbox, tmp_path, [*looks, WRITES, "Done."])

    assert (rollout.passed, rollout.end, rollout.n_calls, rollout.n_failed_calls) == (
        True, "answered", 3, 0,
    )  # fmt: skip
    results = [message.content for message in rollout.messages if message.role == "tool"]
    assert {line.rsplit("/", 1)[-1] for line in results[0].splitlines()} == {
        "greet.sh",
        "readme.txt",
    }
    assert results[1:] == ["echo bye\n", "written"]


def test_a_claim_is_not_work(sandbox: Sandbox, tmp_path: Path) -> None:
    rollout = tried(sandbox, tmp_path, ["I made greet.sh say hello, and all tests pass."])

    assert not rollout.passed
    assert rollout.end == "answered"


def test_the_check_is_not_the_models_to_change(sandbox: Sandbox, tmp_path: Path) -> None:
    cheats = ("write_file", {"path": "tests/check.sh", "content": "exit 0\n"})

    assert not tried(sandbox, tmp_path, [cheats, "Done."]).passed


def test_a_link_in_place_of_a_folder_leads_nowhere(sandbox: Sandbox, tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "in"
    outside.mkdir()
    folder.mkdir()
    links = ("run_command", {"command": f"rm -rf tests; ln -s {outside} tests"})

    tried(sandbox, folder, [links, WRITES, "Done."])

    assert list(outside.iterdir()) == []


def test_what_fails_is_told_and_counted(sandbox: Sandbox, tmp_path: Path) -> None:
    calls = [
        ("read_file", {"path": "none.txt"}),
        ("fly", {}),
        ("run_command", {"command": "exit 3"}),
        ("read_file", {"path": "../../etc/passwd"}),
    ]

    rollout = tried(sandbox, tmp_path, calls)

    assert (rollout.end, rollout.n_calls, rollout.n_failed_calls) == ("too_many_steps", 4, 4)
    assert all(m.content.startswith("Error: ") for m in rollout.messages if m.role == "tool")


def test_a_task_that_is_done_already_judges_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    done = EndToEndTask(id="x", request="x", check=("true",))

    with pytest.raises(DataError, match="passes before any work"):
        tried(sandbox, tmp_path, ["x"], done)


def test_a_task_stays_in_its_folder(sandbox: Sandbox, tmp_path: Path) -> None:
    outside = EndToEndTask(id="x", request="x", check=("false",), files={"../x": ""})

    with pytest.raises(DataError, match="within the task's folder"):
        tried(sandbox, tmp_path, ["x"], outside)


def test_a_model_that_is_gone_is_no_failure_of_the_flow(sandbox: Sandbox, tmp_path: Path) -> None:
    def gone(*_: object) -> Any:
        raise SubjectError("gone")

    rollout = attempt(ScriptedSubject("m", gone), TASK, sandbox, tmp_path, AskSettings())

    assert (rollout.end, rollout.n_steps) == ("no_reply", 0)


@pytest.mark.parametrize(
    "call",
    [
        ("read_file", {"path": "a\0b"}),
        ("read_file", {"path": "\ud800"}),
        ("write_file", {"path": "a", "content": "\ud800"}),
        ("run_command", {"command": "#" * 2**17}),
    ],
    ids=["nul", "half a character", "half a character in a file", "too long"],
)
def test_arguments_that_no_command_can_take_are_a_failed_call(
    sandbox: Sandbox, tmp_path: Path, call: Any
) -> None:
    rollout = tried(sandbox, tmp_path, [call, "Done."])

    assert (rollout.end, rollout.n_calls, rollout.n_failed_calls) == ("answered", 1, 1)


def test_a_check_leaves_nothing_that_the_model_could_read(sandbox: Sandbox, tmp_path: Path) -> None:
    check = "cp tests/check.sh kept\n" + TASK.hidden["tests/check.sh"]
    task = msgspec.structs.replace(TASK, hidden={"tests/check.sh": check})

    rollout = tried(sandbox, tmp_path, [("list_files", {"path": "."}), WRITES, "Done."], task)

    assert rollout.passed
    assert not any("kept" in message.content for message in rollout.messages)


@pytest.mark.parametrize("leaves", ["touch tests", "mkdir -p tests/check.sh/x"])
def test_a_check_may_leave_anything_where_its_files_were(
    sandbox: Sandbox, tmp_path: Path, leaves: str
) -> None:
    check = ("sh", "-c", f"rm -r tests; {leaves}; false")
    task = msgspec.structs.replace(TASK, check=check)

    assert not tried(sandbox, tmp_path, ["Done."], task).passed


def test_what_a_check_links_to_stays(sandbox: Sandbox, tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.mkdir()
    folder.mkdir()
    (outside / "check.sh").write_text("mine")
    task = msgspec.structs.replace(
        TASK, check=("sh", "-c", f"rm -r tests; ln -s {outside} tests; false")
    )

    tried(sandbox, folder, ["Done."], task)

    assert (outside / "check.sh").read_text() == "mine"


@pytest.mark.parametrize("more", [{"check": ("false\0",)}, {"files": {"a\0b": ""}}])
def test_a_task_that_no_program_can_be_told_is_refused(
    sandbox: Sandbox, tmp_path: Path, more: dict[str, Any]
) -> None:
    with pytest.raises(DataError, match=r"no command can take|within the task's folder"):
        tried(sandbox, tmp_path, ["Done."], msgspec.structs.replace(TASK, **more))
