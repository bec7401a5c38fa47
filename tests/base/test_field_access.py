"""What code does with the fields of what its calls return."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.reading import FOREIGN

from tracemill.base.python_code.field_access import field_access

DATASET = FOREIGN / "seeds" / "punie" / "datasets" / "phase27_merged"
_CODE = re.compile(r"<parameter=code>\n(.*?)</parameter>", re.DOTALL)
LINT = "r = lint('src')\n"


def read_by(code: str) -> dict[tuple[str, str], int]:
    found = field_access(code)
    assert found is not None
    return dict(found.reads)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        pytest.param("print(r.count, r.count)", {"count": 2}, id="counted"),
        pytest.param("print(f'{r.count} found')", {"count": 1}, id="in a formatted text"),
        pytest.param("print('r.count')  # r.count", {}, id="not in a text or comment"),
        pytest.param("s = r\nprint(s.count)", {"count": 1}, id="renamed"),
        pytest.param("s = t = r\nprint(t.count)", {"count": 1}, id="renamed twice at once"),
        pytest.param("s, n = r, 1\nprint(s.count)", {"count": 1}, id="renamed in a pair"),
        pytest.param("(s := r).count", {"count": 1}, id="renamed in passing"),
        pytest.param("r = 1\nprint(r.count)", {}, id="the name given away"),
        pytest.param("r['count']", {"count": 1}, id="a key"),
        pytest.param("r.get('count', 0)", {"count": 1}, id="a key that may lack"),
        pytest.param(r"r['\ud800']", {"?": 1}, id="a key of half a character"),
        pytest.param("r.render()", {}, id="a method is none"),
        pytest.param("r.errors[0].line", {"errors": 1, "errors[].line": 1}, id="of an element"),
        pytest.param("e = r.errors[0]\ne.line", {"errors": 1, "errors[].line": 1}, id="held"),
        pytest.param("for e in r.errors: e.line", {"errors": 1, "errors[].line": 1}, id="in a loop"),
        pytest.param(
            "for i, e in enumerate(r.errors): e.line", {"errors": 1, "errors[].line": 1}, id="counted off"
        ),
        pytest.param(
            "sorted(r.errors, key=lambda e: e.line)", {"errors": 1, "errors[].line": 1}, id="as a key"
        ),
        pytest.param(
            "bad = [e for e in r.errors]\nbad[0].line", {"errors": 1, "errors[].line": 1}, id="of a list made"
        ),
        pytest.param("for k, v in r.files.items(): v.n", {"files": 1, "files[].n": 1}, id="values"),
        pytest.param("[e.line for e in r]\nr.ok", {"[].line": 1, "ok": 1}, id="the result itself"),
        pytest.param("r.count = 1", {}, id="written"),
    ],
)  # fmt: skip
def test_fields_are_followed_to_the_call_that_returned_them(
    code: str, fields: dict[str, int]
) -> None:
    assert read_by(LINT + code) == {("lint", field): n for field, n in fields.items()}


@pytest.mark.parametrize(
    ("code", "call"),
    [
        pytest.param("lint('src').ok", "lint", id="at once"),
        pytest.param("r = await lint('src')\nr.ok", "lint", id="awaited"),
        pytest.param("import json\njson.loads(t)['ok']", "json.loads", id="of a module"),
        pytest.param("with run('a') as r:\n    r.ok", "run", id="held by with"),
        pytest.param("r = a()\nr = b()\nr.ok", "b", id="the later call"),
    ],
)
def test_the_call_is_named(code: str, call: str) -> None:
    assert read_by(code) == {(call, "ok"): 1}


@pytest.mark.parametrize(
    ("code", "n"),
    [
        pytest.param("def f(given):\n    return given.line", 1, id="a parameter"),
        pytest.param("import os\nos.environ['A']\nos.sep", 0, id="a module's own"),
    ],
)
def test_what_no_call_returned_is_counted_apart(code: str, n: int) -> None:
    found = field_access(code)

    assert found is not None
    assert (dict(found.reads), found.n_unfollowed) == ({}, n)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        pytest.param("r = lint()\nr.errors[0]['line']", {"errors", "line"}, id="of a result"),
        pytest.param("print(r.errors[0].line)", {"errors", "line"}, id="of what stood before"),
        pytest.param("r.errors.items()", {"errors"}, id="on the way to a method"),
        pytest.param("r.render()", set(), id="a method is none"),
        pytest.param("r.get('line', 0)", {"line"}, id="a key that may lack"),
        pytest.param("def f(given):\n    return given.get('line')", {"line"}, id="of a parameter"),
        pytest.param("r.line = 1\nprint('r.file')  # r.ok", set(), id="written, and said"),
        pytest.param("import os\nos.environ.get('A')\nos.sep", set(), id="a module's own"),
        pytest.param("def f(a: np.ndarray) -> pd.Frame: ...", set(), id="a type"),
    ],
)
def test_names_of_fields_are_told_whosever_they_are(code: str, names: set[str]) -> None:
    found = field_access(code)

    assert found is not None
    assert found.names == names


@pytest.mark.parametrize(
    ("code", "conditions"),
    [
        pytest.param("if r.n > 0: pass", [("if", "r.n > 0", ["n"])], id="if"),
        pytest.param("while r.next: pass", [("while", "r.next", ["next"])], id="while"),
        pytest.param(
            "if r.n:\n    pass\nelif not r.ok:\n    pass",
            [("if", "r.n", ["n"]), ("if", "not r.ok", ["ok"])],
            id="elif",
        ),
        pytest.param("x = 1 if r.ok else 0", [("if", "r.ok", ["ok"])], id="an expression"),
        pytest.param("n = r.n\nif n > 0: pass", [("if", "n > 0", ["n"])], id="a name for it"),
        pytest.param(
            "if r.ok and r.n and r.ok: pass", [("if", "r.ok and r.n and r.ok", ["ok", "n"])], id="two"
        ),
        pytest.param("if True: pass", [], id="none asked for"),
    ],
)  # fmt: skip
def test_tests_tell_the_fields_they_ask_for(
    code: str, conditions: list[tuple[str, str, list[str]]]
) -> None:
    found = field_access(LINT + code)

    assert found is not None
    assert [
        (each.keyword, each.test, [field for _, field in each.fields]) for each in found.conditions
    ] == conditions


@pytest.mark.parametrize(
    ("code", "kind", "limit"),
    [
        pytest.param("for e in r.errors: print(e)", "full", None, id="all"),
        pytest.param("for e in r.errors[:5]: print(e)", "limited", 5, id="the first five"),
        pytest.param(f"for e in r.errors[:{2**70}]: e", "limited", None, id="beyond any number"),
        pytest.param("top = r.errors[:5]\nfor e in top: print(e)", "limited", 5, id="held"),
        pytest.param("for e in r.errors[:n]: print(e)", "limited", None, id="a limit not said"),
        pytest.param("for e in islice(r.errors, 3): print(e)", "limited", 3, id="sliced"),
        pytest.param("for e in islice(of=r.errors): print(e)", "limited", None, id="no limit"),
        pytest.param(
            "for i, e in enumerate(r.errors):\n    if i >= 4: break", "limited", 4, id="broken off"
        ),
        pytest.param("[e for e in r.errors if e.bad]", "filtered", None, id="a comprehension"),
        pytest.param("for e in r.errors:\n    if e.bad: print(e)", "filtered", None, id="if"),
        pytest.param(
            "for e in r.errors:\n    if not e.bad: continue\n    print(e)", "filtered", None, id="else on"
        ),
        pytest.param("for e in filter(lambda e: e.bad, r.errors): e", "filtered", None, id="filter"),
        pytest.param("groupby(r.errors, key=lambda e: e.file)", "grouped", None, id="groupby"),
        pytest.param("for k, g in groupby(r.errors, lambda e: e.file): g", "grouped", None, id="loop"),
        pytest.param("Counter(e.file for e in r.errors)", "grouped", None, id="counted"),
        pytest.param("for e in r.errors: by[e.file].append(e)", "grouped", None, id="by a field"),
        pytest.param("for e in r.errors:\n    k = e.file\n    by[k] += 1", "grouped", None, id="by a name"),
        pytest.param(
            "for e in r.errors: by.setdefault(e.file, []).append(e)", "grouped", None, id="setdefault"
        ),
    ],
)  # fmt: skip
def test_loops_tell_which_elements_they_take(code: str, kind: str, limit: int | None) -> None:
    found = field_access(LINT + code)

    assert found is not None
    assert [tuple(each) for each in found.iterations] == [("lint", "errors", kind, limit)]


def test_functions_that_the_code_does_not_bring_are_told() -> None:
    found = field_access(
        "import os\nfrom a import b\ndef own(): pass\nclass Own: pass\n"
        "f = print\nown()\nOwn()\nb()\nos.stat('.')\nlen('')\nf()\nlint(fix('a'))"
    )

    assert found is not None
    assert found.functions == {"lint", "fix"}


@pytest.mark.parametrize("code", ["r = lint(", "a\0b", "(" * 9_000, "-" * 90_000 + "1"])
def test_what_is_no_python_is_told_apart(code: str) -> None:
    assert field_access(code) is None


@given(st.permutations(["a", "b", "c", "d"]))
def test_names_do_not_matter(names: list[str]) -> None:
    steps = "".join(f"{new} = {old}\n" for old, new in pairwise(names))

    assert read_by(f"{names[0]} = lint()\n{steps}{names[-1]}.ok") == {("lint", "ok"): 1}


def counted_by_lines(code: str) -> Counter[tuple[str, str]]:
    """Count fields of names that a line gives the result of a call, as a pattern tells it."""
    calls = dict(re.findall(r"^\s*(\w+) = (?!max|next)(\w+)\(", code, re.MULTILINE))
    bare = re.sub(r"^\s*#.*$", "", code, flags=re.MULTILINE)
    read = re.findall(r"(?<![\w.])(\w+)\.(\w+)\b(?!\()", bare)
    return Counter((calls[name], field) for name, field in read if name in calls)


@pytest.mark.foreign
def test_of_a_real_dataset_every_field_is_found_that_a_pattern_finds() -> None:
    if not DATASET.exists():
        pytest.skip(f"no dataset under {DATASET}; set TRACEMILL_SHARED_DATA")
    lines = [line for file in DATASET.glob("*.jsonl") for line in file.read_text().splitlines()]
    texts = [said["content"] for line in lines for said in json.loads(line)["messages"]]
    codes = [code for text in texts for code in _CODE.findall(text)]
    found = [access for code in codes if (access := field_access(code)) is not None]
    read = sum((access.reads for access in found), Counter())

    assert (len(codes), len(found), sum(bool(each.reads) for each in found)) == (861, 861, 664)
    assert sum(each.n_unfollowed for each in found) == 4
    direct = {of: n for of, n in read.items() if "[]" not in of[1]}
    assert direct == sum(map(counted_by_lines, codes), Counter())
