"""The weekly run as a unit of whatever starts programs by the clock: systemd, cron, GitHub Actions.

Each runs the same three commands: read what is new, write the reports of all whole weeks that have
none yet, and after every ten projects, or a month, what they have to teach. So a week in which the
machine was off, or nobody was there, is caught up by the next run.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final, Literal, NamedTuple

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.records.refs import Record

Scheduler = Literal["systemd", "cron", "github"]
"""What starts the run."""

_LEARN: Final = ("train", "--from-last-projects", "10", "--due")
_NAME: Final = "tracemill-weekly"
_MINUTES: Final = 60
_HOURS: Final = 24
_NOT_IN_PROGRAMS: Final = frozenset("\"'\\$")
"""What systemd takes in arguments, and in the name of a program does not."""
_WORKFLOW: Final = """\
name: Tracemill weekly
on:
  schedule:
    - cron: "@minute@ @hour@ * * 1"
  workflow_dispatch:
permissions:
  contents: read
concurrency: @name@
jobs:
  report:
    runs-on: ubuntu-latest
    env:
      TRACEMILL_WORKSPACE: ${{ github.workspace }}/.tracemill
    steps:
      - uses: actions/checkout@v5
        with:
          fetch-depth: 0 # versions and outcomes are read from the whole history
          persist-credentials: false
      - uses: actions/setup-python@v6
        with:
          python-version: "3.13"
      - uses: actions/cache@v5 # the reports that are there say which weeks were missed
        with:
          path: .tracemill
          key: tracemill-${{ github.run_id }}
          restore-keys: tracemill-
      - run: pip install @package@
      - run: tracemill run @sources@ --quiet || [ $? = 4 ]
      - run: tracemill report weekly --missed --quiet
      - run: tracemill @learn@ --quiet
      - uses: actions/upload-artifact@v6
        with:
          name: reports
          path: .tracemill/reports
          include-hidden-files: true # as the folder's name begins with a dot
"""
"""A workflow of GitHub; between two `@` stands what differs."""
_MARK: Final = re.compile(r"@([a-z]+)@")


class Unit(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One file of a unit."""

    path: str
    """Where it belongs; a `~` stands for the home folder."""
    text: str
    """What it says."""


