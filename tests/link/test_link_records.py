from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trajectories import START, activity, commit, trajectory
from tracemill.link.group import group_episodes
from tracemill.link.link_records import link_records
from tracemill.records.events.event import Checkpoint, Commit, FileChange
from tracemill.records.links import SURE_ENOUGH, Link
from tracemill.records.refs import Origin
from tracemill.records.sessions.activity import Activity, AskedCommit, CommitMention, EditedFile
from tracemill.records.sessions.trajectory import Trajectory

SHA = "1a2b3c4" + "0" * 33
APP = "/srv/app"
DAY = timedelta(days=1)
FIRST_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def linked(about: Activity, *commits: Commit, **header: Any) -> list[tuple[str, str, float]]:
    known = trajectory(**{"cwd": APP, **header})
    found = link_records([known], {known.id: about}, commits)
    return [(i.target.id, i.method, i.confidence) for i in found if i.source.id == known.id]


def changed(*paths: str) -> tuple[FileChange, ...]:
    return tuple(FileChange(path=path, status="M") for path in paths)


def mention(sha: str, step: int = 3, **more: Any) -> CommitMention:
    return CommitMention(sha=sha, step=step, **more)


def test_a_printed_hash_finds_its_commit_with_its_step() -> None:
    made = commit(SHA)
    known = trajectory(cwd=APP)
    about = activity(commits=(mention("1a2b3c4"), mention("1a2b3c4", 9)))

    (link,) = link_records([known], {known.id: about}, [made])

    assert (link.method, link.confidence, link.target.id) == ("commit_output", 0.99, made.id)
    assert [ref.step for ref in link.evidence] == [3, 9]


@pytest.mark.parametrize(
    ("sha", "shas"),
    [
        pytest.param("1a2b3c4", ["9" * 40], id="unknown"),
        pytest.param("1a2b3c", [SHA], id="too short"),
        pytest.param("1a2b3c4", [SHA, "1a2b3c4" + "1" * 33], id="ambiguous"),
    ],
)
def test_a_hash_that_names_no_one_commit_makes_no_link(sha: str, shas: list[str]) -> None:
    assert linked(activity(commits=(mention(sha),)), *map(commit, shas)) == []


def test_of_clones_the_one_that_was_worked_in_is_linked() -> None:
    elsewhere = Origin(source="git", source_version=1, uri="/a/clone", input_id="input_3")
    here, there = commit(SHA), commit(SHA, id="event_there", origin=elsewhere)
    about = activity(commits=(mention("1a2b3c4"),))

    assert [link[0] for link in linked(about, here, there)] == [here.id]
    assert [link[0] for link in linked(about, here, there, cwd="/a/clone/src")] == [there.id]
    assert [link[0] for link in linked(about, here, there, cwd="/b")] == [there.id]


def test_a_structured_result_is_named_as_such() -> None:
    about = activity(commits=(mention("1a2b3c4", is_structured=True),))

    assert linked(about, commit(SHA)) == [(f"event_{SHA}", "git_operation", 0.99)]


@pytest.mark.parametrize(
    ("trailer", "is_linked"),
    [
        (("Claude-Session", "s1"), True),
        (("Claude-Session", "https://claude.example/session/s1"), True),
        (("session-id", "s1"), True),
        (("Session-Id", "s2"), False),
        (("Co-authored-by", "s1"), False),
        (("Entire-Checkpoint", "a1b2c3d4e5f6"), False),
    ],
)
def test_a_trailer_that_names_the_session_links(
    trailer: tuple[str, str], *, is_linked: bool
) -> None:
    found = linked(activity(), commit(SHA, trailers=(trailer,)))

    assert [method for _, method, _ in found] == ["checkpoint_trailer"] * is_linked


@pytest.mark.parametrize(
    ("subject", "cwd", "is_linked"),
    [
        ("fix: totals (#12)", APP, True),
        ("Merge pull request #12 from a/b", APP, True),
        ("fix: totals (#12)", "/elsewhere", False),
        ("fix #12: totals", APP, False),
    ],
)
def test_a_pull_request_links_within_its_repository(
    subject: str, cwd: str, *, is_linked: bool
) -> None:
    found = linked(activity(pull_requests=(12,)), commit(SHA, subject=subject), cwd=cwd)

    assert [(method, sure) for _, method, sure in found] == [("pull_request", 0.85)] * is_linked


