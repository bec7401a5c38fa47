import pytest

from tracemill.label.calls.commands import checks, unfold
from tracemill.label.calls.shell import parse
from tracemill.label.calls.verdict import Outcome, verdict, verdicts


def passed(command: str, code: int | None, text: str = "") -> bool | None:
    line = unfold(parse(command))
    found = list(checks(line))
    return verdict(line, found[-1], Outcome(code, text), len(found))


@pytest.mark.parametrize(
    ("command", "code", "expected"),
    [
        pytest.param("pytest", 0, True, id="alone, passed"),
        pytest.param("pytest", 1, False, id="alone, failed"),
        pytest.param("cd app && pytest 2>&1", 1, False, id="behind cd"),
        pytest.param("A=1 make fmt && make test", 2, False, id="behind a formatter"),
        pytest.param("deploy && pytest", 1, None, id="what came before may have failed"),
        pytest.param("deploy && pytest", 0, True, id="all of a chain passed"),
        pytest.param("pytest && deploy", 1, None, id="what came after may have failed"),
        pytest.param("pytest && echo done", 1, False, id="echo hardly fails"),
        pytest.param("pytest; deploy", 0, None, id="another command has the last word"),
        pytest.param("pytest || true", 0, None, id="failure swallowed"),
        pytest.param("pytest | tail -5", 0, None, id="hidden by a pipe"),
        pytest.param("set -o pipefail; pytest | tail -5", 1, False, id="pipefail"),
        pytest.param("pytest -q |", 2, None, id="a pipe that leads nowhere"),
        pytest.param("pytest |& ;", 2, None, id="a pipe that leads to an end"),
        pytest.param("set -e\npytest\ndeploy", 0, True, id="every line must pass"),
        pytest.param("if pytest; then deploy; fi", 0, None, id="condition"),
        pytest.param("pytest", None, None, id="still running"),
        pytest.param("pytest", 127, None, id="not installed"),
        pytest.param("lint_me; pytest", 1, False, id="last of several"),
    ],
)
def test_the_exit_code_decides_only_where_it_reaches_us(
    command: str, code: int | None, expected: bool | None
) -> None:
    assert passed(command, code) is expected


def test_a_summary_before_a_pipe_that_leads_nowhere_is_read() -> None:
    assert passed("pytest -q | head |", None, "3 passed in 0.1s") is True


def test_an_echoed_exit_code_counts() -> None:
    assert passed("pytest; echo exit: $?", 0, "1 error\nexit: 1\n") is False
    assert passed("pytest; echo $?", 0, "...\n0") is True


@pytest.mark.parametrize(
    ("command", "text", "expected"),
    [
        pytest.param('mypy src && echo "All OK"', "All OK", True, id="said behind it"),
        pytest.param(
            "cd app && mypy a b && cd .. && echo fine", "a\nfine\n", True, id="further on"
        ),
        pytest.param("mypy src && echo OK || echo NO", "x.py:1: error\nNO", None, id="not said"),
        pytest.param("mypy src; echo OK", "OK", None, id="said in any case"),
        pytest.param("mypy src | tail && echo OK", "OK", None, id="said of the pipe"),
        pytest.param("mypy src && echo $X", "$X", None, id="words that change"),
        pytest.param("for f in a b; do mypy $f && echo OK; done", "OK", None, id="said of one"),
        pytest.param("mypy src && echo OK > log", "OK", None, id="said elsewhere"),
    ],
)
def test_words_that_follow_only_a_success_tell_of_it(
    command: str, text: str, *, expected: bool | None
) -> None:
    assert passed(command, None, text) is expected


