"""How long linking and labelling 10,000 sessions against 50,000 commits takes, and how much memory.

    python benchmarks/link_speed.py [REPOSITORY]

With a repository in which the Entire CLI saved sessions, its sessions and commits are taken as
often as it needs, each time under other ids and in another place, so they are as dense as real ones.
Without one they are made up: 20 repositories of 800 files, commits of one to eleven files every two
minutes of each day, sessions of an hour that edit one to ten files.
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from measuring import TRACEMILL
from msgspec.structs import replace

from tracemill.base.line_sketch import MAX_OF_COMMIT, MAX_OF_SESSION, sketch
from tracemill.flows.deriving.facts import Facts
from tracemill.label.outcomes.evidence import commits_of
from tracemill.label.outcomes.history import History
from tracemill.label.outcomes.outcome import judge_episode
from tracemill.label.outcomes.trajectory_labels import trajectory_labels
from tracemill.link.group import group_episodes
from tracemill.link.link_records import link_records
from tracemill.records.events.event import Commit, FileChange, LinesAdded
from tracemill.records.refs import Origin
from tracemill.records.sessions.activity import Activity, EditedFile
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace

N_SESSIONS, N_COMMITS = 10_000, 50_000
N_REPOSITORIES, N_FILES = 20, 800
START = datetime(2026, 1, 1, tzinfo=UTC)


class Known(NamedTuple):
    trajectories: list[Trajectory]
    activities: dict[str, Activity]
    commits: list[Commit]
    lines: list[LinesAdded]


def made_up() -> Known:
    chance = random.Random(1)
    commits, lines = zip(*_commits(chance), strict=True)
    sessions = list(_sessions(chance))
    return Known(
        [trajectory for trajectory, _ in sessions],
        {trajectory.id: activity for trajectory, activity in sessions},
        list(commits),
        list(lines),
    )


def _commits(chance: random.Random) -> Iterator[tuple[Commit, LinesAdded]]:
    current: dict[tuple[int, str], str] = {}
    for number in range(N_COMMITS):
        place = number % N_REPOSITORIES
        at = START + timedelta(minutes=2 * number)
        origin = Origin(
            source="git", source_version=1, uri=f"/srv/r{place}", input_id=f"input_{place}"
        )
        changes = []
        for path in _paths(chance, 11):
            new = f"{chance.getrandbits(160):040x}"
            old = current.get((place, path))
            changes.append(FileChange(path=path, status="M", object_id=new, old_object_id=old))
            current[place, path] = new
        sha = f"{chance.getrandbits(160):040x}"
        written = [chance.getrandbits(24) for _ in range(chance.randrange(1, 144))]
        common: dict[str, Any] = {"at": at, "origin": origin}
        yield (
            Commit(id=f"commit_{number}", sha=sha, authored=at, files=tuple(changes), **common),
            LinesAdded(
                id=f"lines_{number}", commit=sha, lines=sketch(written, MAX_OF_COMMIT), **common
            ),
        )


def _sessions(chance: random.Random) -> Iterator[tuple[Trajectory, Activity]]:
    for number in range(N_SESSIONS):
        folder = f"/srv/r{number % N_REPOSITORIES}"
        began = START + timedelta(minutes=2 * number * N_COMMITS / N_SESSIONS)
        ended = began + timedelta(hours=1)
        origin = Origin(source="codex", source_version=1, uri="x", input_id=f"input_s{number}")
        edits = tuple(
            EditedFile(
                path=f"{folder}/{path}", at=(began + timedelta(minutes=chance.randrange(60)),)
            )
            for path in sorted(_paths(chance, 10))
        )
        written = [chance.getrandbits(24) for _ in range(chance.randrange(5, 450))]
        yield (
            Trajectory(
                id=f"traj_{number}",
                session_id=f"s{number}",
                agent="codex",
                cwd=folder,
                branch="main",
                started=began,
                ended=ended,
                origin=origin,
            ),
            Activity(
                trajectory_id=f"traj_{number}",
                input_id=origin.input_id,
                edits=edits,
                added_lines=sketch(written, MAX_OF_SESSION),
                started=began,
                ended=ended,
            ),
        )


def _paths(chance: random.Random, most: int) -> list[str]:
    numbers = chance.sample(range(N_FILES), chance.randrange(1, most + 1))
    return [f"src/part{number % 40}/file{number}.py" for number in numbers]


def scaled(repo: Path) -> Known:
    with tempfile.TemporaryDirectory() as folder:
        command = [*TRACEMILL, "run", "-q", "--workspace", folder, str(repo)]
        # some logs may be absent
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        facts = Facts(Lake(Workspace(Path(folder)).lake))
    known = Known([], {}, [], [])
    copy = 0
    while len(known.commits) < N_COMMITS or len(known.trajectories) < N_SESSIONS:
        _add_copy(facts, copy, known)
        copy += 1
    return known


def _add_copy(facts: Facts, copy: int, known: Known) -> None:
    """Take every record again, as if it were of another repository and other sessions."""

    def named(name: str | None) -> str | None:
        return name and f"{name}-{copy}"

    def moved(origin: Origin) -> Origin:
        return replace(origin, uri=f"/copy{copy}{origin.uri}", input_id=named(origin.input_id))

    def sha_of(sha: str) -> str:
        return f"{int(sha, 16) ^ copy:040x}"

    for each in facts.trajectories.values():
        name, parent, session = map(named, (each.id, each.parent_id, each.session_id))
        about = facts.activities[each.id]
        header = replace(each, id=name, parent_id=parent, session_id=session)
        known.trajectories.append(replace(header, origin=moved(each.origin)))
        known.activities[header.id] = replace(
            about, trajectory_id=name, first_native_id=named(about.first_native_id)
        )
    for commit in facts.commits:
        parents = tuple(map(sha_of, commit.parents))
        copied = replace(commit, id=named(commit.id), sha=sha_of(commit.sha), parents=parents)
        known.commits.append(replace(copied, origin=moved(commit.origin)))
    for lines in facts.lines:
        copied_lines = replace(lines, id=named(lines.id), commit=sha_of(lines.commit))
        known.lines.append(replace(copied_lines, origin=moved(lines.origin)))


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    known = scaled(Path(sys.argv[1])) if sys.argv[1:] else made_up()
    print(
        f"{len(known.trajectories):,} sessions, {len(known.commits):,} commits: {peak_mib():.0f} MiB"
    )
    began = time.process_time()
    links = link_records(known.trajectories, known.activities, known.commits, lines=known.lines)
    linked = time.process_time()
    history = History(known.commits, links)
    trajectories = {trajectory.id: trajectory for trajectory in known.trajectories}
    episodes = [
        judge_episode(group, trajectories, known.activities, history)
        for group in group_episodes(known.trajectories, links)
    ]
    labels = [
        label
        for name, about in known.activities.items()
        for label in trajectory_labels(about, commits_of([name], history), history)
    ]
    labelled = time.process_time()
    print(f"{len(links):,} links in {linked - began:.1f} CPU-s")
    print(f"{len(episodes):,} episodes, {len(labels):,} labels in {labelled - linked:.1f} CPU-s")
    print(f"peak {peak_mib():.0f} MiB")


if __name__ == "__main__":
    main()
