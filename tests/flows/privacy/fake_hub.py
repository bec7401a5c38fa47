"""A Hugging Face Hub of our own, on this machine: what it is told, and what it is given."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from typing_extensions import override


class FakeHub:
    """Repositories by name, and what lies in each."""

    def __init__(self) -> None:
        self.private: dict[str, bool] = {}
        self.files: dict[str, dict[str, bytes]] = {}
        self.messages: list[str] = []
        self.endpoint = ""

    def answer(self, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """Return what the hub says to one request."""
        if path == "/api/repos/create":
            return self._create(json.loads(body))
        if path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        parts = path.split("?", maxsplit=1)[0].removeprefix("/api/datasets/").split("/")
        repo = "/".join(parts[:2])
        if repo not in self.private:
            return 404, {"error": "Repository not found"}
        if len(parts) == 2:
            return 200, {"id": repo, "private": self.private[repo], "tags": [], "siblings": []}
        if parts[2] == "preupload":
            asked = json.loads(body)["files"]
            modes = [
                {"path": f["path"], "uploadMode": "regular", "shouldIgnore": False} for f in asked
            ]
            return 200, {"files": modes}
        return self._commit(repo, body)

    def _create(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        repo = f"{asked['organization']}/{asked['name']}"
        address = {"url": f"{self.endpoint}/datasets/{repo}"}
        if repo.startswith("closed/"):
            return 403, {"error": "You have no right to write there"}
        if repo in self.private:
            return 409, {**address, "error": "You already created this dataset repo"}
        self.private[repo] = asked["visibility"] == "private"
        return 200, address

    def _commit(self, repo: str, body: bytes) -> tuple[int, dict[str, Any]]:
        for line in body.splitlines():
            said = json.loads(line)
            if said["key"] == "header":
                self.messages.append(said["value"]["summary"])
            else:
                data = base64.b64decode(said["value"]["content"])
                self.files.setdefault(repo, {})[said["value"]["path"]] = data
        oid = "0a1b2c3d" * 5
        return 200, {"commitOid": oid, "commitUrl": f"{self.endpoint}/datasets/{repo}/commit/{oid}"}


class _Handler(BaseHTTPRequestHandler):
    hub: ClassVar[FakeHub]

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, said = self.hub.answer(self.path, body)
        data = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = _answer  # noqa: N815 - as the library calls them

    @override
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[FakeHub]:
    """Serve a hub as long as it is needed."""
    hub = FakeHub()
    handler = type("Handler", (_Handler,), {"hub": hub})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        hub.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield hub
        finally:
            server.shutdown()
            thread.join()
