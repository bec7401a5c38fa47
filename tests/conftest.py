"""Repositories that any test may fill."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import settings

from tests.repositories import Repository


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
