"""Which files a tool call wrote or edited, by the call alone.

Tools that edit name their file; a patch names its files in its own headers; a shell command
edits where it is `sed -i`, writes a text into a file, or takes changes back through git.
Notes in scratch folders are edits, but none that could make a test stale.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

from tracemill.base.line_sketch import WHITE
from tracemill.label.calls.shell import CommandLine, Part, heredocs
from tracemill.label.calls.tool_names import plain_name
from tracemill.records.sessions.edit_calls import PATH_ARGUMENTS

_EDITORS: Final = frozenset(
    {"write", "edit", "multiedit", "notebookedit", "edit_file", "write_file", "create_file"}
    | {"create"}
    | {"str_replace_editor", "str_replace_based_edit_tool", "search_replace", "replace"}
    | {"write_to_file", "replace_in_file", "apply_diff", "insert_content"}
    | {"replace_string_in_file", "multi_replace_string_in_file", "insert_edit_into_file"}
    | {"createfile", "replacestring", "multireplacestring", "insertedit"}
)
_PATCHERS: Final = frozenset({"apply_patch", "applypatch", "patch"})
_PATCHES: Final = ("input", "patch", "patchText", "command")
_TEXTS: Final = (
    *("content", "contents", "new_string", "newString", "new_str", "newText", "new_text"),
    *("file_text", "new_source", "code_edit", "replacement", "replacement_text"),
)
_OLD_TEXTS: Final = ("old_string", "oldString", "old_str", "oldText", "old_text")
_SEARCH: Final = re.compile(r"<{5,9} ?SEARCH\b")
_DIVIDE: Final = re.compile(r"={5,9}\Z")
_REPLACE: Final = re.compile(r">{5,9} ?REPLACE")
_READING: Final = frozenset({"view", "undo_edit"})
_PATCH_MARK: Final = "*** Begin Patch"
_PATCH_HEADERS: Final = ("Update File: ", "Add File: ", "Delete File: ", "Move to: ")
_WRITERS: Final = frozenset({"cat", "echo", "printf", "tee", "sed", "awk", "jq", "perl"})
_SCRATCH: Final = ("/private/tmp/", "/tmp/", "/var/folders/", "/dev/", "$")  # noqa: S108
"""How paths begin that are outside any work."""
_NOTES: Final = ("/.claude/plans/", "/.claude/projects/", "/.claude/todos/")
"""What stands in the paths of an agent's own notes."""
_PROSE: Final = (".md", ".markdown", ".rst", ".adoc")
_NAMELESS: Final = ("replacement_text", "diff", "replacements", "search")
"""What an editing tool is given that names no file."""
_OPEN_FILE_MARK: Final = "end_of_edit"
_EDIT_MARKS: Final = (
    _OPEN_FILE_MARK,
    *("sed -i", "sed --in", "-pi", "perl -i", "tee ", _PATCH_MARK),
    *("git restore", "git apply", "git stash", "--hard", "checkout "),
    *(".write(", "write_text(", "write_bytes(", "writeFile", "File.write"),
)
_WRITES: Final = re.compile(r"\b(?:cat|echo|printf|awk|jq)\b[^|;&\n]*[^0-9&]>")
"""A writer whose output goes to a file; nothing of the sort is `2>&1`."""

_PROGRAM: Final = re.compile(r"(?:python|node|ruby|deno|bun)[\d.]*$")
_PROGRAM_WRITES: Final = re.compile(
    r"\.write\(|write_text\(|write_bytes\(|writeFile(?:Sync)?\(|File\.write\b"
)
_PROGRAM_NAMES: Final = re.compile(
    r"(?:\b(?:open|Path|writeFile(?:Sync)?|File\.write)\s*\(|\b\w{1,40}\s*=)\s*r?"
    r"(?P<quote>['\"])(?P<path>[\w./~@+-]*[\w-]\.[A-Za-z]\w{0,9})(?P=quote)"
)
_WITHIN_LINES: Final = WHITE.replace(b"\n", b"")
_MAX_NAMED: Final = 20
_MAX_TEXT: Final = 200_000

_UNDOING: Final = frozenset({"restore", "apply", "stash"})


class _Block(NamedTuple):
    old: str
    new: str


def is_editor(name: str) -> bool:
    """Tell whether a tool of this name writes files by itself."""
    plain = plain_name(name)
    return plain in _EDITORS or plain in _PATCHERS


