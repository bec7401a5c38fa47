"""Which commits a session made, by structured results and by what git printed, and asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from tracemill.label.calls.commits import is_temporary, logged_commits, said_commits
from tracemill.label.calls.shell_calls import RunningCall, ShellCall
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
        told = tuple(said_commits(text)) or tuple(logged_commits(text, call.subjects))
        for said in told:
            mention = CommitMention(
                sha=said.sha, step=call.step, branch=said.branch, subject=said.subject
            )
            self._made.append(_Made(mention, call.place))
        self._ask(call)

    def asked(self, unanswered: Iterable[object]) -> tuple[AskedCommit, ...]:
        """Return the commits that commands asked for, in order; git alone knows which were made.

        What failed may be a push behind the commit, or a hook that was stopped. A tool that saves
        the log at each commit cuts it right behind the command, so calls that nobody answered ask
        too.
        """
        calls = (each.call if isinstance(each, RunningCall) else each for each in unanswered)
        for call in dict.fromkeys(calls):
            if isinstance(call, ShellCall):
                self._ask(call)
        return tuple(self._asked)

    def _ask(self, call: ShellCall) -> None:
        for subject in call.subjects:
            if len(self._asked) < _MOST_ASKED:
                self._asked.append(AskedCommit(subject=subject, step=call.step, at=call.at))

    def finish(self, cwd: str | None, taken_back: TakenBack) -> tuple[CommitMention, ...]:
        """Return the commits that stand; what was tried out in a scratch folder is none."""
        is_temporary_work = is_temporary(cwd)
        return tuple(
            made.mention
            for made in self._made
            if (is_temporary_work or not is_temporary(made.place))
            and taken_back.stands(made.call_id)
        )
