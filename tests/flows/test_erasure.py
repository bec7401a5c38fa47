"""After an erasure nothing of its subject is left in any byte of the workspace, and all else is."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import zstandard

from tests.flows.sessions import lines
from tests.repositories import Repository
from tests.sources.opencode import sessions as oc
from tracemill.base.errors import NotFoundError, UsageError
from tracemill.capture import emit
from tracemill.flows.datasets.versions import find_version
from tracemill.flows.erasing.erasure import erase_data, find_data, read_subject
from tracemill.flows.executors.local import Local
from tracemill.flows.held.lookup import read_status
from tracemill.flows.ingest.restore import restore_originals
from tracemill.flows.ingest.subjects import Subject
from tracemill.flows.results import RunResult
from tracemill.flows.wheel.turn import Options, turn
from tracemill.store.erasures import read_erasures
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

NAME, MAIL, USER = "Quintessa Marblewood", "q.marblewood@mail.example", "qmarb"
CANARIES = (b"quintessa", b"marblewood", b"qmarb")
OTHER = "Zebulon Oakhollow"


def every_byte(root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each file, its name, and what is packed, compressed or paged in it."""
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        name, data = str(path.relative_to(root)), path.read_bytes()
        yield name, name.encode()
        yield name, data
        if path.suffix == ".zst":
            opened = zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True)
            yield name, opened.read()
        elif path.suffix == ".parquet":
            yield name, repr(pq.read_table(path).to_pylist()).encode()
        elif path.suffix == ".sqlite":
            with sqlite3.connect(path) as database:
                yield name, "\n".join(database.iterdump()).encode()


def left(root: Path, *words: bytes) -> list[str]:
    return sorted(
        {name for name, data in every_byte(root) if any(w in data.lower() for w in words)}
    )


class Team:
    """What two people and an agent left on one machine, and the workspace that read it."""

    def __init__(self, root: Path, repository: Repository) -> None:
        self.workspace = Workspace(root / "workspace")
        self.home = root / "home"
        self.session(USER, "11111111-aaaa-4aaa-8aaa-000000000001", "work")
        self.named = self.session(
            "zoak", "22222222-bbbb-4bbb-8bbb-000000000002",
            f"work that {NAME} <{MAIL}> began in /home/{USER}/app for",
        )  # fmt: skip
        self.plain = self.session("zoak", "33333333-cccc-4ccc-8ccc-000000000003", "play")
        repository.git("config", "user.name", "unused")
        repository.n_commits += 1
        for name, mail in ((NAME, MAIL), (OTHER, "z@oak.example"), (NAME, "quintessa@old.example")):
            repository.git(
                "commit", "-q", "--allow-empty", "-m", f"work by {name.split()[0]}",
                GIT_AUTHOR_NAME=name, GIT_AUTHOR_EMAIL=mail,
            )  # fmt: skip
        self.repository = repository.path
        self.read()

    def session(self, user: str, session: str, word: str) -> Path:
        folder = self.home / user / ".claude" / "projects" / f"-home-{user}-app"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{session}.jsonl"
        said = b"".join(line + b"\n" for line in lines(session, 2, word))
        path.write_bytes(said.replace(b"/srv/app", f"/home/{user}/app".encode()))
        return path

    def read(self) -> RunResult:
        places = [self.home, self.repository]
        return turn(self.workspace, places, {}, Options(), lambda _progress: None)

    def erase(self, subject: str, also: tuple[str, ...] = ()) -> dict[str, int]:
        meant = read_subject(self.workspace, subject, None, also)
        done = erase_data(
            self.workspace, meant, lambda _: Local(1, self.workspace.scratch), lambda _p: None
        )
        assert done.receipt is not None
        return done.receipt.counts


@pytest.fixture
def team(tmp_path: Path, new_repository: Callable[[], Repository]) -> Team:
    return Team(tmp_path, new_repository())


