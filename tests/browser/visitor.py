"""Somebody who visits pages in a real browser, and notes whatever goes wrong there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request


@contextmanager
def serve(workspace: Path) -> Iterator[str]:
    """Run `tracemill ui`, and give the address that it prints."""
    command = [sys.executable, "-m", "tracemill", "ui", "--no-open", "--quiet"]
    with subprocess.Popen(
        [*command, "--workspace", str(workspace)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


class Visitor:
    """One window of a browser; `faults` are errors, dialogs, and requests to other hosts."""

    def __init__(self, browser: Browser, origin: str, **options: Any) -> None:
        self.origin = origin
        self.faults: list[str] = []
        self.context: BrowserContext = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.context.on("console", self._hear)
        self.context.on("request", self._watch)
        self.context.on("weberror", lambda error: self.faults.append(str(error.error)))
        self.context.on("dialog", self._refuse)

    def open(self, path: str) -> Page:
        """Go to an address, and return the page when it is there."""
        self.page.goto(self.origin + path)
        return self.page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.type} at {self.page.url}: {message.text}")

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:")):
            self.faults.append(f"asked {request.url}")

    def _refuse(self, dialog: Any) -> None:
        self.faults.append(f"a dialog at {self.page.url}: {dialog.message}")
        dialog.dismiss()
