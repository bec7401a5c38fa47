"""Decisions that something which is found is harmless, and taking them back.

What is meant is named by its stand-in, which stands in every session, preview and redacted file:
so nobody has to say the text again, and nothing keeps it. Inputs in which it stands are read again
with the next run, and no others; when a decision ends, all of its project are, since what was
allowed left no trace.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.base.ids import make_id
from tracemill.base.named_files import expanded
from tracemill.flows.held.lookup import require_kept
from tracemill.records.privacy.allowances import Allowance
from tracemill.records.privacy.stand_ins import is_stand_in
from tracemill.records.refs import Record
from tracemill.store.allowances import read_allowances, write_allowances
from tracemill.store.workspace import Workspace


class AllowResult(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A decision, and what follows from it."""

    allowance: Allowance
    """The decision."""
    n_inputs: int
    """Inputs that are read again with the next run."""


class AllowedList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """All decisions."""

    allowances: tuple[Allowance, ...]
    """Every one, those that have ended among them."""


def allow(workspace: Workspace, stand_in: str, wanted: Allowance) -> AllowResult:
    """Keep a decision.

    Args:
        workspace: The workspace.
        stand_in: What stands in place of what is harmless.
        wanted: The decision as it was made: a project is a path, a reason is as it was typed.

    Raises:
        UsageError: it is no stand-in, or is allowed there already.
        NotFoundError: nothing is kept yet.
    """
    require_kept(workspace)
    if not is_stand_in(stand_in):
        raise UsageError(
            "expected a stand-in such as [SECRET:github-pat:k7f2qa] or user-k7f2qa@example.org, "
            "as `tracemill privacy preview` shows them; the text itself is not to be named"
        )
    from tracemill.flows.ingest.allowing import inputs_in, inputs_with, read_again
    from tracemill.flows.ingest.redactors import own_redactor
    from tracemill.store.lake import Lake

    redactor = own_redactor(workspace).redactor
    project = None if wanted.project is None else redactor.text(wanted.project)
    allowance = msgspec.structs.replace(
        wanted,
        id=make_id("allow", stand_in, project or "", wanted.at.isoformat()),
        project=project,
        reason=redactor.text(wanted.reason),
    )
    with workspace.writing():
        book = read_allowances(workspace.vault)
        for one in book:
            if one.is_active(wanted.at) and (one.stand_in, one.project) == (stand_in, project):
                raise UsageError(f"{one.id} allows it already, until {one.until:%Y-%m-%d}")
        lake = Lake(workspace.lake)
        holding = inputs_with(lake, stand_in)
        if project is not None:
            holding &= inputs_in(lake, project)
        write_allowances(workspace.vault, (*book, allowance))
        return AllowResult(allowance=allowance, n_inputs=read_again(workspace, holding))


def disallow(workspace: Workspace, name: str, now: datetime) -> AllowResult:
    """End the decision that a name means: its id, or how it begins, or the stand-in.

    Raises:
        NotFoundError: no decision that holds answers to it, or several do.
    """
    require_kept(workspace)
    from tracemill.flows.ingest.allowing import inputs_in, read_again
    from tracemill.store.lake import Lake

    with workspace.writing():
        book = read_allowances(workspace.vault)
        found = [
            one
            for one in book
            if one.is_active(now) and (one.stand_in == name or one.id.startswith(name))
        ]
        if len(found) != 1:
            listed = ", ".join(one.id for one in found) or "none"
            raise NotFoundError(
                f"expected one decision that holds, found {listed}; see: tracemill privacy allowed"
            )
        ended = msgspec.structs.replace(found[0], ended=now)
        inputs = inputs_in(Lake(workspace.lake), ended.project)
        # read again first: a decision that has ended must never leave anything standing
        n_inputs = read_again(workspace, inputs)
        write_allowances(workspace.vault, (ended if one is found[0] else one for one in book))
    return AllowResult(allowance=ended, n_inputs=n_inputs)


def list_allowed(workspace: Workspace) -> AllowedList:
    """Return every decision."""
    return AllowedList(allowances=read_allowances(workspace.vault))


def decision(
    stand_in: str, project: Path | None, reason: str, by: str, term: tuple[datetime, datetime]
) -> Allowance:
    """Return a decision as a person makes it, with when it begins and when it ends."""
    return Allowance(
        id="",
        stand_in=stand_in,
        project=None if project is None else str(expanded(project).absolute()),
        reason=reason,
        by=by,
        at=term[0],
        until=term[1],
    )
