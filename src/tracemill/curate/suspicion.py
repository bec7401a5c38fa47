"""Text that is out to steer whoever reads it: a model that trains on it, or one that judges it.

What came back from tools was written by anybody. The forms in `steering.toml` keep a window from
being used. They tell forms, not meanings: an order in plain words that nobody has seen before is
not found, nor code that does harm.
"""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final, Literal, get_args

import msgspec
import re2

from tracemill.records.trajectory import Step

Suspicion = Literal["hidden_text", "control_tokens", "untrusted_instructions"]
"""Why a window is not used: what is invisible in it, what a template reads, or who gives orders."""

_ORDERS: Final = "untrusted_instructions"


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One table of the file."""

    reason: Suspicion
    """What it tells of a text."""
    title: str
    """What it finds, for people."""
    pattern: str
    """What it looks like."""
    base64: tuple[str, ...] = ()
    """Texts that are also looked for in Base64."""
    finds: tuple[str, ...]
    """Texts in which it must find something."""
    ignores: tuple[str, ...] = ()
    """Texts in which it must find nothing."""

    @property
    def expression(self) -> str:
        """What is looked for."""
        coded = (re2.escape(part) for text in self.base64 for part in _encodings(text))
        flags = "i" if self.reason == _ORDERS else ""
        return "|".join([f"(?{flags}:{self.pattern})", *coded])


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    form: tuple[Form, ...]


@cache
def forms() -> tuple[Form, ...]:
    """Return every form."""
    text = (resources.files(__package__) / "steering.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _File).form


def suspicion(texts: Iterable[str], untyped: Iterable[str]) -> Suspicion | None:
    """Return why some texts are not to be used, or None where nothing speaks against them.

    Args:
        texts: All that is said.
        untyped: What of it came from nobody who may give orders.
    """
    said, orders = "\n".join(texts), "\n".join(untyped)
    for reason in get_args(Suspicion):
        if _matcher(reason).search(orders if reason == _ORDERS else said):
            found: Suspicion = reason
            return found
    return None


def suspicion_of_steps(steps: Sequence[Step]) -> Suspicion | None:
    """Return why some steps are not to be used."""
    return suspicion(
        (text for step in steps for text in _texts(step)),
        (text for step in steps for text in _untyped(step)),
    )


@cache
def _matcher(reason: Suspicion) -> Any:
    options = re2.Options()
    options.never_capture = True
    own = (form.expression for form in forms() if form.reason == reason)
    return re2.compile("|".join(own), options=options)


def _encodings(text: str) -> Iterator[str]:
    """Yield what of a text stands in its Base64, wherever in a longer one it begins."""
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + text.encode()).decode().rstrip("=")
        yield coded[4 if shift else 0 : -2]


def _texts(step: Step) -> Iterator[str]:
    """Yield everything in a step that an example may hold."""
    yield step.text
    yield step.reasoning or ""
    for call in step.calls:
        yield from _leaves(call.arguments)
    yield from (result.content for result in step.results)


def _untyped(step: Step) -> Iterator[str]:
    """Yield what neither a person nor the harness said: those may give orders."""
    if step.speaker in {"agent", "tool"}:
        yield step.text
    yield from (result.content for result in step.results)


def _leaves(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, dict):
            waiting += [*node, *node.values()]
        elif isinstance(node, list | tuple):
            waiting += node
