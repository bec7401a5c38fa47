from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests.curate.test_recovery import recovery
from tests.curate.test_views import using
from tests.trajectories import activity, agent, episode, trajectory, user, work
from tracemill.curate.builders.one_pass import make_examples
from tracemill.curate.windows.work import ChatConfig, Drop
from tracemill.records.datasets.examples import PromptExample
from tracemill.records.sessions.activity import CheckRun
from tracemill.records.sessions.trajectory import Step


def built(
    steps: Sequence[Step], *checks: CheckRun, start: str | None = "abc", **about: Any
) -> tuple[list[PromptExample], Counter[str]]:
    task = work(
        activity(checks=checks, files_edited=("a.py",), **about),
        episode=episode("unknown", 0),
        trajectory=trajectory(len(steps), cwd="/app", repository="https://host/app"),
        start_commit=start,
        end_commit="def",
    )
    made = list(make_examples(task, steps, ChatConfig(builders=("verified",))))
    drops: Counter[str] = Counter(one.reason for one in made if isinstance(one, Drop))
    return [one for one in made if isinstance(one, PromptExample)], drops


def passed(step: int, check: Any = "test") -> CheckRun:
    return CheckRun(step=step, check=check, passed=True)


STEPS = [
    user(0, "mend it"), using(1, "Edit"), using(2, "Bash", command="pytest 2>&1 | tail -5"), agent(3),
]  # fmt: skip


def test_a_request_is_decided_by_the_check_that_passed_after_the_change() -> None:
    (example,), drops = built(STEPS, passed(2))
    found = example.verifier

    assert [(message.role, message.content) for message in example.prompt] == [("user", "mend it")]
    assert (found.check, found.command, found.cwd) == ("test", "pytest", "/app")
    assert (found.start_commit, found.end_commit) == ("abc", "def")
    assert found.repository == "https://host/app"
    assert [ref.step for ref in found.evidence] == [2]
    assert [tool["function"]["name"] for tool in example.tools] == ["Bash", "Edit"]
    assert "proof:passed_after" in example.tags
    assert not drops


@pytest.mark.parametrize(
    ("given", "command"),
    [
        pytest.param("pytest 2>&1|grep -v ok | tail -5", "pytest", id="shortened twice"),
        pytest.param("pytest || cat log", "pytest || cat log", id="what follows a failure"),
        pytest.param("pytest | tee log; true", "pytest | tee log; true", id="not at the end"),
        pytest.param(f"pytest{' ' * 100_000}-x", f"pytest{' ' * 100_000}-x", id="blanks"),
    ],
)
def test_only_what_shortens_the_output_at_the_end_is_cut_off(given: str, command: str) -> None:
    (example,), _ = built([*STEPS[:2], using(2, "Bash", command=given), agent(3)], passed(2))

    assert example.verifier.command == command


@pytest.mark.parametrize(
    ("about", "path", "proof"),
    [
        ({"recoveries": (recovery(1, worked=2),)}, "a.py", "failed_before"),
        ({}, "tests/test_a.py", "new_tests"),
    ],
)
def test_a_tag_tells_how_much_the_check_proves(
    about: dict[str, Any], path: str, proof: str
) -> None:
    steps = [STEPS[0], using(1, "Edit", file_path=path, content="x"), *STEPS[2:]]
    (example,), _ = built(steps, passed(2), **about)

    assert f"proof:{proof}" in example.tags


@pytest.mark.parametrize(
    ("steps", "check"),
    [
        pytest.param([STEPS[0], using(1, "Bash", command="pytest"), using(2, "Edit"), agent(3)],
                     passed(1), id="passed before the change"),
        pytest.param([*STEPS[:2], user(2, "and that"), using(3, "Bash", command="pytest")],
                     passed(3), id="more was asked for"),
        pytest.param(STEPS, passed(2, "lint"), id="only a linter"),
    ],
)  # fmt: skip
def test_a_check_that_proves_nothing_decides_nothing(steps: list[Step], check: CheckRun) -> None:
    assert built(steps, check) == ([], {"unproven_check": 1})


def test_where_the_work_began_must_be_known() -> None:
    assert built(STEPS, passed(2), start=None) == ([], {"start_unknown": 1})
