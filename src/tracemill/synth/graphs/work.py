"""Moves that graphs share: see a bug fail, mend it, build a wish test first, tidy a smell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from tracemill.synth.bugs import Bug, functions
from tracemill.synth.scene import Failure, Scene, failures, n_passed, only_named, tests_of
from tracemill.synth.smells import smells
from tracemill.synth.telling import Call, require

_WIDTH = 96
_CALLED = re.compile(r"(\w+)\(")
_OF_ALL = frozenset(dir(dict)) | frozenset(dir(list)) | frozenset(dir(str))
"""Methods that everybody knows."""
_TENSES = {
    "it uses": "it used",
    "should use": "should have used",
    "it calls": "it called",
    "is meant": "was meant",
    "there is no": "there was no",
    "so the order is": "so the order was",
    "so the condition is": "so the condition was",
    "are joined": "were joined",
    "it compares": "it compared",
    "should be": "should have been",
    "it has": "it had",
    "should have `": "should have had `",
}


def testable(bug: Bug) -> bool:
    """Tell whether a bug lies where tests of its own look."""
    return bug.function.path != "larder/cli.py"


def see_fail(scene: Scene, bug: Bug, says: str = "") -> Failure:
    """Run the tests of the module, and return the first one that fails."""
    output = scene.tell.one("run_tests", says, target=tests_of(bug.function.path))
    return failures(output.text)[0]


def read_function(scene: Scene, bug: Bug, says: str = "") -> None:
    """Read the function that is wrong."""
    function = bug.function
    if scene.absent or scene.drawn.random() < 0.5:  # noqa: PLR2004 - one half
        scene.tell.done("read_file", says, path=function.path)
        return
    found = scene.tell.done("goto_definition", says, symbol=function.full_name)
    require(found.startswith(f"{function.path}:"), "not_found_once")
    scene.tell.done(
        "read_file", path=function.path, first_line=function.line, last_line=function.last_line
    )


def mend(scene: Scene, bug: Bug, says: str = "") -> None:
    """Put the right line in the place of the wrong one."""
    scene.tell.done("edit_file", says, path=bug.function.path, old=bug.wrong, new=bug.right)


def past(says: str) -> str:
    """Return what is wrong as it was, once it is mended."""
    for now, then in _TENSES.items():
        says = says.replace(now, then)
    return says


def say_fixed(scene: Scene, bug: Bug, n: int) -> None:
    """Answer that a bug is mended: what was wrong, where, what stands there now, and the tests."""
    scene.answer(
        "bug_fixed",
        symbol=bug.function.full_name,
        path=bug.function.path,
        says=past(bug.says),
        right=bug.right,
        n=n,
    )


def see_pass(scene: Scene, target: str = "", says: str = "") -> int:
    """Run tests, all of them by default, and return how many passed."""
    given = {"target": target} if target else {}
    found = n_passed(scene.tell.done("run_tests", says, **given))
    scene.ending = "tests_pass"
    return found


class Wish(NamedTuple):
    """A wish that is fulfilled test first."""

    name: str
    path: str
    wish: str
    signature: str
    test: str
    code: str

    @property
    def tests(self) -> str:
        """Its test file."""
        return tests_of(self.path)


def wish_of(row: Mapping[str, Any]) -> Wish:
    """Return the wish that a row of the table tells of."""
    name = row.get("function", row["name"])
    return Wish(name, row["path"], row["wish"], row["signature"], row["test"], row["code"])


def look_at(scene: Scene, wish: Wish, says: str = "") -> None:
    """Read the module and its tests, at once."""
    results = scene.tell.call(
        Call("read_file", {"path": wish.path}), Call("read_file", {"path": wish.tests}), says=says
    )
    require(not any(each.failed for each in results), "read_failed")


def write_test(scene: Scene, wish: Wish, says: str = "") -> None:
    """Write the test, and what it imports."""
    text = scene.text(wish.tests)
    old, new = widened(text, wish)
    scene.tell.done("edit_file", says, path=wish.tests, old=old, new=new)
    end = ending(text.replace(old, new))
    scene.tell.done("edit_file", path=wish.tests, old=end, new=f"{end}\n\n{wish.test}")


def write_code(scene: Scene, wish: Wish, says: str = "") -> None:
    """Write the least code at the end of the module."""
    end = ending(scene.text(wish.path))
    scene.tell.done("edit_file", says, path=wish.path, old=end, new=f"{end}\n\n{wish.code}")


def widened(text: str, wish: Wish) -> tuple[str, str]:
    """Return the import of a test file, and the same with one more name."""
    module = wish.path.removesuffix(".py").replace("/", ".")
    found = re.search(rf"from {module} import (\([^)]*\)|[^\n]+)", text)
    assert found is not None, "each test file imports its module"
    names = [each for each in re.split(r"[\s,()]+", found[1]) if each]
    ordered = sorted({*names, wish.name}, key=_as_sorted)
    line = f"from {module} import {', '.join(ordered)}"
    if len(line) > _WIDTH:
        rows = "".join(f"    {name},\n" for name in ordered)
        line = f"from {module} import (\n{rows})"
    return found[0], line


def _as_sorted(name: str) -> tuple[bool, bool, str]:
    return not name.isupper(), not name[0].isupper(), name


def ending(text: str) -> str:
    """Return the last lines of a file, as many as make them stand there once."""
    rows = text.splitlines(keepends=True)
    for n in range(2, len(rows) + 1):
        end = "".join(rows[-n:])
        if text.count(end) == 1:
            return end
    return text


class Smell(NamedTuple):
    """Code that works and could be better."""

    path: str
    wish: str
    good: str
    bad: str
    extra: tuple[str, str] | None
    """Another place that changes along: good, then bad."""
    says: str
    given: str = ""
    """An argument that goes, if nobody gives it."""


def smell(scene: Scene, part: str) -> Smell:
    """Put code that could be better into the project, and return it."""
    row = scene.turn(smells(part))
    extra = tuple(row["extra_bad"]) if "extra_bad" in row else None
    found = Smell(
        row["path"], row["wish"], row["good"], row["bad"], extra, row["says"], row.get("given", "")
    )
    text = scene.text(found.path)
    for good, bad in ((found.good, found.bad), *((found.extra,) if found.extra else ())):
        require(text.count(good) == 1, "smell_not_once")
        text = text.replace(good, bad)
    scene.put({found.path: text}, "smell")
    return found


def _unseen(scene: Scene, found: Smell) -> list[str]:
    """Return functions that the better code calls and that no result has shown."""
    words = set(_CALLED.findall(found.good)) - set(_CALLED.findall(found.bad))
    seen = "\n".join(scene.skin.off(step.result or "") for step in scene.tell.steps)
    called = [each for each in functions() if each.name in words - _OF_ALL]
    return [
        each.full_name
        for each in called
        if (each.owner or only_named(each)) and not re.search(rf"def {each.name}\b", seen)
    ]


def tidy(scene: Scene, found: Smell, says: str = "") -> None:
    """Put the better code in its place, once all that it calls was seen."""
    for name in _unseen(scene, found):
        first = scene.say("is_there", symbol=name)
        if "goto_definition" in scene.absent:
            pattern = f"def {name.rpartition('.')[2]}\\("
            scene.tell.done("search_text", first, pattern=pattern, path="larder")
        else:
            scene.tell.done("goto_definition", first, symbol=name)
    if found.given:
        asked = scene.say("is_it_given", name=found.given)
        said = scene.tell.done("search_text", asked, pattern=f"{found.given}=")
        require(said.startswith("no line"), "given_somewhere")
        says = scene.say("tidy_given")
    scene.tell.done("edit_file", says, path=found.path, old=found.bad, new=found.good)
    if found.extra is not None:
        good, bad = found.extra
        scene.tell.done("edit_file", path=found.path, old=bad, new=good)
