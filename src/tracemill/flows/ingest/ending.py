"""The end of allowances that run out, which every run looks for."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tracemill.store.allowances import read_allowances, write_allowances
from tracemill.store.workspace import Workspace


def end_allowances(workspace: Workspace, now: datetime) -> int:
    """End what has run out, and have read again where it held; return how many ended."""
    book = read_allowances(workspace.vault)
    over = [one for one in book if one.ended is None and not one.is_active(now)]
    if over:
        from tracemill.flows.ingest.allowing import inputs_in, read_again
        from tracemill.store.lake import Lake

        lake = Lake(workspace.lake)
        read_again(workspace, set().union(*(inputs_in(lake, one.project) for one in over)))
        ended = {one.id: msgspec.structs.replace(one, ended=now) for one in over}
        write_allowances(workspace.vault, (ended.get(one.id, one) for one in book))
    return len(over)
