"""Whether a model in use does worse than the one before, by the outcomes of new sessions.

It may be looked at after every session, and the alarm still is false at most as often as `alpha`
says: half of that is spent on the evidence, which is an e-value, and half on what the model must
not fall below: the lower end of an interval of its predecessor's share, less a margin.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracemill.records.models.promotion import Alarm
from tracemill.stats import clopper_pearson, e_value


def watch(
    model: str,
    ended: Sequence[bool],
    usual: Sequence[bool],
    *,
    margin: float = 0.05,
    alpha: float = 0.05,
) -> Alarm:
    """Return whether a model's sessions end well less often than they should.

    `ended` says of each of its sessions whether it ended well, `usual` of its predecessor's.
    """
    n, good = len(ended), sum(ended)
    floor = clopper_pearson(sum(usual), len(usual), 1 - alpha).low - margin if usual else 0.0
    null = max(0.0, floor)
    evidence = e_value(good, n, null, "below") if null > 0 and n else 1.0
    alarm_at = 2 / alpha
    is_raised = evidence >= alarm_at
    verb = "fell below" if is_raised else "is not shown to fall below"
    told = f"{good:,} of {n:,} sessions ended well; that {verb} {null:.0%}"
    unknown = "no session of the model before is known, so there is nothing to fall below"
    return Alarm(
        model=model,
        n=n,
        n_good=good,
        usual_n=len(usual),
        usual_good=sum(usual),
        null=null,
        e_value=evidence,
        alarm_at=alarm_at,
        is_raised=is_raised,
        says=told if usual else unknown,
    )
