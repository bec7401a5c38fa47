"""A hint says how to install into this very environment, and a checkout's extras as a checkout's."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tracemill.base import installing
from tracemill.base.installing import install_extras, pip_install

PYTHON = "/opt/a place/bin/python"


def installed(folder: Path, origin: dict[str, Any] | None) -> None:
    place = folder / "tracemill-0.dist-info"
    place.mkdir()
    (place / "METADATA").write_text("Metadata-Version: 2.1\nName: tracemill\nVersion: 0\n")
    if origin is not None:
        (place / "direct_url.json").write_text(json.dumps(origin))


@pytest.mark.parametrize(
    ("origin", "wanted"),
    [
        (None, "'tracemill[llm,train]'"),
        ({"url": "file:///src/x.whl", "archive_info": {}}, "'tracemill[llm,train]'"),
        ({"url": "file:///src/mill", "dir_info": {}}, "'tracemill[llm,train]'"),
        (
            {"url": "file:///src/my%20mill", "dir_info": {"editable": True}},
            "-e '/src/my mill[llm,train]'",
        ),
    ],
    ids=["index", "wheel", "copied", "checkout"],
)
def test_extras_come_from_where_the_program_came_from(
    origin: dict[str, Any] | None, wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, origin)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "executable", PYTHON)

    assert install_extras("llm", "train") == f"'{PYTHON}' -m pip install {wanted}"


def test_an_environment_without_pip_is_named_to_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing, "find_spec", lambda _: None)
    monkeypatch.setattr(sys, "executable", PYTHON)

    assert pip_install("--no-deps", "x") == f"uv pip install --python '{PYTHON}' --no-deps x"
