"""What an attempt wants, by its call alone, and whether another attempt wants the same.

A command wants what its program and verb say, of the objects that it names; one that is handed on
to another machine wants what that one says. An edit wants a text in a file, any other tool an
answer about a thing. Where names do not tell attempts apart, as with two edits of one file or a
tool that is given code, what else the calls say must be alike. A command that only shows what it
would do, or that checks, wants something else than the one that does it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, Final, NamedTuple

from tracemill.label.calls.answers import ANSWERING
from tracemill.label.calls.commands import unfold
from tracemill.label.calls.edits import added_by_tool, edited_by_tool, holds_patch, is_editor
from tracemill.label.calls.handed_on import handed_on
from tracemill.label.calls.shell import CommandLine, Part, parse
from tracemill.label.calls.shell_calls import POLLS, SHELLS, command_of
from tracemill.label.calls.tool_names import plain_name
from tracemill.records.sessions.edit_calls import PATH_ARGUMENTS
from tracemill.records.sessions.recoveries import FailureKind, IgnoredFailure
from tracemill.records.sessions.trajectory import ToolCall

_LOOKING: Final = ANSWERING | frozenset(
    {"ls", "cat", "head", "tail", "kill", "pkill", "read", "true", "false", "sed", "awk", "command"}
    | {"nl", "wc", "jq", "stat", "tree", "file", "sort", "uniq", "fd", "less", "strings", "lsof"}
    | {"find", "journalctl"}
)
"""Programs whose exit code is an answer, or that only look."""
_LOOKING_VERBS: Final = frozenset(
    {("systemctl", "status"), ("systemctl", "is-active"), ("systemctl", "is-enabled")}
    | {("gh", "pr", "checks"), ("gh", "run", "watch"), ("gh", "repo", "view")}
)
"""Commands whose exit code tells how something else stands."""
_QUIET: Final = frozenset({"cd", "export", "source", ".", "set", "echo", "printf", "sleep", "pwd"})
"""Programs that stand beside what a line is about."""
_HARMLESS: Final = frozenset({"mkdir", "rm", "touch", "unset", "date", "true"})
"""Programs that hardly ever fail: where a line failed, it was not through them."""
_WITH_VERB: Final = frozenset(
    {
        "apt", "aws", "bun", "cargo", "docker", "dotnet", "gcloud", "gh", "git", "go", "just",
        "kubectl", "make", "mise", "mix", "npm", "pip", "pnpm", "poetry", "systemctl", "terraform",
        "uv", "yarn",
    }
)  # fmt: skip
"""Programs whose first argument says what they do."""
_WITH_TWO_VERBS: Final = frozenset({"gh", "aws", "gcloud", "terraform", "systemctl"})
_TWO_VERBS: Final = frozenset({"run", "run-script", "compose"})
"""Verbs after which the next word says what is done."""
_VALUED: Final = frozenset(
    {"-C", "-c", "--git-dir", "--work-tree", "--prefix", "--cwd", "--dir", "--filter", "--repo"}
    | {"-R", "--namespace", "--context", "--project-directory", "--manifest-path"}
)
"""Options before a verb behind which a folder or a name stands."""
_HELP: Final = frozenset({"--help", "-h", "help", "--version"})
_MODES: Final = frozenset({"--check", "--dry-run", "--list", "--diff"})
"""Options with which a program only says what it would do, or what is not as it should be."""
_BYPASSES: Final = frozenset({"--no-verify"})
"""Options with which the checks are left out that a command would have to pass."""
_INTERPRETERS: Final = frozenset(
    {"python", "python3", "node", "deno", "ruby", "perl", "php", "osascript", "bash", "sh", "zsh"}
    | {"fish", "pwsh", "powershell"}
)
_ASKED: Final = frozenset({"psql", "sqlite3", "mysql", "redis-cli", "mongosh", "duckdb"})
"""Programs that are given a query, and say nothing of what it is about."""
_WITH_PROSE: Final = frozenset(
    {"-m", "--message", "--title", "--body", "--description", "--reason", "--comment"}
)
"""Options behind which people are told something."""
_IN_PLACE: Final = frozenset({"-c", "-e", "-", "-lc", "--eval", "-p"})
_SUBCOMMAND: Final = re.compile(r"[a-z][a-z_-]{2,30}")
_OF_TOOLS: Final = (*PATH_ARGUMENTS, "absolute_path", "url", "urls", "uri", "query", "pattern")
"""Arguments that say what a tool is used on, the surest first."""
_PURPOSES: Final = ("pattern", "query", "prompt", "regex")
"""Arguments that say what a tool looks for, or what it is asked."""
_LISTING: Final = frozenset({"glob", "ls", "list", "list_dir", "find"})
"""Tools whose patterns only say which files are looked at."""
_COMMON_NAMES: Final = frozenset(
    {"", "index", "main", "page", "layout", "readme", "__init__", "mod", "package", "config"}
    | {"route", "routes", "types", "utils", "settings", "license", "app", "src", "docs", "tests"}
    | {"skill"}
)
"""What many files and folders are called, without what stands behind the first dot."""
_WORD: Final = re.compile(r"[^\W\d]\w{2,}")
_NAME: Final = re.compile(r"(?![\d.]+\Z)[\w.@/:+-]{3,}")
_MAX_SAID: Final = 20_000
_SHORT_LINE: Final = 8
_FOLDER: Final = frozenset(".$~-")
"""How folders begin of which their names do not say where they are."""
_ALIKE: Final = 0.5
"""Share that two calls must have in common: of the lines that the shorter edit writes, as one may
be tried again in part, or of the words of the longer call."""


class Narrowed(NamedTuple):
    """What narrows an attempt, besides what it is used on."""

    names: frozenset[str] = frozenset()
    """Tests that a check is narrowed to, or what a command's options name."""
    place: str | None = None
    """The folder in which a check is run, where that is said."""


