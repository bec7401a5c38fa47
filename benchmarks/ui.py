"""How long a person waits for the local pages, and what they hold in memory, in Chromium.

Ten thousand sessions and one of five thousand steps are made and read first, which takes a minute
or two. Times are what the browser says of itself; a key's is from before it is pressed until the
next item is there to be read. On a busy machine the CPU of the server says more. The five figures
that have a goal stand together at the end.
"""

import argparse
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from pathlib import Path

from measuring import TRACEMILL, run
from playwright.sync_api import Page, sync_playwright

from tracemill.capture import emit

RUNS = 9
REVIEWS = 40
LETTERS = "aaabcdeeefghiiijklmnooopqrstuuuvwxyz"
FIRST = datetime(2026, 1, 5, 10, tzinfo=UTC)
APART = timedelta(minutes=20)
PAGES = (
    "/", "/episodes", "/review", "/review/agreement", "/privacy", "/trends", "/progress",
    "/patterns", "/prompts", "/recipes", "/experiments", "/datasets", "/models", "/runs",
    "/health", "/settings",
)  # fmt: skip


def words(seed: str, n: int) -> str:
    """Return words that no other session says."""
    drawn = random.Random(seed)
    return " ".join("".join(drawn.choices(LETTERS, k=drawn.randint(2, 9))) for _ in range(n))


def lines(name: str, began: datetime, n_turns: int) -> Iterator[str]:
    """Yield a session: what is asked for, a call, what it returns, an answer, and so on."""
    for turn in range(n_turns):
        call = {"type": "tool_use", "id": f"{name}-{turn}", "name": "Bash", "input": {"command": f"pytest -q tests/part_{turn}.py"}}  # fmt: skip
        result = {"type": "tool_result", "tool_use_id": call["id"], "content": f"{turn} passed in 0.1s"}  # fmt: skip
        asked, said = words(f"{name}/{turn}", 12), words(f"{turn}/{name}", 25)
        for number, (speaker, content) in enumerate(
            [
                ("user", asked),
                ("assistant", [call]),
                ("user", [result]),
                ("assistant", [{"type": "text", "text": said}]),
            ]
        ):
            yield json.dumps(
                {
                    "type": speaker, "sessionId": name, "uuid": f"{name}-{turn}-{number}",
                    "timestamp": (began + timedelta(seconds=60 * turn + number)).isoformat(),
                    "cwd": "/srv/work/shop", "gitBranch": "main", "version": "2.1.63",
                    "message": {"role": speaker, "content": content, "model": "m-1", "id": f"{name}-{turn}-{number}"},
                }
            ) + "\n"  # fmt: skip


