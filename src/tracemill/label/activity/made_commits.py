"""Which commits a session made, by structured results and by what git printed, and asked for."""

from __future__ import annotations

from typing import Final, NamedTuple

from tracemill.label.calls.commits import is_temporary, said_commits
from tracemill.label.calls.shell_calls import ShellCall
from tracemill.label.reactions.taken_back import TakenBack
from tracemill.records.sessions.activity import AskedCommit, CommitMention
from tracemill.records.sessions.trajectory import ToolResult

_MOST_ASKED: Final = 500


class _Made(NamedTuple):
    mention: CommitMention
    place: str | None
    call_id: str | None = None


class MadeCommits:
    """Gathers commits as results come in."""

    def __init__(self) -> None:
        self._made: list[_Made] = []
        self._asked: list[AskedCommit] = []

    def result(self, result: ToolResult, step: int) -> None:
        """Take a result, which may name a commit in a field of its own."""
        if result.commit is not None:
            named = CommitMention(sha=result.commit, step=step, is_structured=True)
            self._made.append(_Made(named, None, result.call_id))

    def ended(self, call: ShellCall, exit_code: int | None, text: str) -> None:
        """Take a command that asked git for commits or took some back, and what came of it."""
        if call.drops and exit_code == 0:
            del self._made[-call.drops :]
        for said in said_commits(text):
            mention = CommitMention(
                sha=said.sha, step=call.step, branch=said.branch, subject=said.subject
            )
            self._made.append(_Made(mention, call.place))
        for subject in call.subjects:
            if not exit_code and len(self._asked) < _MOST_ASKED:
                self._asked.append(AskedCommit(subject=subject, step=call.step, at=call.at))

    @property
    def asked(self) -> tuple[AskedCommit, ...]:
        """Commits that commands asked for and that did not fail, in order."""
        return tuple(self._asked)

    def finish(self, cwd: str | None, taken_back: TakenBack) -> tuple[CommitMention, ...]:
        """Return the commits that stand; what was tried out in a scratch folder is none."""
        is_temporary_work = is_temporary(cwd)
        return tuple(
            made.mention
            for made in self._made
            if (is_temporary_work or not is_temporary(made.place))
            and taken_back.stands(made.call_id)
        )
