"""Which program a command line runs, as far as what it prints says how the work stands."""

from __future__ import annotations

import pytest

from tracemill.label.calls.programs import is_about, may_run, program_of
from tracemill.label.calls.shell import parse

READS = "python - <<'PY'\nprint(open('a.py').read())\nPY"
RUNS = "python - <<'PY'\nfrom app import total\nprint(total([1, 2]))\nPY"


def words(command: str) -> tuple[str, ...] | None:
    program = program_of(command, parse(command))
    return None if program is None else program.words


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python demo.py --all", ("python", "demo.py", "--all")),
        ("cd app && node demo.js", ("node", "demo.js")),
        ("bash install.sh 2>&1 | tail -5", ("bash", "install.sh")),
        ("python demo.py | tee out.txt | head -3", ("python", "demo.py")),
        ("python demo.py && echo done", ("python", "demo.py")),
        ("python3 -c 'print(total())'", ("python3", "print(total())")),
        (RUNS, ("python", "from app import total\nprint(total([1, 2]))")),
        ("python -c 'import json; json.load(open(\"a.json\"))'",
         ("python", 'import json; json.load(open("a.json"))')),
    ],
)  # fmt: skip
def test_a_program_is_an_interpreter_with_a_script_or_with_code(
    command: str, expected: tuple[str, ...]
) -> None:
    assert may_run(command)
    assert words(command) == expected


@pytest.mark.parametrize(
    "command",
    [
        pytest.param("npm start", id="what the project names itself"),
        pytest.param("bash serve.sh &", id="in the background"),
        pytest.param("python demo.py | grep total", id="what it says is picked from"),
        pytest.param("python demo.py; ls", id="another command last"),
        pytest.param("curl -s localhost | python -c 'print(input())'", id="a filter"),
        pytest.param("python -m venv env", id="a module"),
        pytest.param("bash -n install.sh", id="only read"),
        pytest.param(READS, id="code that only looks"),
        pytest.param("python -c \"open('a.txt', 'w').write('a')\"", id="code that writes"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_else_runs_is_no_program_that_shows_anything(command: str) -> None:
    assert words(command) is None


def test_most_command_lines_are_told_at_little_cost_to_run_none() -> None:
    assert not may_run("echo python")
    assert not may_run("git commit -m 'Add a demo'")


def test_a_program_knows_how_many_lines_are_let_through() -> None:
    command = "python demo.py | head -20 | head"
    program = program_of(command, parse(command))

    assert program is not None
    assert program.n_lines == 10


USES = [
    ("python -c 'import parser_of_sums'", "/src/parser_of_sums.py", True),
    ("python -c 'import os, app.sums as s; s.run()'", "/src/app/sums.py", True),
    ("python -c 'import app.sums'", "sums.py", True),
    ("python -c 'import app.sums'", "/src/web/sums.py", False),
    ("python -c 'import app.sums'", "/src/app/sums.ts", False),
    ("python - <<'X'\nfrom app import (\n  total,\n  sums,\n)\nX", "/src/app/sums.py", True),
    ("python -c 'from app import total'", "/src/app/__init__.py", True),
    ("python -c 'from importlib import *; import_module(\"app.sums\")'", "/src/app/sums.py", True),
    ("python -c 'import ast; ast.parse(open(\"app/sums.py\").read())'", "/src/app/sums.py", True),
    ("python -c 'import json; json.load(open(\"a.json\"))'", "C:\\src\\a.json", True),
    ("python -c 'import json; json.load(open(\"a.json\"))'", "/src/utils/json.py", False),
    ("python -c 'import sys; print(sys.version)'", "/src/parser.py", False),
    ("python -c 'import numpy; print(numpy.__file__)'", "/src/parser.py", False),
    ("python -c 'print(1)'", "/src/parser.py", False),
    ("bash scripts/list.sh", "/src/parser.py", False),
    ("bash ./scripts/list.sh", "/src/scripts/list.sh", True),
    ("bash scripts/list.sh", "/src/other/list.sh", False),
    ("python demo.py", "/src/parser.py", True),
]


@pytest.mark.parametrize(("command", "edited", "expected"), USES)
def test_code_in_place_and_scripts_of_a_shell_have_to_use_what_was_edited(
    command: str, edited: str, *, expected: bool
) -> None:
    program = program_of(command, parse(command))

    assert program is not None
    assert is_about(program, [edited]) is expected
