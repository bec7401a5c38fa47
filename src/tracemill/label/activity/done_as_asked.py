"""Requests that one command fulfils: to move, copy or delete a file, to clone or to switch.

Such a command is itself what was asked for, so that it ended well shows the request done. It counts
where the person was brief, named the deed and what it is done to, and where the agent did nothing
else but look until they spoke again: else the command is a means to something that nobody saw.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tracemill.label.calls.commands import unfold
from tracemill.label.calls.shell import Part, clip, parse
from tracemill.label.calls.shell_calls import SHELLS, command_of
from tracemill.label.calls.tool_names import plain_name
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult

_MOVES: Final = re.compile(
    r"\b(?:move|rename|mv|verschieb\w*|benenne\w*|umbenennen|d[ée]place[rz]?|renomme[rz]?|"
    r"mueve|mover|renombra\w*|mova|renomeie|renomear|sposta\w*|rinomina\w*|"
    r"переимену\w*|перемест\w*|перенес\w*)\b|移动|重命名|改名|移動|リネーム|名前を変"
)
_COPIES: Final = re.compile(
    r"\b(?:copy|duplicate|cp|back ?up|kopier\w*|copi(?:e[rz]?|a\w*)|скопиру\w*)\b|"
    r"复制|拷贝|コピー"
)
_REMOVES: Final = re.compile(
    r"\b(?:delete|remove|rm|del|get rid|lösch\w*|entfern\w*|supprime[rz]?|borra\w*|elimina\w*|"
    r"exclua|apaga\w*|remova|cancella\w*|удали\w*)\b|删除|删掉|削除"
)
_MAKES: Final = re.compile(
    r"\b(?:create|make|add|erstell\w*|crée[rz]?|crea\w*|cria\w*|созда\w*|добав\w*)\b|"
    r"创建|新建|添加|作成|作って|追加"
)
_MAKES_FOLDER: Final = re.compile(
    r"\bmkdir\b|\b(?:create|make|add|erstell\w*|crée[rz]?|crea\w*|cria\w*|созда\w*)\b[^.\n]{0,30}"
    r"\b(?:folder|directory|dir|verzeichnis|dossier|carpeta|pasta|cartella|папк\w*)\b"
)
_LINKS: Final = re.compile(r"\b(?:symlink|symbolic link|ln)\b")
_UNPACKS: Final = re.compile(
    r"\b(?:unzip|untar|tar|extract|unpack|uncompress|decompress|archive|compress|entpack\w*|"
    r"décompresse[rz]?|descomprim\w*|распаку\w*)\b|解压|解凍"
)
_CLONES: Final = re.compile(r"\b(?:clone|clona\w*|klon\w*|клонир\w*)\b|克隆|クローン")
_SWITCHES: Final = re.compile(
    r"\b(?:switch|check ?out|change to|go (?:back )?to|restore|wechs(?:el|le)\w*|bascule[rz]?|"
    r"cambia\w*|переключ\w*)\b|切换|切り替え"
)
_DEEDS: Final[Mapping[str, Sequence[re.Pattern[str]]]] = {
    **dict.fromkeys(("mv", "ren", "move", "move-item", "rename-item", "git mv"), (_MOVES,)),
    **dict.fromkeys(("cp", "copy", "copy-item"), (_COPIES,)),
    **dict.fromkeys(("rm", "rmdir", "del", "remove-item", "git rm"), (_REMOVES,)),
    **dict.fromkeys(("mkdir", "new-item"), (_MAKES_FOLDER,)),
    "ln": (_LINKS,),
    **dict.fromkeys(("unzip", "tar"), (_UNPACKS,)),
    "git clone": (_CLONES,),
    **dict.fromkeys(("git switch", "git checkout"), (_SWITCHES,)),
    **dict.fromkeys(
        ("git branch", "git submodule", "git remote", "git tag", "git worktree"),
        (_MAKES, _REMOVES, _MOVES),
    ),
}
"""By command, the words with which a person asks for what it does."""
_MAY_DO: Final = re.compile(
    r"\b(?:mv|cp|ln|rm|rmdir|mkdir|unzip|tar|ren|move|copy|del|git|(?:move|copy|rename|remove|new)-item)\b",
    re.IGNORECASE,
)
_BESIDE: Final = frozenset(
    {"cd", "ls", "dir", "pwd", "cat", "head", "tail", "echo", "printf", "find", "stat", "file"}
    | {"test", "[", "tree", "wc", "du", "which", "set-location", "get-childitem", "test-path"}
)
"""Commands that only look, or that stand beside what a line is about."""
_GIT_BESIDE: Final = frozenset({"status", "log", "diff", "show", "rev-parse", "ls-files", "fetch"})
_BRANCHING: Final = (("switch",), ("checkout",))
_NEW_BRANCH: Final = frozenset({"-b", "-B", "-c", "-C", "--create"})
_LISTS: Final = frozenset(
    {"-v", "-a", "-l", "-r", "--list", "list", "-vv", "--show-current", "status"}
)
"""With which a verb of git that may change something only lists."""
_FAILED: Final = re.compile(
    r"No such file|cannot |can't |[Pp]ermission denied|not found|^(?:fatal|error)\b|: unknown|"
    r"is not recognized",
    re.MULTILINE,
)
_LOOKING: Final = frozenset(
    {"read", "read_file", "read_many_files", "readfile", "view", "open_file", "cat"}
    | {"grep", "grep_search", "ripgrep_raw_search", "rg", "search", "glob", "glob_file_search"}
    | {"file_search", "codebase_search", "search_files", "find", "ls", "list_dir", "list_files"}
    | {"list_directory", "listdirectory", "read_lints", "get_errors", "toolsearch", "bashoutput"}
    | {"get_terminal_output", "write_stdin", "taskoutput", "askuserquestion", "question"}
    | {"request_user_input", "todowrite", "todo_write", "todoread", "update_plan", "taskcreate"}
    | {"taskupdate", "tasklist"}
)
"""Tools that only look, ask, wait or plan; any other may do something beside a command."""
_MAX_ASKED: Final = 300
"""Characters above which a turn asks for more than a command."""
_MAX_COMMANDS: Final = 8
_MAX_FOUND: Final = 100
_SHORT: Final = 3
"""Below so many characters, a name may stand anywhere."""
_NEAR: Final = 1_000


class _Ran(NamedTuple):
    step: int
    command: str
    result: ToolResult | None


class DoneAsAsked:
    """Takes the steps of a person and of an agent, in their order."""

    def __init__(self) -> None:
        self._asked = ""
        self._ran: list[_Ran] = []
        self._is_more = True
        """Whether the agent changed something else, too, or was asked for nothing brief."""
        self._steps: list[int] = []

    def person(self, step: Step) -> None:
        """Take what a person said."""
        self._close()
        self._asked = step.text.casefold()
        self._is_more = len(step.text) > _MAX_ASKED

    def agent(self, step: Step) -> None:
        """Take what an agent called, with what came back."""
        if self._is_more or not step.calls:
            return
        results = {result.call_id: result for result in step.results}
        for call in step.calls:
            self._call(call, step.index, results.get(call.id))

    def finish(self) -> tuple[int, ...]:
        """Return the indexes of the steps at which such a command ended well, in order."""
        self._close()
        return tuple(self._steps)

    def _call(self, call: ToolCall, step: int, result: ToolResult | None) -> None:
        name = plain_name(call.name)
        command = command_of(call.arguments) if name in SHELLS else None
        if command is not None:
            self._ran.append(_Ran(step, command, result))
        elif name not in _LOOKING:
            self._is_more = True
        self._is_more |= len(self._ran) > _MAX_COMMANDS

    def _close(self) -> None:
        is_brief = not self._is_more and len(self._steps) < _MAX_FOUND
        if is_brief and any(_MAY_DO.search(ran.command) for ran in self._ran):
            lines = [(ran, unfold(parse(ran.command)).parts) for ran in self._ran]
            if all(_deed(part) or _is_beside(part) for _, parts in lines for part in parts):
                self._steps += (ran.step for ran, parts in lines if self._is_done(ran, parts))
        self._ran.clear()

    def _is_done(self, ran: _Ran, parts: tuple[Part, ...]) -> bool:
        things = (thing for part in parts if self._is_asked(part) for thing in _things(part))
        is_named = any(_names(self._asked, thing) for thing in things)
        return is_named and ran.result is not None and _has_worked(ran.result)

    def _is_asked(self, part: Part) -> bool:
        asked_as = _DEEDS.get(_deed(part) or "", ())
        return any(words.search(self._asked) for words in asked_as)


def _deed(part: Part) -> str | None:
    """Return which command that a person may ask for as such it is, None where it is none."""
    words = part.bare or part.words
    if words[0] != "git":
        name = words[0].lower()
        return name if name in _DEEDS else None
    only_lists = len(words) <= 2 or not _LISTS.isdisjoint(words[2:])  # noqa: PLR2004 - git and verb
    is_new = words[1:2] in _BRANCHING and not _NEW_BRANCH.isdisjoint(words[2:])
    name = "git branch" if is_new else " ".join(words[:2])
    return name if name in _DEEDS and not only_lists else None


def _is_beside(part: Part) -> bool:
    words = part.bare or part.words
    if words[0] == "git":
        return len(words) > 1 and words[1] in _GIT_BESIDE
    return words[0].lower() in _BESIDE and not part.writes


def _things(part: Part) -> Iterator[str]:
    """Yield the names of what a command does something to, with and without their endings."""
    words = part.bare or part.words
    for word in words[2 if words[0] == "git" else 1 :]:
        name = re.split(r"[\\/]", word.rstrip("\\/"))[-1].casefold()
        if not word.startswith("-"):
            yield name
            yield name.rpartition(".")[0]


def _names(asked: str, thing: str) -> bool:
    if len(thing) < _SHORT:
        return False
    return re.search(rf"(?<!\w){re.escape(thing)}(?!\w)", asked) is not None


def _has_worked(result: ToolResult) -> bool:
    near = clip(result.content, _NEAR, _NEAR)
    return result.status == "ok" and not result.exit_code and not _FAILED.search(near)
