"""Answers in words because all that is needed is there: it stands in the request, or is known.

What a request holds (an output, a change, a function) is real: it was made in the sandbox before
anybody spoke, or stands in the project. Each has its other half, asked in the same words, in which
nothing is shown, so that a tool has to look.
"""

from __future__ import annotations

import ast
import builtins
import re
import textwrap
from typing import Final, NamedTuple

from tracemill.synth.bugs import Bug, Function
from tracemill.synth.expressions import draw_expression
from tracemill.synth.graphs.navigation import third
from tracemill.synth.graphs.work import past, testable
from tracemill.synth.scene import (
    Scene,
    counted,
    failures,
    listed,
    only_named,
    source_of,
    tests_of,
)
from tracemill.synth.telling import Call, require

_EXPECTED: Final = re.compile(r"^E\s+(\S.*)$", re.MULTILINE)
_DEF: Final = re.compile(r"^def (test_\w+)", re.MULTILINE)


def failure_in_hand(scene: Scene) -> None:
    """The output of a test run is shown, and asked about."""
    bug, output = _seen_failing(scene)
    scene.ask_about("what_fails", output, tests=tests_of(bug.function.path))
    scene.tell.answer(_told_failures(scene, output))


def failure_to_find(scene: Scene) -> None:
    """The other half: nothing is shown, so the tests are run."""
    bug = scene.bug(testable)
    tests = tests_of(bug.function.path)
    scene.ask("what_fails", tests=tests)
    output = scene.tell.failed("run_tests", target=tests)
    scene.ending = "tests_fail"
    scene.tell.answer(_told_failures(scene, output))


def _seen_failing(scene: Scene) -> tuple[Bug, str]:
    bug = scene.bug(testable)
    return bug, scene.peek(Call("run_tests", {"target": tests_of(bug.function.path)})).text


def _told_failures(scene: Scene, output: str) -> str:
    found = failures(output)
    first = _EXPECTED.search(output)
    require(first is not None, "no_message")
    assert first is not None
    names = listed([each.test.rpartition("::")[2] for each in found])
    return scene.say("what_fails", n=counted(len(found), "test"), names=names, line=first[1])


def change_in_hand(scene: Scene) -> None:
    """A diff is shown: what does it do?"""
    scene.need("git")
    bug = scene.bug(testable)
    path = bug.function.path
    shown = scene.peek(Call("git", {"arguments": f"show --format= HEAD -- {path}"})).text
    require(bug.wrong in shown and bug.right in shown, "history_silent")
    scene.ask_about("what_changes", shown, path=path)
    _tell_change(scene, bug)


def change_to_find(scene: Scene) -> None:
    """The other half: the change is looked up."""
    scene.need("git")
    bug = scene.bug(testable)
    path = bug.function.path
    scene.ask("what_changes", path=path)
    shown = scene.tell.done("git", arguments=f"show HEAD -- {path}")
    require(bug.wrong in shown and bug.right in shown, "history_silent")
    _tell_change(scene, bug)


def _tell_change(scene: Scene, bug: Bug) -> None:
    scene.answer(
        "what_changes",
        symbol=bug.function.full_name,
        before=bug.right,
        after=bug.wrong,
        says=bug.says,
    )


def message_in_hand(scene: Scene) -> None:
    """A diff that mends something is shown: what should its commit say?"""
    scene.need("git")
    bug = scene.bug(testable)
    path = bug.function.path
    edit = {"path": path, "old": bug.wrong, "new": bug.right}
    require(not scene.peek(Call("edit_file", edit)).failed, "edit_failed")
    shown = scene.peek(Call("git", {"arguments": f"diff -- {path}"})).text
    scene.ask_about("message_for", shown)
    says = past(bug.says).replace("`", "'")
    scene.answer("message_for", symbol=bug.function.full_name, says=says)


class _Facts(NamedTuple):
    """What a function's code says of it."""

    arguments: list[str]
    defaults: list[str]
    returns: str
    raises: list[str]


def function_in_hand(scene: Scene) -> None:
    """A function is shown, and asked about: what it takes, gives back or raises, or is for."""
    function = scene.function()
    code = source_of(function)
    facts = _facts(code)
    name = scene.pick(("takes", "gives", "raises", "purpose"))
    scene.ask_about(f"it_{name}", textwrap.dedent(code), symbol=function.full_name)
    scene.tell.answer(_told_facts(scene, function, facts, name))


def function_to_find(scene: Scene) -> None:
    """The other half: nothing is shown, so the definition is looked up and read."""
    scene.need("goto_definition")
    function = scene.function(only_named)
    name = scene.pick(("takes", "gives", "raises", "purpose"))
    scene.ask(f"it_{name}", symbol=function.full_name)
    found = scene.tell.done("goto_definition", symbol=function.full_name)
    require(found.startswith(f"{function.path}:{function.line}:"), "not_found_once")
    scene.tell.done(
        "read_file", path=function.path, first_line=function.line, last_line=function.last_line
    )
    scene.tell.answer(_told_facts(scene, function, _facts(source_of(function)), name))


