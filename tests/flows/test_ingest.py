import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.flows.sessions import lines, write_session
from tracemill.flows.executors.local import Local
from tracemill.flows.ingest import Ingest, Ingested, nothing_new
from tracemill.store.lake import Lake, TableWriter
from tracemill.store.tables import FACTS, TABLES
from tracemill.store.vault import Vault
from tracemill.store.workspace import Workspace


def ingest(workspace: Workspace, places: Sequence[Path], workers: int = 1) -> Ingested:
    with workspace.writing(), Ingest(workspace) as reading:
        plan = reading.plan(places)
        if plan.is_empty:
            return nothing_new(plan)
        return reading.run(plan, Local(workers, workspace.scratch), lambda _progress: None)


def content(workspace: Workspace) -> str:
    return Lake(workspace.lake).content_hash()


def texts(workspace: Workspace) -> list[str]:
    return sorted(step.text for step in Lake(workspace.lake).records(TABLES["steps"]) if step.text)


def files(folder: Path) -> dict[Path, tuple[int, int]]:
    return {p: (p.stat().st_size, p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_session(tmp_path / "in", "s1", 3)
    write_session(tmp_path / "in", "s2", 2, "play")
    return tmp_path / "in"


def with_key_of(workspace: Workspace, root: Path) -> Workspace:
    """Return a new workspace with the same pseudonyms."""
    other = Workspace(root)
    other.create()
    shutil.copy(workspace.vault / "pseudonyms.key", other.vault)
    return other


def test_what_was_read_once_is_not_read_again(workspace: Workspace, place: Path) -> None:
    first = ingest(workspace, [place])
    before = files(workspace.lake)
    second = ingest(workspace, [place])

    assert (first.inputs, first.changed) == ({"read": 2}, True)
    assert (second.inputs, second.changed) == ({"unchanged": 2}, False)
    assert files(workspace.lake) == before


def test_a_grown_session_replaces_its_earlier_self(workspace: Workspace, place: Path) -> None:
    ingest(workspace, [place])
    write_session(place, "s1", 4)
    grown = ingest(workspace, [place])
    afresh = with_key_of(workspace, workspace.root.parent / "afresh")
    ingest(afresh, [place])

    assert grown.inputs == {"read": 1, "unchanged": 1}
    assert content(workspace) == content(afresh)


def test_the_order_in_which_inputs_come_changes_nothing(workspace: Workspace, place: Path) -> None:
    ingest(workspace, [place / "s2.jsonl"])
    ingest(workspace, [place / "s1.jsonl"])
    afresh = with_key_of(workspace, workspace.root.parent / "afresh")
    ingest(afresh, [place])

    assert content(workspace) == content(afresh)


def test_a_copy_of_a_session_adds_no_record(workspace: Workspace, place: Path) -> None:
    ingest(workspace, [place])
    before = texts(workspace)
    (place / "later").mkdir()
    shutil.copy(place / "s1.jsonl", place / "later" / "copy.jsonl")
    result = ingest(workspace, [place])

    assert result.inputs == {"duplicate_content": 1, "unchanged": 2}
    assert texts(workspace) == before


def test_a_copy_is_read_once_its_original_is_rewritten(workspace: Workspace, place: Path) -> None:
    shutil.copy(place / "s1.jsonl", place / "z-copy.jsonl")
    first = ingest(workspace, [place])
    write_session(place, "s1", 2, "other")
    second = ingest(workspace, [place])

    assert first.inputs == {"duplicate_content": 1, "read": 2}
    assert second.inputs == {"read": 2, "unchanged": 1}
    assert {"work 0, please", "other 0, please"} <= set(texts(workspace))


def test_two_workers_write_what_one_writes(workspace: Workspace, place: Path) -> None:
    ingest(workspace, [place])
    other = with_key_of(workspace, workspace.root.parent / "other")
    ingest(other, [place], workers=2)

    assert content(workspace) == content(other)


def test_a_lost_lake_is_rebuilt_from_the_archive_alone(workspace: Workspace, place: Path) -> None:
    ingest(workspace, [place])
    before = content(workspace)
    shutil.rmtree(workspace.lake)
    shutil.rmtree(place)
    place.mkdir()
    result = ingest(workspace, [place])

    assert result.inputs == {"read": 2}
    assert content(workspace) == before


def test_a_lost_catalog_is_rebuilt_and_doubles_nothing(workspace: Workspace, place: Path) -> None:
    ingest(workspace, [place])
    before = content(workspace)
    for path in workspace.vault.glob("catalog.sqlite*"):
        path.unlink()
    ingest(workspace, [place])

    assert content(workspace) == before


def interrupted(workspace: Workspace, place: Path, table: str) -> None:
    """Ingest, and stop as if killed before the commit of `table`."""
    names = [fact.name for fact in FACTS]
    lost = names[names.index(table) :]
    whole_commit = Lake.commit

    def commit(lake: Lake, writer: TableWriter, **options: Any) -> bool:
        if writer.table.name in lost:
            return bool(writer.finish())
        return whole_commit(lake, writer, **options)

    def finish(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Lake, "commit", commit)
        patch.setattr(Vault, "finish", finish)
        with pytest.raises(KeyboardInterrupt):
            ingest(workspace, [place])


@pytest.mark.parametrize("table", ["trajectories", "steps", "inputs"])
def test_a_session_that_vanished_after_a_kill_comes_from_the_archive(
    workspace: Workspace, place: Path, tmp_path: Path, table: str
) -> None:
    interrupted(workspace, place, table)
    afresh = with_key_of(workspace, tmp_path / "afresh")
    ingest(afresh, [place])
    (place / "s1.jsonl").unlink()
    ingest(workspace, [place])

    assert content(workspace) == content(afresh)


def test_a_rebuild_that_was_killed_after_its_first_batch_is_gone_on_with(
    workspace: Workspace, place: Path
) -> None:
    ingest(workspace, [place])
    before = content(workspace)
    shutil.rmtree(workspace.lake)
    with Ingest(workspace) as reading:
        assert reading.lost_lake
        reading.forget_lake()
    ingest_only(workspace, place / "s1.jsonl")
    ingest(workspace, [place])

    assert content(workspace) == before


def ingest_only(workspace: Workspace, path: Path) -> None:
    """Read one file of all that are to be read, as a run does that is killed after a batch."""
    with workspace.writing(), Ingest(workspace) as reading:
        plan = reading.plan([path])
        plan.to_restore.clear()
        reading.run(plan, Local(1, workspace.scratch), lambda _progress: None)


def test_a_session_that_vanished_is_still_there(workspace: Workspace, place: Path) -> None:
    ingest(workspace, [place])
    before = texts(workspace)
    (place / "s1.jsonl").unlink()
    ingest(workspace, [place])

    assert texts(workspace) == before


def test_a_session_that_was_emptied_keeps_what_was_read_of_it(
    workspace: Workspace, place: Path
) -> None:
    ingest(workspace, [place])
    before = texts(workspace)
    (place / "s1.jsonl").write_bytes(b"")
    result = ingest(workspace, [place])

    assert [failure.reason for failure in result.failures] == ["empty"]
    assert texts(workspace) == before


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("settings.json", b'{"a": 1, "b', "not_json"),
        pytest.param("a.jsonl", b"", "empty", id="empty"),
        pytest.param("a.jsonl", b"\x00\x01\x02" * 50, "binary", id="binary"),
        pytest.param("a.dat", b"\x00\x01\x02" * 50, "binary", id="binary of no known kind"),
        pytest.param("a.jsonl", '{"type": "user"}\r\n'.encode("utf-16"), "utf_16", id="UTF-16"),
        pytest.param("a.jsonl", b"\xff\xfe\0\0\x01\0", "binary", id="what begins like UTF-16"),
        pytest.param("a.jsonl", b"hello\n", "unrecognised", id="text"),
    ],
)
def test_bad_input_is_named_and_everything_else_is_read(
    workspace: Workspace, place: Path, name: str, data: bytes, reason: str
) -> None:
    (place / name).write_bytes(data)
    first = ingest(workspace, [place])
    second = ingest(workspace, [place])

    assert first.inputs == {"read": 2, reason: 1}
    assert [(f.uri.endswith(name), f.reason) for f in first.failures] == [(True, reason)]
    assert [f.reason for f in second.failures] == [reason]
    assert not second.changed


