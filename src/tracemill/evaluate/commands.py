"""What a command line runs, in the words by which people call it: `pytest`, `go test`.

Folders, options, pipes and what only goes along are left aside, so that a check is known again
however it was called. A command that cannot be taken apart runs nothing that is known.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from itertools import pairwise
from posixpath import basename
from typing import Any, Final

from tracemill.base.shells import SHELL_NAMES, told_to_run

_PASSING: Final = frozenset(
    {"cd", "echo", "export", "set", "source", "sleep", "true", "pwd", "cat", "head", "tail", "tee"}
    | {"grep", "rg", "sed", "awk", "ls", "mkdir", "rm", "cp", "mv", "touch", "chmod", "kill", "wc"}
    | {"sort", "uniq", "xargs", "find", "which", "printf", "test", "[", "wait", "exit", "git"}
    | {"read", "trap", "mktemp", "local", "return", "unset", "shift", "break", "continue"}
)
"""Programs that check nothing, and only go along with others."""
_WRAPPING: Final = frozenset(
    {"sudo", "time", "nice", "npx", "bunx", "uvx", "env", "command", "exec", "timeout"}
)
"""Programs that run what stands behind them, and behind their own options."""
_OPTION: Final = re.compile(r"-.*|\d+(?:\.\d+)?[smhd]?")
"""An option of these, or the number that goes with it."""
_RUN_BY_OPTION: Final = frozenset({"-m", "-c"})
"""Options of Python behind which stands what is run."""
_CODE: Final = frozenset({"-c", "-e", "-p", "--eval", "--print"})
"""Options behind which code stands."""
_RUNNING: Final = frozenset({("uv", "run"), ("poetry", "run"), ("pipenv", "run"), ("pdm", "run")})
"""The same, in two words."""
_WRAPPING_VALUES: Final = frozenset({"-u", "--user", "-g", "--group"})
_RUNNING_VALUES: Final = frozenset(
    {"-p", "--python", "--with", "--extra", "--group", "--package", "--env-file", "--project"}
    | {"--directory"}
)
_PYTHON_VALUES: Final = frozenset({"-W", "-X"})
_VERB_VALUES: Final = frozenset(
    {"-C", "--directory", "--dir", "--prefix", "--cwd", "--filter", "--workspace"}
)
"""Options of each whose value is the next word."""
_PYTHON: Final = re.compile(r"python[\d.]*")
_SETTING: Final = re.compile(r"[A-Za-z_]\w*=")
_VERB: Final = re.compile(r"[a-z][\w:-]{1,30}")
_WITH_VERB: Final = frozenset(
    {"npm", "pnpm", "yarn", "bun", "deno", "go", "cargo", "make", "just", "mise", "task", "mvn"}
    | {"gradle", "gradlew", "dotnet", "swift", "mix", "ruff", "biome", "bundle", "rails", "docker"}
    | {"playwright", "cypress", "pre-commit", "golangci-lint", "tox", "nox", "hatch", "zig", "ty"}
)
"""Programs of which the first word says little."""
_BREAKS: Final = frozenset({"&&", "||", ";", "|", "&", "|&", "(", ")", ";;"})
_KEYWORDS: Final = frozenset({"if", "then", "elif", "else", "while", "until", "do", "!", "{"})
"""Words of the shell's own, behind which a command stands."""
_CLOSING: Final = frozenset({"for", "case", "esac", "fi", "done", "in", "}", "function", "select"})
"""Words of the shell's own, behind which none stands."""
_HERE: Final = re.compile(
    r"((?<!<)<<-?\s*([\"']?)(\w+)\2[^\n]*)\n(?:.*\n)*?[ \t]*\3[ \t]*(?=\n|\Z)"
)
"""A text that is fed to a command, from the line that names its end to that end."""


