"""Command lines as a shell would cut them, as far as a verdict needs it.

A command line is a list of simple commands, each with the operator that follows it. Quotes are
kept together, here-documents are left out, redirections are told apart from operators. It
is not a shell: substitutions stay words, and control structures are only noticed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

MAX_COMMAND: Final = 4_000
"""Characters of a command line that are looked at: half from its start, half from its end."""

_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r]+|\\\n)"""
    r"""|(?P<quoted>'[^']*'|"(?:[^"\\]++|\\.)*+")"""
    r"""|(?P<redirect>\d?(?:&>>?|>>?|<)(?:&\d?-?)?)"""
    r"""|(?P<operator>&&|\|\||\|&?|;;?|\n|&)"""
    r"""|(?P<bracket>[()])"""
    r"""|(?P<word>(?:[^\s'"\\;&|()<>]++|\\.)++|.)""",
    re.DOTALL,
)
_HEREDOC: Final = re.compile(r"<<-?[ ]?(['\"]?)(\w+)\1")
_ASSIGNMENT: Final = re.compile(r"[A-Za-z_]\w*=")
_CONTROL: Final = frozenset({"if", "elif", "for", "while", "until", "case", "!"})
_NOT_COMMANDS: Final = _CONTROL | {"then", "do", "else", "{", "}", "done", "fi"}

_PREFIXES: Final = frozenset(
    {"time", "rtk", "env", "sudo", "command", "nohup", "nice", "exec", "caffeinate", "stdbuf"}
    | {"timeout", "gtimeout", "npx", "bunx", "pnpx", "uvx", "xvfb-run", "corepack"}
)
"""Programs that only run the rest of their line."""

_PREFIX_PAIRS: Final = frozenset(
    {("uv", "run"), ("poetry", "run"), ("pipenv", "run")}
    | {("rye", "run"), ("pnpm", "exec"), ("pnpm", "dlx"), ("yarn", "dlx"), ("yarn", "exec")}
    | {("npm", "exec"), ("bundle", "exec"), ("mise", "exec"), ("mise", "x"), ("bun", "x")}
    | {("php", "artisan")}
)
_PYTHON: Final = re.compile(r"python(?:\d(?:\.\d+)?)?$")
_NUMBER: Final = re.compile(r"[\d.]+[smh]?$")


class Part(NamedTuple):
    """One simple command."""

    words: tuple[str, ...]
    """Its words without quotes, assignments before it left out."""
    bare: tuple[str, ...]
    """The same without what only runs the rest: `time`, `npx`, `uv run`, `python -m`."""
    after: str
    """The operator behind it: `&&`, `||`, `;`, `|`, `&`, or empty at the end."""
    writes: tuple[str, ...] = ()
    """Files that its output goes to."""


class CommandLine(NamedTuple):
    """What one shell call runs."""

    parts: tuple[Part, ...]
    """Its simple commands, in order."""
    has_control: bool = False
    """Whether loops or conditions decide what runs."""
    stops_early: bool = False
    """Whether `set -e` makes every failure final."""
    keeps_pipe_status: bool = False
    """Whether `set -o pipefail` lets a failure through a pipe."""


def clip(text: str, n_start: int, n_end: int) -> str:
    """Return a text's start and end, which is where commands and results say what matters."""
    if len(text) <= n_start + n_end:
        return text
    return f"{text[:n_start]}\n{text[-n_end:]}"