def _facts(code: str) -> _Facts:
    (node,) = ast.parse(textwrap.dedent(code)).body
    require(isinstance(node, ast.FunctionDef), "no_function")
    assert isinstance(node, ast.FunctionDef)
    names = [each.arg for each in node.args.args if each.arg != "self"]
    raised = [each.exc for each in ast.walk(node) if isinstance(each, ast.Raise)]
    return _Facts(
        arguments=names,
        defaults=names[len(names) - len(node.args.defaults) :] if node.args.defaults else [],
        returns=ast.unparse(node.returns) if node.returns else "",
        raises=sorted({each.func.id for each in raised if _is_plain(each)}),  # type: ignore[union-attr]
    )


def _is_plain(raised: ast.expr | None) -> bool:
    return isinstance(raised, ast.Call) and isinstance(raised.func, ast.Name)


def _told_facts(scene: Scene, function: Function, facts: _Facts, name: str) -> str:
    symbol = function.full_name
    match name:
        case "takes" if facts.arguments:
            n = counted(len(facts.arguments), "argument")
            said = scene.say("it_takes", symbol=symbol, n=n, names=listed(facts.arguments))
            if facts.defaults:
                said += " " + scene.say("has_default", names=listed(facts.defaults))
            return said
        case "takes":
            return scene.say("it_takes_nothing", symbol=symbol)
        case "gives":
            require(bool(facts.returns), "no_signature")
            is_none = facts.returns == "None"
            key = "it_gives_nothing" if is_none else "it_gives"
            return scene.say(key, symbol=symbol, returns=facts.returns, does=third(function.about))
        case "raises" if facts.raises:
            return scene.say("it_raises", symbol=symbol, errors=listed(facts.raises, "or"))
        case "raises":
            return scene.say("it_raises_nothing", symbol=symbol)
        case _:
            return scene.say("it_purpose", symbol=symbol, does=third(function.about))


def test_in_words(scene: Scene) -> None:
    """A function is shown, and a test of it is wanted as text; it was run before it is told."""
    function = scene.function(lambda each: each.path != "larder/cli.py" and not each.owner)
    text = scene.text(tests_of(function.path))
    name = f"test_{function.name}"
    require(name in _DEF.findall(text), "no_test")
    found = re.search(rf"^def {name}\(\):\n(?:(?:[ \t].*)?\n)+", text, re.MULTILINE)
    require(found is not None, "needs_more")
    assert found is not None
    code = _standing_alone(text, found[0].strip())
    command = f"python - <<'EOF'\n{code}\n\n{name}()\nEOF"
    require(not scene.peek(Call("run_command", {"command": command})).failed, "test_fails")
    scene.ask_about("a_test_for", textwrap.dedent(source_of(function)), symbol=function.name)
    scene.tell.answer(f"{scene.say('a_test_for')}\n\n```python\n{code}\n```")


def _standing_alone(text: str, test: str) -> str:
    """Return a test with the imports and values that it takes from its file.

    Raises:
        UnfitError: it takes more than that.
    """
    needed = _free(test)
    imports: list[str] = []
    values: list[str] = []
    for node in reversed(ast.parse(text).body):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) if name in needed:
                values.insert(0, ast.get_source_segment(text, node) or "")
                needed = (needed - {name}) | _free(ast.unparse(node.value))
            case ast.Import() | ast.ImportFrom():
                names = [each for each in node.names if each.name in needed]
                needed -= {each.name for each in names}
                if names:
                    kept = type(node)(**{**vars(node), "names": names})
                    imports.insert(0, ast.unparse(kept))
    require(not needed, "needs_more")
    above = "\n\n".join("\n".join(each) for each in (imports, values) if each)
    return f"{above}\n\n\n{test}"


def _free(code: str) -> set[str]:
    """Return the names that some code takes from elsewhere."""
    names = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)]
    bound = {each.id for each in names if isinstance(each.ctx, ast.Store)}
    return {each.id for each in names} - bound - set(dir(builtins))


def by_heart(scene: Scene) -> None:
    """What an expression of the language gives; it was tried before it is told."""
    drawn = draw_expression(scene.drawn)
    scene.ask("by_heart", expression=drawn.text)
    scene.answer("by_heart", value=_tried(scene, drawn.text), why=scene.words(drawn.why))


def run_to_see(scene: Scene) -> None:
    """The other half: the person wants it run."""
    drawn = draw_expression(scene.drawn)
    scene.ask("run_to_see", expression=drawn.text)
    found = scene.tell.done("run_command", command=_command(drawn.text))
    scene.answer("ran_it", value=found, why=scene.words(drawn.why))


def _tried(scene: Scene, expression: str) -> str:
    found = scene.peek(Call("run_command", {"command": _command(expression)}))
    require(not found.failed, "no_value")
    return found.text


def _command(expression: str) -> str:
    return f"python - <<'EOF'\nprint(repr({expression}))\nEOF"


GRAPHS: Final = {
    "restraint/in-hand": (
        failure_in_hand,
        function_in_hand,
        change_in_hand,
        test_in_words,
        message_in_hand,
        function_in_hand,
    ),
    "restraint/by-heart": (by_heart,),
    "tool-use/single-call": (failure_to_find, change_to_find, run_to_see),
    "powertools/definition": (function_to_find,),
}
