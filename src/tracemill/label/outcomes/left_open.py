"""What was shown done before a person went on, and whether what they then asked for was left open.

What was shown done before stands, and is all that is proven where the agent came to an end with
the rest. Where the log breaks off, or ends with a question that a tool put to a person and nobody
answered, the request that came after it is open. A person's question, thanks, or a step of the
process such as a commit leaves nothing open that was asked of the work itself.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from tracemill.label.reactions.lexicon import languages
from tracemill.records.sessions.activity import Activity

_BROKEN_OFF: Final = frozenset({"user", "open_call", "error"})
"""Endings after which the agent would have gone on."""
_LIKELY: Final = 0.5
"""How sure a fault is to be that makes what was checked before it doubtful."""
_WANTS_NO_WORK: Final = frozenset({"acceptance", "clarification", "abandonment"})


def open_request(activity: Activity) -> int | None:
    """Return the step of a last request on which the log breaks off, after work was shown done."""
    asked, shown = activity.last_user_step, _shown_steps(activity)
    if asked is None or not any(step < asked for step in shown):
        return None
    is_open = _is_unshown(activity, asked, max(shown))
    is_open = is_open and _breaks_off(activity, asked) and _wants_work(activity, asked)
    return asked if is_open else None


def is_shown_before(activity: Activity) -> bool:
    """Tell whether a request was shown done, and what came since is told.

    Praise holds for what it speaks of, whatever fault is found with what came later. Of what was
    checked nobody may say that: a fault that is named later may be one of it.
    """
    undone = max(activity.taken_back_steps, default=-1)
    is_checked = any(step > _last_against(activity) for step in activity.checked_turns)
    is_praised = any(step > undone for step in (*activity.thanks, *activity.granted_turns))
    return _is_told(activity) and (is_checked or is_praised)


def is_done_as_asked(activity: Activity) -> bool:
    """Tell whether a command by itself was what a person had asked for, and nobody said no."""
    is_done = any(step > _last_against(activity) for step in activity.done_steps)
    return _is_told(activity) and is_done


def _is_told(activity: Activity) -> bool:
    has_worked = activity.n_calls > activity.n_errors
    return activity.ending == "agent" and has_worked and not activity.is_cut_off


def _last_against(activity: Activity) -> int:
    """Return the last step at which a person found fault, said no, or took something back."""
    faults = [each.step for each in activity.corrections if each.confidence >= _LIKELY]
    stops = (*activity.rejected_steps, *activity.interrupted_steps)
    return max((*faults, *stops, *activity.taken_back_steps, 0))


def _shown_steps(activity: Activity) -> list[int]:
    """Return the steps at which something else than the agent's words shows that work was done."""
    passed = [run.step for run in activity.checks if run.passed]
    ran = [*activity.ran_steps, *activity.rerun_steps]
    said = [*activity.thanks, *activity.granted_turns]
    return [*_kept_steps(activity), *passed, *ran, *activity.done_steps, *said]


def _kept_steps(activity: Activity) -> list[int]:
    return [*(mention.step for mention in activity.commits), *activity.pushed_steps]


def _is_unshown(activity: Activity, asked: int, since: int) -> bool:
    """Tell whether nothing shows the last request done, or code was edited on after what did."""
    edited = -1 if activity.last_code_edit_step is None else activity.last_code_edit_step
    is_kept = max(_kept_steps(activity), default=-1) >= asked
    return since < asked or (since < edited and not is_kept)


def _breaks_off(activity: Activity, asked: int) -> bool:
    """Tell whether the agent came to no end; a plan that is put last is carried out elsewhere."""
    goes_on = activity.is_cut_off or activity.is_waiting
    if activity.ending in _BROKEN_OFF or (activity.ending == "agent" and goes_on):
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
