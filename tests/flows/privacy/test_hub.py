"""What goes to a hub: private, reviewed, and byte for byte what went through the gate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.privacy.fake_hub import FakeHub, serving
from tracemill.base.errors import PolicyError, UsageError
from tracemill.cli.app import call
from tracemill.flows.datasets.hub import HubFile, push_export
from tracemill.flows.datasets.hugging_face import HuggingFaceHub
from tracemill.flows.datasets.versions import export_version
from tracemill.flows.privacy.exports import list_exports
from tracemill.store.workspace import Workspace

pytestmark = pytest.mark.enable_socket
REPO = "team/sessions"


@pytest.fixture
def fake() -> Iterator[FakeHub]:
    with serving() as hub:
        yield hub


@pytest.fixture
def out(example: Workspace, tmp_path: Path) -> Path:
    export_version(example, "chat", tmp_path / "out", dry_run=False, reviewer="Ada")
    return tmp_path / "out"


def client(fake: FakeHub) -> HuggingFaceHub:
    return HuggingFaceHub(fake.endpoint, token="hf_none")


def test_a_reviewed_export_goes_to_a_private_repository_whole(
    example: Workspace, out: Path, fake: FakeHub
) -> None:
    pushed = push_export(example, out, client(fake), REPO)

    assert pushed.is_private
    assert fake.private == {REPO: True}
    assert fake.files[REPO] == {path.name: path.read_bytes() for path in out.iterdir()}
    assert fake.messages[0].endswith("reviewed by Ada")
    assert pushed.address in {note.to for note in list_exports(example).exports}


def test_a_second_version_goes_to_the_same_repository(
    example: Workspace, out: Path, fake: FakeHub
) -> None:
    push_export(example, out, client(fake), REPO)

    assert push_export(example, out, client(fake), REPO).is_private
    assert len(fake.messages) == 2


def test_what_nobody_has_looked_at_stays(example: Workspace, tmp_path: Path, fake: FakeHub) -> None:
    export_version(example, "chat", tmp_path / "out", dry_run=False)

    with pytest.raises(PolicyError, match="nobody who has looked at it"):
        push_export(example, tmp_path / "out", client(fake), REPO)
    assert fake.private == {}


@pytest.mark.parametrize("change", ["more", "other", "gone", "receipt"])
def test_what_has_changed_since_stays(
    change: str, example: Workspace, out: Path, fake: FakeHub
) -> None:
    match change:
        case "more":
            (out / "notes.txt").write_text("hello")
        case "other":
            (out / "train.jsonl").write_bytes((out / "train.jsonl").read_bytes() + b"\n")
        case "gone":
            (out / "train.jsonl").unlink()
        case _:
            receipt = json.loads((out / "receipt.json").read_bytes())
            (out / "receipt.json").write_text(json.dumps(receipt | {"reviewer": "Eve"}))

    with pytest.raises(PolicyError, match="nothing goes out"):
        push_export(example, out, client(fake), REPO)
    assert fake.private == {}


def test_a_folder_that_is_no_export_stays(
    example: Workspace, tmp_path: Path, fake: FakeHub
) -> None:
    (tmp_path / "mine").mkdir()

    with pytest.raises(PolicyError, match="no receipt"):
        push_export(example, tmp_path / "mine", client(fake), REPO)


def test_bytes_that_change_while_they_go_out_do_not_go(tmp_path: Path, fake: FakeHub) -> None:
    (tmp_path / "a.jsonl").write_text("{}")

    with pytest.raises(PolicyError, match=r"a\.jsonl has changed"):
        client(fake).put(REPO, [HubFile("a.jsonl", tmp_path / "a.jsonl", "0" * 64)], "m")


def test_an_open_repository_gets_nothing_that_was_meant_to_be_private(
    example: Workspace, out: Path, fake: FakeHub
) -> None:
    fake.private[REPO] = False

    with pytest.raises(PolicyError, match="open to everybody"):
        push_export(example, out, client(fake), REPO)
    assert fake.files == {}
    assert not push_export(example, out, client(fake), REPO, is_public=True).is_private


@pytest.mark.parametrize("repo", ["closed/sessions", "no name at all"])
def test_a_hub_that_refuses_is_said_with_what_to_do(
    repo: str, example: Workspace, out: Path, fake: FakeHub
) -> None:
    with pytest.raises(UsageError, match="the hub"):
        push_export(example, out, client(fake), repo)


def test_a_hub_that_is_not_there_is_said(example: Workspace, out: Path) -> None:
    with serving() as gone:
        pass

    with pytest.raises(UsageError, match="cannot be reached"):
        push_export(example, out, client(gone), REPO)


def test_the_command_says_where_it_went_and_who_sees_it(
    example: Workspace,
    out: Path,
    fake: FakeHub,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_none")
    where = ["--repo", REPO, "--endpoint", fake.endpoint, "--workspace", str(example.root)]

    assert call(["dataset", "push", str(out), *where]) == 0

    said = capsys.readouterr().out
    assert f"to {REPO}, private" in said
    assert "/commit/" in said
