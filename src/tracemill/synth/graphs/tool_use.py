"""Tools are called well: one, several at once, one after another, again after an error."""

from __future__ import annotations

import re
from typing import Final

from tracemill.synth.bugs import functions
from tracemill.synth.graphs.navigation import third
from tracemill.synth.graphs.work import mend, past, read_function, see_fail, see_pass, testable
from tracemill.synth.project import COMMITS
from tracemill.synth.scene import (
    Scene,
    counted,
    listed,
    module_of,
    n_passed,
    only_named,
    tests_of,
)
from tracemill.synth.telling import Call, require

_MODULES: Final = tuple(sorted({each.path for each in functions()}))
_SEARCHES: Final = (
    ("errors that are raised", r"raise \w+Error\(", "larder"),
    ("frozen data classes", r"@dataclass\(frozen=True\)", "larder"),
    ("fixtures", r"@pytest\.fixture", "tests"),
    ("parametrised tests", r"@pytest\.mark\.parametrize", "tests"),
    ("exceptions that tests expect", r"pytest\.raises\(", "tests"),
    ("silenced linter rules", r"# noqa", "larder"),
    ("keys that are sorted by", r"key=lambda", "larder"),
    ("numbers that are formatted", r":[0-9]*[g0-9]\}", "larder"),
    ("constants", r"^[A-Z][A-Z_]+ = ", "larder"),
    ("functions that may return nothing", r"-> .* \| None:", "larder"),
    ("context managers", r"^ +with ", "tests"),
    ("module docstrings", r'^"""', "larder"),
)
"""What to look for in words, as a pattern, and where."""
_FOLDERS: Final = (
    ("tests", "*.py"),
    ("larder", "*.py"),
    (".skills", "*.md"),
    ("web", "*.ts"),
    ("scale", "*.rs"),
    ("sync", "*.go"),
)
_UNESCAPED: Final = (
    ("raise ValueError(", "("),
    ("KINDS[", "["),
    ("sorted(", "("),
    ("dict[str, Any", "["),
    (".setdefault(", "("),
    ("round(", "("),
    ("Batch(", "("),
    ("len(", "("),
    ("list[tuple", "["),
    ("range(", "("),
    ("needs[", "["),
    ("isinstance(", "("),
)
"""Texts that are no pattern as they stand, and the sign because of which they are none."""
_FIXED: Final = frozenset({"DAYS_IN_WEEK", "VERSION"})
"""Constants that nobody would set to another number."""
_HASH: Final = re.compile(r"\b[0-9a-f]{7}\b")


def history(scene: Scene) -> None:
    """What was done last?"""
    scene.need("git")
    n = scene.pick(range(2, len(COMMITS)))
    scene.ask("history", n=n)
    found = scene.tell.done("git", arguments=f"log --oneline -{n}").splitlines()
    rows = "\n".join(f"- {row.partition(' ')[2]} (`{row[:7]}`)" for row in found)
    scene.tell.answer(scene.say("history", n=len(found)) + "\n\n" + rows)


def tests_pass(scene: Scene) -> None:
    """Do the tests of a module pass?"""
    path = scene.pick([each for each in _MODULES if each != "larder/cli.py"])
    scene.ask("test_module", module=module_of(path))
    n = n_passed(scene.tell.done("run_tests", target=tests_of(path)))
    scene.ending = "tests_pass"
    scene.answer("tests_pass", tests=tests_of(path), n=counted(n, "test"))


def read_constant(scene: Scene) -> None:
    """What is a number set to?"""
    path, name, value = scene.pick(_constants())
    scene.ask("constant", name=name, path=path)
    scene.hidden |= {"goto_definition", "find_references"}
    found = scene.tell.done("search_text", pattern=f"^{name} = ", path=path)
    line = found.split(":")[1]
    require(found.endswith(f"{name} = {value}"), "not_found_once")
    scene.answer("constant", name=name, value=value, path=path, line=line)


