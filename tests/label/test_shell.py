import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.label.calls.shell import parse


def words(command: str) -> list[tuple[str, ...]]:
    return [part.words for part in parse(command).parts]


@pytest.mark.parametrize(
    ("command", "found"),
    [
        pytest.param("cd x && go test", [("cd", "x"), ("go", "test")], id="and"),
        pytest.param("a | b; c || d & e", [("a",), ("b",), ("c",), ("d",), ("e",)], id="operators"),
        pytest.param("echo 'a && b' \"c; d\"", [("echo", "a && b", "c; d")], id="quotes"),
        pytest.param('a"b c"d', [("ab cd",)], id="glued"),
        pytest.param("A=1 B='x y' go test", [("go", "test")], id="assignments"),
        pytest.param("go test 2>&1 >out", [("go", "test")], id="redirections"),
        pytest.param("(cd x && go test)", [("cd", "x"), ("go", "test")], id="subshell"),
        pytest.param("a \\\n  b", [("a", "b")], id="continued line"),
        pytest.param("a\nb", [("a",), ("b",)], id="lines"),
        pytest.param("for f in x; do go test; done", [("f", "in", "x"), ("go", "test")], id="loop"),
        pytest.param(
            "cat <<'EOF' > f\nx && y\nEOF\ngo test", [("cat",), ("go", "test")], id="heredoc"
        ),
        pytest.param("cat <<EOF\nnever ends && x", [("cat",)], id="open heredoc"),
        pytest.param("echo 'open", [("echo", "'open")], id="open quote"),
        pytest.param("", [], id="empty"),
    ],
)
def test_a_line_is_cut_into_simple_commands(command: str, found: list[tuple[str, ...]]) -> None:
    assert words(command) == found


@pytest.mark.parametrize(
    ("command", "bare"),
    [
        ("time go test", ("go", "test")),
        ("timeout 60 npx --yes jest -t x", ("jest", "-t", "x")),
        ("uv run --frozen python -m pytest -q", ("pytest", "-q")),
        ("env A=1 sudo -u me make", ("me", "make")),
        ("rtk bun run test", ("bun", "run", "test")),
        ("python3.12 -m mypy .", ("mypy", ".")),
    ],
)
def test_what_only_runs_the_rest_is_stripped(command: str, bare: tuple[str, ...]) -> None:
    assert parse(command).parts[0].bare == bare


def test_options_of_the_shell_are_noticed() -> None:
    line = parse("set -euo pipefail\ngo test | tee out")

    assert (line.stops_early, line.keeps_pipe_status, line.has_control) == (True, True, False)


def test_conditions_are_noticed() -> None:
    assert parse("if go test; then echo ok; fi").has_control


@given(st.text(max_size=200))
def test_any_text_is_cut_without_an_error(command: str) -> None:
    assert all(part.words for part in parse(command).parts)
