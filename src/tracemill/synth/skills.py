"""Which written skill shows what: its sub-category, and the examples that follow it.

An example follows a skill where what is learned of it reads the skill's file, calls it by a tool
for skills, or names it ("the scale-game skill"). A name in words counts where it is written as
names are, with a hyphen, or is that of a file: "the relevant skill" is none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from tracemill.records.datasets.examples import ChatExample, Example, Message
from tracemill.records.synth.made_up import SkillUse
from tracemill.synth.coverage import place_of_skill

_NAMED: Final = re.compile(r"\bthe [`\"']?([\w-]{3,})[`\"']? skill\b", re.IGNORECASE)
_FILE: Final = re.compile(r"(?:^|[/\s\"'])skills/(?:[\w.-]+/)*([\w.-]+)/SKILL\.md\b")
_TOOL: Final = "skill"
_KEYS: Final = ("skill", "name", "command")


def skill_in_path(path: str) -> str | None:
    """Return the skill that a file describes; None where it describes none."""
    found = _FILE.search("/" + path)
    return found[1].lower() if found else None


def skills_of(example: Example, known: Collection[str] = ()) -> frozenset[str]:
    """Return the skills that an example follows, by name; of some it is known that they are."""
    if not isinstance(example, ChatExample):
        return frozenset()
    learned = (message for message in example.messages if message.trained)
    return frozenset(name for message in learned for name in _followed(message, known))


def _followed(message: Message, known: Collection[str]) -> Iterator[str]:
    named = map(str.lower, _NAMED.findall(message.content))
    yield from (name for name in named if "-" in name or name in known)
    for call in message.tool_calls:
        given: Mapping[str, Any] = call["function"]["arguments"]
        texts = [value for value in given.values() if isinstance(value, str)]
        yield from (found.lower() for text in texts for found in _FILE.findall("/" + text))
        if call["function"]["name"].lower() == _TOOL:
            said = next((given[key] for key in _KEYS if isinstance(given.get(key), str)), "")
            yield from filter(None, [said.rpartition(":")[2].strip().lstrip("/").lower()])


class SkillMap:
    """Counts which skills examples follow, one example after another."""

    def __init__(self, files: Mapping[str, str]) -> None:
        """Begin with the files of skills, by name."""
        self._files = files
        self._n_real: Counter[str] = Counter()
        self._n_made: Counter[str] = Counter()

    def look(self, example: Example, *, is_made_up: bool = False) -> None:
        """Count an example for each skill that it follows."""
        (self._n_made if is_made_up else self._n_real).update(skills_of(example, self._files))

    def told(self) -> tuple[SkillUse, ...]:
        """Return every skill that is written down or followed, those of most examples first."""
        found = map(self._use, {*self._files, *self._n_real, *self._n_made})
        return tuple(sorted(found, key=lambda each: (-each.n_real - each.n_synthetic, each.name)))

    def _use(self, name: str) -> SkillUse:
        category, part = place_of_skill(name)
        return SkillUse(
            name=name,
            category=category,
            part=part,
            n_real=self._n_real[name],
            n_synthetic=self._n_made[name],
            file=self._files.get(name),
        )
