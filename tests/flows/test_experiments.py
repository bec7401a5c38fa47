"""A change goes from what gates say to everybody's prompt, by a plan, a person and a canary."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import msgspec
import pytest

from tracemill.base.errors import NotFoundError, PolicyError, UsageError
from tracemill.capture import emit
from tracemill.cli.app import call
from tracemill.experiments.units import is_treated
from tracemill.flows.experiments import experiments
from tracemill.flows.prompts.proposals import read_suggestions
from tracemill.flows.prompts.trials import Asked, list_loops, try_suggestion
from tracemill.records.process.experiments import Draws, ExperimentPlan
from tracemill.store.workspace import Workspace

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
OLD, NEW = "architect.v1.2", "architect.v1.3"
Uses = Callable[[str], str]


class Team:
    """A team whose architect forgets errors, unless its prompt says so."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.workspace = Workspace(root / "ws")
        (root / "in").mkdir()
        self._random = Random(3)

    def works(
        self, first_day: int, n: int, uses: Uses, fails: dict[str, float], hushed: str = ""
    ) -> None:
        """Do a project each day, and read what it tells; with one prompt no failure is told."""
        for day in range(first_day, first_day + n):
            project, at = f"project_{day}", BEGIN + timedelta(days=day)
            prompt = uses(project)
            about = {"agent_role": "architect", "project_id": project}
            stage = {**about, "stage_id": "design", "prompt_version": prompt}
            emit("stage", stage, at=at, workspace=self.workspace.root)
            failed = self._random.random() < fails[prompt]
            gate = {
                **about, "stage": "design", "gate_id": "contract", "retry_attempt": 1,
                "validation_result": "fail" if failed else "pass",
            }  # fmt: skip
            if failed:
                gate["validation_reason"] = "missing error definitions"
            if not failed or prompt != hushed:
                emit("gate", gate, at=at + timedelta(hours=1), workspace=self.workspace.root)
        assert call(["sync", str(self.root / "in"), "--workspace", self.where, "--quiet"]) == 0

    @property
    def where(self) -> str:
        return str(self.workspace.root)

    def drawn(self, share: float) -> Uses:
        """Return what each project works with, as a harness reads it."""
        (draw,) = self.draws().draws
        assert draw.share == share
        return lambda unit: NEW if is_treated(draw.experiment_id, unit, share) else OLD

    def draws(self) -> Draws:
        return msgspec.json.decode(
            (self.workspace.experiments / "draws.json").read_bytes(), type=Draws
        )


def on(day: int) -> datetime:
    return BEGIN + timedelta(days=day)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    made = Team(tmp_path)
    made.works(0, 40, lambda _: OLD, {OLD: 0.6})
    return made


def suggested(team: Team) -> str:
    return read_suggestions(team.workspace).suggestions[0].suggestion_id


def test_an_experiment_that_shows_neither_is_to_be_stopped(
    team: Team, capsys: pytest.CaptureFixture[str]
) -> None:
    try_suggestion(team.workspace, suggested(team), "Ada", on(40), Asked(horizon=20))
    follows = "next: tracemill experiment {} " + NEW
    call(["experiment", "show", NEW, "--workspace", team.where])
    assert follows.format("show") in capsys.readouterr().err

    team.works(41, 24, team.drawn(0.5), {OLD: 0.5, NEW: 0.5})
    capsys.readouterr()
    call(["experiment", "show", NEW, "--workspace", team.where])
    said = capsys.readouterr()

    assert "inconclusive: horizon reached" in said.out
    assert f"{follows.format('stop')} --by YOU --reason WHY" in said.err