class Schedule(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A unit that runs every week."""

    scheduler: Scheduler
    """What starts it."""
    units: tuple[Unit, ...]
    """Its files."""
    then: tuple[str, ...]
    """Commands that make it known."""


class Asked(NamedTuple):
    """What is to run, and when."""

    program: tuple[str, ...]
    """How Tracemill is started."""
    workspace: Path
    """The workspace."""
    sources: tuple[str, ...]
    """What is read; without any, the sessions on the machine."""
    hour: int
    """Hour of the day, of the machine's own clock."""
    minute: int
    """Minute of the hour."""
    package: str | None = None
    """What pip installs where the program is not yet; None where nobody knows."""


def moment(text: str) -> tuple[int, int]:
    """Return hour and minute of `HH:MM`.

    Raises:
        UsageError: it is no time of day.
    """
    hour, colon, minute = text.partition(":")
    if colon and hour.isascii() and minute.isascii() and hour.isdigit() and minute.isdigit():
        found = int(hour), int(minute)
        if found[0] < _HOURS and found[1] < _MINUTES:
            return found
    raise UsageError(f"expected a time of day as HH:MM, found {text!r}")


def require_sources(scheduler: Scheduler, sources: Sequence[str], here: Path) -> None:
    """Make sure that what a schedule names can be read when nobody is there to see that it is not.

    Args:
        scheduler: What starts the run; GitHub has nothing but what it checked out.
        sources: The places to read.
        here: The folder that relative places start from.

    Raises:
        NotFoundError: nothing is at a place.
        UsageError: GitHub's machine would not have it.
    """
    for source in sources:
        if scheduler == "github" and not (here / source).resolve().is_relative_to(here.resolve()):
            raise UsageError(
                f"{source!r} is not in {str(here)!r}, and GitHub has the repository alone; name "
                "places within it from its root, or add --missing-ok"
            )
        if not (here / source).exists():
            raise NotFoundError(
                f"no such file or folder: {source!r}; each run would fail on it: name places that "
                "are there (a pattern is not expanded), or add --missing-ok"
            )


def schedule(scheduler: Scheduler, asked: Asked) -> Schedule:
    """Return the unit that runs every week.

    Raises:
        UsageError: GitHub's machine has to install the program, and nothing says from where.
    """
    if scheduler == "systemd":
        return _systemd(asked)
    return _cron(asked) if scheduler == "cron" else _github(asked)


def _commands(asked: Asked) -> list[tuple[str, ...]]:
    words = (("run", *asked.sources), ("report", "weekly", "--missed"), _LEARN)
    common = ("--workspace", str(asked.workspace), "--quiet")
    return [(*asked.program, *each, *common) for each in words]


def _systemd(asked: Asked) -> Schedule:
    folder = "~/.config/systemd/user"
    lines = "\n".join(f"ExecStart={_systemd_words(words)}" for words in _commands(asked))
    service = (
        "[Unit]\nDescription=Tracemill: read what is new, and report on the week\n\n"
        # A run of which some inputs failed exits with 4: the rest is kept, and reported on.
        f"[Service]\nType=oneshot\nNice=10\nSuccessExitStatus=4\n{lines}\n"
    )
    timer = (
        "[Unit]\nDescription=Tracemill every Monday\n\n[Timer]\n"
        f"OnCalendar=Mon *-*-* {asked.hour:02}:{asked.minute:02}:00\nPersistent=true\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )
    return Schedule(
        scheduler="systemd",
        units=(
            Unit(path=f"{folder}/{_NAME}.service", text=service),
            Unit(path=f"{folder}/{_NAME}.timer", text=timer),
        ),
        then=("systemctl --user daemon-reload", f"systemctl --user enable --now {_NAME}.timer"),
    )


def _systemd_words(words: Sequence[str]) -> str:
    """Return a command line as systemd reads it: quoted, with its own marks taken literally."""
    by = () if _NOT_IN_PROGRAMS.isdisjoint(words[0]) else ("/usr/bin/env",)
    marked = (word.replace("\\", "\\\\").replace('"', '\\"') for word in (*by, *words))
    return " ".join(f'"{word}"' for word in marked).replace("%", "%%").replace("$", "$$")


def _cron(asked: Asked) -> Schedule:
    commands = "; ".join(shlex.join(words).replace("%", r"\%") for words in _commands(asked))
    text = (
        "# Tracemill: every morning, so that a Monday on which the machine was off is caught up.\n"
        f"{asked.minute} {asked.hour} * * * {commands}\n"
    )
    path = f"~/.config/tracemill/{_NAME}.cron"
    add = f"(crontab -l 2>/dev/null; cat {path}) | crontab -"
    return Schedule(scheduler="cron", units=(Unit(path=path, text=text),), then=(add,))


def _github(asked: Asked) -> Schedule:
    if asked.package is None:
        raise UsageError(
            "GitHub's machine has to install Tracemill, and this copy came from no address that "
            "it can reach; name what pip installs there: --from 'git+https://HOST/OWNER/NAME'"
        )
    sources = " ".join(map(shlex.quote, asked.sources)) or "."
    said = {
        "minute": str(asked.minute), "hour": str(asked.hour), "name": _NAME,
        "sources": sources, "learn": " ".join(_LEARN), "package": shlex.quote(asked.package),
    }  # fmt: skip
    text = _MARK.sub(lambda mark: said[mark[1]], _WORKFLOW)
    path = str(PurePosixPath(".github/workflows") / f"{_NAME}.yml")
    then = (f"git add {path} && git commit -m 'Report every week'",)
    return Schedule(scheduler="github", units=(Unit(path=path, text=text),), then=then)


def write_units(found: Schedule, home: Path, here: Path) -> tuple[str, ...]:
    """Write the files of a unit where they belong, and return where that is.

    Raises:
        UsageError: another file is there already; nothing is written.
    """
    places = [
        (home / unit.path[2:] if unit.path.startswith("~/") else here / unit.path, unit.text)
        for unit in found.units
    ]
    for path, text in places:
        if path.exists() and path.read_text(encoding="utf-8") != text:
            raise UsageError(
                f"{str(path)!r} is there already and says something else; move it away"
            )
    for path, text in places:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tuple(str(path) for path, _ in places)
