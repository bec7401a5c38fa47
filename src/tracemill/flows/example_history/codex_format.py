"""Write a performance as Codex keeps its rollouts: each line an envelope with a payload.

What a person types stands twice, as the model saw it and as an event; so does what the agent
says. Tokens are running totals, now and then repeated unchanged. A command's exit code stands
in the text of its output and nowhere else.
"""

from __future__ import annotations

import difflib
import json
import shlex
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from tracemill.flows.example_history.play import Act, Done, Performance, stamp

_WINDOW: Final = 258_400
_PROMPT_TOKENS: Final = 11_870
_LETTERS_PER_TOKEN: Final = 4
_CONTEXT: Final = 3
_INJECTED: Final = (
    "<environment_context>\n  <cwd>{}</cwd>\n  <shell>bash</shell>\n</environment_context>"
)


def codex_files(performance: Performance) -> Iterator[tuple[Path, str]]:
    """Yield the file of a session, below Codex' folder of sessions, with its text."""
    start, session = performance.script.start, performance.script.session
    name = f"rollout-{start:%Y-%m-%dT%H-%M-%S}-{session['id']}.jsonl"
    yield Path(f"{start:%Y/%m/%d}") / name, _Writer(performance).text()


@dataclass
class _Writer:
    performance: Performance
    lines: list[dict[str, Any]] = field(default_factory=list)
    total: dict[str, int] = field(default_factory=dict)
    n_ids: int = 0
    n_context: int = _PROMPT_TOKENS
    turn: str = ""
    said: str | None = None

    @property
    def session(self) -> Mapping[str, Any]:
        return self.performance.script.session

    def text(self) -> str:
        """Return the whole file."""
        start = self.performance.script.start
        self._begin(start)
        for act in self.performance.acts:
            if act.user is not None:
                self._user(act, act.user)
            else:
                self._agent(act)
        self._end()
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in self.lines)

    def _begin(self, at: datetime) -> None:
        repository = {
            "commit_hash": self.performance.base,
            "branch": self.performance.branch,
            "repository_url": self.session["repository"],
        }
        meta = {
            "id": self.session["id"],
            "timestamp": stamp(at),
            "cwd": self.performance.cwd,
            "originator": "codex-tui",
            "cli_version": self.session["version"],
            "source": "cli",
            "thread_source": "user",
            "model_provider": "openai",
            "base_instructions": {"text": "You are a coding agent that shares a workspace."},
            "git": repository,
        }
        self._add(at, "session_meta", meta)

    def _user(self, act: Act, text: str) -> None:
        first = not self.turn
        if not first:
            self._end()
        self.turn = self._uuid()
        self._event(
            act.at,
            "task_started",
            turn_id=self.turn,
            model_context_window=_WINDOW,
            collaboration_mode_kind="default",
        )
        if first:
            self._message(act.at, "user", "input_text", _INJECTED.format(self.performance.cwd))
        self._add(act.at, "turn_context", self._context(act.at))
        self.n_context += len(text) // _LETTERS_PER_TOKEN
        self._message(act.at, "user", "input_text", text)
        self._event(
            act.at, "user_message", message=text, images=[], local_images=[], text_elements=[]
        )

    def _context(self, at: datetime) -> dict[str, Any]:
        return {
            "turn_id": self.turn,
            "cwd": self.performance.cwd,
            "current_date": f"{at:%Y-%m-%d}",
            "timezone": "Europe/Stockholm",
            "approval_policy": "on-request",
            "sandbox_policy": {"type": "workspace-write"},
            "model": self.session["model"],
            "effort": "medium",
            "summary": "auto",
        }

    def _agent(self, act: Act) -> None:
        n_output = 6
        if act.think:
            summary = [{"type": "summary_text", "text": act.think}]
            sealed = self._bytes("sealed", 48).hex()
            self._item(act.at, "reasoning", summary=summary, encrypted_content=sealed)
            self._event(act.at, "agent_reasoning", text=act.think)
        if act.say:
            self.said = act.say
            phase = "commentary" if act.done else "final_answer"
            self._event(act.at, "agent_message", message=act.say, phase=phase)
            self._message(act.at, "assistant", "output_text", act.say, phase=phase)
        calls = [(done, f"call_{self._bytes('call', 12).hex()}") for done in act.done]
        for done, call_id in calls:
            n_output += self._call(done, call_id)
        for done, call_id in calls:
            self._output(done, call_id)
        n_thought = len(act.think or "") // _LETTERS_PER_TOKEN
        n_output += n_thought + len(act.say or "") // _LETTERS_PER_TOKEN
        self._count(act.done[-1].answered if act.done else act.at, n_output, n_thought)

    def _call(self, done: Done, call_id: str) -> int:
        """Add a call; return about how many tokens it took to write."""
        if done.call.verb in {"edit", "write"}:
            patch = _patch(done, self.performance.cwd)
            self._item(
                done.asked,
                "custom_tool_call",
                status="completed",
                call_id=call_id,
                name="apply_patch",
                input=patch,
            )
            return len(patch) // _LETTERS_PER_TOKEN
        if done.call.verb == "plan":
            plan = [{"step": text, "status": status} for status, text in done.call.object]
            name, arguments = "update_plan", json.dumps({"plan": plan})
        else:
            asked = {"cmd": _command(done), "workdir": self.performance.cwd}
            name, arguments = "exec_command", json.dumps(asked)
        self._item(done.asked, "function_call", name=name, arguments=arguments, call_id=call_id)
        return len(arguments) // _LETTERS_PER_TOKEN

    def _output(self, done: Done, call_id: str) -> None:
        if done.call.verb == "plan":
            self._item(
                done.answered, "function_call_output", call_id=call_id, output="Plan updated"
            )
            return
        self.n_context += len(done.said) // _LETTERS_PER_TOKEN
        if done.call.verb in {"edit", "write"}:
            self._patched(done, call_id)
            return
        seconds = (done.answered - done.asked).total_seconds()
        said = (
            f"Chunk ID: {self._bytes('chunk', 3).hex()}\nWall time: {seconds:.4f} seconds\n"
            f"Process exited with code {done.exit_code}\n"
            f"Original token count: {len(done.said) // _LETTERS_PER_TOKEN}\nOutput:\n{done.said}\n"
        )
        self._item(done.answered, "function_call_output", call_id=call_id, output=said)

    def _patched(self, done: Done, call_id: str) -> None:
        path = f"{self.performance.cwd}/{done.call.object}"
        letter = "A" if done.before is None else "M"
        said = f"Success. Updated the following files:\n{letter} {path}\n"
        change: dict[str, Any] = (
            {"type": "add", "content": done.after}
            if done.before is None
            else {"type": "update", "unified_diff": _diff(done), "move_path": None}
        )
        self._event(
            done.answered,
            "patch_apply_end",
            call_id=call_id,
            turn_id=self.turn,
            stdout=said,
            stderr="",
            success=True,
            changes={path: change},
            status="completed",
        )
        said = f"Exit code: 0\nWall time: 0 seconds\nOutput:\n{said}"
        self._item(done.answered, "custom_tool_call_output", call_id=call_id, output=said)

    def _count(self, at: datetime, n_output: int, n_thought: int) -> None:
        cached = self.n_context - self.n_context % 128 if self.total else 2_432
        last = {
            "input_tokens": self.n_context,
            "cached_input_tokens": cached,
            "output_tokens": n_output,
            "reasoning_output_tokens": n_thought,
            "total_tokens": self.n_context + n_output,
        }
        self.total = {name: self.total.get(name, 0) + n for name, n in last.items()}
        info = {
            "total_token_usage": self.total,
            "last_token_usage": last,
            "model_context_window": _WINDOW,
        }
        self._event(at, "token_count", info=info, rate_limits=None)
        self.n_context += n_output

    def _end(self) -> None:
        """End a turn; the last count comes a second time, as it often does."""
        last = self.lines[-1]
        at = datetime.fromisoformat(last["timestamp"]) + timedelta(milliseconds=40)
        if last["payload"]["type"] == "token_count":
            self._add(at, "event_msg", last["payload"])
        self._event(at, "task_complete", turn_id=self.turn, last_agent_message=self.said)

    def _message(self, at: datetime, role: str, kind: str, text: str, **more: Any) -> None:
        self._item(at, "message", role=role, content=[{"type": kind, "text": text}], **more)

    def _item(self, at: datetime, kind: str, **fields: Any) -> None:
        self._add(at, "response_item", {"type": kind, **fields})

    def _event(self, at: datetime, kind: str, **fields: Any) -> None:
        self._add(at, "event_msg", {"type": kind, **fields})

    def _add(self, at: datetime, kind: str, payload: dict[str, Any]) -> None:
        self.lines.append({"timestamp": stamp(at), "type": kind, "payload": payload})

    def _uuid(self) -> str:
        return str(uuid.UUID(bytes=self._bytes("uuid", 16), version=4))

    def _bytes(self, kind: str, length: int) -> bytes:
        self.n_ids += 1
        seed = f"{self.session['id']} {kind} {self.n_ids}"
        return blake2b(seed.encode(), digest_size=length).digest()


def _command(done: Done) -> str:
    match done.call.verb:
        case "read":
            return f"sed -n '1,200p' {done.call.object}"
        case "grep":
            return f"rg -n {shlex.quote(done.call.object)}"
        case "commit":
            subject, _, body = done.call.object.strip().partition("\n\n")
            said = f"git add -A && git commit -m {shlex.quote(subject)}"
            return f"{said} -m {shlex.quote(body)}" if body else said
        case _:
            command: str = done.call.object
            return command


def _patch(done: Done, cwd: str) -> str:
    path = f"{cwd}/{done.call.object}"
    if done.before is None:
        lines = [f"*** Add File: {path}", *(f"+{line}" for line in (done.after or "").splitlines())]
    else:
        hunks = _diff(done).splitlines()
        lines = [f"*** Update File: {path}", *("@@" if h.startswith("@@") else h for h in hunks)]
    return "\n".join(["*** Begin Patch", *lines, "*** End Patch"])


def _diff(done: Done) -> str:
    before, after = (text.splitlines() for text in (done.before or "", done.after or ""))
    lines = list(difflib.unified_diff(before, after, n=_CONTEXT, lineterm=""))
    return "\n".join(lines[2:]) + "\n"
