"""A secret that one input gives away goes wherever any other holds it, whoever comes first."""

import shutil
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import permutations
from pathlib import Path

import pytest

from tests.flows.sessions import write_session
from tests.flows.test_ingest import content, ingest, texts, with_key_of
from tests.redact.templates import fill
from tests.repositories import Repository
from tracemill.flows.guarding import ClosedRedaction, Refused, redact_closed
from tracemill.flows.ingest import Ingest, accept, batch, redaction_batch
from tracemill.flows.ingest.accept import Accepting
from tracemill.flows.ingest.parts import ReadTask
from tracemill.flows.ingest.results import Ingested
from tracemill.flows.ingest.sweeping import keep_known, known_secrets
from tracemill.records.sessions.trajectory import Step
from tracemill.redact import Redactor
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.vault import Vault
from tracemill.store.workspace import Workspace

SECRET = fill("{alnum:24}")
COMMIT = fill("{hex:40}")
TELLING = f"export DB_PASSWORD='{SECRET}' TOKEN='{COMMIT}'"
HOLDING = f'{{"log": "{SECRET} and {COMMIT}"}}'


@pytest.fixture(autouse=True)
def _one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redact each record alone, so that what comes first knows nothing of what comes behind."""
    monkeypatch.setattr(redaction_batch, "_REDACT_RECORDS", 1)


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redact the records of all sessions together, as they are where they are short."""
    monkeypatch.setattr(redaction_batch, "_REDACT_RECORDS", 2_048)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Sessions in the order in which they are read, but for the last, which is the smallest."""
    write_session(tmp_path / "in", "a-holds", 1, HOLDING)
    write_session(tmp_path / "in", "b-tells", 1, TELLING)
    write_session(tmp_path / "in", "c-holds", 2, HOLDING)
    write_session(tmp_path / "in", "d-other", 1)
    return tmp_path / "in"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "workspace")
    made.create()
    return made


def said(workspace: Workspace) -> str:
    """Return all texts of the newest facts, and what older files still hold."""
    folder = workspace.lake / "steps"
    files = sorted(path.name for path in folder.glob("*.parquet"))
    steps = Lake(workspace.lake).records(TABLES["steps"], files=files)
    return "\n".join(step.text for step in steps)


def test_a_secret_goes_from_sessions_that_were_read_before_and_after(
    workspace: Workspace, place: Path
) -> None:
    result = ingest(workspace, [place])

    assert SECRET not in said(workspace)
    assert said(workspace).count("[SECRET:known-secret:") == 6
    assert result.inputs == {"read": 4}


def read_again(workspace: Workspace, place: Path) -> list[str]:
    """Return the names of the files that a run over a place reads once more."""
    again: list[str] = []
    choose = batch.Batch.to_read_again

    def noted(
        self: batch.Batch, secrets: Collection[bytes], known: Collection[bytes]
    ) -> list[ReadTask]:
        tasks = choose(self, secrets, known)
        again.extend(Path(task.path).stem for task in tasks)
        return tasks

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch.Batch, "to_read_again", noted)
        ingest(workspace, [place])
    return again


def test_only_what_was_redacted_before_is_read_once_more(workspace: Workspace, place: Path) -> None:
    write_session(place, "a-large-one-holds", 9, HOLDING)  # the teller is smaller
    assert read_again(workspace, place) == ["a-holds"]


@pytest.mark.usefixtures("together")
def test_what_is_redacted_together_is_read_but_once(workspace: Workspace, place: Path) -> None:
    assert read_again(workspace, place) == []
    assert said(workspace).count("[SECRET:known-secret:") == 6


@pytest.mark.usefixtures("together")
def test_what_is_redacted_together_is_kept_as_it_is_one_by_one(
    workspace: Workspace, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_session(place, "e-finds", 2, f"{HOLDING} for mara.quist@quist-works.net")
    ingest(workspace, [place])
    found = Counter(one.rule for one in Lake(workspace.lake).records(TABLES["findings"]))
    assert (found["known-secret"], found["email"]) == (10, 4)

    monkeypatch.setattr(redaction_batch, "_REDACT_RECORDS", 1)
    other = with_key_of(workspace, workspace.root.parent / "other")
    ingest(other, [place])

    assert content(workspace) == content(other)


def test_what_is_read_together_is_written_once(workspace: Workspace, place: Path) -> None:
    ingest(workspace, [place])

    assert Lake(workspace.lake).versions()["steps"] == 0


def test_a_secret_goes_from_every_batch_of_a_run(
    workspace: Workspace, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accept, "_SHARD_INPUTS", 1)
    monkeypatch.setattr(batch, "_INPUTS", 1)
    ingest(workspace, [place])
    monkeypatch.undo()
    afresh = with_key_of(workspace, workspace.root.parent / "afresh")
    ingest(afresh, [place])

    assert SECRET not in said(workspace)
    assert content(workspace) == content(afresh)


def test_what_befell_an_input_is_not_forgotten_when_it_is_read_once_more(
    workspace: Workspace, place: Path
) -> None:
    with (place / "c-holds.jsonl").open("ab") as out:
        out.write(b'{"type": "\n')
    ingest(workspace, [place])
    before = list(Lake(workspace.lake).records(TABLES["inputs"]))
    ingest(workspace, [place])

    assert sum(one.n_records.get("quarantine", 0) for one in before) == 1
    assert Lake(workspace.lake).count(TABLES["quarantine"]) == 1


def test_what_looks_like_a_commit_stays_in_other_sessions(
    workspace: Workspace, place: Path
) -> None:
    ingest(workspace, [place])

    assert COMMIT in said(workspace)


@pytest.mark.parametrize(
    "order", list(permutations(["a-holds", "b-tells", "c-holds"])), ids=" ".join
)
def test_the_order_of_runs_changes_nothing(
    workspace: Workspace, place: Path, order: Sequence[str]
) -> None:
    for name in order:
        ingest(workspace, [place / f"{name}.jsonl"])
    ingest(workspace, [place])
    afresh = with_key_of(workspace, workspace.root.parent / "afresh")
    ingest(afresh, [place])

    assert content(workspace) == content(afresh)


PARTS = [
    pytest.param(f"DB_PASSWORD='{SECRET[:16]}'", f"DB_PASSWORD='{SECRET}'", SECRET, id="begins"),
    pytest.param(f"DB_PASSWORD='{SECRET[8:]}'", f"DB_PASSWORD='{SECRET}'", SECRET, id="ends"),
    pytest.param(
        "Author: Mara Quist <mara@quist-works.net>",
        "Author: Mara Quist Sandlund <sandlund@quist-works.net>",
        "Mara Quist Sandlund",
        id="a name",
    ),
]
"""What gives a part away, what gives the whole away, and the whole."""


@pytest.mark.parametrize("n_runs", [1, 3])
@pytest.mark.parametrize(("tells_part", "tells_whole", "whole"), PARTS)
def test_nothing_is_left_of_what_holds_a_known_value(
    workspace: Workspace, tmp_path: Path, tells_part: str, tells_whole: str, whole: str, n_runs: int
) -> None:
    place = tmp_path / "parts"
    paths = [place / f"{name}.jsonl" for name in ("a-part", "b-holds", "c-whole")]
    for path, word in zip(paths, (tells_part, f"log: {whole} was", tells_whole), strict=True):
        write_session(place, path.stem, 2, word)
    for path in paths if n_runs == 3 else [place]:
        ingest(workspace, [path])
    afresh = with_key_of(workspace, workspace.root.parent / "afresh")
    ingest(afresh, [paths[2]])
    ingest(afresh, [place])

    held = [each for each in texts(workspace) if each.startswith("log: ")]
    assert len(held) == 4
    assert not any(each in text for text in held for each in (whole[:8], whole[-8:]))
    assert content(workspace) == content(afresh)


def test_what_was_given_away_is_known_though_redaction_fails_on_it_later(
    workspace: Workspace, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redaction_batch, "_REDACT_RECORDS", 2_048)
    redact = redact_closed
    calls: list[int] = []

    def failing(redactor: Redactor, records: Sequence[Step]) -> ClosedRedaction[Step]:
        calls.append(len(records))
        if len(calls) != 2:
            return redact(redactor, records)
        why = Refused("detector_timeout", "made to fail")
        withheld = redactor.withhold(records)
        return ClosedRedaction(*withheld, dict.fromkeys(range(len(records)), why))

    other = fill("{alnum:24}x")
    write_session(place, "b-tells", 2, f"{TELLING} with {other}")
    write_session(place, "e-tells", 2, f"DB_PASSWORD='{other}'")
    monkeypatch.setattr(redaction_batch, "redact_closed", failing)
    ingest(workspace, [place])

    assert Vault(workspace.vault).secrets() == {SECRET.encode(), other.encode()}


def test_two_workers_write_what_one_writes(workspace: Workspace, place: Path) -> None:
    one = ingest(workspace, [place])
    other = with_key_of(workspace, workspace.root.parent / "other")
    two = ingest(other, [place], workers=2)

    assert content(workspace) == content(other)
    assert one.records == two.records
    assert SECRET not in said(other)


def test_what_was_found_is_told_as_the_lake_says_it_whoever_read_first(
    workspace: Workspace, place: Path
) -> None:
    told = ingest(workspace, [place]).records

    for table in ("steps", "findings"):
        assert told[table] == Lake(workspace.lake).count(TABLES[table])


def test_nothing_is_read_once_more_without_a_new_secret(workspace: Workspace, place: Path) -> None:
    ingest(workspace, [place])
    before = Lake(workspace.lake).versions()
    write_session(place, "d-other", 2)
    ingest(workspace, [place / "d-other.jsonl"])
    once = Lake(workspace.lake).versions()["steps"] - before["steps"]

    assert once == 1
    assert ingest(workspace, [place]).inputs == {"unchanged": 4}


def killed_before_sweeping(workspace: Workspace, place: Path) -> Ingested | None:
    def sweep(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Accepting, "_sweep", sweep)
        with pytest.raises(KeyboardInterrupt):
            ingest(workspace, [place])
    return None


def test_a_killed_run_is_made_good_by_the_next(workspace: Workspace, place: Path) -> None:
    ingest(workspace, [place / "a-holds.jsonl"])
    killed_before_sweeping(workspace, place)
    assert SECRET in said(workspace)
    ingest(workspace, [place])
    afresh = with_key_of(workspace, workspace.root.parent / "afresh")
    ingest(afresh, [place])

    assert SECRET not in said(workspace)
    assert content(workspace) == content(afresh)
    with Ingest(workspace) as reading:
        assert reading.plan([place]).is_empty


def test_sessions_that_are_gone_are_redacted_from_the_archive(
    workspace: Workspace, place: Path
) -> None:
    ingest(workspace, [place / "a-holds.jsonl"])
    (place / "a-holds.jsonl").unlink()
    ingest(workspace, [place])

    assert SECRET not in said(workspace)


def test_what_is_not_kept_in_full_is_read_again_where_it_stands(
    workspace: Workspace, place: Path
) -> None:
    rule = f'[[consent.rules]]\nplace = "{place}/a-holds.jsonl"\nlevel = "redacted"\n'
    (workspace.root / "tracemill.toml").write_text(rule)
    ingest(workspace, [place])
    result = ingest(workspace, [place])

    assert result.inputs == {"read": 1, "unchanged": 3}
    assert all(SECRET not in text for text in texts(workspace))


@pytest.mark.usefixtures("together")
def test_what_is_not_kept_in_full_gives_nothing_away(workspace: Workspace, place: Path) -> None:
    rule = f'[[consent.rules]]\nplace = "{place}/b-tells.jsonl"\nlevel = "redacted"\n'
    (workspace.root / "tracemill.toml").write_text(rule)
    ingest(workspace, [place])

    assert Vault(workspace.vault).secrets() == frozenset()
    assert SECRET in said(workspace)


def test_a_secret_in_a_path_changes_no_id(workspace: Workspace, place: Path) -> None:
    within = place / SECRET
    within.mkdir()
    shutil.move(place / "a-holds.jsonl", within)
    ingest(workspace, [place])
    before = {known.id for known in Vault(workspace.vault).inputs().values()}
    ingest(workspace, [place])

    assert {known.id for known in Vault(workspace.vault).inputs().values()} == before


def test_forgotten_inputs_leave_no_secret_in_the_vault(workspace: Workspace, place: Path) -> None:
    ingest(workspace, [place])
    vault = Vault(workspace.vault)
    assert vault.secrets() == {SECRET.encode()}
    vault.forget([known.id for known in vault.inputs().values()], [])

    assert vault.secrets() == frozenset()
    vault.close()


def test_an_author_of_a_repository_goes_from_what_sessions_say(
    workspace: Workspace, place: Path
) -> None:
    write_session(place, "e-names", 2, "ask Grace Hopper about it")
    path = place.parent / "repository"
    path.mkdir()
    repository = Repository(path)
    repository.git("init", "-q")
    ingest(workspace, [place])
    assert "Grace Hopper" in said(workspace)

    message = "work\n\nReviewed-by: Grace Hopper <grace@hopper.org>"
    repository.commit(message, x="1")
    ingest(workspace, [place, path])

    assert "Grace Hopper" not in said(workspace)
    assert "ask dev-" in said(workspace)


def test_a_repository_in_a_folder_of_its_author_stays_one_place(
    workspace: Workspace, place: Path
) -> None:
    path = place.parent / "work" / "gracehopper+app"
    path.mkdir(parents=True)
    repository = Repository(path)
    repository.git("init", "-q")
    write_session(place, "e-there", 2, f"look at {path}")
    ingest(workspace, [place, path])
    for number, address in enumerate(("z@hopper.org", "grace@navy.org", "a@hopper.org")):
        message = f"work\n\nReviewed-by: Grace Hopper <{address}>"
        repository.commit(message, x=str(number))
        repository.commit("other work", x=f"{number} again")
        ingest(workspace, [place, path])

    (uri,) = {event.origin.uri for event in Lake(workspace.lake).records(TABLES["events"])}
    assert "gracehopper" not in uri
    assert uri in said(workspace)


def test_secrets_that_others_may_be_reading_are_not_written_again(tmp_path: Path) -> None:
    secrets = [b"first", b"second"]
    path = keep_known(str(tmp_path), secrets)
    assert path is not None
    before = Path(path).stat()
    again = keep_known(str(tmp_path), reversed(secrets))
    after = Path(path).stat()

    assert again == path
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert after.st_mode & 0o777 == 0o600
    assert known_secrets(path) == (b"first", b"second")
    assert [each.name for each in tmp_path.iterdir()] == [Path(path).name]
    assert keep_known(str(tmp_path), []) is None