_ALL: Final = Narrowed()


class Aim:
    """What one attempt wants."""

    def __init__(
        self,
        kind: FailureKind,
        what: str,
        family: str,
        things: frozenset[str] = frozenset(),
        arguments: Mapping[str, Any] | None = None,
        narrowed: Narrowed = _ALL,
    ) -> None:
        self.kind = kind
        self.what = what
        """In words for people: program and verb, or tool and file."""
        self.family = family
        """Attempts of other families never want the same."""
        self.things = things
        """What it is used on: files, objects, what a check is narrowed to."""
        self._arguments = arguments or {}
        self._names, self._place = narrowed

    @property
    def _purpose(self) -> frozenset[str]:
        """What a tool looks for or is asked, wherever it does."""
        keys = () if plain_name(self.family) in _LISTING else _PURPOSES
        values = (self._arguments.get(key) for key in keys)
        return frozenset(value for value in values if isinstance(value, str)) - self.things

    @cached_property
    def said(self) -> tuple[str, ...]:
        """The texts that the call holds besides."""
        return tuple(text for text in _texts(self._arguments) if text not in self.things)

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of these texts, without numbers."""
        return frozenset(word for text in self.said for word in _WORD.findall(text[:_MAX_SAID]))

    def covers(self, other: Aim) -> bool:
        """Tell whether a check looks at all that another one of its family looks at."""
        if _is_elsewhere(self._place, other._place):
            return False
        if self._names and not (other._names and other._names <= self._names):
            return False
        return not self.things or (
            bool(other.things)
            and all(any(_is_within(each, wider) for wider in self.things) for each in other.things)
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether a check looks at less than everything."""
        return bool(self.things or self._names)

    def is_same_check(self, other: Aim) -> bool:
        """Tell whether another check of the family looks at the same."""
        is_named_so = self.things == other.things and self._names == other._names
        return is_named_so and not _is_elsewhere(self._place, other._place)

    def is_same(self, other: Aim) -> bool:
        """Tell whether another attempt of the same family, which is no check, wants the same."""
        match self.kind:
            case "edit":
                return not self.things.isdisjoint(other.things) and self._is_alike(other)
            case "tool":
                return self._is_same_thing(other) and self._is_alike(other)
            case _ if self.things and other.things:
                return not self.things.isdisjoint(other.things)
            case _:
                return self._is_named_like(other)

    def _is_named_like(self, other: Aim) -> bool:
        """Tell whether the options of commands name the same, where these name no objects."""
        fewer, more = sorted((self._names, other._names), key=len)
        shared = sum(any(name in each or each in name for each in more) for name in fewer)
        return not fewer or shared > _ALIKE * len(fewer)

    def _is_same_thing(self, other: Aim) -> bool:
        """Tell whether tools are used on one thing, on files of one name, or for one purpose."""
        if self.things == other.things:
            return True
        names, others = ({_telling_name(each) for each in aim.things} for aim in (self, other))
        is_named = names == others and "" not in names
        return is_named or not self._purpose.isdisjoint(other._purpose)

    @cached_property
    def _lines(self) -> frozenset[bytes]:
        """The lines that an edit writes anew, without white space; short ones stand anywhere."""
        written = added_by_tool(self._arguments) if self.kind == "edit" else ()
        return frozenset(line for line in written if len(line) >= _SHORT_LINE)

    def _is_alike(self, other: Aim) -> bool:
        n_lines = min(len(self._lines), len(other._lines))
        if n_lines and len(self._lines & other._lines) >= _ALIKE * n_lines:
            return True
        n_words = max(len(self.words), len(other.words))
        if not self.words or not other.words:
            return self.said == other.said
        return len(self.words & other.words) >= _ALIKE * n_words


