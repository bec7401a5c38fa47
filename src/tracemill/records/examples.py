"""Training examples, one type for each way in which a model can learn from them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from tracemill.records.refs import Ratio, Record, Span

Split = Literal["train", "validation", "test"]
"""Which part of the dataset an example is in; one episode is never in two."""


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


ChatBuilder = Literal["session", "recovery"]
"""`session`: work that was achieved; `recovery`: the way from a failure to what worked."""

PreferenceBuilder = Literal["retry", "correction", "rejection"]
"""`retry`: a call failed, the same with other arguments worked; `correction`: a person said that
the answer was wrong; `rejection`: a person refused the step, or took it back."""


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
    split: Split
    """Which part of the dataset it is in."""
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
    split: Split
    """Which part of the dataset it is in."""
    tags: tuple[str, ...] = ()
    """What is known about it."""


Example = ChatExample | PreferenceExample
"""Any example."""
