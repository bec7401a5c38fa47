"""What the trajectories of an episode tell, put together into what can be learned from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Final

import msgspec

from tracemill.base.text import one_line
from tracemill.label import LABEL_VERSION
from tracemill.label.learning.commit_sections import is_release
from tracemill.label.learning.cues import is_choice
from tracemill.label.learning.teller import Thought, Told, strongest
from tracemill.label.outcomes.final_checks import final_checks
from tracemill.records.events.event import Commit
from tracemill.records.refs import Ref, Stamp
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.records.work.episodes import Episode
from tracemill.records.work.learning import LearningEpisode, LearningKind, ThinkingCoverage, Words

_STAMP: Final = Stamp(by="learning", version=LABEL_VERSION)
_MOST_THOUGHTS: Final = 16
_ENOUGH_THOUGHTS: Final = 6
_LEAST_WEIGHT: Final = 3
_MOST_STEPS: Final = 15
_MOST_CONTEXT: Final = 4
_MOST_FILES: Final = 4
_PROJECT_SESSIONS: Final = 3
_PROJECT_SPAN: Final = timedelta(days=2)
_MOST_REPLIES: Final = 2
_ALIKE: Final = 0.5
_WORD: Final = re.compile(r"\w+")


def learning_episode(
    episode: Episode,
    trajectories: Sequence[Trajectory],
    activities: Mapping[str, Activity],
    told: Mapping[str, Told],
    commits: Sequence[Commit],
) -> LearningEpisode:
    """Return what can be learned from an episode.

    Args:
        episode: the episode.
        trajectories: its trajectories, in the order of their start.
        activities: what they did.
        told: what their steps say, as a `Teller` read them.
        commits: its commits, oldest first.
    """
    mains = [t for t in trajectories if not t.is_subagent and t.id in told] or [
        t for t in trajectories if t.id in told
    ]
    parts = [told[trajectory.id] for trajectory in mains]
    roots = {trajectory.cwd for trajectory in mains if trajectory.cwd}
    first = next((part for part in parts if part.request), None)
    problem = tuple((first.problem or first.request)[:2]) if first else ()
    return LearningEpisode(
        episode_id=episode.id,
        kind=_kind(episode, mains, commits),
        problem=problem,
        context=tuple(_context(mains, activities, first, problem)),
        thought_process=tuple(_thoughts(parts)),
        thinking=_coverage([told[t.id] for t in trajectories if t.id in told]),
        solution_approach=_approach(parts, commits),
        implementation_steps=tuple(
            _within(words, roots) for words in _steps(parts, commits)[:_MOST_STEPS]
        ),
        validation=tuple(_validation(mains, activities, told)),
        outcome=episode.outcome,
        outcome_words=tuple(_outcome(episode, commits)),
        stamp=_STAMP,
    )


def _kind(episode: Episode, mains: Sequence[Trajectory], commits: Iterable[Commit]) -> LearningKind:
    if any(is_release(commit.subject) for commit in commits):
        return "release"
    span = (episode.ended - episode.started) if episode.started and episode.ended else None
    if len(mains) >= _PROJECT_SESSIONS and span is not None and span >= _PROJECT_SPAN:
        return "project"
    if episode.kind in {"fix", "feature"}:
        return "fix" if episode.kind == "fix" else "feature"
    return "session"


def _context(
    mains: Sequence[Trajectory],
    activities: Mapping[str, Activity],
    first: Told | None,
    problem: Sequence[Words],
) -> Iterator[Words]:
    """Yield where the work was, and what else the request says."""
    if mains:
        ref = Ref(kind="trajectory", id=mains[0].id)
        yield Words(text=_place(mains, activities), origin="record", source=ref)
    rest = [words for words in (first.request if first else ()) if words not in problem]
    yield from rest[:_MOST_CONTEXT]


def _place(mains: Sequence[Trajectory], activities: Mapping[str, Activity]) -> str:
    known = [activities[trajectory.id] for trajectory in mains]
    root = mains[0].cwd or ""
    files = list(dict.fromkeys(path for one in known for path in one.files_edited))
    shown = ", ".join(_below(path, root) for path in files[:_MOST_FILES])
    more = f" and {len(files) - _MOST_FILES} more" if len(files) > _MOST_FILES else ""
    issues = [f"#{m.number}" for one in known for m in one.mentions if m.number is not None]
    parts = {
        "From ": f"{shown}{more}" if files else "",
        "in ": PurePosixPath(root).name if root else "",
        "on branch ": mains[0].branch or "",
        "named: ": ", ".join(dict.fromkeys(issues[:_MOST_FILES])),
    }
    said = [f"{before}{value}" for before, value in parts.items() if value]
    return "; ".join(said) or f"A session of {mains[0].agent}"


def _below(path: str, root: str) -> str:
    return path.removeprefix(root.rstrip("/") + "/") if root else path


def _thoughts(parts: Sequence[Told]) -> Iterator[Words]:
    """Yield the sentences that tell most; todos and calls only where little was said."""
    found: list[Words] = []
    share = max(_MOST_THOUGHTS // max(len(parts), 1), 4)
    for part in parts:
        spoken = [t for t in part.thoughts if t.words.origin != "choice"]
        telling = strongest(_once(t for t in spoken if t.weight >= _LEAST_WEIGHT), share)
        if len(telling) < _ENOUGH_THOUGHTS:
            known = {thought.words.text for thought in telling}
            others = [t for t in _once(part.thoughts) if t.words.text not in known]
            telling = strongest([*telling, *_spread(others, share - len(telling))], share)
        found += [thought.words for thought in telling]
        if len(telling) < _ENOUGH_THOUGHTS:
            found += part.todos[: _ENOUGH_THOUGHTS - len(telling)]
    yield from found[: 2 * _MOST_THOUGHTS]


def _once(thoughts: Iterable[Thought]) -> list[Thought]:
    """Return thoughts without those that say much the same as an earlier one."""
    kept: list[Thought] = []
    known: list[frozenset[str]] = []
    for thought in thoughts:
        said = frozenset(_WORD.findall(thought.words.text.lower()))
        if not any(len(said & other) > _ALIKE * len(said | other) for other in known):
            kept.append(thought)
            known.append(said)
    return kept


def _spread(thoughts: Sequence[Thought], n: int) -> Sequence[Thought]:
    """Return `n` of some thoughts from all over the work."""
    if len(thoughts) <= n:
        return thoughts
    return [thoughts[at * len(thoughts) // n] for at in range(n)]


def _coverage(parts: Sequence[Told]) -> ThinkingCoverage:
    n = sum(part.n_steps for part in parts)
    thinking, worded = sum(p.n_thinking for p in parts), sum(p.n_worded for p in parts)
    return ThinkingCoverage(
        steps=n,
        thinking=round(thinking / n, 3) if n else None,
        words=round(worded / n, 3) if n else None,
    )


def _approach(parts: Sequence[Told], commits: Sequence[Commit]) -> tuple[Words, ...]:
    if summaries := [part.summary for part in parts if part.summary]:
        return summaries[-1]
    if commits:
        return tuple(_committed(commits[:2]))
    if plans := [part.approach for part in parts if part.approach]:
        return plans[-1]
    spoken = [t for part in parts for t in part.thoughts if t.words.origin == "said"]
    chosen = [thought for thought in spoken if is_choice(thought.words.text)]
    return tuple(thought.words for thought in strongest(chosen, 1))


def _steps(parts: Sequence[Told], commits: Sequence[Commit]) -> tuple[Words, ...]:
    if todos := tuple(words for part in parts for words in part.todos):
        return todos
    if plans := [part.plan_steps for part in parts if part.plan_steps]:
        return plans[-1]
    if len(commits) > 1:
        return tuple(_committed(commits))
    return tuple(words for part in parts for words in part.edits)


def _within(words: Words, roots: Iterable[str]) -> Words:
    """Return a step with its file as it is called from the folder of the work."""
    if words.origin != "record":
        return words
    text = words.text
    for root in roots:
        text = text.replace(f" {root.rstrip('/')}/", " ")
    return msgspec.structs.replace(words, text=text)


def _committed(commits: Iterable[Commit]) -> Iterator[Words]:
    for commit in commits:
        ref = Ref(kind="event", id=commit.id)
        yield Words(text=commit.subject, origin="commit", source=ref)


def _validation(
    mains: Sequence[Trajectory], activities: Mapping[str, Activity], told: Mapping[str, Told]
) -> Iterator[Words]:
    """Yield how each kind of check failed last and ended, and what a person said of the result."""
    known = [activities[trajectory.id] for trajectory in mains]
    places: dict[tuple[str, int], Words] = {}
    for kind, final in final_checks(known).items():
        runs = next(one.checks for one in known if one.trajectory_id == final.trajectory_id)
        failed = [r.step for r in runs if r.check == kind and r.passed is False]
        for step in [*failed[-1:], final.run.step]:
            words = told[final.trajectory_id].checks.get(step)
            if words is not None:
                places[final.trajectory_id, step] = words
    yield from (places[place] for place in sorted(places))
    for one in known:
        yield from list(told[one.trajectory_id].replies.values())[-_MOST_REPLIES:]


def _outcome(episode: Episode, commits: Sequence[Commit]) -> Iterator[Words]:
    first = Ref(kind="episode", id=episode.id)
    yield Words(text=episode.reason, origin="record", source=first)
    for commit in commits[-1:]:
        ref = Ref(kind="event", id=commit.id)
        text = f"commit {commit.sha[:12]}: {one_line(commit.subject, 120)}"
        yield Words(text=text, origin="record", source=ref)
