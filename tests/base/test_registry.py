import pytest

from tracemill.base.errors import UnknownNameError
from tracemill.base.registry import Registry

REGISTRY = Registry[type](kind="thing", builtin={"counter": "collections:Counter"})


def test_a_name_is_imported_when_it_is_asked_for() -> None:
    assert REGISTRY.load("counter").__name__ == "Counter"


def test_an_unknown_name_is_answered_with_those_that_are_known() -> None:
    with pytest.raises(UnknownNameError, match="unknown thing 'countr'; known: counter"):
        REGISTRY.load("countr")
