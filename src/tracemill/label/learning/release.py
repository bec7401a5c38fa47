"""Whether a commit makes a release, by its subject."""

from __future__ import annotations

import re
from typing import Final

_RELEASE: Final = re.compile(
    r"^(?:chore\(release\)|release\b|bump (?:the )?version|v?\d+\.\d+\.\d+\b)", re.IGNORECASE
)


def is_release(subject: str) -> bool:
    """Tell whether a commit of this subject makes a release."""
    return _RELEASE.match(subject) is not None
