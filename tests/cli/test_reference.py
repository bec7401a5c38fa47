"""`docs/commands.md` names every command, in the words of the tree.

Run as a script, it writes the page anew: `python -m tests.cli.test_reference`.
"""

import ast
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from cyclopts import Group

from tests.cli.test_help import COMMANDS
from tracemill.cli import commands as tree
from tracemill.cli.start.ui import export_ui

PAGE: Final = Path(__file__).parents[2] / "docs" / "commands.md"
BEGIN: Final = """\
# Every command

`tracemill COMMAND --help` tells its arguments and options. Each takes `--json` (one document; `emit` alone does not),
`--workspace DIR` and `--quiet`, and ends with the exit codes of the [README](../README.md#what-it-promises). Which of
them you want for what: [the guide](README.md).

Of such a document `schema` names the kind, as in `tracemill.KIND/1`, and `next` says what to run then. The shape of all
else is in `schema/answer.KIND.json`, and that of the rows of most lists in `schema/row.*.json`. No file has the shape of
an answer of these kinds: {shapeless}.
"""
SOURCE: Final = Path(tree.__file__).parent
SCHEMA: Final = Path(__file__).parents[2] / "schema"


def page() -> str:
    """Return the whole page."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for group, commands in tree.COMMANDS.items():
        groups.setdefault(name_of(group), []).extend(commands.items())
    for group, nouns in tree.NOUNS.items():
        groups.setdefault(name_of(group), []).extend(within(nouns))
    groups[name_of(next(iter(tree.COMMANDS)))].append(("ui export", summary(export_ui)))
    shapeless = ", ".join(f"`{kind}`" for kind in kinds() if not has_shape(kind))
    return BEGIN.format(shapeless=shapeless) + "".join(section(*each) for each in groups.items())


def kinds() -> list[str]:
    """Return the kinds of answers that commands name outright; those of lists are their rows."""
    calls = (
        call
        for path in SOURCE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    )
    named = (call.args[0] for call in calls if ast.unparse(call.func) == "answer" and call.args)
    return sorted({str(one.value) for one in named if isinstance(one, ast.Constant)})


def has_shape(kind: str) -> bool:
    return (SCHEMA / f"answer.{kind}.json").exists()


def summary(command: object) -> str:
    return (inspect.getdoc(command) or "").partition("\n")[0]


def name_of(group: Group) -> str:
    assert isinstance(group.name, str)
    return group.name


def within(nouns: Mapping[str, tuple[str, Mapping[str, str]]]) -> Iterator[tuple[str, str]]:
    """Yield the commands of nouns, each with what it does."""
    further = {
        "privacy": {"vault": tree.VAULT},
        "model": {"suite": tree.SUITE},
        "synth": {"definitions": tree.DEFINITIONS},
    }
    for noun, (_, verbs) in nouns.items():
        yield from ((f"{noun} {verb}", says) for verb, says in verbs.items())
        for name, more in further.get(noun, {}).items():
            yield from ((f"{noun} {name} {verb}", says) for verb, says in more.items())


def section(title: str, commands: list[tuple[str, str]]) -> str:
    rows = (f"| `{name}` | {says.partition(chr(10))[0]} |\n" for name, says in commands)
    return f"\n## {title}\n\n| command | what it does |\n|---|---|\n{''.join(rows)}"


def test_the_page_is_what_the_tree_says() -> None:
    assert PAGE.read_text() == page()


def test_it_says_which_answers_have_no_shape() -> None:
    found = kinds()

    assert {"run", "session"} <= set(found)
    assert "`session`" in page().partition("##")[0]
    assert "`run`" not in page().partition("##")[0]


def test_no_command_is_missing_from_it() -> None:
    told = page()

    assert [name for name in COMMANDS if f"| `{name}` |" not in told] == []


if __name__ == "__main__":
    PAGE.write_text(page())