def test_what_lies_beside_a_subagents_log_is_left_with_a_reason(
    workspace: Workspace, place: Path
) -> None:
    (place / "agent-a0ad4f44.meta.json").write_text('{"agentType": "Explore", "spawnDepth": 1}')
    result = ingest(workspace, [place])
    (left,) = (row for row in Lake(workspace.lake).records(TABLES["inputs"]) if row.reason)

    assert (result.inputs, result.failures) == ({"read": 2, "side_file": 1}, ())
    assert (left.reason, left.detail) == (
        "side_file",
        "kind and depth of a subagent of Claude Code, whose log beside it is read",
    )


def test_rows_that_were_rendered_for_training_are_told_where_to_go(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "<|im_start|>user"}\n' * 2, encoding="utf-8")
    (failure,) = ingest(workspace, [path]).failures

    assert failure.reason == "unrecognised"
    assert "dataset audit" in failure.detail


@pytest.mark.parametrize("target", ["loop.jsonl", "gone.jsonl"])
def test_a_file_that_cannot_be_looked_at_is_named_whoever_asks(
    workspace: Workspace, place: Path, target: str
) -> None:
    (place / "loop.jsonl").symlink_to(place / target)
    result = ingest(workspace, [place])

    found = [(f.uri.endswith("loop.jsonl"), f.reason) for f in result.failures]
    assert found == [(True, "not_readable")]
    assert result.inputs == {"not_readable": 1, "read": 2}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_named(workspace: Workspace, place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0)
    result = ingest(workspace, [place])
    closed.chmod(0o700)

    assert [(f.uri.endswith("closed"), f.reason) for f in result.failures] == [
        (True, "not_readable")
    ]


