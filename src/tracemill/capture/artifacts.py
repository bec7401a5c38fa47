"""What a program's model wrote, kept attempt by attempt, and rules that judge it on the spot.

A program that lets a model write code for it knows at once what a history tells late or never:
whether the code holds to the program's own rules. It says the rules once, and keeps each attempt
with what they said:

    RULES = [Rule("has_view_decorator", "structural", lacks_decorator)]
    artifacts = ArtifactCollector("traces")

    verdict = validate(code, RULES)
    artifacts.record("Create a user view", "view", code, verdict, "views/user.py")

`tracemill run traces` reads the attempts: what was let through is imitated, and an attempt that was
not makes a pair with the one that was. The lines hold what was said as it was: keep the folder to
yourself, and let Tracemill redact what it reads.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypedDict, Unpack

PREFIX: Final = "monty-traces"
"""How the names of such files begin where teams keep them already."""
MOST_SAID: Final = 5
"""Messages before the request that are kept with an attempt."""
RuleKind = Literal["structural", "convention", "domain"]
"""What a rule looks at: the form of the code, a team's way of writing, what its domain asks for."""


class Rule(NamedTuple):
    """One thing that an artifact must hold to."""

    name: str
    """What it is called; of an artifact that breaks it, this is the type of the error."""
    kind: RuleKind
    """What it looks at."""
    fault: Callable[[str], str | None]
    """Says of code what is wrong with it; None where it holds to the rule."""


class Verdict(NamedTuple):
    """What one rule says of an artifact."""

    rule: str
    """Its name."""
    kind: RuleKind
    """What it looks at."""
    error_message: str | None
    """What is wrong; None where nothing is."""


class Validation(NamedTuple):
    """What all rules say."""

    verdicts: tuple[Verdict, ...]
    """One for each rule, in their order."""
    time_ms: float
    """How long they took, in milliseconds."""

    @property
    def is_passed(self) -> bool:
        """Whether no rule is broken."""
        return self.error_type is None

    @property
    def quality(self) -> float:
        """1 where no rule is broken, else 0."""
        return float(self.is_passed)

    @property
    def error_type(self) -> str | None:
        """Name of the first rule that is broken; None where none is."""
        return next((each.rule for each in self.verdicts if each.error_message is not None), None)


def validate(code: str, rules: Iterable[Rule]) -> Validation:
    """Ask every rule, also those behind one that is broken; what a rule raises is its own fault."""
    began = time.perf_counter()
    verdicts = tuple(Verdict(rule.name, rule.kind, rule.fault(code)) for rule in rules)
    return Validation(verdicts, round((time.perf_counter() - began) * 1_000, 3))


class About(TypedDict, total=False):
    """What else is known of an attempt; what is not said is unknown."""

    type_check_passed: bool
    """What a type checker says."""
    said_before: Sequence[Mapping[str, str]]
    """Messages with `role` and `content`, oldest first; the last five are kept."""
    retry_count: int
    """Attempts at the same artifact before this one."""
    generation_time_ms: float
    """How long the model took, in milliseconds."""
    model: str
    """Which model it was."""
    session_id: str
    """The agent's own id of the session."""
    at: datetime
    """When it was, with its offset to UTC; now, where not given."""


class ArtifactCollector:
    """Keeps attempts in a folder, in a file for each day."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)

    def record(
        self,
        prompt: str,
        artifact_type: str,
        generated_code: str,
        validation: Validation,
        file_path: str | os.PathLike[str] | None = None,
        **about: Unpack[About],
    ) -> None:
        """Keep one attempt on disk before returning.

        Args:
            prompt: what was asked for.
            artifact_type: what it is, for example `view`.
            generated_code: what the model wrote.
            validation: what the rules say of it.
            file_path: where it goes.
            about: what else is known of it.

        Raises:
            OSError: the folder or file cannot be written to.
        """
        at = about.get("at")
        moment = _now() if at is None else at.isoformat()
        said = about.get("said_before", ())[-MOST_SAID:]
        told: dict[str, Any] = {
            "timestamp": moment,
            "artifact_type": artifact_type,
            "user_request": prompt,
            "generated_code": generated_code,
            "validation_passed": validation.is_passed,
            "type_check_passed": about.get("type_check_passed"),
            "file_path": None if file_path is None else os.fspath(file_path),
            "agent_model": about.get("model"),
            "session_id": about.get("session_id"),
            "retry_count": about.get("retry_count"),
            "generation_time_ms": about.get("generation_time_ms"),
            "validation_time_ms": validation.time_ms,
            "validation_errors": [_told(verdict) for verdict in validation.verdicts],
            "conversation_context": [
                {"role": each["role"], "content": each["content"]} for each in said
            ],
        }
        known = {name: value for name, value in told.items() if value is not None}
        self._append(moment[:10], json.dumps(known).encode() + b"\n")

    def _append(self, day: str, line: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{PREFIX}-{day}.jsonl"
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(file, "ab") as opened:
            opened.write(line)
            opened.flush()
            os.fsync(file)


def _told(verdict: Verdict) -> dict[str, Any]:
    told: dict[str, Any] = {
        "rule": verdict.rule,
        "kind": verdict.kind,
        "failed": verdict.error_message is not None,
    }
    return (
        told if verdict.error_message is None else {**told, "error_message": verdict.error_message}
    )


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
