"""Options that commands share, as the parser of the command line and its help know them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.cli.shared.output import WORKSPACE_VARIABLE, Manner


@Parameter(name="*")
@dataclass(frozen=True)
class Common(Manner):
    """Options of every command."""

    workspace: Annotated[Path | None, Parameter(env_var=WORKSPACE_VARIABLE)] = None
    """Folder that holds everything; by default your user data folder."""
    json: bool = False
    """Print exactly one JSON document."""
    quiet: Annotated[bool, Parameter(alias="-q")] = False
    """No progress and no hints on stderr."""


Limit = Annotated[int, Parameter(validator=Number(gte=0, lte=10**9))]
"""How many rows to show; 0 for all."""

PathOrName = Annotated[str, Parameter(validator=())]
"""A file, or the name of something kept; only a file's may have bytes that are no UTF-8."""


@Parameter(name="*")
@dataclass(frozen=True)
class Listing:
    """Options of every list."""

    limit: Limit = 50
    """How many to show; 0 for all. With --jsonl all are printed."""
    jsonl: bool = False
    """Print each row as one line of JSON."""
