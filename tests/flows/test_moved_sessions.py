"""A session that moved to a closed or an erased folder is treated as one that began there."""

import json
from pathlib import Path

import pytest

from tests.flows.sessions import lines
from tests.flows.test_consent import MAIL, OTHER, allow, read, rule
from tests.flows.test_erasure import left
from tracemill.base.errors import NotFoundError
from tracemill.flows.erasing import consent as erasing
from tracemill.flows.erasing.consent import read_consent
from tracemill.flows.erasing.erasure import ErasedSubject, erase_data, find_data, read_subject
from tracemill.flows.executors.local import Local
from tracemill.flows.ingest.subjects import Subject
from tracemill.records.inputs import Input
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.store.erasures import read_erasures
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

MOVED = "33333333-cccc-4ccc-8ccc-000000000003"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    moving(folder, MOVED, "/srv/open", "/srv/closed/app", "spoonbill")
    moving(folder, OTHER, "/srv/open", "/srv/open/docs", "jabiru")
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def moving(folder: Path, session: str, began: str, went: str, word: str) -> Path:
    """Write a session that goes from one folder to another behind its first turn."""
    told = lines(session, 2, word)
    half = len(told) // 2
    moved = [one.replace(b"/srv/app", began.encode()) for one in told[:half]]
    moved += [one.replace(b"/srv/app", went.encode()) for one in told[half:]]
    path = folder / f"{session}.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in moved))
    return path


def erase(workspace: Workspace, name: str) -> ErasedSubject:
    meant = read_subject(workspace, name, None, ())
    return erase_data(workspace, meant, lambda _: Local(1, workspace.scratch), lambda _p: None)


def inputs(workspace: Workspace) -> list[Input]:
    return list(Lake(workspace.lake).records(TABLES["inputs"]))


def test_the_folders_of_a_session_are_kept_in_their_order(
    workspace: Workspace, place: Path
) -> None:
    read(workspace, place)
    found: list[Trajectory] = list(Lake(workspace.lake).records(TABLES["trajectories"]))

    assert {one.folders for one in found} == {
        ("/srv/open", "/srv/closed/app"),
        ("/srv/open", "/srv/open/docs"),
    }


@pytest.mark.parametrize("was_kept", [False, True], ids=["from the first", "kept before"])
def test_what_moved_to_a_closed_folder_is_left_out_by_name(
    workspace: Workspace, place: Path, *, was_kept: bool
) -> None:
    if was_kept:
        read(workspace, place)
    allow(workspace, rule("off"))
    read(workspace, place)
    out = [one for one in inputs(workspace) if one.reason == "consent_off"]

    assert [one.detail for one in out] == [
        "a session in it moved to, or had a command run in, a folder of which nothing may be kept"
    ]
    assert left(workspace.root, b"spoonbill") == []
    assert left(workspace.root, b"jabiru")


def test_where_only_some_places_are_open_a_session_must_have_stayed_there(
    workspace: Workspace, place: Path
) -> None:
    allow(workspace, '[consent]\ndefault = "metadata"\n' + rule("full", "/srv/open"))
    read(workspace, place)

    assert read_consent(workspace).inputs == {"full": 1, "metadata": 1}
    assert left(workspace.root, b"spoonbill") == []


def test_a_session_that_moves_to_a_closed_folder_later_goes_with_its_original(
    workspace: Workspace, place: Path
) -> None:
    moving(place, MOVED, "/srv/open", "/srv/open", "spoonbill")
    allow(workspace, rule("off"))
    read(workspace, place)
    assert left(workspace.root, b"spoonbill")

    moving(place, MOVED, "/srv/open", "/srv/closed", "spoonbill")
    read(workspace, place)
    assert left(workspace.root, b"spoonbill") == []
    assert read(workspace, place).changed is False


@pytest.mark.parametrize("level", ["off", "metadata", "redacted"])
def test_a_run_killed_before_it_withdrew_an_original_is_made_good_by_the_next(
    workspace: Workspace, place: Path, level: str
) -> None:
    moving(place, MOVED, "/srv/open", "/srv/open", f"spoonbill of {MAIL}")
    allow(workspace, rule(level))
    read(workspace, place)
    moving(place, MOVED, "/srv/open", "/srv/closed", f"spoonbill of {MAIL}")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(erasing, "withdraw_surplus", die)
        with pytest.raises(KeyboardInterrupt):
            read(workspace, place)
    assert left(workspace.root, MAIL.encode())

    read(workspace, place)
    assert left(workspace.root, MAIL.encode()) == []
    assert read_consent(workspace).inputs == {"full": 1, level: 1}
    assert read(workspace, place).changed is False


def test_an_erased_folder_takes_sessions_that_came_by_and_says_which(
    workspace: Workspace, place: Path
) -> None:
    read(workspace, place)
    found = find_data(workspace, Subject("path", "/srv/closed"), lambda _: None)
    assert (found.sessions, found.passing) == ((MOVED,), (MOVED,))

    done = erase(workspace, "/srv/closed")
    assert done.receipt is not None
    assert done.receipt.counts["sessions_passing"] == 1
    assert left(workspace.root, b"spoonbill", MOVED.encode()) == []
    assert read(workspace, place).store.sessions == 1
    with pytest.raises(NotFoundError):
        find_data(workspace, Subject("path", "/srv/close"), lambda _: None)


def test_a_session_that_moves_to_an_erased_folder_later_goes_with_its_original(
    workspace: Workspace, place: Path
) -> None:
    read(workspace, place)
    erase(workspace, "/srv/closed")
    later = "44444444-dddd-4ddd-8ddd-000000000004"
    moving(place, later, "/srv/open", "/srv/open", "heron")
    read(workspace, place)
    assert left(workspace.root, b"heron")

    moving(place, later, "/srv/open", "/srv/closed", "heron")
    assert read(workspace, place).inputs["erased"] == 2  # it, and what went before
    assert left(workspace.root, b"heron", later.encode()) == []
    book = read_erasures(workspace.vault)
    assert book is not None
    assert book.unfinished == ()
    assert book.erasures[-1].receipt.counts["inputs_whole"] == 2
    assert read(workspace, place).store.sessions == 1


def test_a_folder_that_names_an_erased_person_is_passed_through_by_others(
    workspace: Workspace, place: Path
) -> None:
    moving(place, MOVED, "/srv/open", "/home/quinneth/app", "spoonbill")
    read(workspace, place)
    erase(workspace, "quinneth")

    assert read(workspace, place).store.sessions == 2
    assert left(workspace.root, b"quinneth") == []
    assert left(workspace.root, b"spoonbill")


@pytest.mark.parametrize(
    "named", ["../closed", "/srv/open/../closed", "/srv//closed/x/", "/srv/./closed"]
)
def test_a_call_that_was_carried_out_in_a_closed_folder_counts(
    workspace: Workspace, tmp_path: Path, named: str
) -> None:
    told = [json.loads(line) for line in lines(MOVED, 1, "spoonbill")]
    told[1]["message"]["content"][0]["input"]["workdir"] = named
    (tmp_path / "in").mkdir()
    said = "".join(f"{json.dumps(line)}\n" for line in told)
    (tmp_path / "in" / f"{MOVED}.jsonl").write_text(said)
    allow(workspace, rule("off"))

    assert read(workspace, tmp_path / "in").inputs == {"consent_off": 1}
    assert left(workspace.root, b"spoonbill") == []
