"""The how-to for sources is followed to the letter: what it shows is installed, and reads."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def block(language: str) -> str:
    """Return the one block of a language in the part of CONTRIBUTING about sources."""
    _, part = (ROOT / "CONTRIBUTING.md").read_text().split("\n## Add a source", 1)
    part, *_ = part.split("\n## ", 1)
    (found,) = re.findall(rf"(?ms)^```{language}\n(.*?)^```$", part)
    return str(found)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Return a folder as an installer leaves it: the module, and what the package registers."""
    site = tmp_path / "site"
    about = site / "penny-1.0.dist-info"
    about.mkdir(parents=True)
    (site / "penny_source.py").write_text(block("python"))
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: penny\nVersion: 1.0\n")
    groups = tomllib.loads(block("toml"))["project"]["entry-points"]
    (about / "entry_points.txt").write_text(
        "\n".join(
            f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in entries.items())
            for group, entries in groups.items()
        )
    )
    return site


def tracemill(installed: Path, *words: str) -> Any:
    """Return what a command prints as JSON, run by a Python that has the package."""
    paths = [str(installed), *sys.path]
    done = subprocess.run(
        [sys.executable, "-m", "tracemill", *words, "--json"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        cwd=installed.parent,
        check=True,
        capture_output=True,
        timeout=100,
    )
    return json.loads(done.stdout)


def test_a_source_made_as_the_how_to_shows_reads_what_the_how_to_shows(installed: Path) -> None:
    (installed.parent / "any-name").write_text(block("json"))
    where = ("--workspace", str(installed.parent / "workspace"))
    done = tracemill(installed, "run", "any-name", *where)
    (row,) = tracemill(installed, "session", "list", *where)["rows"]
    shown = {name: row[name] for name in ("source", "session_id", "cwd", "model", "title")}
    counts = {name: row[name] for name in ("steps", "user_steps", "tool_calls", "tool_errors")}

    assert (done["inputs"], done["skipped_lines"], done["failures"]) == ({"read": 1}, {}, [])
    assert shown == {
        "source": "penny",
        "session_id": "r-1",
        "cwd": "/srv/app",
        "model": "m-1",
        "title": "make the test pass",
    }
    assert counts == {"steps": 3, "user_steps": 1, "tool_calls": 1, "tool_errors": 1}
