"""Attempts are at the same thing where what their calls say is, and not where only names agree."""

from __future__ import annotations

from typing import Any

import pytest

from tests.label.test_observe import seen, shell, tool
from tests.trajectories import user
from tracemill.label.calls.handed_on import HandedOn, handed_on
from tracemill.records.sessions.recoveries import Recovery
from tracemill.records.sessions.trajectory import Step

FAILED = "--- FAIL: TestTotals (0.01s)\nFAIL"
PASSED = "ok  \texample.org/totals\t0.1s"


def recoveries(*steps: Step) -> tuple[Recovery, ...]:
    return seen(user(0), *steps).recoveries


def is_answered(failed: Step, worked: Step) -> bool:
    return any(each.resolved_step == 2 for each in recoveries(failed, worked))


def edit(index: int, old: str, new: str, **more: Any) -> Step:
    arguments = {"file_path": "a.py", "old_string": old, "new_string": new}
    return tool(index, "Edit", arguments, **more)


@pytest.mark.parametrize(
    ("failed", "worked", "is_same"),
    [
        ("ssh web systemctl restart app", "ssh web systemctl restart app", True),
        ("ssh web systemctl restart app", "ssh web ls /srv", False),
        ("ssh web systemctl restart app", "ssh db systemctl restart app", False),
        ("ssh web 'cd /srv && ./deploy.sh one'", "ssh web 'cd /srv && ./deploy.sh one'", True),
        ("docker exec -it api ./migrate up", "docker exec api ./migrate up", True),
        ("kubectl exec pod -c api -- ./migrate up", "kubectl exec pod -- ./migrate up", True),
        ("wsl -e bash -lc './build one'", "wsl -e bash -lc './deploy one'", False),
        ("bash -lc 'git push'", "git push", True),
        ("vendor domains inspect a.org", "vendor domains add a.org", False),
        ("vendor domains add a.org b", "vendor domains add a.org", True),
        ("git -C /src rebase main", "git -C /src diff main", False),
        ("git -C /src rebase main", "git -C /src rebase --continue", True),
        ("cargo fmt --check", "cargo fmt", False),
        ("cargo fmt --check", "cargo fmt --check", True),
        ("git commit -m one", "git commit --no-verify -m one", False),
        ("node <<'X'\nthrow 1\nX", "node <<'X'\n1\nX", False),
        ("deploy one", "mkdir -p out && deploy one && echo done", True),
        ("deploy one", "deploy one || true", False),
        ("deploy one", "deploy one; echo done", False),
        ("deploy one", "deploy one | tail -3", False),
        ("git add a.py && git commit -m one", "cd src && git add a.py && git commit -m one", True),
        ("git show abc12:a.py", "git show --stat fed34 -- b.py", False),
        ("shop list --old --label=fruit --state=open", "shop list -l fruit --state open", True),
        ("shop list --old --label=fruit --state=open", "shop list --kind=cart --state=open", False),
        ("shop list --old", "shop list --kind=cart", True),
        ("git switch -c feat/sums", "git switch -c sums", True),
        ("gh repo view ada/sums", "gh repo view ada/sums", False),
        ("corepack pnpm run start", "pnpm run start", True),
    ],
)
def test_a_command_is_answered_by_one_that_wants_the_same(
    failed: str, worked: str, is_same: bool
) -> None:
    steps = shell(1, failed, "fatal: no", exit_code=2), shell(2, worked, "done")

    assert is_answered(*steps) == is_same


@pytest.mark.parametrize(
    ("failed", "worked", "is_same"),
    [
        ("go test ./... -run TestTotals", "go test ./...", True),
        ("go test ./...", "go test ./... -run TestTotals", False),
        ("go test ./... -run TestTotals", "go test ./... -run 'TestTotals|TestOther'", True),
        ("go test ./... -run TestOther", "go test ./... -run=TestTotals", False),
        ("go test ./a -run TestTotals", "go test ./...", True),
        ("go test ./a/b", "go test ./a/...", True),
        ("go test ./ab", "go test ./a/...", False),
        ("cd /src/web && go test ./...", "cd /src/api && go test ./...", False),
        ("cd web && go test ./...", "cd api && go test ./...", False),
        ("cd /src/web && go test ./...", "cd /src && go test ./...", True),
        ("cd /src/web && go test ./...", "go test ./...", True),
        ("go test ./... | grep -A3 Totals", "go test ./...", True),
        ("go test ./...", "go test ./... 2>&1 | grep Totals", False),
    ],
)
def test_a_check_is_answered_by_one_that_looks_at_all_of_it(
    failed: str, worked: str, is_same: bool
) -> None:
    assert is_answered(shell(1, failed, FAILED, exit_code=1), shell(2, worked, PASSED)) == is_same


