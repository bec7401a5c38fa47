"""A recipe: what becomes a dataset, out of all that is known, and what is asked of it.

Whatever a recipe leaves unsaid holds as it does by default, so that the shortest recipe is a name.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

import msgspec

from tracemill.records.privacy.settings import ConsentLevel
from tracemill.records.refs import Count, Ratio, Record
from tracemill.records.sessions.turn_labels import TurnPolicy
from tracemill.records.work.episodes import Outcome
from tracemill.records.work.outcome_labels import OutcomePolicy

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
"""Name of what has a folder of its own, such as a recipe and its dataset, a suite, a stage of
training: small letters, digits and hyphens."""
Weight = Annotated[float, msgspec.Meta(gt=0, le=1_000)]
"""How much more often something is drawn than something else."""
DEFAULT_NAME: Final = "chat"
"""Name of the recipe that `tracemill run` builds by."""
DEFAULT_BUILDERS: Final = (
    "session", "direct", "recovery", "preference", "reaction", "stepwise", "verified",
)  # fmt: skip
"""Builders of a dataset that names none: one form of each thing that can be learned."""
CallForm = Literal["as_made", "one"]
"""How calls that were made at once are told: in one message, as the model made them, or one at a
time, each with what it returned, as templates want it that take one call in a message."""
HeldShare = Annotated[float, msgspec.Meta(ge=0, le=0.5)]
"""Share of the work that is held out."""


class Selection(Record, frozen=True, kw_only=True):
    """Which work is looked at at all; what is not named is not asked for."""

    sources: tuple[str, ...] = ()
    """Sources that read it, for example `claude-code`."""
    agents: tuple[str, ...] = ()
    """Agents that did it."""
    projects: tuple[str, ...] = ()
    """Patterns for the folder in which it began, or its repository's address; `*` fits anything."""
    domains: tuple[str, ...] = ()
    """Domains of `[domains]` of which its project belongs to one; a project of which none is said
    belongs to none that is known, and is left out."""
    since: date | None = None
    """First day on which it may have begun; work that nobody dated is left out."""
    until: date | None = None
    """Last day on which it may have begun."""
    consent: ConsentLevel = "redacted"
    """How much must be kept of its input."""


class Take(Record, frozen=True, kw_only=True):
    """Which examples are taken of it, and what the work must have come to."""

    of: tuple[str, ...] = ("*",)
    """Tags of which an example has one, for example `builder:session`; `*` in it fits anything."""
    outcomes: tuple[Outcome, ...] = ()
    """Outcomes of the work; any where none is named."""
    min_confidence: Ratio = 0.0
    """How sure the outcome must be."""
    min_quality: Ratio = 0.0
    """Share of the work's own checks, such as tests, that must have passed in the end."""
    is_quality_needed: bool = False
    """Whether work of which no check is known is left out."""
    is_merged: bool = False
    """Whether only work is taken whose branch is known to be merged."""
    is_kept: bool = False
    """Whether only work is taken that is known to have stood for a week."""
    min_satisfaction: Ratio = 0.0
    """Share of what people said and did about the work, by strength, that must speak for it; where
    nobody said anything, nothing is asked."""
    weight: Weight = 1.0
    """How much more likely they stay than others where some have to go."""
    is_weighed_by_quality: bool = False
    """Whether the weight is multiplied by the share of the work's own checks that passed; where no
    check is known by a half."""


class Share(Record, frozen=True, kw_only=True):
    """How much of what is trained on has a tag; what is too much is left out."""

    tag: str
    """The tag, for example `use:direct` or `kind:fix`; `*` in it fits anything."""
    at_least: Ratio | None = None
    """Lowest share; others are left out until it is reached."""
    at_most: Ratio | None = None
    """Highest share."""
    weight: Weight = 1.0
    """How much more likely examples with the tag stay than others where some have to go."""
    wanted: Count | None = None
    """How many there should be; nothing is left out for it, but the card says what is missing."""


class CheckRule(Record, frozen=True, kw_only=True):
    """What is asked in one check."""

    use: Literal["judge", "drop", "off"] = "judge"
    """`judge` gives a verdict on the dataset; `drop` first leaves out every row objected to."""
    threshold: float | None = None
    """What is asked for, in place of the check's own."""