def test_the_canary_is_there_before_it_is_erased(team: Team) -> None:
    assert left(team.workspace.root, *CANARIES)


def test_no_byte_of_an_erased_person_is_left(team: Team) -> None:
    emit("note", {"said": f"{NAME} agreed"}, workspace=team.workspace.root)
    team.read()
    emit("note", {"said": f"{MAIL} agreed again"}, workspace=team.workspace.root)
    (team.workspace.root / "report.md").write_text(f"# By {NAME}\n")
    counts = team.erase(NAME, also=("Quintessa", USER))

    assert left(team.workspace.root, *CANARIES) == []
    assert counts["inputs_whole"] == 1
    assert counts["inputs_masked"] == 3


def test_what_was_erased_does_not_come_back(team: Team) -> None:
    team.erase(NAME, also=("Quintessa", USER))
    with team.named.open("ab") as session:
        session.write(
            b"\n".join(lines("22222222-bbbb-4bbb-8bbb-000000000002", 3, f"{NAME}"))[-900:]
        )
    team.session(USER, "44444444-dddd-4ddd-8ddd-000000000004", "new work")
    emit("note", {"said": f"{NAME} came back"}, workspace=team.workspace.root)
    result = team.read()

    assert result.inputs["erased"] == 2
    assert left(team.workspace.root, *CANARIES) == []


def test_what_is_of_others_stays_as_it_was(team: Team) -> None:
    before = contents(team.workspace)
    team.erase(NAME, also=("Quintessa", USER))
    after = contents(team.workspace)
    other = next(i for i, row in before["inputs"].items() if "33333333" in row[0]["uri"])

    for table, rows in after.items():
        assert rows.get(other) == before[table].get(other), table
    assert originals(team) == {team.plain: team.plain.read_bytes()}


def test_an_erased_session_goes_with_its_copies_and_nothing_else(
    team: Team,
) -> None:
    copy = team.home / "zoak" / "copy.jsonl"
    copy.write_bytes(team.named.read_bytes())
    team.read()
    emit("note", {"said": "spoonbill"}, session=team.named.stem, workspace=team.workspace.root)
    emit("note", {"said": "heron"}, session=team.plain.stem, workspace=team.workspace.root)
    team.read()
    before = contents(team.workspace)
    team.erase(team.named.stem)
    copy.with_name("another.jsonl").write_bytes(copy.read_bytes())
    copy.with_name("longer.jsonl").write_bytes(copy.read_bytes() + copy.read_bytes()[-800:])
    result = team.read()
    after = contents(team.workspace)

    assert result.inputs["erased"] == 4
    assert left(team.workspace.root, team.named.stem.encode(), b"spoonbill") == []
    assert left(team.workspace.root, b"heron")
    going = {i for i, row in before["inputs"].items() if team.named.stem in row[0]["uri"]}
    for owner in before["steps"].keys() - going:
        assert after["steps"][owner] == before["steps"][owner]


def test_an_erased_place_takes_what_lies_and_what_ran_there(team: Team) -> None:
    team.erase(f"/home/{USER}/app")
    team.session(USER, "55555555-eeee-4eee-8eee-000000000005", "later")
    result = team.read()

    assert result.inputs["erased"] == 2
    assert result.store.sessions == 2


def test_a_place_of_windows_goes_however_it_is_written(team: Team) -> None:
    for number in (6, 7):
        path = team.session("zoak", f"66666666-ffff-4fff-8fff-00000000000{number}", "jabiru")
        path.write_bytes(path.read_bytes().replace(b"/home/zoak/app", rb"C:\\Work\\Heath\\app"))
        if number == 6:
            team.read()
            assert left(team.workspace.root, b"jabiru")
            team.erase(r"c:\work\heath")

    assert team.read().store.sessions == 3
    assert left(team.workspace.root, b"jabiru") == []