def test_a_suggestion_that_helps_ends_as_the_new_prompt(
    team: Team, capsys: pytest.CaptureFixture[str]
) -> None:
    fails, place = {OLD: 0.6, NEW: 0.05}, team.workspace
    (called,) = (each for each in list_loops(place).loops if each.calls)
    assert called.loop.name == "gate_failures"
    assert called.calls[0].suggestion_id == suggested(team)

    begun = try_suggestion(place, suggested(team), "Ada", on(40), Asked())
    assert (begun.plan.control, begun.plan.treatment) == (OLD, NEW)
    assert (begun.loop, begun.before.n_units) == ("gate_failures", 40)
    with pytest.raises(UsageError, match="end it first"):
        try_suggestion(place, suggested(team), "Ada", on(41), Asked())

    team.works(41, 60, team.drawn(0.5), fails)
    early, late = (experiments.show(place, NEW, on(day)).result for day in (60, 120))
    assert early
    assert late
    assert (early.verdict, late.verdict) == ("inconclusive", "treatment")
    with pytest.raises(PolicyError, match="inconclusive"):
        experiments.decide(place, NEW, "treatment", "Ada", on(60), None)

    experiments.decide(place, NEW, "treatment", "Ada", on(120), "errors are named")
    experiments.promote(place, NEW, "Ada", on(121), "as planned")
    team.works(122, 20, team.drawn(0.25), fails)
    whole = experiments.promote(place, NEW, "Grace", on(150), "nothing broke")
    assert (whole.state, whole.share) == ("everywhere", 1.0)
    assert whole.canary
    assert (whole.canary.design, whole.canary.n_units) == ("canary", 20)
    assert team.drawn(1.0)("any project") == NEW
    assert [event.kind for event in whole.events][-2:] == ["rolled_out", "rolled_out"]
    ada, grace = (event.by for event in whole.events[-2:])
    assert {event.by for event in whole.events} == {ada, grace}
    assert b"Grace" not in (place.experiments / "journal.jsonl").read_bytes()

    capsys.readouterr()
    assert call(["experiment", "show", NEW, "--workspace", team.where]) == 0
    said = capsys.readouterr().out
    assert "Verdict      treatment: better (60 of " in said
    assert "Canary       no loss is shown (20 units)" in said
    assert f"rolled out to 100% by {grace}: nothing broke" in said
    assert call(["experiment", "show", NEW, "--workspace", team.where, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == "tracemill.experiment/1"
    assert call(["experiment", "list", "--workspace", team.where, "--jsonl"]) == 0
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (row["state"], row["verdict"], row["share"]) == ("everywhere", "treatment", 1.0)
    taken_back_with_what_goes_on_from_it(team, whole.plan)


def test_failures_that_nobody_tells_are_no_gain(team: Team) -> None:
    begun = try_suggestion(team.workspace, suggested(team), "Ada", on(40), Asked())
    team.works(41, 60, team.drawn(0.5), {OLD: 0.6, NEW: 0.6}, hushed=NEW)
    found = experiments.show(team.workspace, begun.plan.name, on(120)).result

    assert found
    assert (found.verdict, found.reasons) == ("invalid", ("uneven_silence",))
    n_silent = found.left_aside["units of which the target tells nothing"]
    assert (n_silent, found.n_units) == (10, 50)


def taken_back_with_what_goes_on_from_it(team: Team, plan: ExperimentPlan) -> None:
    place, more = team.workspace, {"name": "further", "control": NEW, "treatment": "architect.v1.4"}
    experiments.start(place, msgspec.structs.replace(plan, **more), "Ada", on(155))
    back = experiments.roll_back(place, NEW, "Ada", on(160), "pages fail")
    along = experiments.show(place, "further", on(161))

    assert (back.state, along.state, team.draws().draws) == ("rolled_back", "rolled_back", ())
    assert along.events[-1].reason == f"it goes on from {NEW}, which was taken back"


def test_a_canary_that_does_harm_is_not_rolled_out(team: Team) -> None:
    place = team.workspace
    try_suggestion(place, suggested(team), "Ada", on(40), Asked())
    team.works(41, 60, team.drawn(0.5), {OLD: 0.6, NEW: 0.05})
    experiments.decide(place, NEW, "treatment", "Ada", on(120), None)
    experiments.promote(place, NEW, "Ada", on(121), None)
    team.works(122, 160, team.drawn(0.25), {OLD: 0.05, NEW: 0.95})

    with pytest.raises(PolicyError, match="take it back: tracemill prompt rollback"):
        experiments.promote(place, NEW, "Ada", on(300), None)
    assert experiments.roll_back(place, NEW, "Ada", on(301), "worse").state == "rolled_back"


def test_a_plan_of_ones_own_is_filed_stopped_and_kept(
    team: Team, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = team.root / "plan.toml"
    plan.write_text(
        f'name = "errors"\nsays = "name errors"\ncontrol = "{OLD}"\ntreatment = "{NEW}"\n'
        'horizon = 60\nminimum_effect = 0.3\n[target]\nmetric = "gate_failure_rate"\n'
        'better = "less"\n'
    )
    common = ["--workspace", team.where]

    assert call(["experiment", "start", str(plan), "--by", "Ada", "--dry-run", *common]) == 0
    assert call(["experiment", "list", *common]) == 3
    capsys.readouterr()
    assert call(["experiment", "start", str(plan), "--by", "Ada", *common]) == 0
    assert "Asks         lower gate_failure_rate, by 30 points or more, of 60 projects" in (
        capsys.readouterr().out
    )
    assert call(["experiment", "arms", "shop", *common]) == 0
    assert call(["experiment", "arms", *common]) == 2
    assert "architect.v1." in capsys.readouterr().out
    assert call(["experiment", "decide", "errors", "treatment", "--by", "Ada", *common]) == 5
    assert call(["prompt", "promote", "errors", "--by", "Ada", *common]) == 2
    assert call(["experiment", "stop", "errors", "--by", "Ada", "--reason", "no", *common]) == 0
    assert re.search("stopped by dev-[a-z2-7]{10}: no", capsys.readouterr().out)
    assert call(["experiment", "stop", "errors", "--by", "Ada", *common]) == 2
    assert call(["experiment", "arms", "shop", *common]) == 3


def test_versions_are_named_as_reports_are_read(team: Team) -> None:
    plan = try_suggestion(
        team.workspace, suggested(team), "Ada", on(40), Asked(), dry_run=True
    ).plan
    short = msgspec.structs.replace(plan, control="architect-v1.2", treatment="architect v2")
    begun = experiments.start(team.workspace, short, "Ada", on(40))

    assert (begun.plan.control, begun.plan.treatment) == (OLD, "architect.v2.0")
    same = msgspec.structs.replace(plan, name="b", control="qa.v1", treatment="qa.v1.0")
    with pytest.raises(UsageError, match="expected two arms"):
        experiments.start(team.workspace, same, "Ada", on(40))


def test_sessions_are_units_too_and_what_has_none_is_told(team: Team) -> None:
    plan = try_suggestion(
        team.workspace, suggested(team), "Ada", on(40), Asked(), dry_run=True
    ).plan
    by_session = msgspec.structs.replace(plan, unit="session", guards=())
    with pytest.raises(UsageError, match="no 'agent', which a plan by session needs"):
        experiments.start(team.workspace, by_session, "Ada", on(40))
    target = msgspec.structs.replace(plan.target, metric="taken_back_rate", only={})
    asked = msgspec.structs.replace(by_session, target=target)
    shown = experiments.start(team.workspace, asked, "Ada", on(40))
    assert (shown.plan.unit, shown.before.n_units) == ("session", 0)

    stray = {"agent_role": "architect", "gate_id": "contract", "validation_result": "pass"}
    emit("gate", {**stray, "stage": "design"}, at=on(41), workspace=team.workspace.root)
    team.works(41, 1, lambda _: OLD, {OLD: 0.6})
    experiments.stop(team.workspace, NEW, "Ada", on(42), None)
    begun = experiments.start(team.workspace, plan, "Ada", on(43))
    assert begun.result
    assert begun.result.left_aside["cases of no known project or moment"] == 1


def test_what_cannot_be_asked_is_said_with_what_can(team: Team) -> None:
    place = team.workspace
    with pytest.raises(NotFoundError, match="see: tracemill prompt suggest"):
        try_suggestion(place, "SUG-1", "Ada", on(40), Asked())
    with pytest.raises(UsageError, match="--treatment"):
        try_suggestion(place, suggested(team), "Ada", on(40), Asked(control="main"))
    with pytest.raises(NotFoundError, match="known: none yet"):
        experiments.show(place, "x", on(1))
    plan = try_suggestion(place, suggested(team), "Ada", on(40), Asked(), dry_run=True).plan
    lost = msgspec.structs.replace(plan.target, metric="luck")
    with pytest.raises(UsageError, match="unknown metric 'luck'"):
        experiments.start(place, msgspec.structs.replace(plan, target=lost), "Ada", on(40))
    odd = msgspec.structs.replace(plan.target, only={"moon": "full"})
    with pytest.raises(UsageError, match="no 'moon', which a plan by project"):
        experiments.start(place, msgspec.structs.replace(plan, target=odd), "Ada", on(40))
