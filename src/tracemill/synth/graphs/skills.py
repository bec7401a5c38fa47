"""Written skills are read before they are used, and named while they are."""

from __future__ import annotations

import re
from typing import Final

from tracemill.synth.graphs.puzzles import measured, tried
from tracemill.synth.graphs.work import (
    look_at,
    mend,
    past,
    read_function,
    say_fixed,
    see_fail,
    see_pass,
    smell,
    testable,
    tidy,
    wish_of,
    write_code,
    write_test,
)
from tracemill.synth.scene import Scene, module_of, n_passed, tests_of
from tracemill.synth.telling import Call, require


def _skill(scene: Scene, name: str) -> None:
    """Read a skill, and say that it is used."""
    path = f".skills/{name}/SKILL.md"
    scene.tags.append(f"skill:{name}")
    scene.tell.done("read_file", scene.say("use_skill", skill=name), path=path)


def brainstorming(scene: Scene) -> None:
    """A wish without a design: look first, then one question with two ways and their price."""
    row = scene.turn(scene.table("designs"))
    scene.ask_in_words(row["asks"])
    _skill(scene, "brainstorming")
    read = scene.tell.call(
        *(Call("read_file", {"path": path}) for path in row["look"]),
        says=scene.say("look_before_asking"),
    )
    require(not any(each.failed for each in read), "read_failed")
    scene.tell.answer(
        f"{scene.words(row['found'])}\n\n1. {row['first']}\n2. {row['second']}\n\n"
        f"{scene.words(row['advice'])} {scene.say('which_one')}"
    )


def writing_plans(scene: Scene) -> None:
    """The design is chosen: steps with files, and how one sees that it is done."""
    wish = wish_of(scene.turn(scene.table("features")))
    scene.ask("write_plan", wish=wish.wish, path=wish.path)
    _skill(scene, "writing-plans")
    look_at(scene, wish)
    scene.tell.answer(
        scene.say("plan", tests=wish.tests, path=wish.path, signature=wish.signature)
        + "\n\n"
        + scene.say("plan_waits")
    )


def requesting_review(scene: Scene) -> None:
    """What was done is shown with what the checks say, and with its weak spot."""
    scene.need("git", "run_linter")
    found = smell(scene, scene.pick(("dry", "refactoring", "solid")))
    scene.ask("prepare_review", wish=found.wish, path=found.path)
    scene.tell.done("read_file", path=found.path)
    tidy(scene, found)
    _skill(scene, "requesting-review")
    tests, lint, change = scene.tell.call(
        Call("run_tests", {}),
        Call("run_linter", {"path": found.path}),
        Call("git", {"arguments": "diff --stat"}),
        says=scene.say("evidence"),
    )
    require(not (tests.failed or lint.failed or change.failed), "findings")
    scene.ending = "tests_pass"
    scene.answer(
        "for_review",
        says=found.says,
        n=n_passed(tests.text),
        path=found.path,
        tests=tests_of(found.path),
    )


def systematic_debugging(scene: Scene) -> None:
    """Reproduce, read, one hypothesis, one change."""
    bug = scene.bug(testable)
    scene.ask("debug", module=module_of(bug.function.path), tests=tests_of(bug.function.path))
    _skill(scene, "systematic-debugging")
    failure = see_fail(scene, bug, scene.say("red_phase"))
    read_function(scene, bug)
    mend(scene, bug, scene.say("yellow_phase", symbol=bug.function.full_name, says=bug.says))
    see_pass(scene, failure.test, scene.say("green_phase"))
    n = see_pass(scene)
    say_fixed(scene, bug, n)


def root_cause_skill(scene: Scene) -> None:
    """From where it shows back to where it begins."""
    from tracemill.synth.graphs.puzzles import far_failure

    bug, failure = far_failure(scene, lambda: _skill(scene, "root-cause-tracing"))
    n = see_pass(scene)
    scene.answer(
        "root_found", symbol=bug.function.full_name, says=past(bug.says), test=failure.test, n=n
    )


def tdd_skill(scene: Scene) -> None:
    """Red, green, and the skill by name."""
    wish = wish_of(scene.turn(scene.table("features")))
    scene.ask("feature", wish=wish.wish, path=wish.path, signature=wish.signature)
    _skill(scene, "test-driven-development")
    look_at(scene, wish)
    write_test(scene, wish, scene.say("red_phase_test", name=wish.name))
    scene.tell.failed("run_tests", target=wish.tests)
    write_code(scene, wish, scene.say("green_phase_code", name=wish.name))
    n = see_pass(scene)
    scene.answer("tdd_done", name=wish.name, path=wish.path, tests=wish.tests, n=n)


def verification(scene: Scene) -> None:
    """Asked whether it is done: the command that proves it is run before anything is said."""
    is_broken = scene.number % 2 == 1
    if is_broken:
        scene.bug(testable)
    scene.ask("is_it_done")
    _skill(scene, "verification-before-completion")
    said = scene.tell.one("run_tests", scene.say("prove"))
    if not is_broken:
        require(not said.failed, "broken_before")
        scene.ending = "tests_pass"
        scene.answer("proved", n=n_passed(said.text))
        return
    failed = re.findall(r"^FAILED \S+?::(\S+)", said.text, re.MULTILINE)
    require(bool(failed), "nothing_failed")
    scene.ending = "tests_fail"
    scene.answer("not_proved", test=failed[0], n=len(failed))


def scale_game(scene: Scene) -> None:
    """Ten, a hundred times the size, in steps that are counted."""
    measured(scene, "scale", lambda: _skill(scene, "scale-game"))


def inversion(scene: Scene) -> None:
    """What would surely make it fail?"""
    tried(scene, lambda: _skill(scene, "inversion"))


def simplification(scene: Scene) -> None:
    """One name and one place for what is written twice."""
    found = smell(scene, "dry")
    scene.ask("tidy", wish=found.wish, path=found.path)
    _skill(scene, "simplification")
    read, tests = scene.tell.call(
        Call("read_file", {"path": found.path}),
        Call("run_tests", {"target": tests_of(found.path)}),
        says=scene.say("safe_ground"),
    )
    require(not read.failed and not tests.failed, "broken_before")
    tidy(scene, found, scene.say("tidy_dry"))
    n = see_pass(scene, says=scene.say("same_behaviour"))
    scene.answer("tidied", says=found.says, n=n)


def tensions(scene: Scene) -> None:
    """Two good ways that contradict each other, held against the code."""
    row = scene.turn(scene.table("choices"))
    scene.ask_in_words(row["asks"])
    _skill(scene, "preserving-tensions")
    scene.tell.done("read_file", scene.say("look_before_asking"), path=row["path"])
    scene.tell.answer(
        f"{scene.words(row['found'])}\n\n- {row['for']}\n- {row['against']}\n\n"
        f"{scene.words(row['advice'])}"
    )


GRAPHS: Final = {
    "superpowers/collaboration": (brainstorming, writing_plans, requesting_review),
    "superpowers/debugging": (systematic_debugging, root_cause_skill),
    "superpowers/testing": (tdd_skill, verification),
    "superpowers/problem-solving": (scale_game, inversion, simplification),
    "superpowers/architecture": (tensions,),
}
