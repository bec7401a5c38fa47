"""Makes events of what CI and other services say on GitHub: runs, jobs, and statuses of commits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tracemill.base.lines import Line
from tracemill.records.events.forge import CiJob, CiRun, CiStep, CommitStatus, CommitStatusForm
from tracemill.sources.facts.forge_fields import Fields, verdict
from tracemill.sources.github.talk import EventPlaces, address_of, repository_of, span_of

_COMPLETED = "completed"


class CiMaker(EventPlaces):
    """Makes the events of one input."""

    def run(self, payload: Fields, said: Fields, line: Line) -> CiRun:
        """Return a run of a workflow as it stands."""
        state, conclusion = said.word("status"), said.word("conclusion")
        updated = said.moment("updated_at", "updatedAt")
        started = said.moment("run_started_at", "startedAt", "created_at", "createdAt")
        return CiRun(
            id=self.next_id("ci_run", line),
            at=updated or started,
            origin=self.origin,
            span=span_of(line),
            repository=repository_of(payload, said) or said.part("repository").text("full_name"),
            run_id=said.name("id", "databaseId"),
            attempt=said.count("run_attempt", "attempt"),
            number=said.count("run_number", "number"),
            action=payload.word("action"),
            workflow=said.text("workflowName", "name") or payload.part("workflow").text("name"),
            title=said.text("display_title", "displayTitle"),
            trigger=said.text("event"),
            state=state,
            conclusion=conclusion,
            status=verdict(conclusion),
            commit=said.hash("head_sha", "headSha"),
            branch=said.text("head_branch", "headBranch"),
            pull_requests=tuple(
                number
                for each in said.parts("pull_requests")
                if (number := each.count("number")) is not None
            ),
            actor=said.actor("triggering_actor", "actor") or payload.actor("sender"),
            started=started,
            ended=updated if state == _COMPLETED else None,
            url=address_of(said),
        )

    def jobs_of(self, payload: Fields, said: Fields, line: Line) -> Iterator[CiJob]:
        """Yield the jobs that a run holds."""
        around = {"repository": {"full_name": repository_of(payload, said)}}
        shared = {
            "run_id": said.name("id", "databaseId"),
            "run_attempt": said.count("run_attempt", "attempt"),
            "head_sha": said.hash("head_sha", "headSha"),
            "head_branch": said.text("head_branch", "headBranch"),
            "workflow_name": said.text("workflowName", "name"),
        }
        for job in said.parts("jobs"):
            yield self.job(Fields(around), Fields({**shared, **job.said}), line)

    def job(self, payload: Fields, said: Fields, line: Line) -> CiJob:
        """Return a job of a run as it stands."""
        started = said.moment("started_at", "startedAt")
        ended = said.moment("completed_at", "completedAt")
        conclusion = said.word("conclusion")
        return CiJob(
            id=self.next_id("ci_job", line),
            at=ended or started or said.moment("created_at"),
            origin=self.origin,
            span=span_of(line),
            repository=repository_of(payload, said),
            run_id=said.name("run_id"),
            attempt=said.count("run_attempt"),
            native_id=said.name("id", "databaseId"),
            action=payload.word("action"),
            name=said.text("name"),
            workflow=said.text("workflow_name"),
            state=said.word("status"),
            conclusion=conclusion,
            status=verdict(conclusion),
            commit=said.hash("head_sha"),
            branch=said.text("head_branch"),
            steps=tuple(map(_step, said.parts("steps"))),
            started=started,
            ended=ended,
            url=address_of(said),
        )

    def check(
        self, payload: Fields, said: Fields, line: Line, form: CommitStatusForm
    ) -> CommitStatus:
        """Return what a service found out, as a check or a suite of them."""
        conclusion, state = said.word("conclusion"), said.word("status")
        output, suite = said.part("output"), said.part("check_suite")
        started = said.moment("started_at", "created_at")
        ended = said.moment("completed_at") or _updated(said, state)
        return CommitStatus(
            id=self.next_id(form, line),
            at=ended or said.moment("updated_at") or started,
            origin=self.origin,
            span=span_of(line),
            repository=repository_of(payload, said),
            form=form,
            native_id=said.name("id"),
            action=payload.word("action"),
            name=said.text("name"),
            service=said.part("app").text("name", "slug"),
            state=state,
            conclusion=conclusion,
            status=verdict(conclusion),
            commit=said.hash("head_sha"),
            branch=said.text("head_branch") or suite.text("head_branch"),
            title=output.text("title"),
            text=output.text("summary", "text"),
            started=started,
            ended=ended,
            url=address_of(said),
        )

    def status(self, payload: Fields, line: Line) -> CommitStatus:
        """Return what a service says about a commit in one word."""
        state = payload.word("state")
        branches = [each.text("name") for each in payload.parts("branches")]
        ended = payload.moment("updated_at", "created_at")
        is_over = state not in {None, "pending", "expected"}
        return CommitStatus(
            id=self.next_id("status", line),
            at=ended,
            origin=self.origin,
            span=span_of(line),
            repository=repository_of(payload, payload),
            form="status",
            native_id=payload.name("id"),
            name=payload.text("context"),
            state=state,
            conclusion=state if is_over else None,
            status=verdict(state),
            commit=payload.hash("sha"),
            branch=branches[0] if len(branches) == 1 else None,
            title=payload.text("description"),
            started=payload.moment("created_at", "startedAt"),
            ended=ended if is_over else None,
            url=payload.text("target_url", "targetUrl", "url"),
        )

    def rollup(self, payload: Fields, said: Fields, line: Line) -> Iterator[CommitStatus]:
        """Yield what services said about the last commit of a pull request."""
        commit = said.hash("headRefOid")
        around = Fields({"repository": {"full_name": repository_of(payload, said)}})
        for each in said.parts("statusCheckRollup"):
            if each.has("context"):
                yield self.status(Fields({**around.said, "sha": commit, **each.said}), line)
            else:
                spelled = {
                    "head_sha": commit,
                    "started_at": each.said.get("startedAt"),
                    "completed_at": each.said.get("completedAt"),
                    "app": {"name": each.said.get("workflowName")},
                    "url": each.said.get("detailsUrl"),
                }
                yield self.check(around, Fields({**each.said, **spelled}), line, "check_run")


def _updated(said: Fields, state: str | None) -> datetime | None:
    return said.moment("updated_at") if state == _COMPLETED else None


def _step(said: Fields) -> CiStep:
    conclusion = said.word("conclusion")
    return CiStep(
        name=said.text("name") or "",
        status=verdict(conclusion),
        conclusion=conclusion,
        started=said.moment("started_at", "startedAt"),
        ended=said.moment("completed_at", "completedAt"),
    )
