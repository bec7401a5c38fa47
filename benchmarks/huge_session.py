"""One file of 2 GB: how much memory does a run take, or reading alone?"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from uuid import UUID

from measuring import TRACEMILL, Cost, run

WORDS = [
    "the",
    "module",
    "reads",
    "each",
    "line",
    "and",
    "keeps",
    "its",
    "offset",
    "so",
    "that",
    "nothing",
    "is",
    "lost",
    "when",
    "it",
    "grows",
]
SESSION = "11111111-2222-4333-8444-555555555555"
AT = "2026-03-01T10:00:00.000Z"
READ = """
import sys
from pathlib import Path
from tracemill.records.refs import Origin
from tracemill.sources import HEAD_BYTES, Content, Head, sources_of
path = Path(sys.argv[1])
with path.open("rb") as file:
    head = Head(path, file.read(HEAD_BYTES), n_bytes=path.stat().st_size)
source = next(source for source in sources_of("file") if source.recognises(head))
origin = Origin(source=source.name, source_version=1, uri="file:huge", input_id="input_1")
with source.open(path) as file:
    records = source.read(Content(iter(lambda: file.read(2**20), b"")), origin)
    print(source.name, sum(1 for _ in records), "records")
"""


class Writer:
    """Texts of our own making, the same each time."""

    def __init__(self) -> None:
        self._random = Random(1)
        self._texts = [self._text(50) for _ in range(1000)]

    def _text(self, n_words: int) -> str:
        return " ".join(self._random.choices(WORDS, k=n_words))

    def text(self, n_words: int) -> str:
        """Return a text of about so many words."""
        return "\n".join(self._random.choices(self._texts, k=max(1, n_words // 50)))

    def uuid(self) -> str:
        """Return the next id."""
        return str(UUID(int=self._random.getrandbits(128), version=4))


def claude_code(writer: Writer) -> Iterator[object]:
    """Yield one Claude Code session without end: prompts, calls, their results, answers."""
    parent: str | None = None
    turn = 0

    def line(kind: str, message: object, **more: object) -> object:
        nonlocal parent
        before, parent = parent, writer.uuid()
        return {
            "parentUuid": before, "isSidechain": False, "userType": "external", "cwd": "/srv/app",
            "sessionId": SESSION, "version": "2.1.63", "gitBranch": "main", "type": kind,
            "message": message, "uuid": parent, "timestamp": AT, **more,
        }  # fmt: skip

    def reply(name: str, part: object) -> object:
        usage = {"input_tokens": 10, "output_tokens": 50}
        message = {"id": f"msg_{turn}{name}", "role": "assistant", "model": "m-1"}
        said = {**message, "content": [part], "usage": usage}
        return line("assistant", said, requestId=f"r{turn}{name}")

    while turn := turn + 1:
        call = f"toolu_{turn:012d}"
        tool = {"type": "tool_use", "id": call, "name": "Bash", "input": {"command": "pytest -q"}}
        answer = {"type": "tool_result", "tool_use_id": call, "content": writer.text(600)}
        yield line("user", {"role": "user", "content": f"Change {turn}: {writer.text(50)}"})
        yield reply("a", {"type": "text", "text": writer.text(150)})
        yield reply("a", tool)
        told = {"stdout": writer.text(600)}
        yield line("user", {"role": "user", "content": [answer]}, toolUseResult=told)
        yield reply("b", {"type": "text", "text": writer.text(100)})


def codex(writer: Writer) -> Iterator[object]:
    """Yield one Codex rollout without end."""

    def line(kind: str, payload: object) -> object:
        return {"timestamp": AT, "type": kind, "payload": payload}

    def message(role: str, kind: str, said: str) -> object:
        content = [{"type": kind, "text": said}]
        return line("response_item", {"type": "message", "role": role, "content": content})

    yield line("session_meta", {"id": SESSION, "cwd": "/srv/app", "cli_version": "0.99.0"})
    turn = 0
    while turn := turn + 1:
        call, prompt = f"call_{turn:012d}", f"Change {turn}: {writer.text(50)}"
        asked = {"type": "function_call", "name": "shell", "call_id": call}
        answer = {"type": "function_call_output", "call_id": call, "output": writer.text(600)}
        total = {"input_tokens": 10 * turn, "output_tokens": 50 * turn}
        yield message("user", "input_text", prompt)
        yield line("event_msg", {"type": "user_message", "message": prompt})
        yield line("response_item", {"type": "reasoning", "encrypted_content": writer.text(100)})
        yield line("response_item", {**asked, "arguments": '{"command":["pytest","-q"]}'})
        yield line("response_item", answer)
        yield line("event_msg", {"type": "token_count", "info": {"total_token_usage": total}})
        yield message("assistant", "output_text", writer.text(100))


def messages(writer: Writer) -> Iterator[object]:
    """Yield rows of a data set without end: a session of a few messages on each line."""
    number = 0
    while number := number + 1:
        call = {"name": "bash", "arguments": '{"command": "pytest -q"}'}
        yield {
            "id": f"row-{number}",
            "messages": [
                {"role": "user", "content": writer.text(50)},
                {"role": "assistant", "content": writer.text(50),
                 "tool_calls": [{"id": "call_1", "type": "function", "function": call}]},
                {"role": "tool", "tool_call_id": "call_1", "content": writer.text(300)},
                {"role": "assistant", "content": writer.text(100)},
            ],
        }  # fmt: skip


FORMATS: dict[str, Callable[[Writer], Iterator[object]]] = {
    "claude-code": claude_code,
    "codex": codex,
    "messages": messages,
}


def write(path: Path, records: Iterator[object], n_bytes: int) -> None:
    """Write records as lines until they fill so many bytes."""
    written = 0
    with path.open("wb") as out:
        while written < n_bytes:
            written += out.write(json.dumps(next(records), separators=(",", ":")).encode() + b"\n")


def measure(path: Path, *, is_reading_alone: bool) -> Cost:
    """Return what a whole run takes for the file in a folder of its own, or reading alone."""
    if is_reading_alone:
        return run([sys.executable, "-c", READ, str(path)])
    workspace = str(path.parent.parent / "w")
    run_it = ["run", str(path.parent), "--workspace", workspace, "--workers", "1", "--json", "-q"]
    return run([*TRACEMILL, *run_it])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=int, default=2_000)
    parser.add_argument("--format", choices=FORMATS, default="claude-code")
    parser.add_argument("--reading", action="store_true", help="only up to records, no redaction")
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tracemill-bench-"))
    (folder / "in").mkdir()
    path = folder / "in" / "huge.jsonl"
    write(path, FORMATS[options.format](Writer()), options.mb * 10**6)
    cost = measure(path, is_reading_alone=options.reading)
    print(
        f"{options.mb} MB in one file of {options.format}: peak {cost.peak_mib:.0f} MiB, "
        f"cpu {cost.cpu_s:.1f} s, {options.mb / cost.cpu_s:.1f} MB/CPU-s, exit {cost.code}"
    )
    print(cost.out.strip() if options.reading else json.dumps(json.loads(cost.out)["store"]))
    if not options.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