def aims(call: ToolCall, *, has_failed: bool) -> Iterator[Aim]:
    """Yield what a call wanted: nothing where its failing, or its working, would say nothing.

    Of a line of several commands nobody knows which one failed; if it worked, all of them did
    that had to.
    """
    name, arguments = plain_name(call.name), call.arguments
    command = command_of(arguments) if name in SHELLS else None
    if command is not None and _only_patches(command):
        name, arguments = "apply_patch", {"patch": command}
    if name in SHELLS:
        yield from line_aims(parse(command), has_failed=has_failed) if command else ()
    elif name in POLLS:
        return
    elif is_editor(name):
        if paths := edited_by_tool(name, arguments):
            yield Aim("edit", f"edit {' '.join(paths)}", "edit", frozenset(paths), arguments)
    else:
        named = next((call.arguments[key] for key in _OF_TOOLS if call.arguments.get(key)), "")
        things = frozenset(text for text in _texts(named) if text)
        what = " ".join([call.name, *sorted(things)])
        yield Aim("tool", what, call.name, things, call.arguments)


def _only_patches(command: str) -> bool:
    """Tell whether a shell is asked to do what a tool does that is given a patch."""
    acting = acting_parts(unfold(parse(command))) if holds_patch(command) else []
    return len(acting) == 1 and is_editor(acting[0].bare[0])


def bypasses(call: ToolCall) -> bool:
    """Tell whether a command leaves out the checks that it would have to pass."""
    command = command_of(call.arguments) if plain_name(call.name) in SHELLS else None
    return command is not None and any(option in command for option in _BYPASSES)


def why_no_aim(call: ToolCall) -> IgnoredFailure:
    """Return why a call that failed says nothing of the work."""
    name = plain_name(call.name)
    if name in POLLS:
        return "polled"
    command = command_of(call.arguments) if name in SHELLS else None
    if command is None:
        return "nothing_named"
    line = unfold(parse(command))
    acting = acting_parts(line)
    if line.has_control or len(acting) > 1:
        return "several_commands"
    if acting and (_only_looks(acting[0].bare) or not _HELP.isdisjoint(acting[0].bare[1:])):
        return "looked_only"
    return "nothing_named"


def line_aims(line: CommandLine, *, has_failed: bool) -> Iterator[Aim]:
    """Yield what a command line wanted, as of a call."""
    line = unfold(line)
    acting = acting_parts(line)
    if line.has_control or (has_failed and len(acting) != 1):
        return
    for part in acting if has_failed else _surely_worked(line):
        if part in acting and (aim := command_aim(part, has_failed=has_failed)) is not None:
            yield aim


def acting_parts(line: CommandLine) -> list[Part]:
    """Return the commands that a line is about, without those that hardly ever fail."""
    acting = [part for part in line.parts if part.bare and part.bare[0] not in _QUIET]
    return [part for part in acting if not _is_harmless(part.bare)] or acting


def _is_harmless(words: Sequence[str]) -> bool:
    return words[0] in _HARMLESS or words[:2] == ("git", "add")


def _surely_worked(line: CommandLine) -> Iterator[Part]:
    """Yield the commands without which a line that worked would have failed, the last first."""
    joins = {"", "&&", ";"} if line.stops_early else {"", "&&"}
    for at in range(len(line.parts) - 1, -1, -1):
        part = line.parts[at]
        if part.after not in joins or (at and line.parts[at - 1].after == "||"):
            return
        yield part


