"""The scene of a synthetic piece of work: what is drawn and said, and which obstacles there are."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from tracemill.records.synth.made_up import Ending
from tracemill.synth.bugs import Bug, Function, bugs, functions, names_of_others
from tracemill.synth.phrasing import ask, expand, in_voice, say
from tracemill.synth.project import project_files, read_data
from tracemill.synth.skins import Skin, skins
from tracemill.synth.telling import Bench, Call, Result, Telling, UnfitError, require

_FAILED: Final = re.compile(r"^FAILED (\S+?)(?: - (.*))?$", re.MULTILINE)
_PASSED: Final = re.compile(r"(\d+) passed")
_TABLES: Final = {
    "features": "features", "concepts": "concepts", "beyond": "concepts",
    "vague": "people", "designs": "people", "choices": "people", "unknown": "people",
    "sizes": "puzzles", "attempts": "puzzles", "claims": "puzzles",
}  # fmt: skip
"""The file in which each table stands."""
_SETTLE: Final = "commit -q --allow-empty -am 'Tidy up'"


class Failure(NamedTuple):
    """A test that fails."""

    test: str
    message: str


class Luck(NamedTuple):
    """What a scene is drawn with."""

    drawn: random.Random
    number: int
    shift: int = 0


class Scene:
    """One piece of work in the making."""

    def __init__(
        self, bench: Bench, skin: Skin, luck: Luck, absent: frozenset[str] = frozenset()
    ) -> None:
        self.drawn = luck.drawn
        self.number = luck.number
        """Which one of its kind it is: what should come round comes in this order."""
        self.shift = luck.shift
        """How far other graphs of its part stand off in what comes round."""
        self.skin = skin
        self.tell = Telling(bench, skin)
        self.absent = absent
        """Tools that cannot be used here."""
        self.hidden: set[str] = set()
        """Tools that this work is done without."""
        self.names: list[str] = []
        """What is a name in the requests, and no part of their template."""
        self.setup: dict[str, Any] = {}
        self.ending: Ending = "answered"
        self.tags: list[str] = []
        self.language = "python"
        self._bench = bench

    def pick(self, some: Sequence[Any]) -> Any:
        """Return one of some things."""
        return self.drawn.choice(some)

    def turn(self, some: Sequence[Any]) -> Any:
        """Return the next of some things: each comes round once in each skin."""
        turn, worn = divmod(self.number, len(skins()))
        place = turn + (worn + self.shift) * (len(some) // len(skins()) + 1)
        return some[place % len(some)]

    def ask(self, name: str, /, **values: Any) -> None:
        """Let the person ask for something."""
        self._named(values)
        self._say(self.pick(ask(name)), values)

    def ask_in_words(self, text: str, /, **values: Any) -> None:
        """Let the person ask in words that a table holds."""
        self._named(values)
        self._say(text, values)

    def ask_about(self, name: str, shown: str, /, **values: Any) -> None:
        """Let the person ask about a text that the request holds, fenced, at its end."""
        self._named({**values, "shown": shown.strip()})
        said = in_voice(self.pick(ask(name)), self.drawn, values)
        self.tell.user(f"{said}\n\n```\n{shown.strip()}\n```")

    def _say(self, text: str, values: Mapping[str, Any]) -> None:
        is_reply = bool(self.tell.messages)
        self.tell.user(in_voice(text, self.drawn, values, is_reply=is_reply))

    def say(self, name: str, /, **values: Any) -> str:
        """Return what the agent says."""
        return say(name, self.drawn, **values)

    def words(self, text: str, /, **values: Any) -> str:
        """Return one way to say a text."""
        return expand(text, self.drawn, values)

    def answer(self, name: str, /, **values: Any) -> None:
        """Let the agent say something, and wait."""
        self.tell.answer(self.say(name, **values))

    def _named(self, values: Mapping[str, Any]) -> None:
        self.names += [self.skin.on(str(value)) for value in values.values()]

    def need(self, *tools: str) -> None:
        """End the work where a tool cannot be used here.

        Raises:
            UnfitError: one is absent.
        """
        require(not self.absent.intersection(tools), "no_program")

    def put(self, files: Mapping[str, str], kind: str) -> None:
        """Change files before the work begins, as a commit of the project."""
        worn = {self.skin.on(path): self.skin.on(text) for path, text in files.items()}
        self.setup = {"kind": kind, "files": worn}
        done = self._bench.call(setup_calls(worn))
        require(not any(each.failed for each in done), "setup_failed")

    def peek(self, call: Call) -> Result:
        """Return what a call gives before the work begins; nobody is told of it."""
        (result,) = self._bench.call([Call(call.tool, self.skin.on(call.arguments))])
        return result._replace(text=self.skin.off(result.text))

    def bug(self, fits: Callable[[Bug], bool] = lambda _: True) -> Bug:
        """Put a bug into the project, and return it."""
        found: Bug = self.pick([each for each in bugs() if fits(each)])
        self.put({found.function.path: found.text}, "bug")
        return found

    def function(self, fits: Callable[[Function], bool] = lambda _: True) -> Function:
        """Return a function of the project."""
        return self.pick([each for each in functions() if fits(each)])  # type: ignore[no-any-return]

    def table(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a table that stands beside the project."""
        rows: list[dict[str, Any]] = read_data(_TABLES[name])[name]
        return rows

    def text(self, path: str) -> str:
        """Return a file of the project as it comes."""
        return project_files()[path]


def setup_calls(worn: Mapping[str, str]) -> list[Call]:
    """Return the calls that change files before the work begins, as a commit of the project."""
    calls = [Call("write_file", {"path": path, "content": text}) for path, text in worn.items()]
    return [*calls, Call("git", {"arguments": _SETTLE})]


def only_named(function: Function) -> bool:
    """Tell whether nothing else bears a function's name, so that an answer by name is true."""
    return function.name not in names_of_others()


def tests_of(path: str) -> str:
    """Return the test file of a module."""
    return path.replace("larder/", "tests/test_")


def module_of(path: str) -> str:
    """Return a module's name."""
    return path.removesuffix(".py").rpartition("/")[2]


def source_of(function: Function) -> str:
    """Return a function's code, as it stands in its file."""
    return "\n".join(
        project_files()[function.path].splitlines()[function.line - 1 : function.last_line]
    )


def failures(output: str) -> list[Failure]:
    """Return the tests that fail, as pytest's output says.

    Raises:
        UnfitError: none does.
    """
    found = [Failure(test, message or "") for test, message in _FAILED.findall(output)]
    if not found:
        raise UnfitError("nothing_failed")
    return found


def n_passed(output: str) -> int:
    """Return how many tests passed.

    Raises:
        UnfitError: it does not say.
    """
    found = _PASSED.search(output)
    if found is None:
        raise UnfitError("nothing_passed")
    return int(found[1])


def listed(names: Sequence[str], last: str = "and") -> str:
    """Return names as one says them."""
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"


def counted(n: int, one: str) -> str:
    """Return a number with its noun."""
    many = f"{one[:-1]}ies" if one.endswith("y") else f"{one}es" if one.endswith("s") else f"{one}s"
    return f"{n} {one if n == 1 else many}"
