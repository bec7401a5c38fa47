"""Checks of text by others: prompt injections, and licence notices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

import re2

from tracemill.curate.checks.protocol import Checked, Objection
from tracemill.curate.checks.wording import every_message
from tracemill.curate.windows.suspicion import suspicion
from tracemill.records.datasets.audits import TrainingRow

_SAYS: Final = {
    "hidden_text": "holds characters that nobody sees",
    "control_tokens": "holds control tokens of chat templates",
    "untrusted_instructions": "holds orders to a model that no person typed",
}
_NAMED: Final = (
    r"SPDX-License-Identifier:\s*\(?((?:A|L)?GPL-[0-9][0-9.]*(?:-only|-or-later|\+)?"
    r"|(?:MPL|EUPL|SSPL|OSL)-[0-9.]+|CC-BY-(?:NC-)?SA-[0-9.]+)"
)
_GNU: Final = r"GNU\s+(?:Affero\s+|Lesser\s+|Library\s+)?General\s+Public\s+License"
_COPYLEFT: Final = re2.compile(
    rf"{_NAMED}|(?i:terms\s+of\s+(?:version\s+[0-9.]+\s+of\s+)?the\s+{_GNU}|{_GNU}\s+version\s+[0-9]"
    r"|subject\s+to\s+the\s+terms\s+of\s+the\s+Mozilla\s+Public)"
)
"""Notices of licences that ask whoever passes the code on to do it under the same."""
_AT_ONCE: Final = 2**20
"""Bytes of different texts in which a notice is looked for in one go."""


def steering_text(checked: Checked) -> Iterator[Objection]:
    """Yield rows with text that is out to steer whoever trains on it or judges it."""
    for row in checked.rows:
        said = every_message(row)
        untyped = (m.content for m in said if m.role in {"assistant", "tool"})
        found = suspicion((message.content for message in said), untyped)
        if found is not None:
            yield row, _SAYS[found]


_ACHIEVED: Final = "outcome:achieved"
_WHOLE_WORK: Final = frozenset(f"builder:{name}" for name in ("session", "whole", "turn", "view"))
"""Builders whose examples rest on what became of the whole work."""


def unproved_work(checked: Checked) -> Iterator[Objection]:
    """Yield rows that imitate whole work which is not known to have been achieved."""
    for row in stating_outcomes(checked):
        if _ACHIEVED not in row.tags:
            yield row, next(tag for tag in row.tags if tag.startswith("outcome:"))


def stating_outcomes(checked: Checked) -> Sequence[TrainingRow]:
    """Look at rows that say what became of their work, and that rest on it."""
    return [
        row
        for row in checked.rows
        if not _WHOLE_WORK.isdisjoint(row.tags)
        and any(tag.startswith("outcome:") for tag in row.tags)
    ]


def copyleft_notices(checked: Checked) -> Iterator[Objection]:
    """Yield rows that quote code with the notice of a licence that asks for the same."""
    if not any(map(_first_notice, _different_texts(checked.rows))):
        return
    for row in checked.rows:
        texts = [message.content.encode() for message in every_message(row)]
        if (found := _first_notice(texts)) is not None:
            yield row, f"quotes the notice of {found}"


def _different_texts(rows: Iterable[TrainingRow]) -> Iterator[list[bytes]]:
    """Yield what rows say, each text once, some at a time: rows of one session share much."""
    said: set[str] = set()
    held: list[bytes] = []
    n_held = 0
    for message in chain.from_iterable(map(every_message, rows)):
        if message.content not in said:
            said.add(message.content)
            held.append(message.content.encode())
            n_held += len(held[-1])
        if n_held > _AT_ONCE:
            yield held
            held, n_held = [], 0
    yield held


def _first_notice(texts: Iterable[bytes]) -> str | None:
    match = _COPYLEFT.search(b"\0".join(texts))
    return (match[1] or b"a GNU or Mozilla licence").decode() if match else None
