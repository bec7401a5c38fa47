"""A foreign repository can neither run code, nor reach a network, nor make a crash."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tracemill.base.errors import SourceError
from tracemill.base.git.log import log_stream

if TYPE_CHECKING:
    from tests.repositories import Repository

FAKE_SIGNATURE = b"\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"


def arm(repo: Repository, marks: Path) -> None:
    """Name a program in every place where git would run it while it reads history."""
    program = marks / "trap"
    program.write_text(f'#!/bin/sh\necho x > "{marks}/ran-$(basename "$0")-$$"\n')
    program.chmod(0o755)
    traps = {
        key: marks / key.replace(".", "-")
        for key in (
            "core.fsmonitor",
            "core.pager",
            "core.sshCommand",
            "core.askPass",
            "diff.external",
            "diff.evil.command",
            "diff.evil.textconv",
            "gpg.program",
            "filter.evil.clean",
            "filter.evil.smudge",
            "trailer.x.command",
            "credential.helper",
            "remote.origin.uploadpack",
        )
    }
    for key, trap in traps.items():
        trap.symlink_to(program)
        repo.git("config", key, str(trap))
    hooks = repo.path / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in (
        "post-index-change",
        "reference-transaction",
        "post-checkout",
        "fsmonitor-watchman",
    ):
        (hooks / hook).symlink_to(program)
    for key, value in {
        "alias.log": f"!{program}",
        "log.showSignature": "true",
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
        "protocol.file.allow": "always",
        "remote.origin.url": f"ext::{program}",
        "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "blob:none",
        "extensions.partialClone": "origin",
        "core.repositoryFormatVersion": "1",
    }.items():
        repo.git("config", key, value)
    (repo.path / ".git" / "info" / "attributes").write_text("* diff=evil filter=evil\n")


@pytest.fixture
def hostile(repo: Repository, tmp_path: Path) -> Repository:
    (repo.path / ".gitattributes").write_text("* diff=evil filter=evil\n")
    repo.commit("one", a="1\n")
    repo.commit("two", a="2\n", b="1\n")
    commit = repo.git("cat-file", "commit", "HEAD")
    head, _, message = commit.partition(b"\n\n")
    signed = repo.git(
        "hash-object",
        "-t",
        "commit",
        "-w",
        "--stdin",
        stdin=head + FAKE_SIGNATURE + b"\n\n" + message,
    )
    repo.git("update-ref", "HEAD", signed.decode().strip())
    repo.remove_object("HEAD:b")
    arm(repo, tmp_path)
    return repo


def ran(marks: Path) -> list[str]:
    return sorted(path.name for path in marks.glob("ran-*"))


def test_nothing_that_a_repository_names_is_run(hostile: Repository, tmp_path: Path) -> None:
    with log_stream(hostile.path) as stream:
        read = stream.read()

    assert read.count(b"\0\0\ncommit ") == 2
    assert ran(tmp_path) == []


@pytest.mark.parametrize(
    "command",
    [["log", "-p", "--ext-diff"], ["log", "-p"], ["log", "--stat"], ["status"]],
    ids=" ".join,
)
def test_the_traps_do_run_without_our_care(
    command: list[str], hostile: Repository, tmp_path: Path
) -> None:
    subprocess.run(["git", *command], cwd=hostile.path, capture_output=True, check=False)

    assert ran(tmp_path)


def test_surroundings_do_not_count(
    repo: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    repo.commit("one", a="1\n")
    with log_stream(repo.path) as stream:
        before = stream.read()

    (tmp_path / "config").write_text("[log]\nshowSignature = true\n[core]\nquotePath = false\n")
    for name, text in {
        "GIT_DIR": str(tmp_path),
        "GIT_CONFIG_GLOBAL": str(tmp_path / "config"),
        "GIT_CONFIG_COUNT": "broken",
        "GIT_EXTERNAL_DIFF": "false",
        "GIT_TRACE": "1",
        "LC_ALL": "de_DE.UTF-8",
    }.items():
        monkeypatch.setenv(name, text)
    monkeypatch.chdir(tmp_path)

    with log_stream(repo.path) as stream:
        assert stream.read() == before


def test_settings_of_the_repository_do_not_shape_what_is_read(repo: Repository) -> None:
    repo.commit("one", a="x\n" * 20, b="1\n")
    (repo.path / "a").rename(repo.path / "c")
    repo.commit("two", b="2\n")
    with log_stream(repo.path) as stream:
        before = stream.read()

    (repo.path / "order").write_text("z*\n")
    (repo.path / ".gitattributes").write_text("* binary\n")
    for key, value in {
        "diff.renames": "false",
        "diff.orderFile": str(repo.path / "order"),
        "diff.noprefix": "true",
        "diff.algorithm": "patience",
        "diff.ignoreSubmodules": "all",
        "log.showRoot": "false",
        "log.diffMerges": "off",
        "log.decorate": "full",
        "log.abbrevCommit": "true",
        "log.date": "human",
        "format.pretty": "raw",
        "i18n.logOutputEncoding": "latin1",
        "color.ui": "always",
        "core.abbrev": "4",
        "core.worktree": "/missing",
        "notes.displayRef": "refs/notes/*",
    }.items():
        repo.git("config", key, value)

    with log_stream(repo.path) as stream:
        assert stream.read() == before


def test_a_replacement_does_not_rewrite_history(repo: Repository) -> None:
    first = repo.commit("one")
    second = repo.commit("two")
    repo.git("replace", second, first)

    with log_stream(repo.path) as stream:
        assert stream.read().count(b"\0\0\ncommit ") == 2


def break_config(repo: Repository) -> None:
    (repo.path / ".git" / "config").write_text("[broken")


def corrupt(repo: Repository, revision: str) -> None:
    sha = repo.git("rev-parse", revision).decode().strip()
    place = repo.path / ".git" / "objects" / sha[:2] / sha[2:]
    place.chmod(0o600)
    place.write_bytes(b"damaged")


BREAKS: dict[str, tuple[Callable[[Repository], object], str]] = {
    "garbled HEAD": (lambda r: (r.path / ".git" / "HEAD").write_text("\0"), "no intact repository"),
    "missing HEAD": (lambda r: (r.path / ".git" / "HEAD").unlink(), "no intact repository"),
    "no objects": (lambda r: shutil.rmtree(r.path / ".git" / "objects"), "no intact repository"),
    "empty branch": (
        lambda r: (r.path / ".git" / "refs" / "heads" / "main").write_text(""),
        "a branch or tag is damaged",
    ),
    "branch without commit": (lambda r: r.remove_object("HEAD"), "a branch or tag is damaged"),
    "missing commit": (lambda r: r.remove_object("HEAD~1"), "objects are missing"),
    "damaged commit": (lambda r: corrupt(r, "HEAD~1"), "objects are damaged"),
    "broken config": (break_config, "config file cannot be parsed"),
    "future format": (
        lambda r: r.git("config", "core.repositoryFormatVersion", "9"),
        "newer than the installed git",
    ),
}


@pytest.mark.parametrize(("harm", "words"), BREAKS.values(), ids=BREAKS)
def test_a_broken_repository_is_named_with_what_is_wrong(
    harm: Callable[[Repository], object], words: str, repo: Repository
) -> None:
    repo.commit("one", a="1\n")
    repo.commit("two", a="2\n")
    harm(repo)

    with pytest.raises(SourceError) as caught, log_stream(repo.path) as stream:
        stream.read()

    assert words in str(caught.value)
    assert str(repo.path) in str(caught.value)
    assert repo.shas[0] not in str(caught.value)


def test_no_repository_is_an_error_even_inside_another(repo: Repository) -> None:
    (repo.path / "inner").mkdir()

    with pytest.raises(SourceError, match="expected a git repository"):
        log_stream(repo.path / "inner")


def test_a_machine_without_git_is_told_so(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/missing")

    with pytest.raises(SourceError, match="expected git to be installed"):
        log_stream(repo.path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_a_repository_of_another_user_is_read(repo: Repository) -> None:
    repo.commit("one")
    for place in (repo.path, *repo.path.rglob("*")):
        os.chown(place, 12345, 12345)

    with log_stream(repo.path) as stream:
        assert b"one" in stream.read()


def children_called(name: str) -> list[int]:
    """Return the ids of this process's children that run a program of this name."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, program, _, parent, *_ = status.read_text().split()
        except OSError:
            continue
        if program == f"({name})" and int(parent) == os.getpid():
            found.append(int(pid))
    return found


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to see children")
def test_closing_early_stops_git(repo: Repository) -> None:
    for n in range(3):
        repo.commit(f"c{n}", a="x\n" * 200_000 * n)

    stream = log_stream(repo.path)
    stream.read(10)
    stream.close()

    assert children_called("git") == []
