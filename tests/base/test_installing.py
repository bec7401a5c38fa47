"""A hint says how to install into this very environment, and a checkout's extras as a checkout's."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.repositories import Repository

from tracemill.base import installing
from tracemill.base.installing import install_extras, origin_requirement, pip_install

PYTHON = "/opt/a place/bin/python"
AT_COMMIT = {"vcs": "git", "commit_id": "3f2a"}


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


@pytest.mark.parametrize(
    ("origin", "wanted"),
    [
        (None, "tracemill==0"),
        ({"url": "file:///src/x.whl", "archive_info": {}}, None),
        (
            {"url": "https://example.org/mill.git", "vcs_info": AT_COMMIT},
            "tracemill @ git+https://example.org/mill.git@3f2a",
        ),
        ({"url": "file:///src/mill", "vcs_info": AT_COMMIT}, None),
        ({"url": "file:///nowhere/mill", "dir_info": {"editable": True}}, None),
    ],
    ids=["index", "wheel", "repository", "repository on this machine", "no repository"],
)
def test_another_machine_installs_what_this_one_did(
    origin: dict[str, Any] | None,
    wanted: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed(tmp_path, origin)
    monkeypatch.syspath_prepend(tmp_path)

    assert origin_requirement() == wanted


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://example.org:8443/ada/mill", "https://example.org:8443/ada/mill"),
        ("https://ada:hunter2@example.org/mill.git", "https://example.org/mill.git"),
        ("git@example.org:ada/mill.git", "https://example.org/ada/mill.git"),
        ("ssh://git@example.org:22/ada/mill", "https://example.org/ada/mill"),
        ("/srv/mill", None),
        ("../mill", None),
    ],
)
@pytest.mark.parametrize("is_pushed", [True, False])
def test_a_checkout_is_installed_from_where_it_was_cloned(
    remote: str,
    address: str | None,
    is_pushed: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    repository = Repository(tmp_path / "my mill")
    repository.path.mkdir()
    repository.git("init", "-q")
    commit = repository.commit(a__py="x = 1\n")
    repository.git("remote", "add", "origin", remote)
    if is_pushed:
        repository.git("update-ref", "refs/remotes/origin/main", commit)
    installed(tmp_path, {"url": repository.path.as_uri(), "dir_info": {"editable": True}})
    monkeypatch.syspath_prepend(tmp_path)

    at = f"@{commit}" if is_pushed else ""
    assert origin_requirement() == (address and f"tracemill @ git+{address}{at}")
