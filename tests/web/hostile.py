"""Words that others wrote to be obeyed, where this machine has them."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sources.reading import FOREIGN

ARCHIVE = FOREIGN / "security" / "adversarial.tar.xz"


def foreign_words() -> list[str]:
    """Return every text of the injections, each once; skip the test where there are none."""
    if not ARCHIVE.exists():
        pytest.skip(f"no injections at {ARCHIVE}; set TRACEMILL_SHARED_DATA")
    found: dict[str, None] = {}
    with tarfile.open(ARCHIVE) as held:
        for member in held.getmembers():
            if "/inject/" in member.name and (lines := held.extractfile(member)):
                for line in lines:
                    found |= dict.fromkeys(_texts(json.loads(line)))
    return list(found)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(each if name not in ("uuid", "parentUuid", "timestamp") else None)