def programs_run(call: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a call runs, by whichever of its arguments is a command line."""
    arguments: Mapping[str, Any] = call["arguments"]
    given = (arguments.get(name) for name in ("command", "cmd", "code", "script"))
    lines = [
        _line(list(map(str, each))) if isinstance(each, list) else each
        for each in given
        if isinstance(each, str | list)
    ]
    return tuple(dict.fromkeys(name for line in lines for name in programs_of(line)))


def programs_of(command: str) -> tuple[str, ...]:
    """Return what a command line runs besides what only goes along, each once, in order."""
    return tuple(dict.fromkeys(name for part in _parts(command) for name in _programs(part)))


def _line(words: list[str]) -> str:
    """Return the line that words stand for; where a shell is told one, it may have several."""
    return told_to_run(words) or shlex.join(words)


def _programs(words: list[str]) -> Iterator[str]:
    own = _unwrapped(words)
    line = told_to_run(own)
    if line is not None:
        yield from programs_of(line)
    elif (name := _program(own)) is not None:
        yield name


def _unwrapped(words: list[str]) -> list[str]:
    """Return a command without what is set for it, and without what only runs it."""
    while words:
        if words[0] in _WRAPPING:
            words = _behind_options(words[1:], _WRAPPING_VALUES)
        elif tuple(words[:2]) in _RUNNING:
            words = _behind_options(words[2:], _RUNNING_VALUES)
        elif words[0] in _KEYWORDS or _SETTING.match(words[0]):
            words = words[1:]
        else:
            break
    return words


def _behind_options(words: list[str], with_value: frozenset[str]) -> list[str]:
    """Return what stands behind the options that words begin with; what `-m` names is run."""
    at = 0
    while at < len(words) and words[at] not in _RUN_BY_OPTION and _OPTION.fullmatch(words[at]):
        at += 2 if words[at] in with_value else 1
    return words[at:]


def _parts(command: str) -> Iterator[list[str]]:
    lines = _HERE.sub(r"\1", command.replace("\\\n", " "))
    for line in lines.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="();<>|&")
        lexer.whitespace_split = True
        lexer.commenters = "#"
        part: list[str] = []
        try:
            for word in lexer:
                if word in _BREAKS:
                    yield part
                    part = []
                else:
                    part.append(word)
        except ValueError:
            return  # a quote that is open to the end: a text, and no line of commands
        yield part


def _program(words: list[str]) -> str | None:
    if not words:
        return None
    name = basename(words[0])
    if _PYTHON.fullmatch(name):
        return _of_python(words[1:])
    if name == "-m" and len(words) > 1:
        return words[1]  # `uv run -m pytest`
    if name in _PASSING or name in _CLOSING or name.startswith(("-", "$")):
        return None
    if name in SHELL_NAMES or name == "node":
        return _of_shell(name, words[1:])
    verbs = [word for word in _without_values(words[1:]) if _VERB.fullmatch(word)]
    if verbs and verbs[0] == "run" and len(verbs) > 1 and name != "golangci-lint":
        verbs = verbs[1:]  # `npm run lint` is `npm lint`
    return f"{name} {verbs[0]}" if name in _WITH_VERB and verbs else name


def _without_values(words: list[str]) -> Iterator[str]:
    """Yield words without those that are the value of the option before them."""
    for before, word in pairwise(["", *words]):
        if before not in _VERB_VALUES:
            yield word


def _of_python(words: list[str]) -> str | None:
    """Return the module or script that Python runs; code on the command line is none."""
    own = _behind_options(words, _PYTHON_VALUES)
    if own[:1] == ["-m"]:
        return own[1] if len(own) > 1 else None
    return basename(own[0]) if own and own[0].endswith(".py") else None


def _of_shell(name: str, words: list[str]) -> str | None:
    """Return the script that a shell or Node runs, or Node's own tests; code is none."""
    if "--test" in words:
        return f"{name} --test"
    script = next((word for word in words if not word.startswith("-")), None)
    return basename(script) if script and not _CODE.intersection(words) else None
