"""Every real file, under a name that says nothing: which source takes it, and what it counts.

The index of the real files names the format of each, and counts its sessions and calls. Where
another source takes a file, or counts differ, the reason stands here; one that is not needed
any more fails.
"""

from __future__ import annotations

import csv
import random
import shutil
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.sources.reading import Found, head_of, read_file
from tests.sources.real_files import FORMATS

from tracemill.records.events.checkpoints import Checkpoint
from tracemill.records.events.gates import GateRun
from tracemill.sources import load_source, sources_of
from tracemill.sources.head import Head

pytestmark = pytest.mark.foreign

TAKEN_BY = {
    "adp": "adp",
    "aider": "aider",
    "atif": "atif",
    "beads_issues": "beads",
    "claude_code": "claude-code",
    "claude_code_records": "claude-code",
    "codex": "codex",
    "copilot_cli": "copilot-cli",
    "cursor": "cursor",
    "entire_checkpoints": "entire-metadata",
    "gates_coverage": "coverage",
    "gates_pytest": "pytest",
    "gemini_cli": "gemini-cli",
    "github_events": "github",
    "mini_swe_agent": "mini-swe-agent",
    "openclaw": "openclaw",
    "openhands": "openhands",
    "otlp_genai": "otlp",
    "pi": "pi",
    "specstory_md": "specstory-md",
    "swe_agent_messages": "chat-messages",
    "swe_agent_traj": "swe-agent",
}
"""The source of each format."""
MANY_FORMATS = {
    "gates_runs/*.bandit.json": "bandit",
    "gates_runs/*.coverage.*": "coverage",
    "gates_runs/*.lcov": "coverage",
    "gates_runs/*.mypy.jsonl": "mypy",
    "gates_runs/*.pylint.json2.json": "pylint",
    "gates_runs/*.report.json": "pytest",
    "gates_runs/*.reportlog.jsonl": "pytest",
    "gates_runs/*.ruff.json": "ruff",
    "gates_runs/*.sarif": "sarif",
    "gates_runs/*.xml": "junit",
    "gates_security/*.sarif": "sarif",
    "gates_security/*.xml": "junit",
    "stream_json/*/claude-code-stream.jsonl": "claude-stream",
    "stream_json/*/codex-exec.jsonl": "codex-exec",
    "stream_json/*/codex-rollout.jsonl": "codex",
    "stream_json/*/copilot-cli.jsonl": "copilot-cli",
    "stream_json/*/transcript.jsonl": "cursor",
}
"""The source of each file in folders that hold several formats."""
REPACKED = "made for the collection out of what git says; repositories are read themselves"
EXCEPTIONS = {
    "claude_code/*/agent-*.meta.json": (None, "only its name says whose kind of agent it tells"),
    "entire_checkpoints/*.commit_links.tsv": (None, REPACKED),
    "entire_checkpoints/tree/*.md": (None, "a rendering of the session that lies beside it"),
    "entire_checkpoints/tree/*.txt": (None, "plain text; the metadata and session say the same"),
    "entire_checkpoints/tree/*/full.jsonl": ("claude-code", "the session that was checkpointed"),
    "gates_coverage/*/git_diff_python.txt": (None, "a diff, and no report"),
    "gates_coverage/*/pylint_report.txt": ("pylint", "a report of pylint, filed with coverage"),
    "gates_runs/*.stdout.txt": (None, "what pytest printed; two reports of the run are read"),
    "gemini_cli/*/2026-01-21-3a4a4468-*.json": ("claude-code", "Claude Code wrote it, as lines"),
    "git_log/*.jsonl": (None, REPACKED),
    "openclaw/*-telemetry/*.jsonl": ("openclaw-telemetry", "events of its plugin, no session"),
    "opencode/*": (None, "a file of a tree; the tree is one input, and has a test below"),
    "otlp_genai/semconv/*": (None, "describes the format, and is not in it"),
    "stream_json/*/manifest.json": (None, "how the stream beside it was prepared for publishing"),
}
"""Files that their format's source does not take: who does, and why."""

