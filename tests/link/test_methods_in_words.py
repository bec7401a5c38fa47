"""Each way in which a link is known is said in a sentence."""

from typing import get_args

from tracemill.records.links import METHODS, LinkMethod


def test_every_method_is_said_in_words() -> None:
    assert tuple(METHODS) == get_args(LinkMethod)
