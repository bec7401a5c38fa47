"""Options of commands that ask a model, or let one judge: where it is, and how much it may say."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.errors import UsageError
from tracemill.cli.shared.options import Common
from tracemill.flows.models.evaluations import trained_subject
from tracemill.llm import SubjectConfig


@Parameter(name="*")
@dataclass(frozen=True)
class Door:
    """How a model is reached."""

    endpoint: str | None = None
    """Where an OpenAI-compatible server answers."""
    adapter: str | None = None
    """A LoRA adapter on top of the model."""
    template: str | None = None
    """Name or file of the template that it is spoken to in."""
    max_tokens: Annotated[int, Parameter(validator=Number(gt=0))] = 256
    """Longest answer."""
    context: Annotated[int, Parameter(validator=Number(gt=0))] = 2048
    """Longest prompt and answer together, in tokens."""

    def find(self, subject: str, name: str | None, common: Common) -> SubjectConfig:
        """Return how a subject is asked: through a door, or as it was trained here."""
        if ":" in subject:
            return self.to(subject, name)
        settled = {
            "--name": name, "--endpoint": self.endpoint, "--adapter": self.adapter,
            "--template": self.template,
        }  # fmt: skip
        given = [option for option, value in settled.items() if value is not None]
        if given:
            raise UsageError(
                f"{subject!r} was trained here, and is asked by its own name and as it was "
                f"trained: leave {' and '.join(given)} out"
            )
        return trained_subject(common.open(), subject)

    def to(self, subject: str, name: str | None) -> SubjectConfig:
        """Return where a subject is, as in `openai:NAME`."""
        backend, colon, model = subject.partition(":")
        if not (colon and model):
            raise UsageError(f"expected a door and a model as in 'openai:NAME', found {subject!r}")
        return SubjectConfig(
            backend=backend, model=model, endpoint=self.endpoint, adapter=self.adapter,
            template=self.template, context=self.context, name=name,
        )  # fmt: skip


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
