"""Questions that others wrote, as suites: the files of the Berkeley leaderboard of calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import msgspec

from tracemill.base.errors import NotFoundError, UnknownNameError
from tracemill.base.installing import pip_install
from tracemill.base.named_files import require_there
from tracemill.evaluate.bfcl import category_of, read_case
from tracemill.evaluate.running import freeze
from tracemill.flows.models.suites import BuiltSuite, keep_suite
from tracemill.records.models.evaluations import Case
from tracemill.store.workspace import Workspace

_BROKEN: Final = "no_question"
"""Why a line is left out that holds no question."""


def installed_bfcl() -> Path:
    """Return the data of the installed package `bfcl-eval`, without importing it.

    Raises:
        NotFoundError: it is not installed.
    """
    found = find_spec("bfcl_eval")
    if found is None or found.origin is None:
        raise NotFoundError(
            "bfcl-eval is not installed; name its data, or run: "
            f"{pip_install('--no-deps', 'bfcl-eval')}"
        )
    return Path(found.origin).parent / "data"


def import_bfcl(
    workspace: Workspace,
    folder: Path | None,
    name: str,
    *,
    per_category: int,
    categories: Collection[str] = (),
) -> BuiltSuite:
    """Make a suite of BFCL's files: the first cases of each category, or of those named.

    Raises:
        NotFoundError: there is no such folder, or it holds none of them.
        UnknownNameError: it holds no category of that name.
    """
    folder = folder or installed_bfcl()
    require_there(folder, "data of bfcl_eval")
    drops: Counter[str] = Counter()
    cases: list[Case] = []
    paths = [(category_of(path.stem), path) for path in _files(folder)]
    known = {category for category, _ in paths}
    if absent := set(categories) - known:
        raise UnknownNameError("category of BFCL", min(absent), known)
    for path in (path for category, path in paths if not categories or category in categories):
        taken = 0
        for made in _bfcl_cases(path):
            if isinstance(made, str):
                drops[made] += 1
            elif per_category and taken == per_category:
                drops["beyond_limit"] += 1
            else:
                cases.append(made)
                taken += 1
    if not cases:
        raise NotFoundError(f"{str(folder)!r} holds no BFCL_v*.json; name bfcl_eval's data folder")
    return keep_suite(workspace, freeze(name, "bfcl", cases, drops), cases, {})


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("BFCL_v*.json") if path.is_file())


def _bfcl_cases(path: Path) -> Iterator[Case | str]:
    answers = path.parent / "possible_answer" / path.name
    told = _rows(answers) if answers.is_file() else ()
    right = {row["id"]: row for row in told if row is not None}
    for question in _rows(path):
        if question is None:
            yield _BROKEN
        else:
            yield read_case(question, right.get(question["id"]), category_of(path.stem))


def _rows(path: Path) -> Iterator[dict[str, Any] | None]:
    """Yield the questions of a file whose lines are JSON, None for a line that is no question.

    Of a file whose first line is no JSON nothing is yielded: it is one document, or none of theirs.
    """
    with path.open("rb") as lines:
        for number, line in enumerate(lines):
            try:
                row = msgspec.json.decode(line)
            except msgspec.DecodeError:
                if not number:
                    return
                row = None
            yield row if isinstance(row, dict) and isinstance(row.get("id"), str) else None
