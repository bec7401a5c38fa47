"""The bundled project: a small made-up program with tests, skills and a history, kept as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from tracemill.base.ids import digest
from tracemill.synth.skins import Skin, skins

NAME: Final = "larder"
_PARTS: Final = ("code", "more_code", "tests", "more_tests", "clients", "skills")
COMMITS: Final = (
    (
        "Keep units, days and items",
        ("pyproject.toml", "README.md", "larder/__init__.py", "larder/dates.py", "larder/units.py"),
    ),
    ("Keep a stock of batches, oldest first", ("larder/stock.py", "larder/items.py")),
    ("Cook by recipes and plan weeks", ("larder/recipes.py", "larder/plan.py")),
    ("Write shopping lists", ("larder/shopping.py", "larder/prices.py")),
    ("Read and write pantries as JSON", ("larder/storage.py",)),
    ("Find items although they are mistyped", ("larder/search.py",)),
    ("Print reports on the command line", ("larder/report.py", "larder/cli.py")),
    ("Test everything, and write down skills", (".",)),
)
"""The project's history: what each commit says, and what came with it."""


def read_data(name: str) -> dict[str, Any]:
    """Return one of the tables that lie beside the project."""
    text = (files("tracemill.synth") / NAME / f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def project_files() -> Mapping[str, str]:
    """Return all files of the project, by path."""
    found: dict[str, str] = {}
    for part in _PARTS:
        found.update(read_data(part))
    return found


@cache
def project_digest() -> str:
    """Return what tells this project from another version of it."""
    files_of = (part for pair in sorted(project_files().items()) for part in pair)
    words = (word for skin in skins() for pair in sorted(skin.words.items()) for word in pair)
    return digest(*files_of, *words)


def lay_out(folder: Path, skin: Skin) -> None:
    """Write the project's files into an empty folder, in the words of a skin."""
    for name, text in skin.on(project_files()).items():
        place = folder / skin.on(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def history_script(skin: Skin) -> str:
    """Return the shell commands that make the project's history of its files."""
    lines = ["git init -q -b main"]
    for number, (message, paths) in enumerate(COMMITS, 1):
        day = f"2025-02-{number * 3:02}T10:00:00+00:00"
        lines.append(f"git add {' '.join(paths)}")
        dates = f"GIT_AUTHOR_DATE={day} GIT_COMMITTER_DATE={day}"
        lines.append(f"{dates} git commit -q -m '{message}'")
    return str(skin.on(" && ".join(lines)))
