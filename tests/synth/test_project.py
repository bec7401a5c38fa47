"""The bundled project and its tables fit together, and every bug is one that could be mended."""

from __future__ import annotations

import ast
import builtins
import json
import random
import re
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tracemill.synth.graphs as rooms
from tracemill.base.ids import digest
from tracemill.synth import SYNTH_VERSION, scene
from tracemill.synth.bugs import bugs, functions
from tracemill.synth.expressions import draw_expression
from tracemill.synth.graphs import graphs
from tracemill.synth.graphs.work import ending, widened, wish_of
from tracemill.synth.phrasing import expand, in_voice, phrases, template_of
from tracemill.synth.project import history_script, project_digest, project_files, read_data
from tracemill.synth.scene import counted, listed
from tracemill.synth.skins import PLAIN, Skin, skins
from tracemill.synth.smells import smells
from tracemill.synth.taxonomy import load_taxonomy
from tracemill.synth.telling import declared, tool_table
from tracemill.synth.toolbox import TOOLS

CODE = "".join(path.read_text() for path in sorted(Path(rooms.__file__).parent.glob("*.py")))


def test_every_part_that_is_asked_for_has_a_graph() -> None:
    asked = {f"{p.category}/{p.name}" for each in load_taxonomy().named() for p in each.parts}

    assert graphs().keys() == asked


def test_tools_that_are_told_of_are_those_there_are() -> None:
    assert tool_table().keys() == TOOLS.keys()
    for schema in declared(list(TOOLS)):
        tool = TOOLS[schema["function"]["name"]]
        names = tool.__code__.co_varnames[: tool.__code__.co_argcount]
        assert tuple(schema["function"]["parameters"]["properties"]) == names


@pytest.mark.parametrize("kind", ["ask", "say"])
def test_phrases_that_graphs_name_are_written_and_no_others(kind: str) -> None:
    calls = r"\.ask" if kind == "ask" else r"\.(?:say|answer)"
    named = set(re.findall(rf'{calls}\(\s*["\x27]([\w-]+)', CODE))
    if kind == "say":
        named |= {f"tidy_{part}" for part in ("dry", "solid", "clean-code", "refactoring")}
    written = set(phrases()[f"{kind}s"])

    assert named - written == set()
    chosen = set(re.findall(r'"([a-z_]+)"', CODE))
    assert written - named - chosen == set()


@pytest.mark.parametrize("part", ["dry", "solid", "clean-code", "refactoring"])
def test_code_that_could_be_better_stands_there_once(part: str) -> None:
    assert len({row["wish"] + row["path"] for row in smells(part)}) == len(smells(part))
    for row in smells(part):
        text = project_files()[row["path"]]
        for good, bad in (
            (row["good"], row["bad"]),
            *([row["extra_bad"]] if "extra_bad" in row else []),
        ):
            assert text.count(good) == 1, row["wish"]
            worse = text.replace(good, bad)
            assert worse.count(bad) == 1, row["wish"]
            text = worse
        ast.parse(text)


@pytest.mark.parametrize(
    ("part", "wish", "bad"),
    [
        (
            "dry",
            "`Stock.take` writes out what `Stock.batches_of` is there for",
            "        for batch in oldest_first(self._batches.get(name, [])):",
        ),
        (
            "dry",
            "`convert` calls `base_unit` twice with the same arguments",
            "    if base_unit(wanted) != base_unit(unit):",
        ),
        (
            "solid",
            "`by_aisle` reaches into `_wanted`, which is the business of `ShoppingList`",
            "    for name, _ in sorted(wanted._wanted.items()):",
        ),
        (
            "solid",
            "`round_cash` asks for `debug` and never looks at it",
            "def round_cash(cents: int, debug: bool = False) -> int:",
        ),
    ],
)
def test_what_something_else_is_there_for_is_done_by_hand(part: str, wish: str, bad: str) -> None:
    (found,) = [row for row in smells(part) if row["wish"] == wish]

    assert found["bad"].startswith(bad)


def test_wishes_fit_into_their_files() -> None:
    features = read_data("features")["features"]

    assert features
    for row in features:
        wish = wish_of(row)
        tests = project_files()[wish.tests]
        old, new = widened(tests, wish)
        ast.parse(tests.replace(old, new) + wish.test)
        code = project_files()[wish.path]
        ast.parse(code + wish.code)
        assert code.count(ending(code)) == 1
        assert f"def {wish.name}(" in wish.code


def test_a_bug_is_one_line_that_can_be_found_and_mended() -> None:
    assert len(bugs()) > 100
    for bug in bugs():
        right = project_files()[bug.function.path]
        assert bug.text.count(bug.wrong) == 1
        assert right.count(bug.right) == 1
        assert bug.text.replace(bug.wrong, bug.right) == right
        ast.parse(bug.text)
        assert bug.function.line < bug.line <= bug.function.last_line


