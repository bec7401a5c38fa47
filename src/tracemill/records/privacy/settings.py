"""What a person sets for a workspace: how much is kept, for how long, and how they are asked."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tracemill.records.refs import Record

ConsentLevel = Literal["off", "metadata", "redacted", "full"]
"""How much of an input is kept: nothing; numbers, times and names of tools; redacted text; or
redacted text with the unredacted original in the vault."""

CONSENT_LEVELS: tuple[ConsentLevel, ...] = ("off", "metadata", "redacted", "full")
"""From the least to the most."""


class ConsentRule(Record, frozen=True, kw_only=True):
    """What holds for some inputs; it matches where all that it names matches."""

    level: ConsentLevel
    """How much of them is kept."""
    source: str | None = None
    """Only inputs that this source reads."""
    place: str | None = None
    """Only inputs that lie in or below this folder, or with a session that worked there."""


class Consent(Record, frozen=True, kw_only=True):
    """How much is kept; the first rule that matches an input says, and else the default."""

    default: ConsentLevel = "full"
    """How much is kept of what no rule matches."""
    rules: tuple[ConsentRule, ...] = ()
    """What is different for some."""


Period = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,4} ?(days?|weeks?|months?|years?)$")]
"""How long, for example `180 days` or `2 years`; a month is 30 days, a year 365."""


class Retention(Record, frozen=True, kw_only=True):
    """For how long things are kept, by class; what no period is given for is kept for good."""

    originals: Period | None = None
    """Original bytes in the vault, counted from the last moment that they tell of."""
    facts: Period | None = None
    """Everything that was read from an input, its originals included."""
    datasets: Period | None = None
    """Dataset versions but the newest, counted from when they were made."""


class Times(Record, frozen=True, kw_only=True):
    """What times mean that say no more than a day and a clock."""

    zone: str | None = None
    """The time zone of logs that tell none, as `Europe/Berlin`; None for unknown moments."""


class Ui(Record, frozen=True, kw_only=True):
    """How people are asked."""

    rating_timeout: Annotated[float, msgspec.Meta(gt=0, le=3_600)] = 3.0
    """Seconds in which a turn can be rated before nothing is asked any more."""


class Settings(Record, frozen=True, kw_only=True):
    """Everything that `tracemill.toml` may say."""

    consent: Consent = msgspec.field(default_factory=Consent)
    """How much is kept."""
    retention: Retention = msgspec.field(default_factory=Retention)
    """For how long."""
    times: Times = msgspec.field(default_factory=Times)
    """What times without a zone mean."""
    ui: Ui = msgspec.field(default_factory=Ui)
    """How people are asked."""
