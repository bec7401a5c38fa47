"""The rule that takes constraints away again: they were added, and nothing shows that they helped.

A version that added lines and took none away is compared with the version before it, by the gates
that judged the work of both. Where the whole interval of the difference says that failures fell by
less than ten points, the lines are proposed for removal, as long as the newest version still has
them. A prompt that is shorter costs less with every call. Where few gates judged either version the
interval is wide, and nothing is proposed: that a constraint is needless must be shown, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from tracemill.base.text import counted, one_line
from tracemill.prompts.history import KeptHistory
from tracemill.prompts.suggesting import name_of
from tracemill.records.process.patterns import Measure
from tracemill.records.process.prompt_versions import PromptVersion
from tracemill.records.process.suggestions import ExpectedImpact, ProposedChange, Suggestion
from tracemill.records.process.version_metrics import VersionMetrics
from tracemill.stats import shares_interval

WORTH: Final = 0.10
"""Points by which failures must fall for a constraint to be worth its place."""
_METRIC: Final = "gate_failure_rate"
_CHARS_PER_TOKEN: Final = 4
_LEVELS: Final = (0.999, 0.99, 0.95)


class _Added(NamedTuple):
    """Lines that a version added, and what gates said before and after."""

    version: PromptVersion
    lines: tuple[str, ...]
    section: str
    before: Measure
    after: Measure


def superfluous(
    kept: Iterable[KeptHistory], told: Mapping[str, VersionMetrics], taken: set[str]
) -> Iterator[Suggestion]:
    """Yield proposals to take constraints away.

    Args:
        kept: prompts with their texts.
        told: what is known of versions, by their names.
        taken: names of suggestions that are there already; those of these are added.
    """
    for history in kept:
        for added in _additions(history, told):
            sureness = _sureness(added)
            if sureness is not None:
                yield _suggestion(history, added, sureness, taken)


def _additions(history: KeptHistory, told: Mapping[str, VersionMetrics]) -> Iterator[_Added]:
    newest = history.texts[-1]
    if newest is None:
        return
    standing = {line.strip() for line in newest.splitlines()}
    for old, new in pairwise(history.told.versions):
        before, after = _failures(told.get(old.name)), _failures(told.get(new.name))
        is_addition = new.change == "edited" and new.n_added and not new.n_removed
        lines = tuple(line.text for line in new.lines if line.text in standing)
        if before is None or after is None or not is_addition or not lines:
            continue
        yield _Added(new, lines, new.lines[0].section, before, after)


def _failures(told: VersionMetrics | None) -> Measure | None:
    measures = (each.measure for each in told.metrics) if told else ()
    return next((each for each in measures if each.metric == _METRIC), None)


def _sureness(added: _Added) -> float | None:
    """Return how sure it is that failures fell by less than what is worth it; None where not."""
    return next((level for level in _LEVELS if _least(added, level) > -WORTH), None)


def _least(added: _Added, level: float = 0.95) -> float:
    """Return the most by which failures may have fallen, as a negative number."""
    sides = (added.before, added.after)
    failed = tuple(round((each.value or 0.0) * each.n) for each in sides)
    sizes = tuple(each.n for each in sides)
    return shares_interval((failed[0], failed[1]), (sizes[0], sizes[1]), level).low


def _suggestion(
    history: KeptHistory, added: _Added, sureness: float, taken: set[str]
) -> Suggestion:
    block = "\n".join(_as_written(history.texts[-1] or "", added.lines))
    n_tokens = -(-len(block) // _CHARS_PER_TOKEN)
    before, after = added.before.value or 0.0, added.after.value or 0.0
    most = max(0.0, -_least(added))
    because = one_line(added.version.because or "", 80)
    why = f" ({because})" if because else ""
    month = added.after.periods[-1].month if added.after.periods else None
    return Suggestion(
        suggestion_id=name_of(f"constraint_removal {added.version.name}", month, taken),
        agent_role=history.told.role,
        suggestion_type="constraint_removal",
        confidence=sureness,
        evidence={
            "gate_failure_rate_before": round(before, 4),
            "cases_before": added.before.n,
            "gate_failure_rate": round(after, 4),
            "cases": added.after.n,
            "improvement_at_most": round(most, 4),
        },
        proposed_change=ProposedChange(
            prompt_file=history.told.path,
            section=added.section or None,
            old_text=block,
            new_text="",
            rationale=(
                f"{added.version.name} added {counted(len(added.lines), 'line')}{why}; gates said "
                f"no {before:.0%} of the time before and {after:.0%} since, which is "
                f"{100 * most:.0f} points less at most; it takes {n_tokens} tokens of each call"
            ),
        ),
        expected_impact=ExpectedImpact(
            gate_success_improvement=None,
            retry_reduction=None,
            token_efficiency=f"{n_tokens} tokens less in each call",
        ),
        implementation_effort="low",
        risk="medium",
        pattern=None,
    )


def _as_written(text: str, lines: Sequence[str]) -> Iterator[str]:
    """Yield lines as the text has them, with what indents them, each once."""
    wanted = list(lines)
    for line in text.splitlines():
        if line.strip() in wanted:
            wanted.remove(line.strip())
            yield line
