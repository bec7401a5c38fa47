"""Issues that people reported to an agent and nobody filed, over all sessions."""

from __future__ import annotations

from collections import Counter

from tracemill.base.ids import make_id
from tracemill.flows.analysis.turns import newest, read_turns
from tracemill.records.process.heard_issues import HeardIssue, HeardIssues
from tracemill.records.sessions.turn_work import Complaint, TurnWork
from tracemill.store.workspace import Workspace

_MAX_REQUEST = 200


def heard_issues(workspace: Workspace, limit: int) -> HeardIssues:
    """Return what people complained of, the newest first; 0 for all.

    Raises:
        NotFoundError: nothing is kept.
    """
    turns = [turn for session in read_turns(workspace) for turn in session.turns if turn.calls]
    turns.sort(key=newest)
    found = [_issue(turn, turn.complaint) for turn in turns if turn.complaint is not None]
    tools = Counter(each.tool for each in found if each.tool is not None)
    return HeardIssues(
        rows=tuple(found[: limit or None]),
        total=len(found),
        n_turns=len(turns),
        tools=dict(tools.most_common()),
    )


def _issue(turn: TurnWork, complaint: Complaint) -> HeardIssue:
    return HeardIssue(
        id=make_id("issue", turn.trajectory_id, str(complaint.step)),
        title=complaint.says,
        tool=complaint.action,
        called=turn.actions,
        request=" ".join(turn.request.split())[:_MAX_REQUEST],
        trajectory_id=turn.trajectory_id,
        step=complaint.step,
        at=turn.at,
        reaction=turn.reaction,
    )