@pytest.mark.parametrize(
    ("failed", "worked", "is_same"),
    [
        ("npm test", "npm test -- --testPathPatterns=sums", False),
        ("npm test -- --testPathPatterns=sums", "npm test -- --testPathPatterns sums", True),
        ("npm test -- --testPathPatterns=sums", "npm test", True),
        ("npm test", "npm test sums", False),
        ("npm test means", "npm test sums", False),
        ("pnpm --filter web test", "pnpm --filter api test", False),
        ("pnpm --filter web test", "pnpm test", True),
        ("corepack pnpm test", "pnpm test", True),
        ("node --run test", "node --run test", True),
        ("npm test", "npm test --workspace web", False),
        ("npm test --workspace=web", "npm test --workspace web", True),
        ("cargo test", "cargo test --workspace", True),
        ("cargo test", "cargo test --workspace --all-features", True),
        ("cargo test parses_dates", "cargo test --workspace", True),
        ("cargo test", "cargo test --workspace parses_dates", False),
        ("cargo test", "cargo test -p core", False),
        ("cargo test", "cargo test --package core", False),
        ("cargo test -p core", "cargo test --package=core", True),
        ("cargo test -p core", "cargo test", True),
        ("pytest", "pytest -p xdist", True),
        ("pytest -k sums", "pytest -k -x", True),
    ],
)
def test_tests_are_answered_by_those_that_look_at_all_of_them(
    failed: str, worked: str, is_same: bool
) -> None:
    steps = shell(1, failed, "1 failed, 3 passed", exit_code=1), shell(2, worked, "4 passed")

    assert is_answered(*steps) == is_same


@pytest.mark.parametrize(
    ("failed", "worked", "is_same"),
    [
        ("tsc --noEmit", "tsc --noEmit | grep -c error || echo none", False),
        ("tsc --noEmit", "tsc --noEmit | grep 'error TS'", True),
        ("tsc --noEmit", "tsc --noEmit | grep src/web.ts", False),
        ("tsc --noEmit | grep src/web.ts", "tsc --noEmit | grep src/web.ts", True),
        ("tsc --noEmit | grep src/web.ts", r"tsc --noEmit | grep 'src/web.ts\|src/api.ts'", True),
        ("tsc --noEmit | grep src/web.ts", "tsc --noEmit", True),
    ],
)
def test_a_search_for_one_file_looks_at_no_other(failed: str, worked: str, is_same: bool) -> None:
    said = "src/web.ts(1,2): error TS2304: Cannot find name"
    steps = shell(1, failed, said, exit_code=1), shell(2, worked, "(no output)")

    assert is_answered(*steps) == is_same


def test_a_check_in_a_wrong_folder_is_answered_in_the_right_one() -> None:
    no_module = "FAIL\t./... [setup failed]"
    wrong = shell(1, "cd /src && go test ./...", no_module, exit_code=1)

    assert is_answered(wrong, shell(2, "cd /src/api && go test ./...", PASSED))


def test_a_script_of_another_package_answers_nothing() -> None:
    said = "> {0}@1.0.0 test /src/{0}\n> vitest run\n\n Tests  {1}"
    failed = shell(1, "pnpm test", said.format("web", "1 failed | 3 passed (4)"), exit_code=1)

    assert is_answered(failed, shell(2, "pnpm test", said.format("web", "4 passed (4)")))
    assert not is_answered(failed, shell(2, "pnpm test", said.format("api", "4 passed (4)")))


def test_a_part_that_passes_leaves_the_whole_open() -> None:
    whole, part = recoveries(
        shell(1, "go test ./...", FAILED, exit_code=1),
        shell(2, "go test ./a", FAILED, exit_code=1),
        shell(3, "go test ./a", PASSED),
    )

    assert (whole.attempts, whole.resolved_step) == ((1,), None)
    assert (part.attempts, part.resolved_step) == ((2,), 3)


def test_a_whole_that_passes_answers_its_parts_as_one_failure() -> None:
    (found,) = recoveries(
        shell(1, "go test ./...", FAILED, exit_code=1),
        shell(2, "go test ./a", FAILED, exit_code=1),
        shell(3, "go test ./...", PASSED),
    )

    assert (found.attempts, found.resolved_step) == ((1, 2), 3)


def test_an_edit_of_another_text_in_the_file_answers_nothing() -> None:
    failed = edit(1, "import total\n", "import total, mean\n", status="error", content="not found")

    assert not is_answered(failed, edit(2, "except ValueError:", "except KeyError:"))
    assert is_answered(failed, edit(2, "  import total\n", "  import total, mean\n"))


