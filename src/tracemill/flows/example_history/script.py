"""Scripts: what happened in the example's repository and sessions, as readable data.

A script says what people and agents said and did; formats, ids, times and hashes are made from it.
Texts may cite what is only known while the example is built: `{{sha:LABEL}}` and `{{sha7:LABEL}}`
a commit, `{{secret:NAME}}` a planted secret, `{{cwd}}` and `{{home}}` the session's folders.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any, Final

_DATA: Final = files("tracemill.flows") / "example_data"
_CITED: Final = re.compile(r"\{\{(\w+)(?::([\w-]+))?\}\}")
_VERBS: Final = (
    "read",
    "run",
    "edit",
    "write",
    "grep",
    "todo",
    "plan",
    "task",
    "done",
    "ask",
    "branch",
    "commit",
)


@dataclass(frozen=True)
class Person:
    """Somebody of the team."""

    name: str
    email: str
    home: str


@dataclass(frozen=True)
class Call:
    """One thing that an agent does: a verb, what it is done to, and more by name."""

    verb: str
    object: Any
    more: Mapping[str, Any]


@dataclass(frozen=True)
class Turn:
    """What one speaker says, and an agent does, before the other has the word."""

    user: str | None
    notice: str | None
    say: str | None
    think: str | None
    calls: tuple[Call, ...]
    wait: float | None
    """Seconds since the last thing that happened; None for a usual pause."""


@dataclass(frozen=True)
class Script:
    """One session, or the work of one subagent in it."""

    label: str
    session: Mapping[str, Any]
    turns: tuple[Turn, ...]
    agents: Mapping[str, Script]

    @property
    def start(self) -> datetime:
        """Moment of the first thing that happened."""
        start: datetime = self.session["start"]
        return start


def load_data(name: str) -> dict[str, Any]:
    """Return one of the data files."""
    return tomllib.loads((_DATA / f"{name}.toml").read_text("utf-8"))


def load_script(name: str) -> Script:
    """Return one session's script."""
    data = load_data(name)
    agents = {
        label: Script(label, data["session"] | agent, _turns(agent["steps"]), {})
        for label, agent in data.get("agents", {}).items()
    }
    return Script(name, data["session"], _turns(data["steps"]), agents)


def load_secrets() -> dict[str, str]:
    """Return the planted secrets by name, put together from their parts."""
    return {name: "".join(secret["parts"]) for name, secret in load_data("secrets").items()}


def fill(text: str, known: Callable[[str, str], str]) -> str:
    """Return `text` with each thing that it cites in its place."""
    return _CITED.sub(lambda cited: known(cited[1], cited[2] or ""), text)


def _turns(steps: list[dict[str, Any]]) -> tuple[Turn, ...]:
    return tuple(
        Turn(
            user=step.get("user"),
            notice=step.get("notice"),
            say=step.get("say"),
            think=step.get("think"),
            calls=tuple(_call(call) for call in step.get("calls", ())),
            wait=step.get("wait"),
        )
        for step in steps
    )


def _call(data: dict[str, Any]) -> Call:
    verb = next(verb for verb in _VERBS if verb in data)
    more = {name: value for name, value in data.items() if name != verb}
    return Call(verb, data[verb], more)
