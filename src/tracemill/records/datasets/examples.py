"""Training examples, one type for each way in which a model can learn from them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec

from tracemill.records.refs import Ratio, Record, Ref, Span
from tracemill.records.sessions.activity import CheckKind

Split = Literal["train", "validation", "test"]
"""Which part of a dataset an example is in; no piece of work is ever in two."""


SYNTHETIC: Final = "origin:synthetic"
"""The tag of everything that was made up."""


class Message(Record, frozen=True, kw_only=True):
    """One chat message as a trainer sees it."""

    role: Literal["system", "user", "assistant", "tool"]
    """Who speaks."""
    content: str = ""
    """What is said."""
    reasoning: str | None = None
    """What the model thought before it spoke."""
    tool_calls: tuple[dict[str, Any], ...] = ()
    """Calls in the chat template's form: type, id, function name and arguments."""
    tool_call_id: str | None = None
    """For `tool`: the call that this answers."""
    name: str | None = None
    """For `tool`: name of the tool that answers."""
    trained: bool = False
    """Whether the loss is computed on this message."""


class Lineage(Record, frozen=True, kw_only=True):
    """What part of which input an example was made from."""

    episode_id: str
    """The episode."""
    trajectory_id: str
    """The trajectory."""
    first_step: int
    """Index of the first step used."""
    last_step: int
    """Index of the last step used."""
    input_id: str
    """The input that holds the steps."""
    uri: str
    """The input's address, with personal parts pseudonymised."""
    content: str
    """SHA-256 of the input's bytes, which finds them in the archive."""
    span: Span
    """Bytes of the input, from the first step's first line to the last step's last."""


ChatBuilder = Literal["session", "whole", "turn", "direct", "view", "spec", "recovery"]
"""`session`: work that was achieved, as windows of whole turns; `whole`: the same, where all of a
session is one window; `turn`: each turn of it by itself, behind what was said before; `direct`: an
answer in words, where tools were there and none was needed; `view`: one kind of thing that is done
in such work, and nothing else; `spec`: from a written plan to what carries it out; `recovery`: the
way from a failure to what worked."""

PreferenceBuilder = Literal["retry", "correction", "rejection"]
"""`retry`: a call failed, the same with other arguments worked; `correction`: a person said that
the answer was wrong; `rejection`: a person refused the step, or took it back."""

UnpairedBuilder = Literal["reaction", "handoff"]
"""`reaction`: what a person said or did next tells whether the message was right; `handoff`: what
became of the session that went on tells whether the words were that handed the work over."""

StepwiseBuilder = Literal["recovery"]
"""`recovery`: what failed on the way, and what worked in the end, tells which steps were right."""

PromptBuilder = Literal["verified"]
"""`verified`: a check that failed or was not there before, and passed in the end, tells whether
another answer to the same request is right."""


class ChatExample(Record, frozen=True, kw_only=True, tag_field="kind", tag="chat"):
    """Supervised: imitate the trained messages."""

    id: str
    """Derived from messages and tools, so equal examples have equal ids."""
    builder: ChatBuilder = "session"
    """What it shows."""
    messages: Annotated[tuple[Message, ...], msgspec.Meta(min_length=1)]
    """The messages in their order."""
    tools: tuple[dict[str, Any], ...] = ()
    """JSON Schemas of the tools that the messages call, as far as they can be inferred."""
    lineage: Annotated[tuple[Lineage, ...], msgspec.Meta(min_length=1)]
    """What it was made from; an example without lineage cannot be withdrawn."""
    split: Split | None = None
    """Which part of a dataset it is in; None while it is in none."""
    tags: tuple[str, ...] = ()
    """What is known about it, for example `outcome:achieved`."""


class PreferenceExample(Record, frozen=True, kw_only=True, tag_field="kind", tag="preference"):
    """Preference pair: of two ways to go on from the same place, the better one."""

    id: str
    """Derived from messages and tools, so equal examples have equal ids."""
    builder: PreferenceBuilder
    """What tells which one is better."""
    prompt: Annotated[tuple[Message, ...], msgspec.Meta(min_length=1)]
    """What was said before both."""
    chosen: Annotated[tuple[Message, ...], msgspec.Meta(min_length=1)]
    """The better one: only what the agent itself said."""
    rejected: Annotated[tuple[Message, ...], msgspec.Meta(min_length=1)]
    """The worse one."""
    tools: tuple[dict[str, Any], ...] = ()
    """JSON Schemas of the tools that the messages call, as far as they can be inferred."""
    margin: Ratio
    """By how much it is better, as far as the evidence says: 1 where the log itself proves it."""
    lineage: Annotated[tuple[Lineage, ...], msgspec.Meta(min_length=1)]
    """What it was made from: the prompt with what was rejected, then what was chosen."""
    split: Split | None = None
    """Which part of a dataset it is in; None while it is in none."""
    tags: tuple[str, ...] = ()
    """What is known about it."""