def test_the_commit_at_which_a_session_began_is_linked_as_such() -> None:
    assert linked(activity(), commit(SHA), base_commit=SHA) == [
        (f"event_{SHA}", "base_commit", 0.9)
    ]


def edits(*paths: str, at: datetime = START) -> Activity:
    files = tuple(EditedFile(path=path, at=(at,)) for path in sorted(paths))
    return activity(edits=files, started=START, ended=START + timedelta(hours=1))


@pytest.mark.parametrize(
    ("edited", "files", "is_linked"),
    [
        pytest.param(["/srv/app/a.py", "/srv/app/b.py"], ["a.py", "b.py"], True, id="all"),
        pytest.param(["/srv/app/a.py"], ["a.py", "b.py"], True, id="half of the commit"),
        pytest.param(["src/a.py"], ["src/a.py"], True, id="relative to the folder"),
        pytest.param(["/clone/src/a.py"], ["src/a.py"], True, id="in another work tree"),
        pytest.param(["/other/a.py"], ["a.py"], False, id="a name alone"),
        pytest.param([], ["a.py"], False, id="nothing edited"),
    ],
)
def test_a_file_that_was_edited_before_links(
    edited: list[str], files: list[str], *, is_linked: bool
) -> None:
    made = commit(SHA, files=changed(*files), at=START + timedelta(minutes=30))

    assert [(m, c >= SURE_ENOUGH) for _, m, c in linked(edits(*edited), made)] == [
        ("files_and_time", True)
    ] * is_linked


def test_a_relative_path_may_be_gits_own_where_no_folder_is_known() -> None:
    inside = Origin(source="gemini-cli", source_version=1, uri=f"{APP}#entire/s", input_id="i")
    made = commit(SHA, files=changed("README.md"))

    found = linked(edits("README.md"), made, cwd=None, origin=inside)
    assert [method for _, method, _ in found] == ["files_and_time"]


def test_files_link_the_less_the_later_the_commit() -> None:
    found = []
    for hours in (-1, 0, 1, 5, 24, 24 * 13, 24 * 15):
        made = commit(SHA, files=changed("a.py"), at=START + timedelta(hours=hours))
        found.append([c for _, _, c in linked(edits("/srv/app/a.py"), made)])

    assert found[0] == found[-1] == []
    assert found[1:-1] == sorted(found[1:-1], reverse=True)
    assert found[1] > found[2]


def test_a_commit_that_was_rebased_long_after_is_found_by_when_it_was_written() -> None:
    late = START + timedelta(days=90)
    made = commit(SHA, files=changed("a.py"), authored=START + timedelta(minutes=5), at=late)

    assert [method for _, method, _ in linked(edits("/srv/app/a.py"), made)] == ["files_and_time"]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"parents": ("a" * 40, "b" * 40)}, id="a merge"),
        pytest.param({"files": None}, id="files unknown"),
        pytest.param({"at": None}, id="time unknown"),
    ],
)
def test_some_commits_tell_nothing_of_edits(more: dict[str, Any]) -> None:
    made = commit(SHA, **{"files": changed("a.py"), **more})

    assert linked(edits("/srv/app/a.py"), made) == []


@pytest.mark.parametrize(("minutes", "is_linked"), [(10, False), (30, True)])
def test_an_edit_that_an_earlier_commit_holds_is_in_no_later_one(
    minutes: int, *, is_linked: bool
) -> None:
    def change(old: str, new: str) -> tuple[FileChange, ...]:
        return (FileChange(path="a.py", status="M", old_object_id=old, object_id=new),)

    first = commit("f" * 40, files=change("1", "2"), at=START + timedelta(minutes=20))
    second = commit(SHA, files=change("2", "3"), at=START + timedelta(minutes=40))
    found = linked(edits("/srv/app/a.py", at=START + timedelta(minutes=minutes)), first, second)

    assert [link[0] for link in found] == [second.id if is_linked else first.id]


@pytest.mark.parametrize(("hours", "is_linked"), [(0.5, True), (-1, False), (2, False)])
def test_a_rebased_commit_is_found_by_its_subject(hours: float, *, is_linked: bool) -> None:
    about = activity(
        commits=(mention("9999999", subject="fix: totals"),),
        started=START, ended=START + timedelta(hours=1),
    )  # fmt: skip
    written = START + timedelta(hours=hours)
    made = commit(SHA, subject="fix: totals", authored=written, at=START + timedelta(days=9))

    assert linked(about, made) == [(made.id, "commit_subject", 0.97)] * is_linked


