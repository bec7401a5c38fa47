"""Code is left better than it was; tests pass before and after, and the linter has its say."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from tracemill.synth.graphs.work import Smell, see_pass, smell, tidy
from tracemill.synth.scene import Scene, tests_of
from tracemill.synth.telling import Call, require


def _look(scene: Scene, found: Smell, tests: str) -> None:
    """See that tests pass and read the code: at once, or one after the other."""
    calls = [Call("read_file", {"path": found.path}), Call("run_tests", {"target": tests})]
    if scene.drawn.random() < 0.4:  # noqa: PLR2004 - two in five
        results = scene.tell.call(*calls, says=scene.say("safe_ground"))
    else:
        calls[0] = Call("read_file", {"path": found.path, **_lines_around(scene, found)})
        scene.drawn.shuffle(calls)
        results = [scene.tell.call(each)[0] for each in calls]
    require(not any(each.failed for each in results), "broken_before")


def _lines_around(scene: Scene, found: Smell) -> dict[str, int]:
    """Return the lines to read: from some before the place to some after it."""
    text = scene.text(found.path).replace(found.good, found.bad)
    first = text[: text.index(found.bad)].count("\n") + 1
    last = first + found.bad.count("\n")
    if found.extra is not None or _constants(found.good) - _constants(found.bad):
        return {"first_line": 1, "last_line": last + scene.drawn.randint(1, 6)}
    return {
        "first_line": max(1, first - scene.drawn.randint(3, 12)),
        "last_line": min(text.count("\n"), last + scene.drawn.randint(1, 6)),
    }


def _constants(code: str) -> set[str]:
    """Return the names of constants in some code: who uses one has seen it at the file's top."""
    return set(re.findall(r"\b[A-Z][A-Z_]+\b", code))


def _better(part: str) -> Callable[[Scene], None]:
    """Return the graph of a part: tests first, one change, tests again."""

    def play(scene: Scene) -> None:
        found = smell(scene, part)
        scene.ask("tidy", wish=found.wish, path=found.path)
        tests = tests_of(found.path)
        _look(scene, found, tests)
        tidy(scene, found, scene.say(f"tidy_{part}"))
        n = see_pass(scene, says=scene.say("same_behaviour"))
        scene.answer("tidied", says=found.says, n=n)

    play.__name__ = f"better_{part}".replace("-", "_")
    return play


def linted(scene: Scene) -> None:
    """The linter says what is left over; it is asked again in the end."""
    scene.need("run_linter")
    found = smell(scene, "clean-code")
    scene.ask("lint", path=found.path)
    said = scene.tell.one("run_linter", path=found.path)
    require(said.failed, "linter_silent")
    scene.tell.done("read_file", scene.say("lint_found"), path=found.path)
    tidy(scene, found)
    lint, tests = scene.tell.call(
        Call("run_linter", {"path": found.path}),
        Call("run_tests", {"target": tests_of(found.path)}),
        says=scene.say("check_both"),
    )
    require(not lint.failed and not tests.failed, "findings")
    scene.ending = "no_findings"
    scene.answer("linted", says=found.says)


def _shown_before(part: str) -> Callable[[Scene], None]:
    """Return the graph in which the person wants to see the change before it is made."""

    def play(scene: Scene) -> None:
        found = smell(scene, part)
        scene.ask("tidy_proposal", wish=found.wish, path=found.path)
        scene.tell.done("read_file", path=found.path)
        scene.tell.answer(
            scene.say("proposal", path=found.path)
            + f"\n\n```python\n{found.good}\n```\n\n"
            + scene.say("may_i")
        )
        scene.ask("go_on")
        tidy(scene, found)
        n = see_pass(scene)
        scene.answer("tidied", says=found.says, n=n)

    play.__name__ = f"shown_before_{part}"
    return play


GRAPHS: Final = {
    "craftsmanship/dry": (_better("dry"), _shown_before("dry")),
    "craftsmanship/solid": (_better("solid"),),
    "craftsmanship/clean-code": (_better("clean-code"), linted),
    "craftsmanship/refactoring": (
        _better("refactoring"),
        _better("refactoring"),
        _shown_before("refactoring"),
    ),
}
