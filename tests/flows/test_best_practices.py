"""Best practices are put together of work, reviews and reports, each line with what shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.sessions import write_session
from tests.sources.reading import jsonl
from tests.sources.team_reports.lines import LINES
from tracemill.base.errors import NotFoundError
from tracemill.cli.app import call
from tracemill.flows.held.lookup import list_rows
from tracemill.flows.reports.practices import write_best_practices
from tracemill.flows.results import EpisodeRow
from tracemill.flows.wheel.turn import Options, turn
from tracemill.store.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    write_session(tmp_path / "in", "5e551000", 2)
    (tmp_path / "in" / "failures.jsonl").write_bytes(jsonl(LINES["failure"], LINES["failure"]))
    made = Workspace(tmp_path / "workspace")
    turn(made, [tmp_path / "in"], {}, Options(workers=1), lambda _: None)
    return made


def test_notes_become_lessons_and_reports_become_preventions(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (episode,) = list_rows(workspace, "episode", EpisodeRow, limit=0).rows
    notes = tmp_path / ".ai" / "insights.md"
    notes.parent.mkdir()
    notes.write_text(
        f"# Insights\n\n## {episode.id}\nlesson: run `it` twice\nby: Ada\n\n## Else\nnothing named\n"
    )
    place = ["--workspace", str(workspace.root)]
    assert call(["review", "import", str(notes), *place]) == 0
    assert "names_no_record 1" in capsys.readouterr().out
    assert call(["review", "import", str(notes), *place]) == 3
    assert "known 1" in capsys.readouterr().out

    written = write_best_practices(workspace, None)
    text = Path(written.files[0]).read_text()
    (lesson,) = written.report.lessons
    assert (lesson.text, lesson.of.id) == ("run `it` twice", episode.id)
    assert lesson.by != "Ada"
    assert f"- `run 'it' twice` ({lesson.by}" in text
    assert f"`{episode.id}`" in text
    (prevention,) = written.report.preventions
    assert (prevention.text, prevention.is_in_place) == ("Check", False)
    (remedy,) = written.report.remedies
    assert (remedy.failed, remedy.n_overcome, remedy.by) == ("No check", 2, {"environment_fix": 2})
    assert "**Not in place:** 1 prevention" in text
    checklist = next(Path(path) for path in written.files if path.endswith("checklist.md"))
    assert "- [ ] `Check`\n" in checklist.read_text()


def test_each_practice_that_work_kept_is_a_template_with_that_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    monkeypatch.delenv("CODEX_HOME", raising=False)
    assert call(["run", "--workspace", str(tmp_path / "example"), "-q"]) == 0
    workspace = Workspace(tmp_path / "example")
    written = write_best_practices(workspace, None)
    kept = [each for each in written.report.practices if each.examples]
    templates = {Path(path).name: Path(path) for path in written.files if "/templates/" in path}

    assert kept
    assert set(templates) == {f"{each.name}.md" for each in kept}
    for each in kept:
        assert f"## Example `{each.examples[0].id}`" in templates[f"{each.name}.md"].read_text()


def test_where_nothing_tells_how_to_work_none_is_written(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "survey").write_bytes(jsonl(LINES["survey"]))
    made = Workspace(tmp_path / "workspace")
    turn(made, [tmp_path / "in"], {}, Options(workers=1), lambda _: None)
    with pytest.raises(NotFoundError, match="how to work"):
        write_best_practices(made, None)