def test_every_function_says_what_it_is_for_and_has_a_test_file() -> None:
    assert all(each.about for each in functions())
    assert {scene.tests_of(each.path) for each in functions()} <= project_files().keys()


def test_the_history_names_files_that_there_are() -> None:
    named = re.findall(r"git add (.*?) &&", history_script(PLAIN))

    assert named
    for path in " ".join(named).split():
        assert path == "." or path in project_files()


def every_text() -> list[str]:
    found = [
        text for group in ("asks", "says") for texts in phrases()[group].values() for text in texts
    ]
    for group in phrases()["voices"].values():
        found += group
    return found


@given(st.integers())
def test_a_phrase_comes_out_whole(seed: int) -> None:
    drawn = random.Random(seed)
    texts = every_text()

    assert texts
    for text in texts:
        said = expand(text, drawn, {})
        assert "[" not in said
        assert "|" not in said
        assert "  " not in said


@given(st.integers())
def test_a_template_is_the_same_for_other_names_and_numbers(seed: int) -> None:
    one = in_voice("[show|list] {name}, line {n}", random.Random(seed), {"name": "amount", "n": 3})
    other = in_voice(
        "[show|list] {name}, line {n}", random.Random(seed), {"name": "scale", "n": 44}
    )

    assert template_of(one, ["amount"]) == template_of(other, ["scale"])


def test_numbers_agree_with_their_nouns() -> None:
    assert [counted(n, "class") for n in (0, 1, 2)] == ["0 classes", "1 class", "2 classes"]
    assert listed(["a", "b", "c"]) == "`a`, `b` and `c`"


ROOM = Path(rooms.__file__).parents[1]
WRITTEN = "".join(
    [path.read_text() for path in sorted((ROOM / "larder").glob("*.toml"))]
    + [(ROOM / name).read_text() for name in ("phrasing.toml", "tools.toml", "bugs.py")]
    + re.findall(r'"[^"\n]*"', CODE)
)


@pytest.mark.parametrize("skin", skins(), ids=lambda skin: skin.name)
def test_a_skin_can_be_taken_off_again(skin: Skin) -> None:
    assert len(set(skin.words.values())) == len(skin.words)
    assert skin.off(skin.on(WRITTEN)) == WRITTEN
    assert skin.off(WRITTEN) == WRITTEN
    for path, text in project_files().items():
        if path.endswith(".py"):
            ast.parse(skin.on(text))


def test_a_skin_changes_words_in_every_form() -> None:
    camp = next(each for each in skins() if each.name == "camp")

    said = "Stock, stock_lines, STOCK and larder/stock.py, ShoppingList, restock"

    assert camp.on(said) == (
        "Reserve, reserve_lines, RESERVE and basecamp/reserve.py, ResupplyList, restock"
    )
    assert camp.on({"path": "larder", "n": [1, "amount"]}) == {
        "path": "basecamp",
        "n": [1, "tally"],
    }


def test_articles_fit_in_every_skin() -> None:
    folder = files("tracemill.synth")
    texts = [folder / "phrasing.toml", *(folder / "larder").iterdir()]
    wrong = re.compile(r"\b(an [bcdfgjklmnpqrstvwxyz]\w+|a [aeio]\w+)", re.IGNORECASE)

    found = {
        (skin.name, match[0])
        for skin in skins()
        for text in texts
        if text.name.endswith(".toml")
        for match in wrong.finditer(skin.on(text.read_text("utf-8")))
    }

    assert found == set()


@given(st.integers())
def test_an_expression_has_a_value_that_can_be_told(seed: int) -> None:
    drawn = draw_expression(random.Random(seed))

    value = repr(eval(drawn.text, {"__builtins__": builtins}))

    assert "\n" not in value
    assert value != drawn.text
    assert expand(drawn.why, random.Random(0), {})[:1] not in ("", "[")


def test_what_is_said_uses_no_word_that_skins_replace_in_code() -> None:
    """A skin may call a function `unmet`; nothing may then fail because a sign is unmet."""
    nouns = {"larder", "pantry", "pantries"}
    said = json.dumps(phrases()) + "".join(each.says for each in bugs())
    words = set(re.findall(r"[a-z]+", said.lower()))

    assert words & {word for skin in skins() for word in skin.words} <= nouns


def test_who_changes_what_is_written_raises_the_version() -> None:
    known = json.loads((Path(__file__).parent / "versions.json").read_text())
    names = {place: [each.__name__ for each in some] for place, some in graphs().items()}
    tables = [read_data(each) for each in ("concepts", "features", "people", "puzzles", "smells")]
    written = (names, phrases(), tool_table(), tables, project_digest())

    found = digest(json.dumps(written, sort_keys=True))

    assert known[str(SYNTH_VERSION)]["written"] == found, (
        f"raise SYNTH_VERSION, and say in versions.json what is written: {found}"
    )
