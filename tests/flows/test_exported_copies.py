"""Whatever left the workspace is named to whoever finds or erases what it holds, of every kind."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, get_args

import pytest

from tests.flows.sessions import write_session
from tracemill.base.errors import UsageError
from tracemill.capture import emit
from tracemill.evaluate.building import make_case
from tracemill.evaluate.running import freeze
from tracemill.flows.analysis.learning import export_learning
from tracemill.flows.datasets.versions import export_version, find_version
from tracemill.flows.erasing.erasure import erase_data, find_data, read_subject
from tracemill.flows.executors.local import Local
from tracemill.flows.models.inspect_tasks import export_task
from tracemill.flows.models.suites import keep_suite
from tracemill.flows.reports.reporting import write_report
from tracemill.flows.reviews.desk import Desk
from tracemill.flows.reviews.files import export_reviews
from tracemill.flows.views.page_export import export_page
from tracemill.flows.views.session_export import export_session
from tracemill.flows.wheel.turn import Options, turn
from tracemill.records.datasets.examples import Message
from tracemill.records.models.evaluations import Case
from tracemill.records.privacy.receipts import ExportKind
from tracemill.store.exports import read_exports
from tracemill.store.workspace import Workspace
from tracemill.web.app import make_pages
from tracemill.web.exporting import page_file

SESSION: Final = "s1"


def reviews(workspace: Workspace, to: Path) -> None:
    with Desk(workspace, "ada") as desk:
        export_reviews(desk, workspace, to, "argilla", is_forced=False)


def suite(workspace: Workspace, to: Path) -> None:
    folder, _ = find_version(workspace, "chat")
    row = json.loads((folder / "lineage.jsonl").read_bytes().splitlines()[0])
    case = make_case(
        Case(
            id="",
            messages=(Message(role="user", content="mend the total"),),
            checks=("decision",),
            group=SESSION,
            example_id=row["id"],
        )
    )
    keep_suite(workspace, freeze("replay", "chat", [case], {}), [case], {row["id"]: row["lineage"]})
    export_task(workspace, "replay", to)


def page(workspace: Workspace, to: Path) -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    export_page(workspace, asyncio.run(page_file(make_pages(workspace), "/sessions", at)), to)


EXPORTERS: Final[dict[ExportKind, Callable[[Workspace, Path], object]]] = {
    "dataset": lambda held, to: export_version(held, "chat", to, dry_run=False),
    "session": lambda held, to: export_session(held, SESSION, "atif", to),
    "reports": lambda held, to: write_report(held, "learning", date(2026, 3, 1), to),
    "reviews": reviews,
    "learning": lambda held, to: export_learning(held, to, is_forced=False),
    "suite": suite,
    "page": page,
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    write_session(tmp_path / "in", SESSION, 2, word="mend the total")
    held = Workspace(tmp_path / "workspace")
    emit("escalation", {"reason": "stuck"}, session=SESSION, workspace=held.root)
    home = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(held, [tmp_path / "in"], home, Options(workers=1), lambda _progress: None)
    return held


def test_every_kind_of_export_is_tried_here() -> None:
    assert set(EXPORTERS) == set(get_args(ExportKind))


@pytest.mark.parametrize("kind", EXPORTERS)
def test_what_left_is_named_when_it_is_erased(
    kind: ExportKind, workspace: Workspace, tmp_path: Path
) -> None:
    EXPORTERS[kind](workspace, tmp_path / "out")
    (note,) = read_exports(workspace.vault)
    subject = read_subject(workspace, SESSION, None, ())
    found = find_data(workspace, subject, lambda _: None)
    erased = erase_data(workspace, subject, lambda _: Local(1, workspace.scratch), lambda _: None)

    assert found.copies == (f"{note.to} ({kind}, exported {note.at:%Y-%m-%d})",)
    assert erased.found.copies == found.copies
    assert erased.receipt is not None


@pytest.mark.parametrize("kind", EXPORTERS)
def test_nothing_leaves_that_could_not_be_noted(
    kind: ExportKind, workspace: Workspace, tmp_path: Path
) -> None:
    (workspace.vault / "exports.jsonl").mkdir()
    to = tmp_path / "gone" / "out"

    with pytest.raises((IsADirectoryError, UsageError)):
        EXPORTERS[kind](workspace, to)

    assert [path for path in to.parent.rglob("*") if path.is_file()] == []


def test_a_copy_of_a_closed_version_is_open_to_who_made_it(
    workspace: Workspace, tmp_path: Path
) -> None:
    folder, _ = find_version(workspace, "chat")
    closed = [*folder.iterdir(), folder]
    for path in closed:
        path.chmod(path.stat().st_mode & ~0o222)
    export_version(workspace, "chat", tmp_path / "out", dry_run=False)
    for path in closed:
        path.chmod(path.stat().st_mode | 0o200)

    written = [tmp_path / "out", *(tmp_path / "out").iterdir()]
    assert len(written) > len(closed)
    assert all(path.stat().st_mode & 0o200 for path in written)
    assert not list(tmp_path.glob(".*.part"))


def test_an_export_that_cannot_be_noted_leaves_nothing_and_says_where(
    workspace: Workspace, tmp_path: Path
) -> None:
    noted = workspace.vault / "exports.jsonl"
    noted.unlink(missing_ok=True)
    noted.mkdir()

    with pytest.raises(UsageError, match=r"cannot write to '.*/to/out': found 'Is a .*exports"):
        export_version(workspace, "chat", tmp_path / "to" / "out", dry_run=False)
    assert list((tmp_path / "to").iterdir()) == []
