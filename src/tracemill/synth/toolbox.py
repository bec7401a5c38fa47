"""The tools of made-up work, as they run inside the sandbox: calls in, real results out.

Run as a program, it copies the project, then answers each line, a JSON list of calls, with a line
of results. Nothing of it is meant to run outside; standard library and tree-sitter are all it has.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from tracemill.base.sandbox import INSIDE, SOURCE

_SHOWN: Final = 6_000
"""Characters of a result that are shown."""
_SECONDS: Final = 60
_BEHIND: Final = frozenset({".git", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
_MOST: Final = 60
"""Lines of a search that are shown."""
_DAY: Final = "2025-03-10T09:00:00+00:00"


class Result(NamedTuple):
    """What came of a call."""

    text: str
    failed: bool = False


class CallError(Exception):
    """A call that cannot be carried out, in words for whoever made it."""


def _inside(path: str) -> Path:
    found = (Path(INSIDE) / path).resolve()
    if not found.is_relative_to(INSIDE):
        raise CallError(f"{path!r} lies outside of the project")
    return found


def _file(path: str) -> Path:
    found = _inside(path)
    if found.is_dir():
        raise CallError(f"{path!r} is a folder; use list_files")
    if not found.exists():
        near = sorted(each for each in _paths() if each.endswith("/" + Path(path).name))
        raise CallError(f"no file {path!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
    return found


def _paths(folder: str = ".") -> list[str]:
    start = _inside(folder)
    if not start.exists():
        raise CallError(f"no folder {folder!r}")
    if start.is_file():
        return [start.relative_to(INSIDE).as_posix()]
    return sorted(
        each.relative_to(INSIDE).as_posix()
        for each in start.rglob("*")
        if each.is_file() and not _BEHIND.intersection(each.relative_to(INSIDE).parts)
    )


def read_file(path: str, first_line: int = 1, last_line: int | None = None) -> str:
    """Return lines of a file, each behind its number."""
    rows = _file(path).read_text(errors="replace").splitlines()
    if first_line < 1 or first_line > max(1, len(rows)):
        raise CallError(f"{path!r} has {len(rows)} lines, none is number {first_line}")
    if last_line is not None and last_line < first_line:
        raise CallError(f"last_line {last_line} comes before first_line {first_line}")
    return "\n".join(
        f"{number}\t{row}"
        for number, row in enumerate(rows, 1)
        if first_line <= number <= (last_line or len(rows))
    )


def write_file(path: str, content: str) -> str:
    """Write a file as a whole."""
    place = _inside(path)
    was_there = place.exists()
    if place.is_dir():
        raise CallError(f"{path!r} is a folder")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(content)
    return f"{'replaced' if was_there else 'created'} {path} ({len(content.splitlines())} lines)"


def edit_file(path: str, old: str, new: str) -> str:
    """Replace a text that stands once in a file."""
    place = _file(path)
    text = place.read_text()
    found = text.count(old) if old else 0
    if found != 1:
        hint = "it must stand there once" if found else "read the file, and copy it exactly"
        raise CallError(f"the old text stands {found} times in {path}: {hint}")
    place.write_text(text.replace(old, new))
    line = text[: text.index(old)].count("\n") + 1
    return f"edited {path} at line {line}"


def list_files(path: str = ".", pattern: str = "*") -> str:
    """Return the files below a folder."""
    found = [each for each in _paths(path) if Path(each).match(pattern)]
    return "\n".join(found) or f"no file below {path!r} matches {pattern!r}"


def search_text(pattern: str, path: str = ".") -> str:
    """Return lines that match a regular expression."""
    try:
        wanted = re.compile(pattern)
    except re.error as error:
        raise CallError(f"{pattern!r} is no regular expression: {error}") from error
    found = []
    for each in _paths(path):
        rows = (Path(INSIDE) / each).read_text(errors="replace").splitlines()
        found += [f"{each}:{n}:{row}" for n, row in enumerate(rows, 1) if wanted.search(row)]
    if len(found) > _MOST:
        found = [*found[:_MOST], f"... {len(found) - _MOST} more lines"]
    return "\n".join(found) or f"no line matches {pattern!r}"


def run_command(command: str) -> Result:
    """Run a command of the shell."""
    return _ran(["sh", "-c", command])


def git(arguments: str) -> Result:
    """Run git."""
    return _ran(["git", "--no-pager", *shlex.split(arguments)])


def run_tests(target: str = "") -> Result:
    """Run pytest."""
    return _ran([sys.executable, "-m", "pytest", *shlex.split(target)])


def run_linter(path: str = ".") -> Result:
    """Run ruff."""
    return _ran(["ruff", "check", "--no-cache", "--output-format", "concise", path])


def check_types(path: str = "") -> Result:
    """Run mypy."""
    command = ["mypy", "--no-error-summary", "--cache-dir", "/tmp/mypy"]  # noqa: S108
    return _ran([*command, path] if path else command)


def _ran(command: list[str]) -> Result:
    try:
        done = subprocess.run(  # noqa: S603 - inside the sandbox
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=_SECONDS, check=False, env=_environment(), cwd=INSIDE,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise CallError(f"the command was ended after {_SECONDS} seconds") from error
    except FileNotFoundError as error:
        raise CallError(f"{command[0]} is not installed") from error
    text = done.stdout.decode(errors="replace").rstrip("\n")
    code = f"exit code {done.returncode}"
    if done.returncode:
        return Result(f"{text}\n{code}" if text else code, failed=True)
    return Result(text or "(no output)")


def _environment() -> dict[str, str]:
    own = str(Path(sys.executable).parent)
    who = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", "Robin"), ("EMAIL", "robin@example.org"), ("DATE", _DAY))
    }
    return {
        "PATH": f"{own}:{os.environ['PATH']}", "HOME": "/tmp", "LC_ALL": "C.UTF-8", "TZ": "UTC",  # noqa: S108
        "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONHASHSEED": "0", "NO_COLOR": "1", "COLUMNS": "88",
        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_EDITOR": "true",
        "PYTHONPATH": INSIDE, **who,
    }  # fmt: skip


def _index(path: str = ".") -> Any:
    try:
        from tracemill.synth.symbols import index_files
    except ModuleNotFoundError as error:
        raise CallError("no language server: tree-sitter is not installed") from error
    return index_files({each: (Path(INSIDE) / each).read_bytes() for each in _paths(path)})


def index_project(path: str = ".") -> str:
    """Return what can be found by name."""
    found = _index(path)
    kinds = [each.kind for each in found.symbols]
    files = ", ".join(f"{n} {language}" for language, n in sorted(found.languages.items()))
    return (
        f"indexed {len(found.lines)} file{'s'[: len(found.lines) != 1]} ({files}): "
        f"{kinds.count('function')} functions and methods, {kinds.count('class')} classes"
    )


def goto_definition(symbol: str) -> str:
    """Return where a function or class is defined."""
    found = _index().named(symbol)
    if not found:
        raise CallError(f"no definition of {symbol!r}")
    return "\n".join(f"{each.path}:{each.line}: {each.signature}" for each in found)


def find_references(symbol: str) -> str:
    """Return where a function or class is used."""
    index = _index()
    if not index.named(symbol):
        raise CallError(f"no definition of {symbol!r}")
    found = index.references.get(symbol.rpartition(".")[2], ())
    rows = dict.fromkeys(
        f"{each.path}:{each.line}: [{each.kind}] {each.text}"
        + (f"  (in {each.within})" if each.within else "")
        for each in found
    )
    return "\n".join(rows) or f"{symbol!r} is used nowhere"


def list_functions(path: str = ".") -> str:
    """Return the functions of a file or folder."""
    return _listed(path, "function")


def list_classes(path: str = ".") -> str:
    """Return the classes of a file or folder."""
    return _listed(path, "class")


def _listed(path: str, kind: str) -> str:
    found = [each for each in _index(path).symbols if each.kind == kind]
    rows = []
    for each in found:
        owner = f"  (in {each.owner})" if each.owner else ""
        rows.append(f"{each.path}:{each.line}: {each.signature}{owner}")
    return "\n".join(rows) or f"no {kind} in {path!r}"


def index_stats(path: str = ".") -> str:
    """Return numbers of files, lines and symbols."""
    found = _index(path)
    rows = []
    for each, n_lines in found.lines.items():
        own = [symbol.kind for symbol in found.symbols if symbol.path == each]
        n_functions, n_classes = own.count("function"), own.count("class")
        rows.append(f"{each}: {n_lines} lines, {n_functions} functions, {n_classes} classes")
    return "\n".join(rows) or f"nothing to index in {path!r}"


TOOLS: Final[Mapping[str, Callable[..., str | Result]]] = {
    each.__name__: each
    for each in (
        read_file, write_file, edit_file, list_files, search_text, run_command, git, run_tests,
        run_linter, check_types, index_project, goto_definition, find_references, list_functions,
        list_classes, index_stats,
    )
}  # fmt: skip


def call(name: str, arguments: Mapping[str, Any]) -> Result:
    """Carry a call out."""
    tool = TOOLS.get(name)
    if tool is None:
        return Result(f"Error: no tool {name!r}; there are: {', '.join(TOOLS)}", failed=True)
    try:
        found = tool(**arguments)
    except CallError as error:
        return Result(f"Error: {error}", failed=True)
    except TypeError:
        return Result(f"Error: {name} does not take these arguments", failed=True)
    except (OSError, ValueError) as error:
        return Result(f"Error: {type(error).__name__}", failed=True)
    result = Result(found) if isinstance(found, str) else found
    if len(result.text) > _SHOWN:
        return result._replace(text=result.text[:_SHOWN] + "\n... cut")
    return result


def main() -> None:
    """Copy the project, then answer line by line."""
    shutil.copytree(SOURCE, INSIDE, dirs_exist_ok=True, symlinks=True)
    os.chdir(INSIDE)
    for line in sys.stdin:
        results = [call(each["name"], each["arguments"]) for each in json.loads(line)]
        sys.stdout.write(json.dumps([each._asdict() for each in results]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