def make(folder: Path, n: int, n_steps: int) -> Path:
    """Return a workspace with `n` sessions, one of them long, of which some wait for a review."""
    inputs, workspace = folder / "in", folder / "workspace"
    inputs.mkdir(parents=True)
    for number in range(n):
        (inputs / f"s{number}.jsonl").write_text(
            "".join(lines(f"s{number}", FIRST + number * APART, 2))
        )
    (inputs / "long.jsonl").write_text("".join(lines("long", FIRST - 9 * APART, n_steps // 3)))
    for number in range(REVIEWS + 5):
        emit("escalation", {"reason": "stuck"}, session=f"s{number}", workspace=workspace)
    cost = run([*TRACEMILL, "run", str(inputs), "--workspace", str(workspace), "-q", "--json"])
    print(f"{n:,} sessions read in {cost.wall_s:.0f} s, {cost.cpu_s:.0f} s of CPU")
    return workspace


class Served:
    """A running `tracemill ui`."""

    def __init__(self, workspace: Path) -> None:
        environment = {**os.environ}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [*TRACEMILL, "ui", "--no-open", "-q", "--workspace", str(workspace)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=environment
        )  # fmt: skip
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        self.origin = self.address.partition("/enter")[0]

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_mib(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024


@contextmanager
def serve(workspace: Path) -> Iterator[Served]:
    served = Served(workspace)
    try:
        yield served
    finally:
        served.process.kill()
        served.process.wait()


def show(what: str, waits: list[float], cpus: list[float]) -> float:
    """Print how long something took on the clock and for the server, and return the median wait."""
    middle = statistics.median(waits)
    print(
        f"{what:<32} median {middle:5.0f} ms, min {min(waits):5.0f}, max {max(waits):5.0f}; "
        f"CPU of the server {statistics.median(cpus):4.0f} ms, n={len(waits)}"
    )
    return middle


def cold_start(workspace: Path) -> float:
    """Start, and ask for the first page as soon as the address is there."""
    waits, cpus = [], []
    for _ in range(RUNS):
        began = time.perf_counter()
        with serve(workspace) as served:
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
            opener.open(served.address).read()
            waits.append((time.perf_counter() - began) * 1000)
            cpus.append(served.cpu_s() * 1000)
    return show("cold start to the first page", waits, cpus)


def first_paint(page: Page, address: str) -> float:
    """Open an address, and return when something could be read there."""
    page.goto(address)
    return float(
        page.evaluate(
            """new Promise((done) => new PerformanceObserver((seen) => {
                for (const each of seen.getEntriesByName("first-contentful-paint")) done(each.startTime);
            }).observe({ type: "paint", buffered: true }))"""
        )
    )


def paints(page: Page, served: Served, path: str) -> float:
    """Open a page several times, and return how long it takes until something can be read."""
    waits, cpus = [], []
    for _ in range(RUNS):
        page.goto("about:blank")
        before = served.cpu_s()
        waits.append(first_paint(page, f"{served.origin}{path}"))
        cpus.append((served.cpu_s() - before) * 1000)
    return show(f"first paint of {re.sub('traj_[0-9a-f]+', 'LONG', path)}", waits, cpus)


def counted(text: str) -> int:
    found = re.search(r"([\d,]+) piece", text)
    return int(found[1].replace(",", "")) if found else 0


def keys(page: Page, served: Served) -> float:
    """File reviews by keys alone, and wait for each next item."""
    page.goto(f"{served.origin}/review")
    waiting = counted(page.get_by_text("waiting.").inner_text())
    waits, cpus = [], []
    for number in range(1, REVIEWS + 1):
        page.keyboard.press("a")
        before = served.cpu_s()
        began = time.perf_counter()
        page.keyboard.press("Enter")
        page.get_by_text(f"{waiting - number:,} piece").wait_for()
        waits.append((time.perf_counter() - began) * 1000)
        cpus.append((served.cpu_s() - before) * 1000)
        page.wait_for_load_state()
    return show("review: a key to the next item", waits, cpus)


def measure(page: Page, served: Served) -> dict[str, tuple[float, str]]:
    """Use the pages as a person does, and return what has a goal."""
    found = {"a review's key to the next item": (keys(page, served), "ms, goal 100")}
    page.goto(f"{served.origin}/sessions?q=long")
    longest = page.locator("tbody a").first.get_attribute("href")
    assert longest is not None
    found["first paint of all sessions"] = (paints(page, served, "/sessions"), "ms, goal 1,000")
    paints(page, served, "/sessions?q=s77")
    found["first view of the long session"] = (paints(page, served, longest), "ms, goal 500")
    paints(page, served, f"{longest}?step=2500#step-2500")
    for path in PAGES:
        paints(page, served, path)
    return found | {"memory after every page, at most": (served.peak_mib(), "MiB, goal 150")}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sessions", type=int, default=10_000)
    asked.add_argument("--steps", type=int, default=5_000)
    asked.add_argument(
        "--keep", type=Path, help="folder to keep the workspace in, for another time"
    )
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        workspace = Path(scratch) / "workspace"
        if given.keep is None:
            made = make(Path(scratch) / "made", given.sessions, given.steps)
        else:
            made = given.keep / "workspace"
            if not made.is_dir():
                make(given.keep, given.sessions, given.steps)
        shutil.copytree(made, workspace)  # what is reviewed in it stays out of what is kept
        chromium = shutil.which(os.environ.get("TRACEMILL_CHROMIUM", "chromium"))
        found = {"cold start to the first page": (cold_start(workspace), "ms, goal 400")}
        with serve(workspace) as served:
            browser = playwright.chromium.launch(executable_path=chromium)
            page = browser.new_page()
            page.goto(served.address)
            time.sleep(2)  # a person reads the first page
            found |= measure(page, served)
            browser.close()
    print()
    for what, (value, unit) in found.items():
        print(f"{what:<34} {value:5.0f} {unit}")


if __name__ == "__main__":
    main()
