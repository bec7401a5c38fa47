"""Working with a person: asking back, reporting progress, deciding, doubting, suggesting."""

from __future__ import annotations

from typing import Final

from tracemill.synth.graphs.work import (
    Smell,
    look_at,
    mend,
    past,
    read_function,
    see_pass,
    smell,
    testable,
    tidy,
    wish_of,
    write_code,
    write_test,
)
from tracemill.synth.scene import Scene, failures, module_of, n_passed, tests_of
from tracemill.synth.telling import Call, require


def clarifying(scene: Scene) -> None:
    """A wish with more than one meaning: one question, and then what was meant."""
    row = scene.turn(scene.table("vague"))
    scene.ask_in_words(row["asks"])
    scene.tell.answer(scene.words(row["question"]))
    wish = wish_of(next(w for w in scene.table("features") if w["name"] == row["feature"]))
    scene.ask_in_words(row["reply"])
    look_at(scene, wish, scene.say("understood"))
    write_test(scene, wish)
    scene.tell.failed("run_tests", target=wish.tests)
    write_code(scene, wish)
    n = see_pass(scene)
    scene.answer("as_meant", name=wish.name, path=wish.path, n=n)


def asked_only(scene: Scene) -> None:
    """The same, where the question is all that can be said for now."""
    row = scene.turn(scene.table("vague"))
    scene.ask_in_words(row["asks"])
    scene.tell.answer(scene.words(row["question"]))


def progress(scene: Scene) -> None:
    """Several steps, and a word between them for somebody who waits."""
    bug = scene.bug(testable)
    scene.ask("keep_me_posted", module=module_of(bug.function.path))
    output = scene.tell.one("run_tests", scene.say("posted_start"))
    failed = failures(output.text)
    read_function(scene, bug, scene.say("posted_found", n=len(failed), test=failed[0].test))
    mend(scene, bug, scene.say("posted_cause", symbol=bug.function.full_name, says=bug.says))
    n = see_pass(scene, says=scene.say("posted_check"))
    scene.answer(
        "posted_end",
        symbol=bug.function.full_name,
        path=bug.function.path,
        says=past(bug.says),
        n=n,
    )


def decision(scene: Scene) -> None:
    """A choice is held against the code, then made, with its price."""
    row = scene.turn(scene.table("choices"))
    scene.ask_in_words(row["asks"])
    scene.tell.done("read_file", scene.say("look_before_deciding"), path=row["path"])
    scene.tell.answer(
        f"{scene.words(row['found'])}\n\n- {row['for']}\n- {row['against']}\n\n"
        f"{scene.words(row['advice'])}"
    )


def uncertainty(scene: Scene) -> None:
    """What the repository does not say is not made up."""
    row = scene.turn(scene.table("unknown"))
    scene.ask_in_words(row["asks"])
    found = scene.tell.call(
        Call("search_text", {"pattern": row["pattern"]}),
        Call("git", {"arguments": "log --oneline"}),
        says=scene.say("look_for_it"),
    )
    require(not any(each.failed for each in found), "search_failed")
    require(found[0].text.startswith("no line matches"), "found_after_all")
    scene.tell.answer(scene.words(row["answer"]))


def suggestions(scene: Scene) -> None:
    """What was asked for is done; what was seen on the way is offered, and not done."""
    _suggested(scene)


def _suggested(scene: Scene) -> Smell:
    found = smell(scene, scene.pick(("dry", "clean-code", "refactoring")))
    scene.ask("test_and_tell", module=module_of(found.path))
    read, tests = scene.tell.call(
        Call("read_file", {"path": found.path}),
        Call("run_tests", {"target": tests_of(found.path)}),
        says=scene.say("at_once"),
    )
    require(not read.failed and not tests.failed, "broken_before")
    scene.ending = "tests_pass"
    scene.answer("suggested", n=n_passed(tests.text), wish=found.wish)
    return found


def suggestion_taken(scene: Scene) -> None:
    """The same, and the person says yes."""
    found = _suggested(scene)
    scene.ask("go_on")
    tidy(scene, found)
    n = see_pass(scene)
    scene.answer("tidied", says=found.says, n=n)


GRAPHS: Final = {
    "collaboration/clarifying": (asked_only, clarifying),
    "collaboration/progress": (progress,),
    "collaboration/decisions": (decision,),
    "collaboration/uncertainty": (uncertainty,),
    "collaboration/suggestions": (suggestions, suggestion_taken),
}
