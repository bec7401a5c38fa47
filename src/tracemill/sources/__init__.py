"""In: foreign formats become trajectories, steps and events.

A source is handed the bytes of one input and yields records in the order in which they
stood. It never writes, never redacts and never guesses: what a format does not say is None.
Each family of formats has a folder, which knows no other. What several need is in `reading` (how
files are written), `building` (trajectories that still grow) and `facts` (gates, forges, commits).
The front of a folder is light and imports its reader only when it reads, since every source may be
loaded to look at an unknown file.

To add a format: one folder here with one class, one line in `SOURCES`, one folder of
fixtures under `tests/sources/`; where it reads no files, one line in `OF_NO_FILES`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from tracemill.base.registry import Registry
from tracemill.sources.content import Content
from tracemill.sources.head import HEAD_BYTES, Head, heads
from tracemill.sources.protocol import HoldsInputs, InputKind, Source, UnreadPart

SOURCES: Final = Registry[type[Source]](
    kind="source",
    builtin={
        "git": "tracemill.sources.git_history:GitHistory",
        "process-files": "tracemill.sources.process_files:ProcessFiles",
        "entire": "tracemill.sources.entire:Entire",
        "entire-metadata": "tracemill.sources.entire:EntireMetadata",
        "artifacts": "tracemill.sources.artifacts:Artifacts",
        "team-reports": "tracemill.sources.team_reports:TeamReports",
        "inbox": "tracemill.sources.inbox:Inbox",
        "claude-stream": "tracemill.sources.claude_code.stream:ClaudeStream",
        "atif": "tracemill.sources.atif:Atif",
        "turns": "tracemill.sources.turns:Turns",
        "swe-agent": "tracemill.sources.swe_agent:SweAgent",
        "adp": "tracemill.sources.adp:Adp",
        "openhands": "tracemill.sources.openhands:OpenHands",
        "openhands-folder": "tracemill.sources.openhands:OpenHandsFolder",
        "mini-swe-agent": "tracemill.sources.mini_swe_agent:MiniSweAgent",
        "claude-code": "tracemill.sources.claude_code:ClaudeCode",
        "copilot-cli": "tracemill.sources.copilot_cli:CopilotCli",
        "gemini-cli": "tracemill.sources.gemini_cli:GeminiCli",
        "openclaw": "tracemill.sources.pi.openclaw:OpenClaw",
        "openclaw-telemetry": "tracemill.sources.pi.openclaw:OpenClawTelemetry",
        "pi": "tracemill.sources.pi:Pi",
        "codex": "tracemill.sources.codex:Codex",
        "cline": "tracemill.sources.cline:Cline",
        "cline-task": "tracemill.sources.cline:ClineTask",
        "cursor": "tracemill.sources.cursor:Cursor",
        "specstory-md": "tracemill.sources.specstory_md:SpecStoryMd",
        "aider": "tracemill.sources.aider:Aider",
        "opencode": "tracemill.sources.opencode:OpenCode",
        "opencode-tree": "tracemill.sources.opencode.tree:OpenCodeTree",
        "junit": "tracemill.sources.junit:JUnit",
        "pytest": "tracemill.sources.pytest_report:PytestReport",
        "otlp": "tracemill.sources.otlp:Otlp",
        "langfuse": "tracemill.sources.langfuse:Langfuse",
        "codex-exec": "tracemill.sources.codex.exec_stream:CodexExec",
        "github": "tracemill.sources.github:GitHub",
        "autoforge": "tracemill.sources.autoforge:AutoForge",
        "beads": "tracemill.sources.beads:Beads",
        "coverage": "tracemill.sources.coverage_report:CoverageReport",
        "sarif": "tracemill.sources.sarif:Sarif",
        "ruff": "tracemill.sources.findings_reports:Ruff",
        "mypy": "tracemill.sources.findings_reports:Mypy",
        "bandit": "tracemill.sources.findings_reports:Bandit",
        "pylint": "tracemill.sources.findings_reports:Pylint",
        "gitleaks": "tracemill.sources.findings_reports:Gitleaks",
        "chat-messages": "tracemill.sources.messages:Messages",
        "document": "tracemill.sources.process_files:LoneDocument",
    },
)
"""Every source by name, in the order in which inputs are offered to them."""

OF_NO_FILES: Final[Mapping[str, InputKind]] = {
    "git": "repository",
    "process-files": "repository",
    "entire": "repository",
    "openhands-folder": "folder",
    "cline-task": "folder",
    "opencode-tree": "folder",
}
"""What those of our sources read that read no files, so that none is loaded to ask it."""


TELLS_REFUSALS: Final = frozenset(
    {"aider", "claude-code", "cline", "cline-task", "codex", "copilot-cli", "cursor", "gemini-cli"}
    | {"mini-swe-agent", "opencode", "opencode-tree", "openhands", "openhands-folder"}
    | {"specstory-md"}
)
"""Sources whose logs record that a person refused a call; elsewhere nobody knows of any."""

TELLS_STOPS: Final = TELLS_REFUSALS | {"openclaw", "pi"}
"""Sources whose logs record that a person stopped the agent; elsewhere nobody knows of any."""


@cache
def load_source(name: str) -> Source:
    """Return the source called `name`, made once for each process."""
    return SOURCES.load(name)()


def sources_of(kind: InputKind) -> Iterator[Source]:
    """Yield the sources whose inputs are of one kind, in the order in which they are asked.

    Each is loaded when it is its turn: most files are recognised before half of them are.
    """
    return map(load_source, _names_of(kind))


@cache
def _names_of(kind: InputKind) -> tuple[str, ...]:
    return tuple(name for name in SOURCES.names() if _kind_of(name) == kind)


def _kind_of(name: str) -> InputKind:
    return OF_NO_FILES.get(name, "file") if name in SOURCES.builtin else load_source(name).reads


__all__ = [
    "HEAD_BYTES",
    "OF_NO_FILES",
    "SOURCES",
    "TELLS_REFUSALS",
    "TELLS_STOPS",
    "Content",
    "Head",
    "HoldsInputs",
    "Source",
    "UnreadPart",
    "heads",
    "load_source",
    "sources_of",
]
