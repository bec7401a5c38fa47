"""`tracemill emit`: keep an event of the team's own process."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tracemill.base.named_files import expanded
from tracemill.cli.collect.emitting import emit_event


def emit(
    kind: str,
    /,
    *,
    json: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    session: str | None = None,
    workspace: Annotated[Path | None, Parameter(env_var="TRACEMILL_WORKSPACE")] = None,
) -> int:
    """Keep one event until the next sync reads it. Made for scripts and hooks: it starts at once.

    Parameters
    ----------
    kind
        What happened: gate, stage, approval, feedback, failure, success, note, …
    json
        What is known of it, as a JSON object; - reads it from stdin. An event of which nothing is
        known is {}.
    session
        The agent's own id of the session in which it happened.
    workspace
        Folder that holds everything; by default your user data folder.
    """
    place = None if workspace is None else str(expanded(workspace).absolute())
    return emit_event(kind, json, session, place)
