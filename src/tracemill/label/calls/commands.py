"""Which commands check a project, as data: what they are called and what they check.

A command counts only where its name says what it does: a tool that is known, or a script of the
project that is called `test`, `lint`, `typecheck`, `build` and the like. Commands that only
print help, list tests or watch are no checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from tracemill.base.shells import SHELL_NAMES, told_to_run
from tracemill.label.calls.shell import (
    MAX_COMMAND,
    CommandLine,
    Part,
    clip,
    parse,
)
from tracemill.records.sessions.activity import CheckKind


def _each(kind: CheckKind, names: str) -> dict[str, CheckKind]:
    return dict.fromkeys(names.split(), kind)


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_TOOLS: Final[Mapping[str, CheckKind]] = {
    **_each(
        "test", "pytest py.test unittest nose2 tox nox jest vitest mocha ava rspec phpunit pest"
    ),
    **_each("test", "ctest behave ginkgo gotestsum nextest trial stestr"),
    **_each("lint", "flake8 pylint eslint oxlint staticcheck shellcheck actionlint hadolint xo"),
    **_each("lint", "github-actionlint yamllint markdownlint markdownlint-cli2 stylelint rubocop"),
    **_each("lint", "standard swiftlint ktlint lint-imports py_compile compileall"),
    **_each("types", "mypy dmypy pyright basedpyright tsc vue-tsc svelte-check pyre tsgo"),
    **_each("build", "webpack rollup esbuild ninja xcodebuild tsup"),
}
"""Programs that check whatever their arguments are."""

_GRADLE: Final = {**_each("test", "test check"), **_each("build", "build assemble"), "lint": "lint"}
_MAVEN: Final = {**_each("test", "test verify"), **_each("build", "compile package install")}
_PLAIN: Final[dict[str, CheckKind]] = {"test": "test", "build": "build", "analyze": "lint"}
_HOOKS: Final[dict[str, CheckKind]] = {"run": "lint"}

_VERBS: Final[Mapping[str, Mapping[str, CheckKind]]] = {
    "go": {"test": "test", "vet": "lint", "build": "build"},
    "cargo": {
        **_each("test", "test t nextest"),
        **_each("build", "build b check c"),
        "clippy": "lint",
    },
    "mix": {
        **_each("test", "test precommit"),
        "credo": "lint",
        "compile": "build",
        "dialyzer": "types",
    },
    "gradle": _GRADLE,
    "gradlew": _GRADLE,
    "mvn": _MAVEN,
    "mvnw": _MAVEN,
    **dict.fromkeys(("dotnet", "swift", "bazel", "zig", "flutter", "dart"), _PLAIN),
    "sbt": {"test": "test", "compile": "build"},
    "ruff": {"check": "lint"},
    "biome": {"check": "lint", "lint": "lint", "ci": "lint"},
    "golangci-lint": _HOOKS,
    "pre-commit": _HOOKS,
    "prek": _HOOKS,
    "lefthook": _HOOKS,
    "ty": {"check": "types"},
    "playwright": {"test": "test"},
    "cypress": {"run": "test"},
    "node": {"--test": "test", **_each("lint", "--check -c")},
    "php": {"-l": "lint", "--syntax-check": "lint"},
    "ruby": {"-c": "lint", "-wc": "lint"},
    "perl": {"-c": "lint", "-wc": "lint"},
    **{name: {"test": "test"} for name in ("rails", "artisan", "manage.py")},
    "next": {"build": "build", "lint": "lint"},
    "vite": {"build": "build"},
    "astro": {"check": "types", "build": "build"},
    "cmake": {"--build": "build"},
}
"""Programs of which one argument says what they do."""

_ANYWHERE: Final = _set("mvn mvnw gradle gradlew")
"""Programs of which the telling argument may stand behind others."""

_RUNNERS: Final = _set(
    "npm pnpm yarn bun mise just make gmake task rake composer turbo nx lerna deno poe inv invoke "
    "hatch pdm npm-run-all ant"
)
"""Programs that run the project's own scripts by name."""
_RUN_BY_NODE: Final = ("--run",)
"""With which `node` does so, too."""

_SCRIPTS: Final[Mapping[str, CheckKind]] = {
    **_each("test", "t test tests unit e2e spec specs integration pytest vitest jest"),
    **_each("lint", "lint linting eslint check clippy vet ruff"),
    **_each("types", "typecheck types typing tsc mypy pyright"),
    **_each("build", "build compile bundle"),
}
"""The first part of a script's name, and what such a script checks."""

