"""Of a command that starts a shell, the line that this is told to run."""

import pytest

from tracemill.base.shells import told_to_run


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("bash", "-lc", "pytest -q"), "pytest -q"),
        (("/bin/sh", "-c", "make"), "make"),
        (("dash", "-e", "-c", "make"), "make"),
        (("bash", "-o", "pipefail", "-c", "make | tee log"), "make | tee log"),
        (("pwsh", "-ExecutionPolicy", "Bypass", "-Command", "npm test"), "npm test"),
        (("cmd", "/c", "npm test"), "npm test"),
        (("cmd.exe", "/d", "/C", "findstr", "/n", "a b", "app.py"), "findstr /n 'a b' app.py"),
        (("cmd", "/c"), None),
        (("cmd", "run.bat", "/c", "x"), None),
        (("bash", "-c"), None),
        (("bash", "run.sh", "-c", "x"), None),
        (("python", "-c", "print()"), None),
        ((), None),
    ],
)
def test_the_line_that_a_shell_is_told(words: tuple[str, ...], told: str | None) -> None:
    assert told_to_run(words) == told
