"""Parity: the renderers that are installed are given the same questions, hard ones among them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tracemill.llm.parity import RENDERERS, ParityResult, Question, check_parity
from tracemill.records.datasets.examples import Message
from tracemill.records.refs import Record
from tracemill.render.chat_format import load_format
from tracemill.synth.repository_tasks import Numbers, make_tasks
from tracemill.train.base_models import find_base

_NEEDS: Final = {"transformers": "transformers", "llama-cpp": "xllamacpp"}
_NUMBERS: Final = Numbers(one_call=8, answer=8, two_calls=12)
_HARD: Final = (
    "x = 10245.5\n\n\n  2", "1, 22, 333 and 4444", "Łódź naïve ﬁ 你好 🙂", " a  b\tc \r\n\n2.",
    '{"a": [1, null, "é"]}', "I'LL don't", "", "  indented\n    more\n",
)  # fmt: skip
"""Texts of which tokenizers and templates make different things: digits, spaces, line ends."""


class ParityReport(Record, frozen=True, kw_only=True):
    """Which renderers make our tokens."""

    format: str
    """Fingerprint of the format."""
    results: tuple[ParityResult, ...]
    """What each renderer did."""
    absent: tuple[str, ...] = ()
    """Renderers that are not installed."""

    @property
    def agrees(self) -> bool:
        """Whether every renderer made our tokens of every question."""
        return all(result.n_same == result.n for result in self.results)


def check_renderers(model: str, template: str) -> ParityReport:
    """Give every renderer that is installed the same questions."""
    base = find_base(model)
    place = base.file or Path(base.place)
    format_ = load_format(template, place)
    installed = [name for name in RENDERERS.builtin if find_spec(_NEEDS[name])]
    usable = [name for name in installed if name != "llama-cpp" or base.file]
    results = []
    for name in usable:
        with RENDERERS.load(name)(format_, place) as render:
            results.append(check_parity(name, render, format_, questions()))
    absent = tuple(name for name in RENDERERS.builtin if name not in usable)
    return ParityReport(format=format_.spec.fingerprint, results=tuple(results), absent=absent)


def questions() -> list[Question]:
    """Return everything that renderers are asked."""
    made = [
        Question(task.messages[:-1], task.tools) for task in make_tasks("held_out", _NUMBERS, 0)
    ]
    hard = [Question([Message(role="user", content=text)]) for text in _HARD]
    return [*made, *hard]