def _constants() -> list[tuple[str, str, str]]:
    from tracemill.synth.project import project_files

    return [
        (path, name, value)
        for path in _MODULES
        for name, value in re.findall(r"^([A-Z_]+) = (\d+)$", project_files()[path], re.MULTILINE)
    ]


def files_of(scene: Scene) -> None:
    """Which files are there?"""
    folder, pattern = scene.pick(_FOLDERS)
    scene.ask("files", folder=folder, pattern=pattern)
    found = scene.tell.done("list_files", path=folder, pattern=pattern).splitlines()
    names = listed([each.removeprefix(f"{folder}/") for each in found])
    scene.answer("files", n=counted(len(found), "file"), folder=folder, names=names)


def compare_two(scene: Scene) -> None:
    """Two files at once, as neither needs the other."""
    one, other = scene.drawn.sample(_MODULES, 2)
    scene.ask("compare", one=one, other=other)
    results = scene.tell.call(
        Call("read_file", {"path": one}),
        Call("read_file", {"path": other}),
        says=scene.say("at_once"),
    )
    abouts = [_about(each.text) for each in results]
    scene.answer("compared", one=one, other=other, first=abouts[0], second=abouts[1])


def _about(read: str) -> str:
    found = re.search(r'^1\t"""(.*?)"""', read, re.MULTILINE)
    require(found is not None, "no_docstring")
    assert found is not None
    return str(found[1])


def check_all(scene: Scene) -> None:
    """Tests, linter and types at once."""
    scene.need("run_linter", "check_types")
    tools = scene.pick((("run_tests", "run_linter"), ("run_tests", "run_linter", "check_types")))
    scene.ask("check_all" if len(tools) > 2 else "check_two")  # noqa: PLR2004 - three tools
    results = scene.tell.call(*(Call(tool, {}) for tool in tools), says=scene.say("at_once"))
    require(not any(each.failed for each in results), "findings")
    n = n_passed(results[0].text)
    scene.ending = "tests_pass"
    scene.answer("all_clean" if len(tools) > 2 else "two_clean", n=n)  # noqa: PLR2004


def where_are_all(scene: Scene) -> None:
    """Several definitions at once."""
    scene.need("goto_definition")
    some = scene.drawn.sample(
        [each for each in functions() if only_named(each)], scene.pick((2, 3))
    )
    symbols = [each.full_name for each in some]
    scene.ask("definitions", symbols=listed(symbols))
    results = scene.tell.call(*(Call("goto_definition", {"symbol": each}) for each in symbols))
    require(not any(each.failed or "\n" in each.text for each in results), "not_found_once")
    rows = [
        f"- `{symbol}`: `{':'.join(each.text.split(':')[:2])}`"
        for symbol, each in zip(symbols, results, strict=True)
    ]
    scene.tell.answer("\n".join([scene.say("definitions"), *rows]))


def state_of_work(scene: Scene) -> None:
    """What git and the tests say, at once."""
    scene.need("git")
    scene.ask("state")
    status, log, tests = scene.tell.call(
        Call("git", {"arguments": "status --short"}),
        Call("git", {"arguments": "log --oneline -1"}),
        Call("run_tests", {}),
        says=scene.say("at_once"),
    )
    require(not (status.failed or log.failed or tests.failed), "findings")
    require(status.text == "(no output)", "not_clean")
    scene.ending = "tests_pass"
    scene.answer("state", last=log.text.partition(" ")[2], n=n_passed(tests.text))


def narrowed(scene: Scene) -> None:
    """A question, then a closer one: the second is answered with what the first one found."""
    scene.need("find_references")
    function = scene.function(lambda each: only_named(each) and each.path != "larder/cli.py")
    symbol = function.full_name
    scene.ask("references", symbol=symbol)
    found = scene.tell.done("find_references", symbol=symbol)
    files = sorted(set(re.findall(r"^(\S+?):\d+:", found, re.MULTILINE)))
    own = [each for each in files if not each.startswith("tests/")]
    tests = [each for each in files if each.startswith("tests/")]
    require(bool(own and tests), "used_on_one_side")
    scene.answer(
        "used_in_files", symbol=symbol, files=listed(own), n=counted(len(tests), "test file")
    )
    scene.ask("then_test")
    n = n_passed(scene.tell.done("run_tests", target=" ".join(tests)))
    scene.ending = "tests_pass"
    scene.answer("tests_pass", tests=listed(tests), n=counted(n, "test"))


