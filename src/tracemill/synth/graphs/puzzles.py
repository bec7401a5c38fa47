"""Ways out when the first way does not work; every claim in them is measured or tried."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from tracemill.synth.bugs import Bug, bugs
from tracemill.synth.graphs.work import mend, past, read_function, see_fail, see_pass, testable
from tracemill.synth.scene import Failure, Scene, failures, listed, module_of, tests_of
from tracemill.synth.telling import Call, UnfitError, require

_STEPS: Final = """\
python - <<'EOF'
import sys
{imports}

def steps(n):
    {prepare}
    count = 0
    def trace(*_):
        nonlocal count
        count += 1
        return trace
    sys.settrace(trace)
    {call}
    sys.settrace(None)
    return count

for n in (3, 30, 300):
    print(n, steps(n))
EOF"""
_TRIES: Final = """\
python - <<'EOF'
{imports}

def attempt(text):
    try:
        print(text, '->', repr(eval(text)))
    except Exception as error:
        print(text, '->', type(error).__name__ + ':', error)

{attempts}
EOF"""
_FAR: Final = {
    "larder/units.py": ("tests/test_report.py", "tests/test_shopping.py"),
    "larder/items.py": ("tests/test_stock.py", "tests/test_report.py", "tests/test_cli.py"),
    "larder/dates.py": ("tests/test_plan.py", "tests/test_report.py"),
    "larder/stock.py": ("tests/test_recipes.py", "tests/test_shopping.py"),
    "larder/recipes.py": ("tests/test_plan.py", "tests/test_shopping.py"),
}
"""Modules, and tests of others that rely on them."""
_NUMBERS: Final = (
    r"\.get\(.*, [0-9]+\)", r"\[-?[0-9]+\]", r"([<>]=?|[=!]=) [0-9]+\b", r"[-+*/%] [0-9]+\b",
)  # fmt: skip
"""How numbers stand in code, the most telling form first."""
_COMPARISONS: Final = (r" [<>]=? ", r" [=!]= ")
_TRIED: Final = 5
_SQUARE: Final = 30
"""From ten times the size to thirty times the steps or more: it grows faster than in step."""


def _nothing() -> None:
    return


def measured(scene: Scene, asks: str = "scale", first: Callable[[], None] = _nothing) -> None:
    """Count steps at three sizes, and say what the numbers say."""
    row = scene.turn(scene.table("sizes"))
    symbol = row["symbol"]
    scene.ask(asks, symbol=symbol)
    first()
    command = _STEPS.format(imports=row["imports"], prepare=row["prepare"], call=row["call"])
    found = scene.tell.done("run_command", scene.say("count_steps"), command=command)
    numbers = [int(number) for _, number in re.findall(r"^(\d+) (\d+)$", found, re.MULTILINE)]
    require(len(numbers) == 3, "no_numbers")  # noqa: PLR2004 - three sizes
    name = "grows_faster" if numbers[2] > _SQUARE * numbers[1] else "grows_in_step"
    few, some, many = numbers
    times = f"{many / some:.1f}".removesuffix(".0")
    scene.answer(name, symbol=symbol, few=few, some=some, many=many, times=times)


def tried(scene: Scene, first: Callable[[], None] = _nothing) -> None:
    """Try what should surely fail; what fails without saying why is the find."""
    row = scene.turn(scene.table("attempts"))
    scene.ask("invert", symbol=row["symbol"])
    first()
    found = _attempt(scene, row["imports"], row["tries"], scene.say("try_worst"))
    rude = [
        each
        for each in found
        if each[1] in ("ZeroDivisionError", "IndexError", "KeyError", "TypeError", "AttributeError")
    ]
    said = [
        each
        for each in found
        if each[1] in ("ValueError", "UnitError", "StockError", "FormatError")
    ]
    quiet = [each for each in found if not each[1].endswith("Error")]
    parts = []
    if rude:
        parts.append(scene.say("fails_rudely", what=", ".join(f"`{e[0]}` ({e[1]})" for e in rude)))
    if said:
        parts.append(scene.say("fails_well", what=listed([each[0] for each in said])))
    if quiet:
        parts.append(scene.say("passes", what=listed([each[0] for each in quiet])))
    if rude:
        what = listed([each[0] for each in rude])
        parts.append(scene.say("invert_next", symbol=row["symbol"], what=what))
    else:
        parts.append(scene.say("invert_fine", symbol=row["symbol"]))
    scene.tell.answer(" ".join(parts))


def _attempt(scene: Scene, imports: str, tries: list[str], says: str) -> list[tuple[str, str]]:
    """Return what each expression gives: the name of its error, or its value."""
    lines = "\n".join(f"attempt({text!r})" for text in tries)
    command = _TRIES.format(imports=imports, attempts=lines)
    output = scene.tell.done("run_command", says, command=command)
    found = []
    for text in tries:
        line = next((row for row in output.splitlines() if row.startswith(f"{text} -> ")), "")
        require(bool(line), "no_result")
        found.append((text, line.removeprefix(f"{text} -> ").partition(":")[0]))
    return found


def verified(scene: Scene) -> None:
    """A claim is tried before it is answered."""
    row = scene.turn(scene.table("claims"))
    scene.ask("claim", expression=row["expression"], value=row["claimed"])
    command = f'python -c "{row["imports"]}; print(repr({row["expression"]}))"'
    found = scene.tell.done("run_command", scene.say("try_it"), command=command)
    name = "claim_holds" if found == row["claimed"] else "claim_fails"
    scene.answer(name, expression=row["expression"], value=found, claimed=row["claimed"])


def when_stuck(scene: Scene) -> None:
    """The first change mends nothing and is taken back; then one step is taken back as well."""
    scene.need("git")
    bug = scene.bug(
        lambda each: testable(each) and each.kind in ("comparison", "number", "arithmetic")
    )
    decoys = [
        each
        for each in bugs()
        if each.function == bug.function
        and each.line != bug.line
        and each.right in bug.text
        and bug.text.count(each.right) == 1
    ]
    require(bool(decoys), "no_other_place")
    decoy = scene.pick(decoys)
    scene.ask("debug", module=module_of(bug.function.path), tests=tests_of(bug.function.path))
    see_fail(scene, bug)
    read_function(scene, bug)
    path = bug.function.path
    guess = scene.tell.one(
        "edit_file",
        scene.say("first_guess", line=decoy.right),
        learned=False,
        path=path,
        old=decoy.right,
        new=decoy.wrong,
    )
    require(not guess.failed, "edit_failed")
    again = scene.tell.one("run_tests", target=tests_of(path))
    failures(again.text)
    scene.tell.done("git", scene.say("take_back"), arguments=f"checkout -- {path}")
    mend(scene, bug, scene.say("second_guess", symbol=bug.function.full_name, says=bug.says))
    n = see_pass(scene)
    scene.answer("unstuck", symbol=bug.function.full_name, says=past(bug.says), n=n)


def root_cause(scene: Scene) -> None:
    """It shows in one module and begins in another."""
    bug, failure = far_failure(scene, _nothing)
    n = see_pass(scene)
    scene.answer(
        "root_found", symbol=bug.function.full_name, says=past(bug.says), test=failure.test, n=n
    )


def _far_bug(scene: Scene) -> tuple[Bug, str]:
    """Put a bug in that tests of another module notice, and return it with their file."""
    for _ in range(_TRIED):
        bug = scene.bug(lambda each: each.function.path in _FAR)
        path = bug.function.path
        tests = list(_FAR[path])
        scene.drawn.shuffle(tests)
        for each in tests:
            if scene.peek(Call("run_tests", {"target": each})).failed:
                return bug, each
        scene.put({path: scene.text(path)}, "bug")
    raise UnfitError("nothing_failed")


def far_failure(scene: Scene, first: Callable[[], None]) -> tuple[Bug, Failure]:
    """Follow a failure from a module that only uses what is wrong, and mend it where it begins."""
    bug, tests = _far_bug(scene)
    path = bug.function.path
    scene.ask("debug_far", tests=tests)
    first()
    output = scene.tell.one("run_tests", scene.say("reproduce"), target=tests)
    failure = failures(output.text)[0]
    shows = tests.replace("tests/test_", "larder/")
    found = scene.tell.call(
        Call("read_file", {"path": tests}),
        Call("read_file", {"path": shows}),
        says=scene.say("where_it_shows", test=failure.test),
    )
    require(not any(each.failed for each in found), "read_failed")
    require(
        f"larder.{module_of(path)}" in found[1].text
        or f"larder.{module_of(path)}" in found[0].text,
        "not_imported",
    )
    scene.tell.done("read_file", scene.say("follow", module=module_of(path)), path=path)
    mend(scene, bug, scene.say("root_is", symbol=bug.function.full_name, says=bug.says))
    see_pass(scene, tests)
    return bug, failure


def pattern_recognition(scene: Scene) -> None:
    """A mistake is mended; then every other place of its kind is looked at."""
    bug = scene.bug(
        lambda each: testable(each) and each.kind in ("comparison", "function", "number")
    )
    scene.ask("and_elsewhere", module=module_of(bug.function.path))
    see_fail(scene, bug)
    read_function(scene, bug)
    mend(scene, bug, scene.say("hypothesis", symbol=bug.function.full_name, says=bug.says))
    pattern = _pattern(bug)
    found = scene.tell.done("search_text", scene.say("same_kind"), pattern=pattern, path="larder")
    rows = [row for row in found.splitlines() if row.startswith("larder/")]
    require(bool(rows) and "more lines" not in found, "too_many_lines")
    n = see_pass(scene)
    files = sorted({row.split(":")[0] for row in rows})
    scene.answer(
        "elsewhere",
        symbol=bug.function.full_name,
        says=past(bug.says),
        lines=len(rows),
        files=len(files),
        n=n,
    )


def _pattern(bug: Bug) -> str:
    match bug.kind:
        case "comparison":
            return next(each for each in _COMPARISONS if re.search(each, bug.right))
        case "function":
            return r"\b(min|max|any|all)\("
        case _:
            found = [each for each in _NUMBERS if re.search(each, bug.right)]
            require(bool(found), "no_pattern")
            return found[0]


def scale_puzzle(scene: Scene) -> None:
    """Steps at three sizes."""
    measured(scene)


def inverted(scene: Scene) -> None:
    """What should surely fail."""
    tried(scene)


GRAPHS: Final[dict[str, tuple[Any, ...]]] = {
    "problem-solving/when-stuck": (when_stuck,),
    "problem-solving/scale-game": (scale_puzzle,),
    "problem-solving/root-cause": (root_cause,),
    "problem-solving/self-verification": (verified,),
    "problem-solving/inversion": (inverted,),
    "problem-solving/pattern-recognition": (pattern_recognition,),
}