TRIMMED = "its ids were cut, and the index counts what has the same id once"
BARE_CALLS = "the index leaves out calls of the type `tool_call`, which old rollouts have"
SEARCHES = "the index leaves out searches of the web and among tools, which are calls too"
NO_STEP = "nothing in it was said or done, so it makes no session"
QUOTED = "the index also counts what quotes a session within a reply or the result of a tool"
FROM_MANY = "put together from records of several sessions, but one file is one session"
DIFFERENCES: dict[str, tuple[dict[str, int], str]] = {
    "adp/openhands.sample_std.json": ({"calls": 66}, "`finish` ends a run, and is no call"),
    "aider/aider/*": ({"sessions": 608}, "chats in which nobody said a thing are no sessions"),
    "aider/agentsview-testdata/*": ({"sessions": 2}, "the index counts the file, which has two"),
    "claude_code/agent-sessions-fixtures/small.jsonl": ({"sessions": 1}, FROM_MANY),
    "claude_code/claude-code-log-2025/edge_cases.jsonl": ({"sessions": 1}, FROM_MANY),
    "claude_code_records/*/file_history_snapshot.jsonl": ({"sessions": 0}, NO_STEP),
    "claude_code_records/*/summary.jsonl": ({"sessions": 0}, NO_STEP),
    "claude_code_records/*/system_info.jsonl": ({"sessions": 0}, NO_STEP),
    "codex/agent-sessions-fixtures/large.jsonl": ({"calls": 1}, BARE_CALLS),
    "codex/agent-sessions-fixtures/session_branch.jsonl": ({"calls": 1}, BARE_CALLS),
    "codex/agent-sessions-fixtures/session_toolcall.jsonl": ({"calls": 1}, BARE_CALLS),
    "codex/agent-sessions-fixtures/small.jsonl": (
        {"sessions": 1, "calls": 7},
        f"{FROM_MANY}; {SEARCHES}",
    ),
    "codex/agentv/019ed50c-*": ({"calls": 105}, SEARCHES),
    "codex/agentv/019eecb9-*": ({"calls": 280}, SEARCHES),
    "codex/agentv/019eef3d-*": ({"calls": 150}, SEARCHES),
    "codex/agentv/019efc87-*": ({"calls": 318}, SEARCHES),
    "codex/agentv/019f1d64-*": ({"calls": 221}, SEARCHES),
    "copilot_cli/agent-sessions-fixtures/small.jsonl": ({"calls": 4}, TRIMMED),
    "cursor/agent-sessions-tests/test-store.db": ({"sessions": 0}, NO_STEP),
    "entire_checkpoints/cli.metadata.jsonl": (
        {"sessions": 294},
        "17 stand there twice, once with a date that old versions put before the id",
    ),
    "gemini_cli/agent-sessions-fixtures/jsonl_v040.jsonl": (
        {"calls": 1},
        "the index did not look into files of lines",
    ),
    "specstory_md/*_15-23-32Z-take-a-look-at.md": ({"calls": 29}, QUOTED),
    "specstory_md/*_12-46-48Z-fix-unknown-field*.md": (
        {"calls": 2},
        "two stand there twice, the second time with nothing in them",
    ),
    "specstory_md/*16-26-02Z*.md": ({"calls": 41}, QUOTED),
    "swe_agent_traj/*BabyEncryption.traj": (
        {"calls": 15},
        "a call that the agent took back is in no step",
    ),
}
"""What we count where the index counts otherwise, and why."""


class Row(NamedTuple):
    """One file, as the index tells of it."""

    file: str
    format: str
    stated: dict[str, int]
    """How many sessions and calls it has, where the index says so."""

    @property
    def source(self) -> str | None:
        """Name of the source that shall take it."""
        for pattern, (name, _) in EXCEPTIONS.items():
            if fnmatch(self.file, pattern):
                return name
        of_file = (name for pattern, name in MANY_FORMATS.items() if fnmatch(self.file, pattern))
        return next(of_file, None) or TAKEN_BY[self.format]

    @property
    def expected(self) -> dict[str, int]:
        """What we count."""
        differing = (d for pattern, (d, _) in DIFFERENCES.items() if fnmatch(self.file, pattern))
        return self.stated | next(differing, {})


