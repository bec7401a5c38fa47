"""Whole pieces of work: test first, debug by the book, plan, review, explore."""

from __future__ import annotations

import re
from typing import Final

from tracemill.synth.graphs.navigation import third
from tracemill.synth.graphs.work import (
    look_at,
    mend,
    past,
    read_function,
    say_fixed,
    see_fail,
    see_pass,
    testable,
    wish_of,
    write_code,
    write_test,
)
from tracemill.synth.scene import (
    Scene,
    counted,
    failures,
    listed,
    module_of,
    only_named,
    tests_of,
)
from tracemill.synth.telling import Call, require


def tdd(scene: Scene) -> None:
    """Red, green, and a look at all the rest."""
    wish = wish_of(scene.turn(scene.table("features")))
    scene.ask("feature", wish=wish.wish, path=wish.path, signature=wish.signature)
    look_at(scene, wish, scene.say("look_first"))
    write_test(scene, wish, scene.say("red", name=wish.name))
    failed = scene.tell.failed("run_tests", scene.say("see_red"), target=wish.tests)
    require("ImportError" in failed or "cannot import" in failed, "failed_otherwise")
    write_code(scene, wish, scene.say("green", name=wish.name))
    see_pass(scene, wish.tests)
    n = see_pass(scene, says=scene.say("all_tests"))
    scene.answer("tdd_done", name=wish.name, path=wish.path, tests=wish.tests, n=n)


def tdd_with_lint(scene: Scene) -> None:
    """The same, with linter and types at once in the end, as neither needs the other."""
    scene.need("run_linter", "check_types")
    wish = wish_of(scene.turn(scene.table("features")))
    scene.ask("feature", wish=wish.wish, path=wish.path, signature=wish.signature)
    look_at(scene, wish)
    write_test(scene, wish, scene.say("red", name=wish.name))
    scene.tell.failed("run_tests", target=wish.tests)
    write_code(scene, wish, scene.say("green", name=wish.name))
    n = see_pass(scene)
    lint, types = scene.tell.call(
        Call("run_linter", {}), Call("check_types", {}), says=scene.say("lint_and_types")
    )
    require(not lint.failed and not types.failed, "findings")
    scene.answer("tdd_clean", name=wish.name, path=wish.path, n=n)


def debugging(scene: Scene) -> None:
    """Reproduce, isolate, one hypothesis, one change, verify."""
    bug = scene.bug(testable)
    scene.ask("debug", module=module_of(bug.function.path), tests=tests_of(bug.function.path))
    failure = see_fail(scene, bug, scene.say("reproduce"))
    read_function(
        scene, bug, scene.say("isolate", test=failure.test, symbol=bug.function.full_name)
    )
    mend(scene, bug, scene.say("hypothesis", symbol=bug.function.full_name, says=bug.says))
    see_pass(scene, failure.test, scene.say("verify_one"))
    n = see_pass(scene, says=scene.say("verify_all"))
    say_fixed(scene, bug, n)


def debugging_from_history(scene: Scene) -> None:
    """What changed last? The failing test and the last commit at once."""
    scene.need("git")
    bug = scene.bug(testable)
    tests = tests_of(bug.function.path)
    scene.ask("broke_recently", module=module_of(bug.function.path))
    output, shown = scene.tell.call(
        Call("run_tests", {"target": tests}),
        Call("git", {"arguments": f"show --stat -p HEAD -- {bug.function.path}"}),
        says=scene.say("test_and_history"),
    )
    failure = failures(output.text)[0]
    require(not shown.failed and bug.wrong in shown.text, "history_silent")
    mend(scene, bug, scene.say("history_tells", symbol=bug.function.full_name, says=bug.says))
    n = see_pass(scene, says=scene.say("verify_all"))
    scene.answer(
        "bug_from_commit",
        symbol=bug.function.full_name,
        says=past(bug.says),
        test=failure.test,
        n=n,
    )


def planning(scene: Scene) -> None:
    """A plan for two wishes in one module, then step after step."""
    rows = scene.table("features")
    row = scene.turn(rows)
    wish = wish_of(row)
    scene.ask("plan_feature", wish=wish.wish, path=wish.path)
    look_at(scene, wish, scene.say("look_before_plan"))
    plan = scene.say("plan", tests=wish.tests, path=wish.path, signature=wish.signature)
    write_test(scene, wish, plan)
    scene.tell.failed("run_tests", scene.say("step_done", n=1), target=wish.tests)
    write_code(scene, wish, scene.say("step", n=2, name=wish.name))
    n = see_pass(scene, says=scene.say("step_check", n=3))
    scene.answer("plan_done", name=wish.name, path=wish.path, n=n)


def review(scene: Scene) -> None:
    """Look at the last change, prove what is wrong with it, and leave the mending to its author."""
    scene.need("git")
    bug = scene.bug(testable)
    scene.ask("review")
    shown = scene.tell.done("git", scene.say("look_at_change"), arguments="show HEAD")
    require(bug.wrong in shown, "history_silent")
    output = scene.tell.one(
        "run_tests",
        scene.say("suspicious", symbol=bug.function.full_name),
        target=tests_of(bug.function.path),
    )
    failure = failures(output.text)[0]
    scene.ending = "tests_fail"
    scene.answer(
        "reviewed",
        symbol=bug.function.full_name,
        path=bug.function.path,
        line=bug.line,
        says=bug.says,
        test=failure.test,
        right=bug.right,
    )


def exploration(scene: Scene) -> None:
    """How does it hang together? Definition and users, then the code that matters."""
    scene.need("goto_definition", "find_references")
    function = scene.function(only_named)
    scene.ask("explore", symbol=function.full_name)
    where, uses = scene.tell.call(
        Call("goto_definition", {"symbol": function.full_name}),
        Call("find_references", {"symbol": function.full_name}),
        says=scene.say("both"),
    )
    require(not where.failed and not uses.failed, "not_found")
    require(where.text.startswith(f"{function.path}:"), "not_found_once")
    scene.tell.done(
        "read_file",
        scene.say("read_it"),
        path=function.path,
        first_line=function.line,
        last_line=function.last_line,
    )
    users = sorted(
        set(re.findall(r"^(larder/\S+?):\d+: \[(?:call|use)\]", uses.text, re.MULTILINE))
    )
    n_tests = len(set(re.findall(r"^(tests/\S+?):", uses.text, re.MULTILINE)))
    name = "explored" if users else "explored_unused"
    scene.answer(
        name,
        symbol=function.full_name,
        path=function.path,
        line=function.line,
        does=third(function.about),
        tests=counted(n_tests, "test file"),
        users=listed(users) if users else "",
    )


GRAPHS: Final = {
    "agentic/tdd": (tdd, tdd, tdd_with_lint),
    "agentic/debugging": (debugging, debugging_from_history),
    "agentic/planning": (planning,),
    "agentic/review": (review,),
    "agentic/exploration": (exploration,),
}
