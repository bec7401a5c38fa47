"""How the benchmarks run commands, and where their input comes from."""

import os
import re
import subprocess
import sys
import time
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
TRACEMILL = [sys.executable, "-c", "from tracemill.cli import main; main()"]
_UUID = re.compile(rb"[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")


class Cost(NamedTuple):
    """What a command took."""

    cpu_s: float
    wall_s: float
    peak_mib: float
    code: int
    out: str


def run(command: list[str], **environment: str) -> Cost:
    """Run a command, and account for it and all its children."""
    environment = {**os.environ, **environment}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody compiles the program at every start
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    out = process.stdout.read() if process.stdout else ""
    # Asked of this child alone: the peak of all children so far would be that of the greatest.
    _, status, used = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu_s = used.ru_utime + used.ru_stime
    return Cost(cpu_s, wall_s, used.ru_maxrss / 1024, process.returncode, out)


def shared_data() -> Path | None:
    """Return the folder with real data, where this machine has it."""
    found = Path(os.environ.get("TRACEMILL_SHARED_DATA") or ROOT.parent / "shared" / "data")
    return found if found.is_dir() else None


def copies(folders: list[Path], target: Path, n: int) -> int:
    """Copy sessions `n` times, each time under other ids, and return the bytes written."""
    n_bytes = 0
    for folder in folders:
        for path in sorted(folder.rglob("*.jsonl")):
            data = path.read_bytes()
            for copy in range(n):
                other = _under_other_ids(data, copy)
                out = target / str(copy) / folder.name / path.relative_to(folder)
                name = _under_other_ids(out.name.encode(), copy).decode()
                out = out.with_name(name)
                out.parent.mkdir(parents=True, exist_ok=True)
                out.write_bytes(other)
                n_bytes += len(other)
    return n_bytes


def _under_other_ids(data: bytes, copy: int) -> bytes:
    def other(found: re.Match[bytes]) -> bytes:
        return blake2b(found[0] + b"%d" % copy, digest_size=4).hexdigest().encode()

    return _UUID.sub(other, data) if copy else data
