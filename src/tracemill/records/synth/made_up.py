"""Made-up examples: what each one shows, what was really run for it, and what was checked of it.

An example that was made up is worth as much as what is true in it. So it never stands alone: beside
it stand the calls with what they really returned, the graph of what needed what, and the outcome of
every check. What was not run says so (`unverified`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from tracemill.records.datasets.audits import Verdict
from tracemill.records.datasets.examples import ChatExample
from tracemill.records.refs import Count, Ratio, Record

Persona = Literal["problem", "design", "implementation", "validation", "collaboration"]
"""The five skills of a developer: to see what is wrong, to choose a way, to build it, to make sure
of it, to work with others."""
Execution = Literal["executed", "no_calls", "unverified"]
"""`executed`: every call was run, and its result is what came back; `no_calls`: nothing was to be
run; `unverified`: calls were not run, so nobody knows what they return."""
NotRun = Literal["no_sandbox", "no_program", "not_repeatable"]
"""Why calls are `unverified`: there is no sandbox; a program that they need is not installed; they
name a place that is not at hand, as in other people's files."""
Ending = Literal["tests_pass", "tests_fail", "no_findings", "changed", "unchanged", "answered"]
"""How the work ends, as far as it can be looked at: the tests pass; they fail, and the answer says
so; linters and types find nothing; files differ; files are as they were; words are all there is."""


class TaskStep(Record, frozen=True, kw_only=True):
    """One call of a task graph, with what it needed and what came of it."""

    id: str
    """Id of the call, as the messages of the example name it."""
    tool: str
    """The tool."""
    arguments: dict[str, Any]
    """What it was given."""
    needs: tuple[str, ...] = ()
    """Ids of calls whose results it was made of; calls that need none of each other may be
    parallel."""
    result: str | None = None
    """What came back, as the example shows it; None where it was not run."""
    is_failed: bool = False
    """Whether it failed, by its exit code or its own words."""


class TaskGraph(Record, frozen=True, kw_only=True):
    """What was done, as steps and what each of them needed; only what was run is a graph."""

    name: str
    """What kind of work it is, for example `bug.fix`."""
    project: str | None = None
    """The bundled project that it was run over; None where nothing was run."""
    setup: dict[str, Any] = msgspec.field(default_factory=dict)
    """What was changed in the project before the work began, enough to do it again."""
    steps: tuple[TaskStep, ...] = ()
    """The calls in their order."""
    ending: Ending = "answered"
    """How the work ends, by a look at the project afterwards."""


class CheckOutcome(Record, frozen=True, kw_only=True):
    """What one check of the ladder says of one example."""

    check: str
    """Name of the check, for example `execution`."""
    verdict: Verdict
    """Whether it holds; `unknown` where it could not be made."""
    reason: str | None = None
    """The name under which an objection is counted; None where there is none."""
    says: str = ""
    """What was found, for people; nothing of the example's text."""


class SyntheticExample(Record, frozen=True, kw_only=True):
    """One made-up example, with all that tells whether to believe it."""

    id: str
    """Id of the example."""
    example: ChatExample
    """What is learned; marked `origin:synthetic`."""
    category: str
    """The category of the taxonomy."""
    part: str
    """The sub-category."""
    personas: tuple[Persona, ...] = ()
    """Skills that it shows."""
    language: str = "python"
    """Language of the code that it is about."""
    generator: str
    """Who made it up: `task-graph`, or the name of a definition."""
    generator_version: Annotated[int, msgspec.Meta(ge=1)]
    """Version of that."""
    seed: int | None = None
    """What it was drawn with; None where nothing was drawn."""
    template: str
    """Digest of its request without names and numbers: equal where only those differ."""
    graph: TaskGraph
    """What was done."""
    execution: Execution
    """Whether the calls were run."""
    not_run: NotRun | None = None
    """Why they were not."""
    checks: tuple[CheckOutcome, ...] = ()
    """What the ladder says of it, check by check."""
    cost_usd: Annotated[float, msgspec.Meta(ge=0)] | None = None
    """What it cost; None where nobody knows, 0 where no model was asked."""


class Wish(Record, frozen=True, kw_only=True):
    """How many examples of a sub-category are wanted, there, and missing."""

    category: str
    """The category."""
    part: str
    """The sub-category."""
    target: Count
    """How many there should be."""
    n_real: Count = 0
    """How many the real examples hold."""
    n_synthetic: Count = 0
    """How many were made up before, and hold."""
    gap: Count
    """How many are missing."""