def edited_by_tool(name: str, arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the files that a call of an editing tool names."""
    if plain_name(name) in _PATCHERS:
        texts = (arguments.get(key) for key in _PATCHES)
        return tuple(path for text in texts if isinstance(text, str) for path in patched(text))
    if arguments.get("command") in _READING:
        return ()
    for key in PATH_ARGUMENTS:
        path = arguments.get(key)
        if isinstance(path, str) and path:
            return (path,)
    return ()


def edits_work(arguments: Mapping[str, Any], paths: Iterable[str]) -> bool:
    """Tell whether a call of an editing tool could make a test stale.

    One tool edits the file that stands open, and names none; of another only the change is shown.
    """
    named = tuple(paths)
    if not named:
        return any(key in arguments for key in _NAMELESS)
    return any(not is_scratch(path) for path in named)


def added_by_tool(arguments: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the lines that a call of an editing tool writes and that it did not replace.

    White space is of no account in them, and mostly left out.
    """
    several = arguments.get("edits")
    parts = (
        [each for each in several if isinstance(each, dict)] if isinstance(several, list) else []
    )
    for part in (arguments, *parts):
        yield from _new_lines(_texts(part, _OLD_TEXTS), _texts(part, _TEXTS))
    for text in _texts(arguments, _PATCHES):
        yield from added_by_patch(text)
    for text in _texts(arguments, ("diff",)):
        for block in _blocks(text):
            yield from _new_lines([block.old], [block.new])


def _blocks(text: str) -> Iterator[_Block]:
    """Yield the blocks of a text that say what to look for and what to put in its place.

    Line by line, since an expression over the whole looks for the end of each block anew.
    """
    sides: list[list[str]] = []
    for line in text.split("\n"):
        if not sides:
            sides = [[]] if _SEARCH.match(line) else []
        elif len(sides) == 1 and _DIVIDE.match(line):
            sides.append([])
        elif len(sides) > 1 and _REPLACE.match(line):
            yield _Block(*("".join(side) for side in sides))
            sides = []
        else:
            sides[-1].append(f"{line}\n")


def _texts(arguments: Mapping[str, Any], keys: Iterable[str]) -> list[str]:
    return [text for key in keys if isinstance(text := arguments.get(key), str)]


def _new_lines(old: Iterable[str], new: Iterable[str]) -> Iterator[bytes]:
    """Yield the lines of the new texts that stand in no old one, whatever their white space."""
    known = {line for text in old for line in _lines(text)}
    for text in new:
        yield from (line for line in _lines(text) if line not in known)


def _lines(text: str) -> list[bytes]:
    """Return the lines of a text without white space, which is all that they are known by."""
    return text.encode("utf-8", "replace").translate(None, _WITHIN_LINES).split(b"\n")


def added_by_patch(text: str) -> Iterator[bytes]:
    """Yield the lines that a patch in the `*** Update File:` form, if it is one, adds."""
    if _PATCH_MARK in text:
        for line in text.encode("utf-8", "replace").split(b"\n"):
            if line.startswith(b"+"):
                yield line[1:]


def holds_patch(text: str) -> bool:
    """Tell whether a text holds a patch in that form, from its first line on."""
    return _PATCH_MARK in text


def patched(text: str) -> Iterator[str]:
    """Yield the files that a patch in the `*** Update File:` form names."""
    at = text.find("*** ")
    while at >= 0:
        for header in _PATCH_HEADERS:
            start = at + 4
            if text.startswith(header, start):
                end = text.find("\n", start)
                yield text[start + len(header) : end if end >= 0 else len(text)].strip()
        at = text.find("\n*** ", at)
        at = at + 1 if at >= 0 else -1


def may_edit(command: str) -> bool:
    """Tell at little cost whether a command line could edit files at all."""
    return any(map(command.__contains__, _EDIT_MARKS)) or (
        ">" in command and _WRITES.search(command) is not None
    )


def edited_by_shell(command: str, line: CommandLine) -> tuple[tuple[str, ...], bool]:
    """Return the files that a shell command writes, and whether it changed any work file."""
    if _PATCH_MARK in command:
        paths = tuple(patched(command))
        return paths, bool(paths)
    if command.startswith(("edit ", "edit\n")) and _OPEN_FILE_MARK in command:
        return (), True
    paths = tuple(path for part in line.parts for path in _written(part))
    if any(_PROGRAM.match(part.bare[0]) for part in line.parts if part.bare):
        paths += tuple(_written_by_program(command))
    has_undone = any(_undoes(part) for part in line.parts)
    return paths, has_undone or any(not is_scratch(path) for path in paths)


def added_by_shell(command: str) -> Iterator[bytes]:
    """Yield the lines that a command line which writes files holds, a patch or here-documents."""
    text = command[:_MAX_TEXT]
    if _PATCH_MARK in text:
        yield from added_by_patch(text)
        return
    for document in heredocs(text):
        yield from _lines(document)


def is_scratch(path: str) -> bool:
    """Tell whether a path is outside any work: temporary folders, an agent's own notes."""
    return path.startswith(_SCRATCH) or any(map(path.__contains__, _NOTES))


def is_prose(path: str) -> bool:
    """Tell whether a file holds text for people, which no test or build of code looks at."""
    return path.lower().endswith(_PROSE)


def _written(part: Part) -> Iterator[str]:
    words = part.bare
    if not words:
        return
    if words[0] in _WRITERS:
        yield from (path for path in part.writes if not path.startswith("/dev/"))
    if words[0] in {"sed", "gsed", "perl"} and any(_is_in_place(word) for word in words[1:4]):
        yield from (word for word in words[2:] if _looks_like_file(word))
    elif words[0] == "tee":
        yield from (word for word in words[1:] if _looks_like_file(word))


def _written_by_program(command: str) -> Iterator[str]:
    """Yield the files that a program within a command line names, where it writes any."""
    text = command[:_MAX_TEXT]
    if _PROGRAM_WRITES.search(text):
        named = dict.fromkeys(match["path"] for match in _PROGRAM_NAMES.finditer(text))
        yield from islice(named, _MAX_NAMED)


def _is_in_place(option: str) -> bool:
    return option.startswith(("-i", "--in-place", "-pi", "-ni", "-0pi"))


def _looks_like_file(word: str) -> bool:
    return re.fullmatch(r"[\w./~@+-]*[\w-]\.?[\w]*", word) is not None and word[0] != "-"


def _undoes(part: Part) -> bool:
    match part.bare:
        case ("git", "stash", *rest):
            return rest[:1] not in (["list"], ["show"], ["drop"])
        case ("git", verb, *_) if verb in _UNDOING:
            return True
        case ("git", "checkout", *rest):
            return "--" in rest
        case ("git", "reset", *rest):
            return "--hard" in rest
        case _:
            return False