def command_aim(part: Part, *, has_failed: bool) -> Aim | None:
    """Return what one command wanted; None where its failing, or working, says nothing."""
    words = part.bare
    if (told := handed_on(words)) is not None:
        inner = next(line_aims(parse(told.command), has_failed=has_failed), None)
        if inner is None:
            return None
        family = f"{told.place} {inner.family}"
        return Aim("command", f"{told.place} {inner.what}", family, inner.things)
    if _only_looks(words) or not _HELP.isdisjoint(words[1:]):
        return None
    program, name = program_with_verb(words), _name(words[0])
    said = [word for word in words[1:] if word[:1] != "-"]
    if not _ASKED.isdisjoint(words[:2]) or (
        name in _INTERPRETERS and not (said and _has_script(words))
    ):
        return None
    does = said[:1] if program == name else []
    valued = {word for before, word in pairwise(words) if before[:1] == "-"}
    verbs = [word for word in said[1:2] if does and _SUBCOMMAND.fullmatch(word)]
    verbs = [word for word in verbs if word not in valued]
    what = " ".join([program, *does])
    family = " ".join([what, *verbs, *sorted(_MODES.intersection(words))])
    objects, named = _named(words)
    objects -= {*what.split(), *verbs}
    narrowed = _ALL if objects else Narrowed(named)
    return Aim("command", what, family, objects, narrowed=narrowed)


def _named(words: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return what a command names: as its objects, and as values of its options but prose."""
    objects: set[str] = set()
    values: set[str] = set()
    for before, word in pairwise(words):
        if word[:1] != "-":
            is_value = before[:1] == "-" and before != "--" and "=" not in before
            (values if is_value else objects).add("" if before in _WITH_PROSE else word)
        elif word[:2] == "--":
            option, _, value = word.partition("=")
            values.add("" if option in _WITH_PROSE else value)
    return frozenset(filter(None, objects)), frozenset(filter(_NAME.fullmatch, values))


def _has_script(words: Sequence[str]) -> bool:
    """Tell whether an interpreter is given a file, and not code in place."""
    return _IN_PLACE.isdisjoint(words[1:3])


def _only_looks(words: Sequence[str]) -> bool:
    is_editing = words[0] in {"sed", "perl"} and any(w.startswith(("-i", "-pi")) for w in words)
    if _name(words[0]) in _LOOKING:
        return not is_editing
    verbs = tuple(program_with_verb(words).split())
    return any(verbs[: len(looking)] == looking for looking in _LOOKING_VERBS)


def program_with_verb(words: Sequence[str]) -> str:
    """Return a command's program, with its verb where that says what it does."""
    name = _name(words[0])
    if name not in _WITH_VERB:
        return name
    verbs = [word for before, word in pairwise(words) if word[:1] != "-" and before not in _VALUED]
    has_two = name in _WITH_TWO_VERBS or not _TWO_VERBS.isdisjoint(verbs[:1])
    return " ".join([name, *verbs[: 2 if has_two else 1]])


def _is_elsewhere(place: str | None, before: str | None) -> bool:
    """Tell whether a folder is surely neither another one nor above it."""
    if place is None or before is None or not _FOLDER.isdisjoint((place[:1], before[:1])):
        return False
    now, then = place.rstrip("/"), before.rstrip("/")
    is_same_root = now.startswith("/") == then.startswith("/")
    return is_same_root and now != then and not then.startswith(f"{now}/")


def _is_within(thing: str, wider: str) -> bool:
    """Tell whether a file, folder or test is another one, or a part of it."""
    folder = wider.removesuffix("/...")
    return thing == wider or thing.startswith((f"{folder}/", f"{folder}::"))


def _telling_name(path: str) -> str:
    """Return the name of a file or page; an empty text where many of them are called so."""
    name = _name(path.rstrip("/\\"))
    is_file = "." in name or "://" in path
    return name if is_file and name.partition(".")[0].lower() not in _COMMON_NAMES else ""


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1].rsplit("\\", 1)[-1]


def _texts(value: Any, depth: int = 3) -> Iterator[str]:
    """Yield the texts within arguments, however they are nested."""
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, dict):
        for each in value.values():
            yield from _texts(each, depth - 1)
    elif depth and isinstance(value, list):
        for each in value:
            yield from _texts(each, depth - 1)
