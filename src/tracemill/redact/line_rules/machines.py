"""The last word on names of machines: packages, forges and everybody's own computer are none.

A name that begins as a package does may be that of a machine: only what surely is a package stays.
"""

from __future__ import annotations

import re
from typing import Final

from tracemill.redact.line_rules.homes import is_nobody
from tracemill.redact.line_rules.lines import Candidate, Extent
from tracemill.redact.pseudonyms import HOST

_OWN_HOST: Final = re.compile(HOST + rb"\Z")
_FORGES: Final = re.compile(
    rb"(?i)(?:^|\.)(?:github|gitlab|bitbucket|codeberg|sr|gitea|dev\.azure|visualstudio|huggingface"
    rb"|example|amazonaws|googlesource|heroku|hf)\.(?:com|org|co|ht|net|edu)\Z|^localhost"
)
_KNOWN_HOSTS: Final = re.compile(
    rb"(?i)(?:^|\.)(?:docker|google|ec2|compute|cluster|svc|azure|lima|orb|minikube|k8s)\.(?:internal|local)\Z"
    rb"|\.(?:py|js|ts|go|rs|md|json)\Z"
)
_TURNED_ROUND: Final = re.compile(rb"(?:com|org|net|io|edu|gov)\.[a-z0-9_-]+\.")
_ADDRESS_END: Final = re.compile(
    rb"(?i)\.(?:internal|intranet|intra|local|lan|corp|fritz\.box|com|org|net|edu|gov|dev|app|[a-z]{2})\Z"
)
_PACKAGE_TOLD: Final = re.compile(
    rb"(?:^|\\n)[ \t]*(?:package|import(?: static)?|namespace|(using))[ \t]+\Z"
)
_STATEMENT_END: Final = re.compile(rb"(?:\.\*)?[ \t]*(?:;|\{|\r?$|\\n)")
_TOLD_REACH: Final = 48
_HOST_MARK: Final = re.compile(rb"[0-9-]|\.(?:corp|intra|intranet)\.[A-Za-z]|\.fritz\.box\Z")


def whole_host(found: Candidate) -> Extent | None:
    """A machine that is not everybody's."""
    value = found.value.rstrip(b".-")
    if _FORGES.search(value) or _KNOWN_HOSTS.search(value) or _OWN_HOST.match(value):
        return None
    if value.replace(b".", b"").isdigit() or is_nobody(value):
        return None
    if found.line[found.end : found.end + 1] in (b"(", b"["):
        return None
    return Extent(found.start, found.start + len(value))


def marked_host(found: Candidate) -> Extent | None:
    """A name is no word of a sentence or an attribute when it holds a digit or a dash."""
    is_host = _HOST_MARK.search(found.value) and not _is_of_package(found)
    return whole_host(found) if is_host else None


def _is_of_package(found: Candidate) -> bool:
    """Tell whether a name is that of a package: it is an address turned round, or told to be one.

    What ends as an address is one, unless a statement of code tells otherwise; and no statement
    names a package with a dash.
    """
    value, line = found.value, found.line
    if _TURNED_ROUND.match(value) and not _ADDRESS_END.search(value):
        return True
    told = _PACKAGE_TOLD.search(line, max(0, found.start - _TOLD_REACH), found.start)
    if told is None or b"-" in value:
        return False
    if told[1]:
        return line.startswith(b";", found.end)
    return _STATEMENT_END.match(line, found.end) is not None
