"""An event of a team's own process is kept, or refused with a reason and an exit code."""

import io
import os
from pathlib import Path

import pytest

from tracemill.cli.app import call
from tracemill.cli.at_once import call_at_once
from tracemill.cli.standard_streams import take_streams

ODD = os.fsdecode(b"\xff")


@pytest.fixture(autouse=True)
def nothing_on_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())


@pytest.mark.parametrize("is_at_once", [True, False], ids=["at once", "by the tree of commands"])
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(["note"], 2, "--json - to read it", id="no payload"),
        pytest.param(["note", "--json", "{}"], 0, "", id="an empty payload"),
        pytest.param(["note", "--json", "-"], 2, "expected a JSON object", id="nothing on stdin"),
        pytest.param(["gate", "--json", '{"gate_id": "tests"}'], 0, "", id="a payload"),
        pytest.param(["dance"], 2, "known: approval, ", id="unknown kind"),
        pytest.param(["note", "--json", "{"], 2, "expected a JSON object", id="no JSON"),
        pytest.param(["note", "--json", "[]"], 2, "found list", id="no object"),
        pytest.param(["note", "--json", f'{{"a": "{ODD}"}}'], 2, "in UTF-8", id="no UTF-8"),
        pytest.param(
            ["note", "--session", ODD, "--json", "{}"], 2, "in UTF-8", id="a session that is none"
        ),
    ],
)
def test_an_event_is_kept_or_refused_with_a_reason(
    arguments: list[str],
    code: int,
    said: str,
    is_at_once: bool,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    take_streams()
    given = ["emit", *arguments, "--workspace", str(tmp_path / "workspace")]
    found = call_at_once(given) if is_at_once else call(given)
    if found is None:
        found = call(given)

    assert found == code
    shown = capsys.readouterr()
    assert said in shown.err + shown.out
    assert (tmp_path / "workspace").exists() == (code == 0)
