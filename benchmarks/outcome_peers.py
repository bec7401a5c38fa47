"""What other tools say became of sessions: agent-hotwash, ClawJournal and opentraces.

Each runs in a virtual environment of its own, on copies of the sessions in a home of their own. What
they say is brought to three words: good, bad, or unknown; a session that a tool did not take is
unknown to it too.
"""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

GOOD = {"positive", "completed", "tests_passed", True}
BAD = {"negative", "tests_failed", "build_failed", "errored", "partial", False}
TIMEOUT_S = 900
OPENTRACES = """
import json, sys
from pathlib import Path
from opentraces.capture.claude_code.parse import ClaudeCodeParser
from opentraces.capture.codex_cli.parse import CodexCliParser
from opentraces.enrichment.git_signals import detect_commits_from_steps
said = {}
for line in sys.stdin.read().splitlines():
    parser = CodexCliParser() if "/.codex/" in line else ClaudeCodeParser()
    try:
        record = parser.parse_session(Path(line))
        said[line] = None if record is None else detect_commits_from_steps(record.steps).success
    except Exception as problem:
        print(type(problem).__name__, line, file=sys.stderr)
print(json.dumps(said))
"""


class Session(NamedTuple):
    """A session that peers can read."""

    trajectory: str
    agent: str
    """`claude-code` or `codex`."""
    path: Path


class Home:
    """A home folder that holds copies of sessions where the agents would keep them."""

    def __init__(self, folder: Path, sessions: list[Session]) -> None:
        self.folder = folder
        self.trajectories: dict[str, str] = {}
        """Trajectory by the name of the copied file."""
        for number, session in enumerate(sessions):
            if session.agent == "codex":
                place = folder / ".codex" / "sessions" / "2026" / "01" / "01"
                name = f"rollout-2026-01-01T00-00-{number:04}-{session.path.stem}.jsonl"
            else:
                place = folder / ".claude" / "projects" / f"-work-{number:04}"
                name = session.path.name
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(session.path, place / name)
            self.trajectories[str(place / name)] = session.trajectory

    def run(self, command: list[str], said: str = "") -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "NO_COLOR": "1"},
            input=said,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        return done.stdout


def hotwash(home: Home, environment: Path) -> Mapping[str, object]:
    report = home.folder / "hotwash.json"
    places = [str(home.folder / ".claude" / "projects"), str(home.folder / ".codex" / "sessions")]
    tool = str(environment / "bin" / "agent-hotwash")
    home.run(
        [tool, "analyze", *places, "--semantic", "off", "--format", "json", "--out", str(report)]
    )
    analyses = (each["analysis"] for each in json.loads(report.read_text())["runs"])
    return {
        path: analysis["outcome"]["label"]
        for analysis in analyses
        for path in analysis["provenance"]["files"]
    }


def clawjournal(home: Home, environment: Path) -> Mapping[str, object]:
    tool = str(environment / "bin" / "clawjournal")
    home.run([tool, "config", "--source", "all", "--confirm-projects"])
    home.run([tool, "scan"])
    with sqlite3.connect(home.folder / ".clawjournal" / "index.db") as database:
        rows = database.execute("SELECT raw_source_path, outcome_badge FROM sessions")
        return dict(rows.fetchall())


def opentraces(home: Home, environment: Path) -> Mapping[str, object]:
    paths = "\n".join(home.trajectories)
    answer = home.run([str(environment / "bin" / "python"), "-c", OPENTRACES], paths)
    said: dict[str, object] = json.loads(answer)
    return said


PEERS: dict[str, Callable[[Home, Path], Mapping[str, object]]] = {
    "hotwash": hotwash,
    "clawjournal": clawjournal,
    "opentraces": opentraces,
}


def verdicts(name: str, environment: Path, home: Home) -> dict[str, str]:
    """Return what a peer says of each trajectory; those that it did not take are left out."""
    said = PEERS[name](home, environment)
    return {
        home.trajectories[path]: "good" if word in GOOD else "bad" if word in BAD else "unknown"
        for path, word in said.items()
        if path in home.trajectories
    }
