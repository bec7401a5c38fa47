"""The key can be changed, backed up, and held elsewhere; who lacks it can reverse nothing."""

import os
import re
import shutil
import stat
import sys
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from tests.flows.test_consent import MAIL, OTHER, allow, read, rows, rule, write
from tests.flows.test_erasure import left
from tracemill.base.errors import DataError, PolicyError, StoreError, UsageError
from tracemill.flows import vault
from tracemill.flows.executors.local import Local
from tracemill.flows.ingest import rotation
from tracemill.flows.ingest.backup import IDENTITY, VAULT
from tracemill.flows.results import StoreCounts
from tracemill.flows.vault import (
    RotatedKey,
    export_vault,
    hold_key,
    import_vault,
    read_vault,
)
from tracemill.store.keys import Key
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace

PASSPHRASE = "a rather long passphrase"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write(tmp_path / "in", OTHER, "/home/heron/app", f"spoonbill of {MAIL}")
    return tmp_path / "in"


@pytest.fixture
def workspace(tmp_path: Path, place: Path) -> Workspace:
    made = Workspace(tmp_path / "workspace")
    read(made, place)
    return made


def rotate(workspace: Workspace, *, dry_run: bool = False, force: bool = False) -> RotatedKey:
    return vault.rotate_key(
        workspace, lambda _: Local(1, workspace.scratch), lambda _progress: None,
        dry_run=dry_run, is_forced=force,
    )  # fmt: skip


def counted(workspace: Workspace, place: Path) -> StoreCounts:
    """Return what is held; splits follow from texts, so another key may hold out other work."""
    return msgspec.structs.replace(read(workspace, place).store, examples={}, funnel=())


def said(workspace: Workspace) -> set[str]:
    return {step.text for step in rows(workspace, "steps")}


def content(workspace: Workspace) -> str:
    return Lake(workspace.lake).content_hash()


def test_another_key_gives_all_other_pseudonyms_and_the_same_work(
    workspace: Workspace, place: Path, tmp_path: Path
) -> None:
    before, store = said(workspace), counted(workspace, place)
    done = rotate(workspace)

    assert done.after not in {None, done.before}
    assert counted(workspace, place) == store
    assert not {text for text in before if "@example.org" in text} & said(workspace)
    afresh = Workspace(tmp_path / "afresh")
    afresh.create()
    shutil.copy(Key(workspace.vault).path, Key(afresh.vault).path)
    read(afresh, place)
    assert content(workspace) == content(afresh)


def test_the_old_key_is_nowhere_after_a_rotation(workspace: Workspace) -> None:
    old = Key(workspace.vault).read()
    rotate(workspace)

    assert left(workspace.root, old, old.hex().encode()) == []


@pytest.mark.parametrize("step", ["_drop", "_rename_inputs", "read_again"])
def test_a_killed_rotation_is_gone_on_with_by_the_next_run(
    workspace: Workspace, place: Path, step: str
) -> None:
    before, store = Key(workspace.vault).read(), counted(workspace, place)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rotation, step, die)
        with pytest.raises(KeyboardInterrupt):
            rotate(workspace)

    assert counted(workspace, place) == store
    assert Key(workspace.vault).read() != before
    assert not Key(workspace.vault).has_next


def test_a_rotation_that_would_lose_rows_is_refused(workspace: Workspace, place: Path) -> None:
    allow(workspace, rule("redacted", "/home/heron"))
    read(workspace, place)

    assert len(rotate(workspace, dry_run=True).lost) == 1
    with pytest.raises(PolicyError, match="cannot be made anew"):
        rotate(workspace)
    assert rotate(workspace, force=True).after


def test_a_backup_brings_everything_back_on_another_machine(
    workspace: Workspace, place: Path, tmp_path: Path
) -> None:
    export_vault(workspace, tmp_path / "backup", PASSPHRASE)
    elsewhere = Workspace(tmp_path / "elsewhere")
    import_vault(elsewhere, tmp_path / "backup", PASSPHRASE)
    shutil.rmtree(place)
    place.mkdir()
    write(place, "33333333-cccc-4ccc-8ccc-000000000003", "/srv/app", "play")
    read(elsewhere, place)
    read(workspace, place)

    assert content(elsewhere) == content(workspace)
    assert read_vault(elsewhere).key_id == read_vault(workspace).key_id
    assert stat.S_IMODE(Key(elsewhere.vault).path.stat().st_mode) == 0o600


def test_a_backup_tells_nothing_without_its_passphrase(
    workspace: Workspace, tmp_path: Path
) -> None:
    export_vault(workspace, tmp_path / "backup", PASSPHRASE)
    key = Key(workspace.vault).read()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "backup").iterdir()}

    assert modes == {0o600}
    assert left(tmp_path / "backup", b"spoonbill", b"heron", key, key.hex().encode()) == []
    with pytest.raises(UsageError, match="does not open"):
        import_vault(Workspace(tmp_path / "other"), tmp_path / "backup", "another passphrase")
    assert not (tmp_path / "other" / "vault" / "archive").exists()


