"""What the tests of this room share."""

from __future__ import annotations

import pytest

from tracemill.redact import Redactor

KEY = bytes(range(32))


@pytest.fixture(scope="session", params=["hyperscan", "re2"])
def redactor(request: pytest.FixtureRequest) -> Redactor:
    engine: str = request.param
    if engine == "hyperscan":
        pytest.importorskip("hyperscan")
    return Redactor(KEY, engine=engine)


@pytest.fixture(scope="session")
def both() -> tuple[Redactor, Redactor]:
    pytest.importorskip("hyperscan")
    return Redactor(KEY, engine="hyperscan"), Redactor(KEY, engine="re2")
