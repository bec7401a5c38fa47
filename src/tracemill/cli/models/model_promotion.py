"""`tracemill model` from a candidate to the model in use, and back."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.clock import now
from tracemill.base.text import counted
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NO, EXIT_NOTHING, EXIT_REFUSED
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint, write, write_lines
from tracemill.cli.shared.tables import print_table
from tracemill.flows.models import promotion
from tracemill.flows.models import registry as model_registry
from tracemill.promote.assigning import assigned

Share = Annotated[float, Parameter(validator=Number(gte=0, lte=1))]


def register_model(
    run: str,
    /,
    *,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Register the result of a training run as a candidate.

    Parameters
    ----------
    run
        The run's id, or the name of its recipe for the latest one.
    """
    model = model_registry.register_run(common.open(), run, now())
    registered = model_registry.RegisteredModel(model=model, role="candidate")
    if not answer(
        "registered", registered, common, next_steps=[f"tracemill model eval {model.name}"]
    ):
        write(f"{model.id}  {model.name}")
        write(f"Weights      {model.weights_sha256}")
        write(f"Format       {model.format or 'unknown'}")
        n_examples = counted(len(model.example_ids), "example")
        write(f"Trained on   {n_examples} of {', '.join(model.datasets) or 'unknown data'}")
        hint(f"next: tracemill model eval {model.name} --suite SUITE, for each of a policy", common)
        hint(f"then: tracemill model approve {model.name} --by YOUR-NAME, and promote it", common)
    return EXIT_DONE


def registry_model(
    *,
    jsonl: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List registered models: candidates, the one in use, and those that were.

    Parameters
    ----------
    jsonl
        Print each model as one line of JSON.
    """
    listed = model_registry.list_models(common.open())
    if jsonl:
        write_lines(listed.models)
    elif not answer("registry", listed, common, next_steps=["tracemill model promote CANDIDATE"]):
        rows = [
            (
                each.model.id,
                each.role,
                each.model.name,
                each.model.recipe or "unknown",
                each.model.format or "unknown",
            )
            for each in listed.models
        ]
        if rows:
            print_table(("ID", "ROLE", "NAME", "RECIPE", "FORMAT"), rows, ("FORMAT", "RECIPE"))
        else:
            hint("no models are registered; run: tracemill model register RUN", common)
    return EXIT_DONE if listed.models else EXIT_NOTHING


def approve_model(
    candidate: str,
    /,
    *,
    by: str,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Approve a candidate, as a person.

    Parameters
    ----------
    candidate
        The model's name or id, or the recipe of the latest one.
    by
        Who says yes; a pseudonym of the name is kept.
    """
    model = promotion.approve(common.open(), candidate, by, now())
    registered = model_registry.RegisteredModel(model=model, role="candidate")
    if not answer("registered", registered, common, next_steps=["tracemill model promote"]):
        write(f"{by} says yes to {model.id} {model.name}")
    return EXIT_DONE


def promote_model(
    candidate: str,
    /,
    *,
    policy: Path | None = None,
    against: str | None = None,
    dry_run: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Put a candidate in use, if its receipts meet the policy.

    Parameters
    ----------
    candidate
        The model's name or id, or the recipe of the latest one.
    policy
        A TOML file that says what is asked of it.
    against
        What to compare it with; by default the model in use.
    dry_run
        Only say what would be decided.
    """
    decision = promotion.promote(
        common.open(), candidate, promotion.load_policy(policy), at=now(), against=against,
        dry_run=dry_run,
    )  # fmt: skip
    if not answer("promotion", decision, common, next_steps=["tracemill model rollback"]):
        verb = "may follow" if dry_run else "follows"
        said = verb if decision.is_promoted else "is refused to follow"
        write(f"{decision.candidate} {said} {decision.incumbent} by the policy {decision.policy!r}")
        for rule in decision.rules:
            write(f"{'refused' if rule.reason else 'passed':<8} {rule.rule:<9} {rule.says}")
        for reason in decision.reasons:
            hint(f"reason: {reason}", common)
    return EXIT_DONE if decision.is_promoted else EXIT_REFUSED


def rollback_model(
    *,
    reason: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Put the previous model in use again.

    Parameters
    ----------
    reason
        Why; it is kept without names and secrets.
    """
    model = promotion.roll_back(common.open(), now(), reason)
    registered = model_registry.RegisteredModel(model=model, role="incumbent")
    if not answer("registered", registered, common, next_steps=["tracemill model registry"]):
        write(f"{model.id} {model.name} is in use again")
    return EXIT_DONE


def canary_model(
    candidate: str,
    /,
    *,
    share: Share,
    shadow: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Give a candidate a part of the sessions on trial, or take it back with a share of 0.

    Parameters
    ----------
    candidate
        The model's name or id, or the recipe of the latest one.
    share
        Share of the sessions.
    shadow
        It only answers beside, and nobody acts on it.
    """
    workspace = common.open()
    given = promotion.share_out(workspace, candidate, share, now(), is_shadow=shadow)
    if not answer("assignments", given, common, next_steps=["tracemill model monitor"]):
        for arm in given.arms:
            write(f"{arm.share:>7.1%}  {arm.model}{'  (shadow)' if arm.is_shadow else ''}")
        rest = 1 - sum(arm.share for arm in given.arms if not arm.is_shadow)
        write(f"{rest:>7.1%}  {given.incumbent}")
        hint(f"for gateways: {workspace.models / 'assignments.json'}", common)
    return EXIT_DONE


def which_model(
    session: str,
    /,
    *,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show which model serves a session, by the current shares.

    Parameters
    ----------
    session
        The session's id, as the agent or gateway calls it.
    """
    drawn = assigned(model_registry.read_assignments(common.open()), session)
    if not answer("assigned", drawn, common, next_steps=["tracemill model registry"]):
        write(f"{drawn.model_id}  {drawn.model}")
        for arm in drawn.shadows:
            write(f"{arm.model_id}  {arm.model}  (shadow)")
    return EXIT_DONE


def monitor_model(
    model: str,
    /,
    *,
    against: str,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Check whether a model's sessions end well less often than another's did; exit 1 if so.

    Parameters
    ----------
    model
        The model, as its sessions name it.
    against
        The model before, as its sessions name it.
    """
    alarm = promotion.monitor(common.open(), model, against)
    if not answer("alarm", alarm, common, next_steps=["tracemill model rollback"]):
        evidence = f"evidence {alarm.e_value:.3g}, alarm at {alarm.alarm_at:g}"
        write(f"{alarm.model}: {alarm.says} ({evidence})")
        if alarm.is_raised:
            hint("next: tracemill model rollback", common)
    return EXIT_NO if alarm.is_raised else EXIT_DONE