def parse(command: str) -> CommandLine:
    """Cut a command line into its simple commands."""
    text = _without_heredocs(clip(command, MAX_COMMAND // 2, MAX_COMMAND // 2))
    cutter = _Cutter()
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "word":
            cutter.word(match[0])
        elif kind == "space":
            cutter.is_glued = False
        elif kind == "quoted":
            cutter.word(match[0][1:-1])
        elif kind == "operator":
            cutter.close(_operator(match[0]))
        else:
            cutter.redirect(match[0] if kind == "redirect" else "")
    cutter.close("")
    options = {word for part in cutter.parts if part.words[0] == "set" for word in part.words}
    return CommandLine(
        parts=tuple(cutter.parts),
        has_control=cutter.has_control,
        stops_early=any(re.fullmatch(r"-[a-z]*e[a-z]*", word) for word in options),
        keeps_pipe_status="pipefail" in options,
    )


class _Cutter:
    """Gathers words into simple commands."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.has_control = False
        self.is_glued = False
        """Whether the next word goes on with the last one, as in `a"b"`."""
        self._words: list[str] = []
        self._writes: list[str] = []
        self._redirect = ""

    def redirect(self, text: str) -> None:
        self.is_glued = False
        self._redirect = "" if "&" in text[1:] else text

    def word(self, text: str) -> None:
        if self._redirect:
            if ">" in self._redirect:
                self._writes.append(text)
            self._redirect = ""
        elif self.is_glued and self._words:
            self._words[-1] += text
        else:
            self._words.append(text)
            self.is_glued = True

    def close(self, operator: str) -> None:
        words = self._words
        while words and (words[0] in _NOT_COMMANDS or _ASSIGNMENT.match(words[0])):
            self.has_control |= words[0] in _CONTROL
            del words[0]
        if words:
            whole = tuple(words)
            self.parts.append(Part(whole, _bare(whole), operator, tuple(self._writes)))
        self._words, self._writes, self.is_glued, self._redirect = [], [], False, ""


def _bare(words: tuple[str, ...]) -> tuple[str, ...]:
    rest = words
    while rest:
        if rest[0] in _PREFIXES:
            rest = _without_options(rest[1:])
        elif rest[:2] in _PREFIX_PAIRS:
            rest = _without_options(rest[2:])
        elif rest[1:2] == ("-m",) and _PYTHON.match(rest[0].rsplit("/", 1)[-1]):
            rest = rest[2:]
        else:
            break
    return rest


def _without_options(words: tuple[str, ...]) -> tuple[str, ...]:
    at = 0
    while at < len(words) and (
        words[at].startswith("-") or "=" in words[at] or _NUMBER.match(words[at])
    ):
        at += 1
    return words[at:]


def _operator(text: str) -> str:
    if text in {"\n", ";;"}:
        return ";"
    return "|" if text == "|&" else text


def _without_heredocs(text: str) -> str:
    if "<<" not in text:
        return text
    kept: list[str] = []
    at = 0
    while (match := _HEREDOC.search(text, at)) is not None:
        end_of_line = text.find("\n", match.end())
        if end_of_line < 0:
            break
        kept.append(text[at : match.start()])
        kept.append(text[match.end() : end_of_line])
        at = _end_of_heredoc(text, end_of_line, match.group(2))
    kept.append(text[at:])
    return "".join(kept)


def heredocs(text: str) -> Iterator[str]:
    """Yield the text of each here-document of a command line."""
    return (held for _, held in heredocs_with_lines(text))


def heredocs_with_lines(text: str) -> Iterator[tuple[str, str]]:
    """Yield each here-document of a command line behind what its line says before it."""
    at = 0
    while (match := _HEREDOC.search(text, at)) is not None:
        end_of_line = text.find("\n", match.end())
        if end_of_line < 0:
            return
        line = text[text.rfind("\n", at, match.start()) + 1 : match.start()]
        at = _end_of_heredoc(text, end_of_line, match.group(2))
        yield line, text[end_of_line + 1 : at].rpartition("\n")[0]


def _end_of_heredoc(text: str, start: int, word: str) -> int:
    at = start
    while at >= 0:
        line_end = text.find("\n", at + 1)
        line = text[at + 1 : line_end if line_end >= 0 else len(text)]
        if line.strip() == word:
            return line_end if line_end >= 0 else len(text)
        at = line_end
    return len(text)
