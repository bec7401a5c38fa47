"""`tracemill dataset check` and `dataset diff`: what checks say of a version, and of two."""

from collections import Counter
from typing import Final, Literal

from tracemill.base.installing import install_extras
from tracemill.base.text import counted
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NO
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, counts, hint, write
from tracemill.flows.datasets.checks import check_dataset as check_named
from tracemill.flows.datasets.difference import VersionDifference, diff_versions
from tracemill.records.datasets.audits import CheckResult
from tracemill.records.datasets.recipes import DEFAULT_NAME
from tracemill.report.junit import junit_report

_SHOWN_ROWS: Final = 3
_SHOWN_MEMBERS: Final = 10
_NONE: Final = "0 of 0 "
"""How a check begins that had nothing to look at."""
_WANTS: Final = "install tracemill[datasets]"
"""How a check ends that lacked what it compares with."""


def check_dataset(
    name: str = DEFAULT_NAME,
    /,
    *,
    format: Literal["text", "json", "junit"] = "text",  # noqa: A002 - as on the command line
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Make every check of a version anew, on its files as they are; exit with 1 where one says no.

    Parameters
    ----------
    name
        The dataset, or the id of one of its versions.
    format
        How to say it: text, one JSON document, or JUnit XML for a CI.
    """
    checked = check_named(common.open(), name)
    code = EXIT_NO if checked.has_failed else EXIT_DONE
    if format == "junit":
        write(junit_report(f"{checked.name} {checked.id}", checked.checks))
    elif format == "json" or common.json:
        answer("check", checked, Common(workspace=common.workspace, json=True))
    else:
        write(f"{checked.name}  {checked.id}")
        show_checks(checked.checks, common)
    return code


def show_checks(checks: tuple[CheckResult, ...], common: Common) -> None:
    """Print what each check found, with the first rows that it objects to."""
    for check in checks:
        _show_check(check)
    if any(check.verdict == "unknown" and check.says.endswith(_WANTS) for check in checks):
        hint(f"what cannot be looked for can be after: {install_extras('datasets')}", common)
    tally = Counter(check.verdict for check in checks)
    failed = ", ".join(check.name for check in checks if check.verdict == "fail")
    hint(
        f"{counted(tally['fail'], 'check')} failed{f' ({failed})' if failed else ''}, "
        f"{tally['pass']} passed, {tally['unknown']} could not be made",
        common,
    )


def _bound(check: CheckResult) -> str:
    """Say what was asked for, where a check fails."""
    if check.verdict != "fail" or not check.bound or not check.threshold:
        return ""
    return f"; asked for: {check.bound} {check.threshold * 100:.3g}%"


def _show_check(check: CheckResult) -> None:
    has_none = check.verdict == "unknown" and check.says.startswith(_NONE)
    says = "no row here is what it looks at" if has_none else check.says
    write(f"{check.verdict:<8} {check.name:<20} {says}{_bound(check)}")
    for row in check.failing[:_SHOWN_ROWS] if check.verdict == "fail" else ():
        write(f"{'':<30}{row.file}:{row.line}  {row.detail}")
    if check.verdict == "fail" and check.n_failing > _SHOWN_ROWS:
        write(f"{'':<30}… and {check.n_failing - _SHOWN_ROWS:,} more rows")


def diff_dataset(
    first: str,
    second: str,
    /,
    *,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show how two versions differ: examples added and removed and why, checks, numbers, settings.

    Parameters
    ----------
    first
        A dataset, or the id of a version.
    second
        Another one.
    """
    difference = diff_versions(common.open(), first, second)
    if not answer("difference", difference, common):
        _show_difference(difference, common)
    return EXIT_DONE


def _show_difference(difference: VersionDifference, common: Common) -> None:
    write(f"{difference.first} → {difference.second}")
    write(f"{'Shared':<12} {counted(difference.n_shared, 'example')}")
    counts("Gained", difference.gained)
    counts("Lost", difference.lost)
    counts("Moved", difference.moved)
    for member in difference.members[:_SHOWN_MEMBERS]:
        write(f"{'':<12} {member.change:<7} {member.id}  {member.why}")
    if len(difference.members) > _SHOWN_MEMBERS:
        write(f"{'':<12} … and {len(difference.members) - _SHOWN_MEMBERS:,} more; --json has all")
    for check in difference.checks:
        was, now = _measured(check.measured_before), _measured(check.measured_after)
        write(
            f"{'Check':<12} {check.name}  {check.before or 'not made'} {was} → "
            f"{check.after or 'not made'} {now}"
        )
    for value in difference.values:
        write(f"{'Value':<12} {value.name}  {value.before} → {value.after}")
    if difference.is_empty:
        hint("nothing differs", common)


def _measured(value: float | None) -> str:
    return "" if value is None else f"({value:.4g})"
