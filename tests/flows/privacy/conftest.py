"""A workspace to export from, and rules to put in the place of the shipped ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tracemill.cli.app import call
from tracemill.flows.ingest.redactors import redactor
from tracemill.redact import Rules
from tracemill.store.workspace import Workspace


@pytest.fixture(scope="session")
def kept_example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the bundled example in it."""
    root = tmp_path_factory.mktemp("kept") / "workspace"
    assert call(["run", "--workspace", str(root), "--quiet"]) == 0
    return root


@pytest.fixture
def example(kept_example: Path, tmp_path: Path) -> Workspace:
    """The same, for one test."""
    shutil.copytree(kept_example, tmp_path / "workspace")
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def use_rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Rules], None]]:
    """Put other rules in the place of the shipped ones."""

    def use(rules: Rules) -> None:
        monkeypatch.setattr(Rules, "shipped", lambda: rules)
        redactor.cache_clear()

    redactor.cache_clear()
    yield use
    redactor.cache_clear()
