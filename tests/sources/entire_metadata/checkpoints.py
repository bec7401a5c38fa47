"""Metadata of checkpoints of our own making."""

from __future__ import annotations

import json
from typing import Any

from tests.repositories import Repository

BRANCH = "entire/checkpoints/v1"


def metadata(checkpoint: str, session: str | None, **more: Any) -> dict[str, Any]:
    """Return what stands in the metadata of a session's part, or of a whole checkpoint."""
    named = {} if session is None else {"session_id": session}
    return {
        "checkpoint_id": checkpoint,
        **named,
        "strategy": "manual-commit",
        "checkpoints_count": 1,
        "files_touched": ["a.py"],
        **more,
    }


def put_branch(repo: Repository, files: dict[str, bytes], branch: str = BRANCH) -> None:
    """Make a branch of these files alone, as the tool does, leaving the work tree as it is."""
    entries = []
    for path, data in files.items():
        blob = repo.git("hash-object", "-w", "--stdin", stdin=data).decode().strip()
        entries.append(f"100644 {blob}\t{path}")
    index = repo.path / ".git" / "checkpoints-index"
    index.unlink(missing_ok=True)
    repo.git(
        "update-index", "--index-info", stdin="\n".join(entries).encode(), GIT_INDEX_FILE=str(index)
    )
    tree = repo.git("write-tree", GIT_INDEX_FILE=str(index)).decode().strip()
    tip = repo.git("commit-tree", tree, "-m", "checkpoints").decode().strip()
    repo.git("update-ref", f"refs/heads/{branch}", tip)


def checkpoint_files(*parts: tuple[str, str, bytes], **more: Any) -> dict[str, bytes]:
    """Return the files of checkpoints: (checkpoint, session, log) for each session's part."""
    files: dict[str, bytes] = {}
    for checkpoint, session, log in parts:
        top = f"{checkpoint[:2]}/{checkpoint[2:]}"
        n = sum(name.startswith(top) and name.endswith("full.jsonl") for name in files)
        files[f"{top}/metadata.json"] = json.dumps(metadata(checkpoint, None)).encode()
        about = json.dumps(metadata(checkpoint, session, **more), indent=2)
        files[f"{top}/{n}/metadata.json"] = about.encode()
        files[f"{top}/{n}/full.jsonl"] = log
        files[f"{top}/{n}/prompt.txt"] = b"What was asked."
    return files
