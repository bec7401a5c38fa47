"""What a scan is asked to look at: files, folders, dataset versions, or all that is kept."""

from __future__ import annotations

from collections.abc import Sequence

from tracemill.base.errors import NotFoundError
from tracemill.base.named_files import expanded, missing
from tracemill.base.text import is_text
from tracemill.flows.datasets.versions import find_version
from tracemill.flows.privacy.scan import Target
from tracemill.store.workspace import Workspace


def find_targets(workspace: Workspace, names: Sequence[str]) -> list[Target]:
    """Return what names mean: files, folders, dataset versions, or `workspace`, the default.

    Raises:
        NotFoundError: a name means nothing.
    """
    return [_target(workspace, name) for name in names or ("workspace",)]


def _target(workspace: Workspace, name: str) -> Target:
    path = expanded(name)
    if path.exists():
        return Target(path)
    if name == "workspace":
        if not workspace.exists:
            raise NotFoundError(
                f"nothing is kept in {str(workspace.root)!r}; name files to look at"
            )
        return Target(workspace.root, workspace.vault)
    if not is_text(name):
        raise missing(name, "files to look at")
    try:
        return Target(find_version(workspace, name)[0])
    except NotFoundError as error:
        if path.name != name:
            raise NotFoundError(f"no such file or folder: {name!r}") from error
        raise NotFoundError(
            f"{error}; expected a file, a folder, a dataset or `workspace`"
        ) from None