@pytest.mark.parametrize(
    ("subject", "minutes", "is_linked"),
    [
        pytest.param("fix: totals", 0, True, id="at once"),
        pytest.param("fix: totals", 5, True, id="after checks"),
        pytest.param("fix: totals", 6, False, id="another of that name"),
        pytest.param("fix: tax", 0, False, id="another subject"),
    ],
)
def test_a_commit_that_a_command_asked_for_is_found_by_its_subject(
    subject: str, minutes: int, *, is_linked: bool
) -> None:
    asked = AskedCommit(subject="fix: totals", step=4, at=START)
    made = commit(SHA, subject=subject, at=START + timedelta(minutes=minutes))

    found = linked(activity(asked_commits=(asked,)), made)
    assert found == [(made.id, "commit_subject", 0.97)] * is_linked


@pytest.mark.parametrize(
    ("about", "confidence"),
    [
        pytest.param({"started": START, "ended": START}, 0.99, id="it was running"),
        pytest.param({"edits": (EditedFile(path="a.py", at=(START,)),)}, 0.99, id="it edited"),
        pytest.param({"started": START - DAY, "ended": START - DAY}, 0.5, id="it lay idle"),
        pytest.param({}, 0.5, id="nothing is known"),
    ],
)
def test_what_a_checkpoint_says_is_sure_where_the_session_bears_it_out(
    about: dict[str, Any], confidence: float
) -> None:
    made = commit(SHA, files=changed("a.py"), trailers=(("Entire-Checkpoint", "a1b2c3d4e5f6"),))
    saved = Checkpoint(
        id="event_saved", origin=made.origin, checkpoint_id="a1b2c3d4e5f6", session_id="s1"
    )
    known = trajectory(cwd=APP)

    (link,) = link_records([known], {known.id: activity(**about)}, [made], [saved])
    assert (link.method, link.confidence) == ("checkpoint_trailer", confidence)


def test_of_a_session_in_parts_the_part_that_made_the_commit_is_linked_for_sure() -> None:
    made = commit(SHA, files=changed("a.py"), trailers=(("Entire-Checkpoint", "a1b2c3d4e5f6"),))
    saved = Checkpoint(
        id="event_saved", origin=made.origin, checkpoint_id="a1b2c3d4e5f6", session_id="s1"
    )
    parts = [trajectory(id=name, cwd=APP) for name in ("idle", "working")]
    abouts = {
        "idle": activity(trajectory_id="idle", started=START - DAY, ended=START - DAY),
        "working": activity(trajectory_id="working", started=START, ended=START),
    }
    links = link_records(parts, abouts, [made], [saved])

    found = {i.source.id: i.confidence for i in links if i.method == "checkpoint_trailer"}
    assert found == {"idle": 0.5, "working": 0.99}


def test_a_session_whose_log_lies_in_a_repository_worked_on_it() -> None:
    inside = Origin(source="codex", source_version=1, uri=f"{APP}#entire/s1", input_id="input_1")
    made = commit(SHA, files=changed("src/a.py"))
    about = edits("/home/elsewhere/src/a.py")

    found = linked(about, made, cwd="/home/elsewhere", origin=inside)
    assert [method for _, method, _ in found] == ["files_and_time"]


def test_branch_and_time_are_a_guess() -> None:
    about = activity(started=START, ended=START + timedelta(hours=1))
    made = commit(SHA, refs=("main",))

    assert linked(about, made, branch="main") == [(made.id, "branch_and_time", 0.3)]
    assert linked(about, made, branch="other") == []


REVERTS = [
    pytest.param({"reverts": (SHA,)}, 0.99, id="whole hash"),
    pytest.param({"reverts": ("1a2b3c4",)}, 0.99, id="abbreviated"),
    pytest.param({"subject": 'Revert "fix: totals"'}, 0.8, id="by subject"),
    pytest.param({"subject": 'Revert "other"'}, None, id="another subject"),
    pytest.param({"reverts": ("9" * 40,)}, None, id="unknown hash"),
]


@pytest.mark.parametrize(("about", "confidence"), REVERTS)
def test_a_revert_links_to_what_it_undoes(about: dict[str, Any], confidence: float | None) -> None:
    made = commit(SHA, subject="fix: totals")
    undoing = commit("f" * 40, at=START + timedelta(days=1), **about)
    found = link_records([], {}, [made, undoing])

    assert [(i.source.id, i.target.id, i.confidence) for i in found] == (
        [] if confidence is None else [(undoing.id, made.id, confidence)]
    )