def corrected(scene: Scene) -> None:
    """The person meant another module; the agent takes it up without fuss."""
    first, second = scene.drawn.sample([each for each in _MODULES if each != "larder/cli.py"], 2)
    scene.ask("summarise", path=first)
    scene.tell.answer(_summed(scene, first))
    scene.ask("meant_other", path=second)
    scene.tell.answer(_summed(scene, second))


def _summed(scene: Scene, path: str) -> str:
    found = scene.tell.done("read_file", path=path)
    names = re.findall(r"^\d+\t(?:    )?def (\w+)", found, re.MULTILINE)
    names = [each for each in names if not each.startswith("_")]
    return scene.say("summarised", path=path, about=_about(found), names=listed(names[:4]))


def fix_then_more(scene: Scene) -> None:
    """A bug is fixed; then the person wants the change as it stands, and a message for it."""
    scene.need("git")
    bug = scene.bug(testable)
    scene.ask("debug", module=module_of(bug.function.path), tests=tests_of(bug.function.path))
    see_fail(scene, bug)
    read_function(scene, bug)
    mend(scene, bug, scene.say("hypothesis", symbol=bug.function.full_name, says=bug.says))
    n = see_pass(scene)
    scene.answer("bug_fixed_short", symbol=bug.function.full_name, says=past(bug.says), n=n)
    scene.ask("commit_it")
    message = f"Fix {bug.function.full_name}: {past(bug.says)}"
    done = scene.tell.done("git", arguments=f"commit -am {_quoted(message)}")
    scene.answer("committed", message=message, short=_HASH.findall(done)[0])


def _quoted(message: str) -> str:
    return '"' + message.replace("`", "'") + '"'


def wrong_path(scene: Scene) -> None:
    """The path that was named is not there; the error says where it is."""
    path = scene.pick(_MODULES)
    wrong = path.removeprefix("larder/")
    scene.ask("summarise", path=wrong)
    error = scene.tell.failed("read_file", learned=False, path=wrong)
    require(path in error, "no_hint")
    found = scene.tell.done("read_file", scene.say("path_is", path=path), path=path)
    names = re.findall(r"^\d+\t(?:    )?def ([a-z]\w+)", found, re.MULTILINE)
    scene.answer("summarised", path=path, about=_about(found), names=listed(names[:4]))


def stale_edit(scene: Scene) -> None:
    """An edit from memory does not fit; the file is read, and the edit made as it stands there."""
    path, name, value = scene.pick([each for each in _constants() if each[1] not in _FIXED])
    new = str(int(value) + scene.pick((1, 2, 5)))
    scene.ask("change_constant", name=name, path=path, value=new)
    old = f"{name}: int = {value}"
    scene.tell.failed("edit_file", learned=False, path=path, old=old, new=f"{name}: int = {new}")
    found = scene.tell.done("read_file", scene.say("edit_missed"), path=path)
    require(f"\t{name} = {value}" in found, "not_found_once")
    scene.tell.done("edit_file", path=path, old=f"{name} = {value}", new=f"{name} = {new}")
    said = scene.tell.one("run_tests", target=tests_of(path))
    scene.ending = "tests_fail" if said.failed else "tests_pass"
    failed = re.findall(r"^FAILED \S+?::(\S+)", said.text, re.MULTILINE)
    if said.failed:
        require(bool(failed), "nothing_failed")
        scene.answer("changed_and_fails", name=name, value=new, tests=listed(failed), old=value)
    else:
        scene.answer("changed_constant", name=name, old=value, value=new, n=n_passed(said.text))