class Limits(Record, frozen=True, kw_only=True):
    """What some checks need to know."""

    max_chars: Count | None = None
    """Longest row, in characters."""
    languages: tuple[str, ...] = ()
    """Languages that people may speak in it, such as `en`; any where none is named."""
    licences: tuple[str, ...] = ()
    """Licences, as SPDX names or patterns, whose notices may stand in code, copyleft or not."""
    toxicity_judge: str | None = None
    """Who says what is hurtful: a judge that some installed package registers."""
    evaluation_sets: tuple[str, ...] = ()
    """Files or folders of rows that models are judged on, beside the recipe or in full."""


class TurnJudge(Record, frozen=True, kw_only=True):
    """Whose word on people's turns counts, beside the rules."""

    model: str
    """A model that was asked by `review turns`, by its door and name, for example `openai:NAME`."""
    policy: TurnPolicy = "unsure"
    """`unsure`: its word where the rules are not sure; `all`: wherever it has one; `agree`: only
    what both say."""


class OutcomeJudge(Record, frozen=True, kw_only=True):
    """Whose word on what became of work counts, beside the rules."""

    model: str
    """A model that was asked by `review outcomes`, by its door and name."""
    policy: OutcomePolicy = "unknown"
    """`unknown`: its word where the rules know nothing; `all`: wherever it has one; `agree`: only
    what both say."""


class MadeUp(Record, frozen=True, kw_only=True):
    """What is taken of examples that were made up; they are never held out."""

    at_most: Ratio
    """Highest share of them in what is trained on."""
    categories: tuple[str, ...] = ()
    """Categories of the taxonomy; all where none is named."""


class SplitRule(Record, frozen=True, kw_only=True):
    """What is held out; it depends on nothing but the work itself."""

    by: Literal["session", "repository"] = "session"
    """What is held out as a whole."""
    validation: HeldShare = 0.1
    """Share of it for validation."""
    test: HeldShare = 0.0
    """Share of it for tests."""


class Budget(Record, frozen=True, kw_only=True):
    """How much may be trained on; what is held out does not count."""

    examples: Count | None = None
    """How many examples."""
    tokens: Count | None = None
    """How many tokens, taken as four characters each."""


class Recipe(Record, frozen=True, kw_only=True):
    """Everything that a recipe may say."""

    name: Name
    """The dataset's name."""
    about: str = ""
    """What it is for, for people."""
    builders: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)] = DEFAULT_BUILDERS
    """Builders that make examples of the work."""
    window_chars: Annotated[int, msgspec.Meta(ge=1_000, le=10_000_000)] = 120_000
    """Longest window that they are made of, in characters: about four to a token."""
    calls: CallForm = "as_made"
    """How calls that were made at once are told."""
    domains: dict[Name, Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]] = msgspec.field(
        default_factory=dict
    )
    """What projects are about, as their team says: by the name of a domain, patterns for the
    projects of it, as in `[select]`. Nothing is guessed."""
    select: Selection = msgspec.field(default_factory=Selection)
    """Which work."""
    take: tuple[Take, ...] = ()
    """Which of its examples; all of them where nothing is said. The first that fits counts."""
    checks: dict[str, CheckRule] = msgspec.field(default_factory=dict)
    """What is asked in checks, by their names; a check that is not named judges."""
    limits: Limits = msgspec.field(default_factory=Limits)
    """What some checks need to know."""
    turns: TurnJudge | None = None
    """Who says what people's turns mean; the rules alone where nobody is named."""
    outcomes: OutcomeJudge | None = None
    """Who says what became of work; the rules alone where nobody is named."""
    mixture: tuple[Share, ...] = ()
    """What it is made up of."""
    synthetic: MadeUp | None = None
    """What is taken of examples that were made up; none where nothing is said."""
    split: SplitRule = msgspec.field(default_factory=SplitRule)
    """What is held out."""
    budget: Budget = msgspec.field(default_factory=Budget)
    """How much there may be."""
    formats: tuple[str, ...] = ()
    """Formats of datasets that it is meant for; a check says what each has no place for."""