def test_a_project_is_known_by_its_name_and_a_person_is_no_project(team: Team) -> None:
    meant = read_subject(team.workspace, team.repository.name, None, ())
    assert meant == Subject("path", str(team.repository))
    assert read_subject(team.workspace, USER, None, ()).kind == "person"
    with pytest.raises(NotFoundError, match=f"/home/{USER}/app, /home/zoak/app; name one"):
        read_subject(team.workspace, "app", None, ())

    team.erase(team.repository.name)
    assert team.read().inputs["erased"] == 2  # its history, and its process files
    assert team.read().store.commits == 0


def test_erasing_twice_changes_nothing_more(team: Team) -> None:
    team.erase(NAME, also=("Quintessa", USER))
    before = contents(team.workspace)
    again = find_data(team.workspace, Subject("person", NAME), lambda _: None)

    assert again.erased[0].done is not None
    assert (again.whole_inputs, again.masked_inputs) == (0, 0)
    team.erase(NAME)
    assert contents(team.workspace) == before


def test_what_an_erasure_is_at_is_told_while_it_runs(team: Team) -> None:
    told: list[str] = []
    meant = read_subject(team.workspace, NAME, None, ())
    erase_data(
        team.workspace, meant, lambda _: Local(1, team.workspace.scratch),
        lambda progress: told.append(progress.stage),
    )  # fmt: skip

    assert list(dict.fromkeys(told)) == ["find", "erase", "read", "derive"]


def test_an_erased_dataset_version_leaves_a_tombstone_and_a_successor(team: Team) -> None:
    versions = {path.name for path in (team.workspace.datasets / "chat").iterdir()}
    team.erase(NAME, also=("Quintessa", USER))
    names = {path.name for path in (team.workspace.datasets / "chat").iterdir()}

    assert {f"{name}.erased.json" for name in versions} <= names
    assert not versions & names
    with pytest.raises(NotFoundError, match="held data that was erased on"):
        find_version(team.workspace, versions.pop())
    assert find_version(team.workspace, "chat")


def test_a_database_that_names_a_person_keeps_its_sessions(team: Team, tmp_path: Path) -> None:
    folder = tmp_path / "opencode"
    folder.mkdir()
    words = f"{'word ' * 3_000}{NAME} <{MAIL}> {'word ' * 3_000}"
    named = oc.session(oc.said(1, oc.text(words)), oc.replied(2, oc.text("done")))
    plain = oc.session(
        oc.said(3, oc.text("plain words"), session_id="ses_2"), own_id="ses_2",
    )  # fmt: skip
    oc.write_database(folder / "opencode.db", named, plain)
    before = turn(team.workspace, [folder], {}, Options(), lambda _progress: None).store.sessions
    counts = team.erase(NAME, also=("Quintessa", USER))
    (folder / "opencode.db").touch()  # so it is read again, and masked while it is
    after = turn(team.workspace, [folder], {}, Options(), lambda _progress: None).store.sessions

    assert counts["inputs_whole"] == 1
    assert after == before - 1
    assert left(team.workspace.root, *CANARIES) == []


def test_a_session_goes_out_of_a_database_that_others_share(team: Team, tmp_path: Path) -> None:
    folder = tmp_path / "opencode"
    folder.mkdir()
    one = oc.session(oc.said(1, oc.text("a spoonbill")), oc.replied(2, oc.text("done")))
    other = oc.session(oc.said(3, oc.text("a heron"), session_id="ses_2"), own_id="ses_2")
    oc.write_database(folder / "opencode.db", one, other)
    turn(team.workspace, [folder], {}, Options(), lambda _progress: None)
    before = contents(team.workspace)
    counts = team.erase("ses_1")
    after = contents(team.workspace)

    assert (counts.get("inputs_whole", 0), counts["inputs_thinned"]) == (0, 1)
    assert left(team.workspace.root, b"spoonbill") == []
    sessions = [row for rows in before["trajectories"].values() for row in rows]
    gone = {row["id"] for row in sessions if row["session_id"] == "ses_1"}
    for table, column in (("trajectories", "id"), ("steps", "trajectory_id")):
        stay = {o: [r for r in rows if r[column] not in gone] for o, rows in before[table].items()}
        assert after[table] == {o: rows for o, rows in stay.items() if rows}, table
    third = oc.session(oc.said(5, oc.text("an egret"), session_id="ses_3"), own_id="ses_3")
    (folder / "opencode.db").unlink()
    oc.write_database(folder / "opencode.db", one, other, third)
    result = turn(team.workspace, [folder], {}, Options(), lambda _progress: None)

    assert result.store.sessions == 5
    assert left(team.workspace.root, b"spoonbill") == []
    assert left(team.workspace.root, b"an egret")


