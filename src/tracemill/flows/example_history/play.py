"""Play a script in the repository: do what it says, and note when and with what result.

What comes out holds no trace of a format; the Claude Code and Codex writers put it into theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from tracemill.flows.example_history.repository import Repository
from tracemill.flows.example_history.script import Call, Person, Script, Turn, fill

_USUAL_PAUSE: Final = 48.0
_THINKING: Final = 4.6
_SECONDS: Final[Mapping[str, float]] = {"run": 1.4, "ask": 0.0, "commit": 0.3}
_INSTANT: Final = 0.06


@dataclass(frozen=True)
class Done:
    """One call and what came of it."""

    call: Call
    asked: datetime
    answered: datetime
    said: str = ""
    """What the tool printed, or the text of the file."""
    before: str | None = None
    after: str | None = None
    """The file before and after an edit."""
    sha: str | None = None
    inner: Performance | None = None
    """What a subagent did."""

    @property
    def exit_code(self) -> int:
        """Exit code of a command."""
        code: int = self.call.more.get("exit", 0)
        return code

    @property
    def refusal(self) -> str | None:
        """What the person said when refusing the call; None where it was not refused."""
        refusal: str | None = self.call.more.get("refused")
        return refusal


@dataclass(frozen=True)
class Act:
    """A turn as it happened."""

    at: datetime
    branch: str
    """The branch on which it began."""
    user: str | None = None
    notice: str | None = None
    say: str | None = None
    think: str | None = None
    done: tuple[Done, ...] = ()


@dataclass(frozen=True)
class Performance:
    """A session as it happened."""

    script: Script
    acts: tuple[Act, ...]
    cwd: str
    branch: str
    base: str
    """The commit at which it began."""


@dataclass
class Stage:
    """What sessions share: the repository, the people, and what texts may cite."""

    repository: Repository
    people: Mapping[str, Person]
    secrets: Mapping[str, str]
    shas: dict[str, str] = field(default_factory=dict)

    def play(self, script: Script, now: datetime | None = None) -> Performance:
        """Do what a script says."""
        person = self.people[script.session["by"]]
        player = _Player(self, script, person, now or script.start)
        branch, base = self.repository.branch, self.repository.head()
        acts = tuple(player.acts())
        return Performance(script, acts, player.cwd, branch, base)

    def fill(self, text: str, cwd: str = "", home: str = "") -> str:
        """Return `text` with what it cites."""

        def known(kind: str, name: str) -> str:
            match kind:
                case "sha":
                    return self.shas[name]
                case "sha7":
                    return self.shas[name][:7]
                case "secret":
                    return self.secrets[name]
                case _:
                    return {"cwd": cwd, "home": home}[kind]

        return fill(text, known)


class _Effect(NamedTuple):
    """What a call brought about."""

    said: str = ""
    after: str | None = None
    sha: str | None = None
    inner: Performance | None = None


@dataclass
class _Player:
    stage: Stage
    script: Script
    person: Person
    now: datetime

    @property
    def cwd(self) -> str:
        folder: str = self.script.session["folder"]
        return f"{self.person.home}/{folder}"

    def acts(self) -> Iterator[Act]:
        for turn in self.script.turns:
            yield self._act(turn)

    def _act(self, turn: Turn) -> Act:
        branch = self.stage.repository.branch
        if turn.user is not None or turn.notice is not None:
            self._pass(_USUAL_PAUSE if turn.wait is None else turn.wait)
            return Act(self.now, branch, user=self._fill(turn.user), notice=turn.notice)
        words = f"{turn.think or ''}{turn.say or ''}"
        self._pass(_THINKING + len(words) / 60 if turn.wait is None else turn.wait)
        at = self.now
        say, think = self._fill(turn.say), self._fill(turn.think)
        done = tuple(self._do(call) for call in turn.calls)
        return Act(at, branch, say=say, think=think, done=done)

    def _do(self, call: Call) -> Done:
        self._pass(0.7)
        asked = self.now
        self._pass(call.more.get("wait", _SECONDS.get(call.verb, _INSTANT)))
        filled = Call(call.verb, self._filled(call.object), self._filled(call.more))
        if "refused" in call.more:
            return Done(filled, asked, self.now, before=self._text(filled))
        return self._perform(filled, asked)

    def _perform(self, call: Call, asked: datetime) -> Done:
        before = self._text(call)
        effect = self._effect(call, before)
        return Done(
            call,
            asked,
            self.now,
            said=effect.said,
            before=before,
            after=effect.after,
            sha=effect.sha,
            inner=effect.inner,
        )

    def _effect(self, call: Call, before: str | None) -> _Effect:
        repository = self.stage.repository
        match call.verb:
            case "read":
                return _Effect(before or "")
            case "edit" | "write":
                return _Effect(after=self._changed(call))
            case "branch":
                repository.start_branch(call.object)
                return _Effect(f"Switched to a new branch '{call.object}'")
            case "commit":
                made = repository.commit(call.object, self.person, self.now)
                self.stage.shas[call.more["label"]] = made.sha
                return _Effect(made.said, sha=made.sha)
            case "ask":
                return self._ask(call.object)
            case _:
                return _Effect(call.more.get("out", "").rstrip("\n"))

    def _changed(self, call: Call) -> str:
        """Change a file; return its new text."""
        if call.verb == "edit":
            return self.stage.repository.replace(call.object, call.more["old"], call.more["new"])
        self.stage.repository.write(call.object, call.more["text"])
        text: str = call.more["text"]
        return text

    def _ask(self, label: str) -> _Effect:
        """Let a subagent work, and wait for its report."""
        inner = self.stage.play(self.script.agents[label], self.now)
        self.now = inner.acts[-1].at + timedelta(seconds=1)
        return _Effect(inner.acts[-1].say or "", inner=inner)

    def _text(self, call: Call) -> str | None:
        has_file = call.verb in {"read", "edit", "write"}
        return self.stage.repository.read(call.object) if has_file else None

    def _pass(self, seconds: float) -> None:
        self.now += timedelta(milliseconds=round(seconds * 1000))

    def _fill(self, text: str | None) -> str | None:
        return None if text is None else self.stage.fill(text, self.cwd, self.person.home)

    def _filled(self, value: Any) -> Any:
        """Return `value` with all texts in it filled."""
        match value:
            case str():
                return self._fill(value)
            case list():
                return [self._filled(one) for one in value]
            case dict():
                return {name: self._filled(one) for name, one in value.items()}
            case _:
                return value


def stamp(at: datetime) -> str:
    """Return a moment as agents write it, to the millisecond."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
