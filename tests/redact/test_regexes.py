"""RE2 is asked itself where it can be, and else by its public methods, which find the same."""

from __future__ import annotations

import importlib.util
from types import ModuleType
from typing import Any

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from tracemill.flows.machine.doctor import _scanner
from tracemill.redact import regexes

PATTERNS = [b"a", b"a*", b"(a)|(b)c", b"^b", b"(?:ab)+(c?)", rb"\bx\d{2,}", b"[^a]$", b""]
COMPILE = re2.compile


class PublicPattern:
    """What a release might return that has none of the private names."""

    def __init__(self, pattern: bytes, options: Any = None) -> None:
        compiled = COMPILE(pattern, options=options)
        self.search, self.match, self.groups = compiled.search, compiled.match, compiled.groups


def loaded_anew() -> ModuleType:
    """Return the module as it would be imported now."""
    spec = regexes.__spec__
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def public() -> ModuleType:
    """The module beside such a release; what it compiles has public methods alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(re2, "compile", PublicPattern)
        return loaded_anew()


def test_this_release_is_asked_itself() -> None:
    assert regexes.IS_DIRECT


def test_a_release_that_lacks_the_private_names_is_asked_by_its_methods(
    public: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not public.IS_DIRECT

    monkeypatch.setattr(regexes, "IS_DIRECT", False)
    said = _scanner()
    assert said.status == "warn"
    assert "slower methods" in said.detail


@pytest.mark.parametrize("pattern", PATTERNS)
@given(data=st.text("abcx1 \n").map(str.encode), start=st.integers(0, 9))
def test_both_ways_find_the_same(
    public: ModuleType, pattern: bytes, data: bytes, start: int
) -> None:
    start = min(start, len(data))
    one, other = (way.Regex(pattern, re2.Options()) for way in (regexes, public))

    def spans(found: Any) -> list[tuple[int, int]] | None:
        return None if found is None else list(found)

    assert spans(one.search(data, start)) == spans(other.search(data, start))
    assert spans(one.match(data)) == spans(other.match(data))
    assert list(map(list, one.finditer(data))) == list(map(list, other.finditer(data)))
