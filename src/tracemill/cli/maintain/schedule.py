"""`tracemill schedule`: the weekly run, for whatever starts programs by the clock."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tracemill.base.installing import origin_requirement
from tracemill.base.named_files import expanded
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint, write
from tracemill.flows.machine.scheduling import (
    Asked,
    Scheduler,
    moment,
    require_sources,
    schedule,
    write_units,
)


@Parameter(name="*")
@dataclass(frozen=True)
class When:
    """Options of every schedule."""

    at: str = "07:00"
    """Time of day, as HH:MM of the machine's clock; GitHub's is UTC."""
    write: bool = False
    """Write the files where they belong, instead of printing them."""
    missing_ok: bool = False
    """Take sources that are not there now, for example on a disk that is not mounted."""


def systemd_schedule(
    *sources: str,
    when: When = When(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Print or write a timer of systemd that runs every Monday, or as soon as the machine is on.

    Parameters
    ----------
    sources
        What is read: the sessions on this machine without any.
    """
    return _schedule("systemd", _from_anywhere(sources), when, common)


def cron_schedule(
    *sources: str,
    when: When = When(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Print or write a line for cron that looks every morning whether a week lacks its report.

    Parameters
    ----------
    sources
        What is read: the sessions on this machine without any.
    """
    return _schedule("cron", _from_anywhere(sources), when, common)


def github_schedule(
    *sources: str,
    package: Annotated[str | None, Parameter(name="--from")] = None,
    when: When = When(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Print or write a workflow of GitHub Actions that reports on the repository every Monday.

    Parameters
    ----------
    sources
        What is read: the repository itself without any.
    package
        What pip installs there, for example `git+https://HOST/OWNER/NAME@TAG`; where this program
        itself came from, if it is not said.
    """
    return _schedule("github", sources, when, common, package or origin_requirement())


def _from_anywhere(sources: tuple[str, ...]) -> tuple[str, ...]:
    """Return sources as they are found by what starts in another folder."""
    return tuple(str(expanded(source).absolute()) for source in sources)


def _schedule(
    scheduler: Scheduler,
    sources: tuple[str, ...],
    when: When,
    common: Common,
    package: str | None = None,
) -> int:
    own = shutil.which("tracemill")
    hour, minute = moment(when.at)
    if not when.missing_ok:
        require_sources(scheduler, sources, Path.cwd())
    asked = Asked(
        program=(str(Path(own).absolute()),) if own else (sys.executable, "-m", "tracemill"),
        workspace=common.open().root, sources=sources, hour=hour, minute=minute,
        package=package,
    )  # fmt: skip
    found = schedule(scheduler, asked)
    if when.write:
        for path in write_units(found, Path.home(), Path.cwd()):
            write(path)
    elif not answer("schedule", found, common, next_steps=list(found.then)):
        for unit in found.units:
            write(f"# {unit.path}\n{unit.text}")
    following = "; ".join(found.then) if when.write else "the same with --write"
    hint(f"next: {following}", common)
    return EXIT_DONE