_WHOLE_NAMES: Final[Mapping[str, CheckKind]] = {
    **_each("types", "check-types type-check check:types lint:types"),
    **_each("lint", "format:check fmt:check format-check fmt-check"),
}
"""Names of scripts of which the first part alone would mislead."""

_ABOUT: Final = _set(
    "prerequisites prereqs requirements deps dependencies env environment version versions updates "
    "status health"
)
"""What a script looks at that checks the surroundings, and not the code."""

_IDLE: Final = _set(
    "--help -h --version -V help --collect-only --co --listTests --list -list --watch --watchAll "
    "--init --showConfig"
)
"""Arguments with which a program checks nothing, or never ends."""

_VALUE_OPTIONS: Final = _set(
    "-C --cwd --dir --prefix --filter -F -w --workspace --directory -f --file --manifest-path"
)
_NO_RUN: Final = "-n"
"""With which a shell only reads a script."""
_TEST_FOLDERS: Final = _set("test tests")
_KEYS: Final = (
    *("test", "lint", "check", "build", "make", "tsc", "type", "mypy", "pyright", "ruff"),
    *("tox", "nox", "jest", "cargo", "mix ", "spec", "gradle", "mvn", "clippy", "vet", "ginkgo"),
    *("flake8", "pre-commit", "prek", "biome", "cypress", "compile", "e2e", "rollup", "esbuild"),
    *("php -l", "sh -n", "node -c", "ruby -", "perl -"),
    *("webpack", "tsup", "ninja", "mocha", "unit", "credo", "ty ", "svelte", "xcode", "standard"),
)
"""Texts of which every check's command holds one."""

_HEADS: Final = frozenset(
    {*_TOOLS, *_VERBS, *_RUNNERS, "python", "python3", "bash", "sh", "zsh", "npx", "bunx", "uvx"}
    | {"gradlew.bat", "mvnw.cmd", "npm.cmd", "npx.cmd"}
)
"""Words of which a check's command holds one, where it does not run a file by its path."""

_APART: Final = str.maketrans(dict.fromkeys(";&|()'\"@/\\", " "))
"""Characters that end a word, so that heads are found wherever they stand."""

_SCRIPT_WORDS: Final = ("test", "lint", "check", "build", "types", "e2e", "spec")
_SCRIPT_PATH: Final = re.compile(rf"(?:^|[;&|(])\s*[\w.-]*/[\w./-]*?(?:{'|'.join(_SCRIPT_WORDS)})")
_FOLDERS: Final = re.compile(r".*[\\/]", re.DOTALL)
_ON_WINDOWS: Final = re.compile(r"\.(?:bat|cmd|exe)\Z", re.IGNORECASE)
_PYTHON: Final = re.compile(r"python(?:\d(?:\.\d+)?)?$")
_TEST_FILE: Final = re.compile(r"(?:^|/)(?:test_\w+|\w+_test)\.py$")
_NAME_PART: Final = re.compile(r"[:._/-]")


class Check(NamedTuple):
    """One command of a line that checks something."""

    kind: CheckKind
    """What it checks."""
    place: int
    """Its place among the line's parts."""