def grouped(known: Sequence[Trajectory], links: Sequence[Link]) -> list[tuple[str, ...]]:
    return group_episodes(known, links)


def test_only_what_surely_belongs_together_is_one_episode() -> None:
    known = [
        trajectory(id="a", cwd=APP), trajectory(id="sub", is_subagent=True, parent_id="a"),
        trajectory(id="b", session_id="s2", cwd=APP, started=START + timedelta(hours=1)),
        trajectory(id="c", session_id="s3", cwd=APP, started=START + timedelta(hours=2), base_commit=SHA),
        trajectory(id="d", session_id="s4", cwd=APP, started=START + timedelta(hours=3)),
    ]  # fmt: skip
    made = activity(trajectory_id="a", commits=(mention("1a2b3c4"),))
    about = {
        "a": made,
        "sub": activity(trajectory_id="sub"),
        "b": activity(trajectory_id="b", commits=(mention("1a2b3c4"),)),
        "c": activity(trajectory_id="c"),
        "d": activity(
            trajectory_id="d", files_edited=("/srv/app/a.py",), started=START, ended=START
        ),
    }
    links = link_records(known, about, [commit(SHA, files=changed("a.py"))])

    assert grouped(known, links) == [("a", "sub", "b"), ("c",), ("d",)]


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Trajectory], dict[str, Activity], list[Commit]]:
    shas = [f"{i:07x}" + "0" * 33 for i in range(4)]
    moments = st.integers(0, 600).map(lambda m: START + timedelta(minutes=m))
    known, about = [], {}
    for i in range(draw(st.integers(0, 6))):
        one = trajectory(
            id=f"traj_{i}", session_id=draw(st.sampled_from(["s1", "s2", "s3"])), cwd=APP,
            is_subagent=draw(st.booleans()), started=draw(st.none() | moments),
            base_commit=draw(st.none() | st.sampled_from(shas)), branch="main",
        )  # fmt: skip
        known.append(one)
        about[one.id] = activity(
            trajectory_id=one.id, started=one.started, ended=one.started,
            first_native_id=draw(st.none() | st.sampled_from([FIRST_ID, "item_0"])),
            commits=tuple(mention(s[:8]) for s in draw(st.lists(st.sampled_from(shas), max_size=2))),
            edits=tuple(
                EditedFile(path=path, at=(draw(moments),))
                for path in draw(st.sets(st.sampled_from(["/srv/app/a", "/srv/app/b"])))
            ),
        )  # fmt: skip
    commits = [
        commit(sha, at=draw(moments), files=changed("a"), subject="x", refs=("main",),
               reverts=tuple(draw(st.lists(st.sampled_from(shas), max_size=1))))
        for sha in draw(st.sets(st.sampled_from(shas)))
    ]  # fmt: skip
    return known, about, commits


@given(histories(), st.randoms(use_true_random=False))
def test_links_and_groups_do_not_depend_on_the_order_of_records(
    history: tuple[list[Trajectory], dict[str, Activity], list[Commit]], random: Any
) -> None:
    known, about, commits = history
    links = link_records(known, about, commits)
    groups = group_episodes(known, links)
    random.shuffle(known)
    random.shuffle(commits)
    again = link_records(known, dict(reversed(about.items())), commits)
    shuffled = list(again)
    random.shuffle(shuffled)

    assert again == links
    assert group_episodes(known, shuffled) == groups


@given(histories())
def test_every_trajectory_is_in_exactly_one_group(
    history: tuple[list[Trajectory], dict[str, Activity], list[Commit]],
) -> None:
    known, about, commits = history
    groups = group_episodes(known, link_records(known, about, commits))

    assert sorted(one for group in groups for one in group) == sorted(one.id for one in known)


@given(histories())
def test_links_have_ids_of_their_own_and_end_at_known_records(
    history: tuple[list[Trajectory], dict[str, Activity], list[Commit]],
) -> None:
    known, about, commits = history
    links = link_records(known, about, commits)
    ids = {one.id for one in known} | {one.id for one in commits}

    assert len({link.id for link in links}) == len(links)
    assert all({link.source.id, link.target.id} <= ids for link in links)
