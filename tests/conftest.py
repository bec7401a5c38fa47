"""Repositories that any test may fill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.repositories import Repository


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give all tests one cache folder, so that none writes to that of who runs them."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session")
def new_repository(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Repository]:
    def make() -> Repository:
        made = Repository(tmp_path_factory.mktemp("git") / "repo")
        made.path.mkdir()
        made.git("init", "-q", "-b", "main")
        return made

    return make


@pytest.fixture
def repo(new_repository: Callable[[], Repository]) -> Repository:
    return new_repository()


settings.register_profile("tracemill", deadline=None)  # a busy machine is no failure
settings.load_profile("tracemill")