def test_a_name_that_is_not_utf_8_is_named(workspace: Workspace, place: Path) -> None:
    shutil.copy(place / "s1.jsonl", os.fsdecode(os.fsencode(place) + b"/\xff.jsonl"))
    first = ingest(workspace, [place])
    second = ingest(workspace, [place])

    assert first.inputs == {"read": 2, "name_not_utf8": 1}
    assert first.failures[0].uri.endswith("\\xff.jsonl")
    assert not second.changed


def test_a_broken_repository_is_named(workspace: Workspace, place: Path) -> None:
    (place / "repo" / ".git" / "objects").mkdir(parents=True)
    (place / "repo" / ".git" / "refs").mkdir()
    (place / "repo" / ".git" / "HEAD").write_text("nonsense\n")
    result = ingest(workspace, [place])

    assert {f.uri.rpartition("/")[2] for f in result.failures} == {"repo", "repo#process-files"}
    assert {f.reason for f in result.failures} == {"not_readable"}
    assert result.inputs["read"] == 2


def test_a_session_that_vanishes_before_it_is_read_keeps_what_was_read_of_it(
    workspace: Workspace, place: Path
) -> None:
    ingest(workspace, [place])
    before = content(workspace)
    write_session(place, "s1", 5)
    with workspace.writing(), Ingest(workspace) as reading:
        plan = reading.plan([place])
        (place / "s1.jsonl").unlink()
        result = reading.run(plan, Local(1, workspace.scratch), lambda _progress: None)

    assert [failure.reason for failure in result.failures] == ["not_readable"]
    assert content(workspace) == before


def test_a_session_that_vanishes_during_a_rebuild_comes_from_the_archive(
    workspace: Workspace, place: Path
) -> None:
    ingest(workspace, [place])
    before = content(workspace)
    shutil.rmtree(workspace.lake)
    with workspace.writing(), Ingest(workspace) as reading:
        reading.forget_lake()
        plan = reading.plan([place])
        (place / "s1.jsonl").unlink()
        reading.run(plan, Local(1, workspace.scratch), lambda _progress: None)

    assert content(workspace) == before


def test_a_session_that_grows_while_it_is_read_is_named_and_completed_next_time(
    workspace: Workspace, place: Path
) -> None:
    with workspace.writing(), Ingest(workspace) as reading:
        plan = reading.plan([place])
        write_session(place, "s1", 5)
        result = reading.run(plan, Local(1, workspace.scratch), lambda _progress: None)
    after = ingest(workspace, [place])

    assert [failure.reason for failure in result.failures] == ["grew_while_read"]
    assert after.inputs == {"read": 1, "unchanged": 1}
    assert after.failures == ()


def test_a_torn_last_line_is_quarantined_until_it_is_whole(
    workspace: Workspace, place: Path
) -> None:
    whole = b"".join(line + b"\n" for line in lines("s3", 2))
    (place / "s3.jsonl").write_bytes(whole[:-40])
    ingest(workspace, [place / "s3.jsonl"])
    torn = list(Lake(workspace.lake).records(TABLES["quarantine"]))
    (place / "s3.jsonl").write_bytes(whole)
    ingest(workspace, [place / "s3.jsonl"])

    assert [record.reason for record in torn] == ["truncated"]
    assert list(Lake(workspace.lake).records(TABLES["quarantine"])) == []


def test_no_name_in_a_path_leaves_the_vault(workspace: Workspace, place: Path) -> None:
    write_session(place, "s1", 2, word="open /home/margarethe/app and mail margarethe@corp-mail.de")
    ingest(workspace, [place])
    outside = [
        p for p in workspace.root.rglob("*") if p.is_file() and workspace.vault not in p.parents
    ]

    assert [p for p in outside if b"margarethe" in p.read_bytes()] == []
    assert all("margarethe" not in text for text in texts(workspace))
    assert any("open /home/dev-" in text for text in texts(workspace))
