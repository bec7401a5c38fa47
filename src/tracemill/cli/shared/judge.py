"""Options of commands that may ask a judge."""

from dataclasses import dataclass

from cyclopts import Parameter

from tracemill.cli.shared.door import Door
from tracemill.llm import SubjectConfig


@Parameter(name="*")
@dataclass(frozen=True)
class Judge:
    """Who says whether answers are right."""

    judge: str | None = None
    """A model that says whether an answer is right, as `openai:NAME`; no rule can tell that of
    plain words."""
    judge_endpoint: str | None = None
    """Where it answers."""

    def config(self) -> SubjectConfig | None:
        """Return where the judge is; None where none is named."""
        return (
            None if self.judge is None else Door(endpoint=self.judge_endpoint).to(self.judge, None)
        )
