"""The Hugging Face Hub as a hub for datasets, through its own library (extra `hub`).

The library takes endpoint and token from where people keep them: `HF_ENDPOINT`, `HF_TOKEN`, or what
`hf auth login` stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import httpx2
from huggingface_hub import CommitOperationAdd, HfApi
from huggingface_hub.errors import HFValidationError, LocalTokenNotFoundError

from tracemill.base.errors import PolicyError, UsageError
from tracemill.flows.datasets.hub import HubFile

_IN_MEMORY: Final = 8 * 2**20
"""Bytes up to which a file is read before it is handed over; of a longer one it is the path."""


class HuggingFaceHub:
    """Repositories of datasets on a Hugging Face Hub."""

    def __init__(self, endpoint: str | None = None, token: str | None = None) -> None:
        self._api = HfApi(endpoint=endpoint, token=token, library_name="tracemill")

    def make_room(self, repo: str, *, is_private: bool) -> bool:
        """Have a repository for a dataset; return whether it is private.

        Raises:
            UsageError: the hub refuses, or cannot be reached.
        """
        with _said_plainly(repo):
            self._api.create_repo(repo, repo_type="dataset", private=is_private, exist_ok=True)
            return bool(self._api.dataset_info(repo).private)

    def put(self, repo: str, files: Sequence[HubFile], message: str) -> str:
        """Add files in one commit, all or none; return its address.

        Raises:
            PolicyError: a file is no longer what went through the gate.
            UsageError: the hub refuses, or cannot be reached.
        """
        operations = [_operation(file) for file in files]
        with _said_plainly(repo):
            made = self._api.create_commit(
                repo, operations, commit_message=message, repo_type="dataset"
            )
        return str(made.commit_url)


def _operation(file: HubFile) -> CommitOperationAdd:
    """Return the addition of a file whose bytes are what they must be."""
    is_small = file.source.stat().st_size <= _IN_MEMORY
    source = file.source.read_bytes() if is_small else str(file.source)
    operation = CommitOperationAdd(path_in_repo=file.path, path_or_fileobj=source)
    found = operation.upload_info.sha256.hex()
    if found != file.sha256:
        raise PolicyError(
            f"nothing goes out: {file.path} has changed: expected {file.sha256}, found {found}"
        )
    return operation


@contextmanager
def _said_plainly(repo: str) -> Iterator[None]:
    """Turn what the library raises into what a person can act on."""
    try:
        yield
    except (HFValidationError, LocalTokenNotFoundError) as error:
        raise UsageError(f"the hub cannot take {repo!r}: {error}") from None
    except httpx2.TransportError as error:
        raise UsageError(
            f"the hub cannot be reached: {error}; nothing of {repo!r} is known to have gone out: "
            "look at the connection, and push again"
        ) from None
    except httpx2.HTTPError as error:
        raise UsageError(
            f"the hub did not take {repo!r}: {error}; see whether the name is OWNER/NAME, and "
            "whether your token may write there (`hf auth whoami`)"
        ) from None
