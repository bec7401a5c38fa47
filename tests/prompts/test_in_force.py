"""The version in force is that of the commit, or else of the moment; otherwise nobody knows."""

from datetime import datetime, timedelta

import pytest

from tests.prompts.versions import BEGIN, commits, sha, version
from tests.trajectories import trajectory
from tracemill.prompts.history import histories
from tracemill.prompts.in_force import InForce
from tracemill.prompts.lineage import Lineage
from tracemill.records.events.documents import DocumentVersion
from tracemill.records.sessions.activity import UsedKind, UsedText


def in_force(*documents: DocumentVersion) -> InForce:
    lineage = Lineage(commits(9))
    return InForce([each.told for each in histories(documents, lineage)], lineage)


ORDERS = [
    version(2, "a\n", path="CLAUDE.md", kind="instructions"),
    version(4, "a\nb\n", path="CLAUDE.md", kind="instructions"),
    version(3, "x\n", path="AGENTS.md", kind="instructions"),
    version(5, "deep\n", path="web/CLAUDE.md", kind="instructions"),
]


@pytest.mark.parametrize(
    ("agent", "cwd", "commit", "day", "label"),
    [
        ("claude-code", "/repo", None, 5, "claude.v1.1"),
        ("claude-code", "/repo/web", None, 3, "claude.v1.0"),
        ("claude-code", "/repo", None, 1, None),
        ("claude-code", "/repo", sha(3), 8, "claude.v1.0"),
        ("claude-code", "/elsewhere", sha(4), 8, "claude.v1.1"),
        ("claude-code", "/elsewhere", None, 8, None),
        ("claude-code", "/repository", None, 8, None),
        ("claude-code", "/repo", sha(99), 8, "claude.v1.1"),
        ("claude-code", "/repo", None, None, None),
        ("codex", "/repo", None, 5, "agents.v1.0"),
    ],
)
def test_a_session_had_what_stood_where_it_began(
    agent: str, cwd: str, commit: str | None, day: int | None, label: str | None
) -> None:
    started = None if day is None else BEGIN + timedelta(days=day, hours=1)
    session = trajectory(agent=agent, cwd=cwd, base_commit=commit, started=started)
    found = in_force(*ORDERS[:3]).of_session(session)

    assert (found.label if found else None) == label
    if found:
        assert found.by == ("commit" if commit in (sha(3), sha(4)) else "moment")


def test_a_session_whose_commits_are_of_a_repository_worked_in_it() -> None:
    known = in_force(*ORDERS)
    moment = BEGIN + timedelta(days=3)
    session = trajectory(agent="claude-code", cwd="/home/ada/app", base_commit=None, started=moment)
    found = known.of_session(session, {"/repo"})

    assert known.of_session(session) is None
    assert found is not None
    assert found.label.startswith("claude.v1.0")
    assert [each.path for each in known.read_by(session, {"/repo"})] == ["CLAUDE.md"]


def test_the_outermost_orders_count() -> None:
    known = in_force(*ORDERS)
    session = trajectory(
        agent="claude-code", cwd="/repo/web", started=BEGIN + timedelta(days=8), base_commit=None
    )

    assert [each.path for each in known.read_by(session)] == ["CLAUDE.md", "web/CLAUDE.md"]
    found = known.of_session(session)
    assert found is not None
    assert found.label.startswith("claude.v1.1 of prompt_")


@pytest.mark.parametrize(
    ("role", "at", "label"),
    [
        ("Architect", BEGIN + timedelta(days=2), "architect.v1.1"),
        ("architect", BEGIN, None),
        ("architect", None, None),
        ("engineer", BEGIN + timedelta(days=2), None),
    ],
)
def test_a_role_had_the_version_of_its_moment(
    role: str, at: datetime | None, label: str | None
) -> None:
    known = in_force(version(1, "a\n"), version(2, "a\nb\n"))
    found = known.of_role(role, at)

    assert (found.label if found else None) == label


def test_two_prompts_of_one_role_are_never_mixed_up() -> None:
    known = in_force(version(1, "a\n"), version(1, "b\n", path="other/prompts/architect.md"))

    assert known.of_role("architect", BEGIN + timedelta(days=3)) is None


def test_a_deleted_text_is_in_force_no_more() -> None:
    known = in_force(version(1, "a\n"), version(3, None))

    assert known.of_role("architect", BEGIN + timedelta(days=2)) is not None
    assert known.of_role("architect", BEGIN + timedelta(days=4)) is None


DIARY = [
    version(2, "a\n", path=".claude/skills/diary/SKILL.md"),
    version(4, "a\nb\n", path=".claude/skills/diary/SKILL.md"),
]
OTHER_DIARY = version(3, "x\n", path="web/.claude/commands/diary.md")
CRITIC = version(2, "c\n", path="agents/critic.md")


@pytest.mark.parametrize(
    ("documents", "cwd", "kind", "name", "labels"),
    [
        pytest.param(DIARY, "/repo", "command", "diary", ["diary.v1.1"], id="its own"),
        pytest.param(DIARY, "/elsewhere", "command", "Diary", ["diary.v1.1"], id="shared"),
        pytest.param(DIARY, "/repo", "agent", "diary", [], id="no subagent"),
        pytest.param([CRITIC], "/repo", "agent", "critic", ["critic.v1.0"], id="a subagent"),
        pytest.param([CRITIC], "/repo", "command", "critic", [], id="no command"),
        pytest.param([*DIARY, OTHER_DIARY], "/elsewhere", "command", "diary", [], id="two"),
        pytest.param([*DIARY, OTHER_DIARY], "/repo", "command", "diary", ["diary.v1.1"], id="near"),
        pytest.param([*DIARY, OTHER_DIARY], "/repo/web", "command", "diary", [], id="both near"),
    ],
)
def test_a_session_used_the_version_that_stood_when_it_began(
    documents: list[DocumentVersion], cwd: str, kind: UsedKind, name: str, labels: list[str]
) -> None:
    moment = BEGIN + timedelta(days=8)
    session = trajectory(agent="claude-code", cwd=cwd, base_commit=None, started=moment)
    found = in_force(*documents).used_in(session, [UsedText(kind=kind, name=name, step=0)])

    assert [each.label.partition(" of ")[0] for each in found.values()] == labels


def test_nobody_used_what_was_not_there_yet() -> None:
    session = trajectory(agent="claude-code", cwd="/repo", base_commit=None, started=BEGIN)
    used = [UsedText(kind="command", name="diary", step=0)]

    assert in_force(*DIARY).used_in(session, used) == {}
