"""What a model can be asked to judge: kinds of questions, and what one question of a kind is.

Whatever is asked, it is asked once, its answer is kept without what was said, and it is put
together with what the rules say, as a policy says. A kind says only what is its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from tracemill.label.model_judge import is_asked, standing
from tracemill.records.asking import AskingReport, ModelAnswer, Policy
from tracemill.records.datasets.examples import Message
from tracemill.records.refs import Stamp
from tracemill.store.lake import Lake

Key = tuple[str | int, ...]
"""What a question is about, and the digest of its words: what an answer is found by."""


class Says(Protocol):
    """A label: what somebody says, and who."""

    @property
    def says(self) -> str:
        """What it says, in a word."""
        ...

    @property
    def stamp(self) -> Stamp:
        """The rules or the model."""
        ...


A = TypeVar("A", bound=ModelAnswer)
A_co = TypeVar("A_co", bound=ModelAnswer, covariant=True)
L = TypeVar("L", bound=Says)


class Exchange(NamedTuple):
    """How an answer came, which is kept of each; the fields are those of `ModelAnswer`."""

    finish: str
    n_prompt_tokens: int | None
    n_answer_tokens: int | None
    seconds: float | None
    at: datetime


class Question(Protocol[A_co, L]):
    """One thing that a model can be asked about."""

    @property
    def digest(self) -> str:
        """By what its words are known; equal ones are written once."""
        ...

    @property
    def key(self) -> Key:
        """By what its answer is found."""
        ...

    @property
    def messages(self) -> tuple[Message, ...]:
        """What is asked."""
        ...

    @property
    def is_doubtful(self) -> bool:
        """Whether the rules are not sure."""
        ...

    @property
    def ruled(self) -> tuple[L, ...]:
        """What the rules say."""
        ...

    def agreed(self, said: tuple[L, ...]) -> tuple[L, ...]:
        """Return what both the rules and a model say."""
        ...

    def answer(self, text: str, by: str, exchange: Exchange) -> A_co:
        """Return what is kept of an answer in the words of the model of this name."""
        ...


@dataclass(frozen=True)
class Kind(Generic[A, L]):
    """One kind of question."""

    name: str
    """What it is called: in its command, its folder and its JSON."""
    noun: str
    """What is judged, as it is counted for people."""
    about: str
    """What is judged, as errors say it."""
    label: str
    """What is said of it, as a heading."""
    listed_by: str
    """The command that lists what is judged."""
    schema: Mapping[str, Any]
    """What an answer has to look like."""
    questions: Callable[[Lake, int | None], Iterator[Question[A, L]]]
    """Yields what may be asked about, in order: at most so many, or all."""
    form: type[A]
    """Answers as they are kept."""
    key: Callable[[A], Key]
    """By what an answer is found: the `key` of its question."""
    labels: Callable[[A], tuple[L, ...]]
    """What an answer says."""
    report: type[AskingReport]
    """What is told of a run."""

    @property
    def command(self) -> str:
        """The command that asks."""
        return f"review {self.name}s"

    def standing(
        self, question: Question[A, L], known: Mapping[Key, A], policy: Policy
    ) -> tuple[L, ...]:
        """Return what stands of one thing, with the answers that are known."""
        if not is_asked(policy, is_doubtful=question.is_doubtful):
            return question.ruled
        answer = known.get(question.key)
        said = () if answer is None else self.labels(answer)
        return standing(policy, question.ruled, said, question.agreed(said))


def digest_of(*texts: str) -> str:
    """Return by what texts are known that nobody shall read."""
    return blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=10).hexdigest()


def digest_of_question(version: int, messages: tuple[Message, ...]) -> str:
    """Return by what a question is known: its words, and the version in which it is asked."""
    return digest_of(str(version), *(each.content for each in messages))
