"""Which commits a shell call made, by what git itself printed about them, or by what it was asked.

Git says `[branch 1a2b3c4] subject` when it has made a commit, and says so nowhere else. The line
counts only behind a command that commits, so a log that is shown, searched or read from
a file makes no commit; one that the same command prints counts for the subjects that it gave.
Commits in repositories that the same command creates, and in temporary folders, are experiments
and no work. Where the output is cut, hidden or turned into other words,
the subject that the command gives still finds the commit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tracemill.label.calls.shell import CommandLine, Part

_COMMITTING: Final = frozenset({"commit", "cherry-pick", "revert", "rebase", "merge", "am", "pull"})
_MARKS: Final = ("commit", "pick", "revert", "rebase", "merge", " am", "pull")
_OPENING: Final = "gh pr create"
_STACKING: Final = "gt "
"""Graphite, which calls git to commit."""
_STACKED: Final = frozenset({"create", "c", "modify", "m"})
_SAID: Final = re.compile(
    r"^\[(?P<branch>[^\[\]\n]{1,200}?)(?: \(root-commit\))? "
    r"(?P<sha>[0-9a-f]{7,40})\] (?P<subject>.*)$",
    re.MULTILINE,
)
_LOGGED: Final = re.compile(
    r"^(?:\* )?(?P<sha>[0-9a-f]{7,40}) (?:\([^()\n]{1,200}\) )?(?P<subject>\S.*)$", re.MULTILINE
)
_ASKED: Final = re.compile(
    r"""\b(?:commit|gt (?:create|modify|[cm]))\b[^\n]{0,200}?\s"""
    r"""(?:(?:-[a-zA-Z]*m|--message)[ =]?\s*"""
    r"""(?:"\$\(cat\s+<<-?\s*['"]?\w+['"]?\s*\n(?P<document>[^\n]+)"""
    r"""|@['"]\r?\n(?P<here>[^\n]+)"""
    r"""|"(?P<double>(?:[^"\\\n]|\\.)+)|'(?P<single>[^'\n]+))"""
    r"""|(?:-[a-zA-Z]*F|--file)[ =]?-\s+<<-?\s*['"]?\w+['"]?[^\n]*\n(?P<fed>[^\n]+))"""
)
"""Behind `-m` a text, a here-document of `cat` or one of PowerShell; behind `-F -` what is fed."""
_BEFORE_HEAD: Final = re.compile(r"(?:HEAD|@)(?:~(?P<n>\d*)|(?P<up>\^+))$")
_PUSHED: Final = re.compile(
    r"^ *(?:\+ )?[0-9a-f]{7,40}\.\.\.?[0-9a-f]{7,40} +\S+ -> \S+"
    r"|^ \* \[new (?:branch|tag)\] +\S+ -> \S+",
    re.MULTILINE,
)
_MERGED: Final = re.compile(r"^(?:Fast-forward|Merge made by the '\w+' strategy)\b", re.MULTILINE)
_MAIN_LINES: Final = frozenset({"main", "master", "develop", "trunk"})
_NOT_OWN: Final = re.compile(r"origin/|upstream/|(?:FETCH_)?HEAD\b|@")
_REFUSED: Final = re.compile(
    r"^(?:fatal|error|bash|sh|zsh): |^ ! \[|[Pp]ermission denied|timed out", re.MULTILINE
)
_ESCAPED: Final = re.compile(r"\\([\\\"$`])")
_TEMPORARY: Final = re.compile(r"(?:/private)?/tmp/|/var/folders/")


class Said(NamedTuple):
    """A commit as git printed it."""

    sha: str
    branch: str | None
    subject: str | None


def may_commit(command: str) -> bool:
    """Tell at little cost whether a command line could make a commit or pull request."""
    if "git" in command and any(map(command.__contains__, _MARKS)):
        return True
    return _OPENING in command or _STACKING in command


def pushes(line: CommandLine, exit_code: int | None, text: str) -> bool:
    """Tell whether a command line brought commits to where others have them, by git's own word.

    A branch of one's own that is merged is taken to be brought to the main line; into which it was
    merged no command says.
    """
    if any(_merges_work(part) for part in line.parts) and _MERGED.search(text):
        return True
    if any(git_verb(part) == "push" for part in line.parts):
        return _PUSHED.search(text) is not None
    return exit_code == 0 and any(part.bare[:3] == ("gh", "pr", "merge") for part in line.parts)


def _merges_work(part: Part) -> bool:
    """Tell whether a command merges a branch of one's own, and does not catch up with others."""
    if git_verb(part) != "merge":
        return False
    words = part.bare[part.bare.index("merge") + 1 :]
    named = [word for word in words if not word.startswith("-")]  # a message may be among them
    return bool(named) and not any(word in _MAIN_LINES or _NOT_OWN.match(word) for word in named)


def fails_to_push(line: CommandLine, exit_code: int | None, text: str) -> bool:
    """Tell whether a command line ends with a push that git or the shell refused."""
    if not line.parts or git_verb(line.parts[-1]) != "push" or _PUSHED.search(text):
        return False
    return bool(exit_code) or (exit_code is None and _REFUSED.search(text) is not None)


def may_push(command: str) -> bool:
    """Tell at little cost whether a command line could push."""
    return "push" in command or "merge" in command


def makes_commit(line: CommandLine) -> bool:
    """Tell whether a command line commits, in a repository that it did not just create."""
    verbs = {git_verb(part) for part in line.parts}
    if "init" in verbs:
        return False
    return not verbs.isdisjoint(_COMMITTING) or any(_stacks(part) for part in line.parts)


def _stacks(part: Part) -> bool:
    match part.bare:
        case ("gt", verb, *_):
            return verb in _STACKED
        case _:
            return False


def may_drop(command: str) -> bool:
    """Tell at little cost whether a command line could take commits off their branch."""
    return "reset" in command and ("HEAD" in command or "@" in command)


def n_dropped(line: CommandLine) -> int:
    """Return how many commits a command line takes off the end of their branch, by `git reset`."""
    resets = (part.bare[2:] for part in line.parts if git_verb(part) == "reset")
    named = ([word for word in words if not word.startswith("-")] for words in resets)
    # with paths behind the commit, only these are reset, and the branch stays
    found = (_BEFORE_HEAD.match(words[0]) for words in named if len(words) == 1)
    return sum(len(m["up"]) if m["up"] else int(m["n"] or 1) for m in found if m)


def opens_pull_request(line: CommandLine) -> bool:
    """Tell whether a command line opens a pull request."""
    return any(part.bare[:3] == ("gh", "pr", "create") for part in line.parts)


def said_commits(text: str) -> Iterator[Said]:
    """Yield the commits that git says it made."""
    for match in _SAID.finditer(text):
        branch = match["branch"]
        subject = match["subject"].strip() or None
        yield Said(match["sha"], None if branch == "detached HEAD" else branch, subject)


def logged_commits(text: str, subjects: Iterable[str]) -> Iterator[Said]:
    """Yield the commits of which a log right behind their making prints the subjects asked for.

    Git says nothing of a commit that is made with `-q`, so that people ask its log.
    """
    left = set(subjects)
    for match in _LOGGED.finditer(text) if left else ():
        subject = match["subject"].strip()
        if subject in left:
            left.remove(subject)
            yield Said(match["sha"], None, subject)


def asked_subjects(command: str) -> Iterator[str]:
    """Yield the subjects of the commits that a command line asks git for."""
    for match in _ASKED.finditer(command):
        subject = match["document"] or match["single"] or match["here"] or match["fed"]
        if subject is None:
            subject = _ESCAPED.sub(r"\1", match["double"])
        if subject.strip():
            yield subject.strip()


def place(line: CommandLine) -> str | None:
    """Return the folder that a command line names as its place, where it names one."""
    for part in line.parts:
        match part.bare:
            case ("cd", folder, *_) | ("git", "-C", folder, *_):
                return folder
            case _:
                pass
    return None


def is_temporary(folder: str | None) -> bool:
    """Tell whether a folder is one in which nobody keeps work."""
    return folder is not None and _TEMPORARY.match(f"{folder}/") is not None


def git_verb(part: Part) -> str | None:
    """Return what a git command does, or None where it is not git."""
    words = part.bare
    if words[:1] != ("git",):
        return None
    rest = iter(words[1:])
    for word in rest:
        if word in {"-C", "-c", "--git-dir", "--work-tree"}:
            next(rest, None)
        elif not word.startswith("-"):
            return word
    return None
