"""What later roles say of earlier ones' work, put together by who says it to whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from statistics import fmean

from tracemill.analyze.cases import Case, Tally
from tracemill.analyze.metrics.stages import retries
from tracemill.analyze.process import Process
from tracemill.analyze.reasons import root_causes
from tracemill.base.text import counted
from tracemill.records.events.team_projects import DownstreamReport, StageReport
from tracemill.records.process.feedback_messages import FeedbackMessage


def messages(process: Process) -> Iterator[FeedbackMessage]:
    """Yield what each role tells another, the commonest first."""
    roles = {
        (told.facts.get("project"), told.facts.get("stage")): told.facts.get("role")
        for told in process.of(StageReport)
    }
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    projects: dict[tuple[str, str], set[str]] = defaultdict(set)
    for told in process.of(DownstreamReport):
        project = told.facts.get("project")
        giver, receiver = roles.get((project, told.report.stage)), told.report.reporting_agent
        if giver is None or receiver is None or not told.report.feedback:
            continue
        pair = (receiver, giver)
        tallies[pair].add(Case(told.facts, 1.0, told.ref, told.at, told.report.feedback))
        projects[pair].add(project or "")
    ranked = sorted(tallies.items(), key=lambda item: (-item[1].n, item[0]))
    for (receiver, giver), tally in ranked:
        (cause,) = root_causes(tally, 1)
        yield FeedbackMessage(
            receiver=receiver,
            giver=giver,
            observation=cause.text,
            impact=_impact(process, receiver, projects[receiver, giver]),
            suggestion=f"before you hand over to the {receiver}, give this: {cause.text}",
            n=cause.n,
            share=cause.n / tally.n,
            records=cause.examples,
        )


def _impact(process: Process, receiver: str, projects: set[str]) -> str:
    """Return how often the receiver tried again where it complained, and elsewhere."""
    tries: dict[bool, list[float]] = {True: [], False: []}
    for case in retries(process):
        if case.facts.get("role") == receiver:
            tries[case.facts.get("project") in projects].append(case.value)
    n = counted(len(projects), "project")
    if not tries[True] or not tries[False]:
        return f"work of {n} was sent back"
    there, elsewhere = fmean(tries[True]), fmean(tries[False])
    return (
        f"work of {n} was sent back; the {receiver} tried again {there:.2f} times there, "
        f"elsewhere {elsewhere:.2f}"
    )
