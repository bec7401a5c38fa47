"""Eight ways in which a loop of data goes wrong, each looked for in what is held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from tracemill.analyze.conclusions.flywheel import Seen, is_behavioural, one_format
from tracemill.base.text import counted
from tracemill.records.datasets.audits import CheckResult
from tracemill.records.datasets.versions import DatasetVersion
from tracemill.records.process.flywheel import FaultName, LoopFault

_VERDICTS: Final[Mapping[bool | None, Literal["pass", "fail", "unknown"]]] = {
    True: "pass", False: "fail", None: "unknown",
}  # fmt: skip
_REPEATING: Final = (
    "exact_duplicates", "near_duplicates", "repeated_requests", "template_collapse",
    "counted_requests", "counted_answers", "short_answers",
)  # fmt: skip
_INVENTED: Final = ("stated_origin", "empty_result_fields")
_MOST_MADE_UP: Final = 0.5
"""Share of what is trained on beyond which made-up examples stand for real ones."""
_LEAST_CROSS: Final = 0.05
"""Share of what is trained on that must go over several tools."""
_SYNTHETIC: Final = "origin:synthetic"
_CROSS: Final = "use:cross_tool"


def faults(seen: Seen) -> Iterator[LoopFault]:
    """Yield what each way to go wrong finds."""
    version = seen.version
    yield _by_checks(
        "volume_without_quality", "examples that repeat one another or say nothing", version,
        _REPEATING,
    )  # fmt: skip
    yield _mocks(version)
    yield _text_alone(seen)
    yield _by_checks(
        "intent_without_calls", "requests for several tools with fewer calls", version,
        ("uncalled_tools",),
    )  # fmt: skip
    yield _single_tools(version)
    is_one, said = one_format(seen)
    asks = "models asked in another format than they were trained in"
    yield _fault("mixed_formats", asks, said, is_sound=is_one)
    yield _vanity(seen)
    yield _unjudged(seen)


def _fault(name: FaultName, asks: str, evidence: str, *, is_sound: bool | None) -> LoopFault:
    verdict = _VERDICTS[is_sound]
    return LoopFault(name=name, asks=asks, verdict=verdict, evidence=evidence)


def _by_checks(
    name: FaultName, asks: str, version: DatasetVersion | None, wanted: tuple[str, ...]
) -> LoopFault:
    found = _checks(version, wanted)
    failed = [each for each in found if each.verdict == "fail"]
    made = [each for each in found if each.verdict != "unknown"]
    if failed:
        return _fault(name, asks, "; ".join(each.says for each in failed), is_sound=False)
    if not made or version is None:
        return _fault(name, asks, "no check of a dataset version tells", is_sound=None)
    unique = next(iter(_checks(version, ("unique_rows",))), None)
    counts = f"; {unique.says}" if unique is not None and wanted == _REPEATING else ""
    said = f"{version.id}: {counted(len(made), 'check')} passed{counts}"
    return _fault(name, asks, said, is_sound=True)


def _checks(version: DatasetVersion | None, wanted: tuple[str, ...]) -> list[CheckResult]:
    held = version.checks if version is not None else ()
    return [each for each in held if each.name in wanted]


def _mocks(version: DatasetVersion | None) -> LoopFault:
    asks = "results that never happened, or more made-up examples than real ones"
    found = _by_checks("mocks_for_reality", asks, version, _INVENTED)
    share = _share(version, _SYNTHETIC)
    if found.verdict != "pass" or share is None:
        return found
    said = f"{share:.0%} of what is trained on is made up; {found.evidence}"
    return _fault("mocks_for_reality", asks, said, is_sound=share <= _MOST_MADE_UP)


def _share(version: DatasetVersion | None, tag: str) -> float | None:
    """Return the share of a tag in what is trained on; None where nothing is."""
    shares = [stage.shares for stage in version.funnel if stage.shares] if version else []
    return shares[-1].get(tag, 0.0) if shares else None


def _single_tools(version: DatasetVersion | None) -> LoopFault:
    asks = "too few examples that go over several tools"
    share = _share(version, _CROSS)
    if share is None:
        return _fault("single_tool_only", asks, "no dataset version tells", is_sound=None)
    said = (
        f"{share:.0%} of what is trained on calls several tools; {_LEAST_CROSS:.0%} are asked for"
    )
    return _fault("single_tool_only", asks, said, is_sound=share >= _LEAST_CROSS)


def _text_alone(seen: Seen) -> LoopFault:
    asks = "models judged by what they say"
    if not seen.evaluations:
        return _fault("text_without_execution", asks, "no model was evaluated", is_sound=None)
    n_judged = sum(map(is_behavioural, seen.evaluations))
    said = f"{n_judged:,} of {counted(len(seen.evaluations), 'evaluation')} look at calls"
    is_sound = n_judged == len(seen.evaluations)
    return _fault("text_without_execution", asks, said, is_sound=is_sound)


def _vanity(seen: Seen) -> LoopFault:
    asks = "promotions that rest on no behaviour"
    policy = ", ".join(f"{part.part} of {part.suite}" for part in seen.policy.target)
    said = f"a promotion asks for a gain in {policy}"
    if not seen.n_promoted:
        return _fault("vanity_metrics", asks, f"nothing was promoted; {said}", is_sound=None)
    n = counted(seen.n_promoted, "promotion")
    shown = f"{seen.n_shown:,} of {n} rest on a comparison of cases; {said}"
    return _fault("vanity_metrics", asks, shown, is_sound=seen.n_shown == seen.n_promoted)


def _unjudged(seen: Seen) -> LoopFault:
    asks = "models that are trained or in use, and that nobody evaluated"
    judged = {each.subject for each in seen.evaluations if is_behavioural(each)}
    known = {run.id for run in seen.runs} | ({seen.in_use} if seen.in_use else set())
    if not known:
        none = "no model was trained here or is in use"
        return _fault("infrastructure_only", asks, none, is_sound=None)
    left = known - judged
    said = f"{len(known) - len(left):,} of {counted(len(known), 'model')} evaluated by their calls"
    return _fault("infrastructure_only", asks, said, is_sound=not left)
