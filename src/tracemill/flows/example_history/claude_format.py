"""Write a performance as Claude Code keeps its sessions: one content block a line.

The lines of one message share its id and request, and repeat its usage, in which the output
grows until the last line. Each line names the one that it follows; results of parallel calls
each follow their own call.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from tracemill.flows.example_history.claude_tools import Tool, tool
from tracemill.flows.example_history.play import Act, Done, Performance, stamp

_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PROMPT_TOKENS: Final = 18_204
_LETTERS_PER_TOKEN: Final = 4


def claude_files(performance: Performance) -> Iterator[tuple[Path, str]]:
    """Yield the files of a session, below Claude Code's folder of projects, with their texts."""
    session = performance.script.session
    folder = Path("".join(c if c.isalnum() or c == "-" else "-" for c in performance.cwd))
    writer = _Writer(performance, agent=None)
    yield folder / f"{session['id']}.jsonl", writer.text()
    for inner in _inner(performance):
        agent = inner.script.session["agent_id"]
        path = folder / session["id"] / "subagents" / f"agent-{agent}.jsonl"
        yield path, _Writer(inner, agent=agent).text()


def _inner(performance: Performance) -> Iterator[Performance]:
    for act in performance.acts:
        for done in act.done:
            if done.inner is not None:
                yield done.inner


@dataclass
class _Writer:
    performance: Performance
    agent: str | None
    lines: list[dict[str, Any]] = field(default_factory=list)
    branch: str = ""
    last: str | None = None
    n_ids: int = 0
    n_read: int = _PROMPT_TOKENS
    n_new: int = 0

    @property
    def session(self) -> Mapping[str, Any]:
        return self.performance.script.session

    def text(self) -> str:
        """Return the whole file."""
        if self.agent is None and "title" in self.session:
            self.lines.append(
                {"type": "summary", "summary": self.session["title"], "leafUuid": self._uuid()}
            )
        for act in self.performance.acts:
            self.branch = act.branch
            if act.user is not None:
                self._user(act, act.user)
            elif act.notice is not None:
                block = {"type": "text", "text": act.notice}
                self._add(act.at, "user", message={"role": "user", "content": [block]})
            else:
                self._agent(act)
        return "".join(
            json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"
            for line in self.lines
        )

    def _user(self, act: Act, text: str) -> None:
        self.n_new += len(text) // _LETTERS_PER_TOKEN
        if self.agent is None:
            self.lines.append(_snapshot(self._peek(), act.at))
        told = {"todos": [], "permissionMode": "default"} if self.agent is None else {}
        self._add(act.at, "user", message={"role": "user", "content": text}, **told)

    def _agent(self, act: Act) -> None:
        blocks: list[tuple[datetime, dict[str, Any]]] = []
        if act.think:
            thought = {"type": "thinking", "thinking": act.think, "signature": self._token("E", 64)}
            blocks.append((act.at, thought))
        if act.say:
            blocks.append((act.at + timedelta(milliseconds=210), {"type": "text", "text": act.say}))
        tools = [
            (done, tool(done, self.performance), self._token("toolu_01", 22)) for done in act.done
        ]
        for done, made, call_id in tools:
            block = {"type": "tool_use", "id": call_id, "name": made.name, "input": made.input}
            blocks.append((done.asked, block))
        asked = self._message(blocks)
        for (done, made, call_id), line in zip(
            tools, asked[len(asked) - len(tools) :], strict=True
        ):
            self._result(done, made, call_id, line)

    def _message(self, blocks: list[tuple[datetime, dict[str, Any]]]) -> list[str]:
        """Add one message, a line for each block; return the ids of its lines."""
        message_id, request_id = self._token("msg_01", 22), self._token("req_011C", 20)
        n_output = 8 + sum(len(json.dumps(block)) for _, block in blocks) // _LETTERS_PER_TOKEN
        ids = []
        for place, (at, block) in enumerate(blocks, start=1):
            is_last = place == len(blocks)
            message = {
                "model": self.session["model"],
                "id": message_id,
                "type": "message",
                "role": "assistant",
                "content": [block],
                "stop_reason": None,
                "stop_sequence": None,
                "usage": self._usage(n_output if is_last else min(n_output - 1, 2 + place)),
            }
            ids.append(self._add(at, "assistant", message=message, requestId=request_id))
        self.n_read += self.n_new
        self.n_new = n_output
        return ids

    def _usage(self, n_output: int) -> dict[str, Any]:
        return {
            "input_tokens": 4,
            "cache_creation_input_tokens": self.n_new,
            "cache_read_input_tokens": self.n_read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": self.n_new,
                "ephemeral_1h_input_tokens": 0,
            },
            "output_tokens": n_output,
            "service_tier": "standard",
        }

    def _result(self, done: Done, made: Tool, call_id: str, asked: str) -> None:
        self.n_new += len(made.shown) // _LETTERS_PER_TOKEN
        block: dict[str, Any] = {
            "tool_use_id": call_id,
            "type": "tool_result",
            "content": made.content,
        }
        if made.is_error or made.name == "Bash":
            block["is_error"] = made.is_error
        self.last = asked
        self._add(
            done.answered,
            "user",
            message={"role": "user", "content": [block]},
            toolUseResult=made.result,
            sourceToolAssistantUUID=asked,
        )

    def _add(self, at: datetime, kind: str, **more: Any) -> str:
        line: dict[str, Any] = {
            "parentUuid": self.last,
            "isSidechain": self.agent is not None,
            "userType": "external",
            "cwd": self.performance.cwd,
            "sessionId": self.session["id"],
            "version": self.session["version"],
            "gitBranch": self.branch,
        }
        if self.agent is None:
            line["slug"] = self.session["slug"]
        else:
            line["agentId"] = self.agent
        self.last = self._uuid()
        line |= {"type": kind, **more, "uuid": self.last, "timestamp": stamp(at)}
        self.lines.append(line)
        return self.last

    def _uuid(self) -> str:
        self.n_ids += 1
        return str(uuid.UUID(bytes=self._bytes("uuid", self.n_ids, 16), version=4))

    def _peek(self) -> str:
        """Return the id that the next line will have."""
        return str(uuid.UUID(bytes=self._bytes("uuid", self.n_ids + 1, 16), version=4))

    def _token(self, prefix: str, length: int) -> str:
        self.n_ids += 1
        drawn = self._bytes(prefix, self.n_ids, length)
        return prefix + "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in drawn)

    def _bytes(self, kind: str, place: int, length: int) -> bytes:
        seed = f"{self.session['id']} {self.agent} {kind} {place}"
        return blake2b(seed.encode(), digest_size=length).digest()


def _snapshot(message_id: str, at: datetime) -> dict[str, Any]:
    taken = {"messageId": message_id, "trackedFileBackups": {}, "timestamp": stamp(at)}
    return {
        "type": "file-history-snapshot",
        "messageId": message_id,
        "snapshot": taken,
        "isSnapshotUpdate": False,
    }
