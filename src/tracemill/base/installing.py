"""How what is missing gets into the environment that this program runs in, and it into others.

Another environment's `pip` is as easily found on the path, so the interpreter is always named; a
checkout gets its extras as a checkout. Where the program came from is what pip noted (PEP 610).
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from tracemill.base.errors import SourceError

_NAME: Final = "tracemill"
_REMOTE: Final = re.compile(
    r"""(?: (?:https?|ssh|git)://(?:[^/@]*@)?(?P<host>[\w.-]+)(?P<port>:\d+)?/
          | (?:[\w.-]+@)(?P<login>[\w.-]+): )(?P<path>[\w./~+-]+)\Z""",
    re.VERBOSE,
)
"""The address of a repository on another host; as `git@host:path` too."""


def pip_install(*wanted: str) -> str:
    """Return the command that installs packages beside this program."""
    python = sys.executable or "python"
    if find_spec("pip") is None:  # as in the environments that uv makes
        return shlex.join(["uv", "pip", "install", "--python", python, *wanted])
    return shlex.join([python, "-m", "pip", "install", *wanted])


def install_extras(*names: str) -> str:
    """Return the command that installs extras of this program."""
    extras, checkout = f"[{','.join(names)}]", _checkout()
    return pip_install(*(("-e", checkout + extras) if checkout else (f"{_NAME}{extras}",)))


def origin_requirement() -> str | None:
    """Return what pip on another machine installs this very program by.

    Returns:
        Its name and version where it came from an index, the address of its repository with the
        commit where it came from there; None where no other machine can reach it. A login in an
        address is left out.
    """
    from importlib.metadata import PackageNotFoundError, version  # takes long to import

    try:
        installed = version(_NAME)
    except PackageNotFoundError:
        return None
    origin = _origin()
    if origin is None:
        return f"{_NAME}=={installed}"
    url = origin["url"]
    if commit := origin.get("vcs_info", {}).get("commit_id"):
        return _of_repository(url, commit)
    return _of_checkout(Path(unquote(urlsplit(url).path))) if "dir_info" in origin else None


def _of_checkout(folder: Path) -> str | None:
    """Return what installs the repository that a checkout is a clone of."""
    from tracemill.base.git.process import Git  # every run imports what stands above

    try:
        git = Git.of(folder)
        url = git.answer("config", "--get", "remote.origin.url", empty_exit=1).decode().strip()
        heads = git.answer("for-each-ref", "--contains=HEAD", "--count=1", "refs/remotes/origin/")
        commit = git.answer("rev-parse", "HEAD").decode().strip()
    except SourceError:  # no repository, no commit, or no git
        return None
    return _of_repository(url, commit if heads else "")


def _of_repository(url: str, commit: str) -> str | None:
    """Return what installs a commit of a repository, its newest state without one."""
    found = _REMOTE.match(url)
    if found is None:
        return None
    host = found["host"] or found["login"]
    port = found["port"] if url.startswith("http") and found["port"] else ""
    at = f"@{commit}" if commit else ""
    return f"{_NAME} @ git+https://{host}{port}/{found['path']}{at}"


def _checkout() -> str | None:
    """Return the folder of the sources that are installed as they stand; None for a wheel."""
    origin = _origin()
    if origin is None or not origin.get("dir_info", {}).get("editable"):
        return None
    return unquote(urlsplit(origin["url"]).path)


def _origin() -> dict[str, Any] | None:
    """Return what pip noted of where this program came from; None for an index, or nowhere."""
    from importlib.metadata import PackageNotFoundError, distribution  # takes long to import

    try:
        told = distribution(_NAME).read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    return json.loads(told) if told else None