def test_status_tells_of_erasures(team: Team) -> None:
    team.erase(team.plain.stem)

    assert read_status(team.workspace).erased == 1


def test_a_name_too_short_to_be_told_from_words_is_refused(team: Team) -> None:
    with pytest.raises(UsageError, match="too short"):
        team.erase("ab")


def test_who_stands_nowhere_is_said_to(team: Team) -> None:
    with pytest.raises(NotFoundError, match="nothing in"):
        team.erase("Nobody Atall")


def test_git_tells_the_other_addresses_of_a_person(team: Team) -> None:
    found = find_data(team.workspace, Subject("person", MAIL), lambda _: None)

    assert found.aliases == (NAME, "quintessa@old.example")
    assert found.possible_aliases == ("q.marblewood", "Quintessa", "Marblewood")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_killed_erasure_is_gone_on_with_by_the_next_run(team: Team, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    shutil.copytree(team.workspace.root, kept, symlinks=True)
    team.erase(NAME, also=("Quintessa", USER))
    whole = contents(team.workspace)
    n_points = 0
    while True:
        shutil.rmtree(team.workspace.root)
        shutil.copytree(kept, team.workspace.root, symlinks=True)
        if not killed(team, n_points):
            break
        is_asked = read_erasures(team.workspace.vault) is not None
        team.read()
        assert (contents(team.workspace) == whole) is is_asked, n_points
        assert not is_asked or left(team.workspace.root, *CANARIES) == [], n_points
        n_points += 7

    assert n_points > 40


def killed(team: Team, point: int) -> bool:
    """Erase, and stop before the renaming or removal with this number; False where none is."""
    waiting = [point]

    def die(name: str) -> None:
        waiting[0] -= 1
        if waiting[0] == -1:
            raise KeyboardInterrupt(name)

    with pytest.MonkeyPatch.context() as patch:
        for kind, name in ((Path, "unlink"), (Path, "replace"), (Path, "rename"), (Lake, "commit")):
            patch.setattr(kind, name, dying(getattr(kind, name), die))
        try:
            team.erase(NAME, also=("Quintessa", USER))
        except KeyboardInterrupt:
            return True
    return False


def dying(done: Callable[..., Any], die: Callable[[str], None]) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> Any:
        die(done.__name__)
        return done(*arguments, **options)

    return call


def contents(workspace: Workspace) -> dict[str, dict[str, list[Any]]]:
    """Return the rows of every table by their owner."""
    lake = Lake(workspace.lake)
    found: dict[str, dict[str, list[Any]]] = {}
    for name, table in TABLES.items():
        rows: dict[str, list[Any]] = {}
        for batch in lake.batches(table):
            for row in batch.to_pylist():
                rows.setdefault(row[table.owner], []).append(row)
        found[name] = dict(sorted(rows.items()))
    return found


def originals(team: Team) -> dict[Path, bytes]:
    """Return what the archive gives back of the sessions of the other person."""
    out = team.workspace.root.parent / "out"
    restore_originals(team.workspace, [str(team.plain)], out, lambda _: None)
    return {Path("/") / p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()}