def wrong_pattern(scene: Scene) -> None:
    """A pattern that is no regular expression; its signs are escaped, and it works."""
    text, why = scene.pick(_UNESCAPED)
    scene.ask("search_literally", text=text)
    scene.tell.failed("search_text", learned=False, pattern=text, path="larder")
    found = scene.tell.done(
        "search_text",
        scene.say("escape", sign=why),
        pattern=re.escape(text).replace("\\ ", " "),
        path="larder",
    )
    rows = found.splitlines()
    require(":" in found, "not_found")
    files = sorted({row.split(":")[0] for row in rows})
    scene.answer("found_lines", text=text, n=counted(len(rows), "line"), files=listed(files))


def wrong_test(scene: Scene) -> None:
    """There is no test of that name; the file is asked for its tests, and the right one is run."""
    scene.need("list_functions")
    function = scene.function(lambda each: each.path != "larder/cli.py")
    tests = tests_of(function.path)
    wrong = f"{tests}::test_{function.name}_works"
    scene.ask("run_one", test=f"test_{function.name}_works", path=tests)
    scene.tell.failed("run_tests", learned=False, target=wrong)
    found = scene.tell.done("list_functions", scene.say("no_such_test"), path=tests)
    names = re.findall(r"def (test_\w+)", found)
    near = [each for each in names if function.name in each]
    require(bool(near), "nothing_near")
    n = n_passed(scene.tell.done("run_tests", target=f"{tests}::{near[0]}"))
    scene.ending = "tests_pass"
    scene.answer("ran_nearest", asked=f"test_{function.name}_works", test=near[0], n=n)


def one_test(scene: Scene) -> None:
    """One test of many, by its full name."""
    tests, name = scene.pick(_tests(scene))
    scene.ask("run_only", test=name, path=tests)
    n = n_passed(scene.tell.done("run_tests", target=f"{tests}::{name}"))
    scene.ending = "tests_pass"
    scene.answer("ran_only", test=name, n=counted(n, "case"))


def _tests(scene: Scene) -> list[tuple[str, str]]:
    return [
        (tests_of(path), name)
        for path in _MODULES
        for name in re.findall(r"^def (test_\w+)", scene.text(tests_of(path)), re.MULTILINE)
    ]


def some_lines(scene: Scene) -> None:
    """Only some lines of a file."""
    function = scene.function()
    first, last = function.line, function.last_line
    scene.ask("lines", first=first, last=last, path=function.path)
    scene.tell.done("read_file", path=function.path, first_line=first, last_line=last)
    scene.answer(
        "lines", symbol=function.full_name, does=third(function.about), first=first, last=last
    )


def history_of(scene: Scene) -> None:
    """The history of one file, in a form of its own."""
    scene.need("git")
    path = scene.pick(_MODULES)
    scene.ask("history_of", path=path)
    form = scene.pick(("--format=%s", "--oneline", "--format='%h %s'"))
    found = scene.tell.done("git", arguments=f"log {form} -- {path}").splitlines()
    require(found != ["(no output)"], "no_history")
    last = _HASH.sub("", found[0]).strip()
    scene.answer("history_of", path=path, n=counted(len(found), "commit"), last=last)


def lines_with(scene: Scene) -> None:
    """A search in one folder, with a pattern that needs care."""
    text, pattern, folder = scene.pick(_SEARCHES)
    scene.ask("lines_with", what=text, folder=folder)
    found = scene.tell.done("search_text", pattern=pattern, path=folder)
    rows = [row for row in found.splitlines() if ":" in row]
    require(bool(rows), "not_found")
    files = sorted({row.split(":")[0] for row in rows})
    scene.answer("found_lines", text=pattern, n=counted(len(rows), "line"), files=listed(files))


GRAPHS: Final = {
    "tool-use/single-call": (history, tests_pass, read_constant, files_of),
    "tool-use/parallel-calls": (
        compare_two,
        check_all,
        where_are_all,
        state_of_work,
        compare_two,
        where_are_all,
    ),
    "tool-use/multi-turn": (narrowed, corrected, fix_then_more),
    "tool-use/error-recovery": (wrong_path, stale_edit, wrong_pattern, wrong_test),
    "tool-use/parameters": (one_test, some_lines, history_of, lines_with),
}
