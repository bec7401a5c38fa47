"""Chat examples of answers in words: tools were there, and none was needed.

A model that only ever saw calls calls something whatever it is asked. So each turn that a person
opened, and that the agent answered without any call although it called tools in the same window,
is an example, with those tools in view. That the answer was enough must be seen: the person went
on or was content, or the work was achieved and nobody objected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from tracemill.curate.builders.chat import distrusted, make_chat, unfit
from tracemill.curate.windows.tools import tools_of_steps
from tracemill.curate.windows.windows import Turn
from tracemill.curate.windows.work import (
    Configured,
    Drop,
    DropReason,
    Window,
    Work,
)
from tracemill.records.datasets.examples import ChatExample
from tracemill.records.sessions.trajectory import Step
from tracemill.render.messages import is_trained

_ANNOUNCING: Final = re.compile(
    r"(?:\A|[.!?\n]\s*)(?:now,? |next,? |first,? |okay,? |ok,? |good,? )*"
    r"(?:let me|let's|i'll|i\u2019ll|i will|i'm going to|i\u2019m going to|i am going to)\b"
    r"[^.!?\n]*[.:\u2026]*\s*\Z",
    re.IGNORECASE,
)
"""How words end that say what comes next, and are no answer by themselves."""
_LONGEST_ENDING: Final = 1_000
"""Characters at the end of a text in which that is looked for."""
_TAGGED: Final = re.compile(r"\A<(\w+)>.*</\1>\Z", re.DOTALL)
"""Words that are a call, as agents write it that have no other way."""
_CODE: Final = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
"""A block of code in what is said."""
_MAX_CODE: Final = 1_500
"""Characters of code from which an answer is an edit in words."""
_MIN_ANSWER: Final = 30
"""Characters from which words answer anything: `Done.` does not."""
_COMMANDS: Final = ("/", "!")
"""How commands to the agent's program begin."""


class DirectBuilder(Configured):
    """Makes one example of each turn that was answered in words."""

    name: ClassVar[str] = "direct"

    def refusal(self, work: Work) -> None:
        """Refuse nothing: each answer is judged by what the person did next."""

    def has_material(self, work: Work) -> bool:
        """Tell whether tools were there and somebody asked."""
        return bool(work.activity.n_calls and work.activity.n_user_steps)

    def build(self, work: Work, window: Window) -> Iterator[ChatExample | Drop]:
        """Yield the examples of the turns of one window, and those left out."""
        tools = tools_of_steps(window.steps, work.trajectory.agent)
        if not tools or distrusted(window) is not None:
            return
        is_achieved = unfit(work.episode, self.config) is None
        for turn in window.turns:
            if not _is_in_words(turn):
                continue
            if (reason := _against(window, turn, is_achieved=is_achieved)) is not None:
                yield work.drop(reason, turn.first_step, turn.last_step)
                continue
            steps = [step for step in window.steps if step.index <= turn.last_step]
            context = {step.index for step in steps if step.index < turn.first_step}
            for made in make_chat(work, steps, context, "direct", tools=tools):
                if isinstance(made, ChatExample) and _is_command(made):
                    yield work.drop("command_turn", turn.first_step, turn.last_step)
                else:
                    yield made


def _is_command(example: ChatExample) -> bool:
    """Tell whether what was asked is a command to the program, which may take its tools away."""
    asked = [message.content for message in example.messages if message.role == "user"]
    return asked[-1].startswith(_COMMANDS)


def _is_in_words(turn: Turn) -> bool:
    own = [step for step in turn.steps if is_trained(step)]
    return bool(own) and not turn.is_cut and not any(s.calls or s.results for s in turn.steps)


def _against(window: Window, turn: Turn, *, is_achieved: bool) -> DropReason | None:
    """Return why an answer in words is not to be imitated."""
    if not any(step.speaker == "user" for step in turn.steps):
        return "no_user_step"
    own = [step for step in turn.steps if is_trained(step)]
    reason = window.disliked(turn) or next(filter(None, map(window.flaw, own)), None)
    if reason is not None:
        return reason
    if (reason := no_answer(own)) is not None:
        return reason
    reactions = window.reactions_to(turn)
    if any(each.strength < 0 for each in reactions):
        return "unwanted_answer"
    is_wanted = is_achieved or any(each.strength > 0 and each.is_sure for each in reactions)
    return None if is_wanted else "unjudged_answer"


def no_answer(own: Sequence[Step]) -> DropReason | None:
    """Return why words answer nothing, whatever was asked."""
    if sum(len(_TAGGED.sub("", step.text.strip())) for step in own) < _MIN_ANSWER:
        return "short_answer"
    if sum(map(len, _CODE.findall(own[-1].text))) > _MAX_CODE:
        return "code_answer"
    return "announcement" if _ANNOUNCING.search(own[-1].text[-_LONGEST_ENDING:]) else None
