"""Every kind of question that a model is asked, with a workspace in which something is to ask."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Generic, NamedTuple, TypeVar

from tests.flows.sessions import write_session
from tests.flows.test_ingest import ingest
from tracemill.flows.deriving.judged.kinds import Kind, Says
from tracemill.flows.deriving.judged.outcomes import OUTCOMES
from tracemill.flows.deriving.judged.turns import TURNS
from tracemill.flows.reviews.asking import Labelled, Wanted, ask, take, write
from tracemill.flows.reviews.interview import QUESTIONS, Limits
from tracemill.flows.wheel.turn import Options, turn
from tracemill.llm import AskSettings, SubjectConfig
from tracemill.records.asking import Policy
from tracemill.records.sessions.turn_labels import TurnLabel
from tracemill.records.work.outcome_labels import OutcomeLabel
from tracemill.store.workspace import Workspace
from tracemill.synth.generation import SpendingLimit

AT: Final = datetime(2026, 3, 1, tzinfo=UTC)
READER: Final = SubjectConfig(backend="openai", model="reader")
MODEL: Final = "scripted:script.jsonl"
HOME: Final = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
N_TURNS: Final = 4
N_HEARD: Final = N_TURNS - 1
"""Turns behind something that the agent did."""
N_SILENT: Final = 3
"""Sessions of which the rules know nothing; of one more they know that tests passed."""
L = TypeVar("L", bound=Says)


def said_of_turn(evidence: str = "please", kind: str = "correction") -> str:
    return json.dumps({"labels": [{"class": kind, "evidence": evidence, "confidence": 0.9}]})


def said_of_work(
    outcome: str = "failed", step: int | None = 0, evidence: str | None = "please"
) -> str:
    given = {"outcome": outcome, "step": step, "evidence": evidence, "confidence": 0.9}
    return json.dumps(given)


def with_turns(folder: Path) -> Workspace:
    made = Workspace(folder / "ws")
    write_session(folder / "logs", "s1", N_TURNS, "wonder")
    ingest(made, [folder / "logs"])
    return made


def with_work(folder: Path) -> Workspace:
    made = Workspace(folder / "ws")
    for name, word in (("s1", "wonder"), ("s2", "ask Wanda"), ("s4", "ponder")):
        path = write_session(folder / "in", name, 2, word)
        path.write_bytes(path.read_bytes().replace(b"pytest -q", b"cat a.txt"))
    write_session(folder / "in", "s3", 2, "tested")
    turn(made, [folder / "in"], HOME, Options(workers=1), lambda _progress: None)
    return made


class Asked(NamedTuple, Generic[L]):
    """A kind of question, and how a test asks it."""

    kind: Kind[Any, L]
    policy: Policy
    made: Callable[[Path], Workspace]
    n: int
    """How many questions there are."""
    said: Callable[..., str]
    """What a model says that is believed."""

    def ask(
        self,
        workspace: Workspace,
        answers: Sequence[str],
        policy: Policy | None = None,
        *,
        is_dry: bool = False,
        **limits: Any,
    ) -> Labelled[L]:
        script = workspace.root.parent / "script.jsonl"
        script.write_text("".join(json.dumps({"text": text}) + "\n" for text in answers))
        wanted = Wanted(policy or self.policy, None, Limits(AskSettings(), SpendingLimit(**limits)))
        config = SubjectConfig(backend="scripted", model=str(script))
        return ask(workspace, self.kind, config, wanted, clock=lambda: AT, is_dry=is_dry)

    def kept(self, workspace: Workspace) -> list[Path]:
        return sorted((workspace.root / f"{self.kind.name}-labels").glob("*"))

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.policy, None, Limits(AskSettings(), SpendingLimit()))

    def written(self, workspace: Workspace, folder: Path) -> list[dict[str, Any]]:
        write(workspace, self.kind, READER, self.wanted, folder=folder)
        return [json.loads(line) for line in (folder / QUESTIONS).read_text().splitlines()]

    def names(self, workspace: Workspace, folder: Path) -> list[str]:
        return [each["custom_id"] for each in self.written(workspace, folder)]

    def taken(self, workspace: Workspace, file: Path) -> Labelled[L]:
        return take(workspace, self.kind, READER, self.wanted, file=file, clock=lambda: AT)

    def answered(self, workspace: Workspace, folder: Path, answers: dict[str, str]) -> Labelled[L]:
        file = folder / "answers.jsonl"
        lines = [{"custom_id": name, "answer": text} for name, text in answers.items()]
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return self.taken(workspace, file)


ASKED_TURNS: Final[Asked[TurnLabel]] = Asked(TURNS, "all", with_turns, N_HEARD, said_of_turn)
ASKED_WORK: Final[Asked[OutcomeLabel]] = Asked(
    OUTCOMES, "unknown", with_work, N_SILENT, said_of_work
)
ASKED: Final[tuple[Asked[Any], ...]] = (ASKED_TURNS, ASKED_WORK)


def by_model(found: Labelled[Any]) -> list[Any]:
    return [label for label in found.labels if label.method == "model"]