def test_a_patch_of_several_files_is_answered_by_one_of_a_part_of_them() -> None:
    head = "*** Begin Patch\n*** Update File: "
    both = f"{head}a.py\n+total = sum(prices)\n*** Update File: b.py\n+x = 1\n*** End Patch"
    one = f"{head}a.py\n+total = sum(prices)\n*** End Patch"
    failed = tool(1, "apply_patch", {"input": both}, status="error", content="lines not found")

    assert is_answered(failed, tool(2, "apply_patch", {"input": one}))


def test_an_edit_beside_one_that_failed_again_answers_nothing() -> None:
    failed = edit(2, "total = 1", "total = 2", status="error", content="not found")
    worked = edit(2, "total = 1", "total = 2")
    call = worked.calls[0].__class__(id="other", name="Edit", arguments=worked.calls[0].arguments)
    result = worked.results[0].__class__(call_id="other", status="ok")
    both = failed.__class__(
        **{name: getattr(failed, name) for name in failed.__struct_fields__}
        | {"calls": (*failed.calls, call), "results": (*failed.results, result)}
    )
    first = edit(1, "total = 1", "total = 2", status="error", content="not found")
    (found,) = recoveries(first, both)

    assert (found.attempts, found.resolved_step) == ((1, 2), None)


@pytest.mark.parametrize(
    ("name", "failed", "worked", "is_same"),
    [
        ("Read", {"file_path": "/a/core/totals.py"}, {"file_path": "/a/src/totals.py"}, True),
        ("Read", {"file_path": "/a/core/index.ts"}, {"file_path": "/a/src/index.ts"}, False),
        ("Read", {"file_path": "/a/b.md"}, {"file_path": "/a/b.md", "limit": 90}, True),
        ("Grep", {"path": "/a", "pattern": "total"}, {"path": "/b", "pattern": "total"}, True),
        ("Grep", {"path": "/a", "pattern": "total"}, {"path": "/a", "pattern": "mean"}, False),
        ("Glob", {"path": "/a", "pattern": "**/*.md"}, {"path": "/b", "pattern": "**/*.md"}, False),
        ("fetch", {"urls": ["https://a.org/x"]}, {"urls": ["https://a.org/y"]}, False),
        ("run_js", {"code": "let total = one + two"}, {"code": "var total = one + two"}, True),
        ("run_js", {"code": "let total = one + two"}, {"code": "click(button, twice)"}, False),
    ],
)
def test_a_tool_is_answered_by_one_used_on_the_same_for_the_same(
    name: str, failed: dict[str, Any], worked: dict[str, Any], is_same: bool
) -> None:
    steps = tool(1, name, failed, status="error", content="no"), tool(2, name, worked)

    assert is_answered(*steps) == is_same


def test_what_goes_on_in_the_background_answers_nothing() -> None:
    running = "Command running in background with ID: b6efdf7. Output is being written"

    assert not is_answered(
        shell(1, "deploy one", "no", exit_code=1), shell(2, "deploy one", running)
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("ssh", "-p", "22", "me@web", "ls", "-l"), HandedOn("ssh me@web", "ls -l")),
        (("ssh", "me@web"), None),
        (("docker", "exec", "-it", "api", "sh", "-c", "a && b"), HandedOn("docker api", "a && b")),
        (("docker", "compose", "exec", "-T", "api", "ls"), HandedOn("docker api", "ls")),
        (("docker", "run", "api"), None),
        (("wsl", "-d", "Ubuntu", "--", "make"), HandedOn("wsl", "make")),
        ((), None),
    ],
)
def test_a_command_that_is_handed_on(words: tuple[str, ...], told: HandedOn | None) -> None:
    assert handed_on(words) == told


def test_a_check_of_a_state_that_is_taken_back_says_nothing_of_the_work() -> None:
    found = seen(
        user(0),
        shell(1, "git stash && go test ./...; git stash pop", FAILED, exit_code=1),
        shell(2, "perl -pi -e s/a/b/ a.go && go test ./...; git checkout a.go", FAILED),
        shell(3, "go test ./...", PASSED),
    )

    assert found.recoveries == ()
    assert found.ignored_failures == {"taken_back": 2}


def test_of_two_checkers_in_a_line_the_one_that_printed_its_failure_failed() -> None:
    said = "a.py:3: error: no\nFound 1 error in 1 file (checked 9 source files)"

    (found,) = recoveries(shell(1, "flake8 src && mypy src", said, exit_code=1))

    assert (found.kind, found.action) == ("types", "mypy")
