"""Somebody who is known is found in every place in which names stand, and only that name goes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.redact.conftest import KEY
from tracemill.records.refs import Span
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult
from tracemill.redact import Redactor

USER = "casagrande"
NAME = "Giulia Casagrande"
ADDRESS = "giulia@casagrande.it"
HOST = "build-47.corp.acme.com"
IP = "86.168.81.226"
PHONE = "+39 055 271 8364"
CARD = "4205587111139193"

PLACES = {
    "home folder": f"/home/{USER}/src/x.py",
    "home folder on a Mac": f"/Users/{USER}/src",
    "home folder on Windows": f"C:\\Users\\{USER}\\src",
    "home folder on Windows in JSON": f"C:\\\\Users\\\\{USER}\\\\src",
    "home folder as a file name": f"~/.claude/projects/-home-{USER}-src",
    "working directory": f"cwd: /home/{USER}",
    "listing": f"-rw-r--r-- 1 {USER} {USER} 12 Jan 1 10:00 x",
    "process": f"{USER}  12345  0.0  0.1  34122 ",
    "whoami": f"$ whoami\n{USER}\n",
    "variable": f"USER={USER}",
    "prompt": f"{USER}@build-47:~/src$ ls",
    "login": f"ssh {USER}@{HOST}",
    "login in a log": f"Accepted publickey for {USER} from {IP}",
    "id": f"uid=501({USER}) gid=20(staff)",
    "word": f"it only fails for {USER}, not in CI",
    "author": f"Author: {NAME} <{ADDRESS}>",
    "trailer": f"Co-Authored-By: {NAME} <{ADDRESS}>",
    "author in JSON": f'{{"author": "{NAME} <{ADDRESS}>"}}',
    "name in a sentence": f"as {NAME} said yesterday",
    "name in a list": f"- {NAME} (owner)",
    "address": f"mail {ADDRESS} about it",
    "address in an address": f"mailto:{ADDRESS}",
    "host": f"ping {HOST}",
    "network address": f"endpoint {IP}:1194",
    "telephone": f"call me at {PHONE}",
    "card": f"card {CARD} exp 12/28",
}
PARTS = (USER, NAME, ADDRESS, HOST, IP, PHONE, CARD, "Giulia")


@pytest.fixture(scope="module")
def knowing() -> Redactor:
    """A redactor on the machine of that user, in whose workspace there is a history of hers."""
    made = Redactor(KEY, home=f"/home/{USER}")
    made.know([f"{NAME} <{ADDRESS}>".encode()])
    return made


def step(text: str, field: str) -> Step:
    """Return a step that holds a text in one of its fields."""
    held: dict[str, Any] = {"arguments": {"nested": [{"a": text}]}, "key": {text: "x"}}
    content = text if field == "result" else "ok"
    return Step(
        trajectory_id="t",
        index=0,
        speaker="agent",
        text=text if field == "text" else "",
        reasoning=text if field == "reasoning" else None,
        calls=(ToolCall(id="c", name="Bash", arguments=held.get(field, {})),),
        results=(ToolResult(call_id="c", content=content),),
        span=Span(start=0, end=1),
    )


@pytest.mark.parametrize("field", ["text", "reasoning", "arguments", "key", "result"])
@pytest.mark.parametrize("text", PLACES.values(), ids=PLACES)
def test_nothing_of_a_known_person_is_left(knowing: Redactor, text: str, field: str) -> None:
    redacted = repr(knowing.redact([step(text, field)]).records)

    assert not [part for part in PARTS if part in redacted]