SUMMARIES = [
    ("pytest | tail", "== 3 failed, 10 passed in 0.51s ==", False),
    ("pytest | tail", "== 13 passed in 0.51s ==", True),
    ("pytest | tail", "10 passed, 2 skipped in 1.0s", True),
    ("pytest | tail", "== 1 error in 0.12s ==", False),
    ("pytest -q | tail", "FAILED tests/test_a.py::test_b - assert", False),
    ("python -m unittest 2>&1 | tail", "Ran 3 tests in 0.0s\n\nOK", True),
    ("python -m unittest 2>&1 | tail", "Ran 3 tests in 0.0s\n\nFAILED (failures=1)", False),
    ("php -l a.php | tail", "No syntax errors detected in a.php", True),
    ("php -l a.php b.php | tail", "No syntax errors detected in a.php\nPHP Parse error:  x", False),
    ("python -m py_compile a.py 2>&1 | tail", "SyntaxError: invalid syntax", False),
    ("go test ./... | tail", "ok  \tx/y\t0.3s\nok  \tx/z\t(cached)", True),
    ("go test ./... | tail", "ok  \tx/y\t0.3s\nFAIL\nFAIL\tx/z\t0.1s\nFAIL", False),
    ("go test ./... | tail", "--- FAIL: TestA (0.0s)", False),
    ("cargo test | tail", "test result: ok. 7 passed; 0 failed; 0 ignored", True),
    ("cargo test | tail", "test result: FAILED. 6 passed; 1 failed; 0 ignored", False),
    ("npx jest | tail", "Tests:       1 failed, 2 passed, 3 total", False),
    ("npx jest | tail", "Tests:       3 passed, 3 total", True),
    (
        "vitest run | tail",
        " Test Files  1 failed (1)\n      Tests  3 failed | 10 passed (13)",
        False,
    ),
    ("vitest run | tail", " Test Files  1 passed (1)\n      Tests  13 passed (13)", True),
    ("bun test | tail", " 12 pass\n 0 fail\nRan 12 tests", True),
    ("bun test | tail -3", " 0 fail\n 20 expect() calls\nRan 12 tests", True),
    ("bun test | tail", " 11 pass\n 1 fail\nRan 12 tests", False),
    ("bun --filter x test | tail", "@a/core test:  12 pass\n@a/core test:  1 fail", False),
    ("mix test | tail", "10 tests, 0 failures", True),
    ("mix test | tail", "10 tests, 2 failures", False),
    ("npx mocha | tail", "  10 passing (1s)\n  1 failing", False),
    ("mvn test | tail", "Tests run: 5, Failures: 0, Errors: 0, Skipped: 0", True),
    ("mvn test | tail", "Tests run: 5, Failures: 1, Errors: 0, Skipped: 0", False),
    ("npm run lint | tail", "All checks passed!", True),
    ("npm run lint | tail", "\n> a@1.0.0 lint\n> eslint .\n\n", True),
    ("npm run lint | tail", "> " * 200 + "\n! odd", None),
    (
        "npm run lint | tail",
        "> a@1.0.0 lint\n> eslint .\n\na.ts\n\u2716 1 problem (1 error)",
        False,
    ),
    ("npm run lint | tail", "a.ts\n\u2716 3 problems (0 errors, 3 warnings)", True),
    ("npm run lint | tail", "a.ts\n\u2716 3 problems (2 errors, 1 warning)", False),
    ("bun run check-types 2>&1 | tail -5", "$ tsc --noEmit", True),
    ("npx tsc --noEmit 2>&1 | tail -5", "(Bash completed with no output)", True),
    ("npx tsc --noEmit | tail", "(Bash completed with no output)\na.ts: odd", None),
    ("bunx oxlint src 2>&1 | tail -15", "(no output)", True),
    ("npx tsc --noEmit | grep error", "(no output)", True),
    ("npx tsc --noEmit | grep -c error", "(no output)", None),
    ("npx tsc --noEmit | head -3", "odd\nodd\nodd", None),
    ("npx tsc --noEmit | grep src/ || echo clean", "clean", True),
    ("npx tsc --noEmit | grep src/ && echo found", "found", None),
    ("npx tsc --noEmit | grep src/ || echo clean", "src/a.ts: odd", None),
    ("npx jest | grep FAIL", "(no output)", None),
    ("python test_all.py | tail", "\U0001f389 All Phase 3 tests passed!", True),
    ("python test_all.py | tail", "\u2705 All tests completed successfully!\n$", True),
    ("python test_all.py | tail", "FAILED a\nAll tests passed", False),
    ("python test_all.py | tail", "Not All tests passed", None),
    ("npm run build | tail", "vite v7.0.0 building\n\u2713 built in 4.82s", True),
    ("npm run build | tail", "\ufffd?587 modules\n\ufffd? built in 1.40s", True),
    ("npm run build | tail", "\u9241?built in 1.48s", True),
    ("npm run build | tail", "it was built in 1.48s", None),
    ("npm run build | tail", "10:22:47 [vite] \u2713 built in 980ms", True),
    (
        "npm run build | tail",
        "\u2713 Compiled successfully\nunhandledRejection Error [X]: no page",
        False,
    ),
    ("npm run build | tail", "10:22:48 [build] Complete!", True),
    ("npm run build | tail", "\u2714 Build complete in 83ms", True),
    ("npm run build | tail", "webpack 5.9.1 compiled with 2 warnings in 10 ms", True),
    ("npm run build | tail", "webpack 5.9.1 compiled with 1 error in 10 ms", None),
    ("cmake --build b | tail", "  Generating Code...\n  App.vcxproj -> C:\\b\\App.exe\n", True),
    (
        "cmake --build b | tail",
        "C:\\app.h(4,2): error C2589: illegal token [C:\\b\\App.vcxproj]\n",
        False,
    ),
    (
        "cmake --build b | tail",
        "app.obj : error LNK2019: unresolved\n  Lib.vcxproj -> C:\\b\\l.lib\n",
        False,
    ),
    ("npm run build | tail", "vite v7.0.0 building\nerror during build:\nno such file", False),
    ("golangci-lint run | tail", "3 issues:\n* unparam: 3", False),
    ("golangci-lint run | tail", "0 issues.", True),
    ("mise run lint | tail", "[lint:go] 1 issues:\n[lint:go] ERROR task failed", False),
    ("bunx biome check | tail", "Checked 9 files in 5ms. No fixes applied.\nFound 1 error.", False),
    ("bunx biome check | tail", "Checked 9 files in 5ms. No fixes applied.", True),
    ("ruff check . | tail", "Found 1 error (1 fixable with --fix)", False),
    ("ruff check . | tail", "Found 3 errors (3 fixable).", False),
    ("ruff check . | tail", "Found 2 errors (from cache)", False),
    ("ruff check . | tail", "Found 12 errors (2 fixed, 10 remaining).", False),
    ("ruff check . | tail", "Found 2 errors (2 fixed, 0 remaining).\nAll checks passed!", True),
    ("npm run build | tail -3", "○  (Static)   prerendered as static content", True),
    ("npm run lint | tail", 'error: script "lint" exited with code 1', False),
    ("mypy . | tail", "Success: no issues found in 3 source files", True),
    ("mypy . | tail", "Found 3 errors in 1 file (checked 3 source files)", False),
    ("npx tsc | tail", "a.ts(1,2): error TS2304: Cannot find name", False),
    ("cargo build | tail", "error: could not compile `x`", False),
    ("make | tail", "make: *** [Makefile:3: all] Error 2", False),
    ("pytest | tail", "\x1b[32m== 13 passed in 0.51s ==\x1b[0m", True),
]