def test_a_passphrase_that_would_take_too_long_is_not_called_wrong(
    workspace: Workspace, tmp_path: Path
) -> None:
    export_vault(workspace, tmp_path / "backup", PASSPHRASE)
    identity = tmp_path / "backup" / IDENTITY
    text = identity.read_bytes()
    work = re.compile(rb"(?<=-> scrypt [0-9A-Za-z+/]{22} )\d+")
    identity.write_bytes(work.sub(lambda factor: b"%d" % (int(factor[0]) + 12), text, count=1))

    with pytest.raises(UsageError, match="too slow or too busy"):
        import_vault(Workspace(tmp_path / "other"), tmp_path / "backup", PASSPHRASE)


def test_a_damaged_backup_is_refused_whole(workspace: Workspace, tmp_path: Path) -> None:
    export_vault(workspace, tmp_path / "backup", PASSPHRASE)
    whole = (tmp_path / "backup" / VAULT).read_bytes()
    for damaged in (b"x" + whole[1:], whole[:400] + b"x" * 9 + whole[409:], whole[:-20]):
        (tmp_path / "backup" / VAULT).write_bytes(damaged)

        with pytest.raises(DataError, match="damaged"):
            import_vault(Workspace(tmp_path / "other"), tmp_path / "backup", PASSPHRASE)
        assert left(tmp_path / "other", b"spoonbill") == []


def test_a_backup_goes_to_a_new_folder_elsewhere(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="in the workspace"):
        export_vault(workspace, workspace.root / "backup", PASSPHRASE)
    with pytest.raises(UsageError, match="not empty"):
        export_vault(workspace, tmp_path / "in", PASSPHRASE)
    with pytest.raises(UsageError, match="at least"):
        export_vault(workspace, tmp_path / "backup", "short")
    export_vault(workspace, tmp_path / "backup", PASSPHRASE)
    with pytest.raises(UsageError, match="has a vault already"):
        import_vault(workspace, tmp_path / "backup", PASSPHRASE)
    with pytest.raises(UsageError, match=f"expected '{IDENTITY}'"):
        import_vault(Workspace(tmp_path / "other"), tmp_path / "in", PASSPHRASE)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_that_others_can_reach_is_refused(workspace: Workspace, mode: int) -> None:
    Key(workspace.vault).path.chmod(mode)

    with pytest.raises(PolicyError, match="chmod 600"):
        rotate(workspace)


def test_a_key_that_is_a_link_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    path = Key(workspace.vault).path
    path.rename(tmp_path / "elsewhere.key")
    path.symlink_to(tmp_path / "elsewhere.key")

    with pytest.raises(PolicyError, match="is a link"):
        read_vault(workspace)


def test_key_files_are_closed_whatever_the_umask_says(tmp_path: Path, place: Path) -> None:
    before = os.umask(0)
    try:
        workspace = Workspace(tmp_path / "open")
        read(workspace, place)
        rotate(workspace)
    finally:
        os.umask(before)

    assert stat.S_IMODE(Key(workspace.vault).path.stat().st_mode) == 0o600
    assert read_vault(workspace).is_closed


class Memory(ModuleType):
    """Stands in for the library `keyring`, which brings a dozen others."""

    def __init__(self) -> None:
        super().__init__("keyring")
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, entry: str) -> str | None:
        return self.kept.get((service, entry))

    def set_password(self, service: str, entry: str, password: str) -> None:
        self.kept[service, entry] = password

    def delete_password(self, service: str, entry: str) -> None:
        del self.kept[service, entry]


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory:
    made, errors = Memory(), ModuleType("keyring.errors")
    vars(errors)["KeyringError"] = type("KeyringError", (Exception,), {})
    monkeypatch.setitem(sys.modules, "keyring", made)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return made


def test_a_keyring_holds_the_key_and_gives_it_back(
    workspace: Workspace, place: Path, memory: Memory
) -> None:
    key = Key(workspace.vault).read()
    assert hold_key(workspace, "keyring").holder == "keyring"
    assert left(workspace.root, key, key.hex().encode()) == []
    assert read(workspace, place).changed is False

    rotate(workspace)
    assert len(memory.kept) == 1
    new = Key(workspace.vault).read()
    assert new != key

    assert hold_key(workspace, "file").holder == "file"
    assert memory.kept == {}
    assert Key(workspace.vault).read() == new


def test_a_key_that_is_gone_from_the_keyring_is_not_replaced(
    workspace: Workspace, place: Path, memory: Memory
) -> None:
    hold_key(workspace, "keyring")
    memory.kept.clear()
    write(place, "44444444-dddd-4ddd-8ddd-000000000004", "/srv/app", "new")

    with pytest.raises(StoreError, match="has no entry"):
        read(workspace, place)