class UnpairedExample(Record, frozen=True, kw_only=True, tag_field="kind", tag="unpaired"):
    """Unpaired preference: one way to go on, and whether it was right."""

    id: str
    """Derived from messages, label and tools, so equal examples have equal ids."""
    builder: UnpairedBuilder
    """What tells whether it was right."""
    prompt: Annotated[tuple[Message, ...], msgspec.Meta(min_length=1)]
    """What was said before."""
    completion: Annotated[tuple[Message, ...], msgspec.Meta(min_length=1)]
    """What the agent itself said: never what a tool returned."""
    label: bool
    """Whether it was right."""
    strength: Ratio
    """How sure that is: strength of the evidence times its sureness."""
    evidence: Annotated[tuple[Ref, ...], msgspec.Meta(min_length=1)]
    """Steps that show it."""
    tools: tuple[dict[str, Any], ...] = ()
    """JSON Schemas of the tools that the messages call, as far as they can be inferred."""
    lineage: Annotated[tuple[Lineage, ...], msgspec.Meta(min_length=1)]
    """What it was made from."""
    split: Split | None = None
    """Which part of a dataset it is in; None while it is in none."""
    tags: tuple[str, ...] = ()
    """What is known about it, for example `reaction:acceptance`."""


class StepwiseExample(Record, frozen=True, kw_only=True, tag_field="kind", tag="stepwise"):
    """Stepwise supervision: the steps of one way, and which of them were right.

    A completion ends with the step that its label judges. Before that stand, in their order,
    what came back for the step before, and steps of which nothing tells whether they were right.
    """

    id: str
    """Derived from messages, labels and tools, so equal examples have equal ids."""
    builder: StepwiseBuilder
    """What tells which steps were right."""
    prompt: Annotated[tuple[Message, ...], msgspec.Meta(min_length=1)]
    """What was said before the first step."""
    completions: Annotated[tuple[tuple[Message, ...], ...], msgspec.Meta(min_length=1)]
    """The steps in their order; what comes back for the last one is in none."""
    labels: Annotated[tuple[bool, ...], msgspec.Meta(min_length=1)]
    """For each completion, whether its last message was right."""
    tools: tuple[dict[str, Any], ...] = ()
    """JSON Schemas of the tools that the messages call, as far as they can be inferred."""
    lineage: Annotated[tuple[Lineage, ...], msgspec.Meta(min_length=1)]
    """What it was made from."""
    split: Split | None = None
    """Which part of a dataset it is in; None while it is in none."""
    tags: tuple[str, ...] = ()
    """What is known about it."""


class Verifier(Record, frozen=True, kw_only=True):
    """What decides whether an answer is right, and where to begin."""

    check: CheckKind
    """What it checks."""
    command: str
    """The command that passed, without what only shortened its output."""
    cwd: str | None = None
    """Folder in which the session ran; None where its log does not tell."""
    repository: str | None = None
    """Address of the repository; None where nobody recorded it."""
    start_commit: str
    """Hash of the commit from which the work began."""
    end_commit: str | None = None
    """Hash of the last commit of the work, on which the check passes; None where none is known."""
    evidence: Annotated[tuple[Ref, ...], msgspec.Meta(min_length=1)]
    """The step in which it passed, and gate runs that say so."""


class PromptExample(Record, frozen=True, kw_only=True, tag_field="kind", tag="prompt"):
    """Prompt only: what was asked, and what decides whether an answer is right."""

    id: str
    """Derived from messages, verifier and tools, so equal examples have equal ids."""
    builder: PromptBuilder
    """What the verifier is known from."""
    prompt: Annotated[tuple[Message, ...], msgspec.Meta(min_length=1)]
    """What was asked; it ends with a person's words."""
    verifier: Verifier
    """What decides whether an answer is right."""
    tools: tuple[dict[str, Any], ...] = ()
    """JSON Schemas of the tools that were used, as far as they can be inferred."""
    lineage: Annotated[tuple[Lineage, ...], msgspec.Meta(min_length=1)]
    """What it was made from."""
    split: Split | None = None
    """Which part of a dataset it is in; None while it is in none."""
    tags: tuple[str, ...] = ()
    """What is known about it."""


Example = ChatExample | PreferenceExample | UnpairedExample | StepwiseExample | PromptExample
"""Any example."""


def kind_of(example: Example) -> str:
    """Return what kind of example it is, as its record says."""
    return str(example.__struct_config__.tag)


def messages_of(example: Example) -> tuple[Message, ...]:
    """Return every message of an example: the prompt first, then each side or step."""
    match example:
        case ChatExample():
            return example.messages
        case PreferenceExample():
            return (*example.prompt, *example.chosen, *example.rejected)
        case UnpairedExample():
            return (*example.prompt, *example.completion)
        case StepwiseExample():
            return (*example.prompt, *(m for each in example.completions for m in each))
        case PromptExample():
            return example.prompt
