"""What was changed in prompts, as a file that people read: the newest version of each text first.

Text that comes from prompts and commits stands in code spans, so that nothing in it is obeyed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tracemill.base.text import counted, one_line
from tracemill.records.process.prompt_versions import LineChange, PromptHistory, PromptVersion

_MOST_LINES: Final = 12
_WIDTH: Final = 140


def changelog(histories: Iterable[PromptHistory]) -> str:
    """Return the changes of texts as Markdown."""
    return "\n".join(["# Prompts, version by version", "", *_lines(histories)])


def _lines(histories: Iterable[PromptHistory]) -> Iterator[str]:
    for history in histories:
        yield f"## {_code(history.role)} ({history.kind}, {_code(history.path)})"
        yield ""
        for version in reversed(history.versions):
            yield from _version(version)
        yield ""


def _version(version: PromptVersion) -> Iterator[str]:
    when = f"{version.since:%Y-%m-%d}" if version.since else "day unknown"
    because = f": {_code(version.because)}" if version.because else ""
    yield f"- **{version.name}** ({when}, {version.change}){because}"
    if version.restores:
        yield f"  - word for word {version.restores}"
    elif version.change in {"edited", "rewritten"}:
        for line in version.lines[:_MOST_LINES]:
            yield f"  - {change_in_words(line)}"
        left = version.n_added + version.n_removed - min(len(version.lines), _MOST_LINES)
        if left > 0:
            yield f"  - and {counted(left, 'line')} more"


def change_in_words(line: LineChange) -> str:
    """Return what became of a line, with the heading that it stands under."""
    done = "added" if line.is_added else "removed"
    place = f" in {_code(line.section)}" if line.section else ""
    return f"{done}{place}: {_code(line.text)}"


def _code(text: str) -> str:
    return f"`{one_line(text, _WIDTH).replace('`', chr(39))}`"
