"""Build the example: play the timeline, and write each session in its agent's own format."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tracemill.flows.destinations import new_folder
from tracemill.flows.example_history.claude_format import claude_files
from tracemill.flows.example_history.codex_format import codex_files
from tracemill.flows.example_history.play import Performance, Stage
from tracemill.flows.example_history.repository import Repository
from tracemill.flows.example_history.script import Person, load_data, load_script, load_secrets

CLAUDE: Final = Path("claude", "projects")
CODEX: Final = Path("codex", "sessions")
REPOSITORY: Final = Path("repos", "stockroom")


@dataclass(frozen=True)
class ExampleHistory:
    """Where the parts of a built example are."""

    root: Path
    sessions: tuple[Path, ...]
    """The session files, subagents' included, in the order of their start."""
    repository: Path
    commits: Mapping[str, str]
    """Hashes of the commits by their label."""


def build_example(target: Path) -> ExampleHistory:
    """Write the example to `target`, which appears whole or not at all.

    Raises:
        UsageError: `target` holds something already.
    """
    new_folder(target)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        sessions, commits = _build(draft)
        draft.replace(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    found = tuple(target / path for path in sessions)
    return ExampleHistory(target, found, target / REPOSITORY, commits)


def _build(root: Path) -> tuple[list[Path], dict[str, str]]:
    data = load_data("repository")
    secrets = load_secrets()
    stage = Stage(Repository(root / REPOSITORY), {}, secrets)
    stage.people = {
        label: Person(**{name: stage.fill(text) for name, text in person.items()})
        for label, person in data["people"].items()
    }
    written: list[Path] = []
    for entry in data["timeline"]:
        if "commit" in entry:
            label = entry["commit"]
            stage.shas[label] = _commit(stage, data["commits"][label])
        else:
            written += _write(root, _session(stage, entry["session"]))
    return written, stage.shas


def _commit(stage: Stage, data: Mapping[str, Any]) -> str:
    """Make a commit of a person's own."""
    repository, by = stage.repository, stage.people[data["by"]]
    message = stage.fill(data["message"])
    if "merges" in data:
        return repository.merge(data["merges"], message, by, data["at"]).sha
    if "reverts" in data:
        repository.undo(stage.shas[data["reverts"]])
    for name, text in data.get("files", {}).items():
        repository.write(name, text)
    for name, (old, new) in data.get("edits", {}).items():
        repository.replace(name, old, new)
    sha = repository.commit(message, by, data["at"]).sha
    if "tag" in data:
        repository.tag(data["tag"])
    return sha


def _session(stage: Stage, label: str) -> Performance:
    script = load_script(label)
    performance = stage.play(script)
    if script.session.get("discards"):
        stage.repository.discard()
    return performance


def _write(root: Path, performance: Performance) -> Iterator[Path]:
    is_codex = performance.script.session["agent"] == "codex"
    files = codex_files(performance) if is_codex else claude_files(performance)
    for path, text in files:
        place = (CODEX if is_codex else CLAUDE) / path
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(text, "utf-8", newline="\n")
        yield place
