"""Text that is out to steer whoever reads it: a model that trains on it, or one that judges it.

What came back from tools was written by anybody. The forms in `steering.toml` keep a window from
being used. They tell forms, not meanings: an order in plain words that nobody has seen before is
not found, nor code that does harm.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import chain
from typing import Any, Final, Literal, get_args

import msgspec
import re2
import rtoml

from tracemill.records.sessions.trajectory import Step

Suspicion = Literal["hidden_text", "control_tokens", "untrusted_instructions"]
"""Why a window is not used: what is invisible in it, what a template reads, or who gives orders."""

_ORDERS: Final = "untrusted_instructions"
_MEMORY: Final = 64 * 2**20
"""What the states of all forms together may take."""


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
    return msgspec.convert(rtoml.loads(text), _File).form


def suspicion(texts: Iterable[str], untyped: Iterable[str]) -> Suspicion | None:
    """Return why some texts are not to be used, or None where nothing speaks against them.

    Args:
        texts: All that is said.
        untyped: What of it came from nobody who may give orders.
    """
    numbers = _all_forms().Match(_lines(texts)) or ()
    told = {forms()[number].reason for number in numbers}
    if _ORDERS in told and not _orders().search(_lines(untyped)):
        told.remove(_ORDERS)
    return next((reason for reason in get_args(Suspicion) if reason in told), None)


def _lines(texts: Iterable[str]) -> bytes:
    """Return texts behind one another, each encoded by itself: few need more than a copy for it."""
    return b"\n".join([text.encode() for text in texts])


def suspicion_of_steps(steps: Sequence[Step]) -> Suspicion | None:
    """Return why some steps are not to be used."""
    return suspicion(
        chain.from_iterable(map(_texts, steps)), chain.from_iterable(map(_untyped, steps))
    )


@cache
def _all_forms() -> Any:
    """Return all forms as one set, which looks for them in one pass."""
    found = re2.Set.SearchSet(_options())
    for form in forms():
        found.Add(form.expression)
    found.Compile()
    return found


@cache
def _orders() -> Any:
    own = (form.expression for form in forms() if form.reason == _ORDERS)
    return re2.compile("|".join(own), options=_options())


def _options() -> re2.Options:
    options = re2.Options()
    options.never_capture = True
    options.max_mem = _MEMORY
    return options


def _encodings(text: str) -> Iterator[str]:
    """Yield what of a text stands in its Base64, wherever in a longer one it begins."""
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + text.encode()).decode().rstrip("=")
        yield coded[4 if shift else 0 : -2]


def _texts(step: Step) -> list[str]:
    """Return everything in a step that an example may hold."""
    texts = [step.text, step.reasoning or ""]
    for call in step.calls:
        texts += _leaves(call.arguments)
    return texts + [result.content for result in step.results]


def _untyped(step: Step) -> list[str]:
    """Return what neither a person nor the harness said: those may give orders."""
    said = [step.text] if step.speaker in {"agent", "tool"} else []
    return said + [result.content for result in step.results]


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
