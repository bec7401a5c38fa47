"""Nothing is called where nothing has to be; the other half of each pair calls a tool."""

from __future__ import annotations

import re
from typing import Final

from tracemill.synth.graphs.navigation import lowered
from tracemill.synth.scene import Scene, counted, listed, n_passed, only_named, tests_of
from tracemill.synth.telling import require


def concept(scene: Scene) -> None:
    """A question that has nothing to do with this repository."""
    rows = scene.table("concepts")
    row = rows[scene.number % len(rows)]
    scene.tags.append(f"pair:{row['name']}")
    scene.ask_in_words(row["asks"])
    scene.tell.answer(scene.words(row["answer"]))


def concept_here(scene: Scene) -> None:
    """The other half: the same matter, as it is in this repository."""
    rows_of_all = scene.table("concepts")
    row = rows_of_all[scene.number % len(rows_of_all)]
    scene.tags.append(f"pair:{row['name']}")
    scene.ask_in_words(row["here"])
    found = scene.tell.done("search_text", pattern=row["pattern"], path="larder")
    rows = [each for each in found.splitlines() if each.startswith("larder/")]
    require(bool(rows), "not_found")
    places = [
        f"- `{':'.join(each.split(':')[:2])}`: `{each.split(':', 2)[2].strip()}`" for each in rows
    ]
    said = scene.say("found_here", n=counted(len(rows), "place"))
    scene.tell.answer("\n".join([said, *places[:6]]))


def known_already(scene: Scene) -> None:
    """What is asked stands in what came back before."""
    scene.need("goto_definition")
    function = scene.function(only_named)
    scene.ask("definition", symbol=function.full_name)
    found = scene.tell.done("goto_definition", symbol=function.full_name)
    path, line, signature = re.findall(r"^(\S+?):(\d+): (.*)$", found)[0]
    scene.answer("definition", symbol=function.full_name, path=path, line=line, signature=signature)
    given = [each.split(":")[0].strip() for each in _arguments(signature)]
    if given and scene.drawn.random() < 0.5:  # noqa: PLR2004 - one half
        scene.tell.leave_unlearned()
        scene.ask("how_many_arguments")
        scene.answer(
            "arguments",
            n=counted(len(given), "argument"),
            names=listed(given),
            symbol=function.full_name,
        )
    else:
        returns = signature.partition("-> ")[2]
        require(bool(returns), "no_signature")
        scene.tell.leave_unlearned()
        scene.ask("what_type")
        scene.answer("type", returns=returns, symbol=function.full_name)


def _arguments(signature: str) -> list[str]:
    inner = signature[signature.index("(") + 1 : signature.rindex(")")]
    parts = re.split(r",\s*(?![^\[]*\])", inner)
    return [each for each in parts if each.strip() and each.strip() != "self"]


def count_known(scene: Scene) -> None:
    """A number that the last answer gave already."""
    path = scene.function(lambda each: each.path != "larder/cli.py").path
    scene.ask("summarise", path=path)
    found = scene.tell.done("read_file", path=path)
    names = re.findall(r"^\d+\t(?:    )?def ([a-z]\w+)", found, re.MULTILINE)
    about = re.search(r'^1\t"""(.*?)"""', found, re.MULTILINE)
    require(about is not None and len(names) > 1, "no_docstring")
    assert about is not None
    scene.answer("summarised", path=path, about=lowered(about[1]), names=listed(names[:4]))
    scene.tell.leave_unlearned()
    scene.ask("which_first")
    scene.answer("first_is", name=names[0], last=names[-1], n=len(names))


def out_of_reach(scene: Scene) -> None:
    """No tool can do it; that is said, with what can be done instead."""
    row = scene.turn(scene.table("beyond"))
    scene.ask_in_words(row["asks"])
    scene.tell.answer(scene.words(row["answer"]))


def tests_known(scene: Scene) -> None:
    """The tests have just run; asked again at once, the agent does not run them again."""
    path = scene.function(lambda each: each.path != "larder/cli.py").path
    scene.ask("test_module", module=path.removeprefix("larder/").removesuffix(".py"))
    n = n_passed(scene.tell.done("run_tests", target=tests_of(path)))
    scene.answer("tests_pass", tests=tests_of(path), n=counted(n, "test"))
    scene.tell.leave_unlearned()
    scene.ask("how_many_passed")
    scene.answer("passed_just_now", n=n)


GRAPHS: Final = {
    "restraint/concept": (concept,),
    "restraint/known-already": (known_already, count_known, tests_known),
    "restraint/out-of-reach": (out_of_reach,),
    "tool-use/single-call": (concept_here,),
}