class StageSlice(Record, frozen=True, kw_only=True):
    """What one stage of training learns: its categories, and how many examples they hold."""

    name: str
    """The stage."""
    categories: tuple[str, ...]
    """Its categories, those of earlier stages among them."""
    target: Count
    """How many examples they should hold."""
    n: Count = 0
    """How many they hold."""


class SkillUse(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A written skill, what work that follows it shows, and how many examples do."""

    name: str
    """Its name."""
    category: str
    """The category that it belongs to."""
    part: str
    """The part of it."""
    n_real: Count
    """Real examples that follow it."""
    n_synthetic: Count
    """Made-up examples that do, as far as they hold."""
    file: str | None
    """Where it is written down, in a repository that was read; None where none holds it."""


class SynthPlan(Record, frozen=True, kw_only=True):
    """What the real examples lack."""

    wishes: tuple[Wish, ...]
    """Every sub-category, in the order of the taxonomy."""
    stages: tuple[StageSlice, ...]
    """What each stage of training would learn from."""
    n_real: Count
    """Real examples that were looked at."""
    unplaced: Count = 0
    """Real examples that are of no category."""
    personas: dict[str, Count] = msgspec.field(default_factory=dict)
    """Real examples by the skill that they show."""
    direct_share: Ratio | None = None
    """Share of real examples that call nothing; None where there are none."""
    direct_target: Ratio
    """Share that is asked for."""
    gap: Count
    """How many are missing altogether."""
    skills: tuple[SkillUse, ...] = ()
    """Skills that are written down or followed, those of most examples first."""


class SynthRun(Record, frozen=True, kw_only=True):
    """One run that made examples up."""

    id: str
    """Derived from what was ordered, the seed, and the versions of rules and project."""
    generator: str
    """Who made them up."""
    generator_version: Annotated[int, msgspec.Meta(ge=1)]
    """Version of that."""
    project: str
    """The bundled project that calls were carried out on."""
    seed: int
    """What was drawn with."""
    ordered: Count
    """How many were to be made."""
    made: Count
    """How many were made."""
    sound: Count
    """How many of them no check objects to."""
    categories: dict[str, Count]
    """Sound ones by category."""
    refused: dict[str, Count] = msgspec.field(default_factory=dict)
    """Attempts that came to nothing, by the name of why."""
    failed_checks: dict[str, Count] = msgspec.field(default_factory=dict)
    """Examples that a check objects to, by its name."""
    absent: dict[str, str] = msgspec.field(default_factory=dict)
    """Tools that could not be used here, each with the program that it lacks."""
    is_complete: bool
    """Whether all that was ordered was tried; else run again to go on."""
    cost_usd: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    """What models cost; 0 where none was asked."""


class Counted(Record, frozen=True, kw_only=True):
    """How many examples hold of how many, under one name."""

    name: str
    """The category, check, or whatever is counted."""
    n: Count
    """Made."""
    sound: Count
    """Of them, those that no check objects to; of a check, those that pass it."""
    unknown: Count = 0
    """Those of which it cannot be told."""
    target: Count | None = None
    """How many are asked for; None where nothing is."""


class SynthStats(Record, frozen=True, kw_only=True):
    """All that was made up so far."""

    made: Count
    """Examples."""
    sound: Count
    """Those that no check objects to."""
    categories: tuple[Counted, ...]
    """By category and part, against what is asked for."""
    checks: tuple[Counted, ...]
    """What each rung of the ladder lets through."""
    templates: Count
    """Different requests of sound examples, once names and numbers make no difference."""
    template_share: Ratio | None
    """Share of sound examples with a request of their own; None where there are none."""
    executions: dict[str, Count]
    """Examples by whether their calls were run."""
    uses: dict[str, Count]
    """Sound examples by how tools are used in them."""
    direct_target: Ratio | None = None
    """Share of them that is to call nothing; None where only some categories are looked at."""
    tools: dict[str, Count]
    """Calls of sound examples by tool."""
    personas: dict[str, Count]
    """Sound examples by the skill that they show."""
    languages: dict[str, Count]
    """Sound examples by language."""
    generators: dict[str, Count]
    """Examples by who made them up."""
    cost_usd: Annotated[float, msgspec.Meta(ge=0)] | None
    """What all of them cost; None where nobody knows of one."""
