"""How what is missing gets into the environment that this program runs in.

Another environment's `pip` is as easily found on the path, so the interpreter is always named; a
checkout gets its extras as a checkout.
"""

from __future__ import annotations

import json
import shlex
import sys
from importlib.util import find_spec
from urllib.parse import unquote, urlsplit


def pip_install(*wanted: str) -> str:
    """Return the command that installs packages beside this program."""
    python = sys.executable or "python"
    if find_spec("pip") is None:  # as in the environments that uv makes
        return shlex.join(["uv", "pip", "install", "--python", python, *wanted])
    return shlex.join([python, "-m", "pip", "install", *wanted])


def install_extras(*names: str) -> str:
    """Return the command that installs extras of this program."""
    extras, checkout = f"[{','.join(names)}]", _checkout()
    return pip_install(*(("-e", checkout + extras) if checkout else (f"tracemill{extras}",)))


def _checkout() -> str | None:
    """Return the folder of the sources that are installed as they stand; None for a wheel."""
    from importlib.metadata import PackageNotFoundError, distribution  # takes long to import

    try:
        told = distribution("tracemill").read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    origin = json.loads(told) if told else {}
    if not origin.get("dir_info", {}).get("editable"):
        return None
    return unquote(urlsplit(origin["url"]).path)
