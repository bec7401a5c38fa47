"""Whether a log breaks off within a further request, so that not all that was asked for is done.

What was shown done before stands; the request that came after it is open. A question, thanks, or a
step of the process such as a commit leaves nothing open that was asked of the work itself.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from tracemill.label.reactions.lexicon import languages
from tracemill.records.sessions.activity import Activity

_BROKEN_OFF: Final = frozenset({"user", "open_call", "error"})
"""Endings after which the agent would have gone on."""
_WANTS_NO_WORK: Final = frozenset({"acceptance", "clarification", "abandonment"})


def open_request(activity: Activity) -> int | None:
    """Return the step of a last request on which the log breaks off, after work was shown done."""
    asked, shown = activity.last_user_step, _shown_steps(activity)
    if asked is None or not any(step < asked for step in shown):
        return None
    since = max((*shown, *activity.ran_steps, *activity.rerun_steps))
    is_open = since < asked and _breaks_off(activity, asked) and _wants_work(activity, asked)
    return asked if is_open else None


def _shown_steps(activity: Activity) -> list[int]:
    """Return the steps at which something else than the agent's words shows that work was done."""
    passed = [run.step for run in activity.checks if run.passed]
    committed = [mention.step for mention in activity.commits]
    return [*committed, *activity.pushed_steps, *passed, *activity.thanks]


def _breaks_off(activity: Activity, asked: int) -> bool:
    """Tell whether the agent came to no end; a plan that is put last is carried out elsewhere."""
    if activity.ending in _BROKEN_OFF:
        return True
    planned = activity.plans[-1].step if activity.plans else -1
    return asked < planned == activity.n_steps - 1


def _wants_work(activity: Activity, asked: int) -> bool:
    heard = [each for each in activity.reactions if each.step == asked]
    is_process = any(each.rule in _process_rules() for each in heard)
    return not is_process and not any(each.kind in _WANTS_NO_WORK for each in heard)


@cache
def _process_rules() -> frozenset[str]:
    """Return the rules by which a turn is heard to be a step of the process alone."""
    return frozenset(
        f"{code}.{phrase.name}"
        for code, language in languages().items()
        for phrase in language.phrase
        if phrase.cue == "process"
    )
