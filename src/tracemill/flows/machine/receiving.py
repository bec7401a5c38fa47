"""What exporters of OpenTelemetry send over HTTP: kept as it came, before anybody looks into it.

Whoever sends must know the token of the workspace. A body counts as taken in once it is on
disk; it is read with the next run, as any other input. What is refused for now (a full inbox,
a full disk) is asked for again, what is refused for good is not.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from tracemill.base.errors import PolicyError
from tracemill.capture.collector import now
from tracemill.capture.inbox import Inbox
from tracemill.store.workspace import Workspace

MAX_BODY_BYTES: Final = 16 * 2**20
"""Larger bodies are refused, compressed or not; exporters send a few hundred kilobytes."""
_SIGNALS: Final[Mapping[str, str]] = {
    "/v1/traces": "traces",
    "/v1/logs": "logs",
    "/v1/metrics": "metrics",
}
_TYPES: Final = frozenset({"application/x-protobuf", "application/json"})
_GZIP_WINDOW: Final = 31
_RETRY_S: Final = 30


class Verdict(NamedTuple):
    """What a sender is told."""

    status: int
    """Status of HTTP."""
    detail: str = ""
    """Why a body was refused."""
    retry_after_s: int | None = None
    """When to send it again; None where that would not help."""


class Receiver:
    """Takes in what is sent to one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        record_bytes = MAX_BODY_BYTES * 4 // 3 + 1_024
        self._inbox = Inbox(str(workspace.inbox), "otlp-", record_bytes)
        self._token = read_token(workspace).encode()

    def refuse(self, path: str, headers: Mapping[str, str]) -> Verdict | None:
        """Return why a request is refused before its body is read, or None."""
        given = headers.get("authorization", "").encode(errors="replace")
        if not hmac.compare_digest(given, b"Bearer " + self._token):
            return Verdict(401, "expected the header 'Authorization: Bearer TOKEN'")
        if path not in _SIGNALS:
            return Verdict(404, f"expected one of: {', '.join(_SIGNALS)}")
        if _type_of(headers) not in _TYPES:
            return Verdict(415, f"expected one of: {', '.join(sorted(_TYPES))}")
        if headers.get("content-encoding", "identity").lower() not in ("identity", "gzip"):
            return Verdict(415, "expected a body as it is, or compressed with gzip")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length[:20]) > MAX_BODY_BYTES:
            return _TOO_LARGE
        return None

    def accept(self, path: str, headers: Mapping[str, str], body: bytes) -> Verdict:
        """Keep a body that was not refused."""
        if len(body) > MAX_BODY_BYTES:
            return _TOO_LARGE
        if headers.get("content-encoding", "").lower() == "gzip":
            unpacked = _unpacked(body)
            if isinstance(unpacked, Verdict):
                return unpacked
            body = unpacked
        if len(body) > MAX_BODY_BYTES:
            return _TOO_LARGE
        record = {
            "otlp_received": _SIGNALS[path],
            "at": now(),
            "type": _type_of(headers),
            "body": base64.b64encode(body).decode(),
        }
        reason = self._inbox.append(json.dumps(record).encode())
        if reason is not None:
            return Verdict(503, f"not kept: {reason}", retry_after_s=_RETRY_S)
        return Verdict(200)


_TOO_LARGE: Final = Verdict(413, f"expected a body of at most {MAX_BODY_BYTES} bytes")


def _type_of(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _unpacked(body: bytes) -> bytes | Verdict:
    """Return what was compressed; a small body may hold far more than is taken."""
    stream = zlib.decompressobj(_GZIP_WINDOW)
    try:
        data = stream.decompress(body, MAX_BODY_BYTES + 1)
    except zlib.error:
        return Verdict(400, "expected a body compressed with gzip, found something else")
    if not stream.eof and len(data) <= MAX_BODY_BYTES:
        return Verdict(400, "expected a whole body, found its beginning")
    return data


def token_path(workspace: Workspace) -> Path:
    """Return where the token stands that senders must know."""
    return workspace.root / "serve.token"


def read_token(workspace: Workspace) -> str:
    """Return the token that senders must know, made on first use.

    Raises:
        PolicyError: other users can read it.
    """
    path = token_path(workspace)
    workspace.create()
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_urlsafe(32))
    if path.stat().st_mode & 0o077:
        raise PolicyError(f"{str(path)!r} can be read by other users; run: chmod 600 {str(path)!r}")
    token = path.read_text().strip()
    if not token:
        raise PolicyError(f"{str(path)!r} is empty, so anyone could send; delete it")
    return token