def rows() -> list[Row]:
    index = FORMATS / "INDEX.tsv"
    if not index.exists():
        return []
    with index.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    names = {"sessions": "sessions", "calls": "tool_calls"}
    return [
        Row(
            row["file"],
            row["format"],
            {ours: int(row[theirs]) for ours, theirs in names.items() if row[theirs]},
        )
        for row in table
    ]


ROWS = rows()
REASON = f"no index of real files at {FORMATS / 'INDEX.tsv'}; set TRACEMILL_SHARED_DATA"
needs_index = pytest.mark.skipif(not ROWS, reason=REASON)


def for_each(found: list[Row]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", found or [None], ids=lambda row: row and row.file)


def renamed(row: Row, folder: Path) -> Path:
    """Return a copy of a file whose name tells nothing."""
    return Path(shutil.copyfile(FORMATS / row.file, folder / random.randbytes(6).hex()))


def taker(head: Head) -> str | None:
    return next((source.name for source in sources_of("file") if source.recognises(head)), None)


def counts_of(row: Row, found: Found) -> dict[str, int]:
    """Return the sessions and calls of a file, each as its format means them."""
    ids = {header.id for header in found.headers}
    n_sessions = sum(header.parent_id not in ids for header in found.headers)
    if row.stated.get("sessions") and row.format.startswith("gates_"):  # reports, where it counts
        n_sessions = sum(isinstance(event, GateRun) for event in found.events)
    elif row.stated.get("sessions") and row.source == "entire-metadata":
        n_sessions = len({e.session_id for e in found.events if isinstance(e, Checkpoint)})
    return {"sessions": n_sessions, "calls": sum(len(step.calls) for step in found.steps)}


@needs_index
@for_each(ROWS)
def test_a_file_is_taken_by_the_source_of_its_format_whatever_it_is_called(
    row: Row, tmp_path: Path
) -> None:
    assert taker(head_of(renamed(row, tmp_path))) == row.source


@needs_index
@for_each([row for row in ROWS if row.source])
def test_counts_are_those_of_the_index(row: Row, tmp_path: Path) -> None:
    assert row.source is not None
    counts = counts_of(row, read_file(load_source(row.source), renamed(row, tmp_path)))

    assert {name: counts[name] for name in row.expected} == row.expected


@needs_index
def test_trees_hold_the_sessions_and_calls_of_their_files() -> None:
    source = load_source("opencode-tree")
    trees = list((FORMATS / "opencode" / "agent-sessions-fixtures").iterdir())

    assert trees
    for tree in trees:
        names = frozenset(path.name for path in tree.iterdir())
        files = [row for row in ROWS if (FORMATS / row.file).is_relative_to(tree)]
        found = read_file(source, tree)

        assert files
        assert source.recognises(Head(tree, b"", names))
        assert len(found.headers) == sum("/session/" in row.file for row in files)
        assert sum(len(step.calls) for step in found.steps) == sum(
            row.stated.get("calls", 0) for row in files
        )


@needs_index
@pytest.mark.parametrize(
    ("pattern", "differing"), [(pattern, d) for pattern, (d, _) in DIFFERENCES.items()]
)
def test_no_difference_is_excused_that_is_none(pattern: str, differing: dict[str, int]) -> None:
    stated = [row.stated for row in ROWS if fnmatch(row.file, pattern)]

    assert stated
    assert all(found.get(name) != n for found in stated for name, n in differing.items())


@needs_index
@pytest.mark.parametrize("table", [EXCEPTIONS, MANY_FORMATS], ids=["exceptions", "many formats"])
def test_every_pattern_names_a_file(table: dict[str, Any]) -> None:
    assert not [p for p in table if not any(fnmatch(row.file, p) for row in ROWS)]
