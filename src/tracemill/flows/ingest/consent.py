"""How much of an input may be kept: decided before anything of it is.

A rule may name the place where a session ran, which a log tells only within; then the input is
gone through once beforehand, and nothing of it is kept meanwhile. Where several sessions of
one input have different levels, the least holds for all of it; so it does where a session moved
from one folder to another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

import msgspec

from tracemill.base.places import absolute_place, is_at
from tracemill.flows.ingest.recognition import Skip
from tracemill.records.events.event import Compaction, Feedback, HumanReview, ReviewUndone
from tracemill.records.events.reviews import ReviewForm
from tracemill.records.inputs import Quarantined
from tracemill.records.privacy.settings import CONSENT_LEVELS, Consent, ConsentLevel, ConsentRule
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Step, ToolResult, Trajectory
from tracemill.store.settings import read_settings
from tracemill.store.workspace import Workspace

R = TypeVar("R", bound=msgspec.Struct)

NO_CONSENT: Final = "consent_off"
"""Why an input is not read of which nothing may be kept."""
WITHHELD: Final = "consent_metadata"
"""Why a record is not kept that is all text, or mostly."""
LEFT_OUT: Final = Skip(NO_CONSENT, "the consent settings say to keep nothing of it", failed=False)
LEFT_OUT_ON_THE_WAY: Final = Skip(
    NO_CONSENT,
    "a session in it moved to, or had a command run in, a folder of which nothing may be kept",
    failed=False,
)


def keeps_originals(workspace: Workspace) -> bool:
    """Tell whether the original of what no rule is about is kept, unredacted, in the vault."""
    return read_settings(workspace).consent.default == "full"


class Asked(NamedTuple):
    """What rules look at in an input."""

    source: str
    address: str
    folders: Collection[str] = ()
    """Where its sessions worked."""


class Policy:
    """Tells the level of an input."""

    def __init__(self, consent: Consent) -> None:
        self._consent = consent
        self._places = {rule: absolute_place(rule.place) for rule in consent.rules if rule.place}

    def level(self, asked: Asked) -> ConsentLevel:
        """Return how much may be kept of an input, as far as is known of it."""
        sessions = [asked._replace(folders=(folder,)) for folder in asked.folders] or [asked]
        return min((self._first(one) for one in sessions), key=CONSENT_LEVELS.index)

    def needs_folders(self, asked: Asked) -> bool:
        """Tell whether it matters where the sessions of an input worked."""
        decided = self._deciding(asked)
        rules = self._consent.rules
        before = rules if decided is None else rules[: rules.index(decided)]
        return any(rule.place is not None and _is_of(rule, asked.source) for rule in before)

    def _first(self, asked: Asked) -> ConsentLevel:
        rule = self._deciding(asked)
        return self._consent.default if rule is None else rule.level

    def _deciding(self, asked: Asked) -> ConsentRule | None:
        matching = (rule for rule in self._consent.rules if self._matches(rule, asked))
        return next(matching, None)

    def _matches(self, rule: ConsentRule, asked: Asked) -> bool:
        place = self._places.get(rule)
        if not _is_of(rule, asked.source):
            return False
        paths = [asked.address.partition("#")[0], *asked.folders]
        return place is None or any(is_at(path, place) for path in paths)


def _is_of(rule: ConsentRule, source: str) -> bool:
    return rule.source in (None, source)


def numbers_of(record: object) -> object | None:
    """Return what is kept of a redacted record at the level `metadata`; None for nothing.

    A new field of a record is left out here until somebody lets it in.
    """
    match record:
        case Step():
            return _step(record)
        case Trajectory():
            return _only(record, _OF_TRAJECTORY)
        case Activity():
            return _only(record, _OF_ACTIVITY)
        case Compaction() | Quarantined() | ReviewUndone():
            return record
        case Feedback() | HumanReview():
            return _without_words(record)
        case _:
            return None


def _without_words(event: Feedback | HumanReview) -> Feedback | HumanReview:
    if isinstance(event, Feedback):
        return msgspec.structs.replace(event, text=None)
    return msgspec.structs.replace(event, form=_only(event.form, _OF_FORM))


def _step(step: Step) -> Step:
    calls = tuple(_only(call, _OF_CALL) for call in step.calls)
    results = tuple(_only(result, _OF_RESULT) for result in step.results)
    kept = _only(step, _OF_STEP)
    return msgspec.structs.replace(kept, calls=calls, results=results)


def _only(record: R, names: Iterable[str]) -> R:
    return type(record)(**{name: getattr(record, name) for name in names})


_OF_CALL: Final = ("id", "name", "tool_level")
_OF_RESULT: Final = ("call_id", "status", "exit_code", "user_modified")
_OF_STEP: Final = (
    "trajectory_id", "index", "speaker", "model", "usage", "at", "is_replayed", "is_error",
    "n_images", "native_id", "native_parent_id", "span",
)  # fmt: skip
_OF_TRAJECTORY: Final = (
    "id", "session_id", "parent_id", "is_subagent", "agent", "agent_version", "models", "started",
    "ended", "n_steps", "total_usage", "origin",
)  # fmt: skip
_OF_ACTIVITY: Final = (
    "trajectory_id", "input_id", "first_native_id", "n_steps", "n_user_steps", "n_calls",
    "n_results", "n_ended", "n_errors", "n_rejections", "n_interruptions", "n_compactions",
    "n_todo_changes",
    "checks", "reactions", "rejected_steps", "interrupted_steps", "undone",
    "compacted_steps", "stated_solved", "stated_liked", "last_edit_step", "last_edit_at", "n_edits",
    "last_code_edit_step", "taken_back_steps", "rerun_steps", "ran_steps", "pushed_steps",
    "unpushed_steps", "ending", "is_cut_off", "is_waiting", "last_user_step", "started", "ended",
)  # fmt: skip
_OF_FORM: Final = ("outcome", "overall_rating", "is_right")
LET_IN: Final[Mapping[type[msgspec.Struct], Sequence[str]]] = {
    ToolResult: _OF_RESULT,
    Step: _OF_STEP,
    Trajectory: _OF_TRAJECTORY,
    Activity: _OF_ACTIVITY,
    ReviewForm: _OF_FORM,
}
"""The fields that are kept at the level `metadata`: none of them holds text of a session."""
