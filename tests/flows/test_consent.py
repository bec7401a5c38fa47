"""What the settings do not allow is not kept, nowhere, also where it was kept before."""

from pathlib import Path
from typing import Any

import pytest

from tests.flows.sessions import lines
from tests.flows.test_erasure import left
from tests.trajectories import agent
from tracemill.base.errors import UsageError
from tracemill.flows.erasing.consent import read_consent
from tracemill.flows.ingest.consent import numbers_of
from tracemill.flows.results import RunResult
from tracemill.flows.wheel.turn import Options, turn
from tracemill.records.sessions.trajectory import Step, ToolCall
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

ONE, OTHER = "11111111-aaaa-4aaa-8aaa-000000000001", "22222222-bbbb-4bbb-8bbb-000000000002"
MAIL = "heron@marshbird.org"
EVERYTHING = (b"spoonbill", b"heron", b"marshbird.org")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write(tmp_path / "in", ONE, "/srv/open", "play")
    write(tmp_path / "in", OTHER, "/srv/closed", f"spoonbill of {MAIL}")
    return tmp_path / "in"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def write(folder: Path, session: str, cwd: str, word: str) -> None:
    folder.mkdir(exist_ok=True)
    said = b"".join(line + b"\n" for line in lines(session, 2, word))
    (folder / f"{session}.jsonl").write_bytes(said.replace(b"/srv/app", cwd.encode()))


def read(workspace: Workspace, place: Path) -> RunResult:
    return turn(workspace, [place], {}, Options(), lambda _progress: None)


def allow(workspace: Workspace, settings: str) -> None:
    workspace.create()
    (workspace.root / "tracemill.toml").write_text(settings)


def rule(level: str, place: str = "/srv/closed") -> str:
    return f'[[consent.rules]]\nplace = "{place}"\nlevel = "{level}"\n'


def rows(workspace: Workspace, table: str) -> list[Any]:
    return list(Lake(workspace.lake).records(TABLES[table]))


GONE = {"off": EVERYTHING, "metadata": EVERYTHING, "redacted": EVERYTHING[1:], "full": ()}


@pytest.mark.parametrize("was_kept", [False, True], ids=["from the first", "kept before"])
@pytest.mark.parametrize("level", GONE)
def test_no_more_is_kept_than_its_level_allows(
    workspace: Workspace, place: Path, level: str, *, was_kept: bool
) -> None:
    if was_kept:
        read(workspace, place)
    allow(workspace, rule(level))
    result = read(workspace, place)

    assert result.store.sessions == (1 if level == "off" else 2)
    for word in EVERYTHING:
        assert bool(left(workspace.root, word)) is (word not in GONE[level]), word
    assert left(workspace.root, b"play 1, please")
    assert read(workspace, place).changed is False


def test_an_input_is_left_out_by_its_source_and_by_where_it_lies(
    workspace: Workspace, place: Path
) -> None:
    allow(workspace, '[[consent.rules]]\nsource = "claude-code"\nlevel = "off"\n')
    assert read(workspace, place).inputs == {"consent_off": 2}

    allow(workspace, rule("off", str(place)))
    assert read(workspace, place).store.sessions == 0


def test_a_folder_of_windows_is_known_however_it_is_written(
    workspace: Workspace, tmp_path: Path
) -> None:
    write(tmp_path / "in", ONE, r"c:\\work\\Closed\\app", "spoonbill")
    allow(workspace, "[[consent.rules]]\nplace = 'C:\\Work\\closed'\nlevel = \"off\"\n")
    result = read(workspace, tmp_path / "in")

    assert result.inputs == {"consent_off": 1}
    assert left(workspace.root, b"spoonbill") == []


def test_the_first_rule_that_matches_says(workspace: Workspace, place: Path) -> None:
    allow(workspace, '[consent]\ndefault = "off"\n' + rule("full", "/srv/open"))

    assert read(workspace, place).store.sessions == 1
    assert read_consent(workspace).inputs == {"full": 1, "off": 1}


def test_numbers_are_kept_without_text(workspace: Workspace, place: Path) -> None:
    allow(workspace, '[consent]\ndefault = "metadata"\n')
    result = read(workspace, place)
    steps = rows(workspace, "steps")

    assert result.store.tool_calls == 4
    assert {call.name for step in steps for call in step.calls} == {"Bash"}
    assert not any(step.text or step.reasoning for step in steps)
    assert not any(call.arguments for step in steps for call in step.calls)
    assert not any(r.content for step in steps for r in step.results)
    assert sum(step.usage.output_tokens for step in steps if step.usage) == 40
    assert rows(workspace, "findings") == []
    assert {activity.goal for activity in rows(workspace, "activities")} == {""}
    assert sum(one.skipped.get("consent_metadata", 0) for one in rows(workspace, "inputs")) > 0


def test_of_a_call_its_name_and_level_stay() -> None:
    made = ToolCall(
        id="c1", name="lint", arguments={"path": "a"}, tool_level="generated",
        tool_version="4", tool_config={"key": "spoonbill"},
    )  # fmt: skip
    kept = numbers_of(agent(1, "spoonbill", calls=(made,)))

    assert isinstance(kept, Step)
    assert kept.calls == (ToolCall(id="c1", name="lint", tool_level="generated"),)


def test_what_is_allowed_again_is_read_again(workspace: Workspace, place: Path) -> None:
    allow(workspace, rule("off"))
    read(workspace, place)
    allow(workspace, "")

    assert read(workspace, place).store.sessions == 2
    assert left(workspace.root, b"spoonbill")


def test_numbers_of_an_original_that_is_gone_stay(workspace: Workspace, place: Path) -> None:
    allow(workspace, rule("metadata"))
    read(workspace, place)
    (place / f"{OTHER}.jsonl").unlink()
    allow(workspace, "")

    assert read(workspace, place).store.sessions == 2
    assert read(workspace, place).changed is False


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param("[consnet]\n", "unknown field `consnet`", id="unknown table"),
        pytest.param('[consent]\nlevel = "off"\n', "at 'consent'.*`level`", id="unknown key"),
        pytest.param('[consent]\ndefault = "of"\n', "at 'consent.default'.*'of'", id="value"),
        pytest.param("[consent]\n[consent]\n", "no TOML", id="twice"),
        pytest.param('[[consent.rules]]\nsource = "x"\n', r"rules\[0\]'.*`level`", id="missing"),
    ],
)
def test_settings_that_would_not_hold_are_refused(
    workspace: Workspace, place: Path, settings: str, said: str
) -> None:
    allow(workspace, settings)
    with pytest.raises(UsageError, match=said):
        read(workspace, place)
    assert left(workspace.root, *EVERYTHING) == []