def may_check(command: str) -> bool:
    """Tell at little cost whether a command line could hold a check at all."""
    text = clip(command, MAX_COMMAND // 2, MAX_COMMAND // 2)
    if not any(map(text.__contains__, _KEYS)):
        return False
    if not _HEADS.isdisjoint(text.translate(_APART).split()):
        return True
    may_name_script = "/" in text and any(map(text.__contains__, _SCRIPT_WORDS))
    return may_name_script and _SCRIPT_PATH.search(text) is not None


def unfold(line: CommandLine) -> CommandLine:
    """Return the line that a lone `bash -c` runs, and any other line as it is."""
    inner = told_to_run(line.parts[0].words) if len(line.parts) == 1 else None
    return line if inner is None else parse(inner)


def commands_of(line: CommandLine, depth: int = 2) -> Iterator[Part]:
    """Yield the simple commands of a line, and in place of a `bash -c` those that it runs."""
    for part in line.parts:
        inner = told_to_run(part.bare) if depth else None
        if inner is None:
            yield part
        else:
            yield from commands_of(parse(inner), depth - 1)


def checks(line: CommandLine) -> Iterator[Check]:
    """Yield the checks that a command line runs."""
    for place, part in enumerate(line.parts):
        kind = check_kind(part)
        if kind is not None:
            yield Check(kind, place)


def check_kind(part: Part) -> CheckKind | None:
    """Return what a command checks, or None where it is no check."""
    words = part.bare
    if not words or not _IDLE.isdisjoint(words) or part.words[:2] == ("command", "-v"):
        return None
    name = _program(words[0])
    if name in _TOOLS:
        return _tool_kind(name, words)
    if name in _RUNNERS or words[1:2] == _RUN_BY_NODE:
        return _script_kind(name, words[1:])
    if name in _VERBS:
        return _verb_kind(name, words)
    if _PYTHON.match(name) and words[1:]:
        return _python_kind(words[1:])
    is_told = name in SHELL_NAMES and len(words) > 1
    return _shell_script_kind(words[1]) if is_told else _own_script_kind(words[0])


@lru_cache(maxsize=1_024)
def _program(word: str) -> str:
    """Return what a program is called, without its folder, version or what Windows adds."""
    return _ON_WINDOWS.sub("", _FOLDERS.sub("", word)).partition("@")[0]


def _python_kind(words: tuple[str, ...]) -> CheckKind | None:
    if _TEST_FILE.search(words[0]):
        return "test"
    name = words[0].rsplit("/", 1)[-1]
    return _verb_kind(name, words) if name in _VERBS else None


def _tool_kind(name: str, words: tuple[str, ...]) -> CheckKind:
    if name in {"tox", "nox"}:
        session = " ".join(words[1:])
        if re.search(r"\b(?:lint|style|pre-commit)", session):
            return "lint"
        if re.search(r"\b(?:mypy|types?|typing|pyright)\b", session):
            return "types"
    return _TOOLS[name]


def _verb_kind(name: str, words: tuple[str, ...]) -> CheckKind | None:
    if name == "ruff" and words[1:2] == ("format",):
        return "lint" if "--check" in words else None
    if name == "mix" and "--check-formatted" in words:
        return "lint"
    if name == "node" and len(words) > 1:
        tool = words[1].rsplit("/", 1)[-1].rsplit(".", 1)[0]
        if tool in _TOOLS:
            return _TOOLS[tool]
    verbs = _VERBS[name]
    for word in words[1:5]:
        verb = word.rsplit(":", 1)[-1]
        if verb in verbs:
            return verbs[verb]
        if not word.startswith(("-", "+")) and name not in _ANYWHERE:
            return None
    return None


def _script_kind(name: str, words: tuple[str, ...]) -> CheckKind | None:
    script = _script_name(words)
    if script is None:
        return "build" if name in {"make", "gmake"} else None
    if script == "check" and name in {"make", "gmake"}:
        return "test"
    return _kind_of_script(script)


def _script_name(words: tuple[str, ...]) -> str | None:
    takes_value = False
    for word in words:
        if takes_value:
            takes_value = False
        elif word in _VALUE_OPTIONS:
            takes_value = True
        elif not word.startswith(("-", "$")) and word not in {"run", "run-script", "task"}:
            return None if "=" in word else word
    return None


def _kind_of_script(script: str) -> CheckKind | None:
    if script in _WHOLE_NAMES:
        return _WHOLE_NAMES[script]
    name_parts = [part for part in _NAME_PART.split(script.lower()) if part not in {"run", ""}]
    if not name_parts or (name_parts[0] == "check" and not _ABOUT.isdisjoint(name_parts[1:])):
        return None
    return _SCRIPTS.get(name_parts[0])


def _shell_script_kind(path: str) -> CheckKind | None:
    """Return what a script checks that a shell is told to run: by its name, else by its folder."""
    if path == _NO_RUN:
        return "lint"
    *folders, name = path.split("/")
    kind = _kind_of_script(name.rsplit(".", 1)[0])
    return kind or ("test" if not _TEST_FOLDERS.isdisjoint(folders) else None)


def _own_script_kind(path: str) -> CheckKind | None:
    if "/" not in path or path.startswith(("/usr/", "/bin/")):
        return None
    return _kind_of_script(path.rsplit("/", 1)[-1].rsplit(".", 1)[0])
