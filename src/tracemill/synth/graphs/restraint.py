"""Nothing is called where nothing has to be; the other half of each pair calls a tool."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from tracemill.synth.project import COMMITS
from tracemill.synth.scene import Scene, counted, listed, n_passed, only_named, tests_of
from tracemill.synth.telling import require

_NO_FILES: Final = (
    "tags.py", "export.py", "users.py", "cache.py", "test_api.py", "labels.py", "backup.py",
    "orders.py", "test_server.py", "weights.py", "history.py", "settings.py",
)  # fmt: skip
"""Names of files that the project does not have."""


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
    scene.answer("summarised", path=path, about=about[1], names=listed(names[:4]))
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


def history_known(scene: Scene) -> None:
    """The log was just shown; which of its commits is the oldest stands there."""
    scene.need("git")
    n = scene.pick(range(3, len(COMMITS)))
    scene.ask("history", n=n)
    found = scene.tell.done("git", arguments=f"log --oneline -{n}").splitlines()
    rows = "\n".join(f"- {row.partition(' ')[2]} (`{row[:7]}`)" for row in found)
    scene.tell.answer(scene.say("history", n=len(found)) + "\n\n" + rows)
    scene.tell.leave_unlearned()
    scene.ask("which_is_first")
    scene.answer("oldest_is", name=found[-1].partition(" ")[2])


def files_known(scene: Scene) -> None:
    """Files were just listed; whether one is among them stands there."""
    folder = scene.pick(("larder", "tests"))
    scene.ask("files", folder=folder, pattern="*.py")
    found = scene.tell.done("list_files", path=folder, pattern="*.py").splitlines()
    names = [each.rpartition("/")[2] for each in found]
    scene.answer("files", n=counted(len(found), "file"), folder=folder, names=listed(names))
    scene.tell.leave_unlearned()
    is_there = scene.drawn.random() < 0.5  # noqa: PLR2004 - one half
    name = scene.pick(names if is_there else _NO_FILES)
    scene.ask("is_it_among", name=f"`{name}`")
    said = "is_among" if is_there else "is_not_among"
    scene.answer(said, name=name, n=counted(len(found), "file"))


def uses_known(scene: Scene) -> None:
    """Uses were just listed; where most of them are can be counted there."""
    scene.need("find_references")
    symbol = scene.function(only_named).full_name
    scene.ask("references", symbol=symbol)
    found = scene.tell.done("find_references", symbol=symbol)
    files = Counter(re.findall(r"^(\S+?):\d+:", found, re.MULTILINE))
    require(len(files) > 1, "used_in_one_place")
    (path, most), (_, next_most) = files.most_common(2)
    require(most > next_most, "no_single_most")
    own = listed(sorted(each for each in files if each != path))
    scene.answer("used_in_files", symbol=symbol, files=f"`{path}`", n=own)
    scene.tell.leave_unlearned()
    scene.ask("where_most")
    scene.answer("most_in", path=path, n=counted(most, "line"))


def stats_known(scene: Scene) -> None:
    """Lines were just counted, file by file; the shortest file is among them."""
    scene.need("index_stats")
    folder = scene.pick(("larder", "tests"))
    scene.ask("stats", path=f"{folder}/")
    found = scene.tell.done("index_stats", path=folder)
    rows = re.findall(r"^(\S+): (\d+) lines", found, re.MULTILINE)
    require(len(rows) > 1, "not_found")
    lengths = sorted((int(n), path) for path, n in rows)
    require(lengths[0][0] < lengths[1][0], "no_single_shortest")
    n_lines = sum(n for n, _ in lengths)
    scene.tell.answer(f"{counted(len(rows), 'file')}, {n_lines} lines.")
    scene.tell.leave_unlearned()
    scene.ask("which_shortest")
    scene.answer("shortest_is", path=lengths[0][1], n=lengths[0][0])


GRAPHS: Final = {
    "restraint/concept": (concept,),
    "restraint/known-already": (
        known_already,
        count_known,
        tests_known,
        history_known,
        files_known,
        uses_known,
        stats_known,
    ),
    "restraint/out-of-reach": (out_of_reach,),
    "tool-use/single-call": (concept_here,),
}
