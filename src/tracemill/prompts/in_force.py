"""Which version of a text was in force: when a gate judged, and when a session began.

A session that names the commit at which it began had what that commit holds. Otherwise its moment
decides: the version that was made last before it. A report that names no version had the one of
its role's only prompt. A session belongs to the repository in whose folder it ran, in which it
was kept, or whose commits are its work. Where several texts could be meant, or none was there
yet, nobody knows.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

from tracemill.prompts.lineage import Lineage
from tracemill.prompts.naming import plain
from tracemill.records.process.prompt_versions import PromptHistory, PromptVersion, TextKind
from tracemill.records.sessions.activity import UsedKind, UsedText
from tracemill.records.sessions.trajectory import Trajectory

_OWN_FILES: Final[Mapping[str, tuple[str, ...]]] = {
    "claude-code": ("claude.md",),
    "gemini-cli": ("gemini.md",),
    "copilot-cli": ("copilot-instructions.md", "agents.md"),
    "cursor": (".cursorrules", "agents.md"),
    "cline": (".clinerules", "agents.md"),
}
"""Files that an agent reads as standing orders, the one that counts first."""
_ANY_FILES: Final = ("agents.md", "agent.md")
"""What all others read."""
_USED_AS: Final[Mapping[TextKind, UsedKind]] = {
    "command": "command",
    "skill": "command",
    "prompt": "command",
    "agent": "agent",
}
_OWN_FOLDERS: Final = re.compile(r"(?:^|/)\.(?:claude|github|cursor|codex)(?:/.*)?$")


class Attributed(NamedTuple):
    """A version that was in force."""

    label: str
    """What it is called among all that are held."""
    by: Literal["commit", "moment"]
    """What tells it."""


class InForce:
    """Tells which version of each text was in force."""

    def __init__(self, histories: Iterable[PromptHistory], lineage: Lineage) -> None:
        self._histories = [each for each in histories if each.kind != "recipe"]
        self._lineage = lineage
        self._shared = Counter(each.role for each in self._histories)
        self._by_role = {each.role: each for each in self._histories if self._is_alone(each)}
        self._usable: defaultdict[tuple[UsedKind, str], list[PromptHistory]] = defaultdict(list)
        for each in self._histories:
            if each.kind in _USED_AS:
                self._usable[_USED_AS[each.kind], each.role].append(each)
        self._orders = [each for each in self._histories if each.kind == "instructions"]

    def label(self, history: PromptHistory, version: str) -> str:
        """Return what a version is called, so that no two that are held are called the same."""
        return version if self._is_alone(history) else f"{version} of {history.id[:15]}"

    def _is_alone(self, history: PromptHistory) -> bool:
        return self._shared[history.role] == 1

    def of_role(self, role: str, at: datetime | None) -> Attributed | None:
        """Return the version that a role's only prompt had at a moment."""
        history = self._by_role.get(plain(role))
        found = at_moment(history, at) if history else None
        if history is None or found is None:
            return None
        return Attributed(self.label(history, found.name), "moment")

    def of_session(
        self, session: Trajectory, repositories: Collection[str] = ()
    ) -> Attributed | None:
        """Return the version of the standing orders that a session began with.

        Args:
            session: the session.
            repositories: where its work is known to have gone, whatever folder it names.
        """
        for history in self.read_by(session, repositories):
            found = self._had(session, history)
            if found is not None:
                return found
        return None

    def used_in(
        self, session: Trajectory, used: Iterable[UsedText], repositories: Collection[str] = ()
    ) -> dict[str, Attributed]:
        """Return by text the version of each command, skill and subagent that a session used.

        Of several of one name, that which lies where the session ran; where none or more than one
        does, nobody knows. The only one of its name may lie anywhere, as people share them.
        """
        found: dict[str, Attributed] = {}
        for each in used:
            named = self._usable.get((each.kind, plain(each.name)), [])
            near = [text for text in named if self._is_near(session, text, repositories)]
            meant = near if len(near) == 1 else named
            if len(meant) == 1 and (had := self._had(session, meant[0])) is not None:
                found[meant[0].id] = had
        return found

    def _is_near(
        self, session: Trajectory, history: PromptHistory, repositories: Collection[str]
    ) -> bool:
        folder = _folder(history.path)
        return history.repository in repositories or self._is_within(session, history, folder)

    def read_by(
        self, session: Trajectory, repositories: Collection[str] = ()
    ) -> Iterator[PromptHistory]:
        """Yield the standing orders that lie where a session read them, the outermost first."""
        names = _OWN_FILES.get(session.agent, _ANY_FILES)
        for name in names:
            fitting = [
                (folder, each)
                for each in self._orders
                if each.path.casefold().endswith(name) and _name(each.path).casefold() == name
                for folder in [_folder(each.path)]
                if self._is_within(session, each, folder)
                or (not folder and each.repository in repositories)
            ]
            yield from (each for _, each in sorted(fitting, key=lambda pair: len(pair[0])))

    def _is_within(self, session: Trajectory, history: PromptHistory, folder: str) -> bool:
        place = f"{history.repository.rstrip('/')}/{folder}".rstrip("/")
        if session.cwd is not None and f"{session.cwd.rstrip('/')}/".startswith(f"{place}/"):
            return True
        commit = session.base_commit
        is_held = commit is not None and self._lineage.holds(commit)
        return is_held and not folder and self._at_commit(history, commit or "") is not None

    def _had(self, session: Trajectory, history: PromptHistory) -> Attributed | None:
        commit = session.base_commit
        if commit is not None and self._lineage.holds(commit):
            found = self._at_commit(history, commit)
            by: Literal["commit", "moment"] = "commit"
        else:
            found, by = at_moment(history, session.started), "moment"
        return None if found is None else Attributed(self.label(history, found.name), by)

    def _at_commit(self, history: PromptHistory, commit: str) -> PromptVersion | None:
        before = self._lineage.up_to(commit)
        reached = (each for each in reversed(history.versions) if each.commit in before)
        return _standing(next(reached, None))


def at_moment(history: PromptHistory, at: datetime | None) -> PromptVersion | None:
    """Return the version that was made last before a moment; None where nobody knows."""
    dated = [each for each in history.versions if each.since is not None]
    if at is None or len(dated) < len(history.versions):
        return None
    place = bisect_right(_moments(dated), at)
    return _standing(dated[place - 1]) if place else None


def _moments(dated: Sequence[PromptVersion]) -> list[datetime]:
    return [each.since for each in dated if each.since is not None]


def _standing(version: PromptVersion | None) -> PromptVersion | None:
    return None if version is None or version.change == "deleted" else version


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _folder(path: str) -> str:
    """Return the folder whose work a file is about; an agent's own folder is about its parent."""
    return _OWN_FOLDERS.sub("", path.rpartition("/")[0])
