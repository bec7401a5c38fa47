"""Best practices: what is to be done again, and to be prevented, each with what shows it."""

from __future__ import annotations

from datetime import datetime

from tracemill.records.process.practices import Practice
from tracemill.records.refs import Count, Record, Ref


class Remedy(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What made something work that had failed."""

    failed: str
    """What failed, for example `test: pytest`."""
    n_overcome: Count
    """How often it was overcome."""
    n: Count
    """How often it failed."""
    by: dict[str, int]
    """What it was overcome by, for example `code_fix`, the commonest first."""
    examples: tuple[Ref, ...]
    """Where that was, three places at most."""


class Precaution(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What to do so that a common failure does not happen."""

    text: str
    """The rule."""
    failed: str
    """What failed, for example `edit` or `lint: npm run lint`."""
    n: Count
    """How often it failed."""
    n_overcome: Count
    """How often it was overcome."""
    n_work: Count
    """Sessions, and reports of a team, in which it failed."""
    by: dict[str, int]
    """What it was overcome by, for example `usage_fix`, the commonest first."""
    examples: tuple[Ref, ...]
    """Where that was, three places at most, each of other work."""


class Lesson(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What a person wrote down to be learned."""

    text: str
    """What it says, redacted."""
    of: Ref
    """What was looked at."""
    by: str
    """Who wrote it, by a pseudonym."""
    at: datetime | None
    """When."""


class Prevention(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What a team's own report says would prevent a failure."""

    text: str
    """What to do."""
    pattern: str | None
    """What recurs."""
    is_in_place: bool | None
    """Whether it is done; None where the report does not say."""
    of: Ref
    """The report."""


class BestPractices(Record, frozen=True, kw_only=True, omit_defaults=False):
    """All that is held of how work should be done."""

    n_work: Count
    """Pieces of work of a known outcome that practices are told by."""
    practices: tuple[Practice, ...]
    """Ways of working, those that surely help first."""
    remedies: tuple[Remedy, ...]
    """What failed most and was overcome, ten at most."""
    precautions: tuple[Precaution, ...]
    """What to do about common failures before they happen, twenty at most."""
    lessons: tuple[Lesson, ...]
    """What people wrote, newest first."""
    preventions: tuple[Prevention, ...]
    """What would prevent failures, each once."""