@pytest.mark.parametrize(("command", "text", "expected"), SUMMARIES)
def test_a_hidden_exit_code_is_replaced_by_the_summary(
    command: str, text: str, expected: bool
) -> None:
    assert passed(command, 0, text) is expected


@pytest.mark.parametrize(
    ("command", "text"),
    [
        pytest.param("pytest | tail", "Task 1 failed: throw new Error", id="prose with a number"),
        pytest.param("pytest | grep fail", "", id="nothing shown"),
        pytest.param("pytest | grep passed", "== 13 passed in 1s ==", id="failures filtered out"),
        pytest.param("go test ./... | head -2", "ok  \tx/y\t0.3s\nok  \tx/z\t1s", id="cut off"),
        pytest.param("go test ./...", "?   \tx/y\t[no test files]", id="nothing tested"),
        pytest.param("npm test | tail", "> a@1.0.0 test\n> jest\n", id="a silent test"),
        pytest.param("npm run lint | tail", "", id="a silent linter of which nothing is shown"),
        pytest.param("npm test", 'npm error Missing script: "test"', id="no such script"),
        pytest.param(
            "rtk bun run test | tail", "error: unrecognized subcommand 'bun'", id="wrapper"
        ),
    ],
)
def test_where_nothing_tells_there_is_no_verdict(command: str, text: str) -> None:
    assert passed(command, 0 if "|" in command or "go" in command else 1, text) is None


def test_head_of_more_lines_than_there_are_hides_nothing() -> None:
    assert passed("go test ./... | head -50", 0, "ok  \tx/y\t0.3s") is True


def test_each_check_of_a_chain_has_its_own_verdict() -> None:
    line = parse("make lint && make test | tail -30")
    outcome = Outcome(0, "0 issues.\n--- FAIL: TestA\nFAIL")

    assert [verdict(line, check, outcome, 2) for check in checks(line)] == [True, False]


BIOME_FAILED = "> biome check\n\nChecked 9 files in 5ms. No fixes applied.\nFound 11 errors."
NO_TESTS = "?   \tx/y\t[no test files]"
TSC_FAILED = "a.ts(1,2): error TS2304: no\n\nFound 2 errors in 1 file.\n"


@pytest.mark.parametrize(
    ("command", "text", "expected"),
    [
        ("tsc --noEmit && eslint . && jest", "Tests: 2 passed, 2 total", [True, True, True]),
        ("eslint . && jest", "Tests: 1 failed, 2 passed, 3 total", [None, False]),
        ("eslint .; jest", "Tests: 2 passed, 2 total", [None, True]),
        ("eslint . | tail -3 && jest", "Tests: 2 passed, 2 total", [None, True]),
        ("ready || eslint . && jest", "Tests: 2 passed, 2 total", [None, True]),
        ("eslint . && jest", "Tests: 2 passed, 2 total\nnpm ERR! code 1", [None, True]),
        ("biome check && tsc --noEmit", BIOME_FAILED, [False, None]),
        ("biome check && tsc --noEmit", TSC_FAILED, [None, False]),
        ("go test ./... && eslint .", f"{NO_TESTS}\n0 problems", [None, True]),
        ("eslint . && go test ./... && tsc", f"{NO_TESTS}\nFound 0 errors", [None, None, True]),
        ("go vet ./... && go test ./...", f"{NO_TESTS}\nok  \tx/z\t0.3s", [True, True]),
    ],
)
def test_behind_two_ampersands_a_check_runs_only_if_that_before_passed(
    command: str, text: str, expected: list[bool | None]
) -> None:
    line = parse(command)

    assert verdicts(line, list(checks(line)), Outcome(None, text)) == expected


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("go test ./... && go vet ./...", NO_TESTS),
        ("npx jest --passWithNoTests && npm run lint", "No tests found, exiting with code 0"),
    ],
)
def test_what_follows_a_check_that_found_no_tests_makes_it_no_pass(command: str, text: str) -> None:
    line = parse(command)

    assert verdicts(line, list(checks(line)), Outcome(0, text)) == [None, True]
